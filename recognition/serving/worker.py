"""A process that runs visitors' SQL and nothing else: `python -m recognition.serving.worker`, which workers.py starts.

It reads the database alone, within limits of its own and of the operating system, and answers with bytes that are ready
to be sent. Whatever it does, the site goes on, and can end it. It imports little, and never Datasette.

A question and its answer are messages on one socket: the lengths of a head and of a body, then the head, a JSON object,
and the body. What the heads say is in `Question` and in `answer`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import signal
import socket
import sqlite3
import struct
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlencode

from . import csv_answers, json_answers

LENGTHS = struct.Struct("!II")  # bytes of a message's head and of its body
ROWS_AT_MOST = 1_000
CELLS_OF_A_PAGE = 6_000  # a cell of a page is some 100 bytes of markup
CELLS_OF_DATA = 50_000
BYTES_AT_MOST = 5_000_000  # of the values of an answer, and of what is made of them
HEAP = 24 * 2**20  # bytes that SQLite may hold
MEMORY = 96 * 2**20  # bytes of addresses besides those that the process has when it begins: whatever else takes memory
RETIRES_FROM = 40 * 2**20  # bytes; a process that has ever held more ends after its answer, and another takes its place
PROCESSOR = 2  # seconds of one question, after which the system ends the process, should nobody else have done so
DESCRIPTORS = 16
PATIENCE = 10  # how far the system prefers the site's own process to this one (nice)
STEPS = 1_000  # of SQLite's virtual machine between two looks at the clock
# Of one connection, in SQLite's own terms. A site's own pages need a hundredth of each.
SQLITE_LIMITS = {
    "SQLITE_LIMIT_LENGTH": 1_000_000,  # bytes of a value or a row: `select randomblob(500000000)` ends here
    "SQLITE_LIMIT_SQL_LENGTH": 50_000,
    "SQLITE_LIMIT_COLUMN": 100,
    "SQLITE_LIMIT_EXPR_DEPTH": 200,
    "SQLITE_LIMIT_COMPOUND_SELECT": 50,
    "SQLITE_LIMIT_LIKE_PATTERN_LENGTH": 1_000,
    "SQLITE_LIMIT_ATTACHED": 0,
    "SQLITE_LIMIT_TRIGGER_DEPTH": 0,
    "SQLITE_LIMIT_WORKER_THREADS": 0,
}
# What a statement may do: read this database, and call these functions.
ACTIONS = frozenset([sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE])
PRAGMAS = frozenset([
    "data_version", "foreign_key_list", "function_list", "index_info", "index_list", "index_xinfo", "page_count",
    "max_page_count", "page_size", "schema_version", "table_info", "table_xinfo",
])  # fmt: skip
CALLED = """
-> ->> abs acos acosh asin asinh atan atan2 atanh ceil ceiling char coalesce concat concat_ws cos cosh degrees exp
floor format glob hex if ifnull iif instr json json_array json_array_length json_error_position json_extract
json_insert json_object json_patch json_pretty json_quote json_remove json_replace json_set json_type json_valid
jsonb jsonb_array jsonb_extract jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set length
like likelihood likely ln log log10 log2 lower ltrim max min mod nullif octet_length pi pow power printf quote
radians replace round rtrim sign sin sinh soundex sqrt substr substring subtype tan tanh trim trunc typeof unhex
unicode unistr unistr_quote unlikely upper zeroblob current_date current_time current_timestamp date datetime
julianday strftime time timediff unixepoch avg count cume_dist dense_rank first_value group_concat json_group_array
json_group_object jsonb_group_array jsonb_group_object lag last_value lead median nth_value ntile percent_rank
percentile percentile_cont percentile_disc rank row_number string_agg sum total bm25 fts5_source_id highlight match
snippet changes last_insert_rowid random randomblob sqlite_compileoption_get sqlite_compileoption_used
sqlite_source_id sqlite_version total_changes
"""
FUNCTIONS = frozenset(CALLED.split())
# Functions whose value is another each time; those of dates are so where they are asked for 'now', which is the default.
OF_CHANCE = frozenset(["random", "randomblob", "current_time", "current_timestamp"])
OF_TIME = frozenset(["date", "datetime", "julianday", "strftime", "time", "timediff", "unixepoch"])
NOW = re.compile(r"now|\(\s*\)|subsec", re.IGNORECASE)

HELD = re.compile(r"VmHWM:\s+(\d+) kB")
VIRTUAL_TABLES = "select name from sqlite_master where type = 'table' and sql like 'create virtual table%'"
TABLE_VALUED = ("json_each", "json_tree", *(f"pragma_{name}" for name in sorted(PRAGMAS)))
BYTES = "bytes"  # the name under which JSON has a binary value, as hexadecimal digits
BLOB_COLUMN, BLOB_HASH = "_blob_column", "_blob_hash"  # Datasette's parameters that say which binary value is meant
INVALID, TOO_LONG, TOO_MUCH, TOO_LARGE = "invalid", "too long", "too much", "too large"  # kinds of problems


class Question(TypedDict):
    """The head of a question. Its body is empty."""

    sql: str
    params: dict[str, Any]
    # 'rows' (a JSON list of lists), 'page' (markup of the rows), 'json', 'csv' or 'blob' (one binary value)
    form: str
    seconds: float
    rows: int  # how many at most
    file: str  # what a sentence names that says to download the file
    told: dict[str, Any]  # of JSON: all that the answer says, in order, with None for what the worker knows
    options: dict[str, Any]  # of JSON: see json_answers.encoded; of CSV: for_excel, with_head; of a blob: column, hash
    blob: str | None  # of a page and CSV: how the address of a binary value begins


class Refused(Exception):
    """Why a question is not answered: the kind of problem, and a sentence."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class Reader:
    """The connection to the database, and what one statement on it may do."""

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], None]) -> None:
        """`prepare` adds the site's own functions to the connection."""
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        # the authorizer is asked when a statement is prepared: each must be, also one that came before
        self.connection = sqlite3.connect(address, uri=True, cached_statements=0)
        # a visitor's SQL can make text that is no UTF-8, such as char(55296)
        self.connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        self.ends_at = 0.0
        self.called: set[str] = set()  # functions of the statement
        before = self.functions()
        prepare(self.connection)
        self.allowed = FUNCTIONS | (self.functions() - before)
        self.connection.execute("pragma temp_store = memory")
        self.connection.execute(f"pragma hard_heap_limit = {HEAP}")
        for name, most in SQLITE_LIMITS.items():
            self.connection.setlimit(getattr(sqlite3, name), most)
        self.connect_virtual_tables()
        self.connection.set_authorizer(self.authorize)
        self.connection.set_progress_handler(self.is_over, STEPS)

    def connect_virtual_tables(self) -> None:
        """Open the full-text indexes and the table-valued functions: SQLite does so with statements of its own."""
        for name in [*(name for (name,) in self.connection.execute(VIRTUAL_TABLES)), *TABLE_VALUED]:
            self.connection.execute(f'select 1 from "{name}" limit 0')

    def functions(self) -> set[str]:
        return {name for (name,) in self.connection.execute("select name from pragma_function_list where not builtin")}

    def authorize(self, action: int, first: str | None, second: str | None, *_: object) -> int:
        """SQLite's authorizer. `first` is the name of a pragma or table, `second` that of a function."""
        if action == sqlite3.SQLITE_FUNCTION:
            self.called.add(str(second).lower())
            allowed = str(second).lower() in self.allowed
        else:
            allowed = action in ACTIONS or (action == sqlite3.SQLITE_PRAGMA and first in PRAGMAS)
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    def is_over(self) -> bool:
        return time.monotonic() > self.ends_at

    def rows(self, question: Question) -> tuple[list[str], list[tuple[Any, ...]], bool]:
        """(columns, rows, whether there are more). Raises Refused, sqlite3.Error or MemoryError."""
        self.called.clear()
        self.ends_at = time.monotonic() + question["seconds"]
        cursor = self.connection.execute(question["sql"], question["params"])
        budget = Budget(question["form"] == "page", question["file"])
        found: list[tuple[Any, ...]] = []
        try:
            columns = [description[0] for description in cursor.description or ()]
            for row in cursor:
                if len(found) == question["rows"]:
                    return columns, found, True
                budget.spend(row)
                found.append(row)
            return columns, found, False
        finally:
            cursor.close()

    def changes(self, question: Question) -> bool:
        """Whether the question that was just answered may have another answer a moment later."""
        said = f"{question['sql']} {list(question['params'].values())}"
        return bool(self.called & OF_CHANCE or (self.called & OF_TIME and NOW.search(said)))


class Budget:
    """What is left of the cells and bytes that one answer may have."""

    def __init__(self, page: bool, file: str) -> None:
        """`page`: the answer is a page, not data. `file` is the name of the download, for the sentence."""
        self.page = page
        self.file = file
        self.cells = CELLS_OF_A_PAGE if page else CELLS_OF_DATA
        self.bytes = BYTES_AT_MOST

    def spend(self, row: Sequence[Any]) -> None:
        """Count a row; raise Refused where the budget is spent."""
        self.cells -= len(row)
        self.bytes -= sum(len(value) for value in row if isinstance(value, str | bytes))
        if self.bytes < 0:
            raise too_many_bytes(self.file)
        if self.cells < 0 and self.page:
            raise Refused(
                TOO_MUCH,
                f"more than {CELLS_OF_A_PAGE:,} cells are too many for a page; ask for fewer rows or columns, or for data: "
                ".json or .csv behind the address",
            )
        if self.cells < 0:
            raise Refused(TOO_MUCH, f"more than {CELLS_OF_DATA:,} cells; ask for fewer rows or columns")


def too_many_bytes(file: str) -> Refused:
    return Refused(TOO_MUCH, f"more than {BYTES_AT_MOST:,} bytes; ask for fewer or shorter values, or download {file}")


def answer(reader: Reader, question: Question, markup: Callable[..., str]) -> tuple[dict[str, Any], bytes]:
    """The head and the body of the answer to a question. `markup` makes the rows of a page.

    The head has `columns`, `count` (of rows), `truncated` (whether there are more) and `changes` (whether the same question
    may have another answer a moment later), or `problem` (the kind) and `sentence`.
    """
    try:
        columns, rows, truncated = reader.rows(question)
        head = {"columns": columns, "count": len(rows), "truncated": truncated, "changes": reader.changes(question)}
        return head, body_of(question, columns, rows, truncated, markup)
    except Refused as refused:
        problem, sentence = refused.kind, str(refused)
    except MemoryError:
        problem, sentence = TOO_LARGE, ""
    except sqlite3.OperationalError as error:
        problem, sentence = (TOO_LONG, "") if str(error) == "interrupted" else (INVALID, str(error))
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
        problem, sentence = INVALID, str(error)
    return {"problem": problem, "sentence": sentence}, b""


def body_of(
    question: Question, columns: list[str], rows: list[tuple[Any, ...]], truncated: bool, markup: Callable[..., str]
) -> bytes:
    """The rows in the form that is asked for; raises Refused where they are too large in it."""
    options, form = question["options"], question["form"]
    if form == "rows":
        return json.dumps(rows, default=bytes_in_json).encode()
    if form == "blob":
        return binary(columns, rows, options)
    if form == "page":
        links = [[link_of(question["blob"], *cell) for cell in zip(columns, row)] for row in rows]
        body = markup(columns, rows, links).encode("utf-8", "replace")
    elif form == "csv":
        written = [[link_of(question["blob"], name, cell) or cell for name, cell in zip(columns, row)] for row in rows]
        head = [columns] if options["with_head"] else []
        text = csv_answers.text_of_rows([*head, *written], options["for_excel"])
        body = ((csv_answers.BOM if options["for_excel"] else "") + text).encode("utf-8", "replace")
    else:
        told = question["told"] | {"rows": rows, "columns": columns, "truncated": truncated}
        body = json_answers.encoded(told, options)
    if len(body) > BYTES_AT_MOST:
        raise too_many_bytes(question["file"])
    return body


def bytes_in_json(value: Any) -> dict[str, str]:
    return {BYTES: value.hex()}


def link_of(start: str | None, column: str, cell: Any) -> str | None:
    """The address of a binary value, of which `start` is the beginning; None for any other cell."""
    if not isinstance(cell, bytes):
        return None
    return f"{start}&" + urlencode({BLOB_COLUMN: column, BLOB_HASH: hashlib.sha256(cell).hexdigest()})


def binary(columns: Sequence[str], rows: Sequence[Sequence[Any]], options: dict[str, Any]) -> bytes:
    """The binary value in a column with a checksum, or the first where none is asked for; raises Refused."""
    column, wanted = options["column"], options["hash"]
    if column not in columns:
        raise Refused(INVALID, f"{column} is not a valid column")
    cells = [row[columns.index(column)] for row in rows]
    values = [cell for cell in cells if isinstance(cell, bytes)]
    if not values:
        raise Refused(INVALID, f"No row here has binary content in {column}; .json gives its values.")
    for value in values:
        if wanted is None or hashlib.sha256(value).hexdigest() == wanted:
            return value
    raise Refused(INVALID, "No row here has the binary content that this link asks for.")


def limit_this_process() -> None:
    """Give this process as little of the machine as it needs, for good."""
    os.nice(PATIENCE)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the terminal of the site ends this process too
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    held = Path("/proc/self/statm")
    if held.exists():  # Linux; other systems do not say how much is mapped at the start, or ignore the limit
        most = int(held.read_text().split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def limit_processor() -> None:
    """End the process when the question that comes now has taken too long: SIGXCPU needs nobody's help."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + 1 + PROCESSOR, hard))


def has_grown() -> bool:
    """Whether this process has ever held so much that it should end; False where the system does not say."""
    # not getrusage, which counts what the site's process held when it started this one
    status = Path("/proc/self/status")
    most = HELD.search(status.read_text()) if status.exists() else None
    return most is not None and int(most[1]) * 1024 > RETIRES_FROM


def received(peer: socket.socket, length: int) -> bytes:
    """So many bytes; EOFError where the site has gone."""
    parts = []
    while length:
        part = peer.recv(min(length, 2**16))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def send(peer: socket.socket, head: dict[str, Any], body: bytes) -> None:
    written = json.dumps(head).encode()
    peer.sendall(LENGTHS.pack(len(written), len(body)) + written)
    peer.sendall(body)


def serve(answer_to: Callable[[Any], tuple[dict[str, Any], bytes]]) -> None:
    """Answer what comes on standard input, which is a socket, until it is closed, or until this process has grown too much.

    `answer_to` makes the head and body of an answer from the head of a question, which is JSON.
    """
    limit_this_process()
    peer = socket.socket(fileno=0)
    send(peer, {}, b"")  # ready
    try:
        while True:
            of_head, of_body = LENGTHS.unpack(received(peer, LENGTHS.size))
            question = json.loads(received(peer, of_head + of_body))
            limit_processor()
            head, body = answer_to(question)
            retires = has_grown()
            send(peer, head | {"retires": retires}, body)
            if retires:
                return
    except (EOFError, ConnectionError):
        return  # the site has ended


def main(path: Path, module: str) -> None:
    """Answer questions of visitors.

    `module` is one of the site's: its prepare_connection(connection) adds functions, its rows_as_markup makes rows of a page.
    """
    site = import_module(module)
    reader = Reader(path, site.prepare_connection)
    serve(lambda question: answer(reader, question, site.rows_as_markup))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

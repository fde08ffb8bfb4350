"""Writes the rows of every table into a new database, what is counted from them, and its full-text indexes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

import sqlite_utils

from recognition.panel import fill_panel

from .audit import find_oddities
from .check import check_keys, check_words
from .codes import Codes, codes_of, with_codes
from .resolve import Tables
from .search_index import fill_search
from .tallies import fill_ledger, fill_tally_history

SCHEMA = Path(__file__).parent.with_name("schema.sql")
INDEX = re.compile(r"^create (?:unique )?index \w+ on \w+ \(.*\);$", re.MULTILINE)
FULL_TEXT = re.compile(r"^create virtual table (\w+) using fts5", re.MULTILINE)


def load(path: Path, tables: Tables, pages: list[dict[str, str]], metadata: Path) -> None:
    """Writes `tables` into a new database at `path`, and what search finds, `pages` and saved queries included.

    Raises DatabaseBroken where a word or a key is missing, and sqlite3.Error where the schema refuses a row.
    """
    schema = SCHEMA.read_text("utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            # The file is thrown away if anything fails, so nothing has to be rolled back or to survive a crash. Keys
            # are checked when all rows are there, in a fraction of the time that looking up each one takes.
            "pragma journal_mode = off; pragma synchronous = off;" + INDEX.sub("", schema)
        )
        with connection:
            codes: Codes = {}
            for name, rows in tables.items():
                if name == "countries":
                    rows = [*rows]
                    codes = codes_of(rows)
                insert(connection, name, with_codes(connection, name, rows, codes))
            check_words(connection)
            check_keys(connection)
            for index in INDEX.findall(schema):
                connection.execute(index)  # sorting once what is all there is faster than keeping it sorted
            fill_tally_history(connection)
            fill_ledger(connection)
            oddities = with_codes(connection, "audit", find_oddities(connection), codes)
            sqlite_utils.Database(connection).table("audit").insert_all(oddities)
            fill_panel(connection)
            fill_search(connection, pages, metadata)
            for index in FULL_TEXT.findall(schema):
                connection.execute(f"insert into {index} ({index}) values ('rebuild')")


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any] | tuple[Any, ...]]) -> None:
    """Inserts rows as they are made; all are dicts with the same keys, or named tuples of one kind.

    sqlite-utils makes one statement of as many rows as have 999 values, which is much slower.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    names, values_of = (first, itemgetter(*first)) if isinstance(first, dict) else (first._fields, tuple)  # type: ignore[attr-defined]
    columns, marks = ", ".join(f"[{name}]" for name in names), ", ".join("?" * len(names))
    values = map(values_of, chain([first], rows))
    connection.executemany(f"insert into [{table}] ({columns}) values ({marks})", values)

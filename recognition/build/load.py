"""Writes the rows of every table into a new database, fills its full-text indexes, and checks what it wrote."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from pathlib import Path

import sqlite_utils

from .audit import find_oddities
from .resolve import Tables
from .search_index import fill_search
from .tallies import fill_tally_history

SCHEMA = Path(__file__).parent.with_name("schema.sql")
INDEX = re.compile(r"^create (?:unique )?index \w+ on \w+ \(.*\);$", re.MULTILINE)
INDEXES = ("countries_fts", "positions_fts", "passages_fts", "organisations_fts", "search", "search_names_fts")


class DatabaseBroken(Exception):
    """The written database does not hold what was to be written; a fault of the build, not of the sources."""


def load(path: Path, tables: Tables, pages: list[dict], metadata: Path) -> None:
    """Write `tables` into a new database at `path`, and what search finds, `pages` and saved queries included.

    Raises DatabaseBroken, or sqlite3.Error where the schema refuses a row.
    """
    connection = sqlite3.connect(path)
    try:
        schema = SCHEMA.read_text("utf-8")
        connection.executescript(
            # The file is thrown away if anything fails, so nothing has to be rolled back or survive a crash; and keys
            # are checked when all rows are there, in a fraction of the time that looking up each one takes.
            "pragma journal_mode = off; pragma synchronous = off;" + INDEX.sub("", schema)
        )
        db = sqlite_utils.Database(connection)
        with connection:
            for name, rows in tables.items():
                insert(db[name], rows)
            check_keys(connection)
            for index in INDEX.findall(schema):
                connection.execute(index)  # sorting once what is all there is faster than keeping it sorted
            fill_tally_history(connection)
            db["audit"].insert_all(find_oddities(connection))
            fill_search(connection, pages, metadata)
            for index in INDEXES:
                connection.execute(f"insert into {index} ({index}) values ('rebuild')")
        check(connection)
        connection.execute("pragma optimize")
    finally:
        connection.close()


def insert(table: sqlite_utils.db.Table, rows: Iterable[dict | tuple]) -> None:
    """Insert rows that all have the same columns, by name or in the order of the names, as they are made.

    The table's own `insert_all` makes one statement of as many rows as have 999 values, which is much slower.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    names, values_of = (first, itemgetter(*first)) if isinstance(first, dict) else (first._fields, tuple)
    columns, marks = ", ".join(f"[{name}]" for name in names), ", ".join("?" * len(names))
    values = map(values_of, chain([first], rows))
    table.db.conn.executemany(f"insert into [{table.name}] ({columns}) values ({marks})", values)


def check(connection: sqlite3.Connection) -> None:
    """Raise DatabaseBroken unless keys lead somewhere, the file is sound, and the indexes hold what their tables hold."""
    check_keys(connection)
    for index in INDEXES:
        try:
            connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            raise DatabaseBroken(f"full-text index {index} does not hold what its table holds ({error})") from error
    (state,) = connection.execute("pragma integrity_check").fetchone()
    if state != "ok":
        raise DatabaseBroken(f"the file is not sound: {state}")


def check_keys(connection: sqlite3.Connection) -> None:
    """Raise DatabaseBroken where a row leads to one of another table that is not there."""
    for table, _, other, _ in connection.execute("pragma foreign_key_check"):
        raise DatabaseBroken(f"rows of {table} lead to rows of {other} that are not there")

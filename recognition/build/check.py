"""Checks a written database before it is published: words, keys, days, full-text indexes, and the file itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from recognition.vocabulary import IN_TABLES

from .codes import code_columns

INDEXES = "select name from sqlite_master where sql like 'create virtual table % using fts5%' order by name"


class DatabaseBroken(Exception):
    """The written database does not hold what it must; the old one stays in place."""


def check(path: Path) -> None:
    """Raises DatabaseBroken where the database at `path` must not be published; the message says why."""
    with closing(sqlite3.connect(path)) as connection:
        check_words(connection)
        check_keys(connection)
        check_first_day(connection)
        check_codes(connection)
        check_indexes(connection)
        (state,) = connection.execute("pragma integrity_check").fetchone()
        if state != "ok":
            raise DatabaseBroken(f"the file is damaged: {state}")


def check_words(connection: sqlite3.Connection) -> None:
    """Raises DatabaseBroken for a word that code branches on and that its table does not have."""
    for (table, column), words in IN_TABLES.items():
        known = {word for (word,) in connection.execute(f"select {column} from {table}")}
        for word in words:
            if word not in known:
                reason = "which code uses (recognition/vocabulary.py); rename it there too"
                raise DatabaseBroken(f"{table} has no {column} {word!r}, {reason}")


def check_keys(connection: sqlite3.Connection) -> None:
    """Raises DatabaseBroken where a foreign key leads to no row."""
    for table, _, other, _ in connection.execute("pragma foreign_key_check"):
        raise DatabaseBroken(f"{table} has foreign keys to {other} that do not exist")


def check_first_day(connection: sqlite3.Connection) -> None:
    """Raises DatabaseBroken for a status or a tally of a day before the subject's first day."""
    for table in ("statuses", "tally_history"):
        before = f"select min(since), first_day from {table}, subject where since < first_day"
        since, first_day = connection.execute(before).fetchone()
        if since:
            raise DatabaseBroken(f"{table} begins on {since}, before the first day {first_day} of table subject")


def check_codes(connection: sqlite3.Connection) -> None:
    """Raises DatabaseBroken where the code beside a country is not its code."""
    codes = {
        key: code
        for id_, name, code in connection.execute("select id, name, iso3 from countries")
        for key in (id_, name)
    }
    tables = "select name from sqlite_master where type = 'table' and sql not like 'create virtual%'"
    for (table,) in connection.execute(tables).fetchall():
        for column, country in code_columns(connection, table).items():
            for value, code in connection.execute(f"select distinct [{country}], [{column}] from [{table}]"):
                if code != codes.get(value):
                    raise DatabaseBroken(f"{table}.{column} is {code!r} beside {value!r}, not {codes.get(value)!r}")


def check_indexes(connection: sqlite3.Connection) -> None:
    """Raises DatabaseBroken where a full-text index does not hold what its table holds."""
    for (index,) in connection.execute(INDEXES).fetchall():
        try:
            connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            raise DatabaseBroken(f"full-text index {index} does not hold what its table holds ({error})") from error

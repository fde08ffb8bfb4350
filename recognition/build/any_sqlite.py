"""Takes the word `strict` out of a finished file: every SQLite from 3.31 on opens it then, those before 3.37 did not.

The word has done its work when the rows are there: none of them has a value of another type than its column.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from .check import DatabaseBroken, strict_tables

WORD = re.compile(r"\) strict(, (?=without rowid)|$)")  # behind the columns, where nothing else can follow but that


def open_to_any(path: Path) -> None:
    """Changes the words of the tables' definitions in the file, and nothing else. Raises DatabaseBroken."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = off")  # the file is thrown away if anything fails
        connection.execute("pragma writable_schema = on")
        with connection:
            for table in strict_tables(connection):
                (words,) = connection.execute("select sql from sqlite_master where name = ?", (table,)).fetchone()
                changed, times = WORD.subn(lambda found: ") " if found[1] else ")", words)
                if times != 1:
                    raise DatabaseBroken(f"{table} is strict in words that {Path(__file__).name} does not know")
                connection.execute("update sqlite_master set sql = ? where name = ?", (changed, table))

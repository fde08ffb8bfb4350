"""The functions of this site in SQL: of its own connections, and of the processes for visitors' SQL."""

from __future__ import annotations

import sqlite3

from recognition import dates

from .search_terms import fts_query


def add_functions(connection: sqlite3.Connection) -> None:
    """`current_date`, in place of SQLite's own: RECOGNITION_TODAY sets the day of views as well as that of pages.

    `escape_fts(text)`, in place of Datasette's own: what a reader typed as a full-text query.
    """
    (first,) = connection.execute("select first_day from subject").fetchone()
    connection.create_function("current_date", 0, lambda: dates.today(first), deterministic=True)
    connection.create_function("escape_fts", 1, fts_query, deterministic=True)

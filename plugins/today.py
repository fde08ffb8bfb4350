"""SQL and Python agree on the day: views that ask SQLite for it get the day of recognition.dates."""

from __future__ import annotations

import sqlite3

from datasette import hookimpl

try:
    from recognition import dates
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Put dates.today in place of SQLite's own function, so that RECOGNITION_TODAY sets the day of views as well."""
    conn.create_function("current_date", 0, dates.today, deterministic=True)

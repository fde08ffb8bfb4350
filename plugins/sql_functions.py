"""SQL has the functions of this site, see recognition/site/sql_functions.py."""

from __future__ import annotations

import sqlite3

from datasette import hookimpl

try:
    from recognition.site.database import NAME
    from recognition.site.sql_functions import add_functions
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


@hookimpl(trylast=True)  # after Datasette has added its own
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    if database == NAME:  # not Datasette's own
        add_functions(conn)
        # the file is all UTF-8: with Datasette's own factory, which mends what is not, reading takes half as long again
        conn.text_factory = str

"""Writes the rows of every table into a new database, fills its full-text indexes, and checks what it wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlite_utils

from .audit import find_oddities
from .resolve import Tables

SCHEMA = Path(__file__).with_name("schema.sql")
CONTENT_INDEXES = ("countries_fts", "positions_fts", "passages_fts", "organisations_fts")
SEARCH_ROWS = """
insert into search (kind, id, url, title, names, body)
select 'country', id, '/recognition/countries/' || id, name,
       names || ' · ' || coalesce(iso2, '') || ' · ' || coalesce(iso3, ''), kind || ', ' || coalesce(status, '') from countries
union all
select 'organisation', id, '/recognition/organisations/' || id, name, names, coalesce(position, '') from organisations
union all
select 'statement', id, '/recognition/positions/' || id, title, '', text from positions
union all
select 'passage', p.id, '/recognition/passages/' || p.id, s.title, '', p.text
from passages p join sections s on s.id = p.section_id where p.kind in ('paragraph', 'image', 'member list')
"""


class DatabaseBroken(Exception):
    """The written database does not hold what was to be written; a fault of the build, not of the sources."""


def load(path: Path, tables: Tables) -> dict[str, int]:
    """Write `tables` into a new database at `path`; return the number of rows of each table.

    Raises DatabaseBroken, or sqlite3.Error where the schema refuses a row.
    """
    connection = sqlite3.connect(path)
    try:
        connection.executescript(
            # the file is thrown away if anything fails, so nothing has to be rolled back or survive a crash
            "pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = on;" + SCHEMA.read_text("utf-8")
        )
        db = sqlite_utils.Database(connection)
        with connection:
            for name, rows in tables.items():
                db[name].insert_all(rows)
            db["audit"].insert_all(find_oddities(connection))
            for index in CONTENT_INDEXES:
                connection.execute(f"insert into {index} ({index}) values ('rebuild')")
            connection.execute(SEARCH_ROWS)
        check(connection)
        connection.execute("pragma optimize")
        return {name: db[name].count for name in tables}
    finally:
        connection.close()


def check(connection: sqlite3.Connection) -> None:
    """Raise DatabaseBroken unless keys lead somewhere, the file is sound, and the indexes hold what their tables hold."""
    orphans = connection.execute("pragma foreign_key_check").fetchall()
    if orphans:
        raise DatabaseBroken(f"rows that refer to nothing: {orphans[:5]}")
    for index in (*CONTENT_INDEXES, "search"):
        try:
            connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            raise DatabaseBroken(f"full-text index {index} does not hold what its table holds ({error})") from error
    (state,) = connection.execute("pragma integrity_check").fetchone()
    if state != "ok":
        raise DatabaseBroken(f"the file is not sound: {state}")

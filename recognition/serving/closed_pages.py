"""Addresses that nobody may open: Datasette's pages for the people who run a site, and the tables inside a full-text index."""

from __future__ import annotations

import re
import sqlite3

from datasette.utils import tilde_decode

from .worker import VIRTUAL_TABLES

# Datasette's database of its own, and its pages under /-/ but for the ones that a page is made of, and /-/health.
INTERNAL = re.compile(r"/_internal(/|$|\.)|/-/(?!(static|static-plugins|health)(/|$|\.))")
SUFFIXES = ("data", "idx", "docsize", "config", "content")  # of the tables in which SQLite keeps an index


def tables_of_indexes(connection: sqlite3.Connection) -> frozenset[str]:
    """The lowercase names of the tables in which SQLite keeps the full-text indexes of a database."""
    return frozenset(
        f"{name.lower()}_{suffix}" for (name,) in connection.execute(VIRTUAL_TABLES) for suffix in SUFFIXES
    )


def is_closed(path: str, database: str, tables: frozenset[str]) -> bool:
    """Whether a path is closed, in whatever case: SQLite's names of tables are the same in any.

    `path` is in canonical spelling and has no prefix; `tables` are the closed tables of `database`, in lowercase.
    """
    if INTERNAL.match(path.lower()):
        return True
    parent, _, rest = path.removeprefix("/").partition("/")
    name = re.split(r"[/.]", rest, maxsplit=1)[0]
    return tilde_decode(parent).lower() == database.lower() and tilde_decode(name).lower() in tables

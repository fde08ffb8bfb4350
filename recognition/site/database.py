"""The one way in which pages ask the database, and the one place where what they made of it is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from datasette.app import Datasette

NAME = "recognition"
Made = TypeVar("Made")
_kept: dict[str, dict[str, Any]] = {}  # edition -> key -> what was made; only the newest edition


def edition(datasette: Datasette) -> str:
    """The SHA-256 of the database file; empty where the file may still change."""
    return datasette.get_database(NAME).hash or ""


async def rows(datasette: Datasette, sql: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows that `sql` gives, each by column name.

    Datasette's time limit does not apply: it is meant for visitors' SQL, and a busy machine must not fail our own pages.
    """
    database = datasette.get_database(NAME)
    return await database.execute_fn(lambda connection: [dict(row) for row in connection.execute(sql, parameters)])


async def kept(datasette: Datasette, key: str, make: Callable[[], Awaitable[Made]]) -> Made:
    """What `make` gives, made once for an edition; made each time where the database file may still change."""
    name = edition(datasette)
    if not name:
        return await make()
    if name not in _kept:
        _kept.clear()
        _kept[name] = {}
    if key not in _kept[name]:
        _kept[name][key] = await make()
    return _kept[name][key]

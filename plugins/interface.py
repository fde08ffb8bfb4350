"""The interface for programs: /openapi.json, which describes all JSON and CSV of the site."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import path_from_row_pks
from datasette.utils.asgi import Request, Response

try:
    from recognition.published_tables import PublishedTable, published_tables
    from recognition.site.database import NAME, kept
    from recognition.site.formats import edition_headers
    from recognition.site.interface import KEYS
    from recognition.site.openapi import Facts, definition
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


async def openapi(datasette: Datasette, request: Request) -> Response:
    """/openapi.json, made once for an edition."""

    async def make() -> str:
        facts = await facts_of(datasette)
        return await asyncio.to_thread(lambda: json.dumps(definition(facts), ensure_ascii=False, separators=(",", ":")))

    body = await kept(datasette, "openapi", make)
    return Response(body, headers=await edition_headers(datasette), content_type="application/json; charset=utf-8")


async def facts_of(datasette: Datasette) -> Facts:
    """What the description takes from the database and from metadata.yml."""
    metadata: dict[str, Any] = datasette.metadata() or {}
    described = metadata["databases"][NAME]["tables"]

    def read(connection: sqlite3.Connection) -> tuple[list[PublishedTable], dict[str, list[str]], dict[str, str]]:
        tables = published_tables(connection, described)
        keys = {kind: [row[0] for row in connection.execute(sql)] for kind, sql in KEYS.items()}
        return tables, keys, {table.name: key for table in tables if (key := key_of_first_row(connection, table))}

    tables, keys, rows = await datasette.get_database(NAME).execute_fn(read)
    queries = datasette.metadata("queries", database=NAME) or {}
    return Facts(tables, keys, rows, queries, metadata, str(datasette.absolute_url(None, "/")).rstrip("/") or "/")


def key_of_first_row(connection: sqlite3.Connection, table: PublishedTable) -> str | None:
    """The key of a row of a table, as an address has it; None for a view, or where there is no row."""
    if not table.key:
        return None
    columns: Sequence[str] = [f"[{column}]" for column in table.key]
    row = connection.execute(f"select {', '.join(columns)} from [{table.name}] limit 1").fetchone()
    return path_from_row_pks(dict(zip(table.key, row)), list(table.key), False) if row else None


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [(r"^/openapi\.json$", openapi)]

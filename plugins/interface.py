"""The interface for programs: /openapi.json, which describes all JSON and CSV of the site, and /api, which tells people."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import path_from_row_pks
from datasette.utils.asgi import BadRequest, Request, Response

try:
    from recognition.published_tables import PublishedTable, published_tables
    from recognition.serving import refusals, turns, worker
    from recognition.serving.problems import problem
    from recognition.site.asked import Asked, question
    from recognition.site.database import NAME, kept
    from recognition.site.formats import edition_headers
    from recognition.site.interface import ADDRESSES, KEYS
    from recognition.site.openapi import VERSION, Facts, definition, fitted
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


async def openapi(datasette: Datasette, request: Request) -> Response:
    """/openapi.json, made once for an edition."""

    async def make() -> str:
        facts = await kept(datasette, "facts of the interface", partial(facts_of, datasette))
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


async def api_page(datasette: Datasette, request: Request) -> Response:
    """What programs can ask, for people."""
    ask = await question(datasette, request)
    facts = await kept(datasette, "facts of the interface", partial(facts_of, datasette))
    addresses = [fitted(address, facts.keys) for address in ADDRESSES]
    context = {
        **ask.context, "pages": [address for address in addresses if not address.datasette],
        "dossiers": [address for address in addresses if address.datasette],
        "at": lambda path: datasette.absolute_url(None, path), "tables": len(facts.tables), "questions": len(facts.queries),
        "problem": json.dumps(problem(chosen_wrongly(ask), 400), indent=2), "version": VERSION,
        "limits": {
            "waiting": turns.WAITING_AT_MOST, "parameters": refusals.PARAMETERS_AT_MOST, "path": refusals.LONGEST_PATH,
            "seconds": datasette.setting("sql_time_limit_ms") / 1000, "rows": worker.ROWS_AT_MOST, "cells": worker.CELLS_OF_DATA,
            "bytes": worker.BYTES_AT_MOST,
        },
    }  # fmt: skip
    return Response.html(await datasette.render_template("api.html", context, request=request))


def chosen_wrongly(ask: Asked) -> str:
    """The sentence about a rule that there is not."""
    try:
        ask.other_rule("fair", "rule", "")
    except BadRequest as error:
        return str(error.args[0])
    raise AssertionError("there is a rule 'fair'")


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [(r"^/openapi\.json$", openapi), (r"^/api$", api_page)]

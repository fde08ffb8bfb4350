"""Rows as JSON and single binary values, in place of Datasette's own renderers."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from datasette.app import Datasette
from datasette.blob_renderer import render_blob
from datasette.utils import MultiParams, path_from_row_pks
from datasette.utils.asgi import BadRequest, Request, Response

from . import json_answers
from .problems import problem
from .worker import BLOB_COLUMN

CELLS_AT_ONCE = 2_000  # more cells are encoded in a thread: others would wait for milliseconds


async def blob(
    datasette: Datasette,
    database: str,
    rows: list[Any],
    columns: list[str],
    request: Request,
    table: str,
    view_name: str,
) -> Any:
    """One binary value, as Datasette sends it; Datasette would also try with rows whose value is not binary."""
    column = request.args.get(BLOB_COLUMN)
    if column in columns:
        rows = [row for row in rows if isinstance(row[column], bytes)]
        if not rows:
            raise BadRequest(f"No row here has binary content in {column}; .json gives its values.")
    return await render_blob(datasette, database, rows, columns, request, table, view_name)


async def as_json(args: MultiParams, data: dict[str, Any]) -> Response:
    """Datasette's `data` as JSON, without `query_ms`; in a thread where there is much of it."""
    data.pop("query_ms", None)
    if "rows" not in data:
        return Response.json(data)
    options = json_answers.options_of(args)
    if wrong := data.get("error") or json_answers.wrong_shape(options, data):
        return Response.json(problem(wrong, 400, "Invalid SQL" if data.get("error") else None), status=400)
    keys = data.get("primary_keys") or []
    key_of = partial(path_from_row_pks, pks=keys, use_rowid=not keys)
    if len(data["rows"]) * len(data["columns"]) > CELLS_AT_ONCE:
        body = await asyncio.to_thread(json_answers.encoded, data, options, key_of)
    else:
        body = json_answers.encoded(data, options, key_of)
    headers = {"link": f'<{data["next_url"]}>; rel="next"'} if data.get("next_url") else {}
    return Response(body, headers=headers, content_type=json_answers.content_type(options))


def output_renderers() -> list[dict[str, Any]]:
    return [
        {"extension": "blob", "render": blob, "can_render": lambda: False},
        {"extension": "json", "render": as_json, "can_render": lambda: True},
    ]

"""Addresses of the second edition lead on to where the same rows are now."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from recognition.site.database import rows
from recognition.site.former_addresses import FORMER

KEY = "select key from former_keys where table_name = :table and former = :former"
Handler = Callable[[Datasette, Request], Awaitable[Response]]


def leading_on(table: str, pattern: str) -> Handler:
    """A handler that redirects a path that matches `pattern` to the same path with the key that the row has now."""

    async def handler(datasette: Datasette, request: Request) -> Response:
        path = request.scope.get("route_path", request.path)  # without base_url, which Datasette takes off only where there is one
        match = re.match(pattern, path)
        found = await rows(datasette, KEY, table=table, former=match["former"]) if match else []
        if not match or not found:
            raise NotFound("There is no such row, and an earlier edition had none at this address.")
        path = path[: match.start("former")] + found[0]["key"] + path[match.end("former") :]
        query = f"?{request.query_string}" if request.query_string else ""
        return Response.redirect(datasette.urls.path(path) + query, status=301)

    return handler


@hookimpl
def register_routes() -> list[tuple[str, Handler]]:
    return [(f"^{pattern}", leading_on(table, pattern)) for table, patterns in FORMER.items() for pattern in patterns]

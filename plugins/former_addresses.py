"""Addresses of the second edition lead on to where the same rows are now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

try:
    from recognition.serving.errors import with_question
    from recognition.site.database import rows
    from recognition.site.former_addresses import FORMER, KEY
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

Handler = Callable[[Datasette, Request], Awaitable[Response]]


def leading_on(table: str) -> Handler:
    """A handler that redirects a path with a former key of `table` to the same path with the key that the row has now."""

    async def handler(datasette: Datasette, request: Request) -> Response:
        parts = request.url_vars
        found = await rows(datasette, KEY, table=table, former=parts["former"])
        if not found:
            raise NotFound("There is no such row, and an earlier edition had none at this address.")
        path = datasette.urls.path(f"/{parts['before']}{found[0]['key']}{parts['after']}")
        return Response.redirect(with_question(path, request.query_string), status=301)

    return handler


@hookimpl
def register_routes() -> list[tuple[str, Handler]]:
    return [(f"^{pattern}", leading_on(table)) for table, patterns in FORMER.items() for pattern in patterns]

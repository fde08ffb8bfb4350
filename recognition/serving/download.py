"""The database file as a download, with its length, in ranges, and with its checksum as its tag."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from datasette.app import Datasette
from datasette.utils.asgi import Base400, Forbidden, Request
from starlette.responses import FileResponse, Response

from .asgi import Receive, Scope, Send
from .caching import matches
from .configuration import Configuration


class Replaced(Base400):
    """Another edition has taken the place of the file that this process serves."""

    status = 503


def routes(configuration: Configuration) -> list[tuple[str, Callable[..., object]]]:
    """The route of '/<database>.db', in place of Datasette's own, which sends neither length nor ranges."""

    async def download(datasette: Datasette, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        database = datasette.get_database(configuration.database)
        if not datasette.setting("allow_download") or database.is_mutable:
            raise Forbidden(
                "This file cannot be downloaded: it may still change. Serve it with inspect-data.json beside it."
            )
        if not datasette.opened_file.is_there:
            raise Replaced("A new edition was put in place just now. Try again in a moment.")
        headers = {"ETag": f'"{database.hash}"', "Cache-Control": "public, no-cache"}
        path, kind = Path(database.path), "application/vnd.sqlite3"
        answer: Response = FileResponse(path, headers=headers, media_type=kind, filename=configuration.file)
        if matches(request.headers.get("if-none-match", "").encode("latin-1"), headers["ETag"].encode()):
            answer = Response(status_code=304, headers=headers)
        await answer(scope, receive, send)

    return [(rf"^/{re.escape(configuration.database)}\.db$", download)]

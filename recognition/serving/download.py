"""The database file as a download, with its length, in ranges, and with its checksum as its tag."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from datasette.app import Datasette
from datasette.utils.asgi import Base400, Forbidden, Request
from starlette.responses import FileResponse, Response

from .accepted import matches
from .asgi import Receive, Scope, Send, header
from .configuration import Configuration

RANGE = re.compile(rb"(\d{1,18})-(\d{0,18})|-\d{1,18}")  # of bytes, as RFC 9110 writes it (14.1.2)


class InPieces(FileResponse):
    """A file in pieces so small that hundreds of readers who do not read cost little."""

    chunk_size = 16_384


class Replaced(Base400):
    """Another edition has taken the place of the file that this process serves."""

    status = 503


def without_unknown_range(scope: Scope) -> Scope:
    """The scope of a request without a Range that names no bytes, or the last before the first: RFC 9110 says to ignore it."""
    unit, _, written = header(scope, b"range").partition(b"=")
    ranges = [RANGE.fullmatch(part.strip()) for part in written.split(b",") if part.strip()]
    known = unit.strip().lower() == b"bytes" and bool(ranges)
    if known and all(one and (not one[2] or int(one[1]) <= int(one[2])) for one in ranges):
        return scope
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() != b"range"]}


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
        answer: Response = InPieces(path, headers=headers, media_type=kind, filename=configuration.file)
        if matches(request.headers.get("if-none-match", "").encode("latin-1"), headers["ETag"].encode()):
            answer = Response(status_code=304, headers=headers)
        await answer(without_unknown_range(scope), receive, send)

    return [(rf"^/{re.escape(configuration.database)}\.db$", download)]

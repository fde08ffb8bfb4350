"""The database file as a download, with its length, in ranges, and with its checksum as its tag."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from datasette.app import Datasette
from datasette.utils.asgi import Base400, Forbidden, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from .asgi import Receive, Scope, Send
from .conditions import Version, as_time, listed, start_of
from .configuration import Configuration

RANGE = re.compile(rb"(\d{1,18})-(\d{0,18})|-(\d{1,18})")  # of bytes, as RFC 9110 writes it (14.1.2)


class InPieces(FileResponse):
    """A file in pieces so small that hundreds of readers who do not read cost little."""

    chunk_size = 16_384


class Replaced(Base400):
    """Another edition has taken the place of the file that this process serves."""

    status = 503


def ranges_of(scope: Scope, version: Version) -> list[bytes]:
    """The ranges of bytes that a request asks for, as written; none where it asks for the whole file.

    RFC 9110 says to give it whole where the unit is unknown or a range is none (14.2), to every method but GET, and where the
    parts would be of another version (13.1.5).
    """
    unit, _, written = (listed(scope, b"range") or b"").partition(b"=")
    parts = [part.strip() for part in written.split(b",") if part.strip()]
    if scope["method"] != "GET" or unit.strip().lower() != b"bytes" or not version.is_whole_of(scope):
        return []
    found = [RANGE.fullmatch(part) for part in parts]
    return parts if all(one and (not one[2] or int(one[1]) <= int(one[2])) for one in found) else []


def is_inside(part: bytes, size: int) -> bool:
    """Whether a range has a byte of a file of so many."""
    first, _, last = part.partition(b"-")
    return int(first) < size if first else int(last) > 0


def with_ranges(scope: Scope, parts: list[bytes]) -> Scope:
    """The scope of a request that asks for these ranges, or for the whole file, whichever version it is."""
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in (b"range", b"if-range")]
    return {**scope, "headers": headers + ([(b"range", b"bytes=" + b",".join(parts))] if parts else [])}


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
        changed = start_of((await configuration.label(datasette)).published_on)
        version = Version(f'"{database.hash}"'.encode(), changed)
        headers = {"ETag": version.tag.decode(), "Cache-Control": "public, no-cache"}
        if version.is_known(scope):
            await Response(status_code=304, headers=headers)(scope, receive, send)
            return
        if changed is not None:
            headers["Last-Modified"] = as_time(changed).decode()
        path, kind, parts = Path(database.path), "application/vnd.sqlite3", ranges_of(scope, version)
        inside = [part for part in parts if is_inside(part, database.size)]
        answer: Response = InPieces(path, headers=headers, media_type=kind, filename=configuration.file)
        if parts and not inside:
            headers["Content-Range"] = f"bytes */{database.size}"
            answer = PlainTextResponse(f"This file has {database.size} bytes: ask for some of them.\n", 416, headers)
        await answer(with_ranges(scope, inside), receive, send)

    return [(rf"^/{re.escape(configuration.database)}\.db$", download)]

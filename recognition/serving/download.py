"""The database file to take along: with its length, in ranges, under its checksum."""

from pathlib import Path

from datasette.utils.asgi import Base400, Forbidden
from starlette.responses import FileResponse

from .caching import matches

DATABASE = "recognition"


class Replaced(Base400):
    """Another edition lies where the one lay that this process serves."""

    status = 503


async def download(datasette, request, scope, receive, send):
    """Datasette's own download has neither length nor ranges."""
    database = datasette.get_database(DATABASE)
    if not datasette.setting("allow_download") or database.is_mutable:
        raise Forbidden(
            "This file cannot be downloaded: it may still change. Serve it with inspect-data.json beside it."
        )
    if not datasette.opened_file.is_there:
        raise Replaced("A new edition was put in place just now. Try again in a moment.")
    headers = {"ETag": f'"{database.hash}"', "Cache-Control": "public, no-cache"}
    wanted = request.headers.get("if-none-match", "").encode("latin-1")
    if matches(wanted, headers["ETag"].encode()):
        await send({"type": "http.response.start", "status": 304, "headers": raw(headers)})
        await send({"type": "http.response.body", "body": b""})
        return
    name = Path(database.path).name
    file = FileResponse(database.path, headers=headers, media_type="application/vnd.sqlite3", filename=name)
    await file(scope, receive, send)


def raw(headers):
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def routes():
    return [(rf"^/{DATABASE}\.db$", download)]

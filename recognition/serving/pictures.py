"""SVG as pixels (png), drawn by a process of its own, one picture at a time; visitors take turns, as with SQL.

What is drawn is kept like any other answer, so each picture is drawn once for an edition and a day.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from .asgi import client_of
from .configuration import Configuration
from .workers import TooBusy, Workers

PROCESSES = 1
SECONDS = 60.0  # for one picture: some tenths of one on an idle machine, but all else goes before it on a busy one
MEDIA_TYPE = "image/png"
NO_HEADERS: Mapping[str, str] = {}

log = logging.getLogger(__name__)


def startup(datasette: Datasette, configuration: Configuration) -> None:
    """Get ready to start the process, which begins when a picture is first asked for."""
    if configuration.fonts:
        command = ("drawer", str(configuration.fonts))
        datasette.pictures = Workers(datasette.opened_file, command, "a picture", PROCESSES)


async def as_png(
    datasette: Datasette,
    request: Request,
    draw: Callable[[], Awaitable[str]],
    width: int,
    headers: Mapping[str, str] = NO_HEADERS,
) -> Response:
    """The picture of an SVG of ours as an answer, `width` pixels wide. Raises TooBusy, before `draw` makes the SVG."""
    client = client_of(request.scope)
    with datasette.pictures.place(client):
        svg = await draw()
    head, body = await datasette.pictures.ask(client, {"svg": svg, "width": width, "seconds": SECONDS})
    if "problem" in head:
        log.error("a picture could not be drawn: %s %s", head["problem"], head["sentence"])
        raise TooBusy("This picture could not be drawn just now. Try again in some seconds.")
    return Response(body, headers=dict(headers), content_type=MEDIA_TYPE)

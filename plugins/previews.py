"""The picture that goes with a link to a page: what its title promises, drawn once for an edition and a day."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, NotFound, Request, Response

try:
    from recognition.serving.pictures import as_png
    from recognition.site.asked import Asked, onward, question
    from recognition.site.card_pictures import WIDTH, picture_of
    from recognition.site.cards import SHARED, card_of
    from recognition.site.database import NAME
    from recognition.site.formats import edition_headers
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

# By the path of a page, the kind of its picture; its key is what the path ends with, or the same for all.
PAGES = [
    (re.compile(path), kind)
    for path, kind in (
        (r"/(map|timeline|list|tallies|counts|votes)?", "site"), (r"/counts/compare", "bridges"),
        (rf"/{NAME}/countries/([^/.]+)", "countries"), (rf"/(?:{NAME}/organisations|tallies|list)/([^/.]+)", "tallies"),
        (r"/counts/([^/.]+)", "counts"), (r"/votes/([^/.]+)", "votes"),
    )
]  # fmt: skip


class Preview(NamedTuple):
    """A picture: its public address, and what it shows, in words."""

    address: str
    alt: str


async def preview_of(datasette: Datasette, request: Request | None) -> Preview | None:
    """The picture of a page under the rule and on the day that are asked for; None where it has none.

    Without a public address there are none: whatever shows links reads absolute addresses alone.
    """
    if request is None or datasette.public_address is None:
        return None
    found = next(((kind, match) for pattern, kind in PAGES if (match := pattern.fullmatch(request.path))), None)
    if found is None:
        return None
    kind, match = found
    key = SHARED if kind in ("site", "bridges") else match[1]
    try:
        ask = await question(datasette, request)
    except (BadRequest, NotFound):
        return None
    card = await card_of(datasette, ask, kind, key)
    if card is None:
        return None
    path = onward(datasette, f"/preview/{kind}/{key}.png", carried(ask))
    return Preview(datasette.absolute_url(request, path), card.alt)


def carried(ask: Asked) -> dict[str, str]:
    """What is different about a picture: of an organisation it has no more than its address names."""
    return {name: value for name, value in ask.carried.items() if name != "organisation"}


async def preview_picture(datasette: Datasette, request: Request) -> Response:
    """The picture as PNG, 1200 by 630 pixels."""
    ask = await question(datasette, request)

    async def draw() -> str:
        card = await card_of(datasette, ask, request.url_vars["kind"], request.url_vars["key"])
        if card is None:
            raise NotFound("There is no such picture.")
        return await picture_of(datasette, card, ask)

    return await as_png(datasette, request, draw, WIDTH, await edition_headers(datasette))


@hookimpl
def extra_template_vars(
    datasette: Datasette, request: Request | None
) -> dict[str, Callable[[], Awaitable[Preview | None]]]:
    """Give templates `page_preview()`."""

    async def page_preview() -> Preview | None:
        return await preview_of(datasette, request)

    return {"page_preview": page_preview}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [(r"^/preview/(?P<kind>[a-z]+)/(?P<key>[^/.]+)\.png$", preview_picture)]

"""The bundles that were made of this edition and of older ones: a list, and the files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

try:
    from recognition.serving.asgi import Receive, Scope, Send
    from recognition.serving.conditions import Version, start_of
    from recognition.serving.download import File, Replaced, send_file
    from recognition.site.bundles import FOLDER, Bundle, bundles, remember_bundles, this_bundle
    from recognition.site.database import Row, edition
    from recognition.site.formats import ENDING, page_or_data
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    async def read() -> None:
        await asyncio.to_thread(remember_bundles, datasette)

    return read


async def bundles_page(datasette: Datasette, request: Request) -> Response:
    """All bundles that are here, that of the latest edition first."""
    rows = [told(datasette, request, bundle) for bundle in bundles(datasette)]
    return await page_or_data(datasette, request, "bundles.html", {"bundles": rows}, ("bundles",), rows)


def told(datasette: Datasette, request: Request, bundle: Bundle) -> Row:
    """A bundle as data. `is_this`: its database is the one that this site serves."""
    return {
        "name": bundle.name, "edition_number": bundle.number, "edition_day": bundle.published_on,
        "known_until": bundle.known_until, "size": bundle.size, "sha256": bundle.sha256,
        "database_sha256": bundle.database_sha256, "is_this": bundle.database_sha256 == edition(datasette),
        "url": datasette.absolute_url(request, datasette.urls.path(f"/{FOLDER}/{bundle.name}")),
    }  # fmt: skip


async def bundle_file(datasette: Datasette, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
    """A bundle as a download, whole or in ranges."""
    name = request.url_vars["name"]
    found = next((bundle for bundle in bundles(datasette) if bundle.name == name), None)
    if found is None:
        raise NotFound("There is no bundle of this name. All that are here are at /bundles.")
    if not found.is_there:
        raise Replaced("This bundle was replaced just now. Try again when the site has been started again.")
    version = Version(f'"{found.sha256}"'.encode(), start_of(found.published_on))
    await send_file(File(found.path, found.size, version, "application/zip", found.name), scope, receive, send)


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Bundle | None]:
    """Give templates `this_bundle`, that of the edition that is served, or None."""
    return {"this_bundle": this_bundle(datasette)}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [
        (rf"^/{FOLDER}" + ENDING, bundles_page),
        (rf"^/{FOLDER}/(?P<name>[^/]+\.zip)$", bundle_file),
    ]

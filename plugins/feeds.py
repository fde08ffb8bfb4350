"""Feeds: what was done and claimed, newest first, for those who follow it with a reader of feeds: all, of a country, of a group."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, NotFound, Request, Response

try:
    from recognition.dates import said
    from recognition.serving.errors import no_such_format
    from recognition.serving.turns import give_way
    from recognition.site.asked import subject
    from recognition.site.atom import CONTENT_TYPE, Feed, as_xml, document
    from recognition.site.database import NAME, kept, rows
    from recognition.site.feed_entries import entries, number_undated, of_country, of_members
    from recognition.site.feed_entry import Entry, urn
    from recognition.site.formats import ENDING, edition_headers, this_edition
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

PER_PAGE = 100
FORM = "atom"
# By what an address names: the question for the row with that key, and what has its page.
ONE_OF = {
    "countries": "select id, name, represented_by from countries where id = :key",
    "organisations": "select id, name from organisations where id = :key",
}


async def feed_of_all(datasette: Datasette, request: Request) -> Response:
    """/feed.atom: every act that changed a status, every claim, what editions changed and corrected; a hundred a page."""
    about = (await subject(datasette))["name_in_sentence"]
    title = f"The recognition of {about}: what was done and claimed"
    return await answer(datasette, request, title, "/timeline", await entries(datasette), PER_PAGE)


async def feed_of_one(datasette: Datasette, request: Request) -> Response:
    """/feed/countries/<id>.atom, whole, and /feed/organisations/<id>.atom, a hundred entries a page."""
    table, key = request.url_vars["table"], request.url_vars["key"]
    found = await rows(datasette, ONE_OF[table], key=key)
    if not found:
        raise NotFound(f"There is no {key[:40]!r} among {table}; all are at /{NAME}/{table}.")
    (row,) = found
    told = await subject(datasette)
    about = f"the recognition of {told['name_in_sentence']}"
    title = f"{row['name']} and {about}: what was done and claimed"
    if table == "countries":
        title = f"What {row['name']} did and claimed" if key == told["country_id"] else title
        return await answer(datasette, request, title, f"/{NAME}/{table}/{key}", await of_country(datasette, row), None)
    return await answer(datasette, request, title, f"/{NAME}/{table}/{key}", await of_members(datasette, row), PER_PAGE)


async def answer(
    datasette: Datasette, request: Request, title: str, about: str, found: Sequence[Entry], per_page: int | None
) -> Response:
    """The feed with these entries, so many a page (None: all on one). Without its ending the address leads on to it."""
    form = request.url_vars.get("format")
    if form is None:
        return Response.redirect(datasette.urls.path(f"{request.path}.{FORM}"), status=301)
    if form != FORM:
        raise no_such_format(form, (FORM,))
    edition, metadata = await this_edition(datasette), datasette.metadata() or {}
    last = max(-(-len(found) // per_page), 1) if per_page else 1
    number = chosen_page(request, last) if per_page else 1
    told = (
        "Acts that changed a status under some rule, and claims that a recognition stands or fell, the newest first, by the "
        "day of the act or claim. Each belongs to who makes it. What an edition changed and corrected stands at the day on "
        f"which it was published. Edition {edition['number']}, {said(edition['published_on'])}; "
        f"records were looked through until {said(edition['known_until'])}. Claims without a day, "
        f"{await number_undated(datasette)} in all, are in the timeline alone."
    )
    feed = Feed(
        urn((await subject(datasette))["country_id"], request.path), title, told, edition["published_on"],
        metadata["creator"], f"{metadata['license']}; {metadata['source']}", metadata["license_url"], request.path, about,
    )  # fmt: skip
    written, first = await as_written(datasette), (number - 1) * (per_page or 0)
    shown = found[first : first + per_page] if per_page else found
    text = document(feed, (written[one.id] for one in shown), number, last, partial(datasette.absolute_url, None))
    return Response(text, headers=await edition_headers(datasette), content_type=CONTENT_TYPE)


async def as_written(datasette: Datasette) -> dict[str, str]:
    """All entries as XML by their ids, written once for an edition."""

    async def write() -> dict[str, str]:
        made = {}
        for one in await entries(datasette):
            made[one.id] = as_xml(one, partial(datasette.absolute_url, None))
            await give_way()
        return made

    return await kept(datasette, "entries of feeds as XML", write)


def chosen_page(request: Request, last: int) -> int:
    """The number of the page, 1 where none is chosen; BadRequest where there is none of that number."""
    number: str = request.args.get("page") or "1"
    if not re.fullmatch(r"[1-9]\d{0,3}", number, re.ASCII) or int(number) > last:
        raise BadRequest(f"page must be a number from 1 to {last}, not {number[:40]!r}.")
    return int(number)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    one = rf"/(?P<table>{'|'.join(ONE_OF)})/(?P<key>[^/.]+)"
    return [(rf"^/feed{ENDING}", feed_of_all), (rf"^/feed{one}{ENDING}", feed_of_one)]

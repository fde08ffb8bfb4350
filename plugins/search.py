"""The page of results and the same as JSON, with facets to narrow them; and what browsers read to offer this search."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, NotFound, Request, Response
from markupsafe import Markup

try:
    from recognition.site import search
    from recognition.site.answering import answer
    from recognition.site.asked import question, subject_in_sentence
    from recognition.site.database import kept, rows
    from recognition.site.formats import ENDING, as_json, asked_format
    from recognition.site.question_forms import asked_in_words
    from recognition.site.search_terms import LONGEST, WORDS_AT_MOST, is_too_long, terms
    from recognition.vocabulary import STATUSES
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

LANGUAGES = "select distinct language from country_names where language is not null"


async def search_page(datasette: Datasette, request: Request) -> Response:
    """The answer to the parameters q, kind, status, organisation, page, rule and as_of, as a page or, at /search.json, as JSON."""
    form = asked_format(request, ("json",))
    whole = request.args.get("q") or ""
    q = whole[:LONGEST]
    asked = await question(datasette, request)
    chosen, page = {**chosen_filters(request), "organisation": asked.organisation or ""}, chosen_page(request)
    in_words = await asked_in_words(datasette, q, asked)
    places = in_words.places if in_words else {}
    # what is asked about a time or a number is sought without the words around it
    sought = places.get("number") or (places["period"] if in_words and in_words.kind == "what happened" else q)
    found = await search.find(datasette, sought, asked, search.Filters(**chosen), page, places.get("country"))
    card = await answer(datasette, in_words, asked) if in_words and page == 1 else None
    if form == "json":
        facets: dict[str, dict[str, int]] = {}
        for facet in found.facets:
            facets.setdefault(facet["facet"], {})[facet["value"]] = facet["hits"]
        return await as_json(datasette, {
            "rule": asked.rule, "as_of": asked.as_of, "q": q, "total": found.total, "truncated": found.truncated, "page": page,
            "more": found.more, "results": found.results, "did_you_mean": found.did_you_mean, "instead": found.instead,
            "left_out": found.left_out, "facets": facets, "answer": card.data if card else None,
            "nothing": bool(q.strip()) and not found.total and (card is None or card.is_empty),
        })  # fmt: skip
    for hit in found.results:
        hit["excerpt"], hit["title_marked"] = Markup(hit["excerpt"]), Markup(hit["title_marked"])
    context = {
        **asked.context, "q": q, "answer": card, "found": found, "chosen": chosen, "page": page,
        "pages": -(-found.total // search.PAGE_SIZE), "size": search.PAGE_SIZE,
        "words": [term.text for term in terms(q)], "languages": await languages(datasette),
        "is_too_long": is_too_long(whole), "words_at_most": WORDS_AT_MOST, "longest": LONGEST,
    }  # fmt: skip
    return Response.html(await datasette.render_template("search.html", context, request=request))


async def languages(datasette: Datasette) -> list[str]:
    """The codes of the languages whose names of countries are indexed, without scripts; English is one of them."""

    async def read() -> list[str]:
        # a row names several, as CLDR does: 'sr mk zh_Hant'
        codes = {code.partition("_")[0] for row in await rows(datasette, LANGUAGES) for code in row["language"].split()}
        return sorted(codes | {"en"})

    return await kept(datasette, "languages", read)


def chosen_filters(request: Request) -> dict[str, str]:
    """The kind and the status that are chosen, '' where none is; BadRequest with the values that there are for any other."""
    known_values: dict[str, Sequence[str]] = {"kind": search.KINDS, "status": STATUSES}
    chosen = {name: request.args.get(name) or "" for name in known_values}
    for name, known in known_values.items():
        value = chosen[name]
        if value and value not in known:
            raise BadRequest(f"{name} must be one of {', '.join(known)}, not {value[:40]!r}.")
    return chosen


def chosen_page(request: Request) -> int:
    """The number of the page, 1 where none is chosen; BadRequest where it is no number from 1 to 9999."""
    number = request.args.get("page") or "1"
    if not re.fullmatch(r"[1-9]\d{0,3}", number, re.ASCII):
        raise BadRequest(f"page must be a number from 1 on, not {number[:40]!r}.")
    return int(number)


OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>Recognition of {subject}</ShortName>
<Description>Countries, organisations, statements and claims on the recognition of {subject}</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="{address}?q={{searchTerms}}"/>
<Url type="application/json" template="{address}.json?q={{searchTerms}}"/>
</OpenSearchDescription>
"""


async def opensearch(datasette: Datasette, request: Request) -> Response:
    """What browsers read to offer this search; NotFound where the site has no address, which the format wants absolute."""
    if datasette.public_address is None:
        raise NotFound("A description of the search needs the public address of the site, which is not set here.")
    address = datasette.absolute_url(request, "/search")
    return Response(
        OPENSEARCH.format(address=html.escape(address), subject=html.escape(await subject_in_sentence(datasette))),
        content_type="application/opensearchdescription+xml; charset=utf-8",
    )


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    """/search and /search.json, and /opensearch.xml."""
    return [(r"^/search" + ENDING, search_page), (r"^/opensearch\.xml$", opensearch)]

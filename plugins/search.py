"""The page of results and the same as JSON, with facets to narrow them; and what browsers read to offer this search."""

import html
import re

from datasette import hookimpl
from datasette.utils.asgi import BadRequest, NotFound, Response
from markupsafe import Markup

from recognition.site import search as finding

ALLOWED = {
    "status": "select status as value from rule_effects union select from_status from rule_effects order by 1",
    "organisation": "select id as value from organisations order by id",
}


async def search_page(datasette, request):
    form = request.url_vars.get("format")
    if form not in (None, "json"):
        raise NotFound(f"There is no format {form!r}; add .json to /search, or nothing for the page.")
    q = request.args.get("q") or ""
    chosen = {name: request.args.get(name) or "" for name in ("kind", "status", "organisation")}
    if chosen["kind"] and chosen["kind"] not in finding.KINDS:
        raise BadRequest(f"kind must be one of {', '.join(finding.KINDS)}, not {chosen['kind'][:40]!r}.")
    search = finding.Search(datasette)
    for name in ("status", "organisation"):
        allowed = [row["value"] for row in await search.rows(ALLOWED[name])] if chosen[name] else ()
        if chosen[name] and chosen[name] not in allowed:
            raise BadRequest(f"{name} must be one of {', '.join(allowed)}, not {chosen[name][:40]!r}.")
    number = request.args.get("page") or "1"
    if not re.fullmatch(r"[1-9]\d{0,3}", number, re.ASCII):
        raise BadRequest(f"page must be a number from 1 on, not {number[:40]!r}.")
    found = await search.find(q, **chosen, page=int(number))
    if form == "json":
        facets = {}
        for facet in found.facets:
            facets.setdefault(facet["facet"], {})[facet["value"]] = facet["hits"]
        return Response.json(
            {"q": q, "total": found.total, "more": found.more, "page": int(number), "results": found.results, "did_you_mean": found.did_you_mean,
             "instead": found.instead, "facets": facets},
        )  # fmt: skip
    for hit in found.results:
        hit["excerpt"], hit["title_marked"] = Markup(hit["excerpt"]), Markup(hit["title_marked"])
    pages = -(-found.total // finding.PAGE_SIZE)
    context = {
        "q": q,
        "found": found,
        "chosen": chosen,
        "page": int(number),
        "pages": pages,
        "words": [term.text for term in finding.terms(q)],
    }
    return Response.html(await datasette.render_template("search.html", context, request=request))


OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>Recognition of Kosovo</ShortName>
<Description>Countries, organisations, statements and claims on the recognition of Kosovo</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="{address}?q={{searchTerms}}"/>
<Url type="application/json" template="{address}.json?q={{searchTerms}}"/>
</OpenSearchDescription>
"""


async def opensearch(datasette, request):
    """What browsers read to offer this search; its addresses are absolute, as the format wants them."""
    address = datasette.absolute_url(request, datasette.urls.path("/search"))
    return Response(
        OPENSEARCH.format(address=html.escape(address)),
        content_type="application/opensearchdescription+xml; charset=utf-8",
    )


@hookimpl
def register_routes():
    return [(r"^/search(?:\.(?P<format>[^/]*))?$", search_page), (r"^/opensearch\.xml$", opensearch)]


# After Datasette has registered its own escape_fts, which `_search` calls: this one replaces it.
@hookimpl(trylast=True)
def prepare_connection(conn):
    finding.prepare_connection(conn)

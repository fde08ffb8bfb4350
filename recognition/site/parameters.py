"""Which parameters each page of the site knows; any other is left out of its address, see serving/known_parameters.py."""

from __future__ import annotations

import re

from .asked import CHOICES
from .database import NAME
from .named_edition import PARAMETER

OF_CSV = frozenset(["_bom", "_dl", "_header"])
# A rule, a day and an organisation: every page carries them to those that answer under them.
# Every page knows the name of an edition, see named_edition.py.
ANSWER = frozenset([*CHOICES, PARAMETER])
# By the path of a page, without its format: what it knows besides ANSWER. Rows in JSON are Datasette's, and so not here.
PAGES = {
    r"/": (),
    r"/index": (),
    r"/about": (),
    r"/api": (),
    r"/article": ("quote",),
    r"/bundles(/[^/]+\.zip)?": (),
    r"/embed/(map|chart|(tally|country)/[^/.]+)": ("theme",),
    r"/preview/[a-z]+/[^/.]+\.png": (),
    r"/changes(/\d+)?": (),
    r"/counts": ("publisher", "group", "year", "explained"),
    r"/counts/compare": ("a", "b"),
    r"/counts/(?!compare)[^/.]+": ("by",),
    r"/list(/[^/.]+)?": ("order",),
    r"/map": (),
    r"/recognition/(countries|organisations|rules)/[^/.]+": (),
    r"/panel": ("from", "to", "step", "country"),
    r"/search": ("q", "kind", "status", "page"),
    r"/statements": ("q", "theme", "status", "region", "speaker", "beside"),
    r"/themes(/[^/.]+)?": (),
    r"/tallies(/(?!compare)[^/.]+)?": (),
    r"/tallies/compare": ("a", "b"),
    r"/timeline": ("kind", "country", "claimant", "year"),
    r"/votes(/[^/.]+)?": (),
}
# For programs: what they know, and nothing else. The first two take POST; all but a page and what leads on answer in JSON.
OF_PROGRAMS: dict[str, frozenset[str]] = {
    "/reconcile": frozenset(["queries", "extend", "callback"]),
    "/mcp": frozenset(),
    "/oembed": frozenset(["url", "maxwidth", "maxheight", "format"]),
    "/reconcile/suggest/entity": frozenset(["prefix", "cursor", "type", "callback"]),
    "/reconcile/suggest/type": frozenset(["prefix", "cursor", "callback"]),
    "/reconcile/suggest/property": frozenset(["prefix", "cursor", "callback"]),
    "/reconcile/extend/propose": frozenset(["type", "limit", "callback"]),
    "/reconcile/preview": ANSWER | {"id"},
    "/reconcile/view": frozenset(["id"]),
}
METHODS = {"/reconcile": ("GET", "HEAD", "OPTIONS", "POST"), "/mcp": ("POST", "OPTIONS")}
# Of the JSON of a dossier, besides: how Datasette writes a row.
OF_ROWS = frozenset(["_extras", "_json", "_json_infinity", "_nl", "_shape"])
DOSSIERS = re.compile(rf"/{NAME}/(countries|organisations|rules)/[^/.]+\.json")
KNOWN = [(re.compile(rf"{path}(?:\.(?P<format>json|csv|md))?"), ANSWER.union(names)) for path, names in PAGES.items()]
ROWS = re.compile(rf"/{NAME}/[^/]+/[^/]+\.json")
# Figures of pages, as pictures.
PICTURES = re.compile(r"/(map|timeline|tallies/(?!compare\.)[^/.]+)\.(svg|png)")
FILES = re.compile(
    r"/(openapi\.json|llms\.txt|robots\.txt|sitemap\.xml|opensearch\.xml|dataset\.jsonld|embed/(light|dark)\.css|favicon\.ico|recognition\.db)"
)
# Feeds answer under no rule; the longer ones have pages.
FEEDS = re.compile(r"/feed(?P<of>/[^/]+/[^/]+)?\.atom")


def known_parameters(path: str) -> frozenset[str] | None:
    """The names of the parameters that the page at `path` knows; None for Datasette's pages, whose filters are columns."""
    if path in OF_PROGRAMS:
        return OF_PROGRAMS[path]
    if FILES.fullmatch(path):
        return frozenset([PARAMETER] if path.endswith(".db") else [])
    if DOSSIERS.fullmatch(path):
        return ANSWER | OF_ROWS
    if PICTURES.fullmatch(path):
        return ANSWER
    if feed := FEEDS.fullmatch(path):
        return frozenset() if (feed["of"] or "").startswith("/countries/") else frozenset(["page"])
    if ROWS.fullmatch(path):
        return None
    for pattern, names in KNOWN:
        if found := pattern.fullmatch(path):
            return names | OF_CSV if found["format"] == "csv" else names
    return None

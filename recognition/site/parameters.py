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
    r"/about": (),
    r"/article": ("quote",),
    r"/changes(/\d+)?": (),
    r"/counts": ("publisher", "group", "year", "explained"),
    r"/counts/compare": ("a", "b"),
    r"/counts/(?!compare)[^/.]+": ("by",),
    r"/list(/[^/.]+)?": ("order",),
    r"/map": (),
    r"/recognition/(countries|organisations|rules)/[^/.]+": (),
    r"/search": ("q", "kind", "status", "page"),
    r"/statements": ("q", "theme", "status", "region", "speaker", "beside"),
    r"/themes(/[^/.]+)?": (),
    r"/tallies(/[^/.]+)?": ("a", "b"),
    r"/timeline": ("kind", "country", "claimant", "year"),
    r"/votes(/[^/.]+)?": (),
}
KNOWN = [(re.compile(rf"{path}(?:\.(?P<format>json|csv))?"), ANSWER.union(names)) for path, names in PAGES.items()]
ROWS = re.compile(rf"/{NAME}/[^/]+/[^/]+\.json")
FILES = re.compile(r"/(robots\.txt|sitemap\.xml|opensearch\.xml|favicon\.ico|recognition\.db)")


def known_parameters(path: str) -> frozenset[str] | None:
    """The names of the parameters that the page at `path` knows; None for Datasette's pages, whose filters are columns."""
    if FILES.fullmatch(path):
        return frozenset([PARAMETER] if path.endswith(".db") else [])
    if ROWS.fullmatch(path):
        return None
    for pattern, names in KNOWN:
        if found := pattern.fullmatch(path):
            return names | OF_CSV if found["format"] == "csv" else names
    return None

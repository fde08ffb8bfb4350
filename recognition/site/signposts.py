"""Signposting (signposting.org): Link headers that tell programs what a page is of, how it is cited and where its data are."""

from __future__ import annotations

import re
from typing import Any

from datasette.app import Datasette

from .database import NAME

DATASET = "/dataset.jsonld"
# Pages of the database as a whole, and pages of one part of it. Each pattern is of a path without parameters: these change
# what is shown, never what it is, so that no header repeats what a visitor wrote.
WHOLE = re.compile(r"/|/about")
PART = re.compile(
    rf"/{NAME}/(?P<table>countries|organisations|rules)/(?P<key>[^/.]+)"
    r"|/(?P<place>tallies|list|counts|votes|statements|themes)(/[^/.]+)?|/(?P<alone>map|timeline|panel)"
)
SCHEMA = "https://schema.org/"
KINDS = {True: ("AboutPage", "Dataset"), False: ("WebPage",)}  # by whether a page is of the whole
FORMS = {"json": "application/json", "csv": "text/csv"}
FORMS_OF = {"map": ("json",)}  # of a page that has not both
FILES = (
    (f"/{NAME}.db", "application/vnd.sqlite3"), ("/tallies.csv", FORMS["csv"]), ("/timeline.csv", FORMS["csv"]),
    (f"/{NAME}/countries.csv", FORMS["csv"]),
)  # fmt: skip


def signposts(datasette: Datasette, path: str) -> str | None:
    """The header of the page at a path in canonical spelling, without prefix; None where it is no landing page.

    Addresses begin with the public one, or where there is none with the prefix: a reader resolves them.
    """
    whole, part = WHOLE.fullmatch(path), PART.fullmatch(path)
    if not whole and not part:
        return None
    metadata: dict[str, Any] = datasette.metadata() or {}

    def link(target: str, rel: str, form: str | None = None) -> str:
        return f'<{target}>; rel="{rel}"' + (f'; type="{form}"' if form else "")

    def address(target: str) -> str:
        return str(datasette.absolute_url(None, target))

    found = [
        link(address("/" if whole else path), "cite-as"),
        link(metadata["license_url"], "license"),
        *(link(f"{SCHEMA}{kind}", "type") for kind in KINDS[bool(whole)]),
    ]
    if whole:
        found.append(link(address(DATASET), "describedby", "application/ld+json"))
        found += [link(address(file), "item", form) for file, form in FILES]
    else:
        found.append(link(address("/"), "collection", "text/html"))
        found += [link(address(file), "item", form) for file, form in items(path)]
    return ", ".join(found)


def items(path: str) -> list[tuple[str, str]]:
    """The addresses of the data of one part, with their media types."""
    place = PART.fullmatch(path)
    if place and place["table"]:
        return [(f"{path}.json", FORMS["json"])]
    name = path.split("/")[1]
    return [(f"{path}.{form}", FORMS[form]) for form in FORMS_OF.get(name, FORMS)]

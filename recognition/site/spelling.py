"""Other spellings of the addresses of pages: capitals, stray signs, underscores, and names in place of keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from datasette.app import Datasette
from datasette.utils import escape_sqlite, tilde_decode, tilde_encode

from .database import NAME, Row, kept, rows, rows_of_each
from .former_addresses import former_address
from .names import keys_of, words

# What is left of a sentence or a link around an address.
SIGNS_AT_THE_END = re.compile(r"[\s/.,;:!?)\]}>*'\"’”»…_-]+$")
FORMAT = re.compile(r"\.(json|csv|db|xml|txt|md|atom|jsonld|svg|png)$", re.IGNORECASE | re.ASCII)  # not the long s

# Pages that no row of the search index names.
PAGES = (
    "/", "/search", "/list", f"/{NAME}.db", "/robots.txt", "/llms.txt", "/sitemap.xml", "/opensearch.xml", "/feed.atom", "/dataset.jsonld",
    "/openapi.json", "/embed/map", "/embed/chart", "/reconcile", "/oembed",
)  # fmt: skip
ADDRESSES = "select distinct url from search_items where url not like '%?%' and url not like '%#%'"
TABLES = "select name from sqlite_master where type in ('table', 'view')"
# Pages of a country or organisation, by what their addresses begin with, and the table of what is named there.
NAMED = {
    f"/{NAME}/countries/": "countries", f"/{NAME}/organisations/": "organisations", "/tallies/": "organisations",
    "/list/": "organisations", "/feed/countries/": "countries", "/feed/organisations/": "organisations",
    "/embed/country/": "countries", "/embed/tally/": "organisations",
}  # fmt: skip


class Spelling(NamedTuple):
    """What is left of a path where case, accents and signs do not count: its words by segment, and its format."""

    segments: tuple[str, ...]
    form: str  # '.json' and the like; empty for a page


class Known(NamedTuple):
    """The paths that there are by their spelling: as they are, and with a name in place of a key; and the tables."""

    paths: dict[Spelling, set[str]]
    named: dict[Spelling, set[str]]
    tables: dict[str, str]  # names by their words


async def plain_address(datasette: Datasette, path: str) -> str | None:
    """The path of the page that another spelling of its path means; None where it means no page, or several.

    A row that has another key now is found by the one that it had.
    `path` is in Datasette's encoding, without prefix and question. Pages that are found by a name are sought after those that are spelt so.
    """
    if former := await former_address(datasette, path):
        return former
    asked = spelling(path)
    if not all(asked.segments):
        return None  # the front page, or a segment of signs alone
    known = await kept(datasette, "spellings of addresses", lambda: read(datasette))
    plain = asked._replace(form="")
    for index in (known.paths, known.named):
        if found := index.get(asked):
            return next(iter(found)) if len(found) == 1 else None
        if asked.form and (found := index.get(plain)):
            return next(iter(found)) + asked.form if len(found) == 1 else None
    return await row_address(datasette, asked, known.tables)


def spelling(path: str) -> Spelling:
    """How a path is spelt, whatever its case, accents and signs: 'Ivory+Coast.' is 'ivory-coast'."""
    decoded = SIGNS_AT_THE_END.sub("", tilde_decode(path))
    form = FORMAT.search(decoded)
    path = decoded[: form.start()] if form else decoded
    return Spelling(tuple("-".join(words(part)) for part in path.split("/") if part), form[0].lower() if form else "")


async def read(datasette: Datasette) -> Known:
    """The addresses of the edition that is served."""
    pages, tables = await rows_of_each(datasette, (ADDRESSES, {}), (TABLES, {}))
    names = [row["name"] for row in tables]
    paths = [*PAGES, *(row["url"] for row in pages), *(f"/{NAME}/{name}" for name in names)]
    by_name = [
        (start + name, start + key)
        for start, table in NAMED.items()
        for name, key in (await keys_of(datasette, table)).items()
    ]
    own = [(path, path) for path in paths] + [(path, path) for path in dict.fromkeys(path for _, path in by_name)]
    return Known(by_spelling(own), by_spelling(by_name), {"-".join(words(name)): name for name in names})


def by_spelling(written: Iterable[tuple[str, str]]) -> dict[Spelling, set[str]]:
    """Paths by the spelling of how they may be written."""
    found: dict[Spelling, set[str]] = {}
    for text, path in written:
        found.setdefault(spelling(text), set()).add(path)
    return found


async def row_address(datasette: Datasette, asked: Spelling, tables: dict[str, str]) -> str | None:
    """The path of the row whose key is spelt otherwise; None where there is none, or its table has no key of one text."""
    if len(asked.segments) != 3 or asked.segments[0] != NAME or asked.segments[1] not in tables:
        return None
    table = tables[asked.segments[1]]
    keys = await datasette.get_database(NAME).primary_keys(table)
    if len(keys) != 1:
        return None
    key = escape_sqlite(keys[0])
    sql = f"select {key} as key from {escape_sqlite(table)} where lower(replace({key}, '_', '-')) = :key limit 2"
    found: list[Row] = await rows(datasette, sql, key=asked.segments[2])
    return f"/{NAME}/{table}/{tilde_encode(str(found[0]['key']))}{asked.form}" if len(found) == 1 else None

"""How the source and the day of a claim are shown: the passage of the article that says it, the line, and records beside it."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote as encoded

from datasette.app import Datasette
from markupsafe import Markup, escape

from recognition.dates import said

from .database import Row, kept, rows

LONGEST_QUOTE = 500  # characters of a quote that an address repeats, so that the article marks them
PASSAGES = "select id, first_line, last_line, text from passages"
RECORDS = "select id, publisher, title, published_on, url from records"


@functools.lru_cache(maxsize=4096)
def time_of(date: str) -> Markup:
    """An ISO date, as precise as it is, as HTML for people and programs: '<time datetime="2018-07">July 2018</time>'."""
    return Markup('<time datetime="{}">{}</time>').format(date, said(date))


class Passage(NamedTuple):
    """A passage of the article: its first and last line, counted from 1, and its text."""

    first_line: int
    last_line: int
    text: str


class Record(NamedTuple):
    """A document outside of the article: who publishes it, its title and its day as far as they are known, its address."""

    publisher: str
    title: str
    published_on: str | None
    address: str | None


async def passages(datasette: Datasette) -> dict[str, Passage]:
    """All passages of the article by id, read once for an edition."""

    async def read() -> dict[str, Passage]:
        return {
            row["id"]: Passage(row["first_line"], row["last_line"], row["text"])
            for row in await rows(datasette, PASSAGES)
        }

    return await kept(datasette, "passages", read)


def lines_of(passage: Passage, quote: str | None) -> tuple[int, int]:
    """The first and the last line of the article to print: twice the line on which `quote` begins, or those of the passage."""
    if not quote:
        return passage.first_line, passage.last_line
    line = passage.first_line + passage.text.count("\n", 0, max(passage.text.find(quote), 0))
    return line, line


def passage_path(passage_id: str, quote: str | None = None) -> str:
    """The path of a passage on this site. The page marks the words of `quote`, unless they are too long for an address."""
    marked = f"?quote={encoded(quote)}" if quote and len(quote) <= LONGEST_QUOTE else ""
    return f"/article{marked}#{passage_id}"


async def known_records(datasette: Datasette) -> dict[str, Record]:
    """All documents outside of the article by id, read once for an edition."""

    async def read() -> dict[str, Record]:
        return {
            row["id"]: Record(row["publisher"], row["title"], row["published_on"], row["url"])
            for row in await rows(datasette, RECORDS)
        }

    return await kept(datasette, "records", read)


def records(row: Row, known: Mapping[str, Record]) -> list[Record]:
    """The documents of a row that names several in `records`, a JSON array of their keys, or one in `record_id`."""
    keys: list[str] = json.loads(row.get("records") or "[]") or [row.get("record_id") or ""]
    return [known[key] for key in keys if key in known]


async def place(datasette: Datasette, row: Row, before: str = "article, line") -> Markup:
    """'article, line 12' as a link to the passage of a row: the line on which its `quote` begins, and that is marked there.

    A row that quotes nothing has 'article, lines 12–14', if its passage has several; one without `passage_id` has nothing.
    """
    if not row.get("passage_id"):
        return Markup("")
    quote = row.get("quote")
    first, last = lines_of((await passages(datasette))[row["passage_id"]], quote)
    path = datasette.urls.path(passage_path(row["passage_id"], quote))
    numbers = f" {first}" if first == last else f"s {first}–{last}"
    return Markup(f'<a href="{escape(path)}">{escape(before)}{numbers}</a>')


async def citations(datasette: Datasette, row: Row) -> Markup:
    """The publishers of a row's records as links to their addresses: 'BBC News, Reuters'. A narrow list leaves out the others."""
    found = [cited(record) for record in records(row, await known_records(datasette))]
    if len(found) < 2:
        return Markup("").join(found)
    return Markup(f'{found[0]}<span class="others">, {Markup(", ").join(found[1:])}</span>')


@functools.lru_cache(maxsize=4096)
def cited(record: Record) -> Markup:
    """A record as HTML: the name of its publisher, as a link where it has an address."""
    name = escape(record.publisher)
    return Markup(f'<a href="{escape(record.address)}" rel="external nofollow">{name}</a>') if record.address else name


async def evidence(datasette: Datasette, row: Row) -> Markup:
    """Both for a row that has or has not `passage_id`, `quote`, `records`: 'article, line 12 · records: BBC News'.

    A page has hundreds of them: as macros of a template they took most of its time.
    """
    found: list[str] = [await place(datasette, row)] if row.get("passage_id") else []
    if named := await citations(datasette, row):
        found.append("records: " + named)
    return Markup(" · ".join(found))

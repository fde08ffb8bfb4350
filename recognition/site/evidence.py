"""How the source of a claim is shown: the passage of the article that says it, the line, and records beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote as encoded

from datasette.app import Datasette
from markupsafe import Markup, escape

from recognition.citations import addresses, host

from .database import Row, kept, rows

LONGEST_QUOTE = 500  # characters of a quote that an address repeats, so that the article marks them
PASSAGES = "select id, first_line, last_line, text from passages"
PUBLISHERS = "select host, publisher from publishers"


class Passage(NamedTuple):
    """A passage of the article: its first and last line, counted from 1, and its text."""

    first_line: int
    last_line: int
    text: str


class Record(NamedTuple):
    """A source outside of the article: the publisher at its address, or its words where it has no address."""

    name: str
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


async def publishers(datasette: Datasette) -> dict[str, str]:
    """Who publishes at a host, by host, read once for an edition."""

    async def read() -> dict[str, str]:
        return {row["host"]: row["publisher"] for row in await rows(datasette, PUBLISHERS)}

    return await kept(datasette, "publishers", read)


def records(citation: str | None, known: Mapping[str, str]) -> list[Record]:
    """The sources that a citation names: those with an address, or where none has one, its words as one record.

    `known` are publishers by host; a host without one is its own name.
    """
    if found := addresses(citation):
        return [Record(known.get(host(address), host(address)), address) for address in found]
    return [Record(citation, None)] if citation else []


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


async def citations(datasette: Datasette, citation: str | None) -> Markup:
    """The publishers of the records as links to their addresses: 'BBC News, Reuters'."""
    known = await publishers(datasette)
    return Markup(", ".join(cited(record) for record in records(citation, known)))


def cited(record: Record) -> str:
    """A record as HTML: a link with the name of its publisher, or its words."""
    name = escape(record.name)
    return f'<a href="{escape(record.address)}" rel="external nofollow">{name}</a>' if record.address else name


async def evidence(datasette: Datasette, row: Row) -> Markup:
    """Both for a row that has or has not `passage_id`, `quote`, `citation`: 'article, line 12 · records: BBC News'.

    A page has hundreds of them: as macros of a template they took most of its time.
    """
    found: list[str] = [await place(datasette, row)] if row.get("passage_id") else []
    if row.get("citation"):
        found.append("records: " + await citations(datasette, row["citation"]))
    return Markup(" · ".join(found))

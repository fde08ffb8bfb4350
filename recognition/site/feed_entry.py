"""An entry of a feed, its id, and the documents behind it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from recognition.dates import said

from .evidence import Record

# Ids of feeds and entries are made of this and of a row's key: they are the same wherever the site is served, for ever.
IDS = uuid.UUID("5a2b6c5e-6f0e-4c0b-9d57-3c2c5f1d7a41")


@dataclass(frozen=True)
class Entry:
    """One act or claim, or what an edition changed. `day` is the first ISO day on which it can have been, `counts_from` the
    first on which it certainly has; of an edition both are the day on which it was published, and nobody is its `claimant`.

    `path` is its page; `countries` are whom it is about, names by id; `sources` are addresses of documents with what they
    are; `content` is HTML in full, `quote_path` the place in the article or None.
    """

    id: str
    day: str
    counts_from: str
    kind: str
    claimant: str
    title: str
    path: str
    countries: dict[str, str]
    sources: tuple[tuple[str, str], ...]
    quote_path: str | None
    content: Markup


def urn(*parts: str) -> str:
    """The id of a feed or an entry, made of its subject and of what it is: it never changes."""
    return f"urn:uuid:{uuid.uuid5(IDS, '/'.join(parts))}"


def documented(record: Record) -> tuple[str | None, str]:
    """(address, what it is) of a document: publisher, title and day."""
    day = f", {said(record.published_on)}" if record.published_on else ""
    return record.address, f"{record.publisher}: {record.title}{day}"


def as_list(told: Iterable[str]) -> Markup:
    """Lines, of text or of HTML, as a list."""
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(line) for line in told))


def listed(sources: list[tuple[str | None, str]]) -> Markup:
    """The documents behind an event, with publisher, title and day; nothing where it has none."""
    link = Markup('<a href="{}">{}</a>')
    told = [link.format(where, text) if where else text for where, text in sources]
    return Markup("<p>Records:</p>\n") + as_list(told) if told else Markup("")

"""A feed as Atom (RFC 4287), in pages (RFC 5005) where it has more entries than one shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from .feed_entry import Entry

ATOM, HISTORY = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/history/1.0"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
HTML, FEED = "text/html", "application/atom+xml"
LANGUAGE = "en"


@dataclass(frozen=True)
class Feed:
    """What a feed says of itself. `updated` is an ISO day, that of the edition; `path` is its own, `about` that of the page it follows."""

    id: str
    title: str
    subtitle: str
    updated: str
    author: str
    rights: str
    licence: str
    path: str
    about: str


def path_of(feed: Feed, number: int) -> str:
    """The path of a page of a feed; the first has no number."""
    return feed.path if number == 1 else f"{feed.path}?page={number}"


def document(feed: Feed, written: Iterable[str], number: int, last: int, address: Callable[[str], str]) -> str:
    """Page `number` of the `last` pages of a feed as XML, with entries as `as_xml` has written them.

    `address` gives the public address of a path, or where there is none the path with its prefix.
    """
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": LANGUAGE})
    if last == 1:
        root.set("xmlns:fh", HISTORY)
        ET.SubElement(root, "fh:complete")  # all entries that there are: what is gone from it is withdrawn
    add(root, "id", feed.id)
    add(root, "title", feed.title)
    add(root, "subtitle", feed.subtitle)
    add(root, "updated", at(feed.updated))
    add(ET.SubElement(root, "author"), "name", feed.author)
    add(root, "rights", feed.rights)
    pages = {"self": number, "first": 1, "previous": number - 1, "next": number + 1, "last": last}
    for rel, to in pages.items():
        if rel == "self" or (last > 1 and 1 <= to <= last):
            link(root, rel, address(path_of(feed, to)), FEED)
    link(root, "alternate", address(feed.about), HTML)
    link(root, "license", feed.licence)
    head = ET.tostring(root, encoding="unicode").removesuffix("</feed>")
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', head, *written, "</feed>", ""])


def as_xml(entry: Entry, address: Callable[[str], str]) -> str:
    """An entry as XML, to stand in a document."""
    root = ET.Element("entry")
    add(root, "id", entry.id)
    add(root, "title", entry.title)
    add(root, "updated", at(entry.day))
    link(root, "alternate", address(entry.path), HTML)
    if entry.quote_path:
        link(root, "related", address(entry.quote_path), HTML)
    for where, text in entry.sources:
        link(root, "via", where, title=text)
    ET.SubElement(root, "category", {"term": entry.kind})
    for country, name in entry.countries.items():
        ET.SubElement(root, "category", {"term": country, "label": name})
    add(root, "content", str(entry.content)).set("type", "html")
    return ET.tostring(root, encoding="unicode")


def add(parent: ET.Element, name: str, text: str) -> ET.Element:
    """A new child with a text."""
    child = ET.SubElement(parent, name)
    child.text = text
    return child


def link(parent: ET.Element, rel: str, href: str, form: str | None = None, title: str | None = None) -> None:
    """A new link; `form` is its media type."""
    given = {"rel": rel, "href": href, "type": form, "title": title}
    ET.SubElement(parent, "link", {name: value for name, value in given.items() if value})


def at(day: str) -> str:
    """An ISO day as Atom writes a moment: its beginning, in UTC."""
    return f"{day}T00:00:00Z"

"""Pages as Markdown, for those who read with models: how text, links and tables are written, and what each page ends with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from datasette.app import Datasette
from datasette.utils.asgi import Response

from recognition.dates import said

from .asked import Asked, as_known
from .database import Row
from .formats import edition_headers, this_edition

CONTENT_TYPE = "text/markdown; charset=utf-8"
SIGNS = re.compile(r"([\\`*_\[\]<>|#~])")  # that mean something in Markdown; in words they do not
LIST_SIGN = re.compile(r"^(\d+)([.)] )|^([+-] )")
SPACES = re.compile(r"\s+")


def plain(text: object) -> str:
    """Text in one line, whose signs mean nothing."""
    line = SIGNS.sub(r"\\\1", SPACES.sub(" ", str(text)).strip())
    return LIST_SIGN.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", line)


def link(text: object, address: str | None) -> str:
    """A link; the text alone where there is no address."""
    if not address:
        return plain(text)
    written = f"<{address}>" if re.search(r"[()\s]", address) else address
    return f"[{plain(text)}]({written})"


def quoted(text: str) -> str:
    """Somebody's words inside of a sentence."""
    return f"“{plain(text)}”"


def block(text: str, source: str = "") -> str:
    """Somebody's words by themselves, with the link to where they are from."""
    return f"> {plain(text)}" + (f"\n>\n> {source}" if source else "")


def day(date: str | None) -> str:
    """An ISO date for people; 'no day known' where there is none."""
    return said(date) if date else "no day known"


def table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; '' where it has no lines."""
    rows = [f"| {' | '.join(cells)} |" for cells in lines]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *rows]) if rows else ""


def bullets(items: Iterable[str], depth: int = 0) -> str:
    """A list of items that are Markdown already."""
    return "\n".join(f"{'  ' * depth}- {item}" for item in items)


def joined(parts: Iterable[str | None]) -> str:
    """The parts as one text, those that are empty left out, an empty line between two of them."""
    return "\n\n".join(part for part in parts if part) + "\n"


def section(title: str, *parts: str | None) -> str:
    """A heading and what is below it; '' where nothing is."""
    found = [part for part in parts if part]
    return "\n\n".join([f"## {title}", *found]) if found else ""


def sentence(*clauses: str | None) -> str:
    """Clauses that are not empty, with commas between them."""
    return ", ".join(clause for clause in clauses if clause)


def under(rule: str, as_of: str, known_until: str) -> str:
    """Of which rule and day the numbers are: 'Under the rule ‘The list today’, on 3 May 2026, as known on 28 February 2026.'"""
    return f"Under the rule ‘{plain(rule)}’, on {said(as_of)}{as_known(as_of, known_until)}."


async def response(
    datasette: Datasette, title: str, parts: Iterable[str | None], path: str, ask: Asked | None = None, data: str = ""
) -> Response:
    """A page as Markdown: its title, the rule and day that are asked for, its parts, and where all of it is from.

    `path` is that of the page for people; `data` that of the same as JSON, where there is one.
    """
    about, metadata = await this_edition(datasette), datasette.metadata() or {}
    address = datasette.absolute_url(None, path)
    told = [*map(plain, ask.notes), under(ask.rules[ask.rule]["title"], ask.as_of, ask.known_until)] if ask else []
    cite = sentence(
        f"‘{plain(title)}’", plain(metadata["title"]),
        f"edition {about['number']} of {said(about['published_on'])}", f"<{address}>",
    )  # fmt: skip
    foot = bullets([
        f"Records were looked through until {said(about['known_until'])}: of later days nothing newer is known.",
        f"Cite: {cite}. SHA-256 of the edition: `{about['checksum']}`.",
        f"Source: {link(metadata['source'], metadata['source_url'])}. "
        f"Licence: {link(metadata['license'], metadata['license_url'])}.",
        f"For people: {address}" + (f" · as data: {datasette.absolute_url(None, data)}" if data else ""),
    ])  # fmt: skip
    text = joined([f"# {plain(title)}", " ".join(told), *parts, section("About this text", foot)])
    headers = {
        **await edition_headers(datasette),
        "Link": f'<{address}>; rel="canonical"',
    }  # search engines need the page alone
    return Response(text, content_type=CONTENT_TYPE, headers=headers)


def documents(found: Iterable[Mapping[str, str | None]], depth: int = 1) -> str:
    """What records say, one below the other: publisher, title, day, and the words."""
    lines = []
    for one in found:
        name = f"{one['publisher']}, ‘{one['title']}’" if one.get("title") else str(one["publisher"])
        told = sentence(link(name, one.get("url")), said(one["published_on"]) if one.get("published_on") else None)
        says = f": {plain(one['says'])}" if one.get("says") else ""
        words = f" {quoted(str(one['words']))}" if one.get("words") else ""
        english = f" (in English: {quoted(str(one['translation']))})" if one.get("translation") else ""
        lines.append(f"{told}{says}{words}{english}")
    return bullets(lines, depth)


def passage(row: Row) -> str:
    """The words of the article that a row has, with the link to them; '' where it has none."""
    if not row.get("passage"):
        return ""
    return (
        f"the article: {quoted(row['quote'])} ({link('passage', row['passage'])})"
        if row.get("quote")
        else link("the article", row["passage"])
    )

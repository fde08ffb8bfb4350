"""How the database and each of its pages are cited: a sentence to copy, BibTeX, and RIS for programs that keep references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlencode

from datasette.app import Datasette
from markupsafe import Markup

from recognition import dates
from recognition.dates import said

from .asked import subject
from .database import Row, kept, rows
from .formats import this_edition

DATABASE = "database"  # what is cited where no page is
CHECKSUM_SHOWN = 12  # characters
ARTICLE = "select title, publisher, url, licence from sources where id = 'article'"
# What TeX reads as a command, and how it is written so that it is read as itself.
OF_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What every citation says: the database, its edition and the day of reading, which is today."""

    title: str
    subject: str
    author: str
    licence: str
    edition: int
    published_on: str
    checksum: str
    read_on: str

    @property
    def edition_said(self) -> str:
        """'edition 7 of 26 November 2026'."""
        return f"edition {self.edition} of {said(self.published_on)}"


@dataclass(frozen=True)
class Cited:
    """What is cited. `says` are sentences, '' for the database as a whole; `address` is absolute, None where nobody knows it.

    `key` tells it from others: the words of its address.
    """

    title: str
    says: str
    address: str | None
    key: str = DATABASE


@dataclass(frozen=True)
class Citation:
    """The three forms of one citation."""

    sentence: str
    bibtex: str
    ris: str


async def citation(datasette: Datasette, title: str, says: str, path: str, **pinned: str | None) -> Citation:
    """How a page of the site is cited that says this; a text that is Markup is cited without it.

    `pinned` are the parameters of its address, such as the rule and the day that it answers under; None leaves one out.
    Where the site has no public address the citation has none either.
    """
    question = urlencode({name: value for name, value in pinned.items() if value})
    whole = f"{path}?{question}" if question else path
    address = str(datasette.absolute_url(None, whole)) if datasette.public_address is not None else None
    return written(await work(datasette), Cited(plain(title), plain(says), address, key_of(whole)))


async def citation_of_all(datasette: Datasette) -> Citation:
    """How the database is cited as a whole."""
    told = await work(datasette)
    address = str(datasette.absolute_url(None, "/")) if datasette.public_address is not None else None
    return written(told, Cited(told.title, "", address))


async def article_as_source(datasette: Datasette) -> Row:
    """The article that the database is made from: title, publisher, url, licence."""

    async def read() -> Row:
        return (await rows(datasette, ARTICLE))[0]

    return await kept(datasette, "the article as a source", read)


async def work(datasette: Datasette) -> Work:
    """The edition that is served."""
    article, edition = await article_as_source(datasette), await this_edition(datasette)
    about, metadata = await subject(datasette), datasette.metadata() or {}
    return Work(
        metadata["title"], about["country_id"], " and ".join(metadata["authors"]), article["licence"],
        edition["number"], edition["published_on"], edition["checksum"], dates.today(about["first_day"]),
    )  # fmt: skip


def written(told: Work, cited: Cited) -> Citation:
    """A citation in its three forms."""
    return Citation(sentence(told, cited), bibtex(told, cited), ris(told, cited))


def sentence(told: Work, cited: Cited) -> str:
    """'108 of 193 UN members … International recognition of …, edition 7 of 26 November 2026, https://…, read on …'."""
    checksum = f", SHA-256 {told.checksum[:CHECKSUM_SHOWN]}…" if told.checksum and not cited.says else ""
    place = f", {cited.address}" if cited.address else ""
    name = f"{told.title}, {told.edition_said}{checksum}{place}, read on {said(told.read_on)}."
    return f"{ended(cited.says)} {name}" if cited.says else f"{name} After {told.author}, {told.licence}."


def bibtex(told: Work, cited: Cited) -> str:
    """The same as an entry of BibTeX; classic styles leave out fields that they do not know, and biblatex reads all."""
    whole = not cited.says
    checksum = f", SHA-256 {told.checksum}" if whole and told.checksum else ""
    name = "Database" if whole else told.title
    fields = {
        "title": f"{{{tex(cited.title)}}}", "author": f"{{{tex(told.author)}}}",
        "howpublished": tex(f"{name}, {told.edition_said}{checksum}"),
        "note": tex(f"{ended(cited.says)} Licence: {told.licence}".strip()),
        "year": told.published_on[:4], "version": str(told.edition),
        "url": cited.address, "urldate": told.read_on,
    }  # fmt: skip
    lines = [f"  {name:<12} = {{{value}}}" for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{told.subject}-{cited.key}-edition-{told.edition},", ",\n".join(lines), "}"])


def ris(told: Work, cited: Cited) -> str:
    """The same in the format RIS: a tag a line."""
    whole = not cited.says
    lines = [
        ("TY", "DATA" if whole else "ELEC"), ("TI", cited.title), ("AU", told.author),
        ("T2", "" if whole else told.title), ("ET", str(told.edition)), ("PY", told.published_on[:4]),
        ("DA", told.published_on.replace("-", "/")), ("Y2", told.read_on.replace("-", "/")), ("UR", cited.address),
        ("N1", f"{ended(cited.says)} Licence: {told.licence}".strip()),
    ]  # fmt: skip
    return "\n".join([*(f"{tag}  - {value}" for tag, value in lines if value), "ER  - "])


def ended(text: str) -> str:
    """A text that ends as a sentence does."""
    return text if not text or text.endswith((".", "?", "!", "”", '"')) else f"{text}."


def plain(text: str) -> str:
    """A text in one line, as it is read: what a template gives is Markup, escaped."""
    return text.striptags() if isinstance(text, Markup) else " ".join(text.split())


def tex(text: str) -> str:
    """A text as TeX reads it; letters of all scripts stay, which biber and BibTeX for UTF-8 read."""
    return text.translate(OF_TEX)


def key_of(path: str) -> str:
    """The words of an address, to tell citations apart: 'tallies-eu-2026-02-28', 'front-page'."""
    place, _, question = path.partition("?")
    values = [part.partition("=")[2] for part in question.split("&")]
    found = re.findall(r"[A-Za-z0-9]+", unquote_plus(" ".join([place.removeprefix("/recognition"), *values])))
    return "-".join(found) if place != "/" else "-".join(["front-page", *found])

"""The article as Markdown, word for word: what was restored is in italics, and each passage leads to itself on the page."""

from __future__ import annotations

from collections.abc import Iterable

from datasette.app import Datasette

from recognition.dates import said

from .database import Row
from .markdown import bullets, link, plain, quoted, table

CONFIDENT = "high"  # of a restored name


def written(datasette: Datasette, sections: list[Row], marks: Iterable[Row], source: Row) -> tuple[str, list[str]]:
    """The title and the parts of the article: `sections` and `marks` as `Reading` of plugins/article.py has them.

    `source` is its row of `sources`.
    """
    page = datasette.absolute_url(None, "/article")
    titles = [passage["text"] for section in sections for passage in passages_of(section, "title")]
    tables = [row for section in sections for block in section["blocks"] for row in block.get("rows", ())]
    parts = [guide(source, marks, any(map(restored, tables)))]
    for section in sections:
        for block in section["blocks"]:
            parts.append(block_of(block, section["level"], page))
    return titles[0], parts


def passages_of(section: Row, kind: str) -> list[Row]:
    found = [passage for block in section["blocks"] for passage in block.get("passages", ())]
    return [passage for passage in found if passage["kind"] == kind]


def restored(row: Row) -> bool:
    """Whether the name of a row of a table was lost."""
    if row["kind"] == "recognition":
        return bool(row["name_basis"] != "printed")
    return row["kind"] == "statement" and not row["printed"]


def guide(source: Row, marks: Iterable[Row], lost: bool) -> str:
    """What this text is, and what in it is not the article's; `lost` says whether names of its tables were."""
    before = source["written_before"] and f", before {said(source['written_before'])}"
    names = (
        "Names in *italics* are restored: the cells held images of flags, which are lost. A question mark is behind those "
        "where another country is possible."
    )
    return bullets([
        f"The article as it was received, word for word: a page of {link(source['publisher'], source['url'])}, rewritten for "
        f"children from Wikipedia, under {plain(source['licence'])}. What it says is the article's.",
        f"Its day is not known: on or after {said(source['written_after'])}{before or ''}. SHA-256 `{source['sha256']}`.",
        *([names] if lost else []),
        "The legend of the marks is lost; their meanings are inferred: "
        + " ".join(f"{mark['mark']} {plain(mark['meaning'])}" for mark in marks),
        "¶ leads to the passage.",
    ])  # fmt: skip


def block_of(block: Row, level: int, page: str) -> str:
    """One block of a section: its heading, paragraphs, contents, a lost image or a table."""
    if block["name"] == "table":
        return table_of(block, page)
    passages = block["passages"]
    if block["name"] == "heading":
        headings = [passage["text"] for passage in passages if passage["kind"] != "title"]
        return "\n\n".join(f"{'#' * min(level + 1, 6)} {plain(text)}" for text in headings)
    if block["name"] == "contents":
        return bullets(plain(passage["text"]) for passage in passages)
    if block["name"] == "image":
        return "\n\n".join(
            f"An image is lost; its caption: {quoted(passage['caption'])} {sign(passage, page)}" for passage in passages
        )
    return "\n\n".join(f"{plain(passage['text'])} {sign(passage, page)}" for passage in passages)


def sign(passage: Row, page: str) -> str:
    return f"[¶]({page}#{passage['id']})"


def table_of(block: Row, page: str) -> str:
    """A table: of recognitions with the dates that rows share in each of them, or of statements with members below."""
    header = block["header"]
    if block["kind"] == "recognition":
        heads = [*header["cells"][:-1], *header["below"]] if header["below"] else header["cells"]
        return table([plain(head) for head in heads], recognitions(block["rows"], len(heads), page))
    lines = [
        [name_of(row), statement(row, page)] if row["kind"] == "statement" else ["", members(row, page)]
        for row in block["rows"]
    ]
    return table([plain(head) for head in header["cells"]], lines)


def recognitions(rows: list[Row], columns: int, page: str) -> list[list[str]]:
    """The rows of a table of recognitions; a row below a shared date has that date, and no number of its own."""
    lines, dates = [], [""]
    for row in rows:
        dates = row["dates"] or dates
        doubt = "" if row["confidence"] == CONFIDENT else "?"
        name = f"*{plain(row['name'])}*{doubt}" if restored(row) else plain(row["printed"])
        cells = [plain(row["number"]), f"{name} {sign(row, page)}", *map(plain, dates)]
        lines.append((cells + [""] * columns)[:columns])
    return lines


def name_of(row: Row) -> str:
    return plain(row["printed"]) if row["printed"] else f"*{plain(row['statement']['title'])}*"


def statement(row: Row, page: str) -> str:
    after = f" {plain(row['after'])}" if row["after"] else ""
    return f"{plain(row['statement']['text'])}{after} {sign(row, page)}"


def members(row: Row, page: str) -> str:
    """The members of an organisation as the article lists them, with their marks."""
    named = " • ".join(plain(one["name"]) + (f" {one['mark']}" if one["mark"] else "") for one in row["members"])
    return f"{' '.join(map(plain, row['counts']))} {named} {sign(row, page)}".strip()

"""The article from its first line to its last: headings, paragraphs and tables with an anchor for every passage."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup, escape

try:
    from recognition.serving.turns import give_way
    from recognition.site import article_markdown, markdown
    from recognition.site.database import Row, grouped, kept, rows, rows_of_each
    from recognition.site.editions import gone_passages
    from recognition.site.formats import ENDING, as_json, asked_format, without
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

BEGINS, ENDS = "\2", "\3"  # signs that the article does not have
LOST_IMAGE = "![]()"
LONGEST_QUOTE = 1000  # characters; no passage has more
PARTS_AT_ONCE = 50  # which take a millisecond or two
CELLS_AT_MOST = 10  # of a quote; no row has more
# Passages of one block that follow each other are shown as one element: a list, a table.
BLOCKS = {
    "title": "heading", "heading": "heading", "paragraph": "paragraph", "contents": "contents", "image": "image",
    "table header": "table", "recognition": "table", "statement": "table", "member list": "table",
}  # fmt: skip
BASES = {
    "record": "a record gives country and date",
    "order": "records give its place in the order",
    "elimination": "by elimination",
    "printed": "the article prints it",
}
CAPTION = re.compile(r"caption= ?([^|]+?) \|")

SOURCE = """
select title, publisher, url, licence, sha256, lines, written_after, written_before from sources where id = 'article'
"""
TITLE = "select title from sections order by position limit 1"
SECTIONS = """
select s.id, s.title, s.level, p.id as passage
from sections s join passages p on p.first_line = s.first_line order by s.position
"""
# `published` are the keys of the counts that it prints. `former` are the keys by which earlier editions addressed the
# passage: a line (#line-280), which may be another one now, or words.
PASSAGES = """
select p.id, p.section_id, p.kind, p.first_line, p.text,
       (select group_concat(f.former, ' ') from former_keys f where f.table_name = 'passages' and f.key = p.id) as former,
       (select group_concat(c.id, ' ') from published_counts c where c.passage_id = p.id) as published
from passages p order by p.first_line
"""
PASSAGES_AS_DATA = """
select p.id, p.section_id, p.kind, p.first_line, p.last_line, p.text, coalesce(r.country_id, s.country_id) as country_id, s.organisation_id,
       (select group_concat(c.id, ' ') from published_counts c where c.passage_id = p.id) as published_counts
from passages p left join recognitions r on r.passage_id = p.id left join positions s on s.passage_id = p.id order by p.first_line
"""
RECOGNITIONS = """
select r.passage_id, r.id as recognition, r.printed_number, r.name_basis, r.confidence, r.order_known,
       c.id as country, c.name
from recognitions r join countries c on c.id = r.country_id
"""
STATEMENTS = """
select passage_id, id, title, text, country_id as country, organisation_id as organisation from positions
"""
# The names by which the article may print a member: all that belong to one, in English.
PRINTED_NAMES = """
select name, country_id from country_names
where source_id in ('countries', 'country-names') and country_id in (select country_id from memberships where passage_id is not null)
"""
MARKS = "select mark, meaning, evidence from marks order by mark"
RESTORED = """
select confidence, count(*) as rows from recognitions where name_basis <> 'printed' group by confidence order by confidence
"""


class Reading:
    """Puts the rows of the database together as the template shows them: sections, their blocks, rows of tables."""

    recognitions: dict[str, Row]  # by passage
    statements: dict[str, Row]  # by passage
    countries: dict[str, str]  # name to key
    marks: dict[str, Row]  # mark to its row
    passages: list[Row]

    async def sections(self, datasette: Datasette) -> list[Row]:
        """The sections in order: id, title, level, passage (the key of the heading), blocks, rows (how many).

        Every passage is in exactly one block.
        """
        self.recognitions = {row["passage_id"]: row for row in await rows(datasette, RECOGNITIONS)}
        self.statements = {row["passage_id"]: row for row in await rows(datasette, STATEMENTS)}
        self.countries = {row["name"]: row["country_id"] for row in await rows(datasette, PRINTED_NAMES)}
        self.marks = {row["mark"]: row for row in await rows(datasette, MARKS)}
        sections = await rows(datasette, SECTIONS)
        headings = {section["title"]: section["passage"] for section in sections}
        self.passages = await rows(datasette, PASSAGES)
        for passage in self.passages:
            keys = (passage["former"] or "").split()
            passage["former"] = [f"line-{key}" if key.isdigit() else key for key in keys]  # the anchors that it had
        for section in sections:
            own = [passage for passage in self.passages if passage["section_id"] == section["id"]]
            section["blocks"] = [
                self.block(name, list(run), headings)
                for name, run in groupby(own, key=lambda passage: BLOCKS[passage["kind"]])
            ]
            section["rows"] = sum(passage["kind"] in ("recognition", "statement") for passage in own)
        return sections

    @property
    def anchors(self) -> set[str]:
        """The anchors that the page has for passages, former ones included."""
        return {anchor for passage in self.passages for anchor in (passage["id"], *passage["former"])}

    @property
    def restored_statements(self) -> bool:
        """Whether a name beside a statement was lost."""
        return any(
            passage["kind"] == "statement" and passage["text"].startswith(LOST_IMAGE) for passage in self.passages
        )

    def block(self, name: str, passages: list[Row], headings: dict[str, str]) -> Row:
        """Passages that are shown together: name, and passages, or for a table header, rows and the kind of the rows."""
        if name == "contents":
            for passage in passages:
                passage["text"] = passage["text"].removeprefix("- ")
                passage["leads_to"] = headings.get(passage["text"])
        elif name == "image":
            for passage in passages:
                found = CAPTION.search(passage["text"])
                passage["caption"] = found[1] if found else passage["text"]
        elif name == "table":
            header, *others = passages
            table_rows = [self.row(passage) for passage in others]
            if others[0]["kind"] == "recognition":
                span_shared_dates(table_rows)
            return {"name": name, "header": header_cells(header), "rows": table_rows, "kind": others[0]["kind"]}
        return {"name": name, "passages": passages}

    def row(self, passage: Row) -> Row:
        """A passage of a table with its cells: a recognition, a statement, or the members below a statement."""
        if passage["kind"] == "recognition":
            return {**passage, **self.recognitions[passage["id"]], **recognition_cells(passage["text"])}
        if passage["kind"] == "statement":
            statement = self.statements[passage["id"]]
            name, _, rest = passage["text"].partition("|")
            after = rest.strip(" |\n").removeprefix(statement["text"]).strip()
            lost = name.strip() == LOST_IMAGE
            return {**passage, "statement": statement, "printed": None if lost else name.strip(), "after": after}
        *counts, members, _ = passage["text"].split("\n")
        return {**passage, "counts": counts, "members": [self.member(printed) for printed in members.split(" • ")]}

    def member(self, printed: str) -> Row:
        """A member of a list as it is printed: name, mark or None, and country, its key or None."""
        name, _, mark = printed.rpartition(" ")
        known = mark if mark in self.marks else None
        name = name if known else printed
        return {"name": name, "mark": known, "country": self.countries.get(name)}


def header_cells(passage: Row) -> Row:
    """The passage with the names of a table's columns in `cells`, and in `below` those of a second row below the last."""
    first, *others = [line for line in passage["text"].split("\n") if not line.startswith("---")]
    below = [cell.strip() for line in others for cell in line.split("|") if cell.strip()]
    return {**passage, "cells": [cell.strip() for cell in first.split("|") if cell.strip()], "below": below}


def recognition_cells(text: str) -> Row:
    """The `number`, name (`printed`) and `dates` that a row of recognitions prints; below a shared date there is the name alone."""
    cells = [cell.strip() for cell in text.replace("\n", " ").split("|")]
    # a number, a name or the image that was lost; a row below a shared date has no number
    place = 1 if cells[0][:1].isdigit() else 0
    return {
        "number": cells[0] if place else "", "printed": cells[place],
        "dates": [cell for cell in cells[place + 1 :] if cell],
    }  # fmt: skip


def span_shared_dates(table_rows: list[Row]) -> None:
    """Set `date_rows` and `number_rows`, the rowspan of the date and number cell; 0 means covered by a cell above."""
    dated: Row = {}
    for row in table_rows:
        if row["dates"]:
            dated, row["date_rows"], row["number_rows"] = row, 1, 1
            continue
        dated["date_rows"] += 1
        in_range = row["printed_number"] is not None
        dated["number_rows"] += in_range
        row["date_rows"], row["number_rows"] = 0, int(not in_range)


def said(text: str) -> Markup:
    """Words of the article as HTML, between the two signs that tell them from the words of the template."""
    return Markup("{}{}{}").format(Markup(BEGINS), text, Markup(ENDS))


async def marked(parts: Sequence[str], quote: str) -> Markup:
    """The article as HTML, with the words of `quote` in <mark> wherever it has them to the letter.

    `parts` are by turns HTML of the template and text of the article. A quote from a table names its cells as the article
    prints them, with '|' in between; each cell is marked by itself.
    """
    cells = [cell.strip() for cell in quote.split("|")[:CELLS_AT_MOST] if cell.strip()]
    wanted = re.compile(f"({'|'.join(map(re.escape, cells))})") if cells else None

    def shown(text: str) -> str:
        if wanted is None or not any(cell in text for cell in cells):
            return escape(text)
        # every second piece is one of the cells
        pieces = (
            f"<mark>{escape(piece)}</mark>" if at % 2 else escape(piece) for at, piece in enumerate(wanted.split(text))
        )
        return "".join(pieces)

    written = []
    for at, part in enumerate(parts):
        if at % PARTS_AT_ONCE == 0:
            await give_way()
        written.append(shown(part) if at % 2 else part)
    return Markup("".join(written))


async def rendered_parts(datasette: Datasette) -> list[str]:
    """The page of the article in parts that are by turns HTML of the template and text of the article."""
    reading = Reading()
    sections = await reading.sections(datasette)
    context = {
        "sections": sections, "said": said, "bases": BASES, "source": (await rows(datasette, SOURCE))[0],
        "marks": reading.marks,
        "restored": {row["confidence"]: row["rows"] for row in await rows(datasette, RESTORED)},
        "restored_statements": reading.restored_statements,
        "example": next(passage["id"] for passage in reading.passages if passage["kind"] == "paragraph"),
        "license_url": datasette.metadata("license_url"),
        "gone": await gone_passages(datasette, reading.anchors),
    }  # fmt: skip
    parts = re.split(f"[{BEGINS}{ENDS}]", await datasette.render_template("_article.html", context))
    return [html.unescape(part) if at % 2 else part for at, part in enumerate(parts)]


async def article_data(datasette: Datasette) -> Row:
    """The article as data: `source`, what is known of it; `marks`; and its sections, each with its `passages`, in order.

    A passage has id, kind, first_line, last_line, text; `country_id` or `organisation_id`, whose row of a table or statement it is, or
    None; and `published_counts`, the keys of those that it prints.
    """
    source, marks, sections, passages = await rows_of_each(
        datasette, *((sql, {}) for sql in (SOURCE, MARKS, SECTIONS, PASSAGES_AS_DATA))
    )
    for passage in passages:
        passage["published_counts"] = (passage["published_counts"] or "").split()
    by_section = grouped(passages, "section_id")
    return {
        "source": source[0], "marks": marks,
        "sections": [{**section, "passages": without(by_section[section["id"]], "section_id")} for section in sections],
    }  # fmt: skip


async def article_page(datasette: Datasette, request: Request) -> Response:
    """The article, with the words of the parameter `quote` marked; as JSON passage by passage, and as Markdown."""
    form = asked_format(request, ("json", "md"))
    if form == "json":
        return await as_json(datasette, await article_data(datasette))
    if form == "md":
        return await article_as_markdown(datasette)
    quote = " ".join((request.args.get("quote") or "")[:LONGEST_QUOTE].split())
    (row,) = await rows(datasette, TITLE)
    parts = await kept(datasette, "article", partial(rendered_parts, datasette))
    context = {"title": row["title"], "body": await marked(parts, quote)}
    return Response.html(await datasette.render_template("article.html", context, request=request))


async def article_as_markdown(datasette: Datasette) -> Response:
    """The same as Markdown, for those who read with models."""
    reading = Reading()

    async def written() -> tuple[str, list[str]]:
        sections = await reading.sections(datasette)
        (source,) = await rows(datasette, SOURCE)
        return article_markdown.written(datasette, sections, reading.marks.values(), source)

    title, parts = await kept(datasette, "article as Markdown", written)
    return await markdown.response(datasette, title, parts, "/article")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/article" + ENDING, article_page)]

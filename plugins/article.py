"""The article from its first line to its last: headings, paragraphs and tables with an anchor for every passage."""

import re
from itertools import groupby

from datasette import hookimpl
from datasette.utils.asgi import Response
from markupsafe import Markup, escape

DATABASE = "recognition"
KEPT = {}  # rendered articles by edition of the database and words marked, the oldest first
KEPT_AT_MOST = 30
LOST_IMAGE = "![]()"
LONGEST_QUOTE = 1000  # characters; no passage has more
# Passages of one block that follow each other are shown as one element: a list, a table.
BLOCKS = {
    "title": "heading", "heading": "heading", "paragraph": "paragraph", "contents": "contents", "image": "image",
    "table header": "table", "recognition": "table", "statement": "table", "member list": "table",
}  # fmt: skip
BASES = {
    "record": "a record gives country and date",
    "order": "records give its place in the order",
    "elimination": "by elimination",
}
CAPTION = re.compile(r"caption= ?([^|]+?) \|")

SOURCE = """
select title, publisher, url, licence, sha256, lines, written_after, written_before from sources where id = 'article'
"""
TITLE = "select title from sections order by position limit 1"
SECTIONS = "select id, title, level, first_line from sections order by position"
PASSAGES = "select id, section_id, kind, text from passages order by id"
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
where kind <> 'local' and country_id in (select country_id from memberships where passage_id is not null)
"""
MARKS = "select mark, meaning, evidence from marks order by mark"
RESTORED = "select confidence, count(*) as rows from recognitions group by confidence order by confidence"


class Reading:
    """The article as rows of the database give it, made ready to be shown."""

    def __init__(self, datasette):
        self.db = datasette.get_database(DATABASE)

    async def rows(self, sql):
        return await self.db.execute_fn(lambda connection: [dict(row) for row in connection.execute(sql)])

    async def sections(self):
        """The sections in order, each with its blocks; every passage is in exactly one block."""
        self.recognitions = {row["passage_id"]: row for row in await self.rows(RECOGNITIONS)}
        self.statements = {row["passage_id"]: row for row in await self.rows(STATEMENTS)}
        self.countries = {row["name"]: row["country_id"] for row in await self.rows(PRINTED_NAMES)}
        self.marks = {row["mark"] for row in await self.rows(MARKS)}
        sections = await self.rows(SECTIONS)
        headings = {section["title"]: section["first_line"] for section in sections}
        passages = await self.rows(PASSAGES)
        for section in sections:
            own = [passage for passage in passages if passage["section_id"] == section["id"]]
            section["blocks"] = [
                self.block(name, list(run), headings)
                for name, run in groupby(own, key=lambda passage: BLOCKS[passage["kind"]])
            ]
            section["rows"] = sum(passage["kind"] in ("recognition", "statement") for passage in own)
        return sections

    def block(self, name, passages, headings):
        if name == "contents":
            for passage in passages:
                passage["text"] = passage["text"].removeprefix("- ")
                passage["leads_to"] = headings.get(passage["text"])
        elif name == "image":
            for passage in passages:
                found = CAPTION.search(passage["text"])
                passage["caption"] = found[1] if found else passage["text"]
        elif name == "table":
            header, *rows = passages
            return {
                "name": name,
                "header": header_cells(header),
                "rows": [self.row(row) for row in rows],
                "kind": rows[0]["kind"],
            }
        return {"name": name, "passages": passages}

    def row(self, passage):
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

    def member(self, printed):
        name, _, mark = printed.rpartition(" ")
        if mark not in self.marks:
            name, mark = printed, None
        return {"name": name, "mark": mark, "country": self.countries.get(name)}


def header_cells(passage):
    """The names of a table's columns, and those that stand in a second row below the last of them."""
    first, *others = [line for line in passage["text"].split("\n") if not line.startswith("---")]
    below = [cell.strip() for line in others for cell in line.split("|") if cell.strip()]
    return {"id": passage["id"], "cells": [cell.strip() for cell in first.split("|") if cell.strip()], "below": below}


def recognition_cells(text):
    """The printed number and dates of a row of a table of recognitions; a row below a shared date prints neither."""
    cells = [cell.strip() for cell in text.replace("\n", " ").split("|")]
    place = cells.index(LOST_IMAGE)
    return {"number": cells[0] if place else "", "dates": [cell for cell in cells[place + 1 :] if cell]}


def span_shared_dates(rows):
    """How many rows a printed date and number reach over: 'date_rows', 'number_rows'; 0 where another reaches here."""
    dated = None
    for row in rows:
        if row["dates"]:
            dated, row["date_rows"], row["number_rows"] = row, 1, 1
            continue
        dated["date_rows"] += 1
        in_range = row["printed_number"] is not None
        dated["number_rows"] += in_range
        row["date_rows"], row["number_rows"] = 0, int(not in_range)


def marker(quote):
    """A function that gives text as HTML, with the words of `quote` in <mark> wherever it has them to the letter.

    A quote from a table names its cells as the article prints them, with '|' in between; each cell is marked by itself.
    """
    cells = [cell.strip() for cell in quote.split("|") if cell.strip()]
    wanted = re.compile(f"({'|'.join(map(re.escape, cells))})") if cells else None

    def said(text):
        if not wanted:
            return escape(text)
        parts = wanted.split(text)  # every second part is one of the cells
        return Markup("").join(
            Markup("<mark>{}</mark>").format(part) if at % 2 else part for at, part in enumerate(parts)
        )

    return said


async def body(datasette, quote):
    """The article as HTML; it is the same until the database is another, so it is kept for the next reader."""
    key = (datasette.get_database(DATABASE).hash, quote)
    if key in KEPT:
        return KEPT[key]
    reading = Reading(datasette)
    sections = await reading.sections()
    for section in sections:
        for block in section["blocks"]:
            if block.get("kind") == "recognition":
                span_shared_dates(block["rows"])
    context = {
        "sections": sections, "said": marker(quote), "bases": BASES, "source": (await reading.rows(SOURCE))[0],
        "marks": {row["mark"]: row for row in await reading.rows(MARKS)},
        "restored": {row["confidence"]: row["rows"] for row in await reading.rows(RESTORED)},
        "license_url": datasette.metadata("license_url"),
    }  # fmt: skip
    rendered = Markup(await datasette.render_template("_article.html", context))
    if key[0]:
        if len(KEPT) >= KEPT_AT_MOST:
            del KEPT[next(iter(KEPT))]
        KEPT[key] = rendered
    return rendered


async def article_page(datasette, request):
    quote = " ".join((request.args.get("quote") or "")[:LONGEST_QUOTE].split())
    (title,) = await datasette.get_database(DATABASE).execute_fn(
        lambda connection: connection.execute(TITLE).fetchone()
    )
    context = {"title": title, "body": await body(datasette, quote)}
    return Response.html(await datasette.render_template("article.html", context, request=request))


@hookimpl
def register_routes():
    return [(r"^/article$", article_page)]

"""Parses the article's lines into sections and passages; every line that is not blank ends in exactly one passage."""

from __future__ import annotations

from .article_tables import HEADERS, parse_table
from .passages import MEND, Article, Line, Section, line_pattern
from .problems import Problems
from .reading import Row, Text
from .registers import Registers

CONTENTS_ITEM = line_pattern("contents item", r"^- (?P<title>\S.*)$")
IMAGE_BEGINS = line_pattern(
    "image begins", r"^\[\[Image frame \| caption= (?P<caption>[^|]+) \| width = \d+ \| content =$"
)
IMAGE_ENDS = line_pattern("image ends", r"^\]\]$")
# A paragraph begins with a capital letter, a digit or a quotation mark, ends a sentence, and holds no table mark-up.
PROSE = line_pattern("paragraph", r"""^(?=["'“‘]?[^\W_a-z])(?!- )[^|•†‡\[\]]*[^|•†‡\[\]\s][.!?:]["'”’)]?$""")
LINE_RULES = [CONTENTS_ITEM, IMAGE_BEGINS, IMAGE_ENDS, PROSE]


def parse_article(text: Text, registers: Registers, problems: Problems) -> Article:
    """The article's sections, passages, tables and statements; lines that no rule takes are added to `problems`."""
    article = Article(text)
    known = len(problems)
    article.sections = split_sections(text, registers, problems)
    if len(problems) > known:
        problems.refuse_if_any()  # without the outline no line is where it belongs
    for section in article.sections:
        known = len(problems)
        article.add_passage(section, "title" if section.level == 0 else "heading", [section.heading])
        before, table, after = split_table(section)
        parse_prose(article, section, before, problems)
        if section.content in HEADERS:
            parse_table(article, section, table, problems)
        parse_prose(article, section, after, problems)
        if len(problems) > known:
            article.damaged.add(section.list)
    article.name_passages()
    check_contents(article, problems)
    if not article.damaged:
        check_every_line(article, problems)
    return article


def split_sections(text: Text, registers: Registers, problems: Problems) -> list[Section]:
    """The article cut at the headings of the outline, which must all be there, once, in the outline's order."""
    outline = registers["outline"]
    expected = {row["title"]: row for row in outline}
    lines = [Line(number, line) for number, line in enumerate(text.lines, 1) if line]
    found: dict[str, Line] = {}
    sections: list[Section] = []
    ancestors: list[Section] = []
    order = [row["title"] for row in outline]
    for line in lines:
        row = expected.get(line.text)
        if row is None:
            if sections:
                sections[-1].body.append(line)
            else:
                problems.add(text.path, line.number, "line is before the article's title; take it out", line.text)
            continue
        if line.text in found:
            problems.add(
                text.path,
                line.number,
                f"duplicate heading, first used on line {found[line.text].number}; take one of them out",
                line.text,
            )
            continue
        if sections and order.index(line.text) < order.index(sections[-1].title):
            problems.add(
                text.path,
                line.number,
                f"heading is below {sections[-1].title!r}, which outline.csv has after it; put them in one order",
                line.text,
            )
        found[line.text] = line
        sections.append(section_of(row, line, ancestors))
    for row in outline:
        if row["title"] not in found:
            problems.add(
                outline.path,
                row.line,
                f"heading is not in {text.path.name}; restore it there, or take its row out",
                row["title"],
            )
    return sections


def section_of(row: Row, heading: Line, ancestors: list[Section]) -> Section:
    """The section that `row` of the outline describes; `ancestors` are the open sections above it, changed in place."""
    level = row.number("level") or 0
    while ancestors and ancestors[-1].level >= level:
        ancestors.pop()
    parent = ancestors[-1].id if ancestors else None
    section = Section(row["id"], row["title"], level, parent, row["content"], row["list"], heading)
    ancestors.append(section)
    return section


def split_table(section: Section) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines of a section before its table, of the table, and after it; a section without a table is all 'before'.

    The table reaches from the first line with a cell border to the last one, so that a border lost in
    between is found as a broken row and not taken for prose.
    """
    if section.content not in HEADERS:
        return section.body, [], []
    bordered = [index for index, line in enumerate(section.body) if "|" in line.text]
    if not bordered:
        return section.body, [], []
    first, end = bordered[0], bordered[-1] + 1
    return section.body[:first], section.body[first:end], section.body[end:]


def parse_prose(article: Article, section: Section, lines: list[Line], problems: Problems) -> None:
    """Add a passage for each paragraph, item of a table of contents and frame of an image among `lines`."""
    path = article.text.path
    remaining = iter(lines)
    for line in remaining:
        if section.content == "contents":
            if CONTENTS_ITEM.pattern.match(line.text):
                words = f"contents {line.text}"  # the heading has the words alone
                article.add_passage(section, "contents", [line], words)
                continue
        elif PROSE.pattern.match(line.text):
            article.add_passage(section, "paragraph", [line])
            continue
        elif frame := IMAGE_BEGINS.pattern.match(line.text):
            closing = next(remaining, None)
            if closing is not None and IMAGE_ENDS.pattern.match(closing.text):
                article.add_passage(section, "image", [line, closing], frame["caption"])
                continue
            problems.add(
                path, line.number, "image frame is not closed by ']]' on the next line; close it there", line.text
            )
            if closing is None:
                return
            line = closing
        problems.add(path, line.number, f"no rule takes this line of section {section.title!r}; {MEND}", line.text)


def check_contents(article: Article, problems: Problems) -> None:
    """Add a problem for each item of the table of contents that is no heading of the article."""
    titles = {section.title for section in article.sections}
    for passage in article.passages:
        if passage.kind == "contents":
            item = CONTENTS_ITEM.pattern.match(passage.text)
            if item and item["title"] not in titles:
                problems.add(
                    article.text.path, passage.first_line, "contents item is no heading; write both alike", passage.text
                )


def check_every_line(article: Article, problems: Problems) -> None:
    """Add a problem for each line that is not blank and is in no passage, or in more than one."""
    taken = [0] * (len(article.text.lines) + 1)
    for passage in article.passages:
        for number in range(passage.first_line, passage.last_line + 1):
            taken[number] += 1
    for number, line in enumerate(article.text.lines, 1):
        if line and taken[number] != 1:
            problems.add(
                article.text.path, number, f"line belongs to {taken[number]} passages instead of one; {MEND}", line
            )

"""Parses the article's tables: recognitions, withdrawals, position statements, organisations with their member lists."""

from __future__ import annotations

import re
from collections.abc import Callable

from recognition.dates import printed_date

from .passages import (
    MEND,
    Article,
    Line,
    LinePattern,
    MemberList,
    Passage,
    RecognitionRow,
    Section,
    Statement,
    line_pattern,
)
from .problems import Problems

HEADERS = {  # by what a section of the outline holds
    "recognitions": ["No. | Country | Date of recognition |", "---|---|---|"],
    "withdrawals": ["No. | Country | Date of | |", "---|---|---|---|", "Recognition | Withdrawal | ||"],
    "statements": ["Country | Position |", "---|---|"],
    "organisations": ["International organisation | Position |", "---|---|"],
}
# The cell of a country or an organisation whose flag image the capture lost.
IMAGE_CELL = line_pattern("image cell", r"^!\[\]\(\) \|$")
NUMBERED_CELL = line_pattern("numbered image cell", r"^(?P<number>\d{1,9}(?:–\d{1,9})?) \| !\[\]\(\) \|$")
# The same cells of a capture that has the name and not the image: words without digits, and no sentence.
CELL_NAME = r"(?P<name>[^\W\d_a-z][^|•†‡!\[\]\d]*(?:[^\W\d_]|\)))"
NAME_CELL = line_pattern("name cell", rf"^{CELL_NAME} \|$")
NUMBERED_NAME = line_pattern("numbered name cell", rf"^(?P<number>\d{{1,9}}(?:–\d{{1,9}})?) \| {CELL_NAME} \|$")
FIRST_CELLS = (IMAGE_CELL, NUMBERED_CELL, NAME_CELL, NUMBERED_NAME)
DATE_CELLS = line_pattern("date cells", r"^(?P<first>[^|]+?) \|(?: (?P<second>[^|]+?) \|)?$")
EMPTY_CELLS = line_pattern("empty date cells", r"^\|\|$")
TEXT_CELL = line_pattern("statement", r"""^(?P<text>[^|•†‡]*[.!?]["'”’)]?) \|$""")
NAMED_ROW = line_pattern("named organisation", r"""^(?P<name>[^|•†‡]+?) \| (?P<text>[^|•†‡]*[.!?]["'”’)]?) \|$""")
# A label has at most a hundred letters: looking for longer ones would take the square of a long line's length.
STATED_COUNT = line_pattern(
    "stated count", r"(?P<label>[A-Z][A-Za-z ]{0,98}[a-z]) \((?P<first>\d{1,18}) / (?P<total>\d{1,18})\)"
)
POSITION_AND_COUNTS = line_pattern(
    "position, then stated counts",
    rf"""^(?P<text>[^|•†‡]*?[.!?])?(?: ?(?P<counts>{re.sub(r"[?]P<[a-z]+>", "?:", STATED_COUNT.pattern.pattern)}))*$""",
)
MEMBERS = line_pattern("member list", r"^[^|•]+(?: • [^|•]+)+$")
MEMBER = re.compile(r"^(?P<name>.*?\w)(?: (?P<mark>\W))?$")
ROW_ENDS = line_pattern("end of a row", r"^\|$")
TABLE_RULES: list[LinePattern] = [
    IMAGE_CELL, NUMBERED_CELL, NAME_CELL, NUMBERED_NAME, DATE_CELLS, EMPTY_CELLS, TEXT_CELL, NAMED_ROW, STATED_COUNT,
    POSITION_AND_COUNTS, MEMBERS, ROW_ENDS,
]  # fmt: skip


def parse_table(article: Article, section: Section, lines: list[Line], problems: Problems) -> None:
    """Read the table of a section into `article`; rows that no rule takes are added to `problems`."""
    header = HEADERS[section.content]
    printed = [line.text for line in lines[: len(header)]]
    if printed != header:
        place = lines[0] if lines else section.heading
        problems.add(article.text.path, place.number, f"section needs a table headed {header}", place.text)
        return
    article.add_passage(section, "table header", lines[: len(header)])
    columns = header[1].count("---")
    begins = begins_named_row if section.content == "organisations" else begins_row
    rows = split_rows(article, lines[len(header) :], begins, problems)
    if section.content == "organisations":
        for ordinal, row in enumerate(rows, 1):
            parse_organisation(article, section, ordinal, row, problems)
    elif section.content == "statements":
        for ordinal, row in enumerate(rows, 1):
            parse_statement(article, section, ordinal, row, columns, problems)
    else:
        parse_recognitions(article, section, rows, columns, problems)


def begins_row(line: Line, before: list[Line]) -> bool:
    """Whether a line begins a row; `before` are the lines of the row above, which may still wait for its second one."""
    if "![" in line.text or NUMBERED_NAME.pattern.match(line.text):
        return True
    waits = len(before) == 1 and any(cell.pattern.match(before[0].text) for cell in FIRST_CELLS)
    return not waits and NAME_CELL.pattern.match(line.text) is not None


def begins_named_row(line: Line, before: list[Line]) -> bool:
    return begins_row(line, before) or NAMED_ROW.pattern.match(line.text) is not None


def split_rows(
    article: Article, lines: list[Line], begins: Callable[[Line, list[Line]], bool], problems: Problems
) -> list[list[Line]]:
    """The lines of a table's body as rows, each from a line that begins one to the next."""
    rows: list[list[Line]] = []
    for line in lines:
        if begins(line, rows[-1] if rows else []):
            rows.append([line])
        elif rows:
            rows[-1].append(line)
        else:
            problems.add(article.text.path, line.number, "line is before the table's first row; take it out", line.text)
    return rows


def has_cells(article: Article, row: list[Line], columns: int, problems: Problems) -> bool:
    """Whether a row of two lines has as many cells as the table has columns; if not, a problem is added."""
    cells = "".join(line.text for line in row).split("|")[:-1]
    text = " ".join(line.text for line in row)
    if len(row) > 2:
        extra = row[2]
        problems.add(article.text.path, extra.number, "line belongs to no row of the table; take it out", extra.text)
    elif len(row) < 2 or not row[1].text.endswith("|"):
        problems.add(article.text.path, row[-1].number, f"row is not complete, it needs {columns} cells", text)
    elif len(cells) != columns:
        problems.add(
            article.text.path, row[0].number, f"row has {len(cells)} cells, header has {columns}; give it as many", text
        )
    else:
        return True
    return False


def parse_recognitions(
    article: Article, section: Section, rows: list[list[Line]], columns: int, problems: Problems
) -> None:
    """Rows of a number, a country, lost or named, and its dates; rows without dates share those of the row above.

    The key of a row is made of its dates and not of its number, which changes when a row is inserted above it.
    """
    dated: RecognitionRow | None = None
    for ordinal, row in enumerate(rows, 1):
        if not has_cells(article, row, columns, problems):
            continue
        words = dated.passage.words if dated and EMPTY_CELLS.pattern.match(row[1].text) else row[1].text
        passage = article.add_passage(section, "recognition", row, words)
        named = NAME_CELL.pattern.match(row[0].text)
        number = NUMBERED_CELL.pattern.match(row[0].text) or NUMBERED_NAME.pattern.match(row[0].text)
        dates = DATE_CELLS.pattern.match(row[1].text)
        if number and dates:
            recognised, withdrawn = (
                day_in_cell(dates[cell], article, row[1], problems) if dates[cell] else None
                for cell in ("first", "second")
            )
            if recognised and withdrawn and withdrawn < recognised:
                problems.add(
                    article.text.path,
                    row[1].number,
                    "withdrawal is dated before recognition; correct one of the days",
                    row[1].text,
                )
            if recognised:
                dated = RecognitionRow(
                    section.list, ordinal, number["number"], recognised, withdrawn, passage, passage,
                    number.groupdict().get("name"),
                )  # fmt: skip
                article.recognitions.append(dated)
        elif (named or IMAGE_CELL.pattern.match(row[0].text)) and EMPTY_CELLS.pattern.match(row[1].text):
            if dated is None:
                problems.add(
                    article.text.path,
                    row[0].number,
                    "row has no date, and none above it to share; add its date",
                    row[0].text,
                )
                continue
            article.recognitions.append(
                RecognitionRow(
                    section.list,
                    ordinal,
                    covering_range(dated.printed_number, ordinal),
                    dated.recognised_on,
                    dated.withdrawn_on,
                    passage,
                    dated.passage,
                    named["name"] if named else None,
                )
            )
        else:
            text = " ".join(line.text for line in row)
            problems.add(article.text.path, row[0].number, f"no rule takes this row of the table; {MEND}", text)


def day_in_cell(cell: str, article: Article, line: Line, problems: Problems) -> str | None:
    """The ISO day that a cell prints; None with a problem added where it prints none."""
    day = printed_date(cell)
    if day is None:
        problems.add(article.text.path, line.number, "not a date such as '17 February 2008'; write it so", cell)
    return day


def covering_range(printed_number: str | None, ordinal: int) -> str | None:
    """The number printed further up where it is a range with this row in it ('2–8'), else None: the cell is empty."""
    first, dash, last = (printed_number or "").partition("–")
    return printed_number if dash and int(first) <= ordinal <= int(last) else None


def parse_statement(
    article: Article, section: Section, ordinal: int, row: list[Line], columns: int, problems: Problems
) -> None:
    """A row of a country, lost or named, and what the article says of it, whose words alone make the key."""
    if not has_cells(article, row, columns, problems):
        return
    text = TEXT_CELL.pattern.match(row[1].text)
    named = NAME_CELL.pattern.match(row[0].text)
    if not (named or IMAGE_CELL.pattern.match(row[0].text)) or text is None:
        joined = " ".join(line.text for line in row)
        problems.add(article.text.path, row[0].number, f"no rule takes this row of the table; {MEND}", joined)
        return
    passage = article.add_passage(section, "statement", row, row[1].text)
    name = named["name"] if named else None
    article.statements.append(Statement(section.list, ordinal, name, text["text"], passage))


def parse_organisation(article: Article, section: Section, ordinal: int, row: list[Line], problems: Problems) -> None:
    """A row of the table of organisations: its name and position on one line, or its name, lost or not, a position and members."""
    ends = row[1:] and ROW_ENDS.pattern.match(row[-1].text) is not None
    named, name = NAMED_ROW.pattern.match(row[0].text), NAME_CELL.pattern.match(row[0].text)
    if named and len(row) == (2 if ends else 1):
        passage = article.add_passage(section, "statement", row)
        article.statements.append(Statement(section.list, ordinal, named["name"], named["text"], passage))
        return
    body = row[1:-1] if ends else row[1:]
    members = next((index for index, line in enumerate(body) if MEMBERS.pattern.match(line.text)), None)
    heads = body[: len(body) if members is None else members]
    if named or not ends or members != len(body) - 1 or not 1 <= len(heads) <= 2:
        text = " ".join(line.text for line in row)
        reason = "an organisation's row must be its position, its stated counts, one list of members and a closing '|'"
        problems.add(article.text.path, row[0].number, reason, text)
        return
    position = POSITION_AND_COUNTS.pattern.match(heads[0].text)
    if not position or not position["text"] or not all(POSITION_AND_COUNTS.pattern.match(h.text) for h in heads[1:]):
        problems.add(
            article.text.path, heads[0].number, f"not a position followed by stated counts; {MEND}", heads[-1].text
        )
        return
    statement = article.add_passage(section, "statement", [row[0], heads[0]], heads[0].text)
    listing = article.add_passage(section, "member list", [*heads[1:], body[members], row[-1]])
    article.statements.append(
        Statement(section.list, ordinal, name["name"] if name else None, position["text"], statement)
    )
    article.organisation_rows.update({statement: ordinal, listing: ordinal})
    parse_members(article, ordinal, body[members], listing, problems)


def parse_members(article: Article, article_row: int, line: Line, passage: Passage, problems: Problems) -> None:
    """A line of members separated by bullets, each with at most one mark behind its name."""
    members: list[tuple[str, str | None]] = []
    for printed in line.text.split(" • "):
        member = MEMBER.match(printed)
        if member is None:
            problems.add(
                article.text.path,
                line.number,
                "not a member's name, or a name, a space and one mark; write it so, with '•' between members",
                printed,
            )
        else:
            members.append((member["name"], member["mark"]))
    article.member_lists.append(MemberList(article_row, members, line.number, passage))

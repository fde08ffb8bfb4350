"""Counts what a text of the article holds by means so simple that they cannot share the parser's errors, and what a database holds."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import Counter
from itertools import zip_longest

LISTS = {
    "UN Member States That Recognize Kosovo": "un",
    "Non-UN Countries That Recognize Kosovo": "non_un",
    "Countries That Once Recognized Kosovo, But Maybe Not Anymore": "withdrawn",
    "UN Member States That Do Not Recognize Kosovo": "not_recognising",
    "Other Groups and Their Views": "other_groups",
    "Positions Taken by International Organizations": "organisations",
}
STATED = re.compile(r"(\d+) / (\d+)\)|(\d+) out of (\d+) countries in (?:the E|N)|total members (\d+)\)")
ROWS_WITHOUT_IMAGE = re.compile(r"^[^|]+ \| [^|]+ \|$")


def plain_lines(data: bytes) -> list[str]:
    """The lines of a text as a reader sees them: no line ends, no byte order mark, no trailing blanks, composed."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return [unicodedata.normalize("NFC", line).rstrip() for line in text.split("\n")]


def held_by_text(lines: list[str]) -> Counter:
    """How many rows each list of the article has, how many members and marks each line of members, how often what is stated."""
    held: Counter = Counter()
    current = None
    members = 0
    for line in lines:
        current = LISTS.get(line, current)
        without_image = current == "organisations" and ROWS_WITHOUT_IMAGE.match(line) and "---" not in line
        if ("![" in line or without_image) and "International organisation |" not in line:
            held["rows", current] += 1
        if " • " in line:
            members += 1
            held["members", members] = line.count(" • ") + 1
            held["marks", members] = len(re.findall("[†‡]", line))
        for match in STATED.finditer(line):
            held["stated", *(int(n) for n in match.groups() if n)] += 1
    return held


def held_by_database(db: sqlite3.Connection) -> Counter:
    """The same counts, of the rows of a database."""
    held: Counter = Counter()
    for table in ("recognitions", "positions"):
        for list_, count in db.execute(f"select list, count(*) from {table} group by list"):
            held["rows", list_] = count
    marked = """
        select count(*), sum(length(coalesce(marker, ''))) from memberships
        where passage_id is not null group by passage_id order by (select first_line from passages where id = passage_id)
    """
    for number, (members, marks) in enumerate(db.execute(marked), 1):
        held["members", number], held["marks", number] = members, marks
    for first, total in db.execute(
        "select first, total from stated_figures where kind in ('stated count', 'share', 'total')"
    ):
        held["stated", *(number for number in (first, total) if number is not None)] += 1
    return held


def lost_or_doubled(db: sqlite3.Connection, lines: list[str]) -> list:
    """Where the passages differ from the lines of the text that are not blank, each in one passage, in order, to the letter."""
    numbers = {number for number, line in enumerate(lines, 1) if line}
    wrong, held, end = [], [], 0
    for first, last, text in db.execute("select first_line, last_line, text from passages order by first_line"):
        within = text.split("\n")
        if (
            first <= end
            or not {first, last} <= numbers
            or len(numbers.intersection(range(first, last + 1))) != len(within)
        ):
            wrong.append((first, last, text))
        held += within
        end = last
    return wrong + [pair for pair in zip_longest(held, filter(None, lines)) if pair[0] != pair[1]][:3]


# Rows that must be found again in the passage that they name: a description and the query for those that are not.
UNTRACED = {
    "date of recognition": """
        select r.id from recognitions r join passages p on p.id = r.date_passage_id
        where instr(p.text, ltrim(substr(r.recognised_on, 9), '0') || ' ') = 0 or instr(p.text, substr(r.recognised_on, 1, 4)) = 0""",
    "number of a recognition": """
        select r.id from recognitions r join passages p on p.id = r.date_passage_id
        where instr(p.text, coalesce(r.printed_number, '')) = 0""",
    "statement": "select x.id from positions x join passages p on p.id = x.passage_id where instr(p.text, x.text) = 0",
    "name in a statement": """
        select x.id from positions x join passages p on p.id = x.passage_id
        where x.list <> 'organisations' and instr(p.text, x.named_as) = 0""",
    "figure": "select x.id from stated_figures x join passages p on p.id = x.passage_id where instr(p.text, x.quote) = 0",
    "event": "select x.id from events x join passages p on p.id = x.passage_id where instr(p.text, x.quote) = 0",
    "member": """
        select m.country_id from memberships m join passages p on p.id = m.passage_id
        where not exists (select 1 from country_names n where n.country_id = m.country_id and instr(p.text, n.name) > 0)""",
    "mention": "select x.country_id from mentions x join passages p on p.id = x.passage_id where instr(p.text, x.named_as) = 0",
    "quote of a theme": "select t.position_id from position_themes t join positions p on p.id = t.position_id where instr(p.text, t.quote) = 0",
    "published count": "select x.id from published_counts x join passages p on p.id = x.passage_id where instr(p.text, x.quote) = 0",
    "position of a country": """
        select c.id from countries c where c.position is not null and not exists (
            select 1 from positions t join passages p on p.id = t.passage_id where t.country_id = c.id and instr(p.text, c.position) > 0)""",
    "words on the subject's membership": """
        select o.id from organisations o where coalesce(o.position, o.kosovo_quote) is not null and not exists (
            select 1 from positions t join passages p on p.id = t.passage_id where t.organisation_id = o.id
            and instr(p.text, coalesce(o.position, '')) > 0 and instr(p.text, coalesce(o.kosovo_quote, '')) > 0)""",
    "section": "select p.id from passages p left join sections s on s.id = p.section_id where s.id is null",
}


def untraced(db: sqlite3.Connection) -> dict[str, list]:
    return {name: rows for name, query in UNTRACED.items() if (rows := db.execute(query).fetchall())}


def audit_of(db: sqlite3.Connection) -> Counter:
    """What the audit says and how often, without the ids, whose lines move with the text."""
    return Counter(db.execute("select title, outcome, finding from audit"))

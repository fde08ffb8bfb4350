"""Holds the headings of a new capture against outline.csv: which stayed, moved, were renamed, went or came."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from recognition.build.article import LINE_RULES
from recognition.build.article_tables import TABLE_RULES
from recognition.build.keys import key_of
from recognition.build.reading import Row
from recognition.build.registers import Registers

from .plan import Cells, Edit, Plan, Question, csv_line

LONGEST = 12  # words of a line that may be a heading
ALIKE = 0.6  # of the letters of two headings, of which one is then the other's new name


def outline_for(lines: list[str], registers: Registers, plan: Plan) -> list[Cells]:
    """The rows of an outline with which the lines can be parsed; what differs from outline.csv is added to the plan.

    Where a heading may be another one's new name, or a new one, that is a question; the outline supposes a yes, so that
    the rest can be read.
    """
    outline = registers["outline"]
    known = {row["title"]: row for row in outline}
    present = [line for line in dict.fromkeys(lines) if line in known]
    missing = [row for row in outline if row["title"] not in present]
    places = {line: place for place, line in reversed([*enumerate(lines)])}
    strange = [*headings_like(lines, known)]
    rows: dict[str, Cells] = {title: known[title].cells for title in present}
    for row in missing:
        title = renamed(row, strange, lines, registers)
        if title is None:
            gone(row, registers, plan)
            continue
        strange.remove(title)
        rows[title] = row.cells | {"title": title}
        edit = Edit("outline", row.line, {"title": title}, "the heading has another name")
        plan.questions.append(
            Question(
                f"The heading {row['title']!r} is gone. Is {title!r} (line {places[title] + 1}) its new name?", (edit,)
            )
        )
    for title in strange:
        rows[title] = new_heading(title, places, rows, registers, plan)
    ordered = sorted(rows.values(), key=lambda cells: places[cells["title"]])
    find_moves([row["title"] for row in outline], present, plan)
    if present != [row["title"] for row in outline if row["title"] in present]:
        plan.orders["outline"] = lambda cells: places.get(cells["title"], len(lines))
    if len(present) == len(known) and not strange:
        plan.same.append(f"all {len(known)} headings" + (", in another order" if "outline" in plan.orders else ""))
    return ordered


def headings_like(lines: list[str], known: dict[str, Row]) -> Iterator[str]:
    """Yields the lines that no rule takes and that may be headings: a few words, neither a sentence nor of a table."""
    for line in lines:
        if not line or line in known or "|" in line or len(line.split()) > LONGEST or not line[0].isupper():
            continue
        if not any(rule.pattern.match(line) for rule in [*LINE_RULES, *TABLE_RULES]):
            yield line


def renamed(row: Row, strange: list[str], lines: list[str], registers: Registers) -> str | None:
    """The line that may be a heading's new name: one that is like it, or the only strange one between its neighbours."""
    like = {title: SequenceMatcher(None, row["title"], title).ratio() for title in strange}
    nearest = max(like, key=lambda title: like[title], default=None)
    if nearest and like[nearest] >= ALIKE:
        return nearest
    order = [one["title"] for one in registers["outline"]]
    at = order.index(row["title"])
    before = max((lines.index(title) for title in order[:at] if title in lines), default=-1)
    behind = min((lines.index(title) for title in order[at + 1 :] if title in lines), default=len(lines))
    between = [title for title in strange if before < lines.index(title) < behind]
    return between[0] if len(between) == 1 else None


def gone(row: Row, registers: Registers, plan: Plan) -> None:
    """Adds the question whether a section that has no heading any more is gone."""
    edit = Edit("outline", row.line, None, "the heading is not in the capture")
    holds = f" It holds the list {row['list']!r}." if row["list"] else ""
    plan.questions.append(
        Question(f"The heading {row['title']!r} is not in the capture. Is the section gone?{holds}", (edit,))
    )


def new_heading(title: str, places: dict[str, int], rows: dict[str, Cells], registers: Registers, plan: Plan) -> Cells:
    """The row for a heading that no row has, at the level of the one above it; whether it is one, is a question."""
    above = max(
        (cells for cells in rows.values() if places[cells["title"]] < places[title]),
        key=lambda cells: places[cells["title"]],
        default=None,
    )
    level = max(1, int(above["level"])) if above else 1
    cells = {"id": key_of(title, "section"), "title": title, "level": str(level), "content": "prose", "list": ""}
    line = next((row.line for row in registers["outline"] if above and row["title"] == above["title"]), 0)
    edit = Edit("outline", 0, cells, "a new heading", after=line)
    text = (
        f"Line {places[title] + 1} is like a heading that outline.csv does not have: {title!r}. Is it one, of level {level} and with prose? "
        "Else complete the row: its level, and content and list where a table is below it."
    )
    plan.questions.append(Question(text, (edit,), (f"outline.csv: {csv_line(cells.values())}",)))
    return cells


def find_moves(before: list[str], now: list[str], plan: Plan) -> None:
    """Adds the headings that have another place among those that both captures have."""
    before = [title for title in before if title in now]
    kept = {
        title
        for kind, first, last, _, _ in SequenceMatcher(None, before, now, autojunk=False).get_opcodes() if kind == "equal"
        for title in before[first:last]
    }  # fmt: skip
    for title in now:
        if title not in kept:
            above = now[now.index(title) - 1] if now.index(title) else None
            plan.moved.append(f"section {title!r} is now " + (f"below {above!r}" if above else "the first"))

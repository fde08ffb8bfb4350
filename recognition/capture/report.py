"""Writes what was found about a new capture for the person who puts it in, in the order of work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from recognition.build.problems import Problem
from recognition.build.registers import Registers

from .plan import Edit, Plan, Question, csv_line, merged


def report(plan: Plan, registers: Registers, all_rows: bool) -> Iterator[str]:
    """Yields the lines of the report: what is the same, what moved, the rows that change, the questions, what to read again."""
    yield "THE SAME"
    yield from (f"  {line}" for line in plan.same)
    if plan.moved:
        yield "\nMOVED, NEW OR GONE"
        yield from (f"  {line}" for line in plan.moved)
    yield "\nROWS THAT CHANGE"
    yield "  README.md: the checksum of article.txt"
    edits = merged(plan.edits)
    yield from (f"  {line}" for line in rows_of(edits, plan, registers, all_rows))
    for number in sorted(plan.answered):
        yield from (f"  to complete (question {number}), {line}" for line in plan.questions[number - 1].paste)
    if questions := plan.open():
        yield "\nQUESTIONS (--yes NUMBER makes the rows of a question that has some)"
        for number, question in questions:
            yield from (f"  {line}" for line in asked(number, question, registers))
    if plan.to_read:
        yield "\nREAD AGAIN (texts of ours that may not be true any more; lines of the present sources)"
        yield from (f"  {line}" for line in plan.to_read)


def rows_of(edits: list[Edit], plan: Plan, registers: Registers, all_rows: bool) -> Iterator[str]:
    """Yields the rows that change, by register; those that only have another number are told together, unless all are wanted."""
    by_register: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_register[edit.register].append(edit)
    if "outline" in plan.orders:
        yield "outline.csv: its rows in the order of the capture's headings"
    for name, found in by_register.items():
        groups: dict[str, list[Edit]] = defaultdict(list)
        for edit in found:
            if edit.group and not all_rows:
                groups[edit.group].append(edit)
            else:
                yield from row_of(edit, registers)
        for group, some in groups.items():
            if len(some) == 1:
                yield from row_of(some[0], registers)
                continue
            lines = sorted(edit.line for edit in some)
            where = f"lines {lines[0]} to {lines[-1]}; " if lines[0] else ""
            yield f"{name}.csv: {len(some)} {group} ({where}--rows prints each)"


def row_of(edit: Edit, registers: Registers) -> Iterator[str]:
    """Yields what changes of a row, and the row as it must be."""
    file = registers[edit.register].path.name
    if not edit.line:
        yield f"{file}: add, {edit.why}"
        yield f"    {csv_line((edit.cells or {}).values())}"
        return
    row = next(row for row in registers[edit.register] if row.line == edit.line)
    if edit.cells is None:
        yield f"{file}:{edit.line}: delete, {edit.why}"
        yield f"    {csv_line(row.values)}"
        return
    yield f"{file}:{edit.line}: {edit.why}"
    yield f"    {csv_line((row.cells | edit.cells).values())}"


def asked(number: int, question: Question, registers: Registers) -> Iterator[str]:
    """Yields a question with its number, and the rows that answer it."""
    yield f"{number}. {question.text}"
    for edit in question.edits:
        yield from (f"   {line}" for line in row_of(edit, registers))
    yield from (f"   to complete, {line}" for line in question.paste)


def left(problems: list[Problem], plan: Plan, forgotten: Path | None) -> Iterator[str]:
    """Yields what the build still says against the sources with the edits made; `forgotten` is their folder, if it was not asked for."""
    if not problems:
        yield "\nWith these rows the sources build."
        return
    yield f"\nLEFT TO DO BY HAND: what the build says of the sources with these rows, by their lines ({len(problems)})"
    if any(question.edits for _, question in plan.open()):
        yield "  (a yes to a question above may do some of it)"
    yield from (f"  {str(problem).removeprefix(f'{forgotten}/')}" for problem in problems)

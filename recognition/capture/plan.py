"""What must change in the sources for a new capture: edits of rows, questions that only a person can answer, and findings."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from recognition.build.reading import Register, Row

Cells = dict[str, str]  # of a row, by column
SortKey = Callable[[Cells], Any]


@dataclass(frozen=True)
class Edit:
    """A row of a register that changes, goes or comes.

    `line` is that of the present row, 0 for a new one. `cells` are the columns that change, all of them for a new row,
    None where the row goes. A new row comes behind the row of line `after`, or at the end where that is 0. `group` says
    of edits of one kind that the report tells them together.
    """

    register: str
    line: int
    cells: Cells | None
    why: str
    after: int = 0
    group: str = ""


@dataclass(frozen=True)
class Question:
    """What the capture does not say: in words, and the edits that follow from a yes, if any; `paste` are rows to complete."""

    text: str
    edits: tuple[Edit, ...] = ()
    paste: tuple[str, ...] = ()


@dataclass
class Plan:
    """Everything that was found, in the order of work."""

    same: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    to_read: list[str] = field(default_factory=list)  # texts of ours that speak of what has changed
    answered: frozenset[int] = frozenset()  # numbers of questions, from 1 on, whose edits are among `edits`
    orders: dict[str, SortKey] = field(default_factory=dict)  # of the rows of a register, where their order is told

    def with_answers(self, yes: Iterable[int]) -> Plan:
        """The same plan where the questions of these numbers, from 1 on, are answered with yes. Raises ValueError for others."""
        answered = set(yes)
        for number in answered:
            if not 1 <= number <= len(self.questions):
                raise ValueError(f"there is no question {number}; they are numbered from 1 to {len(self.questions)}")
            if not self.questions[number - 1].edits:
                raise ValueError(f"question {number} has no row to put in; answer it in the written registers")
        edits = [edit for number in sorted(answered) for edit in self.questions[number - 1].edits]
        return replace(self, edits=[*self.edits, *edits], answered=frozenset(answered))

    def open(self) -> list[tuple[int, Question]]:
        """The questions that are not answered, with their numbers."""
        return [(number, one) for number, one in enumerate(self.questions, 1) if number not in self.answered]


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in their order, those of one row as one: later cells count, and a row that goes is gone."""
    found: dict[tuple[str, int], Edit] = {}
    new: dict[tuple[str, tuple[str, ...]], Edit] = {}
    for edit in edits:
        if not edit.line:
            assert edit.cells is not None
            new.setdefault((edit.register, tuple(edit.cells.values())), edit)
            continue
        place = edit.register, edit.line
        before = found.get(place)
        if before is None:
            found[place] = edit
        elif before.cells is None or edit.cells is None:
            found[place] = before if before.cells is None else edit
        else:
            whys = before.why if edit.why in before.why else f"{before.why}; {edit.why}"
            found[place] = replace(before, cells=before.cells | edit.cells, why=whys, group="")
    return [*found.values(), *new.values()]


def after_edits(
    register: Register, columns: tuple[str, ...], edits: Iterable[Edit], sort: SortKey | None
) -> list[Cells]:
    """The rows of a register as they are after its edits."""
    by_line: dict[int, Edit] = {}
    behind: dict[int, list[Cells]] = defaultdict(list)
    for edit in edits:
        if edit.line:
            by_line[edit.line] = edit
        else:
            behind[edit.after].append({column: "" for column in columns} | (edit.cells or {}))
    rows: list[Cells] = []
    for row in register:
        change = by_line.get(row.line)
        if change is None or change.cells is not None:
            rows.append(row.cells | ((change.cells or {}) if change else {}))
        rows += behind.get(row.line, ())
    rows += behind.get(0, ())
    return sorted(rows, key=sort) if sort else rows


def csv_line(cells: Iterable[str]) -> str:
    """A row as a register has it, without the end of the line."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(cells)
    return written.getvalue()


def write(path: Path, register: Register, edits: Iterable[Edit], sort: SortKey | None) -> None:
    """Writes a register with its edits; rows that do not change stay as they are, byte for byte."""
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    reader = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    header = tuple(next(reader))
    raw: dict[tuple[str, ...], str] = {}
    begins = reader.line_num
    for printed in reader:
        raw[tuple(cell.strip() for cell in printed)] = "\n".join(lines[begins : reader.line_num])
        begins = reader.line_num
    rows = [tuple(cells.values()) for cells in after_edits(register, header, edits, sort)]
    path.write_text("\n".join([lines[0], *(raw.get(row) or csv_line(row) for row in rows)]) + "\n", "utf-8")


def changed(row: Row, cells: Cells) -> Cells:
    """Those of the cells that differ from the row's."""
    return {column: cell for column, cell in cells.items() if row[column] != cell}

"""Collects what is wrong with the sources, so that one run shows all of it, with file and line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

SHOWN_AT_MOST = 100  # a binary or wrong file would otherwise print a screenful a second
STOPPED_AT = 10_000  # problems; the build then ends at once: the file is another one, or none of this kind
QUOTED_AT_MOST = 120  # characters of an offending text; the line number finds the rest
FEW = 3  # problems of one cause whose lines are told with the first one; of more their number
REASON_AT_MOST = 450  # characters; a reason may name a cell that is longer


@dataclass(frozen=True)
class Problem:
    """One reason why the sources are refused; `line` is 0 where the whole file is meant.

    Problems of one `cause` are cured together: what is missing, or has moved, and many rows need.
    """

    file: Path
    line: int
    reason: str
    text: str | None = None
    cause: Hashable = None
    step: int = 0  # of the build: what an earlier one finds may be the cause of what a later one does

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        reason = "".join(
            character if character.isprintable() else repr(character)[1:-1]
            for character in cut(self.reason, REASON_AT_MOST)
        )
        return f"{place}: {reason}" + (f": {cut(self.text, QUOTED_AT_MOST)!r}" if self.text is not None else "")


def cut(text: str, at_most: int) -> str:
    """Returns the text, shortened to so many characters and '…' where it is longer."""
    return text if len(text) <= at_most else text[:at_most] + "…"


class BuildRefused(Exception):
    """The sources cannot be built as they are; `problems` says why, in the order of the files' lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problem(s) in the sources")

    def report(self) -> str:
        """Returns the problems as lines, at most SHOWN_AT_MOST of them."""
        lines = [str(problem) for problem in self.problems[:SHOWN_AT_MOST]]
        if len(self.problems) > SHOWN_AT_MOST:
            lines.append(f"… and {len(self.problems) - SHOWN_AT_MOST} more")
        return "\n".join(lines)


class Problems:
    """A list to add to while reading, parsing and resolving; `refuse_if_any` ends the build."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._step = 0

    def next_step(self) -> None:
        """Says that what is added from now on may follow from what was found before, and is told after it."""
        self._step += 1

    def __len__(self) -> int:
        return len(self._found)

    def add(self, file: Path, line: int, reason: str, text: str | None = None, cause: Hashable = None) -> None:
        """Notes a problem; `line` is 0 where the whole file is meant. Raises BuildRefused after STOPPED_AT problems.

        Of problems of one `cause` the first is told, and where the others are.
        """
        quoted = text and text[: QUOTED_AT_MOST + 1]  # not to keep long texts
        self._found.append(Problem(file, line, reason, quoted, cause, self._step))
        if len(self._found) >= STOPPED_AT:
            self.refuse_if_any()

    def refuse_if_any(self) -> None:
        """Raises BuildRefused with everything found so far; returns if nothing was found."""
        if self._found:
            raise self.refusal()

    def refusal(self) -> BuildRefused:
        """Returns the exception that says everything found so far: step by step of the build, in the order of files and lines."""
        found = sorted(self._found, key=lambda problem: (problem.step, str(problem.file), problem.line))
        return BuildRefused([*told_together(found)])


def told_together(problems: list[Problem]) -> Iterator[Problem]:
    """Yields the problems; of those with one cause the first, which says where the others are, or how many in which files."""
    of_cause: dict[Hashable, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.cause is not None:
            of_cause[problem.cause].append(problem)
    for problem in problems:
        first, *others = of_cause.get(problem.cause, [problem])
        if problem is not first:
            continue
        if len(others) > FEW:
            files = Counter(other.file.name for other in others)
            where = ", ".join(f"{number} in {file}" for file, number in files.items())
            problem = replace(problem, reason=f"{problem.reason} (and so for {len(others)} more: {where})")
        elif others:
            where = ", ".join(f"{other.file.name}:{other.line}" for other in others)
            problem = replace(problem, reason=f"{problem.reason} (and so for {where})")
        yield problem

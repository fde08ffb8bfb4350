"""Collects what is wrong with the sources, so that one run shows all of it, with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SHOWN_AT_MOST = 100  # a binary or wrong file would otherwise print a screenful a second
STOPPED_AT = 10_000  # problems; the build then ends at once: the file is another one, or none of this kind
QUOTED_AT_MOST = 120  # characters of an offending text; the line number finds the rest
REASON_AT_MOST = 450  # characters; a reason may name a cell that is longer


@dataclass(frozen=True)
class Problem:
    """One reason why the sources are refused; `line` is 0 where the whole file is meant."""

    file: Path
    line: int
    reason: str
    text: str | None = None

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

    def __len__(self) -> int:
        return len(self._found)

    def add(self, file: Path, line: int, reason: str, text: str | None = None) -> None:
        """Notes a problem; `line` is 0 where the whole file is meant. Raises BuildRefused after STOPPED_AT problems."""
        quoted = text and text[: QUOTED_AT_MOST + 1]  # not to keep long texts
        self._found.append(Problem(file, line, reason, quoted))
        if len(self._found) >= STOPPED_AT:
            self.refuse_if_any()

    def refuse_if_any(self) -> None:
        """Raises BuildRefused with everything found so far; returns if nothing was found."""
        if self._found:
            raise self.refusal()

    def refusal(self) -> BuildRefused:
        """Returns the exception that says everything found so far, in the order of files and lines."""
        return BuildRefused(sorted(self._found, key=lambda problem: (str(problem.file), problem.line)))

"""Reads the files of tests/specimen: what is changed in the article or a register, and what must come of it.

A file begins with the rule in a sentence. Its cases follow, each of them:

    == What the case shows
    article.txt
      a line of the file that stays
    - a line that goes
    + a line that comes
    refused
      article.txt:16: what the build says, each problem on a line

or, instead of `refused`, one or more questions with the rows that they must give:

    select ordinal, country_id from recognitions where list = 'un'
      1 | italy

The lines of a change stand in the file below each other, in one place only. A case without a change asks the sources as they are.
`make accept` writes what the build says now into these files; the difference is reviewed like code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

Hunk = tuple[str, list[str], list[str]]  # file, lines before, lines after


@dataclass
class Case:
    """One case: its title, its changes, and what is asked: 'refused' or SQL, each with the lines that must come."""

    title: str
    head: list[str] = field(default_factory=list)  # title and changes, as they are written
    hunks: list[Hunk] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    expected: list[list[str]] = field(default_factory=list)

    def written(self, answers: list[list[str]]) -> str:
        """The case as its file has it, with these answers."""
        lines = list(self.head)
        for asked, answer in zip(self.asked, answers):
            lines += [asked, *(f"  {line}" for line in answer)]
        return "\n".join(lines)


def read_cases(file: Path) -> tuple[str, list[Case]]:
    """The rule in words, and its cases."""
    rule, *blocks = file.read_text("utf-8").split("\n== ")
    return rule.strip(), [read_case(block.rstrip("\n").split("\n")) for block in blocks]


def read_case(lines: list[str]) -> Case:
    case = Case(lines[0], [f"== {lines[0]}"])
    name = ""
    for line in lines[1:]:
        if line == "refused" or line.startswith(("select ", "with ")):
            case.asked.append(line)
            case.expected.append([])
        elif case.asked:
            assert not line or line.startswith("  "), f"{case.title}: an answer is set off by two spaces: {line!r}"
            if line:
                case.expected[-1].append(line[2:])
        else:
            case.head.append(line)
            if line.endswith((".csv", ".txt", ".md", ".json")) and not line.startswith(("- ", "+ ", "  ")):
                name = line
                case.hunks.append((name, [], []))
            elif not line:
                case.hunks.append((name, [], []))
            else:
                sign, text = line[0], line[2:]
                assert sign in "-+ " and case.hunks, f"{case.title}: not a file, a change or a question: {line!r}"
                _, before, after = case.hunks[-1]
                before += [text] if sign in "- " else []
                after += [text] if sign in "+ " else []
    return case


def fits(folder: Path, hunks: list[Hunk]) -> bool:
    """Whether the lines that a case changes stand in the files of a folder."""
    return all("\n".join(["", *before, ""]) in f"\n{(folder / name).read_text('utf-8')}\n" for name, before, _ in hunks)


def changed(folder: Path, hunks: list[Hunk]) -> None:
    """Make the changes of a case in a folder of sources."""
    for name, before, after in hunks:
        lines = (folder / name).read_text("utf-8").split("\n")
        found = [at for at in range(len(lines)) if lines[at : at + len(before)] == before]
        assert len(found) == 1, f"{name}: these lines stand in {len(found)} places instead of one: {before}"
        lines[found[0] : found[0] + len(before)] = after
        (folder / name).write_text("\n".join(lines), "utf-8")

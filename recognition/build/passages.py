"""What the parser of the article and the parser of its tables both speak of: lines, passages, sections, table rows."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from .reading import Text


@dataclass(frozen=True)
class LinePattern:
    """A form that a line may have; `example` is a line of the article that has it (a test holds both together)."""

    name: str
    pattern: re.Pattern
    example: str


def line_pattern(name: str, pattern: str, example: str) -> LinePattern:
    return LinePattern(name, re.compile(pattern), example)


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of lines that belong together; `text` is those lines to the letter, joined by line ends."""

    section: str
    kind: str
    first_line: int
    last_line: int
    text: str

    @property
    def id(self) -> int:
        """A passage is named by its first line in the article."""
        return self.first_line


@dataclass(frozen=True, slots=True)
class RecognitionRow:
    """A row of a table of recognitions; a row below a shared date has the date of the row that prints it."""

    list: str
    ordinal: int
    printed_number: str | None
    recognised_on: str
    withdrawn_on: str | None
    passage: Passage
    date_passage: Passage


@dataclass(frozen=True, slots=True)
class Statement:
    """A position statement; `name` is the name in the row's first cell, None where the capture lost it."""

    list: str
    ordinal: int
    name: str | None
    text: str
    passage: Passage


@dataclass(frozen=True)
class MemberList:
    """The members that row `article_row` of the table of organisations lists, each with its mark or None."""

    article_row: int
    members: list[tuple[str, str | None]]
    line: int
    passage: Passage


@dataclass
class Section:
    """A heading of the article and the lines below it, up to the next heading."""

    id: str
    title: str
    level: int
    parent: str | None
    content: str
    list: str
    heading: Line
    body: list[Line] = field(default_factory=list)


@dataclass
class Article:
    """What the article holds, still in its own words: no country is known yet, no name restored."""

    text: Text
    sections: list[Section] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    recognitions: list[RecognitionRow] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    member_lists: list[MemberList] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)  # lists whose section could not be parsed whole
    organisation_rows: dict[int, int] = field(default_factory=dict)  # passage id to row of the organisations' table

    def passage_at(self, line: int | None) -> Passage | None:
        """The passage that holds a line, or None; the passages must be in order."""
        place = bisect_right(self.passages, line, key=lambda p: p.first_line) if line is not None else 0
        passage = self.passages[place - 1] if place else None
        return passage if passage and line <= passage.last_line else None

    def add_passage(self, section: Section, kind: str, lines: list[Line]) -> Passage:
        text = "\n".join(line.text for line in lines)
        passage = Passage(section.id, kind, lines[0].number, lines[-1].number, text)
        self.passages.append(passage)
        return passage

"""What the parser of the article and the parser of its tables share: lines, passages, sections, table rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .keys import key_of, told_apart
from .reading import Text

MEND = "mend the text, or the parser"  # what to do about lines that no pattern takes


@dataclass(frozen=True)
class LinePattern:
    """A form that a line, or a part of it, may have. tests/specimen/line_patterns.csv holds an example of each."""

    name: str
    pattern: re.Pattern[str]


def line_pattern(name: str, pattern: str) -> LinePattern:
    return LinePattern(name, re.compile(pattern))


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str


Lines = list[Line]  # for Section, whose field `list` hides the type of that name


@dataclass(slots=True, eq=False)
class Passage:
    """A run of lines that belong together.

    `text` is the lines to the letter, joined by line ends. `words` is the text that the key is made of: the passage's
    own, but for rows of tables: those of recognitions have the dates that they print or share, statements what is said. `id` is the key; it is empty
    until the whole article is parsed.
    """

    section: str
    kind: str
    first_line: int
    last_line: int
    text: str
    words: str
    id: str = ""


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
    name: str | None = None  # the country that the row prints; None where the capture has lost it


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
    body: Lines = field(default_factory=Lines)


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
    organisation_rows: dict[Passage, int] = field(default_factory=dict)  # passage to row of the organisations' table
    by_key: dict[str, Passage] = field(default_factory=dict)

    def add_passage(self, section: Section, kind: str, lines: list[Line], words: str | None = None) -> Passage:
        """Add the passage that `lines` are; `words`, if given, is the text that its key is made of."""
        text = "\n".join(line.text for line in lines)
        passage = Passage(section.id, kind, lines[0].number, lines[-1].number, text, text if words is None else words)
        self.passages.append(passage)
        return passage

    def name_passages(self) -> None:
        """Put the passages in the order of their lines and give each its key, which no other line changes.

        The key is made of the passage's words. Passages with the same words are told apart by their place among them.
        """
        self.passages.sort(key=lambda passage: passage.first_line)
        keys = told_apart(key_of(passage.words, passage.kind) for passage in self.passages)
        for passage, key in zip(self.passages, keys):
            passage.id = key
            self.by_key[key] = passage

"""Reads the present sources and the new capture with the build's own parser, so that both can be held against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from recognition.build.article import parse_article
from recognition.build.passages import Article, RecognitionRow, Statement
from recognition.build.positions import ORGANISATIONS, country_of
from recognition.build.problems import BuildRefused, Problem, Problems
from recognition.build.quotes import Quotes
from recognition.build.reading import Register, Row, Text, decode, lines_of, read_bytes
from recognition.build.registers import Registers
from recognition.build.sources import read_sources
from recognition.build.stated_figures import Figure, find_figures

from .plan import Cells, Edit


@dataclass(frozen=True)
class Capture:
    """One capture of the article as the build's parser reads it, and the registers by which it does."""

    article: Article
    registers: Registers
    figures: tuple[Figure, ...]
    problems: tuple[Problem, ...]  # what the parser says of it
    quotes: Quotes

    def country(self, name: str) -> str | None:
        """The id of the country of this name."""
        return self.registers.country_names.owner(name)

    def owners(self) -> dict[str, Statement]:
        """The statements about countries, by the country's id; of one without a known country nothing is said here."""
        unheard = Problems()
        found: dict[str, Statement] = {}
        for statement in self.article.statements:
            if statement.list != ORGANISATIONS:
                owner, _ = country_of(statement, self.article, self.registers, unheard)
                if owner:
                    found.setdefault(owner, statement)
        return found

    def restored(self) -> dict[str, tuple[RecognitionRow, Row]]:
        """The rows of the tables of recognitions with their restored names, by the country's id."""
        names = {(row["list"], row["ordinal"]): row for row in self.registers["restored_names"]}
        found = {}
        for row in self.article.recognitions:
            name = names.get((row.list, str(row.ordinal)))
            country = self.country(name["country"]) if name else None
            if name and country:
                found[country] = row, name
        return found


def parsed(text: Text, registers: Registers) -> Capture:
    """The capture that a text is. Raises BuildRefused where its headings are not those of the registers' outline."""
    problems = Problems()
    article = parse_article(text, registers, problems)
    figures = find_figures(article, registers, Problems())
    return Capture(article, registers, tuple(figures), tuple(found(problems)), Quotes(article))


def found(problems: Problems) -> list[Problem]:
    """What was added to a list of problems."""
    return problems.refusal().problems if len(problems) else []


def present(folder: Path) -> Capture:
    """The present capture of a sources folder. Raises BuildRefused where the sources cannot be built as they are."""
    read = read_sources(folder)
    figures = find_figures(read.article, read.registers, Problems())
    return Capture(read.article, read.registers, tuple(figures), (), Quotes(read.article))


def text_of(path: Path) -> Text:
    """The lines of a new capture. Raises BuildRefused where it is no text."""
    problems = Problems()
    data = read_bytes(path, problems, "name the text file of the new capture")
    text = decode(data, path, problems) if data is not None else None
    if data is None or text is None:
        raise problems.refusal()
    return Text(path, lines_of(text), hashlib.sha256(data).hexdigest())


def with_outline(registers: Registers, rows: list[Cells]) -> Registers:
    """The same registers with another outline."""
    outline = registers["outline"]
    columns = outline.rows[0].columns
    made = [Row(line, columns, tuple(cells[name] for name in columns)) for line, cells in enumerate(rows, 2)]
    tables = {**registers.tables, "outline": replace(outline, rows=made)}
    return replace(registers, tables=tables)


def with_edits(capture: Capture, edits: Iterable[Edit], *names: str) -> Capture:
    """The same capture by registers in which the changed cells of the named ones are as they must be; rows keep their lines."""
    changes = {(edit.register, edit.line): edit.cells for edit in edits if edit.line and edit.cells}
    tables = dict(capture.registers.tables)
    for name in names:
        register = tables[name]
        rows = [
            Row(row.line, row.columns, tuple((row.cells | changes.get((name, row.line), {})).values()))
            for row in register
        ]
        tables[name] = replace(register, rows=rows)
    registers = replace(capture.registers, tables=tables)
    registers.organisations = {row["id"]: row for row in tables["organisations"]}
    return replace(capture, registers=registers, figures=tuple(find_figures(capture.article, registers, Problems())))


def refusals(folder: Path) -> list[Problem]:
    """What the build says against a sources folder, by its own steps and without a database; empty where it builds."""
    try:
        read_sources(folder)
    except BuildRefused as refused:
        return refused.problems
    return []


def register_of(registers: Registers, name: str) -> Register:
    """A register that may be missing, empty then."""
    return registers.tables.get(name) or Register(registers.folder / f"{name}.csv", [], "", 0)

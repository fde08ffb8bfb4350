"""Ties each position statement to the country or organisation that it is about, and to the themes of its arguments."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from typing import NamedTuple

from recognition.vocabulary import SUBJECT

from .passages import Article, Statement
from .problems import SHOWN_AT_MOST, Problems
from .quotes import difference
from .registers import Registers

CORRECT = "correct article_row there, or add the name to organisation_names.csv"
ORGANISATIONS = "organisations"  # the list of outline.csv whose statements are about organisations


class Position(NamedTuple):
    """A row of table `positions`; its key is the country or organisation, `number` its place in the article."""

    id: str
    number: int
    title: str
    country_id: str | None
    organisation_id: str | None
    list: str
    ordinal: int
    text: str
    named_as: str
    themes: str
    passage_id: str


class PositionTheme(NamedTuple):
    """A row of table `position_themes`: `quote` is words of the statement, to the letter."""

    position_id: str
    theme_id: str
    quote: str
    note: str | None


def resolve_positions(
    article: Article, registers: Registers, problems: Problems
) -> tuple[list[Position], list[PositionTheme]]:
    """The statements, each with whose position it is, and the themes that position_themes.csv gives them.

    A country's statement is about the first country that it names; an organisation's is about the one that
    organisations.csv gives its row, which it must name.
    """
    position_themes = [
        PositionTheme(row["position"], row["theme"], row["quote"], row.get("note"))
        for row in registers["position_themes"]
    ]
    themes: dict[str, list[str]] = defaultdict(list)
    for row in position_themes:
        themes[row.position_id].append(row.theme_id)
    positions: list[Position] = []
    owners: dict[str, int] = {}
    for number, statement in enumerate(article.statements, 1):
        about_organisation = statement.list == ORGANISATIONS
        resolve = organisation_of if about_organisation else country_of
        owner, named_as = resolve(statement, article, registers, problems)
        if owner is None:
            continue
        if owner in owners:
            reason = f"second statement about {owner!r}, the first is on line {owners[owner]}; take one out, or correct its name"
            problems.add(article.text.path, statement.passage.first_line, reason, statement.text)
        owners[owner] = statement.passage.first_line
        register = registers.organisations if about_organisation else registers.countries
        positions.append(
            Position(
                id=owner,
                number=number,
                title=register[owner]["name"],
                country_id=None if about_organisation else owner,
                organisation_id=owner if about_organisation else None,
                list=statement.list,
                ordinal=statement.ordinal,
                text=statement.text,
                named_as=sys.intern(named_as),
                themes=sys.intern(json.dumps(sorted(themes.get(owner, ())))),
                passage_id=statement.passage.id,
            )
        )
    if not article.damaged and len(positions) == len(article.statements):
        check_quotes(article, positions, registers, problems)
        check_rows(article, registers, problems)
    return positions, position_themes


def country_of(
    statement: Statement, article: Article, registers: Registers, problems: Problems
) -> tuple[str | None, str]:
    """The country of a statement, and the words that name it: its row's cell, or the first other than the subject in the text."""
    if statement.name is not None:
        owner = registers.country_names.owner(statement.name)
        if owner is None:
            reason = f"country is not in the registers of names; add it to {registers['country_names'].path.name}"
            problems.add(article.text.path, statement.passage.first_line, reason, statement.name)
        return owner, statement.name
    for found in registers.country_names.find(statement.text):
        if registers.countries[found.owner]["kind"] != SUBJECT:
            return found.owner, found.name
    reason = "statement names no country of countries.csv or country_names.csv; add the name to the second"
    problems.add(article.text.path, statement.passage.last_line, reason, statement.text)
    return None, ""


def organisation_of(
    statement: Statement, article: Article, registers: Registers, problems: Problems
) -> tuple[str | None, str]:
    """The organisation of a row of the organisations' table and the words, in its cell or its statement, that name it."""
    place, line = article.text.path, statement.passage.first_line
    row = next((row for row in registers["organisations"] if row["article_row"] == str(statement.ordinal)), None)
    if row is None:
        problems.add(
            place, line, f"organisations.csv has no organisation for row {statement.ordinal}; add it", statement.text
        )
        return None, ""
    if statement.name is not None:
        if registers.organisation_names.owner(statement.name) == row["id"]:
            return row["id"], statement.name
        reason = (
            f"organisation is not the {row['id']!r} that organisations.csv has for row {statement.ordinal}; {CORRECT}"
        )
        problems.add(place, line, reason, statement.name)
        return None, ""
    for found in registers.organisation_names.find(statement.text):
        if found.owner == row["id"]:
            return row["id"], found.name
    problems.add(
        place,
        line,
        f"statement does not name the {row['name']} that organisations.csv has for its row; {CORRECT}",
        statement.text,
    )
    return None, ""


def check_quotes(article: Article, positions: list[Position], registers: Registers, problems: Problems) -> None:
    """Add a problem for each row of position_themes.csv that has no statement, or whose quote is not in it."""
    register = registers["position_themes"]
    statements = {position.id: position for position in positions}
    for row in register:
        position = statements.get(row["position"])
        if position is None and row["position"]:
            reason = "position must be the id of a country or organisation that has a statement in the article"
            problems.add(register.path, row.line, reason, row["position"])
        elif position is not None and row["quote"] not in position.text:
            line = article.statements[position.number - 1].passage.first_line
            place = f"the statement of {position.title} (line {line} of {article.text.path.name})"
            shown = len(problems) < SHOWN_AT_MOST  # what is not printed need not be explained
            reason = f"quote is not in {place}" + (f", {difference(row['quote'], position.text)}" if shown else "")
            problems.add(register.path, row.line, reason, row["quote"])


def check_rows(article: Article, registers: Registers, problems: Problems) -> None:
    """Add a problem for each organisation whose article_row is no row of the article's table."""
    rows = {str(statement.ordinal) for statement in article.statements if statement.list == ORGANISATIONS}
    register = registers["organisations"]
    for row in register:
        if row["article_row"] and row["article_row"] not in rows:
            problems.add(
                register.path,
                row.line,
                f"the article's table of organisations has no row {row['article_row']}; correct article_row",
                row["name"],
            )

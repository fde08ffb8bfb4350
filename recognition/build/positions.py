"""Ties each position statement to the country or organisation that it is about, and to the themes whose words it uses."""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from typing import NamedTuple

from recognition.vocabulary import SUBJECT

from .passages import Article, Statement
from .problems import Problems
from .registers import Registers

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
    """A row of table `position_themes`."""

    position_id: str
    theme_id: str
    words: str


def resolve_positions(
    article: Article, registers: Registers, problems: Problems
) -> tuple[list[Position], list[PositionTheme]]:
    """The statements, each with whose position it is, and the themes that its words show.

    A country's statement is about the first country that it names; an organisation's is about the one that
    organisations.csv gives its row, which it must name.
    """
    themes = themes_by_phrase(registers)
    positions: list[Position] = []
    position_themes: list[PositionTheme] = []
    owners: dict[str, int] = {}
    for number, statement in enumerate(article.statements, 1):
        about_organisation = statement.list == ORGANISATIONS
        resolve = organisation_of if about_organisation else country_of
        owner, named_as = resolve(statement, article, registers, problems)
        if owner is None:
            continue
        if owner in owners:
            reason = f"second statement about {owner!r}, the first is on line {owners[owner]}"
            problems.add(article.text.path, statement.passage.first_line, reason, statement.text)
        owners[owner] = statement.passage.first_line
        found = themes_of(statement.text, themes)
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
                themes=sys.intern(json.dumps([theme for theme, _ in found])),
                passage_id=statement.passage.id,
            )
        )
        position_themes += [PositionTheme(owner, theme, sys.intern(words)) for theme, words in found]
    if not article.damaged and len(positions) == len(article.statements):
        check_phrases(positions, registers, problems)
        check_rows(article, registers, problems)
    return positions, position_themes


def country_of(
    statement: Statement, article: Article, registers: Registers, problems: Problems
) -> tuple[str | None, str]:
    """The country that a statement names first, other than the subject itself, and the words that name it."""
    for found in registers.country_names.find(statement.text):
        if registers.countries[found.owner]["kind"] != SUBJECT:
            return found.owner, found.name
    reason = "statement names no country of countries.csv or country_names.csv"
    problems.add(article.text.path, statement.passage.last_line, reason, statement.text)
    return None, ""


def organisation_of(
    statement: Statement, article: Article, registers: Registers, problems: Problems
) -> tuple[str | None, str]:
    """The organisation of a row of the organisations' table and the words, in its cell or its statement, that name it."""
    place, line = article.text.path, statement.passage.first_line
    row = next((row for row in registers["organisations"] if row["article_row"] == str(statement.ordinal)), None)
    if row is None:
        problems.add(place, line, f"organisations.csv has no organisation for row {statement.ordinal}", statement.text)
        return None, ""
    if statement.name is not None:
        if registers.organisation_names.owner(statement.name) == row["id"]:
            return row["id"], statement.name
        reason = f"organisation is not known, or not the {row['id']!r} that organisations.csv has for row {statement.ordinal}"
        problems.add(place, line, reason, statement.name)
        return None, ""
    for found in registers.organisation_names.find(statement.text):
        if found.owner == row["id"]:
            return row["id"], found.name
    problems.add(
        place, line, f"statement does not name the {row['name']} that organisations.csv has for its row", statement.text
    )
    return None, ""


def check_phrases(positions: list[Position], registers: Registers, problems: Problems) -> None:
    """Add a problem for each phrase of a theme that no statement has: it is misspelt, or has lost its statement."""
    register = registers["theme_phrases"]
    for row in register:
        pattern = phrase_pattern([row["phrase"]])
        if row["phrase"] and not any(pattern.search(position.text) for position in positions):
            problems.add(register.path, row.line, "no statement has this phrase", row["phrase"])


def check_rows(article: Article, registers: Registers, problems: Problems) -> None:
    """Add a problem for each organisation whose article_row is no row of the article's table."""
    rows = {str(statement.ordinal) for statement in article.statements if statement.list == ORGANISATIONS}
    register = registers["organisations"]
    for row in register:
        if row["article_row"] and row["article_row"] not in rows:
            problems.add(
                register.path, row.line, f"the table of organisations has no row {row['article_row']}", row["name"]
            )


class Theme(NamedTuple):
    """A theme's compiled pattern, and its phrases in lowercase for a cheap substring test before the pattern runs."""

    id: str
    phrases: tuple[str, ...]
    pattern: re.Pattern[str]


def themes_by_phrase(registers: Registers) -> list[Theme]:
    """The themes that have phrases, each with the pattern for them."""
    phrases: dict[str, list[str]] = defaultdict(list)
    for row in registers["theme_phrases"]:
        if row["phrase"]:
            phrases[row["theme"]].append(row["phrase"])
    return [
        Theme(theme, tuple(phrase.rstrip("*").casefold() for phrase in found), phrase_pattern(found))
        for theme, found in phrases.items()
    ]


def phrase_pattern(phrases: list[str]) -> re.Pattern[str]:
    """Any of the phrases as whole words in any case; '*' behind a phrase takes any ending."""
    longest_first = sorted(phrases, key=len, reverse=True)
    forms = (re.escape(phrase.rstrip("*")) + (r"\w*" if phrase.endswith("*") else "") for phrase in longest_first)
    return re.compile(r"\b(?:" + "|".join(forms) + r")\b", re.IGNORECASE)


def themes_of(text: str, themes: list[Theme]) -> list[tuple[str, str]]:
    """The themes of a text, sorted, each with the first words that show it."""
    folded = text.casefold()
    found = (
        (theme.id, theme.pattern.search(text)) for theme in themes if any(phrase in folded for phrase in theme.phrases)
    )
    return sorted((theme, match[0]) for theme, match in found if match)

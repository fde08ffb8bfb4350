"""Ties each position statement to the country or organisation that it is about, and to the themes whose words it uses."""

from __future__ import annotations

import json
import re
from collections import defaultdict

from .article import Article
from .problems import Problems
from .registers import Registers
from .tables import Statement

ORGANISATIONS = "organisations"  # the list of outline.csv whose statements are about organisations


def resolve_positions(article: Article, registers: Registers, problems: Problems) -> tuple[list[dict], list[dict]]:
    """Rows of tables `positions` and `position_themes`.

    A country's statement is about the first country that it names; an organisation's is about the one that
    organisations.csv gives its row, which it must name.
    """
    themes = theme_patterns(registers)
    used_themes: set[str] = set()
    positions: list[dict] = []
    position_themes: list[dict] = []
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
        used_themes.update(theme for theme, _ in found)
        register = registers.organisations if about_organisation else registers.countries
        positions.append({
            "id": number,
            "title": register[owner]["name"],
            "country_id": None if about_organisation else owner,
            "organisation_id": owner if about_organisation else None,
            "list": statement.list,
            "ordinal": statement.ordinal,
            "text": statement.text,
            "named_as": named_as,
            "themes": json.dumps([theme for theme, _ in found]),
            "passage_id": statement.passage.id,
        })  # fmt: skip
        position_themes += [{"position_id": number, "theme_id": theme, "words": words} for theme, words in found]
    return positions, position_themes


def country_of(
    statement: Statement, article: Article, registers: Registers, problems: Problems
) -> tuple[str | None, str]:
    """The country that a statement names first, other than the subject itself, and the words that name it."""
    for found in registers.country_names.find(statement.text):
        if registers.countries[found.owner]["kind"] != "subject":
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
    problems.add(place, line, f"statement does not name the {row['name']} that organisations.csv has for its row", statement.text)
    return None, ""


def theme_patterns(registers: Registers) -> dict[str, re.Pattern]:
    """One pattern a theme, of its phrases as whole words in any case; '*' behind a phrase takes any ending."""
    phrases: dict[str, list[str]] = defaultdict(list)
    for row in registers["theme_phrases"]:
        ending = r"\w*" if row["phrase"].endswith("*") else ""
        phrases[row["theme"]].append(re.escape(row["phrase"].rstrip("*")) + ending)
    return {
        theme: re.compile(r"\b(?:" + "|".join(sorted(found, key=len, reverse=True)) + r")\b", re.IGNORECASE)
        for theme, found in phrases.items()
    }


def themes_of(text: str, themes: dict[str, re.Pattern]) -> list[tuple[str, str]]:
    """The themes of a text, sorted, each with the first words that show it."""
    found = ((theme, pattern.search(text)) for theme, pattern in themes.items())
    return sorted((theme, match[0]) for theme, match in found if match)

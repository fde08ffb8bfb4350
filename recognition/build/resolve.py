"""Brings the parsed article and the registers together into the rows of every table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from recognition.vocabulary import ARTICLE

from .audit import noted_oddities
from .corrections import correction_rows
from .countries import check_lists, resolve_countries, resolve_country_names, resolve_mentions
from .events import event_country_rows, resolve_events
from .former_keys import former_key_rows
from .groups import resolve_participations
from .organisations import resolve_memberships, resolve_organisation_names, resolve_organisations, resolve_suspensions
from .passages import Article
from .positions import resolve_positions
from .problems import Problems
from .published_counts import resolve_published_counts
from .quotes import Quotes
from .reading import ARTICLE as ARTICLE_FILE
from .reading import Register
from .recognitions import resolve_recognitions
from .records import event_record_rows, record_rows
from .registers import Registers
from .stated_figures import figure_rows, find_figures
from .statuses import effect_rows, find_vain_updates, resolve_statuses, rule_rows
from .votes import choice_rows, member_rows, vote_rows

Tables = dict[str, Iterable[dict[str, Any] | tuple[Any, ...]]]  # rows as dicts by column, or as named tuples


def resolve(article: Article, registers: Registers, problems: Problems) -> Tables:
    """Returns the rows of each table, by its name; problems are added.

    Rows that nothing else needs, and that can have no problem, are made only when they are loaded.
    """
    quotes = Quotes(article)
    recognitions = resolve_recognitions(article, registers, problems)
    positions, position_themes = resolve_positions(article, registers, problems)
    organisations = resolve_organisations(quotes, positions, registers, problems)
    memberships = resolve_memberships(article, registers, problems)
    events = resolve_events(quotes, recognitions, registers, problems)
    figures = find_figures(article, registers, problems)
    stated_figures: list[dict[str, Any]] = [*figure_rows(figures)]
    published_counts: list[dict[str, Any]] = [*resolve_published_counts(figures, registers, problems)]
    oddities = noted_oddities(quotes, registers, problems)
    # a row or statement without its country, or a name without its row, is said already: its country is not missing too
    complete = not article.damaged and len(positions) == len(article.statements)
    complete = complete and len(recognitions) == len(article.recognitions) == len(registers["restored_names"].rows)
    check_lists(recognitions, positions, registers, problems, complete)
    find_vain_updates(events, registers, problems)
    keys: dict[str, Collection[str]] = {
        "passages": article.by_key,
        "positions": {row.id for row in positions},
        "recognitions": {row["id"] for row in recognitions},
        "stated_figures": {row["id"] for row in stated_figures},
        "published_counts": {row["id"] for row in published_counts},
        "events": {row["id"] for row in events},
        "countries": registers.countries,
        "organisations": registers.organisations,
        **{name: registers[name].column("id") for name in ("records", "themes", "votes")},
    }
    return {
        "event_kinds": event_kind_rows(registers),
        "status_kinds": numbered_rows(registers["status_kinds"]),
        "record_kinds": numbered_rows(registers["record_kinds"]),
        "sources": source_rows(article, registers, problems),
        "sections": section_rows(article),
        "passages": passage_rows(article),
        "countries": resolve_countries(recognitions, positions, memberships, events, registers),
        "country_names": resolve_country_names(registers),
        "recognitions": recognitions,
        "headings": numbered_rows(registers["headings"]),
        "organisations": organisations,
        "organisation_names": resolve_organisation_names(registers),
        "positions": positions,
        "question_forms": numbered_rows(registers["question_forms"]),
        "question_phrases": [row.cells for row in registers["question_phrases"]],
        "themes": [row.cells for row in registers["themes"]],
        "position_themes": position_themes,
        "memberships": memberships,
        "participations": resolve_participations(registers),
        "suspensions": resolve_suspensions(registers, problems),
        "records": record_rows(registers, problems),
        "events": events,
        "event_records": event_record_rows(registers),
        "event_countries": event_country_rows(registers),
        "rules": rule_rows(registers),
        "subject": [subject_row(registers)],
        "edition": [row.cells for row in registers["edition"]],
        "rule_effects": effect_rows(registers),
        "statuses": resolve_statuses(events, registers),
        "marks": [row.cells for row in registers["marks"]],
        "stated_figures": stated_figures,
        "published_counts": published_counts,
        "votes": vote_rows(registers, problems),
        "vote_choices": choice_rows(registers),
        "vote_members": member_rows(registers, problems),
        "former_keys": former_key_rows(registers, keys, problems),
        "corrections": correction_rows(
            registers, {"events": events, "recognitions": recognitions, "published_counts": published_counts}, problems
        ),
        "shapes": shape_rows(registers),
        "mentions": resolve_mentions(article, registers),
        "audit": oddities,
    }


def numbered_rows(register: Register) -> Iterator[dict[str, Any]]:
    """Yields the rows of a vocabulary, each with its place in the register as `position`."""
    return ({**row.cells, "position": position} for position, row in enumerate(register, 1))


def event_kind_rows(registers: Registers) -> Iterator[dict[str, Any]]:
    """Yields the rows of table `event_kinds`."""
    for row in numbered_rows(registers["event_kinds"]):
        yield {**row, "claim": int(row["claim"] == "yes"), "said": row["said"] or None}


def subject_row(registers: Registers) -> dict[str, Any]:
    """Returns the one row of table `subject`."""
    row = registers.subject
    columns = ("first_day", "first_act", "default_rule", "note")
    return {"country_id": row["country"], **{column: row.get(column) for column in columns}}


def source_rows(article: Article, registers: Registers, problems: Problems) -> list[dict[str, Any]]:
    """Returns the rows of table `sources`: every CSV file that the build reads, and the article, with its checksum."""
    files = {register.path.name: register for register in registers.tables.values()}
    files.pop("sources.csv", None)  # the list of the others; its content is this table
    register = registers["sources"]
    rows = []
    for row in register:
        known = files.pop(row["file"], None)
        if known is None and row["file"] != ARTICLE_FILE:
            problems.add(
                register.path,
                row.line,
                "the build reads no file of this name; correct it, or delete the row",
                row["file"],
            )
            continue
        rows.append({
            **{column: row.get(column) for column in row.cells},
            "sha256": known.sha256 if known else article.text.sha256,
            "lines": known.lines if known else len(article.text.lines),
        })  # fmt: skip
    for name in files:
        problems.add(register.path, 0, "the build reads a file that has no row here; add it", name)
    return rows


def shape_rows(registers: Registers) -> list[dict[str, Any]]:
    """Returns the rows of table `shapes`, numbered in the order in which they are drawn."""
    return [
        {
            "number": number,
            "country_id": row.get("country"),
            **{column: row.get(column) for column in ("kind", "d", "x", "y", "r")},
        }
        for number, row in enumerate(registers["shapes"], 1)
    ]


def section_rows(article: Article) -> list[dict[str, Any]]:
    """Returns the rows of table `sections`."""
    return [
        {
            "id": section.id,
            "title": section.title,
            "parent_id": section.parent,
            "position": position,
            "level": section.level,
            "first_line": section.heading.number,
        }
        for position, section in enumerate(article.sections, 1)
    ]


def passage_rows(article: Article) -> Iterator[dict[str, Any]]:
    """Yields the rows of table `passages`."""
    for passage in article.passages:
        yield {
            "id": passage.id,
            "source_id": ARTICLE,
            "section_id": passage.section,
            "kind": passage.kind,
            "first_line": passage.first_line,
            "last_line": passage.last_line,
            "text": passage.text,
        }

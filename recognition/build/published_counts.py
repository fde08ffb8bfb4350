"""Collects the counts of recognising states that were published: the article's own, and those that others printed."""

from __future__ import annotations

from recognition.vocabulary import ARTICLE

from .article_tables import STATED_COUNT
from .keys import key_of, told_apart
from .problems import Problems
from .registers import Registers
from .stated_figures import Figure


def resolve_published_counts(
    figures: list[Figure], registers: Registers, problems: Problems
) -> list[dict[str, object]]:
    """Rows of table `published_counts`; a count of more members than there are is a problem."""
    rows = article_counts(figures, registers)
    register = registers["published_counts"]
    for row in register:
        if row["total"] and (row.number("recognising") or 0) > (row.number("total") or 0):
            problems.add(register.path, row.line, "more members recognise than there are", row["recognising"])
        rows.append({
            "id": row["id"],
            "organisation_id": row["organisation"],
            "recognising": row.number("recognising"),
            "total": row.number("total"),
            "published_on": row["published_on"],
            "precision": row["precision"],
            "counted_on": row["published_on"],
            "publisher": row["publisher"],
            "source_id": "published-counts",
            "passage_id": None,
            "quote": row.get("quote"),
            "citation": row["citation"],
            "note": row.get("note"),
        })  # fmt: skip
    return rows


def article_counts(figures: list[Figure], registers: Registers) -> list[dict[str, object]]:
    """The counts of recognising members that the article states, to be compared on the first day it can be of.

    Their keys are made of the organisation and the words: article-eu-member-states-22-27.
    """
    roles = {(row["organisation"], row["label"]): row["members"] for row in registers["member_lists"]}
    article = next((row for row in registers["sources"] if row["id"] == ARTICLE), None)
    if article is None:
        return []  # registers.py has said so
    counts = [
        figure for figure in figures
        if figure.organisation and (figure.kind == "share" or (
            figure.kind == STATED_COUNT.name and roles.get((figure.organisation, figure.label or "")) != "not named"))
    ]  # fmt: skip
    keys = told_apart(f"article-{figure.organisation}-{key_of(figure.quote, figure.kind)}" for figure in counts)
    return [
        {
            "id": key,
            "organisation_id": figure.organisation,
            "recognising": figure.first,
            "total": figure.total,
            "published_on": None,
            "precision": None,
            "counted_on": article["written_after"],
            "publisher": article["publisher"],
            "source_id": article["id"],
            "passage_id": figure.passage.id,
            "quote": figure.quote,
            "citation": None,
            "note": None,
        }
        for key, figure in zip(keys, counts)
    ]

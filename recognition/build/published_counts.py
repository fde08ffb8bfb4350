"""Collects the counts of recognising states that were published: the article's own, and those that others printed."""

from __future__ import annotations

from datetime import date, timedelta

from recognition.vocabulary import ARTICLE

from .article_tables import STATED_COUNT
from .events import first_day, last_day
from .keys import key_of, told_apart
from .problems import Problems
from .reading import Row
from .records import citations
from .registers import Registers
from .stated_figures import Figure


def resolve_published_counts(
    figures: list[Figure], registers: Registers, problems: Problems
) -> list[dict[str, object]]:
    """Rows of table `published_counts`; a count of more members than there are is a problem."""
    rows = article_counts(figures, registers)
    register = registers["published_counts"]
    lines = citations(registers)
    for row in register:
        if row["total"] and (row.number("recognising") or 0) > (row.number("total") or 0):
            problems.add(
                register.path,
                row.line,
                "more members recognise than there are; correct recognising or total",
                row["recognising"],
            )
        rows.append({
            "id": row["id"],
            "organisation_id": row["organisation"],
            "group_is": row["group_is"],
            "recognising": row.number("recognising"),
            "not_recognising": row.number("not_recognising"),
            "unclear": row.number("unclear"),
            "total": row.number("total"),
            "as_of": row.get("as_of"),
            "published_on": row.get("published_on"),
            "printed_from": row.get("printed_from"),
            "printed_until": row.get("printed_until"),
            **window(row),
            "publisher": row["publisher"],
            "speaker": row.get("speaker"),
            "follows": row.get("follows"),
            "by_accident": int(row["by_accident"] == "yes"),
            "source_id": "published-counts",
            "passage_id": None,
            "quote": None,
            "record_id": row["record"],
            "citation": lines.get(row["record"]),
            "note": row.get("note"),
        })  # fmt: skip
    return rows


def window(row: Row) -> dict[str, str | None]:
    """The first and last day that a number can be of: the day that it names itself, or else those on which it can have been printed."""
    of = row["as_of"] or row["published_on"]
    earliest, latest = first_day(of), last_day(of)
    if not row["as_of"] and row["printed_from"] and row["printed_until"]:
        earliest = max(row["printed_from"], earliest or "")
        latest = min(row["printed_until"], latest or row["printed_until"])
    return {"earliest_day": earliest, "latest_day": latest}


def article_counts(figures: list[Figure], registers: Registers) -> list[dict[str, object]]:
    """The counts of recognising members that the article states; it can be of any day on which it may have been written.

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
    after, before = article["written_after"], article["written_before"]
    keys = told_apart(f"article-{figure.organisation}-{key_of(figure.quote, figure.kind)}" for figure in counts)
    return [
        {
            "id": key,
            "organisation_id": figure.organisation,
            "group_is": "said",
            "recognising": figure.first,
            "not_recognising": None,
            "unclear": None,
            "total": figure.total,
            "as_of": None,
            "published_on": None,
            "printed_from": None if before else after,  # what nothing shows to be older than some day has no end
            "printed_until": None,
            "earliest_day": after,
            "latest_day": day_before(before) if before else max(after, registers.known_until),
            "publisher": article["publisher"],
            "speaker": None,
            "follows": ARTICLE,  # the rule that counts what its tables print
            "by_accident": 0,
            "source_id": article["id"],
            "passage_id": figure.passage.id,
            "quote": figure.quote,
            "record_id": None,
            "citation": None,
            "note": None,
        }
        for key, figure in zip(keys, counts)
    ]


def day_before(day: str) -> str:
    """The ISO day before another."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()

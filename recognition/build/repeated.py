"""Finds what the sources tell twice: an act that the article's tables have, a claim in two rows, an answer that names no claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from recognition.dates import said
from recognition.vocabulary import (
    RECOGNITION,
    RECOGNITION_CLAIMED,
    RECOGNITION_CONFIRMED,
    RECOGNITION_DENIED,
    WITHDRAWAL,
    WITHDRAWAL_CLAIMS,
    WITHDRAWAL_CONFIRMED,
    WITHDRAWAL_DENIED,
    WITHDRAWAL_NOT_CONFIRMED,
    WITHDRAWAL_REVERSED,
)

from .keys import slug
from .passages import Article, Passage
from .problems import Problems
from .reading import Row
from .registers import Registers

Event = dict[str, Any]  # a row of table `events`, by column
KINDS = ("paragraph", "statement")
# What lies between two acts of one kind that are not the same act: a state recognises again after a withdrawal.
BETWEEN = {
    RECOGNITION: (WITHDRAWAL, *WITHDRAWAL_CLAIMS),
    WITHDRAWAL: (RECOGNITION, RECOGNITION_CONFIRMED, WITHDRAWAL_REVERSED),
}
# The claims that an answer of the same day can mean.
ANSWERED = {
    RECOGNITION_DENIED: (RECOGNITION_CLAIMED,), WITHDRAWAL_DENIED: WITHDRAWAL_CLAIMS,
    WITHDRAWAL_NOT_CONFIRMED: WITHDRAWAL_CLAIMS, WITHDRAWAL_CONFIRMED: WITHDRAWAL_CLAIMS,
}  # fmt: skip
DAY = len("2008-02-17")


def repeated_passages(article: Article) -> Iterator[tuple[Passage, Passage]]:
    """Yields each paragraph or statement that has the words of an earlier one, with that one; signs and capitals do not count."""
    first: dict[str, Passage] = {}
    for passage in article.passages:
        words = slug(passage.words)
        if passage.kind in KINDS and words and first.setdefault(words, passage) is not passage:
            yield passage, first[words]


def find_repeated_acts(events: list[Event], article: Article, registers: Registers, problems: Problems) -> set[str]:
    """Adds a problem for each act or claim that two rows tell, and for each answer that names no claim of its day.

    Returns the ids of the rows of updates.csv that are refused as the article's own acts.
    """
    by_country: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_country[event["country_id"] or ""].append(event)
    refused = set()
    for row in registers["updates"]:
        if row["kind"] in BETWEEN and row["country"]:
            known = by_country[row["country"]]
            again = next((event for event in known if not event["updates"] and same_act(row, event, known)), None)
            if again is not None:
                refused.add(row["id"])
                add_repeated_act(row, again, article, registers, problems)
    find_repeated_claims(registers, problems)
    find_answers_to_nothing(registers, problems)
    return refused


def same_act(row: Row, listed: Event, events: Iterable[Event]) -> bool:
    """Whether a row of updates.csv is an act that the article lists: nothing of its country's `events` ended it in between."""
    if row["kind"] != listed["kind"] or not row["date"]:
        return False
    first, last = sorted([row["date"], listed["date"]])
    return not any(first <= (event["date"] or "") <= last for event in events if event["kind"] in BETWEEN[row["kind"]])


def add_repeated_act(row: Row, listed: Event, article: Article, registers: Registers, problems: Problems) -> None:
    """Adds the problem of an act that the article's table has and that stands in updates.csv, with both lines."""
    restored = registers["restored_names"]
    owner = registers.country_names.owner
    name = next((one.line for one in restored if owner(one["country"]) == row["country"]), 0)
    line = article.by_key[listed["passage_id"]].first_line
    place = f"{article.text.path.name}:{line}, {restored.path.name}:{name}"
    reason = f"the article's table has this {row['kind']} already ({place}); delete this row, and let rows that name it name {listed['id']!r}"
    if row["date"] != listed["date"]:
        reason = (
            f"the article's table has a {row['kind']} of {said(listed['date'])} ({place}), and no row tells what ended it before this one; "
            "delete this row, or add the row that is missing"
        )
    problems.add(registers["updates"].path, row.line, reason, row["id"])


def find_repeated_claims(registers: Registers, problems: Problems) -> None:
    """Adds a problem for a claim that repeats another: the same country, kind, claimant and date.

    One that the article tells and records bear out is linked by dated_by; contacts and positions may be several on a day.
    """
    updates, told = registers["updates"], registers["events"]
    first: dict[tuple[str, ...], Row] = {}
    for row in updates:
        claim = claim_of(row)
        if claim and first.setdefault(claim, row) is not row:
            reason = f"tells what line {first[claim].line} tells; keep one row, with the documents of both in event_records.csv"
            problems.add(updates.path, row.line, reason, row["id"])
    for row in told:
        claim = claim_of(row)
        if claim in first and not row["dated_by"]:
            other = first[claim]
            reason = f"{updates.path.name}:{other.line} tells this too; name it in dated_by, so that it is told once"
            problems.add(told.path, row.line, reason, other["id"])


def claim_of(row: Row) -> tuple[str, ...]:
    """What makes two claims the same: country, kind, claimant and date; empty for what may be said twice on a day."""
    if not row["kind"].startswith((RECOGNITION, WITHDRAWAL)) or not row["country"] or not row["date"]:
        return ()
    return row["country"], row["kind"], row["claimant"], row["date"]


def find_answers_to_nothing(registers: Registers, problems: Problems) -> None:
    """Adds a problem for each denial or confirmation that names no claim, where one of the same country is of the same day."""
    registers_of_events = (registers["updates"], registers["events"])
    on_day: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for register in registers_of_events:
        for row in register:
            on_day[row["country"], row["date"]].append(row)
    for register in registers_of_events:
        for row in register:
            if row["answers"] or len(row["date"]) != DAY or row["kind"] not in ANSWERED or not row["country"]:
                continue
            for other in (*registers["updates"], *registers["events"]):
                if other["kind"] in ANSWERED[row["kind"]] and (other["country"], other["date"]) == (
                    row["country"],
                    row["date"],
                ):
                    reason = f"answers is empty, and {other['id']!r} is a claim of the same day; name it there"
                    problems.add(register.path, row.line, reason, row["id"])
                    break

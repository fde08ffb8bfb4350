"""Makes dated events of the tables of recognitions, of what the article tells in prose, and of what came after it."""

from __future__ import annotations

import calendar
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from recognition.dates import dates_in, said
from recognition.vocabulary import (
    ARTICLE,
    CONTACT,
    RECOGNITION,
    REPORTS,
    THE_ARTICLE,
    UNNAMED_REPORTS,
    UPDATES,
    WITHDRAWAL,
)

from .passages import Passage
from .problems import Problems
from .quotes import Quotes
from .reading import Register, Row
from .records import check_records, cited
from .registers import Registers
from .repeated import find_repeated_acts

Event = dict[str, Any]  # a row of table `events`, by column
DATE = re.compile(r"(?:[0-9]{4}(?:-[0-9]{2}){0,2})?")
PRECISION = {10: "day", 7: "month", 4: "year", 0: "unknown"}  # by the length of the date's text
NO_CLAIMANT = "claimant must be the id of a country or organisation, 'reports' or 'article'"
WITHOUT_NAME = {REPORTS: UNNAMED_REPORTS, ARTICLE: THE_ARTICLE}  # claimants that are no country or organisation


def resolve_events(quotes: Quotes, recognitions: list[Event], registers: Registers, problems: Problems) -> list[Event]:
    """Rows of table `events`, by date and each answer after what it answers; those without a date come last."""
    printed = quotes.article.by_key
    listed = [event for row in recognitions for event in listed_events(row, printed, registers)]
    events = listed + told_events(quotes, registers, problems) + later_events(registers, problems)
    repeated = find_repeated_acts(events, quotes.article, registers, problems)
    check_answers(events, registers, problems)
    check_records(events, registers, problems)
    by_id = {event["id"]: event for event in events}
    events.sort(
        key=lambda event: in_order(event, by_id.get((event["date"] and event["dated_by"]) or "", event), printed)
    )
    columns_of = cited(registers)
    events = [
        event | {"position": position, "title": titled(event, registers)} | columns_of(event["id"])
        for position, event in enumerate(answers_after(events), 1)
    ]
    taken = {event["id"] for event in listed}
    for name in ("events", "updates"):
        register = registers[name]
        for row in register:
            if row["id"] in taken - repeated:
                reason = (
                    "id is that of another event, in events.csv or made of a row of restored_names.csv; choose another"
                )
                problems.add(register.path, row.line, reason, row["id"])
        taken |= set(register.column("id"))
    return events


def in_order(event: Event, dated: Event, printed: dict[str, Passage]) -> tuple[str, str, int, int, str, str]:
    """By what events are told: the day, of one year or month the first that they can mean, then the place in the article.

    `dated` is the event itself, or the one that gives its day where the article gives a year or a month. What is not in the article comes last.
    """
    passage = printed.get(event["passage_id"] or "")
    place = (passage.first_line, passage.text.find(event["quote"])) if passage else (sys.maxsize, 0)
    return dated["counts_from"] or "9999", dated["earliest_day"] or "", *place, event["kind"], event["id"]


def listed_events(row: dict[str, Any], printed: dict[str, Passage], registers: Registers) -> list[Event]:
    """The recognition, and the withdrawal if there is one, of a row of the article's tables, as they are `printed`."""
    quote = printed[row["date_passage_id"]].text.split("\n")[-1].rstrip("| ")
    name = registers.countries[row["country_id"]]["name"]
    base = {
        "country_id": row["country_id"], "date_precision": "day", "source_id": ARTICLE, "updates": 0,
        "passage_id": row["date_passage_id"], "quote": quote, "note": row["note"], "answers": None, "dated_by": None, "title": None,
    }  # fmt: skip
    events = [
        base | {
            "id": event_id(row["country_id"], row["recognised_on"], RECOGNITION), "kind": RECOGNITION,
            **days(row["recognised_on"]), "other_date": row["other_recognised_on"],
            "stronger_date": row["stronger_recognised_on"], "claimant": name,
        }
    ]  # fmt: skip
    if row["withdrawn_on"]:
        # the article says of its list of withdrawals that they were reported
        events.append(base | {
            "id": event_id(row["country_id"], row["withdrawn_on"], WITHDRAWAL), "kind": WITHDRAWAL,
            **days(row["withdrawn_on"]), "other_date": row["other_withdrawn_on"],
            "stronger_date": row["stronger_withdrawn_on"], "claimant": WITHOUT_NAME[REPORTS],
        })  # fmt: skip
    return events


def event_id(country: str, day: str, kind: str) -> str:
    """The id of an act that a row of the article's tables prints: kenya-2025-recognition."""
    return f"{country}-{day[:4]}-{kind}"


def told_events(quotes: Quotes, registers: Registers, problems: Problems) -> list[Event]:
    """The events of events.csv, each tied to the passage that holds its quote to the letter."""
    register = registers["events"]
    rows: list[Event] = []
    for row, passage in quotes.find_each(register, problems):
        event = annotated(row, register, registers, problems)
        if row["date"] and DATE.fullmatch(row["date"]) and row["date"] not in dates_in(passage.text):
            place = f"{quotes.article.text.path}:{passage.first_line}"
            reason = f"the passage at {place} does not give this date, or not as precisely; correct it, or quote the passage that does"
            problems.add(register.path, row.line, reason, row["date"])
        rows.append(event | {
            "source_id": ARTICLE, "updates": 0, "passage_id": passage.id, "quote": row["quote"], "dated_by": row.get("dated_by"),
        })  # fmt: skip
    return rows


def later_events(registers: Registers, problems: Problems) -> list[Event]:
    """The events of updates.csv, which the article does not have; each has records instead of a quote."""
    register = registers["updates"]
    rows = []
    for row in register:
        event = annotated(row, register, registers, problems)
        event["earliest_day"] = row.get("not_before") or event["earliest_day"]
        event["latest_day"] = event["counts_from"] = row.get("not_after") or event["latest_day"]
        rows.append(event | {"source_id": UPDATES, "updates": 1, "passage_id": None, "quote": None, "dated_by": None})
    return rows


def annotated(row: Row, register: Register, registers: Registers, problems: Problems) -> Event:
    """The columns that rows of events.csv and updates.csv share; the date must be as precise as date_precision says."""
    # registers.py has said what is no date
    given = PRECISION[len(row["date"])] if DATE.fullmatch(row["date"]) else None
    if given and given != row["date_precision"]:
        how = f"is given to the {given}" if row["date"] else "is empty"
        reason = f"date {how}, and date_precision is {row['date_precision']!r}; correct one of the two"
        problems.add(register.path, row.line, reason, row["date"])
    first_day = registers.first_day
    if given and row["kind"].startswith((RECOGNITION, WITHDRAWAL)) and (last_day(row["date"]) or first_day) < first_day:
        problems.add(
            register.path, row.line, f"nothing could be recognised before {first_day}; correct the date", row["date"]
        )
    claimant = claimant_name(row["claimant"], registers)
    if claimant is None:
        problems.add(register.path, row.line, NO_CLAIMANT, row["claimant"])
    return {
        "id": row["id"],
        "country_id": row.get("country"),
        "kind": row["kind"],
        **days(row["date"]),
        "date_precision": row["date_precision"],
        "other_date": None,
        "stronger_date": None,
        "claimant": claimant,
        "answers": row.get("answers"),
        "note": row.get("note"),
        "title": row.get("title"),
    }


def event_country_rows(registers: Registers) -> list[dict[str, Any]]:
    """Rows of table `event_countries`: the countries of a group of which an event without a country speaks."""
    return [
        {"event_id": row["event"], "country_id": row["country"], "answers": row.get("answers"), "note": row.get("note")}
        for row in registers["event_countries"]
    ]


def titled(event: Event, registers: Registers) -> str:
    """What happened, and when: its country and kind, or its own title."""
    about = registers.countries.get(event["country_id"] or "")
    subject = registers.countries[registers.subject["country"]]["name"]
    happened = event["title"] or {CONTACT: f"contact with {subject}"}.get(event["kind"], event["kind"])
    when = f", {said(event['date'])}" if event["date"] else ""
    return f"{about['name']}: {happened}{when}" if about else f"{happened}{when}"


def check_answers(events: list[Event], registers: Registers, problems: Problems) -> None:
    """Adds a problem for each answer to no event, to one that is later, or to one that answers it in turn."""
    if len(problems):
        return  # a row that is refused already may be the event
    by_id = {event["id"]: event for event in events}
    for name in ("events", "updates"):
        register = registers[name]
        for row in register:
            if not row["answers"]:
                continue
            answered, answer = by_id.get(row["answers"]), by_id[row["id"]]
            if answered is None:
                reason = "answers must be an id of events.csv, of updates.csv or of the article's tables"
            elif row["id"] in chain_of(answered, by_id):
                reason = "the event that it answers is itself, or answers it; name an earlier one"
            elif answered["earliest_day"] and answer["latest_day"] and answer["latest_day"] < answered["earliest_day"]:
                reason = f"it is earlier than the event that it answers ({answered['date']}); correct date or answers"
            else:
                continue
            problems.add(register.path, row.line, reason, row["answers"])


def chain_of(event: Event | None, by_id: dict[str, Event]) -> list[str]:
    """The event, what it answers, what that answers, and so on; where this goes round, up to where it closes."""
    found: list[str] = []
    while event and event["id"] not in found:
        found.append(event["id"])
        event = by_id.get(event["answers"] or "")
    return found


def answers_after(events: list[Event]) -> Iterator[Event]:
    """Yields the events in their order, but each answer after what it answers; one without a date stays at the end."""
    waiting: dict[str, list[Event]] = defaultdict(list)
    ids = {event["id"] for event in events}
    told: set[str] = set()

    def told_with_answers(event: Event) -> Iterator[Event]:
        told.add(event["id"])
        yield event
        for answer in waiting.pop(event["id"], ()):
            yield from told_with_answers(answer)

    for event in events:
        if event["answers"] in ids - told:
            waiting[event["answers"]].append(event)
        else:
            yield from told_with_answers(event)
    yield from (event for held in waiting.values() for event in held)  # answers in a circle, which are a problem


def claimant_name(claimant: str, registers: Registers) -> str | None:
    """The name of the country or organisation with this id, or the words for a claimant without a name; None if unknown."""
    owner = registers.countries.get(claimant) or registers.organisations.get(claimant)
    return owner["name"] if owner else WITHOUT_NAME.get(claimant)


def days(date: str) -> Event:
    """What a date, as precise as it is known, says: itself, the days that it can mean, and the day from which it counts."""
    latest = last_day(date)
    return {"date": date or None, "earliest_day": first_day(date), "latest_day": latest, "counts_from": latest}


def first_day(date: str) -> str | None:
    """The first day on which an event can have happened: the first of its year or month, or its day."""
    return f"{date}{'-01-01'[len(date) - 10 :] if len(date) < 10 else ''}" if date else None


def last_day(date: str) -> str | None:
    """The first day on which an event has certainly happened: the last day of its year or month, or its day."""
    if len(date) == 4:
        return f"{date}-12-31"
    if len(date) == 7 and date[5:].isdigit() and 1 <= int(date[5:]) <= 12:
        return f"{date}-{calendar.monthrange(int(date[:4]), int(date[5:]))[1]:02}"
    return date or None

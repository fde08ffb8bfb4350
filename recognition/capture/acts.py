"""Finds acts that the new capture's tables have and that stand in updates.csv too, and what leads to acts that are gone."""

from __future__ import annotations

from typing import NamedTuple

from recognition.build.events import event_id, first_day, last_day
from recognition.build.reading import Row
from recognition.build.records import MOST
from recognition.dates import said
from recognition.vocabulary import (
    RECOGNITION,
    RECOGNITION_CLAIMED,
    RECOGNITION_CONFIRMED,
    REPORTS,
    WITHDRAWAL,
    WITHDRAWAL_CLAIMS,
    WITHDRAWAL_REPORTED,
)

from .editions import Capture, register_of
from .plan import Edit, Plan, Question, csv_line
from .tables import Names

CLAIMS = {RECOGNITION: (RECOGNITION_CLAIMED, RECOGNITION_CONFIRMED), WITHDRAWAL: WITHDRAWAL_CLAIMS}
# Registers and their columns that name an event by its id.
NAMING = (
    ("event_records", "event"), ("event_countries", "event"), ("event_countries", "answers"), ("updates", "answers"),
    ("events", "answers"), ("events", "dated_by"),
)  # fmt: skip


class Act(NamedTuple):
    """A recognition or withdrawal that a row of the article's tables prints."""

    id: str
    country: str
    kind: str
    day: str


def printed_acts(capture: Capture, names: dict[tuple[str, int], str]) -> dict[str, Act]:
    """The acts of a capture's tables, by id; `names` are the countries of its rows, by list and ordinal."""
    found = {}
    for row in capture.article.recognitions:
        country = names.get((row.list, row.ordinal))
        for kind, day in ((RECOGNITION, row.recognised_on), (WITHDRAWAL, row.withdrawn_on)):
            if country and day:
                act = Act(event_id(country, day, kind), country, kind, day)
                found[act.id] = act
    return found


def hold_acts(old: Capture, new: Capture, names: Names, plan: Plan) -> None:
    """Adds what the acts of the new capture's tables change in updates.csv, and in the rows that name an act."""
    before = printed_acts(old, {(row.list, row.ordinal): country for country, (row, _) in old.restored().items()})
    now = printed_acts(new, names.by_place)
    for act in now.values():
        if act.id not in before:
            take_from_updates(act, new, plan)
            ask_for_documents(act, before, new, plan)
    by_country = {(act.country, act.kind): act for act in now.values()}
    for act in before.values():
        if act.id in now:
            continue
        again = by_country.get((act.country, act.kind))
        if again:
            plan.edits += renamed(act.id, again.id, new)
        else:
            ask_about(act, new, plan)


def ask_for_documents(act: Act, before: dict[str, Act], new: Capture, plan: Plan) -> None:
    """Adds the question on which documents a new act rests, where none is about it; those on claims of it may be meant."""
    gone = {edit.line for edit in plan.edits if edit.register == "updates" and edit.cells is None}
    taken = {row["id"] for row in new.registers["updates"] if row.line in gone and row["country"] == act.country}
    again = {other.id for other in before.values() if (other.country, other.kind) == (act.country, act.kind)}
    register = new.registers["event_records"]
    if {act.id, *taken, *again} & set(register.column("event")):
        return
    claims = {
        row["id"] for name in ("updates", "events") for row in new.registers[name]
        if row["country"] == act.country and row["kind"] in CLAIMS[act.kind]
    }  # fmt: skip
    documents = {row["record"]: row for row in register if row["event"] in claims}
    edits = tuple(
        Edit("event_records", 0, row.cells | {"event": act.id}, "what it says of a claim of the same")
        for row in [*documents.values()][:MOST]
    )
    title = new.registers.countries[act.country]["name"]
    text = f"No document is about {title}'s {act.kind} of {said(act.day)}, which the table has now."
    text += " Do these, on claims of it, bear it out?" if edits else " Which does bear it out?"
    paste = (
        f"records.csv: {csv_line('??????')}",
        f"event_records.csv: {csv_line([act.id, '?', '?', '?', act.day, '', ''])}",
    )
    plan.questions.append(Question(text, edits, () if edits else paste))


def take_from_updates(act: Act, new: Capture, plan: Plan) -> None:
    """The row of updates.csv that is the same act goes, and what names it names the article's; of another day it is asked."""
    title = new.registers.countries[act.country]["name"]
    for row in new.registers["updates"]:
        if row["country"] != act.country or row["kind"] != act.kind:
            continue
        if holds(row, act.day):
            why = f"{title}'s {act.kind} of {said(act.day)} is in the article's table now; here it would be told twice"
            plan.edits.append(Edit("updates", row.line, None, why))
            plan.edits += renamed(row["id"], act.id, new)
        else:
            text = (
                f"The article's table has {title}'s {act.kind} of {said(act.day)}, and updates.csv:{row.line} one of {said(row['date'])}. "
                "Are they one act, of which records give the other day?"
            )
            edits = [Edit("updates", row.line, None, "the same act with another day"), *renamed(row["id"], act.id, new)]
            plan.questions.append(Question(text, tuple(edits)))


def holds(row: Row, day: str) -> bool:
    """Whether the date of a row of updates.csv, as precise as it is, can be this day."""
    first, last = row["not_before"] or first_day(row["date"]), row["not_after"] or last_day(row["date"])
    return bool(first and last and first <= day <= last)


def renamed(former: str, id_: str, new: Capture) -> list[Edit]:
    """The edits of all rows that name an event whose id has changed."""
    if former == id_:
        return []
    return [
        Edit(register, row.line, {column: id_}, f"the act's id is {id_} now")
        for register, column in NAMING
        for row in register_of(new.registers, register)
        if row[column] == former
    ]


def ask_about(act: Act, new: Capture, plan: Plan) -> None:
    """Adds the question what becomes of an act that the tables no longer have, and on which documents or answers rest."""
    resting = [
        f"{new.registers[register].path.name}:{row.line}"
        for register, column in NAMING
        for row in register_of(new.registers, register)
        if row[column] == act.id
    ]
    title = new.registers.countries[act.country]["name"]
    claimed = act.kind == WITHDRAWAL
    cells = {
        "id": act.id, "country": act.country, "kind": WITHDRAWAL_REPORTED if claimed else act.kind, "date": act.day,
        "date_precision": "day", "claimant": REPORTS if claimed else act.country, "note": "The article listed it in an earlier capture",
    }  # fmt: skip
    text = f"The tables no longer have {title}'s {act.kind} of {said(act.day)}"
    text += f", on which these rows rest: {', '.join(resting)}. " if resting else ". "
    text += "Does it stay, as what records tell" + (", a withdrawal that was reported?" if claimed else "?")
    edit = Edit("updates", 0, cells, "an act that the article no longer has")
    plan.questions.append(Question(text, (edit,) if resting else ()))

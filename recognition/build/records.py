"""The documents outside the article on which facts rest, and what each says of an event."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from recognition.dates import said
from recognition.vocabulary import RECOGNITION, WITHDRAWAL

from .problems import Problems
from .reading import Row
from .registers import Registers

MOST = 3  # records of one event: more prove nothing more
WORDS_AT_MOST = 12  # of a record's own words; see docs/changing.md on what ground they stand here
UNUSED_AT_MOST = 20  # documents that are named one by one; more are what a register that was emptied leaves behind
COLUMNS = ("says", "day", "words", "translation")


def citation(row: Row) -> str:
    """A document in a line: 'Daily News, ‘Utopia withdraws’, 11 November 2019, https://…'; what is not known is left out."""
    title = row["title"] if row["title"].startswith("[") else f"‘{row['title']}’"
    day = said(row["published_on"]) if row["published_on"] else ""
    return ", ".join(part for part in (row["publisher"], title, day, row["url"]) if part)


def citations(registers: Registers) -> dict[str, str]:
    """The documents in a line each, by id."""
    return {row["id"]: citation(row) for row in registers["records"]}


def record_rows(registers: Registers, problems: Problems) -> list[dict[str, Any]]:
    """Rows of table `records`; one that nothing rests on is a problem."""
    register = registers["records"]
    used = {
        cell for one in registers.tables.values() if one.rows and "record" in one.rows[0].columns for cell in one.column("record")
    }  # fmt: skip
    unused = [row for row in register if row["id"] not in used and not len(problems)]  # else a refused row may name it
    if len(unused) > UNUSED_AT_MOST:
        problems.add(
            register.path, 0, f"nothing rests on {len(unused)} documents; restore the register that names them"
        )
        unused = []
    for row in unused:
        reason = "nothing rests on this document; name it in a register, or take it out"
        problems.add(register.path, row.line, reason, row["id"])
    return [
        {"id": row["id"], **{column: row.get(column) for column in ("publisher", "title", "published_on", "language", "url")},
         "citation": citation(row)}
        for row in register
    ]  # fmt: skip


def records_of_events(registers: Registers) -> dict[str, list[Row]]:
    """The rows of event_records.csv by event, the strongest first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in registers["event_records"]:
        found[row["event"]].append(row)
    return found


def cited(registers: Registers) -> Callable[[str], dict[str, str | None]]:
    """The columns `records` and `citation` of an event, by its id: the keys of its records, and these in words."""
    lines, rows = citations(registers), records_of_events(registers)

    def columns(event: str) -> dict[str, str | None]:
        keys = [row["record"] for row in rows.get(event, ()) if row["record"] in lines]
        return {"records": json.dumps(keys), "citation": " · ".join(lines[key] for key in keys) or None}

    return columns


def event_record_rows(registers: Registers) -> Iterator[dict[str, Any]]:
    """Yields the rows of table `event_records`."""
    for event, rows in records_of_events(registers).items():
        for position, row in enumerate(rows, 1):
            yield {
                "event_id": event, "record_id": row["record"], "position": position, "kind": row["kind"],
                **{column: row.get(column) for column in COLUMNS},
            }  # fmt: skip


def check_records(events: Iterable[dict[str, Any]], registers: Registers, problems: Problems) -> None:
    """Adds a problem for each event that rests on nothing or on too much, and for each row of an event that is not there.

    An event of the article's prose rests on its passage, and needs no record.
    """
    register = registers["event_records"]
    if len(problems):
        return  # a row that is refused already may be the event
    known = {event["id"] for event in events}
    rows = records_of_events(registers)
    for event, named in rows.items():
        if event not in known:
            problems.add(
                register.path,
                named[0].line,
                "event is not an id of events.csv, of updates.csv or of the tables; correct it, or delete the row",
                event,
            )
        elif len(named) > MOST:
            problems.add(
                register.path, named[MOST].line, f"event has more than {MOST} records; keep the strongest", event
            )
    for row in events:
        if row["id"] not in rows and (row["quote"] is None or row["kind"] in {RECOGNITION, WITHDRAWAL}):
            problems.add(register.path, 0, "no row is about this event; each needs a record", row["id"])

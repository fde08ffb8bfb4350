"""Turns events into statuses: for every rule and country, the intervals in which it has each status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from .registers import FIRST_DAY, Registers

START = "does not recognise"


def rule_rows(registers: Registers) -> list[dict]:
    """Rows of table `rules`."""
    return [
        {
            "id": row["id"],
            "position": position,
            "title": row["title"],
            "description": row["description"],
            "updates": int(row["updates"] == "yes"),
        }
        for position, row in enumerate(registers["rules"], 1)
    ]


def effect_rows(registers: Registers) -> list[dict]:
    """Rows of table `rule_effects`."""
    return [
        {
            "rule_id": row["rule"],
            "event_kind": row["event_kind"],
            "from_status": row["from_status"],
            "status": row["status"],
        }
        for row in registers["rule_effects"]
    ]


class Interval(NamedTuple):
    """A row of table `statuses`: `since` is the first day of a status, `until` that of the next, None for the last."""

    rule_id: str
    country_id: str
    status: str
    since: str
    until: str | None
    event_id: str | None


def resolve_statuses(events: list[dict], registers: Registers, *rules: str) -> Iterator[Interval]:
    """Rows of table `statuses`: intervals from the declaration of independence on, without gap or overlap.

    A territory has the intervals of the state that represents it; the subject has none.
    Without `rules` it is every rule. They come in the order of the table's key, in which they are written fastest.
    """
    effects = {(e["rule_id"], e["event_kind"], e["from_status"]): e["status"] for e in effect_rows(registers)}
    events_of: dict[str, list[dict]] = defaultdict(list)
    for event in events:
        if event["country_id"] and event["counts_from"]:
            events_of[event["country_id"]].append(event)
    countries = sorted(
        (row["id"], row["represented_by"] or row["id"]) for row in registers["countries"] if row["kind"] != "subject"
    )
    for rule in sorted(rule_rows(registers), key=itemgetter("id")):
        if rules and rule["id"] not in rules:
            continue
        for country, state in countries:
            chain = (event for event in events_of.get(state, ()) if rule["updates"] >= event["updates"])
            yield from intervals(rule["id"], country, chain, effects)


def intervals(
    rule: str, country: str, chain: Iterable[dict], effects: dict[tuple[str, str, str], str]
) -> Iterator[Interval]:
    """The intervals of one country under one rule, from its events in the order in which they count."""
    status, since, because_of = START, FIRST_DAY, None
    for event in chain:
        next_status, day = effects.get((rule, event["kind"], status)), event["counts_from"]
        if next_status is None:
            continue
        if since != day:  # otherwise it did not last a day
            yield Interval(rule, country, status, since, day, because_of)
        status, since, because_of = next_status, day, event["id"]
    yield Interval(rule, country, status, since, None, because_of)

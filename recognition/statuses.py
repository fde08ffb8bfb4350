"""Turns events into statuses: for every rule and country, the intervals in which it has each status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .events import FIRST_DAY
from .registers import Registers

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


def resolve_statuses(events: list[dict], registers: Registers, *rules: str) -> Iterator[dict]:
    """Rows of table `statuses`: intervals from the declaration of independence on, without gap or overlap.

    `since` is the first day of a status and `until` the first day of the next one, None for the last.
    A territory has the intervals of the state that represents it; the subject has none.
    Without `rules` it is every rule.
    """
    effects = {(e["rule_id"], e["event_kind"], e["from_status"]): e["status"] for e in effect_rows(registers)}
    events_of: dict[str, list[dict]] = defaultdict(list)
    for event in events:
        if event["country_id"] and event["counts_from"]:
            events_of[event["country_id"]].append(event)
    for rule in rule_rows(registers):
        if rules and rule["id"] not in rules:
            continue
        for country in registers["countries"]:
            if country["kind"] == "subject":
                continue
            events_of_it = events_of.get(country["represented_by"] or country["id"], ())
            chain = [event for event in events_of_it if rule["updates"] >= event["updates"]]
            yield from intervals(rule["id"], country["id"], chain, effects)


def intervals(rule: str, country: str, chain: list[dict], effects: dict[tuple[str, str, str], str]) -> list[dict]:
    """The intervals of one country under one rule, from its events in the order in which they count."""
    rows = [
        {"rule_id": rule, "country_id": country, "status": START, "since": FIRST_DAY, "until": None, "event_id": None}
    ]
    for event in chain:
        status = effects.get((rule, event["kind"], rows[-1]["status"]))
        if status is None:
            continue
        if rows[-1]["since"] == event["counts_from"]:
            rows.pop()  # a status that did not last a day
        else:
            rows[-1]["until"] = event["counts_from"]
        rows.append({
            "rule_id": rule, "country_id": country, "status": status,
            "since": event["counts_from"], "until": None, "event_id": event["id"],
        })  # fmt: skip
    return rows

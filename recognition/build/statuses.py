"""Turns events into statuses: for every rule and country, the intervals in which it has each status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from recognition.vocabulary import DOES_NOT_RECOGNISE, RECOGNITION, SUBJECT, WITHDRAWAL

from .events import claimant_name
from .problems import Problems
from .registers import Registers

# Rule, kind of event and status before; country and claimant, None for all others; to the status after.
Effects = dict[tuple[str, str, str], dict[tuple[str | None, str | None], str]]


def rule_rows(registers: Registers) -> list[dict[str, Any]]:
    """Returns the rows of table `rules`, in the order of the register."""
    return [
        {
            **row.cells, "position": position, "side": row.get("side"),
            **{column: int(row[column] == "yes") for column in ("updates", "on_line")},
        }
        for position, row in enumerate(registers["rules"], 1)
    ]  # fmt: skip


def effect_rows(registers: Registers) -> list[dict[str, Any]]:
    """Returns the rows of table `rule_effects`."""
    return [
        {
            "number": number, "rule_id": row["rule"], "country_id": row.get("country"),
            "claimant": claimant_name(row["claimant"], registers) if row["claimant"] else None,
            **{column: row.get(column) for column in ("event_kind", "from_status", "status", "note")},
        }
        for number, row in enumerate(registers["rule_effects"], 1)
    ]  # fmt: skip


class Interval(NamedTuple):
    """A row of table `statuses`: `since` is the first day of a status, `until` that of the next, None for the last."""

    rule_id: str
    country_id: str
    status: str
    since: str
    until: str | None
    event_id: str | None


def resolve_statuses(events: list[dict[str, Any]], registers: Registers, *rules: str) -> Iterator[Interval]:
    """Yields the rows of table `statuses`: intervals from the subject's first day on, without gap or overlap.

    A territory has the intervals of the state that represents it; the subject has none. Only the named `rules` are
    applied, or all of them where none is named. The rows come in the order of the table's key (rule, country, since),
    in which they are written fastest.
    """
    effects: Effects = defaultdict(dict)
    for row in effect_rows(registers):
        key = row["rule_id"], row["event_kind"], row["from_status"]
        effects[key][row["country_id"], row["claimant"]] = row["status"]
    events_of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if event["country_id"] and event["counts_from"]:
            events_of[event["country_id"]].append(event)
    for chain in events_of.values():
        chain.sort(key=itemgetter("counts_from"))  # an answer may count from an earlier day than what it answers
    countries = sorted(
        (row["id"], row["represented_by"] or row["id"]) for row in registers["countries"] if row["kind"] != SUBJECT
    )
    for rule in sorted(rule_rows(registers), key=itemgetter("id")):
        if rules and rule["id"] not in rules:
            continue
        for country, state in countries:
            counted = (event for event in events_of.get(state, ()) if rule["updates"] >= event["updates"])
            yield from intervals(rule["id"], country, registers.first_day, counted, effects)


def intervals(
    rule: str, country: str, first_day: str, chain: Iterable[dict[str, Any]], effects: Effects
) -> Iterator[Interval]:
    """Yields the intervals of one country under one rule; `chain` is its events by the ISO day from which they count."""
    status, since, because_of = str(DOES_NOT_RECOGNISE), first_day, None
    for event in chain:
        next_status, day = effect(effects, rule, event, status), event["counts_from"]
        if next_status in {None, status}:
            continue
        if since != day:  # otherwise it did not last a day
            yield Interval(rule, country, status, since, day, because_of)
        status, since, because_of = next_status, day, event["id"]
    yield Interval(rule, country, status, since, None, because_of)


def effect(effects: Effects, rule: str, event: dict[str, Any], status: str) -> str | None:
    """The status to which an event leads under a rule; None where no row says. Rows that name country or claimant come first."""
    found = effects.get((rule, event["kind"], status), {})
    country, claimant = event["country_id"], event["claimant"]
    keys = ((country, claimant), (country, None), (None, claimant), (None, None))
    return next((found[key] for key in keys if key in found), None)


def find_vain_updates(events: list[dict[str, Any]], registers: Registers, problems: Problems) -> None:
    """Adds a problem for each recognition or withdrawal of updates.csv that changes a status under no rule."""
    acts = [row for row in registers["updates"] if row["kind"] in {RECOGNITION, WITHDRAWAL}]
    if not acts or len(problems):
        return  # what contradicts a row that is refused already may be right
    changing = {interval.event_id for interval in resolve_statuses(events, registers)}
    for row in acts:
        if row["id"] not in changing:
            why = "it recognises already" if row["kind"] == RECOGNITION else "it does not recognise"
            why += " on that day, or it is no state; correct date or country, or delete the row"
            reason = f"{row['kind']} changes the country's status under no rule: {why}"
            problems.add(registers["updates"].path, row.line, reason, row["country"])

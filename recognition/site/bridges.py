"""From one number to another, state by state: a number that a rule counts on a day, or one that somebody printed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasette.app import Datasette

from recognition.vocabulary import RECOGNISES

from .counting import countries_to_count
from .database import Row, on_day, rows
from .tallies import with_reasons

COUNTED = f"""
select a.key, t.recognising, t.members from json_each(:asked) a
join tally_history t on t.rule_id = json_extract(a.value, '$[0]') and t.organisation_id = json_extract(a.value, '$[2]')
     and {on_day("t", "json_extract(a.value, '$[1]')")}
"""
PRINTED = """
select x.count_id, x.rule_id, x.counted_on, x.organisation_id, x.published, p.total, x.unexplained
from count_explanations x join published_counts p on p.id = x.count_id
where x.count_id in (select value from json_each(:counts)) and x.counted_on is not null
"""
# Of each side, a rule on a day in a group, its members with their statuses.
STATUSES = """
select a.key as side, m.country_id, m.status, m.event_id from json_each(:sides) a
join member_statuses m on m.rule_id = json_extract(a.value, '$[0]') and m.organisation_id = json_extract(a.value, '$[2]')
     and m.since <= json_extract(a.value, '$[1]') and json_extract(a.value, '$[1]') < m.until
"""
Statuses = dict[str, Row]


@dataclass(frozen=True)
class Side:
    """One end of a bridge: what a rule counts on an ISO day among the members of an organisation, and what is told of it.

    `number` is what the rule counts or, of a published count, what was printed. `unexplained` is the printed number less
    the counted one, 0 where the rule explains it. `members` is how many are counted or were printed with it, or None.
    `count` is the key of the published count, None for a rule.
    """

    rule: str
    day: str
    organisation: str
    number: int
    members: int | None
    unexplained: int = 0
    count: str | None = None


async def counted_side(datasette: Datasette, rule: str, day: str, organisation: str) -> Side | None:
    """What a rule counts of an organisation on an ISO day; None where it has no members then."""
    return next(iter(await counted_sides(datasette, [(rule, day, organisation)])), None)


async def counted_sides(datasette: Datasette, asked: Sequence[tuple[str, str, str]]) -> list[Side]:
    """What rules count on ISO days of organisations, in the order asked for; those without members are left out."""
    found = await rows(datasette, COUNTED, asked=json.dumps(asked))
    return [
        Side(*asked[row["key"]], row["recognising"], row["members"])
        for row in sorted(found, key=lambda row: int(row["key"]))
    ]


async def printed_side(datasette: Datasette, count: str) -> Side | None:
    """A published count, under the rule and on the day by which it is explained; None where there is no such count with a day."""
    return (await printed_sides(datasette, [count])).get(count)


async def printed_sides(datasette: Datasette, counts: Sequence[str]) -> dict[str, Side]:
    """Published counts by their keys, as `printed_side` has one."""
    found = await rows(datasette, PRINTED, counts=json.dumps(counts))
    return {
        row["count_id"]: Side(
            row["rule_id"], row["counted_on"], row["organisation_id"], row["published"], row["total"],
            row["unexplained"], row["count_id"],
        )
        for row in found
    }  # fmt: skip


async def statuses_of(datasette: Datasette, sides: Sequence[Side]) -> list[Statuses]:
    """For each side, its members by id of the country: rows with status and event_id."""
    asked = json.dumps([(side.rule, side.day, side.organisation) for side in sides])
    found: list[Statuses] = [{} for _ in sides]
    for row in await rows(datasette, STATUSES, sides=asked):
        found[row["side"]][row["country_id"]] = row
    return found


async def states_between(datasette: Datasette, first: Side, second: Side) -> Sequence[Row]:
    """The states that lead from one side to the other, those that are added first, then by name.

    Each row has country, name, step (1 or -1), status_a and status_b (None: no member of that group then), event_a and
    event_b, and `reasons`, the events behind both statuses. What is left of the difference of the two numbers is the
    second's `unexplained` less the first's.
    """
    before, after = await statuses_of(datasette, [first, second])
    return await with_reasons(datasette, steps(before, after, await countries_to_count(datasette)))


def steps(before: Statuses, after: Statuses, countries: Mapping[str, Row]) -> list[Row]:
    """The states of `states_between`, without their reasons; `countries` are all of them by id, in alphabetical order."""
    nobody: Row = {"status": None, "event_id": None}
    found = []
    for country, about in countries.items():
        one, other = before.get(country, nobody), after.get(country, nobody)
        if (one["status"] == RECOGNISES) != (other["status"] == RECOGNISES):
            found.append({
                "country": country, "name": about["title"], "step": 1 if other["status"] == RECOGNISES else -1,
                "status_a": one["status"], "status_b": other["status"],
                "event_a": one["event_id"], "event_b": other["event_id"],
            })  # fmt: skip
    return sorted(found, key=lambda state: -state["step"])

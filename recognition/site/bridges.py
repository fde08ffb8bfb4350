"""From one number to another, state by state: a number that a rule counts on a day, or one that somebody printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasette.app import Datasette

from recognition.vocabulary import RECOGNISES

from .database import Row, on_day, rows
from .tallies import with_reasons

COUNTED = f"""
select t.rule_id as rule, t.organisation_id as organisation, t.recognising, t.members from tally_history t
where t.rule_id = :rule and t.organisation_id = :organisation and {on_day("t", ":day")}
"""
PRINTED = """
select x.rule_id as rule, x.organisation_id as organisation, x.counted_on as day, x.published, x.unexplained, p.total
from count_explanations x join published_counts p on p.id = x.count_id
where x.count_id = :count and x.counted_on is not null
"""
# Who recognises on one of two sides, each a rule on a day in a group; a status is null where it is no member there.
STATES = """
with counted as (
    select country_id, status, event_id,
           organisation_id = :organisation_a and rule_id = :rule_a and since <= :day_a and :day_a < until as first,
           organisation_id = :organisation_b and rule_id = :rule_b and since <= :day_b and :day_b < until as second
    from member_statuses
    where organisation_id in (:organisation_a, :organisation_b) and rule_id in (:rule_a, :rule_b))
select c.id as country, c.name, iif(s.status_b = :recognises, 1, -1) as step, s.status_a, s.status_b, s.event_a, s.event_b
from countries c join (
    select country_id, max(iif(first, status, null)) as status_a, max(iif(second, status, null)) as status_b,
           max(iif(first, event_id, null)) as event_a, max(iif(second, event_id, null)) as event_b
    from counted where first or second group by country_id) s on s.country_id = c.id
where (coalesce(s.status_a, '') = :recognises) <> (coalesce(s.status_b, '') = :recognises) order by step desc, c.sort_name
"""


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
    found = await rows(datasette, COUNTED, rule=rule, day=day, organisation=organisation)
    return Side(rule, day, organisation, found[0]["recognising"], found[0]["members"]) if found else None


async def printed_side(datasette: Datasette, count: str) -> Side | None:
    """A published count, under the rule and on the day by which it is explained; None where there is no such count with a day."""
    found = await rows(datasette, PRINTED, count=count)
    if not found:
        return None
    one = found[0]
    return Side(one["rule"], one["day"], one["organisation"], one["published"], one["total"], one["unexplained"], count)


async def states_between(datasette: Datasette, first: Side, second: Side) -> Sequence[Row]:
    """The states that lead from one side to the other, those that are added first, then by name.

    Each row has country, name, step (1 or -1), status_a and status_b (None: no member of that group then), event_a and
    event_b, and `reasons`, the events behind both statuses. What is left of the difference of the two numbers is the
    second's `unexplained` less the first's.
    """
    sides = {
        f"{column}_{end}": getattr(side, column)
        for end, side in (("a", first), ("b", second))
        for column in ("rule", "day", "organisation")
    }
    return await with_reasons(datasette, await rows(datasette, STATES, **sides, recognises=RECOGNISES))

"""From one number to another, state by state: a number that a rule counts on a day, or one that somebody printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasette.app import Datasette

from recognition.vocabulary import RECOGNISES

from .counting import countries_to_count
from .database import Row, kept, on_day, rows
from .tallies import counted_on, with_reasons

PRINTED = f"""
select x.count_id, x.rule_id, x.counted_on, x.organisation_id, x.published, p.total, x.unexplained, iif(p.by_accident, 'accident', x.basis) as basis,
       coalesce(p.not_recognising <> t.withdrawn + t.not_recognising or p.unclear <> t.contested, 0) as besides
from count_explanations x join published_counts p on p.id = x.count_id
join tally_history t on t.rule_id = x.rule_id and t.organisation_id = x.organisation_id and {on_day("t", "x.counted_on")}
"""
STATUSES = """
select country_id, status, event_id, since, until from member_statuses where rule_id = :rule and organisation_id = :organisation
"""
Statuses = dict[str, Row]


@dataclass(frozen=True)
class Side:
    """One end of a bridge: what a rule counts on an ISO day among the members of an organisation, and what is told of it.

    `number` is what the rule counts or, of a published count, what was printed. `unexplained` is the printed number less
    the counted one, 0 where the rule explains it. `members` is how many are counted or were printed with it, or None.
    `count` is the key of the published count, None for a rule. Its `basis` is 'follows', where records show that its
    publisher counts by the rule, or 'nearest', or 'accident',
    where they show that he counted otherwise; `besides` says whether other numbers that were given with it are not the
    rule's.
    """

    rule: str
    day: str
    organisation: str
    number: int
    members: int | None
    unexplained: int = 0
    count: str | None = None
    basis: str | None = None
    besides: bool = False


async def counted_side(datasette: Datasette, rule: str, day: str, organisation: str) -> Side | None:
    """What a rule counts of an organisation on an ISO day; None where it has no members then."""
    return next(iter(await counted_sides(datasette, [(rule, day, organisation)])), None)


async def counted_sides(datasette: Datasette, asked: Sequence[tuple[str, str, str]]) -> list[Side]:
    """What rules count on ISO days of organisations, in the order asked for; those without members are left out."""
    found = []
    for rule, day, organisation in asked:
        if step := await counted_on(datasette, rule, organisation, day):
            found.append(Side(rule, day, organisation, step["recognising"], step["members"]))
    return found


async def printed_side(datasette: Datasette, count: str) -> Side | None:
    """A published count, under the rule and on the day by which it is explained; None where there is no such count with a day."""
    return (await printed_sides(datasette)).get(count)


async def printed_sides(datasette: Datasette) -> dict[str, Side]:
    """All published counts with a day by their keys, as `printed_side` has one, read once for an edition."""

    async def read() -> dict[str, Side]:
        return {
            row["count_id"]: Side(
                row["rule_id"], row["counted_on"], row["organisation_id"], row["published"], row["total"],
                row["unexplained"], row["count_id"], row["basis"], bool(row["besides"]),
            )
            for row in await rows(datasette, PRINTED)
        }  # fmt: skip

    return await kept(datasette, "printed sides", read)


async def statuses_of(datasette: Datasette, side: Side) -> Statuses:
    """The members of a side by id of the country: rows with status and event_id."""
    return await members_on(datasette, side.rule, side.day, side.organisation)


async def members_on(datasette: Datasette, rule: str, day: str, organisation: str) -> Statuses:
    """The members of an organisation on an ISO day by id of the country: rows with their status under a rule and event_id."""

    async def read() -> list[Row]:
        return await rows(datasette, STATUSES, rule=rule, organisation=organisation)

    intervals = await kept(datasette, (rule, organisation), read, shelf="statuses of members")
    return {row["country_id"]: row for row in intervals if (row["since"] or "") <= day < row["until"]}


async def states_between(datasette: Datasette, first: Side, second: Side) -> Sequence[Row]:
    """The states that lead from one side to the other, those that are added first, then by name.

    Each row has country, name, step (1 or -1), status_a and status_b (None: no member of that group then), event_a and
    event_b, and `reasons`, the events behind both statuses. What is left of the difference of the two numbers is the
    second's `unexplained` less the first's.
    """
    before, after = await statuses_of(datasette, first), await statuses_of(datasette, second)
    return await with_reasons(datasette, steps(before, after, await countries_to_count(datasette)))


def steps(before: Statuses, after: Statuses, countries: Mapping[str, Row]) -> list[Row]:
    """The states of `states_between`, without their reasons; `countries` are all of them by id, in alphabetical order."""
    nobody: Row = {"status": None, "event_id": None}
    one, other = recognising(before), recognising(after)
    differ = one ^ other
    found = []
    for country in (country for country in countries if country in differ):
        first, second = before.get(country, nobody), after.get(country, nobody)
        found.append({
            "country": country, "name": countries[country]["title"], "step": 1 if country in other else -1,
            "status_a": first["status"], "status_b": second["status"],
            "event_a": first["event_id"], "event_b": second["event_id"],
        })  # fmt: skip
    return sorted(found, key=lambda state: -state["step"])


def recognising(statuses: Statuses) -> set[str]:
    """The ids of the countries that recognise."""
    return {country for country, row in statuses.items() if row["status"] == RECOGNISES}

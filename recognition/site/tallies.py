"""Tallies of a day, how one moved under a rule, and the events that explain a difference: what several pages show."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from operator import itemgetter

from datasette.app import Datasette
from datasette.utils.asgi import NotFound

from recognition.vocabulary import ALL_STATES, GROUP, REGION, UN, UN_MEMBER

from .database import Row, grouped, kept, rows

# Each step of each tally; the same table is behind the view `tallies`.
STEPS = """
select rule_id, organisation_id, since, until, members, recognising, withdrawn, contested, not_recognising,
       round(1.0 * recognising / members, 4) as share
from tally_history order by rule_id, organisation_id, since
"""
ORGANISATIONS = """
select o.id as organisation, o.name, o.name_in_sentence, o.kind, o.heading as heading_id, h.title as heading, h.position, o.note, o.in_article
from organisations o join headings h on h.id = o.heading order by o.number
"""
WORDS = (
    "name_in_sentence",
    "heading_id",
    "heading",
    "position",
    "note",
    "in_article",
)  # what pages say of an organisation, and data leave out
ONLY_FOR_PAGES = (*WORDS, "kind", "stated")  # what pages know of a tally, and lists of data leave out
# What was said about the members of an organisation until a day, besides that they recognised.
CLAIMS = """
select e.country_id as country, e.id, e.kind, e.date, e.claimant, e.quote, e.passage_id, e.records, e.citation, e.note
from events e join memberships m on m.country_id = e.country_id and m.organisation_id = :organisation
join event_kinds k on k.kind = e.kind and k.claim = 1 where e.counts_from <= :as_of or e.date is null
order by e.country_id, e.position
"""
HISTORY = """
select since, until, members, recognising, withdrawn, contested, not_recognising from tally_history
where organisation_id = :organisation and rule_id = :rule and since <= :as_of order by since
"""
EVENTS = """
select id, kind, date, claimant, quote, passage_id, records, citation, note from events order by position
"""


NUMBERS = ("members", "recognising", "withdrawn", "contested", "not_recognising")
NOBODY = {**dict.fromkeys(NUMBERS, 0), "share": None}
# The steps of tallies by rule and organisation, in the order of their days.
Histories = dict[tuple[str, str], list[Row]]


async def histories(datasette: Datasette) -> Histories:
    """All tallies of all days: rows of STEPS, which nobody changes."""

    async def read() -> Histories:
        found: Histories = {}
        for row in await rows(datasette, STEPS):
            found.setdefault((row["rule_id"], row["organisation_id"]), []).append(row)
        return found

    return await kept(datasette, "histories of tallies", read)


def step_on(steps: Sequence[Row], day: str) -> Row | None:
    """The step of a tally that holds on an ISO day; None where nobody is a member then."""
    place = bisect_right(steps, day, key=itemgetter("since"))
    step = steps[place - 1] if place else None
    return None if step is None or (step["until"] and step["until"] <= day) else step


async def counted_on(datasette: Datasette, rule: str, organisation: str, day: str) -> Row | None:
    """What a rule counts of an organisation on an ISO day: a row of STEPS; None where it has no members then."""
    return step_on((await histories(datasette)).get((rule, organisation), ()), day)


async def tallies_on(datasette: Datasette, rule: str, day: str) -> list[Row]:
    """The tally of each organisation that has members on an ISO day, under a rule.

    Rows have organisation (its id), name, name_in_sentence, kind, heading_id, heading, position (of the heading), note,
    in_article (1 or 0), the numbers of members, by status, and the share that recognises.
    """
    organisations, steps = await organisations_told(datasette), await histories(datasette)
    held = ((row, step_on(steps.get((rule, row["organisation"]), ()), day)) for row in organisations)
    return [{**row, **{name: step[name] for name in NOBODY}} for row, step in held if step]


async def without_members(datasette: Datasette, rule: str, day: str) -> list[Row]:
    """Organisations without members on the ISO day that have some on another, as rows of `tallies_on` that count nobody.

    Each has `first_members` too, the ISO day from which on it has members.
    """
    steps = await histories(datasette)
    return [
        {**row, "first_members": had[0]["since"], **NOBODY}
        for row in await organisations_told(datasette)
        if (had := steps.get((rule, row["organisation"]))) and not step_on(had, day)
    ]


async def organisations_told(datasette: Datasette) -> list[Row]:
    """What pages say of each organisation: rows of ORGANISATIONS, which nobody changes."""
    return await kept(datasette, "organisations told", partial(rows, datasette, ORGANISATIONS))


def by_heading(tallies: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows with `heading` and `position`, such as those of `tallies_on`, in groups: (heading, its rows), in the headings' order."""
    groups = grouped(sorted(tallies, key=lambda row: row["position"]), "heading")  # whose order stays inside of a group
    return list(groups.items())


def tally_of(organisation: str, tallies: list[Row]) -> Row:
    """The tally of one organisation; NotFound where it has none."""
    found = {tally["organisation"]: tally for tally in tallies}
    if organisation not in found:
        raise NotFound(f"No tally for {organisation!r}. Organisations with members are at /tallies.")
    return found[organisation]


async def with_reasons(datasette: Datasette, states: Sequence[Row]) -> Sequence[Row]:
    """States that make a difference, each with `reasons`: the events named by `event_a` and `event_b`, by their dates."""

    async def read() -> dict[str, tuple[int, Row]]:
        return {event["id"]: (place, event) for place, event in enumerate(await rows(datasette, EVENTS))}

    events = await kept(datasette, "events as reasons", read)
    for state in states:
        named = {state[key] for key in ("event_a", "event_b") if state[key]}
        state["reasons"] = [{**event} for _, event in sorted((events[id_] for id_ in named), key=itemgetter(0))]
    return states


def members_of(tally: Row) -> str:
    """Who is counted in a row of `tallies_on`, for a sentence: 'UN members', 'members of the European Union', 'UN members in Africa'."""
    if tally["organisation"] == UN:
        return f"{UN_MEMBER}s"
    if tally["kind"] == GROUP:
        return f"states in the group ‘{tally['name']}’"
    if tally["kind"] == REGION:
        return f"{UN_MEMBER}s in {tally['name_in_sentence']}"
    return f"members of {tally['name_in_sentence']}"


def number_of_members(number: int, tally: Row) -> str:
    """'12 members of the European Union', '1 UN member in Africa', 'no state' for none of all states."""
    who = "states" if tally["organisation"] == ALL_STATES else members_of(tally)
    one = re.sub(r"(member|state)s", r"\1", who, count=1)
    return f"{number or 'no'} {who if number > 1 else one}"

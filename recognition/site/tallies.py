"""Tallies of a day, how one moved under a rule, and the events that explain a difference: what several pages show."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from datasette.app import Datasette
from datasette.utils.asgi import NotFound

from recognition.vocabulary import ALL_STATES, GROUP, REGION, UN, UN_MEMBER

from .database import Row, grouped, on_day, rows

# The tally of a day is one row of tally_history; the same table is behind the view `tallies`.
TALLIES = f"""
select o.id as organisation, o.name, o.name_in_sentence, o.kind, o.heading as heading_id, h.title as heading, h.position, o.note,
       t.members, t.recognising, t.withdrawn, t.contested, t.not_recognising,
       round(1.0 * t.recognising / t.members, 4) as share
from tally_history t join organisations o on o.id = t.organisation_id join headings h on h.id = o.heading
where t.rule_id = :rule and {on_day("t")} order by o.number
"""
# Organisations that have members later, or had some: the day from which on they had any.
WITHOUT_MEMBERS = f"""
select o.id as organisation, o.name, o.name_in_sentence, o.kind, o.heading as heading_id, h.title as heading, h.position, o.note,
       min(t.since) as first_members
from organisations o join tally_history t on t.rule_id = :rule and t.organisation_id = o.id join headings h on h.id = o.heading
where o.id not in (select organisation_id from tally_history t where rule_id = :rule and {on_day("t")})
group by o.id order by o.number
"""
WORDS = (
    "name_in_sentence",
    "heading_id",
    "heading",
    "position",
    "note",
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
select id, kind, date, claimant, quote, passage_id, records, citation, note from events
where id in (select value from json_each(:ids)) order by position
"""


NOBODY = {"members": 0, "recognising": 0, "withdrawn": 0, "contested": 0, "not_recognising": 0, "share": None}


async def without_members(datasette: Datasette, rule: str, as_of: str) -> list[Row]:
    """Organisations without members on the ISO day that have some on another, as rows of TALLIES that count nobody.

    Each has `first_members` too, the ISO day from which on it has members.
    """
    found = await rows(datasette, WITHOUT_MEMBERS, rule=rule, as_of=as_of)
    return [{**row, **NOBODY} for row in found]


def by_heading(tallies: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows with `heading` and `position`, such as those of TALLIES, in groups: (heading, its rows), in the headings' order."""
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
    ids = json.dumps([state[key] for state in states for key in ("event_a", "event_b") if state[key]])
    events = await rows(datasette, EVENTS, ids=ids)
    for state in states:
        state["reasons"] = [event for event in events if event["id"] in (state["event_a"], state["event_b"])]
    return states


def members_of(tally: Row) -> str:
    """Who is counted in a row of TALLIES, for a sentence: 'UN members', 'members of the European Union', 'UN members in Africa'."""
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

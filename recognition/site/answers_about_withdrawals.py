"""The answer to who withdrew: who counts as having withdrawn, and of whom else somebody said so."""

from __future__ import annotations

import json

from recognition.dates import said
from recognition.sentences import capitalised
from recognition.vocabulary import ALL_STATES, CONTESTED, STANCE_UNCLEAR, WITHDRAWAL, WITHDRAWAL_CLAIMS, WITHDREW

from .answer_card import FEW, Answering, Card, Part, State
from .answers_in_numbers import not_known, tally_asked, to_come
from .database import Row, grouped, on_day
from .tallies import number_of_members
from .times_asked import Time, is_day, time_of

# How the members of an organisation stand, and whether that is because somebody called the stance unclear.
STANDING = f"""
select c.id, c.name, s.status, s.since, coalesce(e.kind, '') = :unclear as is_unclear
from memberships m join countries c on c.id = m.country_id
join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")} left join events e on e.id = s.event_id
where m.organisation_id = :organisation and {on_day("m")} order by c.sort_name
"""
# Who said of which state that it withdrew, on a date wholly in the time from :start to before :end: what it said itself comes
# first, then what somebody said who is named, the earliest, from its exact day.
SAID_SO = f"""
select c.id, c.name, s.date, coalesce(w.name_in_sentence, s.claimant) as claimant
from claims s join countries c on c.id = s.country_id
join memberships m on m.country_id = c.id and m.organisation_id = :organisation and {on_day("m")}
left join countries w on w.name = s.claimant
where s.kind in (select value from json_each(:kinds)) and s.date is not null
  and s.not_before >= :start and s.counts_from < :end and s.counts_from <= :as_of
order by c.sort_name, s.by_itself desc, s.named desc, substr(s.date, 1, 4), length(s.date) desc, s.not_before, s.position
"""


def is_of_a_day(places: dict[str, str]) -> bool:
    """Whether a question about withdrawals names one day: then it asks who had withdrawn by it, and not who did on it."""
    return is_day(places.get("period", "")) and "period2" not in places


async def who_withdrew(a: Answering) -> Card | None:
    """Who counts as having withdrawn, of all states or of a group, in a time that is named or until the day."""
    organisation = a.places.get("group", ALL_STATES)
    tally, time = await tally_asked(a, organisation), Time() if is_of_a_day(a.places) else time_of(a.places)
    if tally is None:
        return None
    if time.start > a.ask.today:
        return await to_come(a, time)
    members = await a.rows(STANDING, organisation=organisation, unclear=STANCE_UNCLEAR)
    found, contested = (
        [row for row in members if row["status"] == status and time.start <= row["since"] < time.end]
        for status in (WITHDREW, CONTESTED)
    )
    counted = {row["id"] for row in members if row["status"] == WITHDREW and row["since"] < time.end}
    told = await said_so(a, organisation, time, counted | {row["id"] for row in contested})
    if time.start > a.ask.known_until and not (found or contested or told):
        return await not_known(a, f"whether a state withdrew its recognition of {a.subject}{time.words}")
    parts = [a.few(counts(a, tally, time, found), found, "since")]
    more = " more" if found else ""
    by_claim = grouped(contested, "is_unclear")
    for is_unclear, says in ((0, "says so, and the rule leaves open who is right"), (1, "calls the stance unclear")):
        if states := by_claim.get(is_unclear):
            parts.append(a.few(f"Of {len(states)}{more} somebody {says}", states, "since"))
            more = " more"
    if told:
        parts.append(claimed(a, f"Of {len(told)}{more}", time, told))
    if number := len(found) + len(contested) + len(told):
        whose = "its dossier" if number == 1 else "the dossier of each"
        parts.append(Part(f"Who says so, and who disputes it, is in {whose}."))
    query = [("Withdrawals and claims", "/recognition/withdrawals")]
    return await a.card(parts, *query, ("Timeline", "/timeline?kind=withdrawal"), ("List", "/list"))


def counts(a: Answering, tally: Row, time: Time, found: list[Row]) -> str:
    """How many count as having withdrawn in a time; on a day of the past, how many counted so on that day."""
    number = number_of_members(len(found), tally)
    verb = a.verb("count", is_one=len(found) < 2)
    of = f"{'its' if len(found) < 2 else 'their'} recognition of {a.subject}"
    if not found and time.words and time.last_day(a.ask.as_of) > a.ask.known_until:
        until = f"records were looked through until {said(a.ask.known_until)}"
        return capitalised(f"{number} is known to have withdrawn {of}{time.words}; {until}")
    if time.words and a.day:
        return f"{capitalised(a.day.strip())}, {number} {verb} as having withdrawn {of}{time.words}"
    return capitalised(f"{number} {verb} as having withdrawn {of}{time.words or a.day}")


async def said_so(a: Answering, organisation: str, time: Time, without: set[str]) -> list[Row]:
    """For each member of an organisation the claim in a time that SAID_SO has first: id, name, date, claimant.

    Those `without` which are told otherwise are left out.
    """
    kinds = json.dumps([WITHDRAWAL, *WITHDRAWAL_CLAIMS])
    found = await a.rows(SAID_SO, organisation=organisation, kinds=kinds, start=time.start, end=time.end)
    first: dict[str, Row] = {}
    for claim in found:
        first.setdefault(claim["id"], claim)
    return [claim for claim in first.values() if claim["id"] not in without]


def claimed(a: Answering, of: str, time: Time, told: list[Row]) -> Part:
    """The sentence on those of whom somebody said so, with who it was and when where they are few."""
    text = f"{of} somebody {'said' if a.is_today else 'had said'} so{' in that time' if time.words else ''}"
    if len(told) > FEW:
        return Part(f"{text}.")
    named = (
        State(
            claim["name"],
            a.address(f"/recognition/countries/{claim['id']}"),
            f"{claim['claimant']}, {said(claim['date'])}",
        )
        for claim in told
    )
    return Part(f"{text}: ", tuple(named), ".")

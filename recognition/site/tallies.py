"""Tallies under a named rule as of any date, two rules compared, and published counts held against what is counted."""

import csv
import datetime
import io
import json
import re
from dataclasses import dataclass

from datasette.utils.asgi import BadRequest, NotFound, Response

DATABASE = "recognition"
FIRST_DAY = "2008-02-17"
FORMATS = ("json", "csv")
DEFAULT_RULE = "article"
STATUSES = ("recognises", "contested", "withdrew", "does not recognise")

RULES = "select id, title, description from rules order by position"
# The tally of a day is one row of tally_history; the same table is behind the view `tallies`.
TALLIES = """
select o.id as organisation, o.name, t.members, t.recognising, t.withdrawn, t.contested, t.not_recognising,
       round(1.0 * t.recognising / t.members, 4) as share, s.recognising as stated_recognising, s.total as stated_members,
       s.passage_id as stated_passage, s.quote as stated_quote
from tally_history t join organisations o on o.id = t.organisation_id
left join (select c.organisation_id, c.recognising, c.total, c.passage_id, c.quote, max(p.first_line) as line
           from published_counts c join passages p on p.id = c.passage_id group by c.organisation_id) s on s.organisation_id = o.id
where t.rule_id = :rule and t.since <= :as_of and (t.until > :as_of or t.until is null)
order by o.number
"""
MEMBERS = """
select c.id as country, c.name, s.status, s.since, m.marker, s.event_id, e.passage_id, e.quote, e.citation, e.other_date,
       c.position, p.passage_id as position_passage, f.first_line as line, g.first_line as position_line
from memberships m join countries c on c.id = m.country_id
join statuses s on s.country_id = c.id and s.rule_id = :rule and s.since <= :as_of and (s.until > :as_of or s.until is null)
left join events e on e.id = s.event_id
left join positions p on p.country_id = c.id
left join passages f on f.id = e.passage_id left join passages g on g.id = p.passage_id
where m.organisation_id = :organisation
  and (m.since <= :as_of or m.since is null) and (m.until > :as_of or m.until is null)
order by c.name
"""
CLAIMS = """
select e.country_id as country, e.id, e.kind, e.date, e.claimant, e.quote, e.passage_id, p.first_line as line, e.citation, e.note
from events e join memberships m on m.country_id = e.country_id and m.organisation_id = :organisation
left join passages p on p.id = e.passage_id
where e.kind not in ('recognition', 'position', 'contact', 'recognition retold') and (e.counts_from <= :as_of or e.date is null)
order by e.country_id, e.counts_from is null, e.counts_from, p.first_line
"""
HISTORY = """
select since, until, members, recognising, withdrawn, contested, not_recognising from tally_history
where organisation_id = :organisation and rule_id = :rule and since <= :as_of order by since
"""
CHANGES = """
select s.since as day, c.name, s.status from statuses s join countries c on c.id = s.country_id
join memberships m on m.country_id = c.id and m.organisation_id = :organisation
  and (m.since <= s.since or m.since is null) and (m.until > s.since or m.until is null)
where s.rule_id = :rule and s.event_id is not null
union all
select m.since, c.name, 'joined' from memberships m join countries c on c.id = m.country_id
where m.organisation_id = :organisation and m.since > :first_day
union all
select m.until, c.name, 'left' from memberships m join countries c on c.id = m.country_id
where m.organisation_id = :organisation and m.until is not null
order by 1, 2
"""
DIFFERENCES = """
select c.id as country, c.name, (a.status = 'recognises') - (b.status = 'recognises') as step,
       a.status as status_a, b.status as status_b, a.event_id as event_a, b.event_id as event_b
from memberships m join countries c on c.id = m.country_id
join statuses a on a.country_id = c.id and a.rule_id = :a and a.since <= :as_of and (a.until > :as_of or a.until is null)
join statuses b on b.country_id = c.id and b.rule_id = :b and b.since <= :as_of and (b.until > :as_of or b.until is null)
where m.organisation_id = :organisation
  and (m.since <= :as_of or m.since is null) and (m.until > :as_of or m.until is null) and step <> 0
order by step desc, c.name
"""
COUNTS = """
select p.*, a.first_line as line, o.name as organisation
from published_counts p join organisations o on o.id = p.organisation_id left join passages a on a.id = p.passage_id
order by p.counted_on desc, p.source_id = 'article', o.number, p.id
"""
LEDGER = """
select l.count_id, l.rule_id, r.title, l.counted, l.difference, l.counted_members
from count_ledger l join rules r on r.id = l.rule_id where l.count_id = :count or :count is null order by r.position
"""
LEDGER_STATES = """
select c.id as country, c.name, s.step, s.status as status_a, s.other_status as status_b,
       s.event_id as event_a, s.other_event_id as event_b
from ledger_states s join countries c on c.id = s.country_id
where s.count_id = :count and s.rule_id = :rule and s.other_rule_id = :other order by s.step desc, c.name
"""
EVENTS = """
select e.id, e.kind, e.date, e.claimant, e.quote, e.passage_id, p.first_line as line, e.citation, e.note
from events e left join passages p on p.id = e.passage_id
where e.id in (select value from json_each(:ids)) order by e.counts_from
"""


@dataclass(frozen=True)
class Asked:
    """Which rule and day a reader asks for; `notes` says what was changed about the question."""

    rule: str
    as_of: str
    notes: tuple[str, ...]


class Tallies:
    """The questions that the pages ask of the database; each method runs the SQL above that bears its name."""

    def __init__(self, datasette):
        self.datasette = datasette
        self.db = datasette.get_database(DATABASE)

    async def rows(self, sql, **parameters):
        """The rows as dicts. The time limit is for strangers' SQL: a busy machine must not fail a page of ours."""
        return await self.db.execute_fn(lambda connection: [dict(row) for row in connection.execute(sql, parameters)])

    async def rules(self):
        return {row["id"]: row for row in await self.rows(RULES)}

    async def tallies(self, asked):
        """One tally an organisation; `agrees` says whether the article states the number that is counted."""
        found = await self.rows(TALLIES, rule=asked.rule, as_of=asked.as_of)
        for tally in found:
            stated = tally["stated_recognising"]
            tally["agrees"] = None if stated is None else stated == tally["recognising"]
        return found

    async def tally(self, asked, organisation):
        """The tally of one organisation; NotFound with the organisations that have one, where it has none."""
        found = {tally["organisation"]: tally for tally in await self.tallies(asked)}
        if organisation not in found:
            raise NotFound(f"No tally for {organisation!r}. Organisations with members: {', '.join(sorted(found))}.")
        return found[organisation]

    async def with_reasons(self, states):
        """The states that make a difference, each with the events behind its status on both sides."""
        ids = json.dumps([state[key] for state in states for key in ("event_a", "event_b") if state[key]])
        events = await self.rows(EVENTS, ids=ids)
        for state in states:
            state["reasons"] = [event for event in events if event["id"] in (state["event_a"], state["event_b"])]
        return states


def today():
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def asked_day(text):
    """The day that a reader asks for and what has to be said about it; BadRequest where it is no day of the calendar."""
    if not text:
        return today(), ()
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        datetime.date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"as_of must be a day such as 2013-07-01, not {text[:40]!r}.") from None
    if text < FIRST_DAY:
        return FIRST_DAY, (
            f"You asked for {text}. Kosovo declared independence on 17 February 2008; this is that day.",
        )
    if text > today():
        return today(), (f"You asked for {text}, which is not known yet; this is today.",)
    return text, ()


def asked_rule(text, rules, parameter="rule"):
    if (text or DEFAULT_RULE) not in rules:
        raise BadRequest(f"{parameter} must be one of {', '.join(rules)}, not {text[:40]!r}.")
    return text or DEFAULT_RULE

"""Tallies under a named rule as of any date, two rules compared, and published counts held against what is counted."""

import csv
import datetime
import io
import json
import re
from dataclasses import dataclass

from datasette import hookimpl
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
       s.passage_id as stated_passage
from tally_history t join organisations o on o.id = t.organisation_id
left join (select organisation_id, recognising, total, max(passage_id) as passage_id from published_counts
           where source_id = 'article' group by organisation_id) s on s.organisation_id = o.id
where t.rule_id = :rule and t.since <= :as_of and (t.until > :as_of or t.until is null)
order by o.number
"""
MEMBERS = """
select c.id as country, c.name, s.status, s.since, m.marker, s.event_id, e.passage_id, e.quote, e.citation, e.other_date,
       c.position, p.passage_id as position_passage
from memberships m join countries c on c.id = m.country_id
join statuses s on s.country_id = c.id and s.rule_id = :rule and s.since <= :as_of and (s.until > :as_of or s.until is null)
left join events e on e.id = s.event_id
left join positions p on p.country_id = c.id
where m.organisation_id = :organisation
  and (m.since <= :as_of or m.since is null) and (m.until > :as_of or m.until is null)
order by c.name
"""
CLAIMS = """
select e.country_id as country, e.id, e.kind, e.date, e.claimant, e.quote, e.passage_id, e.citation, e.note
from events e join memberships m on m.country_id = e.country_id and m.organisation_id = :organisation
where e.kind not in ('recognition', 'position', 'contact', 'recognition retold') and (e.counts_from <= :as_of or e.date is null)
order by e.country_id, e.counts_from is null, e.counts_from, e.passage_id
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
select p.*, o.name as organisation from published_counts p join organisations o on o.id = p.organisation_id
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
select id, kind, date, claimant, quote, passage_id, citation, note from events
where id in (select value from json_each(:ids)) order by counts_from
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


async def answer(datasette, request, template, context, json_keys, csv_rows):
    """The page, or where the address ends in .json or .csv the data of it, with the edition of the database."""
    form = request.url_vars.get("format")
    database = datasette.get_database(DATABASE)
    context = {"edition": database.hash, **context}
    if form is None:
        page = await datasette.render_template(
            template, {**context, "first_day": FIRST_DAY, "today": today()}, request=request
        )
        return Response.html(page)
    if form not in FORMATS:
        raise NotFound(f"There is no format {form!r}; add .json or .csv to the address, or nothing for the page.")
    if form == "json":
        return Response.json({key: context[key] for key in ("edition", *json_keys)})
    out = io.StringIO()
    writer = csv.DictWriter(out, [key for key in csv_rows[0]] if csv_rows else ["nothing"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(csv_rows)
    return Response(out.getvalue(), content_type="text/csv; charset=utf-8")


def grouped(rows, column):
    """The rows by what they have in a column, in the order in which they come."""
    groups = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


def flat(rows, *without):
    """Rows as they are put into a CSV file: without columns that are lists or are of no use outside the page."""
    return [{key: value for key, value in row.items() if key not in without} for row in rows]


async def tallies_page(datasette, request):
    ask = Tallies(datasette)
    rules = await ask.rules()
    asked = Asked(asked_rule(request.args.get("rule"), rules), *asked_day(request.args.get("as_of")))
    tallies = flat(await ask.tallies(asked), "stated_passage")
    context = {"rules": rules, "rule": asked.rule, "as_of": asked.as_of, "notes": asked.notes, "tallies": tallies}
    csv_rows = [{"rule": asked.rule, "as_of": asked.as_of, **tally} for tally in tallies]
    return await answer(datasette, request, "tallies.html", context, ("rule", "as_of", "notes", "tallies"), csv_rows)


async def organisation_page(datasette, request):
    ask = Tallies(datasette)
    rules = await ask.rules()
    organisation = request.url_vars["organisation"]
    asked = Asked(asked_rule(request.args.get("rule"), rules), *asked_day(request.args.get("as_of")))
    tally = await ask.tally(asked, organisation)
    parameters = {"rule": asked.rule, "as_of": asked.as_of, "organisation": organisation}
    members = await ask.rows(MEMBERS, **parameters)
    claims = await ask.rows(CLAIMS, organisation=organisation, as_of=asked.as_of)
    claims_of = grouped(claims, "country")
    for member in members:
        member["claims"] = claims_of.get(member["country"], [])
    history = await ask.rows(HISTORY, **parameters)
    changes = await ask.rows(CHANGES, rule=asked.rule, organisation=organisation, first_day=FIRST_DAY)
    changes_on = grouped(changes, "day")
    for step in history:
        step["changes"] = changes_on.get(step["since"], [])
    context = {
        "rules": rules, "rule": asked.rule, "as_of": asked.as_of, "notes": asked.notes, "tally": tally, "members": members,
        "history": history, "statuses": STATUSES, "chart": chart(history, asked.as_of),
    }  # fmt: skip
    csv_rows = [
        {"rule": asked.rule, "as_of": asked.as_of, "organisation": organisation, **row}
        for row in flat(members, "claims")
    ]
    return await answer(
        datasette, request, "tally.html", context, ("rule", "as_of", "notes", "tally", "members", "history"), csv_rows
    )


def chart(history, as_of):
    """Points of two step lines, members and recognising members, in a space of 1000 by 240 units, for an SVG polyline."""
    first, last = (datetime.date.fromisoformat(day).toordinal() for day in (FIRST_DAY, as_of))
    top = max(step["members"] for step in history)

    def point(day, value):
        return f"{1000 * (datetime.date.fromisoformat(day).toordinal() - first) / max(last - first, 1):.1f},{240 - 240 * value / top:.1f}"

    lines = {}
    for key in ("members", "recognising"):
        points = []
        for step in history:
            end = min(step["until"] or as_of, as_of)
            points += [point(step["since"], step[key]), point(end, step[key])]
        lines[key] = " ".join(points)
    return {**lines, "top": top}


async def compare_page(datasette, request):
    ask = Tallies(datasette)
    rules = await ask.rules()
    a = asked_rule(request.args.get("a"), rules, "a")
    b = asked_rule(request.args.get("b") or "every_recognition", rules, "b")
    as_of, notes = asked_day(request.args.get("as_of"))
    organisation = request.args.get("organisation") or "un"
    counted = {rule: await ask.tally(Asked(rule, as_of, notes), organisation) for rule in (a, b)}
    organisations = await ask.tallies(Asked(a, as_of, notes))
    states = await ask.rows(DIFFERENCES, a=a, b=b, organisation=organisation, as_of=as_of)
    context = {
        "rules": rules, "a": a, "b": b, "as_of": as_of, "notes": notes, "organisation": organisation,
        "name": counted[a]["name"], "organisations": organisations,
        "counted_a": counted[a]["recognising"], "counted_b": counted[b]["recognising"],
        "difference": counted[a]["recognising"] - counted[b]["recognising"], "states": await ask.with_reasons(states),
    }  # fmt: skip
    keys = ("a", "b", "as_of", "notes", "organisation", "counted_a", "counted_b", "difference", "states")
    return await answer(datasette, request, "compare.html", context, keys, flat(states, "reasons"))


async def counts_page(datasette, request):
    ask = Tallies(datasette)
    rules = await ask.rules()
    counts = await ask.rows(COUNTS)
    ledger = await ask.rows(LEDGER, count=None)
    for count in counts:
        count["counted"] = {row["rule_id"]: row["counted"] for row in ledger if row["count_id"] == count["id"]}
    csv_rows = [
        {**{f"counted_{rule}": number for rule, number in count["counted"].items()}, **count} for count in counts
    ]
    return await answer(
        datasette, request, "counts.html", {"rules": rules, "counts": counts}, ("counts",), flat(csv_rows, "counted")
    )


async def ledger_page(datasette, request):
    ask = Tallies(datasette)
    rules = await ask.rules()
    counts = {count["id"]: count for count in await ask.rows(COUNTS)}
    count = counts.get(request.url_vars["count"])
    if count is None:
        raise NotFound(f"No published count {request.url_vars['count']!r}. There are: {', '.join(sorted(counts))}.")
    ledger = {row["rule_id"]: row for row in await ask.rows(LEDGER, count=count["id"])}
    rule = asked_rule(request.args.get("rule"), rules)
    # the rule that comes nearest to the published number explains what it can; it is never stretched to fit
    nearest = min(ledger, key=lambda other: abs(ledger[other]["difference"]))
    by = asked_rule(request.args.get("by") or nearest, rules, "by")
    states = await ask.rows(LEDGER_STATES, count=count["id"], rule=rule, other=by)
    context = {
        "rules": rules, "count": count, "ledger": list(ledger.values()), "rule": rule, "by": by, "nearest": nearest,
        "counted": ledger[rule]["counted"], "difference": ledger[rule]["difference"],
        "states": await ask.with_reasons(states), "unexplained": ledger[by]["difference"],
    }  # fmt: skip
    keys = ("count", "rule", "counted", "difference", "by", "states", "unexplained", "ledger")
    return await answer(datasette, request, "ledger.html", context, keys, flat(states, "reasons"))


@hookimpl
def register_routes():
    form = r"(?:\.(?P<format>[^/]*))?$"
    return [
        (r"^/tallies" + form, tallies_page),
        (r"^/tallies/compare" + form, compare_page),
        (r"^/tallies/(?P<organisation>[^/.]+)" + form, organisation_page),
        (r"^/counts" + form, counts_page),
        (r"^/counts/(?P<count>[^/.]+)" + form, ledger_page),
    ]

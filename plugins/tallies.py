"""Tallies under a named rule as of any date: of all organisations, of one with its members, and two rules compared."""

from __future__ import annotations

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from jinja2 import Environment

try:
    from recognition.site import charts
    from recognition.site.asked import Asked, asked, question
    from recognition.site.database import Row, grouped, kept, on_day, rows, rows_of_each
    from recognition.site.formats import ENDING, page_or_data, without
    from recognition.site.tallies import HISTORY, with_reasons
    from recognition.vocabulary import STATUSES
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

WIDTH, HEIGHT = 1000, 240  # of a chart, in its own units
COMPARED = "un"  # the organisation whose members are compared unless another is asked for

# The tally of a day is one row of tally_history; the same table is behind the view `tallies`. What the article states of
# an organisation is its last count of it.
TALLIES = f"""
with stated as (
    select c.organisation_id, c.recognising, c.total, c.passage_id, c.quote,
           row_number() over (partition by c.organisation_id order by p.first_line desc) as place
    from published_counts c join passages p on p.id = c.passage_id where c.source_id = 'article')
select o.id as organisation, o.name, t.members, t.recognising, t.withdrawn, t.contested, t.not_recognising,
       round(1.0 * t.recognising / t.members, 4) as share, s.recognising as stated_recognising, s.total as stated_members,
       s.passage_id as stated_passage, s.quote as stated_quote
from tally_history t join organisations o on o.id = t.organisation_id
left join stated s on s.organisation_id = o.id and s.place = 1
where t.rule_id = :rule and {on_day("t")} order by o.number
"""
MEMBERS = f"""
select c.id as country, c.name, s.status, s.since, m.marker, s.event_id, e.passage_id, e.quote, e.citation, e.other_date,
       c.position, p.passage_id as position_passage
from memberships m join countries c on c.id = m.country_id
join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")}
left join events e on e.id = s.event_id left join positions p on p.country_id = c.id
where m.organisation_id = :organisation and {on_day("m")} order by c.name
"""
CLAIMS = """
select e.country_id as country, e.id, e.kind, e.date, e.claimant, e.quote, e.passage_id, e.citation, e.note
from events e join memberships m on m.country_id = e.country_id and m.organisation_id = :organisation
left join passages p on p.id = e.passage_id
where e.kind not in ('recognition', 'position', 'contact', 'recognition retold') and (e.counts_from <= :as_of or e.date is null)
order by e.country_id, e.counts_from is null, e.counts_from, p.first_line
"""
CHANGES = f"""
select s.since as day, c.name, s.status from statuses s join countries c on c.id = s.country_id
join memberships m on m.country_id = c.id and m.organisation_id = :organisation and {on_day("m", "s.since")}
where s.rule_id = :rule and s.event_id is not null
union all
select m.since, c.name, 'joined' from memberships m join countries c on c.id = m.country_id
where m.organisation_id = :organisation and m.since > (select first_day from subject)
union all
select m.until, c.name, 'left' from memberships m join countries c on c.id = m.country_id
where m.organisation_id = :organisation and m.until is not null
order by 1, 2
"""
COUNTED = f"""
select recognising from tally_history t
where rule_id = :rule and organisation_id = :organisation and {on_day("t")}
"""
DIFFERENCES = f"""
select c.id as country, c.name, (a.status = 'recognises') - (b.status = 'recognises') as step,
       a.status as status_a, b.status as status_b, a.event_id as event_a, b.event_id as event_b
from member_statuses a join member_statuses b on b.organisation_id = a.organisation_id and b.country_id = a.country_id
join countries c on c.id = a.country_id
where a.organisation_id = :organisation and a.rule_id = :a and b.rule_id = :b and {on_day("a")} and {on_day("b")} and step <> 0
order by step desc, c.name
"""
# The rule under which nothing takes a recognition back, which counts the most.
MOST = """
select id from rules r where not exists (select 1 from rule_effects where rule_id = r.id and status <> 'recognises')
order by position limit 1
"""


async def tallies_page(datasette: Datasette, request: Request) -> Response:
    """How many members of each organisation recognise, under a rule and on a day."""
    ask = await question(datasette, request)
    counted = with_agreement(await rows(datasette, TALLIES, rule=ask.rule, as_of=ask.as_of))
    tallies = without(counted, "stated_passage", "stated_quote")
    context = {**ask.context, "tallies": tallies, "other": await other_rule(datasette, ask)}
    csv_rows = [{"rule": ask.rule, "as_of": ask.as_of, **tally} for tally in tallies]
    return await page_or_data(
        datasette, request, "tallies.html", context, ("rule", "as_of", "notes", "tallies"), csv_rows
    )


async def other_rule(datasette: Datasette, ask: Asked) -> str:
    """The id of a rule to compare with the one that is asked for: that which counts the most, else the default rule."""

    async def read() -> list[str]:
        return [row["id"] for row in await rows(datasette, MOST)]

    most = await kept(datasette, "rule that counts the most", read)
    return next(rule for rule in (*most, ask.subject["default_rule"], *ask.rules) if rule != ask.rule)


def with_agreement(tallies: list[Row]) -> list[Row]:
    """Rows of TALLIES, each with `agrees`: whether the article states the number that is counted; None if it states none."""
    for tally in tallies:
        stated = tally["stated_recognising"]
        tally["agrees"] = None if stated is None else stated == tally["recognising"]
    return tallies


def tally_of(organisation: str, tallies: list[Row]) -> Row:
    """The tally of one organisation; NotFound with the organisations that have one, where it has none."""
    found = {tally["organisation"]: tally for tally in tallies}
    if organisation not in found:
        raise NotFound(f"No tally for {organisation!r}. Organisations with members: {', '.join(sorted(found))}.")
    return found[organisation]


async def organisation_page(datasette: Datasette, request: Request) -> Response:
    """The tally of one organisation with its history and its members, each with the evidence for its status."""
    ask = await question(datasette, request)
    organisation = request.url_vars["organisation"]
    parameters = {"rule": ask.rule, "as_of": ask.as_of, "organisation": organisation}
    tallies, members, claims, history, changes = await rows_of_each(
        datasette, *((sql, parameters) for sql in (TALLIES, MEMBERS, CLAIMS, HISTORY, CHANGES))
    )
    tally = tally_of(organisation, with_agreement(tallies))
    claims_of, changes_on = grouped(claims, "country"), grouped(changes, "day")
    for member in members:
        member["claims"] = claims_of.get(member["country"], [])
    for step in history:
        step["changes"] = changes_on.get(step["since"], [])
    context = {
        **ask.context, "tally": tally, "members": members, "history": history,
        "statuses": STATUSES, "chart": chart(history, ask),
    }  # fmt: skip
    csv_rows = [
        {"rule": ask.rule, "as_of": ask.as_of, "organisation": organisation, **row}
        for row in without(members, "claims")
    ]
    json_keys = ("rule", "as_of", "notes", "tally", "members", "history")
    return await page_or_data(datasette, request, "tally.html", context, json_keys, csv_rows)


def chart(history: list[Row], ask: Asked) -> Row:
    """Two step lines from the first day to the one that is asked for: members, recognising; and `top`, the most members."""
    top = max(step["members"] for step in history)
    axes = charts.Axes(ask.subject["first_day"], ask.as_of, top, WIDTH, HEIGHT)
    return {"top": top, **{key: charts.written(axes.steps(history, key)) for key in ("members", "recognising")}}


async def compare_page(datasette: Datasette, request: Request) -> Response:
    """The states that make the difference between rule `a` and rule `b` among the members of an organisation."""
    arguments = request.args
    ask = await asked(datasette, arguments.get("a"), arguments.get("as_of"), "a")
    b = ask.other_rule(arguments.get("b"), "b", await other_rule(datasette, ask))
    organisation = arguments.get("organisation") or COMPARED
    both = {"a": ask.rule, "b": b, "organisation": organisation, "as_of": ask.as_of}
    tallies, counted, states = await rows_of_each(
        datasette, (TALLIES, both | {"rule": ask.rule}), (COUNTED, both | {"rule": b}), (DIFFERENCES, both)
    )
    tally = tally_of(organisation, tallies)
    counted_b = counted[0]["recognising"]
    context = {
        **ask.context, **both, "name": tally["name"], "organisations": tallies, "counted_a": tally["recognising"],
        "counted_b": counted_b, "difference": tally["recognising"] - counted_b,
        "states": await with_reasons(datasette, states),
    }  # fmt: skip
    keys = ("a", "b", "as_of", "notes", "organisation", "counted_a", "counted_b", "difference", "states")
    return await page_or_data(datasette, request, "compare.html", context, keys, without(states, "reasons"))


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates `bar_of`, the members of a tally by status as a bar."""
    env.globals["bar_of"] = charts.bar


@hookimpl
def register_routes() -> list[tuple]:
    return [
        (r"^/tallies" + ENDING, tallies_page),
        (r"^/tallies/compare" + ENDING, compare_page),
        (r"^/tallies/(?P<organisation>(?!compare(?:\.|$))[^/.]+)" + ENDING, organisation_page),
    ]

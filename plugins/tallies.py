"""Tallies under a named rule as of any date: of all organisations, of one with its members, and two rules compared."""

from __future__ import annotations

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, NotFound, Request, Response
from jinja2 import Environment

try:
    from recognition.dates import said
    from recognition.site import charts
    from recognition.site.asked import Asked, asked, question
    from recognition.site.database import Row, grouped, kept, on_day, rows, rows_of_each
    from recognition.site.figures import PICTURES, as_picture, tally_figure
    from recognition.site.formats import ENDING, FORMATS, asked_format, page_or_data, without
    from recognition.site.stated import with_stated
    from recognition.site.tallies import (
        CLAIMS,
        HISTORY,
        ONLY_FOR_PAGES,
        WORDS,
        by_heading,
        members_of,
        tallies_on,
        tally_of,
        with_reasons,
        without_members,
    )
    from recognition.site.telling import tally_on_day
    from recognition.vocabulary import DOES_NOT_RECOGNISE, RECOGNITION, STATUSES, UN
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

MEMBERS = f"""
select c.id as country, c.name, s.status, s.since, m.marker, s.event_id, e.passage_id, e.quote, e.records, e.citation, e.other_date,
       e.date, e.date_precision, c.position, p.passage_id as position_passage, t.name_in_sentence as through,
       iif(s.status = :not_listed, (select max(date) from events where country_id = c.id and kind = :recognition
                                    and counts_from <= :as_of), null) as recognition_left_out
from memberships m join countries c on c.id = m.country_id
join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")}
left join events e on e.id = s.event_id left join positions p on p.country_id = c.id
left join countries t on t.id = c.represented_by
where m.organisation_id = :organisation and {on_day("m")} order by c.sort_name
"""
CHANGES = f"""
select s.since as day, c.name, s.status, c.id as country from statuses s join countries c on c.id = s.country_id
join memberships m on m.country_id = c.id and m.organisation_id = :organisation and {on_day("m", "s.since")}
where s.rule_id = :rule and s.event_id is not null
union all
select m.since, c.name, 'joined', c.id from memberships m join countries c on c.id = m.country_id
where m.organisation_id = :organisation and m.since > (select first_day from subject)
union all
select m.until, c.name, 'left', c.id from memberships m join countries c on c.id = m.country_id
where m.organisation_id = :organisation and m.until is not null
order by 1, 2
"""
DIFFERENCES = f"""
select c.id as country, c.name, (a.status = 'recognises') - (b.status = 'recognises') as step,
       a.status as status_a, b.status as status_b, a.event_id as event_a, b.event_id as event_b
from member_statuses a join member_statuses b on b.organisation_id = a.organisation_id and b.country_id = a.country_id
join countries c on c.id = a.country_id
where a.organisation_id = :organisation and a.rule_id = :a and b.rule_id = :b and {on_day("a")} and {on_day("b")} and step <> 0
order by step desc, c.sort_name
"""
# The rule under which nothing takes a recognition back, which counts the most.
MOST = """
select id from rules r where not exists (select 1 from rule_effects where rule_id = r.id and status <> 'recognises')
order by position limit 1
"""


async def tallies_page(datasette: Datasette, request: Request) -> Response:
    """How many members of each organisation recognise, under a rule and on a day."""
    ask = await question(datasette, request)
    counted = await with_stated(datasette, await tallies_on(datasette, ask.rule, ask.as_of), ask.as_of)
    tallies = without(counted, *ONLY_FOR_PAGES)
    context = {
        **ask.context, "tallies": tallies, "counted": counted, "other": await other_rule(datasette, ask),
        "without_members": await without_members(datasette, ask.rule, ask.as_of),
    }  # fmt: skip
    csv_rows = [{"rule": ask.rule, "as_of": ask.as_of, **tally} for tally in tallies]
    return await page_or_data(
        datasette, request, "tallies.html", context, ("rule", "as_of", "notes", "tallies"), csv_rows,
        [ask.told_rule], ask.as_of,
    )  # fmt: skip


async def other_rule(datasette: Datasette, ask: Asked) -> str:
    """The id of a rule to compare with the one that is asked for: that which counts the most, else the default rule."""

    async def read() -> list[str]:
        return [row["id"] for row in await rows(datasette, MOST)]

    most = await kept(datasette, "rule that counts the most", read)
    return next(rule for rule in (*most, ask.subject["default_rule"], *ask.rules) if rule != ask.rule)


async def organisation_page(datasette: Datasette, request: Request) -> Response:
    """The tally of one organisation with its history and its members, each with the evidence for its status.

    As a picture, its bar and its history.
    """
    ask = await question(datasette, request)
    form = asked_format(request, (*FORMATS, *PICTURES))
    if form in PICTURES:
        return await as_picture(datasette, request, form, ask, tally_figure)
    organisation = request.url_vars["organisation"]
    parameters = {
        "rule": ask.rule, "as_of": ask.as_of, "organisation": organisation, "not_listed": DOES_NOT_RECOGNISE,
        "recognition": RECOGNITION,
    }  # fmt: skip
    (tally,) = await with_stated(datasette, [await tally_on_day(datasette, ask, organisation)], ask.as_of)
    members, claims, history, changes = await rows_of_each(
        datasette, *((sql, parameters) for sql in (MEMBERS, CLAIMS, HISTORY, CHANGES))
    )
    claims_of, changes_on = grouped(claims, "country"), grouped(changes, "day")
    for member in members:
        member["claims"] = claims_of.get(member["country"], [])
    for step in history:
        step["changes"] = changes_on.get(step["since"], [])
    context = {
        **ask.context, "tally": tally, "members": members, "history": history,
        "statuses": STATUSES, "chart": chart(history, ask) if history else None,
    }  # fmt: skip
    csv_rows = [
        {"rule": ask.rule, "as_of": ask.as_of, "organisation": organisation, **row}
        for row in without(members, "claims")
    ]
    if form == "json":
        (context["tally"],) = without([tally], *WORDS)
    json_keys = ("rule", "as_of", "notes", "tally", "members", "history")
    return await page_or_data(
        datasette, request, "tally.html", context, json_keys, csv_rows, [ask.told_rule], ask.as_of
    )


def chart(history: list[Row], ask: Asked) -> Row:
    """Two step lines from the first day to the one that is asked for, members and recognising, and the `axes` they are in."""
    axes = charts.Axes(ask.subject["first_day"], ask.as_of, max(step["members"] for step in history))
    lines = {key: charts.written(axes.steps(history, key)) for key in ("members", "recognising")}
    return {"axes": axes, "grid": charts.grid(axes), **lines}


async def compare_page(datasette: Datasette, request: Request) -> Response:
    """The states that make the difference between rule `a` and rule `b` among the members of an organisation.

    Rule `a` is the one that the reader carries along, unless the address names another.
    """
    arguments = request.args
    first = "a" if arguments.get("a") else "rule"
    ask = await asked(datasette, arguments.get(first), arguments.get("as_of"), first, arguments.get("organisation"))
    b = ask.other_rule(arguments.get("b"), "b", await other_rule(datasette, ask))
    organisation = ask.organisation or UN
    both = {"a": ask.rule, "b": b, "organisation": organisation, "as_of": ask.as_of}
    tallies, states = await tallies_on(datasette, ask.rule, ask.as_of), await rows(datasette, DIFFERENCES, **both)
    try:
        tally = tally_of(organisation, await with_stated(datasette, tallies, ask.as_of))
    except NotFound:  # it is named by a parameter, and the page is there
        raise BadRequest(f"organisation {organisation!r} has no members to compare on {said(ask.as_of)}.") from None
    counted_b = tally_of(organisation, await tallies_on(datasette, b, ask.as_of))["recognising"]
    context = {
        **ask.context, **both, "tally": tally, "organisations": tallies, "counted_a": tally["recognising"],
        "counted_b": counted_b, "difference": tally["recognising"] - counted_b,
        "states": await with_reasons(datasette, states),
    }  # fmt: skip
    keys = ("a", "b", "as_of", "notes", "organisation", "counted_a", "counted_b", "difference", "states")
    return await page_or_data(
        datasette,
        request,
        "compare.html",
        context,
        keys,
        without(states, "reasons"),
        [organisation, ask.rule, b],
        ask.as_of,
    )


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates `bar_of`, the members of a tally by status as a bar, `members_of`, who is counted in it, and `by_heading`."""
    env.globals |= {"bar_of": charts.bar, "members_of": members_of, "by_heading": by_heading}


@hookimpl
def register_routes() -> list[tuple]:
    return [
        (r"^/tallies" + ENDING, tallies_page),
        (r"^/tallies/compare" + ENDING, compare_page),
        (r"^/tallies/(?P<organisation>(?!compare(?:\.|$))[^/.]+)" + ENDING, organisation_page),
    ]

"""The list itself: who recognises, since which day and by which source; who withdrew; whose withdrawal was reported."""

from __future__ import annotations

import json
from operator import itemgetter

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Request, Response

try:
    from recognition import dates
    from recognition.site import list_markdown, markdown
    from recognition.site.asked import Asked, as_known, onward, question
    from recognition.site.database import Row, grouped, on_day, rows, rows_of_each
    from recognition.site.formats import ENDING, FORMATS, as_csv, as_json, asked_format, this_edition, without
    from recognition.site.stated import with_stated
    from recognition.site.tallies import (
        CLAIMS,
        ONLY_FOR_PAGES,
        members_of,
        tallies_on,
        tally_of,
        without_members,
    )
    from recognition.vocabulary import (
        CONTESTED,
        DOES_NOT_RECOGNISE,
        GROUP,
        RECOGNISES,
        RECOGNITION_CONFIRMED,
        UN,
        WITHDRAWAL,
        WITHDRAWAL_CLAIMS,
        WITHDRAWAL_DENIED,
        WITHDRAWAL_REVERSED,
        WITHDREW,
    )
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

ORDERS = {"days": "by day", "names": "by name"}
REPORTS = (WITHDRAWAL, *WITHDRAWAL_CLAIMS)
ANSWERS = (WITHDRAWAL_DENIED, WITHDRAWAL_REVERSED, RECOGNITION_CONFIRMED)

# Whoever does not simply 'not recognise', with the events behind its status and behind its recognition. Of those that
# are no members only who recognises is asked for, and only where all states are meant (`others`).
LISTED = f"""
select c.id as country, c.name, c.sort_name, c.iso2, c.iso3, c.kind, t.name_in_sentence as through, s.status,
       coalesce(r.date, b.since) as recognised_on, iif(s.status = :withdrew, coalesce(e.date, s.since), null) as withdrawn_on,
       iif(s.status = :contested, s.since, null) as contested_from, r.date_precision, r.other_date as other_recognised_on,
       iif(s.status = :withdrew, e.other_date, null) as other_withdrawn_on, s.since, s.event_id, e.updates as later,
       iif(e.updates, (select max(iif(s.status = :withdrew, withdrawn_on, iif(s.status = :recognises, recognised_on, null)))
                       from recognitions where country_id = c.id), null) as in_article,
       e.passage_id, e.quote, e.records, e.citation, m.country_id is not null as member
from statuses s join countries c on c.id = s.country_id left join countries t on t.id = c.represented_by
left join memberships m on m.organisation_id = :organisation and m.country_id = c.id and {on_day("m")}
left join events e on e.id = s.event_id
left join statuses b on b.rule_id = s.rule_id and b.country_id = s.country_id and b.since = (
    select max(since) from statuses
    where rule_id = s.rule_id and country_id = s.country_id and status = :recognises and since <= s.since)
left join events r on r.id = b.event_id
where s.rule_id = :rule and {on_day("s")} and s.status <> :not_listed
  and (m.country_id is not null or (:others and s.status = :recognises))
"""
# The first rule under which a reported withdrawal takes a state off the list.
STRICTER = """
select r.id, r.title from rules r join rule_effects e on e.rule_id = r.id where e.status = :contested
order by r.position limit 1
"""
# What was said until a day of withdrawals of several states at once.
OF_SEVERAL = """
select e.id, e.kind, e.date, e.claimant, e.quote, e.passage_id, e.records, e.citation, e.note from events e
where e.country_id is null and e.kind in (select value from json_each(:kinds)) and (e.counts_from <= :as_of or e.date is null)
order by e.position
"""
DATA = (
    "number", "country", "name", "iso2", "iso3", "kind", "status", "recognised_on", "withdrawn_on", "contested_from", "through",
    "other_recognised_on", "other_withdrawn_on", "event_id", "passage_id", "quote", "citation",
)  # fmt: skip


async def list_page(datasette: Datasette, request: Request) -> Response:
    """Who recognises among the members of an organisation, under a rule and on a day: a page, text, Markdown, CSV or JSON."""
    form, ask = asked_format(request, (*FORMATS, "txt", "md")), await question(datasette, request)
    order = chosen_order(request.args.get("order"))
    if request.url_vars.get("organisation") == UN:  # which has the address without a name
        ending = f".{form}" if form else ""
        path = onward(datasette, f"/list{ending}", ask.carried, organisation=None, order=told(order))
        return Response.redirect(path, status=301)
    context = await listed(datasette, ask, order)
    if form == "json":
        return await as_json(datasette, data(context))
    if form == "csv":
        return await as_csv(datasette, request, csv_rows(context), [ask.told_rule], ask.as_of)
    if form == "txt":
        return Response.text(await as_text(datasette, request, context))
    if form == "md":
        title, parts = list_markdown.written(context, claimed, await list_markdown.evidence_of(datasette))
        path = onward(datasette, context["path"], context["carried"], organisation=None, order=context["told_order"])
        return await markdown.response(datasette, title, parts, path, ask, context["path"] + ".json")
    return Response.html(await datasette.render_template("list.html", context, request=request))


def chosen_order(text: str | None) -> str:
    """The order that `text` names, that of the days for no text; BadRequest for another."""
    order = text or next(iter(ORDERS))
    if order not in ORDERS:
        raise BadRequest(f"order must be one of {', '.join(ORDERS)}, not {order[:40]!r}.")
    return order


def told(order: str) -> str | None:
    """An order as an address says it: not at all where it is the usual one."""
    return None if order == next(iter(ORDERS)) else order


async def listed(datasette: Datasette, ask: Asked, order: str) -> Row:
    """The context of the page: that of `ask`, `organisation`, `path`, `order`, `tally`, `organisations`, and the lists.

    `recognise` are the members that do, `others` those that recognise and are no members, `withdrew` and `contested` the
    members of these statuses, `reported` those of `recognise` whose withdrawal somebody claimed or reported. Rows are
    those of LISTED in the order that is asked for, with `number` from 1 and `claims`, what was said of a withdrawal.
    `of_several` is what was said of several at once, `stricter` the rule that leaves reported ones out, or None.
    """
    organisation = ask.organisation or UN
    asked = {"rule": ask.rule, "as_of": ask.as_of, "organisation": organisation}
    words = {"recognises": RECOGNISES, "contested": CONTESTED, "withdrew": WITHDREW, "not_listed": DOES_NOT_RECOGNISE}
    kinds = {"kinds": json.dumps([*WITHDRAWAL_CLAIMS, WITHDRAWAL_DENIED])}
    claims, of_several, stricter = await rows_of_each(
        datasette, (CLAIMS, asked), (OF_SEVERAL, asked | kinds), (STRICTER, {"contested": CONTESTED})
    )
    tallies = await tallies_on(datasette, ask.rule, ask.as_of)
    nobody = await without_members(datasette, ask.rule, ask.as_of)
    tally = tally_of(organisation, await with_stated(datasette, [*tallies, *nobody], ask.as_of))
    everybody = organisation == UN or tally["kind"] == GROUP
    states = with_claims(await rows(datasette, LISTED, **asked, **words, others=everybody), claims)
    states.sort(key=itemgetter("sort_name") if order == "names" else by_day)
    members = grouped((state for state in states if state["member"]), "status")
    recognise = members.get(RECOGNISES, [])
    lists = {
        "recognise": recognise, "others": [state for state in states if not state["member"]],
        "withdrew": members.get(WITHDREW, []), "contested": members.get(CONTESTED, []),
    }  # fmt: skip
    for states in lists.values():
        for number, state in enumerate(states, 1):
            state["number"] = number
    return {
        **ask.context, **lists, "organisation": organisation, "order": order, "orders": ORDERS, "told_order": told(order),
        "path": "/list" if organisation == UN else f"/list/{organisation}", "tally": tally, "organisations": [*tallies, *nobody],
        "reported": [state for state in recognise if any(claim["kind"] in REPORTS for claim in state["claims"])],
        "of_several": of_several, "stricter": stricter[0] if stricter else None,
    }  # fmt: skip


def with_claims(states: list[Row], claims: list[Row]) -> list[Row]:
    """States, each with `claims`: the rows of CLAIMS that report its withdrawal, and those that answer such a report.

    The event behind its status is none of them. Without a report with a date there is nothing to answer.
    """
    claims_of = grouped((claim for claim in claims if claim["kind"] in REPORTS + ANSWERS), "country")
    for state in states:
        said = [claim for claim in claims_of.get(state["country"], []) if claim["kind"] in ANSWERS or claim["date"]]
        reported = any(claim["kind"] in REPORTS for claim in said)
        state["claims"] = [claim for claim in said if reported and claim["id"] != state["event_id"]]
    return states


def by_day(state: Row) -> tuple[str, int, str]:
    """The key of the order of days: a day before the month or year that ends with it, then the alphabet."""
    return state["since"], -len(state["recognised_on"]), state["sort_name"]


def data(context: Row) -> Row:
    """The lists as data, each row with the columns of DATA; `reported` with its claims."""
    lists = {
        name: [{column: state[column] for column in DATA} for state in context[name]]
        for name in ("recognise", "others", "withdrew", "contested")
    }
    reported = [
        {"number": state["number"], "country": state["country"], "name": state["name"],
         "claims": without(state["claims"], "country")}
        for state in context["reported"]
    ]  # fmt: skip
    tally = {key: value for key, value in context["tally"].items() if key not in ONLY_FOR_PAGES}
    asked = {key: context[key] for key in ("rule", "as_of", "notes", "organisation", "order")}
    return {**asked, "tally": tally, **lists, "reported": reported, "of_several": context["of_several"]}


def csv_rows(context: Row) -> list[Row]:
    """All rows of the page, those that are counted first: `list` says which list a row is of."""
    asked = {key: context[key] for key in ("rule", "as_of", "organisation")}
    return [
        {**asked, "list": name, **{column: state[column] for column in DATA}, "withdrawal_reported": claimed(state["claims"])}
        for name in ("recognise", "others", "withdrew", "contested")
        for state in context[name]
    ]  # fmt: skip


def claimed(claims: list[Row]) -> str:
    """What was said of a withdrawal in one line: 'Ruritania, 2018: withdrawal claimed; Utopia, no date: withdrawal denied'."""
    told = (
        f"{claim['claimant']}, {dates.said(claim['date']) if claim['date'] else 'no date'}: {claim['kind']}"
        for claim in claims
    )
    return "; ".join(dict.fromkeys(told))  # who says a thing twice is named once


def entry(state: Row) -> str:
    """A row of the list as a line of text: '3. Albania, 18 February 2008'."""
    through = f" (through {state['through']})" if state["through"] else ""
    line = f"{state['number']}. {state['name']}{through}, {dates.said(state['recognised_on'])}"
    if state["withdrawn_on"]:
        line += f"; withdrew {dates.said(state['withdrawn_on'])}"
    if state["contested_from"]:
        line += f"; contested from {dates.said(state['contested_from'])}"
    return line


async def as_text(datasette: Datasette, request: Request, context: Row) -> str:
    """The page as plain text: its lead, the lists, and where it is from."""
    tally, day, rule = context["tally"], context["as_of"], context["rules"][context["rule"]]
    known = as_known(day, context["known_until"])
    counted = f"{tally['recognising']} of {tally['members']} {members_of(tally)}"
    lead = f"{counted} recognise {context['subject']['name_in_sentence']} on {dates.said(day)}{known}, under the rule ‘{rule['title']}’."
    if not tally["members"]:
        lead = f"On {dates.said(day)} there are no {members_of(tally)} to count."
    parts = [[*context["notes"], lead], [entry(state) for state in context["recognise"]]]
    for name, heading in (
        ("others", "Also recognise, and are not counted above:"), ("contested", "Contested:"),
        ("withdrew", "Recognised and withdrew:"),
    ):  # fmt: skip
        if context[name]:
            parts.append([heading, *map(entry, context[name])])
    if context["reported"]:
        told = [f"{state['number']}. {state['name']}: {claimed(state['claims'])}" for state in context["reported"]]
        parts.append(["Counted above, though somebody reported a withdrawal:", *told])
    about = await this_edition(datasette)
    path = onward(datasette, context["path"], context["carried"], organisation=None, order=context["told_order"])
    parts.append([
        f"{datasette.absolute_url(request, path)}",
        f"Edition {about['number']} of {dates.said(about['published_on'])}.",
    ])  # fmt: skip
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


@hookimpl
def register_routes() -> list[tuple]:
    return [(r"^/list" + ENDING, list_page), (r"^/list/(?P<organisation>[^/.]+)" + ENDING, list_page)]

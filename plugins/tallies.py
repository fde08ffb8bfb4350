"""Tallies under a named rule as of any date, two rules compared, and published counts held against what is counted."""

import csv
import datetime
import io

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response

from recognition.site.tallies import *

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
    tallies = flat(await ask.tallies(asked), "stated_passage", "stated_quote")
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
        (r"^/counts/(?!article-[a-z-]+-line-\d+(?:\.\w+)?$)(?P<count>[^/.]+)" + form, ledger_page),
    ]

"""The front page: the number of the day, the line on which others' numbers lie, one figure of it, last claims, groups, ways in."""

from __future__ import annotations

from itertools import islice

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup, escape

try:
    from recognition.dates import said
    from recognition.site import acts, charts
    from recognition.site.asked import LATER, Asked, organisation_names, question, with_choices
    from recognition.site.bridges import members_on, recognising
    from recognition.site.database import NAME, Row, kept, rows, rows_of_each
    from recognition.site.disputed import disputed
    from recognition.site.evidence import evidence
    from recognition.site.formats import as_json, without
    from recognition.site.number_line import Mark, between_ends, number_line
    from recognition.site.stated import stated_by_article
    from recognition.site.tallies import HISTORY, NUMBERS, counted_on, tallies_on
    from recognition.vocabulary import ARTICLE, RECOGNITION, UN
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

SAID_SHOWN = 6
WORDS_FOR_PAGES = ("said", "counts_from", "claimant_in_sentence", "records")  # of an event, which data leave out
# Tables as files of their own, the long ones as CSV alone: JSON comes a thousand rows at a time.
FILES = {
    "countries": ("csv", "json"), "recognitions": ("csv", "json"), "positions": ("csv", "json"),
    "events": ("csv", "json"), "statuses": ("csv",), "tally_history": ("csv",),
}  # fmt: skip
ADDRESSES = {"csv": "/recognition/{}.csv?_stream=on", "json": "/recognition/{}.json?_shape=array&_size=max"}
LINES = Markup(
    '<polygon class="area" points="0,{height} {recognising} {width},{height}"/>'
    '<polyline class="recognising" points="{recognising}"/><polyline class="withdrawn" points="{withdrawn}"/>'
)

# Recognitions, and what was claimed and answered about them.
SAID = """
select e.id, e.kind, k.said, e.date, e.counts_from, e.claimant, coalesce(w.name_in_sentence, e.claimant) as claimant_in_sentence,
       e.claimant = c.name as by_itself, e.records, e.passage_id, e.quote, e.country_id, c.name,
       (select count(*) from event_countries x where x.event_id = e.id) as states,
       a.date as answered_on, a.claimant as answered, a.kind as answered_kind
from events e join event_kinds k on k.kind = e.kind and (k.claim or k.kind = :recognition) left join countries c on c.id = e.country_id
left join countries w on w.name = e.claimant left join events a on a.id = e.answers
where e.counts_from is not null order by e.counts_from desc, e.position desc
"""
LOST_CHART = "select passage_id from audit where id = 'lost-chart'"


async def numbers(datasette: Datasette, ask: Asked) -> Row:
    """What the page and its data have in common: `headline` (by rule), `tallies`, `disputed` and `line`."""
    headline = {}
    for rule, row in ask.rules.items():
        if step := await counted_on(datasette, rule, UN, ask.as_of):
            headline[rule] = {"rule_id": rule, "title": row["title"], **{name: step[name] for name in NUMBERS}}
    tallies = await tallies_on(datasette, ask.rule, ask.as_of)
    recognise = recognising(await members_on(datasette, ask.rule, ask.as_of, UN))
    return {
        "headline": headline,
        "disputed": await disputed(datasette, recognise, ask.as_of, ask.subject["name"], ask.known_until),
        "line": await number_line(datasette, ask),
        "tallies": [
            {"organisation_id": row["organisation"], "name": row["name"], **{name: row[name] for name in NUMBERS}}
            for row in tallies if row["in_article"] or row["organisation"] == UN
        ],
    }  # fmt: skip


async def front_page(datasette: Datasette, request: Request) -> Response:
    """The front page under a rule and on a day, both to choose; without them what is known today."""
    ask = await question(datasette, request)
    shown = await numbers(datasette, ask)
    context = {
        **ask.context, **shown, "between_ends": between_ends(shown["line"]), "un": UN, "article_rule": ARTICLE,
        "groups": await organisation_names(datasette), "chart": await chart(datasette, ask),
        "in_article": await stated_by_article(datasette), "said_last": await said_last(datasette, ask),
        "ways": with_choices(await ways(datasette), ask.carried),
    }  # fmt: skip
    return Response.html(await datasette.render_template("front_page.html", context, request=request))


async def said_last(datasette: Datasette, ask: Asked) -> Markup:
    """The last recognitions, claims and answers until the day, as items of a list, each rendered once for an edition."""

    async def render() -> list[tuple[str, Markup]]:
        found = await rows(datasette, SAID, recognition=RECOGNITION)
        return [(event["counts_from"], await item(datasette, event)) for event in found]

    told = await kept(datasette, "said last", render)
    last = islice((shown for since, shown in told if since <= ask.as_of), SAID_SHOWN)
    return with_choices(Markup("\n".join(last)), ask.carried)


async def item(datasette: Datasette, event: Row) -> Markup:
    """An event of SAID as an item of a list, for `with_choices`: 'Utopia: Arcadia denied a withdrawal, answering …'."""
    alone = event["country_id"]
    href = datasette.urls.path(f"/recognition/countries/{alone}" if alone else f"/recognition/events/{event['id']}")
    return Markup(
        f'<li><time datetime="{event["date"]}">{said(event["date"])}</time> <a class="onward" href="{href}{LATER}">'
        f'{escape(acts.about(event))}</a>{escape(acts.who_said_what(event))} <span class="evidence">'
        f"{await evidence(datasette, event)}</span></li>"
    )


async def ways(datasette: Datasette) -> Markup:
    """The end of the page, for `with_choices`: saved queries, which are questions, and tables as files.

    Rendered once for an edition.
    """

    async def render() -> Markup:
        files = {name: [(form, ADDRESSES[form].format(name)) for form in forms] for name, forms in FILES.items()}
        queries = datasette.metadata("queries", database=NAME) or {}
        context = {"queries": queries, "files": files, "database": datasette.get_database(NAME), "later": LATER}
        return Markup(await datasette.render_template("_ways.html", context))

    return await kept(datasette, "ways", render)


async def chart(datasette: Datasette, ask: Asked) -> Row:
    """The chart that the article lost: UN members that recognise and that withdrew, from the first day until today.

    `axes` is its area, `drawn` all in it but the marks of a day, as markup; `highest` is the first step at which most
    recognise; `before` has pairs of an earlier number of members and the month until which it was theirs; `lost` is the
    passage with the caption of the article's chart, or None.
    """

    async def draw() -> Row:
        asked = {"organisation": UN, "rule": ask.rule, "as_of": ask.today}
        history, lost = await rows_of_each(datasette, (HISTORY, asked), (LOST_CHART, {}))
        top = max(step["members"] for step in history)
        axes = charts.Axes(ask.subject["first_day"], ask.today, top)
        until = {step["members"]: step["until"] for step in history}
        return {
            "axes": axes, "drawn": charts.grid(axes) + lines(axes, history),
            "highest": max(history, key=lambda step: step["recognising"]),
            "before": [(members, day[:7]) for members, day in until.items() if members != top],
            "lost": lost[0] if lost else None,
        }  # fmt: skip

    return await kept(datasette, ("chart", ask.rule, ask.today), draw)


def lines(axes: charts.Axes, history: list[Row]) -> Markup:
    """Those that recognise, with the area below, and those that withdrew."""
    recognising, withdrawn = (charts.written(axes.steps(history, column)) for column in ("recognising", "withdrawn"))
    return LINES.format(recognising=recognising, withdrawn=withdrawn, width=axes.width, height=axes.height)


async def front_data(datasette: Datasette, request: Request) -> Response:
    """What the front page shows as JSON; its map is at /map.json, the line over time at /tallies/un.json.

    `headline` has the tally of the UN under each rule, `disputed` how many of those that recognise are, `line` the numbers in
    their order, with the states between them, `tallies` the organisations of the article, `said_last` the newest claims.
    """
    ask = await question(datasette, request)
    shown, said_rows = await numbers(datasette, ask), await rows(datasette, SAID, recognition=RECOGNITION)
    told = (event for event in said_rows if event["counts_from"] <= ask.as_of)
    return await as_json(datasette, {
        "rule": ask.rule, "as_of": ask.as_of, "notes": ask.notes,
        "headline": [*shown["headline"].values()],
        "disputed": shown["disputed"], "line": [mark_as_data(mark) for mark in shown["line"]],
        "tallies": shown["tallies"],
        "said_last": without(islice(told, SAID_SHOWN), *WORDS_FOR_PAGES),
    })  # fmt: skip


def mark_as_data(mark: Mark) -> Row:
    """A number of the line: what counts it, who printed it, and the states that lead to it from the number before."""
    counted = [{"rule": side.rule, "organisation": side.organisation, "as_of": side.day} for side in mark.counted]
    states = without(mark.states, "reasons", "event_a", "event_b", "disputed")
    return {
        "number": mark.number, "counted": counted, "printed": [*mark.printed], "states": states,
        "unexplained": mark.unexplained, "why": [*mark.why],
    }  # fmt: skip


@hookimpl
def register_routes() -> list[tuple]:
    return [(r"^/$", front_page), (r"^/index\.json$", front_data)]

"""The front page: the number of the day and why others differ, the map, how the number moved, what changed last, ways in."""

import asyncio
import datetime
import hashlib

from datasette import hookimpl
from datasette.utils.asgi import Response

from recognition.site import tallies

DEFAULT_RULE = "latest"  # the question of a reader who comes today
TOP = 193  # members of the United Nations, the height of the chart
# Tables as files of their own, the long ones as CSV alone: JSON comes a thousand rows at a time.
CSV = ("countries", "recognitions", "positions", "events", "statuses", "tally_history")
JSON = ("countries", "recognitions", "positions", "events")
FORMS = [
    *((name, "csv", f"/recognition/{name}.csv?_stream=on") for name in CSV),
    *((name, "json", f"/recognition/{name}.json?_shape=array&_size=max") for name in JSON),
]
WIDTH, HEIGHT = 720, 260  # of the chart, in its own units

# Under each rule: the tally of the United Nations on a day.
HEADLINE = """
select r.id, r.title, t.recognising, t.members, t.withdrawn, t.contested, t.not_recognising from rules r
join tally_history t on t.rule_id = r.id and t.organisation_id = 'un'
where t.since <= :as_of and (t.until > :as_of or t.until is null) order by r.position
"""
CAPTION = "select max(id) as id from passages where kind = 'image'"  # the article's chart, of which nothing else is left
LAST_CHANGES = """
select e.id, e.kind, e.date, e.claimant, e.quote, e.citation, e.passage_id, p.first_line as line, e.country_id, c.name
from events e join countries c on c.id = e.country_id left join passages p on p.id = e.passage_id
where e.kind in ('recognition', 'withdrawal') and e.counts_from <= :as_of
order by e.counts_from desc, c.name limit 6
"""


async def front_page(datasette, request):
    """The front page under a rule and on a day, both to choose; without them what is known today."""
    ask = tallies.Tallies(datasette)
    rules = await ask.rules()
    rule = tallies.asked_rule(request.args.get("rule") or DEFAULT_RULE, rules)
    as_of, notes = tallies.asked_day(request.args.get("as_of"))
    headline = {row["id"]: row for row in await ask.rows(HEADLINE, as_of=as_of)}
    today = tallies.today()
    history = await ask.rows(tallies.HISTORY, organisation="un", rule=rule, as_of=today)
    context = {
        "rules": rules, "rule": rule, "as_of": as_of, "notes": notes, "headline": headline,
        "tallies": await ask.tallies(tallies.Asked(rule, as_of, notes)),
        "chart": chart(history, headline[rule], as_of, today), "changes": await ask.rows(LAST_CHANGES, as_of=as_of),
        "caption": (await ask.rows(CAPTION))[0]["id"], "questions": questions(datasette), "files": await files(datasette), "database": datasette.get_database(tallies.DATABASE),
        "first_day": tallies.FIRST_DAY, "today": today,
    }  # fmt: skip
    return Response.html(await datasette.render_template("front_page.html", context, request=request))


async def files(datasette):
    """The tables as files with their sizes and checksums: asked of the site itself, once for an edition.

    Readers who come while they are asked for wait for the same answers.
    """
    edition = datasette.get_database("recognition").hash
    if not edition or getattr(datasette, "_files_of", None) != edition:
        datasette._files_of, datasette._files = edition, asyncio.create_task(measured_files(datasette))
    found = await asyncio.shield(datasette._files)
    if len(found) < len(FORMS):  # on a busy day one of them was refused: the next reader asks again
        datasette._files_of = None
    return found


async def measured_files(datasette):
    answers = await asyncio.gather(*(datasette.client.get(path) for _, _, path in FORMS))
    return [
        {
            "name": f"{name}.{form}",
            "path": path,
            "size": len(answer.content),
            "sha256": hashlib.sha256(answer.content).hexdigest(),
        }
        for (name, form, path), answer in zip(FORMS, answers, strict=True)
        if answer.status_code == 200
    ]


def questions(datasette):
    """The saved queries, which are questions, by their name."""
    metadata = datasette.metadata("queries", database="recognition") or {}
    return [{"name": name, "title": query["title"]} for name, query in metadata.items()]


def chart(history, told, as_of, today):
    """The chart that the article lost: UN members that recognise and that withdrew, from the declaration until today, and a day in it.

    static/front.js draws it anew in the same way.
    """
    first, last = (datetime.date.fromisoformat(day).toordinal() for day in (history[0]["since"], today))

    def x(day):
        return round(WIDTH * (datetime.date.fromisoformat(day).toordinal() - first) / max(last - first, 1), 1)

    def y(value):
        return round(HEIGHT - HEIGHT * value / TOP, 1)

    def line(status):
        steps = ((x(step["since"]), x(step["until"] or today), y(step[status])) for step in history)
        return " ".join(f"{start},{height} {end},{height}" for start, end, height in steps)

    years = range(int(history[0]["since"][:4]) + 1, int(today[:4]) + 1)
    now = x(as_of)
    return {
        "width": WIDTH, "height": HEIGHT, "recognising": line("recognising"), "withdrawn": line("withdrawn"),
        "years": [(year, x(f"{year}-01-01")) for year in years if len(years) < 10 or year % 3 == 0],
        "levels": [(level, y(level)) for level in (0, 50, 100, 150, TOP)],
        "highest": max(history, key=lambda step: step["recognising"]),
        "now": now, "turned": now > WIDTH / 2, "at": y(told["recognising"]), "withdrawn_at": y(told["withdrawn"]),
    }  # fmt: skip


@hookimpl
def register_routes():
    return [(r"^/$", front_page)]

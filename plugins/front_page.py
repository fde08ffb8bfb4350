"""The front page: the number of the day and why others differ, the map, how the number moved, what changed last, ways in."""

import datetime

from datasette import hookimpl
from datasette.plugins import pm
from datasette.utils.asgi import Response

DEFAULT_RULE = "latest"  # the question of a reader who comes today
TOP = 193  # members of the United Nations, the height of the chart
WIDTH, HEIGHT = 720, 260  # of the chart, in its own units

# Under each rule: the tally of the United Nations on a day.
HEADLINE = """
select r.id, r.title, t.recognising, t.members, t.withdrawn, t.contested, t.not_recognising from rules r
join tally_history t on t.rule_id = r.id and t.organisation_id = 'un'
where t.since <= :as_of and (t.until > :as_of or t.until is null) order by r.position
"""
LAST_CHANGES = """
select e.id, e.kind, e.date, e.claimant, e.citation, e.passage_id, e.country_id, c.name from events e
join countries c on c.id = e.country_id
where e.kind in ('recognition', 'withdrawal') and e.counts_from <= :as_of
order by e.counts_from desc, c.name limit 6
"""


async def front_page(datasette, request):
    """The front page under a rule and on a day, both to choose; without them what is known today."""
    tallies = pm.get_plugin("tallies.py")
    ask = tallies.Tallies(datasette)
    rules = await ask.rules()
    rule = tallies.asked_rule(request.args.get("rule") or DEFAULT_RULE, rules)
    as_of, notes = tallies.asked_day(request.args.get("as_of"))
    headline = {row["id"]: row for row in await ask.rows(HEADLINE, as_of=as_of)}
    history = await ask.rows(tallies.HISTORY, organisation="un", rule=rule, as_of=as_of)
    context = {
        "rules": rules, "rule": rule, "as_of": as_of, "notes": notes, "headline": headline,
        "tallies": await ask.tallies(tallies.Asked(rule, as_of, notes)),
        "chart": chart(history, as_of), "changes": await ask.rows(LAST_CHANGES, as_of=as_of),
        "questions": questions(datasette), "database": datasette.get_database(tallies.DATABASE),
        "first_day": tallies.FIRST_DAY, "today": tallies.today(),
    }  # fmt: skip
    headers = {"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"}
    return Response.html(await datasette.render_template("front_page.html", context, request=request), headers=headers)


def questions(datasette):
    """The saved queries, which are questions, by their name."""
    metadata = datasette.metadata("queries", database="recognition") or {}
    return [{"name": name, "title": query["title"]} for name, query in metadata.items()]


def chart(history, as_of):
    """The chart that the article lost: UN members that recognise from the declaration to a day, as an SVG area with its axes."""
    first, last = (datetime.date.fromisoformat(day).toordinal() for day in (history[0]["since"], as_of))

    def x(day):
        return round(WIDTH * (datetime.date.fromisoformat(day).toordinal() - first) / max(last - first, 1), 1)

    def y(value):
        return round(HEIGHT - HEIGHT * value / TOP, 1)

    points = []
    for step in history:
        end = min(step["until"] or as_of, as_of)
        points += [f"{x(step['since'])},{y(step['recognising'])}", f"{x(end)},{y(step['recognising'])}"]
    years = range(int(history[0]["since"][:4]) + 1, int(as_of[:4]) + 1)
    highest = max(history, key=lambda step: step["recognising"])
    return {
        "width": WIDTH, "height": HEIGHT, "line": " ".join(points), "area": f"0,{HEIGHT} {' '.join(points)} {WIDTH},{HEIGHT}",
        "years": [(year, x(f"{year}-01-01")) for year in years if len(years) < 10 or year % 3 == 0],
        "levels": [(level, y(level)) for level in (0, 50, 100, 150, TOP)], "highest": highest,
        "last": history[-1],
    }  # fmt: skip


@hookimpl
def register_routes():
    return [(r"^/$", front_page)]

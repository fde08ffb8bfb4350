"""The map: every state with its status under a named rule on any day, as a page, as JSON, and for other pages."""

import datetime
import re

from datasette import hookimpl
from datasette.utils.asgi import BadRequest, NotFound, Response
from markupsafe import Markup, escape

DATABASE = "recognition"
FIRST_DAY = "2008-02-17"
DEFAULT_RULE = "article"
STATUSES = ("recognises", "contested", "withdrew", "does not recognise")
CLASSES = dict(zip((*STATUSES, None), ("recognises", "contested", "withdrew", "none", "subject"), strict=True))
# What is shown of the plane of shapes.csv: all of it, and the part that is enlarged beside it.
FRAMES = {"world": (100, -12, 4176, 1892), "europe": (1922, 136, 606, 424)}

PATH, CIRCLE = Markup('<path d="{d}"/>'), Markup('<circle cx="{x}" cy="{y}" r="{r}"/>')
KEPT = {}  # what maps are drawn from, by edition: the outlines, and the statuses under each rule

RULES = "select id, title, description from rules order by position"
SHAPES = "select country_id as country, kind, d, x, y, r from shapes order by number"
COUNTRIES = """
select c.id, c.name, c.kind, m.country_id is not null as un, m.since as joined, m.until as left
from countries c left join memberships m on m.country_id = c.id and m.organisation_id = 'un' order by c.name
"""
INTERVALS = """
select country_id as country, status, since, until from statuses where rule_id = :rule order by country_id, since
"""


class Map:
    """The countries under one rule: what they are called, and the intervals of their statuses."""

    def __init__(self, countries, intervals):
        self.countries = {country["id"]: {**country, "intervals": []} for country in countries}
        for row in intervals:
            interval = (STATUSES.index(row["status"]), row["since"], row["until"])
            self.countries[row["country"]]["intervals"].append(interval)

    def standing(self, country, day):
        """Index of a country's status on a day and the day since which it has it; None for the subject."""
        for status, since, until in self.countries[country]["intervals"]:
            if since <= day and (until is None or day < until):
                return status, since
        return None

    def counts(self, day):
        """Countries by status on a day: members of the United Nations, and all others."""
        counted = {"un": [0] * len(STATUSES), "others": [0] * len(STATUSES)}
        for name, country in self.countries.items():
            standing = self.standing(name, day)
            if standing:
                joined, left = country["joined"] or "", country["left"]
                member = country["un"] and joined <= day and (left is None or day < left)
                counted["un" if member else "others"][standing[0]] += 1
        return counted

    def days(self):
        """Every day on which a status or the membership of the United Nations changes, the first day included."""
        days = {since for country in self.countries.values() for _, since, _ in country["intervals"]}
        joined = {country[key] for country in self.countries.values() for key in ("joined", "left")}
        return sorted(days | {day for day in joined if day and day > FIRST_DAY})


async def rows(datasette, sql, **parameters):
    database = datasette.get_database(DATABASE)
    return await database.execute_fn(lambda connection: [dict(row) for row in connection.execute(sql, parameters)])


async def kept(datasette, what, make):
    """What `make` gives; while one edition is served it is made once and stays."""
    edition = datasette.get_database(DATABASE).hash
    if edition is None:  # a database that may change
        return await make()
    if (edition, what) not in KEPT:
        for other in [key for key in KEPT if key[0] != edition]:
            del KEPT[other]
        KEPT[edition, what] = await make()
    return KEPT[edition, what]


async def read_map(datasette, rule):
    async def read():
        return Map(await rows(datasette, COUNTRIES), await rows(datasette, INTERVALS, rule=rule))

    return await kept(datasette, rule, read)


async def read_outlines(datasette):
    """By country, its shapes as markup; under None, the land that is no state's."""

    async def read():
        found = {}
        for shape in await rows(datasette, SHAPES):
            drawn = PATH if shape["d"] else CIRCLE
            found[shape["country"]] = found.get(shape["country"], Markup("")) + drawn.format(**shape)
        return found

    return await kept(datasette, "outlines", read)


def today():
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def asked_day(text):
    """The day that a reader asks for and what has to be said about it; BadRequest where it is no day."""
    if not text:
        return today(), ()
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        datetime.date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"as_of must be a day such as 2013-07-01, not {text[:40]!r}.") from None
    if text < FIRST_DAY:
        said = f"You asked for {text}. Kosovo declared independence on 17 February 2008; this is that day."
        return FIRST_DAY, (said,)
    if text > today():
        return today(), (f"You asked for {text}, which is not known yet; this is today.",)
    return text, ()


def asked_rule(text, rules):
    if (text or DEFAULT_RULE) not in rules:
        raise BadRequest(f"rule must be one of {', '.join(rules)}, not {text[:40]!r}.")
    return text or DEFAULT_RULE


async def asked(datasette, rule, as_of):
    """The rules by id, the rule and day that are asked for, and what has to be said about them."""
    rules = {row["id"]: row for row in await rows(datasette, RULES)}
    return rules, asked_rule(rule, rules), *asked_day(as_of)


async def drawn(datasette, rule=None, as_of=None):
    """All that templates/_map.html needs to draw the map of a day under a rule."""
    rules, rule, as_of, notes = await asked(datasette, rule, as_of)
    map_ = await read_map(datasette, rule)
    outlines = await read_outlines(datasette)
    counts, days = map_.counts(as_of), map_.days()
    states = {}
    for country, about in map_.countries.items():
        index, since = map_.standing(country, as_of) or (None, None)
        status = None if index is None else STATUSES[index]
        since = None if status in (None, STATUSES[-1]) else since
        said = f"{about['name']}: {status or 'the subject'}" + (f" since {since}" if since else "")
        states[country] = {
            "country": country, "name": about["name"], "kind": about["kind"], "status": status, "css": CLASSES[status],
            "since": since, "said": said,
        }  # fmt: skip
    return {
        "rules": rules, "rule": rule, "as_of": as_of, "notes": notes, "first_day": FIRST_DAY, "today": today(),
        "frames": FRAMES, "states": states, "land": outlines.get(None, ""),
        "drawn": links(datasette, states, outlines),
        "legend": [
            {"status": status, "css": CLASSES[status], "un": counts["un"][index], "others": counts["others"][index]}
            for index, status in enumerate(STATUSES)
        ],
        "members": sum(counts["un"]), "steps": len(days), "step": sum(day <= as_of for day in days) - (as_of < today()),
    }  # fmt: skip


def links(datasette, states, outlines):
    """Every state that has a shape as a link that says its status. A page has two hundred: a template takes ten times as long."""
    folder = datasette.urls.path("/recognition/countries/")
    return Markup(
        "\n".join(
            f'<a href="{folder}{name}" class="map-{state["css"]}" tabindex="{-1 if state["status"] else 0}">'
            f"<title>{escape(state['said'])}</title>{outlines[name]}</a>"
            for name, state in states.items()
            if name in outlines
        )
    )


async def map_page(datasette, request):
    form = request.url_vars.get("format")
    if form not in (None, "json"):
        raise NotFound(f"There is no format {form!r}; add .json to /map, or nothing for the page.")
    rule, as_of = request.args.get("rule"), request.args.get("as_of")
    if form is None:
        context = {"map": await drawn(datasette, rule, as_of)}
        return Response.html(await datasette.render_template("map.html", context, request=request))
    return Response.json(await map_data(datasette, rule, as_of))


async def map_data(datasette, rule, as_of):
    """The intervals of every country under a rule, and the counts on each day on which anything changes."""
    rules, rule, as_of, notes = await asked(datasette, rule, as_of)
    map_ = await read_map(datasette, rule)
    steps = [(day, map_.counts(day)) for day in map_.days()]
    return {
        "edition": datasette.get_database(DATABASE).hash, "rule": rule, "title": rules[rule]["title"],
        "description": rules[rule]["description"], "as_of": as_of, "notes": notes, "statuses": STATUSES,
        **map_.counts(as_of),
        "steps": [(day, counts["un"], counts["others"]) for day, counts in steps],
        "countries": {name: country["intervals"] for name, country in map_.countries.items()},
    }  # fmt: skip


@hookimpl
def extra_template_vars(datasette):
    """Any template can draw the map: {{ maps.whole(recognition_map(rule, as_of), '/map') }}, maps being _map.html."""

    async def recognition_map(rule=None, as_of=None):
        return await drawn(datasette, rule, as_of)

    return {"recognition_map": recognition_map}


@hookimpl
def register_routes():
    return [(r"^/map(?:\.(?P<format>[^/]*))?$", map_page)]

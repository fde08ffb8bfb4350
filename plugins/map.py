"""The map: every country with its status under a named rule on any day, as a page, as JSON, and for other pages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup, escape

try:
    from recognition.site.asked import Asked, asked, question
    from recognition.site.database import Row, kept, rows, rows_of_each
    from recognition.site.formats import ENDING, as_json, asked_format
    from recognition.vocabulary import CONTESTED, DOES_NOT_RECOGNISE, RECOGNISES, STATUSES, SUBJECT, WITHDREW
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

# By status, what the style calls it, and the column of tally_history that counts it.
CLASSES = {RECOGNISES: "recognises", CONTESTED: "contested", WITHDREW: "withdrew", DOES_NOT_RECOGNISE: "none"}
COLUMNS = {
    RECOGNISES: "recognising",
    CONTESTED: "contested",
    WITHDREW: "withdrawn",
    DOES_NOT_RECOGNISE: "not_recognising",
}
# What is shown of the plane of shapes.csv: all of it, and the part that is enlarged beside it.
FRAMES = {"world": (100, -12, 4176, 1892), "europe": (1922, 136, 606, 424)}

SHAPES = "select country_id as country, d, x, y, r from shapes order by number"
COUNTRIES = "select id, name, kind from countries order by name"
INTERVALS = """
select country_id as country, status, since, until from statuses where rule_id = :rule order by country_id, since
"""
MEMBERS = """
select since, recognising, contested, withdrawn, not_recognising from tally_history
where rule_id = :rule and organisation_id = 'un' order by since
"""


class Standing(NamedTuple):
    """The status that a country has from the ISO day `since` on, and before the day `until` unless that is None.

    `place` is that of the status in the list of all; `link` the country on the map, empty where it has no shape.
    """

    place: int
    since: str
    until: str | None
    link: Markup


class Step(NamedTuple):
    """Countries by status, in the order of all statuses, from `day` on: members of the United Nations, and all others."""

    day: str
    un: list[int]
    others: list[int]


class Map:
    """Countries under one rule, each with its standings, and how many had each status from step to step.

    `countries` (id, name, kind; of the subject also its link) and `standings` are by id, the subject has none; `members`
    are the rows of MEMBERS. `days` are those of the `steps`, in their order.
    """

    def __init__(self, countries: dict[str, Row], standings: dict[str, list[Standing]], members: list[Row]):
        self.countries = countries
        self.standings = standings
        changes = [row["since"] for row in members]
        days = {standing.since for intervals in standings.values() for standing in intervals}
        self.steps = []
        for day in sorted(days.union(changes)):
            counted = [0] * len(STATUSES)
            for _, standing in self.on(day):
                counted[standing.place] += 1
            row = members[bisect_right(changes, day) - 1]
            un = [row[COLUMNS[status]] for status in STATUSES]
            self.steps.append(Step(day, un, [all_ - member for all_, member in zip(counted, un, strict=True)]))
        self.days = [step.day for step in self.steps]

    def on(self, day: str) -> Iterator[tuple[str, Standing]]:
        """Each country with its standing on an ISO day, in the order of their names, without the subject."""
        for country, intervals in self.standings.items():
            for standing in intervals:
                if standing.since <= day and (standing.until is None or day < standing.until):
                    yield country, standing
                    break

    def links(self, day: str) -> Markup:
        """Every country on the map, in the order of their names, each a link that says its status on an ISO day."""
        links = {country: about["link"] for country, about in self.countries.items()}
        links.update((country, standing.link) for country, standing in self.on(day))
        return Markup("\n".join(links.values()))

    def step(self, day: str) -> Step:
        """The counts of an ISO day."""
        return self.steps[bisect_right(self.days, day) - 1]


async def read_map(datasette: Datasette, rule: str) -> Map:
    """The map under a rule; its links are made once for an edition, because a page has two hundred of them."""

    async def read() -> Map:
        outlines = await read_outlines(datasette)
        listed, intervals, members = await rows_of_each(
            datasette, (COUNTRIES, {}), (INTERVALS, {"rule": rule}), (MEMBERS, {"rule": rule})
        )
        countries = {row["id"]: row | {"link": Markup("")} for row in listed}
        for subject in (row for row in countries.values() if row["kind"] == SUBJECT):
            # the one stop of the Tab key, from which arrow keys lead to the others
            subject["link"] = link_to(datasette, subject, outlines, SUBJECT, "the subject", tabindex=0)
        standings: dict[str, list[Standing]] = {country: [] for country in countries}
        for row in intervals:
            country, status, since = row["country"], row["status"], row["since"]
            said = status if status == DOES_NOT_RECOGNISE else f"{status} since {since}"
            link = link_to(datasette, countries[country], outlines, CLASSES[status], said)
            standings[country].append(Standing(STATUSES.index(status), since, row["until"], link))
        return Map(countries, standings, members)

    return await kept(datasette, ("map", rule), read)


async def read_outlines(datasette: Datasette) -> dict[str | None, Markup]:
    """By country, its shapes as markup; under None, the land that is no state's."""

    async def read() -> dict[str | None, Markup]:
        found: dict[str | None, Markup] = {}
        for shape in await rows(datasette, SHAPES):
            d, x, y, r = (escape(shape[column]) for column in ("d", "x", "y", "r"))
            drawn = f'<path d="{d}"/>' if shape["d"] else f'<circle cx="{x}" cy="{y}" r="{r}"/>'
            found[shape["country"]] = found.get(shape["country"], Markup("")) + Markup(drawn)
        return found

    return await kept(datasette, "outlines", read)


def link_to(
    datasette: Datasette, country: Row, outlines: dict[str | None, Markup], css: str, said: str, tabindex: int = -1
) -> Markup:
    """A country on the map as a link that says what it is; empty where it has no shape."""
    if country["id"] not in outlines:
        return Markup("")
    href = datasette.urls.path(f"/recognition/countries/{country['id']}")
    return Markup(
        f'<a href="{href}" class="map-{css}" tabindex="{tabindex}">'
        f"<title>{escape(country['name'])}: {escape(said)}</title>{outlines[country['id']]}</a>"
    )


async def drawn(datasette: Datasette, ask: Asked) -> Row:
    """What templates/_map.html draws: the context of `ask`, frames, land and links as markup, and these counts.

    `legend` has a row for each status (status, css, un, others), `members` are those of the United Nations; `step` is the
    place of the day among the `steps` at which the slider stops: every day on which anything changes, and today.
    """
    map_, outlines = await read_map(datasette, ask.rule), await read_outlines(datasette)
    step = map_.step(ask.as_of)
    return {
        **ask.context, "frames": FRAMES, "land": outlines.get(None, ""), "drawn": map_.links(ask.as_of),
        "legend": [
            {"status": status, "css": CLASSES[status], "un": un, "others": others}
            for status, un, others in zip(STATUSES, step.un, step.others, strict=True)
        ],
        "members": sum(step.un), "steps": len(map_.days),
        "step": bisect_right(map_.days, ask.as_of) - (ask.as_of < ask.today),
    }  # fmt: skip


async def table(datasette: Datasette, ask: Asked) -> dict[str, list[Row]]:
    """By status, the countries that have it: country, name, kind, status, and since (None where that is not said)."""
    map_ = await read_map(datasette, ask.rule)
    found: dict[str, list[Row]] = {status: [] for status in STATUSES}
    for country, standing in map_.on(ask.as_of):
        status = STATUSES[standing.place]
        about = {"country": country, **map_.countries[country], "status": status}
        found[status].append(about | {"since": None if status == DOES_NOT_RECOGNISE else standing.since})
    return found


async def map_page(datasette: Datasette, request: Request) -> Response:
    """The map and the table of a day under a rule; as JSON, all that map.js moves through."""
    form, ask = asked_format(request, ("json",)), await question(datasette, request)
    if form == "json":
        return await as_json(datasette, await data(datasette, ask))
    context = {"map": await drawn(datasette, ask) | {"states": await table(datasette, ask)}}
    return Response.html(await datasette.render_template("map.html", context, request=request))


async def data(datasette: Datasette, ask: Asked) -> Row:
    """The rule and the day with its counts; `steps` (day, un, others); by country its intervals (place of the status, since, until)."""
    map_, rule = await read_map(datasette, ask.rule), ask.rules[ask.rule]
    step = map_.step(ask.as_of)
    return {
        "rule": ask.rule, "title": rule["title"], "description": rule["description"], "as_of": ask.as_of,
        "notes": ask.notes, "statuses": STATUSES, "un": step.un, "others": step.others,
        "steps": map_.steps,
        "countries": {country: [standing[:3] for standing in intervals] for country, intervals in map_.standings.items()},
    }  # fmt: skip


@hookimpl
def extra_template_vars(datasette: Datasette) -> Row:
    """Any template can draw the map: {{ maps.whole(recognition_map(rule, as_of), '/map') }}, maps being _map.html."""

    async def recognition_map(rule: str | None = None, as_of: str | None = None) -> Row:
        return await drawn(datasette, await asked(datasette, rule, as_of))

    return {"recognition_map": recognition_map}


@hookimpl
def register_routes() -> list[tuple]:
    return [(r"^/map" + ENDING, map_page)]

"""The map: every country with its status under a named rule on any day, as a page, as JSON, and for other pages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

try:
    from recognition.dates import said
    from recognition.sentences import status_since
    from recognition.site.asked import Asked, asked, question, with_choices
    from recognition.site.codes import codes
    from recognition.site.counting import breakdown, countries_to_count
    from recognition.site.database import Row, kept, rows_of_each
    from recognition.site.figures import PICTURES, as_picture, map_figure
    from recognition.site.formats import ENDING, as_json, asked_format
    from recognition.site.outlines import FRAMES, layers, link_to, read_outlines
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

COUNTRIES = "select id, name, kind from countries order by sort_name"
# until today: what is known to end later has not ended
INTERVALS = """
select country_id as country, status, since, case when until <= :today then until end as until
from statuses where rule_id = :rule and since <= :today order by country_id, since
"""
MEMBERS = """
select since, recognising, contested, withdrawn, not_recognising from tally_history
where rule_id = :rule and organisation_id = 'un' and since <= :today order by since
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
    """Countries by status, in the order of all statuses, from `day` on: members of the United Nations, and all others.

    `said` has the same in words: '10 UN members and 1 other'.
    """

    day: str
    un: list[int]
    others: list[int]
    said: list[str]


class Map:
    """Countries under one rule, each with its standings, and how many had each status from step to step until today.

    `countries` (id, name, kind; kind, name and represented_by for `breakdown` under `counted`; of the subject also its
    link) and `standings` are by id, in alphabetical order, the subject has none; `members` are the rows of MEMBERS.
    `days` are those of the `steps`, in their order; `layers` the ids in the order in which they are drawn.
    """

    def __init__(
        self, countries: dict[str, Row], standings: dict[str, list[Standing]], members: list[Row], layers: list[str]
    ) -> None:
        self.countries = countries
        self.standings = standings
        self.layers = layers
        changes = [row["since"] for row in members]
        days = {standing.since for intervals in standings.values() for standing in intervals}
        self.steps = []
        for day in sorted(days.union(changes)):
            counted: list[list[Row]] = [[] for _ in STATUSES]
            for country, standing in self.on(day):
                counted[standing.place].append(countries[country]["counted"])
            row = members[bisect_right(changes, day) - 1]
            un = [row[COLUMNS[status]] for status in STATUSES]
            others = [len(all_) - member for all_, member in zip(counted, un, strict=True)]
            self.steps.append(Step(day, un, others, [breakdown(group) for group in counted]))
        self.days = [step.day for step in self.steps]

    def on(self, day: str) -> Iterator[tuple[str, Standing]]:
        """Each country with its standing on an ISO day, in the order of their names, without the subject."""
        for country, intervals in self.standings.items():
            for standing in intervals:
                if standing.since <= day and (standing.until is None or day < standing.until):
                    yield country, standing
                    break

    def links(self, day: str) -> Markup:
        """Every country on the map, circles above all shapes, each a link that says its status on an ISO day."""
        links = {country: about["link"] for country, about in self.countries.items()}
        links.update((country, standing.link) for country, standing in self.on(day))
        return Markup("\n".join(links[country] for country in self.layers))

    def years(self) -> dict[str, int]:
        """By year, the place of its first step."""
        return {day[:4]: place for place, day in reversed([*enumerate(self.days)])}

    def step(self, day: str) -> Step:
        """The counts of an ISO day."""
        return self.steps[bisect_right(self.days, day) - 1]


async def read_map(datasette: Datasette, ask: Asked) -> Map:
    """The map under a rule; its links are made once for an edition and a day, because a page has two hundred of them."""

    async def read() -> Map:
        outlines, counted = await read_outlines(datasette), await countries_to_count(datasette)
        until = {"rule": ask.rule, "today": ask.today}
        listed, intervals, members = await rows_of_each(
            datasette, (COUNTRIES, {}), (INTERVALS, until), (MEMBERS, until)
        )
        countries = {row["id"]: row | {"link": Markup(""), "counted": counted[row["id"]]} for row in listed}
        for subject in (row for row in countries.values() if row["kind"] == SUBJECT):
            # the one stop of the Tab key, from which arrow keys lead to the others
            subject["link"] = link_to(datasette, subject, outlines, SUBJECT, "the subject", tabindex=0)
        standings: dict[str, list[Standing]] = {country: [] for country in countries}
        for row in intervals:
            country, status, since = row["country"], row["status"], row["since"]
            told = status_since(status, said(since))
            link = link_to(datasette, countries[country], outlines, CLASSES[status], told)
            standings[country].append(Standing(STATUSES.index(status), since, row["until"], link))
        return Map(countries, standings, members, layers(countries, outlines))

    return await kept(datasette, ("map", ask.rule, ask.today), read)


async def drawn(datasette: Datasette, ask: Asked) -> Row:
    """What templates/_map.html draws: the context of `ask`, frames, land and links as markup, and these counts.

    `legend` has a row for each status (status, css, said: who has it, in words), `recognising` and `members` are those of
    the United Nations; `step` is the place of the day among the `steps` at which the slider stops: every day on which
    anything changes, and today; `years` are the steps at which a year
    begins, by year.
    """
    map_, outlines = await read_map(datasette, ask), await read_outlines(datasette)
    step = map_.step(ask.as_of)
    return {
        **ask.context, "frames": FRAMES, "land": outlines.get(None, ""),
        "drawn": with_choices(map_.links(ask.as_of), ask.carried),
        "legend": [
            {"status": status, "css": CLASSES[status], "said": words}
            for status, words in zip(STATUSES, step.said, strict=True)
        ],
        "recognising": step.un[STATUSES.index(RECOGNISES)], "members": sum(step.un), "steps": len(map_.days),
        "years": map_.years(),
        "step": bisect_right(map_.days, ask.as_of) - (ask.as_of < ask.today),
    }  # fmt: skip


async def table(datasette: Datasette, ask: Asked) -> dict[str, list[Row]]:
    """By status, the countries that have it: country, name, kind, status, and since (None where that is not said)."""
    map_ = await read_map(datasette, ask)
    found: dict[str, list[Row]] = {status: [] for status in STATUSES}
    for country, standing in map_.on(ask.as_of):
        status = STATUSES[standing.place]
        about = {"country": country, **map_.countries[country], "status": status}
        found[status].append(about | {"since": None if status == DOES_NOT_RECOGNISE else standing.since})
    return found


async def map_page(datasette: Datasette, request: Request) -> Response:
    """The map and the table of a day under a rule; as JSON, all that map.js moves through; as a picture, the map alone."""
    form, ask = asked_format(request, ("json", *PICTURES)), await question(datasette, request)
    if form == "json":
        return await as_json(datasette, await data(datasette, ask))
    if form:
        return await as_picture(datasette, request, form, ask, map_figure)
    context = {**ask.context, "map": await drawn(datasette, ask) | {"states": await table(datasette, ask)}}
    return Response.html(await datasette.render_template("map.html", context, request=request))


async def data(datasette: Datasette, ask: Asked) -> Row:
    """The rule and the day with its counts; `steps` (day, un, others, said); by country its intervals.

    An interval is the place of its status among `statuses`, since, and until (None: still so today); `codes` has the
    iso2 and iso3 of each country.
    """
    map_, rule, known = await read_map(datasette, ask), ask.rules[ask.rule], await codes(datasette)
    step = map_.step(ask.as_of)
    return {
        "rule": ask.rule, "title": rule["title"], "description": rule["description"], "as_of": ask.as_of,
        "notes": ask.notes, "statuses": STATUSES, "un": step.un, "others": step.others,
        "steps": map_.steps,
        "countries": {country: [standing[:3] for standing in intervals] for country, intervals in map_.standings.items()},
        "codes": {country: known[country] for country in map_.standings},
    }  # fmt: skip


@hookimpl
def extra_template_vars(datasette: Datasette) -> Row:
    """Any template can draw the map: {{ maps.whole(recognition_map(rule, as_of), '/map') }}, maps being _map.html.

    An `organisation` that the reader chose goes along in its links.
    """

    async def recognition_map(
        rule: str | None = None, as_of: str | None = None, organisation: str | None = None
    ) -> Row:
        return await drawn(datasette, await asked(datasette, rule, as_of, organisation=organisation))

    return {"recognition_map": recognition_map}


@hookimpl
def register_routes() -> list[tuple]:
    return [(r"^/map" + ENDING, map_page)]

"""Figures as standalone SVG: the map, a count over time, a tally, each with its title, rule, day and source in the picture."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from recognition.serving.pictures import as_png
from recognition.vocabulary import SUBJECT, UN

from . import charts
from .asked import Asked, onward
from .charts import Axes
from .colours import colours
from .counting import breakdown, countries_to_count
from .database import Row, rows
from .drawing import LEADING, Tokens, bar, document, heading, key_of, paragraph, rect, tag, text
from .formats import label
from .lettering import width_of
from .map_drawing import LAND, LOOKS, drawn_map, looks_on_day, styles
from .tallies import HISTORY
from .telling import source_told, tally_on_day, tally_told

WIDTH, EDGE = 1200, 48  # of a picture, and what is free on both sides
INSIDE = WIDTH - 2 * EDGE
TITLE, TOLD, SMALL = 44, 22, 18  # sizes of letters
TOP = 76  # where the title stands
SWATCH = 20
CHART = 380  # how high the area of a chart is
BAR = 56


PICTURES = ("svg", "png")  # the formats of a figure
PIXELS = 1600  # across, of a picture that is no drawing


class Figure(NamedTuple):
    """A picture: its title, what it says in a sentence, and the SVG."""

    title: str
    told: str
    svg: str


Drawn = Callable[[Datasette, Asked, str], Awaitable[Figure]]


async def as_picture(datasette: Datasette, request: Request, form: str, ask: Asked, draw: Drawn) -> Response:
    """The figure of the page at this address, in a format of PICTURES. `draw` is given the public address of that page.

    A file that is saved is called as files of rows are: by subject, page, edition and day.
    """
    page, about = request.path.removesuffix(f".{form}"), await label(datasette)
    in_path = request.url_vars.get("organisation") is not None
    carried = {name: value for name, value in ask.carried.items() if not (in_path and name == "organisation")}
    path = onward(datasette, page, carried)
    address = datasette.absolute_url(request, path)
    name = "-".join([page.strip("/").replace("/", "-"), *filter(None, map(carried.get, ("organisation", "rule")))])
    headers = {
        **about.headers,
        "Content-Disposition": f'inline; filename="{about.begins}{name}{about.edition}-{ask.as_of}.{form}"',
        "Link": f'<{address}>; rel="canonical"',
    }

    async def drawn() -> str:
        return (await draw(datasette, ask, address if datasette.public_address else "")).svg

    if form == "svg":
        return Response(await drawn(), headers=headers, content_type="image/svg+xml; charset=utf-8")
    return await as_png(datasette, request, drawn, PIXELS, headers)


async def map_figure(datasette: Datasette, ask: Asked, address: str) -> Figure:
    """Every country with its status under the rule and on the day; `address` is that of the page, '' where none is public."""
    tokens = colours(datasette).light
    looks = await looks_on_day(datasette, ask.rule, ask.as_of)
    tally = await tally_on_day(datasette, ask, UN)
    title, told = f"Who recognises {ask.subject['name_in_sentence']}", tally_told(tally, ask)
    head, y = head_of(title, told, tokens)
    drawn, height = await drawn_map(datasette, looks, EDGE, y, INSIDE, tokens)
    legend, y = await legend_of(datasette, looks, ask, y + height + 40, tokens)
    return await finished(datasette, title, told, [*head, drawn, *legend], y, address, tokens)


async def chart_figure(datasette: Datasette, ask: Asked, address: str) -> Figure:
    """How many members of the chosen organisation recognise, and had withdrawn, from the first day to the one that is asked for."""
    tokens, organisation = colours(datasette).light, ask.organisation or UN
    tally, history = await tally_on_day(datasette, ask, organisation), await history_of(datasette, ask, organisation)
    who = "UN members" if organisation == UN else tally["name"]
    title, told = f"{who}: recognition of {ask.subject['name_in_sentence']} over time", tally_told(tally, ask)
    head, y = head_of(title, told, tokens)
    drawn, y = chart_of(history, ask, y, tokens, ("withdrawn", "withdrew", "had withdrawn"))
    return await finished(datasette, title, told, [*head, *drawn], y, address, tokens)


async def tally_figure(datasette: Datasette, ask: Asked, address: str) -> Figure:
    """The members of the chosen organisation by status, as a bar, and how many recognised over time."""
    tokens, organisation = colours(datasette).light, ask.organisation or UN
    tally, history = await tally_on_day(datasette, ask, organisation), await history_of(datasette, ask, organisation)
    number = f"{tally['recognising']} of {tally['members']}" if tally["members"] else "no members on this day"
    title, told = f"{tally['name']}: {number}", tally_told(tally, ask)
    parts, y = head_of(title, told, tokens)
    if tally["members"]:
        parts.append(bar(tally, EDGE, y, INSIDE, BAR, tokens))
        key, y = key_below(tally, y + BAR + 36, tokens)
        parts += key
    drawn, y = chart_of(history, ask, y + 20, tokens, ("members", "quiet", "members"))
    return await finished(datasette, title, told, [*parts, *drawn], y, address, tokens)


async def history_of(datasette: Datasette, ask: Asked, organisation: str) -> list[Row]:
    return await rows(datasette, HISTORY, organisation=organisation, rule=ask.rule, as_of=ask.as_of)


def head_of(title: str, told: str, tokens: Tokens) -> tuple[list[Markup], float]:
    """Title and sentence, and where what is below them may begin."""
    drawn, y = paragraph(told, EDGE, TOP + 44, TOLD, tokens["ink"], INSIDE, 3)
    return [heading(title, EDGE, TOP, TITLE, tokens["ink"], INSIDE, smallest=24), drawn], y + 4


async def finished(
    datasette: Datasette, title: str, told: str, parts: Sequence[Markup], y: float, address: str, tokens: Tokens
) -> Figure:
    """The figure with its source below, a line for its address where there is a public one."""
    licence = (datasette.metadata() or {})["license"]
    source = f"Source: {await source_told(datasette)}. Text and data: {licence}."
    drawn, below = paragraph(source, EDGE, y + 34, SMALL, tokens["quiet"], INSIDE, 2)
    line = rect(EDGE, y, INSIDE, 1, tokens["line"])
    where = []
    if address:
        where, below = [text(address, EDGE, below, SMALL, tokens["quiet"])], below + LEADING * SMALL
    height = round(below + 14)
    svg = document(WIDTH, height, title, f"{told} {source}", tokens["paper"], [*parts, line, drawn, *where])
    return Figure(title, f"{told} {source}", svg)


async def legend_of(
    datasette: Datasette, looks: dict[str, str], ask: Asked, y: float, tokens: Tokens
) -> tuple[list[Markup], float]:
    """What each look on the map means and how many have it, and where what is below may begin."""
    known = await countries_to_count(datasette)
    entries = [
        (look, f"{status}: {breakdown([known[country] for country, has in looks.items() if has == look]) or 'nobody'}")
        for status, look in LOOKS.items()
    ]
    entries += [(SUBJECT, f"{ask.subject['name']}, the subject"), (LAND, "no state listed here")]
    shapes = styles(tokens, "-fine", 1)
    swatches = [
        (tag("rect", x=0, y=0, width=SWATCH, height=SWATCH, **{**shapes[look][0], "stroke": tokens["quiet"], "stroke_width": 1}), words)
        for look, words in entries
    ]  # fmt: skip
    drawn, below = flowing(swatches, y, tokens)
    return drawn, below


def key_below(tally: Row, y: float, tokens: Tokens) -> tuple[list[Markup], float]:
    """How many members have each status that somebody has, each behind a swatch in its colour."""
    return flowing(
        [
            (rect(0, 0, SWATCH, SWATCH, tokens[colour], stroke=tokens["quiet"]), f"{number} {word}")
            for number, colour, word in key_of(tally)
        ],
        y,
        tokens,
    )


def flowing(entries: Sequence[tuple[Markup, str]], y: float, tokens: Tokens) -> tuple[list[Markup], float]:
    """Swatches with their words, beside each other and in as many lines as that takes; and where what is below may begin."""
    drawn, x = [], float(EDGE)
    for swatch, words in entries:
        wide = SWATCH + 10 + width_of(words, "text", SMALL)
        if x > EDGE and x + wide > WIDTH - EDGE:
            x, y = EDGE, y + 34
        drawn += [tag("g", swatch, transform=f"translate({x:.1f} {y - 16:.1f})")]
        drawn += [text(words, x + SWATCH + 10, y, SMALL, tokens["ink"])]
        x += wide + 30
    return drawn, y + 26


def chart_of(
    history: list[Row], ask: Asked, y: float, tokens: Tokens, other: tuple[str, str, str]
) -> tuple[list[Markup], float]:
    """Who recognises (a line with an area below it) and one `other` column (dashed): its name, its colour, its word.

    Gives where what is below may begin, too.
    """
    if not history:
        return [], y
    axes = Axes(ask.subject["first_day"], ask.as_of, max(step["members"] for step in history), INSIDE - 60 - 150, CHART)
    left, top = EDGE + 60, y + 30
    column, colour, word = other
    lines = {name: axes.steps(history, name) for name in ("recognising", column)}
    (right, end), (_, other_end) = lines["recognising"][-1], lines[column][-1]
    corners = charts.written([(lines["recognising"][0][0], axes.height), *lines["recognising"], (right, axes.height)])
    inside = [
        *grid(axes, tokens),
        tag("polygon", points=corners, fill=tokens["recognises"], opacity="0.16"),
        polyline(lines[column], stroke=tokens[colour], stroke_width=3, stroke_dasharray="9 6"),
        polyline(lines["recognising"], stroke=tokens["recognises"], stroke_width=4),
        *ends(axes, history[-1], (end, other_end), tokens, (column, colour, word)),
    ]
    drawn = tag("g", Markup("").join(inside), transform=f"translate({left} {top:.1f})")
    return [drawn], top + CHART + 62


def polyline(points: Sequence[charts.Point], **style: object) -> Markup:
    return tag("polyline", points=charts.written(points), fill="none", **style)


def grid(axes: Axes, tokens: Tokens) -> list[Markup]:
    """Lines across the chart with their counts, and the years below it."""
    style = {"stroke": tokens["line"], "stroke_width": 1}
    drawn = []
    for count in axes.levels:
        y = axes.y(count)
        drawn.append(tag("line", x1=0, x2=axes.width, y1=y, y2=y, **style))
        drawn.append(text(str(count), -10, y + 6, SMALL, tokens["quiet"], text_anchor="end"))
    for year, x in axes.years:
        drawn.append(tag("line", x1=x, x2=x, y1=axes.height, y2=axes.height + 8, **style))
        drawn.append(text(str(year), x, axes.height + 30, SMALL, tokens["quiet"], text_anchor="middle"))
    return drawn


def ends(axes: Axes, last: Row, at: tuple[float, float], tokens: Tokens, other: tuple[str, str, str]) -> list[Markup]:
    """What the lines have come to on the last day, beside their ends; numbers that would touch are moved apart."""
    column, colour, word = other
    places = [*at]
    if abs(places[0] - places[1]) < 2 * TOLD:
        down = 1 if places[1] >= places[0] else -1
        places = [places[0] - down * TOLD, places[1] + down * TOLD]
    said_of = [(last["recognising"], "recognise", tokens["recognises"]), (last[column], word, tokens[colour])]
    drawn = []
    for (number, what, fill), y, place in zip(said_of, at, places, strict=True):
        drawn.append(tag("circle", cx=axes.width, cy=y, r=6, fill=fill, stroke=tokens["paper"], stroke_width=2))
        drawn.append(text(str(number), axes.width + 14, place + 2, 26, fill, "strong"))
        drawn.append(text(what, axes.width + 14, place + 22, SMALL, tokens["quiet"]))
    return drawn

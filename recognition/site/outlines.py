"""The outlines of countries, and each as a link that says something of the country: what every map is drawn from."""

from __future__ import annotations

from datasette.app import Datasette
from markupsafe import Markup, escape

from .asked import LATER
from .database import Row, kept, rows

# What is shown of the plane of shapes.csv: all of it, and the part that is enlarged beside it.
FRAMES = {"world": (100, -12, 4176, 1892), "europe": (1922, 136, 606, 424)}
SHAPES = "select country_id as country, d, x, y, r from shapes order by number"


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
    datasette: Datasette, country: Row, outlines: dict[str | None, Markup], css: str, told: str, tabindex: int = -1
) -> Markup:
    """A country on the map as a link that tells what it is, for `with_choices`; empty where it has no shape."""
    if country["id"] not in outlines:
        return Markup("")
    href = datasette.urls.path(f"/recognition/countries/{country['id']}")
    return Markup(
        f'<a href="{href}{LATER}" class="map-{css}" tabindex="{tabindex}">'
        f"<title>{escape(country['name'])}: {escape(told)}</title>{outlines[country['id']]}</a>"
    )


def layers(countries: dict[str, Row], outlines: dict[str | None, Markup]) -> list[str]:
    """The ids of countries in the order in which they are drawn: circles last.

    Circles are small, and a neighbour that is drawn after them would hide them.
    """
    return sorted(countries, key=lambda country: "<circle" in outlines.get(country, ""))

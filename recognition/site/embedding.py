"""Figures that other pages show in a frame: which there are, at which address, and the code to copy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from datasette.app import Datasette
from markupsafe import Markup

from .asked import Asked, organisation_names
from .counting import countries_to_count
from .database import NAME
from .formats import this_edition

# What an address of a frame may say besides rule, day and organisation.
PARAMETERS = ("theme", "edition")
THEMES = ("light", "dark")


class Size(NamedTuple):
    """How wide a frame is where there is room, in pixels; how high when it is that wide, and when it is as wide as a phone."""

    width: int
    height: int
    on_phone: int


SIZES = {
    "map": Size(800, 470, 720), "chart": Size(800, 480, 480), "tally": Size(640, 320, 320), "country": Size(640, 300, 440),
}  # fmt: skip
PHONE, DESK = 300, 800  # pixels: between them the height of a frame moves from the one to the other
SAVED = {"map": "/map", "chart": "/timeline", "tally": "/tallies/{}"}  # the pages of which there are pictures
# By the path of a page or of a frame, the kind of its figure; its key is what the path ends with.
PATHS = [
    (re.compile(path), kind)
    for path, kind in (
        (r"/(?:map|embed/map)?()", "map"), (r"/(?:timeline|embed/chart)()", "chart"),
        (rf"/(?:tallies|{NAME}/organisations|embed/tally)/([^/.]+)", "tally"),
        (rf"/(?:{NAME}/countries|embed/country)/([^/.]+)", "country"),
    )
]  # fmt: skip
CODE = Markup('<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="{}"></iframe>')


class Framed(NamedTuple):
    """A figure in a frame: `page` is the path of the page that it is from, `saved` that of its pictures, or ''."""

    kind: str
    key: str
    title: str

    @property
    def path(self) -> str:
        """The path of the frame."""
        return f"/embed/{self.kind}/{self.key}".rstrip("/")

    @property
    def page(self) -> str:
        """The path of the page that has the figure and more."""
        return {"country": f"/{NAME}/countries/{self.key}"}.get(self.kind, self.saved)

    @property
    def saved(self) -> str:
        """The path of its pictures, without a format; '' where there are none."""
        return SAVED.get(self.kind, "").format(self.key)


async def framed(datasette: Datasette, ask: Asked, kind: str, key: str = "") -> Framed | None:
    """The figure of a kind; None where there is no such organisation or country."""
    whom = ask.subject["name_in_sentence"]
    if kind == "map":
        return Framed(kind, "", f"Who recognises {whom}, on a map")
    if kind == "chart":
        return Framed(kind, "", f"How many states recognise {whom}, over time")
    if kind == "tally":
        name = (await organisation_names(datasette)).get(key)
        return Framed(kind, key, f"{name}: who recognises {whom}") if name else None
    country = (await countries_to_count(datasette)).get(key)
    return Framed(kind, key, f"{country['title']} and the recognition of {whom}") if country else None


async def framed_at(datasette: Datasette, ask: Asked, path: str) -> Framed | None:
    """The figure of the page, or of the frame, at a path of this site; None where it has none."""
    for pattern, kind in PATHS:
        if found := pattern.fullmatch(path):
            return await framed(datasette, ask, kind, found[1])
    return None


def chosen(figure: Framed, ask: Asked) -> dict[str, str]:
    """What the address of a frame says of what a reader chose, but the day: the rule, and of a chart whose members."""
    organisation = ask.organisation if figure.kind == "chart" else None
    return {name: value for name, value in (("rule", ask.told_rule), ("organisation", organisation)) if value}


async def pinned(datasette: Datasette, ask: Asked) -> dict[str, str]:
    """What an address says that always shows the same: day, rule and edition."""
    return {"as_of": ask.as_of, "rule": ask.rule, "edition": str((await this_edition(datasette))["number"])}


def address_of(datasette: Datasette, figure: Framed, parameters: Mapping[str, str]) -> str:
    """The public address of a frame; where the site has none, the path with its prefix."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return str(datasette.absolute_url(None, datasette.urls.path(figure.path) + query))


def code_of(datasette: Datasette, figure: Framed, parameters: Mapping[str, str]) -> str:
    """The code to copy. On phones, where text takes more lines, its style makes the frame higher."""
    size = SIZES[figure.kind]
    style = "max-width:100%;border:0"
    if steps := (size.on_phone - size.height) / (DESK - PHONE):
        style += f";height:max({size.height}px,{size.on_phone + PHONE * steps:.0f}px - {100 * steps:.0f}vw)"
    return coded(datasette, figure, parameters, (size.width, size.height), style)


def code_within(datasette: Datasette, figure: Framed, parameters: Mapping[str, str], size: tuple[int, int]) -> str:
    """The code for a frame of exactly this width and height."""
    return coded(datasette, figure, parameters, size, "max-width:100%;border:0")


def coded(
    datasette: Datasette, figure: Framed, parameters: Mapping[str, str], size: tuple[int, int], style: str
) -> str:
    return str(CODE.format(address_of(datasette, figure, parameters), figure.title, *size, style))


def size_within(figure: Framed, width: int, height: int) -> tuple[int, int]:
    """The width and height of a frame where there is no more room than this."""
    size = SIZES[figure.kind]
    across = min(size.width, width)
    return across, min(size.height if across > (PHONE + DESK) / 2 else size.on_phone, height)

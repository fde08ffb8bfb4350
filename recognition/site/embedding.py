"""Figures that other pages show in a frame: which there are, at which address, and the code to copy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from datasette.app import Datasette
from markupsafe import escape

from recognition.vocabulary import SUBJECT

from .asked import Asked, organisation_names
from .counting import countries_to_count
from .database import NAME
from .formats import this_edition

# What an address of a frame may say besides rule, day and organisation.
PARAMETERS = ("theme", "edition")
THEMES = {"light": "light", "dark": "dark"}  # as they are asked for, and as they are called


class Size(NamedTuple):
    """How wide a frame is where there is room, in pixels; how high it is then, and how high when it is as wide as a phone.

    `style` is its height in CSS at every width; `{}` stands for the unit that is a hundredth of that width.
    """

    width: int
    height: int
    on_phone: int
    style: str


PHONE, BREAK = 300, 432  # pixels across: a phone; where static/embed.css sets things beside each other
# One map is below the other on a phone; the lines of a chart are the higher the wider it is.
MAP = Size(800, 475, 770, f"clamp(475px,({BREAK}px - 100{{}})*99,770px)")
CHART = Size(800, 500, 440, "clamp(440px,300px + 25{},500px)")
TELLING = 220  # letters that most countries take


def of_text(letters: int, height: tuple[float, float], on_phone: tuple[float, float]) -> Size:
    """The size of a frame with text, which takes more lines the narrower it is; heights are (without text, for a letter)."""
    wide, narrow = (round(bare + each * letters) for bare, each in (height, on_phone))
    steps = (narrow - wide) / (640 - PHONE)
    return Size(640, wide, narrow, f"clamp({wide}px,{narrow + PHONE * steps:.0f}px - {100 * steps:.0f}{{}},{narrow}px)")


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


class Framed(NamedTuple):
    """A figure in a frame: `page` is the path of the page that it is from, `saved` that of its pictures, or ''.

    `counted` is False of the subject, whose frame has no status, and no rule by which it was given.
    """

    kind: str
    key: str
    title: str
    counted: bool = True

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
    if country and country["kind"] == SUBJECT:
        return Framed(kind, key, f"The recognition of {whom}", counted=False)
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


def size_of(figure: Framed, told: int) -> Size:
    """How large a frame is, with room for a line more; of a country, `told` is how many letters are told."""
    if not figure.counted:
        return of_text(len(figure.title), (135, 0.35), (155, 0.6))
    if figure.kind == "tally":
        return of_text(len(figure.title), (275, 0.35), (350, 0.6))
    if figure.kind == "country":
        return of_text(told, (230, 0.28), (282, 0.57))
    return MAP if figure.kind == "map" else CHART


def code_of(datasette: Datasette, figure: Framed, parameters: Mapping[str, str], told: int) -> str:
    """The code to copy: as wide as there is room, and as high as what is in it is then.

    Browsers that do not know containers take the width of the page for that of the frame.
    """
    size, address = size_of(figure, told), address_of(datasette, figure, parameters)
    heights = ";".join(f"height:{size.style.format(unit)}" for unit in ("vw", "cqw"))
    frame = frame_code(address, figure.title, (size.width, size.height), f"width:100%;border:0;{heights}")
    return f'<div style="container-type:inline-size;min-width:240px;max-width:{size.width}px">{frame}</div>'


def code_within(datasette: Datasette, figure: Framed, parameters: Mapping[str, str], size: tuple[int, int]) -> str:
    """The code for a frame of exactly this width and height."""
    return frame_code(address_of(datasette, figure, parameters), figure.title, size, "max-width:100%;border:0")


def frame_code(address: str, title: str, size: tuple[int, int], style: str) -> str:
    """The element of HTML for a frame."""
    told = f'src="{escape(address)}" title="{escape(title)}" width="{size[0]}" height="{size[1]}"'
    return f'<iframe {told} loading="lazy" style="{style}"></iframe>'


def size_within(figure: Framed, width: int, height: int) -> tuple[int, int]:
    """The width and height of a frame where there is no more room than this."""
    size = size_of(figure, TELLING)
    across = min(size.width, width)
    return across, min(size.height if across > (PHONE + size.width) / 2 else size.on_phone, height)

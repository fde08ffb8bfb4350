"""The map as a part of a picture: the world, and the part of it that is enlarged beside."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from datasette.app import Datasette
from markupsafe import Markup

from recognition.serving.turns import give_way
from recognition.vocabulary import CONTESTED, DOES_NOT_RECOGNISE, RECOGNISES, SUBJECT, WITHDREW

from .database import Row, kept, on_day, rows
from .drawing import Tokens, rect, tag
from .outlines import FRAMES, SHAPES

# By status, how a country looks that has it, as in static/site.css.
LOOKS = {RECOGNISES: "recognises", CONTESTED: "contested", WITHDREW: "withdrew", DOES_NOT_RECOGNISE: "none"}
STATUSES_ON_DAY = f"""
select s.country_id as country, s.status from statuses s where s.rule_id = :rule and {on_day("s")}
"""
SUBJECTS = "select id from countries where kind = :subject"

LAND = "land"
PATTERN = 24  # units of the world's plane that a pattern is wide
FINER = 0.4  # times as wide where the map is enlarged
GAP = 16  # between the world and the part
# Widths of lines, in units of the picture.
BORDER, RING, MARK = 0.6, 1.5, 4.5
# In units of the world's plane.
MARGIN_OF_MARK = 60  # of what is marked to the ring around it
LARGE = 300  # what is so wide or high is seen without a ring
NUMBER = re.compile(r"-?\d+")


async def looks_on_day(datasette: Datasette, rule: str, as_of: str) -> dict[str, str]:
    """By country its look under a rule on an ISO day."""
    found = await rows(datasette, STATUSES_ON_DAY, rule=rule, as_of=as_of)
    return {row["country"]: LOOKS[row["status"]] for row in found} | await look_of_subject(datasette)


async def look_of_subject(datasette: Datasette) -> dict[str, str]:
    return {row["id"]: SUBJECT for row in await rows(datasette, SUBJECTS, subject=SUBJECT)}


def patterns(colours: Tokens) -> Markup:
    """Those of states that are contested and that withdrew, each in two sizes."""
    ground = "M0 0h24v24h-24z"
    kinds = {
        "contested": ("contested", "map-dark", "M6 0h12v12h-12zM-6 12h12v12h-12zM18 12h12v12h-12z", ""),
        "withdrew": ("map-light", "withdrew", "M0 0h11v24h-11z", "rotate(45)"),
    }
    drawn = [
        tag(
            "pattern", tag("path", d=ground, fill=colours[below]) + tag("path", d=d, fill=colours[above]), id=f"{kind}{suffix}",
            width=PATTERN, height=PATTERN, patternUnits="userSpaceOnUse", patternTransform=f"{turn} scale({scale})".strip(),
        )
        for kind, (below, above, d, turn) in kinds.items()
        for suffix, scale in (("", 1), ("-fine", FINER))
    ]  # fmt: skip
    return tag("defs", Markup("").join(drawn))


def styles(colours: Tokens, suffix: str, line: float) -> dict[str, tuple[dict[str, object], dict[str, object]]]:
    """By look, the attributes of its shapes and of its circles; `line` is the unit in which a line of 1 is drawn."""
    border: dict[str, object] = {"stroke": colours["paper"], "stroke_width": f"{BORDER * line:.2f}"}
    ring: dict[str, object] = {"stroke_width": f"{RING * line:.2f}"}
    contested = {"fill": colours["contested"], "stroke": colours["map-dark"], **ring}
    withdrew = {"fill": colours["paper"], "stroke": colours["withdrew"], **ring}
    absent = {"fill": colours["paper"], "stroke": colours["ink"], **ring}
    land = {"fill": colours["paper"], "stroke": colours["line"], "stroke_width": border["stroke_width"]}
    plain = {look: {"fill": colours[name], **border} for look, name in (("recognises",) * 2, ("none", "map-none"))}
    return {
        **{look: (style, style) for look, style in plain.items()},
        "contested": ({"fill": f"url(#contested{suffix})", **border}, contested),
        "withdrew": ({"fill": f"url(#withdrew{suffix})", **border}, withdrew),
        LAND: (land, land),
        "absent": (absent, absent),
        SUBJECT: ({"fill": colours["ink"], **border}, {"fill": "none", "stroke": colours["ink"], **ring}),
    }


async def read_shapes(datasette: Datasette) -> list[Row]:
    """All rows of SHAPES, each with `drawn`, the element."""

    async def read() -> list[Row]:
        found = await rows(datasette, SHAPES)
        return [
            {
                **row,
                "drawn": tag("path", d=row["d"]) if row["d"] else tag("circle", cx=row["x"], cy=row["y"], r=row["r"]),
            }
            for row in found
        ]

    return await kept(datasette, "shapes", read)


async def shapes_by_look(datasette: Datasette, looks: Mapping[str, str]) -> dict[tuple[bool, str], Markup]:
    """By (whether these are circles, look), in the order of drawing, the shapes of all that look so.

    The land that is no state's looks like 'land', a country without a look like 'none'. Circles are above all else.
    """
    found: defaultdict[tuple[bool, str], list[Markup]] = defaultdict(list)
    for shape in await read_shapes(datasette):
        look = looks.get(shape["country"], "none") if shape["country"] else LAND
        found[not shape["d"], look].append(shape["drawn"])
    return {key: Markup("").join(found[key]) for key in sorted(found, key=lambda key: (key[0], key[1] != LAND, key[1]))}


async def drawn_map(
    datasette: Datasette, looks: Mapping[str, str], x: float, y: float, width: float, colours: Tokens, part: bool = True
) -> tuple[Markup, float]:
    """The map, `width` wide from its upper left corner on, and its height; with the enlarged `part` beside it, or without."""
    world, europe = FRAMES["world"], FRAMES["europe"]
    shapes = await shapes_by_look(datasette, looks)
    defined = [tag("g", drawn, id=name_of(*key)) for key, drawn in shapes.items()]
    height = width * world[3] / world[2]
    if part:  # both are equally high
        ratios = [frame[2] / frame[3] for frame in (world, europe)]
        height = (width - GAP) / sum(ratios)
    await give_way()
    drawn = [patterns(colours), tag("defs", Markup("").join(defined))]
    drawn.append(frame_of(world, x, y, height, shapes, colours, ""))
    if part:
        drawn.append(frame_of(europe, x + width - height * ratios[1], y, height, shapes, colours, "-fine"))
    return Markup("").join(drawn), height


def name_of(circles: bool, look: str) -> str:
    return f"{look}-{'circles' if circles else 'shapes'}"


def frame_of(
    frame: tuple[int, int, int, int], x: float, y: float, height: float, shapes: Mapping[tuple[bool, str], Markup],
    colours: Tokens, suffix: str,
) -> Markup:  # fmt: skip
    """A part of the plane in a frame so high."""
    scale = height / frame[3]
    looked = styles(colours, suffix, 1 / scale)
    used = [tag("use", xlink__href=f"#{name_of(*key)}", **looked[key[1]][key[0]]) for key in shapes]
    inside = tag(
        "svg", Markup("").join(used), x=x, y=y, width=frame[2] * scale, height=height, viewBox=" ".join(map(str, frame))
    )
    return rect(x, y, frame[2] * scale, height, colours["panel"]) + inside


def box_of(d: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the largest piece of a shape.

    A path of shapes.csv has no commands but m and z and whole numbers: each piece begins beside where the last one began.
    """
    boxes, x, y = [], 0, 0
    for piece in d.split("z"):
        numbers = [int(number) for number in NUMBER.findall(piece)]
        if not numbers:
            continue
        x, y = at = (x + numbers[0], y + numbers[1])
        points = [at] + [(at := (at[0] + dx, at[1] + dy)) for dx, dy in zip(numbers[2::2], numbers[3::2])]
        across, down = zip(*points)
        boxes.append((min(across), min(down), max(across), max(down)))
    return max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))


async def ring_around(datasette: Datasette, country: str, x: float, y: float, width: float, colours: Tokens) -> Markup:
    """A ring around a country on a map without a part; nothing where it has no shape, or a large one."""
    shapes = [shape for shape in await read_shapes(datasette) if shape["country"] == country]
    if not shapes:
        return Markup("")
    first = shapes[0]
    left, top, right, bottom = box_of(first["d"]) if first["d"] else (first["x"], first["y"]) * 2
    size, world = max(right - left, bottom - top), FRAMES["world"]
    if size > LARGE:
        return Markup("")
    scale = width / world[2]
    across, down = (left + right) / 2 - world[0], (top + bottom) / 2 - world[1]
    radius = (size / 2 + MARGIN_OF_MARK) * scale
    return tag(
        "circle", cx=x + across * scale, cy=y + down * scale, r=radius, fill="none", stroke=colours["ink"], stroke_width=MARK
    )  # fmt: skip

"""What standalone SVG is made of: it says colours and letters in attributes, so that it looks alike wherever it is opened.

A style sheet inside of it would be refused by browsers (Content-Security-Policy), and what comes from outside is missing
once it is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from .database import Row
from .lettering import LOOKS, Face, fitting, is_drawn, lines_of

Tokens = Mapping[str, str]  # the colours by name, see colours.py
LEADING = 1.3  # from one line of running text to the next, as a part of the size of its letters
# The statuses as they are told beside a bar: the column of a tally, the colour's name, the word.
PARTS = (
    ("recognising", "recognises", "recognise"), ("contested", "contested", "contested"), ("withdrawn", "withdrew", "withdrew"),
    ("not_recognising", "none", "do not recognise"),
)  # fmt: skip


def tag(name: str, inside: str = "", /, **attributes: object) -> Markup:
    """An element; `inside` is text or markup. In names of attributes _ stands for a hyphen, __ for a colon; what is None is left out."""
    said = "".join(
        f' {key.replace("__", ":").replace("_", "-")}="{escape(short(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{said}>{escape(inside)}</{name}>") if inside else Markup(f"<{name}{said}/>")


def short(value: object) -> object:
    """A number with at most one digit behind the point."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def text(words: str, x: float, y: float, size: float, fill: str, face: Face = "text", **attributes: object) -> Markup:
    """One line, which begins at x and stands on y."""
    family, weight, _ = LOOKS[face]
    return tag("text", words, x=x, y=y, font_family=family, font_weight=weight, font_size=size, fill=fill, **attributes)


def face_of(words: str) -> Face:
    """The face of a heading: that of headings, or where it lacks a letter, the other one."""
    return "heading" if is_drawn(words, "heading") else "strong"


def heading(
    words: str, x: float, y: float, size: float, fill: str, width: float, smallest: float = 40, **attributes: object
) -> Markup:
    """A heading in one line: its letters are smaller where it would be wider than `width`."""
    face = face_of(words)
    return text(words, x, y, fitting(words, face, size, width, smallest), fill, face, **attributes)


def paragraph(
    words: str, x: float, y: float, size: float, fill: str, width: float, at_most: int, face: Face = "text"
) -> tuple[Markup, float]:
    """Running text in lines of at most `width`, the first of which stands on y; and where the next line would stand."""
    lines = lines_of(words, face, size, width, at_most)
    drawn = [text(line, x, y + LEADING * size * number, size, fill, face) for number, line in enumerate(lines)]
    return Markup("").join(drawn), y + LEADING * size * len(lines)


def rect(x: float, y: float, width: float, height: float, fill: str, **attributes: object) -> Markup:
    return tag("rect", x=x, y=y, width=width, height=height, fill=fill, **attributes)


def document(width: int, height: int, title: str, told: str, paper: str, parts: Iterable[str]) -> str:
    """A picture as a file: `title` and `told`, in a sentence what is seen, are read to those who do not see it."""
    inside = Markup("\n").join([
        tag("title", title, id="title"), tag("desc", told, id="told"), rect(0, 0, width, height, paper), *parts
    ])  # fmt: skip
    return str(tag(
        "svg", inside, xmlns="http://www.w3.org/2000/svg", xmlns__xlink="http://www.w3.org/1999/xlink", viewBox=f"0 0 {width} {height}",
        width=width, height=height, role="img", aria_labelledby="title told",
    ))  # fmt: skip


def stacked(numbers: Sequence[tuple[int, str]], x: float, y: float, width: float, height: float) -> Markup:
    """Numbers beside each other as a bar, each as wide as its part of the whole: pairs of a number and its colour."""
    whole, drawn = sum(number for number, _ in numbers) or 1, []
    at = x
    for number, fill in numbers:
        part = width * number / whole
        if number:
            drawn.append(rect(at, y, part, height, fill))
        at += part
    return Markup("").join(drawn)


def bar(tally: Row, x: float, y: float, width: float, height: float, colours: Tokens) -> Markup:
    """Members by status: recognising, contested, withdrawn, all others."""
    return stacked([(tally[column], colours[name]) for column, name, _ in PARTS], x, y, width, height)


def key_of(tally: Row) -> list[tuple[int, str, str]]:
    """The number, the colour's name and the word of each status that somebody has."""
    return [(tally[column], name, word) for column, name, word in PARTS if tally[column]]

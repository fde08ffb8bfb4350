"""The letters of pictures: how wide a text is in the fonts that pictures have, and how it is broken into lines."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

FONTS = Path(__file__).resolve().parents[2] / "fonts"
SLACK = 1.01  # kerning is left out, and browsers may take a font that is near to ours
ELLIPSIS = "…"

Face = Literal["heading", "text", "strong"]


class Look(NamedTuple):
    """How an SVG names a face, first ours and then what comes near to it, and the file that has it."""

    family: str
    weight: int
    file: str


LOOKS: dict[Face, Look] = {
    "heading": Look("Gelasio, georgia, serif", 700, "Gelasio-Bold.ttf"),
    "text": Look("Inter, system-ui, sans-serif", 400, "Inter-Regular.ttf"),
    "strong": Look("Inter, system-ui, sans-serif", 600, "Inter-SemiBold.ttf"),
}


class Widths(NamedTuple):
    """How wide the letters of a font are, by character, as a part of the size of the letters; `other` where it has none."""

    by_letter: dict[str, float]
    other: float


@cache
def widths_of(face: Face) -> Widths:
    """The tables cmap (in its format 4) and hmtx of a font, read once."""
    data = FONTS.joinpath(LOOKS[face].file).read_bytes()
    (number,) = struct.unpack_from(">H", data, 4)
    at = {name: offset for name, _, offset, _ in struct.iter_unpack(">4sIII", data[12 : 12 + 16 * number])}
    (units,) = struct.unpack_from(">H", data, at[b"head"] + 18)
    (measured,) = struct.unpack_from(">H", data, at[b"hhea"] + 34)
    advances = [advance / units for advance, _ in struct.iter_unpack(">Hh", data[at[b"hmtx"] :][: 4 * measured])]
    glyphs = dict(glyphs_by_letter(data, at[b"cmap"]))
    return Widths({letter: advances[min(glyph, measured - 1)] for letter, glyph in glyphs.items()}, advances[0])


def glyphs_by_letter(data: bytes, cmap: int) -> Iterator[tuple[str, int]]:
    """Every character of a font with the number of its glyph."""
    (tables,) = struct.unpack_from(">H", data, cmap + 2)
    offsets = [struct.unpack_from(">I", data, cmap + 4 + 8 * table + 4)[0] for table in range(tables)]
    start = next(cmap + offset for offset in offsets if struct.unpack_from(">H", data, cmap + offset)[0] == 4)
    count = struct.unpack_from(">H", data, start + 6)[0] // 2
    columns = [start + 14, start + 16 + 2 * count, start + 16 + 4 * count, start + 16 + 6 * count]
    for segment in range(count):
        end, first, delta, jump = (struct.unpack_from(">H", data, column + 2 * segment)[0] for column in columns)
        for code in range(first, min(end, 0xFFFE) + 1):
            glyph = code
            if jump:
                place = columns[3] + 2 * segment + jump + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", data, place)
            if glyph or not jump:
                yield chr(code), (glyph + delta) % 0x10000


def is_drawn(text: str, face: Face) -> bool:
    """Whether the font has every letter of a text."""
    known = widths_of(face).by_letter
    return all(letter in known for letter in text)


def width_of(text: str, face: Face, size: float) -> float:
    """How wide a text is in letters of a size, both in the same units; rather too much than too little."""
    widths = widths_of(face)
    return SLACK * size * sum(widths.by_letter.get(letter, widths.other) for letter in text)


def fitting(text: str, face: Face, size: float, width: float, smallest: float) -> float:
    """The size of letters, at most `size` and at least `smallest`, in which a text fits into a width in one line."""
    return max(min(size, size * width / max(width_of(text, face, size), 1)), smallest)


def lines_of(text: str, face: Face, size: float, width: float, at_most: int) -> list[str]:
    """A text in lines of at most a width, broken between words; what does not fit into so many lines ends with '…'."""
    lines: list[str] = []
    space, so_far = width_of(" ", face, size), 0.0
    for word in text.split():
        wide = width_of(word, face, size)
        if lines and so_far + space + wide <= width:
            lines[-1] += f" {word}"
            so_far += space + wide
        elif len(lines) > at_most:
            break  # the rest is not shown
        else:
            lines.append(word)
            so_far = wide
    shown = [shortened(line, face, size, width) for line in lines[:at_most]]
    if len(lines) > at_most:
        shown[-1] = shortened(f"{lines[at_most - 1]} {lines[at_most]}", face, size, width, cut=True)
    return shown


def shortened(text: str, face: Face, size: float, width: float, cut: bool = False) -> str:
    """As much of a text as fits into one line, with '…' behind it where that is not all, or where it is `cut` anyway."""
    if not cut and width_of(text, face, size) <= width:
        return text
    while text and width_of(text + ELLIPSIS, face, size) > width:
        text = text.rpartition(" ")[0] if " " in text else text[:-1]
    return text.rstrip(" ,;:") + ELLIPSIS

"""A process that draws pictures: `python -m recognition.serving.drawer FONTS`, which workers.py starts.

The library that draws holds up the whole process meanwhile, some tenths of a second. So it is never in that of the site.
Questions and answers are messages as in worker.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TypedDict

import resvg_py

from .worker import INVALID, serve

ENDINGS = (".ttf", ".otf")


class Drawing(TypedDict):
    """The head of a question. Its body is empty."""

    svg: str  # one that the site made, never a visitor
    width: int  # of the picture, in pixels; its height follows
    seconds: float


def answer(drawing: Drawing, fonts: list[str]) -> tuple[dict[str, Any], bytes]:
    """The head and body of an answer: the picture as pixels (png), or a head with `problem` (the kind) and `sentence`."""
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=drawing["svg"], width=drawing["width"], font_files=fonts, skip_system_fonts=True
        )
        return {}, bytes(png)
    except ValueError as error:
        return {"problem": INVALID, "sentence": str(error)}, b""


def main(folder: Path) -> None:
    """Draw with the fonts of a folder."""
    fonts = sorted(str(path) for path in folder.iterdir() if path.suffix in ENDINGS)
    serve(lambda drawing: answer(drawing, fonts))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

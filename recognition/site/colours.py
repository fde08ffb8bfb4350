"""The colours of pictures: the tokens of static/site.css, which is their one home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from datasette.app import Datasette

Theme = Literal["light", "dark"]
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\n(.*?)\n\}", re.DOTALL)
ROOT = re.compile(r":root \{\n(.*?)\n\}", re.DOTALL)
TOKEN = re.compile(r"--([a-z-]+): (#[0-9a-f]{6})\b")
OTHERWISE = re.compile(r"var\(--([a-z-]+), (#[0-9a-f]{6})\)")  # a token that has a value in the dark alone


class Colours(NamedTuple):
    """The values of the tokens by name, such as 'paper': '#fdfcfa'."""

    light: Mapping[str, str]
    dark: Mapping[str, str]


def colours_of(css: str) -> Colours:
    """The colours that a stylesheet has as tokens, in light and in dark."""
    root = ROOT.search(css)
    light = dict(OTHERWISE.findall(css)) | dict(TOKEN.findall(root[1] if root else ""))
    return Colours(light, light | dict(TOKEN.findall("".join(DARK.findall(css)))))


@cache
def read(path: Path) -> Colours:
    return colours_of(path.read_text("utf-8"))


def colours(datasette: Datasette) -> Colours:
    """Those of the site's stylesheet, read once."""
    return read(Path(dict(datasette.static_mounts)["static"], "site.css"))


def as_css(tokens: Mapping[str, str], theme: Theme) -> str:
    """A stylesheet that sets the tokens for a page whose theme is chosen, whatever the reader's own setting."""
    told = " ".join(f"--{name}: {value};" for name, value in tokens.items())
    return f":root, .map {{ color-scheme: {theme}; {told} }}\n"

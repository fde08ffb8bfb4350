"""The cases of cases.yml, and messages with the words of lines in the place of their numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from .changes import Damage, all_of, all_replaced, ended

BEGINNING = 36  # characters of a line by which a message of the cases names it
PLACE = re.compile(r"\b(?P<file>[a-z_]+\.(?:csv|txt)):(?P<line>\d+)")
ON_LINE = re.compile(r"\bline (?P<line>\d+)(?: of (?P<file>[a-z_]+\.(?:csv|txt)))?")


def damage_of(case: dict[str, Any]) -> Damage:
    changes = case.get("changes", [case])
    if "ends_with" in changes[0]:
        return ended(changes[0]["ends_with"], changes[0]["file"])
    files = dict.fromkeys(change["file"] for change in changes)
    return all_of(
        *(
            all_replaced([(change["find"], change["put"]) for change in changes if change["file"] == file], file)
            for file in files
        )
    )


def cases() -> dict[str, tuple[Damage, list[str]]]:
    """{name of a case: (its damage, the messages that the build gives)}."""
    read = yaml.safe_load(Path(__file__).with_name("cases.yml").read_text("utf-8"))
    assert len({case["name"] for case in read}) == len(read), "two cases have the same name"
    return {case["name"]: (damage_of(case), case["says"].splitlines()) for case in read}


def named_by_words(message: str, folder: Path, only: str = "") -> str:
    """A message in which lines, of one file `only` or of all, are named by their beginnings and not by their numbers.

    A line that holds nothing but a lost image is named together with the one below it.
    """
    first = PLACE.search(message)

    def beginning(file: str, number: str) -> str:
        """«The beginning of a line…», as it is printed; of a row of a register, two cells."""
        lines = (folder / file).read_text("utf-8", errors="replace").replace("\r", "\n").split("\n")
        text = lines[int(number) - 1]
        if file.endswith(".csv") and "," in text:
            text = ",".join(text.split(",")[:2])
        if text.endswith("![]() |") and int(number) < len(lines):
            text += f" {lines[int(number)]}"
        shown = text if len(text) <= BEGINNING else text[:BEGINNING].rstrip() + "…"
        return "«" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown) + "»"

    def on_line(match: re.Match[str]) -> str:
        file = match["file"] or (first["file"] if first else "")
        return f"line {beginning(file, match['line'])}" + (f" of {match['file']}" if match["file"] else "")

    def place(match: re.Match[str]) -> str:
        return (
            match[0]
            if only not in ("", match["file"])
            else f"{match['file']} {beginning(match['file'], match['line'])}"
        )

    return PLACE.sub(place, message if only else ON_LINE.sub(on_line, message))

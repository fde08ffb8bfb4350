"""What a visitor sent, as a log may repeat it: no line break or escape sequence of his makes a line of its own."""

from __future__ import annotations

import traceback

SHOWN_AT_MOST = 200  # characters of what a visitor sent
LINE_AT_MOST = 300  # characters of a line of a traceback
LINES_AT_MOST = 60  # of a traceback; the last ones say most


def shown(text: str, at_most: int = SHOWN_AT_MOST) -> str:
    """Text of a visitor for one line of a log: what cannot be printed is escaped, what is longer than `at_most` is cut."""
    characters = (
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text[:at_most]
    )
    escaped = "".join(characters)
    return escaped if len(text) <= at_most and len(escaped) <= at_most else f"{escaped[: at_most - 1]}…"


def traceback_of(exception: BaseException) -> str:
    """The traceback of an exception for a log, indented: its message may repeat what a visitor sent."""
    lines = "".join(traceback.format_exception(exception)).splitlines()
    return "\n".join(f"    {shown(line, LINE_AT_MOST)}" for line in lines[-LINES_AT_MOST:])

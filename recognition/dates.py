"""Reads dates as the article prints them, '17 February 2008', into ISO dates."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from .problems import Problems

MONTHS = {
    name: number
    for number, name in enumerate(
        "January February March April May June July August September October November December".split(), 1
    )
}  # fmt: skip
PRINTED_DATE = re.compile(r"^(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]+) (?P<year>\d{4})$")


def printed_date(text: str, file: Path, line: int, problems: Problems) -> str | None:
    """'17 February 2008' as '2008-02-17'; None with a problem added where the text is no day of the calendar."""
    printed = PRINTED_DATE.match(text)
    if printed and printed["month"] in MONTHS:
        try:
            return datetime.date(int(printed["year"]), MONTHS[printed["month"]], int(printed["day"])).isoformat()
        except ValueError:
            pass
    problems.add(file, line, "not a date such as '17 February 2008'", text)
    return None

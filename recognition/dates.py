"""Reads dates as the article prints them, '17 February 2008' in tables and 'July 22, 2010' in prose, as ISO dates."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from .problems import Problems

MONTHS = {
    name: number
    for number, name in enumerate(
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"], 1
    )
}  # fmt: skip
MONTH = "|".join(MONTHS)
DATE_IN_PROSE = re.compile(
    rf"(?:(?P<month>{MONTH}) (?P<day>\d{{1,2}}), |(?P<day_first>\d{{1,2}}) (?P<month_second>{MONTH}) |(?P<only_month>{MONTH}) )?"
    r"\b(?P<year>(?:19|20)\d\d)\b"
)
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


def dates_in(text: str) -> set[str]:
    """The dates that a text gives, each also as the month and the year that it is in: '2010-07-22', '2010-07', '2010'."""
    found: set[str] = set()
    for match in DATE_IN_PROSE.finditer(text):
        year, month = match["year"], match["month"] or match["month_second"] or match["only_month"]
        day = match["day"] or match["day_first"]
        found.add(year)
        if month:
            found.add(f"{year}-{MONTHS[month]:02}")
        if month and day:
            found.add(f"{year}-{MONTHS[month]:02}-{int(day):02}")
    return found

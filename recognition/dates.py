"""Dates: read as the article prints them, written for people, today; and text folded for comparison."""

from __future__ import annotations

import datetime
import functools
import os
import re
import unicodedata

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
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WORD = re.compile(r"[^\W_]+")
PRINTED_DATE = re.compile(r"^(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]+) (?P<year>\d{4})$")


def printed_date(text: str) -> str | None:
    """'17 February 2008' as '2008-02-17'; None where the text is no day of the calendar in this form."""
    printed = PRINTED_DATE.match(text)
    if printed and printed["month"] in MONTHS:
        try:
            return datetime.date(int(printed["year"]), MONTHS[printed["month"]], int(printed["day"])).isoformat()
        except ValueError:
            pass
    return None


def iso_day(text: str) -> str | None:
    """The text where it is a day of the calendar as '2008-02-17'; None for any other."""
    try:
        return datetime.date.fromisoformat(text).isoformat() if ISO_DAY.fullmatch(text) else None
    except ValueError:
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


def today(first: str = "") -> str:
    """Today's ISO day in UTC. The environment variable RECOGNITION_TODAY sets another day, for tests and benchmarks.

    It is never before `first`, an ISO day: a clock that says so is wrong.
    """
    clock = os.environ.get("RECOGNITION_TODAY") or datetime.datetime.now(datetime.UTC).date().isoformat()
    return max(clock, first)


@functools.lru_cache(maxsize=4096)  # a page says hundreds, and most of them often
def said(date: str) -> str:
    """An ISO date for people, as precise as it is: '20 February 2008', 'September 2020', '2018'."""
    year, month, day = (*date.split("-"), "", "")[:3]
    name = list(MONTHS)[int(month) - 1] if month else ""
    return " ".join(part for part in (day.lstrip("0"), name, year) if part)


def folded(text: str) -> str:
    """The text in lowercase without accents, as the search index compares words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))

"""The time that a question names: the ISO days of it, and how it is said."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from recognition.dates import said

ALWAYS = "9999-12-31"
LATER = "+"  # behind an ISO day: later than the day, and earlier than the next one
IN_A_TIME = ("period", "since", "after", "before")  # the places that name a time


@dataclass(frozen=True)
class Time:
    """A time: ISO days of it are from `start` on and before `end`. `words` say it behind a sentence: ' in 2012', or ''."""

    start: str = ""
    end: str = ALWAYS
    words: str = ""

    @property
    def is_one_day(self) -> bool:
        """Whether it is a single day."""
        return self.start + LATER == self.end

    @property
    def coming(self) -> str:
        """Its words where it is still to come: ' from 2027 on'."""
        since = " since "
        return f" from {self.words.removeprefix(since)} on" if self.words.startswith(since) else self.words

    def last_day(self, as_of: str) -> str:
        """The last ISO day of it, or the day that is asked for where that is earlier."""
        if not self.end.endswith(LATER) and self.end != ALWAYS:
            return min(day_before(self.end), as_of)
        return min(self.end.removesuffix(LATER), as_of)

    def is_cut(self, as_of: str) -> bool:
        """Whether it goes on after the ISO day that is asked for."""
        return self.start <= as_of and as_of + LATER < self.end


def time_of(places: Mapping[str, str]) -> Time:
    """The time that the places of a question name: all days where they name none."""
    if since := places.get("since"):
        return Time(first_of(since), ALWAYS, f" since {said(since)}")
    if after := places.get("after"):
        return Time(last_of(after) + LATER, ALWAYS, f" after {said(after)}")
    if before := places.get("before"):
        return Time("", first_of(before), f" before {said(before)}")
    periods = sorted(places[place] for place in ("period", "period2") if place in places)
    if not periods:
        return Time()
    return Time(first_of(periods[0]), last_of(periods[-1]) + LATER, words_of(periods))


def words_of(periods: list[str]) -> str:
    """One or two ISO dates as words: ' in 2012', ' on 3 May 2012', ' from 2012 to March 2014'."""
    if len(periods) > 1:
        return f" from {said(periods[0])} to {said(periods[1])}"
    return f" {'on' if is_day(periods[0]) else 'in'} {said(periods[0])}"


def is_day(date: str) -> bool:
    """Whether an ISO date is a day, and no month or year."""
    return len(date) == len("2012-01-01")


def first_of(date: str) -> str:
    """The first day that an ISO date of a year, month or day can mean."""
    return date + "-01" * ((len("2012-01-01") - len(date)) // 3)


def last_of(date: str) -> str:
    """The last day that an ISO date of a year, month or day can mean."""
    if len(date) == len("2012"):
        return f"{date}-12-31"
    year, month, *day = map(int, date.split("-"))
    return date if day else f"{date}-{calendar.monthrange(year, month)[1]}"


def day_before(day: str) -> str:
    """The ISO day before another: of `until`, the first day on which something holds no more, the last on which it does."""
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat()

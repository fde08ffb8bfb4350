"""How a published count is told in words: who gave it, of which day it is, and when it was given."""

from __future__ import annotations

from collections.abc import Callable

from recognition.dates import said
from recognition.vocabulary import ARTICLE, THE_ARTICLE

from .database import Row


def publisher_of(count: Row) -> str:
    """Who gave a count, a row with `publisher` and `source_id`: 'Utopia (president)', 'the article'."""
    return THE_ARTICLE if count["source_id"] == ARTICLE else str(count["publisher"])


def given(count: Row, shown: Callable[[str], str] = said) -> str:
    """The day that a count is of, where it names one itself, and when it was given, each as precisely as it is known.

    'as of 4 September 2020, given in 2024', '4 January 2023', 'between 29 October 2025 and 18 December 2025', 'no day
    known'. `count` has as_of, published_on, printed_from, printed_until, earliest_day and latest_day; `shown` writes a date.
    """
    when = given_when(count, shown)
    if not count["as_of"]:
        return when or "no day known"
    same = not when or count["published_on"] == count["as_of"]
    return f"as of {shown(count['as_of'])}" + ("" if same else f", given {when}")


def given_when(count: Row, shown: Callable[[str], str]) -> str:
    """When a count was given; '' where nothing is known of that."""
    first, last = count["printed_from"], count["printed_until"]
    if not (first or last or count["published_on"] or count["as_of"]):
        first, last = count["earliest_day"], count["latest_day"]
    if first and last:
        return f"between {shown(first)} and {shown(last)}"
    if first or last:
        return f"on or after {shown(first)}" if first else f"until {shown(last)}"
    return shown(count["published_on"]) if count["published_on"] else ""

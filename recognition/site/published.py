"""How a published count is told in words: who printed it, and of which day it is."""

from __future__ import annotations

from recognition.dates import said
from recognition.vocabulary import ARTICLE, THE_ARTICLE

from .database import Row


def publisher_of(count: Row) -> str:
    """Who printed a count, a row with `publisher` and `source_id`: 'Utopia (president)', 'the article'."""
    return THE_ARTICLE if count["source_id"] == ARTICLE else str(count["publisher"])


def day_of(count: Row) -> str:
    """The day, month or year that a count is of, as precisely as it is known, for people; '' where it is not known."""
    of = count["as_of"] or count["published_on"] or count["earliest_day"]
    return said(of) if of else ""

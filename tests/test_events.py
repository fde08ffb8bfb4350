"""Dates of events as precise as their evidence, and statuses that follow from events."""

from __future__ import annotations

import pytest

from recognition.build.events import last_day
from recognition.build.statuses import intervals
from recognition.dates import dates_in


def test_dates_in_prose() -> None:
    assert dates_in("On July 22, 2010, the court; in September 2020; since 2008; on 17 February 2008.") == {
        "2010-07-22", "2010-07", "2010", "2020-09", "2020", "2008", "2008-02", "2008-02-17",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("date", "day"),
    [("2018", "2018-12-31"), ("2020-02", "2020-02-29"), ("2023-01-04", "2023-01-04"), ("", None)],
)
def test_an_imprecise_date_counts_from_its_last_day(date: str, day: str | None) -> None:
    assert last_day(date) == day


def test_what_an_event_means_depends_on_the_status_that_it_meets() -> None:
    effects = {("r", "recognition", "does not recognise"): "recognises", ("r", "withdrawal", "recognises"): "withdrew"}
    events = [
        {"id": "early", "kind": "withdrawal", "counts_from": "2009-01-01"},
        {"id": "first", "kind": "recognition", "counts_from": "2010-01-01"},
        {"id": "again", "kind": "recognition", "counts_from": "2011-01-01"},
        {"id": "last", "kind": "withdrawal", "counts_from": "2012-01-01"},
    ]
    assert [interval[2:] for interval in intervals("r", "x", "2008-02-17", events, effects)] == [
        ("does not recognise", "2008-02-17", "2010-01-01", None),
        ("recognises", "2010-01-01", "2012-01-01", "first"),
        ("withdrew", "2012-01-01", None, "last"),
    ]

"""Statuses that follow from events, and what a country's statuses come to."""

from __future__ import annotations

import pytest

from recognition.build.countries import last_standing
from recognition.build.statuses import Interval, intervals


def test_what_an_event_means_depends_on_the_status_that_it_meets() -> None:
    effects = {
        ("r", "recognition", "does not recognise"): {(None, None): "recognises"},
        ("r", "withdrawal", "recognises"): {(None, None): "withdrew"},
    }
    days = {
        "early withdrawal": "2009",
        "first recognition": "2010",
        "again recognition": "2011",
        "last withdrawal": "2012",
    }
    events = [
        {
            "id": name.split()[0],
            "kind": name.split()[1],
            "counts_from": f"{year}-01-01",
            "country_id": "x",
            "claimant": "X",
        }
        for name, year in days.items()
    ]
    assert [interval[2:] for interval in intervals("r", "x", "2008-02-17", events, effects)] == [
        ("does not recognise", "2008-02-17", "2010-01-01", None),
        ("recognises", "2010-01-01", "2012-01-01", "first"),
        ("withdrew", "2012-01-01", None, "last"),
    ]


@pytest.mark.parametrize(
    ("steps", "standing"),
    [
        ([("does not recognise", "2008"), ("recognises", "2010")], ("recognises", "2010", None)),
        ([("recognises", "2008"), ("withdrew", "2018"), ("recognises", "2020")], ("recognises", "2020", None)),
        ([("recognises", "2008"), ("contested", "2011"), ("withdrew", "2018")], ("withdrew", "2008", "2018")),
        ([("recognises", "2008"), ("contested", "2011")], ("contested", "2008", None)),
        ([("does not recognise", "2008")], ("does not recognise", None, None)),
    ],
)
def test_statuses_lead_to_a_standing(steps: list[tuple[str, str]], standing: tuple[str | None, ...]) -> None:
    assert last_standing([Interval("r", "x", status, since, None, None) for status, since in steps]) == standing

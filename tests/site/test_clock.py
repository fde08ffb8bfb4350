"""A clock that is wrong makes no page fail: before the first day it is that day, and after the records end it is said."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from tests.seen.addresses import PAGES

Get = Callable[..., Any]
DAY = re.compile(r"([?&])(as_of|day|from|to)=[^&]*&?")
# Each kind of page, asked of the day of the clock, or until then.
PATHS = sorted({DAY.sub(r"\1", path).rstrip("?&") for paths in PAGES.values() for path in paths[:6]})


@pytest.mark.parametrize("day", ["1969-12-31", "2007-01-01", "2008-02-16", "9999-12-31"])
def test_every_page_answers_on_every_day(
    get: Get, monkeypatch: pytest.MonkeyPatch, sample: Callable[[list[str], int], list[str]], day: str
) -> None:
    paths = sample(PATHS, 60)
    expected = {path: get(path).status_code for path in paths}
    monkeypatch.setenv("RECOGNITION_TODAY", day)
    assert {path: get(path).status_code for path in paths} == expected
    assert set(expected.values()) >= {200}


def test_before_the_first_day_it_is_the_first(
    get: Get, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = db.execute("select first_day from subject").fetchone()
    pages = {}
    for day in ("1969-12-31", first):
        monkeypatch.setenv("RECOGNITION_TODAY", day)
        pages[day] = [
            get(path).text for path in ("/tallies", "/list", "/map", "/timeline", "/recognition/countries/ghana")
        ]
    assert pages["1969-12-31"] == pages[first]

"""The line of a chart is at the height of its count on every day; the charts of the pages are in tests/seen."""

import itertools

import pytest
from bs4 import BeautifulSoup

from recognition.site.charts import Axes, grid, written

HISTORY = [
    {"since": "2020-01-01", "counted": 0, "members": 4},
    {"since": "2020-01-02", "counted": 3, "members": 4},
    {"since": "2020-01-05", "counted": 3, "members": 5},
    {"since": "2020-01-07", "counted": 1, "members": 5},
]


def test_a_line_goes_up_with_its_count_and_right_with_the_days():
    axes = Axes("2020-01-01", "2020-01-11", 5, 100, 50)
    assert written(axes.steps(HISTORY, "counted")) == "0,50 10,50 10,20 60,20 60,40 100,40"
    assert written(axes.steps(HISTORY, "members")) == "0,10 40,10 40,0 100,0"


def test_a_chart_of_a_single_day_has_a_line():
    axes = Axes("2020-01-01", "2020-01-01", 4, 100, 50)
    assert written(axes.steps(HISTORY[:1], "members")) == "0,0 0,0"


@pytest.mark.parametrize(
    ("top", "levels"),
    [(1, [0, 1]), (5, [0, 2, 4, 5]), (27, [0, 10, 20, 27]), (57, [0, 20, 40, 57]), (193, [0, 50, 100, 150, 193])],
)
def test_counts_on_the_axis_are_round_and_do_not_touch(top, levels):
    axes = Axes("2008-02-17", "2026-02-28", top)
    assert axes.levels == levels
    heights = [axes.y(level) for level in axes.levels]
    assert all(lower - higher >= 24 for lower, higher in itertools.pairwise(heights))


@pytest.mark.parametrize("last", ["2008-02-17", "2008-12-31", "2009-01-01", "2016-05-05", "2026-11-26", "2061-01-01"])
def test_every_chart_has_years_that_do_not_touch(last):
    years = Axes("2008-02-17", last, 193).years
    assert years
    assert all(right - left >= 79 for (_, left), (_, right) in itertools.pairwise(years))


def test_what_is_written_beside_a_chart_has_room():
    axes = Axes("2008-02-17", "2026-11-26", 193)
    left, top, width, height = map(float, axes.view_box.split())
    for text in BeautifulSoup(grid(axes), "html.parser").select("text"):
        x, y = float(text["x"]), float(text["y"])
        largest = 28  # units of a letter on a phone, half of which is its width
        half = len(text.get_text()) * largest * 0.6
        start, end = (x - half, x) if "level" in text["class"] else (x - half / 2, x + half / 2)
        assert left <= start and end <= left + width
        assert top <= y - largest / 2 and y + largest <= top + height

"""The line of a chart is at the height of its count on every day; the charts of the pages are in tests/seen."""

from recognition.site.charts import Axes, written

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

"""Charts show what tally_history says: the line of a count is at the height of the count on every day."""

from bisect import bisect_right

import pytest
from bs4 import BeautifulSoup

from recognition.site.charts import Axes, bar, written

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


def test_points_are_rounded_to_tenths_as_scripts_round():
    axes = Axes("2020-01-01", "2020-02-01", 31, 720, 260)
    assert (axes.x("2020-01-02"), axes.y(1), axes.y(31)) == (23.2, 251.6, 0)
    assert written([(Axes("2020-01-01", "2020-01-09", 1, 2, 1).x("2020-01-02"), 0)]) == "0.3,0"  # 0.25


def test_a_chart_of_a_single_day_has_a_line():
    axes = Axes("2020-01-01", "2020-01-01", 4, 100, 50)
    assert written(axes.steps(HISTORY[:1], "members")) == "0,0 0,0"


def test_a_bar_has_its_parts_side_by_side():
    tally = {"members": 10, "recognising": 4, "contested": 2, "withdrawn": 1, "not_recognising": 3}
    parts = BeautifulSoup(bar(tally), "html.parser").find_all("rect")
    assert [(part["class"][0], int(part.get("x", 0)), int(part["width"])) for part in parts] == [
        ("none", 0, 10), ("recognises", 0, 4), ("contested", 4, 2), ("withdrew", 6, 1),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def histories(db):
    """{(rule, organisation): rows of tally_history by day}."""
    cursor = db.execute("select * from tally_history order by rule_id, organisation_id, since")
    names = [column[0] for column in cursor.description]
    found = {}
    for row in (dict(zip(names, values)) for values in cursor):
        found.setdefault((row["rule_id"], row["organisation_id"]), []).append(row)
    return found


def heights(points):
    """height(x) is where a line runs right of x, from corners in their order."""
    across = [x for x, _ in points]
    return lambda x: points[bisect_right(across, x) - 1][1]


def test_every_line_is_at_the_height_of_its_count_on_every_day_of_a_change(histories):
    for history in histories.values():
        top = max(row["members"] for row in history)
        axes = Axes(
            history[0]["since"], "2030-01-01", top, 1_000_000, 10 * top
        )  # a unit a day and more: no two days meet
        for column in ("members", "recognising", "withdrawn", "contested"):
            points = axes.steps(history, column)
            assert (points[0][0], points[-1][0]) == (0, 1_000_000)
            height = heights(points)
            assert [height(axes.x(row["since"])) for row in history] == [10 * (top - row[column]) for row in history]


@pytest.mark.parametrize("rule", ["latest", "uncontested"])
def test_the_charts_of_the_pages_are_drawn_from_tally_history(get, histories, rule):
    """On the front page until today whatever day is asked for, on the page of a tally until that day."""
    front = BeautifulSoup(get("/", rule=rule, as_of="2012-01-23").text, "html.parser").select_one("svg.chart")
    (first, last), (width, height, top) = (
        [front[f"data-{name}"] for name in ("first", "last")],
        [int(front[f"data-{name}"]) for name in ("width", "height", "top")],
    )
    history = histories[rule, "un"]
    axes = Axes(first, last, top, width, height)
    assert (first, top) == (history[0]["since"], max(row["members"] for row in history))
    lines = {line["class"][0]: line["points"] for line in front.select("polyline")}
    assert lines == {column: written(axes.steps(history, column)) for column in ("recognising", "withdrawn")}
    assert front.select_one("polygon")["points"] == f"0,{height} {lines['recognising']} {width},{height}"
    (told,) = [row for row in history if row["since"] <= "2012-01-23" < (row["until"] or "9999")]
    assert [float(dot["cy"]) for dot in front.select(".dot")] == [
        axes.y(told[key]) for key in ("recognising", "withdrawn")
    ]
    assert {float(mark[key]) for mark in front.select(".now, .dot") for key in ("x1", "cx") if mark.get(key)} == {
        axes.x("2012-01-23")
    }
    page = BeautifulSoup(get("/tallies/eu", rule=rule, as_of="2014-01-01").text, "html.parser").select_one("svg.steps")
    history = [row for row in histories[rule, "eu"] if row["since"] <= "2014-01-01"]
    axes = Axes(first, "2014-01-01", max(row["members"] for row in history), 1000, 240)
    assert {line["class"][0]: line["points"] for line in page.select("polyline")} == {
        column: written(axes.steps(history, column)) for column in ("members", "recognising")
    }

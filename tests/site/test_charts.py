"""Charts show what tally_history says: the line of a count is at the height of the count on every day."""

from bisect import bisect_right

import pytest

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

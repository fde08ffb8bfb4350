"""Step charts, how a count moved from day to day, as points of an SVG; and bars of members by status.

static/front.js draws the line of another rule by the same arithmetic, from the axes in the data-* attributes of the SVG.
Both round alike, so that the points are the same to the letter.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from .database import Row

Point = tuple[float, float]


@dataclass(frozen=True)
class Axes:
    """The area of a chart: ISO days from `first` to `last`, both included, across `width`; counts to `top` up `height`.

    Width and height are in units of the SVG, in which y grows downwards.
    """

    first: str
    last: str
    top: int
    width: int
    height: int

    def x(self, day: str) -> float:
        """How far from the left edge an ISO day lies."""
        return tenths(self.width * days(self.first, day) / max(days(self.first, self.last), 1))

    def y(self, count: int) -> float:
        """How far below the upper edge a count lies."""
        return tenths(self.height - self.height * count / self.top)

    def steps(self, history: Sequence[Row], column: str) -> list[Point]:
        """The corners of the line of a column, from the first day of `history` to the last day of the chart.

        `history` is what tally_history says of one organisation and rule: rows with `since`, in the order of their days.
        """
        level = history[0][column]
        points = [(self.x(history[0]["since"]), self.y(level))]
        for row in history:
            if row[column] != level:
                at = self.x(row["since"])
                points += [(at, self.y(level)), (at, self.y(row[column]))]
                level = row[column]
        return [*points, (self.x(self.last), self.y(level))]


def written(points: Sequence[Point]) -> str:
    """Points as the attribute `points` of an SVG polyline has them: '0,260 13.5,260'."""
    return " ".join(f"{x},{y}" for x, y in points)


def days(first: str, last: str) -> int:
    """The number of days from one ISO day to another."""
    return (datetime.date.fromisoformat(last) - datetime.date.fromisoformat(first)).days


def tenths(number: float) -> float:
    """Rounded to tenths, halves upwards, and whole numbers without a point, as scripts round and write."""
    rounded = math.floor(10 * number + 0.5) / 10
    return int(rounded) if rounded.is_integer() else rounded


def bar(tally: Row) -> Markup:
    """Members by status, one beside the other, each as wide as its number: members, recognising, contested, withdrawn."""
    members, recognising, contested, withdrawn = (
        int(tally[column]) for column in ("members", "recognising", "contested", "withdrawn")
    )
    return Markup(
        f'<svg class="bar" viewBox="0 0 {members} 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="none" width="{members}" height="1"/><rect class="recognises" width="{recognising}" height="1"/>'
        f'<rect class="contested" x="{recognising}" width="{contested}" height="1"/>'
        f'<rect class="withdrew" x="{recognising + contested}" width="{withdrawn}" height="1"/></svg>'
    )

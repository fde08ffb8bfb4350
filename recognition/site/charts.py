"""Step charts, how a count moved from day to day, with numbers and years on their axes; and bars of members by status.

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

WIDTH, HEIGHT = 720, 260  # of a chart, in its own units
LEFT, RIGHT, ABOVE, BELOW = 58, 34, 24, 40  # the room around it for numbers and years, which are larger on a phone
STEPS = (1, 2, 5, 10, 20, 50, 100)  # between the counts that have a line across a chart
LEVELS_AT_MOST = 4  # lines across a chart, besides that of its top
DAYS_OF_YEAR = 365.25
YEAR_APART = 80  # units from the middle of a year that is written to the middle of the next
LEVEL = Markup(
    '<line class="grid" x1="0" x2="{width}" y1="{y}" y2="{y}"/><text class="level" x="-6" y="{y}" dy=".35em">{level}</text>'
)
YEAR = Markup(
    '<line class="grid" x1="{x}" x2="{x}" y1="{height}" y2="{below}"/><text class="year" x="{x}" y="{below}" dy=".9em">{year}</text>'
)


@dataclass(frozen=True)
class Axes:
    """The area of a chart: ISO days from `first` to `last`, both included, across `width`; counts to `top` up `height`.

    Counts begin at `bottom`, and have `levels_at_most` lines besides the top. Width and height, and the room on the
    right, are in units of the SVG, in which y grows downwards.
    """

    first: str
    last: str
    top: int
    width: int = WIDTH
    height: int = HEIGHT
    bottom: int = 0
    right: int = RIGHT
    levels_at_most: int = LEVELS_AT_MOST

    @property
    def view_box(self) -> str:
        """The attribute viewBox of the SVG: the area, and the room around it for what `grid` writes there."""
        return f"{-LEFT} {-ABOVE} {self.width + LEFT + self.right} {self.height + ABOVE + BELOW}"

    @property
    def levels(self) -> list[int]:
        """The counts that have a line across the chart, from the bottom to the top; none is so near to the top that numbers touch."""
        step = next((step for step in STEPS if self.top - self.bottom <= self.levels_at_most * step), STEPS[-1])
        levels = range(self.bottom, self.top, step)
        return [*(level for level in levels if level == self.bottom or level <= self.top - step / 2), self.top]

    @property
    def years(self) -> list[tuple[int, float]]:
        """The years that are written, each with how far from the left edge it begins.

        A chart in which no year begins has that of its first day, at the left edge.
        """
        begun = [(year, self.x(f"{year}-01-01")) for year in range(int(self.first[:4]) + 1, int(self.last[:4]) + 1)]
        every = math.ceil(YEAR_APART * max(days(self.first, self.last), 1) / DAYS_OF_YEAR / self.width)
        shown = [(year, x) for year, x in begun if year % every == 0]
        return shown or [(int(self.first[:4]), 0)]

    def x(self, day: str) -> float:
        """How far from the left edge an ISO day lies."""
        return tenths(self.width * days(self.first, day) / max(days(self.first, self.last), 1))

    def y(self, count: int) -> float:
        """How far below the upper edge a count lies."""
        return tenths(self.height - self.height * (count - self.bottom) / (self.top - self.bottom))

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


def grid(axes: Axes) -> Markup:
    """What every chart has behind its lines: lines across it with their counts, and the years below it."""
    levels = [LEVEL.format(level=level, width=axes.width, y=axes.y(level)) for level in axes.levels]
    years = [YEAR.format(year=year, x=x, height=axes.height, below=axes.height + 6) for year, x in axes.years]
    return Markup("").join(levels + years)


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

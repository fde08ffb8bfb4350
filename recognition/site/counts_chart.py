"""The chart of published counts: each a dot at its day and its number, before the line of what each rule counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import groupby

from datasette.app import Datasette
from markupsafe import Markup, escape

from recognition.vocabulary import ALL_STATES, UN

from . import charts
from .asked import Asked
from .database import Row, kept, rows

BOTTOM = 40  # counts below it, of the first months, are not drawn
WIDTH, HEIGHT, LEVELS = 900, 460, 9
LETTER, BOLD = 7.3, 7.9  # units across of a letter of a label, and of what a dot says, in the widest fonts of readers
LEAD = 18  # units from the end of a line to its label
LABEL_APART = 17  # units from the line of one label to that of the next
TIP_FROM = 0.6  # of the width: further right, what a dot says is written to its left
HISTORY = """
select t.rule_id, r.title, t.since, t.recognising from tally_history t join rules r on r.id = t.rule_id
where t.organisation_id = :un and t.since <= :today order by r.position, t.since
"""
LINE = Markup('<polyline class="rule-line {css}" points="{points}"/>')
LABEL = Markup(
    '<path class="rule-lead {css}" d="M{x} {from_y}l14 {down}"/><text class="rule-name" x="{text_x}" y="{y}" dy=".35em">{title}</text>'
)
DOT = Markup(
    '<a href="{href}" class="{css}" data-published="{key}">{shape}<text x="{x}" y="{y}" text-anchor="{anchor}">{told}</text></a>'
)


def plotted(counts: Sequence[Row]) -> list[Row]:
    """The counts that are drawn: of the UN's members or of all states, with a day, and not below the bottom."""
    return [
        count for count in counts
        if count["organisation_id"] in (UN, ALL_STATES) and count["latest_day"] and count["recognising"] >= BOTTOM
    ]  # fmt: skip


async def chart(datasette: Datasette, ask: Asked, counts: Sequence[Row], told: dict[str, str]) -> Row:
    """The chart: `axes`, `lines` and `dots` as markup, and the `number` of dots; `told` has by id what each dot says."""
    shown = plotted(counts)
    history = await kept(
        datasette, ("history of rules", ask.today), partial(rows, datasette, HISTORY, un=UN, today=ask.today)
    )
    top = max([BOTTOM + 10, *(row["recognising"] for row in (*shown, *history))]) + 4
    right = LEAD + math.ceil(LETTER * max(len(f"{top} {rule['title']}") for rule in ask.rules.values()))
    axes = charts.Axes(ask.subject["first_day"], ask.today, top, WIDTH, HEIGHT, BOTTOM, right, LEVELS)

    async def draw() -> Markup:
        return charts.grid(axes) + lines(axes, history)

    drawn = await kept(datasette, ("lines of rules", ask.today, top), draw)
    return {"axes": axes, "lines": drawn, "dots": dots(datasette, axes, shown, told), "number": len(shown)}


def lines(axes: charts.Axes, history: list[Row]) -> Markup:
    """What each rule counts from day to day, with its name and its number behind the line; names never touch."""
    drawn, ends = Markup(""), []
    for number, (_, steps) in enumerate(groupby(history, key=lambda row: row["rule_id"])):
        rule = list(steps)
        css = f"rule-line-{number}"
        shown = [{**step, "recognising": max(step["recognising"], axes.bottom)} for step in rule]
        drawn += LINE.format(css=css, points=charts.written(axes.steps(shown, "recognising")))
        ends.append((axes.y(rule[-1]["recognising"]), css, f"{rule[-1]['recognising']} {rule[-1]['title']}"))
    below = float(axes.height)
    for y, css, title in sorted(ends, reverse=True):
        at = min(y, below)
        below = at - LABEL_APART
        down = charts.tenths(at - y)
        drawn += LABEL.format(
            css=css, x=axes.width, from_y=y, down=down, text_x=axes.width + LEAD, y=charts.tenths(at), title=title
        )
    return drawn


def dots(datasette: Datasette, axes: charts.Axes, counts: list[Row], told: dict[str, str]) -> Markup:
    """Each count as a link that says what it is: a circle of the UN's members, a square of all states.

    It is filled where a rule explains the number. A count that is known by its month or year lies in the middle of it. What
    a dot says is written beside it, as far as there is room, and else across it.
    """
    drawn = []
    for count in sorted(counts, key=lambda count: count["latest_day"]):
        x = charts.tenths((axes.x(count["earliest_day"]) + axes.x(min(count["latest_day"], axes.last))) / 2)
        y = axes.y(count["recognising"])
        left, wide = x > TIP_FROM * axes.width, BOLD * len(told[count["id"]])
        begins = max(x - 9, wide - charts.LEFT) if left else min(x + 9, axes.width + axes.right - wide)
        shape = f'<circle cx="{x}" cy="{y}" r="5"/>'
        if count["organisation_id"] == ALL_STATES:
            shape = f'<path d="M{charts.tenths(x - 4.5)} {charts.tenths(y - 4.5)}h9v9h-9z"/>'
        drawn.append(
            DOT.format(
                href=datasette.urls.path(f"/counts/{count['id']}"), key=count["id"], css="explained" if count["outcome"] == "reproduced" else "open",
                shape=Markup(shape), x=charts.tenths(begins), y=charts.tenths(y - 8),
                anchor="end" if left else "start", told=escape(told[count["id"]]),
            )
        )  # fmt: skip
    return Markup("\n").join(drawn)

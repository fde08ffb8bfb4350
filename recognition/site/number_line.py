"""The line of numbers: what rules count on a day and what each side printed last, with the states between two neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from datasette.app import Datasette

from recognition.dates import said
from recognition.vocabulary import CONTESTED, DOES_NOT_RECOGNISE, RECOGNISES, UN, WITHDREW

from .asked import Asked
from .bridges import Side, Statuses, counted_sides, printed_sides, recognising, statuses_of, steps
from .counting import countries_to_count
from .database import Row, kept, rows
from .last_words import MONTH, in_brief, last_words
from .tallies import with_reasons

# What several states are called that have a status.
OF_SEVERAL = {
    RECOGNISES: "recognising", CONTESTED: "contested", WITHDREW: "withdrawn", DOES_NOT_RECOGNISE: "not recognising",
}  # fmt: skip
RULES_ON_LINE = "select id from rules r where r.on_line or r.id = :rule order by r.position"
# What the side of a rule itself printed, of the counts that follow the rule, the last first; `day` is that from which it is known.
PRINTED_BY_SIDES = """
select r.id as rule, p.id, p.latest_day, max(p.latest_day, coalesce(p.published_on, p.as_of)) as day
from rules r join published_counts p on p.speaker = r.side and p.follows = r.id and p.by_accident = 0
where day is not null order by p.latest_day desc, p.id
"""
PRINTED = """
select id, publisher, source_id, as_of, published_on, printed_from, printed_until, earliest_day, latest_day from published_counts
"""


LATER = "recognised later"  # than the day of the number before


@dataclass
class Mark:
    """A number on the line, and all that stands at it: sides with the same states.

    `counted` are the sides that rules count, `printed` the published counts, rows of PRINTED. `states` lead here from the
    mark before: rows of `states_between` with `word`, in a few words what was said last of each. `unexplained` is what
    they leave of the difference; `why` tells, for each status, how many states the other side has otherwise.
    """

    number: int
    sides: list[Side]
    states: Sequence[Row] = ()
    unexplained: int = 0
    printed: Sequence[Row] = ()
    why: Sequence[str] = ()

    @property
    def counted(self) -> list[Side]:
        """The sides that rules count."""
        return [side for side in self.sides if side.count is None]


async def number_line(datasette: Datasette, ask: Asked) -> list[Mark]:
    """The marks of a day, the smallest number first; where two have the same number for other states, both are marks."""
    sides = sorted(await sides_on(datasette, ask), key=lambda side: side.number)
    statuses = {side: await statuses_of(datasette, side) for side in sides}
    countries = await countries_to_count(datasette)
    marks: list[Mark] = []
    for side in sides:
        for mark in marks:
            if mark.number == side.number and recognising(statuses[mark.sides[0]]) == recognising(statuses[side]):
                mark.sides.append(side)
                break
        else:
            marks.append(Mark(side.number, [side]))
    for before, mark in pairwise(marks):
        first, second = before.sides[0], mark.sides[0]
        mark.states = steps(statuses[first], statuses[second], countries)
        mark.unexplained = second.unexplained - first.unexplained
        mark.why = why(first, second, mark.states, statuses[second], ask.rules)
    await told(datasette, ask, marks)
    return marks


async def told(datasette: Datasette, ask: Asked, marks: list[Mark]) -> None:
    """Give the states of each mark their `word`, and `disputed` if somebody has the last one; the mark what was printed."""
    words = await last_words(datasette, ask.as_of)
    undisputed = [state for mark in marks for state in mark.states if state["country"] not in words]
    await with_reasons(datasette, undisputed)

    async def read() -> dict[str, Row]:
        return {row["id"]: row for row in await rows(datasette, PRINTED)}

    printed = await kept(datasette, "who printed what", read)
    for mark in marks:
        mark.printed = [printed[side.count] for side in mark.sides if side.count]
        for state in mark.states:
            state["disputed"] = state["country"] in words
            state["word"] = word_on(state, words.get(state["country"]))


async def sides_on(datasette: Datasette, ask: Asked) -> list[Side]:
    """What each rule of the line counts of the UN's members, what its side printed last, and what it counts of that group."""

    async def read() -> tuple[list[str], list[Row]]:
        rules = await rows(datasette, RULES_ON_LINE, rule=ask.rule)
        return [row["id"] for row in rules], await rows(datasette, PRINTED_BY_SIDES)

    rules, all_printed = await kept(datasette, ("rules of the line", ask.rule), read)
    last: dict[str, str] = {}
    for row in all_printed:
        if row["day"] <= ask.as_of:
            last.setdefault(row["rule"], row["id"])
    known = await printed_sides(datasette)
    printed = [known[last[rule]] for rule in rules if rule in last]
    asked = [(rule, ask.as_of, UN) for rule in rules]
    asked += [(side.rule, ask.as_of, side.organisation) for side in printed if side.organisation != UN]
    return [*await counted_sides(datasette, asked), *printed]


def word_on(state: Row, word: Row | None) -> str:
    """What was said last of a state that makes a difference, or when it recognised where nobody disputes that."""
    if word:
        return in_brief(word, MONTH)
    event = state["reasons"][-1] if state["reasons"] else None
    if event is None or not event["date"]:
        return ""
    return f"recognised {said(event['date'][:MONTH])}"


def why(before: Side, mark: Side, states: Sequence[Row], after: Statuses, rules: dict[str, Row]) -> list[str]:
    """What is counted otherwise: '16 more, contested under ‘No withdrawal reported’', '4 more, recognised since …'.

    A state that is added is told as the side before has it, one that is left out as the side behind has it; `after` are the
    statuses of the side behind.
    """
    counted: Counter[tuple[int, str | None]] = Counter()
    for state in states:
        later = state["step"] > 0 and (after[state["country"]]["since"] or "") > before.day
        counted[state["step"], LATER if later else state["status_a"] if state["step"] > 0 else state["status_b"]] += 1
    return [
        f"{number} more, recognised since {said(before.day)}"
        if status == LATER
        else f"{number} {'more' if step > 0 else 'fewer'}, {otherwise(status, before if step > 0 else mark, mark, rules)}"
        for (step, status), number in counted.items()
    ]


def between_ends(line: Sequence[Mark]) -> Row:
    """How many `states` lead from the first number that was given to the last, and these numbers, `first` and `last`.

    `states` is 0 where there are no two such numbers, or where somebody is left out or left unexplained on the way.
    """
    given = [number for number, mark in enumerate(line) if mark.printed]
    if len(given) < 2:
        return {"states": 0}
    between = line[given[0] + 1 : given[-1] + 1]
    steps = [state["step"] for mark in between for state in mark.states]
    whole = all(step > 0 for step in steps) and not any(mark.unexplained for mark in between)
    return {"states": len(steps) if whole else 0, "first": line[given[0]].number, "last": line[given[-1]].number}


def otherwise(status: str | None, side: Side, mark: Side, rules: dict[str, Row]) -> str:
    """How a side has a state that the other counts: 'contested under ‘No withdrawal reported’'."""
    if status is None:
        return "no members of the United Nations" if UN in (side.organisation, mark.organisation) else "no members"
    title = f"under ‘{rules[side.rule]['title']}’"
    on = f" on {said(side.day)}" if side.count else ""
    return f"{OF_SEVERAL[status]} {title}{on}"

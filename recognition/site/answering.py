"""What the search answers: a question that fits a form becomes a card, under the rule and on the day that are asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from datasette.app import Datasette

from recognition.dates import iso_day

from .answer_card import Answering, Card
from .answers_about_days import number, what_happened
from .answers_about_states import how_it_stands, position, vote, whether_it_withdrew
from .answers_about_withdrawals import is_of_a_day, who_withdrew
from .answers_in_numbers import (
    declaration,
    first,
    last,
    who_does_not,
    who_recognised_when,
    who_recognises,
)
from .asked import Asked, asked
from .question_forms import Question
from .times_asked import IN_A_TIME, last_of, time_of

# By kind of question_forms.csv. None where the database has nothing to count: an organisation whose members it does not know.
ANSWERS: dict[str, Callable[[Answering], Awaitable[Card | None]]] = {
    "who recognises": who_recognises, "who does not": who_does_not, "who withdrew": who_withdrew,
    "who recognised when": who_recognised_when, "first": first, "last": last, "how it stands": how_it_stands,
    "whether it withdrew": whether_it_withdrew, "position": position, "vote": vote, "declaration": declaration,
    "what happened": what_happened, "number": number,
}  # fmt: skip
# What these ask about has days of its own.
OF_NO_DAY = ("vote",)


async def answer(datasette: Datasette, question: Question, ask: Asked) -> Card | None:
    """The answer to a question under the reader's rule; None where the database has nothing to answer it with.

    A day in the question counts before the reader's own. One that is still to come is answered for today, and says so.
    """
    day = day_of(question, ask)
    if day is not None and not iso_day(day):
        return None
    if day is None:
        ask = replace(ask, notes=())  # the page has them already
    else:
        ask = await asked(datasette, ask.rule, day, organisation=ask.organisation)
    return await ANSWERS[question.kind](Answering(datasette, question, ask))


def day_of(question: Question, ask: Asked) -> str | None:
    """The day that a question names, the last of a year or a month; None where it names none, so that the reader's counts.

    Of a time that begins after the reader's day, today is told.
    """
    places = question.places
    if question.kind in OF_NO_DAY:
        return None
    if question.kind == "who withdrew" and is_of_a_day(places):
        return places["period"]
    if "today" in places or (any(time in places for time in IN_A_TIME) and time_of(places).start > ask.as_of):
        return ask.today
    named = places.get("day") or places.get("month") or places.get("year")
    return last_of(named) if named else None

"""Claims and answers in pairs: each event with what answers it below it, and what was found where nothing answers it."""

from __future__ import annotations

from markupsafe import Markup

from recognition.vocabulary import (
    RECOGNITION_CLAIMED,
    RECOGNITION_DENIED,
    STANCE_UNCLEAR,
    WITHDRAWAL,
    WITHDRAWAL_CLAIMS,
)

from .database import Row, grouped

TO_BE_ANSWERED = (RECOGNITION_CLAIMED, RECOGNITION_DENIED, STANCE_UNCLEAR, WITHDRAWAL, *WITHDRAWAL_CLAIMS)


def in_pairs(events: list[Row], told: dict[str, Markup], names: tuple[str, str]) -> list[Row]:
    """The events on one country that answer none of the others, in their order, each with what hangs on it.

    `events` have id, answers, claim, claimant, kind, date, counts_from and updates; `told` are the documents of events by
    id; `names` are those of the country and of the subject. Each event gets `told`, its documents, or None; `answered_by`,
    the events that answer it, in their order, with the same keys; `with_a_day`, the event of records that dates what it
    leaves vague, or None; `unanswered`, whether it is a claim by another that nothing answers; and `instead`, then the first
    word of the country or the subject after it, or else their last before it, or None.
    """
    known = {event["id"]: event for event in events}
    answers = grouped(events, "answers")

    def with_answers(event: Row) -> Row:
        alone = is_to_be_answered(event, names[0]) and event["id"] not in answers
        return {
            **event, "told": told.get(event["id"]), "with_a_day": known.get(event["dated_by"]), "unanswered": alone,
            "answered_by": [with_answers(answer) for answer in answers.get(event["id"], [])],
            "instead": said_instead(event, events, names) if alone else None,
        }  # fmt: skip

    return [with_answers(event) for event in events if event["answers"] not in known]


def is_to_be_answered(event: Row, country: str) -> bool:
    """Whether an event is a claim on the country by somebody else that is no answer itself, and takes or gives a recognition.

    That a withdrawal is denied, or not confirmed, asks for no answer.
    """
    return event["kind"] in TO_BE_ANSWERED and event["claimant"] != country and not event["answers"]


def said_instead(claim: Row, events: list[Row], names: tuple[str, str]) -> Row | None:
    """The first dated claim by the country or the subject after `claim`, or else the last one before it; not by who made it.

    It gets `before`, whether it is an earlier one. None where there is none, or the day of `claim` is not known.
    """
    said = [
        event
        for event in events
        if event["claim"] and event["date"] and event["claimant"] in names and event["claimant"] != claim["claimant"]
    ]
    if not claim["date"] or not said:
        return None
    later = next((event for event in said if event["counts_from"] >= claim["date"]), None)
    return {**(later or said[-1]), "before": later is None}

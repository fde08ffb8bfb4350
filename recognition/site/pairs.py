"""Claims and answers in pairs: each event with what answers it below it, and what was found where nothing answers it."""

from __future__ import annotations

from recognition.vocabulary import RECOGNITION

from .database import Row, grouped
from .documents import Documents


def in_pairs(events: list[Row], told: dict[str, Documents], names: tuple[str, str]) -> list[Row]:
    """The events on one country that answer none of the others, in their order, each with what hangs on it.

    `events` have id, answers, claim, claimant, kind, date, counts_from and updates; `told` are the documents of events by
    id; `names` are those of the country and of the subject. Each event gets `told`, its documents, or None; `answered_by`,
    the events that answer it, in their order, with the same keys; `with_a_day`, the events of records that date what it
    leaves vague; `unanswered`, whether it is a claim by another that nothing answers; and `instead`, then the first word of
    the country or the subject that was not said before it, or None.
    """
    known = {event["id"] for event in events}
    answers = grouped(events, "answers")

    def with_answers(event: Row) -> Row:
        alone = is_to_be_answered(event, names[0]) and event["id"] not in answers
        return {
            **event, "told": told.get(event["id"]), "with_a_day": with_a_day(event, events), "unanswered": alone,
            "answered_by": [with_answers(answer) for answer in answers.get(event["id"], [])],
            "instead": said_instead(event, events, names) if alone else None,
        }  # fmt: skip

    return [with_answers(event) for event in events if event["answers"] not in known]


def is_to_be_answered(event: Row, country: str) -> bool:
    """Whether an event is a claim on the country by somebody else that is no answer itself."""
    return bool(event["claim"]) and event["claimant"] != country and not event["answers"]


def said_instead(claim: Row, events: list[Row], names: tuple[str, str]) -> Row | None:
    """The first claim by the country or the subject, and not by who made the claim, that may have been said after it."""
    earliest = claim["date"] or ""
    for event in events:
        said_later = not event["counts_from"] or event["counts_from"] >= earliest
        if event["claim"] and event["claimant"] in names and event["claimant"] != claim["claimant"] and said_later:
            return event
    return None


def with_a_day(event: Row, events: list[Row]) -> list[Row]:
    """The events of records in which the same claimant says the same in the year or month that the article gives."""
    if event["updates"] or not event["date"] or len(event["date"]) == 10 or event["kind"] == RECOGNITION:
        return []
    return [
        other
        for other in events
        if other["updates"]
        and (other["kind"], other["claimant"]) == (event["kind"], event["claimant"])
        and len(other["date"] or "") > len(event["date"])
        and other["date"].startswith(event["date"])
    ]

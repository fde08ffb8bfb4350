"""An act or a claim in a few words, as the front page and the feeds tell it: whom it is about, who did or said what."""

from __future__ import annotations

from recognition.dates import said

from .database import Row
from .last_words import spoken_by


def about(event: Row) -> str:
    """Whom an event is about: 'Utopia', '9 states'. It has `name`, None where that is no single state, and `states`, of how many it speaks."""
    return str(event["name"] or (f"{event['states']} states" if event["states"] else "States that are not named"))


def who_said_what(event: Row) -> str:
    """What follows whom it is about: ' recognised', ': Arcadia denied a withdrawal, answering Ruritania, 5 March 2018'.

    An event has said, claimant, claimant_in_sentence, by_itself, and answered (who is answered, or None) with answered_on.
    """
    who = " " if event["by_itself"] else f": {spoken_by(event)} "
    if not event["answered"]:
        return f"{who}{event['said']}"
    day = f", {said(event['answered_on'])}" if event["answered_on"] else ""
    return f"{who}{event['said']}, answering {event['answered']}{day}"

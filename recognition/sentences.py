"""Sentences that the search index in the file and the search of the site both say."""

from __future__ import annotations

from .vocabulary import CONTESTED, DOES_NOT_RECOGNISE, RECOGNISES, SUBJECT, WITHDREW


def capitalised(text: str) -> str:
    """The text with its first letter in upper case, the others as they are."""
    return text[:1].upper() + text[1:]


# How a status and the day on which it began are told together, before the day; static/map.js says the same.
SINCE = {RECOGNISES: "has recognised since", CONTESTED: "contested since", WITHDREW: "withdrew on"}


def status_since(status: str, day: str) -> str:
    """'withdrew on 4 November 2018'; a status that has no beginning alone. `day` is as it is written for people."""
    return f"{SINCE[status]} {day}" if status in SINCE else status


def standing(name: str, subject: str, status: str | None, since: str | None = None, through: str | None = None) -> str:
    """How a country stands, as a sentence without its full stop; '' for the subject, which has no status.

    `name`, `subject` and `through`, the state that represents a territory, are written as inside a sentence. `since` is
    the day on which the status began, as it is written for people; it is not said of one that does not recognise.
    """
    sentences = {
        RECOGNISES: f"{name} recognises {subject}, since {since}",
        WITHDREW: f"{name} recognised {subject} and withdrew, as listed on {since}",
        CONTESTED: f"{name}: its recognition of {subject} is contested, since {since}",
        DOES_NOT_RECOGNISE: f"{name} does not recognise {subject}",
    }
    sentence = sentences.get(status or "", "")
    if sentence and through:
        sentence = f"through {through}, {sentence}"
    return capitalised(sentence)


def tally_in_words(recognising: int, members: int, subject: str) -> str:
    """A tally as a sentence without its full stop: '22 of 27 members recognise Utopia'."""
    return f"{recognising} of {members} members recognise {subject}"


def kind_and_place(kind: str, subregion: str) -> str:
    """What a country is and where, as a sentence: 'UN member, Western Africa.'."""
    what = "The subject of this site" if kind == SUBJECT else kind
    return f"{capitalised(what)}, {subregion}."

"""How a country stands to the subject, in one sentence made of its events, each claim left to its claimant."""

from __future__ import annotations

from recognition.dates import said

from .database import Row

CLAIMS = ("withdrawal claimed", "withdrawal reported")
# What makes a listed withdrawal disputed. Contact counts only as told in the paragraphs on withdrawals, 'even though'.
DISPUTES = ("withdrawal denied", "recognition confirmed", "withdrawal reversed", "contact")
DOUBTS = ("recognition claimed", "recognition denied")
# What the article tells of a claimed withdrawal that is neither its denial nor its reversal, and is therefore quoted.
TOLD = ("recognition confirmed", "contact", "position")


def answer(
    country: Row, events: list[Row], subject: Row, state: Row | None = None, state_events: list[Row] | None = None
) -> str:
    """The sentence for a country, a row of `countries` with `list`, the article's list in which its statement is, or None.

    `events` are the country's rows of `events` in the order of their dates, each with `claimant_in_sentence` and
    `passage_text`. `subject` is a country too. `state`, with its own events, is the one that represents a territory.
    """
    name, recognised = country["name_in_sentence"], f"recognised {subject['name_in_sentence']} on"
    if country["kind"] == "subject":
        return f"{capitalised(name)} is the subject of this site."
    if state:
        own, other = answer(state, state_events or [], subject), state["name_in_sentence"]
        start = f"{capitalised(name)} has no position of its own; it is represented by {other}"
        verb = f"{capitalised(other)} {recognised} "
        return f"{start}, which {recognised} {own.removeprefix(verb)}" if own.startswith(verb) else f"{start}. {own}"
    recognitions = [event for event in events if event["kind"] == "recognition"]
    listed = next((event for event in recognitions if not event["updates"]), None)
    later = next((event for event in recognitions if event["updates"]), None)
    announced = f"it announced its recognition {when(later['date']).strip()}." if later else ""
    if listed:
        sentence = answer_of_recogniser(name, recognised, listed, events)
        return f"{sentence[:-1]}; {announced}" if later else sentence
    if later:
        return f"{capitalised(name)}: the article lists it as not recognising; {announced}"
    doubts = of_kinds(events, DOUBTS)
    if doubts:
        return f"The article lists {name} as not recognising {subject['name_in_sentence']}{added(doubts, 'it')}"
    verb = "does not recognise" if country["list"] == "not_recognising" else "is not listed as recognising"
    return f"{capitalised(name)} {verb} {subject['name_in_sentence']}."


def answer_of_recogniser(name: str, recognised: str, recognition: Row, events: list[Row]) -> str:
    """The sentence for a country of the article's tables of recognitions; `recognised` is 'recognised … on'."""
    day = said(recognition["date"])
    doubts = of_kinds(events, DOUBTS)
    if doubts:
        told = doubts + of_kinds(events, ("contact",))
        return f"The article lists {name} as having {recognised} {day}{added(told, 'it')}"
    other = f" (other records: {said(recognition['other_date'])})" if recognition["other_date"] else ""
    sentence = f"{capitalised(name)} {recognised} {day}{other}"
    withdrawals = of_kinds(events, ("withdrawal",))
    if not withdrawals:
        return sentence + claims_and_replies(events)
    disputed = ", and disputed" if of_kinds(events, DISPUTES) else ""
    return f"{sentence}; a withdrawal of {said(withdrawals[0]['date'])} is listed{disputed}."


def claims_and_replies(events: list[Row]) -> str:
    """The end of a sentence: each claim that the country withdrew, and who reversed or denied it.

    Where nobody did, it ends with the article's own words. Where nobody claims a withdrawal, it is a full stop.
    """
    claims = of_kinds(events, CLAIMS)
    if not claims:
        return "."
    told = "; " + ", ".join(claimed(claim) for claim in claims)
    for kind, verb in (("withdrawal reversed", "reversed"), ("withdrawal denied", "denied")):
        replies = {event["claimant_in_sentence"]: event for event in of_kinds(events, (kind,))}
        if replies:
            return told + "".join(f", {who} {verb} it{when(event['date'])}" for who, event in replies.items()) + "."
    explained = [event for event in of_kinds(events, TOLD) if event["quote"]]
    return told + (added(explained) if explained else ".")


def claimed(claim: Row) -> str:
    """One claim of a withdrawal: 'Utopia claimed a withdrawal in 2018', 'the article tells of a withdrawal'."""
    if claim["claimant"] == "the article":
        return f"the article tells of a withdrawal{when(claim['date'])}"
    verb = "claimed" if claim["kind"] == "withdrawal claimed" else "told of"
    return f"{claim['claimant_in_sentence']} {verb} a withdrawal{when(claim['date'])}"


def added(events: list[Row], who: str = "the article") -> str:
    """The end of a sentence that quotes the article's words on these events: '; the article adds: “…”'."""
    words = span(events)
    return f"; {who} adds: “{words}”" + ("" if words.endswith((".", "?", "!", '"')) else ".")


def span(events: list[Row]) -> str:
    """The text of the first event's passage from the first to the last of the words that events quote from it."""
    text: str = events[0]["passage_text"]
    quoted = [event["quote"] for event in events if event["passage_id"] == events[0]["passage_id"]]
    start = min(text.index(quote) for quote in quoted)
    return text[start : max(text.index(quote) + len(quote) for quote in quoted)]


def of_kinds(events: list[Row], kinds: tuple[str, ...]) -> list[Row]:
    """The events of these kinds, in the same order."""
    return [event for event in events if event["kind"] in kinds]


def when(date: str | None) -> str:
    """A date behind a verb: ' on 20 February 2008', ' in 2018', nothing where there is no date."""
    return f" {'on' if len(date) == 10 else 'in'} {said(date)}" if date else ""


def capitalised(text: str) -> str:
    """The text with its first letter in upper case, the others as they are."""
    return text[0].upper() + text[1:]

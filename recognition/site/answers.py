"""The answer of a dossier in one sentence, said from a country's events, each claim left to its claimant."""

import re

MONTHS = (
    "", "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# English puts 'the' before these names.
WITH_THE = re.compile(
    r"^(United |Republic|Democratic Republic)|(Republic|Islands)$"
    r"|^(Bahamas|Comoros|Gambia|Holy See|Maldives|Netherlands|Philippines|Seychelles)$"
)
CLAIMS = ("withdrawal claimed", "withdrawal reported")
# What makes a listed withdrawal disputed. Contact counts only as told in the paragraphs on withdrawals, 'even though'.
DISPUTES = ("withdrawal denied", "recognition confirmed", "withdrawal reversed", "contact")
# What the article tells of a claimed withdrawal that is neither its denial nor its reversal, and is therefore quoted.
TOLD = ("recognition confirmed", "contact", "position")


def printed_date(date):
    """An ISO date as precise as it is: '20 February 2008', 'September 2020', '2018'."""
    year, month, day = (*date.split("-"), "", "")[:3]
    return " ".join(part for part in (day.lstrip("0"), MONTHS[int(month or 0)], year) if part)


def when(date):
    """The same behind a verb: ' on 20 February 2008', ' in 2018', nothing where there is no date."""
    return f" {'on' if len(date) == 10 else 'in'} {printed_date(date)}" if date else ""


def called(name):
    """A country's name inside a sentence: 'Spain', 'the Maldives'."""
    return f"the {name}" if WITH_THE.search(name) else name


def started(text):
    return text[0].upper() + text[1:]


def span(events):
    """The words of one passage from the first to the last of what these events quote, to the letter."""
    text = events[0]["passage_text"]
    quoted = [event["quote"] for event in events if event["passage_id"] == events[0]["passage_id"]]
    start = min(text.index(quote) for quote in quoted)
    return text[start : max(text.index(quote) + len(quote) for quote in quoted)]


def added(events, who="the article"):
    """The end of a sentence that leaves it to the article's own words."""
    words = span(events)
    return f"; {who} adds: “{words}”" + ("" if words.endswith((".", "?", "!", '"')) else ".")


def claimed(claim):
    if claim["claimant"] == "the article":
        return f"the article tells of a withdrawal{when(claim['date'])}"
    verb = "claimed" if claim["kind"] == "withdrawal claimed" else "told of"
    return f"{claim['claimant']} {verb} a withdrawal{when(claim['date'])}"


def claims_and_replies(events):
    """Every claim that the country withdrew, and who denied or reversed it; where nobody did, what the article adds."""
    claims = [event for event in events if event["kind"] in CLAIMS]
    if not claims:
        return "."
    said = "; " + ", ".join(claimed(claim) for claim in claims)
    for kind, verb in (("withdrawal reversed", "reversed"), ("withdrawal denied", "denied")):
        replies = {event["claimant"]: event for event in events if event["kind"] == kind}
        for who, event in replies.items():
            said += f", {called(who)} {verb} it{when(event['date'])}"
        if replies:
            return said + "."
    told = [event for event in events if event["kind"] in TOLD and event["quote"]]
    return said + (added(told) if told else ".")


def answer_of_lister(name, recognition, events):
    """The sentence for a country that stands in one of the article's tables of recognitions."""
    day = printed_date(recognition["date"])
    doubts = [event for event in events if event["kind"] in ("recognition claimed", "recognition denied")]
    if doubts:
        told = doubts + [event for event in events if event["kind"] == "contact"]
        return f"The article lists {name} as having recognised Kosovo on {day}{added(told, 'it')}"
    other = f" (other records: {printed_date(recognition['other_date'])})" if recognition["other_date"] else ""
    said = f"{started(name)} recognised Kosovo on {day}{other}"
    withdrawal = next((event for event in events if event["kind"] == "withdrawal"), None)
    if withdrawal is None:
        return said + claims_and_replies(events)
    disputed = ", and disputed" if any(event["kind"] in DISPUTES for event in events) else ""
    return f"{said}; a withdrawal of {printed_date(withdrawal['date'])} is listed{disputed}."


def answer(country, events, state=None, state_events=()):
    """How a country stands to Kosovo, in one sentence; `state` is the one that represents a territory."""
    name = called(country["name"])
    if country["kind"] == "subject":
        return f"{started(name)} is the subject of this site."
    if state:
        said = answer(state, state_events)
        start = f"{started(name)} has no position of its own; it is represented by {called(state['name'])}"
        verb = f"{started(called(state['name']))} recognised "
        return f"{start}, which recognised {said.removeprefix(verb)}" if said.startswith(verb) else f"{start}. {said}"
    listed = next((event for event in events if event["kind"] == "recognition" and not event["updates"]), None)
    later = next((event for event in events if event["kind"] == "recognition" and event["updates"]), None)
    announced = f"it announced its recognition {when(later['date']).strip()}." if later else ""
    if listed:
        said = answer_of_lister(name, listed, events)
        return f"{said[:-1]}; {announced}" if later else said
    if later:
        return f"{started(name)}: the article lists it as not recognising; {announced}"
    doubts = [event for event in events if event["kind"] in ("recognition claimed", "recognition denied")]
    if doubts:
        return f"The article lists {name} as not recognising Kosovo{added(doubts, 'it')}"
    if country["list"] == "not_recognising":
        return f"{started(name)} does not recognise Kosovo."
    return f"{started(name)} is not listed as recognising Kosovo."


def prepare_jinja2_environment(env):
    env.filters["printed_date"] = printed_date
    env.filters["span"] = span

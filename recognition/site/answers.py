"""Whether a country recognises the subject, in one sentence: its status, then what was told of it, each claim left to its claimant."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from recognition import vocabulary
from recognition.dates import said
from recognition.sentences import capitalised

from .database import Row

# What is said of a withdrawal that was told of before, behind the name of who says it, with the day for {}.
REPLIES = {
    vocabulary.WITHDRAWAL_DENIED: "denied it{}", vocabulary.WITHDRAWAL_NOT_CONFIRMED: "did not confirm it{}",
    vocabulary.WITHDRAWAL_CONFIRMED: "stood by it{}", vocabulary.WITHDRAWAL_REVERSED: "took it back{}",
    vocabulary.RECOGNITION_CONFIRMED: "said{} that the recognition stands",
    vocabulary.RECOGNITION_DENIED: "denied a recognition{}",
}  # fmt: skip
# The same, and what else is said of one that the article or a rule counts already.
OF_COUNTED = REPLIES | {
    vocabulary.WITHDRAWAL_CLAIMED: "claimed it{}",
    vocabulary.WITHDRAWAL_ANNOUNCED: "announced it{}",
    vocabulary.WITHDRAWAL_ADMITTED: "admitted it{}",
}
OF_RECOGNITION = (vocabulary.RECOGNITION_CONFIRMED, vocabulary.RECOGNITION_DENIED)
# What the words of a statement decide, and what is said for them; the article's spelling is American.
REFUSALS = {
    "does not plan to recognize": "does not plan to recognise",
    "does not recognize": "does not recognise",
}
# How a second day is told, behind the article's: which of them has the stronger records.
OTHER_DAYS = {
    "article": "{} by weaker records",
    "record": "{} by stronger records",
    "open": "or {}: which is right is open",
}
DOUBTS = (vocabulary.RECOGNITION_CLAIMED, vocabulary.RECOGNITION_DENIED)
# What is said where somebody claims a recognition.
OF_A_CLAIM = {
    vocabulary.RECOGNITION_CLAIMED: "claimed a recognition",
    vocabulary.RECOGNITION_DENIED: "denied it",
    vocabulary.STRUCK_OFF: "struck it off its list",
}
# What makes a recognition doubtful that the article lists.
QUESTIONING = (*vocabulary.WITHDRAWAL_CLAIMS, vocabulary.STANCE_UNCLEAR, vocabulary.RECOGNITION_DENIED)
# What the article tells of a claimed withdrawal that is neither its denial nor its reversal, and is therefore quoted.
TOLD = (vocabulary.RECOGNITION_CONFIRMED, vocabulary.CONTACT, vocabulary.POSITION)


def answer(
    country: Row,
    standing: Row,
    in_article: Row,
    events: list[Row],
    about: Row,
    state: Row | None = None,
    told: list[Row] | None = None,
) -> str:
    """The sentence for a country, a row of `countries` with `statement`, which the article makes of it, and `list`, in which, or None.

    `standing` is its status under the rule and on the day that are asked for (status, event_date, other_date,
    stronger_date), `in_article` the same under the rule that counts the article's tables. `events` are those of the country
    that had happened by that day, in the order of their dates, each with `claimant_in_sentence` and `passage_text`. `about`
    is the subject, with `article_written_before`. `state` represents the country, a territory; then the status and the
    events are the state's. The claims and answers that the sentence tells are added to `told`.
    """
    if country["kind"] == vocabulary.SUBJECT:
        return f"{country['name_in_sentence']} is the subject of this site."
    if state:
        who = f"{state['name_in_sentence']}, which represents it,"
        start = f"{country['name_in_sentence']} has no position of its own; "
        return start + sentence(who, state, standing, in_article, events, about, told)
    return sentence(country["name_in_sentence"], country, standing, in_article, events, about, told)


def asked_of(text: str, rule: str | None, day: str | None) -> str:
    """The sentence with what it was asked for before it: the title of a rule, an ISO day; neither where both are the usual ones."""
    parts = [f"under the rule ‘{rule}’"] if rule else []
    parts += [f"on {said(day)}"] if day else []
    return capitalised(f"{', '.join(parts)}: {text}" if parts else text)


def sentence(
    who: str, country: Row, standing: Row, in_article: Row, events: list[Row], about: Row, told: list[Row] | None
) -> str:
    """The sentence of `answer` for a state, `who` in a sentence."""
    name, status, day = about["name_in_sentence"], standing["status"], standing["event_date"]
    recognitions = of_kinds(events, (vocabulary.RECOGNITION,))
    if status == vocabulary.RECOGNISES and standing["kind"] != vocabulary.RECOGNITION:
        start = f"{who} counts as recognising {name} since {said(day)}, by what {standing['claimant_in_sentence']} said"
        start += f"; its own recognition is of {dates(recognitions[-1])}" if recognitions else ""
        doubts = of_article(events, DOUBTS)
        return start + (added(doubts) if doubts else ".")
    if status == vocabulary.DOES_NOT_RECOGNISE or not recognitions:
        return of_no_recogniser(who, country, recognitions, events, about, told)
    recognition = recognitions[-1]
    if status == vocabulary.WITHDREW:
        counted = (standing["kind"], day)
        later = [event for event in said_since(events, day) if (event["kind"], event["date"]) != counted]
        words = said_in_order(later, OF_COUNTED, told=told)
        listed, why = (
            ("is listed", "") if standing["kind"] == vocabulary.WITHDRAWAL else ("counts", counted_because(standing))
        )
        withdrew = f"{who} {listed} as having withdrawn,{when(day)}{other_day(standing)}, its recognition of {name} of {dates(recognition)}"
        return f"{withdrew}{why}{'; ' if words else ''}{words}."
    if status == vocabulary.CONTESTED:
        start = f"the recognition of {name} by {who.removesuffix(',')}, of {dates(recognition)}, has been contested"
        return f"{start} since {said(day)}{noted(standing, in_article, about, 'the state')}{claims_and_replies(events, told)}"
    start = f"{who} recognises {name}, since {dates(recognition)}{noted(standing, in_article, about)}"
    doubts = of_article(events, DOUBTS)
    if doubts:
        return f"by the article's list, {start}{added(doubts + of_article(events, (vocabulary.CONTACT,)))}"
    withdrawals = of_kinds(events, (vocabulary.WITHDRAWAL,))
    if withdrawals and withdrawals[-1]["date"] > recognition["date"]:
        words = said_in_order(said_since(events, withdrawals[-1]["date"]), OF_COUNTED, told=told)
        return (
            f"{start}; the article lists a withdrawal of {said(withdrawals[-1]['date'])}{', ' if words else ''}{words}."
        )
    return start + claims_and_replies(events, told)


def of_no_recogniser(
    who: str, country: Row, recognitions: list[Row], events: list[Row], about: Row, told: list[Row] | None
) -> str:
    """The sentence for a state that has not recognised under the rule; another rule may count one of its `recognitions`."""
    name, listed = about["name_in_sentence"], country["list"] == "not_recognising"
    doubts = of_article(events, DOUBTS)
    if doubts and listed:
        return f"by the article's list, {who} does not recognise {name}{added(doubts)}"
    if recognitions and not recognitions[-1]["updates"]:
        return f"{who} does not recognise {name} under this rule, which leaves out its recognition of {dates(recognitions[-1])}."
    if recognitions:
        day = recognitions[-1]["date"]
        later = "after the article was written" if is_older(about, day) else "which is not in the article"
        return f"{who} does not recognise {name}; it announced its recognition on {said(day)}, {later}."
    verb = "does not recognise" if listed or country["recognised_on"] else stated_refusal(country["statement"])
    return f"{who} {verb} {name}{claimed_recognition(events, told)}."


def stated_refusal(statement: str | None) -> str:
    """What the article's statement on who is in no list of states says of recognising; no more than that it is not listed."""
    return next(
        (verb for words, verb in REFUSALS.items() if words in (statement or "")), "is not listed as recognising"
    )


def counted_because(standing: Row) -> str:
    """Whose words make a rule count a withdrawal that the article does not list."""
    whose = standing["claimant_in_sentence"]
    if standing["kind"] == vocabulary.RECOGNITION_DENIED:
        return f", because {whose} denied that recognition"
    return f", by what {whose} said"


def said_in_order(
    events: list[Row], verbs: Mapping[str, str], claims: Collection[str] = (), told: list[Row] | None = None
) -> str:
    """Who said what of a withdrawal: 'Ruritania claimed a withdrawal in 2018, Utopia denied it on 20 January 2019'.

    `events` are in their order. Of each claimant it has the first of each kind in `claims`, and the last of each kind in
    `verbs`, which has what to say of them; without claims these are told of a withdrawal that is known. What is only retold is
    left out where somebody is named. '' where nobody said anything.
    """
    found = told_once(of_kinds(events, (*claims, *verbs)))
    found = [event for event in found if event["claimant"] not in vocabulary.RETOLD] or of_kinds(found, tuple(claims))
    by_whom: dict[tuple[str, str], list[Row]] = {}
    for event in found:
        by_whom.setdefault((event["kind"], event["claimant"]), []).append(event)
    chosen = [made[0] if kind in claims else last_dated(made) for (kind, _), made in by_whom.items()]
    parts, known = [], not claims
    chosen.sort(key=in_order_of_days)
    if told is not None:
        told += chosen
    for event in chosen:
        answers = event["kind"] not in claims and (known or event["kind"] in OF_RECOGNITION)
        day = when(event["date"]) or " on a day that is not known"
        parts.append(
            f"{event['claimant_in_sentence']} {verbs[event['kind']].format(day)}" if answers else claimed(event)
        )
        known |= event["kind"] in vocabulary.WITHDRAWAL_CLAIMS
    return ", ".join(parts)


def in_order_of_days(event: Row) -> tuple[bool, str]:
    """What events are sorted by that a sentence tells: the first day on which they can have been; what has no day is last."""
    return not event["date"], event["not_before"] or ""


def last_dated(events: list[Row]) -> Row:
    """The last of the events, which are in their order; of those of one year or month the last whose day is known best.

    Nobody knows the place of what is known by its year alone among what else was said in that year.
    """
    *_, last = [event for event in events if event["date"]] or events
    same = [event for event in events if (event["date"] or "").startswith(last["date"] or "")]
    precise = max(len(event["date"] or "") for event in same)
    return [event for event in same if len(event["date"] or "") == precise][-1]


def said_since(events: list[Row], day: str) -> list[Row]:
    """The events that may be of an ISO date or later."""
    return [event for event in events if not event["counts_from"] or event["counts_from"] >= day]


def told_once(events: list[Row]) -> list[Row]:
    """The events without what another of them says too.

    That is what the article tells without a day where a record gives the day of the claimant's words, all but the last of
    what the same words say, and that somebody did not confirm a withdrawal, where he denied it too.
    """
    by_id = {event["id"]: event for event in events}
    last_of_words = {(event["claimant"], event["quote"]): event["id"] for event in events if event["quote"]}
    denied = {event["claimant"] for event in of_kinds(events, (vocabulary.WITHDRAWAL_DENIED,))}

    def is_said_elsewhere(event: Row) -> bool:
        dated = by_id.get(event["dated_by"])
        if dated and dated["claimant"] == event["claimant"]:
            return True
        if event["kind"] == vocabulary.WITHDRAWAL_NOT_CONFIRMED and event["claimant"] in denied:
            return True
        return bool(event["quote"]) and last_of_words[event["claimant"], event["quote"]] != event["id"]

    return [event for event in events if not is_said_elsewhere(event)]


def claimed_recognition(events: list[Row], told: list[Row] | None = None) -> str:
    """The end of a sentence: who claimed a recognition, and who denied it; nothing where nobody claimed one."""
    claims = first_of_each(of_kinds(events, (vocabulary.RECOGNITION_CLAIMED,)))
    answers = first_of_each(of_kinds(events, (vocabulary.RECOGNITION_DENIED, vocabulary.STRUCK_OFF)))
    if not claims:
        return ""
    chosen = sorted([*claims, *answers], key=in_order_of_days)
    if told is not None:
        told += chosen
    words = [f"{event['claimant_in_sentence']} {OF_A_CLAIM[event['kind']]}{when(event['date'])}" for event in chosen]
    return f"; {', '.join(words)}"


def noted(standing: Row, in_article: Row, about: Row, whom: str = "it") -> str:
    """'; the article, older than that, lists it as not recognising': where the article's tables give another status.

    A withdrawal that they list is told with its day elsewhere.
    """
    if in_article["status"] in (standing["status"], vocabulary.WITHDREW):
        return ""
    older = ", older than that," if is_older(about, standing["event_date"]) else ""
    listed = "not recognising" if in_article["status"] == vocabulary.DOES_NOT_RECOGNISE else "recognising"
    return f"; the article{older} lists {whom} as {listed}"


def is_older(about: Row, date: str) -> bool:
    """Whether the article was certainly written by the ISO date."""
    written: str | None = about["article_written_before"]
    return written is not None and written <= date


def happened(events: list[Row], as_of: str) -> list[Row]:
    """The events that had happened by an ISO day, that day included.

    One without a date counts from the event that it answers, else from the first dated one that the same passage tells;
    where there is none, always.
    """
    first: dict[str | None, str] = {}
    for event in events:
        if event["counts_from"] and event["passage_id"]:
            first[event["passage_id"]] = min(event["counts_from"], first.get(event["passage_id"], event["counts_from"]))
    answered = {event["id"]: event["counts_from"] for event in events}

    def counts_from(event: Row) -> str:
        return event["counts_from"] or answered.get(event["answers"]) or first.get(event["passage_id"], "")

    return [event for event in events if counts_from(event) <= as_of]


def dates(recognition: Row) -> str:
    """The day of a recognition, and that which other records give: '20 February 2008 (21 February 2008 by stronger records)'."""
    return said(recognition["date"]) + other_day(recognition)


def other_day(event: Row) -> str:
    """The day that other records give for an event, and whether they are the stronger: ' (21 February 2008 by stronger records)'."""
    if not event["other_date"]:
        return ""
    return f" ({OTHER_DAYS[event['stronger_date']].format(said(event['other_date']))})"


def claims_and_replies(events: list[Row], told: list[Row] | None) -> str:
    """The end of a sentence: who claimed that the country withdrew, or called its stance unclear, and what was said since.

    Where nobody answered, it ends with the article's own words.
    """
    first = next((number for number, event in enumerate(events) if event["kind"] in QUESTIONING), None)
    if first is None:
        return "."
    words = said_in_order(events[first:], REPLIES, QUESTIONING, told)  # what was said before answers nothing
    explained = [] if of_kinds(events[first:], tuple(REPLIES)) else of_article(events[first:], TOLD)
    return f"; {words}" + (added(explained) if explained else ".")


def first_of_each(claims: list[Row]) -> list[Row]:
    """The first claim of each kind by each claimant, in their order; what is only retold counts where nobody is named."""
    first: dict[tuple[str, str], Row] = {}
    claims = told_once(claims)
    for claim in [claim for claim in claims if claim["claimant"] not in vocabulary.RETOLD] or claims:
        first.setdefault((claim["kind"], claim["claimant"]), claim)
    return [*first.values()]


def claimed(claim: Row) -> str:
    """One claim of a withdrawal: 'Utopia claimed a withdrawal in 2018', 'the article tells of a withdrawal'."""
    if claim["claimant"] == vocabulary.THE_ARTICLE:
        return f"the article tells of a withdrawal{when(claim['date'])}"
    return f"{claim['claimant_in_sentence']} {claim['said']}{when(claim['date'])}"


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


def of_article(events: list[Row], kinds: tuple[str, ...]) -> list[Row]:
    """The events of these kinds that the article tells, so that its words can be quoted."""
    return [event for event in of_kinds(events, kinds) if event["passage_id"]]


def when(date: str | None) -> str:
    """A date behind a verb: ' on 20 February 2008', ' in 2018', nothing where there is no date."""
    return f" {'on' if len(date) == 10 else 'in'} {said(date)}" if date else ""

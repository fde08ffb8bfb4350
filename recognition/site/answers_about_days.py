"""Answers to what is no sentence: what is on record of a day, a month or a year, and what is counted with a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from recognition.dates import said
from recognition.sentences import capitalised
from recognition.vocabulary import ALL_STATES, RECOGNITION, UN

from .answer_card import FEW, VERBS, Answering, Card, Part, State, number_of
from .answers_in_numbers import who_recognised_when
from .asked import as_known
from .database import Row, grouped, on_day
from .tallies import members_of
from .times_asked import day_before, first_of, last_of, time_of

PARTS_AT_MOST = 6  # groups of which a number is told; the page of tallies has all
EARLIEST = "1900"  # a smaller number is no year of which something could be on record
ACTS = """
select title, '/recognition/events/' || id as path, date, kind = :recognition as recognises from events
where date >= :date and date < :date || '~' and counts_from <= :as_of
union all
select 'Vote: ' || body, '/votes/' || id, held_on, 0 from votes where held_on >= :date and held_on < :date || '~' and held_on <= :as_of
"""
# The days with an act that are the nearest before and after a time.
NEAREST = """
select * from (select title, '/recognition/events/' || id as path, date from events
               where length(date) = 10 and date < :start order by date desc limit 1)
union all
select * from (select title, '/recognition/events/' || id, date from events
               where length(date) = 10 and date > :end and date <= :as_of order by date limit 1)
"""
# What each rule counts on the day with the number, of all states and of UN members; and the rule asked for, of all else.
COUNTED = f"""
select o.id as organisation, o.name, o.name_in_sentence, o.kind, t.rule_id, t.members, t.recognising = :number as recognising,
       t.withdrawn = :number as withdrawn, t.not_recognising = :number as not_recognising,
       t.members - t.recognising = :number and t.members - t.recognising > t.not_recognising as others
from tally_history t join organisations o on o.id = t.organisation_id
where {on_day("t")} and :number in (t.recognising, t.withdrawn, t.not_recognising, t.members - t.recognising)
  and (o.id in (:un, :all_states) or t.rule_id = :rule and t.recognising = :number)
order by o.id <> :un, o.id <> :all_states, o.number
"""
# The times at which each rule counted the number of UN members; two rows may be next to each other.
EARLIER = """
select rule_id, since, until from tally_history
where organisation_id = :un and recognising = :number and since <= :as_of order by rule_id, since
"""
PRINTED = "select count(*) as counts from published_counts where recognising = :number"
# What is said of a number, by the column that has it; 'of 193' follows who recognises.
SAYS = {
    "recognising": "{number} of {members} {who} {recognise} {subject}{day}",
    "withdrawn": "{number} {who} {count} as having withdrawn{day}",
    "others": "{number} of {members} {who} {do} not recognise {subject}{day}, those that withdrew among them",
    "not_recognising": "{number} of {members} {who} {have} not recognised {subject}{day}",
}


async def what_happened(a: Answering) -> Card | None:
    """What is on record of a day, a month or a year: who recognised, then other acts and claims, or that there is nothing."""
    date = a.places["period"]
    if date < EARLIEST:
        return None
    card = await who_recognised_when(a)
    about = a.ask.subject
    if card is None or first_of(date) > a.ask.today or last_of(date) < about["first_day"]:
        return card and replace(card, is_empty=True)
    parts = list(card.parts)
    if first_of(date) <= about["first_day"] <= last_of(date):
        parts.insert(0, Part(f"{about['name']} {about['first_act']} on {said(about['first_day'])}."))
    told = await a.rows(ACTS, date=date, recognition=RECOGNITION)
    acts = [act for act in told if not act["recognises"]]  # recognitions are counted under a rule
    until = f", until {said(a.ask.as_of)}" if not a.is_today and time_of(a.places).is_cut(a.ask.as_of) else ""
    when = f"{'on' if len(date) == len('yyyy-mm-dd') else 'in'} {said(date)}{until}"
    if acts:
        known = number_of(len(acts), "other act or claim is", "other acts and claims are")
        parts.append(listed(a, f"{known} on record {when}", acts))
    if not told:
        if first_of(date) <= a.ask.known_until:
            parts.append(Part(f"Nothing else is on record here {when}."))
        parts += [
            listed(a, f"The nearest act {'before' if act['date'] < date else 'after'}", [act])
            for act in await a.rows(NEAREST, start=first_of(date), end=last_of(date))
        ]
    timeline: Row = {"text": f"Everything of {date[:4]}", "url": a.address(f"/timeline?year={date[:4]}")}
    return replace(card, parts=tuple(parts), links=[*card.links, timeline], is_empty=not told)


def listed(a: Answering, text: str, acts: list[Row]) -> Part:
    """A sentence that ends with the titles of the acts where they are few."""
    shown = [(act, said(act["date"])) for act in acts] if len(acts) <= FEW else []
    named = tuple(State(act["title"].removesuffix(f", {date}"), a.address(act["path"]), date) for act, date in shown)
    return Part(f"{text}: " if named else text, named, ".")


async def number(a: Answering) -> Card | None:
    """Which rules count the number today, and of what; else when it was counted; None where it never was."""
    asked = int(a.places["number"])
    found = await a.rows(COUNTED, number=asked, un=UN, all_states=ALL_STATES)
    parts = [
        counted(a, asked, column, rows)
        for of_one in grouped(found, "organisation").values()
        for column in SAYS
        if (rows := [row for row in of_one if row[column]])
    ]
    past = [] if any(row["organisation"] == UN and row["recognising"] for row in found) else await earlier(a, asked)
    left = len(parts[PARTS_AT_MOST - len(past) :])
    parts = [*parts[: PARTS_AT_MOST - len(past)], *past]
    if left:
        more = number_of(left, "other group has", "other groups have")
        parts.append(Part(f"{capitalised(more)} as many that recognise."))
    if not parts:
        return None
    printed = (await a.rows(PRINTED, number=asked))[0]["counts"]
    if printed:
        parts.append(
            Part(
                capitalised(number_of(printed, "count that others print has", "counts that others print have"))
                + " this number."
            )
        )
    basis = f"Counted on {said(a.ask.as_of)}{as_known(a.ask.as_of, a.ask.known_until)}."
    ways = [
        ("Tallies", "/tallies"),
        ("Why others print other numbers", "/counts"),
        ("How each rule counts", "/recognition/rules"),
    ]
    return await a.card(parts, *ways, basis=basis)


async def earlier(a: Answering, asked: int) -> list[Part]:
    """When each rule counted that many UN members before the day that is asked for, that of the reader first."""
    found = grouped(await a.rows(EARLIER, number=asked, un=UN), "rule_id")
    times = {rule: over for rule in in_order(a, found) if (over := times_until(found[rule], a.ask.as_of))}
    of_times: dict[str, list[str]] = {}
    for rule, when in times.items():
        of_times.setdefault(when, []).append(rule)
    who = "UN member recognised" if asked == 1 else "UN members recognised"
    said_ = ((f"{asked} {who} {a.subject} {when}, counted under ", rules) for when, rules in of_times.items())
    return [Part(text, links_of(a, rules), ".") for text, rules in said_][:PARTS_AT_MOST]


def times_until(found: list[Row], as_of: str) -> str:
    """Rows with since and until in their order as words, those next to each other as one; '' where none is over by the day."""
    joined: list[Row] = []
    for row in found:
        if joined and joined[-1]["until"] == row["since"]:
            joined[-1] = {**joined[-1], "until": row["until"]}
        else:
            joined.append(row)
    days = [(row["since"], day_before(row["until"])) for row in joined if row["until"] and row["until"] <= as_of]
    *first, last_of_all = [
        f"on {said(since)}" if since == last else f"from {said(since)} to {said(last)}" for since, last in days
    ] or [""]
    return f"{', '.join(first)} and {last_of_all}" if first else last_of_all


def in_order(a: Answering, rules: Iterable[str]) -> list[str]:
    """Ids of rules in their order, that of the reader first."""
    return sorted(rules, key=lambda rule: (rule != a.ask.rule, list(a.ask.rules).index(rule)))


def links_of(a: Answering, rules: Iterable[str]) -> tuple[State, ...]:
    """The titles of rules with their pages."""
    return tuple(State(f"‘{a.ask.rules[rule]['title']}’", a.address(f"/recognition/rules/{rule}")) for rule in rules)


def counted(a: Answering, asked: int, column: str, found: list[Row]) -> Part:
    """What is counted with the number in a column, with the rules by which it is; the rule asked for comes first."""
    rules = in_order(a, (row["rule_id"] for row in found))
    members = " or ".join(map(str, sorted({row["members"] for row in found})))
    who = "states" if found[0]["organisation"] == ALL_STATES else members_of(found[0])
    verbs = {verb: a.verb(verb, is_one=asked == 1) for verb in VERBS}
    text = SAYS[column].format(number=asked, members=members, who=who, subject=a.subject, day=a.day, **verbs)
    return Part(f"{text}, counted under ", links_of(a, rules), ".")

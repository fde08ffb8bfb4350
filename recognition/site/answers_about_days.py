"""Answers to what is no sentence: what is on record of a day, a month or a year, and what is counted with a number."""

from __future__ import annotations

from dataclasses import replace

from recognition.dates import said
from recognition.vocabulary import ALL_STATES, RECOGNITION, UN

from .answer_card import FEW, Answering, Card, Part, State, capitalised, number_of
from .answers_in_numbers import first_of, last_of, who_recognised_when
from .asked import as_known
from .database import Row, grouped, on_day
from .tallies import members_of

PARTS_AT_MOST = 6  # groups of which a number is told; the page of tallies has all
EARLIEST = "1900"  # a smaller number is no year of which something could be on record
ACTS = """
select title, '/recognition/events/' || id as path, date, kind = :recognition as recognises from events
where date >= :date and date < :date || '~'
union all
select 'Vote: ' || body, '/votes/' || id, held_on, 0 from votes where held_on >= :date and held_on < :date || '~'
"""
# The days with an act that are the nearest before and after a time.
NEAREST = """
select * from (select title, '/recognition/events/' || id as path, date from events
               where length(date) = 10 and date < :start order by date desc limit 1)
union all
select * from (select title, '/recognition/events/' || id, date from events
               where length(date) = 10 and date > :end order by date limit 1)
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
EARLIER = """
select members, since, until from tally_history
where organisation_id = :un and rule_id = :rule and recognising = :number and until <= :as_of order by since
"""
PRINTED = "select count(*) as counts from published_counts where recognising = :number"
# What is said of a number, by the column that has it; 'of 193' follows who recognises.
SAYS = {
    "recognising": "{number} of {members} {who} recognise {subject}",
    "withdrawn": "{number} {who} count as having withdrawn",
    "others": "{number} of {members} {who} do not recognise {subject}, those that withdrew among them",
    "not_recognising": "{number} of {members} {who} have not recognised {subject}",
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
    when = f"{'on' if len(date) == len('yyyy-mm-dd') else 'in'} {said(date)}"
    if acts:
        known = number_of(len(acts), "other act or claim is", "other acts and claims are")
        parts.append(listed(a, f"{known} on record {when}", acts))
    if not told:
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
    if left := len(parts[PARTS_AT_MOST:]):
        more = number_of(left, "other group has", "other groups have")
        parts = [*parts[:PARTS_AT_MOST], Part(f"{capitalised(more)} as many that recognise.")]
    earlier = await a.rows(EARLIER, number=asked, un=UN)
    if earlier and not parts:
        times = " and ".join(f"from {said(row['since'])} to {said(row['until'])}" for row in earlier)
        title = a.ask.rules[a.ask.rule]["title"]
        parts.append(Part(f"{asked} UN members recognised {a.subject} {times}, counted under ‘{title}’."))
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


def counted(a: Answering, asked: int, column: str, found: list[Row]) -> Part:
    """What is counted with the number in a column, with the rules by which it is; the rule asked for comes first."""
    rules = sorted(
        (row["rule_id"] for row in found), key=lambda rule: (rule != a.ask.rule, list(a.ask.rules).index(rule))
    )
    members = " or ".join(map(str, sorted({row["members"] for row in found})))
    who = "states" if found[0]["organisation"] == ALL_STATES else members_of(found[0])
    text = SAYS[column].format(number=asked, members=members, who=who, subject=a.subject)
    named = tuple(State(f"‘{a.ask.rules[rule]['title']}’", a.address(f"/recognition/rules/{rule}")) for rule in rules)
    return Part(f"{text}, counted under ", named, ".")

"""Answers that count: who recognises, who does not, who withdrew, who recognised when, who was the first and the last."""

from __future__ import annotations

import calendar

from recognition.dates import said
from recognition.vocabulary import ALL_STATES, CONTESTED, DOES_NOT_RECOGNISE, RECOGNISES, UN, WITHDREW

from .answer_card import FEW, Answering, Card, Part, capitalised, number_of
from .answers import other_day
from .database import Row, grouped, on_day, rows
from .evidence import passages
from .tallies import TALLIES, members_of

MEMBERS = f"""
select c.id, c.name, s.status, s.since from memberships m join countries c on c.id = m.country_id
join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")}
where m.organisation_id = :organisation and {on_day("m")} order by c.sort_name
"""
# The days on which states began to recognise from :start to before :end, and how each stands on the day that is asked for.
RECOGNITIONS = f"""
select c.id, c.name, c.name_in_sentence, c.un_member, s.since, n.status, e.other_date, e.stronger_date, e.passage_id, e.quote, e.records
from statuses s join countries c on c.id = s.country_id
join memberships m on m.country_id = c.id and m.organisation_id = :all_states and {on_day("m", "s.since")}
join statuses n on n.country_id = c.id and n.rule_id = :rule and {on_day("n")}
left join events e on e.id = s.event_id
where s.rule_id = :rule and s.status = :recognises and s.since >= :start and s.since < :end and s.since <= :as_of
order by s.since, e.position
"""
ALWAYS = "9999-12-31"
LATER = "+"  # behind an ISO day: later than the day, and earlier than the next one


async def tally_asked(a: Answering, organisation: str) -> Row | None:
    """The row of TALLIES of an organisation; None where it has no members."""
    return next((row for row in await a.rows(TALLIES) if row["organisation"] == organisation), None)


def ways(tally: Row) -> list[tuple[str, str]]:
    """The links behind a tally: its page, its list, its map, and the counts that others print."""
    organisation = tally["organisation"]
    is_un = organisation == UN
    return [
        (f"{'UN members' if is_un else tally['name']}: tally with every member", f"/tallies/{organisation}"),
        ("List", "/list" if is_un else f"/list/{organisation}"),
        *([("Why others print other numbers", "/counts")] if is_un else []),
    ]


async def who_recognises(a: Answering) -> Card | None:
    """How many recognise, by name where they or the others are few."""
    organisation = a.places.get("group", UN)
    tally = await tally_asked(a, organisation)
    if tally is None:
        return None
    listed = await a.rows(MEMBERS, organisation=organisation)
    do, others = ([row for row in listed if (row["status"] == RECOGNISES) is which] for which in (True, False))
    verb = "recognise" if a.is_today else "recognised"
    parts = [a.few(f"{tally['recognising']} of {tally['members']} {members_of(tally)} {verb} {a.subject}{a.day}", do)]
    if organisation == UN and (states := await tally_asked(a, ALL_STATES)):
        parts.append(
            Part(f"With states that are not UN members, it is {states['recognising']} of {states['members']}.")
        )
    if 0 < len(others) <= FEW < len(do):
        parts.append(a.few("All but", others))
    parts += [
        Part(capitalised(f"{number_of(tally[column], 'more', 'more')} {words}."))
        for column, words in (
            ("withdrawn", f"had recognised it and {'counts' if tally['withdrawn'] == 1 else 'count'} as having withdrawn"),
            ("contested", f"had recognised it, which {'is' if a.is_today else 'was'} contested"),
        )
        if tally[column]
    ]  # fmt: skip
    return await a.card(parts, *ways(tally))


async def who_does_not(a: Answering) -> Card | None:
    """How many do not recognise, those that withdrew and those that are contested apart, by name where they are few."""
    organisation = a.places.get("group", UN)
    tally = await tally_asked(a, organisation)
    if tally is None:
        return None
    by_status = grouped(await a.rows(MEMBERS, organisation=organisation), "status")
    never, withdrew, contested = (by_status.get(status, []) for status in (DOES_NOT_RECOGNISE, WITHDREW, CONTESTED))
    verb = "do" if a.is_today else "did"
    start = f"{len(never) + len(withdrew)} of {tally['members']} {members_of(tally)} {verb} not recognise {a.subject}{a.day}"
    if not withdrew:
        parts = [a.few(start, never)]
    else:
        parts = [Part(f"{start}.")]
        if never:
            parts.append(a.few(f"{len(never)} {'has' if len(never) == 1 else 'have'} not recognised it", never))
        parts.append(
            a.few(f"{len(withdrew)} {'counts' if len(withdrew) == 1 else 'count'} as having withdrawn", withdrew)
        )
    if contested:
        parts.append(a.few(f"{len(contested)} more had recognised it, which is contested", contested))
    query = [("Query", f"/recognition/members-that-do-not-recognise?organisation={organisation}")] if a.is_usual else []
    return await a.card(parts, *ways(tally), *query)


async def who_withdrew(a: Answering) -> Card | None:
    """Who counts as having withdrawn, of all states or of a group, in a time that is named or up to the day."""
    organisation = a.places.get("group", ALL_STATES)
    tally, (start, end) = await tally_asked(a, organisation), interval(a.places)
    if tally is None:
        return None
    listed = [row for row in await a.rows(MEMBERS, organisation=organisation) if start <= row["since"] < end]
    found, contested = ([row for row in listed if row["status"] == status] for status in (WITHDREW, CONTESTED))
    if start > a.ask.today:
        return await to_come(a)
    number = (
        number_of(len(found), "state", "states") if organisation == ALL_STATES else f"{len(found)} {members_of(tally)}"
    )
    text = f"{number} {'counts' if len(found) < 2 and organisation == ALL_STATES else 'count'} as having withdrawn"
    of = f" {'its' if len(found) == 1 else 'their'} recognition of {a.subject}{during(a.places)}"
    parts = [a.few(capitalised(text + of), found, "since")]
    if contested:
        more = f"Of {len(contested)} more somebody says so, and the rule leaves open who is right"
        parts.append(a.few(more, contested, "since"))
    if found or contested:
        parts.append(Part("Who says so, and who disputes it, is in the dossier of each."))
    query = [("Withdrawals and claims", "/recognition/withdrawals")]
    return await a.card(parts, *query, ("Timeline", "/timeline?kind=withdrawal"), ("List", "/list"))


async def who_recognised_when(a: Answering) -> Card | None:
    """How many states began to recognise in a time, by name where they are few, and how they stand now."""
    start, end = interval(a.places)
    if start > a.ask.today:
        return await to_come(a)
    about = a.ask.subject
    if end <= about["first_day"]:
        text = f"{about['name']} {about['first_act']} on {said(about['first_day'])}; before that day there was nothing to recognise"
        return await a.card([f"{text}."], ("Timeline", "/timeline"), basis="")
    found = await a.rows(RECOGNITIONS, start=start, end=end, all_states=ALL_STATES, recognises=RECOGNISES)
    have = ("has " if len(found) < 2 else "have ") if end == ALWAYS else ""
    text = f"{number_of(len(found), 'state', 'states')} {have}recognised {a.subject}{during(a.places)}"
    members = sum(row["un_member"] for row in found)
    if found and members < len(found):
        text += f", {members or 'none'} of them UN members"
    is_one_day = start + LATER == end
    parts = [a.few(capitalised(text), found, "" if is_one_day else "since")]
    statuses = grouped(found, "status")
    parts += [
        a.few(f"{len(statuses[status])} of them {one if len(statuses[status]) == 1 else many}", statuses[status])
        for status, one, many in (
            (WITHDREW, "now counts as having withdrawn", "now count as having withdrawn"),
            (CONTESTED, "is contested now", "are contested now"),
        )
        if status in statuses
    ]
    if end.endswith(LATER):
        parts.append(Part(await in_all(a, min(end.removesuffix(LATER), a.ask.today))))
    year = f"&year={start[:4]}" if start[:4] == end[:4] else ""
    return await a.card(parts, ("Timeline", f"/timeline?kind=recognition{year}"), ("List by day", "/list?order=days"))


async def in_all(a: Answering, day: str) -> str:
    """How many UN members recognised on an ISO day, whenever they began to."""
    found = await rows(a.datasette, TALLIES, rule=a.ask.rule, as_of=day)
    tally = next(row for row in found if row["organisation"] == UN)
    of = f"{tally['recognising']} of {tally['members']} {members_of(tally)}"
    return f"In all, {of} recognised {a.subject} on {said(day)}."


async def to_come(a: Answering) -> Card:
    """The answer about a time after today."""
    return await a.card([f"What happens{during(a.places)} is still to come."], ("Timeline", "/timeline"), basis="")


async def first(a: Answering) -> Card | None:
    """The first states to recognise."""
    return await outermost(a, "first", 0)


async def last(a: Answering) -> Card | None:
    """The last states to recognise until the day."""
    return await outermost(a, "last", -1)


async def outermost(a: Answering, which: str, place: int) -> Card | None:
    """The states that began to recognise on the first or the last of all days until the day that is asked for."""
    found = await a.rows(RECOGNITIONS, start="", end=ALWAYS, all_states=ALL_STATES, recognises=RECOGNISES)
    if not found:
        return None
    day = found[place]["since"]
    states = [row for row in found if row["since"] == day]
    words = f"The {which} {'state' if len(states) == 1 else 'states'} to recognise {a.subject} {'was' if len(states) == 1 else 'were'} "
    other = other_day(states[0]) if len(states) == 1 else ""
    return await a.card(
        [Part(words, a.states({**row, "name": row["name_in_sentence"]} for row in states), f", on {said(day)}{other}.")],
        ("List by day", "/list?order=days"), ("Timeline", f"/timeline?kind=recognition&year={day[:4]}"),
        source=states[0] if len(states) == 1 else None,
    )  # fmt: skip


async def declaration(a: Answering) -> Card | None:
    """When the subject began; the source is the first passage that has all the words for it and the year."""
    about = a.ask.subject
    year, act = about["first_day"][:4], about["first_act"]
    told = sorted(
        (passage.first_line, id_)
        for id_, passage in (await passages(a.datasette)).items()
        if all(word in passage.text for word in (*act.split(), year))
    )
    return await a.card(
        [f"{about['name']} {act} on {said(about['first_day'])}."],
        ("Timeline", f"/timeline?year={year}"), ("The article", "/article"),
        basis="", source={"passage_id": told[0][1]} if told else None,
    )  # fmt: skip


def first_of(date: str) -> str:
    """The first day that an ISO date of a year, month or day can mean."""
    return date + "-01" * ((len("2012-01-01") - len(date)) // 3)


def last_of(date: str) -> str:
    """The last day that an ISO date of a year, month or day can mean."""
    if len(date) == len("2012"):
        return f"{date}-12-31"
    year, month, *day = map(int, date.split("-"))
    return date if day else f"{date}-{calendar.monthrange(year, month)[1]}"


def interval(places: dict[str, str]) -> tuple[str, str]:
    """The time that a question names, as two texts: ISO days of it are from the first on and before the second."""
    if since := places.get("since"):
        return first_of(since), ALWAYS
    if after := places.get("after"):
        return last_of(after) + LATER, ALWAYS
    if before := places.get("before"):
        return "", first_of(before)
    periods = sorted(places[place] for place in ("period", "period2") if place in places)
    return (first_of(periods[0]), last_of(periods[-1]) + LATER) if periods else ("", ALWAYS)


def during(places: dict[str, str]) -> str:
    """The time that a question names, behind a sentence: ' in 2012', ' from 2012 to March 2014', ' since 2020'."""
    for word in ("since", "after", "before"):
        if word in places:
            return f" {word} {said(places[word])}"
    periods = sorted(places[place] for place in ("period", "period2") if place in places)
    if len(periods) > 1:
        return f" from {said(periods[0])} to {said(periods[1])}"
    return f" {'on' if len(periods[0]) == len('2012-01-01') else 'in'} {said(periods[0])}" if periods else ""

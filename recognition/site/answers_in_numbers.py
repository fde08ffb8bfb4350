"""Answers that count: who recognises, who does not, who recognised when, who was the first and the last."""

from __future__ import annotations

from dataclasses import replace

from recognition.dates import said
from recognition.sentences import capitalised
from recognition.vocabulary import ALL_STATES, CONTESTED, DOES_NOT_RECOGNISE, RECOGNISES, UN, WITHDREW

from .answer_card import FEW, Answering, Card, Part, number_of
from .answers import other_day
from .asked import as_known
from .database import Row, grouped, on_day
from .evidence import passages
from .tallies import members_of, number_of_members, tallies_on
from .times_asked import ALWAYS, Time, time_of

MEMBERS = f"""
select c.id, c.name, s.status, s.since from memberships m join countries c on c.id = m.country_id
join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")}
where m.organisation_id = :organisation and {on_day("m")} order by c.sort_name
"""
# The days on which states began to recognise from :start to before :end, and how each stands on the day that is asked for.
RECOGNITIONS = f"""
select c.id, c.name, c.name_in_sentence, c.un_member, s.since, n.status, e.other_date, e.stronger_date, e.passage_id, e.quote, e.records
from statuses s join countries c on c.id = s.country_id
join memberships m on m.country_id = c.id and m.organisation_id = :organisation and {on_day("m", "s.since")}
join statuses n on n.country_id = c.id and n.rule_id = :rule and {on_day("n")}
left join events e on e.id = s.event_id
where s.rule_id = :rule and s.status = :recognises and s.since >= :start and s.since < :end and s.since <= :as_of
order by s.since, e.position
"""


async def tally_asked(a: Answering, organisation: str) -> Row | None:
    """The row of `tallies_on` of an organisation; None where it has no members."""
    found = await tallies_on(a.datasette, a.ask.rule, a.ask.as_of)
    return next((row for row in found if row["organisation"] == organisation), None)


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
    verb = a.verb("recognise", is_one=tally["recognising"] == 1)
    parts = [a.few(f"{tally['recognising']} of {tally['members']} {members_of(tally)} {verb} {a.subject}{a.day}", do)]
    if organisation == UN and (states := await tally_asked(a, ALL_STATES)):
        parts.append(
            Part(
                f"With states that are not UN members, it {a.verb('be', is_one=True)} {states['recognising']} of {states['members']}."
            )
        )
    if 0 < len(others) <= FEW < len(do):
        parts.append(a.few("All but", others))
    parts += [
        Part(capitalised(f"{number_of(tally[column], 'more', 'more')} {words}."))
        for column, words in (
            ("withdrawn", f"had recognised it and {a.verb('count', is_one=tally['withdrawn'] == 1)} as having withdrawn"),
            ("contested", f"had recognised it, which {a.verb('be', is_one=True)} contested"),
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
    verb = a.verb("do", is_one=len(never) + len(withdrew) == 1)
    start = f"{len(never) + len(withdrew)} of {tally['members']} {members_of(tally)} {verb} not recognise {a.subject}{a.day}"
    if not withdrew:
        parts = [a.few(start, never)]
    else:
        parts = [Part(f"{start}.")]
        if never:
            parts.append(a.few(f"{len(never)} {a.verb('have', is_one=len(never) == 1)} not recognised it", never))
        counted = a.verb("count", is_one=len(withdrew) == 1)
        parts.append(a.few(f"{len(withdrew)} {counted} as having withdrawn", withdrew))
    if contested:
        parts.append(
            a.few(f"{len(contested)} more had recognised it, which {a.verb('be', is_one=True)} contested", contested)
        )
    query = [("Query", f"/recognition/members-that-do-not-recognise?organisation={organisation}")] if a.is_usual else []
    return await a.card(parts, *ways(tally), *query)


async def who_recognised_when(a: Answering) -> Card | None:
    """How many states, or members of a group, began to recognise in a time, by name where they are few, and how they stand since.

    A member is one of the day on which it recognised.
    """
    organisation, time, about = a.places.get("group", ALL_STATES), time_of(a.places), a.ask.subject
    tally = await tally_asked(a, organisation)
    if tally is None:
        return None
    if time.start > a.ask.today:
        return await to_come(a, time)
    if time.end <= about["first_day"]:
        text = f"{about['name']} {about['first_act']} on {said(about['first_day'])}; before that day there was nothing to recognise"
        return await a.card([f"{text}."], ("Timeline", "/timeline"), basis="")
    found = await a.rows(RECOGNITIONS, start=time.start, end=time.end, organisation=organisation, recognises=RECOGNISES)
    if not found and time.start > a.ask.known_until:
        return await not_known(a, f"whether a state recognised {a.subject}{time.words}")
    parts = [
        a.few(began(a, tally, time, found), found, "" if time.is_one_day else "since"),
        *how_they_stand(a, found),
        *await in_all(a, organisation, time.last_day(a.ask.as_of)),
    ]
    year = f"&year={time.start[:4]}" if time.start[:4] == time.end[:4] else ""
    return await a.card(parts, ("Timeline", f"/timeline?kind=recognition{year}"), ("List by day", "/list?order=days"))


def began(a: Answering, tally: Row, time: Time, found: list[Row]) -> str:
    """How many began to recognise in a time, and how many of all states were UN members; of none that nobody is known to have."""
    number, day = number_of_members(len(found), tally), a.ask.as_of
    until = f", until {said(day)}" if not a.is_today and time.is_cut(day) else ""
    if not found and time.last_day(day) > a.ask.known_until:
        known = f"; records were looked through until {said(a.ask.known_until)}"
        return capitalised(f"{number} is known to have recognised {a.subject}{time.words}{until}{known}")
    have = ("has " if len(found) < 2 else "have ") if time.end == ALWAYS and a.is_today else ""
    text = capitalised(f"{number} {have}recognised {a.subject}{time.words}{until}")
    members = sum(row["un_member"] for row in found)
    if not found or members == len(found) or tally["organisation"] != ALL_STATES:
        return text
    if len(found) == 1:
        return f"{text}, which is no UN member"
    return f"{text}, {members or 'none'} of them {'a UN member' if members == 1 else 'UN members'}"


def how_they_stand(a: Answering, found: list[Row]) -> list[Part]:
    """The sentences on those that recognised and count as having withdrawn since, or are contested."""
    statuses, parts = grouped(found, "status"), []
    now = "now " if a.is_today else ""
    for status in (WITHDREW, CONTESTED):
        states = statuses.get(status, [])
        is_one = len(states) == 1
        words = {
            WITHDREW: f"{now}{a.verb('count', is_one=is_one)} as having withdrawn{a.day}",
            CONTESTED: f"{a.verb('be', is_one=is_one)} {now}contested{a.day}",
        }[status]
        if is_one and len(found) == 1:
            parts.append(Part(f"It {words}."))
        elif states:
            parts.append(a.few(f"{len(states)} of them {words}", states))
    return parts


async def in_all(a: Answering, organisation: str, day: str) -> list[Part]:
    """How many members recognised on an ISO day, whenever they began to: UN members for all states."""
    found = await tallies_on(a.datasette, a.ask.rule, day)
    counted = UN if organisation == ALL_STATES else organisation
    tally = next((row for row in found if row["organisation"] == counted), None)
    if tally is None:
        return [Part(f"No members of it are on record here for {said(day)}.")]
    of = f"{tally['recognising']} of {tally['members']} {members_of(tally)}"
    if day == a.ask.today:
        return [Part(f"In all, {of} {a.verb('recognise', is_one=tally['recognising'] == 1)} {a.subject}.")]
    return [Part(f"In all, {of} recognised {a.subject} on {said(day)}{as_known(day, a.ask.known_until)}.")]


async def to_come(a: Answering, time: Time) -> Card:
    """The answer about a time after today."""
    return await a.card([f"What happens{time.coming} is still to come."], ("Timeline", "/timeline"), basis="")


async def not_known(a: Answering, what: str) -> Card:
    """The answer about a time of which no records were looked through."""
    until = f"records were looked through until {said(a.ask.known_until)}"
    card = await a.card([f"{what} is not known here: {until}."], ("Timeline", "/timeline"), basis="")
    return replace(card, is_empty=True)


async def first(a: Answering) -> Card | None:
    """The first states to recognise."""
    return await outermost(a, "first", 0)


async def last(a: Answering) -> Card | None:
    """The last states to recognise until the day."""
    return await outermost(a, "last", -1)


async def outermost(a: Answering, which: str, place: int) -> Card | None:
    """The states that began to recognise on the first or the last of all days until the day that is asked for."""
    found = await a.rows(RECOGNITIONS, start="", end=ALWAYS, organisation=ALL_STATES, recognises=RECOGNISES)
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

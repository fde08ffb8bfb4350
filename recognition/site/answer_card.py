"""The answer to a question that the database can answer: a sentence with its rule and day, and where it leads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from datasette.app import Datasette

from recognition import sentences
from recognition.dates import said
from recognition.vocabulary import RECOGNISES, RECOGNITION, UN, WITHDRAWAL, WITHDRAWAL_CLAIMS, WITHDREW

from .asked import Asked, as_known, asked, onward
from .database import Row, on_day, rows
from .last_words import claims_by_country, in_brief, last_words
from .question_forms import Question, asked_in_words
from .tallies import TALLIES, members_of
from .votes import votes_of

FEW = 15  # states that are named; of more the page behind the answer has the names
MEMBERS = f"""
select c.id, c.name, s.status from memberships m join countries c on c.id = m.country_id
join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")}
where m.organisation_id = :organisation and {on_day("m")} order by c.sort_name
"""
COUNTRY = f"""
select c.id, c.name, c.name_in_sentence, r.name_in_sentence as through, s.status, s.since, p.text, p.passage_id
from countries c left join countries r on r.id = c.represented_by left join positions p on p.country_id = c.id
left join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")} where c.id = :country
"""
RECOGNITIONS = """
select c.name, c.name_in_sentence, e.date, e.other_date from events e join countries c on c.id = e.country_id
where e.kind = :recognition and e.claimant = c.name and e.date between :first and :last
order by e.date, e.position
"""
OF_COUNTRY = """
select e.date, e.other_date from events e
where e.kind = :recognition and e.country_id = :country and e.date <= :as_of order by e.date desc limit 1
"""
Card = Row


async def answer(datasette: Datasette, text: str, ask: Asked) -> Card | None:
    """The answer to what was typed: {"text", "links": [{"text", "url"}]}, under the reader's rule and day; None for no question."""
    question = await asked_in_words(datasette, text, ask)
    if question is None:
        return None
    if day := question.places.get("when"):
        ask = await asked(datasette, ask.rule, day, organisation=ask.organisation)
    return await ANSWERS[question.kind](Answering(datasette, question, ask))


class Answering:
    """A question that is being answered: `ask` has rule and day."""

    def __init__(self, datasette: Datasette, question: Question, ask: Asked) -> None:
        self.datasette = datasette
        self.question = question
        self.ask = ask
        self.name: str = ask.subject["name_in_sentence"]

    def under(self) -> str:
        """', counted under ‘The list today’ on 26 November 2026, as known on 28 February 2026'."""
        day = f"{said(self.ask.as_of)}{as_known(self.ask.as_of, self.ask.known_until)}"
        return f", counted under ‘{self.ask.rules[self.ask.rule]['title']}’ on {day}"

    def card(self, text: str, *links: tuple[str, str]) -> Card:
        """The answer with its links, (words, path) each, which carry the reader's choices along."""
        carried = self.ask.carried
        return {
            "text": text[:1].upper() + text[1:],
            "links": [{"text": words, "url": onward(self.datasette, path, carried)} for words, path in links],
        }

    async def rows(self, sql: str, **parameters: object) -> list[Row]:
        return await rows(self.datasette, sql, rule=self.ask.rule, as_of=self.ask.as_of, **parameters)

    async def country(self) -> Row:
        return (await self.rows(COUNTRY, country=self.question.places["country"]))[0]


def named(states: Sequence[str]) -> str:
    """': Utopia, Arcadia' where they are few, else nothing."""
    return f": {', '.join(states)}" if 0 < len(states) <= FEW else ""


async def count(a: Answering) -> Card | None:
    return await members(a, UN)


async def members(a: Answering, organisation: str = "") -> Card | None:
    """How many members recognise; who does not, where they are few."""
    organisation = organisation or a.question.places["group"]
    tally = next((row for row in await a.rows(TALLIES) if row["organisation"] == organisation), None)
    if tally is None:
        return None
    listed = await a.rows(MEMBERS, organisation=organisation)
    do, others = ([row["name"] for row in listed if (row["status"] == RECOGNISES) == which] for which in (True, False))
    if a.question.kind == "members not":
        text = f"{len(others)} of {tally['members']} {members_of(tally)} do not recognise {a.name}{a.under()}{named(others)}."
    else:
        names = named(do) or (f"; all but {', '.join(others)}" if 0 < len(others) <= FEW else "")
        text = f"{tally['recognising']} of {tally['members']} {members_of(tally)} recognise {a.name}{a.under()}{names}."
    links = [
        (f"{tally['name']}: every member", f"/tallies/{organisation}"),
        ("The list", "/list" if organisation == UN else f"/list/{organisation}"),
    ]
    return a.card(text, *links, *([("Why others print other numbers", "/counts")] if organisation == UN else []))


async def country(a: Answering) -> Card | None:
    """How a country stands, with the last word where somebody disputes it."""
    row = await a.country()
    stands = sentences.standing(
        row["name_in_sentence"], a.name, row["status"], said(row["since"]) if row["since"] else None, row["through"]
    )
    if not stands:
        return None
    word = (await last_words(a.datasette, a.ask.as_of)).get(row["id"])
    last = f" The last word: {in_brief(word)}." if word else ""
    return a.card(f"{stands}{a.under()}.{last}", dossier(row))


def dossier(row: Row) -> tuple[str, str]:
    return f"All about {row['name']}", f"/recognition/countries/{row['id']}"


async def when(a: Answering) -> Card | None:
    """The day of a recognition; how the country stands where there is none."""
    row = await a.country()
    found = await a.rows(OF_COUNTRY, country=row["id"], recognition=RECOGNITION)
    if not found:
        return await country(a)
    other = f"; other records give {said(found[0]['other_date'])}" if found[0]["other_date"] else ""
    preposition = "on" if len(found[0]["date"]) == len("2012-01-01") else "in"
    text = f"{row['name_in_sentence']} recognised {a.name} {preposition} {said(found[0]['date'])}{other}."
    return a.card(text, dossier(row))


async def withdrew(a: Answering) -> Card | None:
    """Who said that a country withdrew and who denied it, in the order of their days, and how it is counted."""
    row = await a.country()
    made = (await claims_by_country(a.datasette, a.ask.as_of)).get(row["id"], [])
    told = [claim for claim in made if claim["kind"] in (WITHDRAWAL, *WITHDRAWAL_CLAIMS) and claim["date"]]
    stands = sentences.standing(
        row["name_in_sentence"], a.name, row["status"], said(row["since"]) if row["since"] else None, row["through"]
    )
    if not told:
        return a.card(f"{stands}{a.under()}. Nobody is on record here as saying that it withdrew.", dossier(row))
    answers = [claim for claim in made if claim["date"] and claim["named"]]  # denials and confirmations, too
    words = "; ".join(in_brief(claim) for claim in answers) or in_brief(told[0])
    return a.card(f"{stands}{a.under()}. On record: {words}.", dossier(row))


async def who_withdrew(a: Answering) -> Card | None:
    names = [row["name"] for row in await a.rows(MEMBERS, organisation=UN) if row["status"] == WITHDREW]
    text = (
        f"{len(names)} UN members are counted as having withdrawn{a.under().removeprefix(', counted')}{named(names)}."
    )
    return a.card(text, ("All withdrawals", "/recognition/withdrawals"), ("The list", "/list"))


async def in_year(a: Answering) -> Card | None:
    """How many states recognised in a year or from one to another, by name where they are few."""
    first, last = a.question.places["year"], a.question.places.get("year2") or a.question.places["year"]
    found = await a.rows(
        RECOGNITIONS, recognition=RECOGNITION, first=min(first, last), last=f"{max(first, last)}-{'12-31'}"
    )
    year = f"in {first}" if first == last else f"from {min(first, last)} to {max(first, last)}"
    names = named([f"{row['name']} ({said(row['date'])})" for row in found])
    text = f"{len(found)} {'state' if len(found) == 1 else 'states'} recognised {a.name} {year}{names}."
    return a.card(
        text,
        ("The timeline", f"/timeline?kind=recognition&year={first}" if first == last else "/timeline?kind=recognition"),
    )


async def first(a: Answering) -> Card | None:
    return await outermost(a, "first", 0)


async def last(a: Answering) -> Card | None:
    return await outermost(a, "last", -1)


async def outermost(a: Answering, which: str, place: int) -> Card | None:
    """The first or the last states to recognise until the day."""
    found = await a.rows(RECOGNITIONS, recognition=RECOGNITION, first="", last=a.ask.as_of)
    if not found:
        return None
    day = found[place]["date"]
    names = [row["name_in_sentence"] for row in found if row["date"] == day]
    verb = "was" if len(names) == 1 else "were"
    text = f"The {which} to recognise {a.name} {verb} {', '.join(names)}, on {said(day)}{as_known(a.ask.as_of, a.ask.known_until) if place else ''}."
    return a.card(text, ("The list by day", "/list?order=days"))


async def declaration(a: Answering) -> Card | None:
    about = a.ask.subject
    return a.card(
        f"{about['name']} {about['first_act']} on {said(about['first_day'])}.",
        ("The timeline", "/timeline?year=" + about["first_day"][:4]),
    )


async def why(a: Answering) -> Card | None:
    """What the article says that a country says."""
    row = await a.country()
    if not row["text"]:
        return await country(a)
    return a.card(
        f"The article says of {row['name_in_sentence']}: “{row['text']}”", dossier(row),
        ("Beside other statements", f"/statements?beside={row['id']}"),
    )  # fmt: skip


async def voted(a: Answering) -> Card | None:
    """How a country chose in each vote, and whose side that was."""
    row, found = (
        await a.country(),
        [vote for vote in await votes_of(a.datasette, a.question.places["country"]) if vote["choice"]],
    )
    if not found:
        return a.card(
            f"No vote of {row['name_in_sentence']} on {a.name} is known here.", ("Votes", "/votes"), dossier(row)
        )
    sides = {"with": f", {a.name}’s side", "against": f", not {a.name}’s side"}
    told = [
        f"{vote['choice']}{sides.get(vote['side'] or '', '')} ({vote['body']}, {said(vote['held_on'])})"
        for vote in found
    ]
    return a.card(f"{row['name_in_sentence']} chose: {'; '.join(told)}.", dossier(row), ("Votes", "/votes"))


ANSWERS: dict[str, Callable[[Answering], Awaitable[Card | None]]] = {
    "count": count, "members": members, "members not": members, "country": country, "when": when, "withdrew": withdrew,
    "who withdrew": who_withdrew, "in year": in_year, "between": in_year, "first": first, "last": last,
    "declaration": declaration, "why": why, "voted": voted,
}  # fmt: skip

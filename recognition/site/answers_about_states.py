"""Answers about one state or organisation: how it stands, whether it withdrew, what it says, how it voted."""

from __future__ import annotations

import json

from recognition.dates import said
from recognition.sentences import status_since
from recognition.vocabulary import CONTESTED, WITHDRAWAL, WITHDRAWAL_CLAIMS

from . import answers
from .answer_card import Answering, Card, Part
from .database import Row
from .opening import by_rule, events_of, rows_of_country, stands
from .stated import told_with_days
from .votes import said_of, votes_of

STATEMENT = """
select p.text, p.text as quote, p.passage_id, p.title, (
    select json_group_array(json_object('id', t.id, 'title', t.title))
    from position_themes w join themes t on t.id = w.theme_id where w.position_id = p.id) as themes
from positions p where p.id = :key
"""
# The status of a country today under the rule that is asked for.
TODAY = """
select status, since from statuses where country_id = :key and rule_id = :rule and since <= :today order by since desc limit 1
"""
ORGANISATION = "select id, name from organisations where id = :key"


HELD = "select id from votes where held_on glob :day || '*'"


class Standing:
    """How a country stands: its row, that of the state that represents it or None, events about it, its status by rule."""

    def __init__(self, countries: list[Row], events: list[Row], statuses: list[Row]) -> None:
        self.country, *states = countries
        self.state = states[0] if states else None
        self.events = events
        self.rules = by_rule(statuses)
        self.told: list[Row] = []  # the claims and answers that its sentence has told

    def sentence(self, a: Answering) -> str:
        """The sentence with which its dossier opens."""
        text = stands(self.country, self.state, self.rules, self.events, a.ask, self.told)
        return answers.asked_of(text, None, None if a.is_today else a.ask.as_of)

    def source(self, a: Answering) -> Row | None:
        """What its sentence rests on: the event behind its status, and of each claim and answer told the strongest record.

        None where it has not recognised and nothing is told.
        """
        standing = self.rules.get(a.ask.rule)
        found = [standing] if standing and (standing["passage_id"] or standing["records"]) else []
        if not (found or self.told):
            return None
        own = json.loads(found[0]["records"] or "[]") if found else []
        records = dict.fromkeys([*own, *(key for event in self.told for key in json.loads(event["records"])[:1])])
        return {**(found[0] if found else {}), "records": json.dumps([*records])}

    def withdrawals(self, a: Answering) -> list[Row]:
        """What was said by the day of a withdrawal by it."""
        known = answers.happened(events_of(self.state or self.country, self.events), a.ask.as_of)
        return answers.of_kinds(known, (WITHDRAWAL, *WITHDRAWAL_CLAIMS))

    async def changed_since(self, a: Answering) -> list[str]:
        """That it has another status today than on the day that is asked for, in a sentence, where it has."""
        found = await a.rows(TODAY, key=self.country["id"], today=a.ask.today)
        standing = self.rules.get(a.ask.rule)
        if not (found and standing) or found[0]["status"] == standing["status"]:
            return []
        status = found[0]["status"]
        now = status_since(status, said(found[0]["since"]))
        return [f"Today it counts as {'' if status == CONTESTED else 'one that '}{now}."]

    @property
    def dossier(self) -> tuple[str, str]:
        """The link to its dossier."""
        return f"Dossier: {self.country['name']}", f"/recognition/countries/{self.country['id']}"


async def standing_of(a: Answering) -> Standing:
    """How the country that the question names stands."""
    return Standing(**await rows_of_country(a.datasette, a.places["country"], a.ask.as_of))


async def statement_of(a: Answering, key: str) -> Row | None:
    """The article's statement on a country or organisation."""
    found = await a.rows(STATEMENT, key=key)
    return found[0] if found else None


async def how_it_stands(a: Answering) -> Card | None:
    """The sentence with which the dossier of the country opens; the source of one that never recognised is its statement."""
    it = await standing_of(a)
    sentence, since = it.sentence(a), await it.changed_since(a)
    source = it.source(a) or await statement_of(a, (it.state or it.country)["id"])
    return await a.card([sentence, *since], it.dossier, source=source)


async def whether_it_withdrew(a: Answering) -> Card | None:
    """The same, and that nobody says that it withdrew where nobody does."""
    it = await standing_of(a)
    told = it.withdrawals(a)
    sentence = it.sentence(a)
    nobody = [] if told else [f"Nobody is on record here as saying that it withdrew{a.day and ', until that day'}."]
    return await a.card(
        [sentence, *nobody], it.dossier, ("Withdrawals and claims", "/recognition/withdrawals"), source=it.source(a)
    )


async def position(a: Answering) -> Card | None:
    """How a country stands and what the article says of its position; of an organisation the latter alone."""
    if "group" in a.places:
        return await position_of_organisation(a)
    it = await standing_of(a)
    statement = await statement_of(a, it.country["id"])
    if statement is None:
        nothing = f"In its lists of positions the article has no statement on {it.country['name_in_sentence']}."
        return await a.card([it.sentence(a), nothing], it.dossier, source=it.source(a))
    parts = [Part(it.sentence(a)), quoted(a, it.country["name_in_sentence"], statement)]
    return await a.card(parts, it.dossier, *further(statement, it.country["id"]), source=statement)


async def position_of_organisation(a: Answering) -> Card | None:
    """What the article says of the position of an organisation; None where it says nothing."""
    key = a.places["group"]
    statement, named = await statement_of(a, key), await a.rows(ORGANISATION, key=key)
    if statement is None:
        return None
    name = named[0]["name"]
    page = (f"All about {name}", f"/recognition/organisations/{key}")
    parts = [quoted(a, f"the {name}" if " " in name else name, statement)]
    return await a.card(parts, page, *further(statement, key), basis="", source=statement)


def quoted(a: Answering, name: str, statement: Row) -> Part:
    """The article's statement, whole, with the days between which it was written."""
    return Part(f"{told_with_days(a.ask.subject)}, says of {name}: “{statement['text']}”")


def further(statement: Row, key: str) -> list[tuple[str, str]]:
    """The links to other statements: side by side, and those that use the same arguments."""
    themes = json.loads(statement["themes"])
    return [
        ("Beside other statements", f"/statements?beside={key}"),
        *((f"Who else says so: {theme['title']}", f"/themes/{theme['id']}") for theme in themes),
    ]


async def vote(a: Answering) -> Card | None:
    """How a country chose in each vote, or in those that the question names by their body or their day."""
    it = await standing_of(a)
    day = a.places.get("day") or a.places.get("year") or ""
    found = [
        vote
        for vote in await votes_of(a.datasette, it.country["id"])
        if (not a.question.votes or vote["vote"] in a.question.votes) and vote["held_on"].startswith(day)
    ]
    pages = [(f"{vote['body']}, {vote['held_on'][:4]}", f"/votes/{vote['vote']}") for vote in found]
    held = {row["id"] for row in await a.rows(HELD, day=day)} if day and not found else set()
    if not found and day and not (held.intersection(a.question.votes) if a.question.votes else held):
        nothing = f"No vote on {a.subject} {'on' if len(day) > len('2012-01') else 'in'} {said(day)} is on record here."
        return await a.card([nothing], ("Votes", "/votes"), it.dossier, basis="")
    if not found:
        which = " in the vote that you name" if a.question.votes or day else ""
        nothing = f"How {it.country['name_in_sentence']} voted on {a.subject}{which} is not known here."
        return await a.card([nothing], ("Votes", "/votes"), it.dossier, basis="")
    records = json.dumps([vote["record_id"] for vote in found])
    return await a.card([said_of(vote) for vote in found], *pages, it.dossier, basis="", source={"records": records})

"""The last word on each recognition: the newest claim on record, who made it, and whether it was the state itself."""

from __future__ import annotations

import json

from datasette.app import Datasette

from recognition.dates import said
from recognition.vocabulary import UNNAMED_REPORTS

from .database import Row, grouped, kept, rows

MONTH, DAY = len("2019-01"), len("2019-01-20")
SPEAKERS = """
select r.event_id, json_group_array(distinct k.said) as speakers, max(k.speaks = 'itself') as itself,
min(k.speaks = 'side') as one_sided
from event_records r join record_kinds k on k.kind = r.kind group by r.event_id
"""
CLAIMS = f"""
select l.country_id, l.event_id, l.kind, l.said, l.claimant, coalesce(c.name_in_sentence, l.claimant) as claimant_in_sentence,
       l.by_itself, l.named, l.date, l.not_before, l.counts_from, l.overtaken_on, l.dated_by, e.passage_id, e.quote, e.records, e.citation,
       t.speakers, t.itself, t.one_sided
from claims l join events e on e.id = l.event_id left join countries c on c.name = l.claimant
left join ({SPEAKERS}) t on t.event_id = l.event_id
order by l.date is null, l.not_before, l.position
"""


async def last_words(datasette: Datasette, as_of: str) -> dict[str, Row]:
    """The last word on the recognition of each country of which somebody claimed something until an ISO day, by its id.

    It is that of somebody named, unless there are only reports. A last word has event_id, kind, said, claimant,
    claimant_in_sentence, by_itself (0 or 1), date, passage_id, quote, records, citation; `tellers`, who tells a state's own
    words where no document has them from itself, and one_sided, 1 where only sides do; `own`, the last claim by the state itself, or None; and
    `undated`, the claims of which no record gives the day, whose place among the others nobody knows. Countries with
    undated claims alone have none, and those that recognised after all claims.
    """

    claims = await claims_by_country(datasette, as_of)
    standing = {country: [one for one in made if not is_overtaken(one, as_of)] for country, made in claims.items()}
    return {country: word for country, made in standing.items() if (word := last_of(made))}


async def tellers_by_event(datasette: Datasette) -> dict[str, list[str]]:
    """Who speaks in the documents of each event by its id, each once; not those in which the state itself does."""

    async def read() -> dict[str, list[str]]:
        found = await rows(datasette, f"select * from ({SPEAKERS}) where not itself")
        return {row["event_id"]: json.loads(row["speakers"]) for row in found}

    return await kept(datasette, "tellers of events", read)


async def claims_by_country(datasette: Datasette, as_of: str) -> dict[str, list[Row]]:
    """The claims on each recognition until an ISO day, rows of CLAIMS by country, the undated ones at the end.

    One without a day is there from the day on which what it answers can have been said.
    """

    async def read() -> list[Row]:
        return [{**row, "tellers": tellers_of(row)} for row in await rows(datasette, CLAIMS)]

    made = await kept(datasette, "claims", read)
    return grouped((row for row in made if (row["counts_from"] or row["not_before"] or "") <= as_of), "country_id")


def is_overtaken(claim: Row, as_of: str) -> bool:
    """Whether the state has recognised, by an ISO day, after the claim was made: then the claim says nothing of that any more."""
    return bool(claim["overtaken_on"]) and claim["overtaken_on"] <= as_of


def last_of(claims: list[Row]) -> Row | None:
    """The last word among the claims on one country, in the order of their days, the undated ones at the end."""
    dated = [claim for claim in claims if claim["date"]]
    undated = {
        claim["quote"] or claim["event_id"]: claim for claim in claims if not claim["date"] and not claim["dated_by"]
    }
    if not dated:
        return None
    own = [claim for claim in dated if claim["by_itself"]]
    last = next((claim for claim in reversed(dated) if claim["named"]), dated[-1])
    return {**last, "own": own[-1] if own else None, "undated": [*undated.values()]}


def in_brief(word: Row, precision: int = DAY) -> str:
    """A claim in a few words: 'Utopia denied a withdrawal, 20 January 2019'; 'itself' for the state of which it is.

    `precision` is how many letters of the date are told at most: DAY or MONTH. What a state said is told as a side tells it
    where nobody else does.
    """
    sides = word["tellers"] if word["one_sided"] else []
    told = f", as {' and '.join(sides)} tell{'s' if len(sides) == 1 else ''}" if sides else ""
    return f"{spoken_by(word)} {word['said']}, {said(word['date'][:precision])}{told}"


def tellers_of(claim: Row) -> list[str]:
    """Who speaks in the documents that tell a state's own words, where it does not itself; else nobody."""
    return json.loads(claim["speakers"] or "[]") if claim["by_itself"] and not claim["itself"] else []


def spoken_by(word: Row) -> str:
    """Who made a claim, at the start of a few words: 'itself', 'reports' where nobody is named, else a name."""
    if word["by_itself"]:
        return "itself"
    return "reports" if word["claimant"] == UNNAMED_REPORTS else str(word["claimant_in_sentence"])

"""What every figure says of itself, on the site, in a frame and in a picture: number, rule, day and source, in the same words."""

from __future__ import annotations

from datasette.app import Datasette

from recognition.dates import said
from recognition.sentences import capitalised

from .asked import Asked, as_known
from .database import Row
from .formats import this_edition
from .tallies import members_of, tallies_on, tally_of, without_members


async def tally_on_day(datasette: Datasette, ask: Asked, organisation: str) -> Row:
    """A row of `tallies_on`, or of `without_members`. NotFound where the organisation never has members."""
    counted = [row for row in await tallies_on(datasette, ask.rule, ask.as_of) if row["organisation"] == organisation]
    return tally_of(organisation, counted or await without_members(datasette, ask.rule, ask.as_of))


def on_its_day(ask: Asked) -> str:
    """'on 3 May 2026, as known on 28 February 2026'."""
    return f"on {said(ask.as_of)}{as_known(ask.as_of, ask.known_until)}"


def under_its_rule(ask: Asked) -> str:
    """'counted under the rule ‘The list today’'."""
    return f"counted under the rule ‘{ask.rules[ask.rule]['title']}’"


def rule_and_day(ask: Asked) -> str:
    """'Counted under the rule ‘The list today’, on 3 May 2026, as known on 28 February 2026'."""
    return capitalised(f"{under_its_rule(ask)}, {on_its_day(ask)}")


def tally_told(tally: Row, ask: Asked) -> str:
    """'22 of 27 members of the European Union recognise Utopia on 3 May 2026, counted under the rule ‘The list today’.'"""
    if not tally["members"]:
        return f"There are no {members_of(tally)} to count on {said(ask.as_of)}."
    verb = "recognises" if tally["recognising"] == 1 else "recognise"
    who = f"{tally['recognising']} of {tally['members']} {members_of(tally)} {verb} {ask.subject['name_in_sentence']}"
    return f"{who} {on_its_day(ask)}, {under_its_rule(ask)}."


async def source_told(datasette: Datasette) -> str:
    """'International recognition of Utopia, edition 7 of 26 November 2026'."""
    about, title = await this_edition(datasette), (datasette.metadata() or {})["title"]
    return f"{title}, edition {about['number']} of {said(about['published_on'])}"

"""How a tally moved under a rule, and the events that explain a difference: what several pages show."""

from __future__ import annotations

import json
from collections.abc import Sequence

from datasette.app import Datasette

from .database import Row, rows

HISTORY = """
select since, until, members, recognising, withdrawn, contested, not_recognising from tally_history
where organisation_id = :organisation and rule_id = :rule and since <= :as_of order by since
"""
EVENTS = """
select id, kind, date, claimant, quote, passage_id, citation, note from events
where id in (select value from json_each(:ids)) order by counts_from
"""


async def with_reasons(datasette: Datasette, states: Sequence[Row]) -> Sequence[Row]:
    """States that make a difference, each with `reasons`: the events named by `event_a` and `event_b`, by their dates."""
    ids = json.dumps([state[key] for state in states for key in ("event_a", "event_b") if state[key]])
    events = await rows(datasette, EVENTS, ids=ids)
    for state in states:
        state["reasons"] = [event for event in events if event["id"] in (state["event_a"], state["event_b"])]
    return states

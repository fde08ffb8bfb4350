"""The queries of the W3C community group's Reconciliation Service API 0.2, read and answered; its types and properties.

What a text means is decided by candidates.py.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeGuard

from datasette.app import Datasette
from datasette.utils.asgi import BadRequest

from recognition.serving.bodies import TooMuch
from recognition.serving.strict_json import from_json
from recognition.serving.turns import give_way

from . import candidates
from .candidates import COUNTRY, TYPES, VALUES, Candidate, Index, Wanted, joined
from .database import Row

QUERIES_AT_MOST = 50  # of one request
LIMIT, LIMIT_AT_MOST = 5, 50  # candidates of one query: where none is said, and at all
PROPERTIES_AT_MOST = 10  # of one query
SUGGESTED = 20  # at a time
SHOWN = 40  # characters of what is wrong that a sentence repeats
STRICTNESS = ("any", "should", "all")
FIELDS = frozenset(["query", "type", "limit", "properties", "type_strict"])


@dataclass(frozen=True, slots=True)
class Query:
    """One query: a text, which may be empty where values are wanted, the types that are meant, and how many candidates."""

    text: str
    types: tuple[str, ...]
    limit: int
    wanted: Wanted


def in_json(text: str, name: str) -> Any:
    """What a parameter has as JSON; BadRequest where it is none."""
    try:
        return from_json(text)
    except ValueError:
        raise BadRequest(f"{name} must be JSON; this is none: {text[:SHOWN]!r}.") from None


def queries_of(text: str) -> dict[str, Query]:
    """A batch of queries by their keys, from JSON. Raises BadRequest with a sentence, and TooMuch for too many."""
    batch = in_json(text, "queries")
    if not isinstance(batch, dict):
        raise BadRequest('queries must be a JSON object of queries, such as {"q0": {"query": "…"}}.')
    if len(batch) > QUERIES_AT_MOST:
        raise TooMuch(f"A request may have {QUERIES_AT_MOST} queries; this one has {len(batch)}.")
    return {key: query_of(asked, f"Query {key[:SHOWN]!r}") for key, asked in batch.items()}


def query_of(asked: Any, which: str) -> Query:
    """One query of a batch; `which` names it in a sentence of BadRequest."""
    if not isinstance(asked, dict) or not asked.keys() <= FIELDS:
        raise BadRequest(f"{which} must be a JSON object with some of {', '.join(sorted(FIELDS))}.")
    text, limit = asked.get("query", ""), asked.get("limit", LIMIT)
    if not isinstance(text, str):
        raise BadRequest(f"{which}: query must be text.")
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not (limit >= 1 and limit % 1 == 0):
        raise BadRequest(f"{which}: limit must be a whole number from 1 on.")
    if "query" not in asked and not asked.get("properties"):
        raise BadRequest(f"{which} asks for nothing: it must have a query or properties.")
    wanted = wanted_of(asked.get("properties", []), which)
    return Query(
        text, types_of(asked.get("type"), asked.get("type_strict"), which), int(min(limit, LIMIT_AT_MOST)), wanted
    )


def types_of(asked: Any, strictness: Any, which: str) -> tuple[str, ...]:
    """The types that may be candidates: countries, where none is said.

    Nothing has two types, so that nothing has 'all' of them; 'should' means what 'any' means.
    """
    if strictness is not None and strictness not in STRICTNESS:
        raise BadRequest(f"{which}: type_strict must be one of {', '.join(STRICTNESS)}.")
    named = [asked] if isinstance(asked, str) else asked or [COUNTRY]
    ids = [one.get("id") if isinstance(one, dict) else one for one in named] if isinstance(named, list) else None
    if not is_all_text(ids) or not TYPES.keys() >= set(ids):
        raise BadRequest(f"{which}: type must be one of {', '.join(TYPES)}, or a list of them.")
    several = tuple(dict.fromkeys(ids))
    return () if strictness == "all" and len(several) > 1 else several


def is_all_text(found: Any) -> TypeGuard[list[str]]:
    return isinstance(found, list) and all(isinstance(one, str) for one in found)


def wanted_of(properties: Any, which: str) -> Wanted:
    """The values by which a query tells candidates apart, by property, as they are compared."""
    wrong = f"{which}: properties must be a list of at most {PROPERTIES_AT_MOST} objects with pid and v."
    if not isinstance(properties, list) or len(properties) > PROPERTIES_AT_MOST:
        raise BadRequest(wrong)
    wanted: Wanted = {}
    for one in properties:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise BadRequest(wrong)
        if one["pid"] not in VALUES:
            raise BadRequest(
                f"{which}: candidates are told apart by {', '.join(VALUES)}, not by {one['pid'][:SHOWN]!r}."
            )
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        texts = {joined(text) for value in values if (text := text_of(value))}
        if texts:  # an empty cell wants nothing
            wanted.setdefault(one["pid"], set()).update(texts)
    return wanted


def text_of(value: Any) -> str:
    """A value of a property as text: of an entity its name, or its id."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("id")
    return str(value).strip() if isinstance(value, str | int | float) else ""


async def answers(datasette: Datasette, queries: dict[str, Query]) -> Row:
    """The candidates for each query of a batch, as the protocol writes them."""
    found, told = await candidates.index(datasette), {}
    for key, query in queries.items():
        await give_way()
        told[key] = {"result": [in_protocol(one) for one in candidates_for(found, query)[: query.limit]]}
    return told


def candidates_for(found: Index, query: Query) -> list[Candidate]:
    if not query.text.strip() and not query.wanted:
        return []  # an empty cell
    if not query.text.strip():
        return candidates.with_values(found, query.wanted, query.types)
    return candidates.agreeing(candidates.candidates(found, query.text, query.types), query.wanted)


def in_protocol(one: Candidate) -> Row:
    entity = one.entity
    return {
        "id": entity.id, "name": entity.name, "description": f"{entity.about} {one.reason}".strip(),
        "type": [type_of(entity.type)], "score": one.score, "match": one.match,
    }  # fmt: skip


def type_of(id_: str) -> Row:
    return {"id": id_, "name": TYPES[id_]}


def suggested(found: Index, prefix: str, types: Collection[str], cursor: int) -> list[Row]:
    """Entities of which a name begins so, from the one behind so many others on, as the protocol writes them."""
    shown = candidates.suggestions(found, prefix, types)[cursor : cursor + SUGGESTED]
    return [
        {
            "id": entity.id, "name": entity.name, "notable": [type_of(entity.type)],
            "description": entity.about if name == entity.name else f"{entity.about} Also named {name}.",
        }
        for entity, name in shown
    ]  # fmt: skip

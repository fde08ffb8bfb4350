"""What the reconciliation service adds to countries and organisations that were matched: its properties, and their values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import BadRequest

from recognition.dates import said
from recognition.serving.bodies import TooMuch
from recognition.vocabulary import RECOGNISES

from .asked import Asked, asked
from .candidates import COUNTRY, ORGANISATION, TYPES
from .database import Row, grouped, on_day, rows_of_each
from .reconciliation import SHOWN, in_json, is_all_text, type_of

IDS_AT_MOST = 200  # of one request
ORGANISATIONS = "organisations"  # the property whose values are entities
# Properties that are the same under every rule and on every day, by type.
PLAIN = {
    COUNTRY: {
        "iso2": "ISO 3166-1 alpha-2 code", "iso3": "ISO 3166-1 alpha-3 code", "kind": "Kind (UN member, territory …)",
        "region": "Region", "subregion": "Subregion",
    },
    ORGANISATION: {"kind": "Kind (organisation, forum, region …)", "abbreviation": "Abbreviation"},
}  # fmt: skip
# Those of each rule, with the rule's title in them.
BY_RULE = {
    COUNTRY: {
        "status": "Status under ‘{}’", "since": "Status under ‘{}’ since", "recognised_on": "Recognised on, under ‘{}’",
    },
    ORGANISATION: {"recognising": "Members that recognise, under ‘{}’"},
}  # fmt: skip
SETTING = {
    "name": "as_of", "type": "text", "label": "Day", "default": "",
    "help_text": "A day such as 2013-07-01, on which statuses and memberships are asked for; nothing for today.",
}  # fmt: skip
COUNTRIES = (
    "select id, iso2, iso3, kind, region, subregion from countries where id in (select value from json_each(:ids))"
)
GROUPS = "select id, kind, abbreviation from organisations where id in (select value from json_each(:ids))"
# The day of the recognition is that of the event, as the list has it.
STATUSES = f"""
select s.country_id as id, s.rule_id as rule, s.status, s.since, coalesce(r.date, b.since) as recognised_on
from statuses s
left join statuses b on b.rule_id = s.rule_id and b.country_id = s.country_id and b.since = (
    select max(since) from statuses
    where rule_id = s.rule_id and country_id = s.country_id and status = :recognises and since <= s.since)
left join events r on r.id = b.event_id
where s.country_id in (select value from json_each(:ids)) and {on_day("s")}
"""
MEMBERSHIPS = f"""
select m.country_id as id, o.id as organisation, o.name from memberships m join organisations o on o.id = m.organisation_id
where m.country_id in (select value from json_each(:ids)) and {on_day("m")} order by o.number
"""
TALLIES = f"""
select organisation_id as id, rule_id as rule, members, recognising from tally_history t
where organisation_id in (select value from json_each(:ids)) and {on_day("t")}
"""


def properties(ask: Asked, type_: str) -> dict[str, str]:
    """The names of all properties of a type by their ids, what is the same under every rule first."""
    default = ask.subject["default_rule"]
    rules = sorted(ask.rules.values(), key=lambda rule: rule["id"] != default)
    by_rule = {
        f"{id_}:{rule['id']}": name.format(rule["title"]) for rule in rules for id_, name in BY_RULE[type_].items()
    }
    more = {ORGANISATIONS: "Organisations that it is a member of"} if type_ == COUNTRY else {"members": "Members"}
    return PLAIN[type_] | more | by_rule


def day_of(ask: Asked, property_: str, name: str) -> str:
    """The name of a property with its day, where it has one: it heads a column that nothing else describes."""
    return name if any(property_ in plain for plain in PLAIN.values()) else f"{name} ({said(ask.as_of)})"


async def extended(datasette: Datasette, text: str) -> Row:
    """What a data extension query asks for, from JSON, as the protocol writes it. Raises BadRequest and TooMuch."""
    ids, wanted, day = read(text)
    ask = await asked(datasette, as_of=day)
    known = {type_: properties(ask, type_) for type_ in TYPES}
    names = {id_: name for type_ in known.values() for id_, name in type_.items()}
    for property_ in wanted:
        if property_ not in names:
            raise BadRequest(f"There is no property {property_[:SHOWN]!r}. There are {', '.join(names)}.")
    values = await values_of(datasette, ask, ids)
    meta = [
        {"id": one, "name": day_of(ask, one, names[one])} | ({"type": type_of(ORGANISATION)} if one == ORGANISATIONS else {})
        for one in wanted
    ]  # fmt: skip
    return {"meta": meta, "rows": {id_: {one: values.get(id_, {}).get(one, []) for one in wanted} for id_ in ids}}


def read(text: str) -> tuple[list[str], list[str], str | None]:
    """The ids and the properties of a data extension query, each once, and the ISO day that its settings name, or None."""
    query = in_json(text, "extend")
    ids, wanted = (query.get("ids"), query.get("properties")) if isinstance(query, dict) else (None, None)
    names = [id_of(one) for one in wanted] if isinstance(wanted, list) else None
    if not is_all_text(ids) or not is_all_text(names):
        raise BadRequest('extend must be a JSON object such as {"ids": ["…"], "properties": [{"id": "iso3"}]}.')
    if len(ids) > IDS_AT_MOST:
        raise TooMuch(f"A request may have {IDS_AT_MOST} ids; this one has {len(ids)}.")
    settings = [one.get("settings") or {} for one in wanted or ()]
    if not all(isinstance(one, dict) and one.keys() <= {SETTING["name"]} for one in settings):
        raise BadRequest(
            'The settings of a property are a JSON object with as_of alone, such as {"as_of": "2013-07-01"}.'
        )
    days = {str(one.get(SETTING["name"]) or "").strip() for one in settings} - {""}
    if len(days) > 1:
        raise BadRequest("All properties of a request must have the same day in as_of.")
    return list(dict.fromkeys(ids)), list(dict.fromkeys(names)), next(iter(days), None)


def id_of(asked_for: Any) -> Any:
    return asked_for.get("id") if isinstance(asked_for, dict) else None


async def values_of(datasette: Datasette, ask: Asked, ids: Sequence[str]) -> dict[str, Row]:
    """By entity and property, its values as the protocol writes them; what is not known has none."""
    parameters = {"ids": json.dumps(ids), "as_of": ask.as_of, "recognises": RECOGNISES}
    countries, groups, statuses, memberships, tallies = await rows_of_each(
        datasette, *((sql, parameters) for sql in (COUNTRIES, GROUPS, STATUSES, MEMBERSHIPS, TALLIES))
    )
    found = {row.pop("id"): plain(row) for row in (*countries, *groups)}
    for row in statuses:
        for name in BY_RULE[COUNTRY]:
            found[row["id"]][f"{name}:{row['rule']}"] = in_protocol(row[name])
    for id_, own in grouped(memberships, "id").items():
        found[id_][ORGANISATIONS] = [{"id": row["organisation"], "name": row["name"]} for row in own]
    for row in tallies:
        found[row["id"]] |= {
            "members": in_protocol(row["members"]), f"recognising:{row['rule']}": in_protocol(row["recognising"]),
        }  # fmt: skip
    return found


def plain(row: Row) -> Row:
    return {name: in_protocol(value) for name, value in row.items()}


def in_protocol(value: str | int | None) -> list[Row]:
    """A value as the protocol writes it. A day is text, because its dates have a time, which nobody knows."""
    if value is None:
        return []
    return [{"int": value}] if isinstance(value, int) else [{"str": value}]

"""The sentence with which a dossier opens: how a country stands under the rule and on the day that are asked for."""

from __future__ import annotations

from typing import NamedTuple

from datasette.app import Datasette

from recognition.sentences import capitalised
from recognition.vocabulary import ARTICLE

from . import answers
from .asked import Asked
from .database import Row, kept, rows_of_each

EVENT = """
select e.id, coalesce(x.answers, e.answers) as answers, e.dated_by, coalesce(x.country_id, e.country_id) as country_id,
       e.kind, e.date, e.other_date, e.stronger_date, e.claimant, e.updates, e.passage_id, e.quote, e.records, e.note,
       e.counts_from, max(e.earliest_day, coalesce(y.earliest_day, '')) as not_before,
       k.claim, k.said, c.name as country, coalesce(w.name_in_sentence, e.claimant) as claimant_in_sentence,
       a.text as passage_text, a.first_line
from events e join event_kinds k on k.kind = e.kind left join countries c on c.id = e.country_id
left join countries w on w.name = e.claimant
left join passages a on a.id = e.passage_id
left join event_countries x on x.event_id = e.id and x.country_id in (:id, (select represented_by from countries where id = :id))
left join events y on y.id = coalesce(x.answers, e.answers)
"""
IN_ORDER = "order by e.position"
# Each may use :id, that of a country, and :as_of.
OF_COUNTRY = {
    # the country, then the state that represents it
    "countries": """
select c.*, p.list, p.text as statement, (select json_group_array(json_object('id', t.id, 'name', t.name))
                                          from countries t where t.represented_by = c.id) as represents
from countries c left join positions p on p.country_id = c.id
where c.id = :id or c.id = (select represented_by from countries where id = :id)
order by c.id <> :id
""",
    # about this country or the state that represents it, alone or among others, claimed by it, or about no country by name
    "events": f"""{EVENT}
where e.country_id in (:id, (select represented_by from countries where id = :id))
   or e.claimant = (select name from countries where id = :id) or (e.country_id is null and e.kind <> 'narrative')
{IN_ORDER}
""",
    "statuses": """
select r.id as rule, r.title, s.status, s.since, s.event_id, e.date as event_date, e.other_date, e.stronger_date, e.kind, e.quote, e.passage_id,
       e.records,
       coalesce(w.name_in_sentence, e.claimant) as claimant_in_sentence
from rules r join statuses s on s.rule_id = r.id and s.country_id = :id left join events e on e.id = s.event_id
left join countries w on w.name = e.claimant
where s.since <= :as_of order by r.position, s.since desc
""",
}


class OnDay(NamedTuple):
    """A country, its status under the rule and on the day that are asked for (None of the subject), and the sentence about it."""

    country: Row
    standing: Row | None
    told: str


async def rows_of_country(datasette: Datasette, key: str, as_of: str) -> dict[str, list[Row]]:
    """The rows of each question of OF_COUNTRY by its name. A page and its picture ask for them one after the other: kept, few."""

    async def read() -> list[list[Row]]:
        return await rows_of_each(datasette, *((sql, {"id": key, "as_of": as_of}) for sql in OF_COUNTRY.values()))

    found = await kept(datasette, (key, as_of), read, shelf="countries on a day", at_most=20)
    return {name: [dict(row) for row in of_one] for name, of_one in zip(OF_COUNTRY, found, strict=True)}


async def country_on_day(datasette: Datasette, ask: Asked, key: str) -> OnDay | None:
    """How the country with this id stands; None where there is none."""
    countries, events, statuses = (await rows_of_country(datasette, key, ask.as_of)).values()
    if not countries or countries[0]["id"] != key:
        return None
    country, state = countries[0], countries[1] if len(countries) > 1 else None
    rules = by_rule(statuses)
    told = capitalised(stands(country, state, rules, events, ask))
    return OnDay(country, rules.get(ask.rule), told)


def opening(country: Row, state: Row | None, rules: dict[str, Row], events: list[Row], ask: Asked) -> str:
    """`stands` with the rule and the day before it, where they are not the usual ones."""
    return answers.asked_of(
        stands(country, state, rules, events, ask),
        ask.rules[ask.rule]["title"] if "rule" in ask.carried and ask.rule in rules else None,
        ask.as_of if "as_of" in ask.carried and ask.rule in rules else None,
    )


def stands(
    country: Row,
    state: Row | None,
    rules: dict[str, Row],
    events: list[Row],
    ask: Asked,
    told: list[Row] | None = None,
) -> str:
    """The status under the rule and on the day that are asked for, as a sentence that may begin in lowercase.

    `rules` are those of `by_rule`; of `events` those of the country, or of the state that represents it, are told, and the
    claims and answers among these added to `told`.
    """
    if ask.rule not in rules:
        return answers.answer(country, {}, {}, [], ask.subject)
    known = answers.happened(events_of(state or country, events), ask.as_of)
    return answers.answer(country, rules[ask.rule], rules[ARTICLE], known, ask.subject, state, told)


def events_of(country: Row, events: list[Row]) -> list[Row]:
    """Those of the events that are about the country."""
    return [event for event in events if event["country_id"] == country["id"]]


def by_rule(intervals: list[Row]) -> dict[str, Row]:
    """The last status under each rule, by its id, with the earlier ones, newest first, in the list `past`."""
    rules: dict[str, Row] = {}
    for interval in intervals:
        if interval["rule"] in rules:
            rules[interval["rule"]]["past"].append({key: interval[key] for key in ("status", "since", "kind")})
        else:
            rules[interval["rule"]] = {**interval, "past": []}
    return rules

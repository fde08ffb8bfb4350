"""All that the database knows about one organisation, group or region, as its page shows it."""

from __future__ import annotations

from datasette.app import Datasette

from recognition.vocabulary import GROUP, RECOGNISES, STATUSES

from .asked import Asked
from .counting import breakdown, countries_to_count
from .database import Row, grouped, on_day
from .dossier_parts import FINDINGS, STATEMENT, names_by_kind, neighbours, rows_by_question, statement, together
from .opening import EVENT, IN_ORDER
from .stated import stated_by_article, stated_otherwise

ORGANISATION_QUESTIONS = {
    "statement": STATEMENT,
    "findings": FINDINGS,
    "organisation": "select * from organisations where id = :id",
    "names": "select name, kind from organisation_names where organisation_id = :id and kind <> 'main' order by name",
    "tallies": f"""
select r.id as rule, r.title, t.members, t.recognising, t.contested, t.withdrawn, t.not_recognising, t.since
from rules r join tally_history t on t.rule_id = r.id and t.organisation_id = :id
where {on_day("t")} order by r.position
""",
    "members": f"""
select c.id, c.name, m.role, m.since, m.until, m.basis, m.record_id, m.general_knowledge, m.citation, m.note, {on_day("m")} as counted,
       s.status, s.since as status_since, state.name as state
from memberships m join countries c on c.id = m.country_id left join countries state on state.id = c.represented_by
join statuses s on s.country_id = c.id and s.rule_id = :rule and {on_day("s")}
where m.organisation_id = :id order by c.sort_name, m.period
""",
    "suspensions": """
select c.id, c.name, s.since, s.until, s.kind, s.record_id, s.general_knowledge, s.note,
       s.since <= :as_of and (s.until is null or :as_of < s.until) as lasts
from suspensions s join countries c on c.id = s.country_id where s.organisation_id = :id order by s.since, c.sort_name
""",
    "participations": """
select c.id, c.name, p.role, p.since, p.until, p.record_id, p.general_knowledge, p.note
from participations p join countries c on c.id = p.country_id where p.organisation_id = :id order by c.sort_name
""",
    "first_members": "select min(since) as day from tally_history where organisation_id = :id and rule_id = :rule",
    "counts": """
select p.id, p.publisher, l.counted_on, p.recognising, p.total, l.counted, l.counted_members, l.difference,
       p.quote, p.passage_id, p.record_id, p.as_of, p.published_on, p.printed_from, p.printed_until, p.earliest_day, p.latest_day
from published_counts p
join count_ledger l on l.count_id = p.id and l.rule_id = :rule and l.organisation_id = p.organisation_id
left join passages a on a.id = p.passage_id
where p.organisation_id = :id order by p.passage_id is null, a.first_line, p.latest_day desc, p.id
""",
    "events": f"{EVENT} where e.claimant = (select name from organisations where id = :id) {IN_ORDER}",
}


async def organisation_dossier(datasette: Datasette, key: str, ask: Asked) -> Row | None:
    """What organisation.html shows of the organisation with this id, or None where there is no such organisation.

    Keys whose value is one row, or None: organisation, subject, statement, tally (of the rule and day that are asked for),
    in_article (the article's count), stated (the same where it differs), previous and following. `statuses` are all there are, in their order.
    `breakdown` says of a group which kinds of countries recognise.
    Lists of rows: tallies (those of rules that count the same are together, see `together`), members of that day with
    their status and `suspended`, what of that they are or None, changes (members that joined or left since the first day),
    suspensions, participations (who takes part without being counted), published counts, findings of the audit, events that
    it claims; `rests_on`, the documents that list the members, each with `members`, how many. `first_members` is the ISO day
    from which on it has members, None where it never has. `names` has lists of rows by kind.
    """
    found = await rows_by_question(datasette, ORGANISATION_QUESTIONS, key, "organisation", ask)
    if not found["organisation"]:
        return None
    tally = next((tally for tally in found["tallies"] if tally["rule"] == ask.rule), None)
    stated, countries = (await stated_by_article(datasette)).get(key), await countries_to_count(datasette)
    (organisation,), members = found["organisation"], [member for member in found["members"] if member["counted"]]
    recognising = [countries[member["id"]] for member in members if member["status"] == RECOGNISES]
    suspended = {row["id"]: row for row in found["suspensions"] if row["lasts"]}
    for member in members:
        member["suspended"] = suspended.get(member["id"])
    return {
        "organisation": organisation, "subject": ask.subject, "statement": statement(found),
        "breakdown": breakdown(recognising) if organisation["kind"] == GROUP else "",
        "names": names_by_kind(found["names"]), "statuses": STATUSES,
        "tally": tally, "in_article": stated, "stated": stated_otherwise(stated, tally, ask.as_of) if tally else None,
        "tallies": together(found["tallies"], "members", "recognising", "contested", "withdrawn", "since"),
        "members": members,
        "changes": [member for member in found["members"] if member["since"] or member["until"]],
        "rests_on": [{"record_id": key, "members": len(listed)} for key, listed in grouped(members, "record_id").items() if key],
        "first_members": found["first_members"][0]["day"],
        **{name: found[name] for name in ("suspensions", "participations", "counts", "findings", "events")},
        **await neighbours(datasette, "organisations", key),
    }  # fmt: skip

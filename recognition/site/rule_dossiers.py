"""What one rule counts and how, as its page shows it."""

from __future__ import annotations

from datasette.app import Datasette

from .asked import Asked
from .database import Row, grouped, on_day
from .dossier_parts import neighbours, rows_by_question
from .stated import stated_by_article, stated_otherwise

RULE_QUESTIONS = {
    "effects": """
select x.event_kind as kind, k.description, x.country_id, c.name as country, x.claimant, x.from_status, x.status, x.note
from rule_effects x join event_kinds k on k.kind = x.event_kind join status_kinds s on s.status = x.from_status
left join countries c on c.id = x.country_id
where x.rule_id = :id order by k.position, c.sort_name is not null, s.position desc, c.sort_name
""",
    "other_kinds": """
select kind from event_kinds k where not exists (select 1 from rule_effects where rule_id = :id and event_kind = k.kind)
order by position
""",
    # of every rule, that of the page among them: its UN members
    "tallies": f"""
select t.rule_id as rule, o.id, o.name, o.kind, h.title as heading, h.position,
       t.members, t.recognising, t.contested, t.withdrawn, t.not_recognising
from tally_history t join organisations o on o.id = t.organisation_id join headings h on h.id = o.heading
join rules r on r.id = t.rule_id
where {on_day("t")} order by r.position, o.number
""",
}


async def rule_dossier(datasette: Datasette, key: str, ask: Asked) -> Row | None:
    """What rule.html shows of the rule with this id on the day that is asked for, or None where there is no such rule.

    `rule` is its row, `is_default` whether it counts where none is chosen. `effects` are what changes a status under it
    (kind, description, from_status, status), `other_kinds` the kinds of events that change none. `tallies` are its own,
    each with `stated`, the article's count where it differs, and `everywhere`, whether as many recognise under every rule;
    `others` are the other rules, each with `tallies` by organisation. `previous` and `following` are rules.
    """
    if key not in ask.rules:
        return None
    found = await rows_by_question(datasette, RULE_QUESTIONS, key, "rule", ask)
    tallies = {rule: {tally["id"]: tally for tally in own} for rule, own in grouped(found["tallies"], "rule").items()}
    stated = await stated_by_article(datasette)
    for tally in tallies[key].values():
        tally["stated"] = stated_otherwise(stated.get(tally["id"]), tally, ask.as_of)
        tally["everywhere"] = all(
            other[tally["id"]]["recognising"] == tally["recognising"] for other in tallies.values()
        )
    return {
        "rule": ask.rules[key], "subject": ask.subject, "is_default": key == ask.subject["default_rule"],
        "effects": found["effects"], "other_kinds": [row["kind"] for row in found["other_kinds"]],
        "tallies": [*tallies[key].values()],
        "others": [{**rule, "tallies": tallies[id_]} for id_, rule in ask.rules.items() if id_ != key],
        **await neighbours(datasette, "rules", key),
    }  # fmt: skip

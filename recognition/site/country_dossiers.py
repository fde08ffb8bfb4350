"""All that the database knows about one country, as its page shows it."""

from __future__ import annotations

import json
import re

from datasette.app import Datasette
from markupsafe import Markup, escape

from recognition.vocabulary import ARTICLE, CONTACT, NARRATIVE, POSITION, WITHDRAWAL_CLAIMS

from . import answers
from .asked import Asked
from .database import Row, grouped, on_day
from .documents import documents
from .dossier_parts import (
    FINDINGS,
    STATEMENT,
    language,
    names_by_kind,
    neighbours,
    rows_by_question,
    statement,
    together,
)
from .last_words import last_words, tellers_by_event
from .opening import by_rule, opening, rows_of_country
from .pairs import in_pairs
from .stated import stated_by_article, stated_otherwise
from .votes import votes_of

COUNTRY_QUESTIONS = {
    "statement": STATEMENT,
    "findings": FINDINGS,
    "names": """
        select n.name, n.kind, n.language, s.publisher as source from country_names n join sources s on s.id = n.source_id
        where n.country_id = :id and n.kind <> 'main' order by n.name""",
    "organisations": f"""
select o.id, o.name, o.kind, m.period, m.role, m.marker, m.since, m.until, m.note, m.passage_id,
       t.members, t.recognising, t.contested, t.withdrawn, t.not_recognising
from memberships m join organisations o on o.id = m.organisation_id
left join tally_history t on t.organisation_id = o.id and t.rule_id = :rule and {on_day("t")}
where m.country_id = :id order by m.until is not null, o.number, m.period
""",
    "suspensions": """
select organisation_id, since, until, kind from suspensions
where country_id = :id and since <= :as_of and (until is null or :as_of < until) order by since
""",
    "participations": """
select o.id, o.name, p.role, p.since, p.until, p.record_id, p.general_knowledge, p.note
from participations p join organisations o on o.id = p.organisation_id where p.country_id = :id order by o.number
""",
    "mentions": """
select m.passage_id, m.named_as, a.text as passage_text, s.title as section, p.title as speaker, p.text as statement
from mentions m join passages a on a.id = m.passage_id join sections s on s.id = a.section_id
left join positions p on p.passage_id = m.passage_id
where m.country_id = :id and p.country_id is not :id order by a.first_line
""",
    "restored": """
select r.list, r.printed_number, r.recognised_on, r.withdrawn_on, r.name_basis, r.confidence, r.order_known,
       r.date_evidence, r.withdrawal_date_evidence, r.other_recognised_on, r.other_withdrawn_on, r.stronger_recognised_on,
       r.stronger_withdrawn_on, r.note, r.passage_id, r.date_passage_id,
       (select json_group_array(t.record_id) from events e join event_records t on t.event_id = e.id
        where e.country_id = r.country_id and e.passage_id = r.date_passage_id and e.kind in ('recognition', 'withdrawal')) as records
from recognitions r join passages a on a.id = r.passage_id where r.country_id = :id order by a.first_line
""",
    "memberships_of_subject": """
select o.id, o.name, o.kosovo_membership, o.kosovo_since, o.kosovo_quote as quote, p.passage_id
from organisations o join positions p on p.organisation_id = o.id
where o.kosovo_membership <> 'not stated' and :id = (select country_id from subject) order by o.number
""",
}
SENTENCE_END = re.compile(r"(?<=[.!?])(?=\s)")


async def country_dossier(datasette: Datasette, key: str, ask: Asked) -> Row | None:
    """What country.html shows of the country with this id, or None where there is no such country.

    Keys whose value is one row, or None: country, state (which represents it), subject, statement (what the article says
    that it says), standing and in_article (its status under the rule that is asked for and under that of the article's
    tables), last_word (see `last_words` and `last_word_with_others`), previous and following. Lists of rows: events about
    it, answers below what they answer (see `in_pairs`), votes (see `votes_of`), claims by it about others, rules (see
    `by_rule`; those that say the same are together, see `together`), organisations, mentions, restored (rows of the
    article's tables whose name was lost), findings of the audit, memberships_of_subject, participations (in what it
    is not counted). `names` has lists of rows by kind;
    `by_rule` has the rules one by one, by id;
    `general` has the words on withdrawals that name no country. `answer` is a sentence; `other_rule` the id of a rule that
    gives it another status, or None.
    """
    found = await rows_of_country(datasette, key, ask.as_of)
    if not found["countries"]:
        return None
    found |= await rows_by_question(datasette, COUNTRY_QUESTIONS, key, "country", ask)
    country, *states = found["countries"]
    country["represents"] = json.loads(country["represents"])
    state = states[0] if states else None
    events = found["events"]
    own = [event for event in events if event["country_id"] == key]
    others = [event for event in events if event["country_id"] != key]
    rules = by_rule(found["statuses"])
    standing, in_article = rules.get(ask.rule), rules.get(ARTICLE)
    stated, told = await stated_by_article(datasette), await documents(datasette, language)
    suspended = {row["organisation_id"]: row for row in found["suspensions"]}
    found["organisations"] = of_each_once(found["organisations"])
    for organisation in found["organisations"]:
        organisation["stated"] = stated_otherwise(stated.get(organisation["id"]), organisation, ask.as_of)
        organisation["suspended"] = suspended.get(organisation["id"])
    return {
        "country": country, "state": state, "subject": ask.subject, "standing": standing, "in_article": in_article,
        "answer": opening(country, state, rules, events, ask),
        "statement": statement(found), "names": names_by_kind(found["names"]),
        "events": in_pairs(own, told, (country["name"], ask.subject["name"])),
        "last_word": last_word_with_others(
            (await last_words(datasette, ask.as_of)).get(key), answers.happened(own, ask.as_of), country["name"],
            await tellers_by_event(datasette),
        ),
        "votes": await votes_of(datasette, key),
        "claims": [event for event in others if event["claimant"] == country["name"]],
        "general": in_general(others) if answers.of_kinds(own, WITHDRAWAL_CLAIMS) else [],
        "by_rule": rules, "rules": together(rules.values(), "status", "since", "kind", "event_date", "passage_id", "past"),
        "other_rule": next((id_ for id_, rule in rules.items() if standing and rule["status"] != standing["status"]), None),
        "mentions": [excerpt(mention) for mention in found["mentions"]],
        **{name: found[name] for name in ("organisations", "participations", "restored", "findings", "memberships_of_subject")},
        **await neighbours(datasette, "countries", key),
    }  # fmt: skip


def last_word_with_others(
    word: Row | None, events: list[Row], country: str, tellers: dict[str, list[str]]
) -> Row | None:
    """The last word on the country of this name with `besides`: what it said or did since it last spoke of that.

    These are dated events, each with `tellers`, who tells it where the country does not itself.
    """
    if word is None:
        return None
    spoke = word["own"]["date"] if word["own"] else ""
    other = [
        {**event, "tellers": tellers.get(event["id"], [])}
        for event in events
        if event["kind"] in (CONTACT, POSITION)
        and event["claimant"] == country
        and (event["counts_from"] or "") > spoke
    ]
    return {**word, "besides": other}


def of_each_once(memberships: list[Row]) -> list[Row]:
    """The memberships of a country, of each organisation the last one, with `before`, the earlier ones."""
    found: dict[str, list[Row]] = {}
    for row in memberships:
        found.setdefault(row["id"], []).append(row)
    each = [sorted(times, key=lambda row: row["period"] or 1) for times in found.values()]
    return [{**times[-1], "before": times[:-1]} for times in each]


def in_general(events: list[Row]) -> list[Row]:
    """The article's words on withdrawals that name no country: a row with passage_id and quote for each passage."""
    unnamed = [
        event for event in events if event["country_id"] is None and event["kind"] != NARRATIVE and event["passage_id"]
    ]
    passages = grouped(sorted(unnamed, key=lambda event: event["first_line"] or 0), "passage_id")
    return [{"passage_id": id_, "quote": answers.span(together)} for id_, together in passages.items()]


def excerpt(mention: Row) -> Row:
    """The mention with `excerpt`, its sentences that name the country as HTML with the name marked, and `quote`, the first."""
    text = mention["statement"] or mention["passage_text"]
    name = re.compile(rf"\b{re.escape(mention['named_as'])}\b")
    parts = enumerate(SENTENCE_END.split(text))
    sentences = [(number, part.strip(" |\n")) for number, part in parts if name.search(part)]
    shown, last = Markup(""), -1
    for number, sentence in sentences:
        shown += ("" if number == 0 else " " if number == last + 1 else " … ") + marked(sentence, name)
        last = number
    return {**mention, "excerpt": shown.strip(), "quote": sentences[0][1] if sentences else mention["named_as"]}


def marked(sentence: str, name: re.Pattern[str]) -> Markup:
    """The sentence as HTML with <mark> around each match of `name`; everything else is escaped."""
    shown, end = Markup(""), 0
    for hit in name.finditer(sentence):
        shown += escape(sentence[end : hit.start()]) + Markup("<mark>{}</mark>").format(hit[0])
        end = hit.end()
    return shown + escape(sentence[end:])

"""Dossiers: the row pages of countries, organisations and rules, with all that the database knows about one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine, Iterable

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from jinja2 import Environment
from markupsafe import Markup, escape

try:
    from recognition.site import answers
    from recognition.site.asked import Asked, question
    from recognition.site.counting import breakdown, countries_to_count
    from recognition.site.database import NAME, Row, grouped, kept, on_day, rows, rows_of_each
    from recognition.site.documents import documents
    from recognition.site.last_words import last_words, tellers_by_event
    from recognition.site.opening import EVENT, IN_ORDER, OF_COUNTRY, by_rule, opening
    from recognition.site.pairs import in_pairs
    from recognition.site.stated import stated_by_article, stated_otherwise
    from recognition.site.votes import votes_of
    from recognition.vocabulary import (
        ARTICLE,
        CONTACT,
        GROUP,
        NARRATIVE,
        POSITION,
        RECOGNISES,
        STATUSES,
        WITHDRAWAL_CLAIMS,
    )
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

# Each question may use :id, :rule, :as_of, and :country or :organisation, which are null on pages of another kind.
STATEMENT = """
select p.list, p.text, p.text as quote, p.named_as, p.passage_id,
       (select a.text like '![]%' from passages a where a.id = p.passage_id) as lost,
       (select json_group_array(json_object('id', t.id, 'title', t.title, 'description', t.description, 'quote', w.quote, 'note', w.note))
        from position_themes w join themes t on t.id = w.theme_id where w.position_id = p.id) as themes
from positions p where p.country_id = :country or p.organisation_id = :organisation
"""
FINDINGS = """
select a.title, a.outcome, a.finding, a.passage_id from audit a left join passages p on p.id = a.passage_id
where a.country_id = :country or a.organisation_id = :organisation
order by a.passage_id is null, p.first_line, a.id
"""
COUNTRY_QUESTIONS = {
    **OF_COUNTRY,
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
# What is before and after a row: the tables in the order in which a reader goes through them.
IN_TABLE = {
    "countries": "select id, name from countries order by sort_name",
    "organisations": "select id, name from organisations order by lower(name)",
    "rules": "select id, title as name from rules order by position",
}
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

# CLDR's languages as a reader calls them.
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bs": "Bosnian", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fr": "French", "hr": "Croatian", "hu": "Hungarian", "is": "Icelandic",
    "it": "Italian", "mk": "Macedonian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ru": "Russian", "sl": "Slovene", "sq": "Albanian", "sr": "Serbian", "sr_Latn": "Serbian in Latin letters",
    "te": "Telugu", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese", "zh_Hant": "Chinese in traditional characters",
}  # fmt: skip
SENTENCE_END = re.compile(r"(?<=[.!?])(?=\s)")


async def rows_by_question(
    datasette: Datasette, questions: dict[str, str], key: str, kind: str, ask: Asked
) -> dict[str, list[Row]]:
    """The rows of each question by its name; `kind` says what has the key: 'country', 'organisation' or 'rule'."""
    parameters = {
        "country": key if kind == "country" else None, "organisation": key if kind == "organisation" else None,
        "id": key, "rule": ask.rule, "as_of": ask.as_of,
    }  # fmt: skip
    found = await rows_of_each(datasette, *((sql, parameters) for sql in questions.values()))
    return dict(zip(questions, found, strict=True))


async def country_dossier(datasette: Datasette, key: str, ask: Asked) -> Row | None:
    """What country.html shows of the country with this id, or None where there is no such country.

    Keys whose value is one row, or None: country, state (which represents it), subject, statement (what the article says
    that it says), standing and in_article (its status under the rule that is asked for and under that of the article's
    tables), last_word (see `last_words` and `last_word_with_others`), previous and following. Lists of rows: events about
    it, answers below what they answer (see `in_pairs`), votes (see `votes_of`), claims by it about others, rules (see
    `by_rule`; those that say the same are together, see `together`), organisations, mentions, restored (rows of the
    article's tables whose name was lost), findings of the audit, memberships_of_subject, participations (in what it
    is not counted). `names` has lists of rows by kind;
    `general` has the words on withdrawals that name no country. `answer` is a sentence; `other_rule` the id of a rule that
    gives it another status, or None.
    """
    found = await rows_by_question(datasette, COUNTRY_QUESTIONS, key, "country", ask)
    if not found["countries"]:
        return None
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
        "rules": together(rules.values(), "status", "since", "kind", "event_date", "passage_id", "past"),
        "other_rule": next((id_ for id_, rule in rules.items() if standing and rule["status"] != standing["status"]), None),
        "mentions": [excerpt(mention) for mention in found["mentions"]],
        **{name: found[name] for name in ("organisations", "participations", "restored", "findings", "memberships_of_subject")},
        **await neighbours(datasette, "countries", key),
    }  # fmt: skip


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


# By table: what gathers a dossier, and the template that shows it.
PAGES: dict[str, tuple[Callable[[Datasette, str, Asked], Coroutine[None, None, Row | None]], str]] = {
    "countries": (country_dossier, "country.html"),
    "organisations": (organisation_dossier, "organisation.html"),
    "rules": (rule_dossier, "rule.html"),
}


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


def statement(found: dict[str, list[Row]]) -> Row | None:
    """What the article says that the country or organisation says, its `themes` as a list of rows; None if nothing."""
    return next(({**row, "themes": json.loads(row["themes"])} for row in found["statement"]), None)


def in_general(events: list[Row]) -> list[Row]:
    """The article's words on withdrawals that name no country: a row with passage_id and quote for each passage."""
    unnamed = [
        event for event in events if event["country_id"] is None and event["kind"] != NARRATIVE and event["passage_id"]
    ]
    passages = grouped(sorted(unnamed, key=lambda event: event["first_line"] or 0), "passage_id")
    return [{"passage_id": id_, "quote": answers.span(together)} for id_, together in passages.items()]


async def neighbours(datasette: Datasette, table: str, key: str) -> dict[str, Row | None]:
    """The rows `previous` and `following` of a table in its order for readers, with id and name; None at the ends."""

    async def read() -> list[Row]:
        return await rows(datasette, IN_TABLE[table])

    ordered = await kept(datasette, ("in the order for readers", table), read)
    place = next(place for place, row in enumerate(ordered) if row["id"] == key)
    return {
        "previous": ordered[place - 1] if place else None,
        "following": ordered[place + 1] if place + 1 < len(ordered) else None,
    }


def language(code: str) -> str:
    """The English name of a language by its code in CLDR; the code where it is not among LANGUAGES."""
    return LANGUAGES.get(code, code)


def names_by_kind(names: list[Row]) -> dict[str, list[Row]]:
    """Names by kind. Each gets `languages`, in words, and `lang`, the first of them as an HTML attribute, or None."""
    for name in names:
        codes = (name.get("language") or "").split()
        name["lang"] = codes[0].replace("_", "-") if codes else None
        name["languages"] = ", ".join(map(language, codes))
    return grouped(names, "kind")


def together(by_rules: Iterable[Row], *columns: str) -> list[Row]:
    """Rows of several rules, those with the same values in `columns` as one: the first of them, with `rules`.

    Each row has `rule` and `title`. `rules` are the rows {"id", "title"} of the rules that say the same; `everywhere`
    says whether these are all rules that there are, more than one.
    """
    groups: list[Row] = []
    for row in by_rules:
        same = next((group for group in groups if all(group[column] == row[column] for column in columns)), None)
        if same is None:
            same = {**row, "rules": []}
            groups.append(same)
        same["rules"].append({"id": row["rule"], "title": row["title"]})
    return [{**group, "everywhere": len(groups) == 1 and len(group["rules"]) > 1} for group in groups]


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


async def dossier_page(datasette: Datasette, request: Request) -> Response:
    """The row page of a country, organisation or rule, under the rule and on the day that are asked for.

    Datasette's own would ask for much that this page does not show.
    """
    table, key = request.url_vars["table"], request.url_vars["key"]
    gather, template = PAGES[table]
    ask = await question(datasette, request)
    dossier = await gather(datasette, key, ask)
    if dossier is None:
        raise NotFound("Record not found")
    address = datasette.absolute_url(request, datasette.urls.path(f"/{NAME}/{table}/{key}.json"))
    shown = {"rule": key} if table == "rules" else {}  # its numbers are its own, whatever rule a reader carries along
    context = {**ask.context, **shown, "dossier": dossier, "alternate_url_json": address}
    headers = {"Link": f'<{address}>; rel="alternate"; type="application/json+datasette"'}
    return Response.html(await datasette.render_template(template, context, request=request), headers=headers)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates the filter `language`."""
    env.filters["language"] = language


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    """The pages of rows of these tables; their .json stays Datasette's own."""
    return [(rf"^/{NAME}/(?P<table>{'|'.join(PAGES)})/(?P<key>[^/.]+)$", dossier_page)]

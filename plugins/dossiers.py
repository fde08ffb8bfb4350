"""Dossiers: the row pages of countries and organisations, with all that the database knows about one of them."""

import json
import re
import unicodedata

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup, escape

from recognition.site import answers

DATABASE = "recognition"
STATUSES = ("recognises", "contested", "withdrew", "does not recognise")

COUNTRY = """
select c.*, p.list, (select json_group_array(json_object('id', t.id, 'name', t.name))
                     from countries t where t.represented_by = c.id) as represents
from countries c left join positions p on p.country_id = c.id
where c.id = :id or c.id = (select represented_by from countries where id = :id)
order by c.id <> :id
"""
NAMES = "select name, kind, language from country_names where country_id = :id and kind <> 'main' order by name"
ALL_COUNTRIES = "select id, name from countries"
STATEMENT = """
select p.list, p.text, p.text as quote, p.named_as, p.passage_id, a.text as passage_text, a.first_line,
       (select json_group_array(json_object('id', t.id, 'title', t.title, 'description', t.description, 'words', w.words))
        from position_themes w join themes t on t.id = w.theme_id where w.position_id = p.id) as themes
from positions p join passages a on a.id = p.passage_id
where p.country_id = :country or p.organisation_id = :organisation
"""
# Those of the country, of the state that represents it, by it about others, and those about nobody by name.
EVENTS = """
select e.country_id, e.kind, e.date, e.other_date, e.claimant, e.updates, e.passage_id, e.quote, e.citation, e.note,
       c.name as country, a.text as passage_text, a.first_line
from events e left join countries c on c.id = e.country_id left join passages a on a.id = e.passage_id
where e.country_id in (:id, :state) or e.claimant = :name or (e.country_id is null and e.kind <> 'narrative')
order by e.counts_from is null, e.counts_from, a.first_line, instr(a.text, e.quote)
"""
COUNTRY_STATUSES = """
select r.id as rule, r.title, s.status, s.since, e.date as event_date, e.kind, e.quote, e.passage_id,
       e.citation, a.text as passage_text, a.first_line
from rules r join statuses s on s.rule_id = r.id and s.country_id = :id
left join events e on e.id = s.event_id left join passages a on a.id = e.passage_id
where s.since <= date('now') order by r.position, s.since desc
"""
COUNTRY_ORGANISATIONS = """
select o.id, o.name, o.kind, m.role, m.marker, m.since, m.until, m.note, m.passage_id, a.first_line as line,
       t.members, t.recognising, t.contested, t.withdrawn, t.not_recognising
from memberships m join organisations o on o.id = m.organisation_id
left join tally_history t on t.organisation_id = o.id and t.rule_id = 'article'
  and t.since <= date('now') and (t.until > date('now') or t.until is null)
left join passages a on a.id = m.passage_id
where m.country_id = :id order by m.until is not null, o.number
"""
MENTIONS = """
select m.passage_id, m.named_as, a.text as passage_text, a.first_line, s.title as section, p.title as speaker, p.text as statement
from mentions m join passages a on a.id = m.passage_id join sections s on s.id = a.section_id
left join positions p on p.passage_id = m.passage_id
where m.country_id = :id and p.country_id is not :id order by a.first_line
"""
RESTORED = """
select r.list, r.printed_number, r.recognised_on, r.withdrawn_on, r.name_basis, r.confidence, r.order_known,
       r.date_evidence, r.other_recognised_on, r.other_withdrawn_on, r.citation, r.note, r.passage_id,
       r.date_passage_id, d.last_line as date_line, a.first_line as line
from recognitions r join passages d on d.id = r.date_passage_id join passages a on a.id = r.passage_id
where r.country_id = :id order by a.first_line
"""
FINDINGS = """
select a.title, a.outcome, a.finding, a.passage_id, p.first_line as line from audit a left join passages p on p.id = a.passage_id
where a.country_id = :country or a.organisation_id = :organisation order by a.passage_id is null, p.first_line, a.id
"""
KOSOVO_MEMBERSHIPS = """
select o.id, o.name, o.kosovo_membership, o.kosovo_since, o.kosovo_quote as quote, p.passage_id, a.text as passage_text, a.first_line
from organisations o join positions p on p.organisation_id = o.id join passages a on a.id = p.passage_id
where o.kosovo_membership <> 'not stated' order by o.number
"""

ORGANISATION = "select * from organisations where id = :id"
ALL_ORGANISATIONS = "select id, name from organisations"
ORGANISATION_NAMES = (
    "select name, kind from organisation_names where organisation_id = :id and kind <> 'main' order by name"
)
ORGANISATION_TALLIES = """
select r.id as rule, r.title, t.members, t.recognising, t.contested, t.withdrawn, t.not_recognising, t.since
from rules r join tally_history t on t.rule_id = r.id and t.organisation_id = :id
where t.since <= date('now') and (t.until > date('now') or t.until is null) order by r.position
"""
MEMBERS = """
select c.id, c.name, m.role, m.since, m.until, m.citation, m.note,
       s.status, s.since as status_since, state.name as state
from memberships m join countries c on c.id = m.country_id left join countries state on state.id = c.represented_by
join statuses s on s.country_id = c.id and s.rule_id = 'article'
  and s.since <= date('now') and (s.until > date('now') or s.until is null)
where m.organisation_id = :id
"""
ORGANISATION_COUNTS = """
select a.id, a.publisher, a.published_on, p.precision, p.counted_on, a.recognising, a.total,
       a.counted_recognising, a.counted_members, a.difference, a.quote, a.passage_id, a.citation,
       t.text as passage_text, t.first_line
from count_audit a join published_counts p on p.id = a.id left join passages t on t.id = a.passage_id
where a.organisation_id = :id order by a.passage_id is null, t.first_line, p.counted_on desc, a.id
"""
ORGANISATION_EVENTS = """
select e.country_id, e.kind, e.date, e.other_date, e.claimant, e.updates, e.passage_id, e.quote, e.citation, e.note,
       c.name as country, a.text as passage_text, a.first_line
from events e left join countries c on c.id = e.country_id left join passages a on a.id = e.passage_id
where e.claimant = :name order by e.counts_from is null, e.counts_from, a.first_line
"""

# CLDR's languages as a reader calls them.
LANGUAGES = {
    "ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian",
    "mk": "Macedonian", "nl": "Dutch", "pt": "Portuguese", "ru": "Russian", "sq": "Albanian", "sr": "Serbian",
    "sr_Latn": "Serbian in Latin letters", "tr": "Turkish", "zh": "Chinese",
    "zh_Hant": "Chinese in traditional characters",
}  # fmt: skip
CLAIMS = ("withdrawal claimed", "withdrawal reported")
SENTENCE_END = re.compile(r"(?<=[.!?])(?=\s)")


class Dossiers:
    """The questions that a dossier asks of a connection; each runs the SQL above once."""

    def __init__(self, connection):
        self.connection = connection

    def rows(self, sql, **parameters):
        return [dict(row) for row in self.connection.execute(sql, parameters)]

    def country(self, key):
        """All about a country, or None where there is no such country."""
        found = self.rows(COUNTRY, id=key)
        if not found:
            return None
        country, *state = found
        country["represents"] = json.loads(country["represents"])
        state = state[0] if state else None
        events = with_places(self.rows(EVENTS, id=key, state=country["represented_by"], name=country["name"]))
        own = [event for event in events if event["country_id"] == key]
        others = [event for event in events if event["country_id"] != key]
        claimed = any(event["kind"] in CLAIMS for event in own)
        unnamed = [event for event in others if event["country_id"] is None and event["kind"] != "narrative"]
        return {
            "country": country, "state": state, "events": own,
            "state_events": [event for event in events if state and event["country_id"] == state["id"]],
            "claims": [event for event in others if event["claimant"] == country["name"]],
            "general": unnamed if claimed else [],
            "names": grouped(self.rows(NAMES, id=key)),
            "statement": self.statement(country=key),
            "rules": by_rule(with_places(self.rows(COUNTRY_STATUSES, id=key))),
            "organisations": self.rows(COUNTRY_ORGANISATIONS, id=key),
            "mentions": [excerpt(mention) for mention in self.rows(MENTIONS, id=key)],
            "restored": self.rows(RESTORED, id=key),
            "findings": self.rows(FINDINGS, country=key, organisation=None),
            "kosovo": with_places(self.rows(KOSOVO_MEMBERSHIPS)) if country["kind"] == "subject" else [],
            **neighbours(self.rows(ALL_COUNTRIES), key),
        }  # fmt: skip

    def organisation(self, key):
        """All about an organisation, or None where there is no such organisation."""
        found = self.rows(ORGANISATION, id=key)
        if not found:
            return None
        organisation = found[0]
        statement = self.statement(organisation=key)
        members = sorted(self.rows(MEMBERS, id=key), key=lambda member: alphabetical(member["name"]))
        quote = organisation["kosovo_quote"]
        return {
            "organisation": organisation, "statement": statement, "statuses": STATUSES,
            "kosovo_line": line_of({**statement, "quote": quote}) if quote else None,
            "names": grouped(self.rows(ORGANISATION_NAMES, id=key)),
            "tallies": self.rows(ORGANISATION_TALLIES, id=key),
            "members": [member for member in members if member["until"] is None],
            "changes": [member for member in members if member["since"] or member["until"]],
            "counts": with_places(self.rows(ORGANISATION_COUNTS, id=key)),
            "findings": self.rows(FINDINGS, country=None, organisation=key),
            "events": with_places(self.rows(ORGANISATION_EVENTS, name=organisation["name"])),
            **neighbours(self.rows(ALL_ORGANISATIONS), key),
        }  # fmt: skip

    def statement(self, country=None, organisation=None):
        """What the article says that it says, with the themes found in it, or None."""
        found = with_places(self.rows(STATEMENT, country=country, organisation=organisation))
        for statement in found:
            statement["themes"] = json.loads(statement["themes"])
        return found[0] if found else None


# By table: what gathers a dossier, and the page that shows it.
KINDS = {
    "countries": (Dossiers.country, "country.html"),
    "organisations": (Dossiers.organisation, "organisation.html"),
}


def line_of(row):
    """The line of the article in which a quote begins, or None where nothing of the article is quoted."""
    if not row.get("quote") or not row.get("passage_id"):
        return None
    return row["first_line"] + row["passage_text"][: row["passage_text"].index(row["quote"])].count("\n")


def with_places(rows):
    return [{**row, "line": line_of(row)} for row in rows]


def alphabetical(name):
    """A key that puts São Tomé where readers look for it."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


def neighbours(rows, key):
    """The one before and the one after in alphabetical order; None at the ends."""
    ordered = sorted(rows, key=lambda row: alphabetical(row["name"]))
    place = [row["id"] for row in ordered].index(key)
    return {
        "previous": ordered[place - 1] if place else None,
        "following": ordered[place + 1] if place + 1 < len(ordered) else None,
    }


def grouped(names):
    """Names by kind, in the order of their kinds; local ones with the languages that they are in."""
    found = {}
    for name in names:
        languages = (name.get("language") or "").split()
        name["lang"] = languages[0].replace("_", "-") if languages else None
        name["languages"] = ", ".join(LANGUAGES.get(language, language) for language in languages)
        found.setdefault(name["kind"], []).append(name)
    return found


def by_rule(intervals):
    """The status under each rule today, with the ones before it, newest first, under `before`."""
    rules = {}
    for interval in intervals:
        if interval["rule"] in rules:
            rules[interval["rule"]]["before"].append(interval)
        else:
            rules[interval["rule"]] = {**interval, "before": []}
    return list(rules.values())


def excerpt(mention):
    """The sentences of a passage that name a country, to the letter, the name marked; `line` is that of the first."""
    text = mention["statement"] or mention["passage_text"]
    name = re.compile(rf"\b{re.escape(mention['named_as'])}\b")
    parts = enumerate(SENTENCE_END.split(text))
    sentences = [(number, part.strip(" |\n")) for number, part in parts if name.search(part)]
    shown, last = Markup(""), -1
    for number, sentence in sentences:
        shown += ("" if number == 0 else " " if number == last + 1 else " … ") + marked(sentence, name)
        last = number
    first = sentences[0][1] if sentences else mention["named_as"]
    return {**mention, "excerpt": shown.strip(), "line": line_of({**mention, "quote": first})}


def marked(sentence, name):
    """A sentence as HTML in which only the marks around the name are markup."""
    shown, end = Markup(""), 0
    for hit in name.finditer(sentence):
        shown += escape(sentence[end : hit.start()]) + Markup("<mark>{}</mark>").format(hit[0])
        end = hit.end()
    return shown + escape(sentence[end:])


async def dossier_page(datasette, request):
    """The row page of a country or organisation; Datasette's own would ask for much that this page does not show."""
    table, key = request.url_vars["table"], request.url_vars["key"]
    gather, template = KINDS[table]
    database = datasette.get_database(DATABASE)
    dossier = await database.execute_fn(lambda connection: gather(Dossiers(connection), key))
    if dossier is None:
        raise NotFound("Record not found")
    address = datasette.absolute_url(request, datasette.urls.path(f"/{DATABASE}/{table}/{key}.json"))
    context = {"dossier": dossier, "answer": answers.answer, "alternate_url_json": address}
    headers = {"Link": f'{address}; rel="alternate"; type="application/json+datasette"'}
    return Response.html(await datasette.render_template(template, context, request=request), headers=headers)


@hookimpl
def register_routes():
    return [(rf"^/{DATABASE}/(?P<table>{'|'.join(KINDS)})/(?P<key>[^/.]+)$", dossier_page)]


@hookimpl
def prepare_jinja2_environment(env):
    answers.prepare_jinja2_environment(env)

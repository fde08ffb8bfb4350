"""All addresses of JSON and CSV, each described once: for /openapi.json, for /api and for the tests that hold them to it.

A new address of data is a row of ADDRESSES; what it holds is a shape of page_shapes.py. The tables of the database and the
saved questions are described by metadata.yml, and have no row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recognition.vocabulary import STATUSES

from .dossier_shapes import ASKED, COUNTRY_DOSSIER, ORGANISATION_DOSSIER, RULE_DOSSIER
from .page_shapes import (
    CHOICE,
    COUNT,
    LISTED,
    MEMBER,
    OF_LIST,
    OF_PAGES,
    PUBLISHED_EDITION,
    RULE_AND_DAY,
    STATEMENT,
    STEP,
    TALLY,
    THEME,
    TIMELINE,
    VOTE,
)
from .shapes import Shape, by_key, column, columns, day, flag, many, number, one, raw, text

WHERE = "recognition/site/interface.py"  # where a new address is described; a test says so


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address. `values` is a kind of KEYS, 'day', 'number' or 'words'; or else `choices` are all there are.

    In a question, any name of a country or an organisation will do, not the key alone: `by_name`.
    """

    said: str
    values: str = "words"
    choices: tuple[str, ...] = ()
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """An address of data: its `path` without the format, with {parameters}; an `example` of it, with a question.

    `data` is what its JSON holds, `rows` what a row of its CSV does; None where it has not that format. `parameters` are
    those of its question. A `table` has the columns of its CSV. `plain` is said of data without ISO codes beside countries,
    `edition` says whether its JSON begins with the edition, `datasette` whether Datasette's keys of
    a row stand behind the others.
    """

    path: str
    said: str
    example: str
    parameters: tuple[str, ...]
    data: Shape | None = None
    rows: Shape | None = None
    table: str | None = None
    edition: bool = True
    plain: bool = False
    datasette: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """An address of JSON that is no page's: its `path` as it is, what its parameters mean, and its answer as JSON Schema.

    Its `example` is a path with a question; {server} in it is the public address of the site. One that is asked by POST has
    the schema of a `body` in its place. Of a `form` the parameters may also be sent by POST.
    """

    path: str
    said: str
    parameters: Mapping[str, Parameter]
    schema: Mapping[str, Any]
    example: str | None = None
    body: Mapping[str, Any] | None = None
    form: bool = False
    media: str = "application/json"


# SQL for the keys that a parameter can have, by their kind.
KEYS = {
    "rules": "select id from rules order by position",
    "organisations": "select id from organisations order by number",
    "countries": "select id from countries order by sort_name",
    "counts": "select id from published_counts order by id",
    "votes": "select id from votes order by held_on, id",
    "themes": "select id from themes order by title",
    "kinds of events": "select kind from event_kinds order by position",
    "sections": "select id from sections order by position",
}
IN_PATH = {
    "organisation": Parameter("Key of an organisation, group or region.", "organisations"),
    "country": Parameter("Key of a country.", "countries"),
    "rule_id": Parameter("Key of a rule.", "rules"),
    "number": Parameter("Number of an edition.", "number"),
    "count": Parameter("Key of a published count.", "counts"),
    "vote": Parameter("Key of a vote.", "votes"),
    "theme": Parameter("Key of a theme.", "themes"),
}
SIDE = "A published count by its key, or a rule with a day and perhaps an organisation: article@2020-06-30@all-states."
PARAMETERS = {
    "rule": Parameter("The rule under which is counted; the usual one where none is named.", "rules"),
    "as_of": Parameter("The day of which is asked; today where none is named.", "day"),
    "organisation": Parameter("An organisation by its key or any name.", "organisations", by_name=True),
    "a": Parameter("A rule.", "rules"),
    "b": Parameter("The rule that it is compared with.", "rules"),
    "order": Parameter("The order of the list.", choices=("days", "names")),
    "kind": Parameter("A kind of event.", "kinds of events"),
    "country": Parameter("A country by its key or any name.", "countries", by_name=True),
    "claimant": Parameter("Who says it."),
    "year": Parameter("A year, or 'undated'."),
    "publisher": Parameter("Who printed the number."),
    "group": Parameter("Of whom the number is, by key or name.", "organisations", by_name=True),
    "explained": Parameter("How the rules explain it.", choices=("reproduced", "not reproduced", "agrees by accident", "not datable")),
    "by": Parameter("The rule that it is held against.", "rules"),
    "side a": Parameter(f"The first side. {SIDE}"),
    "side b": Parameter(f"The second side. {SIDE}"),
    "q": Parameter("Words to search for."),
    "theme": Parameter("A theme.", "themes"),
    "status": Parameter("A status.", choices=tuple(STATUSES)),
    "region": Parameter("A region."),
    "speaker": Parameter("What kind of speaker."),
    "beside": Parameter("Countries or organisations with a statement, with commas between."),
    "page": Parameter("The page of the results, from 1.", "number"),
    "kind of result": Parameter("What kind of thing is sought."),
    "from": Parameter("The first day, month or year.", "date"),
    "to": Parameter("The last day, month or year.", "date"),
    "step": Parameter("How far apart its days are.", choices=("year", "month", "day")),
}  # fmt: skip
CALLED = {
    "side a": "a",
    "side b": "b",
    "kind of result": "kind",
    "rule_id": "rule",
}  # parameters of which there are two kinds
UNDER = ("rule", "as_of")
# The parameters of every CSV of the site's own pages.
OF_CSV = {
    "_header": Parameter("off: without the line that names the columns.", choices=("on", "off")),
    "_bom": Parameter("on: as Excel reads it.", choices=("on", "off")),
    "_dl": Parameter("on: as a file to be saved.", choices=("on",)),
}
INTERVALS = {
    "type": "object",
    "additionalProperties": {
        "type": "array",
        "items": {"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": ["integer", "string", "null"]}},
    },
}
STEPS = {
    "type": "array",
    "items": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": ["string", "array"]}},
}
CODES = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": ["string", "null"]}}}
FILTERED = {"type": "object", "additionalProperties": {"type": "string"}}
CELLS = {"type": "array", "items": {"type": "array", "items": {"type": ["string", "integer", "number", "null"]}}}
SHAPE_OF_BUNDLE = OF_PAGES["Bundle"]
COMPARED = {
    "a": column("rules.id"), "b": column("rules.id"), "as_of": ASKED["as_of"], "notes": ASKED["notes"],
    "organisation": column("organisations.id"),
    "counted_a": number("How many the first rule counts."), "counted_b": number("How many the second one does."),
    "difference": number("The first less the second."), "states": many("Difference", "The states that make it."),
}  # fmt: skip
OF_COUNT = {
    "count": one("Count"), "rule": column("rules.id", "The rule that it is held against."),
    "counted": number("What that counts.").or_none, "difference": number("The printed number less that.").or_none,
    "by": text("Why this rule."), "states": many("Difference", "The states between that rule and the usual one."),
    "unexplained": number("What the rule leaves of the number.").or_none,
    "ledger": many("LedgerRow", "What every rule counts."),
}  # fmt: skip
ABOUT = {
    **RULE_AND_DAY, "article": one("Article"), "count": by_key("integer", "How many there are of what."),
    "rules": many("RuleInBrief"), "stated": one("ArticleCount", "The article's own count.").or_none,
    "less_sure": many("LessSure", "Restored names that are not sure."), "lost": many("Lost", "What the capture lost."),
}  # fmt: skip
ADDRESSES = (
    Address("/index", "What the front page shows: the number of the day, and on which line others' numbers lie.",
            "/index.json?rule=article&as_of=2024-07-01", UNDER, {
                **ASKED, "headline": many("Headline", "The UN's members under each rule."), "disputed": one("Disputed"),
                "line": many("NumberOnLine", "Numbers in their order, and what is between two of them."),
                "tallies": many("TallyInBrief", "The organisations of the article."),
                "said_last": many("SaidLast", "The last recognitions, claims and answers."),
            }),
    Address("/list", "Who recognises among the members of the United Nations, since when and on what evidence; who withdrew.",
            "/list.json?rule=article&as_of=2020-01-01", (*UNDER, "order", "organisation"), OF_LIST,
            {**RULE_AND_DAY, "organisation": column("organisations.id"), "list": text("Which of the lists it is in."), **LISTED,
             "withdrawal_reported": text("What was said of a withdrawal.")}),
    Address("/list/{organisation}", "The same among the members of an organisation, group or region.",
            "/list/eu.json?order=names", (*UNDER, "order"), OF_LIST,
            {**RULE_AND_DAY, "organisation": column("organisations.id"), "list": text("Which of the lists it is in."), **LISTED,
             "withdrawal_reported": text("What was said of a withdrawal.")}),
    Address("/tallies", "How many members of each organisation recognise.", "/tallies.json?rule=article&as_of=2013-07-01", UNDER,
            {**ASKED, "tallies": many("Tally")}, {**RULE_AND_DAY, **TALLY}),
    Address("/tallies/{organisation}", "The members of one organisation with their status, and how their number moved.",
            "/tallies/eu.json?as_of=2020-01-01", UNDER,
            {**ASKED, "tally": one("TallyOfOrganisation"), "members": many("MemberWithClaims"), "history": many("Step")},
            {**RULE_AND_DAY, "organisation": column("organisations.id"), **MEMBER}),
    Address("/tallies/compare", "Which states make the difference between two rules.",
            "/tallies/compare.json?a=article&organisation=un", ("a", "b", "as_of", "organisation"), COMPARED, STEP),
    Address("/map", "Every country with its status from day to day, and the counts of each day.", "/map.json?rule=article", UNDER, {
        "rule": column("rules.id"), "title": column("rules.title"), "description": column("rules.description"),
        "as_of": ASKED["as_of"], "notes": ASKED["notes"], "statuses": many("string", "The statuses; others name them by their place here."),
        "un": many("integer", "UN members by status."), "others": many("integer", "All others by status."),
        "steps": raw("Each day on which anything changes: day, UN members by status, others by status, the same in words.", STEPS),
        "countries": raw("By country, its intervals: place of the status, since, until (null: still so).", INTERVALS),
        "codes": raw("By country, its ISO codes: two letters, three letters.", CODES),
    }),
    Address("/timeline", "Who recognised, withdrew, claimed or denied when.", "/timeline.json?kind=withdrawal&year=2018",
            ("kind", "country", "claimant", "year"),
            {"kind": text("What was chosen; empty for all."), "country": text("The same."), "claimant": text("The same."),
             "year": text("The same."), "total": number("How many events."), "events": many("TimelineEvent")}, TIMELINE),
    Address("/counts", "Every number that somebody printed, and which rule explains it.", "/counts.json?explained=not+reproduced",
            ("publisher", "group", "year", "explained"),
            {"filtered": raw("What was chosen.", FILTERED), "total": number("How many are chosen."), "all": number("How many there are."),
             "counts": many("CountWithRules")}, {"counted_{rule}": number("What the rule counts.").or_none, **COUNT}),
    Address("/counts/{count}", "One such number, held against every rule.", "/counts/serbia-2023.json", ("by",), OF_COUNT, STEP),
    Address("/counts/compare", "The way from any number to any other, state by state.",
            "/counts/compare.json?a=kosovo-2025-12&b=serbia-2023", ("side a", "side b", "as_of"),
            {"notes": ASKED["notes"], "a": one("BridgeSide"), "b": one("BridgeSide"), "steps": many("BridgeStep"),
             "unexplained_a": number("What the first rule leaves unexplained."), "unexplained_b": number("What the second does.")},
            {"a": text("The first side."), "b": text("The second side."), **STEP, "number": number("The number after this step."),
             "last_word": text("What was said last of it.")}),
    Address("/votes", "Votes about the subject.", "/votes.json", (), {"votes": many("Vote")}, VOTE),
    Address("/votes/{vote}", "How each state voted.", "/votes/unga-2008.json?rule=serbia", ("rule",),
            {"rule": column("rules.id"), "vote": one("Vote"), "counts": many("ChoiceTotal"), "choices": many("Choice"),
             "members": many("MembersVote", "How members of a parliament voted, by their country."),
             "groups": many("VoteOfGroup"), "sources": many("VoteSource")},
            {"vote": column("votes.id"), "held_on": column("votes.held_on"), "rule": column("rules.id"), **CHOICE,
             "choice": column("vote_choices.choice?"), **columns("vote_members", "members_for?", "members_against?", "members_abstaining?")}),
    Address("/statements", "What countries and organisations say, as the article tells it.", "/statements.json?q=separate&region=Europe",
            ("q", "theme", "status", "region", "speaker", "organisation", "beside", *UNDER),
            {**ASKED, "filtered": raw("What was chosen.", FILTERED), "total": number("How many are chosen."),
             "all": number("How many there are."), "statements": many("StatementInBrief")}, STATEMENT),
    Address("/themes", "The arguments that statements use.", "/themes.json", UNDER, {"themes": many("Theme")}, THEME),
    Address("/themes/{theme}", "Everybody who uses one argument, with the words that it rests on.", "/themes/precedent.json", UNDER,
            {**ASKED, "theme": one("ThemeInBrief"), "statements": many("StatementOnTheme")},
            {**STATEMENT, **columns("position_themes", "quote", "note")}),
    Address("/article", "The article, passage by passage.", "/article.json", (),
            {"source": one("ArticleSource"), "marks": many("Mark"), "sections": many("Section")}),
    Address("/about", "The numbers of the page about this site.", "/about.json", (), ABOUT),
    Address("/bundles", "Everything in one file: the bundles of this edition and of older ones.", "/bundles.json", (),
            {"bundles": many("Bundle")}, SHAPE_OF_BUNDLE),
    Address("/changes", "What each edition was, and what it changed, the newest first.", "/changes.json", (),
            {"editions": many("PublishedEdition")}),
    Address("/changes/{number}", "The same of one edition.", "/changes/7.json", (), PUBLISHED_EDITION),
    Address("/search", "Everything at once: with names, codes, words, days or numbers.", "/search.json?q=burma",
            ("q", "kind of result", "status", "organisation", "page", *UNDER), {
                **RULE_AND_DAY, "q": text("What was sought."), "total": number("How many were found."),
                "truncated": flag("Whether there are more than are counted."), "page": number("The page."),
                "more": flag("Whether another page follows."), "results": many("Hit"),
                "did_you_mean": text("Another spelling.").or_none, "instead": text("What was sought instead.").or_none,
                "left_out": many("string", "Words that were left out."),
                "facets": raw("How many results there are of each kind, status and organisation.",
                              {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}}}),
                "answer": one("Answer", "The answer to a question in words.").or_none, "nothing": flag("Whether nothing was found."),
            }),
    Address("/panel", "Country by year, month or day, for statistics: codes, status under each rule, the event behind it, memberships.",
            "/panel.json?country=ghana&from=2019&to=2020&step=month", ("from", "to", "step", "country"),
            {"from": day("The first day."), "to": day("The last day."), "step": text("How far apart its days are.", "year", "month", "day"),
             "country": text("The key of the country; null for all.").or_none, "columns": many("string", "What table panel has."),
             "rows": raw("One for each country and day.", CELLS)}, table="panel", plain=True),
    Address("/recognition/countries/{country}", "A country's dossier: its status under each rule, what happened and who says so, "
            "how it voted, what it is a member of, the records behind all that.", "/recognition/countries/ghana.json?as_of=2020-01-01",
            UNDER, COUNTRY_DOSSIER, datasette=True),
    Address("/recognition/organisations/{organisation}", "An organisation's dossier: tallies under each rule, members, published counts.",
            "/recognition/organisations/eu.json?rule=article", UNDER, ORGANISATION_DOSSIER, datasette=True),
    Address("/recognition/rules/{rule_id}", "What a rule counts and how.", "/recognition/rules/article.json?as_of=2020-01-01",
            ("as_of",), RULE_DOSSIER, datasette=True),
)  # fmt: skip
RESULTS = {
    "type": "object",
    "required": ["result"],
    "properties": {"result": {"type": "array", "items": {"type": "object"}}},
}
MESSAGE = {
    "type": "object", "required": ["jsonrpc", "method"],
    "properties": {"jsonrpc": {"const": "2.0"}, "id": {"type": ["string", "integer"]}, "method": {"type": "string"}, "params": {"type": "object"}},
}  # fmt: skip


def one_or_several(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of something, or of a list of such things."""
    return {"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]}


BEGINNING = {"prefix": Parameter("How a name begins."), "cursor": Parameter("How many to leave out.", "number")}
SERVICES = (
    Service("/reconcile", "Matches names in a table with countries and organisations: the Reconciliation Service API 0.2. Without a "
            "question, what the service can do.", {"queries": Parameter("A batch of queries as JSON."), "extend": Parameter("An extension as JSON.")},
            {"type": "object"}, '/reconcile?queries={"q0":{"query":"burma"}}', form=True),
    Service("/reconcile/suggest/entity", "Countries and organisations of which a name begins so.",
            {**BEGINNING, "type": Parameter("Of one type alone.", choices=("country", "organisation"))}, RESULTS,
            "/reconcile/suggest/entity?prefix=bur"),
    Service("/reconcile/suggest/type", "Types whose name begins so.", BEGINNING, RESULTS, "/reconcile/suggest/type?prefix=c"),
    Service("/reconcile/suggest/property", "Properties by which candidates are told apart.", BEGINNING, RESULTS,
            "/reconcile/suggest/property?prefix=r"),
    Service("/reconcile/extend/propose", "Properties that can be added to a table of matched names.",
            {"type": Parameter("A type.", choices=("country", "organisation")), "limit": Parameter("How many at most.", "number")},
            {"type": "object", "required": ["type", "properties"]}, "/reconcile/extend/propose?type=country"),
    Service("/dataset.jsonld", "The whole as a schema.org Dataset, for catalogues: JSON-LD.", {}, {"type": "object"},
            "/dataset.jsonld", media="application/ld+json"),
    Service("/mcp", "Tools for language models: the Model Context Protocol, stateless, as JSON-RPC 2.0. Several messages at once are "
            "for its version 2025-03-26.", {}, one_or_several({"type": "object"}), body=one_or_several(MESSAGE)),
    Service("/oembed", "What a program shows for the address of a page: its figure in a frame (oEmbed 1.0).",
            {"url": Parameter("The whole address of a page of this site."), "format": Parameter("No other is there.", choices=("json",)),
             "maxwidth": Parameter("Pixels.", "number"),
             "maxheight": Parameter("Pixels.", "number")},
            {"type": "object", "required": ["version", "type", "title", "html", "width", "height"]},
            "/oembed?url={server}/map"),
)  # fmt: skip
# Addresses of the site that are no JSON and no CSV, and why they have no row above. A test reads it.
NOT_DATA = {
    "/": "a page whose data are at /index.json",
    "/recognition/countries/ghana": "a page whose data are at the same path with .json",
    "/robots.txt": "for crawlers",
    "/sitemap.xml": "for crawlers",
    "/opensearch.xml": "for browsers",
    "/favicon.ico": "a picture",
    "/recognition.db": "the file itself, see /api",
    "/static/site.css": "what pages are made of",
    "/-/static/app.css": "what pages are made of",
    "/openapi.json": "the description itself",
    "/feed.atom": "a feed, in XML",
    "/feed/countries/ghana.atom": "a feed, in XML",
    "/embed/map": "a frame for other sites",
    "/embed/tally/eu": "a frame for other sites",
    "/embed/country/ghana": "a frame for other sites",
    "/embed/light.css": "what frames are made of",
    "/preview/site/shared.png": "a picture",
    "/llms.txt": "a text for language models",
    "/recognition/countries/ghana.md": "the dossier as Markdown",
    "/reconcile/preview": "a frame for OpenRefine",
    "/reconcile/view": "leads on to a page",
    "/bundles/recognition-1.zip": "a file; /bundles.json lists those that are here",
    "/mcp": "described as a service; it is asked by POST",
    "/api": "a page for people about /openapi.json",
}

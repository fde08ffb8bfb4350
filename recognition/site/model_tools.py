"""The tools that the site offers to language models: each asks what a page asks, and says rule, day, edition and links.

How they are called is in recognition/serving/mcp.py. A problem is a sentence, by which whoever called can do better.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils import InvalidSql, tilde_encode, validate_sql_select
from datasette.utils.asgi import Base400, Request
from markupsafe import Markup

from recognition.serving.mcp import Answer, failure, success
from recognition.serving.visitors_sql import Asking
from recognition.vocabulary import UN

from . import candidates
from .asked import Asked, asked
from .candidates import COUNTRY
from .database import NAME, Row
from .dossier_data import dossier_data
from .formats import this_edition
from .search import KINDS

ROWS, ROWS_AT_MOST = 100, 1_000  # of SQL: where no number is said, and at all
BYTES_AT_MOST = 200_000  # of the rows of SQL: more would fill the memory of whoever reads it
COUNTS_SHOWN = 30  # published counts at a time
ALWAYS = ("answer", "country", "status", "statuses", "last_word", "statement")  # of a country's dossier
PARTS = ("events", "claims", "in_general", "votes", "memberships", "names", "mentions", "restored", "findings")
OF_EVENT = (
    "id",
    "kind",
    "date",
    "other_date",
    "claimant",
    "in_article",
    "quote",
    "passage",
    "documents",
    "answered_by",
    "page",
)
OF_HIT = ("kind", "id", "title", "standing", "status", "since", "recognising", "members", "source")
OF_COUNT = (
    "id", "publisher", "held_against_name", "recognising", "total", "as_of", "published_on", "outcome", "explaining_rule",
    "counted", "quote", "citation", "note",
)  # fmt: skip
OF_MEMBER = ("country", "name", "status", "since", "event_id", "quote", "other_date")


class Problem(Exception):
    """Why a tool gives no answer, as a sentence."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool: what it is given, and what answers it."""

    datasette: Datasette
    request: Request
    given: Mapping[str, Any]

    async def asked(self) -> Asked:
        """The rule, day and organisation that are named. Raises Base400."""
        given = self.given
        return await asked(
            self.datasette, given.get("rule"), given.get("as_of"), organisation=given.get("organisation")
        )

    async def data(self, path: str, **parameters: Any) -> Row:
        """What the site itself answers at a path as JSON; it is made in the turn of whoever calls. Raises Problem."""
        sent = {name: str(value) for name, value in parameters.items() if value not in (None, "")}
        answer = await self.datasette.client.get(path, params=sent, follow_redirects=True)
        found: Row = answer.json()
        if answer.status_code != 200:
            raise Problem(found.get("error") or f"The site answers with status {answer.status_code}.")
        return found

    def links(self, path: str, carried: Mapping[str, str], **parameters: Any) -> Row:
        """The addresses of the same as a page and as data."""
        chosen = {name: str(value) for name, value in parameters.items() if value not in (None, "")} | {**carried}
        question = f"?{urlencode(chosen)}" if chosen else ""
        address = self.datasette.absolute_url(None, path)
        return {"page": f"{address}{question}", "data": f"{address}.json{question}"}


Answering = Callable[[Call], Awaitable[Row]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is called, what it does, what it is given (JSON Schemas by name), and what it answers with."""

    name: str
    title: str
    description: str
    given: Mapping[str, Row]
    gives: Mapping[str, Row]
    answer: Answering
    required: tuple[str, ...] = ()

    def described(self) -> Answer:
        """The tool in the protocol's form."""
        of_all = {"edition": {"type": "object"}, "known_until": TEXT, "links": {"type": "object"}}
        return {
            "name": self.name, "title": self.title, "description": self.description,
            "inputSchema": {
                "type": "object", "properties": dict(self.given), "additionalProperties": False,
                **({"required": list(self.required)} if self.required else {}),
            },
            "outputSchema": {
                "type": "object", "properties": of_all | dict(self.gives), "required": [*of_all, *self.gives],
            },
            "annotations": {"readOnlyHint": True, "openWorldHint": False},
        }  # fmt: skip

    def check(self, given: Mapping[str, Any]) -> None:
        """Raises Problem where what is given is not what the schemas say."""
        if unknown := [name for name in given if name not in self.given]:
            raise Problem(f"{self.name} knows no {unknown[0][:40]!r}. It is given {', '.join(self.given)}.")
        if missing := [name for name in self.required if given.get(name) in (None, "")]:
            raise Problem(f"{self.name} needs {missing[0]}.")
        for name, value in given.items():
            check_value(name, value, self.given[name])


TYPES_IN_PYTHON: Mapping[str, type[str] | type[int] | type[list[Any]]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
}


def check_value(name: str, value: Any, schema: Row) -> None:
    """Raises Problem where a value is not what its schema says."""
    kind = schema["type"]
    if not isinstance(value, TYPES_IN_PYTHON[kind]) or (kind == "integer" and isinstance(value, bool)):
        raise Problem(f"{name} must be of the type {kind}.")
    for one in value if isinstance(value, list) else [value]:
        allowed = schema.get("items", schema).get("enum")
        if allowed and one not in allowed:
            raise Problem(f"{name} must be one of {', '.join(allowed)}.")
    if kind == "integer" and not schema["minimum"] <= value <= schema.get("maximum", value):
        raise Problem(f"{name} must be a number from {schema['minimum']} on, and not too large.")


def some(row: Mapping[str, Any], keys: Iterable[str]) -> Row:
    return {key: row[key] for key in keys if key in row}


def under(ask: Asked) -> Row:
    """The rule and day of an answer; `notes` say where another day is answered than was asked for."""
    return {"rule": ask.rule, "rule_title": ask.rules[ask.rule]["title"], "as_of": ask.as_of, "notes": [*ask.notes]}


async def meant(call: Call, text: str, type_: str) -> str:
    """The id of the one country or organisation that a text names; Problem with those that it may mean otherwise."""
    found = candidates.candidates(await candidates.index(call.datasette), text, (type_,))
    if found and found[0].match:
        return found[0].entity.id
    near = ", ".join(f"{one.entity.id} ({one.entity.name})" for one in found[:5])
    raise Problem(
        f"{text[:40]!r} names no {type_} for certain." + (f" It may mean {near}: name one of them." if near else "")
    )


async def search(call: Call) -> Row:
    ask, given = await call.asked(), call.given
    sent = {**ask.carried, "q": given["q"], "kind": given.get("kind"), "page": given.get("page")}
    found = await call.data("/search.json", **sent)
    results = [
        some(hit, OF_HIT)
        | {"text": Markup(hit["excerpt"]).striptags(), "page": call.datasette.absolute_url(None, hit["url"])}
        for hit in found["results"]
    ]
    answer = found["answer"] and {"answer": found["answer"]}
    told = some(found, ("q", "total", "more", "did_you_mean", "instead", "left_out"))
    links = call.links("/search", ask.carried, **some(sent, ("q", "kind", "page")))
    return {**under(ask), **told, **(answer or {}), "results": results, "links": links}


async def country(call: Call) -> Row:
    key, ask = await meant(call, call.given["country"], COUNTRY), await call.asked()
    dossier = await dossier_data(call.datasette, "countries", key, ask) or {}
    parts = call.given.get("parts", ["events"])
    told = some(dossier, (*ALWAYS, *(part for part in PARTS if part in parts)))
    told["statuses"] = [{name: value for name, value in row.items() if name != "past"} for row in told["statuses"]]
    for part in {"events", "claims"} & told.keys():
        told[part] = [shortened(event) for event in told[part]]
    return {**under(ask), **told, "links": call.links(f"/{NAME}/countries/{key}", ask.carried)}


def shortened(event: Row) -> Row:
    """An event with what is said of it, and the events that answer it."""
    answers = [shortened(answer) for answer in event.get("answered_by", ())]
    return some(event, OF_EVENT) | ({"answered_by": answers} if "answered_by" in event else {})


async def tally(call: Call) -> Row:
    ask, given = await call.asked(), call.given
    if not ask.organisation and not given.get("members"):
        found = await call.data("/tallies.json", **ask.carried)
        return {**under(ask), "tallies": found["tallies"], "links": call.links("/tallies", ask.carried)}
    organisation = ask.organisation or UN
    carried = {name: value for name, value in ask.carried.items() if name != "organisation"}
    found = await call.data(f"/tallies/{organisation}.json", **carried)
    members = [some(member, OF_MEMBER) for member in found["members"]] if given.get("members") else None
    return {
        **under(ask), "tallies": [found["tally"]], **({"members": members} if members is not None else {}),
        "links": call.links(f"/tallies/{organisation}", carried),
    }  # fmt: skip


async def compare(call: Call) -> Row:
    ask, given = await call.asked(), call.given
    carried = {name: value for name, value in ask.carried.items() if name != "rule"}
    sent = {**carried, "a": given.get("a"), "b": given.get("b")}
    found = await call.data("/tallies/compare.json", **sent)
    states = [
        some(state, ("country", "name", "step", "status_a", "status_b"))
        | {"reasons": [some(reason, ("id", "kind", "date", "claimant", "quote")) for reason in state["reasons"]]}
        for state in found["states"]
    ]
    told = some(found, ("a", "b", "as_of", "notes", "organisation", "counted_a", "counted_b", "difference"))
    links = call.links("/tallies/compare", carried, a=given.get("a"), b=given.get("b"))
    return {**told, "states": states, "links": links}


async def count(call: Call) -> Row:
    ask, given = await call.asked(), call.given
    rule = {name: value for name, value in ask.carried.items() if name == "rule"}
    if given.get("count"):
        path = f"/counts/{tilde_encode(given['count'])}"
        found = await call.data(f"{path}.json", **rule, by=given.get("by"))
        if "count" not in found:  # another page of the site is there
            raise Problem(f"No published count {given['count'][:40]!r}. All are at /counts.")
        states = [some(state, ("country", "name", "step", "basis", "note")) for state in found["states"]]
        told = some(found, ("rule", "counted", "difference", "by", "unexplained", "ledger"))
        counts = [some(found["count"], OF_COUNT)]
        return {"counts": counts, **told, "states": states, "links": call.links(path, rule, by=given.get("by"))}
    chosen = some(given, ("publisher", "group", "year", "explained"))
    found = await call.data("/counts.json", **chosen)
    counts = [some(one, OF_COUNT) for one in found["counts"][:COUNTS_SHOWN]]
    return {"total": found["total"], "counts": counts, "links": call.links("/counts", {}, **chosen)}


async def sql(call: Call) -> Row:
    text, most = call.given["sql"], call.given.get("rows", ROWS)
    try:
        validate_sql_select(text)
    except InvalidSql as wrong:
        raise Problem(str(wrong)) from None
    head, body = await Asking(call.datasette, call.request).ask(text, {}, "rows", rows=most)
    if "problem" in head:
        raise Problem(head["sentence"])
    if len(body) > BYTES_AT_MOST:
        raise Problem(f"The rows have more than {BYTES_AT_MOST:,} bytes: ask for fewer rows or columns.")
    links = call.links(f"/{NAME}", {}, sql=text)
    rows = json.loads(body, parse_constant=lambda infinite: None)  # as the site's own JSON has it
    return {"columns": head["columns"], "rows": rows, "truncated": head["truncated"], "links": links}


TEXT: Row = {"type": "string"}
NUMBER: Row = {"type": "integer"}
LIST: Row = {"type": "array"}
RULE_AND_DAY = {"rule": TEXT, "rule_title": TEXT, "as_of": TEXT}


def described(type_: str, description: str, **more: Any) -> Row:
    return {"type": type_, "description": description, **more}


def tools_about(subject: Row, rules: Mapping[str, Row], tables: Mapping[str, Row]) -> list[Tool]:
    """All tools, in the words of the subject, its rules and the tables that SQL can ask."""
    name = subject["name_in_sentence"]
    titles = "; ".join(f"{id_}: {row['title']}" for id_, row in rules.items())
    rule = described(
        "string", f"The rule that counts ({titles}); {subject['default_rule']} where none is named.", enum=[*rules]
    )
    day = described("string", f"A day from {subject['first_day']} on, such as 2013-07-01; today where none is named.")
    group = described("string", "An organisation, forum or region by its name, abbreviation or id, such as EU.")
    on = {"rule": rule, "as_of": day}
    listed = ", ".join(key for key, table in tables.items() if not table.get("hidden"))
    return [
        Tool(
            "search", "Search",
            f"Finds countries, organisations, statements, passages of the article, events, published counts and votes about the "
            f"recognition of {name}, and answers plain questions.",
            {"q": described("string", "Words, a name in any of many languages, a day, or a question."),
             "kind": described("string", "Only hits of this kind.", enum=[*KINDS]),
             "page": described("integer", "Which twenty hits, from 1 on.", minimum=1, maximum=9_999), **on},
            {**RULE_AND_DAY, "total": NUMBER, "results": LIST}, search, ("q",),
        ),
        Tool(
            "country", "One country",
            f"How one country stands on {name} under every rule, with its events, claims by others and their answers, each with "
            "the records and the words of the article that it rests on.",
            {"country": described("string", "Its name in any language, its ISO code or id."),
             "parts": described(
                 "array", "What else to tell; events where nothing is named.", items={"type": "string", "enum": [*PARTS]}
             ), **on},
            {**RULE_AND_DAY, "answer": TEXT, "country": {"type": "object"}, "statuses": LIST}, country, ("country",),
        ),
        Tool(
            "tally", "How many recognise",
            f"How many members of an organisation recognise {name} under a rule on a day, how many withdrew or are contested, and "
            "who they are; of all organisations where none is named.",
            {"organisation": group, "members": described("boolean", "Whether to list the members with their status."), **on},
            {**RULE_AND_DAY, "tallies": LIST}, tally,
        ),
        Tool(
            "compare", "Two rules compared",
            "The states that make the difference between what two rules count, with the events that are the reasons.",
            {"a": rule, "b": {**rule, "description": "The other rule."}, "organisation": group, "as_of": day},
            {"a": TEXT, "b": TEXT, "as_of": TEXT, "counted_a": NUMBER, "counted_b": NUMBER, "states": LIST}, compare,
        ),
        Tool(
            "count", "Published counts",
            "Counts that somebody published, held against what each rule counts on that day; with the id of one, the states "
            "between the count and a rule.",
            {"count": described("string", "The id of one published count."), "by": {**rule, "description": "A rule that may explain it."},
             "publisher": described("string", "Who published it."), "group": described("string", "The id of the group counted, such as un."),
             "year": described("string", "The year it is of."), "explained": described("string", "Whether a rule reproduces it."),
             "rule": rule},
            {"counts": LIST}, count,
        ),
        Tool(
            "sql", "SQL",
            f"Asks the database (SQLite, read only) with one SELECT. Tables and views: {listed}. Columns: select sql from "
            "sqlite_master where name = '…'. Counts of recognitions depend on a rule and a day: name both.",
            {"sql": described("string", "One SELECT."),
             "rows": described("integer", f"How many rows at most; {ROWS} where nothing is said.", minimum=1, maximum=ROWS_AT_MOST)},
            {"columns": LIST, "rows": LIST, "truncated": {"type": "boolean"}}, sql, ("sql",),
        ),
    ]  # fmt: skip


class SiteTools:
    """The tools of this site for one request, see `recognition.serving.mcp.Tools`."""

    def __init__(self, datasette: Datasette, request: Request, ask: Asked, edition: Row) -> None:
        self.datasette = datasette
        self.request = request
        self.ask = ask
        self.edition = edition
        tables = datasette.metadata("tables", database=NAME) or {}
        self.tools = {tool.name: tool for tool in tools_about(ask.subject, ask.rules, tables)}

    def about(self) -> Row:
        metadata, default = self.datasette.metadata() or {}, self.ask.rules[self.ask.subject["default_rule"]]
        server = {"name": NAME, "title": metadata["title"], "version": f"edition {self.edition['number']}"}
        return {"server": server, "instructions": (
            f"{metadata['description']} Every number depends on a rule and a day: say both with it. The usual rule is "
            f"‘{default['title']}’. Records were looked through until {self.edition['known_until']}: of later days nothing "
            f"newer is known. Statuses are contested: say who claims what. Cite the pages under `links`. Licence: "
            f"{metadata['license']}. More for those who read with models: {self.datasette.absolute_url(None, '/llms.txt')}"
        )}  # fmt: skip

    def listed(self) -> list[Answer]:
        return [tool.described() for tool in self.tools.values()]

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Answer | None:
        tool = self.tools.get(name)
        if tool is None:
            return None
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            tool.check(given)
            answer = await tool.answer(Call(self.datasette, self.request, given))
        except (Problem, Base400) as problem:
            return failure(str(problem.args[0]) if problem.args else str(problem))
        edition = some(self.edition, ("number", "published_on", "checksum"))
        return success({"edition": edition, "known_until": self.edition["known_until"], **answer})


async def site_tools(datasette: Datasette, request: Request) -> SiteTools:
    return SiteTools(datasette, request, await asked(datasette), await this_edition(datasette))

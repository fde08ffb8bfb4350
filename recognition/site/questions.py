"""What readers fill into saved questions: each parameter is chosen from a list, or is a day or words.

metadata.yml says under `choices` of a question what each of its parameters is:

    choices:
      organisation: {kind: organisations, default: eu, label: Members of}
    title_with: Members of {organisation} that do not recognise
    none: Every member of {organisation} recognises.
    under: today

`kind` is one of LISTS, 'day' or 'words'. What is left empty is the `default`; a rule without one is the default rule of
the subject, a day without one is today. `under` says by what an answer, or the statuses of a table, are counted; see
UNDER.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Request
from rapidfuzz import process

from recognition import dates

from .asked import SHOWN, rules, subject
from .database import NAME, Row, kept, rows
from .names import NAMED, keys_by_spelling, keys_of, spelled

LISTED = 40  # keys at most that an answer lists; of more it names those that are alike
ALIKE = 60  # of 100: how much a name must have in common with what was written to be offered
OFFERED = 4  # letters at least of a name to be offered: something of a code is in every long name

# Of each kind of list: key, name, said (the name inside a sentence); others is a JSON array of further spellings. What
# else countries and organisations are called is known to names.py.
LISTS = {
    "organisations": """
        select o.id as key, o.name, case when o.kind in ('group', 'region') then '‘' || o.name || '’' else o.name_in_sentence end as said,
               h.title as heading
        from organisations o join headings h on h.id = o.heading
        where o.id in (select organisation_id from memberships) order by h.position, o.number""",
    "countries": """
        select c.id as key, c.name, c.name_in_sentence as said
        from countries c where c.status is not null order by c.sort_name""",
    "rules": "select id as key, title as name, title as said from rules order by position",
    "votes": """
        select v.id as key, v.body || ' ' || substr(v.held_on, 1, 4) as name,
               'the ' || v.body || ' in ' || substr(v.held_on, 1, 4) as said
        from votes v order by v.held_on, v.id""",
    "themes": "select id as key, title as name, title as said from themes order by title",
    "sections": "select id as key, title as name, title as said from sections order by position",
    "years": """
        with years (year) as (
            select cast(substr(first_day, 1, 4) as integer) from subject
            union all select year + 1 from years, today where year < cast(substr(today.day, 1, 4) as integer))
        select cast(year as text) as key, cast(year as text) as name, cast(year as text) as said
        from years order by year""",
    "yes_or_no": """
        select 'yes' as key, 'yes' as name, 'yes' as said, '["y", "true", "on", "1"]' as others
        union all select 'no', 'no', 'no', '["n", "false", "off", "0"]'""",
}  # fmt: skip
# What `under` in metadata.yml says: whether the default rule counts (else one that is chosen, or the reader's own), and
# whether the answer is of one day or of all days until then.
UNDER = {"today": (True, "on"), "until today": (True, "until"), "chosen": (False, "on"), "own rule": (False, "on")}
BY_DAY = ("years",)  # lists that grow with the day


@dataclass(frozen=True)
class Choice:
    """One value of a parameter: its key, its name, the name as it is `said` inside a sentence, and a heading if it has one."""

    key: str
    name: str
    said: str
    heading: str = ""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a saved question as it is filled in.

    `kind` is one of LISTS, 'day' or 'words'; `chosen` what counts in this answer; `choices` all that there are, in their
    order, empty for a day and for words. `first` and `last` are the ISO days between which a day must be.
    """

    name: str
    label: str
    kind: str
    chosen: Choice
    choices: tuple[Choice, ...] = ()
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class Question:
    """A saved question with what a reader filled in: its title, its parameters, and what is said where nothing is found."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    none: str

    @property
    def values(self) -> dict[str, str]:
        """The value of each parameter as the SQL of the question takes it."""
        return {parameter.name: parameter.chosen.key for parameter in self.parameters}


def saved(datasette: Datasette, name: str) -> dict[str, Any] | None:
    """What metadata.yml says of a saved question; None where there is none of this name."""
    found: dict[str, Any] | None = (datasette.metadata("queries", database=NAME) or {}).get(name)
    return found


async def filled(datasette: Datasette, name: str, given: Mapping[str, str]) -> Question:
    """The saved question `name` with the values `given` for its parameters, defaults where a value is empty or missing.

    KeyError where there is no such question; BadRequest, with what there is, for a value that names nothing.
    """
    about = saved(datasette, name)
    if about is None:
        raise KeyError(name)
    described: dict[str, dict[str, str]] = about.get("choices") or {}
    parameters = [await parameter(datasette, key, one, given.get(key) or "") for key, one in described.items()]
    said = {one.name: one.chosen.said for one in parameters}
    title = about.get("title_with") or about["title"]
    return Question(name, title.format_map(said), tuple(parameters), about.get("none", "").format_map(said))


async def parameter(datasette: Datasette, name: str, described: Mapping[str, str], text: str) -> Parameter:
    """The parameter that metadata.yml describes, with what `text` chooses of it; BadRequest where that is nothing."""
    kind, label = described["kind"], described.get("label") or name.replace("_", " ").capitalize()
    about, text = await subject(datasette), text.strip()
    if kind == "words":
        words = text or described["default"]
        return Parameter(name, label, kind, Choice(words, words, words))
    if kind == "day":
        first = about["first_day"]
        last = dates.today(first)
        # whatever metadata.yml says, a day to come is none to begin with
        day = a_day(name, text or min(described.get("default") or last, last), first, last)
        return Parameter(name, label, kind, Choice(day, day, dates.said(day)), first=first, last=last)
    choices, spellings = await known(datasette, kind)
    text = text or described.get("default") or about["default_rule"]
    if spelled(text) not in spellings:
        raise BadRequest(refusal(name, text, choices, spellings))
    return Parameter(name, label, kind, choices[spellings[spelled(text)]], tuple(choices.values()))


async def known(datasette: Datasette, kind: str) -> tuple[dict[str, Choice], dict[str, str]]:
    """(the choices of a list by key, the key that each spelling means)."""

    async def read() -> tuple[dict[str, Choice], dict[str, str]]:
        found = await rows(datasette, LISTS[kind])
        choices = {row["key"]: Choice(row["key"], row["name"], row["said"], row.get("heading") or "") for row in found}
        spellings = await keys_of(datasette, kind) if kind in NAMED else keys_by_spelling(found)
        return choices, {spelling: key for spelling, key in spellings.items() if key in choices}

    return await kept(datasette, ("choices", kind, dates.today() if kind in BY_DAY else ""), read)


def a_day(name: str, text: str, first: str, last: str) -> str:
    """The ISO day that `text` writes, as 2013-07-01 or 1 July 2013; BadRequest for none, or one out of bounds."""
    day = dates.printed_date(text) or dates.iso_day(text)
    if not day:
        raise BadRequest(f"{name} must be a day such as 2013-07-01, not {text[:SHOWN]!r}.")
    if not first <= day <= last:
        raise BadRequest(f"{name} must be a day from {first} to {last}, not {text[:SHOWN]!r}.")
    return day


def refusal(name: str, text: str, choices: Mapping[str, Choice], spellings: Mapping[str, str]) -> str:
    """The sentence on a value that names nothing: all that there is, or of a long list what is written alike."""
    wrong = f"{text[:SHOWN]!r}"
    if len(choices) <= LISTED:
        return f"{name} must be one of {', '.join(choices)}, not {wrong}."
    names = [spelling for spelling in spellings if len(spelling) >= OFFERED]
    alike = process.extract(spelled(text[:SHOWN]), names, limit=24, score_cutoff=ALIKE)  # a country has many names
    offered = dict.fromkeys(choices[spellings[spelling]].name for spelling, _, _ in alike)
    meant = f" Did you mean {' or '.join(list(offered)[:3])}?" if offered else ""
    return f"{name} must be one of the {len(choices)} {name_of_many(choices)}, not {wrong}.{meant}"


def name_of_many(choices: Mapping[str, Choice]) -> str:
    """What a long list holds, as 'names from A to Z', by its first and its last name."""
    names = [choice.name for choice in choices.values()]
    return f"names from {names[0]} to {names[-1]}"


async def counted_under(datasette: Datasette, about: Mapping[str, Any], values: Mapping[str, str]) -> Row:
    """By what the table or question that metadata.yml is `about` counts: rule (None for the reader's own), as_of (ISO day),
    rule_title, and days ('on' that day or 'until' it); empty where it counts nothing under one rule. `values` are those
    of the question's parameters.
    """
    if "under" not in about:
        return {}
    by_default, days = UNDER[about["under"]]
    told = await subject(datasette)
    rule = told["default_rule"] if by_default else values.get("rule")
    title = (await rules(datasette))[rule]["title"] if rule else ""
    return {
        "rule": rule,
        "rule_title": title,
        "as_of": values.get("day") or dates.today(told["first_day"]),
        "days": days,
    }


async def filled_in(datasette: Datasette, request: Request) -> Request:
    """The request of a saved question with every parameter as its SQL takes it; any other request as it is.

    BadRequest for a value that names nothing, and for a parameter that the question does not have.
    """
    name = request.url_vars.get("table", "")
    about = saved(datasette, name) if request.url_vars.get("database") == NAME else None
    if about is None:
        return request
    described = about.get("choices") or {}
    for key in request.args:
        if not key.startswith("_") and key not in described:
            raise BadRequest(f"There is no parameter {key[:SHOWN]} here. {has_parameters(described)}")
    question = await filled(datasette, name, {key: request.args.get(key) or "" for key in described})
    kept_as_they_are = [(key, one) for key in request.args if key.startswith("_") for one in request.args.getlist(key)]
    query = urlencode([*kept_as_they_are, *question.values.items()])
    return Request({**request.scope, "query_string": query.encode("latin-1")}, request.receive)


def has_parameters(names: Iterable[str]) -> str:
    """The sentence on what a question can be asked with."""
    listed = ", ".join(names)
    return f"This question has {listed}." if listed else "This question has none."

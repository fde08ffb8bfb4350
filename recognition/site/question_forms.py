"""What a reader asks in words: the form of question that fits wholly, and the names and dates in it; never by likeness."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from datasette.app import Datasette

from recognition.question_patterns import LONGEST, as_words, expression

from .asked import Asked
from .database import kept, rows_of_each
from .names import keys_of, words

FORMS = "select kind, pattern from question_forms order by position"
PHRASES = "select id, pattern from question_phrases"
CODES = "select iso2 as code from countries union select iso3 from countries"
OWN_NAMES = "select name from country_names where kind not in ('capital', 'part', 'code', 'number')"
SUBJECT_NAMES = """
select n.name from country_names n join subject s on s.country_id = n.country_id
where n.kind not in ('nationality', 'capital', 'part', 'code', 'number')
union select c.name from countries c join subject s on s.country_id = c.id
"""
MAIN_NAMES = "select name from countries"
VOTES = "select id, body, held_on from votes order by held_on, id"


@dataclass(frozen=True)
class Form:
    """A kind of question, and the expression that its words, as `as_words` has them, fit."""

    kind: str
    expression: re.Pattern[str]


@dataclass(frozen=True)
class Question:
    """What is asked: the kind, and by place the ids of country and group, ISO dates as precise as they were typed, and votes.

    `votes` has the ids of those that a body or a year names; it is empty where none is named.
    """

    kind: str
    places: dict[str, str] = field(default_factory=dict)
    votes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Names:
    """What names mean: ids by name as `spelled`. `codes` are codes of countries that are no names otherwise."""

    countries: dict[str, str]
    groups: dict[str, str]
    codes: frozenset[str]
    votes: dict[str, frozenset[str]]  # the words of its body and its year, by id


async def read_forms(datasette: Datasette) -> list[Form]:
    """All forms in the order in which they are tried, read once for an edition."""

    async def read() -> list[Form]:
        forms, phrases, subject = await rows_of_each(datasette, (FORMS, {}), (PHRASES, {}), (SUBJECT_NAMES, {}))
        patterns, names = {row["id"]: row["pattern"] for row in phrases}, [row["name"] for row in subject]
        return [Form(row["kind"], expression(row["pattern"], patterns, names)) for row in forms]

    return await kept(datasette, "forms of questions", read)


async def read_names(datasette: Datasette, subject: str) -> Names:
    """The names that places are looked up in, read once for an edition; the `subject` is among the countries no more."""

    async def read() -> Names:
        codes, own, votes, main = await rows_of_each(
            datasette, (CODES, {}), (OWN_NAMES, {}), (VOTES, {}), (MAIN_NAMES, {})
        )
        countries = await keys_of(datasette, "countries")
        named = {" ".join(words(row["name"])) for row in own}
        several = meant_by_several([row["name"] for row in main])
        return Names(
            {name: key for name, key in countries.items() if key != subject and name not in several},
            await keys_of(datasette, "organisations"),
            frozenset(code for row in codes if row["code"] and (code := row["code"].lower()) not in named),
            {row["id"]: frozenset([*words(row["body"]), *times_of(row["held_on"])]) for row in votes},
        )

    return await kept(datasette, "names in questions", read)


def times_of(day: str) -> tuple[str, str, str]:
    """An ISO day, its month and its year."""
    return day, day[:7], day[:4]


def meant_by_several(main: Iterable[str]) -> set[str]:
    """The words of names, as `spelled`, with which the main names of several countries end, and that are no main name.

    'congo' and 'korea' are half a name: which country is meant, nobody can know.
    """
    names = [words(name) for name in main]
    ends = Counter(" ".join(name[at:]) for name in names for at in range(1, len(name)))
    return {end for end, times in ends.items() if times > 1} - {" ".join(name) for name in names}


async def asked_in_words(datasette: Datasette, text: str, ask: Asked) -> Question | None:
    """The question that a text is, if it fits a form wholly and all its names are known; else None."""
    typed = as_words(text)
    if not 0 < typed.count(" ") <= LONGEST:
        return None
    names = await read_names(datasette, ask.subject["country_id"])
    for form in await read_forms(datasette):
        if found := form.expression.fullmatch(typed):
            named = {name.partition("__")[0]: value.strip() for name, value in found.groupdict().items() if value}
            if (question := resolved(form.kind, named, names, text)) is not None:
                return question
    return None


def resolved(kind: str, named: dict[str, str], names: Names, text: str) -> Question | None:
    """The question with the ids of what is `named` by place; None where something is not known.

    The code of a country counts where `text` has it in capitals and something else in lowercase: 'it' is no country.
    """
    places: dict[str, str] = {}
    votes: tuple[str, ...] = ()
    for place, name in named.items():
        if place == "country":
            is_word = name in names.codes and (text.isupper() or not re.search(rf"\b{name.upper()}\b", text))
            if is_word or name not in names.countries:
                return None
            places[place] = names.countries[name]
        elif place == "group":
            if name not in names.groups:
                return None
            places[place] = names.groups[name]
        elif place == "vote":
            votes = tuple(votes_named(name, names))
            if not votes:
                return None
        else:
            places[place] = name
    return Question(kind, places, votes)


def votes_named(name: str, names: Names) -> Iterator[str]:
    """The ids of the votes whose body and year have all the words of a name."""
    for id_, known in names.votes.items():
        if known.issuperset(name.split()):
            yield id_

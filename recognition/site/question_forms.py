"""What a reader asks in words: the form of question that fits wholly, and the names and days in it; never by likeness."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from datasette.app import Datasette

from recognition import dates

from .asked import Asked
from .database import Row, kept, rows
from .names import keys_of, spelled
from .search_terms import LONGEST, without_dots

FORMS = "select kind, language, pattern, example from question_forms order by position"
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
DAY = rf"\d{{4}} \d\d \d\d|\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}}"
# What may stand in each place of a pattern: a name, a year, or when.
PLACES = {
    "country": r"(?P<country>\S.*?)", "group": r"(?P<group>\S.*?)", "subject": r"(?P<subject>\S.*?)",
    "year": r"(?P<year>\d{4})", "year2": r"(?P<year2>\d{4})",
    "when": rf"(?P<when>today|now|(?:in|until|at the end of|by the end of) \d{{4}}|on (?:{DAY}))",
}  # fmt: skip
TOKEN = re.compile(r"\{(\w+)\}|(\[)|(\])|(\()|(\))|(\|)|([^\s{}\[\]()|]+)")
LAST_DAY = "12-31"


@dataclass(frozen=True)
class Form:
    """A kind of question, and the expression that its words, as `spelled` has them, fit."""

    kind: str
    expression: re.Pattern[str]


@dataclass(frozen=True)
class Question:
    """What is asked: the kind, and by place the ids of country and group, years, and the ISO day of `when`."""

    kind: str
    places: dict[str, str] = field(default_factory=dict)


async def read_forms(datasette: Datasette) -> list[Form]:
    """All forms in the order in which they are tried, read once for an edition."""

    async def read() -> list[Form]:
        return [Form(row["kind"], expression(row["pattern"])) for row in await rows(datasette, FORMS)]

    return await kept(datasette, "forms of questions", read)


def expression(pattern: str) -> re.Pattern[str]:
    """A pattern of question_forms.csv as a regular expression: each word has a space before it, also the first."""
    parts: list[str] = []
    times: Counter[str] = Counter()  # a place may be in several of the alternatives, and a group has one name
    for place, begins_left_out, ends_left_out, begins, ends, bar, word in TOKEN.findall(pattern):
        if place:
            times[place] += 1
            parts.append(f" {PLACES[place].replace('?P<' + place, f'?P<{place}__{times[place]}')}")
        elif word:
            parts.append(f" {re.escape(word)}")
        else:
            parts.append("(?:" if begins_left_out or begins else ")?" if ends_left_out else ")" if ends else bar)
    return re.compile("".join(parts))


async def asked_in_words(datasette: Datasette, text: str, ask: Asked) -> Question | None:
    """The question that a text is, if it fits a form wholly and all its names are known; else None."""
    words = f" {spelled(without_dots(text[:LONGEST]))}"
    countries, groups = await keys_of(datasette, "countries"), await keys_of(datasette, "organisations")
    for form in await read_forms(datasette):
        if found := form.expression.fullmatch(words):
            named = {name.partition("__")[0]: value for name, value in found.groupdict().items() if value}
            places = dict(resolved(named, countries, groups, ask.subject))
            if len(places) == len(named):
                return Question(form.kind, places)
    return None


def resolved(named: Row, countries: dict[str, str], groups: dict[str, str], about: Row) -> Iterator[tuple[str, str]]:
    """Yields (place, id, year or ISO day) for what is known of the names and days; the subject must be the subject."""
    for place, text in named.items():
        if place == "country" and countries.get(text, about["country_id"]) != about["country_id"]:
            yield place, countries[text]
        elif place == "group" and text in groups:
            yield place, groups[text]
        elif place == "subject" and countries.get(text) == about["country_id"]:
            yield place, about["country_id"]
        elif place in ("year", "year2"):
            yield place, text
        elif place == "when" and (day := day_of(text)) is not None:
            yield place, day


def day_of(text: str) -> str | None:
    """The ISO day of 'today' (empty: the reader's day), 'in 2012' (its last day), 'on 17 february 2012'; None for no day."""
    if text in ("today", "now"):
        return ""
    words = text.split()
    if len(words[-1]) == len("2012") and not text.startswith("on "):
        return f"{words[-1]}-{LAST_DAY}"
    month = MONTHS.index(words[-2]) + 1 if words[-2] in MONTHS else 0
    day = f"{words[-1]}-{month:02}-{int(words[-3]):02}" if month else "-".join(words[-3:])
    return day if dates.iso_day(day) else None

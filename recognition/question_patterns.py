"""Patterns of questions: what a reader types becomes words, and a pattern of the registers an expression that they fit.

A pattern has words in lowercase without accents and signs, (one|of these), [words that may be left out], and {names}: a
place, which holds the name of a country or a day, or a phrase, which is a pattern of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from .dates import WORD, folded, is_date, with_iso_dates

LONGEST = 40  # words: longer texts are no question that a pattern has
DEEPEST = 6  # phrases inside of phrases
DATE = r"\d{4}(?:-\d\d(?:-\d\d)?)?"
# What may be in a place: any words, to be looked up, or a date as `as_words` writes it.
PLACES = {
    "country": r"\S.*?", "group": r"\S.*?", "vote": r"\S.*?", "year": r"\d{4}", "month": r"\d{4}-\d\d", "day": r"\d{4}-\d\d-\d\d",
    "today": "today|now|right now|currently|at present|at the moment", "period": DATE, "period2": DATE, "since": DATE,
    "after": DATE, "before": DATE, "number": r"\d{1,3}",
}  # fmt: skip
SUBJECT = "subject"  # the place of its names
TOKEN = re.compile(r"\s*(?:\{(?P<name>[^{}]*)\}|(?P<sign>[\[\]()|])|(?P<word>[^\s{}\[\]()|]+)|(?P<wrong>\S))")
OPENED = {"[": "]", "(": ")"}
WORD_OR_DATE = re.compile(r"\b[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?\b|[^\W_]+")
DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # an abbreviation with dots


class PatternWrong(ValueError):
    """A pattern that is none; the message says why."""


def as_words(text: str) -> str:
    """The words of a text in lowercase without accents, a space before each, dates as 2008-02-17 or 2008-02.

    A date that means another day to others, as 1/2/2012 does, is no date: its numbers stay as they are typed.
    """
    dated = with_iso_dates(DOTTED.sub(lambda found: found[0].replace(".", ""), text))
    found = WORD_OR_DATE.findall(folded(dated))
    return " " + " ".join(word if is_date(word) else " ".join(WORD.findall(word)) for word in found)


def expression(pattern: str, phrases: Mapping[str, str], subjects: Iterable[str]) -> re.Pattern[str]:
    """A pattern as a regular expression for what `as_words` gives.

    `phrases` are patterns by name, `subjects` the names of the subject. Its groups are called like the places; a second
    group of the same place has '__2' behind its name. Raises PatternWrong.
    """
    names = "|".join(re.escape(name[1:]) for name in sorted(map(as_words, subjects), key=len, reverse=True))
    times: Counter[str] = Counter()

    def translated(text: str, depth: int) -> str:
        if depth > DEEPEST:
            raise PatternWrong("has phrases that have each other")
        parts, open_ = [], []
        for token in TOKEN.finditer(text):
            name, sign, word = token["name"], token["sign"], token["word"]
            if word:
                parts.append(f" {re.escape(word)}")
            elif name == SUBJECT:
                parts.append(f" (?:{names})")
            elif name in PLACES:
                times[name] += 1
                parts.append(f" (?P<{name}__{times[name]}>{PLACES[name]})")
            elif name in phrases:
                parts.append(f"(?:{translated(phrases[name], depth + 1)})")
            elif sign in OPENED:
                open_.append(OPENED[sign])
                parts.append("(?:")
            elif sign == "|":
                parts.append("|")
            elif open_ and sign == open_[-1]:
                parts.append(")?" if open_.pop() == "]" else ")")
            elif name is not None:
                raise PatternWrong(f"has {{{name}}}, which is no place and no phrase of question_phrases.csv")
            else:
                raise PatternWrong(f"has {token[0].strip()!r} where nothing is open")
        if open_:
            raise PatternWrong(f"has no {open_[-1]!r} for a bracket that it opens")
        return "".join(parts)

    return re.compile(translated(pattern, 0))

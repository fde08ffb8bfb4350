"""The language of searches: what a reader types becomes a full-text query (FTS5) that cannot fail.

The processes for visitors' SQL read this module too: it imports little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from recognition.dates import MONTHS, WORD, folded, is_date, with_iso_dates

LONGEST = 300  # characters of a query that are looked at: the rest of a pasted page would find nothing
WORDS_AT_MOST = 12
OUTSIDE_QUOTES = re.compile(r'("[^"]*")|[^"]+')
PHRASE_OR_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
CURLY_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\0": " "})
DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # an abbreviation with dots: E.U., O.S.C.E.
POSSESSIVE = re.compile(r"'s?$")
# The last word also matches longer words that begin with it if it has this many letters: 'utop' finds Utopia, but 'EU'
# does not find Europe.
PREFIX_FROM = 3
FINDS_NOTHING = '""'
# Words of a question that say nothing about what is looked for; they are left out if there are other words.
STOP_WORDS = frozenset(
    WORD.findall(
        "a about an and are as at be been by can did do does for from had has have how in is it its many much of on or "
        "s that the their them there they this to was were what when where which who whom whose why will with would"
    )
)
# A query with one of the first words is read in that language: those and the small words beside them are left out, too.
OTHER_STOP_WORDS = tuple(
    (frozenset(asking.split()), frozenset(small.split()))
    for asking, small in (
        (
            "cila cilat cfare kush pse njeh njohin njohur njohje",
            "a e i te se nga per ne me sa kur nuk shtete shtetet shteti vende vendet ka kane eshte jane dhe",
        ),
        (
            "koje koja koji koliko zasto li priznaje priznaju priznala priznao priznalo priznale",
            "da je su se u na i za ko kada kad ne nije nisu drzave drzava zemlje zemalja od kao",
        ),
        (
            "које која који колико зашто ли признаје признају признала признао признало признале",
            "да је су се у на и за ко када кад не није нису државе држава земље земаља од као",
        ),
        (
            "pourquoi quels quelles quel quelle combien quand reconnait reconnaissent reconnu",
            "le la les l un une des du de d en au aux a qui que est ce ne n pas pays etats ont il elle t par comme",
        ),
        (
            "warum wieso weshalb welche welcher wie wer wann erkennt erkennen anerkannt",
            "der die das den dem ein eine und in im von hat haben viele nicht an lander staaten land staat als",
        ),
        (
            "cuales cuantos cuantas quien quienes cuando reconoce reconocen reconocido",
            "el la los las un una y en de del a al por que no paises pais estados estado han ha como",
        ),
    )
)
ELIDED = re.compile(r"^(?:[cdjlmnst]|qu)'(?=\w{2})", re.IGNORECASE)  # l'eau
# What is said here with other words, found where a word begins with the first: all of the others are looked for, too.
SAME_HERE = (
    (
        re.compile(r"(?:revok|revoc|derecogn|cancel|rescind|rescis|retract|annul|withdr[ae]w)"),
        ("withdraw", "withdrew", "withdrawn"),
    ),
    (re.compile(r"(?:declar|proclai?m)"), ("declare", "declaration")),
    (re.compile(r"(?:non-?|un)recogni[szt]"), ("not recognise", "not recognize")),
)
NON_ = re.compile(r"\bnon[\s–-]+(?=recogni[szt])", re.IGNORECASE)
JOINED = re.compile(r"[-–—‑/\\]+")  # what joins words: north–south, north/south
# British and American endings; either finds the other. Stems are matched where the word goes on as shown.
SPELLINGS = (
    (re.compile(r"is(e|ed|es|er|ers|ing|ation|ations|able)$"), r"iz\1"),
    (re.compile(r"iz(e|ed|es|er|ers|ing|ation|ations|able)$"), r"is\1"),
    (re.compile(r"our(s|ed|ing|able|hood|hoods|ly)?$"), r"or\1"),
    (re.compile(r"or(s|ed|ing|able|hood|hoods|ly)?$"), r"our\1"),
    (re.compile(r"(cent|theat|met)re(s?)$"), r"\1er\2"),
    (re.compile(r"(cent|theat|met)er(s?)$"), r"\1re\2"),
    (re.compile(r"(lic|def|off|pret)ence(s|d)?$"), r"\1ense\2"),
    (re.compile(r"(lic|def|off|pret)ense(s|d)?$"), r"\1ence\2"),
    (re.compile(r"ogue(s?)$"), r"og\1"),
    (re.compile(r"ll(ed|ing|er|ers)$"), r"l\1"),
    (re.compile(r"l(ed|ing|er|ers)$"), r"ll\1"),
    (re.compile(r"(progra)mme(s?)$"), r"\1m\2"),
)


@dataclass(frozen=True)
class Term:
    """One word or quoted phrase of a query; where `prefix` is true, longer words that begin with it match too."""

    text: str
    phrase: bool = False
    prefix: bool = False

    @property
    def match(self) -> str:
        """The FTS5 expression for it, in quotes, so that nothing in it is an operator."""
        return self.expression("*" if self.prefix else "")

    @property
    def whole(self) -> str:
        """The same, matching whole words only."""
        return self.expression("")

    @property
    def date(self) -> str | None:
        """The ISO day or month that it is; None for words."""
        return self.text if not self.phrase and is_date(self.text) else None

    def expression(self, ending: str) -> str:
        """The term or, joined by OR, all that is looked for in its place, each in quotes and with `ending` behind it."""
        if self.phrase:
            return f'"{self.text}"{ending}'
        if self.date:
            return f"({' OR '.join(dates_written(self.date))})"
        found = [f'"{text}"{ending}' for text in (self.text, *spellings(self.text))]
        found += [f'"{text}"' for text in same_here(self.text)]
        if len(parts := [part for part in JOINED.split(self.text) if WORD.search(part)]) > 1:
            found.append("(" + " AND ".join(f'"{part}"' for part in parts) + f"{ending})")
        return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def parted(asked: Iterable[Term]) -> list[Term]:
    """The terms, words that a dash or a stroke joins each by itself."""
    parts = (
        [term] if term.phrase or term.date else [replace(term, text=part) for part in JOINED.split(term.text) if part]
        for term in asked
    )
    return list(dict.fromkeys(chain.from_iterable(parts)))[:WORDS_AT_MOST]


def dates_written(date: str) -> Iterator[str]:
    """The phrases for an ISO day or month, as the registers write it and as prose does."""
    year, month, *day = date.split("-")
    name, number = list(MONTHS)[int(month) - 1], [part.lstrip("0") for part in day]
    for words in ((year, month, *day), (*number, name, year), *([(name, *number, year)] if day else [])):
        yield f'"{" ".join(words)}"'


def same_here(word: str) -> tuple[str, ...]:
    """Other words that say the same in what is searched: withdrew for revoked."""
    plain = folded(word)
    return next((others for pattern, others in SAME_HERE if pattern.match(plain)), ())


def spellings(word: str) -> set[str]:
    """The British spelling of an American word, or the reverse, as its ending shows: recognise, recognize."""
    return {pattern.sub(other, word) for pattern, other in SPELLINGS if len(word) > 5 and pattern.search(word)}


def typed(text: str) -> list[tuple[str, str]]:
    """Each quoted phrase or word, the other of the two is empty; words without a letter or digit are left out."""
    plain = NON_.sub("non-", without_dots(text[:LONGEST].translate(CURLY_QUOTES)))
    plain = OUTSIDE_QUOTES.sub(lambda found: found[1] or with_iso_dates(found[0]), plain)
    return [
        (phrase, POSSESSIVE.sub("", word) or word)
        for phrase, word in PHRASE_OR_WORD.findall(plain)
        if WORD.search(phrase or word)
    ]


def name_typed(text: str) -> str:
    """What a reader typed as `search_names.joined` has names: letters and digits alone, without 'the' before them."""
    words = [word for pair in typed(text) for word in WORD.findall(folded("".join(pair)))]
    return "".join(words[1:] if words[1:] and words[0] == "the" else words)


def without_dots(text: str) -> str:
    """The text with its abbreviations as they are indexed: 'EU' for 'E.U.'."""
    return DOTTED.sub(lambda found: found[0].replace(".", ""), text)


def is_too_long(text: str) -> bool:
    """Whether some of what a reader typed is not looked for."""
    return len(text) > LONGEST or len(set(typed(text))) > WORDS_AT_MOST


def terms(text: str | None) -> list[Term]:
    """The words and quoted phrases of what a reader typed; none if it has no letter or digit."""
    found = without_stop_words(list(dict.fromkeys(typed(text or "")))[:WORDS_AT_MOST])
    last = len(found)
    return [
        Term(
            phrase or word,
            bool(phrase),
            bool(word) and (word.endswith("*") or (number == last and len(word) >= PREFIX_FROM)),
        )
        for number, (phrase, word) in enumerate(found, 1)
    ]


def without_stop_words(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs of `typed` without words that say nothing about what is looked for; all of them if no others are left."""
    plain = [folded(word) for _, word in found]
    stop = STOP_WORDS
    for asking, small in OTHER_STOP_WORDS:
        if not asking.isdisjoint(word for typed in plain for word in WORD.findall(typed)):
            stop = stop | asking | small
            found = [(phrase, ELIDED.sub("", word)) for phrase, word in found]
    return [
        pair for pair in found if pair[0] or any(word not in stop for word in WORD.findall(folded(pair[1])))
    ] or found


def fts_query(text: str | None) -> str:
    """The FTS5 query for what a reader typed: all words, in any order; the last matches as a prefix."""
    return " AND ".join(term.match for term in terms(text)) or FINDS_NOTHING

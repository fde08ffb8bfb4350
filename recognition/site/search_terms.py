"""The language of searches: what a reader types becomes a full-text query (FTS5) that cannot fail.

The processes for visitors' SQL read this module too: it imports little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from recognition.dates import WORD

LONGEST = 300  # characters of a query that are looked at: the rest of a pasted page would find nothing
WORDS_AT_MOST = 12
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
        "a an and are as at be by did do does for from had has have how in is it its many much of on or s that the "
        "their them they to was were what when where which who whom whose why with"
    )
)
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

    def expression(self, ending: str) -> str:
        """The term or, joined by OR, all its spellings, each in quotes and with `ending` behind it."""
        texts = [self.text] if self.phrase else [self.text, *spellings(self.text)]
        found = [f'"{text}"{ending}' for text in texts]
        return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def spellings(word: str) -> set[str]:
    """The British spelling of an American word, or the reverse, as its ending shows: recognise, recognize."""
    return {pattern.sub(other, word) for pattern, other in SPELLINGS if len(word) > 5 and pattern.search(word)}


def typed(text: str) -> list[tuple[str, str]]:
    """Each quoted phrase or word, the other of the two is empty; words without a letter or digit are left out."""
    return [
        (phrase, POSSESSIVE.sub("", word) or word)
        for phrase, word in PHRASE_OR_WORD.findall(without_dots(text[:LONGEST].translate(CURLY_QUOTES)))
        if WORD.search(phrase or word)
    ]


def without_dots(text: str) -> str:
    """The text with its abbreviations as they are indexed: 'EU' for 'E.U.'."""
    return DOTTED.sub(lambda found: found[0].replace(".", ""), text)


def is_too_long(text: str) -> bool:
    """Whether some of what a reader typed is not looked for."""
    return len(text) > LONGEST or len(set(typed(text))) > WORDS_AT_MOST


def terms(text: str | None) -> list[Term]:
    """The words and quoted phrases of what a reader typed; none if it has no letter or digit."""
    found = list(dict.fromkeys(typed(text or "")))[:WORDS_AT_MOST]
    telling = [pair for pair in found if pair[0] or pair[1].casefold() not in STOP_WORDS]
    found = telling or found
    last = len(found)
    return [
        Term(
            phrase or word,
            bool(phrase),
            bool(word) and (word.endswith("*") or (number == last and len(word) >= PREFIX_FROM)),
        )
        for number, (phrase, word) in enumerate(found, 1)
    ]


def fts_query(text: str | None) -> str:
    """The FTS5 query for what a reader typed: all words, in any order; the last matches as a prefix."""
    return " AND ".join(term.match for term in terms(text)) or FINDS_NOTHING

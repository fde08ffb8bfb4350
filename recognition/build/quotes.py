"""Finds the passage that holds a quote to the letter, and says what is wrong where there is none, or more than one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path

from .passages import Article, Passage
from .problems import SHOWN_AT_MOST, Problems, cut
from .reading import Register, Row

WORD = re.compile(r"\w+")
SHOWN = 4  # passages named in a message
QUOTED = 60  # characters of a difference
# Limits of the search for the nearest passage, whatever the article and the quote.
WORDS, LETTERS = 200, 2_000  # of the quote, and at the beginning of a passage twice as many
RARE_WORDS = 12  # words of the quote that are looked up
POSTINGS = 2_000  # passages looked at for each of them
CANDIDATES = 8  # passages compared with the quote word by word
ALIKE = 0.5  # of the quote's words must be in the passage


class Quotes:
    """The passages of an article by their words, to be searched for quotes."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self._holding: dict[str, list[int]] = defaultdict(list)  # word to places of passages, in order

    def find(
        self, quote: str, key: str, register: Path, line: int, problems: Problems, column: str = "quote"
    ) -> Passage | None:
        """The passage that holds `quote`: the one with this key, or the only one if `key` is empty.

        Otherwise None, and a problem for `line` of `register` says where the quote is, or which passage is nearest and
        how it differs.
        """
        named = self.article.by_key.get(key)
        if named is not None and quote in named.text:
            return named
        holding = self.holding(quote)
        if not key and len(holding) == 1:
            return holding[0]
        shown = len(problems) < SHOWN_AT_MOST  # what is not printed need not be explained
        reason = self.reason(quote, key, named, holding) if shown else "must be in exactly one passage"
        problems.add(register, line, f"{column} {reason}", quote)
        return None

    def find_each(self, register: Register, problems: Problems) -> Iterator[tuple[Row, Passage]]:
        """Yields the rows of a register whose quote is found, each with its passage; problems are added for the others.

        Of a damaged article none: a quote may be in lines that could not be parsed.
        """
        for row in register if not self.article.damaged else ():
            if not row["quote"]:
                continue  # registers.py has said so
            passage = self.find(row["quote"], row["passage"], register.path, row.line, problems)
            if passage is not None:
                yield row, passage

    def holding(self, quote: str) -> list[Passage]:
        """Every passage that has the quote to the letter, in the article's order."""
        passages = self.article.passages
        if not self._holding:
            for place, passage in enumerate(passages):
                for word in set(WORD.findall(passage.text)):
                    self._holding[word].append(place)
        # the first and the last word of a quote may be parts of words
        inner = WORD.findall(quote)[1:-1]
        rarest = min((self._holding.get(word, []) for word in inner), key=len, default=range(len(passages)))
        return [passages[place] for place in rarest if quote in passages[place].text]

    def reason(self, quote: str, key: str, named: Passage | None, holding: list[Passage]) -> str:
        """Why a quote has no passage, and what to do, as the end of a sentence."""
        if holding:
            places = ", ".join(map(self.place, holding[:SHOWN]))
            places += f" and {len(holding) - SHOWN} more" if len(holding) > SHOWN else ""
            if not key:
                return f"is in {len(holding)} passages: {places}; name one of them in column passage"
            there = f"is not in passage {cut(key, QUOTED)}" + ("" if named else ", which does not exist")
            return f"{there}; it is in {places}"
        if named:
            return f"is not in passage {self.place(named)}, {difference(quote, named.text)}"
        near = self.nearest(quote)
        if near is None:
            return "is in no passage to the letter, and no passage is like it; copy the article's words"
        return f"is in no passage to the letter; the nearest is {self.place(near)}, {difference(quote, near.text)}"

    def place(self, passage: Passage) -> str:
        return f"{passage.id} (line {passage.first_line} of {self.article.text.path.name})"

    def nearest(self, quote: str) -> Passage | None:
        """The passage that has most of the quote's words in their order; None where none has half of them."""
        words = sorted(set(WORD.findall(quote[:LETTERS])) & self._holding.keys())
        words.sort(key=lambda word: len(self._holding[word]))
        shared: Counter[int] = Counter()
        for word in words[:RARE_WORDS]:
            shared.update(islice(self._holding[word], POSTINGS))
        best, nearest = ALIKE, None
        for place, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]:
            wanted, _, matcher = compared(quote, self.article.passages[place].text)
            alike = sum(block.size for block in matcher.get_matching_blocks()) / len(wanted)
            if alike > best or (alike == best and nearest is None):
                best, nearest = alike, self.article.passages[place]
        return nearest


def compared(quote: str, text: str) -> tuple[list[str], list[str], SequenceMatcher[str]]:
    """The words of a quote, those of a text, and a comparison of the two; of long texts the beginning."""
    wanted = quote[:LETTERS].split()[:WORDS] or [""]
    given = text[: 2 * LETTERS].split()[: 2 * WORDS]
    return wanted, given, SequenceMatcher(None, wanted, given, autojunk=False)


def difference(quote: str, text: str) -> str:
    """The first difference between a quote and the text of a passage, as a relative clause about the passage."""
    wanted, given, matcher = compared(quote, text)
    for kind, first, last, begin, end in matcher.get_opcodes():
        if kind == "equal" or (kind == "insert" and first in (0, len(wanted))):
            continue  # the text may begin before the quote and end after it
        if first == 0:
            begin = max(begin, end - last)
        if last == len(wanted):
            end = min(end, begin + last - first)
        there, here = cut(" ".join(given[begin:end]), QUOTED), cut(" ".join(wanted[first:last]), QUOTED)
        if there and here:
            return f"which has {there!r} where the quote has {here!r}"
        return f"which also has {there!r} there" if there else f"which does not have {here!r} there"
    return "which has the same words with other spaces"

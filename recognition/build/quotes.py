"""Finds the passage that holds a quote to the letter, and says what is wrong where there is none, or more than one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path

from .passages import Article, Passage
from .problems import Problems, cut

WORD = re.compile(r"\w+")
SHOWN = 4  # passages named in a message
QUOTED = 60  # characters of a difference
# The search for the nearest passage looks at so much and no more, whatever the article and the quote.
WORDS = 200  # of the quote, and at the beginning of a passage twice as many
RARE_WORDS = 12  # words of the quote that are looked up
POSTINGS = 2_000  # passages looked at for each of them
CANDIDATES = 8  # passages compared with the quote word by word
ALIKE = 0.5  # of the quote's words have to be in the passage


class Quotes:
    """The passages of an article by their words, to be searched for quotes."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self._holding: dict[str, list[int]] = defaultdict(list)  # word to places of passages, in order

    def find(
        self, quote: str, key: str, register: Path, line: int, problems: Problems, column: str = "quote"
    ) -> Passage | None:
        """The passage that holds `quote`: the one with this key, or the only one if `key` is empty.

        Otherwise None, and a problem for `line` of `register` says where the quote is, or which passage is nearest.
        """
        holding = self.holding(quote)
        named = self.article.by_key.get(key)
        if named is not None and named in holding:
            return named
        if not key and len(holding) == 1:
            return holding[0]
        problems.add(register, line, f"{column} {self.reason(quote, key, named, holding)}", quote)
        return None

    def holding(self, quote: str) -> list[Passage]:
        """Every passage that has the quote to the letter, in the article's order."""
        if not self._holding:
            for place, passage in enumerate(self.article.passages):
                for word in set(WORD.findall(passage.text)):
                    self._holding[word].append(place)
        # the first and the last word of a quote may be parts of words
        lists = [self._holding.get(word, []) for word in WORD.findall(quote)[1:-1]]
        places: Iterable[int] = min(lists, key=len) if lists else range(len(self.article.passages))
        passages = self.article.passages
        return [passages[place] for place in places if quote in passages[place].text]

    def reason(self, quote: str, key: str, named: Passage | None, holding: list[Passage]) -> str:
        """Why a quote has no passage, and what to do, as the end of a sentence."""
        where = f"line {{}} of {self.article.text.path.name}"
        if holding:
            places = [f"{cut(p.id, QUOTED)} ({where.format(p.first_line)})" for p in holding[:SHOWN]]
            more = f" and {len(holding) - SHOWN} more" if len(holding) > SHOWN else ""
            if not key:
                return f"is in {len(holding)} passages: {', '.join(places)}{more}; name one of them in column passage"
            there = f"is not in passage {cut(key, QUOTED)}" if named else f"names a passage that is not there, {cut(key, QUOTED)}"
            return f"{there}; it is in {', '.join(places)}{more}"
        near = (named, difference(quote, named)) if named else self.nearest(quote)
        if near is None:
            return "is in no passage to the letter, and no passage is like it"
        passage, differs = near
        begins = f"is not in passage {passage.id}" if named else f"is in no passage to the letter; the nearest is {passage.id}"
        return f"{begins} ({where.format(passage.first_line)}), {differs}"

    def nearest(self, quote: str) -> tuple[Passage, str] | None:
        """The passage that has most of the quote's words in their order, and what differs; None where none has half."""
        words = sorted(set(WORD.findall(quote[: WORDS * 10])), key=lambda word: (len(self._holding.get(word, ())), word))
        shared: Counter[int] = Counter()
        for word in [word for word in words if word in self._holding][:RARE_WORDS]:
            shared.update(islice(self._holding[word], POSTINGS))
        best, nearest = ALIKE, None
        for place, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]:
            passage = self.article.passages[place]
            wanted, given, matcher = compared(quote, passage)
            alike = sum(block.size for block in matcher.get_matching_blocks()) / len(wanted)
            if alike >= best and (nearest is None or alike > best):
                best, nearest = alike, passage
        return (nearest, difference(quote, nearest)) if nearest else None


def compared(quote: str, passage: Passage) -> tuple[list[str], list[str], SequenceMatcher[str]]:
    """The words of a quote, those of a passage, both with what surrounds them, and a comparison of the two."""
    wanted = quote[: WORDS * 10].split()[:WORDS] or [quote[:QUOTED]]
    given = passage.text[: WORDS * 20].split()[: 2 * WORDS]
    return wanted, given, SequenceMatcher(None, wanted, given, autojunk=False)


def difference(quote: str, passage: Passage) -> str:
    """The first difference between a quote and the passage, as the end of a sentence."""
    wanted, given, matcher = compared(quote, passage)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal" and change[1:3] not in ((0, 0), (len(wanted),) * 2)]
    if not changes:
        return "which has the same words with other spaces between them"
    _, first, last, begin, end = changes[0]
    if first == 0:  # the passage may begin before the quote, and end after it
        begin = max(begin, end - last)
    if last == len(wanted):
        end = min(end, begin + last - first)
    there, here = cut(" ".join(given[begin:end]), QUOTED), cut(" ".join(wanted[first:last]), QUOTED)
    if not there:
        return f"which does not have {here!r} there"
    if not here:
        return f"which also has {there!r} there"
    return f"which has {there!r} where the quote has {here!r}"

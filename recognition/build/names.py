"""Maps names to country or organisation ids. Lookups and searches in prose match exactly; there is no fuzzy matching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

WORD = re.compile(r"\w+")


class Found(NamedTuple):
    """A name found in a text: where it begins, as it is printed there, and the id that it belongs to."""

    start: int
    name: str
    owner: str


class Names:
    """The id that each name belongs to; a name belongs to exactly one."""

    def __init__(self) -> None:
        self._owner: dict[str, str] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}  # of the names that begin with a word, the longest first
        self._initials: set[str] = set()
        self._candidate: re.Pattern[str] | None = None  # a word that begins as a name does

    def add(self, name: str, owner: str) -> None:
        """Adds `name`, which must be new, as a name of the id `owner`."""
        self._owner[name] = owner
        first_word = WORD.search(name)
        if first_word:
            lengths = self._lengths.get(first_word[0], ())
            if first_word[0][0] not in self._initials:
                self._initials.add(first_word[0][0])
                self._candidate = re.compile(rf"(?<!\w)[{''.join(sorted(self._initials))}]\w*")
            if len(name) not in lengths:
                self._lengths[first_word[0]] = tuple(sorted((*lengths, len(name)), reverse=True))

    def __contains__(self, name: str) -> bool:
        """Returns whether this exact name is known."""
        return name in self._owner

    def owner(self, name: str) -> str | None:
        """Returns the id that this exact name belongs to; None for an unknown name."""
        return self._owner.get(name)

    def find(self, text: str) -> Iterator[Found]:
        """Yields the names in `text` from left to right: whole words, the longest where several begin together.

        A name inside a longer one is not found again: 'New Utopia' is not a mention of Utopia.
        """
        end_of_last = 0
        for word in self._candidate.finditer(text) if self._candidate else ():
            start = word.start()
            if start < end_of_last:
                continue
            for length in self._lengths.get(word[0], ()):
                end = start + length
                name = text[start:end]
                if name in self._owner and not text[end : end + 1].isalnum():
                    yield Found(start, name, self._owner[name])
                    end_of_last = end
                    break

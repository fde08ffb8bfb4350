"""Keys made of words: the addresses of passages, counts and figures, which stay when other lines are inserted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from recognition.dates import folded

WORD = re.compile(r"[a-z0-9]+")
APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
SHORT = 8  # words; a text of so many is its own key
BEGINNING = 6  # words of a longer text that its key begins with
LONGEST = 80  # characters of a short text, and of the beginning of a longer one


def slug(text: str) -> str:
    """The words of a text in lowercase ASCII, joined by hyphens: 'The court's view' gives 'the-courts-view'."""
    text = APOSTROPHE.sub("", text)
    return "-".join(WORD.findall(text.lower() if text.isascii() else folded(text)))


def key_of(text: str, kind: str) -> str:
    """A key for a text: its words if they are few, else the first ones and four hex digits of a hash of all.

    `kind` says what the text is. It is the key of a text without words, with the hash where there are words but none
    in ASCII. It comes before a key of digits alone, which in the second edition was a line.
    """
    whole = slug(text)
    if not whole:
        return f"{slug(kind)}-{digits_of(text)}" if re.search(r"[^\W_]", text) else slug(kind)
    if whole.isdigit():
        return f"{slug(kind)}-{whole[:LONGEST]}"
    words = whole.split("-", SHORT)
    if len(words) <= SHORT and len(whole) <= LONGEST:
        return whole
    beginning = "-".join(words[:BEGINNING])[:LONGEST].rstrip("-")
    return f"{beginning}-{digits_of(whole)}"


def digits_of(text: str) -> str:
    """Four hex digits of a hash of the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:4]


def told_apart(keys: Iterable[str]) -> Iterator[str]:
    """The same keys in the same order; of equal ones the second ends in -2, the third in -3, and so on.

    A number that would make the key of another text is left out.
    """
    keys = list(keys)
    taken, times = set(keys), Counter[str]()
    for key in keys:
        times[key] += 1
        if times[key] == 1:
            yield key
            continue
        while f"{key}-{times[key]}" in taken:
            times[key] += 1
        yield f"{key}-{times[key]}"

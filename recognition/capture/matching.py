"""Finds which passage of the new capture is which of the present one: the same words, the same owner, or nearly the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from difflib import SequenceMatcher

from recognition.build.passages import Passage
from recognition.build.positions import ORGANISATIONS

from .editions import Capture
from .tables import Names

ALIKE = 0.5  # of the words of two passages; less is another passage
Passages = dict[str, Passage]  # passages of the new capture by the key of the present one


def match_passages(old: Capture, new: Capture, names: Names, places: dict[int, int]) -> Passages:
    """The passage of the new capture for each of the present one, by its key; those that are gone are left out.

    `places` are rows of the table of organisations: the present place by that in the new capture.
    """
    found: Passages = {}
    free: dict[str, Passage] = {passage.id: passage for passage in new.article.passages}

    def pair(was: Passage, now: Passage) -> None:
        if was.id not in found and now.id in free:
            found[was.id] = free.pop(now.id)

    owned(old, new, names, places, pair)
    by_words: dict[tuple[str, str, str], list[Passage]] = defaultdict(list)
    for passage in free.values():
        by_words[passage.section, passage.kind, passage.text].append(passage)
    for same_section in (True, False):
        for was in old.article.passages:
            if was.id in found:
                continue
            for (section, kind, text), passages in by_words.items():
                alike = kind == was.kind and text == was.text and (section == was.section or not same_section)
                left = [passage for passage in passages if passage.id in free]
                if alike and left:
                    pair(was, left[0])
                    break
    for was in old.article.passages:
        if was.id not in found and was.kind not in ("recognition", "statement"):
            near = nearest(was, [passage for passage in free.values() if passage.kind == was.kind])
            if near:
                pair(was, near)
    return found


def owned(
    old: Capture, new: Capture, names: Names, places: dict[int, int], pair: Callable[[Passage, Passage], None]
) -> None:
    """Pairs the passages of tables: rows of one country, statements of one country, rows of one organisation."""
    rows = {names.by_place.get((row.list, row.ordinal)): row for row in new.article.recognitions}
    for country, (row, _) in old.restored().items():
        if country in rows:
            pair(row.passage, rows[country].passage)
    now = new.owners()
    for country, statement in old.owners().items():
        if country in now:
            pair(statement.passage, now[country].passage)
    before = of_organisations(old)
    for (ordinal, kind), passage in of_organisations(new).items():
        was = before.get((places.get(ordinal, 0), kind))
        if was is not None:
            pair(was, passage)


def of_organisations(capture: Capture) -> dict[tuple[int, str], Passage]:
    """The passages of the table of organisations, by row and kind."""
    stated = {
        (one.ordinal, one.passage.kind): one.passage for one in capture.article.statements if one.list == ORGANISATIONS
    }
    return stated | {(ordinal, passage.kind): passage for passage, ordinal in capture.article.organisation_rows.items()}


def nearest(was: Passage, passages: list[Passage]) -> Passage | None:
    """The passage that has most of the words of another in their order; None where none has half of them."""
    words, best, found = was.text.split(), ALIKE, None
    for passage in passages:
        matcher = SequenceMatcher(None, words, passage.text.split(), autojunk=False)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
            best, found = matcher.ratio(), passage
    return found

"""Finds paragraphs and statements of the article that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

from .keys import slug
from .passages import Article, Passage

KINDS = ("paragraph", "statement")


def repeated_passages(article: Article) -> Iterator[tuple[Passage, Passage]]:
    """Yields each paragraph or statement that has the words of an earlier one, with that one; signs and capitals do not count."""
    first: dict[str, Passage] = {}
    for passage in article.passages:
        words = slug(passage.words)
        if passage.kind in KINDS and words and first.setdefault(words, passage) is not passage:
            yield passage, first[words]

"""Finds what a capture tells twice: a paragraph or a statement that stands in two places, or in other words nearly the same."""

from __future__ import annotations

from collections.abc import Iterator

from recognition.build.passages import Article, Passage
from recognition.build.repeated import repeated_passages


def paragraphs_twice(article: Article) -> Iterator[str]:
    """Yields a sentence for each paragraph or statement that repeats another one."""
    for passage, first in repeated_passages(article):
        yield f"line {passage.first_line} repeats line {first.first_line}: {shown(passage)}"


def shown(passage: Passage) -> str:
    """The words of a passage, in one line."""
    return passage.text.replace("\n", " ")

"""Patterns on lines of the article, and articles that an editor has changed; the rules of the parser are in tests/specimen."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

import build_db
from recognition.build.article import LINE_RULES
from recognition.build.article_tables import TABLE_RULES
from recognition.build.passages import LinePattern
from recognition.build.problems import Problems
from recognition.build.reading import read_article
from recognition.build.stated_figures import FIGURES

with (Path(__file__).parents[1] / "specimen/line_patterns.csv").open(newline="", encoding="utf-8") as opened:
    EXAMPLES = {row["pattern"]: row["example"] for row in csv.DictReader(opened)}


def name_of(pattern: LinePattern) -> str:
    return pattern.name


@pytest.fixture(scope="module")
def lines(root: Path) -> list[str]:
    """The lines of the article, and of the other one, which has names in its cells, as they are in the files."""
    articles = (root / "sources/article.txt", root / "tests/another/sources/article.txt")
    return [line for article in articles for line in article.read_bytes().decode().split("\n")]


def test_each_pattern_has_an_example_and_each_example_a_pattern() -> None:
    assert {pattern.name for pattern in [*LINE_RULES, *TABLE_RULES, *FIGURES]} == EXAMPLES.keys()


@pytest.mark.parametrize("pattern", LINE_RULES + TABLE_RULES, ids=name_of)
def test_a_pattern_for_lines_matches_its_example_which_is_a_line_of_the_article(
    pattern: LinePattern, lines: list[str], request: pytest.FixtureRequest
) -> None:
    if EXAMPLES[pattern.name] not in lines:
        request.getfixturevalue("edited_article")  # of which the examples are lines
    assert EXAMPLES[pattern.name] in lines
    assert pattern.pattern.fullmatch(EXAMPLES[pattern.name])


@pytest.mark.parametrize("pattern", LINE_RULES, ids=name_of)
def test_no_other_pattern_for_lines_matches_the_example(pattern: LinePattern) -> None:
    assert [other.name for other in LINE_RULES if other.pattern.match(EXAMPLES[pattern.name])] == [pattern.name]


@pytest.mark.parametrize("pattern", FIGURES, ids=name_of)
def test_a_pattern_for_figures_is_the_first_that_matches_its_example(
    pattern: LinePattern, lines: list[str], request: pytest.FixtureRequest
) -> None:
    example = EXAMPLES[pattern.name]
    if not any(example in line for line in lines):
        request.getfixturevalue("edited_article")  # of which the examples are parts of lines
    assert any(example in line for line in lines)
    assert next(first for first in FIGURES if first.pattern.fullmatch(example)) is pattern


# What an editor, a download or a file system does to a text without changing it.
HARMLESS: dict[str, Callable[[str], str]] = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "line ends of old Macs": lambda text: text.replace("\n", "\r"),
    "byte order mark": lambda text: "\ufeff" + text,
    "trailing spaces": lambda text: text.replace("\n", " \t\n") + "  ",
    "final line end": lambda text: text + "\n",
    "many final line ends": lambda text: text + "\r\n\r\n\n",
    "decomposed accents": lambda text: unicodedata.normalize("NFD", text),
    "all of it": lambda text: "\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "  \r\n") + "\r\n",
}


@pytest.mark.parametrize("change", HARMLESS)
def test_what_an_editor_does_to_the_file_is_read_as_the_very_same_text(change: str, sources_copy: Path) -> None:
    problems = Problems()
    file = sources_copy / "article.txt"
    received, text = file.read_bytes(), read_article(sources_copy, problems)
    assert text and not received.endswith(b"\n")  # as it was received: a missing final line end is the original
    file.write_bytes(HARMLESS[change](received.decode()).encode())
    assert file.read_bytes() != received
    assert read_article(sources_copy, problems) == text and not len(problems)


def test_all_that_an_editor_does_to_the_file_gives_the_very_same_database(
    sources_copy: Path, built: Path, tmp_path: Path
) -> None:
    file = sources_copy / "article.txt"
    file.write_bytes(HARMLESS["all of it"](file.read_bytes().decode()).encode())
    build_db.build(sources_copy, tmp_path / "recognition.db")
    assert (tmp_path / "recognition.db").read_bytes() == built.read_bytes()


def test_a_text_received_with_a_final_line_end_may_lose_it(sources_copy: Path, seal: Callable[[Path], None]) -> None:
    problems = Problems()
    file = sources_copy / "article.txt"
    received = file.read_bytes()
    file.write_bytes(received + b"\n")
    seal(sources_copy)
    with_it = read_article(sources_copy, problems)
    file.write_bytes(received)
    assert with_it and read_article(sources_copy, problems) == with_it and not len(problems)

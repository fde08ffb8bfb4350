"""The parser: patterns on lines of the article, blocks of tests/specimen/, and files that an editor has changed."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import build_db
from recognition.build.article import LINE_RULES, parse_article
from recognition.build.article_tables import TABLE_RULES
from recognition.build.passages import Article, LinePattern, Passage
from recognition.build.problems import BuildRefused, Problems
from recognition.build.reading import Register, Row, Text
from recognition.build.registers import Registers
from recognition.build.stated_figures import FIGURES

SPECIMEN = Path(__file__).parent / "specimen"
with (SPECIMEN / "line_patterns.csv").open(newline="", encoding="utf-8") as opened:
    EXAMPLES = {row["pattern"]: row["example"] for row in csv.DictReader(opened)}
OUTLINE = {"id": 0, "title": 1, "level": 2, "content": 3, "list": 4}
HEADINGS = ("Title", "Section")


def name_of(pattern: LinePattern) -> str:
    return pattern.name


@pytest.fixture(scope="module")
def lines(root: Path) -> list[str]:
    """The lines of the article as they are in the file, read without the parser."""
    return (root / "sources/article.txt").read_bytes().decode().split("\n")


def test_each_pattern_has_an_example_and_each_example_a_pattern() -> None:
    assert {pattern.name for pattern in [*LINE_RULES, *TABLE_RULES, *FIGURES]} == EXAMPLES.keys()


@pytest.mark.parametrize("pattern", LINE_RULES + TABLE_RULES, ids=name_of)
def test_a_pattern_for_lines_matches_its_example_which_is_a_line_of_the_article(
    pattern: LinePattern, lines: list[str]
) -> None:
    assert EXAMPLES[pattern.name] in lines
    assert pattern.pattern.fullmatch(EXAMPLES[pattern.name])


@pytest.mark.parametrize("pattern", LINE_RULES, ids=name_of)
def test_no_other_pattern_for_lines_matches_the_example(pattern: LinePattern) -> None:
    assert [other.name for other in LINE_RULES if other.pattern.match(EXAMPLES[pattern.name])] == [pattern.name]


@pytest.mark.parametrize("pattern", FIGURES, ids=name_of)
def test_a_pattern_for_figures_is_the_first_that_matches_its_example(pattern: LinePattern, lines: list[str]) -> None:
    example = EXAMPLES[pattern.name]
    assert any(example in line for line in lines)
    assert next(first for first in FIGURES if first.pattern.fullmatch(example)) is pattern


def blocks() -> Iterator[tuple[str, list[str]]]:
    for block in (SPECIMEN / "blocks.txt").read_text("utf-8").split("\n= ")[1:]:
        title, *rest = block.rstrip().split("\n")
        yield title, rest


def parsed(content: str, list_: str, body: list[str]) -> Article:
    """The article of a title and one section with these lines. Raises BuildRefused."""
    rows = [
        Row(2, OUTLINE, ("title", "Title", "0", "prose", "")),
        Row(3, OUTLINE, ("it", "Section", "1", content, list_)),
    ]
    registers = Registers(SPECIMEN, {"outline": Register(SPECIMEN / "outline.csv", rows, "", 3)})
    problems = Problems()
    article = parse_article(Text(SPECIMEN / "article.txt", [*HEADINGS, *body], ""), registers, problems)
    problems.refuse_if_any()
    return article


def described(article: Article, passage: Passage) -> str:
    """A passage as blocks.txt has it: kind, key, and what was read from it."""
    found = [f"{passage.kind} {passage.id}"]
    for row in article.recognitions:
        if row.passage is passage:
            dates = " ".join(filter(None, (row.recognised_on, row.withdrawn_on)))
            found.append(f"{row.list} {row.ordinal}, number {row.printed_number}, {dates}, below {row.date_passage.id}")
    found += [f"{s.list} {s.ordinal}, {s.name}: {s.text}" for s in article.statements if s.passage is passage]
    for listing in article.member_lists:
        if listing.passage is passage:
            members = ", ".join(" ".join(filter(None, member)) for member in listing.members)
            found.append(f"row {listing.article_row}: {members}")
    return " | ".join(found)


def read_block(block: list[str]) -> tuple[list[str], list[str]]:
    """(what the parser makes of a block, what the block says that it makes)."""
    (content, *list_), end = block[0].split(), block.index("--")
    try:
        article = parsed(content, "".join(list_), block[1:end])
        made = [described(article, passage) for passage in article.passages[len(HEADINGS) :]]
    except BuildRefused as refused:
        text = [*HEADINGS, *block[1:end]]
        made = [f"! {problem.reason}: {text[problem.line - 1]}" for problem in refused.problems]
    return made, block[end + 1 :]


@pytest.mark.parametrize("block", [pytest.param(block, id=title) for title, block in blocks()])
def test_a_block_of_lines_becomes_passages(block: list[str]) -> None:
    made, expected = read_block(block)
    assert made == expected


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
def test_what_an_editor_does_to_the_file_gives_the_very_same_database(
    change: str, sources_copy: Path, built: Path, tmp_path: Path
) -> None:
    file = sources_copy / "article.txt"
    received = file.read_bytes()
    assert not received.endswith(b"\n")  # as it was received: a missing final line end is the original
    file.write_bytes(HARMLESS[change](received.decode()).encode())
    assert file.read_bytes() != received
    output = tmp_path / "recognition.db"
    build_db.build(sources_copy, output)
    assert hashlib.sha256(output.read_bytes()).hexdigest() == hashlib.sha256(built.read_bytes()).hexdigest()


def test_a_text_received_with_a_final_line_end_may_lose_it(
    sources_copy: Path, seal: Callable[[Path], None], tmp_path: Path
) -> None:
    file = sources_copy / "article.txt"
    received = file.read_bytes()
    file.write_bytes(received + b"\n")
    seal(sources_copy)
    build_db.build(sources_copy, tmp_path / "with.db")
    file.write_bytes(received)
    build_db.build(sources_copy, tmp_path / "without.db")
    assert (tmp_path / "with.db").read_bytes() == (tmp_path / "without.db").read_bytes()

"""Finds every number that the article's sentences state, other than dates, and says what it counts where a pattern knows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from recognition.dates import MONTH

from .article_tables import STATED_COUNT
from .keys import key_of, told_apart
from .names import Found
from .passages import Article, LinePattern, Passage, line_pattern
from .problems import Problems
from .registers import Registers

NUMBER = re.compile(r"\d+")
# Dates and years are not counts; neither is the mark-up of an image.
PASSED_OVER = re.compile(
    rf"(?:{MONTH}) \d{{1,2}}, \d{{4}}|\d{{1,2}} (?:{MONTH}) \d{{4}}|(?<!Resolution )\b(?:19|20)\d\d\b|width = \d+"
)
MOST_NUMBERS = 300_000  # in the sentences of an article; what has more is no article, and would fill the memory
TOO_LONG = re.compile(r"\d{19,}")  # more digits than the database keeps
# The look-arounds stop the search from trying again inside a long number, which would take the square of its length.
FIRST, TOTAL = r"(?<!\d)(?P<first>\d{1,18})(?!\d)", r"(?P<total>\d{1,18})(?!\d)"
FIGURES: list[LinePattern] = [
    STATED_COUNT,
    line_pattern("share", rf"{FIRST} out of {TOTAL} countries in (?:the )?"),
    line_pattern("total", rf"\(total members {TOTAL}\)"),
    line_pattern("vote", rf"a vote of {FIRST} to {TOTAL}"),
    line_pattern("threshold", rf"{FIRST}/{TOTAL} of the member countries"),
    line_pattern("percentage", rf"{FIRST}%"),
    line_pattern("resolution", rf"Resolution {FIRST}"),
    line_pattern("other", FIRST),
]
*FORMS, BARE = ((form.name, form.pattern) for form in FIGURES)


@dataclass(frozen=True)
class Figure:
    """A number or pair of numbers in a passage; `kind` says what it is, `organisation` whose members it counts, if any."""

    kind: str
    label: str | None
    first: int | None
    total: int | None
    organisation: str | None
    quote: str
    passage: Passage
    line: int


def find_figures(article: Article, registers: Registers, problems: Problems) -> list[Figure]:
    """The figures of every paragraph, image caption, statement and member list of the article, in order.

    A count stated in the table of organisations that member_lists.csv does not know, or a row of
    member_lists.csv that no stated count meets, is added to `problems`.
    """
    kinds = {"paragraph", "image", "statement", "member list"}
    figures: list[Figure] = []
    numbers = 0
    for passage in article.passages:
        if passage.kind in kinds and (here := len(NUMBER.findall(passage.text))):
            numbers += here
            if numbers > MOST_NUMBERS:
                problems.add(
                    article.text.path,
                    passage.first_line,
                    f"more than {MOST_NUMBERS:,} numbers up to this line; restore the article from the repository",
                )
                problems.refuse_if_any()
            figures += figures_in(passage, article.organisation_rows.get(passage), registers)
            for number in TOO_LONG.finditer(passage.text):
                line = passage.first_line + passage.text.count("\n", 0, number.start())
                problems.add(article.text.path, line, "number has more than 18 digits; shorten it", number[0])
    check_labels(article, figures, registers, problems)
    return figures


def figures_in(passage: Passage, article_row: int | None, registers: Registers) -> Iterator[Figure]:
    """The figures of one passage from left to right; each number is taken by the first pattern that knows it."""
    taken = bytearray(len(passage.text))  # 1 for each character of what was taken
    found: list[tuple[str, re.Match[str]]] = []
    # specific patterns first, then dates, then bare numbers: a date must not be taken for a number
    for name, pattern in [*FORMS, (None, PASSED_OVER), BARE]:
        for match in pattern.finditer(passage.text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                if name:
                    found.append((name, match))
    organisations = list(registers.organisation_names.find(passage.text)) if found else []
    line, before = passage.first_line, 0
    for kind, match in sorted(found, key=lambda item: item[1].start()):
        line += passage.text.count("\n", before, match.start())
        before = match.start()
        yield figure_of(kind, match, line, passage, article_row, organisations, registers)


def figure_of(
    kind: str, match: re.Match[str], line: int, passage: Passage, article_row: int | None, named_here: list[Found],
    registers: Registers,
) -> Figure:  # fmt: skip
    """The figure that a match states, with the organisation whose members it counts.

    `named_here` are the organisations that the passage names, from left to right. A stated count is of the
    organisation that member_lists.csv names for its row and label, a share of the organisation named right
    behind it, a total of the one named last before it.
    """
    named = match.groupdict()
    organisation, quote = None, match[0]
    if kind == STATED_COUNT.name:
        organisation = labelled_organisations(registers).get((str(article_row), named["label"]))
    elif kind == "share":
        behind = bisect_left(named_here, match.end(), key=lambda name: name.start)
        if behind < len(named_here) and named_here[behind].start == match.end():
            organisation, quote = named_here[behind].owner, quote + named_here[behind].name
    elif kind == "total":
        behind = bisect_left(named_here, match.start(), key=lambda name: name.start)
        organisation = named_here[behind - 1].owner if behind else None
    first, total = (int(named[key]) if named.get(key) else None for key in ("first", "total"))
    return Figure(kind, named.get("label"), first, total, organisation, quote, passage, line)


def labelled_organisations(registers: Registers) -> dict[tuple[str, str], str]:
    """Which organisation a stated count is about, by its row in the table and its label."""
    return {(row["article_row"], row["label"]): row["organisation"] for row in registers["member_lists"]}


def check_labels(article: Article, figures: list[Figure], registers: Registers, problems: Problems) -> None:
    """Hold the stated counts against member_lists.csv, both ways."""
    stated = {
        (str(article.organisation_rows.get(figure.passage)), figure.label)
        for figure in figures
        if figure.kind == STATED_COUNT.name
    }
    register = registers["member_lists"]
    seen: set[tuple[str, int, str | None]] = set()
    for figure in figures:
        if figure.organisation and figure.kind in (STATED_COUNT.name, "share", "total"):
            count = figure.organisation, figure.line, figure.label
            if count in seen:
                problems.add(
                    article.text.path,
                    figure.line,
                    "the line states this count already; take one of them out",
                    figure.quote,
                )
            seen.add(count)
        if figure.kind in (STATED_COUNT.name, "share") and (figure.first or 0) > (figure.total or 0):
            problems.add(
                article.text.path,
                figure.line,
                "more members recognise than there are; correct one of the numbers",
                figure.quote,
            )
        if figure.kind == STATED_COUNT.name and figure.organisation is None:
            reason = f"stated count has no row in {register.path.name}; add it"
            problems.add(article.text.path, figure.passage.first_line, reason, figure.quote)
    for row in register if not article.damaged else ():
        if (row["article_row"], row["label"]) not in stated:
            reason = f"row {row['article_row']} of the article's table of organisations states no such count; correct the row, or delete it"
            problems.add(register.path, row.line, reason, row["label"])


def figure_rows(figures: list[Figure]) -> Iterator[dict[str, object]]:
    """Rows of table `stated_figures`, each with a key of its words and, if they do not say it, what it is about."""
    keys = told_apart(figure_key(figure) for figure in figures)
    for key, figure in zip(keys, figures):
        yield {
            "id": key,
            "kind": figure.kind,
            "label": figure.label,
            "first": figure.first,
            "total": figure.total,
            "organisation_id": figure.organisation,
            "quote": figure.quote,
            "passage_id": figure.passage.id,
        }


def figure_key(figure: Figure) -> str:
    """'eu-member-states-22-27', 'percentage-100', 'resolution-1244'."""
    about, words = figure.organisation or figure.kind, key_of(figure.quote, figure.kind)
    return words if about in words.split("-") else f"{about}-{words}".replace(" ", "-")

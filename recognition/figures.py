"""Finds every number that the article's sentences state, other than dates, and says what it counts where a pattern knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .article import Article, Passage, Rule, rule
from .dates import MONTH
from .problems import Problems
from .registers import Registers
from .tables import STATED_COUNT

DIGIT = re.compile(r"\d")
# Dates and years are not counts; neither is the mark-up of an image.
PASSED_OVER = re.compile(
    rf"(?:{MONTH}) \d{{1,2}}, \d{{4}}|\d{{1,2}} (?:{MONTH}) \d{{4}}|(?<!Resolution )\b(?:19|20)\d\d\b|width = \d+"
)
# Words around these numbers say what they count: 1930 in '(1040 / 1930)' is no year.
COUNTS: list[Rule] = [
    STATED_COUNT,
    rule("share", r"(?P<first>\d+) out of (?P<total>\d+) countries in (?:the )?",
         "22 out of 27 countries in the "),
    rule("total", r"\(total members (?P<total>\d+)\)", "(total members 193)"),
]  # fmt: skip
FIGURES: list[Rule] = [
    *COUNTS,
    rule("vote", r"a vote of (?P<first>\d+) to (?P<total>\d+)", "a vote of 10 to 4"),
    rule("threshold", r"(?P<first>\d+)/(?P<total>\d+) of the member countries", "2/3 of the member countries"),
    rule("percentage", r"(?P<first>\d+)%", "100%"),
    rule("resolution", r"Resolution (?P<first>\d+)", "Resolution 1244"),
    rule("other", r"(?P<first>\d+)", "2"),
]


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


def find_figures(article: Article, registers: Registers, problems: Problems) -> list[Figure]:
    """The figures of every paragraph, image caption, statement and member list of the article, in order.

    A count stated in the table of organisations that member_lists.csv does not know, or a row of
    member_lists.csv that no stated count meets, is added to `problems`.
    """
    kinds = {"paragraph", "image", "statement", "member list"}
    figures = [
        figure
        for passage in article.passages
        if passage.kind in kinds and DIGIT.search(passage.text)
        for figure in figures_in(passage, article.organisation_rows.get(passage.id), registers)
    ]
    check_labels(article, figures, registers, problems)
    return figures


def figures_in(passage: Passage, article_row: int | None, registers: Registers) -> Iterator[Figure]:
    """The figures of one passage from left to right; each number is taken by the first pattern that knows it."""
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Figure]] = []

    def free(match: re.Match) -> bool:
        return not any(start < match.end() and match.start() < end for start, end in taken)

    for pattern in FIGURES:
        if pattern is FIGURES[len(COUNTS)]:
            taken += [match.span() for match in PASSED_OVER.finditer(passage.text) if free(match)]
        for match in filter(free, pattern.pattern.finditer(passage.text)):
            taken.append(match.span())
            found.append((match.start(), figure_of(pattern.name, match, passage, article_row, registers)))
    return (figure for _, figure in sorted(found, key=lambda item: item[0]))


def figure_of(kind: str, match: re.Match, passage: Passage, article_row: int | None, registers: Registers) -> Figure:
    """The figure that a match states, with the organisation whose members it counts.

    A stated count is of the organisation that member_lists.csv names for its row and label, a share of the
    organisation named right behind it, a total of the one named last before it.
    """
    named = match.groupdict()
    organisation, quote = None, match[0]
    if kind == STATED_COUNT.name:
        organisation = labelled_organisations(registers).get((str(article_row), named["label"]))
    elif kind == "share":
        within = next(registers.organisation_names.find(passage.text[match.end() :]), None)
        if within and within.start == 0:
            organisation, quote = within.owner, quote + within.name
    elif kind == "total":
        before = list(registers.organisation_names.find(passage.text[: match.start()]))
        organisation = before[-1].owner if before else None
    first, total = (int(named[key]) if named.get(key) else None for key in ("first", "total"))
    return Figure(kind, named.get("label"), first, total, organisation, quote, passage)


def labelled_organisations(registers: Registers) -> dict[tuple[str, str], str]:
    """Which organisation a stated count is about, by its row in the table and its label."""
    return {(row["article_row"], row["label"]): row["organisation"] for row in registers["member_lists"]}


def check_labels(article: Article, figures: list[Figure], registers: Registers, problems: Problems) -> None:
    """Hold the stated counts against member_lists.csv, both ways."""
    stated = {
        (str(article.organisation_rows.get(figure.passage.id)), figure.label)
        for figure in figures
        if figure.kind == STATED_COUNT.name
    }
    register = registers["member_lists"]
    for figure in figures:
        if figure.kind in (STATED_COUNT.name, "share") and figure.first > figure.total:
            problems.add(article.text.path, line_of(figure), "more members recognise than there are", figure.quote)
        if figure.kind == STATED_COUNT.name and figure.organisation is None:
            reason = f"stated count has no row in {register.path.name}"
            problems.add(article.text.path, figure.passage.first_line, reason, figure.quote)
    for row in register if not article.damaged else ():
        if (row["article_row"], row["label"]) not in stated:
            reason = f"row {row['article_row']} of the table of organisations states no such count"
            problems.add(register.path, row.line, reason, row["label"])


def line_of(figure: Figure) -> int:
    """The line of the article on which a figure stands."""
    return figure.passage.first_line + figure.passage.text[: figure.passage.text.index(figure.quote)].count("\n")

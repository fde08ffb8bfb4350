"""The parser on the real article: each rule takes its example, each line is taken once, nothing is lost or invented."""

import hashlib
import re
import unicodedata
from collections import Counter

import pytest

import build_db
from recognition.build.article import LINE_RULES, parse_article
from recognition.build.stated_figures import FIGURES, find_figures
from recognition.build.problems import Problems
from recognition.build.registers import read_registers
from recognition.build.reading import read_article
from recognition.build.article_tables import STATED_COUNT, TABLE_RULES

# section, its parent, line of its heading
SECTIONS = [
    ("title", None, 1),
    ("contents", "title", 6),
    ("independence", "title", 9),
    ("why-countries-disagree", "independence", 11),
    ("working-together", "independence", 20),
    ("court", "independence", 27),
    ("recognisers", "independence", 30),
    ("un-recognisers", "recognisers", 32),
    ("non-un-recognisers", "recognisers", 244),
    ("withdrawals", "recognisers", 254),
    ("non-recognisers", "independence", 289),
    ("un-non-recognisers", "non-recognisers", 291),
    ("other-groups", "non-recognisers", 453),
    ("organisations", "title", 473),
]
PASSAGES = {
    "title": 1,
    "heading": 13,
    "contents": 2,
    "paragraph": 36,
    "image": 1,
    "table header": 6,
    "recognition": 117,
    "statement": 100,
    "member list": 8,
}
# row of the organisations' table, line of the list, members, marked †, marked ‡, first and last member
MEMBER_LISTS = [
    (1, 480, 22, 14, 0, ("Algeria", None), ("Yemen", "†")),
    (2, 485, 15, 9, 1, ("Antigua and Barbuda", "†"), ("Trinidad and Tobago", None)),
    (3, 490, 46, 34, 0, ("Albania", "†"), ("United Kingdom", "†")),
    (5, 496, 27, 22, 0, ("Austria", "†"), ("Sweden", "†")),
    (8, 503, 32, 28, 0, ("Albania", "†"), ("United States", "†")),
    (9, 508, 57, 34, 0, ("Afghanistan", "†"), ("Yemen", "†")),
    (10, 513, 56, 36, 0, ("Albania", "†"), ("Vatican City", None)),
    (11, 517, 5, 3, 0, ("China", None), ("United States", "†")),
]
# first line of the passage, kind, label, first number, second number, organisation, words
STATED_FIGURES = [
    (4, "share", None, 22, 27, "eu", "22 out of 27 countries in the European Union"),
    (4, "share", None, 28, 32, "nato", "28 out of 32 countries in NATO"),
    (16, "total", None, None, 193, "un", "(total members 193)"),
    (23, "percentage", None, 100, None, None, "100%"),
    (29, "vote", None, 10, 4, None, "a vote of 10 to 4"),
    (369, "resolution", None, 1244, None, None, "Resolution 1244"),
    (479, "stated count", "Member states", 14, 22, "arab-league", "Member states (14 / 22)"),
    (484, "stated count", "Member states", 10, 15, "caricom", "Member states (10 / 15)"),
    (487, "threshold", None, 2, 3, None, "2/3 of the member countries"),
    (489, "stated count", "Member states", 34, 46, "council-of-europe", "Member states (34 / 46)"),
    (495, "stated count", "Member states", 22, 27, "eu", "Member states (22 / 27)"),
    (495, "stated count", "Candidates", 4, 5, "eu", "Candidates (4 / 5)"),
    (502, "stated count", "Member states", 28, 32, "nato", "Member states (28 / 32)"),
    (502, "stated count", "Candidates", 0, 1, "nato", "Candidates (0 / 1)"),
    (507, "stated count", "Member states", 34, 57, "oic", "Member states (34 / 57)"),
    (512, "stated count", "Member states", 36, 56, "osce", "Member states (36 / 56)"),
    (515, "stated count", "Member states", 104, 193, "un", "Member states (104 / 193)"),
    (
        515, "stated count", "Permanent members of Security Council", 3, 5,
        "un-security-council", "Permanent members of Security Council (3 / 5)",
    ),
]  # fmt: skip
DATES = r"\b(?:19|20)\d\d\b|\b(?:January|July|October) \d{1,2}(?=,)|(?<=width = )\d+"  # digits that are no figure


@pytest.fixture(scope="module")
def problems():
    return Problems()


@pytest.fixture(scope="module")
def registers(root, problems):
    return read_registers(root / "sources", problems)


@pytest.fixture(scope="module")
def article(root, registers, problems):
    return parse_article(read_article(root / "sources", problems), registers, problems)


@pytest.fixture(scope="module")
def lines(root):
    """The lines of the article as they stand in the file, read without the parser."""
    return (root / "sources/article.txt").read_bytes().decode().split("\n")


def test_the_article_has_no_problem(article, problems):
    problems.refuse_if_any()


@pytest.mark.parametrize("rule", LINE_RULES + TABLE_RULES, ids=lambda rule: rule.name)
def test_a_rule_for_lines_takes_its_example_which_is_a_line_of_the_article(rule, lines):
    assert rule.example in lines
    assert rule.pattern.fullmatch(rule.example)


@pytest.mark.parametrize("rule", LINE_RULES, ids=lambda rule: rule.name)
def test_no_other_rule_for_lines_takes_the_example(rule):
    assert [other.name for other in LINE_RULES if other.pattern.match(rule.example)] == [rule.name]


@pytest.mark.parametrize("rule", FIGURES, ids=lambda rule: rule.name)
def test_a_rule_for_figures_takes_its_example_which_stands_in_a_line_and_no_rule_before_it_does(rule, lines):
    assert any(rule.example in line for line in lines)
    assert next(first for first in FIGURES if first.pattern.fullmatch(rule.example)) is rule


def test_the_stated_count_is_one_rule_for_tables_and_figures():
    assert STATED_COUNT in TABLE_RULES
    assert STATED_COUNT in FIGURES


def test_every_line_that_is_not_blank_is_in_exactly_one_passage(article, lines):
    taken = Counter(number for p in article.passages for number in range(p.first_line, p.last_line + 1))
    assert taken == Counter(number for number, line in enumerate(lines, 1) if line.strip())
    assert len(lines) == 521
    assert len(taken) == 520  # line 2 is blank


def test_a_passage_is_its_lines_to_the_letter(article, lines):
    for passage in article.passages:
        assert passage.text == "\n".join(lines[passage.first_line - 1 : passage.last_line]), passage.first_line


def test_the_passages_together_are_the_article(article, lines):
    assert [line for passage in article.passages for line in passage.text.split("\n")] == lines[:1] + lines[2:]


def test_sections_stand_where_the_outline_puts_them(article):
    assert [(section.id, section.parent, section.heading.number) for section in article.sections] == SECTIONS


def test_passages_of_each_kind(article):
    assert Counter(passage.kind for passage in article.passages) == PASSAGES


def test_rows_of_each_table_of_recognitions(article):
    assert Counter(row.list for row in article.recognitions) == {"un": 104, "non_un": 3, "withdrawn": 10}
    for name, rows in {"un": 104, "non_un": 3, "withdrawn": 10}.items():
        assert [row.ordinal for row in article.recognitions if row.list == name] == list(range(1, rows + 1))


def test_rows_below_a_shared_date_have_the_date_and_range_of_the_row_that_prints_them(article):
    shared = [
        (row.ordinal, row.printed_number, row.recognised_on, row.passage.first_line, row.date_passage.first_line)
        for row in article.recognitions
        if row.passage != row.date_passage
    ]
    assert shared == [
        (3, "2–8", "2008-02-18", 40, 38),
        (4, "2–8", "2008-02-18", 42, 38),
        (5, "2–8", "2008-02-18", 44, 38),
        (6, "2–8", "2008-02-18", 46, 38),
        (7, "2–8", "2008-02-18", 48, 38),
        (8, "2–8", "2008-02-18", 50, 38),
        (11, "10–11", "2008-02-20", 56, 54),
        (13, "12–15", "2008-02-21", 60, 58),
        (14, "12–15", "2008-02-21", 62, 58),
        (15, "12–15", "2008-02-21", 64, 58),
        (23, None, "2008-03-04", 80, 78),  # '22' and '24' are printed without a range
        (25, None, "2008-03-05", 84, 82),
        (28, "27–28", "2008-03-18", 90, 88),
        (30, "29–31", "2008-03-19", 94, 92),
        (31, "29–31", "2008-03-19", 96, 92),
        (35, "34–35", "2008-03-28", 104, 102),
        (48, "47–48", "2008-10-09", 130, 128),
    ]


def test_statements_of_each_list(article):
    statements = Counter(statement.list for statement in article.statements)
    assert statements == {"not_recognising": 79, "other_groups": 8, "organisations": 13}


def test_only_five_statements_still_have_the_name_of_their_row(article):
    assert [(statement.ordinal, statement.name) for statement in article.statements if statement.name] == [
        (4, "European Bank for Reconstruction and Development (EBRD)"),
        (6, "International Monetary Fund (IMF)"),
        (7, "Interpol"),
        (12, "World Bank"),
        (13, "World Customs Organization"),
    ]


def test_member_lists(article):
    assert [
        (
            found.article_row, found.line, len(found.members),
            sum(mark == "†" for _, mark in found.members), sum(mark == "‡" for _, mark in found.members),
            found.members[0], found.members[-1],
        )
        for found in article.member_lists
    ] == MEMBER_LISTS  # fmt: skip


def test_a_member_list_is_its_line_to_the_letter(article, lines):
    for found in article.member_lists:
        printed = " • ".join(f"{name} {mark}" if mark else name for name, mark in found.members)
        assert printed == lines[found.line - 1]


def test_every_figure_of_the_text(article, registers, problems):
    assert [
        (f.passage.first_line, f.kind, f.label, f.first, f.total, f.organisation, f.quote)
        for f in find_figures(article, registers, problems)
    ] == STATED_FIGURES
    problems.refuse_if_any()


def test_every_digit_of_a_sentence_is_in_a_date_or_in_a_figure(article):
    for passage in article.passages:
        if passage.kind in ("paragraph", "image", "statement", "member list"):
            left = re.sub(DATES, "", passage.text)
            for line, *_, words in STATED_FIGURES:
                if line == passage.first_line:
                    assert left.count(words) == 1, words
                    left = left.replace(words, "")
            assert not re.search(r"\d", left), left


def test_each_contested_paragraph_is_a_passage(article, lines):
    contested = [p for p in article.passages if 279 <= p.first_line <= 288]
    assert [(p.section, p.kind, p.first_line, p.last_line, p.text) for p in contested] == [
        ("withdrawals", "paragraph", number, number, lines[number - 1]) for number in range(279, 289)
    ]
    assert [p.text.split(".")[0] for p in contested] == [
        "Serbia's government has claimed that more countries have withdrawn their recognition",
        "For example, Ghana recognized Kosovo in 2012",
        "The Comoros recognized Kosovo in 2009",
        "In 2018, Serbia claimed Lesotho withdrew its recognition",
        "Guinea-Bissau withdrew recognition in 2017 but then changed its mind in 2018",
        "After reports of withdrawal in 2018, Liberia officially stated that these reports were false",
        "Suriname recognized Kosovo in 2016",
        "Serbia claimed in 2019 that Palau withdrew its recognition",
        "There have been confusing reports about Oman",
        "In 2023, Serbia's president claimed nine more countries had withdrawn recognition",
    ]


# What an editor, a download or a file system does to a text without changing it.
HARMLESS = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "line ends of old Macs": lambda text: text.replace("\n", "\r"),
    "byte order mark": lambda text: "\ufeff" + text,
    "trailing blanks": lambda text: text.replace("\n", " \t\n") + "  ",
    "final line end": lambda text: text + "\n",
    "many final line ends": lambda text: text + "\r\n\r\n\n",
    "decomposed accents": lambda text: unicodedata.normalize("NFD", text),
    "all of it": lambda text: "\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "  \r\n") + "\r\n",
}


@pytest.mark.parametrize("change", HARMLESS)
def test_what_an_editor_does_to_the_file_gives_the_very_same_database(change, sources_copy, built, tmp_path):
    file = sources_copy / "article.txt"
    received = file.read_bytes()
    assert not received.endswith(b"\n")  # as it was received: a missing final line end is the original
    file.write_bytes(HARMLESS[change](received.decode()).encode())
    assert file.read_bytes() != received
    output = tmp_path / "recognition.db"
    build_db.build(sources_copy, output)
    assert hashlib.sha256(output.read_bytes()).hexdigest() == hashlib.sha256(built.read_bytes()).hexdigest()


def test_a_text_received_with_a_final_line_end_may_lose_it(sources_copy, seal, tmp_path):
    file = sources_copy / "article.txt"
    received = file.read_bytes()
    file.write_bytes(received + b"\n")
    seal(sources_copy)
    build_db.build(sources_copy, tmp_path / "with.db")
    file.write_bytes(received)
    build_db.build(sources_copy, tmp_path / "without.db")
    assert (tmp_path / "with.db").read_bytes() == (tmp_path / "without.db").read_bytes()

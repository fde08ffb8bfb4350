"""Damaged sources are refused with file, line and reason, one case for each kind of damage; nothing is ever guessed."""

import hashlib
import sqlite3
import subprocess
import sys

import pytest

import build_db
from recognition.build.problems import BuildRefused
from tests.damage.articles import OUTLINE, STRAY_LINES, TABLES, TRUNCATED, UNREADABLE
from tests.damage.changes import ARTICLE, all_of, edited, inserted, line, without, words
from tests.damage.facts import NAMES, QUOTES_AND_COUNTS, RESTORED
from tests.damage.registers import DESCRIPTIONS, REGISTERS, ROWS
from tests.earlier_build import OLD, contents

KINDS = [
    UNREADABLE, TRUNCATED, OUTLINE, STRAY_LINES, TABLES, NAMES, RESTORED, QUOTES_AND_COUNTS, REGISTERS, DESCRIPTIONS, ROWS,
]  # fmt: skip
DAMAGES = {name: case for kind in KINDS for name, case in kind.items()}


def refusal(folder, output):
    """The lines that a refused build prints, with the files named as they are inside the folder."""
    with pytest.raises(BuildRefused) as refused:
        build_db.build(folder, output)
    return refused.value.report().replace(f"{folder}/", "").split("\n")


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_refused_with_file_line_and_reason(name, sources_copy, seal, tmp_path):
    damage, expected = DAMAGES[name]
    damage(sources_copy)
    if (sources_copy / ARTICLE).exists() and "README.md" not in expected[0]:
        seal(sources_copy)
    assert refusal(sources_copy, tmp_path / "recognition.db") == expected
    assert [path.name for path in tmp_path.iterdir()] == ["sources"]


def test_every_damage_has_a_name_of_its_own():
    assert sorted(DAMAGES) == sorted(name for kind in KINDS for name in kind)


def test_a_changed_text_is_refused_by_its_checksum_even_where_every_rule_takes_it(sources_copy, tmp_path):
    before = hashlib.sha256((sources_copy / ARTICLE).read_bytes()).hexdigest()
    words(19, "Cyprus", "Malta")(sources_copy)
    after = hashlib.sha256((sources_copy / ARTICLE).read_bytes()).hexdigest()
    assert refusal(sources_copy, tmp_path / "recognition.db") == [
        f"article.txt: the text is not the one recorded in README.md (sha256 {after}, recorded {before}); "
        "restore the file, or, if it is another edition, record its checksum in README.md",
    ]


def test_damages_of_different_kinds_are_reported_together_in_the_order_of_files_and_lines(sources_copy, tmp_path):
    recorded = hashlib.sha256((sources_copy / ARTICLE).read_bytes()).hexdigest()
    for damage in (
        words(480, "Qatar †", "Qatar §"),
        words(480, "Algeria", "Atlantis"),
        line(53, "31 February 2008 |"),
        line(13, "advertisement"),
        words(342, "Eritrea", "It"),
        line(518, "| |"),
        words(3, ",represented,", ",represents,", "marks.csv"),
        line(2, "abkhazia,Abkhasia", "country_names.csv"),
        inserted(3, "albania,Afghanistan,former", "country_names.csv"),
        words(3, "2013-07-01", "1 July 2013", "membership_changes.csv"),
        words(4, "border-regions", "border-region", "theme_phrases.csv"),
    ):
        damage(sources_copy)
    found = hashlib.sha256((sources_copy / ARTICLE).read_bytes()).hexdigest()
    assert refusal(sources_copy, tmp_path / "recognition.db") == [
        f"article.txt: the text is not the one recorded in README.md (sha256 {found}, recorded {recorded}); "
        "restore the file, or, if it is another edition, record its checksum in README.md",
        "article.txt:13: no rule takes this line of section 'Why Countries Disagree': 'advertisement'",
        "article.txt:53: not a date such as '17 February 2008': '31 February 2008'",
        "article.txt:342: statement names no country of countries.csv or country_names.csv: "
        "'It has not decided whether to recognize Kosovo.'",
        "article.txt:480: member is not in the registers of names: 'Atlantis'",
        "article.txt:480: mark '§' has no meaning in marks.csv: 'Qatar §'",
        "article.txt:515: an organisation's row must be its position, its stated counts, one list of members and "
        "a closing '|': '![]() | Russia asked for an emergency meeting of the UN Security Council when Kosovo "
        "declared independence. But the coun…'",
        "country_names.csv:2: row has 2 cells, header has 3: 'abkhazia,Abkhasia'",
        "country_names.csv:3: the name belongs to 'afghanistan' already: 'Afghanistan'",
        "marks.csv:3: effect must be one of: recognises, represented: 'represents'",
        "membership_changes.csv:3: joined must be a date as YYYY-MM-DD: '1 July 2013'",
        "theme_phrases.csv:4: theme is not an id of themes.csv: 'border-region'",
    ]


def test_a_wrong_file_prints_a_hundred_problems_and_says_how_many_more(sources_copy, seal, tmp_path):
    edited(lambda lines: lines.__setitem__(slice(13, 13), ["advertisement"] * 150))(sources_copy)
    seal(sources_copy)
    printed = refusal(sources_copy, tmp_path / "recognition.db")
    assert printed[:100] == [
        f"article.txt:{number}: no rule takes this line of section 'Why Countries Disagree': 'advertisement'"
        for number in range(14, 114)
    ]
    assert printed[100:] == ["… and 50 more"]


DISAGREEING = {
    "stated count": (
        words(495, "(22 / 27)", "(23 / 27)"),
        {"count-article-eu-line-495": "The article states 'Member states (23 / 27)'; its own tables give 22."},
    ),
    "stated total": (
        words(495, "(22 / 27)", "(22 / 28)"),
        {"total-article-eu-line-495": "The article states 28 members; 27 are known."},
    ),
    "mark lost": (
        words(496, "Austria †", "Austria"),
        {"marks-eu": "21 of 27 listed members are marked; 1 marks disagree with the tables of recognitions."},
    ),
    "mark added": (
        words(496, "Spain", "Spain †"),
        {
            "marks-eu": "23 of 27 listed members are marked; 1 marks disagree with the tables of recognitions.",
            "marks-together": "76 different states are marked † in a list of members; "
            "1 of them do not stand among the recognisers.",
        },
    ),
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_what_the_article_says_against_itself_is_not_damage_but_stands_in_the_audit(
    name, sources_copy, seal, tmp_path, db
):
    damage, expected = DISAGREEING[name]
    damage(sources_copy)
    seal(sources_copy)
    build_db.build(sources_copy, tmp_path / "recognition.db")
    differing = "select id, finding from audit where outcome = 'differs'"
    connection = sqlite3.connect(tmp_path / "recognition.db")
    assert dict(set(connection.execute(differing)) - set(db.execute(differing))) == expected
    connection.close()


COMMAND_LINE = {
    "stray line": (
        line(13, "advertisement"),
        ["{sources}/article.txt:13: no rule takes this line of section 'Why Countries Disagree': 'advertisement'"],
    ),
    "two problems": (
        all_of(line(53, "31 February 2008 |"), words(480, "Qatar †", "Qatar §")),
        [
            "{sources}/article.txt:53: not a date such as '17 February 2008': '31 February 2008'",
            "{sources}/article.txt:480: mark '§' has no meaning in marks.csv: 'Qatar §'",
        ],
    ),
    "NUL": (
        line(13, "In\0dia"),
        [r"{sources}/article.txt:13: control character '\x00'; this is not plain text: 'In\x00dia'"],
    ),
    "missing": (without(ARTICLE), ["{sources}/article.txt: file is missing; restore it from the repository"]),
}


def printed_by(expected, sources):
    problems = f"recognition.db was not built: {len(expected)} problem(s) in the sources"
    return "".join(f"{text}\n" for text in [*(text.replace("{sources}", str(sources)) for text in expected), problems])


@pytest.mark.parametrize("name", COMMAND_LINE)
def test_main_prints_each_problem_and_leaves_the_old_files_alone(name, sources_copy, seal, folder, capsys):
    damage, expected = COMMAND_LINE[name]
    damage(sources_copy)
    if (sources_copy / ARTICLE).exists():
        seal(sources_copy)
    status = build_db.main(["--sources", str(sources_copy), "--output", str(folder / "recognition.db")])
    assert (status, *capsys.readouterr()) == (1, "", printed_by(expected, sources_copy))
    assert contents(folder) == OLD


def test_the_command_ends_with_status_1_and_no_traceback(root, sources_copy, seal, folder):
    damage, expected = COMMAND_LINE["two problems"]
    damage(sources_copy)
    seal(sources_copy)
    ended = subprocess.run(
        [sys.executable, root / "build_db.py", "--sources", sources_copy, "--output", folder / "recognition.db"],
        capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", printed_by(expected, sources_copy))
    assert contents(folder) == OLD

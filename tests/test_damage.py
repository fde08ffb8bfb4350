"""Damaged sources are refused with file, line and reason, one case for each kind of damage; nothing is ever guessed."""

import hashlib
import subprocess
import sys

import pytest

import build_db
from recognition.build.problems import BuildRefused
from tests.damage.changes import ARTICLE, Damage, all_of, inserted, line, replaced, without, words
from tests.damage.registers import REGISTERS
from tests.damage.unreadable import UNREADABLE
from tests.earlier_build import OLD, contents

DAMAGES = {**UNREADABLE, **REGISTERS}
ANOTHER_TEXT = (
    "article.txt: the text is not the one recorded in README.md (sha256 {found}, recorded {recorded}); "
    "restore the file, or, if it is another edition, record its checksum in README.md"
)
INDIA = "In 2008, Russia, China, and India asked Serbia and Kosovo to talk more to find a solution."
FIRST_DATE = "17 February 2008 |"
QATAR = "Oman † • Palestine • Qatar † • Saudi Arabia † • Somalia"


def refusal(folder, output):
    """The lines that a refused build prints, with the files named as they are inside the folder."""
    with pytest.raises(BuildRefused) as refused:
        build_db.build(folder, output)
    return refused.value.report().replace(f"{folder}/", "").split("\n")


def line_with(folder, text):
    """The number of the first line of the article that holds this text."""
    lines = (folder / ARTICLE).read_text("utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_refused_with_file_line_and_reason(name, sources_copy, seal, tmp_path):
    damage, expected = DAMAGES[name]
    damage(sources_copy)
    if (sources_copy / ARTICLE).exists() and "README.md" not in expected[0]:
        seal(sources_copy)
    assert refusal(sources_copy, tmp_path / "recognition.db") == expected
    assert [path.name for path in tmp_path.iterdir()] == ["sources"]


def checksum(folder):
    return hashlib.sha256((folder / ARTICLE).read_bytes()).hexdigest()


def test_damages_of_different_kinds_are_reported_together_in_the_order_of_files_and_lines(sources_copy, tmp_path):
    recorded = checksum(sources_copy)
    for damage in (
        replaced(INDIA, "advertisement"),
        replaced(FIRST_DATE, "31 February 2008 |"),
        replaced("Eritrea", "It"),
        replaced(QATAR, QATAR.replace("Qatar †", "Qatar §")),
        words(3, ",represented,", ",represents,", "marks.csv"),
        line(2, "abkhazia,Abkhasia", "country_names.csv"),
        inserted(3, "albania,Afghanistan,former", "country_names.csv"),
        words(4, "border-regions", "border-region", "theme_phrases.csv"),
    ):
        damage(sources_copy)
    at = {
        text: f"article.txt:{line_with(sources_copy, text)}"
        for text in ("advertisement", "31 Feb", "It has", "Qatar §")
    }
    assert refusal(sources_copy, tmp_path / "recognition.db") == [
        ANOTHER_TEXT.format(found=checksum(sources_copy), recorded=recorded),
        f"{at['advertisement']}: no rule takes this line of section 'Why Countries Disagree': 'advertisement'",
        f"{at['31 Feb']}: not a date such as '17 February 2008': '31 February 2008'",
        f"{at['It has']}: statement names no country of countries.csv or country_names.csv: "
        "'It has not decided whether to recognize Kosovo.'",
        f"{at['Qatar §']}: mark '§' has no meaning in marks.csv: 'Qatar §'",
        "country_names.csv:2: row has 2 cells, header has 3: 'abkhazia,Abkhasia'",
        "country_names.csv:3: the name belongs to 'afghanistan' already: 'Afghanistan'",
        "marks.csv:3: effect must be one of: recognises, represented: 'represents'",
        "theme_phrases.csv:4: theme is not an id of themes.csv: 'border-region'",
    ]


def test_a_wrong_file_prints_a_hundred_problems_and_says_how_many_more(sources_copy, seal, tmp_path):
    replaced(INDIA, "\n".join([INDIA, *["advertisement"] * 150]))(sources_copy)
    seal(sources_copy)
    printed = refusal(sources_copy, tmp_path / "recognition.db")
    first = line_with(sources_copy, "advertisement")
    assert printed[:100] == [
        f"article.txt:{number}: no rule takes this line of section 'Why Countries Disagree': 'advertisement'"
        for number in range(first, first + 100)
    ]
    assert printed[100:] == ["… and 50 more"]


STRAY = "{sources}/article.txt:{line}: no rule takes this line of section 'Why Countries Disagree': 'advertisement'"
COMMAND_LINE: dict[str, tuple[Damage, list[str]]] = {
    "stray line": (replaced(INDIA, "advertisement"), [STRAY]),
    "two problems": (
        all_of(replaced(INDIA, "advertisement"), words(3, ",represented,", ",represents,", "marks.csv")),
        [STRAY, "{sources}/marks.csv:3: effect must be one of: recognises, represented: 'represents'"],
    ),
    "missing": (without(ARTICLE), ["{sources}/article.txt: file is missing; restore it from the repository"]),
}


def printed_by(expected, sources):
    line = line_with(sources, "advertisement") if (sources / ARTICLE).exists() else 0
    problems = f"recognition.db was not built: {len(expected)} problem(s) in the sources"
    return "".join(f"{text}\n" for text in [*(text.format(sources=sources, line=line) for text in expected), problems])


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

"""Damaged sources are refused with file, line and reason, one case for each kind of damage; nothing is ever guessed."""

import pytest

import build_db
from recognition.build.problems import BuildRefused
from tests.damage.changes import ARTICLE, replaced
from tests.damage.descriptions import CELLS, DESCRIPTIONS
from tests.damage.unreadable import UNREADABLE

DAMAGES = {**UNREADABLE, **DESCRIPTIONS, **CELLS}
HEADING = "Why Countries Disagree"


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


def test_a_wrong_file_prints_a_hundred_problems_and_says_how_many_more(sources_copy, seal, tmp_path):
    replaced(f"{HEADING}\n", "\n".join([HEADING, *["advertisement"] * 150, ""]))(sources_copy)
    seal(sources_copy)
    printed = refusal(sources_copy, tmp_path / "recognition.db")
    first = line_with(sources_copy, "advertisement")
    assert printed[:100] == [
        f"article.txt:{number}: no rule takes this line of section '{HEADING}'; mend the text, or the parser: 'advertisement'"
        for number in range(first, first + 100)
    ]
    assert printed[100:] == ["… and 50 more"]

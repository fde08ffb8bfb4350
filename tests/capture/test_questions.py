"""What a new capture cannot say is asked, on the small article of tests/specimen; and what the command says of mistakes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from recognition.capture.__main__ import main
from recognition.capture.comparing import compare
from recognition.capture.editions import Capture, present, text_of

from .captures import replaced

KENYA = "![]() |\nKenya has not recognized Freedonia. |\n"
FOURTH = "4 | ![]() |\n1 May 2012 |\n"


@pytest.fixture(scope="module")
def sources(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "sources"
    shutil.copytree(root / "sources", folder)
    shutil.copytree(root / "tests/specimen/sources", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def old(sources: Path) -> Capture:
    return present(sources)


# What is changed in the article, and what is said of it: the beginnings of questions, of edits, of moves or of texts to read.
CASES: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "a day that is another": (
        [("1 May 2012 |", "2 May 2012 |")],
        ["Row 4 of list 'un' (line 21, 2 May 2012) has no sure name. Is it Lesotho: the row in its place had another day?"],
    ),
    "one of two with the same day is gone": (
        [("2–3 | ![]() |\n20 March 2010 |\n![]() |\n||\n4 |", "2 | ![]() |\n20 March 2010 |\n3 |")],
        ["Row 2 of list 'un' (line 17, 20 March 2010) has no sure name. Which country is it? Left for it: Iceland, United Kingdom."],
    ),
    "a state that withdrew": (
        [(FOURTH, ""), ("3 June 2010 | 7 November 2019 |\n", "3 June 2010 | 7 November 2019 |\n2 | ![]() |\n1 May 2012 | 16 October 2018 |\n")],
        [
            "Lesotho is in list 'withdrawn' now, and was in 'un'",
            "restored_names 5: Lesotho: row 4 of un is row 2 of withdrawn",
            "No document is about Lesotho's withdrawal of 16 October 2018, which the table has now. Do these, on claims of it, bear it out?",
        ],
    ),
    "a withdrawal that is no longer listed": (
        [("1 | ![]() |\n3 June 2010 | 7 November 2019 |\n", "1 | ![]() |\n1 May 2012 | 7 November 2019 |\n"), 
         (FOURTH, "4 | ![]() |\n3 June 2010 |\n")],
        [
            "Ghana is in list 'un' now, and was in 'withdrawn'",
            "The tables no longer have Ghana's withdrawal of 7 November 2019, on which these rows rest: event_records.csv:8.",
        ],
    ),
    "an act of which updates.csv has another day": (
        [(KENYA, ""), (FOURTH, f"{FOURTH}5 | ![]() |\n27 March 2025 |\n")],
        ["Row 5 of list 'un' (line 23, 27 March 2025) has no sure name. Is it Kenya: no other country is left for it?"],
    ),
    "an organisation that is gone": (
        [("Bank of All | Freedonia became a member of the Bank of All in 2013. |\n", "")],
        ["The table of organisations no longer has Bank of All. Does it leave the article's organisations?"],
    ),
    "an organisation that is new": (
        [("Bank of All |", "Bank of None | It has no view. |\nBank of All |")],
        ["Row 2 of the table of organisations (line 60) is of none that is known: It has no view. Which organisation is it?",
         "organisations 4: its row of the article's table is row 3"],
    ),
    "a count that is new": (
        [("Candidates (0 / 1)", "Observers (0 / 1)")],
        ["Row 1 of the table of organisations states a count that member_lists.csv does not have: 'Observers (0 / 1)' (line 57)"],
    ),
    "a member that no register has": (
        [("• Spain", "• Atlantis • Spain")],
        ["Line 58 lists 'Atlantis', a name that no register has. Is it a new name of a country, or a new country?"],
    ),
    "a statement of nobody": (
        [(KENYA, "![]() |\nAtlantis has not recognized Freedonia. |\n")],
        ["The statement of line 43 names no country that has none yet: 'Atlantis has not recognized Freedonia.'. Whose is it?",
         "Kenya has no statement any more"],
    ),
    "a heading that is new": (
        [("Others Who Recognize It\n", "What Came Later\nNothing came.\nOthers Who Recognize It\n")],
        ["Line 23 is like a heading that outline.csv does not have: 'What Came Later'. Is it one, of level 1 and with prose?"],
    ),
    "a heading that is gone": (
        [("Why They Differ\n", "")],
        ["The heading 'Why They Differ' is not in the capture. Is the section gone?"],
    ),
    "a heading with another name": (
        [("Why They Differ\n", "The Reasons\n")],
        ["The heading 'Why They Differ' is gone. Is 'The Reasons' (line 7) its new name?"],
    ),
    "a line that nothing takes": (
        [("One other group has a view.", "one other group has a view.")],
        ["Line 46 is not read: no rule takes this line of section 'Other Groups'; mend the text, or the parser: 'one other group has a view.'."],
    ),
    "a paragraph that stands twice": (
        [("One other group has a view.", "Some may have changed their minds.")],
        ["twice: line 46 repeats line 30: Some may have changed their minds."],
    ),
    "words on which a theme rests": (
        [("Spain believes international laws must be followed.", "Spain believes that the international laws should be followed.")],
        ["'international laws must be followed' is 'international laws should be followed' now (line 41). Does position_themes.csv:3 still hold?",
         "line 41 has 'that the international laws should' where line 41 had 'international laws must'."],
    ),
    "words with other signs": (
        [("In 2018, some reports said", "In 2018 some reports said")],
        ["events 2: the same words with other signs"],
    ),
    "a sentence in another paragraph": (
        [("In 2018, some reports said that Lesotho withdrew its recognition. ", ""),
         ("One other group has a view.", "One other group has a view. In 2018, some reports said that Lesotho withdrew its recognition.")],
        ["line 36 has '' where line 36 had 'In 2018, some reports said that Lesotho withdrew its recognition.'."],
    ),
    "a row that prints its country": (
        [(FOURTH, "4 | Lesotho |\n1 May 2012 |\n")],
        ["restored_names 5: the row prints its country"],
    ),
    "a row that prints a name that no register has": (
        [(FOURTH, "4 | Atlantis |\n1 May 2012 |\n")],
        ["Row 4 of list 'un' (line 21, 1 May 2012) prints 'Atlantis', a name that no register has. Is it Lesotho, whose day it is?"],
    ),
}  # fmt: skip


def captured(sources: Path, folder: Path, *pairs: tuple[str, str]) -> Path:
    """A file in the folder with the text of the small article, with other words in place of some."""
    path = folder / "new.txt"
    path.write_text(replaced((sources / "article.txt").read_text("utf-8"), *pairs), "utf-8")
    return path


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_of_a_change(name: str, sources: Path, old: Capture, tmp_path: Path) -> None:
    pairs, expected = CASES[name]
    plan, _ = compare(old, text_of(captured(sources, tmp_path, *pairs)))
    said = [question.text for question in plan.questions] + plan.moved + plan.to_read
    said += [f"{edit.register} {edit.line}: {edit.why}" for edit in plan.edits]
    for beginning in expected:
        assert any(text.startswith(beginning) for text in said), "\n".join(said)


def test_the_command_prints_the_work_in_order_and_writes_sources_that_build(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "written"
    new = captured(sources, tmp_path, (KENYA, ""), (FOURTH, f"{FOURTH}5 | ![]() |\n26 March 2025 |\n"))
    assert main([str(new), "--sources", str(sources), "--write", str(target)]) == 0
    lines = capsys.readouterr().out.split("\n")
    parts = [line for line in lines if line.isupper() or line.startswith("READ AGAIN")]
    assert parts == [
        "THE SAME",
        "MOVED, NEW OR GONE",
        "ROWS THAT CHANGE",
        "READ AGAIN (texts of ours that may not be true any more; lines of the present sources)",
    ]
    assert "      un,5,5,2025-03-26,,Kenya,record,high,,,exact,,,," in lines
    assert "With these rows the sources build." in lines
    assert f"Written: {target}. Try it: .venv/bin/python build_db.py --check --sources {target}" in lines
    assert main([str(new), "--sources", str(target)]) == 0, "held against what it wrote, nothing changes"
    assert "\nMOVED" not in capsys.readouterr().out


def test_rows_that_only_have_another_number_are_told_together(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = captured(
        sources,
        tmp_path,
        (KENYA, ""),
        ("2–3 | ![]() |\n20 March 2010 |", "2 | ![]() |\n26 March 2009 |\n3–4 | ![]() |\n20 March 2010 |"),
        (FOURTH, "5 | ![]() |\n1 May 2012 |\n"),
    )
    assert main([str(new), "--sources", str(sources)]) == 1
    assert "restored_names.csv: 3 rows that only have another place or number (lines 3 to 5" in capsys.readouterr().out
    assert main([str(new), "--sources", str(sources), "--rows"]) == 1
    assert "un,5,5,2012-05-01,,Lesotho,record,high" in capsys.readouterr().out


def test_one_row_that_only_has_another_number_is_printed_and_what_is_left_names_files_that_stay(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = captured(
        sources,
        tmp_path,
        (KENYA, ""),
        (FOURTH, "4 | ![]() |\n26 March 2011 |\n5 | ![]() |\n1 May 2012 |\n"),
    )
    assert main([str(new), "--sources", str(sources)]) == 1
    work, left = capsys.readouterr().out.split("\nLEFT TO DO BY HAND")
    assert "un,5,5,2012-05-01,,Lesotho,record,high" in work
    asked, *problems = left.splitlines()[1:]
    assert asked == "  (a yes to a question above may do some of it)"
    assert problems and all(line.startswith(("  article.txt:", "  restored_names.csv")) for line in problems)


def test_the_command_says_what_is_wrong_with_what_it_is_given(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article, given = sources / "article.txt", ["--sources", str(sources)]
    empty = tmp_path / "empty.txt"
    empty.touch()
    for arguments, said in (
        (
            [str(article), *given, "--write", str(tmp_path)],
            "is there already; name a new folder with --write, or remove it",
        ),
        ([str(article), *given, "--yes", "7"], "there is no question 7"),
        ([str(tmp_path / "none.txt"), *given], "none.txt: file is missing; name the text file of the new capture\n"),
        ([str(empty), *given], "file is empty"),
        ([str(article), "--sources", str(tmp_path / "nowhere")], "The present sources do not build"),
    ):
        assert main(arguments) == 1
        printed = capsys.readouterr()
        assert said in printed.err and not printed.out


def test_what_was_read_again_once_is_not_told_of_the_same_capture(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kenya's recognition of 26 March 2025 is not in the tables, although one prints a later day."""
    target = tmp_path / "written"
    new = captured(sources, tmp_path, ("3 June 2010 | 7 November 2019 |", "3 June 2010 | 7 November 2025 |"))
    main([str(new), "--sources", str(sources), "--write", str(target)])
    assert "the article was not kept up" in capsys.readouterr().out
    assert main([str(new), "--sources", str(target)]) == 0
    assert "READ AGAIN" not in capsys.readouterr().out

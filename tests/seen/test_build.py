"""What the build prints, of a database that it made and of sources that it refuses, is as it was accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import build_db
from tests.damage.changes import Damage, replaced, without

from .reading_order import masked


def emptied(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


REFUSED: dict[str, list[Damage]] = {
    "another_article": [replaced("17 February 2008 |", "18 February 2008 |")],
    "no_files": [emptied],
    "a_file_missing": [without("marks.csv")],
    "a_quote_that_is_nowhere": [
        replaced("The country of Kosovo declared", "The nation of Kosovo declared", "events.csv")
    ],
    "several_mistakes": [
        replaced("LB,UN member,Europe,", "LB,UN membre,Europe,", "countries.csv"),
        replaced(",2012-02-17,,,Kosovo", ",2012-02-30,,,Kosovo", "published_counts.csv"),
        replaced("UN member,,not a member", "UN member,,guest", "organisations.csv"),
    ],
}


def printed(capsys: pytest.CaptureFixture[str], sources: Path, folder: Path) -> str:
    """The command's status and what it prints, without the folders of this machine."""
    status = build_db.main(["--sources", str(sources), "--output", str(folder / "recognition.db")])
    out, err = capsys.readouterr()
    text = masked(f"status {status}\n\n{out}{err}")
    return text.replace(f"{sources}/", "sources/").replace(f"{folder}/", "")


def test_the_summary_of_a_build(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: SnapshotAssertion
) -> None:
    assert printed(capsys, root / "sources", tmp_path) == kept(name="summary")


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal(
    name: str, sources_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: SnapshotAssertion
) -> None:
    for change in REFUSED[name]:
        change(sources_copy)
    assert printed(capsys, sources_copy, tmp_path) == kept(name=name)

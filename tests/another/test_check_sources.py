"""make check-sources: what a build would say of the sources, without one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import build_db

from .assembled import assembled


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembled(root, tmp_path_factory.mktemp("messages") / "sources")


def test_sources_are_checked_without_a_build(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build_db.main(["--check", "--sources", str(folder)]) == 0
    assert re.search(
        r"sources: nothing is wrong with \d+ registers with \d+ rows and the article \(\d+\.\d s\)\n$",
        capsys.readouterr().out,
    )
    sources = Path(shutil.copytree(folder, tmp_path / "sources"))
    (sources / "themes.csv").write_text("id,title\n", "utf-8")
    assert build_db.main(["--check", "--sources", str(sources)]) == 1
    said = capsys.readouterr()
    assert (
        not said.out
        and "themes.csv:1: columns must be" in said.err
        and "cannot be built: 1 problem(s) in the sources" in said.err
    )
    assert build_db.main(["--check", "--sources", str(tmp_path / "nowhere")]) == 1
    assert "is no folder; name the folder of the sources with --sources" in capsys.readouterr().err

"""The rules of the build: what each file of tests/specimen says must come of a change of the sources comes of it.

Those of tests/specimen/rules are about the small article, those of tests/specimen/real about the real sources, those of
tests/specimen/another about the sources of tests/another.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import build_db
from recognition.build.problems import BuildRefused
from tests.another.assembled import assembled

from .cases import Case, changed, fits, read_cases

HERE = Path(__file__).parent
FILES = {
    f"{file.parent.name}/{file.stem}": read_cases(file)
    for file in sorted(HERE.glob("*/*.txt"))
    if file.parent.name != "sources"
}
CASES = [(name, number) for name, (_, cases) in FILES.items() for number in range(len(cases))]


@pytest.fixture(scope="module")
def specimen(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the small article; the registers that it has not of its own are those of the real one."""
    folder = tmp_path_factory.mktemp("specimen") / "sources"
    shutil.copytree(root / "sources", folder)
    shutil.copytree(HERE / "sources", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def another(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of another article, with registers of its own alone."""
    return assembled(root, tmp_path_factory.mktemp("another") / "sources")


def answers(case: Case, sources: Path, output: Path) -> list[list[str]]:
    """What the build says or what the database answers, for each thing that the case asks."""
    try:
        build_db.build(sources, output)
    except BuildRefused as refused:
        said = [line.replace(f"{sources}/", "") for line in refused.report().splitlines()]
        return [said if asked == "refused" else ["(refused)", *said] for asked in case.asked]
    with closing(sqlite3.connect(output)) as connection:
        return [
            ["(built)"] if sql == "refused" else [" | ".join(map(shown, row)) for row in connection.execute(sql)]
            for sql in case.asked
        ]


def shown(cell: object) -> str:
    return "–" if cell is None else str(cell).replace("\n", " ⏎ ")


@pytest.mark.parametrize(
    ("name", "number"), CASES, ids=[f"{name}: {FILES[name][1][number].title}" for name, number in CASES]
)
def test_a_rule(
    name: str,
    number: int,
    root: Path,
    specimen: Path,
    another: Path,
    seal: Callable[[Path], None],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    rule, cases = FILES[name]
    case = cases[number]
    base = {"real": root / "sources", "another": another}.get(name.split("/")[0], specimen)
    sources = Path(shutil.copytree(base, tmp_path / "sources"))
    if base == root / "sources" and not fits(sources, case.hunks):
        request.getfixturevalue("edited_article")  # whose lines the case changes
    changed(sources, case.hunks)
    seal(sources)
    found = answers(case, sources, tmp_path / "recognition.db")
    if request.config.option.update_snapshots:
        case.expected = found
        text = "\n\n".join([rule, *(one.written(one.expected) for one in cases)]) + "\n"
        (HERE / f"{name}.txt").write_text(text, "utf-8")
    assert case.written(found) == case.written(case.expected)


def test_each_refusal_says_what_to_do() -> None:
    """It says what must be, has the next step behind a semicolon, or shows the words that the article has."""
    refusals = {
        line.removesuffix(line[line.rfind(": '") :] if line.endswith("'") else "")
        for _, cases in FILES.values()
        for case in cases
        for asked, expected in zip(case.asked, case.expected)
        if asked == "refused"
        for line in expected
    }
    told = re.compile(r"\b(must|needs?)\b|; |it is in |, which (has|also has|does not have) ")
    assert len(refusals) > 150
    assert [line for line in refusals if not told.search(line)] == []

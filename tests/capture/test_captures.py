"""New captures of the real article: what is sure is written, what is not is asked, and with the answers the sources build."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

import build_db
from recognition.build.problems import Problems
from recognition.build.registers import read_registers
from recognition.capture.comparing import compare, write_sources
from recognition.capture.editions import Capture, present, refusals, text_of
from recognition.capture.plan import Plan
from recognition.capture.report import report

from .captures import CAPTURES


class Tried(NamedTuple):
    """A capture that was held against the sources: its plan, and the sources written with each yes, with the build's problems."""

    plan: Plan
    left: list[str]
    written: Path


@pytest.fixture(scope="module")
def old(root: Path) -> Capture:
    return present(root / "sources")


@pytest.fixture(scope="module")
def tried(root: Path, edited_article: Path, old: Capture, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tried]:
    found = {}
    article = edited_article.read_text("utf-8")
    for name, edited in CAPTURES.items():
        folder = tmp_path_factory.mktemp("capture")
        path = folder / "new.txt"
        path.write_text(edited(article), "utf-8")
        text = text_of(path)
        plan, _ = compare(old, text)
        answered = plan.with_answers(number for number, question in enumerate(plan.questions, 1) if question.edits)
        target = folder / "sources"
        write_sources(root / "sources", target, path, old, answered, text.sha256)
        left = [str(problem).removeprefix(f"{target}/") for problem in refusals(target)]
        found[name] = Tried(plan, left, target)
    return found


def test_the_present_capture_changes_nothing(root: Path, old: Capture) -> None:
    plan, _ = compare(old, text_of(root / "sources/article.txt"))
    assert (plan.edits, plan.questions, plan.moved, plan.to_read) == ([], [], [], [])
    assert plan.same[-1].startswith("written on or after ")


# How many rows of each register change of themselves, how many questions are left, and what is left after each yes.
EXPECTED: dict[str, tuple[dict[str, int], int, list[str]]] = {
    "rows moved": ({"restored_names": 6, "updates": 1, "events": 2, "position_themes": 2, "former_keys": 10, "sources": 1}, 4, []),
    "rows added": (
        {"restored_names": 3, "updates": 3, "events": 2, "position_themes": 7, "former_keys": 14, "sources": 1},
        2,
        ["event_records.csv: no row is about this event; each needs a record: 'mongolia-2026-recognition'"],
    ),
    "sentences changed": ({"events": 4, "former_keys": 11, "sources": 1}, 5, []),
    "section reordered": ({"organisations": 12, "member_lists": 11, "former_keys": 2}, 1, []),
    "names in the cells": ({"restored_names": 117}, 2, []),
}  # fmt: skip


@pytest.mark.parametrize("name", CAPTURES)
def test_what_is_sure_is_written_and_what_is_left_is_asked(name: str, tried: dict[str, Tried]) -> None:
    edits, questions, left = EXPECTED[name]
    plan, after, _ = tried[name]
    assert Counter(edit.register for edit in plan.edits) == edits
    assert len(plan.questions) == questions
    assert after == left


def test_a_state_that_moved_takes_its_updates_along(root: Path, tried: dict[str, Tried], tmp_path: Path) -> None:
    """Its recognition is told once, with the documents that it had in updates.csv, by the database that is built of it."""
    output = tmp_path / "recognition.db"
    build_db.publish(tried["rows moved"].written, output)
    with closing(sqlite3.connect(output)) as db:
        told = db.execute(
            "select title, source_id, records from events where country_id = 'kenya' and kind = 'recognition'"
        ).fetchall()
        assert [(title, source) for title, source, _ in told] == [("Kenya: recognition, 26 March 2025", "article")]
        assert "kenyans-110366" in told[0][2]
        assert db.execute("select list, withdrawn_on from recognitions where id = 'suriname'").fetchall() == [
            ("withdrawn", "2017-10-30")
        ]
        days = db.execute("select written_after, written_before from sources where id = 'article'").fetchall()
        assert days == [("2025-03-26", "2025-04-12")]


@pytest.mark.parametrize("name", CAPTURES)
def test_names_of_rows_that_did_not_change_are_kept(name: str, old: Capture, tried: dict[str, Tried]) -> None:
    now = read_registers(tried[name].written, Problems())
    names = {row["country"]: row["note"] for row in now["restored_names"]}
    assert names.items() >= {row["country"]: row["note"] for row in old.registers["restored_names"]}.items()


def test_addresses_of_the_present_keys_lead_on(tried: dict[str, Tried]) -> None:
    rows = read_registers(tried["sentences changed"].written, Problems())["former_keys"]
    leads = {(row["table_name"], row["former"]): row["key"] for row in rows}
    assert leads["passages", "greece-does-not-recognize-kosovos-independence-c0d6"].startswith(
        "greece-does-not-recognise-kosovo-they-"
    )


def test_rows_that_stay_are_kept_byte_for_byte(root: Path, tried: dict[str, Tried]) -> None:
    before = (root / "sources/updates.csv").read_text("utf-8").splitlines()
    after = (tried["rows moved"].written / "updates.csv").read_text("utf-8").splitlines()
    assert [line for line in before if not line.startswith("kenya-2025-recognition,")] == after


def test_names_in_the_cells_are_what_the_build_then_reads(tried: dict[str, Tried]) -> None:
    registers = read_registers(tried["names in the cells"].written, Problems())
    assert {(row["basis"], row["confidence"]) for row in registers["restored_names"]} == {("printed", "high")}


def test_what_an_answered_question_leaves_to_complete_is_still_told(old: Capture, tried: dict[str, Tried]) -> None:
    lines = [*report(tried["rows added"].plan.with_answers([1]), old.registers, False)]
    row = "mongolia-2026-recognition,?,?,?,2026-02-02,,"
    assert [line.strip() for line in lines if line.endswith(row)] == [
        f"to complete (question 1), event_records.csv: {row}"
    ]

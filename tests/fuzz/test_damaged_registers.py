"""Damaged registers by the thousand: refused with file and line, or built with a row for each of their rows."""

import contextlib
import csv
import json
import shutil
import sqlite3

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import build_db

from .damages import damaged_registers
from .holdings import held_by_database, held_by_text, lost_or_doubled, plain_lines, untraced
from .refusals import build_or_refuse

SOURCES = build_db.HERE / "sources"
NAMES = sorted(
    resource["name"] for resource in json.loads((SOURCES / "datapackage.json").read_text("utf-8"))["resources"]
)
# Registers whose rows are the rows of a table, none more and none less: the table's rows that come of the register.
ROWS = {
    "countries": "countries",
    "country_names": "country_names where source_id = 'country-names'",
    "local_names": "country_names where source_id = 'local-names'",
    "everyday_names": "country_names where source_id = 'everyday-names'",
    "iso_names": "country_names where source_id = 'iso-names'",
    "capitals": "country_names where source_id = 'capitals'",
    "nationalities": "country_names where source_id = 'nationalities'",
    "olympic_codes": "country_names where source_id = 'olympic-codes'",
    "organisations": "organisations",
    "organisation_names": "organisation_names where kind not in ('main', 'abbreviation')",
    "marks": "marks",
    "event_kinds": "event_kinds",
    "status_kinds": "status_kinds",
    "subject": "subject",
    "edition": "edition",
    "records": "records",
    "event_records": "event_records",
    "votes": "votes",
    "vote_choices": "vote_choices",
    "vote_members": "vote_members",
    "suspensions": "suspensions",
    "restored_names": "recognitions",
    "events": "events where source_id = 'article' and kind not in ('recognition', 'withdrawal')",
    "updates": "events where source_id = 'updates'",
    "rules": "rules",
    "rule_effects": "rule_effects",
    "published_counts": "published_counts where passage_id is null",
    "themes": "themes",
    "position_themes": "position_themes",
    "outline": "sections",
    "sources": "sources",
    "shapes": "shapes",
    "pages": "search_items where kind = 'page' and url not like '/recognition/%/_%'",
}


@st.composite
def one_register_damaged(draw):
    name = draw(st.sampled_from(NAMES))
    return name, draw(damaged_registers(SOURCES / f"{name}.csv"))


def rows_of(file):
    """How many rows a CSV file has below its header, blank lines left out."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return sum(1 for row in csv.reader(lines) if row) - 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return shutil.copytree(SOURCES, tmp_path_factory.mktemp("damaged") / "sources")


@settings(max_examples=settings.default.max_examples // 16, deadline=None)
@given(register=one_register_damaged())
def test_a_damaged_register_is_refused_or_built_row_by_row(register, folder):
    name, damaged = register
    file = folder / f"{name}.csv"
    file.write_bytes(damaged.data)
    try:
        output = folder.parent / "recognition.db"
        problems = build_or_refuse(folder, output)
        event("refused" if problems else "built")
        if problems:
            return
        with contextlib.closing(sqlite3.connect(output)) as db:
            lines = plain_lines((folder / "article.txt").read_bytes())
            assert not lost_or_doubled(db, lines)
            assert not untraced(db)
            assert held_by_database(db) == held_by_text(lines)
            for register, table in ROWS.items():
                counted = db.execute(f"select count(*) from {table}").fetchone()
                assert counted == (rows_of(folder / f"{register}.csv"),), register
    finally:
        shutil.copy(SOURCES / f"{name}.csv", file)

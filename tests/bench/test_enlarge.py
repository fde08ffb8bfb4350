"""The large article that the measures are made with builds, and counts so many times what the real one counts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import build_db
from bench.enlarge import enlarge

COPIES = 2


@pytest.fixture(scope="module")
def enlarged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("enlarged")
    build_db.build(enlarge(COPIES, folder / "sources"), folder / "recognition.db")
    return folder / "recognition.db"


@pytest.mark.parametrize(
    "sql",
    [
        "select rule_id, recognising, members from tallies where organisation_id = 'un' order by 1",
        "select kind, count(*), count(answers) from events where country_id is not null group by 1",
        "select count(*) from event_records join events on events.id = event_id where country_id is not null",
        "select theme_id, count(*) from position_themes join positions on positions.id = position_id"
        " where country_id is not null group by 1",
    ],
)
def test_it_has_everything_of_a_country_so_many_times(enlarged: Path, db: sqlite3.Connection, sql: str) -> None:
    with closing(sqlite3.connect(enlarged)) as large:
        found = large.execute(sql).fetchall()
    assert found == [
        tuple(cell * COPIES if isinstance(cell, int) else cell for cell in row) for row in map(tuple, db.execute(sql))
    ]

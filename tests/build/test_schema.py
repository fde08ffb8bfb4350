"""The file by itself: indexes survive other programs, views of today follow the clock, which is asked in one place."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from recognition.build.check import check


def test_full_text_indexes_hold_their_tables_even_after_vacuum(built, tmp_path):
    """Some programs that open the file move its rows."""
    with closing(sqlite3.connect(shutil.copy(built, tmp_path), isolation_level=None)) as connection:
        connection.execute("vacuum")
        check(connection.execute("pragma database_list").fetchone()[2])


@pytest.fixture
def on(built):
    """on(day, sql) are the rows of a query on another day than today."""
    with closing(sqlite3.connect(f"{built.as_uri()}?mode=ro", uri=True)) as connection:

        def on(day, sql):
            connection.create_function("current_date", 0, lambda: day)
            return connection.execute(sql).fetchall()

        yield on


@pytest.mark.parametrize("day", ("2008-02-17", "2020-01-31"))
def test_views_of_today_follow_the_clock(on, db, day):
    asked = {"day": day}
    assert on(day, "select day from today") == [(day,)]
    assert on(day, "select rule_id, organisation_id, recognising, members from tallies order by 1, 2") == db.execute(
        """select rule_id, organisation_id, recognising, members from tally_history
           where since <= :day and (:day < until or until is null) order by 1, 2""", asked
    ).fetchall()  # fmt: skip
    assert on(day, "select organisation_id, country_id, status from members_today order by 1, 2") == db.execute(
        """select organisation_id, s.country_id, status from member_statuses s, subject
           where rule_id = default_rule and since <= :day and :day < until order by 1, 2""", asked
    ).fetchall()  # fmt: skip


def test_nothing_asks_sqlite_for_now(root):
    for file in ("recognition/schema.sql", "metadata.yml"):
        assert "'now'" not in (root / file).read_text("utf-8"), file

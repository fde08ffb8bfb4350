"""The file by itself: indexes find, views need no extension and agree with the tables, today is said in one place."""

import shutil
import sqlite3
from contextlib import closing

import pytest

# Index, words of its first and of its last row, and what names these rows in it.
INDEXES = [
    ("countries_fts", "name", "Abkhasia", [("Abkhazia",)]),
    ("countries_fts", "name", "Zimbabwe", [("Zimbabwe",)]),
    ("positions_fts", "title", '"Algeria believes international laws"', [("Algeria",)]),
    ("positions_fts", "title", '"World Customs Organization in 2017"', [("World Customs Organization",)]),
    ("passages_fts", "text", '"facts for kids"', [("International recognition of Kosovo facts for kids",)]),
    ("passages_fts", "count(*)", '"World Customs Organization in 2017"', [(1,)]),
    ("organisations_fts", "name", '"United Nations Organization"', [("United Nations",)]),
    ("organisations_fts", "name", '"all states"', [("All states",)]),
    ("search", "kind, id", "Abkhasia", [("country", "abkhazia"), ("statement", "abkhazia")]),
    ("search", "kind, id", '"Where the text and the facts come from"', [("page", "/recognition/sources")]),
    ("search_names_fts", "name", "Afeganistão", [("Afeganistão",)]),
    ("search_names_fts", "name", '"your own rule"', [("your own rule",)]),
]
DAYS = ("2008-02-17", "2012-12-31", "2020-01-31", "2024-03-07", "2025-12-31")


@pytest.fixture(scope="module")
def vacuumed(built, tmp_path_factory):
    """A connection to a copy of the database whose rows were moved, as some programs do that open it."""
    with closing(
        sqlite3.connect(shutil.copy(built, tmp_path_factory.mktemp("copy")), isolation_level=None)
    ) as connection:
        connection.execute("vacuum")
        yield connection


@pytest.mark.parametrize(("index", "columns", "text", "rows"), INDEXES, ids=[f"{i[0]} {i[2]}" for i in INDEXES])
def test_a_full_text_index_finds_its_first_and_last_row_even_after_vacuum(db, vacuumed, index, columns, text, rows):
    vacuumed.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
    for connection in (db, vacuumed):
        assert connection.execute(f"select {columns} from {index} where {index} match ?", [text]).fetchall() == rows


def test_every_index_is_tried_above(db):
    virtual = db.execute("select name from pragma_table_list where schema = 'main' and type = 'virtual'")
    assert sorted({index for index, *_ in INDEXES}) == sorted(name for (name,) in virtual)


def test_every_view_gives_rows_without_any_extension(db):
    with pytest.raises(sqlite3.OperationalError, match="not authorized|no such function"):
        db.execute("select load_extension('x')")
    views = [name for (name,) in db.execute("select name from sqlite_master where type = 'view'")]
    assert [name for name in views if not db.execute(f"select * from {name}").fetchall()] == []


@pytest.fixture
def on(built):
    """on(day, sql) are the rows of a query on another day than today."""
    with closing(sqlite3.connect(f"{built.as_uri()}?mode=ro", uri=True)) as connection:

        def on(day, sql):
            connection.create_function("current_date", 0, lambda: day)
            return connection.execute(sql).fetchall()

        yield on


@pytest.mark.parametrize("day", DAYS)
def test_members_with_their_statuses_add_up_to_the_tally_of_every_day(db, day):
    counted = """
        select rule_id, organisation_id, count(*), sum(status = 'recognises'), sum(status = 'withdrew'),
               sum(status = 'contested'), sum(status = 'does not recognise')
        from member_statuses where since <= :day and :day < until group by 1, 2 order by 1, 2"""
    kept = """
        select rule_id, organisation_id, members, recognising, withdrawn, contested, not_recognising
        from tally_history where since <= :day and (:day < until or until is null) order by 1, 2"""
    rows = db.execute(counted, {"day": day}).fetchall()
    assert rows and rows == db.execute(kept, {"day": day}).fetchall()


@pytest.mark.parametrize("day", DAYS)
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


def test_states_between_two_rules_make_the_difference_of_their_counts(db):
    assert db.execute(
        """select a.count_id, a.rule_id, b.rule_id, b.counted - a.counted as apart,
                  coalesce((select sum(step) from ledger_states s where s.count_id = a.count_id
                            and s.rule_id = a.rule_id and s.other_rule_id = b.rule_id), 0) as steps
           from count_ledger a join count_ledger b on b.count_id = a.count_id where apart <> steps"""
    ).fetchall() == []  # fmt: skip


def test_the_audit_of_counts_says_under_which_rule_it_counts(db):
    assert db.execute("select distinct rule_id from count_audit").fetchall() == [("article",)]

"""The article multiplied, as the benchmarks read it: the real build takes it, and its rows multiply as they should."""

import sqlite3

import pytest

import build_db
from bench.enlarge import enlarge

COPIES, STATEMENTS = 3, 500
SHORT = 3 * 79  # 274 statements in the copies; three times the 79 UN members that do not recognise make it 500 and more

# What is about one country is there for each copy; what is about none, about Kosovo or about organisations stays.
# Table: rows once, and rows that are multiplied.
ROWS = {
    "countries": (1, 205), "recognitions": (0, 117), "positions": (13, 87), "memberships": (0, 654), "statuses": (0, 1345),
    "events": (27, 193), "organisations": (15, 0), "published_counts": (15, 0), "tally_history": (1493, 0),
    "sections": (14, 0), "shapes": (219, 0),
}  # fmt: skip
SHORT_ROWS = {"countries": SHORT, "positions": SHORT, "memberships": 2 * SHORT, "statuses": 4 * SHORT}


@pytest.fixture(scope="module")
def enlarged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("enlarged")
    build_db.build(enlarge(COPIES, folder / "sources", STATEMENTS), folder / "recognition.db")
    connection = sqlite3.connect(folder / "recognition.db")
    yield connection
    connection.close()


@pytest.mark.parametrize("table", ROWS)
def test_rows_multiply(enlarged, db, table):
    once, each = ROWS[table]
    assert db.execute(f"select count(*) from {table}").fetchone() == (once + each,)
    expected = once + COPIES * each + SHORT_ROWS.get(table, 0)
    assert enlarged.execute(f"select count(*) from {table}").fetchone() == (expected,)


def test_tallies_multiply_from_day_to_day(enlarged, db):
    sql = """select rule_id, organisation_id, since, recognising, withdrawn, contested, not_recognising from tally_history
             where organisation_id not in ('un', 'all-states') order by 1, 2, 3"""
    rows = [(*row[:3], *(COPIES * number for number in row[3:])) for row in db.execute(sql)]
    assert len(rows) == 635
    assert enlarged.execute(sql).fetchall() == rows


def test_short_copies_do_not_recognise(enlarged):
    sql = "select members, recognising, not_recognising from tallies where rule_id = 'article' and organisation_id = 'un'"
    assert enlarged.execute(sql).fetchall() == [(COPIES * 193 + SHORT, COPIES * 104, COPIES * 79 + SHORT)]


def test_stated_counts_multiply_and_differ_where_they_differed(enlarged, db):
    def counts(connection):
        sql = "select id, quote, recognising, total, difference, total_difference from count_audit where passage_id is not null"
        return {row[0].partition("-line-")[0]: row[1:] for row in connection.execute(sql + " order by passage_id, id")}

    assert counts(enlarged)["article-un"] == (
        f"Member states ({COPIES * 104} / {COPIES * 193 + SHORT})", COPIES * 104, COPIES * 193 + SHORT, 0, 0,
    )  # fmt: skip
    assert counts(enlarged)["article-osce"] == ("Member states (108 / 168)", 108, 168, 0, -COPIES)
    assert {id_: row[3:] for id_, row in counts(enlarged).items()} == {
        id_: tuple(COPIES * difference for difference in row[3:]) for id_, row in counts(db).items()
    }


def test_a_copy_says_of_itself_what_the_original_says(enlarged):
    rows = enlarged.execute(
        """select c.id, c.name, s.status, e.date, e.quote, p.text = o.text from countries c
           join statuses s on s.country_id = c.id and s.rule_id = 'uncontested' and s.until is null
           join events e on e.id = s.event_id join passages p on p.id = e.passage_id
           join passages o on o.id = (select passage_id from events where id = 'lesotho-2018-withdrawal-claimed')
           where c.name like '%Lesotho' order by c.number"""
    ).fetchall()
    quote = "In 2018, Serbia claimed {}Lesotho withdrew its recognition."
    words = [row[1].removesuffix("Lesotho") for row in rows]
    assert len(set(words)) == COPIES and words[0] == ""
    assert rows == [
        (f"{word}lesotho".replace(" ", "-").lower(), f"{word}Lesotho", "contested", "2018", quote.format(word), int(not word))
        for word in words
    ]

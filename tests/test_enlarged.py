"""The article multiplied, as the benchmarks read it: the real build takes it, and its rows multiply as they should."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from recognition.site import search as search_engine

import build_db
from bench.enlarge import enlarge
from bench.search import site

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
    (folder / "built").mkdir()
    build_db.build(enlarge(COPIES, folder / "sources", STATEMENTS), folder / "built" / "recognition.db")
    connection = sqlite3.connect(folder / "built" / "recognition.db")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def ask(enlarged, tmp_path_factory):
    """ask(**parameters) is the answer of the search on the large database."""
    (path,) = [file for _, name, file in enlarged.execute("pragma database_list") if name == "main"]
    datasette = site(tmp_path_factory.mktemp("site") / "site", Path(path))
    loop = asyncio.new_event_loop()

    def ask(**parameters):
        datasette.client.app.kept.clear()  # an answer that is remembered would hide what a test changes
        return loop.run_until_complete(datasette.client.get("/search.json", params=parameters)).json()

    yield ask
    loop.close()


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
    sql = (
        "select members, recognising, not_recognising from tallies where rule_id = 'article' and organisation_id = 'un'"
    )
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
        (
            f"{word}lesotho".replace(" ", "-").lower(),
            f"{word}Lesotho",
            "contested",
            "2018",
            quote.format(word),
            int(not word),
        )
        for word in words
    ]


def test_search_ranks_the_first_of_each_kind_and_says_that_there_are_more(ask, enlarged):
    answer = ask(q="kosovo")
    of_kind = dict(enlarged.execute("select kind, count(*) from search where search match 'kosovo' group by kind"))
    assert of_kind["country"] == 853 and of_kind["statement"] > 300
    assert answer["more"] is True
    assert answer["facets"]["kind"] == {kind: min(300, number) for kind, number in of_kind.items()}
    assert answer["total"] == sum(answer["facets"]["kind"].values())
    assert (answer["results"][0]["kind"], answer["results"][0]["id"]) == ("country", "kosovo")


@pytest.mark.parametrize(("query", "id_"), [("zimbabwe", "zimbabwe"), ("Zambia", "zambia"), ("Venezuela", "venezuela")])
def test_a_name_typed_in_full_comes_first_among_its_copies_and_then_what_is_said_by_it(ask, query, id_):
    answer = ask(q=query)
    assert answer["more"] is False
    assert [(hit["kind"], hit["id"]) for hit in answer["results"][:2]] == [("country", id_), ("statement", id_)]


@pytest.fixture
def search(ask):
    """The module behind the search, of which a test may change what is ranked and what is common."""
    return search_engine


def test_who_bears_a_name_is_found_behind_more_than_are_ranked(ask, search, monkeypatch):
    monkeypatch.setattr(search, "FOUND", search.FOUND.replace("limit 300", "limit 1"))
    monkeypatch.setattr(search, "RANKED", 1)
    answer = ask(q="Republic of the Congo")  # the first of each kind is the Democratic Republic's
    assert answer["more"] is True
    assert [(hit["kind"], hit["id"]) for hit in answer["results"][:2]] == [
        ("country", "republic-of-the-congo"), ("statement", "republic-of-the-congo"),
    ]  # fmt: skip


def test_common_words_have_no_part_in_the_score(ask, search, monkeypatch):
    found = ask(q="kosovo chagos")
    monkeypatch.setattr(search, "COMMON", 20)
    common = ask(q="kosovo chagos")
    assert [hit["url"] for hit in common["results"]] == [hit["url"] for hit in found["results"]]
    assert common["results"][0]["score"] == found["results"][0]["score"] > 20  # all of it is that of 'chagos'
    monkeypatch.setattr(search, "COMMON", 0)
    assert {hit["score"] for hit in ask(q="kosovo chagos")["results"]} == {0}
    monkeypatch.setattr(search, "COMMON_BEGINNING", 20)
    assert ask(q="chag")["facets"] == ask(q="chagos")["facets"] and ask(q="chag")["total"] == found["total"]


def test_the_article_itself_never_has_more_than_are_ranked(db):
    assert db.execute("select kind, max(n) from (select kind, count(*) n from search_items group by kind)").fetchone() == (
        "event", 220,
    )  # fmt: skip

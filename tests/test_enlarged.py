"""The search of a large database: the article multiplied, as the benchmarks read it."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

import build_db
from bench.enlarge import enlarge
from bench.search import site
from recognition.site import search as search_engine

COPIES, STATEMENTS = 3, 500
SHORT = 3 * 79  # 274 statements in the copies; three times the 79 UN members that do not recognise make it 500 and more


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

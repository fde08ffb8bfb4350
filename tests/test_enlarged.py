"""The search of a large database: the article multiplied, as the benchmarks read it."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

import build_db
from bench.enlarge import enlarge
from bench.search import site
from recognition.site import search

COPIES, STATEMENTS = 3, 500


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


def test_search_ranks_so_many_hits_and_says_that_there_are_more(ask, monkeypatch):
    monkeypatch.setattr(search, "RANKED", 300)
    answer = ask(q="kosovo")
    assert answer["more"] is True and answer["total"] >= 300
    assert (answer["results"][0]["kind"], answer["results"][0]["id"]) == ("country", "kosovo")


@pytest.mark.parametrize(("query", "id_"), [("zimbabwe", "zimbabwe"), ("Zambia", "zambia"), ("Venezuela", "venezuela")])
def test_a_name_typed_in_full_comes_first_among_its_copies_and_then_what_is_said_by_it(ask, query, id_):
    answer = ask(q=query)
    assert answer["more"] is False
    assert [(hit["kind"], hit["id"]) for hit in answer["results"][:2]] == [("country", id_), ("statement", id_)]


def test_what_bears_a_name_is_found_behind_more_than_are_ranked(ask, monkeypatch):
    monkeypatch.setattr(search, "RANKED", 1)
    answer = ask(q="Republic of the Congo")  # the first in the index is the Democratic Republic's
    assert answer["more"] is True
    assert (answer["results"][0]["kind"], answer["results"][0]["id"]) == ("country", "republic-of-the-congo")


def test_common_words_have_no_part_in_the_score(ask, monkeypatch):
    monkeypatch.setattr(search, "RANKED", 20)  # more items than that have the word kosovo, fewer the other one
    both, one = ask(q="kosovo chagos"), ask(q="chagos")
    assert both["results"][0]["score"] == one["results"][0]["score"] > 0

"""Readers' queries of search_gold.csv find what they must; that file is the documentation of what the search can do."""

import csv
from pathlib import Path

import pytest

from recognition.edition_files import read_addresses

GOLD = list(csv.DictReader(Path(__file__).with_name("search_gold.csv").open(encoding="utf-8", newline="")))


@pytest.fixture(scope="module")
def answers(get):
    return {row["query"]: get("/search.json", q=row["query"]).json() for row in GOLD}


def wanted(row):
    """The hits that a row accepts, as (kind, id); several are separated by '|' in step."""
    ids = [part.strip() for part in row["id"].split("|")]
    kinds = [part.strip() for part in row["kind"].split("|")]
    return set(zip(kinds * len(ids) if len(kinds) == 1 else kinds, ids))


@pytest.fixture(scope="module")
def gone(root, db):
    """Whether all that a row accepts was in an edition and is in none any more: what readers found then they cannot find now."""
    known = {row.address.rpartition("/")[2] for row in read_addresses(root / "editions")}
    present = {
        (kind, url.rpartition("/")[2].rpartition("#")[2])
        for kind, url in db.execute("select kind, url from search_items")
    }

    def is_gone(row):
        return row["want"] != "nothing" and not wanted(row) & present and {id_ for _, id_ in wanted(row)} <= known

    return is_gone


def hits(answer, most):
    return [(hit["kind"], hit["id"]) for hit in answer["results"][:most]]


@pytest.mark.parametrize("row", GOLD, ids=[row["query"] for row in GOLD])
def test_the_hit_is_among_the_first_three(answers, gone, row):
    if gone(row):
        pytest.skip("what it must find is in no table of this edition: take the row out, or name what it finds now")
    answer = answers[row["query"]]
    if row["want"] == "nothing":
        assert answer["total"] == 0, hits(answer, 3)
    else:
        assert wanted(row) & set(hits(answer, 3)), (row["why"], hits(answer, 5))


def test_of_a_hundred_hits_that_must_be_first_ninety_five_are(answers, gone):
    first = [row for row in GOLD if row["want"] == "first" and not gone(row)]
    missed = {
        row["query"]: hits(answers[row["query"]], 3)
        for row in first
        if not wanted(row) & set(hits(answers[row["query"]], 1))
    }
    assert len(missed) <= 0.05 * len(first), missed

"""Keys made of words: lines and rows that are inserted move no address, and addresses of the second edition lead on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from httpx import Response

import build_db
from tests.damage.changes import Damage, replaced

# For each table whose rows have an address: what must be the same at each of its keys.
KEPT = {
    "passages": "select id, kind, text from passages",
    "positions": "select id, text from positions",
    "recognitions": "select id, list, recognised_on from recognitions",
    "events": "select id, kind, date, quote, passage_id from events",
    "published_counts": "select id, recognising, total, quote, passage_id from published_counts",
    "stated_figures": "select id, quote, passage_id from stated_figures",
}
FIRST = "The country of Kosovo declared its independence from Serbia"
MIDDLE = "The Comoros recognized Kosovo in 2009."
ADDED = "Nothing of this was in the article as it was received.\n"


INSERTED: dict[str, Damage] = {
    "a line at the top": replaced(FIRST, ADDED + FIRST),
    "a line in the middle": replaced(MIDDLE, ADDED + MIDDLE),
}


@pytest.mark.usefixtures("edited_article")  # whose lines have others put before them
@pytest.mark.parametrize("name", INSERTED)
def test_what_is_inserted_moves_no_address(
    name: str, sources_copy: Path, seal: Callable[[Path], None], tmp_path: Path, db: sqlite3.Connection
) -> None:
    INSERTED[name](sources_copy)
    seal(sources_copy)
    build_db.build(sources_copy, tmp_path / "recognition.db")
    connection = sqlite3.connect(tmp_path / "recognition.db")
    for table, sql in KEPT.items():
        before = {key: rest for key, *rest in db.execute(sql)}
        after = {key: rest for key, *rest in connection.execute(sql)}
        moved = {key for key, rest in before.items() if after.get(key) != rest}
        assert (table, moved) == (table, set())
        assert len(after) - len(before) in (0, 1)
    connection.close()


def test_every_former_address_leads_to_the_row_that_it_was(
    db: sqlite3.Connection, ask: Callable[..., Response]
) -> None:
    for table, former, key in db.execute(
        "select table_name, former, key from former_keys order by key limit -1 offset 7"
    ):
        paths = [f"/recognition/{table}/{former}"] + [f"/counts/{former}"] * (table == "published_counts")
        for path in paths:
            answer = ask(path)
            assert (answer.status_code, answer.headers["location"]) == (301, path.replace(former, key)), path


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("/recognition/passages/280.json?_shape=array", "/recognition/passages/{passage}.json?_shape=array"),
        ("/recognition/mentions/ghana,280", "/recognition/mentions/ghana,{passage}"),
        ("/recognition/position_themes/2,support-for-serbia", "/recognition/position_themes/angola,support-for-serbia"),
        ("/recognition/audit/date-un-79", "/recognition/audit/date-gabon"),
        ("/recognition/audit/withdrawal-date-withdrawn-9.json", "/recognition/audit/withdrawal-date-nauru.json"),
        ("/recognition/audit/count-article-eu-line-495", "/recognition/audit/count-article-eu-member-states-22-27"),
        ("/counts/article-eu-line-495.json?rule=latest", "/counts/article-eu-member-states-22-27.json?rule=latest"),
    ],
)
def test_a_former_address_keeps_its_form_and_parameters(
    db: sqlite3.Connection, ask: Callable[..., Response], former: str, now: str
) -> None:
    (passage,) = db.execute("select key from former_keys where table_name = 'passages' and former = '280'").fetchone()
    answer = ask(former)
    assert (answer.status_code, answer.headers["location"]) == (301, now.format(passage=passage))
    assert ask(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/recognition/passages/2", "/recognition/positions/0", "/recognition/recognitions/un-105", "/counts/article-eu-line-5",
    ],
)  # fmt: skip
def test_what_was_no_address_is_none(ask: Callable[..., Response], path: str) -> None:
    assert ask(path).status_code == 404


def test_a_former_address_below_a_prefix(unhurried_folder: Path, loop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECOGNITION_ADDRESS")
    datasette = Datasette([], config_dir=unhurried_folder, settings={"base_url": "/data/"})
    answer = loop.run_until_complete(datasette.client.get("/recognition/recognitions/un-1?x=1"))
    assert answer.headers["location"] == "/data/recognition/recognitions/costa-rica?x=1"


def test_the_former_anchor_of_each_passage_is_inside_it(db: sqlite3.Connection, get: Callable[..., Response]) -> None:
    article = BeautifulSoup(get("/article").text, "html.parser")
    assert len({element["id"] for element in article.select("[id]")}) == len(article.select("[id]"))
    for key, former in db.execute("select key, former from former_keys where table_name = 'passages'"):
        anchor = f"line-{former}" if former.isdigit() else former  # lines were keys at first
        assert article.find(id=anchor).find_parent(class_="passage")["id"] == key

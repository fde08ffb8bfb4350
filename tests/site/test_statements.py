"""Statements are whole, the best first, narrowed by what a reader chooses; a theme's page has everybody who uses it."""

import csv
import io
import json

import pytest
from bs4 import BeautifulSoup

DAY = "2026-11-25"


def shown(get, **asked):
    return BeautifulSoup(get("/statements", as_of=DAY, **asked).text, "html.parser")


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ({}, "true"),
        ({"theme": "precedent"}, "exists (select 1 from position_themes where position_id = p.id and theme_id = 'precedent')"),
        ({"theme": "Precedent for others", "region": "asia"},
         "c.region = 'Asia' and exists (select 1 from position_themes where position_id = p.id and theme_id = 'precedent')"),
        ({"status": "recognises"}, "c.status = 'recognises'"),
        ({"speaker": "organisations"}, "p.organisation_id is not null"),
        ({"organisation": "EU"}, "exists (select 1 from memberships where organisation_id = 'eu' and country_id = p.country_id)"),
        ({"q": "example"}, "p.text like '%example%'"),
        ({"q": "dangerous example", "region": "Asia"}, "p.text like '%dangerous example%' and c.region = 'Asia'"),
    ],
)  # fmt: skip
def test_page_json_and_csv_have_whom_the_database_has(get, db, asked, condition):
    sql = f"select p.id, p.text from positions p left join countries c on c.id = p.country_id where {condition}"
    texts = dict(db.execute(sql).fetchall())
    assert texts
    page = shown(get, **asked)
    found = {item["id"]: " ".join(item.blockquote.get_text().split()) for item in page.select(".said-by > li")}
    assert found == {key: " ".join(text.split()) for key, text in texts.items()}
    told = get("/statements.json", as_of=DAY, **asked).json()
    assert told["total"] == len(texts) and {row["id"]: row["text"] for row in told["statements"]} == texts
    listed = list(csv.DictReader(io.StringIO(get("/statements.csv", as_of=DAY, **asked).text)))
    assert {row["id"] for row in listed} == set(texts)


def test_each_number_beside_a_filter_is_that_of_the_page_behind_it(get):
    page = shown(get, q="recognize")
    links = [item for item in page.select(".filters li")]
    assert len(links) > 20
    for item in links[::4]:
        behind = BeautifulSoup(get(item.a["href"]).text, "html.parser")
        assert int(item.get_text().split()[-1]) == len(behind.select(".said-by > li")), item


def test_words_are_marked_and_the_best_come_first(get):
    page = shown(get, q="double standards")
    assert {item["id"] for item in page.select(".said-by > li")} == {"abkhazia", "sahrawi-arab-democratic-republic"}
    assert [mark.get_text() for mark in page.select("#abkhazia mark")] == ["double", "standards"]
    assert shown(get, q="slovakia").select_one(".said-by > li")["id"] == "slovakia"


def test_two_statements_stand_side_by_side(get):
    page = shown(get, beside="spain,Slovakia")
    assert [article.h3.a.get_text() for article in page.select(".beside article")] == ["Spain", "Slovakia"]
    assert "Schengen" in page.select_one(".beside article").get_text()
    away = page.select_one(".beside article p a[href*='beside=']")
    assert away["href"].endswith("beside=slovakia")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"theme": "border-regions"}, "theme must be one of double-standards, "),
        ({"region": "Atlantis"}, "region must be one of Africa, "),
        ({"status": "maybe"}, "status must be one of "),
        ({"beside": "ghana"}, "'ghana' has none"),
        ({"beside": "spain,serbia,china,india,iran"}, "4 statements at most"),
    ],
)
def test_what_is_not_there_gets_a_sentence(get, asked, said):
    answer = get("/statements.json", **asked)
    assert answer.status_code == 400 and said in answer.json()["error"]


@pytest.mark.parametrize("words", ['"', "\x00", "*", "a OR", "(", "ß" * 400, "-x", "text:x", "  "])
def test_no_words_make_it_fail(get, words):
    assert get("/statements", q=words).status_code == 200


def test_a_theme_has_everybody_who_uses_it_with_the_words_marked(get, db):
    for (theme,) in db.execute("select id from themes").fetchall():
        rows = db.execute("select position_id, quote from position_themes where theme_id = ?", (theme,)).fetchall()
        page = BeautifulSoup(get(f"/themes/{theme}").text, "html.parser")
        marked = {item["id"]: " ".join(item.mark.get_text().split()) for item in page.select(".said-by > li")}
        assert marked == {position: " ".join(quote.split()) for position, quote in rows}
        assert {row["id"] for row in get(f"/themes/{theme}.json").json()["statements"]} == set(marked)
    answer = get("/themes/border-regions")
    assert answer.status_code == 404 and "own-regions" in answer.text
    themes = get("/themes.json").json()["themes"]
    assert sum(row["statements"] for row in themes) == db.execute("select count(*) from position_themes").fetchone()[0]
    assert json.loads(get("/statements.json", theme="open").json()["statements"][0]["themes"])

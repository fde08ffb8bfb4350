"""Pages of tables, rows and SQL: chosen columns, cells as markup, and how often a page asks the database."""

import re
import sqlite3

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted

from recognition.serving import checked_pages
from recognition.serving.remembered import Remembered


def page(get, path, **asked):
    response = get(path, **asked)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def words(tag):
    return " ".join(tag.get_text(" ").split())


def heads(parsed):
    return [words(head).split(" ▼")[0].split(" ▲")[0] for head in parsed.select("table.rows thead th")]


def cells(row):
    return [words(cell) for cell in row.select("th, td")]


def test_a_table_shows_the_columns_that_its_metadata_names(get, metadata):
    for name, table in metadata["databases"]["recognition"]["tables"].items():
        if "shown" in table:
            expected = [column.removesuffix("_id").replace("_", " ") for column in table["shown"]]
            assert heads(page(get, f"/recognition/{name}")) == expected, name


def test_all_columns_are_one_click_away_and_any_can_be_chosen(get, metadata):
    described = metadata["databases"]["recognition"]["tables"]["countries"]["columns"]
    parsed = page(get, "/recognition/countries", status="withdrew")
    everything = parsed.select_one("form.columns a[href*='_columns=all']")["href"]
    assert "status=withdrew" in everything
    assert len(heads(page(get, everything))) == len(described)
    boxes = {box["value"]: box.has_attr("checked") for box in parsed.select("form.columns [name=_col]")}
    assert set(boxes) == set(described) - {"id"}
    assert {column for column, on in boxes.items() if on} == set(
        metadata["databases"]["recognition"]["tables"]["countries"]["shown"]
    )
    kept = {field["name"]: field["value"] for field in parsed.select("form.columns [type=hidden]")}
    assert kept == {"status": "withdrew"}
    assert heads(page(get, "/recognition/countries", _col="iso3")) == ["id", "iso3"]


def test_a_column_that_is_filtered_or_ordered_by_is_shown(get):
    assert heads(page(get, "/recognition/countries", iso2__in="GH,ES"))[-1] == "iso2"
    assert heads(page(get, "/recognition/countries", _sort_desc="iso3"))[-1] == "iso3"


def test_rows_lead_to_their_page_and_say_lists_in_words(get):
    (row,) = page(get, "/recognition/countries", id="ghana").select("table.rows tbody tr")
    assert cells(row) == [
        "Ghana", "withdrew", "2012-01-23", "2019-11-07", "UN member", "Western Africa", "United Nations",
    ]  # fmt: skip
    assert row.th.a["href"] == "/recognition/countries/ghana"
    assert [cell.get("data-name") for cell in row.select("th, td")][:3] == ["name", "status", "recognised on"]
    undated = page(get, "/recognition/events", id="ghana-undated-embassy").select_one("table.rows tbody th a")
    assert (words(undated), undated["href"]) == ("no date", "/recognition/events/ghana-undated-embassy")


def test_what_a_row_refers_to_is_a_name_that_leads_there(get):
    row = page(get, "/recognition/recognitions", id="albania").select_one("table.rows tbody tr")
    country = row.select_one("td[data-name=country]")
    assert str(country.a) == '<a href="/recognition/countries/albania">Albania</a>' and words(country) == "Albania"


def test_a_table_cuts_long_texts_and_the_page_of_the_row_does_not(get, db):
    number, text = db.execute("select id, text from positions order by length(text) desc limit 1").fetchone()
    cut = words(page(get, "/recognition/positions", id=number).select_one("td[data-name=text]"))
    assert len(text) > 200 and len(cut) <= 162 and cut.endswith(" …") and text.startswith(cut.removesuffix(" …"))
    assert text in [value.get_text() for value in page(get, f"/recognition/positions/{number}").select("dl.columns dd")]


def test_the_page_of_a_row_says_what_its_columns_mean_and_links_its_keys(get, db, metadata):
    (passage,) = db.execute("select passage_id from events where id = 'ghana-undated-embassy'").fetchone()
    parsed = page(get, "/recognition/events/ghana-undated-embassy")
    described = metadata["databases"]["recognition"]["tables"]["events"]["columns"]["id"]
    assert words(parsed.select_one("dl.columns dt")) == f"id {described}"
    assert parsed.select_one("dd a[href='/recognition/countries/ghana']").get_text() == "ghana"
    assert words(parsed.select_one(f"p > a[href$='#{passage}']")).startswith("Read it in the article")


def test_several_records_in_one_cell_are_links(get):
    parsed = page(get, "/recognition/recognitions", id="albania", _columns="all")
    records = parsed.select("td[data-name=citation] a")
    assert [words(record) for record in records][:2] == ["ina-online.net", "lajme.gen.al"]
    assert all(record["href"].startswith("https://") or record["href"].startswith("http://") for record in records)


def test_names_in_answers_lead_to_what_they_name(get):
    parsed = page(get, "/recognition/members-that-do-not-recognise", organisation="eu")
    assert heads(parsed) == ["country", "status", "position"]
    links = [link["href"] for link in parsed.select("table.rows td[data-name=country] a")]
    assert links == [f"/recognition/countries/{name}" for name in ("cyprus", "greece", "romania", "slovakia", "spain")]


def test_sql_of_a_reader_is_answered_with_the_columns_that_it_names(get):
    parsed = page(get, "/recognition", sql="select id as country_id, name as country, 1.5 as x from countries limit 1")
    assert heads(parsed) == ["country_id", "country", "x"]
    row = parsed.select_one("table.rows tbody tr")
    assert cells(row) == ["abkhazia", "Abkhazia", "1.5"] and not row.a
    assert row.select("td")[2]["class"] == ["number"]


@pytest.mark.parametrize("text", ["<b>x</b>", '["<i>", "y"]', "see https://example.org/?a=1&b=<u>", '"><script>'])
def test_markup_in_cells_stays_text(get, text):
    parsed = page(get, "/recognition", sql="select :text as text", text=text)
    cell = parsed.select_one("table.rows td")
    assert not cell.select("b, i, u, script")
    assert cell.get_text() == ("<i>, y" if text.startswith("[") else text)


@pytest.mark.parametrize("name", ["countries", "events", "tally_history"])
def test_a_page_of_25_rows_is_light(get, name):
    response = get(f"/recognition/{name}")
    assert len(re.findall("<tr>", response.text)) == 26
    assert len(response.content) < 34_000


def test_a_binary_value_is_a_link_to_its_bytes(get):
    link = page(get, "/recognition", sql="select x'00ff' as mark").select_one("table.rows td a")
    assert words(link) == "<Binary: 2 bytes>" and get(link["href"]).content == b"\x00\xff"


@pytest.fixture
def turns(monkeypatch):
    """The number of times that another thread was asked for something of the database since `turns.clear()`."""
    asked, stock = [], Database.execute_fn

    async def counted(self, fn):
        asked.append(fn)
        return await stock(self, fn)

    monkeypatch.setattr(Database, "execute_fn", counted)
    return asked


@pytest.mark.parametrize("table", ["countries", "events", "recognitions", "positions", "memberships", "tallies"])
def test_a_table_asks_for_its_structure_once(get, turns, table):
    get(f"/recognition/{table}", _size=3)
    turns.clear()
    get(f"/recognition/{table}", _size=5)
    facets = 3 if table == "tallies" else 0  # a view's rows may depend on the day: what it counts is not remembered
    assert len(turns) <= 4 + facets


def test_what_depends_on_the_day_or_on_chance_is_not_remembered(get, turns):
    for asked in ({"_where": "recognised_on < current_date"}, {"_where": "random() > 0", "_facet": "status"}):
        get("/recognition/countries", **asked)
        turns.clear()
        get("/recognition/countries", **asked)
        assert len(turns) >= 5


def test_a_file_that_may_change_is_asked_again(tmp_path, loop):
    path = tmp_path / "toy.db"
    connection = sqlite3.connect(path)
    connection.executescript("create table a (id integer primary key, name text); insert into a values (1, 'one')")
    remembered = Remembered(Datasette([str(path)])).results

    async def seen():
        database = remembered.get_database("toy")
        rows = (await remembered.execute("toy", "select name from a")).rows
        return await database.table_columns("a"), [tuple(row) for row in rows]

    assert loop.run_until_complete(seen()) == (["id", "name"], [("one",)])
    connection.executescript("alter table a add column note text; update a set name = 'two'")
    assert loop.run_until_complete(seen()) == (["id", "name", "note"], [("two",)])


def test_a_facet_that_takes_too_long_is_named(get, datasette, monkeypatch):
    async def interrupted(*_, **__):
        raise QueryInterrupted(None, "", {})

    monkeypatch.setattr(datasette, "execute", interrupted)
    parsed = page(get, "/recognition/recognitions", country_id="albania", _labels="off")
    (note,) = parsed.select("p.note")
    assert words(note) == "Counting took too long: list, year, confidence, name basis, date evidence."


@pytest.mark.parametrize(
    ("path", "matched"),
    [
        ("/toy", [0]), ("/toy.json", [0]), ("/toy.db", []), ("/toys", []), ("/toy/a", [1]), ("/toy/a.csv", [1]), ("/toy/a/1", [2]),
        ("/toy/b/1", []), ("/toy/b/1.json", [2]), ("/toy/closed", []), ("/toy/closed/1", []), ("/toy/closed_not", [1]),
        ("/toy/old/12", []), ("/toy/old/new", [2]),
    ],
)  # fmt: skip
def test_an_address_has_one_route(datasette, path, matched):
    excluded = (r"^/toy/closed(/|\.|$)", r"/toy/old/(?P<former>\d+)$")
    routes = checked_pages.routes(datasette, "toy", own_rows=["b"], excluded=excluded)
    assert [number for number, (pattern, _) in enumerate(routes) if re.match(pattern, path)] == matched

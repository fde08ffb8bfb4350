"""Pages of tables, rows and SQL: chosen columns, cells as markup, and how often a page asks the database."""

import re
import sqlite3

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted

from recognition.serving import checked_pages
from recognition.serving import remembered as remembering
from recognition.serving.remembered import Remembered


def page(get, path, **asked):
    response = get(path, **asked)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def words(tag):
    return " ".join(tag.get_text(" ").split())


def cells(row):
    return [words(cell) for cell in row.select("th, td")]


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


def test_numbers_that_sql_tells_apart_are_not_taken_for_each_other(get):
    """Beside text 1 is '1' and 1.0 is '1.0', though they are the same key of a dict."""

    def lists(number):
        asked = {"printed_number__in": f"[{number}]", "_facet": "list"}
        facet = get("/recognition/recognitions.json", **asked).json()["facet_results"]["list"]
        return {row["value"] for row in facet["results"]}

    assert (lists("1"), lists("1.0")) == ({"un", "non_un", "withdrawn"}, set())


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


def test_what_is_remembered_has_an_end(loop, monkeypatch):
    """Readers choose what is asked: of more different questions than may be remembered, the earlier ones are forgotten."""
    monkeypatch.setattr(remembering, "ANSWERS_AT_MOST", 2)
    asked = []

    async def ask(question):
        asked.append(question)
        return question

    answer = remembering.remembered(ask)

    async def all_of(questions):
        return [await answer(question) for question in questions]

    assert loop.run_until_complete(all_of("aabba")) == list("aabba")
    assert asked == ["a", "b"]
    loop.run_until_complete(all_of("ca"))
    assert asked == ["a", "b", "c", "a"]


def test_rows_that_are_remembered_have_an_end(tmp_path, loop, monkeypatch):
    path = tmp_path / "toy.db"
    connection = sqlite3.connect(path)
    connection.execute("create table a (name)")
    connection.executemany("insert into a values (?)", [["xxx"], ["yyy"], ["zzz"]])
    connection.commit()
    connection.close()
    results = Remembered(Datasette([], immutables=[str(path)])).results
    monkeypatch.setattr(remembering, "ANSWERS_AT_MOST", 2)
    monkeypatch.setattr(remembering, "ROWS_AT_MOST", 2)
    monkeypatch.setattr(remembering, "TEXT_AT_MOST", 5)

    def remembered_after(sql):
        loop.run_until_complete(results.execute("toy", sql))
        return len(results._known)

    assert remembered_after("select 1") == 1
    assert remembered_after("select name from a") == 1, "three rows are too many"
    assert remembered_after("select name from a limit 2") == 1, "six characters are too many"
    assert remembered_after("select 2") == 2
    assert remembered_after("select 3") == 1, "all before it is forgotten"

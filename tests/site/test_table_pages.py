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
    assert len(re.findall("<tr[ >]", response.text)) == 26
    assert len(response.content) < 43_000


def test_a_binary_value_is_a_link_to_its_bytes(get):
    link = page(get, "/recognition", sql="select x'00ff' as mark").select_one("table.rows td a")
    assert words(link) == "<Binary: 2 bytes>" and get(link["href"]).content == b"\x00\xff"


@pytest.fixture
def turns(monkeypatch):
    """The number of times that the database was asked for something since `turns.clear()`."""
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


def test_what_depends_on_the_day_or_on_chance_is_not_remembered(get, datasette, monkeypatch):
    turns, stock = [], datasette.workers.ask

    async def counted(*asked):
        turns.append(asked)
        return await stock(*asked)

    monkeypatch.setattr(datasette.workers, "ask", counted)
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
    monkeypatch.setattr(remembering, "RESULTS_AT_MOST", 600)  # two of the answers below
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


def facet_of(parsed, name):
    """{value: the words beside it} of a facet."""
    (facet,) = parsed.select(f"#facet-{name}")
    return {words(item).split(" ×")[0].removeprefix(words(item.a or item)).strip(): item for item in facet.select("li")}


# How many countries have each status: UN members, others, and the territories of which a state speaks that has a status.
BREAKDOWN = """
select status, sum(represented_by is null and kind = 'UN member'), sum(represented_by is null and kind <> 'UN member'),
  sum(represented_by is not null)
from countries where status is not null group by status order by count(*) desc
"""


def test_a_facet_of_countries_does_not_print_a_number_that_looks_like_that_of_recognisers(get, db):
    counted = list(facet_of(page(get, "/recognition/countries"), "status"))
    found = get("/recognition/countries.json", _size=0).json()["facet_results"]["status"]["results"]
    known = [row for row in db.execute(BREAKDOWN) if row[0] != "not applicable"]
    assert [value["counted"] for value in found] == counted and len(found) == len(known) == 3
    assert counted[0].endswith(" and Montserrat, through the United Kingdom")
    for (status, members, others, represented), value in zip(known, found, strict=True):
        assert (value["value"], value["count"]) == (status, members + others + represented)
        told = re.findall(r"(\d+) (UN members?|others?)", value["counted"])
        assert [int(number) for number, _ in told] == [number for number in (members, others) if number], value


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ({"region": "Europe"}, "33 UN members"),
        ({"organisations__arraycontains": "European Union"}, "22 UN members"),
        ({"_search": "montserrat"}, "Montserrat, through the United Kingdom"),
        ({"_where": "name like 'C%'"}, None),
        ({"kind": "non-UN country"}, "no UN member and 3 others"),
        ({"region": "Americas", "_sort_desc": "recognised_on", "_size": 1}, None),
    ],
)
def test_a_facet_counts_what_the_filters_leave(get, db, asked, first):
    shown = page(get, "/recognition/countries", **asked)
    counted = list(facet_of(shown, "status"))
    if first is not None:
        assert counted[0] == first
    rows = get("/recognition/countries.json", **{**asked, "_size": "max", "_shape": "objects"}).json()
    values = rows["facet_results"]["status"]["results"]
    for value, said in zip(values, counted):
        members = [row for row in rows["rows"] if row["status"] == value["value"] and row["kind"] == "UN member"]
        assert said.startswith(f"{len(members)} UN member") or not members
        assert value["counted"] == said


@pytest.mark.parametrize(
    ("table", "said"),
    [("members_today", r"[\d,]+ memberships?"), ("member_statuses", r"[\d,]+ intervals?"), ("statuses", r"[\d,]+ intervals?")],
)  # fmt: skip
def test_facets_of_statuses_say_what_they_count(get, table, said):
    counted = facet_of(page(get, f"/recognition/{table}"), "status")
    assert counted and all(re.fullmatch(said, text) for text in counted)


@pytest.mark.parametrize(
    ("table", "name", "value", "facet"),
    [
        ("countries", "status", "withdrew", "status"),
        ("countries", "status__exact", "withdrew", "status"),
        ("countries", "status_in_article__exact", "withdrew", "status_in_article"),
        ("countries", "organisations__arraycontains", "European Union", "organisations"),
        ("members_today", "organisation_id__exact", "eu", "organisation_id"),
        ("countries", "name__contains", "guinea", None),
        ("countries", "un_member__gt", "0", None),
        ("countries", "position__notnull", "1", None),
        ("countries", "_search", "ghana", None),
        ("countries", "id__in", "ghana,spain", None),
    ],
)
def test_a_filter_can_be_taken_off_where_it_was_put_on(get, table, name, value, facet):
    parsed = page(get, f"/recognition/{table}", **{name: value, "_size": 1})
    crosses = [cross for cross in parsed.select("ul.chosen a.cross")]
    if facet:
        (selected,) = parsed.select(f"#facet-{facet} li:has(strong)")
        crosses += selected.select("a.cross")
    assert len(crosses) == 1 + bool(facet)
    for cross in crosses:
        assert cross["href"].endswith(f"/recognition/{table}?_size=1"), cross["href"]
        assert cross["aria-label"].startswith("Remove")
    assert parsed.select_one("details.fold-narrow").has_attr("open")


def test_a_filter_that_is_taken_off_leaves_the_others(get):
    parsed = page(
        get, "/recognition/countries", status__exact="withdrew", region="Africa", _search="ghana", _sort_desc="name"
    )
    without = [cross["href"].partition("?")[2] for cross in parsed.select("ul.chosen a.cross")]
    every = ["status__exact=withdrew", "region=Africa", "_search=ghana"]
    assert without == ["&".join([*(one for one in every if one != left), "_sort_desc=name"]) for left in every]


def test_both_statuses_are_shown_and_called_by_their_rules(get, db, rules, as_known):
    parsed = page(get, "/recognition/countries")
    heads = [words(head) for head in parsed.select("table.rows thead th")]
    assert heads[:3] == ["name ▼ , in order", f"status ({rules['latest']})", "status in the article"]
    (under,) = parsed.select("p.under")
    assert words(under).replace(" ,", ",") == f"Under the rule {rules['latest']} on 25 November 2026{as_known}."
    other = db.execute("""select id, name, status, status_in_article, recognised_on from countries
        where status = 'recognises' and status_in_article <> status order by recognised_on""").fetchone()  # fmt: skip
    (row,) = page(get, "/recognition/countries", id=other[0]).select("tbody tr")
    assert cells(row)[:4] == [*other[1:]]


def test_links_for_excel_and_lists_as_tables(get):
    parsed = page(get, "/recognition/countries")
    links = {words(link): link["href"] for link in parsed.select("a[href]")}
    assert (
        "_bom=on" in links["CSV for Excel"]
        and "_bom=on" in page(get, "/recognition/withdrawals").select_one(".downloads").decode()
    )
    assert (
        links["Memberships"] == "/recognition/memberships"
        and links["Names of countries"] == "/recognition/country_names"
    )
    assert "/recognition/position_themes" in page(get, "/recognition/positions").select_one("form.columns").decode()


def test_what_a_limit_cuts_is_said_before_the_download(get):
    sql = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1500) select i from n"
    parsed = page(get, "/recognition", sql=sql)
    assert words(parsed.h2) == "The first 1,000 rows of more"
    assert words(parsed.select_one(".downloads")).startswith(
        "The first 1,000 of more rows, which is as many as one answer gives"
    )
    assert "of more" not in words(page(get, "/recognition", sql="select 1").select_one(".downloads"))


def test_words_that_are_not_ours_are_quotations(get):
    parsed = page(get, "/recognition/published_counts", _size=1, _columns="all", quote__notblank=1)
    row = parsed.select_one("tbody tr")
    assert get(f"/counts/{row['data-published']}").status_code == 200 and row.select("td q")
    assert page(get, "/recognition/organisations").select_one("tbody tr[data-organisation]")
    assert len(page(get, "/recognition/statements-that-mention").select("tbody q")) == 4


@pytest.mark.parametrize(
    ("table", "asked", "title"),
    [
        ("countries", {}, "by name"),
        ("countries", {"status_in_article__not": "recognises"}, 'status in the article != "recognises", by name'),
        ("statuses", {"rule_id": "{rule}"}, 'rule = "{title}"'),
        ("tallies", {"organisation_id__exact": "eu"}, 'organisation = "European Union"'),
        ("count_ledger", {"rule_id": "{rule}"}, 'rule = "{title}"'),
        ("countries", {"_search": "island", "_sort_desc": "name"}, "search for island, by name, last first"),
    ],
)
def test_the_title_of_a_table_has_names_of_columns_and_of_what_keys_refer_to(get, rules, table, asked, title):
    rule, name = next(iter(rules.items()))
    names = {"rule": rule, "title": name}
    parsed = page(get, f"/recognition/{table}", **{key: value.format_map(names) for key, value in asked.items()})
    assert words(parsed.title).endswith(title.format_map(names))
    assert [words(item).removesuffix(" ×") for item in parsed.select("ul.chosen li")] == [
        title.format_map(names).split(", by ")[0] for _ in asked.keys() - {"_sort_desc"}
    ]


@pytest.mark.parametrize("table", ["tallies", "count_ledger", "count_explanations", "member_statuses", "members_today"])
def test_a_key_of_a_view_is_shown_with_its_name(get, db, table):
    """A view has no foreign keys; the cells of its keys and its facets have names and lead on all the same."""
    parsed = page(get, f"/recognition/{table}", _size=5, _columns="all")
    keys = {key for name in ("rules", "organisations", "countries") for (key,) in db.execute(f"select id from {name}")}
    for cell in parsed.select("td[data-name='agreeing rules']"):  # a list of keys, which may have one
        cell.decompose()
    assert not keys.intersection(cell for row in parsed.select("table.rows tbody tr") for cell in cells(row))
    shown = parsed.select(".facet li a:not(.cross), .facet li strong")
    assert not keys.intersection(words(value) for value in shown)
    for link in parsed.select("table.rows tbody a"):
        assert get(link["href"]).status_code == 200


@pytest.mark.parametrize("table", ["countries", "statuses", "memberships", "tallies", "position_themes"])
def test_no_more_columns_are_shown_than_there_are(get, table):
    summary = next(
        s for s in page(get, f"/recognition/{table}", _columns="all").select("summary") if "columns shown" in s.text
    )
    shown, known = map(int, re.findall(r"\d+", words(summary)))
    assert shown == known


@pytest.mark.parametrize(
    ("row", "heading"),
    [
        ("positions/spain", "Spain"),
        ("recognitions/sweden", "Sweden"),
        ("themes/international-law", "International law"),
    ],
)
def test_a_row_is_called_by_its_name(get, row, heading):
    parsed = page(get, f"/recognition/{row}")
    assert words(parsed.h1).endswith(f": {heading}") and words(parsed.title).endswith(f": {heading}")

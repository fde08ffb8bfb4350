"""CSV opens right in Excel, says what it is and what it leaves out; other data do too."""

import csv
import io

import pytest
from bs4 import BeautifulSoup
from datasette.utils import MultiParams

from recognition.serving import csv_answers
from recognition.serving.configuration import Label
from tests.serving.test_walks import path_of

BOM = b"\xef\xbb\xbf"
FILES = {
    "/recognition/countries.csv": "countries", "/recognition/members_today.csv": "members_today", "/tallies.csv": "tallies",
    "/recognition/withdrawals.csv": "withdrawals", "/tallies/eu.csv": "tallies-eu", "/timeline.csv": "timeline",
    "/recognition.csv?sql=select+1": "sql",
}  # fmt: skip


def rows(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("path", FILES)
def test_a_file_says_what_it_is_and_from_which_edition(get, db, path):
    number, day, known = db.execute("select number, published_on, known_until from edition").fetchone()
    response = get(path)
    said = f'inline; filename="kosovo-{FILES[path]}-edition-{number}-{day}.csv"'
    assert response.headers["content-disposition"] == said
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["dataset-edition"] == f"{number}; {day}"
    assert response.headers["dataset-known-until"] == known
    assert not response.content.startswith(BOM)


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize(("asked", "marked"), [("_bom=on", True), ("_dl=1", False), ("_bom=off", False)])
def test_a_file_for_excel_begins_with_its_mark(get, path, asked, marked):
    response = get(f"{path}{'&' if '?' in path else '?'}{asked}")
    assert response.content.startswith(BOM) == marked
    assert response.content.count(BOM) == marked
    kind, _, name = response.headers["content-disposition"].partition("; ")
    assert kind == ("inline" if asked == "_bom=off" else "attachment") and name.isascii()
    assert rows(response) == rows(get(path)), "no cell of ours begins like a formula"


def test_a_wrong_value_for_excel_is_refused(get):
    assert "_bom must be" in get("/recognition/countries.json?_bom=maybe").json()["error"]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-x", "'-x"), ("@sum", "'@sum"), ("\t=1", "'\t=1"), ("\r", "'\r"), ("-1.5", "-1.5"),
        ("+383", "+383"), (-4, -4), (None, None), ("a=1", "a=1"), ("", ""),
    ],
)  # fmt: skip
def test_text_that_a_spreadsheet_would_compute_is_only_shown(cell, written):
    assert csv_answers.harmless(cell) == written
    assert rows_of_text([[cell]], for_excel=False) == [["" if cell is None else str(cell)]]


def rows_of_text(cells, for_excel):
    return list(csv.reader(io.StringIO(csv_answers.text_of_rows(cells, for_excel), newline="")))


def test_formulas_of_visitors_sql_are_only_shown_in_excel(get):
    sql = "select '=1+1' as a, -1 as b"
    assert rows(get("/recognition.csv", sql=sql))[1] == ["=1+1", "-1"]
    assert rows(get("/recognition.csv", sql=sql, _bom="on"))[1] == ["'=1+1", "-1"]


@pytest.mark.parametrize(
    ("name", "file"),
    [("côte d\u2019ivoire", "c-te-d-ivoire"), ('a"; x', "a-x"), ("../../etc", "etc"), ("", "rows"), ("日本", "rows"), ("a" * 99, "a" * 80)],
)  # fmt: skip
def test_a_name_of_a_file_is_plain(name, file):
    said = csv_answers.headers(MultiParams({}), name, Label("x-", "-y"))["Content-Disposition"]
    assert said == f'inline; filename="x-{file}-y.csv"'


@pytest.mark.parametrize(
    "query", [".csv?", ".json?", ".json?_shape=array&", ".json?_shape=arrayfirst&", ".json?_shape=array&_nl=on&"]
)
def test_what_the_limit_cuts_from_sql_says_so(get, query):
    whole = get(f"/recognition{query}sql=select+*+from+statuses+limit+1000")
    cut = get(f"/recognition{query}sql=select+*+from+statuses+limit+1001")
    assert "dataset-truncated" not in whole.headers
    assert cut.headers["dataset-truncated"] == "first 1000 rows"


@pytest.mark.parametrize("shape", ["arrays", "objects", "array", "arrayfirst", "object"])
@pytest.mark.parametrize("table", ["countries", "members_today"])
def test_a_part_of_a_table_as_json_leads_to_the_next(get, table, shape):
    if (table, shape) == ("members_today", "object"):
        return  # a view has no keys
    first = get(f"/recognition/{table}.json", _shape=shape, _size=100)
    assert first.headers["dataset-truncated"] == "first 100 rows"
    assert first.headers["dataset-edition"]
    second = get(path_of(first.links["next"]["url"]))
    assert second.status_code == 200 and second.content != first.content
    last = get(f"/recognition/{table}.json", _shape=shape, _size=1000)
    assert "next" not in last.links and "dataset-truncated" not in last.headers


def test_binary_values_are_addresses(get):
    (row,) = rows(get("/recognition.csv", sql="select x'00ff' as mark"))[1:]
    assert get(path_of(row[0])).content == b"\x00\xff"


@pytest.mark.parametrize(
    "path", ["/recognition/country_names.csv", "/recognition/country_names.csv?_stream=on", "/recognition/marks.csv"]
)
def test_head_tells_what_get_tells_and_no_rows(ask, path):
    head, got = ask(path, method="HEAD"), ask(path)
    assert head.headers == got.headers and head.content == b"" and got.content


def test_names_stand_beside_keys_where_they_are_asked_for(get, db):
    first, *others = rows(get("/recognition/memberships.csv", _labels="on"))
    assert first[:4] == ["organisation_id", "organisation_id_label", "country_id", "country_id_label"]
    names = db.execute(
        "select o.name, c.name from memberships m join organisations o on o.id = m.organisation_id"
        " join countries c on c.id = m.country_id order by m.organisation_id, m.country_id"
    ).fetchall()
    assert [(row[1], row[3]) for row in others] == names


def test_rows_without_a_head(get):
    assert rows(get("/recognition/marks.csv", _header="off")) == rows(get("/recognition/marks.csv"))[1:]


def test_the_csv_of_a_saved_question_has_all_its_rows(get, metadata):
    for name in metadata["databases"]["recognition"]["queries"]:
        answer = get(f"/recognition/{name}.json").json()
        assert len(rows(get(f"/recognition/{name}.csv"))) == len(answer["rows"]) + 1 and not answer["truncated"]


@pytest.mark.parametrize(
    "path", ["/recognition/events?kind=recognition&_facet=claimant", "/recognition/tally_history?_size=7"]
)
def test_the_link_to_csv_of_any_page_gives_all_rows(get, path):
    first = BeautifulSoup(get(path).text, "html.parser")
    second = BeautifulSoup(get(path_of(first.select_one("a[rel=next]")["href"])).text, "html.parser")
    count = get(path.replace("?", ".json?")).json()["filtered_table_rows_count"]
    for page in (first, second):
        (link, *_) = [tag["href"] for tag in page.select(".downloads a") if ".csv" in tag["href"]]
        assert len(rows(get(link))) == count + 1
        form = page.select_one("form.export")
        fields = {tag["name"]: tag.get("value", "on") for tag in form.select("input") if tag["name"] != "_stream"}
        assert len(rows(get(form["action"], **fields))) == count + 1

"""CSV opens right in Excel, says what it is and what it leaves out; other data do too."""

import csv
import io

import pytest
from bs4 import BeautifulSoup
from datasette.utils import MultiParams

from recognition import dates
from recognition.serving import csv_answers
from recognition.serving.configuration import Label
from tests.serving.test_walks import path_of

BOM = b"\xef\xbb\xbf"
OF_EDITION, OF_TODAY = "edition-{number}-{day}", "{today}-edition-{number}"
FILES = {
    "/recognition/countries.csv": f"countries-{OF_EDITION}", "/recognition/members_today.csv": f"members_today-{OF_EDITION}",
    "/recognition/countries/ghana.csv": f"countries-ghana-{OF_EDITION}", "/recognition/withdrawals.csv": f"withdrawals-{OF_EDITION}",
    "/recognition/members-that-do-not-recognise.csv?organisation=NATO": f"members-that-do-not-recognise-nato-{OF_EDITION}",
    "/recognition.csv?sql=select+1+as+a": f"sql-{OF_EDITION}", "/timeline.csv": f"timeline-{OF_EDITION}",
    "/timeline.csv?country=Ghana&year=2012": f"timeline-ghana-2012-{OF_EDITION}", "/counts.csv": f"counts-{OF_EDITION}",
    "/counts/serbia-2023.csv?rule=article": f"counts-serbia-2023-article-{OF_EDITION}",
    "/tallies.csv": f"tallies-{OF_TODAY}", "/tallies/eu.csv": f"tallies-eu-{OF_TODAY}", "/list.csv": f"list-{OF_TODAY}",
    "/tallies/oic.csv?as_of=2013-07-01": "tallies-oic-2013-07-01-edition-{number}",
    "/list/oic.csv?as_of=2013-07-01&rule=article&order=names": "list-oic-article-2013-07-01-edition-{number}",
    "/tallies/compare.csv?organisation=un&b=article": f"tallies-compare-un-latest-article-{OF_TODAY}",
}  # fmt: skip


def rows(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("path", FILES)
def test_a_file_says_what_it_is_and_from_which_edition(get, db, path):
    number, day, known = db.execute("select number, published_on, known_until from edition").fetchone()
    response = get(path)
    name = FILES[path].format(number=number, day=day, today=dates.today())
    assert response.headers["content-disposition"] == f'inline; filename="kosovo-{name}.csv"'
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
    said = csv_answers.headers(MultiParams({}), name, Label("x-", "-y", "-z"))["Content-Disposition"]
    assert said == f'inline; filename="x-{file}-y-z.csv"'


@pytest.mark.parametrize(
    "query", [".csv?", ".json?", ".json?_shape=array&", ".json?_shape=arrayfirst&", ".json?_shape=array&_nl=on&"]
)
def test_what_the_limit_cuts_from_sql_says_so(get, query):
    whole = get(f"/recognition{query}sql=select+*+from+statuses+limit+1000")
    cut = get(f"/recognition{query}sql=select+*+from+statuses+limit+1001")
    assert "dataset-truncated" not in whole.headers
    assert cut.headers["dataset-truncated"] == "first 1000 rows"
    assert (
        get(f"/recognition{query}_next=1&sql=select+*+from+statuses").headers["dataset-truncated"] == "first 1000 rows"
    )


@pytest.mark.parametrize("shape", ["arrays", "objects", "array", "arrayfirst", "object"])
@pytest.mark.parametrize("table", ["countries", "tallies"])
def test_a_part_of_a_table_as_json_leads_to_the_next(get, table, shape):
    if (table, shape) == ("tallies", "object"):
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


@pytest.mark.parametrize("path", FILES)
def test_rows_without_a_head(get, path):
    asked = f"{path}{'&' if '?' in path else '?'}_header="
    assert rows(get(f"{asked}off")) == rows(get(path))[1:]
    assert rows(get(f"{asked}on")) == rows(get(path))


@pytest.mark.parametrize(
    "path", ["/tallies.json", "/list/oic.json", "/map.json", "/timeline.json", "/search.json?q=ghana", "/counts.json"]
)
def test_json_of_our_pages_says_the_edition_in_its_headers_too(get, path):
    response = get(path)
    told = response.json()
    assert response.headers["dataset-edition"] == f"{told['edition_number']}; {told['edition_day']}"
    assert response.headers["dataset-known-until"] == told["known_until"]


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

"""A reader's mistake in a parameter gets a sentence that says what is allowed, as a page and as JSON."""

import csv
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from recognition.site.asked import CHOICES
from tests.fuzz.every_address import noting

with (Path(__file__).resolve().parents[2] / "sources" / "rules.csv").open(encoding="utf-8", newline="") as rules:
    LISTED = ", ".join(f"{rule['id']} ({rule['title']})" for rule in csv.DictReader(rules))
RULES = f"one of {LISTED}, not 'mine'"
A_DAY = "as_of must be a day such as 2013-07-01, not "
ORGANISATIONS = "organisation must be one of un (United Nations), eu (European Union)"
ON_OUR_PAGES = [
    ("/", "rule", "mine", f"rule must be {RULES}"),
    ("/", "as_of", "yesterday", A_DAY + "'yesterday'"),
    ("/tallies", "rule", "mine", f"rule must be {RULES}"),
    ("/tallies", "organisation", "uefa", ORGANISATIONS),
    ("/tallies", "as_of", "2013-02-30", A_DAY + "'2013-02-30'"),
    ("/tallies/eu", "rule", "mine", f"rule must be {RULES}"),
    ("/tallies/eu", "as_of", "2013", A_DAY + "'2013'"),
    ("/tallies/compare", "a", "mine", f"a must be {RULES}"),
    ("/tallies/compare", "b", "mine", f"b must be {RULES}"),
    ("/tallies/compare", "as_of", "٢٠١٣-٠٧-٠١", A_DAY),
    ("/tallies/compare", "rule", "mine", f"rule must be {RULES}"),
    ("/tallies/compare", "organisation", "uefa", ORGANISATIONS),
    ("/tallies/compare", "organisation", "interpol", "organisation 'interpol' has no members to compare on "),
    ("/list", "rule", "mine", f"rule must be {RULES}"),
    ("/list", "as_of", "2013-07", A_DAY + "'2013-07'"),
    ("/list", "organisation", "uefa", ORGANISATIONS),
    ("/list", "order", "size", "order must be one of days, names, not 'size'."),
    ("/counts/serbia-2023", "as_of", "yesterday", A_DAY + "'yesterday'"),
    ("/counts/serbia-2023", "rule", "mine", f"rule must be {RULES}"),
    ("/counts/serbia-2023", "by", "mine", f"by must be {RULES}"),
    ("/counts", "publisher", "me", "publisher must be one of Ankole Times, "),
    ("/counts", "group", "uefa", "group must be one of african-union, "),
    ("/counts", "year", "1999", "year must be one of {last}, "),
    ("/counts", "explained", "maybe", "explained must be one of reproduced, not reproduced, "),
    ("/counts", "rule", "mine", f"rule must be {RULES}"),
    ("/counts/compare", "a", "me", "a must be the key of a published count (see /counts), or a rule on a day such as "),
    ("/counts/compare", "b", "latest@soon", "b must be the key of a published count (see /counts), or a rule on a day such as "),
    ("/statements", "theme", "war", "theme must be one of double-standards, "),
    ("/statements", "status", "maybe", "status must be one of contested, "),
    ("/statements", "region", "Atlantis", "region must be one of Africa, "),
    ("/statements", "speaker", "me", "speaker must be one of not_recognising, "),
    ("/statements", "beside", "Atlantis", "beside must name countries or organisations with a statement; 'Atlantis' has none."),
    ("/votes", "organisation", "uefa", ORGANISATIONS),
    ("/votes/interpol-2018", "rule", "mine", f"rule must be {RULES}"),
    ("/map", "rule", "mine", f"rule must be {RULES}"),
    ("/map", "as_of", "1.7.2013", A_DAY + "'1.7.2013'"),
    ("/timeline", "kind", "war", "kind must be one of "),
    ("/timeline", "country", "Atlantis", "country must be the name or key of a country, such as ghana, not 'Atlantis'."),
    ("/timeline", "claimant", "me", "claimant must be a country, an organisation, 'the article' or 'unnamed reports'"),
    ("/timeline", "year", "1999", "year must be a year with events, from 2008 to "),
    ("/search", "kind", "war", "kind must be one of country, organisation, statement"),
    ("/search", "status", "maybe", "status must be one of recognises, contested, withdrew, does not recognise, not 'maybe'."),
    ("/search", "organisation", "uefa", ORGANISATIONS),
    ("/search", "rule", "mine", f"rule must be {RULES}"),
    ("/search", "as_of", "soon", A_DAY + "'soon'"),
    ("/search", "page", "0", "page must be a number from 1 on, not '0'."),
]  # fmt: skip
ON_DATASETTES = [
    ("/recognition/countries", "_size", "many", "_size must be a positive integer"),
    ("/recognition/countries", "_size", "1001", "_size must be <= 1000"),
    ("/recognition/countries", "_sort", "nothing", "Cannot sort table by nothing"),
    ("/recognition/countries", "_ttl", "²", "_ttl must be a whole number of at most nine digits, not '²'."),
    ("/recognition/countries", "_timelimit", "soon", "_timelimit must be a whole number"),
    ("/recognition/countries", "_timelimit", "max", "_timelimit must be a whole number"),
    ("/recognition/countries", "_json_infinity", "maybe", "_json_infinity must be 1, 0, on, off, true or false, not 'maybe'."),
    ("/recognition/sources/article", "_json_infinity", "", "_json_infinity must be 1, 0, on, off, true or false, not ''."),
    ("/recognition/countries", "_facet_size", "²", "_facet_size must be a whole number"),
    ("/recognition/countries", "_facet", '{"column": 1}', "_facet must be the name of a column, or"),
    ("/recognition/countries", "_facets", "status", "There is no _facets: facets are _facet, _facet_array, _facet_date"),
    ("/recognition/countries", "_searching", "x", "There is no _searching: it is _search, _searchmode, or _search_"),
    ("/recognition/countries", "_through", "memberships", '_through must be a JSON object such as {"table": '),
    ("/recognition/countries", "name__in", '["a", ["b"]]', 'name__in must be values such as a,b,c or a JSON list of them such as ["a", "b"]'),
    ("/recognition/countries", "number__gt", "9" * 19, "number__gt must be text, or a number up to 9223372036854775807"),
    ("/recognition/members_today", "_next", "x", "_next must be the number of rows to leave out here, not 'x'."),
    ("/recognition/countries", "_where", "\0", "the query contains a null character"),
    ("/recognition/countries", "statuss", "recognises", "countries has no column 'statuss'. It has id, number, name, "),
    ("/recognition/countries", "rule", "rule", "countries has no column 'rule'."),
    ("/recognition/members_today", "nothing__contains", "x", "members_today has no column 'nothing'."),
    ("/recognition/countries", "name__foo", "x", "name cannot be compared by 'foo', but by exact, not, contains, "),
    ("/recognition/countries", "_facet", "nothing", "countries has no column 'nothing'."),
    ("/recognition/countries", "_facet_array", "nothing", "countries has no column 'nothing'."),
    ("/recognition", "_shape", "array", "/recognition has no rows to give in this form; ask with ?sql="),
    ("/recognition", "sql", "delete from countries", "Statement must be a SELECT"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "name", "value", "sentence"), ON_OUR_PAGES)
def test_our_pages_say_what_is_allowed(get, db, path, name, value, sentence):
    (last,) = db.execute(
        "select max(substr(coalesce(as_of, published_on, latest_day), 1, 4)) from published_counts"
    ).fetchone()
    sentence = sentence.replace("{last}", last)  # the last year that a published count is of
    response = get(path, **{name: value})
    assert response.status_code == 400
    assert sentence in BeautifulSoup(response.text, "html.parser").select_one("[role=alert]").get_text()
    if path != "/":  # which has no JSON
        assert sentence in get(f"{path}.json", **{name: value}).json()["error"]


@pytest.mark.parametrize(("path", "name", "value", "sentence"), ON_DATASETTES)
def test_datasettes_pages_say_what_is_allowed(get, path, name, value, sentence):
    response = get(f"{path}.json", **{name: value})
    assert response.status_code == 400
    assert sentence in response.json()["error"]


def test_every_parameter_of_our_pages_is_among_them(get):
    """The pages are asked and tell what they look up; these may be any text: what is searched for, what is marked."""
    free = {("/search", "q"), ("/article", "quote"), ("/statements", "q")}
    looked_up = set()
    for path in {path for path, *_ in ON_OUR_PAGES} | {"/article", "/counts", "/about"}:
        read = set()
        with noting(read):
            assert get(path).status_code == 200
        looked_up |= {(path, name) for name in read if not name.startswith("_")}
    tried = {(path, name) for path, name, *_ in ON_OUR_PAGES}
    assert tried - looked_up == set()
    # pages that answer under no rule, day or organisation carry a choice of them along, and leave a wrong one behind
    assert {(path, name) for path, name in looked_up - free - tried if name not in CHOICES} == set()


@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/map",
        "/timeline",
        "/tallies",
        "/tallies/eu",
        "/tallies/compare",
        "/counts",
        "/counts/serbia-2023",
        "/votes",
        "/votes/unga-2008",
    ],
)
def test_a_format_that_is_none_gets_a_sentence(get, path):
    response = get(f"{path}.xml")
    assert response.status_code == 404
    assert "There is no format 'xml'; add .json" in response.text.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("select x from nowhere", "no such table: nowhere"),
        (" ", "Statement must be a SELECT"),
        ("drop table x", "must be a SELECT"),
    ],
)
def test_sql_that_fails_is_no_empty_csv_file(get, sql, sentence):
    response = get("/recognition.csv", sql=sql)
    assert response.status_code == 400 and sentence in response.text


def test_the_names_of_columns_are_taken_in_any_case(get):
    count = "filtered_table_rows_count"
    asked = [get("/recognition/countries.json", **{name: "recognises"}).json()[count] for name in ("status", "STATUS")]
    assert asked[0] == asked[1] > 100


def test_the_items_of_a_column_without_lists_are_none(get):
    facets = get("/recognition/countries.json", _facet_array=["name", "organisations"], _facet_date="name").json()[
        "facet_results"
    ]
    assert facets["name"]["results"] == [] and facets["organisations"]["results"]


NO_ROWS = [
    "/recognition/nowhere/1", "/recognition/pragma_database_list/1", "/recognition/sqlite_master/1",
    "/recognition/memberships/eu", "/recognition/countries/spain,france", "/recognition/tallies/eu",
]  # fmt: skip


@pytest.mark.parametrize("path", NO_ROWS)
def test_a_row_that_is_none_is_not_found(get, path):
    assert get(path).status_code == 404
    assert get(f"{path}.json").json()["status"] == 404


def test_a_binary_value_is_given_only_where_there_is_one(get):
    response = get("/recognition.blob", sql="select x'00ff' as mark, 1 as number", _blob_column="mark")
    assert (response.status_code, response.content) == (200, b"\x00\xff")
    response = get("/recognition.blob", sql="select x'00ff' as mark, 1 as number", _blob_column="number")
    assert response.status_code == 400 and "No row here has binary content in number" in response.text


def test_a_filter_through_another_table_is_answered(get):
    through = '{"table": "positions", "column": "list", "value": "not_recognising"}'
    answer = get("/recognition/countries.json", _through=through, _shape="array", _size="max")
    assert answer.status_code == 200
    assert {row["kind"] for row in answer.json()} == {"UN member"}


@pytest.mark.parametrize("path", ["/favicon.ico.json", "/favicon.ico/x", "/faviconxico", "/favicon.icons"])
def test_behind_the_icon_there_is_nothing(get, path):
    assert get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    assert get(path).status_code == 404

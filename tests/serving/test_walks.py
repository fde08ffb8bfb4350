"""Who walks over all pages of a table in any order gets each row once, in that order; so does who takes all as CSV.

`make test` walks a sample with a seed, `--whole` all tables, views, columns, directions and sizes.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from httpx import Response

from recognition.serving import closed_pages

Get = Callable[..., Response]
SIZES = (3, 9, 40)  # how many pages a walk has, more or less
SAMPLE = {"json": 24, "page": 4, "csv": 8, "facets": 12}


class Walk(NamedTuple):
    """An order in which a table is asked for, and so many rows at a time; no column: the order of the table itself."""

    table: str
    column: str | None
    descending: bool
    size: int

    @property
    def asked(self) -> dict[str, str]:
        return {"_sort_desc" if self.descending else "_sort": self.column} if self.column else {}


class Tables:
    """What the database says of its open tables and views: their columns, their keys, and their rows in any order."""

    def __init__(self, db: sqlite3.Connection, metadata: dict[str, Any]) -> None:
        self.db = db
        self.described = metadata["databases"]["recognition"]["tables"]
        self.columns: dict[str, list[str]] = {}
        self.keys: dict[str, list[str]] = {}
        closed = closed_pages.tables_of_indexes(db)
        listed = db.execute(
            "select name, type from sqlite_master where type in ('table', 'view') order by name"
        ).fetchall()
        for name, type_ in listed:
            if name not in closed and name != "today":  # one row, the day, which the site is told
                columns = db.execute("select name, pk from pragma_table_info(?)", (name,)).fetchall()
                self.columns[name] = [column for column, _ in columns]
                keys = [column for column, place in sorted(columns, key=lambda one: one[1]) if place]
                self.keys[name] = keys or ([] if type_ == "view" else ["rowid"])

    def width(self, table: str) -> int:
        """How many columns are compared: Datasette shows two more of a full-text index, which are no data."""
        return len(self.columns[table]) + (self.keys[table] == ["rowid"])

    def walks(self) -> Iterator[Walk]:
        for table, columns in self.columns.items():
            for column in (None, *columns):
                for descending in (False, True) if column else (False,):
                    yield from (Walk(table, column, descending, size) for size in self.sizes(table))

    def sizes(self, table: str) -> list[int]:
        (count,) = self.db.execute(f'select count(*) from "{table}"').fetchone()
        return sorted({max(1, min(1000, count // pages)) for pages in SIZES})

    def rows(self, walk: Walk) -> list[tuple[Any, ...]]:
        """All rows as they must come."""
        described = self.described.get(walk.table, {})
        keys, columns = self.keys[walk.table], ["*"] if self.keys[walk.table] != ["rowid"] else ["rowid", "*"]
        column = walk.column or described.get("sort") or described.get("sort_desc")
        descending = walk.descending if walk.column else "sort_desc" in described
        by = described.get("ordered_by", {}).get(column, column)
        order = [f'"{by}"{" desc" if descending else ""}'] if by else []
        if by or keys:
            order += [f'"{key}"' for key in keys or self.columns[walk.table]]
        end = f" order by {', '.join(order)}" if order else ""
        return self.db.execute(f'select {", ".join(columns)} from "{walk.table}"{end}').fetchall()


@pytest.fixture(scope="module")
def tables(db: sqlite3.Connection, metadata: dict[str, Any]) -> Tables:
    return Tables(db, metadata)


def path_of(address: str) -> str:
    """The address without the site's own, which a setting holds."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def by_json(get: Get, walk: Walk, width: int) -> list[tuple[Any, ...]]:
    path = (
        f"/recognition/{walk.table}.json?{urlencode({**walk.asked, '_size': walk.size, '_nofacet': 1, '_nocount': 1})}"
    )
    found: list[tuple[Any, ...]] = []
    while path:
        response = get(path)
        said = response.json()
        assert response.status_code == 200, said
        found += [tuple(row[:width]) for row in said["rows"]]
        assert bool(said["next"]) == bool(said["next_url"]) == ("dataset-truncated" in response.headers)
        path = said["next_url"] and path_of(said["next_url"])
    return found


def by_page(get: Get, walk: Walk) -> list[str]:
    """The first cell of each row of all pages."""
    path = (
        f"/recognition/{walk.table}?{urlencode({**walk.asked, '_size': walk.size, '_nofacet': 1, '_columns': 'all'})}"
    )
    found: list[str] = []
    while path:
        parsed = BeautifulSoup(get(path).text, "html.parser")
        found += [cell.get_text() for cell in parsed.select("table.rows tbody th")]
        onward = parsed.select_one("a[rel=next]")
        path = path_of(str(onward["href"])) if onward else ""
    return found


def as_text(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def wrong(walks: list[Walk], given: Callable[[Walk], Any], right: Callable[[Walk], Any]) -> str:
    """The walks that lead to other rows than they should, in a sentence; empty where all are right."""
    lost = [walk for walk in walks if given(walk) != right(walk)]
    return f"{len(lost)} of {len(walks)} walks: {lost[:10]}" if lost else ""


def test_all_pages_of_a_table_together_have_each_row_once(get, tables, sample):
    walks = sample(list(tables.walks()), SAMPLE["json"])
    assert not wrong(walks, lambda walk: by_json(get, walk, tables.width(walk.table)), tables.rows)


def test_so_have_its_pages_for_people(get, tables, sample):
    walks = [walk for walk in tables.walks() if len(tables.keys[walk.table]) == 1 and walk.size > 9]

    def keys(walk: Walk) -> list[str]:
        place = (
            tables.columns[walk.table].index(tables.keys[walk.table][0]) if tables.keys[walk.table] != ["rowid"] else 0
        )
        return [str(row[place]) for row in tables.rows(walk)]

    assert not wrong(sample(walks, SAMPLE["page"]), lambda walk: by_page(get, walk), keys)


@pytest.mark.parametrize("stream", [{}, {"_stream": "on"}, {"_size": "max"}])
def test_a_csv_has_all_rows(get, tables, sample, stream):
    walks = sample([walk for walk in tables.walks() if walk.size == tables.sizes(walk.table)[0]], SAMPLE["csv"])

    def given(walk: Walk) -> list[list[str]]:
        response = get(f"/recognition/{walk.table}.csv", **walk.asked, **stream)
        assert response.status_code == 200 and "dataset-truncated" not in response.headers
        return [row[: tables.width(walk.table)] for row in csv.reader(io.StringIO(response.text, newline=""))][1:]

    assert not wrong(walks, given, lambda walk: as_text(tables.rows(walk)))


def test_a_part_of_a_csv_leads_to_the_next(get, tables):
    walk = Walk("events", "kind", True, 50)
    path, found = f"/recognition/events.csv?_sort_desc=kind&_size={walk.size}", []
    while path:
        response = get(path)
        found += list(csv.reader(io.StringIO(response.text, newline="")))[1:]
        path = path_of(response.links["next"]["url"]) if "next" in response.links else ""
        assert ("dataset-truncated" in response.headers) == bool(path)
    assert found == as_text(tables.rows(walk))


def test_the_rest_of_a_csv_begins_where_it_is_asked_to(get, tables):
    start = get("/recognition/events.json", _size=7, _sort="claimant").json()["next"]
    response = get("/recognition/events.csv", _sort="claimant", _next=start)
    rest = list(csv.reader(io.StringIO(response.text, newline="")))[1:]
    assert rest == as_text(tables.rows(Walk("events", "claimant", False, 7)))[7:]


def test_a_column_that_another_stands_for_is_ordered_by_that_and_called_by_its_name(get, db):
    names = [row[0] for row in db.execute("select name from countries order by sort_name, id")]
    assert [
        name for name, folded in db.execute("select name, sort_name from countries") if folded < "a" or folded > "{"
    ] == []
    for asked in ({}, {"_sort": "name"}):
        path = f"/recognition/countries.json?{urlencode({**asked, '_size': 50, '_col': 'name'})}"
        found = []
        while path:
            said = get(path).json()
            assert said["human_description_en"] == "sorted by name" and said["columns"] == ["id", "name"]
            assert "sort_name" not in (said["next_url"] or "")
            found += [row[1] for row in said["rows"]]
            path = said["next_url"] and path_of(said["next_url"])
        assert found == names
    page = BeautifulSoup(get("/recognition/countries", _sort_desc="name").text, "html.parser")
    assert page.select_one("select[name=_sort] option[selected]")["value"] == "name"


def test_columns_that_stand_for_others_are_columns(db, metadata):
    for name, table in metadata["databases"]["recognition"]["tables"].items():
        columns = {row[0] for row in db.execute("select name from pragma_table_info(?)", (name,))}
        assert {column for pair in table.get("ordered_by", {}).items() for column in pair} <= columns


@pytest.mark.parametrize("labels", ["on", "off"])
@pytest.mark.parametrize("form", [".json", ".csv", ""])
def test_an_order_by_a_column_that_is_not_shown_is_right_too(get, db, form, labels):
    right = [row[0] for row in db.execute("select id from recognitions order by year, id")]
    path = f"/recognition/recognitions{form}?_col=country_id&_sort=year&_size=40&_labels={labels}&_shape=objects"
    if form == ".json":
        found = []
        while path:
            said = get(path).json()
            assert said["columns"] == ["id", "country_id"]
            found += [row["id"] for row in said["rows"]]
            path = said["next_url"] and path_of(said["next_url"])
        assert found == right
    else:
        response = get(path)
        assert response.status_code == 200 and ("year" not in response.text[:40] or not form)


@pytest.mark.parametrize("place", ["x,y,z", "2008", "$null", ",,,"])
def test_a_place_that_no_page_gave_is_refused(get, place):
    response = get("/recognition/events.json", _next=place)
    assert response.status_code == 400 and response.json()["error"].startswith(
        "_next must be what the page before it gave"
    )


def facets_of(get: Get, table: str, column: str, kind: str, **asked: Any) -> list[dict[str, Any]]:
    response = get(f"/recognition/{table}.json", **{kind: column, "_size": 0, "_facet_size": "max"}, **asked)
    assert response.status_code == 200, response.text
    return [facet for facet in response.json()["facet_results"].values() if facet["name"] == column]


@pytest.mark.parametrize("kind", ["_facet", "_facet_date"])
def test_a_facet_leads_to_as_many_rows_as_it_says(get, tables, sample, kind):
    """Of each column the most and the least frequent value."""
    type_ = {"_facet": "column", "_facet_date": "date"}[kind]
    columns = [(table, column) for table, names in tables.columns.items() for column in names if table != "search"]
    lost = []
    for table, column in sample(columns, SAMPLE["facets"]):
        (facet,) = [one for one in facets_of(get, table, column, kind) if one["type"] == type_]
        for value in {one["value"]: one for one in (*facet["results"][:1], *facet["results"][-1:])}.values():
            counted = get(path_of(value["toggle_url"])).json()["filtered_table_rows_count"]
            if counted != value["count"]:
                lost.append((table, column, value["value"], value["count"], counted))
    assert not lost


@pytest.mark.parametrize(
    ("table", "column"), [("events", "date"), ("recognitions", "year"), ("organisations", "kosovo_since"), ("subject", "first_day")]
)  # fmt: skip
def test_dates_known_by_their_year_or_month_are_no_julian_days(get, db, table, column):
    (facet,) = [one for one in facets_of(get, table, column, "_facet_date") if one["type"] == "date"]
    right = db.execute(
        f"select cast({column} as text), count(*) from {table} where {column} is not null group by 1"
    ).fetchall()
    assert {value["value"]: value["count"] for value in facet["results"]} == dict(right)


def test_a_date_filter_finds_what_is_written_and_no_more(get, db):
    for written in ("2012", "2012-10", "2008-02-18"):
        (count,) = db.execute("select count(*) from events where date = ?", (written,)).fetchone()
        assert get("/recognition/events.json", date__date=written, _size=0).json()["filtered_table_rows_count"] == count


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("_facet=status", ["status"]), ("_facet=status&_facet=status&_facet=region", ["status", "region"]),
        ("_facet_array=organisations&_facet_array=organisations", ["organisations"]),
        ("_facet_date=recognised_on&_facet_date=recognised_on", ["recognised_on"]),
        ('_facet={"column":"status"}', ["status"]),
    ],
)  # fmt: skip
def test_a_facet_is_shown_once_whoever_asked_for_it(get, asked, names):
    for name in names:
        facets = get(f"/recognition/countries.json?{asked}&_size=0").json()["facet_results"]
        assert [key for key, facet in facets.items() if facet["name"] == name] == [name]
    page = BeautifulSoup(get(f"/recognition/countries?{asked}&_facet=organisations").text, "html.parser")
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_facets_of_a_later_page_count_all_rows_and_lead_to_the_first_page(get):
    first = get("/recognition/events.json", _size=20).json()
    second = get(path_of(first["next_url"])).json()
    for name, facet in first["facet_results"].items():
        others = second["facet_results"][name]["results"]
        assert [(one["value"], one["count"]) for one in others] == [
            (one["value"], one["count"]) for one in facet["results"]
        ]
        assert not any("_next" in one["toggle_url"] for one in others)


@pytest.mark.parametrize(
    "query", ["difference=0", "difference__gt=0", "difference__not=0", "difference__lte=-1", "publisher__gte=2"]
)
def test_numbers_of_a_view_are_compared_as_numbers_and_texts_as_texts(get, db, query):
    name, _, value = query.partition("=")
    column, _, operator = name.partition("__")
    sign = {"": "=", "not": "<>", "gt": ">", "gte": ">=", "lte": "<="}[operator]
    literal = f"'{value}'" if column == "publisher" else value
    (count,) = db.execute(f"select count(*) from count_audit where {column} {sign} {literal}").fetchone()
    assert get(f"/recognition/count_audit.json?{query}&_size=0").json()["filtered_table_rows_count"] == count

"""The map draws every country once, as the statuses of rule and day have it, counts like the tallies, and is light."""

import gzip
import math
import re

import pytest
from bs4 import BeautifulSoup

RULES = ("article", "every_recognition", "uncontested", "latest")
DAYS = ("2008-02-17", "2011-07-13", "2011-07-14", "2019-11-07", "2025-10-29")
STATUSES = ("recognises", "contested", "withdrew", "does not recognise")
CLASSES = dict(zip(STATUSES, ("map-recognises", "map-contested", "map-withdrew", "map-none"), strict=True))
WITHOUT_OUTLINE = {"abkhazia", "sahrawi-arab-democratic-republic", "south-ossetia", "transnistria", "tuvalu"}


def compressed(text):
    return len(gzip.compress(text.encode(), 6))


def corners(d):
    """The corners of a path of relative steps."""
    found, start = [], (0, 0)
    for ring in re.findall(r"m([^z]*)z", d):
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        x, y = start
        for number in range(0, len(numbers), 2):
            x, y = x + numbers[number], y + numbers[number + 1]
            start = (x, y) if number == 0 else start
            found.append((x, y))
    return found


@pytest.fixture(scope="module")
def shapes(db):
    columns = ("number", "country_id", "kind", "d", "x", "y", "r")
    rows = db.execute(f"select {', '.join(columns)} from shapes order by number")
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def standing(db):
    """{country: (status, since)} under a rule on a day, straight from the table of statuses."""

    def on(rule, day):
        rows = db.execute(
            "select country_id, status, since from statuses"
            " where rule_id = ? and since <= ? and (until > ? or until is null)", (rule, day, day),
        )  # fmt: skip
        return {country: (status, since) for country, status, since in rows}

    return on


def page_of(get, **parameters):
    response = get("/map", **parameters)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def country_of(link):
    return link["href"].removeprefix("/recognition/countries/")


def said(name, status, since):
    return f"{name}: {status}" + (f" since {since}" if status != "does not recognise" else "")


# Shapes


def test_every_country_has_a_shape_or_a_circle_and_none_the_same_twice(db, shapes):
    countries = {country for (country,) in db.execute("select id from countries")}
    assert len(countries) == 206
    assert {shape["country_id"] for shape in shapes} == countries | {None}
    drawn = [(shape["country_id"], shape["kind"]) for shape in shapes]
    assert len(set(drawn)) == len(drawn) == 219
    assert {kind for country, kind in drawn if country == "kosovo"} == {"shape", "symbol"}
    outlined = {country for country, kind in drawn if kind == "shape"}
    assert not WITHOUT_OUTLINE & outlined
    assert {"kosovo", "northern-cyprus", "somaliland", "taiwan", "north-macedonia", "eswatini", "palestine"} <= outlined
    circled = {country for country, kind in drawn if kind == "symbol"}
    assert WITHOUT_OUTLINE | {"holy-see", "niue", "cook-islands", "montserrat", "monaco", "nauru"} <= circled


def test_land_of_no_country_lies_below_and_circles_above(shapes):
    kinds = [shape["kind"] for shape in shapes]
    assert kinds[0] == "land" and kinds.count("land") == 1
    circled = {shape["country_id"] for shape in shapes if shape["kind"] == "symbol"}
    first = min(shape["number"] for shape in shapes if shape["country_id"] in circled)
    assert all(shape["country_id"] in circled for shape in shapes if shape["number"] >= first)


def test_everything_lies_on_the_map_and_circles_do_not_overlap(get, shapes):
    left, top, width, height = map(int, page_of(get).select_one("svg.map-world")["viewbox"].split())
    circles = [(shape["x"], shape["y"], shape["r"]) for shape in shapes if shape["kind"] == "symbol"]
    edges = [(x + sign * r, y + sign * r) for x, y, r in circles for sign in (-1, 1)]
    for x, y in edges + [corner for shape in shapes if shape["d"] for corner in corners(shape["d"])]:
        assert left <= x <= left + width and top <= y <= top + height
    for number, (x, y, r) in enumerate(circles):
        assert all(math.dist((x, y), (u, v)) >= r + s or 30 in (r, s) for u, v, s in circles[:number])


def test_neighbours_share_their_border(shapes):
    around = {shape["country_id"]: set(corners(shape["d"])) for shape in shapes if shape["kind"] == "shape"}
    for one, other in (("kosovo", "serbia"), ("kosovo", "albania"), ("spain", "portugal"), ("chad", "sudan")):
        assert len(around[one] & around[other]) >= 4, (one, other)


def test_all_shapes_together_are_light(shapes):
    assert compressed("\n".join(shape["d"] or "" for shape in shapes)) < 26_000


# The page


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("day", DAYS)
def test_every_country_is_drawn_and_listed_once_with_its_status(get, db, standing, rule, day):
    expected = standing(rule, day)
    names = dict(db.execute("select id, name from countries"))
    assert len(expected) == 205
    page = page_of(get, rule=rule, as_of=day)
    links = page.select("svg.map-world a")
    assert sorted(map(country_of, links)) == sorted(names)
    for link in links:
        country = country_of(link)
        if country == "kosovo":
            assert link["class"] == ["map-subject"]
            continue
        status, since = expected[country]
        assert link["class"] == [CLASSES[status]]
        assert link.title.get_text() == said(names[country], status, since)
        assert link.select("path, circle")
    rows = page.select(".map-table tbody tr")
    listed = {country_of(row.a): tuple(cell.get_text() for cell in row.select("td")) for row in rows}
    assert len(rows) == 205
    assert listed == {
        country: (status, "" if status == "does not recognise" else since)
        for country, (status, since) in expected.items()
    }


def test_the_slider_stops_at_the_day(get):
    page, steps = page_of(get), get("/map.json").json()["steps"]
    slider = page.select_one(".map-time input")
    assert slider["value"] == slider["max"] == str(len(steps))
    assert page_of(get, as_of=steps[0][0]).select_one(".map-time input")["value"] == "0"
    assert page_of(get, as_of=steps[3][0]).select_one(".map-time input")["value"] == "3"


def test_one_state_is_a_stop_of_the_tab_key_and_the_table_is_one_click_away(get):
    page = page_of(get)
    stops = [country_of(link) for link in page.select("svg.map-world a") if link["tabindex"] == "0"]
    assert stops == ["kosovo"]
    assert page.find("a", href="#table") and page.select_one("table#table")


def test_statuses_differ_by_a_pattern_that_is_there(get, root):
    css = (root / "static/site.css").read_text()
    used = set(re.findall(r"url\(#([\w-]+)\)", css))
    assert used == {pattern["id"] for pattern in page_of(get).select("pattern")}
    assert {"map-hatched", "map-dotted"} <= used
    for name in ("recognises", "contested", "withdrew", "none", "subject", "land"):
        assert f".map-{name} {{ fill:" in css, name


def test_the_page_is_light(get):
    assert compressed(get("/map").text) < 40_000


# The data that the slider moves through


@pytest.mark.parametrize("rule", RULES)
def test_the_json_holds_the_table_of_statuses(get, db, rule):
    answer = get("/map.json", rule=rule)
    assert len(gzip.compress(answer.content, 6)) < 6_000
    data = answer.json()
    rows = [
        (country, data["statuses"][status], since, until)
        for country, intervals in data["countries"].items()
        for status, since, until in intervals
    ]
    kept = db.execute("select country_id, status, since, until from statuses where rule_id = ?", (rule,))
    assert sorted(rows) == sorted(kept)
    assert data["countries"]["kosovo"] == []


@pytest.mark.parametrize("rule", RULES)
def test_the_steps_are_the_days_on_which_anything_changes(get, db, standing, rule):
    steps = get("/map.json", rule=rule).json()["steps"]
    days = {day for (day,) in db.execute("select since from statuses where rule_id = ?", (rule,))} | {"2011-07-14"}
    assert [day for day, _, _ in steps] == sorted(days)
    history = db.execute(
        "select since, recognising, contested, withdrawn, not_recognising from tally_history"
        " where organisation_id = 'un' and rule_id = ? order by since", (rule,),
    ).fetchall()  # fmt: skip
    for day, un, others in steps:
        assert un == [counted for since, *counted in map(tuple, history) if since <= day][-1]
        assert sum(un) + sum(others) == 205
        assert un[0] + others[0] == sum(status == "recognises" for status, _ in standing(rule, day).values())

"""The map draws every country once, circles last, as the statuses of rule and day have it, and carries a choice along."""

import gzip
import math
import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from recognition.dates import said
from recognition.sentences import SINCE, status_since

RULES = ("article", "every_recognition", "uncontested", "latest")
DAYS = ("2008-02-17", "2011-07-14", "2025-10-29")
STATUSES = ("recognises", "contested", "withdrew", "does not recognise")
CLASSES = dict(zip(STATUSES, ("map-recognises", "map-contested", "map-withdrew", "map-none"), strict=True))


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
    return link["href"].removeprefix("/recognition/countries/").partition("?")[0]


def told(name, status, since):
    return f"{name}: {status_since(status, said(since))}"


# Shapes


def test_everything_lies_on_the_map_and_circles_do_not_overlap(get, shapes):
    left, top, width, height = map(int, page_of(get).select_one("svg.map-world")["viewbox"].split())
    circles = [(shape["x"], shape["y"], shape["r"]) for shape in shapes if shape["kind"] == "symbol"]
    edges = [(x + sign * r, y + sign * r) for x, y, r in circles for sign in (-1, 1)]
    for x, y in edges + [corner for shape in shapes if shape["d"] for corner in corners(shape["d"])]:
        assert left <= x <= left + width and top <= y <= top + height
    for number, (x, y, r) in enumerate(circles):
        assert all(math.dist((x, y), (u, v)) >= r + s or 30 in (r, s) for u, v, s in circles[:number])


# The page


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("day", DAYS)
def test_every_country_is_drawn_and_listed_once_with_its_status(get, db, standing, rule, day):
    expected = standing(rule, day)
    names = dict(db.execute("select id, name from countries"))
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
        assert link.title.get_text() == told(names[country], status, since)
        assert link.select("path, circle")
    rows = page.select(".map-table tbody tr")
    listed = {country_of(row.a): tuple(cell.get_text() for cell in row.select("td")) for row in rows}
    assert len(rows) == len(expected)
    assert all(said(time["datetime"]) == time.get_text() for time in page.select(".map-table time"))
    assert listed == {
        country: (status, "" if status == "does not recognise" else said(since))
        for country, (status, since) in expected.items()
    }


def test_circles_are_drawn_after_all_shapes_of_others(get):
    """Whatever is drawn after a circle may hide it: tests/browser asks what lies on top."""
    circled = [bool(link.select("circle")) for link in page_of(get).select("#map-states a")]
    assert circled == sorted(circled)
    assert 40 < sum(circled) < 60


@pytest.mark.parametrize("path", ["/map", "/"])
@pytest.mark.parametrize(
    ("choice", "carried"),
    [
        ({}, ""),
        ({"rule": "article"}, "?rule=article"),
        ({"rule": "latest", "as_of": "2015-01-01"}, "?as_of=2015-01-01"),
        ({"rule": "uncontested", "as_of": "2015-01-01", "organisation": "eu"},
         "?rule=uncontested&as_of=2015-01-01&organisation=eu"),
    ],
)  # fmt: skip
def test_every_link_to_an_answer_carries_the_choice(get, path, choice, carried):
    """Also those in fragments that are kept for all readers: no reader gets another's choice."""
    get(path, rule="every_recognition", as_of="2012-01-01")
    page = BeautifulSoup(get(path, **choice).text, "html.parser").main
    links = page.select("a[href*='/recognition/countries/'], a.onward")
    assert len(links) > 200
    for link in links:
        query = link["href"].partition("#")[0].partition("?")[2]
        expected = carried.removeprefix("?")
        if link["href"].startswith("/tallies/"):  # leads to an organisation, whichever was chosen
            expected = expected.removesuffix("&organisation=eu")
        assert query == expected, link["href"]
    hidden = page.select_one("form.choice input[name=organisation]")
    assert (hidden["value"] if hidden else None) == choice.get("organisation")


def test_the_legend_counts_members_of_the_united_nations_apart(get, db):
    page = page_of(get)
    members = dict(db.execute("select status, count(*) from countries where un_member group by status"))
    legend = [" ".join(item.get_text().split()) for item in page.select(".map-legend [data-css]")]
    assert legend == [
        f"recognises: {members['recognises']} UN members, 3 others and Montserrat, through the United Kingdom", "contested: nobody",
        f"withdrew: {members['withdrew']} UN members", f"does not recognise: {members['does not recognise']} UN members and 8 others",
    ]  # fmt: skip


def test_a_day_that_was_not_looked_through_says_so(get, known_until, as_known):
    later = (date.fromisoformat(known_until) + timedelta(days=1)).isoformat()
    for path, where in (("/map", ".map .lead"), ("/", ".figure")):
        for day, known in ((known_until, False), (later, True)):
            lead = BeautifulSoup(get(path, as_of=day).text, "html.parser").select_one(where).get_text()
            assert (f"on {said(day)}{as_known}, counted" in " ".join(lead.split())) == known


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
    assert len(gzip.compress(answer.content, 6)) < 7_500  # a kilobyte and more of it are ISO codes
    data = answer.json()
    rows = [
        (country, data["statuses"][status], since, until)
        for country, intervals in data["countries"].items()
        for status, since, until in intervals
    ]
    kept = db.execute("select country_id, status, since, until from statuses where rule_id = ?", (rule,))
    assert sorted(rows) == sorted(kept)
    assert data["countries"]["kosovo"] == []
    assert list(data["countries"]) == [row[0] for row in db.execute("select id from countries order by sort_name")]
    assert (data["edition_number"], data["known_until"]) == db.execute(
        "select number, known_until from edition"
    ).fetchone()


@pytest.mark.parametrize("today", ["2012-06-01", "2025-03-26"])
def test_the_data_and_the_slider_end_today(get, monkeypatch, today):
    monkeypatch.setenv("RECOGNITION_TODAY", today)
    data = get("/map.json").json()
    assert data["steps"][-1][0] <= today
    assert all(since <= today for steps in data["countries"].values() for _, since, _ in steps)
    assert all(until is None or until <= today for steps in data["countries"].values() for _, _, until in steps)
    assert all(steps[-1][2] is None for steps in data["countries"].values() if steps)
    slider = page_of(get).select_one("input[type=range]")
    assert slider["max"] == slider["value"] == str(len(data["steps"]))


def test_the_script_tells_a_status_in_the_words_of_the_page(root):
    script = (root / "static" / "map.js").read_text("utf-8")
    (written,) = re.findall(r"const SINCE = \{(.*?)\};", script)
    assert dict(re.findall(r'(\w+): "([^"]+)"', written)) == SINCE

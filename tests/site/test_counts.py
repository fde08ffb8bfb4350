"""The page of each published count says of what, on which day and in whose words."""

import csv
import io

import pytest
from bs4 import BeautifulSoup

COUNTS = """
select c.id, c.publisher, c.note, c.earliest_day <> c.latest_day as window, h.name as held_against, h.id <> c.organisation_id as other_group
from published_counts c join count_explanations x on x.count_id = c.id left join organisations h on h.id = x.organisation_id
"""


def text(tag):
    return " ".join(tag.get_text(" ").split())


def test_each_page_says_whose_the_note_is_and_of_which_group_and_day_the_rules_count(get, db, sample):
    rows = db.execute(COUNTS).fetchall()
    table = BeautifulSoup(get("/counts").text, "html.parser")
    held_against_another = 0
    for key, publisher, note, window, held_against, other_group in [
        *sample(rows, 40),
        *[row for row in rows if row[-1]][:2],
    ]:
        page = text(BeautifulSoup(get(f"/counts/{key}").text, "html.parser").select_one("main"))
        if note:  # it is in words of ours
            assert f"Note: {note}." in page and f"{publisher}: {note}" not in page, key
        if other_group:
            explained = (
                table.select_one(f'th[data-published="{key}"]').find_parent("tr").select_one('[data-name="Explained"]')
            )
            assert text(explained).endswith(f", counted of {held_against} members"), key
            assert f", counted of {held_against} members." in page.replace(" .", "."), key
            held_against_another += 1
        if held_against:  # a number of a month or a year is held against a day that it does not name
            assert ("on which it comes nearest" in page) == bool(window), key
    assert held_against_another


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ({}, "true"),
        ({"year": "2019"}, "substr(coalesce(c.as_of, c.published_on, c.latest_day), 1, 4) = '2019'"),
        ({"year": "undated"}, "c.latest_day is null"),
        ({"group": "oic"}, "c.organisation_id = 'oic'"),
        ({"group": "European Union"}, "c.organisation_id = 'eu'"),
        ({"explained": "not reproduced"}, "x.outcome = 'not reproduced'"),
        ({"publisher": "kosovo (president)"}, "c.publisher = 'Kosovo (president)'"),
        ({"explained": "reproduced", "year": "2018", "group": "un"},
         "x.outcome = 'reproduced' and coalesce(c.as_of, c.published_on) like '2018%' and c.organisation_id = 'un'"),
    ],
)  # fmt: skip
def test_filters_narrow_page_chart_csv_and_json_alike(get, db, asked, condition):
    ids = {key for key, *_ in db.execute(f"{COUNTS} where {condition}")}
    assert ids
    page = BeautifulSoup(get("/counts", **asked).text, "html.parser")
    assert {row["data-published"] for row in page.select("table.counts tbody th")} == ids
    drawn = f"{COUNTS} where {condition} and c.organisation_id in ('un', 'all-states') and c.latest_day and c.recognising >= 40"
    dots = {dot["href"].removeprefix("/counts/") for dot in page.select(".dots a")}
    assert dots == {key for key, *_ in db.execute(drawn)}
    told = get("/counts.json", **asked).json()
    assert {count["id"] for count in told["counts"]} == ids and told["total"] == len(ids)
    assert {row["id"] for row in csv.DictReader(io.StringIO(get("/counts.csv", **asked).text))} == ids


def test_a_dot_lies_at_its_number_and_before_the_line_that_explains_it(get, db):
    """Serbia's 84 is on the line of its rule; a dot says who printed what, when, and as which rule counts."""
    page = BeautifulSoup(get("/counts").text, "html.parser")
    dot = page.select_one(".dots a[href='/counts/serbia-2023']")
    assert dot["class"] == ["explained"]
    assert dot.get_text() == "Serbia (president): 84 of 193, 4 January 2023, as ‘Serbia's count’ counts"
    y = dot.circle["cy"]
    (place,) = [
        place for place, (rule,) in enumerate(db.execute("select id from rules order by position")) if rule == "serbia"
    ]
    assert f",{y} " in page.select_one(f".rule-line-{place}")["points"] + " "
    heights = {}
    for one in page.select(".dots a.explained:has(circle)"):
        key = one["href"].removeprefix("/counts/")
        heights[db.execute("select recognising from published_counts where id = ?", (key,)).fetchone()[0]] = float(
            one.circle["cy"]
        )
    assert [heights[number] for number in sorted(heights)] == sorted(heights.values(), reverse=True)


@pytest.mark.parametrize("asked", [{}, {"year": "2009"}, {"group": "oic"}, {"publisher": "Kosovo (president)"}])
def test_nothing_that_is_written_on_the_chart_is_cut_off(get, rules, asked):
    """Letters are as wide as DejaVu Sans and Verdana have them; what a dot says is bold."""
    chart = BeautifulSoup(get("/counts", **asked).text, "html.parser").select_one("svg.counts-chart")
    left, above, width, height = map(float, chart["viewbox"].split())
    assert len(chart.select(".rule-name")) == len(rules)
    ends = []
    for label in chart.select(".rule-name, .dots text"):
        wide = len(label.get_text()) * (7 if label.get("class") else 7.65)
        begins = float(label["x"]) - (wide if label.get("text-anchor") == "end" else 0)
        assert left <= begins and begins + wide <= left + width, label
        assert above + 6 < float(label["y"]) < above + height, label
        ends.append(begins + wide)
    assert left + width - max(ends) < 40, "there is room that nothing needs"


def test_an_unknown_filter_says_what_there_is(get):
    for parameter, wrong in (("year", "1999"), ("group", "uefa"), ("explained", "maybe"), ("publisher", "me")):
        answer = get("/counts.json", **{parameter: wrong})
        assert answer.status_code == 400 and f"{parameter} must be one of " in answer.json()["error"]

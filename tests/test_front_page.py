"""The front page shows the numbers of the database under the rule and on the day that are asked for."""

import gzip
import re

import pytest
from bs4 import BeautifulSoup


def page(get, **asked):
    return BeautifulSoup(get("/", **asked).text, "html.parser")


def words(tag):
    return " ".join(tag.get_text(" ").split())


@pytest.mark.parametrize(
    ("asked", "figure", "others"),
    [
        ({}, "108 of 193", ["104 The article's tables", "118 Every recognition ever made", "93 Recognitions that nobody contests"]),
        (
            {"rule": "article", "as_of": "2010-01-01"},
            "64 of 192",
            ["64 Every recognition ever made", "64 Recognitions that nobody contests", "64 The article carried on"],
        ),
        (
            {"rule": "uncontested", "as_of": "2023-01-04"},
            "89 of 193",
            ["104 The article's tables", "114 Every recognition ever made", "104 The article carried on"],
        ),
    ],
)
def test_the_headline_and_what_others_count(get, asked, figure, others):
    parsed = page(get, **asked)
    assert words(parsed.select_one(".figure")).startswith(figure)
    assert [words(item) for item in parsed.select(".others li")][:3] == others


def test_organisations_have_the_numbers_of_the_tallies(get):
    shown = [words(row) for row in page(get).select("table.tallies tbody tr")]
    told = get("/tallies.json", rule="latest").json()["tallies"]
    assert shown == [f"{tally['name']} {tally['recognising']} of {tally['members']}" for tally in told]


def test_the_chart_ends_where_the_number_is(get):
    chart = page(get).select_one("svg.chart")
    assert "at most 112 from 2017-11-24 on, 108 now, of 193" in chart["aria-label"]
    last = chart.select_one("polyline")["points"].split()[-1]
    assert last == f"720.0,{round(260 - 260 * 108 / 193, 1)}"


def test_what_changed_last_comes_with_evidence(get):
    changes = page(get).select(".changes li")
    assert [words(change).split(" record")[0] for change in changes[:2]] == [
        "2025-12-19 Bahamas recognised Kosovo",
        "2025-10-29 Syria recognised Kosovo",
    ]
    assert all(change.select_one(".evidence a") for change in changes)


def test_every_saved_query_is_offered_as_a_question(get, metadata):
    offered = {link["href"] for link in page(get).select(".questions a")}
    assert offered == {f"/recognition/{name}" for name in metadata["databases"]["recognition"]["queries"]}


def test_the_download_is_named_with_its_checksum(get):
    edition = get("/tallies.json").json()["edition"]
    assert words(page(get).select_one(".hash")) == f"sha256 {edition}"


def test_a_wrong_rule_or_day_gets_a_sentence(get):
    assert get("/", rule="x").status_code == 400
    assert get("/", as_of="x").status_code == 400


def test_the_page_with_its_style_and_scripts_is_light(get):
    html = get("/").text
    parts = [html.encode()] + [get(address).content for address in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js)[^"]*)"', html)]
    assert sum(len(gzip.compress(part)) for part in parts) < 100_000

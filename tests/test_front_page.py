"""The front page shows the numbers of the database under the rule and on the day that are asked for."""

import gzip
import hashlib
import json
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
        (
            {},
            "108 of 193",
            ["104 The article's tables", "118 Every recognition ever made", "93 Recognitions that nobody contests"],
        ),
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
    assert [words(item) for item in parsed.select(".others li:not([hidden])")][:3] == others


def test_organisations_have_the_numbers_of_the_tallies(get):
    shown = [words(row) for row in page(get).select("table.tallies tbody tr")]
    told = get("/tallies.json", rule="latest").json()["tallies"]
    assert shown == [f"{tally['name']} {tally['recognising']} of {tally['members']}" for tally in told]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"as_of": "2020-06-01", "rule": "article"},
            "On 2020-06-01 , 103 of 193 UN members recognise (the line) and 10 had withdrawn (dashed) .",
        ),
        (
            {"as_of": "2009-01-01"},
            "On 2009-01-01 , 53 of 192 UN members recognise (the line) and 0 had withdrawn (dashed) .",
        ),
    ],
)
def test_the_chart_marks_the_day_and_says_its_numbers(get, asked, said):
    parsed = page(get, **asked)
    assert words(parsed.select_one(".chart-said")) == said
    recognise, members, withdrew = (int(said.split()[place]) for place in (3, 5, 12))
    assert (
        f"{recognise} of {members} on {asked['as_of']}, when {withdrew} had withdrawn"
        in parsed.select_one("svg.chart")["aria-label"]
    )
    dots = [float(dot["cy"]) for dot in parsed.select("svg.chart .dot")]
    assert dots == [round(260 - 260 * count / 193, 1) for count in (recognise, withdrew)]


def test_the_chart_goes_until_today_whatever_day_is_chosen(get):
    charts = [page(get, **asked).select_one("svg.chart") for asked in ({}, {"as_of": "2012-01-23"})]
    for chart in charts:
        assert "at most 112 from 2017-11-24 on" in chart["aria-label"]
        ends = [line["points"].split()[-1] for line in chart.select("polyline")]
        assert ends == [f"720.0,{round(260 - 260 * count / 193, 1)}" for count in (108, 10)]
    assert charts[0].select_one(".now")["x1"] == "720.0" and 100 < float(charts[1].select_one(".now")["x1"]) < 200


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


def test_every_file_is_named_with_its_size_and_checksum(get):
    rows = page(get).select(".files tbody tr")
    assert len(rows) == 10
    for row in rows:
        content = get(row.a["href"]).content
        size, checksum = (words(cell) for cell in row.select("td"))
        assert checksum == hashlib.sha256(content).hexdigest()
        assert size == f"{len(content) / 1000:,.0f} kB"
        lines = content.decode().count("\r\n") - 1 if row.a["download"].endswith(".csv") else len(json.loads(content))
        assert lines >= 100, row.a["download"]


def test_a_wrong_rule_or_day_gets_a_sentence(get):
    assert get("/", rule="x").status_code == 400
    assert get("/", as_of="x").status_code == 400


def test_the_page_with_its_style_and_scripts_is_light(get):
    html = get("/").text
    parts = [html.encode()] + [
        get(address).content for address in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js)(?:\?[^"]*)?)"', html)
    ]
    assert len(parts) == 6
    assert sum(len(gzip.compress(part)) for part in parts) < 70_000

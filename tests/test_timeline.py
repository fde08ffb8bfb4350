"""The timeline leaves out no event and takes what a reader chooses; the page about the site says how to cite it."""

import csv
import hashlib
import io
import re
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup


def soup(response):
    return BeautifulSoup(response.text, "html.parser")


def said(element):
    return " ".join(element.get_text(" ").split())


def test_the_timeline_shows_every_event_once_in_the_order_of_the_years(get, db):
    page = soup(get("/timeline"))
    shown = [link["href"].rsplit("/", 1)[1] for link in page.select(".event .kind")]
    days = sum(len(day.select("a[href^='/recognition/countries/']")) for day in page.select(".days li"))
    (events,) = db.execute("select count(*) from events").fetchone()
    assert len(shown) == len(set(shown))
    assert len(shown) + days == events == get("/timeline.json").json()["total"]
    numbers = dict(
        db.execute("select substr(date, 1, 4), count(*) from events where date is not null group by 1 order by 1")
    )
    assert [said(heading) for heading in page.select("h2[id^=y]")] == [
        f"{year} {number} {'event' if number == 1 else 'events'}" for year, number in numbers.items()
    ]


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ({"country": "ghana"}, "country_id = 'ghana'"),
        ({"country": "Burma"}, "country_id = 'myanmar'"),
        ({"claimant": "Serbia"}, "claimant = 'Serbia'"),
        ({"year": "undated"}, "date is null"),
        ({"year": "2008", "kind": "recognition"}, "kind = 'recognition' and date like '2008%'"),
        ({"country": "zimbabwe"}, "country_id = 'zimbabwe'"),
        ({"claimant": "Serbia", "kind": "recognition"}, "0"),
    ],
)
def test_a_choice_leaves_its_events_on_the_page_as_json_and_as_csv(get, db, asked, condition):
    expected = {event for (event,) in db.execute(f"select id from events where {condition}")}
    answer = get("/timeline.json", **asked).json()
    assert answer["total"] == len(answer["events"])
    assert {event["id"] for event in answer["events"]} == expected
    rows = csv.DictReader(io.StringIO(get("/timeline.csv", **asked).text))
    assert {row["id"] for row in rows} == expected
    page = soup(get("/timeline", **asked))
    assert said(page.select_one(".found")).startswith(f"{len(expected)} of ")
    for name, value in asked.items():
        chosen = page.select_one(f"select[name={name}] option[selected]")
        assert chosen.get("value", chosen.get_text()) == {"Burma": "myanmar"}.get(value, value)


def test_citing_names_the_edition_and_the_day(get, built, monkeypatch):
    monkeypatch.setenv("RECOGNITION_TODAY", "2026-03-06")
    edition = hashlib.sha256(built.read_bytes()).hexdigest()
    about = soup(get("/about"))
    plain, bibtex = (block.get_text() for block in about.find_all("pre"))
    assert f"edition {edition[:12]}" in plain and plain.endswith("(accessed 6 March 2026).")
    assert bibtex.startswith(f"@misc{{recognition-of-kosovo-{edition[:12]},")
    assert "urldate = {2026-03-06}" in bibtex and bibtex.count("{") == bibtex.count("}")
    assert edition in about.get_text()
    sentence = next(link for link in about.select("#cite ~ p a") if "#" in link["href"])
    assert re.search(r"/article#\S+$", sentence.get_text())
    assert soup(get("/article")).find(id=unquote(sentence["href"].partition("#")[2]))

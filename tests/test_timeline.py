"""The timeline leaves out no event and takes what a reader chooses; the page about the site says how to cite it."""

import csv
import hashlib
import io
import re
from urllib.parse import parse_qs, unquote, urlsplit

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


def test_events_come_by_the_day_from_which_they_count_those_without_a_date_last(get, db):
    counted = dict(db.execute("select id, counts_from from events"))
    order = [counted[event["id"]] or "9999" for event in get("/timeline.json").json()["events"]]
    assert order == sorted(order)


def test_the_bars_of_the_years_are_as_high_as_their_events(get, db):
    (most,) = db.execute(
        "select max(n) from (select count(*) as n from events where date is not null group by substr(date, 1, 4))"
    )
    for link in soup(get("/timeline")).select(".years a"):
        every, recognitions = link.select("rect")
        assert int(every["y"]) + int(every["height"]) == int(recognitions["y"]) + int(recognitions["height"]) == most[0]
        assert link.small.get_text().split()[0] == every["height"]


def test_dates_are_as_precise_as_they_are_known(get):
    page = soup(get("/timeline"))
    times = {time["datetime"]: time.get_text() for time in page.find_all("time")}
    assert (times["2010-07-22"], times["2020-09"], times["2018"]) == ("22 July", "September", "2018")
    line = next(day for day in page.select(".days li") if "Costa Rica" in day.get_text())
    assert said(line).startswith("17 February Costa Rica or 18 February line ")


def test_an_event_leads_to_its_sentence(get, db):
    page = soup(get("/timeline", country="ghana", kind="withdrawal reported"))
    link = urlsplit(page.select_one(".event .evidence a")["href"])
    (passage,) = db.execute(
        "select passage_id from events where country_id = 'ghana' and kind = 'withdrawal reported'"
    ).fetchone()
    assert (link.path, unquote(link.fragment)) == ("/article", str(passage))
    assert parse_qs(link.query)["quote"] == [page.select_one(".event q").get_text()]
    record = soup(get("/timeline", year="2025")).select_one(".days .evidence a")
    assert record["href"].startswith("http") and "nofollow" in record["rel"]


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


@pytest.mark.parametrize("asked", [{"year": "2007"}, {"kind": "x"}, {"country": "x"}, {"claimant": "<b>"}])
def test_what_no_event_has_gets_a_sentence_that_says_what_is_allowed(get, asked):
    (name,) = asked
    response, page = get("/timeline.json", **asked), get("/timeline", **asked)
    assert (response.status_code, page.status_code) == (400, 400)
    assert response.json()["error"].startswith(f"{name} must be ")
    assert f"{name} must be " in soup(page).select_one(".said").get_text()
    assert "<b>" not in soup(page).select_one(".said").decode_contents()


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

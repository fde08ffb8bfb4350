"""The timeline leaves out no event and takes what a reader chooses."""

import csv
import io

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
    years = db.execute("select distinct substr(date, 1, 4) from events where date is not null order by 1")
    assert [said(heading)[:4] for heading in page.select("h2[id^=y]")] == [year for (year,) in years]


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ({"country": "ghana"}, "country_id = 'ghana'"), ({"country": "Burma"}, "country_id = 'myanmar'"),
        ({"claimant": "Serbia"}, "claimant = 'Serbia'"), ({"year": "undated"}, "date is null"),
        ({"year": "2008", "kind": "recognition"}, "kind = 'recognition' and date like '2008%'"),
        ({"country": "zimbabwe"}, "country_id = 'zimbabwe'"), ({"claimant": "Serbia", "kind": "recognition"}, "0"),
    ],
)  # fmt: skip
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

"""The timeline leaves out no event and takes what a reader chooses."""

import csv
import io

import pytest
from bs4 import BeautifulSoup

SPELLED = {"Burma": "myanmar", "BURMA": "myanmar", "Cote d’Ivoire": "ivory-coast", "serbia": "Serbia"}


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
        ({"country": "zimbabwe"}, "country_id = 'zimbabwe'"), ({"country": "BURMA"}, "country_id = 'myanmar'"),
        ({"country": "Cote d’Ivoire"}, "country_id = 'ivory-coast'"), ({"claimant": "serbia"}, "claimant = 'Serbia'"),
        ({"claimant": "Serbia", "kind": "recognition"}, "0"),
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
    assert said(page.select_one(".found")).startswith(f"{len(expected)} event")
    for name, value in asked.items():
        chosen = page.select_one(f"select[name={name}] option[selected]")
        assert chosen.get("value", chosen.get_text()) == SPELLED.get(value, value)


def test_what_is_not_known_of_a_date_is_said(get, db):
    """An event known by its month or year says so; one whose day is known does not."""
    page = soup(get("/timeline"))
    dates = dict(db.execute("select id, date_precision from events"))
    for event in page.select("li.event"):
        precision = dates[event.select_one(".kind")["href"].rsplit("/", 1)[1]]
        assert ("day not known" in said(event.select_one(".when"))) == (precision in ("month", "year"))


def test_links_of_the_timeline_carry_what_was_chosen(get):
    page = soup(get("/timeline", rule="article", organisation="oic", kind="withdrawal"))
    ways = [link["href"] for link in page.select("main a[href^='/recognition/countries/']")]
    assert ways and all(way.endswith("?rule=article&organisation=oic") for way in ways)
    hidden = {field["name"]: field["value"] for field in page.select(".choice input[type=hidden]")}
    assert hidden == {"rule": "article", "organisation": "oic"}

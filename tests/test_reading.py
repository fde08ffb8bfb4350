"""Pages to read: the article to the letter with its restored names, the timeline, the page about the site."""

import csv
import hashlib
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

KINDS = (
    "contact",
    "narrative",
    "position",
    "recognition",
    "recognition claimed",
    "recognition confirmed",
    "recognition denied",
    "recognition retold",
    "withdrawal",
    "withdrawal claimed",
    "withdrawal denied",
    "withdrawal reported",
    "withdrawal reversed",
)


def soup(response):
    return BeautifulSoup(response.text, "html.parser")


def said(element):
    return " ".join(element.get_text(" ").split())


@pytest.fixture(scope="module")
def article(get):
    response = get("/article")
    assert response.status_code == 200
    return soup(response)


def words(passage):
    """The words of a passage without the marks of its form: cell borders, images, list signs, the frame of an image."""
    if passage.startswith("[[Image"):
        passage = re.search(r"caption= (.*?) \|", passage)[1]
    text = re.sub(r"!\[\]\(\)|---|[|•]|^- ", " ", passage)
    return text.split()


def test_every_passage_has_its_anchor_once_and_in_order(article, db):
    ids = [element["id"] for element in article.select("[id^=line-]")]
    assert ids == [f"line-{row[0]}" for row in db.execute("select id from passages order by id")]
    assert len(ids) == 284


def test_every_passage_is_the_articles_to_the_letter(article, db):
    for number, text in db.execute("select id, text from passages"):
        element = BeautifulSoup(str(article.find(id=f"line-{number}")), "html.parser")
        for sign in element.select(".sign, .line, .gap, .guide, a.restored"):
            sign.decompose()
        shown = element.get_text(" ").split()
        assert shown == words(text), number


def test_sentences_are_not_broken_by_blanks(article, db):
    for number, text in db.execute("select passage_id, text from positions"):
        assert text in article.find(id=f"line-{number}").get_text()


def test_headings_stand_at_their_level(article, db):
    for title, level, line in db.execute("select title, level, first_line from sections"):
        heading = article.find(id=f"line-{line}")
        assert (heading.name, heading.get_text()) == (f"h{level + 1}", title)


def test_restored_rows_are_marked_and_lead_to_their_rows(article, db):
    rows = db.execute(
        "select r.passage_id, r.id, c.id, c.name, r.confidence"
        " from recognitions r join countries c on c.id = r.country_id"
    ).fetchall()
    assert len(rows) == 117
    for passage, recognition, country, name, confidence in rows:
        row = article.find(id=f"line-{passage}")
        link = row.select_one("a.restored")
        assert (link["href"], link.get_text()) == (f"/recognition/countries/{country}", name)
        assert ("doubt" in link["class"]) == (confidence != "high")
        sign = row.select_one(".sign a")
        assert sign["href"] == f"/recognition/recognitions/{recognition}"
        assert f"Restored with {confidence} confidence" in sign["title"]
        assert sign["title"] == sign.select_one(".hidden").get_text()


def test_statements_lead_to_their_rows_and_printed_names_are_not_marked(article, db):
    for passage, number, owner, text in db.execute(
        "select o.passage_id, o.id, coalesce('countries/' || country_id, 'organisations/' || organisation_id), p.text"
        " from positions o join passages p on p.id = o.passage_id"
    ):
        name = article.find(id=f"line-{passage}").find("th")
        assert name.find("a")["href"] == f"/recognition/{owner}"
        assert name.select_one(".sign a")["href"] == f"/recognition/positions/{number}"
        assert bool(name.select_one("a.restored")) == text.startswith("![]()")


def test_shared_dates_and_numbers_reach_over_their_rows(article):
    first = article.find(id="line-38")
    assert [(cell.get_text(), cell.get("rowspan")) for cell in first.find_all("td")] == [
        ("2–8", "7"),
        ("18 February 2008", "7"),
    ]
    assert article.find(id="line-40").find_all("td") == []
    assert [(cell.get_text(), cell.get("rowspan")) for cell in article.find(id="line-78").find_all("td")] == [
        ("22", None),
        ("4 March 2008", "2"),
    ]
    assert [cell.get_text() for cell in article.find(id="line-80").find_all("td")] == [""]


def test_member_lists_keep_names_marks_and_counts(article, db):
    listed = article.find(id="line-484")
    assert listed.select_one(".stated").get_text() == "Member states (10 / 15)"
    assert said(listed.select_one("li")) == "Antigua and Barbuda †"
    assert listed.find("a", string="Montserrat").parent.find("abbr").get_text() == "‡"
    links = {(f"line-{row.find_parent('tr')['id'][5:]}", row["href"]) for row in article.select(".members a")}
    members = db.execute("select passage_id, country_id from memberships where basis = 'article'").fetchall()
    assert links == {(f"line-{passage}", f"/recognition/countries/{country}") for passage, country in members}


def test_links_of_the_article_resolve(article, get):
    links = {link["href"] for link in article.select("article a") if link["href"].startswith("/recognition/")}
    assert len([link for link in links if "/recognitions/" in link]) == 117
    for link in sorted(links)[::7]:
        assert get(link).status_code == 200, link
    for kind in ("countries", "recognitions", "positions", "organisations"):
        assert any(link.startswith(f"/recognition/{kind}/") for link in links)
    for link in article.select("article a[href^='#']"):
        assert article.find(id=link["href"][1:]), link["href"]


def test_the_quote_of_every_event_is_marked_in_its_passage(get, db):
    for passage, quote in db.execute(
        "select distinct passage_id, quote from events where quote is not null limit 40 offset 20"
    ):
        page = soup(get("/article", quote=quote))
        marks = [mark.get_text() for mark in page.find(id=f"line-{passage}").find_all("mark")]
        assert marks == quote.split(" | "), passage


def test_a_quote_only_adds_marks(get, article):
    marked = soup(get("/article", quote="Ghana recognized Kosovo in 2012."))
    assert [mark.get_text() for mark in marked.find_all("mark")] == ["Ghana recognized Kosovo in 2012."]
    assert said(marked.find("article")) == said(article.find("article"))


@pytest.mark.parametrize(
    "quote",
    [
        "",
        " ",
        "not in it",
        "<script>alert(1)</script>",
        "<b>",
        "&amp;",
        "\0",
        "'\"",
        "|",
        "||",
        ".*",
        "é" * 5000,
        "{{ 7*7 }}",
    ],
)
def test_hostile_quotes_change_nothing(get, article, quote):
    response = get("/article", quote=quote)
    assert response.status_code == 200
    page = soup(response)
    assert page.find("article") == article.find("article")
    assert "<script>alert" not in response.text


def test_a_quote_with_signs_of_markup_is_marked_as_text(get):
    page = soup(get("/article", quote='"veto power," meaning'))
    assert [mark.get_text() for mark in page.find_all("mark")] == ['"veto power," meaning']


def test_the_timeline_counts_the_events_of_each_kind(get, db):
    counted = dict(db.execute("select kind, count(*) from events group by kind"))
    assert tuple(sorted(counted)) == KINDS
    for kind, number in counted.items():
        assert get("/timeline.json", kind=kind).json()["total"] == number
        page = soup(get("/timeline", kind=kind))
        assert said(page.select_one(".found")).startswith(f"{number} of 220 events")


def test_the_timeline_shows_every_event(get, db):
    page = soup(get("/timeline"))
    shown = {link["href"].rsplit("/", 1)[1] for link in page.select(".event .kind")}
    days = sum(len(day.select("a[href^='/recognition/countries/']")) for day in page.select(".days li"))
    assert len(shown) + days == 220
    for heading in page.select("h2[id^=y]"):
        year = heading["id"][1:]
        (number,) = db.execute("select count(*) from events where date like ? || '%'", (year,)).fetchone()
        assert said(heading) == f"{year} {number} {'event' if number == 1 else 'events'}"
    assert said(page.find(id="undated")) == "Without a date 22 events"


def test_the_timeline_gives_dates_as_precisely_as_they_are_known(get):
    page = soup(get("/timeline"))
    times = {time["datetime"]: time.get_text() for time in page.find_all("time")}
    assert (times["2010-07-22"], times["2020-09"], times["2018"]) == ("22 July", "September", "2018")
    line = next(day for day in page.select(".days li") if "Costa Rica" in day.get_text())
    assert said(line) == "17 February Costa Rica or 18 February line 36"


def test_the_timeline_leads_to_the_sentence(get):
    page = soup(get("/timeline", country="ghana", kind="withdrawal reported"))
    link = urlsplit(page.select_one(".event .evidence a")["href"])
    assert (link.path, link.fragment) == ("/article", "line-280")
    assert parse_qs(link.query)["quote"] == [page.select_one(".event q").get_text()]
    record = soup(get("/timeline", year="2025")).select_one(".days .evidence a")
    assert record["href"].startswith("http") and "nofollow" in record["rel"]


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        ({"country": "ghana"}, 5),
        ({"country": "Burma"}, 2),
        ({"claimant": "Serbia"}, 18),
        ({"year": "undated"}, 22),
        ({"year": "2008", "kind": "recognition"}, 54),
        ({"year": "2007"}, None),
        ({"kind": "x"}, None),
        ({"country": "x"}, None),
        ({"claimant": "<b>"}, None),
        ({"country": "zimbabwe"}, 0),
        ({"claimant": "Serbia", "kind": "recognition"}, 0),
    ],
)
def test_filters_of_the_timeline(get, asked, total):
    response, page = get("/timeline.json", **asked), get("/timeline", **asked)
    if total is None:
        (name,) = asked
        assert (response.status_code, page.status_code) == (400, 400)
        assert response.json()["error"].startswith(f"{name} must be ")
        assert f"{name} must be " in soup(page).select_one(".said").get_text()
        assert "<b>" not in soup(page).select_one(".said").decode_contents()
    else:
        assert response.json()["total"] == len(response.json()["events"]) == total
        assert page.status_code == 200
        for name, value in asked.items():
            chosen = soup(page).select_one(f"select[name={name}] option[selected]")
            assert chosen.get("value", chosen.get_text()) == {"Burma": "myanmar"}.get(value, value)


def test_the_timeline_as_csv_and_unknown_formats(get):
    rows = list(csv.DictReader(io.StringIO(get("/timeline.csv", claimant="Serbia").text)))
    assert len(rows) == 18 and {row["claimant"] for row in rows} == {"Serbia"}
    assert get("/timeline.csv", country="zimbabwe").status_code == 200
    assert get("/timeline.xml").status_code == 404


def test_the_numbers_about_the_site_are_those_of_the_database(get, db):
    page = soup(get("/about"))
    text = said(page.find("section"))

    def count(sql):
        return db.execute(f"select count(*) from {sql}").fetchone()[0]

    for number, noun in (
        (count("passages"), "passages"),
        (count("recognitions"), "rows of recognitions and withdrawals"),
        (count("positions"), "statements of positions"),
        (count("countries"), "countries and other entities"),
        (count("events where updates"), "that are not in it"),
        (count("events where date is null"), "events have no date"),
        (count("recognitions where confidence = 'high'"), "with high confidence"),
        (count("recognitions where not order_known"), "rows share their date"),
    ):
        assert f"{number} {noun}" in text, noun
    for rule, title, description, recognising in db.execute(
        "select r.id, title, description, recognising from rules r"
        " join tallies on rule_id = r.id and organisation_id = 'un'"
    ):
        term = page.find(id=f"rule-{rule}")
        assert said(term) == f"{title} : {recognising} of 193"
        assert term.find_next("dd").get_text() == description
    for title, finding in db.execute("select title, finding from audit where outcome = 'lost'"):
        assert f"{title}. {finding}" in text


def test_citing_names_the_edition_and_the_day(get, built):
    edition = hashlib.sha256(built.read_bytes()).hexdigest()
    plain, bibtex = (block.get_text() for block in soup(get("/about")).find_all("pre"))
    assert f"edition {edition[:12]}" in plain and re.search(r"accessed \d+ \w+ 20\d\d", plain)
    assert bibtex.startswith(f"@misc{{recognition-of-kosovo-{edition[:12]},")
    assert re.search(r"urldate = \{20\d\d-\d\d-\d\d\}", bibtex) and bibtex.count("{") == bibtex.count("}")
    assert edition in soup(get("/about")).get_text()

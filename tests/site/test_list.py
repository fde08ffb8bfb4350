"""The list says who recognises: page, text, CSV, JSON and SQL name the same states, as many as the tally counts."""

import csv
import io
import itertools
import re

import pytest
from bs4 import BeautifulSoup

DAYS = ("2008-02-18", "2012-12-31", "2018-12-31", "2024-03-07", "2026-11-25")
SAMPLE = 24
STANDING = """
select c.id, s.status from memberships m join statuses s on s.country_id = m.country_id join countries c on c.id = m.country_id
where m.organisation_id = :organisation and s.rule_id = :rule
  and (m.since is null or m.since <= :day) and (m.until is null or :day < m.until)
  and s.since <= :day and (s.until is null or :day < s.until)
"""
TALLY = """
select members, recognising, withdrawn, contested from tally_history
where organisation_id = :organisation and rule_id = :rule and since <= :day and (until is null or :day < until)
"""
LISTS = ("recognise", "others", "withdrew", "contested")


def soup(response):
    return BeautifulSoup(response.text, "html.parser")


def said(element):
    return " ".join(element.get_text(" ").split())


def path_of(organisation):
    return "/list" if organisation == "un" else f"/list/{organisation}"


def listed(page):
    """{list: the countries on the page in their order}."""
    found = {}
    for heading in page.select("h2[id]"):
        entries = heading.find_next("dl").select("dt a")
        found[heading["id"]] = [link["href"].partition("?")[0].rsplit("/", 1)[1] for link in entries]
    return found


@pytest.fixture
def asked(db, sample):
    """Organisation, rule and day, each combination of them once, of which a sample is drawn."""
    organisations = [one for (one,) in db.execute("select distinct organisation_id from tally_history order by 1")]
    rules = [rule for (rule,) in db.execute("select id from rules order by position")]
    every = itertools.product(organisations, rules, DAYS)
    asked = [dict(zip(("organisation", "rule", "day"), one)) for one in every]
    founded = [one for one in asked if db.execute(TALLY, one).fetchone()]  # of others there is nothing to count
    return [tuple(one.values()) for one in sample(founded, SAMPLE)]


def test_page_csv_json_and_text_list_whom_the_database_counts(get, db, asked):
    for organisation, rule, day in asked:
        path, question = path_of(organisation), {"rule": rule, "as_of": day}
        parameters = {"organisation": organisation, "rule": rule, "day": day}
        standing = dict(db.execute(STANDING, parameters))
        members, recognising, withdrawn, contested = db.execute(TALLY, parameters).fetchone()
        answer = get(f"{path}.json", **question).json()
        assert (answer["rule"], answer["as_of"], answer["organisation"]) == (rule, day, organisation)
        names = {name: [row["country"] for row in answer[name]] for name in LISTS}
        assert set(names["recognise"]) == {country for country, status in standing.items() if status == "recognises"}
        assert [len(names[name]) for name in ("recognise", "withdrew", "contested")] == [
            recognising, withdrawn, contested
        ]  # fmt: skip
        assert (answer["tally"]["members"], answer["tally"]["recognising"]) == (members, recognising)
        assert all([row["number"] for row in answer[name]] == [*range(1, len(names[name]) + 1)] for name in LISTS)

        rows = list(csv.DictReader(io.StringIO(get(f"{path}.csv", **question).text)))
        assert [(row["list"], row["country"]) for row in rows] == [(name, one) for name in LISTS for one in names[name]]
        page = soup(get(path, **question))
        shown = listed(page)
        assert {name: shown.get(name, []) for name in LISTS} == names
        assert shown.get("reported", []) == [row["country"] for row in answer["reported"]]
        assert set(shown.get("reported", [])) <= set(names["recognise"])
        assert said(page.select_one(".lead")).startswith(f"{recognising} of {members} ")
        text = get(f"{path}.txt", **question).text
        assert text.startswith(f"{recognising} of {members} ")
        entries = [
            re.sub(r" (?=[,;.)])", "", said(entry))
            for entry in page.select("dl.listed dt")
            if entry.find("time")  # those of `reported` are named before
        ]
        # the page has those that are counted, others, contested, withdrawn; so has the text
        assert entries == [line for line in text.splitlines() if re.match(r"\d+\. [^:]+, [^:]*\d{4}$", line)]


def test_the_list_of_the_united_nations_has_nobody_that_is_no_member(get, db):
    answer = get("/list.json").json()
    kinds = dict(db.execute("select id, kind from countries"))
    assert {kinds[row["country"]] for row in answer["recognise"] + answer["withdrew"]} == {"UN member"}
    assert "UN member" not in {kinds[row["country"]] for row in answer["others"]}
    (elsewhere,) = db.execute("select count(*) from countries where status = 'recognises' and not un_member").fetchone()
    assert len(answer["others"]) == elsewhere
    through = {row["country"]: row["through"] for row in answer["others"] if row["through"]}
    assert through == {"montserrat": "the United Kingdom"}


def test_who_is_named_again_is_whom_somebody_said_to_have_withdrawn(get, db):
    reported = {
        country
        for (country,) in db.execute(
            "select e.country_id from events e join countries c on c.id = e.country_id where c.status = 'recognises'"
            " and c.un_member and e.kind in ('withdrawal claimed', 'withdrawal reported') and e.date is not null"
        )
    }
    page = get("/list.json").json()["reported"]
    assert {row["country"] for row in page} == reported
    assert all(claim["claimant"] and claim["kind"] for row in page for claim in row["claims"])
    # nothing is told of a report before it was made
    assert get("/list.json", as_of="2016-12-31").json()["reported"] == []
    # the rule that nothing takes a recognition back from counts those that the article lists as withdrawn, and says so
    answer = get("/list.json", rule="every_recognition").json()
    assert answer["withdrew"] == [] and {"ghana", "burundi"} <= {row["country"] for row in answer["reported"]}


def test_orders_are_those_of_the_days_and_of_the_alphabet(get, db):
    order = [country for (country,) in db.execute("select id from countries order by sort_name")]
    by_name = [row["country"] for row in get("/list.json", order="names").json()["recognise"]]
    assert by_name == [country for country in order if country in by_name]
    by_day = get("/list.json").json()["recognise"]
    days = [(row["recognised_on"], order.index(row["country"])) for row in by_day]
    assert days == sorted(days) and {row["country"] for row in by_day} == set(by_name)
    assert get("/list", order="size").status_code == 400


def test_each_row_has_its_source(get):
    page = soup(get("/list"))
    rows = page.select("dl.listed > div")
    assert len(rows) > 120
    assert [said(row) for row in rows if not row.select_one(".evidence a, .evidence")] == []


def test_links_carry_what_was_chosen(get):
    page = soup(get("/list/oic", rule="uncontested", as_of="2020-01-01"))
    ways = [
        link["href"]
        for link in page.select("main a")
        if re.match(r"/(list|tallies|recognition/countries)", link["href"])
    ]
    assert len(ways) > 30
    asked = ["rule=uncontested", "as_of=2020-01-01"]
    assert [way for way in ways if not all(part in way for part in asked)] == []
    assert page.select_one("select[name=organisation] option[selected]")["value"] == "oic"


def test_an_organisation_that_is_none_is_refused_with_those_that_there_are(get):
    for path in ("/list", "/tallies/compare"):
        answer = get(f"{path}.json", organisation="Warsaw Pact")
        assert answer.status_code == 400
        assert "eu (European Union)" in answer.json()["error"] and "'Warsaw Pact'" in answer.json()["error"]
    assert get("/list/interpol").status_code == 404  # no members are known


def test_the_list_of_the_world_has_one_address(get):
    answer = get("/list/un.csv", rule="article", order="names")
    assert answer.status_code == 301
    assert answer.headers["location"] == "/list.csv?rule=article&order=names"


@pytest.mark.parametrize("path", ["/list", "/list.txt"])
def test_what_only_the_articles_tables_have_is_said_only_of_them(get, path):
    """Serbia's count has withdrawals that no table of the article lists."""
    said_of_serbias = get(f"{path}?rule=serbia").text
    assert "listed as withdrawn" not in said_of_serbias and "table of withdrawals lists" not in said_of_serbias
    assert "Recognised and withdrew" in said_of_serbias


@pytest.mark.parametrize(
    ("question", "country", "says"),
    [
        ("rule=kosovo", "guyana", "the article: 13 June 2013"),
        ("rule=kosovo", "sao-tome-and-principe", "not in the article"),
        ("rule=serbia", "burundi", "the article: 15 February 2018"),
        ("rule=serbia", "grenada", "not in the article"),
        ("", None, "not in the article"),  # the last state that recognised since
    ],
)
def test_what_another_day_has_in_the_article_is_not_called_missing(get, db, question, country, says):
    (last,) = db.execute(
        "select country_id from events where kind = 'recognition' and updates order by date desc"
    ).fetchone()
    country = country or last
    entry = (
        soup(get(f"/list?{question}")).select_one(f'dt a[href^="/recognition/countries/{country}"]').find_parent("div")
    )
    assert says in said(entry.select_one("dd.evidence"))

"""The search of tables, plain SQL on the index, and searches that find more than is ranked; see also search_gold.csv."""

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from recognition.dates import said
from recognition.site import search

COUNTRIES = [
    ("macedonia", ["North Macedonia"]), ("maced", ["North Macedonia"]), ("burma", ["Myanmar"]), ("swaziland", ["Eswatini"]),
    ("ivory coast", ["Ivory Coast"]), ("cote d'ivoire", ["Ivory Coast"]), ("Côte d’Ivoire", ["Ivory Coast"]),
    ("turkiye", ["Turkey"]), ("sao tome", ["São Tomé and Príncipe"]), ("vatican", ["Holy See"]), ("zzyzx", []),
]  # fmt: skip
STATEMENTS = [
    ("separate", ["Bosnia and Herzegovina", "Cuba", "Georgia", "Caribbean Community", "International Monetary Fund"]),
    ("falkland", ["Argentina"]), ("“Chagos Islands”", ["Mauritius"]), ("passport", None),
    ("Nagorno–Karabakh", ["Armenia"]), ("Castro/dangerous", ["Cuba"]), ("castro dangerous", ["Cuba"]), ('"dangerous Castro"', []), ("zzyzx", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names"), COUNTRIES)
def test_countries_are_found_by_any_of_their_names(get, text, names):
    rows = get("/recognition/countries.json", _search=text, _shape="array", _size="max").json()
    assert [row["name"] for row in rows] == names


@pytest.mark.parametrize(("text", "titles"), STATEMENTS)
def test_statements_are_found_by_their_words(get, db, text, titles):
    """None is whatever has the word in this edition."""
    if titles is None:
        titles = [title for (title,) in db.execute("select title from positions where text like ?", [f"%{text}%"])]
        assert titles
    rows = get("/recognition/positions.json", _search=text, _shape="array", _size="max").json()
    assert [row["title"] for row in rows] == titles


@pytest.fixture
def rank_at_most(monkeypatch):
    """rank_at_most(number) lets the site rank no more hits; the article has fewer than it ranks otherwise."""
    return lambda number: monkeypatch.setattr(search, "RANKED", number)


def test_the_article_has_fewer_items_than_are_ranked(db):
    assert db.execute("select count(*) from search_items").fetchone() < (search.RANKED,)


def test_a_search_that_finds_more_than_is_ranked_says_so_and_has_the_name_in_full(get, rank_at_most):
    everything = get("/search.json", q="kosovo").json()
    assert everything["truncated"] is False
    rank_at_most(50)
    answer = get("/search.json", q="kosovo").json()
    assert answer["truncated"] is True
    assert 50 <= answer["total"] == sum(answer["facets"]["kind"].values()) <= 51 < everything["total"]
    assert (answer["results"][0]["kind"], answer["results"][0]["id"]) == ("country", "kosovo")
    rank_at_most(1)  # the first hit of all its words is the Democratic Republic's
    answer = get("/search.json", q="Republic of the Congo").json()
    assert (answer["results"][0]["kind"], answer["results"][0]["id"]) == ("country", "republic-of-the-congo")


def test_a_word_that_more_items_have_than_are_ranked_has_no_part_in_the_score_and_is_no_prefix(get, rank_at_most):
    rare = get("/search.json", q="chagos").json()
    rank_at_most(20)
    both = get("/search.json", q="kosovo chagos").json()
    assert both["total"] and both["instead"] is None
    scores = {hit["url"]: hit["score"] for hit in rare["results"]}
    assert {hit["url"]: hit["score"] for hit in both["results"]}.items() <= scores.items()
    assert get("/search.json", q="serbia").json()["total"] == 20
    assert {hit["score"] for hit in get("/search.json", q="serbia").json()["results"] if hit["score"] < 1000} == {0}


def test_what_the_index_keeps_says_its_rule_and_until_when(db):
    """It is of the default rule; the site's search says how things stand under the rule of its reader."""
    rule, known_until = db.execute("""
        select r.title, e.known_until from rules r join subject s on s.default_rule = r.id join edition e
    """).fetchone()
    told = f"({rule}, as known on {said(known_until)}). "
    verbs = {
        "recognises": " recognises ",
        "withdrew": " and withdrew, as listed on ",
        "does not recognise": " does not recognise ",
    }
    found = db.execute("""
        select i.body, c.status, coalesce(c.withdrawn_on, c.recognised_on) from search_items i
        join countries c on i.kind = 'country' and c.id = i.id where c.status is not null
    """).fetchall()
    assert [
        body for body, status, day in found if verbs[status] not in body or (said(day) if day else "") not in body
    ] == []
    assert all(told in body for body, _, _ in found)
    counted = db.execute("""
        select i.body, t.recognising || ' of ' || t.members || ' members recognise Kosovo ' from search_items i
        join tallies t on i.kind = 'organisation' and t.organisation_id = i.id
        where t.rule_id = (select default_rule from subject)
    """).fetchall()
    assert found and counted
    assert [body for body, count in counted if not body.startswith(count + told)] == []


def test_an_article_before_a_name_is_no_part_of_it(get):
    first, *_ = get("/search.json", q="the Gambia").json()["results"]
    assert (first["id"], first["score"] > 3000) == ("gambia", True)


def test_only_the_words_that_find_nothing_are_corrected(get):
    """A short word finds something and has no neighbour in the index: it stays as it was typed."""
    answer = get("/search.json", q="EU misson").json()
    assert (answer["did_you_mean"], answer["instead"]) == ("EU mission", "corrected")
    assert answer["total"]


@pytest.mark.parametrize("q", ["Ghana " * 60, " ".join(f"Ghana{number}" for number in range(13))])
def test_a_search_that_is_longer_than_is_looked_at_says_so_and_repeats_no_more(get, q):
    page = get("/search", q=q)
    assert "Only the first 12 words, of the first 300 characters, are searched for." in page.text
    assert q[:301] not in page.text or len(q) <= 300
    for link in BeautifulSoup(page.text, "html.parser").select("a[href*='search?q='], a[href*='search.json?q=']"):
        assert len(parse_qs(urlsplit(link["href"]).query)["q"][0]) <= 300


@pytest.mark.parametrize("q", ["Ghana", "Ghana " * 40, " ".join(f"Ghana{number}" for number in range(12))])
def test_one_that_is_not_says_nothing_of_it(get, q):
    assert "are searched for." not in get("/search", q=q).text


def test_a_word_that_is_said_again_counts_once(get):
    assert get("/search.json", q="un* un* UN").json()["results"] == get("/search.json", q="un* UN").json()["results"]


def test_words_that_nothing_has_are_left_out_and_named(get):
    answer = get("/search.json", q="Catalonia falkland").json()
    assert (answer["instead"], answer["left_out"]) == ("some words", ["Catalonia"])
    assert answer["results"] == [hit | {"without": []} for hit in get("/search.json", q="falkland").json()["results"]]
    assert (
        "Nothing here has ‘Catalonia’; these are results for the other words."
        in get("/search", q="Catalonia falkland").text
    )


def test_a_hit_that_has_not_all_words_says_which(get):
    answer = get("/search.json", q="falkland castro").json()
    assert (answer["instead"], answer["left_out"]) == ("some words", [])
    without = {(hit["kind"], hit["id"]): hit["without"] for hit in answer["results"]}
    assert (without["statement", "argentina"], without["statement", "cuba"]) == (["castro"], ["falkland"])
    assert "Without ‘falkland’." in get("/search", q="falkland castro").text


def test_a_day_without_acts_is_nothing_and_has_ways_on(get):
    answer = get("/search.json", q="12 September 2018").json()
    assert answer["nothing"] is True and answer["total"] == 0
    page = BeautifulSoup(get("/search", q="12 September 2018").text, "html.parser")
    assert {"/recognition/events/liberia-2018-withdrawal-reported-by-reports"} <= {
        a["href"] for a in page.select(".answer-card a")
    }


@pytest.mark.parametrize(
    ("q", "first", "said"),
    [
        ("Belgrade", "serbia", "Its capital, according to GeoNames: <mark>Belgrade</mark>."),
        ("England", "united-kingdom", "A part of it, according to pycountry: <mark>England</mark>."),
        ("SUI", "switzerland", "Its code, according to country-data: <mark>SUI</mark>."),
        ("ABD", "united-states", "Also named <mark>ABD</mark>."),
    ],
)
def test_a_name_that_leads_to_a_country_says_what_it_is_and_according_to_whom(get, q, first, said):
    results = get("/search.json", q=q).json()["results"]
    assert results[0]["id"] == first and results[0]["excerpt"].startswith(said)


@pytest.mark.parametrize("name", ["England", "Belgrade", "GER"])
def test_a_part_a_capital_and_an_olympic_code_are_no_address_of_a_country(ask, name):
    assert ask(f"/recognition/countries/{name}").status_code == 404

"""Search answers under the rule and on the day that the reader asks about, whatever its index says; pages reach all of it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

DAYS = ["2008-02-17", "2012-06-30", "2018-11-30", "2025-03-26", "2026-11-25"]
SAMPLE = 8  # countries, and as many organisations, for each rule and day
ON_DAY = "since <= :day and (until is null or :day < until)"
QUERIES = [
    ("kosovo", {}), ("serbia", {}), ("recognition", {}), ("rec", {}), ("un", {}), ("serb", {"kind": "statement"}), ("Serbya", {}),
    ("kosovo", {"status": "withdrew"}), ("kosovo", {"organisation": "eu", "rule": "article", "as_of": "2015-01-01"}),
    ("passports helicopter", {}), ("xqzvw", {}), ("spain", {"kind": "page"}),
]  # fmt: skip


def hit_of(answer, kind, key):
    return next(hit for hit in answer["results"] if (hit["kind"], hit["id"]) == (kind, key))


@pytest.mark.parametrize("day", DAYS)
def test_a_country_stands_as_the_rule_has_it_on_that_day(get, db, sample, rules, day):
    known = "select s.country_id, c.name, s.status, s.since from statuses s join countries c on c.id = s.country_id where rule_id = :rule and "
    for rule, title in rules.items():
        rows = db.execute(known + ON_DAY + " order by 1", {"rule": rule, "day": day}).fetchall()
        assert len(rows) == db.execute("select count(*) - 1 from countries").fetchone()[0]
        for country, name, status, since in sample(rows, SAMPLE):
            answer = get("/search.json", q=name, rule=rule, as_of=day).json()
            assert (answer["rule"], answer["as_of"]) == (rule, day)
            for hit in answer["results"]:
                if hit["country"] == country:
                    assert (hit["status"], hit["since"]) == (status, since), (rule, hit["url"])
                    assert f"({title}" in hit["standing"]
            said = hit_of(answer, "country", country)["standing"]
            verb = {"withdrew": " and withdrew", "contested": "is contested"}.get(status, status)
            assert verb in said and ("does not" in said) == (status == "does not recognise")


@pytest.mark.parametrize("day", DAYS)
def test_an_organisation_has_its_tally_with_rule_and_day(get, db, sample, rules, known_until, as_known, day):
    known = "select organisation_id, name, recognising, members from tally_history join organisations o on o.id = organisation_id"
    for rule, title in rules.items():
        rows = db.execute(
            f"{known} where rule_id = :rule and {ON_DAY} order by 1", {"rule": rule, "day": day}
        ).fetchall()
        for organisation, name, recognising, members in sample(rows, SAMPLE):
            hit = hit_of(get("/search.json", q=name, rule=rule, as_of=day).json(), "organisation", organisation)
            assert (hit["recognising"], hit["members"]) == (recognising, members)
            assert (
                hit["standing"].startswith(f"{recognising} of {members} members recognise ")
                and title in hit["standing"]
            )
            assert (as_known in hit["standing"]) == (day > known_until)
            assert "recognise" not in hit["excerpt"], "a number of another rule"


@pytest.mark.usefixtures("edited_article")  # its statement on Kenya, which recognised since
def test_what_the_article_said_is_the_articles(get, rules, as_known, when_written):
    page = BeautifulSoup(get("/search", q="kenya").text, "html.parser")
    statement = next(hit for hit in page.select(".results > li") if hit.small.get_text() == "Statement")
    assert "ready to formally recognize" in statement.blockquote.get_text()
    assert statement.select_one(".source").get_text() == f"The article, written {when_written}:"
    now = f"Kenya recognises Kosovo, since 26 March 2025 ({rules['latest']})."
    assert statement.select_one(".standing").get_text() == page.select_one(".results .standing").get_text() == now
    under = page.select_one(".under")
    assert under.a["href"] == "/recognition/rules/latest" and as_known in under.get_text()
    older = BeautifulSoup(get("/search", q="kenya", rule="article").text, "html.parser")
    assert older.select_one(".standing").get_text() == f"Kenya does not recognise Kosovo ({rules['article']})."
    assert older.select_one(".results a")["href"] == "/recognition/countries/kenya?rule=article"


def test_a_territory_stands_through_its_state(get):
    hit = hit_of(get("/search.json", q="Montserrat").json(), "country", "montserrat")
    assert hit["standing"].startswith(
        "Through the United Kingdom, Montserrat recognises Kosovo, since 18 February 2008"
    )


def test_no_number_beside_a_status_looks_like_a_tally(get, rules):
    page = BeautifulSoup(get("/search", q="kosovo").text, "html.parser")
    facet = page.select_one(f"nav[aria-label^='Hits by status ({rules['latest']})']")
    items = [" ".join(item.get_text().split()) for item in facet.select("li")]
    assert items and all(item.startswith("about states ") and item.endswith((" hits", " hit")) for item in items)


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("q", "filters"), QUERIES)
def test_pages_go_on_until_all_of_the_total_was_given(get, q, filters):
    seen, page, more = [], 0, True
    while more:
        page += 1
        answer = get("/search.json", q=q, page=page, **filters).json()
        more = answer["more"]
        seen += [(hit["kind"], hit["id"], hit["url"]) for hit in answer["results"]]
        assert answer["results"] or not answer["total"]
    assert len(seen) == len(set(seen)) == answer["total"] and not answer["truncated"]
    assert {"edition", "edition_number", "edition_day", "known_until"} <= set(answer)
    beyond = get("/search.json", q=q, page=page + 7, **filters).json()
    assert (beyond["total"], beyond["more"], beyond["results"]) == (answer["total"], False, [])

    address, walked = "/search", []
    parameters = {"q": q, **filters}
    while True:
        shown = BeautifulSoup(get(address, **parameters).text, "html.parser")
        walked += [link["href"] for link in shown.select(".results h2 a")]
        onward = shown.select_one("nav.pages a[rel=next]")
        if not onward:
            break
        parameters = {name: values[0] for name, values in parse_qs(urlsplit(onward["href"]).query).items()}
    assert walked == [url for _, _, url in seen]
    if seen:
        beyond = BeautifulSoup(get(address, q=q, page=99, **filters).text, "html.parser")
        assert f"{len(seen):,} result" in beyond.select_one(".count").get_text()
        assert "There is no page 99 of these results" in beyond.find("main").get_text()


def test_the_languages_are_those_of_the_names(get, db):
    lead = BeautifulSoup(get("/search").text, "html.parser").find("main").get_text()
    assert "any language" not in lead and "Albanian, Arabic, Chinese" in lead and "Serbian" in lead
    codes = {code.partition("_")[0] for (codes,) in db.execute("select distinct language from country_names where language is not null")
             for code in codes.split()}  # fmt: skip
    said = lead.partition("are known in ")[2].partition(";")[0].replace(" and ", ", ").split(", ")
    assert len(said) == len(codes | {"en"}) and all(language[0].isupper() for language in said)


def test_a_choice_goes_along_to_what_answers_under_it(get):
    answer = get("/search.json", q="eu", rule="uncontested", as_of="2020-01-01").json()
    carried = "?rule=uncontested&as_of=2020-01-01"
    for hit in answer["results"]:
        under = hit["kind"] in ("country", "organisation", "count")
        assert hit["url"].endswith(carried) == under, hit["url"]

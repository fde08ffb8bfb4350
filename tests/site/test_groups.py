"""Organisations, groups and regions that the article does not have: what their pages say. Their numbers are in test_laws.py."""

import csv
import io

import pytest
from bs4 import BeautifulSoup

from tests.conftest import TODAY

BEFORE = "2009-06-15"  # the day before the first summit of the four


def text(element):
    return " ".join(element.get_text(" ", strip=True).split())


def main_of(response):
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser").main


@pytest.mark.parametrize("path", ["/tallies/brics", "/list/brics"])
def test_a_group_without_members_on_a_day_says_so_and_since_when_it_has_some(get, path):
    page = main_of(get(path, as_of=BEFORE, rule="article"))
    assert "there are no members of BRICS to count" in text(page.select_one("p.lead"))
    link = page.select_one("p.lead a[href*=as_of]")
    assert link["href"] == f"{path}?rule=article&as_of=2009-06-16" and text(link) == "16 June 2009"
    assert "0 of 4 members of BRICS" in text(main_of(get(link["href"])))


def test_a_group_without_members_on_a_day_as_data(get):
    tally = get("/tallies/brics.json", as_of=BEFORE).json()
    counts = {
        key: tally["tally"][key] for key in ("members", "recognising", "withdrawn", "contested", "not_recognising")
    }
    assert set(counts.values()) == {0} and tally["tally"]["share"] is None
    assert (tally["tally"]["first_members"], tally["members"], tally["history"]) == ("2009-06-16", [], [])
    heads = {get("/tallies/brics.csv", as_of=day).text.splitlines()[0] for day in (BEFORE, "2026-02-28")}
    assert heads == {get("/tallies/brics.csv", as_of=BEFORE).text.strip()}, "the same columns without a row"
    assert get("/list/brics.json", as_of=BEFORE).json()["recognise"] == []
    assert "there are no members of BRICS to count" in get("/list/brics.txt", as_of=BEFORE).text
    assert "brics" not in {row["organisation"] for row in get("/tallies.json", as_of=BEFORE).json()["tallies"]}
    assert "BRICS (from 16 June 2009 )" in text(main_of(get("/tallies", as_of=BEFORE)))
    compared = get("/tallies/compare", organisation="brics", as_of=BEFORE)
    assert compared.status_code == 400 and "has no members to compare on 15 June 2009" in compared.text
    dossier = main_of(get("/recognition/organisations/brics", as_of=BEFORE))
    assert "it has no members to count; it has from 16 June 2009 on" in text(dossier.select_one("p.answer"))


def test_tallies_are_under_headings_and_each_is_there_once(get, db):
    page = main_of(get("/tallies"))
    shown = [
        (
            text(body.select_one("tr.heading")),
            [row["data-organisation"] for row in body.select("tr[data-organisation]")],
        )
        for body in page.select("table.tallies tbody")
    ]
    expected = {}
    for heading, organisation in db.execute("""
        select h.title, o.id from organisations o join headings h on h.id = o.heading
        where o.id in (select organisation_id from memberships) order by h.position, o.number"""):
        expected.setdefault(heading, []).append(organisation)
    assert shown == list(expected.items()) and len(shown) == 7
    links = [link["href"] for link in page.select("nav[aria-label=Headings] a")]
    assert [page.find(id=link.removeprefix("#")).name for link in links] == ["tbody"] * len(shown)


@pytest.mark.parametrize("path", ["/list", "/tallies/compare", "/recognition/members-that-do-not-recognise"])
def test_organisations_are_chosen_under_the_same_headings(get, db, path):
    chooser = main_of(get(path)).select_one("select[name=organisation]")
    headings = [title for (title,) in db.execute("select title from headings order by position")]
    assert [group["label"] for group in chooser.select("optgroup")] == headings
    assert not chooser.select("select > option")
    assert {"brics", "region-africa", "african-union"} < {
        option["value"] for option in chooser.select("optgroup option")
    }
    assert len(chooser.select("option[selected]")) == 1


def test_the_front_page_has_the_articles_own_organisations_and_a_link_to_all(get, db):
    response = get("/")
    page = main_of(response)
    own = [
        id_
        for (id_,) in db.execute("""
        select id from organisations where in_article and id in (select organisation_id from memberships) order by number""")
    ]
    assert [row["data-organisation"] for row in page.select("table.tallies tbody tr")] == own
    assert page.find("a", string="All organisations, groups and regions")["href"] == "/tallies"
    assert response.headers["content-encoding"] == "gzip" and int(response.headers["content-length"]) < 45_000


def test_who_is_suspended_is_said_beside_the_member_on_the_days_on_which_it_is(get):
    def members(day):
        page = main_of(get("/recognition/organisations/african-union", as_of=day))
        return {text(item.a): text(item) for item in page.select(".members-list li")}, page

    now, page = members(TODAY)
    assert "(suspended since 1 June 2021 )" in now["Mali"] and "suspended" not in now["Kenya"]
    assert "stays a member and is counted" in text(page)
    then, _ = members("2013-06-01")
    assert "suspended" not in then["Mali"] and "suspended since 20 March 2009" in then["Madagascar"]
    rows = [text(row) for row in page.select("#suspensions ~ section tbody tr")]
    assert any(row.startswith("Mali") and "general knowledge" in row for row in rows)


def test_who_takes_part_without_being_counted_is_shown_apart(get):
    brics = main_of(get("/recognition/organisations/brics"))
    assert [text(row.th) for row in brics.select("#others ~ section tbody")[0].select("tr")] == ["Saudi Arabia"]
    assert "Saudi Arabia" not in text(brics.select_one("#tally").parent.select_one(".members-list"))
    cefta = main_of(get("/recognition/organisations/cefta"))
    assert "is not counted" in text(cefta.select_one("#takes-part + p")) and "3 of 6" in text(
        cefta.select_one("p.answer")
    )
    subject = main_of(get("/recognition/countries/kosovo"))
    shown = [text(item.a) for item in subject.select("#participations + ul li")]
    assert sorted(shown) == [
        "Central European Free Trade Agreement", "Organisation internationale de la Francophonie",
        "South-East European Cooperation Process", "Western Balkans",
    ]  # fmt: skip


def test_leaving_and_coming_back_are_two_changes(get):
    page = main_of(get("/recognition/organisations/commonwealth"))
    gambia = [text(row) for row in page.select("#changes ~ section tbody tr") if text(row.th) == "Gambia"]
    assert "3 October 2013" in gambia[0] and "8 February 2018" in gambia[1] and len(gambia) == 2
    listed = [row["country"] for row in csv.DictReader(io.StringIO(get("/tallies/commonwealth.csv").text))]
    assert listed.count("gambia") == 1
    assert "Gambia" not in text(main_of(get("/tallies/commonwealth", as_of="2015-01-01")).select_one("table.states"))
    steps = {row["data-as-of"]: text(row) for row in main_of(get("/tallies/commonwealth")).select("tr[data-as-of]")}
    assert "Gambia left" in steps["2013-10-03"] and "Gambia joined" in steps["2018-02-08"]


def test_what_rests_on_general_knowledge_is_marked_and_documents_are_links(get):
    page = main_of(get("/recognition/organisations/ecowas"))
    (mali,) = [row for row in page.select("#changes ~ section tbody")[0].select("tr") if text(row.th) == "Mali"]
    assert "the day is general knowledge" in text(mali) and mali.select_one("td:last-child a")["rel"] == [
        "external",
        "nofollow",
    ]
    assert "Who its members are is read in factbook.json (12)" in text(page)


def test_the_african_unions_count_says_that_it_agrees_by_accident(get):
    page = text(main_of(get("/counts/news-pravda-2025-africa")))
    assert "by accident" in page and "Lesotho and Comoros" in page


FOUND = [
    ("AU", "African Union"), ("african union", "African Union"), ("Union africaine", "African Union"), ("G7", "Group of Seven"),
    ("group of seven", "Group of Seven"), ("G20", "Group of Twenty"), ("Balkans", "Western Balkans"),
    ("Latin America", "Latin America and the Caribbean"), ("Southeast Asia", "South-eastern Asia"), ("OECD",
     "Organisation for Economic Co-operation and Development"), ("eurozone", "Euro area"), ("Commonwealth", "Commonwealth of Nations"),
    ("Africa", "Africa"), ("BRICS", "BRICS"), ("Sub-Saharan Africa", "Sub-Saharan Africa"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "title"), FOUND)
def test_groups_are_found_by_their_names_and_abbreviations(get, words, title):
    """Among the first two: 'AU' is also the code of a state."""
    hits = get("/search.json", q=words).json()["results"][:2]
    assert title in [hit["title"] for hit in hits if hit["kind"] == "organisation"]
    if words != "AU":
        assert hits[0]["title"] == title

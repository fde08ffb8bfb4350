"""Dossiers of all countries and organisations say what the rows say: the answer, statuses, quotes to the letter."""

import itertools
from urllib.parse import quote as encoded

import pytest
from bs4 import BeautifulSoup

ANSWERS = {
    "spain": "Spain does not recognise Kosovo.",
    "serbia": "Serbia does not recognise Kosovo.",
    "philippines": "The Philippines does not recognise Kosovo.",
    "ukraine": "Ukraine does not recognise Kosovo.",
    "france": "France recognised Kosovo on 18 February 2008.",
    "united-kingdom": "The United Kingdom recognised Kosovo on 18 February 2008.",
    "united-states": "The United States recognised Kosovo on 18 February 2008.",
    "costa-rica": "Costa Rica recognised Kosovo on 17 February 2008 (other records: 18 February 2008).",
    "germany": "Germany recognised Kosovo on 20 February 2008 (other records: 19 February 2008).",
    "israel": "Israel recognised Kosovo on 4 September 2020 (other records: 1 February 2021).",
    "taiwan": "Taiwan recognised Kosovo on 19 February 2008 (other records: 20 February 2008).",
    "cook-islands": "The Cook Islands recognised Kosovo on 18 May 2015.",
    # listed as withdrawn
    "burundi": "Burundi recognised Kosovo on 16 October 2012; a withdrawal of 15 February 2018 is listed.",
    "madagascar": (
        "Madagascar recognised Kosovo on 24 November 2017 (other records: 25 November 2017); "
        "a withdrawal of 7 December 2018 is listed."
    ),
    "ghana": "Ghana recognised Kosovo on 23 January 2012; a withdrawal of 7 November 2019 is listed, and disputed.",
    # withdrawals that somebody claims
    "somalia": "Somalia recognised Kosovo on 19 May 2010; Serbia claimed a withdrawal on 4 January 2023.",
    "lesotho": (
        "Lesotho recognised Kosovo on 11 February 2014; Serbia claimed a withdrawal in 2018, Lesotho denied it."
    ),
    "liberia": (
        "Liberia recognised Kosovo on 30 May 2008; unnamed reports told of a withdrawal in 2018, Liberia denied it."
    ),
    "guinea-bissau": (
        "Guinea-Bissau recognised Kosovo on 10 January 2011 (other records: 13 January 2011); "
        "the article tells of a withdrawal in 2017, Guinea-Bissau reversed it in 2018."
    ),
    "comoros": (
        "The Comoros recognised Kosovo on 14 May 2009; unnamed reports told of a withdrawal in 2018; the article"
        " adds: “But in 2021, a former Kosovo president shared a document from Comoros saying they still recognize"
        " Kosovo.”"
    ),
    "palau": (
        "Palau recognised Kosovo on 6 March 2009 (other records: 9 March 2009); Serbia claimed a withdrawal in 2019;"
        " the article adds: “But in 2022 and 2023, officials from Kosovo and Palau met and confirmed their good"
        " relations.”"
    ),
    "suriname": (
        "Suriname recognised Kosovo on 8 July 2016 (other records: 22 July 2016); Serbia claimed a withdrawal in"
        " 2017; the article adds: “But in 2022, Kosovo's Foreign Minister met with Suriname's Foreign Minister to"
        " talk about working together. However, in 2023, Suriname's minister said his country supports Serbia's"
        " land.”"
    ),
    "maldives": (
        "The Maldives recognised Kosovo on 19 February 2009; Serbia claimed a withdrawal on 4 January 2023; the"
        " article adds: “For example, the president of the Maldives sent greetings to Kosovo for its independence day"
        " in 2024, confirming their recognition.”"
    ),
    # recognitions that somebody doubts
    "oman": (
        "The article lists Oman as having recognised Kosovo on 4 February 2011; it adds: “In 2011, Kosovo said Oman"
        " recognized them. Later, a Kosovo official said Oman had not. But in 2022, Oman's foreign ministry"
        ' officially mentioned meeting with the "Republic of Kosovo," which suggests they do recognize it.”'
    ),
    "mali": (
        "The article lists Mali as not recognising Kosovo; it adds: “Mali's government denied recognizing Kosovo"
        " after a document appeared to show they did. They said the document was fake.”"
    ),
    "myanmar": (
        "The article lists Myanmar as not recognising Kosovo; it adds: “Myanmar was reported to have recognized"
        " Kosovo in 2014, but Kosovo officials denied receiving any such note.”"
    ),
    "sao-tome-and-principe": (
        "The article lists São Tomé and Príncipe as not recognising Kosovo; it adds: “São Tomé and Príncipe's"
        " government recognized Kosovo in 2012, but the President later said this was not valid. Kosovo insists the"
        " recognition is still valid.”"
    ),
    # since the article was written
    "kenya": "Kenya: the article lists it as not recognising; it announced its recognition on 26 March 2025.",
    "bahamas": (
        "The Bahamas: the article lists it as not recognising; it announced its recognition on 19 December 2025."
    ),
    # no states of the three lists
    "palestine": "Palestine is not listed as recognising Kosovo.",
    "abkhazia": "Abkhazia is not listed as recognising Kosovo.",
    "montserrat": (
        "Montserrat has no position of its own; it is represented by the United Kingdom, which recognised Kosovo on "
        "18 February 2008."
    ),
    "kosovo": "Kosovo is the subject of this site.",
}
HOSTILE = [
    "nowhere", "Spain", "spain'", "spain%22", "~22", "~00", "~2e~2e", "%F0%9F%87%BD", "1", "spain,france", "eu,un",
    "a" * 3000,
]  # fmt: skip


@pytest.fixture(scope="module")
def dossiers(get, db):
    """{(table, id): page} of every country and organisation, each of which must answer."""
    pages = {}
    for table in ("countries", "organisations"):
        for (key,) in db.execute(f"select id from {table}").fetchall():
            response = get(f"/recognition/{table}/{key}")
            assert response.status_code == 200, key
            pages[table, key] = BeautifulSoup(response.text, "html.parser")
    return pages


def rows(db, sql, *parameters):
    return db.execute(sql, parameters).fetchall()


def text(tag):
    return " ".join(tag.get_text(" ").split())


@pytest.mark.parametrize("country", ANSWERS)
def test_the_answer_in_one_sentence(dossiers, country):
    page = dossiers["countries", country]
    assert text(page.select_one("p.answer")) == ANSWERS[country]
    assert page.select_one("meta[name=description]")["content"].startswith(ANSWERS[country])


def test_the_answer_of_an_organisation_counts_under_the_default_rule_and_names_it(dossiers, db):
    sql = """select t.organisation_id, t.recognising, t.members, r.title from subject s join rules r on r.id = s.default_rule
             join tallies t on t.rule_id = r.id"""
    for key, recognising, members, title in rows(db, sql):
        page = dossiers["organisations", key]
        answer = text(page.select_one("p.answer"))
        assert answer.startswith(f"{recognising} of {members} "), key
        assert f" recognise Kosovo, counted under the rule ‘{title}’." in answer, key
        assert f"under the rule ‘{title}’" in text(page.select_one("h2#tally ~ p")), key
    interpol = dossiers["organisations", "interpol"]
    assert text(interpol.select_one("p.answer")) == "By the article's words, Kosovo is not a member."


def test_answers_agree_with_the_statuses_of_the_article(dossiers, db):
    """No sentence says of a state what the article's tables do not: dates and kinds are those of the row."""
    for key, kind, status, on, until in rows(
        db, "select id, kind, status_in_article, recognised_on_in_article, withdrawn_on_in_article from countries"
    ):
        said = text(dossiers["countries", key].select_one("p.answer"))
        assert ("a withdrawal of" in said and "is listed" in said) == (status == "withdrew"), said
        assert ("recognised Kosovo on" in said) == (status in ("recognises", "withdrew")), said
        for day in (on, until):
            assert day is None or f"{int(day[8:])} " in said and day[:4] in said, said
        assert "None" not in said and "  " not in said
        if kind == "UN member" and status == "does not recognise":
            assert "does not recognise" in said or "as not recognising" in said, said


def test_every_dossier_names_its_subject(dossiers, db):
    for table in ("countries", "organisations"):
        for key, name in rows(db, f"select id, name from {table}"):
            page = dossiers[table, key]
            (heading,) = page.find_all("h1")
            assert name in text(heading)
            assert page.title.get_text() == f"{name} and the recognition of Kosovo"
            assert page.select_one("link[rel=canonical]")["href"].endswith(f"/recognition/{table}/{key}")
            assert len(page.select_one("meta[name=description]")["content"]) > len(name)
            assert f"/recognition/{table}/{key}.json?_shape=array" in {
                link["href"] for link in page.find_all("a", href=True)
            }


def test_every_statement_is_shown_to_the_letter_with_its_line(dossiers, db, root):
    lines = (root / "sources" / "article.txt").read_text("utf-8").splitlines()
    sql = "select coalesce(country_id, organisation_id), country_id is null, text, passage_id from positions"
    for key, organisation, statement, passage in rows(db, sql):
        said = dossiers["organisations" if organisation else "countries", key].select_one("figure.said")
        assert said.blockquote.get_text() == statement
        place = said.figcaption.a
        assert place["href"] == f"/article?quote={encoded(statement)}#{passage}"
        assert statement in lines[int(place.get_text().removeprefix("article, line ")) - 1]


def test_statuses_shown_are_those_of_the_table(dossiers, db):
    sql = """select r.title, s.status, s.since from statuses s join rules r on r.id = s.rule_id where s.country_id = ?
             and s.until is null order by r.position"""
    for (key,) in rows(db, "select id from countries"):
        table = dossiers["countries", key].select_one("h2#status ~ .scroll table")
        if key == "kosovo":
            assert dossiers["countries", key].select_one("h2#status") is None
            continue
        shown = [
            (text(row.th), text(row.select_one(".status")).split(" ", 1)[1], row.select_one("time")["datetime"])
            for row in table.tbody.find_all("tr")
        ]
        assert shown == rows(db, sql, key), key


def test_a_status_of_a_year_says_from_which_day_it_counts_and_what_was_before(dossiers):
    row = dossiers["countries", "lesotho"].select("h2#status ~ .scroll tbody tr")[2]
    assert (
        text(row.select_one("[data-name=Since]"))
        == "31 December 2018 known as 2018; counted from its last day before: recognises, from 11 February 2014"
    )
    assert text(row.select_one("[data-name=Evidence]")) == "withdrawal claimed article, line 282"


def test_every_event_is_told_with_claimant_quote_and_evidence(dossiers, db):
    for (key,) in rows(db, "select id from countries"):
        sql = "select kind, claimant, quote, passage_id, citation, updates from events where country_id = ?"
        timeline = dossiers["countries", key].select_one("h2#events ~ ol.timeline")
        found = rows(db, sql, key)
        assert (timeline is not None) == bool(found)
        shown = []
        for item in timeline.find_all("li") if found else []:
            links = item.find_all("a")
            records = " ".join(link["href"] for link in links if link["href"].startswith("http"))
            assert all(link["rel"] == ["external", "nofollow"] for link in links if link["href"].startswith("http"))
            places = [link["href"] for link in links if link["href"].startswith("/article")]
            claimant = text(item.select_one(".what")).removesuffix(" not in the article").split(" by ")[1]
            quote = item.blockquote.get_text() if item.blockquote else None
            shown.append(
                (item.strong.get_text(), claimant, quote, places, records, int(bool(item.select_one(".outside"))))
            )
        expected = [
            (kind, claimant, quote, [f"/article?quote={encoded(quote)}#{passage}"] if passage else [],
             " ".join(part for part in (citation or "").split() if part.startswith("http")), updates)
            for kind, claimant, quote, passage, citation, updates in found
        ]  # fmt: skip
        assert sorted(map(str, shown)) == sorted(map(str, expected)), key


def test_a_claimed_withdrawal_stands_beside_what_is_said_of_such_claims(dossiers):
    page = dossiers["countries", "somalia"]
    assert [quote.get_text() for quote in page.select("figure.said blockquote")] == [
        (
            "Serbia's government has claimed that more countries have withdrawn their recognition. However,"
            ' Kosovo\'s government often says these claims are "fake news" or "Serbian propaganda."'
        ),
        (
            "In 2023, Serbia's president claimed nine more countries had withdrawn recognition. Kosovo's foreign"
            " ministry said they had no information about this. Diplomats from Kosovo met with officials from some of"
            " these countries, who said they had not withdrawn recognition."
        ),
    ]
    assert dossiers["countries", "burundi"].select("figure.said") == []


def test_claims_about_others_stand_with_who_makes_them(dossiers):
    items = [text(item) for item in dossiers["countries", "serbia"].select("h2#claims ~ ol.timeline li")]
    assert items[-1] == (
        "no date given withdrawal claimed Serbia's government has claimed that more countries have withdrawn their "
        "recognition. Note: names no country. article, line 279"
    )
    assert sum("withdrawal claimed" in item for item in items) == 14


def test_mentions_are_quoted_to_the_letter_with_the_name_marked(dossiers, db):
    passages = dict(rows(db, "select id, text from passages"))
    for (key,) in rows(db, "select id from countries"):
        sql = """select m.passage_id, m.named_as from mentions m join passages p on p.id = m.passage_id where m.country_id = ?1
                 and m.passage_id not in (select passage_id from positions where country_id = ?1) order by p.first_line"""
        expected = rows(db, sql, key)
        items = dossiers["countries", key].select("ul.mentions > li")
        assert len(items) == len(expected)
        for item, (passage, named_as) in zip(items, expected, strict=True):
            assert item.a["href"].endswith(f"#{passage}")
            assert item.mark.get_text() == named_as
            for part in item.p.get_text().split("…"):
                assert part.strip() in passages[passage], part


def test_what_was_restored_says_so(dossiers, db):
    restored = {key for (key,) in rows(db, "select country_id from recognitions")}
    told = {key for (key,) in rows(db, "select country_id from positions where country_id is not null")}
    for (table, key), page in dossiers.items():
        if table == "countries":
            assert bool(page.select_one(".restored .badge")) == (key in restored | told), key
    germany = text(dossiers["countries", "germany"].select_one(".restored"))
    assert "prints number 10–11 and 20 February 2008 ( article, lines 56–57 ; the date stands at line 55 )" in germany
    assert "Other records give 19 February 2008 for the recognition." in germany
    assert "which of them stood in which row is not recoverable" in germany


def test_audit_findings_about_it_are_shown(dossiers, db):
    for column, table in (("country_id", "countries"), ("organisation_id", "organisations")):
        for key, finding in rows(db, f"select {column}, finding from audit where {column} is not null"):
            shown = [text(item) for item in dossiers[table, key].select("ul.findings li")]
            assert any(" ".join(finding.split()) in item for item in shown), key


def test_members_of_an_organisation_by_status(dossiers, db):
    sql = "select status, country_id from members_today where organisation_id = ?"
    for (key,) in rows(db, "select id from organisations where tally is not null"):
        shown = [
            (heading["id"].replace("-", " "), link["href"].rsplit("/", 1)[1])
            for heading in dossiers["organisations", key].find_all("h3")
            for link in heading.find_next("ul").find_all("a")
        ]
        assert sorted(shown) == sorted(rows(db, sql, key)), key


@pytest.mark.parametrize(
    "table, first, last", [("countries", "abkhazia", "zimbabwe"), ("organisations", "all-states", "world-customs")]
)
def test_previous_and_next_make_one_chain(dossiers, table, first, last):
    following, seen = first, []
    while following:
        seen.append(following)
        page = dossiers[table, following]
        previous = page.select_one("nav.neighbours [rel=prev]")
        assert (previous["href"].rsplit("/", 1)[1] if previous else None) == (seen[-2] if len(seen) > 1 else None)
        link = page.select_one("nav.neighbours [rel=next]")
        following = link["href"].rsplit("/", 1)[1] if link else None
    assert len(seen) == sum(name == table for name, _ in dossiers)
    if table == "countries":
        assert seen[-1] == last
        place = seen.index("sao-tome-and-principe")
        assert seen[place - 1 : place + 2] == ["san-marino", "sao-tome-and-principe", "saudi-arabia"]


def test_tables_have_scopes_headings_do_not_skip_and_ids_are_unique(dossiers):
    for key, page in dossiers.items():
        content = page.select_one("#content")
        assert all(cell.get("scope") in ("col", "row") for cell in content.find_all("th")), key
        levels = [int(heading.name[1]) for heading in content.find_all(["h1", "h2", "h3", "h4"])]
        assert levels[0] == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels)), key
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids)), key
        assert "None" not in text(content).split(), key


@pytest.mark.parametrize("table", ["countries", "organisations"])
@pytest.mark.parametrize("key", HOSTILE)
def test_a_key_that_is_none_is_not_found(get, table, key):
    response = get(f"/recognition/{table}/{key}")
    if response.status_code == 302:  # an address with % is led to Datasette's own form of it
        response = get(response.headers["location"])
    assert response.status_code == (400 if len(key) > 2000 else 404)


def test_json_of_a_row_stays_datasettes_own(get):
    (row,) = get("/recognition/countries/spain.json", _shape="array").json()
    assert (row["name"], row["status"]) == ("Spain", "does not recognise")
    assert "dossier" not in get("/recognition/countries/spain.json").json()

"""The page of the article: to the letter, with its restored names."""

import re

import pytest
from bs4 import BeautifulSoup


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

"""The page of the article: to the letter, with its restored names, and with the words of a quote marked."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from httpx import Response

Get = Callable[..., Response]


def soup(response: Response) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def said(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())


@pytest.fixture(scope="module")
def article(get: Get) -> BeautifulSoup:
    response = get("/article")
    assert response.status_code == 200
    return soup(response)


def words(passage: str) -> list[str]:
    """The words of a passage without the marks of its form: cell borders, images, list signs, the frame of an image."""
    caption = re.search(r"caption= (.*?) \|", passage) if passage.startswith("[[Image") else None
    return re.sub(r"!\[\]\(\)|---|[|•]|^- ", " ", caption[1] if caption else passage).split()


def test_every_passage_has_its_anchor_once_and_in_order(article: BeautifulSoup, db: sqlite3.Connection) -> None:
    keys = [row[0] for row in db.execute("select id from passages order by first_line")]
    assert [element["id"] for element in article.select(".passage")] == keys


def test_every_passage_is_the_articles_to_the_letter(article: BeautifulSoup, db: sqlite3.Connection) -> None:
    for key, text in db.execute("select id, text from passages"):
        element = BeautifulSoup(str(article.find(id=key)), "html.parser")
        for sign in element.select(".sign, .line, .gap, .guide, a.restored"):
            sign.decompose()
        assert element.get_text(" ").split() == words(text), key


def test_a_paragraph_prints_its_line(article: BeautifulSoup, db: sqlite3.Connection) -> None:
    for key, line in db.execute("select id, first_line from passages where kind = 'paragraph'"):
        link = article.find(id=key).select_one("a.line")
        assert (link["href"], link.get_text(), link["aria-label"]) == (f"#{key}", str(line), f"Line {line}")


def test_sentences_are_not_broken_by_spaces(article: BeautifulSoup, db: sqlite3.Connection) -> None:
    for key, text in db.execute("select passage_id, text from positions"):
        assert text in article.find(id=key).get_text()


def test_headings_have_their_level(article: BeautifulSoup, db: sqlite3.Connection) -> None:
    sql = "select s.title, s.level, p.id from sections s join passages p on p.first_line = s.first_line"
    for title, level, key in db.execute(sql):
        heading = article.find(id=key)
        assert (heading.name, heading.get_text()) == (f"h{level + 1}", title)


def test_restored_rows_are_marked_and_lead_to_their_rows(article: BeautifulSoup, db: sqlite3.Connection) -> None:
    sql = "select r.passage_id, r.id, c.id, c.name, r.confidence from recognitions r join countries c on c.id = r.country_id"
    for key, recognition, country, name, confidence in db.execute(sql):
        row = article.find(id=key)
        link = row.select_one("a.restored")
        assert (link["href"], link.get_text()) == (f"/recognition/countries/{country}", name)
        assert ("doubt" in link["class"]) == (confidence != "high")
        sign = row.select_one(".sign a")
        assert sign["href"] == f"/recognition/recognitions/{recognition}"
        assert f"Restored with {confidence} confidence" in sign["title"]
        assert sign["title"] == sign.select_one(".hidden").get_text()


def test_statements_lead_to_their_rows_and_printed_names_are_not_marked(
    article: BeautifulSoup, db: sqlite3.Connection
) -> None:
    for key, position, owner, text in db.execute(
        "select o.passage_id, o.id, coalesce('countries/' || country_id, 'organisations/' || organisation_id), p.text"
        " from positions o join passages p on p.id = o.passage_id"
    ):
        name = article.find(id=key).find("th")
        assert name.find("a")["href"] == f"/recognition/{owner}"
        assert name.select_one(".sign a")["href"] == f"/recognition/positions/{position}"
        assert bool(name.select_one("a.restored")) == text.startswith("![]()")


def test_shared_dates_and_numbers_reach_over_their_rows(article: BeautifulSoup) -> None:
    def cells(key: str) -> list[tuple[str, str | None]]:
        return [(cell.get_text(), cell.get("rowspan")) for cell in article.find(id=key).find_all("td")]

    assert cells("18-february-2008") == [("2–8", "7"), ("18 February 2008", "7")]
    assert cells("18-february-2008-2") == []
    assert cells("4-march-2008") == [("22", None), ("4 March 2008", "2")]
    assert cells("4-march-2008-2") == [("", None)]


def test_member_lists_keep_names_marks_and_counts(article: BeautifulSoup, db: sqlite3.Connection) -> None:
    listed = article.find(string="Member states (10 / 15)").find_parent("tr")
    assert said(listed.select_one("li")) == "Antigua and Barbuda †"
    assert listed.find("a", string="Montserrat").parent.find("abbr").get_text() == "‡"
    links = {(row.find_parent("tr")["id"], row["href"]) for row in article.select(".members a")}
    members = db.execute("select passage_id, country_id from memberships where basis = 'article'").fetchall()
    assert links == {(key, f"/recognition/countries/{country}") for key, country in members}


def test_links_of_the_article_resolve(article: BeautifulSoup, get: Get) -> None:
    links = {link["href"] for link in article.select("article a") if link["href"].startswith("/recognition/")}
    for link in sorted(links)[::7]:
        assert get(link).status_code == 200, link
    for kind in ("countries", "recognitions", "positions", "organisations"):
        assert any(link.startswith(f"/recognition/{kind}/") for link in links)
    for link in article.select("article a[href^='#']"):
        assert article.find(id=link["href"][1:]), link["href"]


def test_the_quote_of_every_event_is_marked_in_its_passage(get: Get, db: sqlite3.Connection) -> None:
    for key, quote in db.execute(
        "select distinct passage_id, quote from events where quote is not null limit 40 offset 20"
    ):
        page = soup(get("/article", quote=quote))
        marks = [mark.get_text() for mark in page.find(id=key).find_all("mark")]
        assert marks == quote.split(" | "), key


def test_a_quote_only_adds_marks(get: Get, article: BeautifulSoup) -> None:
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
def test_hostile_quotes_change_nothing(get: Get, article: BeautifulSoup, quote: str) -> None:
    response = get("/article", quote=quote)
    assert response.status_code == 200
    page = soup(response)
    assert page.find("article") == article.find("article")
    assert "<script>alert" not in response.text


def test_a_quote_with_signs_of_markup_is_marked_as_text(get: Get) -> None:
    page = soup(get("/article", quote='"veto power," meaning'))
    assert [mark.get_text() for mark in page.find_all("mark")] == ['"veto power," meaning']

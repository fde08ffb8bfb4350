"""The page of the article: to the letter, with its restored names, and with the words of a quote marked."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from datasette.app import Datasette
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


def test_every_passage_is_the_articles_to_the_letter(article: BeautifulSoup, db: sqlite3.Connection) -> None:
    for key, text in db.execute("select id, text from passages"):
        element = BeautifulSoup(str(article.find(id=key)), "html.parser")
        for sign in element.select(".sign, .line, .gap, .guide, a.restored"):
            sign.decompose()
        assert element.get_text(" ").split() == words(text), key


def test_the_quote_of_every_event_is_marked_in_its_passage(
    get: Get, db: sqlite3.Connection, sample: Callable[[list[Any], int], list[Any]]
) -> None:
    quotes = "select distinct passage_id, quote from events where quote is not null and passage_id is not null"
    for key, quote in sample(db.execute(quotes).fetchall(), 12):
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
        "", " ", "not in it", "<script>alert(1)</script>", "<b>", "&amp;", "\0", "'\"", "|", "||", ".*", "é" * 5000,
        "{{ 7*7 }}",
    ],
)  # fmt: skip
def test_hostile_quotes_change_nothing(get: Get, article: BeautifulSoup, quote: str) -> None:
    response = get("/article", quote=quote)
    assert response.status_code == 200
    page = soup(response)
    assert page.find("article") == article.find("article")
    assert "<script>alert" not in response.text


LONGEST_QUESTION = 1_000  # characters that a page repeats in its head
WORDS_OF_THE_PAGE = [
    "a|b|c|d|e|f|g|h",
    "class",
    "&",
    "<",
    "amp;",
    "line",
    "e" * 1000,
    "|" * 900,
    "a|" * 450,
    ".*",
    "\2",
    "\3",
]


# The head of every page leads to the same as JSON, with the question of the page unless that is too long.
AS_DATA = re.compile(r'<link rel="alternate" type="application/json" href="/article\.json\?(.*)">\n')


@pytest.mark.parametrize("quote", WORDS_OF_THE_PAGE, ids=lambda quote: quote[:12])
def test_whatever_is_quoted_the_page_is_the_same_but_for_marks(get: Get, quote: str) -> None:
    response = get("/article", quote=quote)
    asked = [parse_qs(html.unescape(question)) for question in AS_DATA.findall(response.text)]
    assert asked == ([] if len(response.url.query) > LONGEST_QUESTION else [{"quote": [quote]}])
    page, other = (AS_DATA.sub("", text) for text in (response.text, get("/article", quote="xqzvw").text))
    assert re.sub("</?mark>", "", page) == other


def test_a_quote_has_few_cells(get: Get) -> None:
    """No row of a table has more than ten cells; what one looks for takes time."""
    cells = ["xqzvw"] * 9 + ["Ghana", "Serbia"]
    marks = {mark.get_text() for mark in soup(get("/article", quote=" | ".join(cells))).find_all("mark")}
    assert marks == {"Ghana"}


def test_the_article_is_rendered_once_whatever_is_quoted(
    get: Get, datasette: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    get("/article")
    rendered, stock = [], datasette.render_template

    async def counted(templates: Any, *args: Any, **kwargs: Any) -> str:
        rendered.append(templates)
        return str(await stock(templates, *args, **kwargs))

    monkeypatch.setattr(datasette, "render_template", counted)
    for number in range(40):
        get("/article", quote=f"Ghana {number}")
    assert rendered == ["article.html"] * 40

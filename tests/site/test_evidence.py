"""The source of a claim is shown in the same way on every page."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from recognition.citations import host
from recognition.site import evidence

PAGES = (
    "/", "/timeline", "/counts", "/counts/serbia-2023", "/tallies/un", "/tallies/un?rule=uncontested", "/tallies/eu",
    "/tallies/compare?a=uncontested&b=every_recognition&organisation=un", "/recognition/organisations/eu",
    "/recognition/organisations/interpol",
    *(f"/recognition/countries/{country}" for country in ("ghana", "germany", "lesotho", "serbia", "spain", "mali", "kosovo")),
)  # fmt: skip
LINES = re.compile(r"\blines? (\d+)(?:–(\d+))?$")


def test_every_page_prints_the_line_on_which_the_quote_begins(get, db, root):
    """Beside a link stands the line of the words that it marks; beside one that marks none, the lines of the passage."""
    article = (root / "sources" / "article.txt").read_text("utf-8").splitlines()
    passages = {row[0]: row[1:] for row in db.execute("select id, first_line, last_line from passages")}
    printed = {}
    for page in PAGES:
        for link in BeautifulSoup(get(page).text, "html.parser").select("main a[href^='/article']"):
            if lines := LINES.search(link.get_text()):
                address = urlsplit(link["href"])
                (quote,) = parse_qs(address.query).get("quote", [None])
                first, last = int(lines[1]), int(lines[2] or lines[1])
                printed.setdefault((address.fragment, quote), {}).setdefault((first, last), set()).add(page)
    for (passage, quote), found in printed.items():
        assert len(found) == 1, (passage, quote, found)
        ((first, last),) = found
        if quote:
            assert quote.splitlines()[0] in article[first - 1] and first == last, (passage, quote)
        else:
            assert (first, last) == passages[passage], passage
    assert (
        sum(len(pages) > 2 for found in printed.values() for pages in found.values()) > 5
    )  # on pages of several kinds


def test_the_line_of_a_quote_in_a_passage_of_several_lines():
    passage = evidence.Passage(10, 12, "| Spain\n| It has not recognised it.\nIt may.")
    assert evidence.lines_of(passage, "It has") == (11, 11)
    assert evidence.lines_of(passage, "It may.") == (12, 12)
    assert evidence.lines_of(passage, None) == (10, 12)


@pytest.mark.parametrize(
    ("quote", "path"),
    [("“Yes” & no", "/article?quote=%E2%80%9CYes%E2%80%9D%20%26%20no#spain"), ("x" * 501, "/article#spain")],
)
def test_the_article_marks_the_words_unless_they_are_too_long_for_an_address(quote, path):
    assert evidence.passage_path("spain", quote) == path


def test_records_are_named_by_their_publishers_or_by_their_words():
    known = {"example.org": "Example Press", "news.example.com": "Example News"}
    both = "https://www.Example.org/a http://news.example.com:80/b?c=d seen 2020"
    assert evidence.records(both, known) == [
        ("Example Press", "https://www.Example.org/a"), ("Example News", "http://news.example.com:80/b?c=d"),
    ]  # fmt: skip
    assert evidence.records("https://a.example http://[", {}) == [("a.example", "https://a.example"), ("", "http://[")]
    assert evidence.records("decision 2/12", known) == [evidence.Record("decision 2/12", None)]
    assert evidence.records(None, known) == []


def test_every_host_in_the_sources_has_a_publisher(root, db):
    """Also those in columns that the build does not look into."""
    known = {host for (host,) in db.execute("select host from publishers")}
    for file in sorted((root / "sources").glob("*.csv")):
        for address in re.findall(r"https?://[^\s,\"]+", file.read_text("utf-8")):
            assert host(address) in known, (file.name, address)


def test_links_to_records_name_their_publisher(get, db):
    """No link to a source is called by its address, 'record 2' or a host whose publisher is known."""
    named = dict(db.execute("select host, publisher from publishers").fetchall())
    for page in PAGES:
        for link in BeautifulSoup(get(page).text, "html.parser").select("main a[rel~=external]"):
            if "evidence" in (link.parent.get("class") or []) or link.parent.name == "dd":
                assert link.get_text() == named[host(link["href"])], page

"""The source of a claim is shown in the same way on every page."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from recognition.site import evidence

PAGES = (
    "/", "/timeline", "/counts", "/counts/serbia-2023", "/tallies/un", "/tallies/un?rule=uncontested", "/tallies/eu",
    "/tallies/compare?a=uncontested&b=every_recognition&organisation=un", "/recognition/organisations/eu",
    "/recognition/organisations/interpol",
    *(f"/recognition/countries/{country}" for country in ("ghana", "germany", "lesotho", "serbia", "spain", "mali", "kosovo")),
)  # fmt: skip
LINE = re.compile(r"\bline (\d+)$")


def test_every_page_prints_the_line_on_which_the_quote_begins(get, db, root):
    """What a page prints beside a link is the line of the words that the link marks, or of the passage that it leads to."""
    lines = (root / "sources" / "article.txt").read_text("utf-8").splitlines()
    first_lines = dict(db.execute("select id, first_line from passages"))
    printed = {}
    for page in PAGES:
        links = BeautifulSoup(get(page).text, "html.parser").select("main a[href^='/article']")
        for link in links:
            line = LINE.search(link.get_text())
            if not line:
                continue
            address = urlsplit(link["href"])
            (quote,) = parse_qs(address.query).get("quote", [None])
            printed.setdefault((address.fragment, quote), {}).setdefault(int(line[1]), []).append(page)
    assert all(len(found) == 1 for found in printed.values()), printed
    for (passage, quote), (line,) in printed.items():
        expected = quote.splitlines()[0] if quote else lines[first_lines[passage] - 1]
        assert expected in lines[line - 1], (passage, quote, line)
    shared = [found for found in printed.values() for pages in found.values() if len(set(pages)) > 2]
    assert len(shared) > 5  # passages that dossiers, tallies and the timeline show


def test_the_line_of_a_quote_in_a_passage_of_several_lines():
    passage = evidence.Passage(10, "| Spain\n| It has not recognised it.\nIt may.")
    assert evidence.line_in(passage, "It has") == 11
    assert evidence.line_in(passage, "It may.") == 12
    assert evidence.line_in(passage, None) == 10


@pytest.mark.parametrize(
    ("quote", "path"),
    [("“Yes” & no", "/article?quote=%E2%80%9CYes%E2%80%9D%20%26%20no#spain"), ("x" * 501, "/article#spain")],
)
def test_the_article_marks_the_words_unless_they_are_too_long_for_an_address(quote, path):
    assert evidence.passage_path("spain", quote) == path


def test_records_are_named_by_their_hosts_or_by_their_words():
    both = "https://www.example.org/a http://news.example.com:80/b?c=d seen 2020"
    assert [record.name for record in evidence.records(both)] == ["example.org", "news.example.com:80"]
    assert evidence.records("decision 2/12") == [evidence.Record("decision 2/12", None)]
    assert evidence.records(None) == []

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


def test_the_records_of_a_row_are_those_that_it_names_in_its_order():
    press, note = (
        evidence.Record(name, "A title", None, address)
        for name, address in (("Press", "https://a.example"), ("Gazette", None))
    )
    known = {"press": press, "note": note}
    assert evidence.records({"records": '["note", "press"]'}, known) == [note, press]
    assert evidence.records({"record_id": "press"}, known) == [press]
    assert evidence.records({"records": "[]", "record_id": None}, known) == evidence.records({}, known) == []
    assert evidence.cited(note) == "Gazette"
    assert evidence.cited(press) == '<a href="https://a.example" rel="external nofollow">Press</a>'


def test_links_to_records_name_their_publisher(get, db):
    """No link to a source is called by its address, 'record 2' or a host."""
    named = dict(db.execute("select url, publisher from records where url is not null").fetchall())
    seen = 0
    for page in PAGES:
        for link in BeautifulSoup(get(page).text, "html.parser").select("main a[rel~=external]"):
            if "evidence" in (link.parent.get("class") or []) or link.parent.name == "dd":
                assert link.get_text() == named[link["href"]], page
                seen += 1
    assert seen > 200

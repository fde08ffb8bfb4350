"""'Something is wrong here' leads to a report that is begun; nothing is shown where no setting says to whom."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from recognition.site.reports import ReportsRefused, address_of, report_address

HOSTILE = "‘A & B’ <i>#1?\r\nBcc: x@example.org&body=no%0D%0A\"'"
PLACES = {
    "/recognition/countries/ghana": "countries ghana",
    "/recognition/organisations/eu": "organisations eu",
    "/recognition/rules/latest": "rules latest",
    "/counts/serbia-2023": "published_counts serbia-2023",
    "/votes/unga-2008": "votes unga-2008",
    "/recognition/events/ghana-2012-recognition": "events ghana-2012-recognition",
}


def settings(address):
    return {"plugins": {"reports": {"address": address}}}


@pytest.mark.parametrize(
    "to", ["errors@example.org", "https://example.org/issues/new", "https://example.org/new?labels=data"]
)
def test_a_report_says_row_edition_and_address_whatever_signs_they_have(to):
    parts = urlsplit(report_address(to, "events", HOSTILE, HOSTILE, "edition 7", "https://site.example/a?b=c#d"))
    asked = parse_qs(parts.query, strict_parsing=True)
    (title,), (body,) = asked["subject" if parts.scheme == "mailto" else "title"], asked["body"]
    assert title == f"Something is wrong here: {HOSTILE}"
    assert body.replace("\r\n", "\n").startswith(
        f"Row: events {HOSTILE}\nEdition: edition 7\nPage: https://site.example/a?b=c#d\n\n".replace("\r\n", "\n")
    )
    assert asked.keys() - {"subject", "title", "body", "labels"} == set(), "no header of a letter can be smuggled in"
    assert not parts.fragment and not set(parts.query) & set(" \r\n\"'<>")


@pytest.mark.parametrize("wrong", ["nonsense", "a@b", "a@example.org,b@example.org", "a@example.org?bcc=b@example.org", "javascript:alert(1)",
                                   "https://", "https://example.org/#new", "ftp://example.org/", "https://example.org/a b", 7])  # fmt: skip
def test_a_setting_that_is_no_address_is_refused_with_a_sentence(wrong):
    with pytest.raises(ReportsRefused, match="must be an e-mail address, or one that begins with https://"):
        address_of(settings(wrong))


def test_the_setting_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("REPORTS", "mailto:errors@example.org")
    assert address_of(settings({"$env": "REPORTS"})) == "errors@example.org"
    monkeypatch.setenv("REPORTS", "")
    assert address_of(settings({"$env": "REPORTS"})) is address_of({}) is None


@pytest.fixture(scope="module")
def reported(unhurried_folder):
    """get(path) of a site with the setting."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOGNITION_REPORTS", "errors@example.org")
        site = Datasette([], config_dir=unhurried_folder)
        asyncio.run(site.invoke_startup())
    return lambda path: BeautifulSoup(asyncio.run(site.client.get(path)).text, "html.parser")


@pytest.mark.parametrize("path", PLACES)
def test_every_row_that_readers_see_has_its_report(path, reported, get, db):
    (link,) = reported(path).select("a.report")
    (body,) = parse_qs(urlsplit(link["href"]).query)["body"]
    (number,) = db.execute("select number from edition").fetchone()
    row, edition, page, *_ = body.split("\r\n")
    assert (row, page) == (f"Row: {PLACES[path]}", f"Page: http://localhost{path}") and edition.startswith(
        f"Edition: edition {number} of"
    )
    assert link.text == "Something is wrong here" and not BeautifulSoup(get(path).text, "html.parser").select(
        "a.report"
    )


def test_the_page_about_the_site_says_where_to_complain(reported, get):
    assert reported("/about").select("#accessibility ~ p a.report")
    text = BeautifulSoup(get("/about").text, "html.parser").text
    assert "Where to complain" in text and "Something is wrong here" not in text


def test_every_passage_has_its_report(reported, get, db):
    page = reported("/article")
    links = page.select("a.report.of-passage")
    assert len(links) == db.execute("select count(*) from passages").fetchone()[0]
    for link in links:
        key = link.find_parent(class_="passage")["id"]
        assert parse_qs(urlsplit(link["href"]).query)["body"][0].startswith(f"Row: passages {key}\r\n")
    assert not BeautifulSoup(get("/article").text, "html.parser").select("a.report")

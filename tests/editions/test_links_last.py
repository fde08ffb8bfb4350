"""Every address and anchor that an edition had answers in the next: the same row, where it is now, or what it was."""

import pytest
from bs4 import BeautifulSoup

from recognition.edition_files import read_addresses

EACH = 120  # of so many addresses one is asked for; all of them with --whole
ARTICLE = "/article#"


@pytest.fixture(scope="module")
def addresses(root):
    return read_addresses(root / "editions")


def test_every_address_of_every_edition_answers(addresses, ask, request):
    """What is gone is asked for more often: these are the addresses that could lead nowhere."""
    known = [row for row in addresses if not row.address.startswith(ARTICLE)]
    gone, open_ = ([row for row in known if (row.until is None) == is_open] for is_open in (False, True))
    whole = request.config.getoption("whole")
    asked = [*gone[:: 1 if whole else EACH], *open_[:: 1 if whole else EACH]]
    assert len(asked) > 25
    for row in asked:
        answer = ask(row.address)
        while answer.status_code in (301, 302):
            answer = ask(answer.headers["location"])
        assert answer.status_code in (200, 410), (row.address, answer.status_code)
        if answer.status_code == 410:
            said = BeautifulSoup(answer.text, "html.parser").get_text()
            assert row.was[:40] in said and f"{row.since}" in said, row.address
            assert row.until is not None, (
                f"{row.address} is gone without a word in editions/addresses.csv or former_keys.csv"
            )


def test_every_anchor_of_the_article_is_still_one(addresses, ask):
    """Of whatever edition: at the sentence, at the one that took its place, or where it is told what it said."""
    anchors = {row.address.removeprefix(ARTICLE) for row in addresses if row.address.startswith(ARTICLE)}
    page = BeautifulSoup(ask("/article").text, "html.parser")
    assert len(anchors) > 500
    assert anchors <= {tag["id"] for tag in page.find_all(id=True)}


def test_what_never_was_is_not_found(ask):
    assert ask("/recognition/events/nothing-of-that-name").status_code == 404
    assert ask("/changes/1").status_code == 404
    for path in (
        "/map.xml",
        "/tallies/compare.xml",
        "/counts/serbia-2023.xml",
        "/recognition/countries.xml",
    ):  # nor did these
        assert ask(path).status_code == 404, path

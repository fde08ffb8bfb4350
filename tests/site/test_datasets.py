"""What catalogues of data and their programs read: signposting headers, and schema.org's Dataset."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from recognition.serving.refusals import LONGEST_PATH

LINK = re.compile(r'\s*<([^<>"\s]*)>((?:\s*;\s*[\w-]+="[^"]*")*)\s*(?:,|$)')
HOME = "http://localhost"


def links(response):
    """[(address, {parameter: value})] of the header Link, by the grammar of RFC 8288; fails where anything is left over."""
    text, found = response.headers.get("link", ""), []
    while text:
        match = LINK.match(text)
        assert match, text
        found.append((match[1], dict(re.findall(r'([\w-]+)="([^"]*)"', match[2]))))
        text = text[match.end() :]
    return found


def by_rel(response):
    found = {}
    for address, told in links(response):
        found.setdefault(told["rel"], []).append((address, told.get("type")))
    return found


def datasets(response):
    scripts = BeautifulSoup(response.text, "html.parser").select("script[type='application/ld+json']")
    return [json.loads(script.get_text()) for script in scripts]


@pytest.mark.parametrize("path", ["/", "/about"])
def test_the_pages_of_the_whole_point_to_how_it_is_cited_and_to_its_files(path, ask, metadata):
    found = by_rel(ask(path, "HEAD"))
    assert found["cite-as"] == [(f"{HOME}/", None)] and found["license"] == [(metadata["license_url"], None)]
    assert {kind for kind, _ in found["type"]} == {"https://schema.org/AboutPage", "https://schema.org/Dataset"}
    assert len(found["item"]) > 3
    for address, kind in found["describedby"] + found["item"]:
        response = ask(address.removeprefix(HOME), "HEAD")
        assert response.status_code == 200 and response.headers["content-type"].split(";")[0] == kind, address


@pytest.mark.parametrize(
    "path", ["/recognition/countries/ghana", "/recognition/rules/serbia", "/tallies/eu", "/counts/serbia-2023", "/votes", "/map", "/panel"]
)  # fmt: skip
def test_the_page_of_a_part_points_to_its_own_address_its_data_and_the_whole(path, ask):
    found = by_rel(ask(f"{path}?rule=serbia&as_of=2020-01-01"))
    assert found["cite-as"] == [(f"{HOME}{path}", None)] and found["collection"] == [(f"{HOME}/", "text/html")]
    for address, kind in found["item"]:
        assert address.startswith(f"{HOME}{path}.")
        response = ask(address.removeprefix(HOME), "HEAD")
        assert response.status_code == 200 and response.headers["content-type"].split(";")[0] == kind, address


def test_the_header_is_on_pages_alone_and_never_repeats_a_question(ask):
    for path in ("/tallies.json", "/tallies/nowhere", "/feed.atom", "/recognition/events", "/search?q=ghana"):
        assert "cite-as" not in by_rel(ask(path))
    plain = ask("/counts").headers["link"]
    assert (
        ask(f"/counts?as_of=2020-01-01&rule=serbia&organisation=eu&x={'x' * (LONGEST_PATH - 100)}").status_code == 302
    )
    assert ask("/counts?group=eu&explained=reproduced").headers["link"] == plain and len(plain) < 700


def test_the_database_is_described_as_a_dataset(ask, db, metadata, datasette):
    whole = ask("/dataset.jsonld")
    assert whole.headers["content-type"] == "application/ld+json; charset=utf-8"
    found = whole.json()
    number, published, known_until = db.execute("select * from edition").fetchone()
    assert (found["version"], found["dateModified"], found["datePublished"]) == (str(number), published, published)
    assert found["temporalCoverage"] == f"2008-02-17/{known_until}" and 50 <= len(found["description"]) <= 5000
    file, *others = found["distribution"]
    database = datasette.get_database("recognition")
    assert (file["contentUrl"], file["sha256"], file["contentSize"]) == (
        f"{HOME}/recognition.db",
        database.hash,
        f"{database.size} B",
    )
    for one in others:
        response = ask(one["contentUrl"].removeprefix(HOME), "HEAD")
        assert (
            response.status_code == 200 and response.headers["content-type"].split(";")[0] == one["encodingFormat"]
        ), one
    assert datasets(ask("/about")) == [found]
    (brief,) = datasets(ask("/"))
    assert len(brief) > 8 and all(found[name] == value for name, value in brief.items() if name != "distribution")
    assert brief["distribution"][0]["contentUrl"] == file["contentUrl"]


def test_the_tally_of_a_group_is_a_dataset_that_is_part_of_the_whole(ask):
    (found,) = datasets(ask("/tallies/brics?rule=serbia&as_of=2012-01-01"))
    assert found["@type"] == found["isPartOf"]["@type"] == "Dataset" and found["isPartOf"]["url"] == f"{HOME}/"
    assert (
        found["url"] == f"{HOME}/tallies/brics"
        and "1 January 2012, counted under the rule ‘Serbia's count’" in found["description"]
    )
    assert [one["contentUrl"] for one in found["distribution"]] == [
        f"{HOME}/tallies/brics.csv",
        f"{HOME}/tallies/brics.json",
    ]
    assert found["temporalCoverage"] > "2009" and 50 <= len(found["description"]) <= 5000

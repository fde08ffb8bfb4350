"""What helps those who are lost and what machines read: errors, heads, icon, robots.txt, sitemap.xml, schema.org."""

import re
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup


def soup(response):
    return BeautifulSoup(response.text, "html.parser")


@pytest.mark.parametrize(
    ("path", "words", "heading"),
    [
        ("/no-such-thing", "no such thing", "There is no such page"),
        ("/recognition/countries/spian", "spian", "There is no ‘spian’ among countries"),
        ("/recognition/organisations/uefa", "uefa", "There is no ‘uefa’ among organisations"),
        ("/tallies/north_macedonia", "north macedonia", "There is no organisation 'north_macedonia'"),
        ("/~D0~9A~D0~BE~D1~81~D0~BE~D0~B2~D0~BE", "Косово", "There is no such page"),
        ("/recognition/nowhere.html", "nowhere", "There is no format 'html'"), ("/timeline.xml", "xml", "There is no format 'xml'"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_searched_for(get, path, words, heading):
    """The heading says what is not there as far as that is known."""
    response = get(path)
    page = soup(response)
    assert response.status_code == 404
    form = page.select_one("form.again")
    assert form["action"] == "/search" and form.find("input")["value"] == words
    assert page.find("h1").get_text() == page.title.get_text() == heading
    assert page.select_one("meta[name=robots]")["content"] == "noindex" and not page.select("link[rel=canonical]")
    assert page.select_one("footer a[href='/about#cite']")


def test_hostile_addresses_are_shown_as_text(get):
    for path in ("/~3Cscript~3Ealert(1)~3C~2Fscript~3E", '/x"onfocus=alert(1)', "//evil.example/x"):
        response = get(path)
        if response.status_code == 301:
            continue
        assert response.status_code == 404
        assert "<script>alert" not in response.text and "evil.example/" not in str(soup(response).find("head"))
        assert all(
            set(field.attrs) <= {"name", "type", "aria-label", "value", "maxlength"}
            for field in soup(response).select(".again input")
        )


def rules_of(robots):
    """[(allowed, pattern)] of robots.txt, the longest first, as crawlers read them."""
    lines = re.findall(r"^(Allow|Disallow): (\S+)$", robots, re.MULTILINE)
    patterns = [(kind == "Allow", path) for kind, path in lines]
    return sorted(patterns, key=lambda rule: -len(rule[1]))


def may_visit(rules, path):
    for allowed, pattern in rules:
        if re.match(re.escape(pattern).replace(r"\*", ".*").replace(r"\$", "$"), path):
            return allowed
    return True


def test_robots_stay_out_of_traps_and_find_the_pages(get):
    response = get("/robots.txt")
    assert response.headers["content-type"].startswith("text/plain")
    rules = rules_of(response.text)
    for path in (
        "/recognition?sql=select+1", "/recognition/countries?_facet=status", "/recognition/countries?_sort=name",
        "/-/metadata", "/recognition/countries.json", "/recognition/countries.csv", "/recognition/countries.json?_shape=array",
        "/search?q=x", "/recognition/search_fts", "/recognition/countries_fts_data", "/article?quote=x",
    ):  # fmt: skip
        assert not may_visit(rules, path), path
    for path in (
        "/", "/article", "/-/static/app.css?d59929", "/static/site.css?84557094a40e137feceb", "/recognition.db",
        "/recognition/countries/spain",
    ):  # fmt: skip
        assert may_visit(rules, path), path
    assert "Sitemap: http://localhost/sitemap.xml" in response.text


def test_every_address_of_the_sitemap_answers(get, sample):
    response = get("/sitemap.xml")
    assert response.headers["content-type"].startswith("application/xml")
    addresses = re.findall(r"<loc>([^<]+)</loc>", response.text)
    assert len(addresses) == len(set(addresses)) and all(
        address.startswith("http://localhost/") for address in addresses
    )
    paths = {unquote(address.removeprefix("http://localhost")) for address in addresses}
    rules = rules_of(get("/robots.txt").text)
    for path in paths:
        assert may_visit(rules, path), path
    for path in sample(sorted(paths), 120):
        assert get(path).status_code == 200, path

"""What helps those who are lost and what machines read: errors, heads, icon, robots.txt, sitemap.xml, schema.org."""

import asyncio
import hashlib
import json
import re
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from datasette.utils.asgi import Request
from datasette.views.database import DatabaseView


def soup(response):
    return BeautifulSoup(response.text, "html.parser")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/no-such-thing", "no such thing"),
        ("/recognition/countries/spian", "spian"),
        ("/tallies/north_macedonia", "north macedonia"),
        ("/~D0~9A~D0~BE~D1~81~D0~BE~D0~B2~D0~BE", "Косово"),
        ("/recognition/nowhere.html", "nowhere"),
        ("/timeline.xml", "xml"),
    ],
)
def test_what_is_not_there_is_searched_for(get, path, words):
    response = get(path)
    page = soup(response)
    assert response.status_code == 404
    form = page.select_one("form.again")
    assert form["action"] == "/search" and form.find("input")["value"] == words
    assert page.find("h1").get_text() == "There is no such page"
    assert page.select_one("meta[name=robots]")["content"] == "noindex" and not page.select("link[rel=canonical]")
    assert page.select_one("footer a[href='/about#cite']")


def test_hostile_addresses_are_shown_as_text(get):
    for path in ("/~3Cscript~3Ealert(1)~3C~2Fscript~3E", '/x"onfocus=alert(1)', "//evil.example/x"):
        response = get(path)
        if response.status_code == 302:
            continue
        assert response.status_code == 404
        assert "<script>alert" not in response.text and "evil.example/" not in str(soup(response).find("head"))
        assert all(
            set(field.attrs) <= {"name", "type", "aria-label", "value", "maxlength"}
            for field in soup(response).select(".again input")
        )


def test_what_cannot_be_answered_says_what_is_allowed(get):
    page = soup(get("/tallies", rule="mine"))
    assert "rule must be one of article, every_recognition" in page.select_one(".said").get_text()
    assert page.find("a", href="/tallies", string="/tallies")
    response = get("/recognition/countries", _sort="nothing")
    assert response.status_code == 400
    assert soup(response).select_one(".said").get_text() == "Cannot sort table by nothing"
    assert get("/recognition/countries.json", _sort="nothing").json() == {
        "ok": False,
        "error": "Cannot sort table by nothing",
        "status": 400,
        "title": None,
    }


def test_an_error_that_nobody_foresaw_tells_nothing_of_the_inside(get, monkeypatch):
    async def broken(self, request):
        raise KeyError("/secret/path")

    monkeypatch.setattr(DatabaseView, "get", broken)
    response = get("/recognition?unforeseen")  # an address that was not asked for before
    assert response.status_code == 500
    assert "Something went wrong" in response.text
    assert "secret" not in response.text and "Traceback" not in response.text and "KeyError" not in response.text


KINDS_OF_PAGES = (
    "/recognition", "/recognition/countries", "/recognition/countries/ghana", "/recognition/organisations/nato",
    "/recognition/withdrawals", "/tallies", "/tallies/eu", "/tallies/compare", "/counts", "/counts/serbia-2023", "/search",
    "/article", "/timeline", "/about",
)  # fmt: skip


@pytest.mark.parametrize("path", KINDS_OF_PAGES)
def test_every_kind_of_page_says_where_and_what_it_is(get, path):
    head = soup(get(path)).find("head")
    description = head.select_one("meta[name=description]")["content"]
    assert 20 < len(description) <= 300
    assert head.select_one("link[rel=canonical]")["href"] == f"http://localhost{path}"
    assert head.select_one("meta[property='og:url']")["content"] == f"http://localhost{path}"
    assert head.select_one("meta[property='og:description']")["content"] == description
    assert head.select_one("meta[property='og:title']")["content"] == head.title.get_text().strip()
    assert head.select_one("link[rel=icon]")["href"].partition("?")[0] == "/static/icon.svg"


def test_a_question_does_not_make_another_page(get):
    for path, question in (
        ("/tallies", {"as_of": "2013-07-01"}),
        ("/recognition/countries", {"_sort": "name"}),
        ("/search", {"q": "x"}),
    ):
        canonical = soup(get(path, **question)).select_one("link[rel=canonical]")
        assert canonical["href"] == f"http://localhost{path}"


def test_the_icon_is_ours(get, root):
    ours = (root / "static/icon.svg").read_text()
    for path in ("/static/icon.svg", "/favicon.ico"):
        response = get(path)
        assert (response.status_code, response.text) == (200, ours)
        assert response.headers["content-type"].startswith("image/svg+xml")


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
        "/recognition?sql=select+1",
        "/recognition/countries?_facet=status",
        "/recognition/countries?_sort=name",
        "/-/metadata",
        "/recognition/countries.json",
        "/recognition/countries.csv",
        "/recognition/countries.json?_shape=array",
        "/search?q=x",
        "/recognition/search_fts",
        "/recognition/countries_fts_data",
        "/article?quote=x",
    ):
        assert not may_visit(rules, path), path
    for path in (
        "/",
        "/article",
        "/-/static/app.css?d59929",
        "/static/site.css?84557094a40e137feceb",
        "/recognition.db",
        "/recognition/countries/spain",
    ):
        assert may_visit(rules, path), path
    assert "Sitemap: http://localhost/sitemap.xml" in response.text


def test_every_address_of_the_sitemap_answers(get):
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
        assert get(path).status_code == 200, path


def test_the_data_set_describes_itself(root, get, built, site_folder):
    async def rendered():
        datasette = Datasette([], config_dir=site_folder)
        await datasette.invoke_startup()
        request = Request.fake("/")
        request.scope["csrftoken"] = lambda: ""
        return await datasette.render_template("_dataset.html", {}, request=request)

    html = asyncio.run(rendered())
    assert html.count("<") == 2
    data = json.loads(BeautifulSoup(html, "html.parser").find("script").string)
    checksum = hashlib.sha256(built.read_bytes()).hexdigest()
    assert data["@type"] == "Dataset" and re.fullmatch(
        r"(\d{4}-\d\d-\d\d)/(?!\1)\d{4}-\d\d-\d\d", data["temporalCoverage"]
    )
    assert data["license"] == "https://creativecommons.org/licenses/by-sa/4.0/" and len(data["description"]) >= 50
    assert (data["identifier"], data["version"], data["distribution"][0]["sha256"]) == (
        f"sha256:{checksum}",
        checksum[:12],
        checksum,
    )
    for download in data["distribution"]:
        split = urlsplit(download["contentUrl"])
        assert get(f"{split.path}?{split.query}" if split.query else split.path).status_code == 200, download


def test_the_foot_of_every_page_names_source_licence_and_edition(get, built):
    edition = hashlib.sha256(built.read_bytes()).hexdigest()
    for path in ("/article", "/recognition", "/recognition/countries", "/tallies", "/nothing", "/search"):
        foot = soup(get(path)).find("footer")
        assert foot.find("code").get_text() == edition[:12] and edition in foot.find("code")["title"]
        assert {"/about#cite", "/recognition.db", "https://creativecommons.org/licenses/by-sa/4.0/"} <= {
            a["href"] for a in foot.find_all("a")
        }

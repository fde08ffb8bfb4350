"""Figures in the frames of other sites: what they say, the code that makes them, and oEmbed."""

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from bs4 import BeautifulSoup

from recognition.dates import said
from recognition.site.colours import colours_of
from tests.conftest import TODAY

FRAMES = ["/embed/map", "/embed/chart", "/embed/tally/eu", "/embed/country/ghana"]
ASKED = "?rule=uncontested&as_of=2020-06-01"
# Pages with a figure to take along, and its frame.
PAGES = {
    "/": "/embed/map", "/map": "/embed/map", "/timeline": "/embed/chart", "/tallies/eu": "/embed/tally/eu",
    "/recognition/countries/ghana": "/embed/country/ghana", "/recognition/organisations/nato": "/embed/tally/nato",
}  # fmt: skip


def soup(response):
    return BeautifulSoup(response.text, "html.parser")


def frames_in(page):
    """The codes that a page offers: (what is said beside it, the frame's attributes)."""
    labels = page.select("details.take label")
    return [
        (label.get_text(" "), BeautifulSoup(label.textarea.get_text(), "html.parser").iframe.attrs) for label in labels
    ]


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_says_rule_day_and_source_and_leads_out(get, db, rules, path):
    response = get(path + ASKED)
    page = soup(response)
    words = " ".join(page.body.get_text(" ").split())
    number, published = db.execute("select number, published_on from edition").fetchone()
    assert f"‘{rules['uncontested']}’" in words and said("2020-06-01") in words
    assert f"edition {number} of {said(published)}" in words
    assert not page.select("script, form, nav, header.site, footer.ft")
    assert (
        page.select_one("meta[name=robots]")["content"] == "noindex" and page.select_one("base")["target"] == "_blank"
    )
    assert page.select_one("link[rel=canonical]")["href"].startswith("http://localhost/")
    out = page.select("h1 a, footer a")
    assert len(out) >= 4 and all(link["target"] == "_blank" and "noopener" in link["rel"] for link in out)
    assert parse_qs(urlsplit(page.select_one("h1 a")["href"]).query) == {
        "rule": ["uncontested"],
        "as_of": ["2020-06-01"],
    }
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy["frame-ancestors"] == "*" and policy["default-src"] == "'none'"
    assert "x-frame-options" not in response.headers


@pytest.mark.parametrize(("rule", "day"), [("latest", TODAY), ("article", "2015-01-01")])
def test_the_numbers_in_frames_are_those_of_the_database(get, db, rule, day):
    for path, organisation in (("map", "un"), ("chart", "un"), ("chart?organisation=eu", "eu"), ("tally/eu", "eu")):
        recognising, members = db.execute(
            """select recognising, members from tally_history where organisation_id = ? and rule_id = ?
            and since <= ? and (until is null or until > ?)""",
            (organisation, rule, day, day),
        ).fetchone()
        page = soup(get(f"/embed/{path}{'&' if '?' in path else '?'}rule={rule}&as_of={day}"))
        assert page.select_one(".told").get_text().startswith(f"{recognising} of {members} "), path
        assert page.main["data-rule"] == rule and page.main["data-as-of"] == day


def test_a_dossier_in_a_frame_has_its_answer(get):
    dossier, frame = soup(get("/recognition/countries/ghana")), soup(get("/embed/country/ghana"))
    assert frame.select_one(".told").get_text() == dossier.select_one(".answer").get_text()
    assert frame.select_one(".status").get_text() == dossier.select_one(".facts .status").get_text()
    assert "subject of this site" in soup(get("/embed/country/kosovo")).select_one(".told").get_text()


def test_the_frame_of_the_subject_is_as_low_as_its_words_and_names_no_rule(get):
    heights = {
        country: int(frames_in(soup(get(f"/recognition/countries/{country}")))[0][1]["height"])
        for country in ("kosovo", "palestine", "spain", "germany")
    }
    assert heights.pop("kosovo") < 0.7 * min(heights.values())
    assert get("/oembed", url="http://localhost/recognition/countries/kosovo").json()["height"] < min(heights.values())
    assert "What the rule means" in get("/embed/country/spain").text
    assert "What the rule means" not in get("/embed/country/kosovo").text


@pytest.mark.parametrize("page", PAGES)
def test_the_code_beside_a_figure_leads_to_its_frame(get, page):
    """One code follows today under the rule that is chosen; the other names day, rule and edition."""
    (said_of_first, follows), (said_of_second, pinned) = frames_in(soup(get(page + ASKED)))[:2]
    assert "today" in said_of_first and "1 June 2020" in said_of_second and "edition" in said_of_second
    for frame in (follows, pinned):
        assert frame["src"].startswith(f"http://localhost{PAGES[page]}?") and frame["loading"] == "lazy"
        assert frame["title"] and frame["width"].isdigit() and frame["height"].isdigit()
    assert parse_qs(urlsplit(follows["src"]).query) == {"rule": ["uncontested"]}
    asked = parse_qs(urlsplit(pinned["src"]).query)
    assert asked.keys() == {"rule", "as_of", "edition"} and asked["as_of"] == ["2020-06-01"]
    shown = soup(get(pinned["src"].removeprefix("http://localhost")))
    assert shown.main["data-rule"] == "uncontested" and not shown.select(".note")


def test_pictures_beside_a_figure_are_those_of_the_rule_and_day(get):
    links = [link["href"] for link in soup(get(f"/tallies/eu{ASKED}")).select("details.take a")]
    assert links == [f"/tallies/eu.{form}{ASKED}" for form in ("svg", "png")]
    assert soup(get("/recognition/countries/ghana")).select("details.take") and not soup(get("/about")).select(
        "details.take"
    )


def test_an_edition_that_is_another_is_never_taken_for_this_one(get, datasette, db):
    (number,) = db.execute("select number from edition").fetchone()
    checksum = datasette.get_database("recognition").hash
    for named in (number, checksum, checksum[:12], checksum.upper(), f"sha256:{checksum}"):
        assert not soup(get(f"/embed/tally/eu?edition={named}")).select(".note"), named
    foot = soup(get("/embed/tally/eu", edition=number - 1)).footer
    assert f"asked for edition {number - 1} of" in foot.select_one(".note").get_text()
    assert f", edition {number} of" in foot.p.get_text()
    for named in (number + 1, f"{number}x", checksum[:5], "0" * 64, "<b>"):
        assert get("/embed/tally/eu", edition=named).status_code == 400, named


def test_a_theme_takes_the_place_of_the_readers(get, root):
    assert "/embed/dark.css" in get("/embed/map?theme=dark").text and "/embed/dark.css" not in get("/embed/map").text
    style, tokens = get("/embed/dark.css"), colours_of((root / "static" / "site.css").read_text("utf-8"))
    assert style.headers["content-type"].startswith("text/css")
    told = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", style.text))
    assert (
        told == tokens.dark and dict(re.findall(r"--([a-z-]+): (#\w+)", get("/embed/light.css").text)) == tokens.light
    )
    assert get("/embed/map?theme=blue").status_code == 400


def test_what_has_no_frame_is_refused(get):
    for path in ("/embed/country/nowhere", "/embed/tally/nowhere", "/embed/votes", "/embed/map.svg", "/embed/red.css"):
        assert get(path).status_code == 404, path
    assert get("/embed/map?rule=x").status_code == get("/embed/chart?organisation=x").status_code == 400
    assert get("/embed/chart?organisation=brics&as_of=2009-01-01").status_code == 200  # which has no members then


@pytest.mark.parametrize("page", PAGES)
def test_programs_find_the_frame_by_oembed(get, page):
    (link,) = soup(get(f"{page}?rule=article")).select("link[type='application/json+oembed']")
    assert link["href"].startswith("http://localhost/oembed?url=") and link["title"]
    told = get(link["href"].removeprefix("http://localhost")).json()
    frame = BeautifulSoup(told["html"], "html.parser").iframe
    assert told["version"] == "1.0" and told["type"] == "rich" and told["title"] == frame["title"]
    assert urlsplit(frame["src"]).path == PAGES[page] and parse_qs(urlsplit(frame["src"]).query)["rule"] == ["article"]
    assert (str(told["width"]), str(told["height"])) == (frame["width"], frame["height"])
    assert get(unescape(frame["src"]).removeprefix("http://localhost")).status_code == 200
    assert told["thumbnail_url"].startswith("http://localhost/preview/")


def test_oembed_keeps_to_this_site_and_to_the_room_there_is(get):
    small = get("/oembed", url="http://localhost/map", maxwidth=320, maxheight=200).json()
    assert (small["width"], small["height"]) == (320, 200)
    assert get("/oembed", url="http://localhost/map", maxwidth="x").json()["width"] == 800
    for url in (
        "http://localhost.example/map",
        "http://evil.example/map",
        "//localhost/map",
        "http://localhost/about",
        "x" * 3000,
    ):
        assert get("/oembed", url=url).status_code == 404, url
    assert get("/oembed").status_code == get("/oembed?format=xml&url=x").status_code == 400
    assert get("/oembed", url="http://localhost/map?rule=nonsense").status_code == 400
    for wrong in (
        "edition=" + quote('"><script>'),
        "edition=999",
        "theme=blue",
        "as_of=2008-02-30",
        "organisation=nobody",
    ):
        assert get("/oembed", url=f"http://localhost/map?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/map/", "http://localhost/MAP", "http://localhost//map", "http://localhost/./map", "http://localhost/%6Dap",
        "https://localhost/map", "http://LOCALHOST:80/map", "https://localhost:443/map", "HTTP://localhost/map#today", " http://localhost/map",
        "http://localhost/map?as_of=2020-01-01&rule=latest", "http://localhost/map?rule=&x=1&rule=article", "http://localhost",
        "http://localhost/embed/map/", "http://localhost/embed/MAP",
        "http://localhost/tallies/EU", "http://localhost/tallies/european-union", "http://localhost/tallies/European%20Union/",
        "http://localhost/recognition/organisations/EU", "http://localhost/embed/tally/EU", "http://localhost/tallies/union européenne",
        "http://localhost/recognition/countries/Burma", "http://localhost/embed/country/MM", "http://localhost/recognition/countries/swaziland",
    ],
)  # fmt: skip
def test_oembed_finds_what_the_site_leads_to(get, url):
    """Whatever the spelling: the frame is that of the page to which a reader would come."""
    told = get("/oembed", url=url)
    assert told.status_code == 200, told.text
    address = urlsplit(unescape(BeautifulSoup(told.json()["html"], "html.parser").iframe["src"]))
    page = get(urlsplit(url.strip())._replace(scheme="", netloc="", fragment="").geturl() or "/")
    while page.is_redirect:
        page = get(page.headers["location"])
    assert page.status_code == 200
    (known,) = soup(page).select("link[type='application/json+oembed']") or [None]
    if known:
        same = get(known["href"].removeprefix("http://localhost")).json()["html"]
        assert urlsplit(unescape(BeautifulSoup(same, "html.parser").iframe["src"])).path == address.path
    else:
        assert address.path == page.url.path, "a frame itself"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8001/map", "https://localhost:80/map", "http://user@localhost/map", "http://localhost@evil.example/map",
        "ftp://localhost/map", "http:///map", "http://localhost:x/map", "http://[/map", "/map", "http://localhost/tallies/nowhere",
        "http://localhost/map.json", "http://localhost/recognition/countries",
    ],
)  # fmt: skip
def test_oembed_knows_no_other_site_and_no_page_without_a_figure(get, url):
    assert get("/oembed", url=url).status_code == 404


@pytest.mark.parametrize("question", ["theme=Dark", "theme=dark&theme=blue", "edition=7&edition=x", "as_of=1999-01-01"])
def test_the_frame_that_oembed_gives_is_there(get, question):
    html = get("/oembed", url=f"http://localhost/map?{question}").json()["html"]
    frame = BeautifulSoup(html, "html.parser").iframe["src"]
    assert get(frame.removeprefix("http://localhost")).status_code == 200

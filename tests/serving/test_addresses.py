"""One public address, which a setting holds and no request changes; a prefix that is taken off once and written once."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from datasette.app import Datasette

from recognition.serving.addresses import AddressRefused, first_parts, public_address, without_prefix
from tests.seen.addresses import PAGES
from tests.serving.spellings import Said, other, same, sent

EVIL = "evil.example"
CLAIMS = {
    "host": EVIL, "x_forwarded_host": EVIL, "forwarded": f"host={EVIL};proto=gopher", "x_forwarded_proto": "gopher",
    "x_forwarded_prefix": f"/{EVIL}", "x_original_url": f"//{EVIL}/", "x_rewrite_url": f"//{EVIL}/", "origin": f"https://{EVIL}",
    "referer": f"https://{EVIL}/",
}  # fmt: skip


def settings(address: object) -> dict[str, Any]:
    """What metadata.yml says where the address is set."""
    return {"plugins": {"serving": {"address": address}}}


@pytest.mark.parametrize(
    ("address", "base_url", "said"),
    [
        ("ftp://example.org/", "/", "must begin with http:// or https://"), ("example.org", "/", "must begin with http"),
        ("https://example.org/a b/", "/a b/", "must begin and end with /"), ("https://example.org/\n", "/", "have no spaces"),
        ("https:///", "/", "must have a host"), ("https://me@example.org/", "/", "must have a host"),
        ("https://example.org:x/", "/", "must have a host"), ("https://example.org/?x=1", "/", "without ? and #"),
        ("https://example.org/#top", "/", "without ? and #"), ("https://example.org", "/", "its path must be the base_url of"),
        ("https://example.org/kosovo/", "/", "its path must be the base_url of settings.json, /."),
        ("https://example.org/kosovo", "/kosovo/", "its path must be the base_url of settings.json, /kosovo/."),
        ("https://example.org/", "/kosovo/", "/kosovo/."), (None, "kosovo", "it must begin and end with /"),
        (None, "/kosovo", "it must begin and end with /"), (None, "//", "it must begin and end with /"), (None, 5, "begin and end"),
        (7, "/", "must begin with http"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_right_is_refused_with_a_sentence(address: object, base_url: Any, said: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        public_address(settings(address), base_url)
    assert said in refused.value.message and refused.value.message.endswith(".")


def test_the_address_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE", "https://example.org:8443/a/b/")
    assert public_address(settings({"$env": "SITE"}), "/a/b/") == "https://example.org:8443/a/b/"
    with pytest.raises(AddressRefused, match=r"^SITE is 'https://example\.org:8443/a/b/': "):
        public_address(settings({"$env": "SITE"}), "/")
    monkeypatch.delenv("SITE")
    assert public_address(settings({"$env": "SITE"}), "/") is None is public_address({}, "/")


def test_a_site_with_a_wrong_address_does_not_start(site_folder: Path) -> None:
    environment = {**os.environ, "RECOGNITION_ADDRESS": "https://example.org/kosovo/"}
    for command in (["-m", "recognition.serving", site_folder], ["-m", "datasette", site_folder, "--get", "/"]):
        refused = subprocess.run([sys.executable, *command], capture_output=True, text=True, env=environment)
        assert refused.returncode == 1 and refused.stderr.count("\n") == 1
        assert "RECOGNITION_ADDRESS is 'https://example.org/kosovo/': its path must be" in refused.stderr


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/a/b", "/"), ("/a/b/x", "/x"), ("/a/b/a/b/x", "/a/b/x"), ("/a/bc", "/a/bc"), ("/a", "/a"), ("/", "/"), ("/x/a/b", "/x/a/b"),
        ("/a~2Fb/x", "/a~2Fb/x"), ("/a/b~5Cx", "/a/b~5Cx"), ("/A/b", "/A/b"), ("/a/b.json", "/a/b.json"),
    ],
)  # fmt: skip
def test_a_prefix_is_taken_off_once_and_between_segments(path: str, rest: str) -> None:
    assert without_prefix(path, "/a/b/") == rest and without_prefix(path, "/") == path


@pytest.fixture(scope="module")
def site_of(unhurried_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Datasette]:
    """site_of(address, base_url) is the site with that public address below that prefix."""

    def site_of(address: str | None, base_url: str = "/") -> Datasette:
        folder = tmp_path_factory.mktemp("site") / "site"
        shutil.copytree(unhurried_folder, folder, symlinks=True)
        file = folder / "settings.json"
        file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"base_url": base_url}), "utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RECOGNITION_ADDRESS", address or "")
            datasette = Datasette([], config_dir=folder)
            asyncio.run(datasette.invoke_startup())  # when the address is read
        return datasette

    return site_of


def test_without_an_address_nothing_is_absolute(site_of: Callable[..., Datasette], loop: Any) -> None:
    site = site_of(None)

    def get(path: str) -> httpx.Response:
        answer: httpx.Response = loop.run_until_complete(site.client.get(path))
        return answer

    page = get("/recognition/countries/ghana").text
    assert '<link rel="canonical" href="/recognition/countries/ghana">' in page
    assert "og:url" not in page and "opensearch" not in page
    assert [get(path).status_code for path in ("/sitemap.xml", "/opensearch.xml")] == [404, 404]
    assert "Sitemap" not in get("/robots.txt").text
    assert get("/recognition/countries.json?_size=2").json()["next_url"].startswith("/recognition/countries.json?")
    for path in ("/", "/about", "/recognition/countries", "/tallies", "/recognition/countries.json?_facet=kind"):
        assert not re.search("localhost|None|://testserver", get(path).text), path
    data = json.loads(re.search(r'ld\+json">(.+?)</script>', get("/").text)[1])  # type: ignore[index]
    assert "url" not in data and data["distribution"][0]["contentUrl"] == "/recognition.db"
    feed, links = get("/feed/countries/ghana.atom").text, get("/tallies/eu").headers["link"]
    assert (
        '<link rel="self" href="/feed/countries/ghana.atom"' in feed and "localhost" not in feed and "urn:uuid:" in feed
    )
    assert '</tallies/eu>; rel="cite-as"' in links and "localhost" not in links
    assert "url " not in get("/tallies/eu").text.partition("@misc")[2].partition("</pre>")[0]


def test_what_leaves_the_page_has_the_public_address(ask: Callable[..., httpx.Response]) -> None:
    page = ask("/recognition/countries/ghana").text
    assert '<meta property="og:url" content="http://localhost/recognition/countries/ghana">' in page
    assert "http://localhost/" in ask("/about").text.partition('id="cite"')[2]
    assert ask("/recognition/countries.json?_size=2").json()["next_url"].startswith("http://localhost/recognition/")
    facets = ask("/recognition/countries.json?_facet_array=organisations&_size=1").json()["facet_results"]
    assert facets["organisations"]["results"][0]["toggle_url"].startswith(
        "http://localhost/recognition/countries.json?"
    )
    # a page leads on to where its reader is already; only the head of a printed sheet says the address
    body = ask("/recognition/countries").text.partition("<body")[2]
    assert "http://localhost" not in re.sub('<p class="sheet".*?</p>', "", body, flags=re.DOTALL)


def test_no_answer_of_any_kind_repeats_a_host(ask: Callable[..., httpx.Response]) -> None:
    for number, path in enumerate(path for pages in PAGES.values() for path in pages):
        other = f"{path}{'&' if '?' in path else '?'}n={number}" if not path.startswith("/recognition") else path
        for asked in {path, other}:
            answer = ask(asked, **CLAIMS)
            assert EVIL not in answer.text and EVIL not in str(answer.headers.raw), asked
    for path in ("//x", "/tallies/EU", "/map/", "/nothing", "/recognition/countries?_sort=name&_sort_by_desc=on"):
        assert EVIL not in str(ask(path, **CLAIMS).headers.raw), path
        assert "evil" not in ask(path, host='evil"><b>').text


def test_a_prefix_that_is_a_page_of_the_site_is_refused(site_of: Callable[..., Datasette]) -> None:
    for base_url in ("/recognition/", "/about/", "/-/", "/static/x/", "/tallies/eu/"):
        with pytest.raises(AddressRefused, match="pages of the site begin with that too"):
            site_of(None, base_url)
    assert {"recognition", "about", "tallies", "map", "search", "static", "-"} <= first_parts(site_of(None))


@pytest.mark.parametrize("sent", ["/kosovo", ""])
def test_below_a_prefix_pages_are_the_same_whether_a_proxy_keeps_it_or_not(
    site_of: Callable[..., Datasette], loop: Any, sent: str
) -> None:
    site = site_of("https://example.org/kosovo/", "/kosovo/")
    transport = httpx.ASGITransport(site.app())

    def get(path: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.get(f"http://x{sent}{path}")

        answer: httpx.Response = loop.run_until_complete(asked())
        return answer

    for path, location in (
        ("/tallies/EU?rule=latest", "/kosovo/tallies/eu?rule=latest"), ("/map/", "/kosovo/map"), ("//map", "/kosovo/map"),
        ("/recognition/recognitions/un-1", "/kosovo/recognition/recognitions/costa-rica"),
        ("/recognition/countries/Ivory%20Coast", "/kosovo/recognition/countries/ivory-coast"),
        ("/recognition/countries.jsono", "/kosovo/recognition/countries.json?_shape=objects"),
        ("/recognition/countries?_sort=name&_sort_by_desc=on", "/kosovo/recognition/countries?_sort_desc=name"),
    ):  # fmt: skip
        assert get(path).headers["location"] == location
    page = get("/recognition/events?_facet_date=date&_where=1&_sort=kind").text
    found = re.findall(r'(?:href|action|src)="(/[^"]*)"', page)
    assert len(found) > 50 and all(path.startswith("/kosovo/") and "kosovo/kosovo" not in path for path in found)
    assert '<a class="blob-download" href="/kosovo/recognition.blob?' in get("/recognition?sql=select+x'00'").text
    assert "https://example.org/kosovo/recognition.blob?" in get("/recognition.csv?sql=select+x'00'+as+a").text
    assert get("/kosovo/tallies").status_code == (404 if sent else 200)


def test_below_a_prefix_each_address_has_one_spelling_too(
    site_of: Callable[..., Datasette], loop: asyncio.AbstractEventLoop
) -> None:
    app = site_of("https://example.org/kosovo/", "/kosovo/").app()

    def answered(target: str) -> Said:
        return sent(loop, app, target)

    assert answered("/kosovo/").status == answered("/").status == 200
    for spelt, location in (
        ("/kosovo", "/kosovo/"), ("//kosovo/", "/kosovo/"), ("/%6Bosovo/about", "/kosovo/about"), ("/k~6Fsovo/about?x=1", "/kosovo/about?x=1"),
        ("/x/../kosovo/./about", "/kosovo/about"), ("/kosovo/../about", "/kosovo/about"), ("/kosovo//evil.example/", "/kosovo/evil.example"),
        ("/kosovo\\about", "/kosovo/about"), ("/%61bout", "/kosovo/about"), ("/../..//kosovo/%2e/ABOUT/", "/kosovo/about"),
    ):  # fmt: skip
        said = answered(spelt)
        assert (said.status, said.headers.get("location")) == (301, location), spelt
    for closed in ("/kosovo/kosovo/about", "/kosovo/kosovo", "/kosovo/-/plugins", "/kosovo/recognition/search_data"):
        assert answered(closed).status == 404
        for spelt in same(closed):
            assert answered(spelt).status == 404, spelt
        for spelt in other(closed):
            said = answered(spelt)
            assert said.status in (301, 400, 404), spelt
            if said.status == 301:
                assert said.headers["location"].startswith("/kosovo/"), spelt
                assert b"CREATE TABLE" not in answered(said.headers["location"]).body


def test_frames_pictures_and_codes_below_a_prefix_and_without_an_address(
    site_of: Callable[..., Datasette], loop: Any
) -> None:
    """What others copy or read begins with the public address and the prefix; without an address nothing of it is told."""

    def get(site: Datasette, path: str) -> httpx.Response:
        answer: httpx.Response = loop.run_until_complete(site.client.get(path))
        return answer

    below = site_of("https://example.org/kosovo/", "/kosovo/")
    page = get(below, "/map").text
    assert "src=&#34;https://example.org/kosovo/embed/map&#34;" in page
    assert 'property="og:image" content="https://example.org/kosovo/preview/site/all.png"' in page
    oembed = "/oembed?url=https%3A%2F%2Fexample.org%2Fkosovo%2Fmap"
    assert f'href="https://example.org/kosovo{oembed}"' in page
    assert "https://example.org/kosovo/embed/map" in get(below, oembed).json()["html"]
    for url in ("http://EXAMPLE.org/kosovo/MAP/", "https://example.org/kosovo", "https://example.org/kosovo/./"):
        assert "/kosovo/embed/map" in get(below, f"/oembed?url={url}").json()["html"], url
    for url in ("https://example.org/map", "https://example.org/kosovo2/map", "https://example.org/kosovo/../map"):
        assert get(below, f"/oembed?url={url}").status_code == 404, url
    frame = get(below, "/embed/tally/eu")
    assert "frame-ancestors *" in frame.headers["content-security-policy"]
    assert 'href="/kosovo/tallies/eu"' in frame.text
    assert "https://example.org/kosovo/tallies/eu<" in get(below, "/tallies/eu.svg").text
    assert "frame-ancestors 'none'" in get(below, "/map").headers["content-security-policy"]

    nowhere = site_of(None)
    page = get(nowhere, "/map").text
    assert "og:image" not in page and "oembed" not in page and "twitter:card" not in page
    assert "src=&#34;/embed/map&#34;" in page and "The address of this site goes before the path" in page
    assert get(nowhere, "/oembed?url=http://localhost/map").status_code == 404
    assert "http" not in get(nowhere, "/tallies/eu.svg").text.partition("Source:")[2]

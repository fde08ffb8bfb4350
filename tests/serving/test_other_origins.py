"""Scripts in the pages of other sites may read every answer, and ask what they may send."""

import dataclasses
import json

import pytest
from datasette.app import DatasetteClient

from recognition.serving.asgi import header
from recognition.serving.other_origins import OtherOrigins
from recognition.serving.refusals import Refusals
from recognition.serving.security_headers import REPLACED
from tests.browser.pages import PAGES
from tests.conftest import kept_answers

STATUSES = {
    "/tallies.json?as_of=2020-01-01": 200, "/timeline.csv?year=2012": 200, "/recognition/countries.json?_size=1": 200,
    "/recognition/countries.csv?_stream=on": 200, "/recognition.json?sql=select+1": 200, "/recognition.db": 200,
    "/static/site.css": 200, "/-/health": 200, "/robots.txt": 200, "/tallies/EU": 301, "/about/": 301, "/about?utm_source=x": 302,
    "/nothing.json": 404, "/-/plugins": 404, "/recognition?sql=misspelt": 400, "/%zz": 400, "/tallies.json?as_of=x": 400,
}  # fmt: skip
# What a browser lets a script read in any case, headers that are for the browser itself, and the type of a page's own parts.
READABLE = {b"cache-control", b"content-language", b"content-length", b"content-type", b"expires", b"last-modified"}
FOR_BROWSERS = REPLACED | {b"vary", b"location", b"content-encoding", b"date", b"transfer-encoding"}


def may_be_read(headers):
    """The names of the headers of an answer that a script of another origin may read."""
    assert headers.get_list("access-control-allow-origin") == ["*"]
    (exposed,) = headers.get_list("access-control-expose-headers")
    return READABLE | {name.strip().lower().encode() for name in exposed.split(",")}


@pytest.mark.parametrize("path", [*PAGES, *STATUSES])
def test_every_answer_may_be_read_with_its_headers(ask, path):
    response = ask(path)
    assert response.status_code == STATUSES.get(path, response.status_code)
    names = {name.lower() for name, _ in response.headers.raw if not name.lower().startswith(b"access-control-")}
    assert names - FOR_BROWSERS <= may_be_read(response.headers)


def test_what_an_answer_says_of_edition_and_parts_may_be_read(ask):
    assert {b"dataset-edition", b"dataset-known-until", b"etag"} <= may_be_read(ask("/tallies.json").headers)
    part = ask("/recognition.db", range="bytes=0-99", origin="https://other.example")
    assert (part.status_code, part.headers["content-range"][:11]) == (206, "bytes 0-99/")
    assert {b"content-range", b"accept-ranges", b"content-length"} <= may_be_read(part.headers)
    known = ask("/about", if_none_match="*", origin="https://other.example")
    assert known.status_code == 304 and b"etag" in may_be_read(known.headers)


def test_no_answer_depends_on_the_site_that_asks(ask):
    first, second = (ask("/about", origin=f"https://{name}.example", cookie="a=1") for name in ("one", "two"))
    assert first.headers == second.headers and "origin" not in first.headers["vary"].lower()
    assert "access-control-allow-credentials" not in first.headers


@pytest.mark.parametrize("path", ["/tallies.json", "/recognition.db", "/about/", "/nothing.json", "/-/plugins", "/%zz"])
def test_a_browser_is_told_what_a_script_may_send(ask, path):
    """Before it is told what is at the address: a script could not read that the page is missing otherwise."""
    response = ask(path, "OPTIONS", origin="https://other.example", access_control_request_method="GET")
    assert (response.status_code, response.content) == (204, b"")
    assert "content-length" not in response.headers
    assert response.headers["access-control-allow-methods"] == response.headers["allow"] == "GET, HEAD, OPTIONS"
    sent = {name.strip().lower() for name in response.headers["access-control-allow-headers"].split(",")}
    assert {"range", "if-range", "if-match", "if-none-match", "if-modified-since", "content-type", "*"} <= sent
    assert int(response.headers["access-control-max-age"]) >= 3600
    may_be_read(response.headers)


def test_what_is_said_with_cors_of_datasette_is_not_said_twice(datasette, loop):
    datasette.cors = True  # as `datasette --cors` sets it before the application is made
    client = DatasetteClient(datasette)
    for path in ("/recognition/countries.json?_size=7", "/nothing.json?n=1", "/recognition.json?sql=select+2"):
        may_be_read(loop.run_until_complete(client.get(path)).headers)


def test_only_what_the_site_names_takes_post(datasette, loop):
    """A site that names one path: what is posted reaches it, and every other address stays as it is."""
    site = dataclasses.replace(kept_answers(datasette).configuration, methods={"/here": ("GET", "POST")})

    async def echo(scope, receive, send):
        body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps([scope["method"], body.decode()]).encode()})

    app = OtherOrigins(Refusals(echo, datasette, site), datasette, site)

    def posted(path, method="POST", *headers):
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"a=1", "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b""}
        loop.run_until_complete(app({**scope, "headers": list(headers)}, receive, send))
        return sent[0]["status"], sent[0], sent[-1]["body"]

    assert posted("/here")[::2] == (200, b'["POST", "a=1"]')
    status, start, _ = posted("/here/")
    assert (status, header(start, b"location")) == (308, b"/here")
    for path, method in (("/about", "POST"), ("/here", "PUT"), ("/heres", "POST")):
        status, start, _ = posted(path, method)
        assert (status, b"POST" in header(start, b"allow")) == (405, path == "/here")
    preflight = (b"access-control-request-method", b"POST")
    assert b"POST" in header(posted("/here", "OPTIONS", preflight)[1], b"access-control-allow-methods")
    assert b"POST" not in header(posted("/about", "OPTIONS", preflight)[1], b"access-control-allow-methods")

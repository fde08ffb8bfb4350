"""Whatever is asked of any route: an answer in time that is no 500, says nothing of the machine and keeps its form."""

import json
import re
from collections import Counter

import pytest
from hypothesis import given, settings

from recognition.serving.canonical import is_canonical
from tests.fuzz.every_address import Site
from tests.fuzz.odd_requests import Asked, requests
from tests.patience import IN_TIME

SECONDS_NEAR_THE_LIMIT = 0.2
BOX = b'<form class="find" role="search"'
INSIDE = re.compile(rb'Traceback \(most recent call last\)|File "[^"]+\.py", line|site-packages')


@pytest.fixture(scope="module")
def site(site_folder, built):
    site = Site(site_folder, built)
    yield site
    site.close()


def judge(site, asked, answer):
    """What holds of every answer, whatever was asked."""
    body, kind = answer.body, (answer.header("content-type") or "").partition(";")[0]
    if answer.status == 503:
        assert answer.header("retry-after"), "too busy, but not until when"
    else:
        assert answer.status < 500, body[:300]
    assert answer.seconds < IN_TIME
    for name, value in answer.headers:
        assert not re.search(rb"[\r\n\0]", name + value), "a header within a header"
    location = answer.header("location")
    path = re.sub(rb"^https?://[^/?#]+", b"", asked.target).partition(b"?")[0].decode("latin-1")
    if answer.status in (200, 206, 304):
        assert is_canonical(path or "/"), "answered in another spelling"
    if 300 <= answer.status < 400 and answer.status != 304:
        assert re.match(r"/(?![/\\])|http://localhost/", location or ""), f"leads away: {location!r}"
        assert location.encode() != asked.target, "leads to itself"
        assert is_canonical(re.sub("^https?://[^/?]+", "", location).partition("?")[0] or "/")
    if asked.method == "HEAD" or not body:
        return
    inside = INSIDE.search(body)
    assert not inside, inside
    for secret in site.secrets:
        assert secret not in body, f"tells {secret!r}"
    form(asked, answer, kind, body)


def form(asked, answer, kind, body):
    """The content is of the type that its header names, and that the end of the address asks for."""
    path = asked.target.partition(b"?")[0]
    if kind == "application/json":
        said = json.loads(body) if b"_json_infinity" in asked.target else json.loads(body, parse_constant=no_json)
        if answer.status >= 400:
            if path.rstrip(b"/").endswith(b"/mcp") and "jsonrpc" in said:  # whose protocol has errors of its own
                assert isinstance(said["error"]["code"], int) and said["error"]["message"], said
                return
            assert said["ok"] is False and isinstance(said["error"], str) and said["error"], said
    elif kind == "text/html":
        assert body.lstrip()[:15].lower() in (b"<!doctype html>", b"<html><head><ti"), body[:60]
        assert answer.status < 400 or BOX in body, body[:200]
    if path.endswith(b".json") and answer.status < 300 and b"/static" not in path:
        assert kind == "application/json" or (kind == "text/plain" and b"_nl" in asked.target), kind
    if path.endswith(b".csv") and answer.status < 300 and asked.method != "OPTIONS":
        assert kind in ("text/csv", "text/plain") or b"_trace" in asked.target, kind


def no_json(constant):
    raise AssertionError(f"{constant} is not JSON")


def share(route):
    """How many examples a route gets: most for those that read much, few for those that read nothing."""
    part = 20 if len(route.names) > 8 else 66 if route.names or "(?P<" in route.pattern else 100
    return settings.default.max_examples // part


def fuzz(site, route):
    """Ask a route for its share of odd things; gives how often it was asked, and names that it read without being offered."""
    taken, unknown = Counter(), set()

    @settings(max_examples=share(route))
    @given(requests(site, route))
    def answers(asked):
        answer = site.ask(asked.method, asked.target, asked.headers)
        judge(site, asked, answer)
        if asked.method == "HEAD":
            told_as_by_get(site, asked, answer)
        location = answer.header("location") or ""
        if asked.method == "GET" and location.startswith("/"):
            followed = Asked("GET", location.encode(), asked.headers)
            judge(site, followed, site.ask("GET", followed.target, followed.headers))
        taken[asked.method] += route.takes(asked.target)
        # where there is nothing, the page that was meant is looked for, and looks up names of its own
        if site.arrives(route, asked.target) and answer.status not in (301, 404):
            unknown.update(answer.read - asked.names - site.every_name(route))

    answers()
    return taken, unknown


def told_as_by_get(site, asked, answer):
    """HEAD has the status and the headers of GET, but that only GET can ask for parts (RFC 9110, 14.2).

    SQL near its time limit may end either way.
    """
    got = site.ask("GET", asked.target, [pair for pair in asked.headers if pair[0].lower() != b"range"])
    if max(got.seconds, answer.seconds) < SECONDS_NEAR_THE_LIMIT:
        assert (answer.status, sorted(answer.headers)) == (got.status, sorted(got.headers))


def test_whatever_is_asked_of_any_route_is_answered(site):
    """And each was asked: an address made from its pattern got there, with every name that it looks up."""
    missed, unknown = [], {}
    for route in site.routes:
        taken, names = fuzz(site, route)
        if not taken["GET"]:
            missed.append(route.pattern)
        if names:
            unknown[route.pattern] = sorted(names)
    assert missed == []
    assert unknown == {}


def test_head_tells_what_get_would_tell(site):
    for route in site.routes:
        for form in ("", ".json", ".csv"):
            target = site.plain(route, form).encode()
            head, got = site.ask("HEAD", target), site.ask("GET", target)
            assert (head.status, sorted(head.headers)) == (got.status, sorted(got.headers)), target

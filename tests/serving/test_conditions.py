"""Conditions of requests as RFC 9110 says (13, 14): a visitor is told what he has already, and never given parts of two editions."""

import datetime
import types
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from recognition.serving import caching, conditions
from recognition.serving.configuration import Configuration, Label

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
# An answer of each kind: the file, a page of today and one of a day, data, a file of the pages.
ADDRESSES = (
    "/recognition.db",
    "/",
    "/tallies?as_of=2014-04-04",
    "/tallies.json",
    "/recognition/countries.csv",
    "/static/site.css",
)
PAGES = ADDRESSES[1:]


def http(moment):
    return format_datetime(moment, usegmt=True)


def changed(response):
    return parsedate_to_datetime(response.headers["last-modified"])


@pytest.mark.parametrize("path", ADDRESSES)
def test_the_day_is_that_of_the_edition_or_of_today(ask, db, path):
    (published,) = db.execute("select published_on from edition").fetchone()
    edition = datetime.datetime.fromisoformat(published).replace(tzinfo=datetime.UTC)
    today = datetime.datetime.now(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expected = edition if path == "/recognition.db" else max(edition, today)
    assert changed(ask(path)) == min(expected, datetime.datetime.now(datetime.UTC).replace(microsecond=0))


@pytest.mark.parametrize("path", ADDRESSES)
def test_who_asks_by_the_day_is_told_what_he_has(ask, path):
    whole = ask(path)
    for later in (changed(whole), changed(whole) + DAY):
        for written in (
            http(later),
            later.strftime("%A, %d-%b-%y %H:%M:%S GMT"),
            later.strftime("%a %b %e %H:%M:%S %Y"),
        ):
            known = ask(path, if_modified_since=written)
            assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", whole.headers["etag"])
            assert "last-modified" not in known.headers, "the tag says more"
    for before in (http(changed(whole) - SECOND), "yesterday", "", http(changed(whole)) + ", " + http(changed(whole))):
        assert ask(path, if_modified_since=before).status_code == 200, before


@pytest.mark.parametrize("path", ADDRESSES)
def test_the_tag_decides_before_the_day(ask, path):
    whole = ask(path)
    tag, day = whole.headers["etag"], http(changed(whole))
    assert ask(path, if_none_match='"other"', if_modified_since=day).status_code == 200
    assert ask(path, if_none_match=tag, if_modified_since=http(changed(whole) - DAY)).status_code == 304
    assert ask(path, if_match=tag, if_unmodified_since=http(changed(whole) - DAY)).status_code == 200
    assert ask(path, if_match=tag, if_none_match=tag).status_code == 304
    assert ask(path, if_match='"other"', if_none_match=tag).status_code == 412


@pytest.mark.parametrize("path", ADDRESSES)
def test_who_means_another_version_gets_nothing_of_this_one(ask, path):
    whole = ask(path)
    tag, day = whole.headers["etag"], changed(whole)
    for condition in ({"if_match": '"other"'}, {"if_match": f"W/{tag}"}, {"if_unmodified_since": http(day - SECOND)}):
        for method in ("GET", "HEAD"):
            refused = ask(path, method, range="bytes=0-99", **condition)
            assert (refused.status_code, refused.headers["cache-control"]) == (412, "no-store"), condition
            assert "etag" not in refused.headers and "content-range" not in refused.headers
        assert "has changed since" in ask(path, **condition).text
    for condition in (
        {"if_match": tag}, {"if_match": f'"other", {tag}'}, {"if_match": "*"}, {"if_unmodified_since": http(day)},
        {"if_unmodified_since": "yesterday"},
    ):  # fmt: skip
        assert ask(path, **condition).status_code == 200, condition


def test_a_refusal_is_data_where_data_was_asked_for(ask):
    refused = ask("/tallies.json", if_match='"other"').json()
    assert (refused["ok"], refused["status"]) == (False, 412) and "has changed" in refused["error"]


def test_conditions_are_not_read_where_there_is_nothing(ask):
    for path, status in (("/nothing.json", 404), ("/tallies/EU", 301), ("/recognition?sql=misspelt", 400)):
        assert ask(path, if_match='"x"', if_unmodified_since="Sun, 06 Nov 1994 08:49:37 GMT").status_code == status
    assert ask("/tallies.json", "OPTIONS", if_match='"x"').status_code == 204


def test_what_has_no_tag_is_never_the_version_that_is_meant(ask):
    """Answers that nobody may store."""
    for path in ("/recognition.json?sql=select+random()", "/-/health"):
        assert "etag" not in ask(path).headers and "last-modified" not in ask(path).headers
        assert ask(path, if_match='"x"').status_code == 412, path
        for condition in (
            {"if_match": "*"}, {"if_none_match": "*"}, {"if_modified_since": "Sun, 06 Nov 2094 08:49:37 GMT"},
            {"if_unmodified_since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        ):  # fmt: skip
            assert ask(path, **condition).status_code == 200, (path, condition)


def test_parts_are_only_given_of_the_version_that_is_meant(ask, built):
    size = built.stat().st_size
    whole = ask("/recognition.db", "HEAD")
    tag, day = whole.headers["etag"], whole.headers["last-modified"]
    assert ask("/recognition.db", range="bytes=0-9", if_range=tag).status_code == 206
    for other in ('"other"', f"W/{tag}", day, http(changed(whole) + DAY), "nonsense"):
        response = ask("/recognition.db", range="bytes=0-9", if_range=other)
        assert (response.status_code, len(response.content)) == (200, size), other
        assert ask("/recognition.db", range=f"bytes={size}-", if_range=other).status_code == 200
    assert ask("/recognition.db", range="bytes=0-9", if_match=tag).headers["content-range"] == f"bytes 0-9/{size}"
    assert ask("/recognition.db", range="bytes=0-9", if_none_match=tag).status_code == 304


def test_the_parts_that_there_are_are_given(ask, built):
    size = built.stat().st_size
    some = ask("/recognition.db", range=f"bytes=0-3,{size}-,-0")
    assert (some.status_code, some.content) == (206, b"SQLi")
    for none in (f"bytes={size}-", "bytes=-0", f"bytes={size}-{size + 9},-0"):
        response = ask("/recognition.db", range=none)
        assert (response.status_code, response.headers["content-range"]) == (416, f"bytes */{size}")
        assert str(size) in response.text
    head = ask("/recognition.db", "HEAD", range="bytes=0-3")
    assert (head.status_code, head.headers["content-length"]) == (200, str(size))


@pytest.fixture
def memory(loop, datasette):
    """status(path, name, value) asks a memory of answers for a page, or for one too large to be held, with a header."""

    async def app(scope, receive, send):
        body = b"today" * (2 * caching.HELD_AT_MOST // 5 if scope["path"] == "/large" else 1)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def label(_):
        return Label(published_on="2020-01-01")

    site = Configuration(database="recognition", build_again="build it again", in_workers="", label=label)
    kept = caching.KeptAnswers(app, datasette, site)

    def status(path, name, value):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [(name, value)]}
        loop.run_until_complete(kept(scope, None, send))
        return sent[0]["status"]

    return status


def test_a_page_of_yesterday_is_not_the_one_of_today(memory, monkeypatch):
    """Pages say 'today': who had one yesterday does not have this one, though the edition is the same."""
    clock = [1_800_000_000]
    monkeypatch.setattr(caching, "time", types.SimpleNamespace(time=lambda: clock[0]))
    since = b"if-modified-since"
    yesterday, today = (conditions.as_time(clock[0] + seconds) for seconds in (0, 86_400))
    assert memory("/a", since, yesterday) == 304
    clock[0] += 86_400
    assert (memory("/a", since, yesterday), memory("/a", since, today)) == (200, 304)


def test_an_answer_that_is_passed_on_is_not_the_version_that_is_meant(memory):
    assert memory("/large", b"if-match", b"*") == memory("/large", b"if-none-match", b"*") == 200
    with pytest.raises(conditions.Unmet):
        memory("/large", b"if-match", b'"x"')


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), (b"Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        (b"Sun Nov  6 08:49:37 1994", 784_111_777), (b"Sun, 06 Nov 1994 08:49:37 CET", None), (b"", None), (None, None),
        (b"Sun, 31 Feb 1994 08:49:37 GMT", None), (b"784111777", None), (b"\xff" * 30, None), (b"1" * 100_000, None),
    ],
)  # fmt: skip
def test_a_time_is_read_in_the_three_ways_in_which_http_writes_one(written, expected):
    assert conditions.seconds(written) == expected

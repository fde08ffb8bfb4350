"""Answers from memory are the answers of the application; tags belong to an edition; lifetimes end at midnight."""

import asyncio
import dataclasses
import gzip
import hashlib
import os
import re
import subprocess
import sys
import threading
import tracemalloc
import types

import pytest
from datasette.plugins import pm
from datasette.utils.asgi import Request

from recognition.serving import caching
from recognition.serving.configuration import Configuration

SITE = Configuration(database="recognition", build_again="build it again", in_workers="")
PAGES = ("/", "/tallies", "/tallies/eu.csv", "/recognition/countries/ghana", "/search.json?q=ghana", "/static/site.css")


@pytest.fixture
def responses(datasette):
    """A memory of its own before an application that counts what it is asked, and the same with kept answers switched off."""
    asked = []

    async def app(scope, receive, send):
        asked.append(scope["path"])
        await asyncio.sleep(0.01)
        status = 404 if scope["path"] == "/missing" else 200
        body = scope["path"].encode() * (300_000 if scope["path"].startswith("/large") else 300)
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"private"), (b"vary", b"Cookie")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:10], "more_body": True})
        await send({"type": "http.response.body", "body": body[10:]})

    memory = caching.KeptAnswers(app, datasette, SITE)
    forgetful = caching.KeptAnswers(app, datasette, dataclasses.replace(SITE, keep_answers=False))
    return types.SimpleNamespace(memory=memory, forgetful=forgetful, asked=asked)


def said(memory, path, query=b"", method="GET", **headers):
    """Status, headers and body of one answer of a memory."""
    sent = []
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": raw, "scheme": "http"}

    async def send(message):
        sent.append(message)

    return memory(scope, None, send), sent


def answered(loop, memory, path, **more):
    coroutine, sent = said(memory, path, **more)
    loop.run_until_complete(coroutine)
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize("path", PAGES)
def test_the_tag_belongs_to_the_edition_and_the_bytes(ask, built, path):
    edition = hashlib.sha256(built.read_bytes()).hexdigest()
    plain = ask(path, accept_encoding="identity")
    zipped = ask(path, accept_encoding="gzip")
    text = hashlib.sha256(plain.content).hexdigest()
    assert plain.headers["etag"] == f'"{edition[:12]}-{text[:20]}"'
    assert zipped.headers["etag"] == f'"{edition[:12]}-{text[:20]}-gzip"'
    assert plain.content == zipped.content
    assert "content-encoding" not in plain.headers and zipped.headers["content-encoding"] == "gzip"
    assert int(plain.headers["content-length"]) == len(plain.content) > int(zipped.headers["content-length"])
    assert plain.headers["vary"] == zipped.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", PAGES)
def test_who_has_it_already_is_told_so(ask, path):
    tag = ask(path, accept_encoding="gzip").headers["etag"]
    for wanted in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = ask(path, accept_encoding="gzip", if_none_match=wanted)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["cache-control"].startswith("public")
        assert "content-type" not in again.headers, "there is no content"
    for wanted in (tag.replace("-gzip", ""), tag.strip('"'), '"other"'):
        assert ask(path, accept_encoding="gzip", if_none_match=wanted).status_code == 200


def test_lifetimes_end_at_midnight(loop, responses, monkeypatch):
    clock = [1_800_000 * 86_400 + 43_200]
    monkeypatch.setattr(caching, "time", types.SimpleNamespace(time=lambda: clock[0]))
    assert answered(loop, responses.memory, "/a")[1][b"cache-control"] == b"public, max-age=300"
    clock[0] += 43_190
    assert answered(loop, responses.memory, "/a")[1][b"cache-control"] == b"public, max-age=10"
    assert responses.asked == ["/a"]
    clock[0] += 10
    answered(loop, responses.memory, "/a")
    assert responses.asked == ["/a", "/a"], "a page that says 'today' must be made anew on another day"


def test_what_is_kept_is_not_asked_for_again(loop, responses):
    first = answered(loop, responses.memory, "/a", accept_encoding="gzip")
    assert gzip.decompress(first[2]) == b"/a" * 300
    assert answered(loop, responses.memory, "/a", accept_encoding="br, gzip;q=0.5") == first
    for none in ("identity", "gzip;q=0", "gzip; q=0.000", "deflate, br", ""):
        assert answered(loop, responses.memory, "/a", accept_encoding=none)[2] == b"/a" * 300
    assert responses.asked == ["/a"]
    assert first[1][b"vary"] == b"Accept-Encoding"
    assert answered(loop, responses.memory, "/a", accept_encoding="gzip", host="other") == first
    assert responses.asked == ["/a"], "no answer depends on the Host of a request"
    answered(loop, responses.memory, "/a", query=b"x=1")
    assert responses.asked == ["/a"] * 2


def test_without_kept_answers_each_request_is_answered_afresh(loop, responses):
    first, second = (answered(loop, responses.forgetful, "/a") for _ in range(2))
    assert first == second
    assert responses.asked == ["/a", "/a"] and not responses.forgetful.kept


def test_the_environment_switches_kept_answers_off(site_folder):
    """Read once, when Datasette loads the door."""
    program = (
        "import sys; from pathlib import Path; from datasette.app import Datasette; "
        "from tests.conftest import kept_answers; "
        "print(kept_answers(Datasette([], config_dir=Path(sys.argv[1]))).configuration.keep_answers)"
    )
    for value, kept in (("off", "False"), ("on", "True")):
        environment = {**os.environ, "RECOGNITION_KEEP_ANSWERS": value}
        command = [sys.executable, "-c", program, str(site_folder)]
        assert subprocess.run(command, capture_output=True, text=True, env=environment).stdout == f"{kept}\n"


def test_readers_of_the_same_page_wait_for_one_making(loop, responses):
    calls = [said(responses.memory, "/a") for _ in range(20)]

    async def together():
        await asyncio.gather(*(coroutine for coroutine, _ in calls))

    loop.run_until_complete(together())
    assert {sent[1]["body"] for _, sent in calls} == {b"/a" * 300}
    assert responses.asked == ["/a"]


def test_a_reader_who_leaves_does_not_take_the_page_from_the_others(loop, responses):
    first, _ = said(responses.memory, "/a")
    second, sent = said(responses.memory, "/a")

    async def leave():
        leaving, staying = asyncio.create_task(first), asyncio.create_task(second)
        await asyncio.sleep(0.001)
        leaving.cancel()
        await staying

    loop.run_until_complete(leave())
    assert sent[0]["status"] == 200
    assert responses.asked == ["/a"]


def test_memory_is_bounded_and_the_least_used_give_way(loop, responses, monkeypatch):
    memory = responses.memory
    answered(loop, memory, "/page/0")
    ((key, kept),) = memory.kept.items()
    size = kept.size(key)
    monkeypatch.setattr(caching, "MEMORY", 5 * size + 50)
    for number in range(1, 5):
        answered(loop, memory, f"/page/{number}")
    answered(loop, memory, "/page/0")
    answered(loop, memory, "/page/5")
    assert [key[0] for key in memory.kept] == ["/page/2", "/page/3", "/page/4", "/page/0", "/page/5"]
    assert memory.size == sum(answer.size(key) for key, answer in memory.kept.items()) <= 5 * size + 50
    monkeypatch.setattr(caching, "KEPT_AT_MOST", size + 500)
    answered(loop, memory, "/large")
    assert "/large" not in [key[0] for key in memory.kept]


def test_an_error_is_made_anew(loop, responses):
    for _ in range(2):
        status, headers, _ = answered(loop, responses.memory, "/missing")
        assert (status, headers[b"cache-control"]) == (404, b"no-store")
    assert responses.asked == ["/missing"] * 2


def test_a_fault_is_a_sentence(loop, datasette, responses):
    async def broken(scope, receive, send):
        raise RuntimeError("secret")

    status, headers, body = answered(loop, caching.KeptAnswers(broken, datasette, SITE), "/a")
    assert status == 500 and body.startswith(b"Something went wrong here") and b"secret" not in body
    assert headers[b"cache-control"] == b"no-store"


@pytest.mark.parametrize("path", ["/tallies", "/tallies.json"])
def test_an_unexpected_error_gives_no_details_to_the_reader_and_all_to_the_log(path, datasette, loop, caplog):
    """Whatever else is registered for errors has no part in the answer: `rich` would print all variables."""
    loop.run_until_complete(datasette.invoke_startup())
    request = Request.fake(path)
    request.scope["csrftoken"] = lambda: ""
    (answer,) = pm.hook.handle_exception(datasette=datasette, request=request, exception=RuntimeError("secret"))
    response = loop.run_until_complete(answer())
    assert response.status == 500 and "Something went wrong here" in response.body and "secret" not in response.body
    assert "RuntimeError: secret" in caplog.text


def test_pages_do_not_depend_on_who_asks(ask):
    page = ask("/tallies")
    for headers in ({"cookie": "ds_actor=x; theme=dark"}, {"authorization": "Bearer x"}, {"accept_language": "sq"}):
        other = ask("/tallies", **headers)
        assert other.content == page.content and other.headers["etag"] == page.headers["etag"]
        assert other.headers["cache-control"].startswith("public")
        assert "set-cookie" not in other.headers


def test_a_file_whose_address_has_its_checksum_may_be_kept_for_ever(ask):
    page = ask("/").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        assert ask(address).headers["cache-control"] == "public, max-age=31536000, immutable", address
    for other in (
        "/static/site.css", "/static/site.css?1", "/static/site.css?" + addresses[-1].partition("?")[2], "/tallies?x",
    ):  # fmt: skip
        assert ask(other).headers["cache-control"].startswith("public, max-age="), other
        assert "immutable" not in ask(other).headers["cache-control"], other


def test_a_csv_is_the_same_for_everybody_and_kept(ask):
    """Datasette says that its answers vary by cookie, which nothing here does."""
    whole, streamed = ask("/recognition/themes.csv"), ask("/recognition/themes.csv?_stream=on")
    assert streamed.text == whole.text and streamed.headers == whole.headers
    assert streamed.headers["vary"] == "Accept-Encoding" and streamed.headers["etag"]


def test_an_answer_too_large_to_hold_is_passed_on_and_remembered_as_that(loop, responses, monkeypatch):
    monkeypatch.setattr(caching, "HELD_AT_MOST", 1_000)
    monkeypatch.setattr(caching, "LARGE_AT_MOST", 2)
    for path, times in (("/large", 2), ("/large", 1), ("/large2", 2), ("/large3", 2), ("/a", 1)):
        responses.asked.clear()
        status, headers, body = answered(loop, responses.memory, path)
        assert (status, len(body)) == (200, len(path) * (300_000 if "large" in path else 300))
        assert (headers.get(b"cache-control") == b"no-store", b"etag" in headers) == ("large" in path, path == "/a")
        assert responses.asked == [path] * times, "made once to see that it is too large, and then always passed on"
    assert len(responses.memory.large) <= 2


def test_all_who_wait_for_an_answer_too_large_get_it(loop, responses, monkeypatch):
    monkeypatch.setattr(caching, "HELD_AT_MOST", 1_000)
    calls = [said(responses.memory, "/large") for _ in range(3)]

    async def together():
        await asyncio.gather(*(coroutine for coroutine, _ in calls))

    loop.run_until_complete(together())
    assert [len(b"".join(message["body"] for message in sent[1:])) for _, sent in calls] == [6 * 300_000] * 3


def test_answers_that_are_made_at_the_same_time_have_a_limit_together(loop, datasette, monkeypatch):
    """A hundred visitors who ask for large ones would fill the memory, each with less than one answer may have."""
    monkeypatch.setattr(caching, "MADE_AT_MOST", 10_000)
    monkeypatch.setattr(caching, "MADE_IN_ANY_CASE", 1_000)
    most = 0

    async def app(scope, receive, send):
        nonlocal most
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        for part in range(10):
            await asyncio.sleep(0.001)
            most = max(most, memory.made)
            body = b"x" * (600 if scope["path"].startswith("/large") else 60)
            await send({"type": "http.response.body", "body": body, "more_body": part < 9})

    memory = caching.KeptAnswers(app, datasette, SITE)
    calls = [said(memory, f"/{name}{number}") for number in range(8) for name in ("large", "small")]

    async def together():
        await asyncio.gather(*(coroutine for coroutine, _ in calls))

    loop.run_until_complete(together())
    lengths = [len(b"".join(message["body"] for message in sent[1:])) for _, sent in calls]
    assert lengths == [6_000, 600] * 8 and most <= 10_000 + 8 * 600
    assert memory.made == 0 and not memory.large
    kept = {path for path, _ in memory.kept}
    assert {f"/small{number}" for number in range(8)} <= kept
    assert answered(loop, memory, "/large7")[2] == b"x" * 6_000 and ("/large7", b"") in memory.kept


def test_an_error_after_the_first_rows_is_an_error_and_no_short_file(loop, datasette):
    async def app(scope, receive, send):
        for status in (200, 500):
            await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"%d" % status, "more_body": status == 200})

    assert answered(loop, caching.KeptAnswers(app, datasette, SITE), "/a")[::2] == (500, b"500")


@pytest.mark.parametrize(
    ("wanted", "gzipped"),
    [
        ("gzip", True), ("GZIP", True), ("*", True), ("x-gzip", True), ("br, gzip;q=0.5", True), ("gzip ; q=0.001", True),
        ("deflate, *;q=0.1", True), ("gzip;q=1.000, identity;q=0", True), ("identity;q=0, gzip", True), ("gzip,,", True),
        ("*;q=0, gzip", True), ("gzip;q=0.5, identity;q=0.5", True), ("gzip;level=9", True), ("gzip;q=", True),
        ("", False), ("identity", False), ("gzip;q=0", False), ("gzip;q=0, *", False), ("*, gzip;q=0", False),
        ("gzip; q=0.000", False), ("gzip;Q=0", False), ("*;q=0", False), ("identity;q=0", False), ("br", False),
        ("gzipped", False), ("not-gzip", False), ("gzip;q=0.1, identity", False), ("*;q=0, identity;q=0", False),
    ],
)  # fmt: skip
def test_who_accepts_gzip(loop, responses, wanted, gzipped):
    _, headers, body = answered(loop, responses.memory, "/a", accept_encoding=wanted)
    assert (headers.get(b"content-encoding") == b"gzip") == gzipped
    assert (gzip.decompress(body) if gzipped else body) == b"/a" * 300
    assert headers[b"vary"] == b"Accept-Encoding"


def test_memory_is_what_it_takes(loop, datasette):
    """With the largest addresses and headers and nothing in them, as with ordinary ones."""

    async def app(scope, receive, send):
        headers = [(b"content-type", b"text/plain"), (b"link", b"<%s>" % scope["query_string"][:])]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x%d" % len(scope["query_string"])})

    for length in (10, 1_000, 1_900, 8_000):
        memory = caching.KeptAnswers(app, datasette, SITE)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for number in range(1_000):
                answered(loop, memory, "/a", query=b"%0*d" % (length, number))
            taken = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        assert memory.size == sum(answer.size(key) for key, answer in memory.kept.items())
        assert taken <= memory.size + 300_000, length
        assert len(memory.kept) == (1_000 if length < caching.LONGEST_KEY else 0)


def test_addresses_known_to_be_too_large_take_little(loop, responses, monkeypatch):
    monkeypatch.setattr(caching, "HELD_AT_MOST", 1_000)
    answered(loop, responses.memory, "/large", query=b"x" * 5_000)
    assert not responses.memory.large
    answered(loop, responses.memory, "/large", query=b"x" * 500)
    assert len(responses.memory.large) == 1


def test_large_answers_are_compressed_beside_the_loop(loop, responses, monkeypatch):
    threads = []
    answer_of = caching.answer_of

    def noted(*arguments):
        threads.append(threading.current_thread() is threading.main_thread())
        return answer_of(*arguments)

    monkeypatch.setattr(caching, "answer_of", noted)
    answered(loop, responses.memory, "/large")
    answered(loop, responses.memory, "/a")
    assert threads == [False, True]


def test_who_asks_for_another_page_does_not_wait(loop, datasette):
    """A page that takes long is waited for by those who ask for it, alone."""
    finish = asyncio.Event()

    async def app(scope, receive, send):
        if scope["path"] == "/slow":
            await finish.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    memory = caching.KeptAnswers(app, datasette, SITE)
    slow, other = said(memory, "/slow"), said(memory, "/other")

    async def both():
        waiting = asyncio.create_task(slow[0])
        await other[0]
        assert not waiting.done()
        finish.set()
        await waiting

    loop.run_until_complete(both())
    assert (other[1][1]["body"], slow[1][1]["body"]) == (b"/other", b"/slow")
    assert not memory.making


def test_a_page_whose_reader_left_is_made_and_kept(loop, responses):
    leaving, _ = said(responses.memory, "/a")

    async def leave():
        task = asyncio.create_task(leaving)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(*(made for made, _ in responses.memory.making.values()))

    loop.run_until_complete(leave())
    assert [key[0] for key in responses.memory.kept] == ["/a"] and not responses.memory.making


def test_a_fault_is_told_to_all_who_wait_and_the_page_is_made_again(loop, datasette):
    asked = []

    async def app(scope, receive, send):
        asked.append(scope["path"])
        await asyncio.sleep(0)
        if len(asked) == 1:
            raise RuntimeError("once")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"whole"})

    memory = caching.KeptAnswers(app, datasette, SITE)
    calls = [said(memory, "/a") for _ in range(3)]

    async def together():
        await asyncio.gather(*(coroutine for coroutine, _ in calls))

    loop.run_until_complete(together())
    assert [sent[0]["status"] for _, sent in calls] == [500] * 3 and len(asked) == 1
    assert answered(loop, memory, "/a")[::2] == (200, b"whole")


@pytest.mark.parametrize("path", ["/a", "/", "/statics", "/recognition/static/"])
def test_only_a_file_may_be_kept_for_ever(loop, responses, path):
    """A page says what it counts today, even where the question behind its address is its checksum."""
    checksum = answered(loop, responses.memory, path)[1][b"etag"].strip(b'"').rpartition(b"-")[2]
    assert b"immutable" not in answered(loop, responses.memory, path, query=checksum)[1][b"cache-control"]

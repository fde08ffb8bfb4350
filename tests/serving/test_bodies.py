"""The body of a request is bounded in bytes and in time, and nobody waits for one that drips."""

import asyncio
import time

import pytest
from datasette.utils.asgi import Request

from recognition.serving import bodies
from recognition.serving.bodies import BYTES_AT_MOST, TooMuch, TooSlow, body_of


def request(*parts, announced=None):
    """A request whose body comes in these parts; None for one that does not come."""
    left = list(parts)

    async def receive():
        part = left.pop(0)
        if part is None:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


def test_a_body_is_read_to_its_end(loop):
    assert loop.run_until_complete(body_of(request(b"ab", b"", b"c"))) == b"abc"
    assert (
        len(loop.run_until_complete(body_of(request(b"x" * BYTES_AT_MOST, announced=BYTES_AT_MOST)))) == BYTES_AT_MOST
    )


@pytest.mark.parametrize("announced", [None, BYTES_AT_MOST + 1, 10**30])
def test_one_that_is_too_long_is_refused(loop, announced):
    with pytest.raises(TooMuch, match="65,536 bytes"):
        loop.run_until_complete(body_of(request(b"x" * BYTES_AT_MOST, b"x", None, announced=announced)))


def test_one_that_does_not_come_in_time_is_refused(loop, monkeypatch):
    monkeypatch.setattr(bodies, "SECONDS", 0.05)
    with pytest.raises(TooSlow, match=r"within 0\.05 seconds"):
        loop.run_until_complete(body_of(request(b"x", None)))


def test_who_sends_slowly_gets_other_answers_meanwhile(datasette, loop):
    """Of one visitor one answer is made at a time, but nothing is made while a body comes."""
    ended = {}

    async def dripping():
        for part in (b'{"jsonrpc": "2.0", ', b'"id": 1, "method": "ping"}'):
            yield part
            await asyncio.sleep(0.4)

    async def ask(name, asked):
        answer = await asked
        ended[name] = time.monotonic()
        return answer

    async def both():
        sent = datasette.client.post("/mcp", content=dripping(), headers={"content-type": "application/json"})
        slow = asyncio.create_task(ask("slow", sent))
        await asyncio.sleep(0.1)
        page = await ask("page", datasette.client.get("/tallies?as_of=2011-11-11"))
        return await slow, page

    slow, page = loop.run_until_complete(both())
    assert (slow.json()["result"], page.status_code) == ({}, 200) and ended["page"] < ended["slow"]

"""What is held for readers who do not read is bounded; all others get what they ask for."""

import asyncio
import gzip
import random
import tracemalloc
import zlib

import pytest

from recognition.serving import caching, sending
from recognition.serving.configuration import Configuration
from recognition.serving.sending import PIECE, Sending, pieces_of, send_in_pieces, unpacking

SITE = Configuration(database="recognition", build_again="build it again", in_workers="")
RANDOM = random.Random(20)
NOISE = RANDOM.randbytes(700_000).hex().encode()[:1_000_000]  # text that takes half of that compressed
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 7)


def kept_in_pieces(body, unpack=False, more=False):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(send_in_pieces(send, unpacking(body) if unpack else pieces_of(body), more))
    return sent


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_a_body_is_sent_whole_in_pieces(size, more):
    body = NOISE[:size]
    for sent in (kept_in_pieces(body, more=more), kept_in_pieces(gzip.compress(body), True, more)):
        assert b"".join(message["body"] for message in sent) == body
        assert all(len(message["body"]) <= PIECE for message in sent)
        assert [message["more_body"] for message in sent] == [True] * (len(sent) - 1) + [more]
    assert len(kept_in_pieces(body)) == max(1, -(-size // PIECE)), "what fits into a piece is one message"


def test_unpacking_takes_little_memory():
    for text in (bytes(30_000_000), NOISE * 8):
        packed = zlib.compressobj(2, wbits=31)
        body = packed.compress(text) + packed.flush()
        tracemalloc.start()
        total = sum(len(piece) for piece in unpacking(body))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert total == len(text)
        assert peak < 8 * PIECE


class Readers:
    """An application with large answers, its memory, and visitors who read one message and no more."""

    def __init__(self, datasette, loop):
        self.loop = loop
        self.memory = caching.KeptAnswers(self.app, datasette, SITE)
        self.waiting = []

    async def app(self, scope, receive, send):
        size = int(scope["path"].split("/")[2])
        status = 404 if scope["path"].startswith("/missing") else 200
        seed = scope["path"].encode()
        body = (seed + NOISE * (size // len(NOISE) + 1))[:size]
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": body})

    def scope(self, path, client, method="GET", **headers):
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        return {
            "type": "http", "method": method, "path": path, "query_string": b"", "headers": raw, "client": (client, 1),
        }  # fmt: skip

    def ask(self, path, client="192.0.2.1", **more):
        """The status and the body that a visitor gets who reads all."""
        sent = []

        async def send(message):
            sent.append(message)

        self.loop.run_until_complete(self.memory(self.scope(path, client, **more), None, send))
        return sent[0]["status"], b"".join(message["body"] for message in sent[1:])

    def begin(self, path, client="192.0.2.1", **more):
        """The status that a visitor gets, who then reads no more."""
        status = []
        began = asyncio.Event()

        async def send(message):
            if message["type"] == "http.response.start":
                status.append(message["status"])
            elif message.get("more_body"):
                began.set()
                await asyncio.Event().wait()

        async def until_it_waits():
            task = asyncio.ensure_future(self.memory(self.scope(path, client, **more), None, send))
            waiting = asyncio.ensure_future(began.wait())
            await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            self.waiting.append(task)

        self.loop.run_until_complete(until_it_waits())
        return status[0]

    def leave(self):
        async def all_leave():
            for task in self.waiting:
                task.cancel()
            await asyncio.gather(*self.waiting, return_exceptions=True)

        self.loop.run_until_complete(all_leave())
        self.waiting.clear()


@pytest.fixture
def readers(datasette, loop, monkeypatch):
    monkeypatch.setattr(sending, "OF_ALL_AT_MOST", 4_000_000)
    monkeypatch.setattr(sending, "OF_ONE_AT_MOST", 1_600_000)
    readers = Readers(datasette, loop)
    yield readers
    readers.leave()
    assert not readers.memory.sending.held


def visitor(number):
    return f"192.0.2.{number}"


def test_one_visitor_cannot_hold_many_large_answers(readers):
    first = [readers.begin(f"/missing/1000000/{number}") for number in range(8)]  # each is about 0.55 MB compressed
    assert first == [404, 404] + [503] * 6
    assert readers.begin("/missing/1000000/x", visitor(2)) == 404, "another visitor is not refused"
    status, body = readers.ask("/missing/1000000/y")
    assert status == 503 and body == f"{caching.UNREAD}\n".encode()
    assert readers.ask("/page/300")[0] == 200, "small answers go on"
    assert readers.ask("/missing/1000000/y", method="HEAD") == (404, b"")
    readers.leave()
    assert readers.begin("/missing/1000000/0") == 404, "what is not held any more does not count"


def test_many_visitors_together_cannot_hold_more_than_there_is_room_for(readers):
    statuses = [readers.begin(f"/missing/1000000/{number}", visitor(number)) for number in range(20)]
    assert set(statuses) == {404, 503} and 5 <= statuses.count(404) <= 9
    assert sum(held.size for held in readers.memory.sending.held.values()) <= 4_000_000
    assert readers.ask("/page/1000", visitor(99))[0] == 200


def test_what_is_kept_costs_no_room_and_is_held_once_for_all(readers):
    assert readers.ask("/page/1000000")[0] == readers.ask("/page/900000")[0] == 200
    for number in range(40):
        assert readers.begin("/page/1000000", visitor(number % 4)) == 200
    assert len(readers.memory.sending.held) == 1
    for number in range(20):
        readers.begin(f"/missing/1000000/{number}", visitor(100 + number))
    assert readers.begin("/missing/1000000/x", visitor(200)) == 503
    assert readers.begin("/page/1000000", visitor(201)) == 200, "what others read already is held anyway"
    assert readers.begin("/page/900000", visitor(202)) == 200, "kept ones go on where there is no room"


def test_what_is_being_sent_does_not_give_way_uncounted(readers, monkeypatch):
    """Else readers could make others' answers give way that they hold themselves, again and again."""
    monkeypatch.setattr(caching, "MEMORY", 2_000_000)
    for number in range(20):
        readers.begin(f"/page/1000000/{number}", visitor(number))
    memory = readers.memory
    held = {id(one.answer): one.size for one in memory.sending.held.values()}
    kept = {id(answer): len(answer.body) for answer in memory.kept.values()}
    assert sum((held | kept).values()) <= 2_000_000 + 4_000_000
    assert memory.size == sum(answer.size(key) for key, answer in memory.kept.items()) <= 2_000_000
    assert readers.ask("/page/300", visitor(99))[0] == 200


def test_answers_that_are_passed_on_count_too(readers, monkeypatch):
    monkeypatch.setattr(caching, "HELD_AT_MOST", 100_000)  # so that they are not held
    assert [readers.begin(f"/page/1000000/{number}") for number in range(3)] == [200, 503, 503]
    status, body = readers.ask("/page/1000000/x")
    assert status == 503 and body == f"{caching.UNREAD}\n".encode()
    readers.leave()
    status, body = readers.ask("/page/1000000/x")
    assert status == 200 and len(body) == 1_000_000


def test_an_answer_larger_than_the_room_is_sent_where_nothing_else_is(readers, monkeypatch):
    monkeypatch.setattr(caching, "HELD_AT_MOST", 100_000)
    status, body = readers.ask("/page/5000000")
    assert status == 200 and len(body) == 5_000_000


def test_who_has_it_already_is_told_so_without_room(readers):
    sent = []

    async def send(message):
        sent.append(message)

    readers.begin("/page/1000000")
    (answer,) = readers.memory.kept.values()
    for number in range(3):
        readers.begin(f"/missing/1000000/{number}")
    scope = readers.scope("/page/1000000", visitor(1), if_none_match=f'"{answer.tag.decode()}"')
    readers.loop.run_until_complete(readers.memory(scope, None, send))
    assert sent[0]["status"] == 304


def test_no_visitor_adds_up(readers):
    """The counts come back to nothing, whoever leaves when."""
    counted = Sending()
    with counted.holding("a", "k", "answer", 10 * PIECE), counted.holding("a", "k", "answer", 10 * PIECE):
        with counted.holding("b", "k", "answer", 10 * PIECE):
            assert len(counted.held) == 1
        assert counted.holds("answer")
    assert not counted.held

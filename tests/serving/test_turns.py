"""One visitor's answers are made one after the other; nobody else waits for them, and no turn is lost."""

import asyncio
import contextlib
import sqlite3
import time

import pytest

from recognition.serving import caching, turns
from recognition.serving.configuration import Configuration
from recognition.serving.turns import TooMany, Turns, elsewhere, in_turn, turn_of, turns_of
from tests.conftest import kept_answers
from tests.patience import PATIENCE

SITE = Configuration(database="recognition", build_again="build it again", in_workers="")
ONE, OTHER = "192.0.2.1", "192.0.2.2"
SENTENCE = "100 of your requests are waiting already. Try again when they are answered."


class Making:
    """An application whose answers are made when they are let, and what is being made just now."""

    def __init__(self, datasette):
        self.now, self.most, self.all = set(), 0, []
        self.let = asyncio.Event()
        self.memory = caching.KeptAnswers(self.app, datasette, SITE)

    async def app(self, scope, receive, send):
        self.now.add(scope["path"])
        self.all.append(scope["path"])
        self.most = max(self.most, len(self.now))
        try:
            if scope["path"].startswith("/slow"):
                await self.let.wait()
            elif scope["path"].startswith("/process"):
                with elsewhere():
                    await self.let.wait()
            elif scope["path"] == "/asks":  # as a page of an error does, of the site itself, whose client is another
                await self.ask("/slow/inside", "127.0.0.1")
            elif scope["path"] == "/asks/twice":
                await asyncio.gather(*(self.ask(f"/process/{number}", "127.0.0.1") for number in range(3)))
            elif scope["path"] == "/broken":
                raise RuntimeError
            else:
                await asyncio.sleep(0)
        finally:
            self.now.remove(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    async def ask(self, path, visitor=ONE):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [],
            "client": (visitor, 1),
        }
        await self.memory(scope, None, send)
        return sent[0]["status"]

    def begin(self, path, visitor=ONE):
        return asyncio.create_task(self.ask(path, visitor))

    def nothing_is_left(self):
        return not (self.memory.turns.taken or self.memory.turns.waiting or self.memory.making or self.now)


def in_time(loop, doing):
    """Whoever waits for a turn that was lost would wait for ever."""
    return loop.run_until_complete(asyncio.wait_for(doing, PATIENCE))


async def a_while():
    """Until whatever can go on without what is waited for has gone on."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.fixture
def making(datasette, monkeypatch):
    turns_of_the_site = Turns()
    monkeypatch.setattr(caching, "turns_of", lambda _: turns_of_the_site)
    making = Making(datasette)
    yield making
    assert making.nothing_is_left()


def test_one_visitor_has_one_answer_made_and_others_do_not_wait(loop, making):
    async def all_ask():
        slow = [making.begin(f"/slow/{number}") for number in range(20)]
        await a_while()
        assert making.now == {"/slow/0"}
        assert [await making.ask("/quick", OTHER), await making.ask("/other", OTHER)] == [200, 200]
        assert making.now == {"/slow/0"}, "who has turns waits for his own alone"
        making.let.set()
        assert await asyncio.gather(*slow) == [200] * 20

    in_time(loop, all_ask())
    assert making.all == ["/slow/0", "/quick", "/other", *(f"/slow/{number}" for number in range(1, 20))]


def test_what_is_kept_or_being_made_needs_no_turn(loop, making):
    async def all_ask():
        await making.ask("/kept")
        slow = [making.begin("/slow") for _ in range(5)]
        await a_while()
        assert await making.ask("/kept") == 200
        assert not making.memory.turns.waiting, "all wait for the same one"
        queued, same = making.begin("/later"), making.begin("/later", OTHER)
        assert await same == 200, "another visitor does not wait in this one's row"
        making.let.set()
        assert await asyncio.gather(*slow, queued) == [200] * 6

    in_time(loop, all_ask())
    assert making.all == ["/kept", "/slow", "/later"]


def test_more_than_may_wait_are_refused_at_once(loop, making, monkeypatch):
    monkeypatch.setattr(turns, "WAITING_AT_MOST", 3)

    async def all_ask():
        slow = [making.begin(f"/slow/{number}") for number in range(8)]
        await a_while()
        assert [type(task.exception()) for task in slow if task.done()] == [TooMany] * 4
        assert await making.ask("/quick", OTHER) == 200
        making.let.set()
        assert await asyncio.gather(*slow[:4]) == [200] * 4
        assert await making.ask("/slow/9") == 200, "the refused ones took no turn"

    in_time(loop, all_ask())


def test_who_leaves_while_waiting_is_not_waited_for(loop, making):
    async def all_ask():
        for leaving in range(1, 5):
            making.let.clear()
            slow = [making.begin(f"/slow/{leaving}/{number}") for number in range(5)]
            await a_while()
            slow[leaving].cancel()
            making.let.set()
            await asyncio.wait(slow)
            assert [task.result() for task in slow if task is not slow[leaving]] == [200] * 4
            assert making.nothing_is_left()

    in_time(loop, all_ask())
    assert len(making.all) == 16, "nothing is made for who has left"


def test_who_leaves_in_the_moment_in_which_his_turn_comes_gives_it_on(loop):
    async def all_ask():
        mine = Turns()
        first = await mine.take(ONE)
        leaving, next_one = asyncio.create_task(mine.take(ONE)), asyncio.create_task(mine.take(ONE))
        await a_while()
        first.end()
        leaving.cancel()
        await a_while()
        assert leaving.cancelled() and next_one.done()
        next_one.result().end()
        assert not mine.taken and not mine.waiting

    in_time(loop, all_ask())


def test_a_turn_lasts_until_the_answer_is_made_also_when_who_asked_leaves(loop, making):
    async def all_ask():
        leaving, waiting = making.begin("/slow/a"), making.begin("/slow/b")
        await a_while()
        leaving.cancel()
        await a_while()
        assert making.now == {"/slow/a"}, "else leaving again and again would have many answers made at once"
        making.let.set()
        assert await waiting == 200

    in_time(loop, all_ask())


def test_what_fails_ends_its_turn(loop, making):
    async def all_ask():
        assert await asyncio.gather(*(making.ask("/broken") for _ in range(5)), making.ask("/quick")) == [500] * 5 + [
            200
        ]

    in_time(loop, all_ask())


@pytest.mark.parametrize("visitor", [ONE, "127.0.0.1"])
def test_what_a_page_asks_itself_has_the_turn_of_the_page(loop, making, visitor):
    """Else a page would wait for itself without end, and visitors for each other's pages."""

    async def all_ask():
        asking, queued = making.begin("/asks", visitor), making.begin("/slow/b", visitor)
        await a_while()
        assert making.now == {"/asks", "/slow/inside"}
        assert await making.ask("/quick", "127.0.0.1" if visitor == ONE else OTHER) == 200
        making.let.set()
        assert await asyncio.gather(asking, queued) == [200] * 2

    in_time(loop, all_ask())


@pytest.mark.parametrize("path", ["/process", "/asks/twice"])
def test_what_waits_for_a_process_lets_the_visitor_s_other_answers_go_on(loop, making, path):
    """And comes back to as many turns as before, also where several parts of a page wait at the same time."""

    async def all_ask():
        asking = making.begin(path)
        await a_while()
        assert await making.ask("/quick") == 200
        slow = making.begin("/slow/a")
        await a_while()
        assert "/slow/a" in making.now
        making.let.set()
        assert await asyncio.gather(asking, slow) == [200] * 2
        making.let.clear()
        slow = [making.begin(f"/slow/{number}") for number in range(3)]
        await a_while()
        assert len(making.now) == 1, "no turn too many is left"
        making.let.set()
        await asyncio.gather(*slow)

    in_time(loop, all_ask())


def test_an_answer_that_ends_while_a_part_of_it_is_elsewhere_loses_no_turn(loop):
    async def ends():
        mine = Turns()
        turn = await mine.take(ONE)
        turn.leave()
        turn.end()
        turn.come_back()
        assert not mine.taken

    in_time(loop, ends())


def test_a_page_of_visitors_sql_does_not_hold_the_turn(loop, datasette, monkeypatch):
    """While a process works on it, the same visitor's pages are made."""
    loop.run_until_complete(datasette.invoke_startup())
    taken = []

    async def answer(client, question):
        taken.append(dict(turns_of(datasette).taken))
        raise sqlite3.OperationalError("enough")

    monkeypatch.setattr(datasette.workers, "ask_in_turn", answer)
    in_time(loop, datasette.client.get("/recognition.json?sql=select+20+as+turns"))
    assert taken == [{}] and not turns_of(datasette).taken


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/recognition/search_data", "/%ff", "/x%0Ay", "/GHANA", "/recognition/countries/Ghana", "/recognition/countries/gh%61na"],
)  # fmt: skip
def test_refusals_and_misspelt_addresses_take_a_turn_too(ask, datasette, loop, monkeypatch, path):
    """Their pages are made, and a page is sought for them."""
    taken = []
    take = Turns.take

    async def noted(self, visitor):
        taken.append(visitor)
        assert turn_of.get() is None
        return await take(self, visitor)

    monkeypatch.setattr(Turns, "take", noted)
    assert ask(path).status_code in (301, 400, 404)
    assert len(taken) == 1, "one for all that the answer needs"
    assert not turns_of(datasette).taken


@pytest.mark.parametrize(
    "path",
    ["/recognition/marks.csv?_stream=on&_size=9", "/nothing.db", "/recognition/nothing.blob", "/nothing?_stream=1"],
)
def test_what_looks_like_a_file_takes_a_turn_as_any_page_does(ask, datasette, monkeypatch, path):
    """Forty downloads of one visitor that took none had others wait for two seconds."""
    taken = []
    take = Turns.take

    async def noted(self, visitor):
        taken.append(visitor)
        return await take(self, visitor)

    monkeypatch.setattr(Turns, "take", noted)
    assert ask(path).status_code in (200, 404)
    assert len(taken) == 1 and not turns_of(datasette).taken


def test_an_answer_too_large_to_hold_is_made_in_turns_and_sent_outside_of_them(loop, datasette, monkeypatch):
    """A reader who does not read holds up nothing, and what his connection begins meanwhile is another request."""
    order, reads = [], asyncio.Event()

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in range(3):
            assert turns_of(datasette).taken == {ONE: 1} and turn_of.get()
            order.append((scope["path"], part))
            await send({"type": "http.response.body", "body": b"x" * 600, "more_body": part < 2})

    async def send(message):
        assert turn_of.get() is None
        await reads.wait()

    def asked(path):
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "client": (ONE, 1)}
        return asyncio.create_task(memory(scope, None, send))

    async def all_ask():
        monkeypatch.setattr(turns, "WAITING_AT_MOST", 3)
        large = [asked(f"/large/{number}") for number in range(4)]
        await a_while()
        assert not turns_of(datasette).taken, "all are being sent"
        leaving = asked("/large/4")
        await a_while()
        leaving.cancel()
        reads.set()
        await asyncio.gather(*large)
        assert not (turns_of(datasette).taken or turns_of(datasette).waiting)

    monkeypatch.setattr(caching, "HELD_AT_MOST", 1_000)
    memory = caching.KeptAnswers(app, datasette, SITE)
    in_time(loop, all_ask())
    assert all(order.count((f"/large/{number}", 2)) == 1 for number in range(4))


@pytest.mark.parametrize("path", ["/tallies?as_of=2011-02-03", "/nothing-at-all", "/%ff", "/GHANA"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_too_many_waiting_is_told_so(ask, datasette, monkeypatch, path, method):
    async def none_left(self, visitor):
        raise TooMany(SENTENCE)

    monkeypatch.setattr(Turns, "take", none_left)
    answer = ask(path, method=method)
    assert (answer.status_code, answer.headers["retry-after"], answer.headers["cache-control"]) == (
        503,
        "5",
        "no-store",
    )
    assert answer.text == ("" if method == "HEAD" else f"{SENTENCE}\n")
    assert "content-security-policy" in answer.headers


def test_a_block_in_a_turn_has_one(loop, datasette):
    async def both():
        async with in_turn(datasette, ONE):
            assert turns_of(datasette).taken == {ONE: 1}
            async with in_turn(datasette, ONE):
                assert turns_of(datasette).taken == {ONE: 1}
        assert turn_of.get() is None and not turns_of(datasette).taken
        with elsewhere():
            assert not turns_of(datasette).taken

    in_time(loop, both())


def test_all_layers_share_the_turns_of_a_site(datasette):
    assert kept_answers(datasette).turns is turns_of(datasette)


async def made_in_parts(shared, visitor, order, parts=3):
    """An answer of some parts; each notes in `order` whose it is."""
    with shared.asking(visitor):
        turn = await shared.take(visitor)
        for _ in range(parts):
            await turn.give_way()
            time.sleep(turns.PART)
            order.append(visitor)
        turn.end()


def test_who_asks_for_one_thing_goes_before_who_asks_for_several(loop, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", PATIENCE)
    monkeypatch.setattr(turns, "PAUSES", 0)
    shared, order = Turns(), []

    async def both():
        several = [asyncio.create_task(made_in_parts(shared, ONE, order)) for _ in range(3)]
        while not order:
            await asyncio.sleep(0)
        await made_in_parts(shared, OTHER, order)
        assert order.count(ONE) <= 2, "what was begun comes first, and nothing else"
        await asyncio.gather(*several)

    in_time(loop, both())
    assert order.count(ONE) == 9 and not (shared.asked or shared.taken or shared.waiting)


def test_nobody_waits_for_ever_for_those_who_ask_for_less(loop):
    shared, order = Turns(), []

    async def both():
        with shared.asking(OTHER):
            held = await shared.take(OTHER)  # which never ends by itself
            await asyncio.gather(*(made_in_parts(shared, ONE, order) for _ in range(2)))
            held.end()

    in_time(loop, both())
    assert order == [ONE] * 6


def test_visitors_who_ask_for_as_much_wait_for_each_other_alike(loop, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", PATIENCE)
    shared, order = Turns(), []

    async def both():
        await asyncio.gather(*(made_in_parts(shared, visitor, order) for visitor in (ONE, OTHER)))

    in_time(loop, both())
    assert sorted(order) == [ONE] * 3 + [OTHER] * 3 and order[:3] != [ONE] * 3


def test_only_who_asks_for_several_things_pauses_and_only_while_others_are_about(loop, monkeypatch):
    shared = Turns()
    with shared.asking(ONE), shared.asking(ONE):
        assert shared.pauses(ONE) == 0, "nobody else has asked"
        with shared.asking(OTHER):
            assert shared.pauses(OTHER) == 0 and shared.pauses(ONE) == 2 * turns.PAUSES
        assert shared.pauses(ONE) == 2 * turns.PAUSES, "the other was there just now"
        monkeypatch.setattr(turns, "LATELY", 0)
        assert shared.pauses(ONE) == 0
    with contextlib.ExitStack() as many:
        for number in range(100):
            many.enter_context(shared.asking(ONE))
            many.enter_context(shared.asking(f"192.0.2.{number}"))
        monkeypatch.setattr(turns, "LATELY", PATIENCE)
        assert shared.pauses(ONE) == turns.PAUSES_AT_MOST and len(shared.latest) == 2


def test_what_a_page_asks_of_the_site_itself_is_no_request_of_its_own(loop):
    shared = Turns()

    async def nested():
        with shared.asking(ONE):
            turn_of.set(await shared.take(ONE))
            with shared.asking("127.0.0.1"):
                assert shared.asked == {ONE: 1}
        assert not shared.asked

    in_time(loop, nested())


@pytest.mark.parametrize("path", ["/slow/same", "/asks"])
def test_who_waits_for_what_another_has_made_waits_as_if_it_were_his_own(loop, making, monkeypatch, path):
    """Else who asks for many things would have all wait ten times as long for those of them that they want too."""
    shared, said = making.memory.turns, []

    def pauses(self, visitor):
        said.append(visitor)
        return 0

    async def app(scope, receive, send):
        turn_of.get().went_on -= turns.PART
        await turns.give_way()
        await making.app(scope, receive, send)
        turn_of.get().went_on -= turns.PART
        await turns.give_way()

    async def all_ask():
        with contextlib.ExitStack() as asked:
            for visitor in (ONE, ONE, ONE, OTHER):
                asked.enter_context(shared.asking(visitor))
            first = making.begin(path)
            await a_while()
            assert set(said) == {ONE}
            same = making.begin(path, OTHER)
            await a_while()
            said.clear()
            making.let.set()
            assert await asyncio.gather(first, same) == [200] * 2
            assert said and set(said) == {OTHER}

    monkeypatch.setattr(Turns, "pauses", pauses)
    monkeypatch.setattr(making.memory, "app", app)
    in_time(loop, all_ask())

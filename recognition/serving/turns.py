"""Whose turn it is to have an answer made: what takes long for one visitor makes no other wait.

All answers are made in one thread, which goes on with another after each small part. Without turns, a visitor with a
hundred connections would have a hundred parts made for each part of another visitor's answer. And who asks for one
thing goes before who asks for many at the same time.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from weakref import WeakKeyDictionary

from datasette.app import Datasette

AT_ONCE = 1  # answers that are made for one visitor at the same time
WAITING_AT_MOST = 100  # requests of one visitor that wait: a class behind one address has no more
PART = 0.001  # seconds that an answer is made before others may go on
PATIENCE = 0.02  # seconds that a part waits at most for visitors who ask for less: nobody waits for ever
# A visitor who asks for several things at once pauses after each part while others are about: so many times as long as
# the part took, for each thing that is asked for. Whoever comes then finds nothing begun, most of the time.
PAUSES = 2
PAUSES_AT_MOST = 8
LONGEST_PAUSE = 0.04  # seconds
LATELY = 2.0  # seconds: who has asked within them is about
LOOK_AGAIN = 0.001  # seconds

# The turn in which an answer is made; None outside. What a page asks the site itself is made in the turn of the page.
turn_of: ContextVar[Turn | None] = ContextVar("turn_of", default=None)


class TooMany(Exception):
    """As many requests of one visitor wait as may; the message says so in a sentence."""


class Turn:
    """A turn that a visitor has; `end` gives it to the next request of the same visitor."""

    def __init__(self, turns: Turns, visitor: str) -> None:
        self.turns = turns
        self.visitor = visitor
        self.made_for = {visitor}  # and others who ask for the same
        self.away = 0  # how many of its parts wait for something outside of this thread
        self.ended = False
        self.went_on = time.perf_counter() - PART  # when the part began that is being made

    async def give_way(self) -> None:
        """Let others go on if a part is done, and first those visitors who ask for less at the same time."""
        took = time.perf_counter() - self.went_on
        if took < PART:
            return
        asks_least = min(self.made_for, key=self.turns.asked.__getitem__)
        await asyncio.sleep(min(self.turns.pauses(asks_least) * took, LONGEST_PAUSE))
        await self.turns.others_first(asks_least)
        self.went_on = time.perf_counter()

    def end(self) -> None:
        if not self.away:
            self.turns.give_back(self.visitor)
        self.ended = True

    def leave(self) -> None:
        if not self.away and not self.ended:
            self.turns.give_back(self.visitor)
        self.away += 1

    def come_back(self) -> None:
        """Without waiting: little is left to do, and others may wait for this answer."""
        self.away -= 1
        self.went_on = time.perf_counter()
        if not self.away and not self.ended:
            self.turns.taken[self.visitor] += 1

    async def come_back_in_turn(self) -> None:
        """When the turn comes again, before those who wait already: much is left to do."""
        await self.turns.take(self.visitor, again=True)
        self.away -= 1
        self.went_on = time.perf_counter()
        if self.away or self.ended:  # another of its parts has the turn still, or nothing is left to do in one
            self.turns.give_back(self.visitor)


@contextmanager
def counted(counter: Counter[str], name: str) -> Iterator[None]:
    """The block is counted under the name; what is counted no more has no entry."""
    counter[name] += 1
    try:
        yield
    finally:
        counter[name] -= 1
        if not counter[name]:
            del counter[name]


class Turns:
    """The visitors for whom answers are made, and their requests that wait."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()  # requests that are not answered yet, by visitor
        self.taken: Counter[str] = Counter()  # by visitor
        self.waiting: dict[str, deque[asyncio.Future[None]]] = {}  # by visitor, the next one first
        self.latest: dict[str, float] = {}  # when the two visitors asked who did so last, the last one last

    @contextmanager
    def asking(self, visitor: str) -> Iterator[None]:
        """The block answers a request of a visitor. What a page asks the site itself counts as the page does."""
        if turn_of.get() is not None:
            yield
            return
        with counted(self.asked, visitor):
            self.latest.pop(visitor, None)
            self.latest[visitor] = time.perf_counter()
            if len(self.latest) > 2:
                del self.latest[next(iter(self.latest))]
            yield

    def pauses(self, visitor: str) -> int:
        """How many times as long as its last part an answer for this visitor pauses: not at all where nobody else is about."""
        now, asked = time.perf_counter(), self.asked[visitor]
        if asked < 2 or not any(now - asked_at < LATELY for other, asked_at in self.latest.items() if other != visitor):
            return 0
        return min(PAUSES * asked, PAUSES_AT_MOST)

    def someone_asks_less(self, visitor: str) -> bool:
        """Whether an answer is being made for a visitor who asks for less than this one."""
        return any(self.asked[other] < self.asked[visitor] for other in self.taken)

    async def others_first(self, visitor: str) -> None:
        """Wait, but not long, while answers are made for visitors who ask for less than this one."""
        until = time.perf_counter() + PATIENCE
        while self.someone_asks_less(visitor) and time.perf_counter() < until:
            await asyncio.sleep(LOOK_AGAIN)

    async def take(self, visitor: str, again: bool = False) -> Turn:
        """Wait for a turn, which is to be ended; `again`, whoever waits, as the next one. Raises TooMany."""
        if self.taken[visitor] < AT_ONCE:
            self.taken[visitor] += 1
            return Turn(self, visitor)
        waiting = self.waiting.setdefault(visitor, deque())
        if len(waiting) >= WAITING_AT_MOST and not again:
            raise TooMany(f"{len(waiting)} of your requests are waiting already. Try again when they are answered.")
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.insert(0 if again else len(waiting), mine)
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # the turn had come
                self.give_back(visitor)
            raise
        return Turn(self, visitor)

    def give_back(self, visitor: str) -> None:
        """End a turn: the request of the same visitor that has waited longest has the next one."""
        self.taken[visitor] -= 1
        waiting = self.waiting.get(visitor, deque())
        while waiting and self.taken[visitor] < AT_ONCE:
            mine = waiting.popleft()
            if not mine.done():  # else who asked has gone
                self.taken[visitor] += 1
                mine.set_result(None)
        if not waiting:
            self.waiting.pop(visitor, None)
        if not self.taken[visitor]:
            del self.taken[visitor]


_turns: WeakKeyDictionary[Datasette, Turns] = WeakKeyDictionary()


def turns_of(datasette: Datasette) -> Turns:
    """The turns of a site, which all its layers share."""
    return _turns.setdefault(datasette, Turns())


@asynccontextmanager
async def in_turn(datasette: Datasette, visitor: str) -> AsyncIterator[Turn]:
    """The block is done in a turn of the visitor: in the one that it is in already, or in one for which it waits.

    Raises TooMany.
    """
    if mine := turn_of.get():
        yield mine
        return
    turn = await turns_of(datasette).take(visitor)
    before = turn_of.set(turn)
    try:
        await turn.give_way()
        yield turn
    finally:
        turn_of.reset(before)
        turn.end()


async def give_way() -> None:
    """Let others go on: to be called between two things that take a while."""
    turn = turn_of.get()
    await (turn.give_way() if turn else asyncio.sleep(0))


@contextmanager
def elsewhere() -> Iterator[None]:
    """The block waits for something outside of this thread: meanwhile the visitor's other answers go on."""
    turn = turn_of.get()
    if turn is None:
        yield
        return
    turn.leave()
    try:
        yield
    finally:
        turn.come_back()

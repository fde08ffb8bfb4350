"""Sends answers in pieces, and bounds what is held for readers who do not read."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .asgi import Message, Send

PIECE = 2**16  # bytes: what a reader who does not read costs, besides the answer itself
OF_ALL_AT_MOST = 32 * 2**20  # bytes of answers larger than a piece that are held for their readers alone
OF_ONE_AT_MOST = 8 * 2**20  # bytes of answers larger than a piece that one visitor reads at the same time


def pieces_of(body: bytes) -> Iterator[bytes]:
    """The parts of a body, none larger than PIECE."""
    return (body[at : at + PIECE] for at in range(0, len(body), PIECE))


def unpacking(packed: bytes) -> Iterator[bytes]:
    """What was compressed, in pieces. Of both forms no more than a piece is copied at a time."""
    unpack = zlib.decompressobj(31)
    for part in pieces_of(packed):
        while part:
            if piece := unpack.decompress(part, PIECE):
                yield piece
            part = unpack.unconsumed_tail
    if rest := unpack.flush():
        yield from pieces_of(rest)


async def send_in_pieces(send: Send, pieces: Iterator[bytes], more: bool = False) -> None:
    """Send the pieces of a body as they are asked for. `more`: they are not the end of the answer."""
    waiting = next(pieces, b"")
    for piece in pieces:
        await send({"type": "http.response.body", "body": waiting, "more_body": True})
        waiting = piece
    await send({"type": "http.response.body", "body": waiting, "more_body": more})


@dataclass
class Held:
    """An answer that is being sent: its key in memory, its size in bytes, how many readers each visitor has."""

    key: Any
    answer: object
    size: int
    readers: Counter[str] = field(default_factory=Counter)


class Sending:
    """The answers larger than a piece that are being sent. One that many read at the same time is held once.

    `is_kept` says of a key and an answer whether it is in memory anyway.
    """

    def __init__(self, is_kept: Callable[[Any, object], bool] = lambda key, answer: False) -> None:
        self.is_kept = is_kept
        self.held: dict[int, Held] = {}  # by the identity of the answer

    def holds(self, answer: object) -> bool:
        return id(answer) in self.held

    def may(self, client: str, key: Any, answer: object, size: int) -> bool:
        """Whether an answer may be sent to a visitor: small ones always, others while there is room for them.

        One that is larger than all the room may be sent where nothing else is.
        """
        known = self.held.get(id(answer))
        if size <= PIECE or (known and client in known.readers):
            return True
        of_one = sum(one.size for one in self.held.values() if client in one.readers)
        if of_one and of_one + size > OF_ONE_AT_MOST:
            return False
        alone = sum(one.size for one in self.held.values() if not self.is_kept(one.key, one.answer))
        return known is not None or self.is_kept(key, answer) or not alone or alone + size <= OF_ALL_AT_MOST

    @contextmanager
    def holding(self, client: str, key: Any, answer: object, size: int) -> Iterator[None]:
        """Count an answer of so many bytes, that a visitor may have, until the block ends."""
        if size <= PIECE:
            yield
            return
        held = self.held.setdefault(id(answer), Held(key, answer, size))
        held.readers[client] += 1
        try:
            yield
        finally:
            held.readers -= Counter([client])
            if not held.readers:
                del self.held[id(answer)]


class Passing:
    """A `send` that passes an answer on as it comes, in pieces. `refuse` sends another where there is no room for it.

    An answer that comes whole is held until its reader has read it, so it counts as one that is being sent; of one that
    comes in small parts, only those count that are larger than a piece.
    """

    def __init__(self, send: Send, sending: Sending, client: str, refuse: Callable[[], list[Message]]) -> None:
        self.send = send
        self.sending = sending
        self.client = client
        self.refuse = refuse
        self.start: Message | None = None  # which waits for the first part of the body
        self.refused = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] != "http.response.body":  # such as the path of a file that the server may send itself
            await self.begin()
            await self.send(message)
        elif not self.refused:
            await self.body(message.get("body", b""), message.get("more_body", False))

    async def begin(self) -> None:
        if self.start is not None:
            start, self.start = self.start, None
            await self.send(start)

    async def body(self, body: bytes, more: bool) -> None:
        if self.start is not None and not self.sending.may(self.client, None, body, len(body)):
            self.refused = True
            for message in self.refuse():
                await self.send(message)
            return
        await self.begin()
        with self.sending.holding(self.client, None, body, len(body)):
            await send_in_pieces(self.send, pieces_of(body), more)

"""Sends answers in pieces, and bounds what is held for readers who do not read."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from .asgi import Message, Send

PIECE = 2**16  # bytes: what a reader who does not read costs, besides the answer itself
OF_ALL_AT_MOST = 32 * 2**20  # bytes of answers larger than a piece that are held for readers alone
OF_ONE_AT_MOST = 8 * 2**20  # bytes of answers larger than a piece that one visitor reads at the same time


async def send_in_pieces(send: Send, body: bytes, unpacked: bool = False, more: bool = False) -> None:
    """Send a body of which no piece is larger than PIECE. `unpacked`: it is compressed, and the reader wants it as it was.

    `more`: it is not the end of the answer.
    """
    pieces = unpacking(body) if unpacked else (body[at : at + PIECE] for at in range(0, len(body), PIECE))
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    if not more:
        await send({"type": "http.response.body", "body": b""})


def unpacking(packed: bytes) -> Iterator[bytes]:
    """What was compressed, in pieces, of which only one is in memory at a time."""
    unpack = zlib.decompressobj(31)
    while not unpack.eof:
        yield unpack.decompress(packed, PIECE)
        packed = unpack.unconsumed_tail


def in_pieces(send: Send) -> Send:
    """A `send` that passes the bodies of messages on in pieces."""

    async def sent(message: Message) -> None:
        if len(message.get("body", b"")) > PIECE:
            await send_in_pieces(send, message["body"], more=message.get("more_body", False))
        else:
            await send(message)

    return sent


class Sending:
    """The answers larger than a piece that are being sent. One that many read at the same time counts once for each visitor."""

    def __init__(self) -> None:
        self.readers: Counter[tuple[str, int]] = Counter()  # of an answer, by visitor and answer
        self.of_one: Counter[str] = Counter()  # bytes by visitor
        self.alone = 0  # bytes of the answers that nothing but their readers holds

    @contextmanager
    def holding(self, client: str, answer: object, size: int, kept: bool) -> Iterator[bool]:
        """Whether an answer of so many bytes may be sent to a visitor; it counts until the block ends.

        `kept`: it is in memory anyway.
        """
        key, alone = (client, id(answer)), 0 if kept else size
        first = key not in self.readers
        too_much = first and (self.of_one[client] + size > OF_ONE_AT_MOST or self.alone + alone > OF_ALL_AT_MOST)
        if size <= PIECE or too_much:
            yield not too_much or size <= PIECE
            return
        self.readers[key] += 1
        self.of_one[client] += size if first else 0
        self.alone += alone
        try:
            yield True
        finally:
            self.readers[key] -= 1
            self.alone -= alone
            if not self.readers[key]:
                del self.readers[key]
                self.of_one[client] -= size
            if not self.of_one[client]:
                del self.of_one[client]

"""The body of a request that may have one: bounded in bytes and in time, and read while the visitor's other answers go on."""

from __future__ import annotations

import asyncio

from datasette.utils.asgi import Base400, Request

from .asgi import header
from .turns import elsewhere

BYTES_AT_MOST = 65_536
SECONDS = 10.0  # in which it must have come


class TooMuch(Base400):
    """More is asked for at once than may be; the message says so in a sentence."""

    status = 413


class TooSlow(Base400):
    """The body did not come in time."""

    status = 408


async def body_of(request: Request) -> bytes:
    """The body of a request. Raises TooMuch and TooSlow."""
    announced = header(request.scope, b"content-length")
    if announced.isdigit() and int(announced) > BYTES_AT_MOST:
        raise too_long()
    try:
        with elsewhere():
            async with asyncio.timeout(SECONDS):
                return await received(request)
    except TimeoutError:
        raise TooSlow(f"The body of the request did not come within {SECONDS:g} seconds.") from None


async def received(request: Request) -> bytes:
    """What comes until the end of the body, or until the visitor has gone."""
    body, more = b"", True
    while more:
        message = await request.receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BYTES_AT_MOST:
            raise too_long()
    return body


def too_long() -> TooMuch:
    return TooMuch(f"The body of a request may have {BYTES_AT_MOST:,} bytes: ask for less at a time.")

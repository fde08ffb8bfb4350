"""Limits of connections: how many there are, how long a request may take to come, and an answer to be read.

uvicorn has none of them: a visitor who sends half a request, or reads half an answer, would hold a connection, a
descriptor and the memory of the answer for as long as he likes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import HANDLED_SIGNALS, ServerState

from . import server_log
from .asgi import App, Receive, Scope, Send
from .forwarded import Forwarded, Proxies
from .other_origins import ANYWHERE

log = logging.getLogger("uvicorn.error")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process gives its visitors."""

    head_bytes: int = 20_480  # of a request line and headers: what nginx passes on (two buffers of 8 kB) and adds
    request_seconds: float = 10  # until a request is whole, head and body, however slowly it drips
    idle_seconds: int = 5  # between two requests of a visitor
    proxy_idle_seconds: int = 75  # of a trusted proxy, which should be the one that hangs up (most do after 60)
    unread_seconds: float = 20  # until a reader has taken the piece of the answer that waits
    connections: int = 400  # open at the same time
    burst: int = 100  # accepted in one turn of the event loop, before any of them can be refused
    files: int = 40  # descriptors for the database, pages' files, pipes to worker processes
    stop_seconds: int = 3  # that answers under way have when the server stops

    @property
    def descriptors(self) -> int:
        """How many files the process may need to have open: a connection is one, and one more while it is sent a file."""
        return 2 * self.connections + self.burst + self.files


FEWEST = 8  # connections; with fewer a single browser would fill the table
QUEUE = 2_048  # connections that the system keeps until they are accepted; who finds it full asks again a second later
NEW = 1.0  # seconds that a connection may need to say what it wants
UNSENT = (
    131_072  # bytes of an answer that the system keeps for a reader (Linux takes twice as much); by itself, megabytes
)
UNWRITTEN = 16_384  # bytes beyond those for which the application waits before it sends its next piece
LINGER = 2.0  # seconds in which a visitor may read why his request was refused
PIECE = bytearray(8_192)  # where each connection's bytes arrive, one after the other
# Limits that are met, as the log says them.
SLOW = "sent no whole request within {request_seconds:g} seconds: cut off"
UNREAD = "did not read the answer for {unread_seconds:g} seconds: cut off"
TOO_LONG = "sent more than {head_bytes} bytes of headers: refused with 431"
NO_HTTP = "sent what is no HTTP request: refused with 400"
GAVE_WAY = "had no request under way, or did not read, when all {connections} places were taken: gave way to new ones"
FULL = "found all {connections} places taken by requests under way: refused with 503"
NO_FILES = "had to wait, because the system allows no more open files"
LOST = "lost the connection"
REFUSALS = {
    400: (b"Bad Request", b"This is no HTTP request that can be understood.\n"),
    431: (b"Request Header Fields Too Large", b"The address and the headers are too long: send less.\n"),
    503: (b"Service Unavailable", b"Too many visitors are here just now. Try again in a moment.\n"),
}


class TooFewFiles(Exception):
    """The system allows the process too few open files; the message says what to do."""


def within_descriptors(limits: Limits) -> Limits:
    """The limits with as many connections as the process may have files open, after it has asked for enough.

    Raises TooFewFiles.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = soft
    if soft != resource.RLIM_INFINITY and soft < limits.descriptors:
        wanted = limits.descriptors if hard == resource.RLIM_INFINITY else min(limits.descriptors, hard)
        with contextlib.suppress(OSError, ValueError):  # a sandbox may forbid it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            allowed = wanted
    if allowed == resource.RLIM_INFINITY or allowed >= limits.descriptors:
        return limits
    left = allowed - limits.files
    burst = max(1, min(limits.burst, left // 4))
    connections = (left - burst) // 2
    if connections < FEWEST:
        needed = limits.files + 3 * FEWEST
        raise TooFewFiles(f"only {allowed} files may be open at once: allow {needed} or more (ulimit -n {needed})")
    return replace(limits, connections=connections, burst=burst)


class Table(ServerState):
    """The connections that are open, and the limits that they have met since the last lines in the log."""

    def __init__(self, limits: Limits, proxies: Proxies) -> None:
        super().__init__()
        self.limits = limits
        self.proxies = proxies
        self.met: Counter[str] = Counter()
        self.last: dict[str, str] = {}

    def note(self, kind: str, client: tuple[str, int] | None) -> None:
        self.met[kind] += 1
        self.last[kind] = client[0] if client else ""

    def write_notes(self) -> None:
        """One line for each kind of limit that was met, with the number of connections and the last one's address."""
        for kind, times in self.met.items():
            who = f" (the last from {self.last[kind]})" if self.last[kind] else ""
            values = {name: getattr(self.limits, name) for name in Limits.__slots__}
            log.warning("%d connection%s%s %s", times, "s" if times > 1 else "", who, kind.format(**values))
        self.met.clear()
        self.last.clear()

    @property
    def open(self) -> list[Connection]:
        return [connection for connection in self.connections if isinstance(connection, Connection)]

    def look_after(self, now: float) -> None:
        """Cut off whoever has met a limit of time, and write the log. To be called once a second."""
        for connection in self.open:
            if connection.lingers_too_long(now):
                connection.cut_off(None)
            elif kind := connection.overdue(now):
                connection.cut_off(kind)
        self.write_notes()

    def has_room(self, newest: Connection) -> bool:
        """Make room for a new connection, where there is none and another can give way.

        First the one that has waited longest without a request under way; then, before those that have just come and
        will say in a moment what they want, a reader who does not read.
        """
        if len(self.connections) <= self.limits.connections:
            return True
        others = [connection for connection in self.open if connection is not newest]
        idle = [connection for connection in others if not connection.is_answered]
        paused = [connection for connection in others if connection.flow.write_paused]
        waited = min(idle, key=lambda one: one.waits_since, default=None)
        unread = min(paused, key=lambda one: one.paused_since, default=None)
        is_new = waited is not None and newest.waits_since - waited.waits_since < NEW
        leaving = unread if unread and (waited is None or is_new) else waited
        if leaving:
            leaving.cut_off(GAVE_WAY)
        return leaving is not None

    def complain(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """The event loop's handler of exceptions: what a socket fails with is counted, anything else is an error."""
        problem = context.get("exception")
        if isinstance(problem, OSError) and "socket" in context:
            self.note(NO_FILES, None)
        elif isinstance(problem, OSError) and "transport" in context:
            self.note(LOST, None)
        else:
            loop.default_exception_handler(context)


class OneLength(h11.Connection):
    """What of a connection is a request: none whose length is said in two ways (RFC 9112, 6.3).

    A proxy before the site may read it as two requests where this is one, and keep the wrong answer for the second.
    """

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, h11.Request) and {b"content-length", b"transfer-encoding"} <= {
            name for name, _ in event.headers
        }:
            raise h11.RemoteProtocolError("a request with two lengths")
        return event


class Connection(H11Protocol, asyncio.BufferedProtocol):
    """A connection of uvicorn's that has the limits of its table."""

    table: Table
    began: float | None  # since when a request comes that is not whole yet
    refused_since: float | None = None  # since when what still comes is thrown away
    unread_since: float | None = None  # since when something is written that the reader has not taken

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(server_state, Table)
        self.table = server_state
        self.conn = OneLength(h11.SERVER, self.table.limits.head_bytes)
        self.began = self.waits_since = self.paused_since = self.loop.time()

    # What is open, and what is under way.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=UNWRITTEN)
        limits = self.table.limits
        is_proxy = self.client is not None and self.client[0] in self.table.proxies
        self.timeout_keep_alive = limits.proxy_idle_seconds if is_proxy else limits.idle_seconds
        if not self.table.has_room(self):
            self.refuse(503, FULL)
            self.connections.discard(self)
            self.transport.close()

    @property
    def is_answered(self) -> bool:
        """Whether a request is under way."""
        return self.refused_since is None and self.cycle is not None and not self.cycle.response_complete

    def on_response_complete(self) -> None:
        self.waits_since = self.loop.time()
        super().on_response_complete()

    # Limits of time, which Table.look_after asks for.

    def overdue(self, now: float) -> str | None:
        """The limit of time that this connection has met."""
        if not self.transport.get_write_buffer_size():
            self.unread_since = None
        elif self.unread_since is None:
            self.unread_since = now
        elif now - self.unread_since > self.table.limits.unread_seconds:
            return UNREAD
        is_slow = self.began is not None and now - self.began > self.table.limits.request_seconds
        return SLOW if is_slow else None

    def lingers_too_long(self, now: float) -> bool:
        return self.refused_since is not None and now - self.refused_since > LINGER

    def pause_writing(self) -> None:
        self.paused_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self.unread_since = None
        super().resume_writing()

    def cut_off(self, kind: str | None) -> None:
        if kind:
            self.table.note(kind, self.client)
        self.connections.discard(self)
        self.transport.abort()

    # What comes. It arrives in small pieces, so that no connection holds more than its head and one of them.

    def get_buffer(self, sizehint: int) -> bytearray:
        return PIECE

    def buffer_updated(self, nbytes: int) -> None:
        self.data_received(bytes(PIECE[:nbytes]))

    def data_received(self, data: bytes) -> None:
        if self.refused_since is None:
            super().data_received(data)

    def handle_events(self) -> None:
        super().handle_events()
        state = self.conn.their_state
        is_coming = state is h11.SEND_BODY or (state is h11.IDLE and bool(self.conn.trailing_data[0]))
        if not is_coming:
            self.began = None
        elif self.began is None:
            self.began = self.loop.time()

    def _should_upgrade(self) -> bool:
        """Never: the request is answered as if it had not asked for another protocol."""
        return False

    # Refusals and the end.

    def send_400_response(self, msg: str) -> None:
        """In place of uvicorn's, which fails where the body is wrong and the answer is under way already."""
        is_long = len(self.conn.trailing_data[0]) > self.table.limits.head_bytes
        self.refuse(*((431, TOO_LONG) if is_long else (400, NO_HTTP)))

    def refuse(self, status: int, kind: str) -> None:
        """Answer by itself, and read no more. The connection stays open for a moment: closed with bytes that were not
        read, it would be reset, and the visitor might never see the answer."""
        self.table.note(kind, self.client)
        has_answer = False
        if self.is_answered:
            has_answer = self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._unset_keepalive_if_required()
        self.refused_since = self.loop.time()
        self.began = None
        if not has_answer:
            self.transport.write(refusal(status))
        self.transport.write_eof()
        self.flow.resume_reading()

    def shutdown(self) -> None:
        if self.is_answered:
            self.cycle.keep_alive = False
        else:
            self.transport.close()

    def timeout_keep_alive_handler(self) -> None:
        self.transport.close()


def refusal(status: int) -> bytes:
    """An answer that needs no application."""
    phrase, sentence = REFUSALS[status]
    head = b"HTTP/1.1 %d %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n"
    rest = b"cache-control: no-store\r\n%b: %b\r\n\r\n" % ANYWHERE
    return head % (status, phrase, len(sentence)) + rest + sentence


class Ended:
    """The application, which ends without a traceback when the server stops and waits no longer."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await self.app(scope, receive, send)


class Server(uvicorn.Server):
    """uvicorn's server with a table of connections, which listens at sockets that are bound already."""

    def __init__(self, app: App, limits: Limits, proxies: Proxies) -> None:
        config = uvicorn.Config(
            Ended(Forwarded(app, proxies)),
            http=Connection,
            loop="asyncio",
            ws="none",
            lifespan="on",
            interface="asgi3",
            workers=1,
            log_config=server_log.configuration(),
            log_level="info",
            proxy_headers=False,  # Forwarded reads them
            server_header=False,
            backlog=limits.burst,
            timeout_graceful_shutdown=limits.stop_seconds,
            h11_max_incomplete_event_size=limits.head_bytes,
        )
        super().__init__(config)
        self.table = Table(limits, proxies)
        self.server_state = self.table

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self.table.complain)
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(QUEUE)  # asyncio took `burst` for both
            host, port = listening.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            log.info("Uvicorn running on http://%s:%d (Press CTRL+C to quit)", shown, port)

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # it is called ten times a second
            self.table.look_after(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self.table.write_notes()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal ends the server, and the process with status 0: uvicorn would send it to itself once more."""
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

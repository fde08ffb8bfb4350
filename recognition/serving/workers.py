"""Processes that work for visitors (SQL in worker.py, pictures in drawer.py), and whose turn it is.

Each visitor waits for his own questions only.

Each visitor has one question under way at a time, and turns go round among the visitors that wait. A process that has
not answered soon after the end of its time is killed, whatever it does, and another takes its place.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import weakref
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from datasette.utils.asgi import Base400

from .edition import OpenedFile
from .turns import counted, elsewhere
from .worker import BYTES_AT_MOST, LENGTHS, TOO_LARGE, TOO_LONG

PROCESSES = 2  # for SQL
OF_ONE_AT_MOST = 8  # questions of one visitor that wait
OF_ALL_AT_MOST = 32  # questions that wait: the last of them for some ten seconds
GRACE = 0.3  # seconds that a process has after the end of its time to say so, or to encode what it found
STARTS_WITHIN = 10.0  # seconds
HEAD_AT_MOST = 1_000_000  # bytes
PART = 2**17  # bytes that are read at a time
SECRET = "DATASETTE_SECRET"  # the variable that no process with visitors' SQL needs

Answer = tuple[dict[str, Any], bytes]

log = logging.getLogger(__name__)


class TooBusy(Base400):
    """More questions wait than can be answered soon, or no process can be started."""

    status = 503


class Ended(Exception):
    """The process has ended before its answer; what it asked for was more than it may have."""


class Process:
    """A process that has been started, and the socket on which it is asked."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command` are the module, one of this package, and its arguments."""
        self.socket, theirs = socket.socketpair()
        self.socket.setblocking(False)
        environment = {name: value for name, value in os.environ.items() if name != SECRET}
        module, *arguments = command
        whole = [sys.executable, "-m", f"{__package__}.{module}", *arguments]
        with theirs:
            self.running = subprocess.Popen(whole, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=environment)
        self._end = weakref.finalize(self, end, self.running, self.socket)

    async def ask(self, question: Mapping[str, Any]) -> Answer:
        """The answer of the process; raises Ended where it has none."""
        loop, said = asyncio.get_running_loop(), json.dumps(question).encode()
        try:
            await loop.sock_sendall(self.socket, LENGTHS.pack(len(said), 0) + said)
            return await self.answer()
        except OSError as error:
            raise Ended from error

    async def answer(self) -> Answer:
        """The next message of the process; raises Ended or OSError."""
        of_head, of_body = LENGTHS.unpack(await self.received(LENGTHS.size))
        if of_head > HEAD_AT_MOST or of_body > BYTES_AT_MOST:
            raise Ended
        head = json.loads(await self.received(of_head))
        return head, bytes(await self.received(of_body))

    async def received(self, length: int) -> bytearray:
        loop, found, at = asyncio.get_running_loop(), bytearray(length), 0
        with memoryview(found) as view:
            while at < length:
                count = await loop.sock_recv_into(self.socket, view[at : at + PART])
                if not count:
                    raise Ended
                at += count
        return found

    async def end(self) -> None:
        """Kill the process, and wait until the system has taken back what it held."""
        self._end()
        await asyncio.to_thread(self.running.wait)


def end(running: subprocess.Popen[bytes], ours: socket.socket) -> None:
    running.kill()
    ours.close()


class Workers:
    """The processes of one site for one purpose, and the visitors that wait for one."""

    def __init__(
        self, opened: OpenedFile, command: Sequence[str], what: str = "SQL", processes: int = PROCESSES
    ) -> None:
        """`opened` is the database, `command` that of `Process`, `what` the purpose, for sentences: 'SQL', 'a picture'.

        Processes start when they are needed.
        """
        self.opened = opened
        self.command = command
        self.what = what
        self.free = processes
        self.idle: list[Process] = []
        self.waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # by client, who is next first
        self.making: Counter[str] = Counter()  # by client, questions that have a place and are not asked yet
        self.asking: set[str] = set()  # clients with a question under way
        self.replacing: set[asyncio.Task[None]] = set()

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """The block makes a question that is to be asked right after it: nothing is made that would find no place.

        Raises TooBusy.
        """
        self.check_room(client)
        with counted(self.making, client):
            yield

    def check_room(self, client: str) -> None:
        """Raises TooBusy where as many questions wait as may, of this client or of all."""
        mine = len(self.waiting.get(client, ())) + self.making[client]
        if mine >= OF_ONE_AT_MOST:
            raise TooBusy(f"{mine} of your questions are waiting already. Try again when they are answered.")
        if sum(map(len, self.waiting.values())) + self.making.total() >= OF_ALL_AT_MOST:
            raise TooBusy("Too many others ask just now. Try again in some seconds, or ask the file itself.")

    async def ask(self, client: str, question: Mapping[str, Any]) -> Answer:
        """The head and body of the process's answer, which takes at most the `seconds` of the question.

        The time to wait for the turn does not count. Raises TooBusy.
        """
        with elsewhere():
            return await self.ask_in_turn(client, question)

    async def ask_in_turn(self, client: str, question: Mapping[str, Any]) -> Answer:
        await self.turn(client)
        process = None
        try:
            process = self.idle.pop() if self.idle else await self.started()
            async with asyncio.timeout(question["seconds"] + GRACE):
                head, body = await process.ask(question)
            if not head.pop("retires", False):
                self.idle.append(process)
                process = None
            return head, body
        except TimeoutError:
            return {"problem": TOO_LONG, "sentence": ""}, b""
        except Ended:
            return {"problem": TOO_LARGE, "sentence": ""}, b""
        finally:
            self.asking.discard(client)
            if process is None:
                self.release()
            else:
                self.replace(process)

    async def turn(self, client: str) -> None:
        """Wait until a process is free and it is this client's turn. Raises TooBusy."""
        self.check_room(client)
        my_turn = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(client, deque()).append(my_turn)
        self.next()
        try:
            await my_turn
        except asyncio.CancelledError:
            if not my_turn.cancelled():  # the turn had come
                self.asking.discard(client)
                self.release()
            raise

    def next(self) -> None:
        """Give the free processes to the clients that have waited longest and have no question under way."""
        for client in list(self.waiting):
            if not self.free:
                return
            if client in self.asking:
                continue
            queue = self.waiting.pop(client)
            while queue and queue[0].done():  # who asked has gone
                queue.popleft()
            if not queue:
                continue
            self.free -= 1
            self.asking.add(client)
            queue.popleft().set_result(None)
            if queue:
                self.waiting[client] = queue  # behind the others

    def release(self) -> None:
        self.free += 1
        self.next()

    def replace(self, process: Process) -> None:
        """End a process and start another, which takes its place; nobody waits for that but who comes next."""

        async def replaced() -> None:
            try:
                await process.end()
                self.idle.append(await self.started())
            except TooBusy:
                pass  # the next question tries again
            finally:
                self.release()

        task = asyncio.create_task(replaced())
        self.replacing.add(task)
        task.add_done_callback(self.replacing.discard)

    async def started(self) -> Process:
        """A new process that is ready. Raises TooBusy where there is none."""
        if not self.opened.is_there:
            raise TooBusy("A new edition was put in place just now. Try again in a moment.")
        try:
            process = await asyncio.to_thread(Process, self.command)
            async with asyncio.timeout(STARTS_WITHIN):
                await process.answer()
            return process
        except (OSError, Ended, TimeoutError) as error:
            log.error("no process for %s could be started: %r", self.what, error)
            raise TooBusy(
                f"No process for {self.what} could be started just now. Try again in some seconds."
            ) from error

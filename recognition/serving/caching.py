"""Keeps finished answers in memory: a page depends on nothing but its address, the edition and the day.

Sends them compressed, with a strong ETag and a lifetime that ends at midnight (UTC), when another day is 'today'.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import sys
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass

from datasette.app import Datasette

from .accepted import accepts_gzip
from .asgi import App, Headers, Message, Receive, Scope, Send, client_of, header
from .conditions import Version, as_time, start_of
from .configuration import Configuration
from .log_lines import shown, traceback_of
from .problems import in_short
from .sending import Passing, Sending, pieces_of, send_in_pieces, unpacking
from .turns import Turn, in_turn, turn_of, turns_of

# Bytes of answers that are kept, with their addresses and headers; all pages of a site take a third.
MEMORY = 32 * 2**20
KEPT_AT_MOST = 4 * 2**20  # a larger answer is not kept
HELD_AT_MOST = 8 * 2**20  # bytes of an answer, not compressed; a larger one is passed on as it comes
# Bytes of all answers that are being made; where there are more, those that have more than the second are passed on too.
MADE_AT_MOST, MADE_IN_ANY_CASE = 32 * 2**20, 2**20
LARGE_AT_MOST = 1_000  # addresses of which that is known
LONGEST_KEY = 2_000  # bytes of an address; the answer to a longer one is not kept
OVERHEAD = 500  # bytes of an answer in the tables of Python, besides what it consists of
COMPRESSED_FROM = 400  # bytes; less is not worth it
IN_A_THREAD_FROM = 32_000  # bytes, which take half a millisecond to compress; a thread takes a tenth
LEVEL = 2  # 6 % larger than 4 and 1.6 times as fast, which the first reader of a page notices
LEVEL_IN_A_THREAD = 4  # where it holds up nobody, and every reader of a large page has less to wait for
TEXT = re.compile(rb"text/|application/([\w.]+\+)?(json|xml)|application/javascript|image/svg")
STATIC = ("/static/", "/-/static")  # what stays the same for ever where its address has its checksum
# Headers that this module sets itself, and ones that say what no answer varies by.
REPLACED = {b"content-length", b"transfer-encoding", b"cache-control", b"etag", b"vary", b"last-modified"}
VARY = (b"vary", b"Accept-Encoding")
NOT_STORED = (b"cache-control", b"no-store")
DAY = 86_400
FOR_EVER = b"public, max-age=31536000, immutable"
BROKEN = "Something went wrong here while this page was made. The error was noted."

Key = tuple[bytes | str, bytes]

log = logging.getLogger(__name__)


class TooLarge(BaseException):
    """Ends the making of an answer that would not be held; no `except Exception` on its way answers with a page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer. `body` is compressed where that is worth it; `length` and `tag` are those of the text itself."""

    status: int
    headers: Headers
    body: bytes
    compressed: bool
    length: int
    tag: bytes  # the ETag without quotation marks; empty where the answer must not be stored

    def size(self, key: Key) -> int:
        """The bytes that it takes in memory under a key."""
        parts = [self.body, self.tag, *key, *(text for pair in self.headers for text in pair)]
        return OVERHEAD + sum(map(sys.getsizeof, [*parts, self.headers, *self.headers]))


def answer_of(edition: str, status: int, headers: Headers, body: bytes) -> Answer:
    """The Answer to keep and send. Errors, and responses marked `no-store`, get no tag."""
    stored = status == 200 and NOT_STORED not in [(name.lower(), value) for name, value in headers]
    headers = [(name, value) for name, value in headers if name.lower() not in REPLACED]
    kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
    tag = b"%s-%s" % (edition[:12].encode(), hashlib.sha256(body).hexdigest()[:20].encode()) if stored else b""
    if len(body) < COMPRESSED_FROM or not TEXT.match(kind):
        return Answer(status, headers, body, False, len(body), tag)
    packed = zlib.compressobj(LEVEL if len(body) < IN_A_THREAD_FROM else LEVEL_IN_A_THREAD, wbits=31)
    return Answer(status, headers, packed.compress(body) + packed.flush(), True, len(body), tag)


UNREAD = "Too much is being sent just now that is not being read. Read it, and ask again in some seconds."


def too_much(path: str) -> Answer:
    """The answer to a reader who has too much to read already."""
    kind, body = in_short(path, UNREAD, 503)
    return Answer(503, [(b"content-type", kind), (b"retry-after", b"5")], body, False, len(body), b"")


class KeptAnswers:
    """The application behind a memory of its answers, from which the least recently used ones are dropped.

    `kept` are the answers by address, oldest use first; `size` is the sum of their sizes in bytes.
    """

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        self.datasette = datasette
        self.configuration = configuration
        self.kept: OrderedDict[Key, Answer] = OrderedDict()
        self.sending = Sending(lambda key, answer: key is not None and self.kept.get(key) is answer)
        self.turns = turns_of(datasette)
        self.size = 0
        self.made = 0  # bytes that are held of answers that are being made
        self.day = 0
        self.making: dict[Key, tuple[asyncio.Task[Answer | None], Turn | None]] = {}  # each in its turn
        self.large: set[Key] = set()
        self.published: int | None = None  # when the edition was, in seconds since 1970

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] == "POST":
            await self.pass_on_in_turn(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD") or self.configuration.is_file(scope["path"]):
            await self.pass_on(scope, receive, send)
        elif answer := await self.answer(scope):
            await self.say(answer, scope, send)
        else:
            await self.pass_on_in_turn(scope, receive, send)

    async def pass_on_in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Its parts are made in a turn; while one is sent, the visitor's other answers go on."""
        async with in_turn(self.datasette, client_of(scope)) as turn:

            async def send_outside(message: Message) -> None:
                turn.leave()
                within = turn_of.set(None)  # for the connection may begin its next request meanwhile
                await send(message)
                turn_of.reset(within)
                await turn.come_back_in_turn()

            await self.pass_on(scope, receive, send_outside)

    async def pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send an answer as it comes, so that little of it is held."""

        def refuse() -> list[Message]:
            refusal = too_much(scope["path"])
            headers = [*refusal.headers, NOT_STORED, (b"content-length", b"%d" % refusal.length)]
            body = {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else refusal.body}
            return [{"type": "http.response.start", "status": refusal.status, "headers": headers}, body]

        passing = Passing(send, self.sending, client_of(scope), refuse)
        is_file = self.configuration.is_file(scope["path"])

        def checked(message: Message) -> Message:
            if message.get("status") == 200 and not is_file:
                Version().is_known(scope)
            return not_stored(message, is_file)

        await self.app(scope, receive, lambda message: passing(checked(message)))

    async def answer(self, scope: Scope) -> Answer | None:
        """The answer to a request: kept, or made; None where it is too large. Requests for one address wait for the same.

        Raises TooMany.
        """
        if not self.configuration.keep_answers:
            return await self.make(scope)
        key = address(scope)
        is_known = self.recall(key) or key in self.large or key in self.making
        turn = None if is_known or turn_of.get() else await self.turns.take(client_of(scope))
        # another visitor may have asked for the same meanwhile
        answer, (task, its_turn) = self.recall(key), self.making.get(key, (None, None))
        if not (answer or task or key in self.large):
            return await asyncio.shield(self.begin(key, scope, turn))
        if turn:
            turn.end()
        if answer or not task:
            return answer
        if its_turn:
            mine = turn_of.get()
            its_turn.made_for |= mine.made_for if mine else {client_of(scope)}
        return await asyncio.shield(task)

    def begin(self, key: Key, scope: Scope, turn: Turn | None) -> asyncio.Task[Answer | None]:
        """Make an answer in a turn that ends with it; without one, in that of the page which asks for it.

        The task goes on if who asked leaves.
        """

        async def made() -> Answer | None:
            if turn:
                turn_of.set(turn)
                await turn.give_way()
            return await self.make_and_keep(key, scope)

        def ended(_: object) -> None:
            self.making.pop(key, None)
            if turn:
                turn.end()

        task = asyncio.create_task(made())
        self.making[key] = task, turn or turn_of.get()
        task.add_done_callback(ended)
        return task

    def recall(self, key: Key) -> Answer | None:
        """The kept answer to an address. Those of yesterday are dropped, because they say 'today'."""
        day = int(time.time()) // DAY
        if day != self.day:
            self.kept.clear()
            self.size, self.day = 0, day
        answer = self.kept.get(key)
        if answer is not None:
            self.kept.move_to_end(key)
        return answer

    async def make_and_keep(self, key: Key, scope: Scope) -> Answer | None:
        day = self.day
        answer = await self.make(scope)
        if answer and answer.tag and self.edition and day == self.day and sum(map(len, key)) <= LONGEST_KEY:
            size = answer.size(key)
            if size <= KEPT_AT_MOST and key not in self.kept:
                self.kept[key] = answer
                self.size += size
            self.make_room()
        return answer

    def remember_as_large(self, key: Key) -> None:
        if len(self.large) >= LARGE_AT_MOST:
            self.large.clear()
        if sum(map(len, key)) <= LONGEST_KEY:
            self.large.add(key)

    def make_room(self) -> None:
        """Drop the answers that were not asked for longest. What is being sent stays: its memory would not become free."""
        while self.size > MEMORY:
            dropped = next((key for key, answer in self.kept.items() if not self.sending.holds(answer)), None)
            if dropped is None:
                return
            self.size -= self.kept.pop(dropped).size(dropped)

    async def make(self, scope: Scope) -> Answer | None:
        """Ask the application; None where it says more than is held, or than there is room for.

        It sees nothing of the visitor, since others will get the answer too.
        """
        status, headers, held = 500, [], 0
        parts: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def collect(message: Message) -> None:
            nonlocal status, headers, held
            if message["type"] == "http.response.start":  # the second one, where there is one, is of an error page
                status, headers = message["status"], list(message.get("headers", ()))
                parts.clear()
                more = -held
            else:
                parts.append(message.get("body", b""))
                more = len(parts[-1])
            held += more
            self.made += more
            if held > HELD_AT_MOST or (held > MADE_IN_ANY_CASE and self.made > MADE_AT_MOST):
                raise TooLarge

        try:
            await self.app({**scope, "method": "GET", "headers": []}, receive, collect)
        except TooLarge:
            if held > HELD_AT_MOST:
                self.remember_as_large(address(scope))
            return None
        except Exception as error:  # whatever it was: a reader gets a sentence, the log the rest
            log.error("while %s was made\n%s", shown(scope["path"]), traceback_of(error))
            kind, body = in_short(scope["path"], BROKEN, 500)
            status, headers, parts = 500, [(b"content-type", kind)], [body]
        finally:
            self.made -= held
        if held < IN_A_THREAD_FROM:
            return answer_of(self.edition, status, headers, b"".join(parts))
        return await asyncio.to_thread(answer_of, self.edition, status, headers, b"".join(parts))

    @property
    def edition(self) -> str:
        """The checksum of the database; empty where there is none, or where it may still change."""
        name = self.configuration.database
        return self.datasette.get_database(name).hash or "" if name in self.datasette.databases else ""

    async def say(self, answer: Answer, scope: Scope, send: Send) -> None:
        """Send an answer as this visitor asked for it: compressed or not, body or only headers, or 304. Raises Unmet."""
        zipped = answer.compressed and accepts_gzip(header(scope, b"accept-encoding"))
        headers, version = [*answer.headers, VARY], Version()
        if answer.tag:
            version = Version(b'"%s%s"' % (answer.tag, b"-gzip" if zipped else b""), await self.changed())
            headers += [(b"etag", version.tag), (b"cache-control", self.lifetime(answer, scope))]
        else:
            headers.append(NOT_STORED)
        if answer.status == 200 and version.is_known(scope):
            headers = [pair for pair in headers if pair[0].lower() != b"content-type"]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        if version.changed:
            headers.append((b"last-modified", as_time(version.changed)))
        if zipped:
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", b"%d" % (len(answer.body) if zipped else answer.length)))
        client, key, size = client_of(scope), address(scope), 0 if scope["method"] == "HEAD" else len(answer.body)
        if not self.sending.may(client, key, answer, size):
            await self.say(too_much(scope["path"]), scope, send)
            return
        with self.sending.holding(client, key, answer, size):
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})

            async def send_after_others(message: Message) -> None:
                await self.turns.others_first(client)
                await send(message)

            pieces = unpacking if answer.compressed and not zipped else pieces_of
            await send_in_pieces(send_after_others, pieces(answer.body if size else b""))

    async def changed(self) -> int:
        """When an answer changed for the last time, in seconds since 1970: with the edition, or because 'today' is another day."""
        if self.published is None:
            label = await self.configuration.label(self.datasette)
            self.published = start_of(label.published_on) or 0
        return max(self.published, int(time.time()) // DAY * DAY)

    def lifetime(self, answer: Answer, scope: Scope) -> bytes:
        """Cache-Control: as Datasette's setting says, but not past midnight, when another day is 'today'."""
        is_file = scope["path"].startswith(STATIC) and scope["query_string"]
        if is_file and answer.tag.endswith(b"-" + scope["query_string"]):
            return FOR_EVER  # a file whose address has its checksum
        ttl = self.datasette.setting("default_cache_ttl")
        return b"public, max-age=%d" % min(ttl, DAY - int(time.time()) % DAY)


def not_stored(message: Message, is_file: bool) -> Message:
    """A message of an answer that is passed on, with `Cache-Control: no-store`, unless a file has set the header itself."""
    if message["type"] != "http.response.start":
        return message
    headers = [pair for pair in message["headers"] if pair[0].lower() != b"vary"]
    if not is_file or message["status"] >= 400 or not any(name.lower() == b"cache-control" for name, _ in headers):
        headers = [pair for pair in headers if pair[0].lower() != b"cache-control"] + [NOT_STORED]
    return {**message, "headers": headers}


def address(scope: Scope) -> Key:
    """All that an answer depends on besides the edition and the day: path and question, without the prefix."""
    return scope.get("raw_path") or scope["path"], scope["query_string"]

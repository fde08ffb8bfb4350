"""Answers from memory what was asked before: every page is a function of its address, the edition and the day."""

import asyncio
import gzip
import hashlib
import logging
import os
import re
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass


DATABASE = "recognition"
KEEP_NONE = os.environ.get("RECOGNITION_KEEP_ANSWERS") == "off"  # for measurements
MEMORY = 64 * 2**20  # bytes of answers that are kept, compressed
KEPT_AT_MOST = 4 * 2**20  # a larger answer is made anew each time
OVERHEAD = 2_000  # bytes of an answer besides its body: address, headers, Python's objects
COMPRESSED_FROM = 400  # bytes; less is not worth it
LEVEL = 4  # a twentieth larger than 6 and four times as fast, which the first reader of a page notices
TEXT = re.compile(rb"text/|application/(json|xml|javascript)|image/svg")
ACCEPTS_GZIP = re.compile(rb"(?:^|[,\s])(?:gzip|\*)\s*(?:$|,|;\s*q\s*=\s*(?:1|0?\.0*[1-9]))")
# Answers that are sent as they are made: they may be as large as a table, and files answer for themselves.
STREAMED = re.compile(rb"(^|&)_stream=")
FILES = (".db", ".blob")
# What this module says itself, and what nobody needs to vary by: the site has no accounts.
REPLACED = {b"content-length", b"transfer-encoding", b"cache-control", b"etag", b"vary", b"last-modified"}
VARY = (b"vary", b"Accept-Encoding")
NOT_KEPT = (b"cache-control", b"no-store")
DAY = 86_400
FOR_EVER = b"public, max-age=31536000, immutable"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `body` compressed where that is worth it; `length` and `tag` are those of the text itself."""

    status: int
    headers: list
    body: bytes
    compressed: bool
    length: int
    tag: bytes  # without quotation marks; empty where the answer is not to be kept

    @property
    def size(self):
        return len(self.body) + OVERHEAD


def answer_of(edition, status, headers, body):
    """The answer to keep and send, from what the application said; what it says is not to be stored is not kept."""
    kept = status == 200 and NOT_KEPT not in [(name.lower(), value) for name, value in headers]
    headers = [(name, value) for name, value in headers if name.lower() not in REPLACED]
    kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
    tag = b"%s-%s" % (edition[:12].encode(), hashlib.sha256(body).hexdigest()[:20].encode()) if kept else b""
    if len(body) < COMPRESSED_FROM or not TEXT.match(kind):
        return Answer(status, headers, body, False, len(body), tag)
    return Answer(status, headers, gzip.compress(body, LEVEL, mtime=0), True, len(body), tag)


class Responses:
    """The application behind a memory of its answers; the least recently used ones give way."""

    def __init__(self, app, datasette):
        self.app = app
        self.datasette = datasette
        self.kept = OrderedDict()
        self.size = 0
        self.day = 0
        self.making = {}

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD") or self.streamed(scope):
            await self.app(scope, receive, lambda message: send(self.not_kept(scope, message)))
            return
        key = address(scope)
        answer = self.recall(key) or await self.made(key, scope)
        await self.say(answer, scope, send)

    @staticmethod
    def streamed(scope):
        return scope["path"].endswith(FILES) or STREAMED.search(scope["query_string"])

    @staticmethod
    def not_kept(scope, message):
        """What is not made whole is not kept, unless it says for itself how long it may be."""
        if message["type"] != "http.response.start":
            return message
        headers = [pair for pair in message["headers"] if pair[0].lower() != b"vary"]
        files = scope["path"].endswith(FILES) and message["status"] < 400
        if not files or not any(name.lower() == b"cache-control" for name, _ in headers):
            headers = [pair for pair in headers if pair[0].lower() != b"cache-control"] + [NOT_KEPT]
        return {**message, "headers": headers}

    def recall(self, key):
        """The kept answer to an address, or None; those of yesterday are forgotten, because 'today' was in them."""
        day = int(time.time()) // DAY
        if day != self.day:
            self.kept.clear()
            self.size, self.day = 0, day
        answer = self.kept.get(key)
        if answer is not None:
            self.kept.move_to_end(key)
        return answer

    async def made(self, key, scope):
        """The answer as the application makes it; whoever asks for the same meanwhile waits for the same."""
        if KEEP_NONE:
            return await self.make(key, scope)
        task = self.making.get(key)
        if task is None:
            task = self.making[key] = asyncio.create_task(self.make(key, scope))
            task.add_done_callback(lambda _: self.making.pop(key, None))
        return await asyncio.shield(task)

    async def make(self, key, scope):
        status, headers, parts = 500, [], []
        day = self.day

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def collect(message):
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", ()))
            else:
                parts.append(message.get("body", b""))

        try:
            await self.app({**scope, "method": "GET", "headers": host_only(scope)}, receive, collect)
        except Exception:  # nobody asked whether it was caught below: a reader gets a sentence, the log the rest
            log.exception("while %s was made", scope["path"])
            status, headers = 500, [(b"content-type", b"text/plain; charset=utf-8")]
            parts = [b"Something went wrong here while this page was made. The error was noted.\n"]
        edition = self.datasette.get_database(DATABASE).hash or "" if DATABASE in self.datasette.databases else ""
        answer = answer_of(edition, status, headers, b"".join(parts))
        if answer.tag and edition and not KEEP_NONE and day == self.day and answer.size <= KEPT_AT_MOST:
            self.keep(key, answer)
        return answer

    def keep(self, key, answer):
        self.kept[key] = answer
        self.size += answer.size
        while self.size > MEMORY:
            _, forgotten = self.kept.popitem(last=False)
            self.size -= forgotten.size

    async def say(self, answer, scope, send):
        asked = {name: value for name, value in scope["headers"] if name in (b"accept-encoding", b"if-none-match")}
        zipped = answer.compressed and ACCEPTS_GZIP.search(asked.get(b"accept-encoding", b"")) is not None
        headers = [*answer.headers, VARY]
        if answer.tag:
            tag = b'"%s%s"' % (answer.tag, b"-gzip" if zipped else b"")
            headers += [(b"etag", tag), (b"cache-control", self.how_long(answer, scope))]
            if b"if-none-match" in asked and matches(asked[b"if-none-match"], tag):
                headers = [pair for pair in headers if pair[0].lower() != b"content-type"]
                await send({"type": "http.response.start", "status": 304, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        else:
            headers.append(NOT_KEPT)
        if zipped:
            headers.append((b"content-encoding", b"gzip"))
        length = len(answer.body) if zipped else answer.length
        headers.append((b"content-length", b"%d" % length))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        if body and answer.compressed and not zipped:
            body = zlib.decompress(body, 31)
        await send({"type": "http.response.body", "body": body})

    def how_long(self, answer, scope):
        """As Datasette's setting says, but not past midnight, when another day is 'today'."""
        if scope["query_string"] and answer.tag.endswith(b"-" + scope["query_string"]):
            return FOR_EVER  # its address has the checksum of what it holds, as those of static files have
        ttl = self.datasette.setting("default_cache_ttl")
        return b"public, max-age=%d" % min(ttl, DAY - int(time.time()) % DAY)


def address(scope):
    """What an answer depends on. The host is in links, the scheme too."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return scope.get("scheme"), host, scope.get("raw_path") or scope["path"], scope["query_string"]


def host_only(scope):
    """An answer that others will get must not depend on anything else that one of them sent."""
    return [(name, value) for name, value in scope["headers"] if name == b"host"]


def matches(wanted, tag):
    """Whether a strong tag is among those of If-None-Match, compared weakly as RFC 9110 asks."""
    return wanted.strip() == b"*" or tag in (part.strip().removeprefix(b"W/") for part in wanted.split(b","))



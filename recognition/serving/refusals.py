"""Refuses with a sentence the requests that no page can answer, before Datasette, which would fail on each of them."""

from __future__ import annotations

import re

from datasette.app import Datasette
from datasette.utils.asgi import Base400, NotFound, Request, Response

from .asgi import App, Receive, Scope, Send
from .closed_pages import is_closed
from .configuration import Configuration
from .errors import answer_to, plain_address, with_question

METHODS = "GET, HEAD, OPTIONS"  # nothing can be written here
LONGEST_PATH = 2000
# Datasette parses the whole query string once for each of its parameters: the 15,000 that fit would take minutes.
PARAMETERS_AT_MOST = 100
SEPARATORS = re.compile(rb"[/\\]")
# Characters that need no ~: Datasette reads ~72 as r, and /~72ecognition would be a second address of its own.
TILDE = re.compile(rb"~(2[dD]|3\d|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])")

PERCENT = re.compile(rb"%([0-9a-fA-F]{2})?")
UNRESERVED = re.compile(rb"[A-Za-z0-9._~,-]")  # which mean the same with % and without


class Refused(Base400):
    """A request that is wrong whatever it asks for; `status` says how."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def path_of(scope: Scope) -> bytes:
    """The path of a request as it was sent, percent-encoded."""
    path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return path.partition(b"?")[0]


def tidied(path: bytes) -> bytes:
    """The path as Datasette writes it: no empty segments and no '.', / for \\ as browsers read it, no / at the end.

    Characters that need it are written with ~ instead of %, letters and digits as they are.
    """
    plain = TILDE.sub(lambda found: bytes.fromhex(found[1].decode()), PERCENT.sub(without_percent, path))
    return b"/" + b"/".join(segment for segment in SEPARATORS.split(plain) if segment not in (b"", b"."))


def without_percent(found: re.Match[bytes]) -> bytes:
    """A percent-encoded character, or a % alone, as Datasette writes it in an address."""
    if not found[1]:
        return b"~25"
    character = bytes.fromhex(found[1].decode())
    if character == b" ":
        return b"+"
    return character if UNRESERVED.fullmatch(character) else b"~" + found[1].upper()


def refused(scope: Scope) -> Refused | None:
    """What is wrong with a request whatever site it is sent to; None where nothing is."""
    path = path_of(scope)
    parameters = scope.get("query_string", b"").count(b"&") + 1
    if scope["method"] not in METHODS.split(", "):
        return Refused(405, f"This site can only be read: {METHODS}.")
    if len(path) > LONGEST_PATH:
        return Refused(400, f"No address here is longer than {LONGEST_PATH} characters; this one has {len(path)}.")
    if not path.isascii() or not path.startswith(b"/"):
        return Refused(400, "An address begins with / and has all but ASCII characters percent-encoded.")
    if parameters > PARAMETERS_AT_MOST:
        return Refused(400, f"An address may have {PARAMETERS_AT_MOST} parameters; this one has {parameters}.")
    return None


async def refuse(
    datasette: Datasette, scope: Scope, receive: Receive, problem: Base400, configuration: Configuration
) -> Response:
    """The page that says what is wrong."""
    request = Request({**scope, "headers": [], "csrftoken": lambda: ""}, receive)
    response = await answer_to(datasette, request, problem, configuration)()
    if problem.status == 405:
        response.headers["Allow"] = METHODS
    return response


class Refusals:
    """The application behind the refusals."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        self.datasette = datasette
        self.configuration = configuration

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.datasette.invoke_startup()  # which Datasette does only when its router is reached
        path = path_of(scope)
        tidy = tidied(path)
        problem: Base400 | None = refused(scope)
        if problem is None and self.is_closed(tidy):
            problem = NotFound("There is no such page.")
        if problem is not None:
            response = await refuse(self.datasette, scope, receive, problem, self.configuration)
        elif scope["method"] == "OPTIONS":
            response = Response("", status=204, headers={"Allow": METHODS})
        elif path != tidy:
            response = await self.lead_on(tidy.decode("ascii"), scope.get("query_string", b"").decode("latin-1"))
        else:
            await self.app(scope, receive, send)
            return
        await response.asgi_send(send)

    def is_closed(self, tidy: bytes) -> bool:
        """Whether a path that `tidied` gave is closed; it must be ASCII, which `refused` makes sure of.

        So is one that has the site's prefix a second time: Datasette would take it off again.
        """
        path, prefix = tidy.decode("ascii"), self.datasette.setting("base_url")
        doubled = prefix != "/" and f"{path}/".startswith(prefix)
        return doubled or is_closed(path, self.configuration.database, self.datasette.opened_file.closed_tables)

    async def lead_on(self, tidy: str, question: str) -> Response:
        """To a path that `tidied` gave, or at once to the page of which that is another spelling."""
        path = await plain_address(self.datasette, tidy, self.configuration) or tidy
        return Response.redirect(with_question(self.datasette.urls.path(path), question), status=301)

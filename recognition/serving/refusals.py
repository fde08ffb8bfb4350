"""Gives every request the one spelling of its address, before anything compares it, and refuses what no page can answer.

Inside of this layer `path` and `raw_path` of a scope are the same: the canonical spelling, without the site's prefix.
"""

from __future__ import annotations

import re

from datasette.app import Datasette
from datasette.utils.asgi import Base400, NotFound, Request, Response

from .addresses import without_prefix
from .asgi import App, Receive, Scope, Send, client_of
from .canonical import canonical
from .closed_pages import is_closed
from .conditions import Unmet
from .configuration import Configuration
from .errors import TRY_AGAIN_AFTER, answer_to, plain_address, with_question
from .other_origins import is_preflight
from .problems import in_short
from .turns import TooMany, in_turn, turns_of

METHODS = ("GET", "HEAD", "OPTIONS")  # of an address of which the configuration says nothing else
LONGEST_PATH = 2000
# Datasette parses the whole query string once for each of its parameters: the 15,000 that fit would take minutes.
PARAMETERS_AT_MOST = 100
ORIGIN = re.compile(rb"\Ahttps?://[^/?#]+", re.IGNORECASE)  # before the path, where a request is written as for a proxy
NOT_IN_ADDRESSES = re.compile(rb"""[^!-~]|["<>\\^`{|}]""")  # RFC 3986, but for the brackets that many programs send


class Refused(Base400):
    """A request that is wrong whatever it asks for; `status` says how."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def path_of(scope: Scope) -> bytes:
    """The path of a request as it was sent, percent-encoded, without the question and without the name of a host."""
    sent: bytes = (scope.get("raw_path") or scope["path"].encode("utf-8")).partition(b"?")[0]
    return ORIGIN.sub(b"", sent) or b"/"


def question_of(scope: Scope) -> bytes:
    """The query string of a request; bytes in it that no address has are percent-encoded, as browsers do.

    What says an address, such as the header Link, would end at a '>' in it.
    """
    return NOT_IN_ADDRESSES.sub(lambda found: b"%%%02X" % found[0][0], scope.get("query_string") or b"")


def too_long(path: bytes | str) -> Refused | None:
    """What is wrong with the length of a path; None where nothing is."""
    if len(path) <= LONGEST_PATH:
        return None
    return Refused(400, f"No address here is longer than {LONGEST_PATH} characters; this one has {len(path)}.")


def methods_at(path: str, configuration: Configuration) -> tuple[str, ...]:
    """The methods that a path in canonical spelling takes."""
    return configuration.methods.get(path, METHODS)


def not_allowed(allowed: tuple[str, ...]) -> Refused:
    """What is wrong with another method than those that a path takes."""
    what = "This site can only be read" if allowed == METHODS else "This address takes these methods alone"
    return Refused(405, f"{what}: {', '.join(allowed)}.")


async def refuse(
    datasette: Datasette, scope: Scope, receive: Receive, problem: Base400, configuration: Configuration
) -> Response:
    """The page that says what is wrong."""
    request = Request({**scope, "headers": [], "csrftoken": lambda: ""}, receive)
    response = await answer_to(datasette, request, problem, configuration)()
    if problem.status == 405:
        response.headers["Allow"] = ", ".join(methods_at(scope["path"], configuration))
    return response


class Refusals:
    """The application behind the canonical spelling and the refusals."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        self.datasette = datasette
        self.configuration = configuration
        self.turns = turns_of(datasette)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.datasette.invoke_startup()  # which Datasette does only when its router is reached
        sent, question = path_of(scope), question_of(scope)
        if scope["method"] == "OPTIONS" and sent == b"*":  # which asks about the whole site
            sent = b"/"
        try:
            path, problem = self.path(sent), None
        except Base400 as invalid:
            # the page that says so keeps the path, and a question would be no better there
            path, problem, question = sent.decode("latin-1"), invalid, b""
        if scope["method"] not in (allowed := methods_at(path, self.configuration)):
            problem, question = not_allowed(allowed), b""
        scope = {**scope, "path": path, "raw_path": path.encode("latin-1"), "query_string": question}
        problem = problem or self.problem(path, question)
        try:
            with self.turns.asking(client_of(scope)):
                await self.answer(scope, receive, send, sent.decode("ascii", "replace"), problem)
        except TooMany as busy:  # raised before anything is sent
            again = {"Retry-After": str(TRY_AGAIN_AFTER)}
            kind, body = in_short(path, str(busy), 503)
            await say(Response(body.decode(), 503, again, kind.decode()), scope, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send, sent: str, problem: Base400 | None) -> None:
        """Answer a request in canonical spelling whose path was `sent`, and with which there may be a problem."""
        path, question = scope["path"], scope["query_string"]
        if is_preflight(scope) or (problem is None and scope["method"] == "OPTIONS"):
            allowed = ", ".join(methods_at(path, self.configuration))
            await say(Response("", status=204, headers={"Allow": allowed}), scope, send)
            return
        if problem is None and sent in (path, self.address(path)):
            try:
                await self.app(scope, receive, send)
                return
            except Unmet as unmet:
                problem = unmet
        async with in_turn(self.datasette, client_of(scope)):
            if problem:
                response = await refuse(self.datasette, scope, receive, problem, self.configuration)
            else:
                response = await self.lead_on(path, question.decode("ascii"))
                if scope["method"] == "POST":
                    response.status = 308  # after 301 browsers ask with GET
        await say(response, scope, send)

    def path(self, sent: bytes) -> str:
        """The path of a request in canonical spelling, without the prefix. Raises Base400 where it has none."""
        if problem := too_long(sent):
            raise problem
        path = without_prefix(canonical(sent), self.datasette.setting("base_url"))
        if problem := too_long(path):  # with ~ in place of signs that need it
            raise problem
        return path

    def problem(self, path: str, question: bytes) -> Base400 | None:
        """Why a path in canonical spelling is not answered; None where it is."""
        parameters, prefix = question.count(b"&") + 1, self.datasette.setting("base_url")
        if parameters > PARAMETERS_AT_MOST:
            return Refused(400, f"An address may have {PARAMETERS_AT_MOST} parameters; this one has {parameters}.")
        # where the prefix is there a second time, Datasette would take it off again
        doubled = prefix != "/" and f"{path}/".startswith(prefix)
        if doubled or is_closed(path, self.configuration.database, self.datasette.opened_file.closed_tables):
            return NotFound("There is no such page.")
        return None

    def address(self, path: str) -> str:
        """A path with the site's prefix."""
        return str(self.datasette.urls.path(path))

    async def lead_on(self, path: str, question: str) -> Response:
        """To a path in canonical spelling, or at once to the page of which that is another spelling."""
        plain = await plain_address(self.datasette, path, self.configuration) or path
        return Response.redirect(with_question(self.address(plain), question), status=301)


async def say(response: Response, scope: Scope, send: Send) -> None:
    """Send an answer that nobody keeps; to HEAD without its body."""
    response.headers["Cache-Control"] = "no-store"
    if response.status != 204:  # which has neither a body nor a length
        response.headers["Content-Length"] = str(len((response.body or "").encode("utf-8")))
    if scope["method"] == "HEAD":
        response.body = ""
    await response.asgi_send(send)

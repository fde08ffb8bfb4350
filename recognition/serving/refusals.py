"""Requests that no page can answer are refused with a sentence before Datasette, which fails on each of these, sees them."""

import re

from datasette.utils.asgi import Base400, Request, Response

from .errors import answer_to

METHODS = "GET, HEAD, OPTIONS"  # nothing can be written here
LONGEST_PATH = 2000
# Datasette takes the whole address apart again for each of its parameters: the 15,000 that fit would keep it busy for minutes.
PARAMETERS_AT_MOST = 100
HOST = re.compile(r"[a-z0-9._-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?", re.ASCII | re.IGNORECASE)
SEPARATORS = re.compile(rb"[/\\]")


class Refused(Base400):
    """A request that is wrong whatever it asks for, with the status that says how."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def path_of(scope):
    return (scope.get("raw_path") or scope["path"].encode("utf-8")).partition(b"?")[0]


def host_of(scope):
    return next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"), "")


def tidied(path):
    """The path without empty steps and '.', and with / for \\, as browsers read it; Datasette would lead from // to nowhere."""
    steps = SEPARATORS.split(path)
    kept = [step for step in steps if step not in (b"", b".")]
    return b"/" + b"/".join(kept) + (b"/" if kept and steps[-1] in (b"", b".") else b"")


def refused(scope):
    """What is wrong with a request, or None."""
    path, host, parameters = path_of(scope), host_of(scope), scope.get("query_string", b"").count(b"&") + 1
    if scope["method"] not in METHODS.split(", "):
        return Refused(405, f"This site can only be read: {METHODS}.")
    if host and not HOST.fullmatch(host):
        return Refused(400, f"The Host header must be a name or an address, with or without a port, not {host[:40]!r}.")
    if len(path) > LONGEST_PATH:
        return Refused(400, f"No address here is longer than {LONGEST_PATH} characters; this one has {len(path)}.")
    if not path.isascii() or not path.startswith(b"/"):
        return Refused(400, "An address begins with / and has all but ASCII characters percent-encoded.")
    if parameters > PARAMETERS_AT_MOST:
        return Refused(400, f"An address may have {PARAMETERS_AT_MOST} parameters; this one has {parameters}.")
    return None


async def refuse(datasette, scope, receive, wrong):
    """The page that says so; addresses on it cannot be made with a host that is none."""
    await datasette.invoke_startup()
    request = Request({**scope, "headers": [(b"host", b"localhost")], "csrftoken": lambda: ""}, receive)
    response = await answer_to(datasette, request, wrong)()
    if wrong.status == 405:
        response.headers["Allow"] = METHODS
    return response


class Refusals:
    """The application behind the refusals."""

    def __init__(self, app, datasette):
        self.app = app
        self.datasette = datasette

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if wrong := refused(scope):
            response = await refuse(self.datasette, scope, receive, wrong)
        elif scope["method"] == "OPTIONS":
            response = Response("", status=204, headers={"Allow": METHODS})
        elif (path := path_of(scope)) != tidied(path):
            query = scope.get("query_string", b"")
            response = Response.redirect((tidied(path) + (b"?" + query if query else b"")).decode("latin-1"))
        else:
            return await self.app(scope, receive, send)
        return await response.asgi_send(send)

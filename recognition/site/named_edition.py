"""Addresses that name an edition: ?edition=7, or with the first digits of its file's checksum, on every page.

The edition that is served answers as ever. Asked for another one that there was, a page says so on its first line, with a link
to what changed since, and data say so in a header; a file is refused, because it would be taken for the other. An edition
that never was is an error.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote_plus

from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Base400, Response

from recognition.serving.asgi import App, Message, Receive, Scope, Send, client_of
from recognition.serving.configuration import Configuration
from recognition.serving.errors import with_question
from recognition.serving.refusals import refuse, say
from recognition.serving.turns import in_turn

from .bundles import Bundle, bundle_of
from .editions import edition_said, recorded
from .formats import this_edition

PARAMETER = "edition"
ASKED = "recognition.edition"  # what is asked for, in a scope: the number of another edition
HEADER = "Dataset-Edition-Asked"
SHORTEST = 7  # digits of a checksum: fewer may be a number
CHECKSUM = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")
NUMBER = re.compile(r"[1-9]\d{0,5}", re.ASCII)
SHOWN = 40  # characters of a wrong value that its answer repeats


class NotThisFile(Base400):
    """The file of another edition is asked for."""

    status = 410


async def edition_named(datasette: Datasette, text: str) -> int:
    """The number of the edition that `text` names, by number or by the first digits of its checksum. Raises BadRequest for one that never was."""
    text = text.lower().removeprefix("sha256:")
    about, manifests = await this_edition(datasette), (await recorded(datasette)).manifests
    checksums = [(number, manifest["file"]["sha256"]) for number, manifest in manifests.items()]
    checksums.append((about["number"], about["checksum"]))
    numbers = {number for number, _ in checksums}
    if NUMBER.fullmatch(text) and int(text) in numbers:
        return int(text)
    if CHECKSUM.fullmatch(text):
        found = {number for number, checksum in checksums if checksum.startswith(text)}
        if len(found) == 1:
            return found.pop()
    known = ", ".join(map(str, sorted(numbers)))
    raise BadRequest(
        f"{PARAMETER} must be the number of an edition ({known}) or at least {SHORTEST} digits of the checksum of its file, "
        f"not {text[:SHOWN]!r}. This is edition {about['number']}."
    )


async def changes_path(datasette: Datasette, number: int) -> str:
    """The path that tells what changed since an edition: that of the first edition behind it, above which are the newer ones."""
    later = [other for other in (await recorded(datasette)).manifests if other > number]
    return f"/changes#edition-{min(later)}" if later else "/changes"


async def bundle_with(datasette: Datasette, number: int) -> Bundle | None:
    """The bundle that has the file of an edition; None where none is here."""
    manifest = (await recorded(datasette)).manifests.get(number)
    return bundle_of(datasette, manifest["file"]["sha256"]) if manifest else None


async def elsewhere(datasette: Datasette, number: int) -> str:
    """Where the file of another edition is, in a sentence."""
    found = await bundle_with(datasette, number)
    where = (
        f"/bundles/{found.name} has that of edition {number}" if found else f"/changes says what edition {number} was"
    )
    return f"This site has the file of {edition_said(await this_edition(datasette))} alone; {where}."


def parts_of(query: str) -> tuple[str | None, str]:
    """(the edition that a query string names, the query without it); None where it names none.

    SQL of visitors may have a parameter of this name of its own.
    """
    named = [(unquote_plus(part.partition("=")[0]), part) for part in query.split("&")]
    asked = [unquote_plus(part.partition("=")[2]) for name, part in named if name == PARAMETER]
    if not asked or any(name == "sql" and f":{PARAMETER}" in value for name, value in parse_qsl(query)):
        return None, query
    return asked[0].strip(), "&".join(part for name, part in named if name != PARAMETER)


def names_edition(scope: Scope, query: str) -> bool:
    """Whether a request may name an edition that is answered here."""
    return scope["type"] == "http" and PARAMETER in query


class NamedEdition:
    """Between the kept answers and what is asked: each edition has one spelling, and this one none."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        self.datasette = datasette
        self.configuration = configuration

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        if not names_edition(scope, query):
            await self.app(scope, receive, send)
            return
        asked, others = parts_of(query)
        if not asked:
            await self.app({**scope, "query_string": others.encode("latin-1")}, receive, send)
            return
        try:
            number = await edition_named(self.datasette, asked)
            about = await this_edition(self.datasette)
            if number != about["number"] and scope["path"].endswith(".db"):
                raise NotThisFile(await elsewhere(self.datasette, number))
        except Base400 as problem:
            scope = {**scope, "query_string": others.encode("latin-1")}
            async with in_turn(self.datasette, client_of(scope)):
                response = await refuse(self.datasette, scope, receive, problem, self.configuration)
            await say(response, scope, send)
            return
        spelt = "&".join(filter(None, [others, f"{PARAMETER}={number}"]))
        if number == about["number"]:
            await self.app({**scope, "query_string": others.encode("latin-1")}, receive, send)
        elif spelt != query:
            status = 307 if scope["method"] == "POST" else 302  # after 302 browsers ask with GET
            address = with_question(self.datasette.urls.path(scope["path"]), spelt)
            await say(Response.redirect(address, status=status), scope, send)
        else:
            await self.app(scope, receive, send)


class OtherEdition:
    """Inside of the kept answers: takes the edition out of the address before a page reads it, and says which was asked for."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        asked, others = parts_of(query) if names_edition(scope, query) else (None, query)
        if asked is None or not NUMBER.fullmatch(asked):
            await self.app(scope, receive, send)
            return

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (HEADER.lower().encode(), asked.encode())]}
            await send(message)

        scope = {**scope, "query_string": others.encode("latin-1"), ASKED: int(asked)}
        await self.app(scope, receive, send_with_header)

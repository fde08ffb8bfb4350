"""Error pages that help: what went wrong in a sentence, a search with the words of the address, other ways on."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import datasette as stock
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils import tilde_decode
from datasette.utils.asgi import Base400, NotFound, Request, Response, asgi_static
from datasette.views.base import DatasetteError
from markupsafe import Markup

from .asgi import Send
from .canonical import is_canonical
from .configuration import Configuration
from .log_lines import shown, traceback_of
from .problems import is_data, problem

NOTHING = "There is nothing at this address."
# What Datasette says in two words, as a sentence for programs; error.html makes a heading of them.
IN_A_SENTENCE = {
    "": NOTHING,
    "Database not found": NOTHING,
    "Table not found": "There is no table and no question of this name; all that there are have an entry in /openapi.json.",
    "Record not found": "There is no row with this key.",
}
BROKEN = "Something went wrong here while this page was made. It is not your fault; the error was noted."
TOO_SLOW = "This took too long just now, and was stopped. Try again in a moment."
TOO_LONG = "This query took too long and was stopped."
TOO_LARGE = "This needs more memory than one query may have."
ASK_FOR_LESS = " Ask for less at a time, or download {file} and ask the file."
GONE = 410  # the status of an address at which something was
TRY_AGAIN_AFTER = 5  # seconds
LONGEST_SPELLING = 600  # characters of a path for which a page is sought that may be meant
LEADS = (200, 301)  # what is at an address to which another spelling leads
WORD = re.compile(r"[^\W_]+")
WORDS_AT_MOST = 8

log = logging.getLogger(__name__)


def startup(datasette: Datasette) -> None:
    """Keep Datasette from printing statements that fail: the visitor gets a sentence, `answer_to` logs what nobody expected.

    What it prints repeats what the visitor sent, with line breaks.
    """
    for database in datasette.databases.values():
        database.execute = silent(database.execute)


def silent(execute: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Datasette's way to run SQL, without a line on stderr where it fails."""

    def silently(*args: Any, **options: Any) -> Awaitable[Any]:
        return execute(*args, **{**options, "log_sql_errors": False})

    return silently


def no_such_format(form: str, formats: Sequence[str]) -> NotFound:
    """The error for an address that ends in `form`, which is none of its `formats`."""
    endings = " or ".join(f".{known}" for known in formats)
    return NotFound(f"There is no format {form[:40]!r}; add {endings} to the address, or nothing for the page.")


def what_is_wrong(exception: Exception, file: str) -> tuple[int, str | None, str]:
    """Returns (status, title, message). An error that nobody expected gives a general message without details."""
    less = ASK_FOR_LESS.format(file=file)
    if isinstance(exception, Base400):
        message = str(exception.args[0]) if exception.args else ""
        return exception.status, None, "" if message == str(exception.status) else message
    if isinstance(exception, DatasetteError):
        # These are about what was asked, such as a column to sort by; Datasette gives some of them status 500.
        status = 400 if exception.status == 500 else exception.status
        if exception.title == "SQL Interrupted":  # Datasette's own message has a script in it
            return status, None, TOO_LONG + less
        return status, exception.title, Markup(exception.message) if exception.message_is_html else exception.message
    if isinstance(exception, QueryInterrupted):
        return 503, None, TOO_SLOW
    if isinstance(exception, MemoryError):  # SQLite's, see HEAP in visitors_sql.py
        return 400, None, TOO_LARGE + less
    return 500, None, BROKEN


def answer_to(
    datasette: Datasette, request: Request, exception: Exception, configuration: Configuration
) -> Callable[[], Awaitable[Response]]:
    """What the hook handle_exception wants: a function that makes the answer, JSON at an address of data.

    Where nothing is at an address, and it is another spelling of one page's, the answer leads on to that page; where
    something was, it says what.
    """

    async def answer() -> Response:
        is_nothing = getattr(exception, "status", None) == 404  # of NotFound, and of a DatasetteError
        if is_nothing and (other := await plain_address(datasette, request.path, configuration)):
            return Response.redirect(with_question(datasette.urls.path(other), request.query_string), status=301)
        status, title, message = what_is_wrong(exception, configuration.file)
        if is_nothing and configuration.gone and (was := await configuration.gone(datasette, request.path)):
            status, title, message = GONE, None, was
        headers = {"Retry-After": str(TRY_AGAIN_AFTER)} if status == 503 else {}
        if status == 500:
            log.error("%s: an unexpected error\n%s", shown(request.path), traceback_of(exception))
        if is_data(request.path):
            said = problem(IN_A_SENTENCE.get(str(message), message), status, title)
            return Response.json(said, status=status, headers=headers)
        context = {"status": status, "title": title, "error": message}
        body = await datasette.render_template("error.html", context, request=request)
        return Response.html(body, status=status, headers=headers)

    return answer


async def plain_address(datasette: Datasette, path: str, configuration: Configuration) -> str | None:
    """The path of the page that `path` means, which is another spelling of it; None where there is no such page."""
    if configuration.plain_address is None or len(path) > LONGEST_SPELLING:
        return None
    other = await configuration.plain_address(datasette, path)
    if other is None or other == path or not is_canonical(other):  # which would lead on and on
        return None
    # asked as a visitor would, so that nobody is led to what is not there; the answer is kept for the next question
    return other if (await datasette.client.head(other)).status_code in LEADS else None


def with_question(path: str, question: str) -> str:
    """A path with a query string behind it, where there is one."""
    return f"{path}?{question}" if question else str(path)


def template_vars(
    datasette: Datasette, template: str | None, request: Request | None, configuration: Configuration
) -> dict[str, Any]:
    """For error.html: `address` (the path, decoded), `words` (to search for), `asked` (whether it had parameters)."""
    if template != "error.html" or request is None:
        return {}
    path = request.path
    tables = (datasette.metadata("tables", database=configuration.database) or {}).keys()
    return {
        "address": tilde_decode(path),
        "words": words_of(path, tables, configuration.places),
        "asked": bool(request.query_string),
    }


def words_of(path: str, tables: Collection[str], places: Collection[str]) -> str:
    """The words of an address that may be what somebody looked for: no table, no word of `places`, none twice."""
    spelt = tilde_decode(path)
    parts = [part for part in re.split(r"[/?&=]", spelt) if part and part not in tables]
    words = [word for part in parts for word in WORD.findall(part) if word.casefold() not in places]
    return " ".join(dict.fromkeys(words[:WORDS_AT_MOST]))


def files_of(folder: Path) -> Callable[[Request, Send], Awaitable[Any]]:
    """Datasette's view of the files in a folder, which says that a file is missing with the site's own error page."""
    serve = asgi_static(folder)

    async def file(request: Request, send: Send) -> Any:
        try:
            path = (folder / request.url_vars["path"]).resolve()
            there = path.is_relative_to(folder.resolve()) and path.is_file()
        except OSError:  # a name that no file can have
            there = False
        if not there:
            raise NotFound("404")
        return await serve(request, send)

    file._datasette_static = serve._datasette_static  # type: ignore[attr-defined]
    return file


def routes(datasette: Datasette) -> list[tuple[str, Callable[..., object]]]:
    """The routes of static files, in place of Datasette's own."""
    mounts = [*datasette.static_mounts, ("-/static", Path(stock.__file__).parent / "static")]
    return [(rf"^/{name}/(?P<path>.*)$", files_of(Path(folder))) for name, folder in mounts]

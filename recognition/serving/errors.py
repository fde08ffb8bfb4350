"""Errors that help: what went wrong in a sentence, a search with the words of the address, ways on."""

import re
from pathlib import Path
from urllib.parse import unquote

import datasette as stock
from datasette.database import QueryInterrupted
from datasette.utils import add_cors_headers, tilde_decode
from datasette.utils.asgi import Base400, NotFound, Response, asgi_static
from datasette.views.base import DatasetteError
from markupsafe import Markup

DATABASE = "recognition"
BROKEN = "Something went wrong here while this page was made. It is not your fault; the error was noted."
TOO_SLOW = "This took too long just now, and was stopped. Try again in a moment."
TOO_LONG = "This query took too long and was stopped. Ask for less at a time, or download recognition.db and ask the file."
TOO_LARGE = "This needs more memory than one query may have. Ask for less at a time, or download recognition.db and ask the file."
TRY_AGAIN_AFTER = 5  # seconds
WORD = re.compile(r"[^\W_]+")
WORDS_AT_MOST = 8
# Words of addresses that name a place of the site or a format, not what is looked for.
PLACES = frozenset(
    ["recognition", "tallies", "counts", "article", "timeline", "about", "search", "compare", "static"]
    + ["json", "csv", "html", "htm", "php", "db"]
)


def what_is_wrong(exception):
    """Status, title and sentence for the reader; of an error that nobody foresaw, nothing but that there was one."""
    if isinstance(exception, Base400):
        message = str(exception.args[0]) if exception.args else ""
        return exception.status, None, "" if message == str(exception.status) else message
    if isinstance(exception, DatasetteError):
        # These are about what was asked, such as a column to sort by; Datasette gives some of them status 500.
        status = 400 if exception.status == 500 else exception.status
        if exception.title == "SQL Interrupted":  # Datasette's own words lead to a setting, and have a script in them
            return status, None, TOO_LONG
        return status, exception.title, Markup(exception.message) if exception.message_is_html else exception.message
    if isinstance(exception, QueryInterrupted):
        return 503, None, TOO_SLOW
    if isinstance(exception, MemoryError):  # SQLite's: strangers_sql.py bounds what it may hold
        return 400, None, TOO_LARGE
    return 500, None, BROKEN


def words_of(path, tables=()):
    """The words of an address that may be what somebody looked for."""
    spelt = unquote(tilde_decode(path))
    parts = [part for part in re.split(r"[/?&=]", spelt) if part and part not in tables]
    words = [word for part in parts for word in WORD.findall(part) if word.casefold() not in PLACES]
    return " ".join(dict.fromkeys(words[:WORDS_AT_MOST]))


def answer_to(datasette, request, exception):
    async def answer():
        status, title, message = what_is_wrong(exception)
        headers = {"Retry-After": str(TRY_AGAIN_AFTER)} if status == 503 else {}
        if datasette.cors:
            add_cors_headers(headers)
        if request.path.endswith(".json"):
            details = getattr(exception, "error_dict", {})
            said = {**details, "ok": False, "error": message or "Not found", "status": status, "title": title}
            return Response.json(said, status=status, headers=headers)
        context = {"status": status, "title": title, "error": message}
        body = await datasette.render_template("error.html", context, request=request)
        return Response.html(body, status=status, headers=headers)

    return answer


def template_vars(datasette, template, request):
    """What the error page needs to know of the address that led to it."""
    if template != "error.html" or request is None:
        return {}
    path = request.path.removeprefix(datasette.setting("base_url").rstrip("/"))
    tables = (datasette.metadata("tables", database=DATABASE) or {}).keys()
    return {
        "address": unquote(tilde_decode(path)),
        "words": words_of(path, tables),
        "asked": bool(request.query_string),
    }


def files_of(folder):
    """Datasette's view of the files of a folder, but for what is not there, which is said with the page for it."""
    folder = Path(folder)
    serve = asgi_static(folder)

    async def file(request, send):
        try:
            path = (folder / request.url_vars["path"]).resolve()
            there = path.is_relative_to(folder.resolve()) and path.is_file()
        except OSError:  # a name that no file can have
            there = False
        if not there:
            raise NotFound("404")
        return await serve(request, send)

    file._datasette_static = serve._datasette_static
    return file


def routes(datasette):
    mounts = [*datasette.static_mounts, ("-/static", Path(stock.__file__).parent / "static")]
    return [(rf"^/{name}/(?P<path>.*)$", files_of(folder)) for name, folder in mounts]

"""Datasette's pages of tables, rows and SQL, which do not check all that they are asked: what they would fail on gets a sentence."""

import json
import re
import sqlite3

from datasette.blob_renderer import render_blob
from datasette.utils import ValueAsBooleanError, tilde_decode, urlsafe_components, value_as_boolean
from datasette.utils.asgi import BadRequest, NotFound, Response
from datasette.views.base import DatasetteError
from datasette.views.database import DatabaseView
from datasette.views.row import RowView
from datasette.views.table import TableView

DATABASE = "recognition"
LARGEST = 2**63 - 1  # the largest whole number that SQLite knows
NUMBER = re.compile(r"\d{1,9}", re.ASCII)
THROUGH = '{"table": "positions", "column": "list", "value": "recognising"}'


def is_number(value):
    return value in ("", "max") or NUMBER.fullmatch(value)


def is_yes_or_no(value):
    try:
        value_as_boolean(value)
    except ValueAsBooleanError:
        return False
    return True


def is_comparable(value):
    """Datasette makes a number of all digits, whatever their script and however many."""
    return not value.isdigit() or (value.isascii() and len(value) < 20 and int(value) <= LARGEST)


def is_json(value, allowed):
    """Whether text is JSON that `allowed` takes, in characters that can be sent on."""
    try:
        read = json.loads(value)
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError):
        return False
    return allowed(read)


def is_value(read):
    return read is None or isinstance(read, str) or (isinstance(read, int | float) and abs(read) <= LARGEST)


def is_list(value):
    return not value.startswith("[") or is_json(value, lambda read: isinstance(read, list) and all(map(is_value, read)))


def is_through(value):
    def allowed(read):
        if not isinstance(read, dict) or not {"table", "column", "value"} <= read.keys():
            return False
        return isinstance(read["table"], str) and isinstance(read["column"], str) and is_value(read["value"])

    return is_json(value, allowed)


def is_facet(value):
    def allowed(read):
        named = read.get("column") or read.get("simple")
        return isinstance(named, str)

    return not value.startswith("{") or is_json(value, allowed)


# Names of parameters, what their values have to be, and that in words.
CHECKS = (
    (re.compile(r"_(ttl|timelimit|facet_size)"), is_number, "a whole number of at most nine digits"),
    (re.compile(r"_json_infinity"), is_yes_or_no, "1, 0, on, off, true or false"),
    (re.compile(r".+__(gt|gte|lt|lte)", re.DOTALL), is_comparable, f"text, or a number up to {LARGEST}"),
    (
        re.compile(r".+__(in|notin)", re.DOTALL),
        is_list,
        'values such as a,b,c or a JSON list of them such as ["a", "b"]',
    ),
    (re.compile(r"_through"), is_through, f"a JSON object such as {THROUGH}"),
    (re.compile(r"_facet(_array|_date)?"), is_facet, 'the name of a column, or {"column": "name"}'),
)
FACETS = re.compile(r"_facet(_size|_array|_date)?")
SEARCHES = re.compile(r"_search(mode|_.+)?", re.DOTALL)


def check(args):
    """BadRequest for the first parameter that Datasette could not read."""
    for name in args:
        shown = name[:40]
        if name.startswith("_facet") and not FACETS.fullmatch(name):
            raise BadRequest(
                f"There is no {shown}: facets are _facet, _facet_array and _facet_date, and their _facet_size."
            )
        if name.startswith("_search") and not SEARCHES.fullmatch(name):
            raise BadRequest(f"There is no {shown}: it is _search, _searchmode, or _search_ and the name of a column.")
        for pattern, is_right, words in CHECKS:
            for value in args.getlist(name) if pattern.fullmatch(name) else ():
                if not is_right(value):
                    raise BadRequest(f"{shown} must be {words}, not {value[:40]!r}.")


class Checked:
    """What the three kinds of pages have in common: known formats, readable parameters, and SQL errors in CSV too."""

    async def get(self, request):
        form = request.url_vars["format"]
        formats = ("csv", *self.ds.renderers)
        if form not in (None, "jsono", *formats):
            raise NotFound(
                f"There is no format {form[:40]!r}; add .json or .csv to the address, or nothing for the page."
            )
        check(request.args)
        return await super().get(request)

    async def data(self, request, *args, **kwargs):
        try:
            answer = await super().data(request, *args, **kwargs)
        except sqlite3.Error as error:  # in SQL that is the reader's in part; Datasette itself knows one kind of them
            raise DatasetteError(str(error), title="Invalid SQL", status=400) from error
        # Datasette answers with an empty CSV file where SQL failed
        if request.url_vars["format"] == "csv" and not isinstance(answer, Response) and answer[0].get("error"):
            raise DatasetteError(answer[0]["error"], title="Invalid SQL", status=400)
        return answer


class DatabasePage(Checked, DatabaseView):
    async def data(self, request, *args, **kwargs):
        form = request.url_vars["format"]
        if not request.args.get("sql") and (form in ("csv", "blob") or (form == "json" and "_shape" in request.args)):
            raise BadRequest(
                f"/{DATABASE} has no rows to give in this form; ask with ?sql=, or open one of its tables."
            )
        return await super().data(request, *args, **kwargs)


class TablePage(Checked, TableView):
    async def data(self, request, *args, **kwargs):
        name, following = tilde_decode(request.url_vars["table"]), request.args.get("_next") or "0"
        if not NUMBER.fullmatch(following) and await self.ds.get_database(DATABASE).get_view_definition(name):
            raise BadRequest(f"_next must be the number of rows to leave out here, not {following[:40]!r}.")
        return await super().data(request, *args, **kwargs)


class RowPage(Checked, RowView):
    async def data(self, request, *args, **kwargs):
        """Datasette would ask SQLite for rows of whatever it can select from, and with whatever part of a key."""
        table, database = tilde_decode(request.url_vars["table"]), self.ds.get_database(DATABASE)
        if not await database.table_exists(table):
            raise NotFound("Table not found")
        keys = await database.primary_keys(table) or ["rowid"]
        if len(urlsafe_components(request.url_vars["pks"])) != len(keys):
            raise NotFound("Record not found")
        return await super().data(request, *args, **kwargs)


async def blob(datasette, database, rows, columns, request, table, view_name):
    """One binary value, as Datasette gives it; it would also try with rows whose value is none."""
    column = request.args.get("_blob_column")
    if column in columns:
        rows = [row for row in rows if isinstance(row[column], bytes)]
        if not rows:
            raise BadRequest(f"No row here has binary content in {column}; .json gives its values.")
    return await render_blob(datasette, database, rows, columns, request, table, view_name)


def output_renderer():
    return {"extension": "blob", "render": blob, "can_render": lambda: False}


def routes(datasette, excluded=()):
    """`excluded` are regular expressions that match from the start of a path whatever other routes answer."""
    form = r"(\.(?P<format>\w+))?$"
    others = "".join(rf"(?!{re.sub(r'[?]P<[a-z]+>', '?:', pattern)})" for pattern in excluded)
    return [
        (rf"^/(?P<database>{DATABASE})(\.(?P<format>(?!db$)\w+))?$", DatabasePage.as_view(datasette)),
        (rf"^/(?P<database>{DATABASE})/(?P<table>[^/.]+)" + form, TablePage.as_view(datasette)),
        (
            rf"^{others}/(?P<database>{DATABASE})/(?!(countries|organisations)/[^/.]+$)(?P<table>[^/]+?)/(?P<pks>[^/]+?)" + form,
            RowPage.as_view(datasette),
        ),
    ]

"""Datasette's pages of tables, rows and SQL: their parameters are checked, no row is lost, and tables are fast.

A parameter that Datasette could not read gets a sentence with status 400 instead of a 500. Every order is total, a CSV
has all rows, and data that are not all say so in a header. A table's page gives its template the rows as the database
has them: `table.html` of the site turns them into markup, see `TablePage`.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.facets import load_facet_configs
from datasette.filters import Filters
from datasette.plugins import pm
from datasette.utils import (
    InvalidSql,
    MultiParams,
    await_me_maybe,
    path_from_row_pks,
    path_with_format,
    path_with_replaced_args,
    tilde_decode,
    urlsafe_components,
)
from datasette.utils.asgi import AsgiStream, AsgiWriter, BadRequest, NotFound, Request, Response
from datasette.views.base import DatasetteError
from datasette.views.row import RowView
from datasette.views.table import TableView
from markupsafe import Markup

from . import csv_answers
from .addresses import prefixed
from .configuration import Labels, no_label
from .errors import no_such_format
from .facets import mend_filters
from .parameters import NUMBER, check, is_slow
from .remembered import Remembered
from .total_order import InOrder, Order, OtherArguments, order_of
from .visitors_sql import AskedInSql, AskedOutside, Asking

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
ONE_PAGE = re.compile(r"_(next|size|nofacet|nocount|facet(_size|_array|_date)?)$")  # what a CSV needs no more
FACETS = ("column", "array", "date")  # kinds of them
NUMBERS = ("INTEGER", "REAL")
BINARY = '<a class="blob-download" href="'  # how Datasette's link to a binary value begins
FILTERS_AT_MOST = 20  # of a table; each link of its page repeats them
LONGEST_LINK = 1_000  # bytes of a header that repeats the address: a proxy refuses an answer whose headers are too long
FORMAT = r"(\.(?P<format>\w+))?$"
UNNAMED = re.compile(r"\(\?P<\w+>")  # the beginning of a named group


Filled = Callable[[Any, Request], Awaitable[Request]]  # the request that is answered in place of the reader's


OfRow = Callable[[Request], Awaitable[dict[str, Any]]]  # what JSON of a row says before the row itself


async def nothing_more(request: Request) -> dict[str, Any]:
    return {}


async def as_it_is(datasette: Any, request: Request) -> Request:
    return request


class Checked:
    """What the three kinds of pages share: known formats, readable parameters, and data that say what they are.

    SQL errors are sentences in CSV too. `label` tells how the site's files are called, and the headers of data.
    """

    ds: Any  # Remembered, as `routes` gives it
    cut: dict[str, str]  # the headers of data that are not all

    def __init__(self, datasette: Remembered, label: Labels) -> None:
        super().__init__(datasette)  # type: ignore[call-arg]
        self.label = label
        self.cut = {}

    async def get(self, request: Request) -> Response:
        form = request.url_vars["format"]
        if form not in (None, "jsono", "csv", *self.ds.renderers):
            raise no_such_format(form, ("json", "csv"))
        request = OtherArguments(request, {})  # reads them once
        check(request.args)
        response = await super().get(request)  # type: ignore[misc]
        for name in [name for name in response.headers if name.lower() == "link"]:
            link = re.sub(r"^[^<;]+", r"<\g<0>>", response.headers.pop(name))
            if len(link) <= LONGEST_LINK:
                response.headers["Link"] = link
        if form == "json":
            response.headers |= {**(await self.label(self.ds)).headers, **self.cut}
        return response

    def redirect(self, request: Request, path: str, *args: Any, **kwargs: Any) -> Response:
        """Datasette's redirect, with the site's prefix, and without a header that says the same address again."""
        path = prefixed(self.ds.setting("base_url"), path)
        response: Response = super().redirect(request, path, *args, **kwargs)  # type: ignore[misc]
        del response.headers["Link"]
        return response

    async def data(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        try:
            answer = await super().data(request, *args, **kwargs)  # type: ignore[misc]
        except QueryInterrupted as error:
            raise DatasetteError("", title="SQL Interrupted", status=400) from error
        except (sqlite3.Error, InvalidSql) as error:  # partly the reader's SQL; Datasette itself expects few of these
            raise DatasetteError(str(error), title="Invalid SQL", status=400) from error
        if isinstance(answer, Response):
            return answer
        data = answer[0]
        # Datasette would answer with an empty CSV file where SQL failed
        if request.url_vars["format"] == "csv" and data.get("error"):
            raise DatasetteError(data["error"], title="Invalid SQL", status=400)
        if data.get("next") or data.get("truncated"):
            is_first = not data.get("next") or "_next" not in request.args  # an answer to SQL has no pages
            self.cut = csv_answers.cut(len(data["rows"]), is_first)
        return self.with_prefix(*answer)

    def with_prefix(self, data: dict[str, Any], context: Any, *others: Any) -> tuple[Any, ...]:
        """What Datasette makes of the path of a request, with the site's prefix where Datasette 0.65 forgets it.

        These are the × of a condition in SQL, and links to binary values.
        """
        base_url = self.ds.setting("base_url")
        if base_url == "/" or not callable(context):
            return data, context, *others

        async def with_links() -> dict[str, Any]:
            found: dict[str, Any] = await context()
            for where in found.get("extra_wheres_for_ui", ()):
                where["remove_url"] = prefixed(base_url, where["remove_url"])
            if found.get("custom_sql"):  # the cells of other pages are made otherwise
                found["display_rows"] = [[linked(cell, base_url) for cell in row] for row in found["display_rows"]]
            return found

        return data, with_links, *others

    async def render(self, templates: Any, request: Request, context: Any = None) -> Response:
        """The page, whose link to CSV (`url_csv`) gives all rows, not those of one page."""
        if context and "url_csv" in context:
            path, _, query = context["url_csv"].partition("?")
            kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if not ONE_PAGE.match(pair[0])]
            context["url_csv"] = f"{path}?{urlencode(kept)}" if kept else path
            hidden = [pair for pair in context["url_csv_hidden_args"] if not ONE_PAGE.match(pair[0])]
            context["url_csv_hidden_args"] = hidden
        return await super().render(templates, request, context)  # type: ignore[misc]

    async def as_csv(self, request: Request, database: str) -> Response | AsgiStream:
        """All rows as CSV; of a table a thousand at a time, so that nothing large is held.

        `_size` asks for so many rows, `_next` for those behind a place. What a limit cuts says so in a header.
        """
        args = request.args
        is_part = "_stream" not in args and args.get("_size", "max") not in ("", "max")
        uncounted = {name: ["1"] for name in ("_nofacet", "_nocount") if not args.get(name)}
        asked = OtherArguments(request, uncounted | ({} if is_part else {"_size": ["max"]}))
        answer = await self.data(asked)
        if isinstance(answer, Response):
            return answer
        data, for_excel = answer[0], csv_answers.is_for_excel(args)
        name, day = name_of_file(request, is_question=not data.get("table"))
        headers = csv_answers.headers(args, name, await self.label(self.ds), day)
        if is_part and data.get("next_url"):
            headers |= csv_answers.next_link(data["next_url"])
        if is_part or data.get("truncated"):
            headers |= self.cut

        def lines(data: dict[str, Any], with_head: bool) -> str:
            columns, rows = csv_answers.with_labels(self.with_addresses(request, data))
            head = [columns] if with_head and csv_answers.has_head(args) else []
            return csv_answers.text_of_rows([*head, *rows], for_excel)

        start = (csv_answers.BOM if for_excel else "") + await asyncio.to_thread(lines, data, with_head=True)
        if is_part or not data.get("next"):
            return Response(start, headers=headers, content_type=csv_answers.CONTENT_TYPE)

        async def write(stream: AsgiWriter) -> None:
            await stream.write(start)
            following = data["next"]
            while following and request.method != "HEAD":
                page = (await self.data(asked, _next=following))[0]
                await stream.write(await asyncio.to_thread(lines, page, with_head=False))
                following = page["next"]

        return AsgiStream(write, headers=headers, content_type=csv_answers.CONTENT_TYPE)

    def with_addresses(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """`data` with the addresses of binary values in their place."""
        if not any(isinstance(cell, bytes) for row in data["rows"] for cell in row):
            return data

        def written(row: Any, column: str, cell: Any) -> Any:
            if not isinstance(cell, bytes):
                return cell
            if table := data.get("table"):
                keys = data.get("primary_keys") or []
                path = self.ds.urls.row_blob(data["database"], table, path_from_row_pks(row, keys, not keys), column)
            else:
                value = {"_blob_column": column, "_blob_hash": hashlib.sha256(cell).hexdigest()}
                path = self.ds.urls.path(path_with_format(
                    request=request, format="blob", extra_qs=value, replace_format="csv"
                ))  # fmt: skip
            return self.ds.absolute_url(request, path)

        columns = data["columns"]
        return {**data, "rows": [[written(row, *pair) for pair in zip(columns, row)] for row in data["rows"]]}


def name_of_file(request: Request, is_question: bool) -> tuple[str, str | None]:
    """(what a file of rows is called, the day that is in its name).

    A row is called by its table and key, the answer to a saved question by it and what it was asked.
    """
    parts, args = request.url_vars, request.args
    asked = [args.get(name) for name in args if not name.startswith("_")] if is_question and "table" in parts else []
    days = [value for value in asked if DAY.fullmatch(value)]
    named = [parts.get("table") or "sql", parts.get("pks") or "", *(value for value in asked if value not in days)]
    return "-".join(tilde_decode(part) for part in named if part), next(iter(days), None)


def linked(cell: Any, base_url: str) -> Any:
    """A cell of an answer; where it is Datasette's link to a binary value, with the site's prefix."""
    if not isinstance(cell, Markup):
        return cell
    return Markup(str(cell).replace(BINARY, BINARY + base_url.rstrip("/"), 1))


class DatabasePage(Checked, AskedInSql):
    """The list of tables, and the answers to SQL."""

    async def data(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        form = request.url_vars["format"]
        if form in ("csv", "blob") or (form == "json" and "_shape" in request.args):
            path = self.ds.urls.database(request.url_vars["database"])
            raise BadRequest(f"{path} has no rows to give in this form; ask with ?sql=, or open one of its tables.")
        answer = await super().data(request, *args, **kwargs)
        if not isinstance(answer, Response) and "tables" in answer[0]:
            closed = self.ds.opened_file.closed_tables
            tables = [table for table in answer[0]["tables"] if table["name"].lower() not in closed]
            answer[0].update(tables=tables, hidden_count=sum(table["hidden"] for table in tables))
        return answer


class TablePage(Checked, TableView):
    """The rows of a table or view, and the answers to saved questions.

    Datasette makes the cells of a table one by one, each by asking all plugins, and that takes longer than all else. So
    there is no `display_rows` here; the site's table.html works with what the database gave:

    rows             the rows by column; a cell that refers to another table is {"value": key, "label": name}
    display_columns  a dict for each column: name, description, is_number, sortable, is_key. In a table the first one
                     is the key, called 'Link' where it has several columns or none
    refers_to        the address of the table that a column refers to, by column
    facets_timed_out, sorted_facet_results, filters, filter_columns, form_hidden_args, sort, sort_desc, view_definition,
    table_definition, supports_search, search, extra_wheres_for_ui: as Datasette's template gets them
    """

    def __init__(self, datasette: Remembered, label: Labels, fill_in: Filled) -> None:
        super().__init__(datasette, label)
        self.remembering, self.fill_in = datasette, fill_in
        self.asking: Asking | None = None  # where rows may take long to find

    async def get(self, request: Request) -> Response:
        response = await super().get(await self.fill_in(self.ds, request))
        if self.asking and self.asking.changes:
            response.headers["Cache-Control"] = "no-store"
        return response

    async def data(self, request: Request, *more: Any, **named: Any) -> Any:
        database, name = (
            self.remembering.get_database(request.url_vars["database"]),
            tilde_decode(request.url_vars["table"]),
        )
        is_view, is_table = await database.get_view_definition(name) is not None, await database.table_exists(name)
        if not (is_view or is_table) or "_sort_by_desc" in request.args:  # a saved question; an address in another form
            return await super().data(request, *more, **named)
        args, metadata = request.args, self.remembering.table_metadata(request.url_vars["database"], name)
        check_columns(request, name, [*await database.table_columns(name), "rowid"])
        order = await self.order(args, metadata, database, name, is_view)
        changes = order.changes(args)
        # All else depends on neither the day nor chance: what is counted in a table can be remembered
        is_stable = is_table and not is_slow(args)
        source: Any = self.remembering.results if is_stable else self.remembering
        if is_slow(args):
            self.asking = Asking(self.remembering, request)
            source = AskedOutside(self.remembering, self.asking)
        self.ds = InOrder(source, order, name, metadata)
        count_apart = "_next" in args and "_nofacet" not in args and request.url_vars["format"] != "csv"
        hidden = {"_nofacet": ["1"]} if count_apart else {}
        answer = await super().data(OtherArguments(request, changes | hidden), *more, **named)
        if isinstance(answer, Response):
            return answer
        data = answer[0]
        if count_apart:  # facets count all rows, not this page and those that follow
            first = OtherArguments(request, changes | {"_size": ["0"], "_nocount": ["1"]}, without="_next")
            data["facet_results"] = (await super().data(first))[0]["facet_results"]
        self.say_order(request, data, order)
        if request.url_vars["format"] or "is_view" not in data:
            return answer
        return self.with_prefix(data, partial(self.context, request, data), ("table.html",))

    async def order(
        self, args: MultiParams, metadata: dict[str, Any], database: Any, name: str, is_view: bool
    ) -> Order:
        """The order that a page is asked for in; BadRequest where `_next` names no place in it."""
        keys = [] if is_view else await database.primary_keys(name) or ["rowid"]
        order = order_of(args, metadata, keys, await database.table_columns(name))
        place = args.get("_next")
        if place and is_view and not NUMBER.fullmatch(place):
            raise BadRequest(f"_next must be the number of rows to leave out here, not {place[:40]!r}.")
        if place and not is_view and len(urlsafe_components(place)) != order.parts:
            raise BadRequest(f"_next must be what the page before it gave, not {place[:40]!r}.")
        return order

    def say_order(self, request: Request, data: dict[str, Any], order: Order) -> None:
        """Say in Datasette's `data` what was asked for, where it was told something else."""
        data["query"]["sql"] = order.total(data["query"]["sql"])
        order.only_asked(data, as_json=request.url_vars["format"] == "json")
        if order.by != order.column:
            said, sort = data["human_description_en"], "_sort_desc" if order.descending else "_sort"
            data["human_description_en"] = re.sub(
                rf"sorted by {order.by}( descending)?$", rf"sorted by {order.column}\1", said
            )
            if data["next_url"]:
                path = path_with_replaced_args(request, {"_next": data["next"], sort: order.column})
                data["next_url"] = self.ds.absolute_url(request, self.ds.urls.path(path))

    async def context(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """What the template gets besides `data`."""
        database, name, keys = self.ds.get_database(data["database"]), data["table"], data["primary_keys"]
        args, metadata = request.args, self.ds.table_metadata(data["database"], name)
        details = {column.name: column for column in await database.table_column_details(name)}
        described = metadata.get("columns") or {}
        facets = [{**facet, "key": key} for key, facet in data["facet_results"].items()]
        special = [key for key in args if key.startswith("_") and "__" not in key]
        ordinary = [key for key in args if key not in special]
        sortable = await self.sortable_columns_for_table(data["database"], name, use_rowid=True)
        key = None if data["is_view"] else keys[0] if len(keys) == 1 else "Link"
        names = [column for column in data["columns"] if column != key]
        context = {
            "request": request,
            "metadata": metadata,
            "display_columns": [
                {
                    "name": column,
                    "description": described.get(column) if column != key else None,
                    "is_number": details[column].type.upper() in NUMBERS if column in details else column == "rowid",
                    "sortable": column in sortable,
                    "is_key": column == key,
                }
                for column in ([key, *names] if key else names)
            ],
            "filter_columns": list(dict.fromkeys([*data["columns"], *details])),
            "refers_to": {
                key["column"]: self.ds.urls.table(data["database"], key["other_table"])
                for key in await database.foreign_keys_for_table(name)
            },
            "filters": Filters(sorted((key, value) for key in ordinary for value in args.getlist(key))),
            "sorted_facet_results": sorted(facets, key=lambda one: (len(one["results"]), one["name"]), reverse=True),
            "facets_timed_out": [] if "_nofacet" in args else uncounted(request, metadata, facets),
            "form_hidden_args": [
                (key, value)
                for key in special
                if key not in ("_sort", "_sort_desc", "_search", "_next")
                for value in args.getlist(key)
            ],
            "view_definition": await database.get_view_definition(name),
            "table_definition": await database.get_table_definition(name),
            **shown_order(args, metadata, keys, data["is_view"]),
        }
        asked = {"request": request, "table": name, "database": data["database"], "datasette": self.ds}
        for hook in pm.hook.filters_from_request(**asked):
            context |= (await await_me_maybe(hook)).extra_context
        return context


def shown_order(args: MultiParams, metadata: dict[str, Any], keys: list[str], is_view: bool) -> dict[str, str | None]:
    """The column that a table is ordered by, as `sort` (ascending) or `sort_desc`: as asked, as described, or its key."""
    sort, sort_desc = args.get("_sort"), args.get("_sort_desc")
    if not (sort or sort_desc):
        sort, sort_desc = metadata.get("sort"), metadata.get("sort_desc")
    if not (sort or sort_desc):
        sort = keys[0] if len(keys) == 1 else None if keys or is_view else "rowid"
    return {"sort": sort, "sort_desc": sort_desc}


def uncounted(request: Request, metadata: dict[str, Any], counted: Iterable[dict[str, Any]]) -> list[str]:
    """The columns whose facets were asked for and are not among those `counted`, because that took too long."""
    return [name for name in faceted(request, metadata) if name not in {facet["name"] for facet in counted}]


def faceted(request: Request, metadata: dict[str, Any]) -> list[str]:
    """The columns whose values are to be counted, as the address or metadata.yml asks."""
    asked = load_facet_configs(request, metadata)
    configs = [one["config"] for kind in FACETS for one in asked.get(kind, ())]
    return [config.get("column") or config["simple"] for config in configs]


def check_columns(request: Request, table: str, columns: Sequence[str]) -> None:
    """Raises BadRequest where the values of a column are to be compared or counted that a table does not have, or of too many.

    SQLite takes the name of no column for a text, so that a misspelt filter would find nothing, or all. An unknown
    comparison Datasette would leave out.
    """
    known = {column.lower() for column in columns}
    filters = [name for name in request.args if not name.startswith("_") or "__" in name]
    if sum(len(request.args.getlist(name)) for name in filters) > FILTERS_AT_MOST:
        raise BadRequest(f"At most {FILTERS_AT_MOST} filters at a time.")
    compared = [name.rsplit("__", 1) if "__" in name else [name, "exact"] for name in filters]
    for column in [*faceted(request, {}), *(column for column, _ in compared)]:
        if column.lower() not in known:
            raise BadRequest(f"{table} has no column {column[:40]!r}. It has {', '.join(columns[:-1])}.")
    for column, lookup in compared:
        if lookup not in Filters._filters_by_key:
            raise BadRequest(
                f"{column} cannot be compared by {lookup[:40]!r}, but by {', '.join(Filters._filters_by_key)}."
            )


class RowPage(Checked, RowView):
    """One row with all its columns. As JSON in Datasette's usual shape it says more, where the site has more to say."""

    def __init__(self, datasette: Remembered, label: Labels, of_row: OfRow) -> None:
        super().__init__(datasette, label)
        self.of_row = of_row

    async def data(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """NotFound for what is no table, or too few or too many parts of a key: Datasette would ask SQLite with them."""
        table, database = tilde_decode(request.url_vars["table"]), self.ds.get_database(request.url_vars["database"])
        if not await database.table_exists(table):
            raise NotFound("Table not found")
        keys = await database.primary_keys(table) or ["rowid"]
        if len(urlsafe_components(request.url_vars["pks"])) != len(keys):
            raise NotFound("Record not found")
        answer = await super().data(request, *args, **kwargs)
        is_whole = request.args.get("_shape", "arrays") in ("arrays", "objects")  # other shapes have rows alone
        if request.url_vars["format"] != "json" or not is_whole or isinstance(answer, Response):
            return answer
        data, *others = answer
        return {**await self.of_row(request), **data}, *others


def routes(
    datasette: Datasette, database: str, own_rows: Iterable[str], excluded: Iterable[str],
    label: Labels = no_label, fill_in: Filled = as_it_is, of_row: OfRow = nothing_more,
) -> list[tuple[str, Any]]:  # fmt: skip
    """The routes of the three kinds of pages of one database.

    `own_rows` names the tables whose rows have pages of their own at /database/table/key and with .md behind it (their
    data remains here, with .json). `excluded` are regular expressions that match from the start of a path whatever other routes answer
    below /database/. `label` gives the names of files and the headers of data, `fill_in` chooses values of parameters,
    `of_row` what JSON of a row says besides the row.
    """
    mend_filters()
    remembering = Remembered(datasette)
    others = "|".join(f"(?:{UNNAMED.sub('(?:', pattern)})" for pattern in excluded)
    start = (rf"^(?!{others})" if others else "^") + f"/(?P<database>{re.escape(database)})"
    rows = "|".join(map(re.escape, own_rows))
    elsewhere = rf"(?!/(?:{rows})/[^/.]+(?:\.md)?$)" if rows else ""
    return [
        (rf"{start}(\.(?P<format>(?!db$)\w+))?$", DatabasePage.as_view(remembering, label)),
        (rf"{start}/(?P<table>[^/.]+)" + FORMAT, TablePage.as_view(remembering, label, fill_in)),
        (
            rf"{start}{elsewhere}/(?P<table>[^/]+?)/(?P<pks>[^/]+?)" + FORMAT,
            RowPage.as_view(remembering, label, of_row),
        ),
    ]

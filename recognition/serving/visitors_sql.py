"""SQL that visitors write (`?sql=`, and `_where=` of tables): asked of the workers, and shown as page, JSON, CSV or binary.

The site's own process never runs it. What comes back is ready to be sent, and bounded.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from datasette.app import Datasette
from datasette.database import QueryInterrupted, Results
from datasette.utils import (
    InvalidSql,
    derive_named_parameters,
    path_with_added_args,
    path_with_format,
    path_with_removed_args,
    to_css_class,
    validate_sql_select,
)
from datasette.utils.asgi import BadRequest, Request, Response
from datasette.views.base import DatasetteError
from datasette.views.database import DatabaseView
from markupsafe import Markup

from . import csv_answers, json_answers
from .asgi import client_of
from .configuration import Configuration, Labels
from .errors import ASK_FOR_LESS, TOO_LARGE, TOO_LONG
from .problems import problem
from .worker import BLOB_COLUMN, BLOB_HASH, BYTES, INVALID, ROWS_AT_MOST
from .worker import TOO_LARGE as IS_TOO_LARGE
from .worker import TOO_LONG as IS_TOO_LONG
from .workers import Workers

OPENING = "select count(*) from sqlite_master"
TITLE = "Invalid SQL"  # of an error
HIDE_SQL = "_hide_sql"  # the parameter that hides the field
CREDITS = ("source", "source_url", "license", "license_url")  # what Datasette says of metadata.yml in JSON


async def startup(datasette: Datasette, configuration: Configuration) -> None:
    """Get ready to start the processes for visitors' SQL, and open the database for the site's own pages.

    A file that is put in its place later must not answer for this edition.
    """
    command = ("worker", str(datasette.opened_file.path), configuration.in_workers)
    datasette.workers = Workers(datasette.opened_file, command)
    await datasette.get_database(configuration.database).execute_fn(
        lambda connection: connection.execute(OPENING).fetchone()
    )


class Row(tuple[Any, ...]):
    """A row in which a name or a number finds a cell, as in one of sqlite3; in JSON it is a list."""

    columns: tuple[str, ...]

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.columns.index(key) if isinstance(key, str) else key)

    def keys(self) -> Sequence[str]:
        return self.columns


class Asking:
    """One request that asks in SQL: whose turn it takes, and whether the same may have another answer a moment later."""

    def __init__(self, datasette: Any, request: Request) -> None:
        self.workers: Workers = datasette.workers
        self.datasette = datasette
        self.client = client_of(request.scope)
        self.file = self.workers.opened.path.name
        self.changes = False

    async def ask(
        self, sql: str, params: Mapping[str, Any], form: str, milliseconds: int | None = None, **more: Any
    ) -> tuple[dict[str, Any], bytes]:
        """The head and body of `worker.answer`. `milliseconds` may be fewer than the site's limit, never more.

        Of a problem the head has the `sentence` for the visitor. Raises TooBusy.
        """
        limit = self.datasette.sql_time_limit_ms
        limit = min(limit, milliseconds) if milliseconds else limit
        question: dict[str, Any] = {
            "sql": sql, "params": dict(params), "form": form, "seconds": limit / 1000, "rows": ROWS_AT_MOST,
            "file": self.file, "told": {}, "options": {}, "blob": None, **more,
        }  # fmt: skip
        head, body = await self.workers.ask(self.client, question)
        self.changes |= bool(head.get("changes"))
        less = ASK_FOR_LESS.format(file=self.file)
        sentences = {IS_TOO_LONG: TOO_LONG + less, IS_TOO_LARGE: TOO_LARGE + less}
        if problem := head.get("problem"):
            head["sentence"] = sentences.get(problem, head["sentence"])
        return head, body

    async def execute(
        self, sql: str, params: Any = None, truncate: bool = False, custom_time_limit: int | None = None,
        page_size: int | None = None, log_sql_errors: bool = True,
    ) -> Results:  # fmt: skip
        """What Datasette's method of a database gives; raises QueryInterrupted and sqlite3.OperationalError as that does."""
        at_most = ROWS_AT_MOST + (page_size == ROWS_AT_MOST)  # Datasette asks for one more than it shows
        head, body = await self.ask(sql, params or {}, "rows", custom_time_limit, rows=at_most)
        if head.get("problem") == IS_TOO_LONG:
            raise QueryInterrupted(sqlite3.OperationalError("interrupted"), sql, params)
        if "problem" in head:
            raise sqlite3.OperationalError(head["sentence"])
        kind = type("RowOfAnswer", (Row,), {"columns": tuple(head["columns"])})
        rows = [kind(row) for row in json.loads(body, object_hook=binary_from_json)]
        return Results(rows, truncate and head["truncated"], [(column,) for column in head["columns"]])


def binary_from_json(read: dict[str, str]) -> bytes:
    return bytes.fromhex(read[BYTES])


class AskedOutside:
    """Datasette as the page of a table sees it whose rows are filtered by a visitor's SQL: its statements go to the workers."""

    def __init__(self, datasette: Any, asking: Asking) -> None:
        self._datasette = datasette
        self._asking = asking

    def __getattr__(self, name: str) -> Any:
        return getattr(self._datasette, name)

    def get_database(self, name: str | None = None, route: str | None = None) -> Any:
        return DatabaseOutside(self._datasette.get_database(name, route), self._asking)

    async def execute(self, _database: str, sql: str, params: Any = None, **options: Any) -> Results:
        return await self._asking.execute(sql, params, **options)


class DatabaseOutside:
    """A database whose statements go to the workers; what it knows of its structure is its own."""

    def __init__(self, database: Any, asking: Asking) -> None:
        self._database = database
        self.execute = asking.execute

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


class AskedInSql(DatabaseView):
    """Answers `?sql=`; without it, Datasette's page of a database."""

    cut: dict[str, str]  # the headers of data that are not all
    label: Labels

    async def get(self, request: Request) -> Response:
        if not request.args.get("sql"):
            return await super().get(request)
        database, form = self.ds.get_database(route=request.url_vars["database"]).name, request.url_vars["format"]
        await self.ds.ensure_permissions(request.actor, [("execute-sql", database)])
        if form == "jsono":  # Datasette's former name for objects
            return self.redirect(request, f"{request.path.removesuffix('o')}?{request.query_string}&_shape=objects")
        asked = AskedSql(self.ds, request, database, await derive_named_parameters(None, request.args["sql"]))
        asking = Asking(self.ds, request)
        answer = {None: self.as_page, "json": self.as_json, "csv": self.as_csv_of_sql, "blob": self.as_blob}[form]
        response: Response = await answer(request, asked, asking)
        if asking.changes:
            response.headers["Cache-Control"] = "no-store"
        return response

    async def asked(self, asking: Asking, asked: AskedSql, form: str, **more: Any) -> tuple[dict[str, Any], bytes]:
        """The head and body of the answer; what is no SELECT has a `problem` as SQL that fails has."""
        if asked.problem:
            return {"problem": INVALID, "sentence": asked.problem}, b""
        head, body = await asking.ask(asked.sql, asked.values, form, asked.milliseconds, blob=asked.blob, **more)
        if head.get("truncated"):
            self.cut = csv_answers.cut(head["count"])
        return head, body

    async def as_page(self, request: Request, asked: AskedSql, asking: Asking) -> Response:
        head, body = await self.asked(asking, asked, "page")
        nothing = {"columns": [], "count": 0, "truncated": False}
        context = {**nothing, **head, **asked.context(), "error": head.get("sentence"), "rows": Markup(body.decode())}
        response: Response = await self.render(["query.html"], request, context)
        response.status = 400 if "problem" in head else 200
        return response

    async def as_json(self, request: Request, asked: AskedSql, asking: Asking) -> Response:
        told, options = asked.told(), json_answers.options_of(request.args)
        if wrong := json_answers.wrong_shape(options, told):
            return Response.json(problem(wrong, 400), status=400)
        head, body = await self.asked(asking, asked, "json", told=told, options=options)
        if "problem" in head:
            return Response.json(problem(head["sentence"], 400, TITLE), status=400)
        return Response(body, content_type=json_answers.content_type(options))

    async def as_csv_of_sql(self, request: Request, asked: AskedSql, asking: Asking) -> Response:
        args = request.args
        options = {"for_excel": csv_answers.is_for_excel(args), "with_head": csv_answers.has_head(args)}
        head, body = await self.asked(asking, asked, "csv", options=options)
        refuse(head)
        headers = csv_answers.headers(args, "sql", await self.label(self.ds)) | self.cut
        return Response(body, headers=headers, content_type=csv_answers.CONTENT_TYPE)

    async def as_blob(self, request: Request, asked: AskedSql, asking: Asking) -> Response:
        column, checksum = request.args.get(BLOB_COLUMN), request.args.get(BLOB_HASH)
        if not column:
            raise BadRequest(f"?{BLOB_COLUMN}= is required")
        head, body = await self.asked(asking, asked, "blob", options={"column": column, "hash": checksum})
        refuse(head)
        name = "-".join(part for part in (to_css_class(column), (checksum or "")[:6]) if part)
        headers = {"Content-Disposition": f'attachment; filename="{name}.blob"', "X-Content-Type-Options": "nosniff"}
        return Response(body, headers=headers, content_type="application/binary")


def refuse(head: Mapping[str, Any]) -> None:
    """Raise DatasetteError where the head of an answer has a problem."""
    if "problem" in head:
        raise DatasetteError(head["sentence"], title=TITLE, status=400)


class AskedSql:
    """What the address of a request asks in SQL."""

    def __init__(self, datasette: Any, request: Request, database: str, names: Sequence[str]) -> None:
        """`names` are those of the parameters in the SQL."""
        self.datasette, self.request, self.database = datasette, request, database
        args = request.args
        self.sql: str = args["sql"]
        self.params = {name: args.get(name) for name in args if name not in ("sql", "_shape")}
        self.milliseconds = int(args.get("_timelimit") or 0) or None
        self.problem: str | None = None
        try:
            validate_sql_select(self.sql)
        except InvalidSql as error:
            self.problem = str(error)
        self.values = {name: self.params.get(name) or "" for name in names}  # of the parameters in the SQL

    @property
    def blob(self) -> str:
        """How the address of a binary value of the answer begins."""
        path = self.address("blob")
        is_page = self.request.url_vars["format"] is None
        return path if is_page else str(self.datasette.absolute_url(self.request, path))

    def address(self, form: str) -> str:
        replaced = self.request.url_vars["format"]
        path = path_with_format(request=self.request, format=form, replace_format=replaced)
        return str(self.datasette.urls.path(path))

    def told(self) -> dict[str, Any]:
        """What JSON says besides `rows`, `columns` and `truncated`, for which there is a place."""
        credits = {key: self.datasette.metadata(key) for key in CREDITS if self.datasette.metadata(key)}
        return {
            "ok": True, "database": self.database, "query_name": None, "rows": [], "truncated": False, "columns": [],
            "query": {"sql": self.sql, "params": self.params}, "error": None, "private": False,
            "allow_execute_sql": True, **credits,
        }  # fmt: skip

    def context(self) -> dict[str, Any]:
        """What the template of the page says besides the answer."""
        hidden = bool(self.params.get(HIDE_SQL))
        change = (
            path_with_removed_args(self.request, {HIDE_SQL})
            if hidden
            else path_with_added_args(self.request, {HIDE_SQL: 1})
        )
        field = Markup(f'<input type="hidden" name="{HIDE_SQL}" value="1">')
        return {
            "database": self.database, "query": {"sql": self.sql}, "named_parameter_values": self.values,
            "canned_query": None, "metadata": {}, "hide_sql": hidden, "show_hide_text": "show" if hidden else "hide",
            "show_hide_link": self.datasette.urls.path(change), "show_hide_hidden": field if hidden else "",
            "renderers": {"json": self.address("json")}, "url_csv": self.address("csv"), "url_csv_hidden_args": [],
        }  # fmt: skip

"""A table in pages, of which none loses or repeats a row: every order is total.

Datasette orders a sorted table by that column alone, but begins the next page behind the column and the key. Rows with
the same value then change places between two pages. Here they are ordered by their key as well, those of a view, which
has no key, by all of its columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils import CustomRow, MultiParams, escape_sqlite
from datasette.utils.asgi import Request

from .turns import give_way

LIMIT = r"(?= limit \d+(?: offset \d+)?$)"  # what follows the order in Datasette's statement


class OtherArguments(Request):
    """A request whose parameters are partly others than its address says; links that are made from it keep the address."""

    def __init__(self, request: Request, changed: Mapping[str, Sequence[str]], without: str | None = None) -> None:
        """`changed` are new values by parameter, none for one to leave out; `without` leaves the address as well."""
        scope = request.scope
        if without:
            pairs = parse_qsl(request.query_string, keep_blank_values=True)
            left = urlencode([(name, value) for name, value in pairs if name != without])
            scope = {**scope, "query_string": left.encode("latin-1")}
        super().__init__(scope, request.receive)
        args = request.args
        values = {name: args.getlist(name) for name in args if name != without} | {**changed}
        self._arguments = MultiParams({name: list(value) for name, value in values.items() if value})

    @property
    def args(self) -> MultiParams:
        return self._arguments


@dataclass(frozen=True)
class Order:
    """The order of a page of a table or view.

    `column` is the one that a reader reads of, `by` the one that is sorted: metadata.yml may name one that stands for
    another (`ordered_by: {name: sort_name}`). Both are None where the rows come by key, or as a view gives them.
    `further` are the columns that tell rows with the same value apart. `hidden`: the column is read for the order alone.
    """

    column: str | None
    by: str | None
    descending: bool
    further: tuple[str, ...]
    hidden: bool

    @property
    def parts(self) -> int:
        """How many values say where the next page of a table begins."""
        return len(self.further) + bool(self.by)

    def changes(self, args: MultiParams) -> dict[str, list[str]]:
        """The parameters with which Datasette sorts by the right column and reads it."""
        changed: dict[str, list[str]] = {}
        if self.by and self.by != self.column:
            changed["_sort_desc" if self.descending else "_sort"] = [self.by]
        if self.hidden and self.by:
            if "_col" in args:
                changed["_col"] = [*args.getlist("_col"), self.by]
            changed["_nocol"] = [name for name in args.getlist("_nocol") if name != self.by]
        return changed

    def total(self, sql: str) -> str:
        """Datasette's statement for a page, with an order that leaves no two rows in the same place."""
        if not self.by:
            return sql
        stock = f"order by {escape_sqlite(self.by)}{' desc' if self.descending else ''}"
        more = "".join(f", {escape_sqlite(name)}" for name in self.further if name != self.by)
        return re.sub(re.escape(stock) + LIMIT, lambda found: found[0] + more, sql)

    def only_asked(self, data: dict[str, Any], as_json: bool) -> None:
        """Leave out the column that was read for the order alone."""
        if self.hidden and self.by in data["columns"]:
            data["columns"] = columns = [name for name in data["columns"] if name != self.by]
            rows = [CustomRow(columns, {name: row[name] for name in columns}) for row in data["rows"]]
            # JSON takes a row by name for an object, as Datasette gives those with labels, and others for a list
            data["rows"] = [tuple(row) for row in rows] if as_json and not data["expanded_columns"] else rows
            data["expanded_columns"] = [name for name in data["expanded_columns"] if name != self.by]


def order_of(args: MultiParams, metadata: Mapping[str, Any], keys: Sequence[str], columns: Sequence[str]) -> Order:
    """The order that the parameters of a page ask for, or that metadata.yml gives to a table or view with these columns.

    `keys` are the names of the key's columns; empty for a view.
    """
    sort, sort_desc = args.get("_sort"), args.get("_sort_desc")
    if not (sort or sort_desc):
        sort, sort_desc = metadata.get("sort"), metadata.get("sort_desc")
    column = sort or sort_desc
    by = (metadata.get("ordered_by") or {}).get(column, column)
    left_out = ("_col" in args and by not in args.getlist("_col")) or by in args.getlist("_nocol")
    hidden = bool(by and left_out and by in columns and by not in keys)
    return Order(column, by, not sort, tuple(keys or columns), hidden)


class InOrder:
    """Datasette as a page of one table sees it, whose statements for rows have a total order; see `Order`.

    It lasts for one page: what is looked up once is remembered, and so is `described`, what metadata.yml says of the table.
    """

    def __init__(self, datasette: Any, order: Order, table: str, described: dict[str, Any]) -> None:
        self._datasette = datasette
        self._order = order
        self._table = table
        self._described = described

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__[name] = getattr(self._datasette, name)
        return found

    def table_metadata(self, database: str, table: str) -> dict[str, Any]:
        if table == self._table:
            return self._described
        found: dict[str, Any] = self._datasette.table_metadata(database, table)
        return found

    def get_database(self, name: str | None = None, route: str | None = None) -> Any:
        return DatabaseInOrder(self._datasette.get_database(name, route), self._order)


class DatabaseInOrder:
    """A database whose statements for rows have a total order; everything else is the database's own."""

    def __init__(self, database: Any, order: Order) -> None:
        self._database = database
        self._order = order

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Any:
        await give_way()  # others may go on between two statements
        return await self._database.execute(self._order.total(sql), params, **options)

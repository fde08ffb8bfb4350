"""Facets: how often each value of a column occurs, counted once whoever asked for it, and filters that find the same rows.

Datasette's own classes count a column twice that metadata.yml and the address name, take '2012' for a Julian day (of the
year 4707 BC), count from the second page on only what is left, and do not know a filter that their form writes with
'__exact'. Its filters compare the numbers of a view, whose columns have no type, with text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.filters import Filters, TemplatedFilter
from datasette.utils import escape_sqlite, path_with_added_args, path_with_removed_args

from .turns import give_way

EXACTLY = "__exact"  # behind the name of a column in a filter that Datasette's form makes
VALUES_AT_ONCE = 20  # whose addresses are made before others may go on
# A date as it is written: a day of the calendar (of a time, the day before the hour), or no more than a month or a year.
# Numbers are years where they have four digits; nothing is read as a Julian day.
DIGITS = "[0-9]"
YEAR, MONTH, DAY = (pattern.replace("#", DIGITS) for pattern in ("####", "####-##", "####-##-##"))
WRITTEN_DATE = (
    f"case when typeof({{c}}) = 'text' and ({{c}} glob '{YEAR}' or {{c}} glob '{MONTH}') then {{c}} "
    f"when typeof({{c}}) = 'text' and {{c}} glob '{DAY}*' and date({{c}}) is not null then substr({{c}}, 1, 10) "
    "when typeof({c}) = 'integer' and {c} between 1000 and 9999 then cast({c} as text) end"
)


class Once(Facet):
    """What the kinds of facets share. A kind says which values it counts, and which filter finds the rows of one."""

    counted: str  # the statement; {c} is the column, {sql} the rows, {limit} how many values
    lookup: str  # behind the column's name in a filter
    parameter: str

    def columns(self) -> list[tuple[str, bool]]:
        """Each column to count, and whether the reader asked for it: what metadata.yml names cannot be taken away."""
        asked: dict[str, bool] = {}
        for one in self.get_configs():
            column = one["config"].get("column") or one["config"]["simple"]
            asked.setdefault(column, one["source"] != "metadata")
        return list(asked.items())

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        """(the facets, the names of those that took too long), in Datasette's form."""
        facets, too_slow = [], []
        size, limit = self.get_facet_size(), self.ds.setting("facet_time_limit_ms")
        for column, is_asked in self.columns():
            sql = self.counted.format(c=escape_sqlite(column), sql=self.sql, limit=size + 1)
            await give_way()  # others may go on between two statements, of which each holds up all
            try:
                found = await self.ds.execute(self.database, sql, self.params, truncate=False, custom_time_limit=limit)
            except QueryInterrupted:
                too_slow.append(column)
                continue
            without = path_with_removed_args(self.request, {self.parameter: column})
            facets.append(
                {
                    "name": column,
                    "type": self.type,
                    "hideable": is_asked,
                    "toggle_url": self.ds.urls.path(without),
                    "results": await self.values(column, [tuple(row) for row in found.rows[:size]]),
                    "truncated": len(found.rows) > size,
                }
            )
        return facets, too_slow

    async def values(self, column: str, counted: Sequence[tuple[Any, int]]) -> list[dict[str, Any]]:
        """Each value with its count, its label, and the address that filters by it, or no longer does."""
        labels = await self.labels(column, [value for value, _ in counted])
        exactly = f"{column}{EXACTLY}"
        name = f"{column}{self.lookup}" if self.lookup or not (column.startswith("_") or "__" in column) else exactly
        pairs = self.get_querystring_pairs()
        values: list[dict[str, Any]] = []
        for value, count in counted:
            if len(values) % VALUES_AT_ONCE == 0:
                await give_way()
            selected = next((filter_ for filter_ in (name, exactly) if (filter_, str(value)) in pairs), None)
            change = path_with_removed_args if selected else path_with_added_args
            address = self.ds.urls.path(change(self.request, {selected or name: str(value)}))
            values.append(
                {
                    "value": value,
                    "label": labels.get((column, value), value),
                    "count": count,
                    "toggle_url": self.ds.absolute_url(self.request, address),
                    "selected": selected is not None,
                }
            )
        return values

    async def labels(self, column: str, values: Sequence[Any]) -> dict[tuple[str, Any], str]:
        return {}


class Values(Once):
    """The values of a column; of one that refers to another table with the names of its rows."""

    type = "column"
    parameter, lookup = "_facet", ""
    counted = """
        select {c} as value, count(*) as count from ({sql})
        where {c} is not null group by {c} order by 2 desc, 1 limit {limit}"""

    async def labels(self, column: str, values: Sequence[Any]) -> dict[tuple[str, Any], str]:
        if not self.table:
            return {}
        found: dict[tuple[str, Any], str] = await self.ds.expand_foreign_keys(self.database, self.table, column, values)
        return found


class Items(Once):
    """The items of the JSON arrays in a column, each counted once a row."""

    type = "array"
    parameter, lookup = "_facet_array", "__arraycontains"
    counted = """
        with listed as ({sql}),
             items as (
                 select distinct j.value as item, listed.*
                 from json_each(iif(json_valid(listed.{c}), listed.{c}, '[]')) j join listed)
        select item as value, count(*) as count from items group by 1 order by 2 desc, 1 limit {limit}"""


class Dates(Once):
    """The dates in a column as they are written: days, months and years."""

    type = "date"
    parameter, lookup = "_facet_date", "__date"
    counted = f"""
        select value, count(*) as count from (select {WRITTEN_DATE} as value from ({{sql}}))
        where value is not null group by 1 order by 2 desc, 1 limit {{limit}}"""


def is_number(text: str) -> bool:
    """Whether text is a number just as SQLite writes it, so that number and text are the same in a column of any type."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return type(read) in (int, float) and repr(read) == text and abs(read) < 2**63 and "e" not in text


class Compared(TemplatedFilter):
    """A comparison that finds a number as number and a text as text, also in a view, whose columns have no type."""

    def where_clause(self, table: str, column: str, value: str, param_counter: int) -> tuple[str, Any]:
        if not is_number(value):
            sql, _ = super().where_clause(table, column, value, param_counter)
            return sql, value
        text, number = f":p{param_counter}", f":p{param_counter + 1}"
        c, operator = escape_sqlite(column), self.display_operator
        if operator in ("=", "!="):
            sql = f"{c} {'in' if operator == '=' else 'not in'} ({text}, {number})"
        else:
            sql = f"case typeof({c}) when 'text' then {c} {operator} {text} else {c} {operator} {number} end"
        return sql, [value, json.loads(value)]

    @property
    def display_operator(self) -> str:
        return str(self.sql_template.split()[1])


def mend_filters() -> None:
    """Put the filters that compare, and the one by date, in the place of Datasette's."""
    known = Filters._filters_by_key
    for name in ("exact", "not", "gt", "gte", "lt", "lte"):
        stock = known[name]
        known[name] = Compared(name, stock.display, stock.sql_template, stock.human_template)
    known["date"] = TemplatedFilter("date", "date", f"{WRITTEN_DATE} = :{{p}}", "{c} is dated {v}")

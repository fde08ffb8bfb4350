"""Facets of tables say what they count, and a value that is filtered by can be taken off there, however the filter is written.

A country's status is counted as 'M UN members, N others and a territory', since M + N + 1 would look like the number of
recognisers and is another one. Statuses of other tables are counted as what their rows are, '57 memberships'.
"""

from __future__ import annotations

from typing import Any

from datasette.database import QueryInterrupted
from datasette.filters import Filters
from datasette.plugins import pm
from datasette.utils import await_me_maybe, escape_sqlite, path_with_removed_args
from datasette.utils.asgi import Request

from .counting import breakdown
from .database import NAME, Row, grouped

EXACTLY = "__exact"  # behind the name of a column in a filter that Datasette's form makes
COUNTRIES = """
select f.{column} as value, f.name_in_sentence as name, f.kind, s.name_in_sentence as represented_by
from (select * from countries {where}) f left join countries s on s.id = f.represented_by
where f.{column} is not null order by f.sort_name
"""


async def explain(datasette: Any, request: Request, data: dict[str, Any]) -> None:
    """Add to each value of the facets in `data` what its number counts, as `counted`, where that is not plainly rows.

    Marks values as selected whose filter is written with '__exact', with the address without it as `toggle_url`.
    """
    for facet in data["facet_results"].values():
        for value in facet["results"]:
            take_off(datasette, request, facet["name"], value)
        if "status" in facet["name"] and facet["type"] == "column":
            await count_in_words(datasette, request, data["table"], facet)


def take_off(datasette: Any, request: Request, column: str, value: Row) -> None:
    """Let a facet's value that is filtered by as column__exact=value take that filter off."""
    name = f"{column}{EXACTLY}"
    if not value["selected"] and str(value["value"]) in request.args.getlist(name):
        without = path_with_removed_args(request, {name: str(value["value"])})
        value["selected"] = True
        value["toggle_url"] = datasette.absolute_url(request, datasette.urls.path(without))


async def count_in_words(datasette: Any, request: Request, table: str, facet: dict[str, Any]) -> None:
    """Write `counted` into each value of a facet that counts statuses."""
    about = datasette.table_metadata(NAME, table) or {}
    if table == "countries":
        try:
            found = grouped(await listed(datasette, request, facet["name"]), "value")
        except QueryInterrupted:
            found = {}
        for value in facet["results"]:
            if value["value"] in found:
                value["counted"] = breakdown(found[value["value"]])
        return
    one, many = about.get("rows_called") or ("row", "rows")
    for value in facet["results"]:
        value["counted"] = f"{value['count']:,} {one if value['count'] == 1 else many}"


async def listed(datasette: Any, request: Request, column: str) -> list[Row]:
    """The countries that the filters of a request leave: value (in `column`), name, kind, represented_by."""
    ordinary = [key for key in request.args if not key.startswith("_") or "__" in key]
    filters = Filters(sorted((key, value) for key in ordinary for value in request.args.getlist(key)))
    clauses, parameters = filters.build_where_clauses("countries")
    for hook in pm.hook.filters_from_request(request=request, table="countries", database=NAME, datasette=datasette):
        more = await await_me_maybe(hook)
        if more:
            clauses, parameters = [*clauses, *more.where_clauses], parameters | more.params
    where = f"where {' and '.join(clauses)}" if clauses else ""
    sql = COUNTRIES.format(column=escape_sqlite(column), where=where)
    found = await datasette.execute(NAME, sql, parameters, custom_time_limit=datasette.setting("facet_time_limit_ms"))
    return [dict(row) for row in found.rows]

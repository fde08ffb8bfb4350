"""Facets of statuses say what they count.

A country's status is counted as 'M UN members, N others and a territory', since M + N + 1 would look like the number of
recognisers and is another one. Statuses of other tables are counted as what their rows are, '57 memberships'.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite

from recognition.serving.facets import Dates, Items, Values

from .counting import breakdown
from .database import NAME, Row, grouped

COUNTRIES = """
select f.{column} as value, f.name_in_sentence as name, f.kind, s.name_in_sentence as represented_by
from ({filtered}) f left join countries s on s.id = f.represented_by
where f.{column} is not null order by f.sort_name
"""


class ExplainedValues(Values):
    """The values of a column; each status has what its number counts, as `counted`, where that is not plainly rows."""

    async def values(self, column: str, counted: Sequence[tuple[Any, int]]) -> list[dict[str, Any]]:
        values = await super().values(column, counted)
        if "status" not in column:
            return values
        if self.table == "countries":
            in_words = {value: breakdown(group) for value, group in (await self.countries(column)).items()}
        else:
            one, many = (self.ds.table_metadata(NAME, self.table) or {}).get("rows_called") or ("row", "rows")
            in_words = {value: f"{count:,} {one if count == 1 else many}" for value, count in counted}
        for value in values:
            if value["value"] in in_words:
                value["counted"] = in_words[value["value"]]
        return values

    async def countries(self, column: str) -> dict[Any, list[Row]]:
        """The countries that the filters in force leave, by what they have in a column; none where that takes too long."""
        sql, limit = (
            COUNTRIES.format(column=escape_sqlite(column), filtered=self.sql),
            self.ds.setting("facet_time_limit_ms"),
        )
        try:
            found = await self.ds.execute(self.database, sql, self.params, truncate=False, custom_time_limit=limit)
        except QueryInterrupted:
            return {}
        return grouped([dict(row) for row in found.rows], "value")


KINDS = (ExplainedValues, Dates, Items)

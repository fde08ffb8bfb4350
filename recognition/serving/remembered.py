"""Remembers what Datasette's table pages ask about a database, which they ask again for every page.

A page of a table asks SQLite some fifteen times for columns, keys, definitions and permissions; each question waits for
another thread and costs more than the page's own rows. The answers cannot change while the file does not and nobody has
an account. What is remembered is bounded, so that visitors cannot fill the memory with tables that do not exist.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import Request

from .addresses import prefixed

STRUCTURE = (
    "table_exists", "get_table_definition", "get_view_definition", "table_columns", "table_column_details", "primary_keys",
    "foreign_keys_for_table", "get_all_foreign_keys", "label_column_for_table", "fts_table", "hidden_table_names",
)  # fmt: skip
ANSWERS_AT_MOST = 400  # of each kind of question
ARGUMENTS_AT_MOST = 300  # characters; of what is asked with more, nothing is remembered
LABELS_AT_MOST = 50_000  # of each column
# A result of more rows or characters is not remembered, nor one whose SQL and parameters have more characters.
ROWS_AT_MOST = 100
TEXT_AT_MOST = 20_000
QUESTION_AT_MOST = 2_000
RESULTS_AT_MOST = 4 * 2**20  # bytes of all results, with their statements
OF_A_VALUE = 150  # bytes of a value and its place in a row besides its text: at least what Python takes


def remembered(ask: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The same function with a memory of its answers; its arguments must be hashable, its answers must not be changed."""
    known: dict[Any, Any] = {}

    async def answer(*arguments: Any) -> Any:
        if arguments in known:
            return known[arguments]
        if len(repr(arguments)) > ARGUMENTS_AT_MOST:
            return await ask(*arguments)
        if len(known) >= ANSWERS_AT_MOST:
            known.clear()
        found = known[arguments] = await ask(*arguments)
        return found

    return answer


class RememberedDatabase:
    """A database whose structure is asked for once; everything else is the database's own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        for name in STRUCTURE:
            setattr(self, name, remembered(getattr(database, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


class Remembered:
    """Datasette as the table pages of a site without accounts see it; everything not said here is Datasette's own.

    `results` also remembers rows. It is for statements whose rows depend on the file alone, not on the day or on chance:
    those that count the values of a table's columns.
    """

    def __init__(self, datasette: Datasette) -> None:
        self._datasette = datasette
        self._databases: dict[Database, Any] = {}
        self._labels: dict[tuple[str, str, str], dict[Any, str]] = {}  # by database, table and column
        self._visible = remembered(self._ask_visibility)
        self.results = Results(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._datasette, name)

    def _wrapped(self, database: Database) -> Any:
        if database.is_mutable:
            return database
        if database not in self._databases:
            self._databases[database] = RememberedDatabase(database)
        return self._databases[database]

    def get_database(self, name: str | None = None, route: str | None = None) -> Any:
        return self._wrapped(self._datasette.get_database(name, route))

    @property
    def databases(self) -> dict[str, Any]:
        return {name: self._wrapped(database) for name, database in self._datasette.databases.items()}

    async def refresh_schemas(self) -> None:
        """Nothing: Datasette's list of all tables is for pages that this site does not have."""

    def absolute_url(self, request: Request, path: str) -> str:
        """In data the absolute address, where there is a public one; in a page the path: it leads on to where the reader is."""
        if request.url_vars.get("format"):
            return str(self._datasette.absolute_url(request, path))
        return prefixed(self._datasette.setting("base_url"), str(path))

    async def _ask_visibility(self, permissions: tuple[Any, ...]) -> Any:
        return await self._datasette.check_visibility(None, permissions=list(permissions))

    async def check_visibility(
        self, actor: dict[str, Any] | None, *arguments: Any, permissions: Sequence[Any] | None = None
    ) -> Any:
        """(whether the page is visible, whether it is private), remembered for visitors without an account."""
        if actor is None and permissions and not arguments:
            return await self._visible(tuple(permissions))
        return await self._datasette.check_visibility(actor, *arguments, permissions=permissions)

    async def expand_foreign_keys(
        self, database: str, table: str, column: str, values: Sequence[Any]
    ) -> dict[tuple[str, Any], str]:
        """The labels of the rows that `values` refer to, by (column, value); only those not known yet are looked up."""
        keys = await self.get_database(database).foreign_keys_for_table(table)
        if all(key["column"] != column for key in keys):
            return {}
        if self.get_database(database).is_mutable:
            return dict(await Datasette.expand_foreign_keys(self, database, table, column, values))
        known = self._labels.setdefault((database, table, column), {})
        labels = {(column, value): known[value] for value in values if value in known}
        unknown = {value for value in values if value is not None and (column, value) not in labels}
        if unknown:
            found = await Datasette.expand_foreign_keys(self, database, table, column, list(unknown))
            if len(known) > LABELS_AT_MOST:
                known.clear()
            known |= {value: label for (_, value), label in found.items()}
            labels |= found
        return labels


class Results:
    """Remembered, and besides the rows that `execute` gave, by statement and parameters."""

    def __init__(self, datasette: Remembered) -> None:
        self._datasette = datasette
        self._known: dict[str, Any] = {}
        self._size = 0  # bytes, about

    def __getattr__(self, name: str) -> Any:
        return getattr(self._datasette, name)

    async def execute(self, database: str, sql: str, params: Any = None, **options: Any) -> Any:
        key = repr((database, sql, params))  # as text, because 1 == 1.0 in Python, but not beside text in SQL
        if self.get_database(database).is_mutable or len(key) > QUESTION_AT_MOST:
            return await self._datasette.execute(database, sql, params, **options)
        if key in self._known:
            return self._known[key]
        found = await self._datasette.execute(database, sql, params, **options)
        lengths = [len(str(value)) for row in found.rows for value in row]
        if len(found.rows) <= ROWS_AT_MOST and sum(lengths) <= TEXT_AT_MOST:
            size = 4 * (len(key) + sum(lengths)) + OF_A_VALUE * len(
                lengths
            )  # 4 bytes are the most that a character takes
            if self._size + size > RESULTS_AT_MOST:
                self._known.clear()
                self._size = 0
            self._known[key] = found
            self._size += size
        return found

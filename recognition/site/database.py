"""The one way in which pages ask the database, and the one place where what they made of it is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from datasette.app import Datasette

from recognition.serving.turns import give_way

NAME = "recognition"
KEPT_AT_MOST = 200  # things made for one edition: readers choose some of the keys, so that there must be an end
Row = dict[str, Any]
Made = TypeVar("Made")
_kept: WeakKeyDictionary[Datasette, tuple[str, dict[str, OrderedDict[Hashable, Any]]]] = WeakKeyDictionary()


def edition(datasette: Datasette) -> str:
    """The SHA-256 of the database file; empty where the file may still change."""
    return datasette.get_database(NAME).hash or ""


async def rows(datasette: Datasette, sql: str, **parameters: Any) -> list[Row]:
    """The rows that `sql` gives, each by column name.

    Datasette's time limit does not apply: it is meant for visitors' SQL, and a busy machine must not fail our own pages.
    """
    return (await rows_of_each(datasette, (sql, parameters)))[0]


async def rows_of_each(datasette: Datasette, *questions: tuple[str, Row]) -> list[list[Row]]:
    """The rows that each question (SQL and its parameters) gives, in the order of the questions.

    Others may go on between two of them.
    """
    database, answers = datasette.get_database(NAME), []
    for sql, parameters in questions:

        def ask(connection: Any, sql: str = sql, parameters: Row = parameters) -> list[Row]:
            return [dict(row) for row in connection.execute(sql, parameters)]

        await give_way()
        answers.append(await database.execute_fn(ask))
    return answers


async def kept(
    datasette: Datasette,
    key: Hashable,
    make: Callable[[], Awaitable[Made]],
    shelf: str = "",
    at_most: int = KEPT_AT_MOST,
) -> Made:
    """What `make` gives, made once for an edition; made each time where the database file may still change.

    A shelf keeps `at_most` things: of more, the one that was not asked for longest is forgotten. What readers choose
    freely has a shelf of its own, so that it displaces nothing else.
    """
    name = edition(datasette)
    if not name:
        return await make()
    if datasette not in _kept or _kept[datasette][0] != name:
        _kept[datasette] = name, {}
    made = _kept[datasette][1].setdefault(shelf, OrderedDict())
    if key not in made:
        made[key] = await make()
        if len(made) > at_most:
            made.popitem(last=False)
    made.move_to_end(key)
    found: Made = made[key]
    return found


def grouped(found: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    """The rows by what they have in a column, in the order in which they come."""
    groups: dict[Any, list[Row]] = {}
    for row in found:
        groups.setdefault(row[column], []).append(row)
    return groups


def on_day(table: str, day: str = ":as_of") -> str:
    """The SQL condition that a row of `table` holds on a day: `since` is its first day, `until` the first day after.

    A null `since` is the first day of all, a null `until` means still so. `table` is a name or an alias in a query of
    ours, `day` an expression of SQL; never what a reader wrote.
    """
    return f"(({table}.since is null or {table}.since <= {day}) and ({table}.until is null or {day} < {table}.until))"

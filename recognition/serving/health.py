"""/-/health says whether this process can answer: it reads from the database, and knows the file that it opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from datasette.app import Datasette
from datasette.utils.asgi import Response

from .configuration import Configuration
from .problems import problem


async def complaint(datasette: Datasette, configuration: Configuration) -> str | None:
    """What is wrong with this process, as a sentence; None where it is well."""
    file = configuration.file
    if not datasette.opened_file.is_there:
        return f"{file} is not the file any more that was opened at start: start the site again."
    database = datasette.get_database(configuration.database)
    table, known = next(iter((await database.table_counts()).items()))
    count = f"select count(*) from [{table}]"
    try:
        counted = await database.execute_fn(lambda connection: connection.execute(count).fetchone()[0])
    except (sqlite3.Error, OSError) as error:
        return f"{file} cannot be read ({error})."
    return f"{file} has {counted} rows in {table}, not {known}." if counted != known else None


def routes(configuration: Configuration) -> list[tuple[str, Callable[..., object]]]:
    """The route of /-/health: 200 with {'ok': true, 'edition'}, or 503 with a sentence in 'error'."""

    async def health(datasette: Datasette) -> Response:
        wrong = await complaint(datasette, configuration)
        answer = problem(wrong, 503) if wrong else {"ok": True}
        answer["edition"] = datasette.get_database(configuration.database).hash
        return Response.json(answer, status=503 if wrong else 200, headers={"Cache-Control": "no-store"})

    return [(r"^/-/health$", health)]

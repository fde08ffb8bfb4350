"""Says whether this process can answer: /-/health reads from the database, and knows the file that it opened at start."""

import asyncio
import sqlite3

from datasette.utils.asgi import Response

DATABASE = "recognition"
TABLE = "passages"
WAIT = 5  # seconds after which the database counts as dead


async def complaint(datasette):
    """What is wrong with this process, in a sentence; None where it is well."""
    if not datasette.opened_file.is_there:
        return f"{DATABASE}.db is not the file any more that was opened at start: start the site again."
    database = datasette.get_database(DATABASE)
    count = f"select count(*) from {TABLE}"
    try:
        counted = await asyncio.wait_for(database.execute_fn(lambda c: c.execute(count).fetchone()[0]), WAIT)
    except TimeoutError:
        return f"{DATABASE}.db did not answer within {WAIT} seconds."
    except (sqlite3.Error, OSError) as error:
        return f"{DATABASE}.db cannot be read ({error})."
    known = (await database.table_counts())[TABLE]
    if counted != known:
        return f"{DATABASE}.db has {counted} rows in {TABLE}, not {known}."
    return None


async def health(datasette):
    wrong = await complaint(datasette)
    answer = {"ok": wrong is None, "edition": datasette.get_database(DATABASE).hash} | (
        {"error": wrong} if wrong else {}
    )
    return Response.json(answer, status=503 if wrong else 200, headers={"Cache-Control": "no-store"})


def routes():
    return [(r"^/-/health$", health)]

"""The panel: a row for each country and year, month or day, for statistics; and what its columns mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, Request, Response

try:
    from recognition.panel import MEMBER, TABLE
    from recognition.published_tables import column_of, described_columns
    from recognition.site.asked import organisation_names, rules, subject
    from recognition.site.database import NAME
    from recognition.site.formats import ENDING, asked_format
    from recognition.site.panel import STEPS, asked_panel, panel_as_csv, panel_as_json, panel_of
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """What metadata.yml says of a column of each rule or organisation becomes what it says of each of these columns."""

    async def expand() -> None:
        tables: dict[str, Any] = datasette.metadata("tables", database=NAME) or {}
        for name, about in tables.items():
            if "columns_of_each" in about:

                def described(connection: sqlite3.Connection, name: str = name, about: Any = about) -> dict[str, str]:
                    return described_columns(connection, name, about)

                about["columns"] = await datasette.get_database(NAME).execute_fn(described)

    return expand


async def panel_page(datasette: Datasette, request: Request) -> Response | AsgiStream:
    """The panel as CSV or JSON, or the page that says what it is and lets a reader choose days."""
    form = asked_format(request)
    asked = await asked_panel(datasette, request)
    if form:
        return await (panel_as_csv if form == "csv" else panel_as_json)(datasette, request, asked)
    panel = await panel_of(datasette)
    organisations = await organisation_names(datasette)
    members = [(column_of(MEMBER, key), key, name) for key, name in organisations.items()]
    context = {
        "asked": asked, "steps": STEPS, "countries": panel.countries, "rules": (await rules(datasette)).values(),
        "members": [member for member in members if member[0] in panel.columns],
        "columns": datasette.table_metadata(NAME, TABLE)["columns"], "subject": await subject(datasette),
        "total": len(panel.countries) * len(asked.days) if asked.country is None else len(asked.days),
    }  # fmt: skip
    return Response.html(await datasette.render_template("panel.html", context, request=request))


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [(r"^/panel" + ENDING, panel_page)]

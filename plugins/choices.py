"""A reader's choice of rule, day and organisation goes along from page to page; every page says until when it is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

try:
    from recognition.site import asked
    from recognition.site.formats import this_edition
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Give templates `onward(path, **changes)`: an address of this site with the choices of the reader."""

    @pass_context
    def onward(context: Context, path: str, **changes: str | None) -> str:
        # a page that answers under a rule knows what was chosen; of others the address says it
        carried = context.get("carried") or context.get("carried_by_address") or {}
        return asked.onward(datasette, path, carried, **changes)

    env.globals["onward"] = onward


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Give templates `this_edition`, `as_known(day)`, and `carried_by_address`, which `onward` reads."""

    async def choices() -> dict[str, Any]:
        about = await this_edition(datasette)
        return {
            "this_edition": about,
            "as_known": partial(asked.as_known, known_until=about["known_until"]),
            "carried_by_address": await asked.carried_by(datasette, request),
        }

    return choices

"""Dossiers: the row pages of countries, organisations and rules, with all that the database knows about one of them."""

from __future__ import annotations

from collections.abc import Callable

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from jinja2 import Environment

try:
    from recognition.change_words import MEANINGS
    from recognition.site.asked import question
    from recognition.site.database import NAME
    from recognition.site.dossier_data import GATHERED
    from recognition.site.dossier_parts import language
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

TEMPLATES = {"countries": "country.html", "organisations": "organisation.html", "rules": "rule.html"}


async def dossier_page(datasette: Datasette, request: Request) -> Response:
    """The row page of a country, organisation or rule, under the rule and on the day that are asked for.

    Datasette's own would ask for much that this page does not show.
    """
    table, key = request.url_vars["table"], request.url_vars["key"]
    ask = await question(datasette, request)
    dossier = await GATHERED[table](datasette, key, ask)
    if dossier is None:
        raise NotFound("Record not found")
    address = datasette.absolute_url(request, datasette.urls.path(f"/{NAME}/{table}/{key}.json"))
    shown = {"rule": key} if table == "rules" else {}  # its numbers are its own, whatever rule a reader carries along
    context = {**ask.context, **shown, "dossier": dossier, "alternate_url_json": address}
    headers = {"Link": f'<{address}>; rel="alternate"; type="application/json+datasette"'}
    return Response.html(await datasette.render_template(TEMPLATES[table], context, request=request), headers=headers)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates the filter `language`, and `meanings`, what values mean that are only codes, by column."""
    env.filters["language"] = language
    env.globals["meanings"] = MEANINGS


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    """The pages of rows of these tables; their .json stays Datasette's own."""
    return [(rf"^/{NAME}/(?P<table>{'|'.join(TEMPLATES)})/(?P<key>[^/.]+)$", dossier_page)]

"""'Something is wrong here' on dossiers, counts, votes, rows and passages, where a setting says to whom that is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

try:
    from recognition.site.database import edition
    from recognition.site.editions import edition_said
    from recognition.site.reports import address_of, report_address, report_link
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

SHOWN_OF_CHECKSUM = 12  # digits


@hookimpl
def startup(datasette: Datasette) -> Callable[[], None]:
    """Read where reports go, which is `datasette.reports_to` from now on; a setting that is no address is refused."""

    def read() -> None:
        datasette.reports_to = address_of(datasette.metadata() or {})

    return read


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Give templates `report(table, key, path, called)`: the link to a report on a row, or nothing where no setting says to whom.

    A passage has `in_text`: its link is short, since the article has hundreds of them.
    """

    @pass_context
    def report(context: Context, table: str, key: Any, path: str, called: str, in_text: bool = False) -> Markup:
        to = getattr(datasette, "reports_to", None)
        if to is None:
            return Markup("")
        about = f"{edition_said(context['this_edition'])}, SHA-256 {edition(datasette)[:SHOWN_OF_CHECKSUM]}"
        page = str(datasette.absolute_url(None, datasette.urls.path(path)))
        return report_link(report_address(to, table, str(key), called, about, page, in_text), in_text)

    env.globals["report"] = report

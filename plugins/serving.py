"""The door to recognition/serving: what this site says of itself to it, one hook of each kind, and their order."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request
from jinja2 import Environment

try:
    from recognition.serving import (
        addresses,
        checked_pages,
        download,
        edition,
        errors,
        health,
        pictures,
        renderers,
        rendering,
        visitors_sql,
    )
    from recognition.serving.asgi import App
    from recognition.serving.caching import KeptAnswers
    from recognition.serving.configuration import Configuration
    from recognition.serving.known_parameters import KnownParameters
    from recognition.serving.other_origins import OtherOrigins
    from recognition.serving.refusals import Refusals
    from recognition.serving.security_headers import SecurityHeaders
    from recognition.site.bundles import FOLDER as BUNDLES
    from recognition.site.dossier_data import data_of_row
    from recognition.site.editions import gone
    from recognition.site.explained_facets import KINDS
    from recognition.site.formats import HEADERS, label
    from recognition.site.former_addresses import PATTERNS
    from recognition.site.named_edition import HEADER as EDITION_ASKED
    from recognition.site.named_edition import NamedEdition, OtherEdition
    from recognition.site.parameters import METHODS, known_parameters
    from recognition.site.questions import filled_in
    from recognition.site.spelling import plain_address
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

SITE = Configuration(
    database="recognition",
    build_again="build the database again with `make build` (or `python build_db.py`)",
    in_workers="recognition.site.in_workers",
    indexes=("countries_fts", "positions_fts", "passages_fts", "organisations_fts"),
    own_pages=("countries", "organisations", "rules"),
    places=frozenset(
        ["recognition", "tallies", "counts", "article", "timeline", "about", "search", "compare", "static"]
        + ["json", "csv", "html", "htm", "php", "db"]
    ),
    plain_address=plain_address,
    gone=gone,
    parameters=known_parameters,
    label=label,
    bundles=BUNDLES,
    methods=METHODS,
    headers=(*HEADERS, EDITION_ASKED),
    framed=("/embed/", "/reconcile/preview"),
    fonts=Path(__file__).resolve().parents[1] / "fonts",
    keep_answers=os.environ.get("RECOGNITION_KEEP_ANSWERS") != "off",  # a setting of the benchmarks
)
# From the application outwards. What is kept and compressed is the finished answer; all inside of Refusals see an address
# in its one spelling, without the prefix; headers are added to whatever is sent. An answer to who asks for another edition
# is kept as one of its own.
LAYERS = (OtherEdition, KeptAnswers, NamedEdition, KnownParameters, Refusals, SecurityHeaders, OtherOrigins)


@hookimpl(tryfirst=True)
def startup(datasette: Datasette) -> Awaitable[None]:
    addresses.startup(datasette)
    edition.startup(datasette, SITE)
    errors.startup(datasette)
    pictures.startup(datasette, SITE)
    return visitors_sql.startup(datasette, SITE)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    rendering.in_turns(env)


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Outermost: called last, and so wrapped around those of other plugins."""

    def wrap(app: App) -> App:
        for layer in LAYERS:
            app = layer(app, datasette, SITE)
        return app

    return wrap


@hookimpl(hookwrapper=True)
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Generator[None, Any, None]:
    """In place of Datasette's own handler, which would make a page too, and print variables where `rich` is installed."""
    outcome = yield
    outcome.force_result([errors.answer_to(datasette, request, exception, SITE)])


@hookimpl
def extra_template_vars(datasette: Datasette, template: str | None, request: Request | None) -> dict[str, Any]:
    return errors.template_vars(datasette, template, request, SITE)


@hookimpl(trylast=True)  # after Datasette has named its own: these take their place
def register_output_renderer() -> list[dict[str, Any]]:
    return renderers.output_renderers()


@hookimpl(hookwrapper=True)
def register_facet_classes() -> Generator[None, Any, None]:
    """In place of Datasette's own."""
    outcome = yield
    outcome.force_result([list(KINDS)])


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    return [
        *health.routes(SITE),
        *download.routes(SITE),
        *errors.routes(datasette),
        *checked_pages.routes(
            datasette,
            SITE.database,
            own_rows=SITE.own_pages,
            excluded=PATTERNS,
            label=SITE.label,
            fill_in=filled_in,
            of_row=partial(data_of_row, datasette),
        ),  # fmt: skip
    ]

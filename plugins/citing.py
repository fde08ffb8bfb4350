"""Every page of one number, state or vote says how it is cited."""

from __future__ import annotations

from functools import partial

from datasette import hookimpl
from datasette.app import Datasette
from jinja2 import Environment

try:
    from recognition.site import citing
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Give templates `cited(title, says, path)`, the citation of a page, and `cited_whole()`, that of the database."""
    env.globals |= {
        "cited": partial(citing.citation, datasette),
        "cited_whole": partial(citing.citation_of_all, datasette),
    }

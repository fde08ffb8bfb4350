"""Every page names the source of a claim, and writes dates, in the same way; templates/_evidence.html shows sources."""

from __future__ import annotations

from functools import partial

from datasette import hookimpl
from datasette.app import Datasette
from jinja2 import Environment

from recognition import dates
from recognition.site import evidence


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Give templates the filter `said` for dates, and what _evidence.html calls: line_of, passage_path, records."""
    env.filters["said"] = dates.said
    env.globals |= {
        "line_of": partial(evidence.line_of, datasette),
        "passage_path": evidence.passage_path,
        "records": evidence.records,
    }

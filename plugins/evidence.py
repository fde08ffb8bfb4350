"""Every page names the source of a claim, and writes dates, in the same way."""

from __future__ import annotations

from functools import partial

from datasette import hookimpl
from datasette.app import Datasette
from jinja2 import Environment
from markupsafe import Markup

try:
    from recognition import dates
    from recognition.site import asked, evidence, published, stated
    from recognition.site.database import Row
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


def given(count: Row) -> Markup:
    """What `published.given` says of a count, its dates as HTML; nothing else in it is anybody's text."""
    return Markup(published.given(count, evidence.time_of))


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Give templates the filters `said` and `time` for dates, and the functions evidence_of, place_of, records_of and passage_path for sources, and
    the_article, how a sentence about what the article says begins, and the_subject, what everything is about, as a sentence names it."""
    env.filters |= {"said": dates.said, "time": evidence.time_of}
    env.globals |= {
        "evidence_of": partial(evidence.evidence, datasette),
        "place_of": partial(evidence.place, datasette),
        "records_of": partial(evidence.citations, datasette),
        "passage_path": evidence.passage_path,
        "publisher_of": published.publisher_of,
        "given": given,
        "the_article": partial(stated.the_article, datasette),
        "the_subject": partial(asked.subject_in_sentence, datasette),
    }

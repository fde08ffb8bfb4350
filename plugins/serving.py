"""The door to recognition/serving: what this site takes of it, and in which order."""

from datasette import hookimpl

from recognition.serving import (
    checked_pages,
    download,
    edition,
    errors,
    exposure,
    health,
    visitors_sql,
)
from recognition.serving.caching import Responses
from recognition.serving.exposure import Exposure
from recognition.serving.refusals import Refusals
from recognition.serving.visitors_sql import Gate
from recognition.site.former_addresses import PATTERNS

# From the application outwards. Refusals come before visitors' SQL is given its share; headers are added to them as
# well; what is kept and compressed is the finished answer.
LAYERS = (Gate, Refusals, Exposure, Responses)


@hookimpl(tryfirst=True)
def startup(datasette):
    edition.startup(datasette)
    return visitors_sql.startup(datasette)


@hookimpl(trylast=True)
def asgi_wrapper(datasette):
    """Outermost: called last, and so wrapped around those of other plugins."""

    def wrap(app):
        for layer in LAYERS:
            app = layer(app, datasette)
        return app

    return wrap


@hookimpl
def prepare_connection(conn):
    visitors_sql.prepare_connection(conn)


@hookimpl
def handle_exception(datasette, request, exception):
    return errors.answer_to(datasette, request, exception)


@hookimpl
def extra_template_vars(datasette, template, request):
    return errors.template_vars(datasette, template, request)


@hookimpl(trylast=True)  # after Datasette has named its own: this one takes its place
def register_output_renderer():
    return checked_pages.output_renderer()


@hookimpl
def register_routes(datasette):
    return [
        *health.routes(),
        *exposure.routes(),
        *download.routes(),
        *errors.routes(datasette),
        *checked_pages.routes(datasette, excluded=PATTERNS),
    ]

"""For those who read with language models: tools at /mcp, dossiers as Markdown, and /llms.txt, which says what there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

try:
    from recognition.serving import mcp
    from recognition.site import dossier_markdown, markdown
    from recognition.site.asked import question
    from recognition.site.database import NAME
    from recognition.site.documents import told_by_event
    from recognition.site.dossier_data import dossier_data
    from recognition.site.llms import guide
    from recognition.site.model_tools import site_tools
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


async def tools_page(datasette: Datasette, request: Request) -> Response:
    """The tools, for programs that call them."""
    return await mcp.answer(request, await site_tools(datasette, request))


async def guide_page(datasette: Datasette, request: Request) -> Response:
    """/llms.txt: what there is, and how to read it, in the form of llmstxt.org."""
    return Response(await guide(datasette), content_type=markdown.CONTENT_TYPE)


async def dossier_as_markdown(datasette: Datasette, request: Request) -> Response:
    """The dossier of a country, organisation or rule, under the rule and on the day that are asked for."""
    table, key = request.url_vars["table"], request.url_vars["key"]
    ask = await question(datasette, request)
    dossier = await dossier_data(datasette, table, key, ask)
    if dossier is None:
        raise NotFound("Record not found")
    title, parts = dossier_markdown.WRITTEN[table](dossier, await told_by_event(datasette))
    shown = (
        replace(ask, rule=key) if table == "rules" else ask
    )  # its numbers are its own, whatever a reader carries along
    path = f"/{NAME}/{table}/{key}"
    return await markdown.response(datasette, title, parts, path, shown, f"{path}.json")


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    tables = "|".join(dossier_markdown.WRITTEN)
    return [
        (r"^/mcp$", tools_page), (r"^/llms\.txt$", guide_page),
        (rf"^/{NAME}/(?P<table>{tables})/(?P<key>[^/.]+)\.md$", dossier_as_markdown),
    ]  # fmt: skip

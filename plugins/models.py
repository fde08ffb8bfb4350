"""For those who read with language models: tools over the Model Context Protocol at /mcp."""

from __future__ import annotations

from collections.abc import Callable

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

try:
    from recognition.serving import mcp
    from recognition.site.model_tools import site_tools
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None


async def tools_page(datasette: Datasette, request: Request) -> Response:
    """The tools, for programs that call them."""
    return await mcp.answer(request, await site_tools(datasette, request))


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [(r"^/mcp$", tools_page)]

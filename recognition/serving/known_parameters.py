"""Leads an address with parameters that its page does not know to the one without them.

So links with `utm_source` or `fbclid` work everywhere, and one page is not kept many times under addresses that anybody
can make up.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import unquote_plus

from datasette.app import Datasette
from datasette.utils.asgi import Response

from .asgi import App, Receive, Scope, Send
from .configuration import Configuration
from .errors import with_question
from .parameters import means_nothing

# What other sites and their letters add to links, by which they follow who clicks. No column has such a name.
TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_(campaign|kwd|keyword|source|medium|content|cid)|hsa_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|"
    r"msclkid|twclid|ttclid|li_fat_id|igshid|igsh|yclid|ymclid|mc_[ce]id|mkt_tok|srsltid|ref_src|ref_url|"
    r"oly_\w+_id|vero_\w+|wickedid|rb_clickid|epik|guccounter|guce_\w+|cmpid"
)


def without_unknown(query: str, known: Collection[str] | None) -> str:
    """A query string without its parameters that a page does not read; the others stay as they were written.

    `known` are those that it reads, each once. None is for Datasette's pages: they lose what is for tracking or begins
    with _ and means nothing; what names no column gets their sentence. SQL may have any name for its own parameters.
    """
    parts = query.split("&")
    named = [(unquote_plus(part.partition("=")[0]), part) for part in parts]
    if known is not None:
        first: dict[str, str] = {}
        for name, part in named:
            first.setdefault(name, part)
        return "&".join(part for name, part in first.items() if name in known)
    has_sql = any(name == "sql" for name, _ in named)
    return "&".join(
        part for name, part in named if not TRACKING.fullmatch(name) and (has_sql or not means_nothing(name))
    )


class KnownParameters:
    """The application behind the redirect."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        self.datasette = datasette
        self.known = configuration.parameters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        if scope["type"] == "http" and query and scope["method"] != "POST":
            left = without_unknown(query, self.known(scope["path"]))
            if left != query:
                address = with_question(self.datasette.urls.path(scope["path"]), left)
                headers = {"Cache-Control": f"public, max-age={self.datasette.setting('default_cache_ttl')}"}
                await Response.redirect(address, status=302, headers=headers).asgi_send(send)
                return
        await self.app(scope, receive, send)

"""What machines read: address and description of each page, robots.txt, sitemap.xml, the icon, schema.org data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from jinja2 import Environment
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

try:
    from recognition.serving.errors import with_question
    from recognition.site import dataset
    from recognition.site.asked import CHOICES
    from recognition.site.database import NAME, Row, edition, kept, rows
    from recognition.site.formats import data_path, edition_headers
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

SHOWN_OF_EDITION = 12  # digits of the checksum that a page shows
SHOWN_OF_FILE = 20  # and those that the address of a static file has
LONGEST_QUESTION = 1_000  # characters of a query string that the page repeats in its head
LONGEST_DESCRIPTION = 300  # characters
DESCRIPTIONS_AT_MOST = 5_000  # that are kept for an edition: each page asks for its own several times

DESCRIPTION = "select body from search_items where url = :path and body <> '' limit 1"
ADDRESSES = """
select url from search_items where kind in ('country', 'organisation', 'count', 'vote', 'query', 'page') and url not like '%?%'
union select '/tallies/' || organisation_id from tallies
union select '/list/' || organisation_id from tallies where organisation_id <> 'un'
order by url
"""
# Crawlers stay out of every order, filter, facet and format of the same rows, of SQL, and of results of searches.
ROBOTS = """User-agent: *
Allow: {static}
Allow: {parts}
Disallow: {internal}
Disallow: {queries}
Disallow: {json}
Disallow: {csv}
Disallow: {search}
Disallow: {reconcile}
Disallow: {tools}
Disallow: {indexes}
"""
SITEMAP = """
Sitemap: {}
"""


class Site:
    """What the templates ask about the site and the page that is asked for; `request` is None outside of a request."""

    def __init__(self, datasette: Datasette, request: Request | None) -> None:
        self.datasette = datasette
        self.request = request

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """What metadata.yml says of the site: title, description, licence, source."""
        return self.datasette.metadata() or {}

    @property
    def edition(self) -> str:
        """The SHA-256 of the database file, by which an edition is cited; empty where the file may still change."""
        return edition(self.datasette)

    @property
    def edition_short(self) -> str:
        """The first digits of the edition."""
        return self.edition[:SHOWN_OF_EDITION]

    @property
    def size(self) -> int:
        """The size of the database file in bytes."""
        size: int = self.datasette.get_database(NAME).size
        return size

    def table(self, name: str) -> dict[str, Any]:
        """What metadata.yml says of a table or view: title, description, columns."""
        return self.datasette.table_metadata(NAME, name) or {}

    def address(self, path: str) -> str:
        """The public address of a path of this site; where the site has no public address, the path with its prefix."""
        return str(self.datasette.absolute_url(self.request, path))

    @property
    def is_public(self) -> bool:
        """Whether the site has a public address, so that what must be absolute can be given."""
        return self.datasette.public_address is not None

    @property
    def canonical(self) -> str:
        """The address of this page without its parameters: orders and filters are views of the same page."""
        return self.address(self.request.path) if self.request else ""

    def data(self, carried: Mapping[str, str] | None = None) -> str | None:
        """The path of the JSON with what this page shows, with the question of this page; None where that is too long.

        `carried` are the choices under which a page of ours answers, without those that are the default.
        """
        if self.request is None or len(self.request.query_string) > LONGEST_QUESTION:
            return None
        question = str(self.request.query_string)
        if isinstance(carried, dict):
            asked = parse_qsl(question, keep_blank_values=True)
            question = urlencode([(name, value) for name, value in asked if name not in CHOICES or name in carried])
        return with_question(self.datasette.urls.path(data_path(self.request.path)), question)

    async def description(self, metadata: dict[str, Any] | None = None) -> str:
        """This page in a sentence or two: what search says of it, else its table's `metadata`, else the site's."""
        path = self.request.path if self.request else ""
        ask = partial(rows, self.datasette, DESCRIPTION, path=path)
        known = await kept(self.datasette, path, ask, "descriptions", DESCRIPTIONS_AT_MOST)
        texts = [row["body"] for row in known] + [about.get("description") for about in (metadata or {}, self.metadata)]
        return shortened(" ".join(next(filter(None, texts), "").split()))

    async def dataset(self) -> Markup:
        """The database as a schema.org Dataset: JSON that is safe inside of a <script>."""
        return htmlsafe_json_dumps(await dataset.dataset(self.datasette))

    async def brief_dataset(self) -> Markup:
        """The same with less, for the front page."""
        return htmlsafe_json_dumps(await dataset.brief_dataset(self.datasette))

    async def dataset_of(self, tally: Row, says: str) -> Markup:
        """The same of the tally of a group, of which `says` tells the number."""
        return htmlsafe_json_dumps(await dataset.dataset_of(self.datasette, tally, says))


def shortened(text: str) -> str:
    """The text, or if it is longer than LONGEST_DESCRIPTION, its first words and '…'."""
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"


async def robots(datasette: Datasette, request: Request) -> Response:
    """/robots.txt. It names the sitemap where there is one."""
    paths = {
        "static": "/-/static/", "parts": "/static/", "internal": "/-/", "queries": "/*?", "json": "/*.json$", "csv": "/*.csv$",
        "search": "/search", "reconcile": "/reconcile", "tools": "/mcp", "indexes": f"/{NAME}/*_fts",
    }  # fmt: skip
    rules = {name: datasette.urls.path(path) for name, path in paths.items()}
    site = Site(datasette, request)
    return Response.text(
        ROBOTS.format(**rules) + (SITEMAP.format(site.address("/sitemap.xml")) if site.is_public else "")
    )


async def jsonld(datasette: Datasette, request: Request) -> Response:
    """/dataset.jsonld: the database as a schema.org Dataset, by itself."""
    text = json.dumps(await dataset.dataset(datasette), ensure_ascii=False, indent=1)
    return Response(f"{text}\n", headers=await edition_headers(datasette), content_type=dataset.CONTENT_TYPE)


async def sitemap(datasette: Datasette, request: Request) -> Response:
    """/sitemap.xml: every page, without what only repeats one in another order or format. Its addresses must be absolute."""
    site = Site(datasette, request)
    if not site.is_public:
        raise NotFound("A sitemap needs the public address of the site, which is not set here.")
    tables = site.metadata["databases"][NAME]["tables"]
    paths = ["/", *(row["url"] for row in await rows(datasette, ADDRESSES))]
    paths += [f"/{NAME}/{name}" for name, table in tables.items() if not table.get("hidden")]
    lines = [f"<url><loc>{escape(site.address(quote(path)))}</loc></url>" for path in dict.fromkeys(paths)]
    body = "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">', *lines, "</urlset>", "",
    ])  # fmt: skip
    return Response(body, content_type="application/xml; charset=utf-8")


def static_file(datasette: Datasette, name: str) -> Path:
    """A file of the folder that Datasette serves at /static/."""
    return Path(dict(datasette.static_mounts)["static"], name)


async def icon(datasette: Datasette, request: Request) -> Response:
    """The icon for browsers that ask for /favicon.ico, whatever the page says; Datasette would send its own.

    Datasette would do so at every address that begins so.
    """
    if request.path != "/favicon.ico":
        raise NotFound("There is no such page.")
    return Response(static_file(datasette, "icon.svg").read_text("utf-8"), content_type="image/svg+xml")


@cache
def checksum(path: Path) -> str:
    """The first digits of a file's SHA-256: browsers keep a static file for ever under an address that has them."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:SHOWN_OF_FILE]


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Give templates `static(name)`, the address of a static file."""
    env.globals["static"] = lambda name: datasette.urls.path(f"/static/{name}?{checksum(static_file(datasette, name))}")


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Site]:
    """Give templates `site`."""
    return {"site": Site(datasette, request)}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    """/robots.txt, /sitemap.xml, /dataset.jsonld and /favicon.ico."""
    return [
        (r"^/robots\.txt$", robots), (r"^/sitemap\.xml$", sitemap), (r"^/dataset\.jsonld$", jsonld), (r"^/favicon.ico", icon),
    ]  # fmt: skip

"""What machines read: address and description of each page, robots.txt, sitemap.xml, the icon, schema.org data."""

import functools
import hashlib
from pathlib import Path
from urllib.parse import quote

from datasette import hookimpl
from datasette.utils.asgi import Response
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import escape

from recognition.site.database import kept

DATABASE = "recognition"
SHOWN_OF_EDITION = 12  # digits of the checksum that stand for it
LONGEST_DESCRIPTION = 300
STATIC = Path(__file__).parent.parent / "static"
ICON = STATIC / "icon.svg"

DESCRIPTION = "select body from search_items where url = :path and body <> '' limit 1"
SPAN = "select min(counts_from) as first, max(counts_from) as last from events"
ADDRESSES = """
select url from search_items where kind in ('country', 'organisation', 'count', 'query', 'page') and url not like '%?%'
union select '/tallies/' || organisation_id from tallies
order by url
"""
# What crawlers would get lost in: every order, filter, facet and format of the same rows, SQL, results of searches.
ROBOTS = """User-agent: *
Allow: {static}
Allow: {parts}
Disallow: {internal}
Disallow: {queries}
Disallow: {json}
Disallow: {csv}
Disallow: {search}
Disallow: {indexes}

Sitemap: {sitemap}
"""


class Site:
    """What the templates ask about the site and the page that is asked for."""

    def __init__(self, datasette, request):
        self.datasette = datasette
        self.request = request

    @property
    def database(self):
        return self.datasette.get_database(DATABASE)

    @property
    def metadata(self):
        return self.datasette.metadata()

    @property
    def edition(self):
        """The SHA-256 of the database file, by which an edition is cited; empty where the file may still change."""
        return self.database.hash or ""

    @property
    def edition_short(self):
        return self.edition[:SHOWN_OF_EDITION]

    @property
    def size(self):
        return self.database.size

    def table(self, name):
        """What metadata.yml says of a table or view: title, description, columns."""
        return self.datasette.table_metadata(DATABASE, name)

    def address(self, path):
        """The absolute address of a path of this site, wherever it is served."""
        return self.datasette.absolute_url(self.request, self.datasette.urls.path(path))

    @property
    def canonical(self):
        """The address of this page without its question: orders and filters are views of the same page."""
        return self.datasette.absolute_url(self.request, "/" + self.request.path.lstrip("/")) if self.request else ""

    async def rows(self, sql, **parameters):
        return await self.database.execute_fn(
            lambda connection: [dict(row) for row in connection.execute(sql, parameters)]
        )

    async def description(self, metadata=None):
        """What this page is in a sentence or two: what search says of it, else its table's words, else the site's."""
        path = (
            "/" + self.request.path.removeprefix(self.datasette.setting("base_url")).lstrip("/") if self.request else ""
        )
        found = next(iter(await self.rows(DESCRIPTION, path=path)), None)
        text = (
            (found and found["body"]) or (metadata or {}).get("description") or self.metadata.get("description") or ""
        )
        return shortened(" ".join(text.split()))

    async def dataset(self):
        """The database as a schema.org Dataset in JSON that may stand inside a <script>; made once for each address."""
        return await kept(self.datasette, ("dataset", self.address("/")), self.made_dataset)

    async def made_dataset(self):
        (span,) = await self.rows(SPAN)
        return htmlsafe_json_dumps({
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": self.metadata["title"],
            "description": self.metadata["description"],
            "url": self.address("/"),
            "identifier": f"sha256:{self.edition}",
            "version": self.edition_short,
            "license": self.metadata["license_url"],
            "creator": {"@type": "Organization", "name": "Who recognises Kosovo?", "url": self.address("/about")},
            "isBasedOn": self.metadata["source_url"],
            "isAccessibleForFree": True,
            "inLanguage": "en",
            "temporalCoverage": f"{span['first']}/{span['last']}",
            "keywords": ["Kosovo", "diplomatic recognition", "withdrawal of recognition", "international law"],
            "distribution": [
                self.download("/recognition.db", "application/vnd.sqlite3")
                | {"contentSize": f"{self.size} B", "sha256": self.edition},
                self.download("/tallies.json", "application/json"),
                self.download("/timeline.csv", "text/csv"),
                self.download("/recognition/countries.csv?_stream=on", "text/csv"),
            ],
        })  # fmt: skip

    def download(self, path, form):
        return {"@type": "DataDownload", "contentUrl": self.address(path), "encodingFormat": form}


def shortened(text):
    """The text, or as many of its words as a description may have."""
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"


async def robots(datasette, request):
    paths = {
        "static": "/-/static/", "parts": "/static/", "internal": "/-/", "queries": "/*?", "json": "/*.json$", "csv": "/*.csv$",
        "search": "/search", "indexes": "/recognition/*_fts",
    }  # fmt: skip
    rules = {name: datasette.urls.path(path) for name, path in paths.items()}
    return Response.text(ROBOTS.format(**rules, sitemap=Site(datasette, request).address("/sitemap.xml")))


async def sitemap(datasette, request):
    """Every page that is worth finding, without what only repeats it in another order or format."""
    site = Site(datasette, request)
    tables = site.metadata["databases"][DATABASE]["tables"]
    paths = ["/", *(row["url"] for row in await site.rows(ADDRESSES))]
    paths += [f"/{DATABASE}/{name}" for name, table in tables.items() if not table.get("hidden")]
    lines = [f"<url><loc>{escape(site.address(quote(path)))}</loc></url>" for path in dict.fromkeys(paths)]
    body = "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">', *lines, "</urlset>", "",
    ])  # fmt: skip
    return Response(body, content_type="application/xml; charset=utf-8")


async def icon():
    """The icon for browsers that ask for /favicon.ico, whatever the page says; Datasette would answer with its own."""
    return Response(ICON.read_text("utf-8"), content_type="image/svg+xml")


@functools.cache
def checksum(name):
    """What tells one version of a static file from another; responses.py lets browsers keep it under this address for ever."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:20]


@hookimpl
def prepare_jinja2_environment(env, datasette):
    env.globals["static"] = lambda name: datasette.urls.path(f"/static/{name}?{checksum(name)}")


@hookimpl
def extra_template_vars(datasette, request):
    return {"site": Site(datasette, request)}


@hookimpl
def register_routes():
    return [(r"^/robots\.txt$", robots), (r"^/sitemap\.xml$", sitemap), (r"^/favicon\.ico$", icon)]

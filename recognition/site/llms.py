"""What there is for those who read with language models: the text of /llms.txt, in the form of llmstxt.org."""

from __future__ import annotations

from collections.abc import Mapping

from datasette.app import Datasette

from recognition.dates import said

from .asked import rules, subject
from .database import NAME, Row, rows
from .formats import this_edition
from .markdown import bullets, joined, link, plain

COUNTRIES = "select id, name from countries order by sort_name"
ORGANISATIONS = "select id, name from organisations order by number"


async def guide(datasette: Datasette) -> str:
    """A title, what the site is, what to mind, and links by section."""
    metadata, about = datasette.metadata() or {}, await this_edition(datasette)
    subject_row, known = await subject(datasette), await rules(datasette)

    def to(text: str, path: str, said_of: str = "") -> str:
        return link(text, datasette.absolute_url(None, path)) + (f": {said_of}" if said_of else "")

    name = plain(subject_row["name_in_sentence"])
    titles = "; ".join(f"`{id_}` ‘{plain(rule['title'])}’" for id_, rule in known.items())
    mind = bullets([
        f"Every number depends on a rule and a day. Rules: {titles}. The usual one is `{subject_row['default_rule']}`.",
        "Say rule and day with each number, and cite the page that it is from.",
        f"Records were looked through until {said(about['known_until'])}. This is edition {about['number']} of "
        f"{said(about['published_on'])}.",
        "Who recognises is contested: pages say who claims what, and in which words of the article or which record.",
        "`?rule=` and `?as_of=` (a day such as 2013-07-01) may stand behind each address of a list or a dossier.",
        f"Licence: {link(metadata['license'], metadata['license_url'])}.",
    ])  # fmt: skip
    start = [
        to("The list", "/list.md", f"who recognises {name}, since when, and who withdrew"),
        to("The article", "/article.md", "the text that the database is made of, word for word"),
        *(to(f"Rule ‘{rule['title']}’", f"/{NAME}/rules/{id_}.md", "what it counts") for id_, rule in known.items()),
    ]
    programs = [
        to("Tools", "/mcp", "the Model Context Protocol over HTTP: search, country, tally, compare, count, sql"),
        to("The database", f"/{NAME}.db", "SQLite, one file"),
        to("SQL", f"/{NAME}", "add .json?sql=… to this address; the page says what each table and column means"),
        to("Tallies", "/tallies.json", "how many members of each organisation recognise"),
        to("Search", "/search.json?q=", "words, names in many languages, questions"),
        to("Reconciliation", "/reconcile", "names of countries matched, as OpenRefine asks"),
    ]
    lists: list[tuple[str, str, Mapping[str, str]]] = [
        ("Organisations, forums and regions", "organisations", await named(datasette, ORGANISATIONS)),
        ("Countries", "countries", await named(datasette, COUNTRIES)),
    ]
    dossiers = [
        f"## {title}\n\n{bullets(to(text, f'/{NAME}/{table}/{key}.md') for key, text in found.items())}"
        for title, table, found in lists
    ]
    return joined([
        f"# {plain(metadata['title'])}", f"> {plain(metadata['description'])}", mind,
        f"## Start here\n\n{bullets(start)}", f"## For programs\n\n{bullets(programs)}", *dossiers,
    ])  # fmt: skip


async def named(datasette: Datasette, sql: str) -> dict[str, str]:
    """The names of rows by their keys."""
    found: list[Row] = await rows(datasette, sql)
    return {row["id"]: row["name"] for row in found}

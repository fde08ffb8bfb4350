"""The database, and the part of it that is about one group, as schema.org's Dataset: what catalogues of data read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from datasette.app import Datasette

from recognition import dates
from recognition.vocabulary import STATUSES, UN_MEMBER

from .asked import rules, subject
from .bundles import this_bundle
from .citing import article_as_source, citation_of_all
from .database import NAME, Row, kept, rows
from .formats import this_edition
from .tallies import members_of

CONTENT_TYPE = "application/ld+json; charset=utf-8"
DATABASE_FILE, CSV, JSON = "application/vnd.sqlite3", "text/csv", "application/json"
# Tables as files, in so far as the edition has them; `panel` has a page of its own.
TABLES = (
    "countries", "recognitions", "events", "statuses", "memberships", "tally_history", "positions", "published_counts",
)  # fmt: skip
PANEL = "panel"
COUNTED_FROM = """
select min(since) as first from tally_history where organisation_id = :organisation and rule_id in (select id from rules)
"""  # the rules are named for the sake of the index, which begins with them
Described = dict[str, Any]


async def dataset(datasette: Datasette) -> Described:
    """The database as a Dataset, made once for an edition and a day."""
    today = dates.today((await subject(datasette))["first_day"])
    return await kept(datasette, ("dataset", today), partial(made_dataset, datasette))


async def made_dataset(datasette: Datasette) -> Described:
    """The same, made now."""
    article = await article_as_source(datasette)
    told, about = datasette.metadata() or {}, await subject(datasette)
    tables = told["databases"][NAME]["tables"]
    return {
        **await common(datasette),
        **identified(datasette),
        "name": told["title"],
        "alternateName": told["creator"],
        "description": told["description"],
        "temporalCoverage": f"{about['first_day']}/{(await this_edition(datasette))['known_until']}",
        "spatialCoverage": {"@type": "Place", "name": "World"},
        "about": {"@type": "Place", "name": about["name"]},
        "keywords": [about["name"], "diplomatic recognition", "withdrawal of recognition", "international law"],
        "isBasedOn": article["url"],
        "citation": f"{article['publisher']}: {article['title']}, {article['url']}",
        "creditText": (await citation_of_all(datasette)).sentence,
        "variableMeasured": variables(about["name"]),
        "measurementTechnique": await technique(datasette),
        "distribution": distributions(datasette, [name for name in TABLES if name in tables], PANEL in tables),
    }


async def brief_dataset(datasette: Datasette) -> Described:
    """What a search for data needs of it, for the front page, where every byte is sent to every reader."""
    whole = await dataset(datasette)
    brief = (
        "@context", "@type", "url", "name", "description", "version", "license", "creator", "datePublished", "dateModified",
        "temporalCoverage",
    )  # fmt: skip
    file = {key: value for key, value in whole["distribution"][0].items() if key not in ("name", "sha256")}
    return {name: whole[name] for name in brief if name in whole} | {"distribution": [file]}


async def dataset_of(datasette: Datasette, tally: Row, says: str) -> Described:
    """The tally of a group, a row of `tallies_on`, as a Dataset that is part of the whole; `says` is the number in a sentence."""
    organisation = tally["organisation"]
    (counted,) = await rows(datasette, COUNTED_FROM, organisation=organisation)
    whole, about = await dataset(datasette), await subject(datasette)
    address = partial(datasette.absolute_url, None)
    return {
        **await common(datasette),
        **({"url": address(f"/tallies/{organisation}")} if datasette.public_address else {}),
        "name": f"{tally['name']}: {members_of(tally)} that recognise {about['name']}",
        "description": f"{says}. Every member with its status, since when and on what evidence, and every step of the number under each rule.",
        "temporalCoverage": f"{counted['first']}/{(await this_edition(datasette))['known_until']}",
        "isPartOf": {"@type": "Dataset", "name": whole["name"], **identified(datasette)},
        "distribution": [
            download(address, f"/tallies/{organisation}.csv", CSV, "Members by status"),
            download(address, f"/tallies/{organisation}.json", JSON, "Members by status, and every step of the number"),
        ],
    }


async def common(datasette: Datasette) -> Described:
    """What is true of the whole and of each part: licence, maker, edition and its day."""
    told, edition = datasette.metadata() or {}, await this_edition(datasette)
    maker = {"@type": "Organization", "name": told["creator"]}
    if datasette.public_address:
        maker["url"] = str(datasette.absolute_url(None, "/about"))
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "version": str(edition["number"]),
        "datePublished": edition["published_on"],
        "dateModified": edition["published_on"],
        "license": told["license_url"],
        "creator": maker,
        "publisher": maker,
        "isAccessibleForFree": True,
        "inLanguage": "en",
    }


def identified(datasette: Datasette) -> Described:
    """The addresses of the database as a whole, where the site has a public one."""
    if not datasette.public_address:
        return {}
    home = str(datasette.absolute_url(None, "/"))
    return {"@id": f"{home}#dataset", "url": home}


def variables(about: str) -> list[Described]:
    """What the data say of each state and each group."""
    found = (
        (f"Status of a state towards {about}, under a rule and on a day", ", ".join(STATUSES)),
        (
            f"Number of {UN_MEMBER}s, or of members of another organisation, with each status",
            "from day to day, under each rule",
        ),
        ("Day of a recognition or a withdrawal", "as the article prints it, and as other records give it"),
        ("Claim that a recognition stands or fell", "who made it, when, about whom, and on what evidence"),
    )
    return [{"@type": "PropertyValue", "name": name, "description": text} for name, text in found]


async def technique(datasette: Datasette) -> str:
    """How the numbers come about, with the names of the rules."""
    titles = ", ".join(f"‘{rule['title']}’" for rule in (await rules(datasette)).values())
    return (
        "Acts and claims are read from the article and from records, each with who makes it; a status follows from them "
        f"under rules with names: {titles}."
    )


def distributions(datasette: Datasette, tables: list[str], panel: bool) -> list[Described]:
    """The files: the database with its size and checksum, the bundle where there is one, tables as CSV, tallies and timeline."""
    address, database = partial(datasette.absolute_url, None), datasette.get_database(NAME)
    whole = download(address, f"/{NAME}.db", DATABASE_FILE, "The database, an SQLite file")
    whole |= {"contentSize": f"{database.size} B"} | ({"sha256": database.hash} if database.hash else {})
    described = (datasette.metadata() or {})["databases"][NAME]["tables"]
    files = [download(address, f"/{NAME}/{name}.csv", CSV, described[name]["title"]) for name in tables]
    if panel:
        files.insert(0, download(address, "/panel.csv", CSV, described[PANEL]["title"]))
    if bundle := this_bundle(datasette):
        packed = download(
            address, f"/bundles/{bundle.name}", "application/zip", "Everything in one file, with a codebook"
        )
        files.insert(0, packed | {"contentSize": f"{bundle.size} B", "sha256": bundle.sha256})
    return [
        whole, *files, download(address, "/timeline.csv", CSV, "Every act and claim by its date"),
        download(address, "/tallies.json", JSON, "Tallies of today, of every organisation"),
    ]  # fmt: skip


def download(address: Callable[[str], str], path: str, form: str, name: str) -> Described:
    """A file as a DataDownload; `form` is its media type."""
    return {"@type": "DataDownload", "name": name, "contentUrl": str(address(path)), "encodingFormat": form}

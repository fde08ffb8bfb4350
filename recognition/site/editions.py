"""What earlier editions were and had, from the files in editions/: where an address is gone, what was there; what changed."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from datasette.app import Datasette
from datasette.utils import tilde_encode

from recognition.dates import said
from recognition.edition_files import (
    FOLDER,
    Address,
    Changes,
    Manifest,
    read_addresses,
    read_changes,
    read_manifests,
)

from .database import NAME, Row, grouped, kept, rows
from .formats import this_edition

FORMATS = (".json", ".csv", ".txt")  # of one page
LONGEST = 300  # characters of what was at an address that a sentence repeats
ARTICLE = "/article#"
KEYS = """
select m.name as table_name, p.name as key from sqlite_master m join pragma_table_info(m.name) p on p.pk > 0
where m.type = 'table' and m.sql not like 'create virtual%' order by m.name, p.pk
"""
PAGES = "select url from search_items where kind = 'page'"
# The pages of a row besides /recognition/<table>/<key>.
OWN_PAGES = {
    "passages": (ARTICLE,), "published_counts": ("/counts/",), "votes": ("/votes/",), "themes": ("/themes/",),
    "organisations": ("/tallies/", "/list/"),
}  # fmt: skip


class Recorded(NamedTuple):
    """The files of editions/: manifests and changes by number, the newest first, and every address by itself."""

    manifests: dict[int, Manifest]
    changes: dict[int, Changes]
    addresses: dict[str, Address]  # where one went and came back, its last time


NOTHING = Recorded({}, {}, {})


@functools.lru_cache(maxsize=8)  # folders: a site has one, tests have some
def read(folder: Path) -> Recorded:
    """What is recorded in a folder. The files belong to the code: they stay as they are while the site runs."""
    manifests = read_manifests(folder)
    changes = {number: found for number in manifests if (found := read_changes(folder, number))}
    addresses = {row.address: row for row in sorted(read_addresses(folder))}
    return Recorded(manifests, changes, addresses)


async def recorded(datasette: Datasette) -> Recorded:
    """What is recorded of the editions of the site that is served.

    Nothing where its folder has no editions/, or has those of another subject, whose rows would be missed here.
    """
    if datasette.config_dir is None:
        return NOTHING
    found = await asyncio.to_thread(read, Path(datasette.config_dir) / FOLDER)
    subject = (await this_edition(datasette))["subject"]
    return found if f"/{NAME}/subject/{tilde_encode(subject)}" in found.addresses else NOTHING


async def gone(datasette: Datasette, path: str) -> str | None:
    """What was at a path, or behind an anchor of the article, in an earlier edition, in sentences; None where nothing was.

    `path` is in Datasette's encoding, without the prefix. It is asked of paths at which there is nothing now.
    """
    known = (await recorded(datasette)).addresses
    plain = next((path.removesuffix(form) for form in FORMATS if path.endswith(form)), path)
    found = known.get(path) or known.get(plain)
    if found is None or (found.until is None and not await is_lacking(datasette, found.address)):
        return None
    until = found.until or (await newest(datasette))
    now = (await this_edition(datasette))["number"]
    when = (
        f"edition {found.since}"
        if until == found.since
        else f"editions {found.since} {'and' if until == found.since + 1 else 'to'} {until}"
    )
    since = f"It is not in edition {now}" if now != until else "It is no longer in what will be the next edition"
    was = found.was if len(found.was) <= LONGEST else found.was[:LONGEST].rsplit(" ", 1)[0] + "…"
    return f"This address was in {when}: {was if was.startswith('‘') else f'‘{was}’'}. {since}; /changes says what changed."


async def is_lacking(datasette: Datasette, address: str) -> bool:
    """Whether an address that the newest edition had is that of a row which the file that is served has not.

    So it is while the next edition is prepared. Of any other page there may be something that was not found on it.
    """
    starts = [f"/{NAME}/", *(start for own in OWN_PAGES.values() for start in own)]
    is_of_row = any(address.startswith(start) for start in starts) and address.count("/") == 2 + address.startswith(
        f"/{NAME}/"
    )
    return is_of_row and address not in await present_rows(datasette)


async def newest(datasette: Datasette) -> int:
    """The number of the newest edition that is written down, 0 where none is."""
    return max((await recorded(datasette)).manifests, default=0)


async def is_written_down(datasette: Datasette) -> bool:
    """Whether the file that is served is the one of the manifest of its edition."""
    about = await this_edition(datasette)
    manifest = (await recorded(datasette)).manifests.get(about["number"])
    return manifest is not None and manifest["file"]["sha256"] == about["checksum"]


async def gone_passages(datasette: Datasette, present: Iterable[str]) -> list[Row]:
    """The anchors that the article had and that are none of `present`: anchor, was, since, until, in the order of anchors."""
    known, last = await recorded(datasette), await newest(datasette)
    anchors = set(present)
    return [
        {"anchor": anchor, "was": row.was, "since": row.since, "until": row.until or last}
        for row in known.addresses.values()
        if row.address.startswith(ARTICLE) and (anchor := row.address.removeprefix(ARTICLE)) not in anchors
    ]


async def present_rows(datasette: Datasette) -> frozenset[str]:
    """The addresses of the rows that this edition has: a link to another would lead nowhere.

    Of tables with a key of several columns only those of which earlier editions are known.
    """

    async def ask() -> frozenset[str]:
        found = {row["url"] for row in await rows(datasette, PAGES)}  # /tallies/compare is no organisation
        listed = {
            address.split("/")[2]
            for address in (await recorded(datasette)).addresses
            if address.startswith(f"/{NAME}/") and "," in address
        }
        for name, columns in grouped(await rows(datasette, KEYS), "table_name").items():
            if len(columns) > 1 and name not in listed:
                continue
            starts = [f"/{NAME}/{name}/", *OWN_PAGES.get(name, ())]
            keys = ", ".join(f"[{column['key']}]" for column in columns)  # names of our own schema
            for row in await rows(datasette, f"select {keys} from [{name}]"):
                key = ",".join(tilde_encode(str(part)) for part in row.values())
                found.update(f"{start}{key}" for start in starts)
        return frozenset(found)

    return await kept(datasette, "addresses of rows", ask)


def edition_said(about: Manifest | Row) -> str:
    """'edition 7 of 26 November 2026'."""
    return f"edition {about['number']} of {said(about['published_on'])}"

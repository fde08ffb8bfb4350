"""What a manifest says of an edition: checksums, counts of rows, how published counts are explained, its addresses."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from datasette.utils import tilde_encode

from recognition.change_words import shortened
from recognition.changes.databases import COUNTED, NAMES, Database
from recognition.edition_files import Address, Manifest, checksum
from recognition.vocabulary import UN

from .site import NotAsked

DATABASE = "recognition.db"
ARTICLE_TEXT = 500  # characters of what a passage said, and of what any other row was called
# Tables whose rows have a key of one column and that nobody cites by a row: places among others, words of the search.
NOT_CITED = frozenset(
    ["edition", "question_forms", "rule_effects", "shapes", "search_items", "search_names", "search_words"]
)
# Tables with a key of several columns whose rows nobody cites: what is counted from others, and names of the search.
NOT_CITED_IN_PARTS = NOT_CITED | COUNTED | NAMES | {"panel"}
TALLIES = """
select t.rule_id, t.recognising || ' of ' || t.members as number from tally_history t join rules r on r.id = t.rule_id
where t.organisation_id = :organisation and t.since <= :day and (t.until is null or :day < t.until) order by r.position
"""
EXPLAINED = "select outcome, count(*) as counts from count_explanations group by outcome order by outcome"
TABLES = "select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!' order by name"


def manifest_of(folder: Path, database: Database, addresses: list[str]) -> Manifest:
    """The manifest of the edition that was built in a folder. Raises NotAsked where there is none to describe."""
    about = database.edition
    if about["number"] is None:
        raise NotAsked(f"{database.path} does not say which edition it is.")
    day = about["known_until"] or about["published_on"]
    has_outcomes = database.rows("select 1 from sqlite_master where name = 'count_explanations'")
    return {
        "number": about["number"],
        "published_on": about["published_on"],
        "known_until": about["known_until"],
        "file": {"sha256": database.checksum, "bytes": database.path.stat().st_size},
        "content": content(database.path),
        "sources": {path.name: sha256(path) for path in sorted((folder / "sources").iterdir()) if path.is_file()},
        "rows": rows(database),
        "published_counts": {row["outcome"]: row["counts"] for row in database.rows(EXPLAINED)} if has_outcomes else {},
        "recognising_un_members": {
            row["rule_id"]: row["number"] for row in database.rows(TALLIES, organisation=UN, day=day)
        },
        "addresses": {"count": len(addresses), "sha256": checksum(addresses)},
    }


def sha256(path: Path) -> str:
    """The checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has, without those of full-text indexes."""
    return {
        name: database.rows(f"select count(*) as rows from [{name}]")[0]["rows"] for name in sorted(database.tables)
    }


def content(path: Path) -> str:
    """The checksum of what is in a database: structure and rows, whichever version of SQLite wrote the file."""
    told = hashlib.sha256()
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        for kind, name, sql in connection.execute(
            "select type, name, sql from sqlite_master where sql is not null order by type, name"
        ):
            if "_fts_" not in name and not name.startswith(
                ("search_data", "search_idx", "search_docsize", "search_config")
            ):
                told.update(f"{kind} {sql}\n".encode())
        for (name,) in connection.execute(TABLES).fetchall():
            if "_fts" in name or name.startswith("search"):
                continue  # made from the other tables
            for line in sorted(repr(row) for row in connection.execute(f"select * from [{name}]")):
                told.update(f"{name} {line}\n".encode())
    return told.hexdigest()


def row_addresses(database: Database) -> Iterator[tuple[str, str]]:
    """(address, what is there) of each row that can be cited, and of each passage in the article."""
    for name, table in database.tables.items():
        if not table.key or name in (NOT_CITED if len(table.key) == 1 else NOT_CITED_IN_PARTS):
            continue
        for row in database.rows(f"select * from [{name}]"):
            parts, was = [row[column] for column in table.key], shortened(database.called(name, row), ARTICLE_TEXT)
            yield f"/recognition/{name}/{','.join(tilde_encode(str(part)) for part in parts)}", was
            if name == "passages":
                key = parts[0]
                yield f"/article#{f'line-{key}' if isinstance(key, int) else key}", was  # lines were keys at first


def carried_on(addresses: list[Address], present: dict[str, str], number: int, previous: int | None) -> list[Address]:
    """addresses.csv with those of a further edition: what is new begins, what is gone ends with the edition before.

    `present` is what is at each address. What was written of this edition before is forgotten.
    """
    before = [
        row._replace(until=None) if previous is not None and row.until == previous else row
        for row in addresses if row.since < number
    ]  # fmt: skip
    open_ = {row.address for row in before if row.until is None}
    kept = [
        row if row.until is not None else row._replace(was=present[row.address]) if row.address in present
        else row._replace(until=previous) for row in before
    ]  # fmt: skip
    new = [Address(address, number, None, was) for address, was in present.items() if address not in open_]
    return sorted(kept + new)


def summary(manifest: Manifest) -> dict[str, Any]:
    """What a test compares with the database that the sources build: all but what its bytes and its pages are."""
    return {
        name: manifest[name]
        for name in ("number", "published_on", "known_until", "content", "sources", "rows", "published_counts")
    }

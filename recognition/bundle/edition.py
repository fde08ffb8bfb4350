"""What is bundled: an edition of the database, who made it, and its published tables with their rows."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from recognition.published_tables import PublishedTable, published_tables

Rows = list[tuple[Any, ...]]
EDITION = "select number, published_on, known_until from edition"
SOURCES = "select title, publisher, url, licence from sources order by id <> 'article', id"


class BundleRefused(Exception):
    """Why no bundle can be made, and what to do, as a sentence."""


@dataclass(frozen=True)
class Edition:
    """An edition of the database. Days are ISO days; `sources` are rows of table `sources`: title, publisher, url, licence."""

    database: str  # the name of its file without the ending
    number: int
    published_on: str
    known_until: str
    sha256: str
    title: str
    description: str
    authors: tuple[str, ...]
    licence: str  # as people write it: 'CC BY-SA'
    licence_url: str
    sources: tuple[tuple[str, str, str | None, str], ...]
    tables: tuple[PublishedTable, ...]

    @property
    def name(self) -> str:
        """What the bundle and the folder inside of it are called: 'recognition-8'."""
        return f"{self.database}-{self.number}"

    @property
    def spdx(self) -> str:
        """The licence as SPDX names it, from its address at Creative Commons: 'CC-BY-SA-4.0'."""
        parts = urlsplit(self.licence_url).path.strip("/").split("/")
        if len(parts) < 3 or parts[0] != "licenses":
            raise BundleRefused(f"license_url in metadata.yml is no licence of Creative Commons: {self.licence_url}.")
        return f"CC-{parts[1]}-{parts[2]}".upper()


def read_edition(path: Path, connection: sqlite3.Connection, metadata: Mapping[str, Any]) -> Edition:
    """The edition in a database file, described by the content of metadata.yml. Raises BundleRefused where the two differ."""
    number, published_on, known_until = connection.execute(EDITION).fetchone()
    try:
        tables = published_tables(connection, metadata["databases"][path.stem]["tables"])
        return Edition(
            path.stem, number, published_on, known_until, hashlib.sha256(path.read_bytes()).hexdigest(), metadata["title"],
            " ".join(metadata["description"].split()), tuple(metadata["authors"]), metadata["license"], metadata["license_url"],
            tuple(connection.execute(SOURCES).fetchall()), tuple(tables),
        )  # fmt: skip
    except (KeyError, sqlite3.OperationalError, TypeError) as error:
        raise BundleRefused(f"{path.name} is not as metadata.yml describes it ({error}): build it again.") from error


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, read only. Its today is the day until which records were looked through, so that its bytes stay the same."""
    if not path.is_file():
        raise BundleRefused(f"{path} is missing: build the database first, with `make build`.")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        _, _, known_until = connection.execute(EDITION).fetchone()
        connection.create_function("current_date", 0, lambda: known_until, deterministic=True)
        yield connection
    except sqlite3.DatabaseError as error:
        raise BundleRefused(f"{path} is no database of this project ({error}): build it again.") from error
    finally:
        connection.close()


def rows_of(connection: sqlite3.Connection, table: PublishedTable) -> Rows:
    """All rows of a table in the order of its key, of a view in that of all its columns."""
    order = ", ".join(f"[{name}]" for name in (table.key or [column.name for column in table.columns]))
    return connection.execute(f"select * from [{table.name}] order by {order}").fetchall()

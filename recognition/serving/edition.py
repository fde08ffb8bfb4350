"""Refuses to serve a database that is missing, damaged, or not the one that inspect-data.json describes.

Datasette believes inspect-data.json and opens the database only when the first page is asked for. Unchecked, a site
starts that answers every page with an error, or with the counts and the checksum of another edition.

A Check of a folder, before Datasette starts, also gives a sentence where Datasette itself would give a traceback.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import click
from datasette.app import DEFAULT_SETTINGS, Datasette
from datasette.utils import BadMetadataError, StartupError, parse_metadata

from .addresses import public_address
from .closed_pages import tables_of_indexes
from .configuration import Configuration

try:
    import fcntl
except ImportError:  # Windows
    LOCKS = False
else:
    LOCKS = True

INSPECT_DATA = "inspect-data.json"
SIGNATURE = b"SQLite format 3\0"
ENDINGS = ("db", "sqlite", "sqlite3")  # of the files that `datasette FOLDER` serves
KINDS = {bool: "true or false", int: "a whole number, not below 0", str: "a text"}  # of settings
COLUMNS = """
select m.name, p.name from sqlite_master m join pragma_table_info(m.name) p where m.type in ('table', 'view')
"""

Described = dict[str, Any]  # what inspect-data.json says of one database: hash, size, file, tables


class EditionRefused(StartupError, click.ClickException):
    """Why the site does not start and what to do; Datasette's command prints the message alone."""


def unreadable(path: Path, error: OSError) -> EditionRefused:
    """The refusal of a file that is there and that the system does not let the process read."""
    why = error.strerror or str(error)
    return EditionRefused(f"{path.name} cannot be read ({why}): let the user who runs the site read it.")


class OpenedFile:
    """The file that is served, as it was when the site started; other modules find it as `datasette.opened_file`."""

    def __init__(self, path: Path, closed_tables: frozenset[str]) -> None:
        self.path = path
        self.closed_tables = closed_tables  # names of tables that have no pages
        self.identity = self.on_disk()
        self.lock = held(path)

    def on_disk(self) -> tuple[int, int, int, int] | None:
        """What differs when another file takes its place, or it is written to; None where there is no file."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    @property
    def is_there(self) -> bool:
        return self.on_disk() == self.identity


def startup(datasette: Datasette, configuration: Configuration) -> None:
    """Check what Datasette has been given to serve; raises EditionRefused."""
    check = Check(configuration)
    check.name({name: Path(database.path) for name, database in datasette.databases.items() if database.path})
    database = datasette.get_database(configuration.database)
    if datasette.config_dir:
        closed = check.folder(datasette.config_dir, datasette.metadata())  # which takes long to parse again
    else:
        described = (datasette.inspect_data or {}).get(configuration.database)
        closed = check.database(Path(database.path), described, datasette.metadata())
    datasette.opened_file = OpenedFile(Path(database.path), closed)
    if database.is_mutable:
        file = datasette.opened_file.path.name
        raise EditionRefused(f"{file} is served as a file that may change: name it with --immutable {file}.")


def held(path: Path) -> BinaryIO:
    """The open file with a shared lock for as long as the process runs: a build does not replace what is locked so."""
    file = path.open("rb")
    if LOCKS:
        with suppress(OSError):  # the file system has no locks
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return file


class Check:
    """The checks of one site. Each raises EditionRefused with a sentence that says what is wrong and what to do."""

    def __init__(self, configuration: Configuration) -> None:
        self.expected = configuration.database
        self.again = configuration.build_again
        self.indexes = configuration.indexes

    def folder(self, folder: Path, metadata: dict[str, Any] | None = None) -> frozenset[str]:
        """Refuse a folder that `datasette FOLDER` cannot serve. Returns the tables that are closed.

        `metadata` is the content of metadata.yml where it is known already.
        """
        settings = self.settings(folder / "settings.json")
        metadata = metadata or self.metadata(folder)
        public_address(metadata, settings.get("base_url", "/"))
        inspected = self.parsed(folder / INSPECT_DATA, json.loads, self.again)
        self.name({path.stem: path for ending in ENDINGS for path in folder.glob(f"*.{ending}")})
        self.description(inspected)
        return self.database(folder / f"{self.expected}.db", inspected[self.expected], metadata)

    def metadata(self, folder: Path) -> dict[str, Any]:
        """The content of metadata.yml."""
        return self.parsed(folder / "metadata.yml", parse_metadata, "restore it")

    def settings(self, path: Path) -> dict[str, Any]:
        """The settings of a file, each one that Datasette has, with a value of its kind: Datasette believes the file."""
        settings = self.parsed(path, json.loads, "write it again: JSON with names and values of settings")
        for name, value in settings.items():
            default = DEFAULT_SETTINGS.get(name)
            if default is None:
                raise EditionRefused(f"{path.name} says {name}, which is no setting of Datasette: take it out.")
            is_kind = type(value) is type(default) and not (type(value) is int and value < 0)
            if not is_kind and name != "base_url":  # of which public_address says more
                raise EditionRefused(f"{path.name} says {name} is {value!r}: it must be {KINDS[type(default)]}.")
        return settings

    def parsed(self, path: Path, parse: Callable[[str], Any], remedy: str) -> dict[str, Any]:
        """The content of a file that people or the build write: a JSON or YAML object."""
        try:
            if not path.is_file():
                raise EditionRefused(f"{path.name} is missing: {remedy}.")
            found = parse(path.read_text("utf-8"))
        except OSError as error:
            raise unreadable(path, error) from error
        except (ValueError, BadMetadataError, RecursionError) as error:
            raise EditionRefused(f"{path.name} cannot be read ({error}): {remedy}.") from error
        if not isinstance(found, dict):
            raise EditionRefused(f"{path.name} holds no names with values: {remedy}.")
        return found

    def name(self, databases: dict[str, Path]) -> None:
        """Refuse a site without the database, or with another one beside it, which would be public too."""
        if self.expected not in databases:
            others = "".join(f"; {path.name} has another name" for path in databases.values())
            raise EditionRefused(f"{self.expected}.db is missing{others}: {self.again}.")
        if len(databases) > 1:
            others = " and ".join(sorted(path.name for name, path in databases.items() if name != self.expected))
            raise EditionRefused(f"{others} would be served beside {self.expected}.db: move it out of the folder.")

    def description(self, inspected: dict[str, Any]) -> None:
        """Refuse an inspect-data.json that does not say what Datasette looks for in it."""
        described = inspected.get(self.expected)
        if len(inspected) != 1 or not isinstance(described, dict):
            others = ", ".join(inspected) or "nothing"
            raise EditionRefused(f"{INSPECT_DATA} describes {others}, not {self.expected} alone: {self.again}.")
        if lacking := [key for key in ("hash", "size", "file", "tables") if key not in described]:
            raise EditionRefused(
                f"{INSPECT_DATA} does not say the {' and the '.join(lacking)} of {self.expected}.db: {self.again}."
            )

    def database(self, path: Path, described: Described | None, metadata: dict[str, Any]) -> frozenset[str]:
        """Refuse a file that is damaged, lacks what the site reads, or is not `described`. Returns the closed tables."""
        try:
            if not path.is_file():
                raise EditionRefused(f"{path.name} is missing: {self.again}.")
            with path.open("rb") as file:
                is_database = file.read(len(SIGNATURE)) == SIGNATURE
        except OSError as error:
            raise unreadable(path, error) from error
        if not is_database:
            raise EditionRefused(f"{path.name} is no SQLite database: {self.again}.")
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
        try:
            (state,) = connection.execute("pragma quick_check(1)").fetchone()
            if state != "ok":
                raise EditionRefused(f"{path.name} is damaged ({state.splitlines()[-1]}): {self.again}.")
            self.structure(path.name, connection.execute(COLUMNS), metadata)
            if described is not None:
                self.described(path, counts(connection), described)
            return tables_of_indexes(connection)
        except sqlite3.Error as error:
            raise EditionRefused(f"{path.name} is damaged ({error}): {self.again}.") from error
        except OSError as error:  # while its checksum is taken
            raise unreadable(path, error) from error
        finally:
            connection.close()

    def structure(self, file: str, columns: Iterable[tuple[str, str]], metadata: dict[str, Any]) -> None:
        """Refuse a database that another version of the code built: it lacks a table or column that metadata.yml names."""
        found: dict[str, set[str]] = {}
        for table, column in columns:
            found.setdefault(table, set()).add(column)
        described = metadata.get("databases", {}).get(self.expected, {}).get("tables", {})
        needed = {name: set(table.get("columns", ())) for name, table in described.items()}
        needed |= {name: set() for name in self.indexes}
        for name, names in needed.items():
            lacking = f" column {', '.join(sorted(names - found[name]))} in" if name in found else ""
            if name not in found or names - found[name]:
                raise EditionRefused(
                    f"{file} has no{lacking} {name}, it was built by another version of the code: {self.again}."
                )

    def described(self, path: Path, rows: dict[str, int], described: Described) -> None:
        """Refuse a description of another file: its size, its checksum, or the number of rows in a table differs."""
        with path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        pairs = [("size", described["size"], path.stat().st_size), ("checksum", described["hash"], checksum)]
        pairs += [
            (f"count of rows in {table}", described["tables"].get(table, {}).get("count"), count)
            for table, count in rows.items()
        ]
        for what, said, is_so in pairs:
            if said != is_so:
                stale = f"{INSPECT_DATA} describes another {path.name}"
                raise EditionRefused(f"{stale}: its {what} is {said}, the file's is {is_so}; {self.again}.")


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """The number of rows of every table."""
    names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
    rows = connection.execute(" union all ".join(f"select count(*) from [{name}]" for name in names) or "select 0")
    return {name: count for name, (count,) in zip(names, rows)}

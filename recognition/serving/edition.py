"""Refuses to serve a database that is missing, damaged or another one than inspect-data.json says.

Datasette believes inspect-data.json and opens the database when the first page is asked for: unchecked, a site starts
that answers every page with an error, or with the counts and the checksum of another edition.

Run as a program on a folder (`python plugins/edition.py .`), before Datasette, it also says in a sentence what
Datasette itself would answer with a traceback.
"""

import hashlib
import json
import sqlite3
import sys
from pathlib import Path

import click
from datasette.utils import BadMetadataError, StartupError, parse_metadata

NAME = "recognition"  # of the database; its file is recognition.db
INSPECT_DATA = "inspect-data.json"
AGAIN = "build the database again with `make build` (or `python build_db.py`)"
SIGNATURE = b"SQLite format 3\0"
# What the site reads beside the tables and views that metadata.yml describes.
INDEXES = ("countries_fts", "positions_fts", "passages_fts", "organisations_fts", "search_names_fts")


class EditionRefused(StartupError, click.ClickException):
    """Why the site does not start and what to do; Datasette's command prints it as it is."""


def check_folder(folder):
    """Refuse a folder that `datasette FOLDER` cannot serve."""
    parsed(folder / "settings.json", json.loads, "write it again: JSON with names and values of settings")
    metadata = parsed(folder / "metadata.yml", parse_metadata, "restore it")
    inspected = parsed(folder / INSPECT_DATA, json.loads, AGAIN)
    check_name({path.stem: path for ending in ("db", "sqlite", "sqlite3") for path in folder.glob(f"*.{ending}")})
    check_description(inspected)
    check_database(folder / f"{NAME}.db", inspected[NAME], metadata)


def parsed(path, parse, remedy):
    """What is in a file of the site that people or the build write."""
    if not path.is_file():
        raise EditionRefused(f"{path.name} is missing: {remedy}.")
    try:
        found = parse(path.read_text("utf-8"))
    except (ValueError, BadMetadataError) as error:
        raise EditionRefused(f"{path.name} cannot be read ({error}): {remedy}.") from error
    if not isinstance(found, dict):
        raise EditionRefused(f"{path.name} holds no names with values: {remedy}.")
    return found


def check_name(databases):
    """Refuse a site without recognition.db, or with another database, which would be public beside it."""
    if NAME not in databases:
        others = "".join(f"; {path.name} has another name" for path in databases.values())
        raise EditionRefused(f"{NAME}.db is missing{others}: {AGAIN}.")
    if len(databases) > 1:
        others = " and ".join(sorted(path.name for name, path in databases.items() if name != NAME))
        raise EditionRefused(f"{others} would be served beside {NAME}.db: move it out of the folder.")


def check_description(inspected):
    """Refuse an inspect-data.json that does not say what Datasette looks for in it."""
    if list(inspected) != [NAME] or not isinstance(inspected[NAME], dict):
        raise EditionRefused(
            f"{INSPECT_DATA} describes {', '.join(inspected) or 'nothing'}, not {NAME} alone: {AGAIN}."
        )
    if lacking := [key for key in ("hash", "size", "file", "tables") if key not in inspected[NAME]]:
        raise EditionRefused(f"{INSPECT_DATA} does not say the {' and the '.join(lacking)} of {NAME}.db: {AGAIN}.")


def check_database(path, described, metadata):
    """Refuse a file that is no sound database, lacks what the site reads, or is not what `described` says of it."""
    if not path.is_file():
        raise EditionRefused(f"{path.name} is missing: {AGAIN}.")
    with path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            raise EditionRefused(f"{path.name} is no SQLite database: {AGAIN}.")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
    try:
        (state,) = connection.execute("pragma quick_check(1)").fetchone()
        if state != "ok":
            raise EditionRefused(f"{path.name} is damaged ({state.splitlines()[-1]}): {AGAIN}.")
        check_structure(connection, path, metadata)
        if described is not None:
            check_described(connection, path, described)
    except sqlite3.Error as error:
        raise EditionRefused(f"{path.name} is damaged ({error}): {AGAIN}.") from error
    finally:
        connection.close()


def check_structure(connection, path, metadata):
    """Refuse a database of another edition of the code: every table, view and column that metadata.yml names is there."""
    described = metadata.get("databases", {}).get(NAME, {}).get("tables", {})
    needed = {name: set(table.get("columns", ())) for name, table in described.items()}
    needed |= {name: set() for name in INDEXES}
    for name, columns in needed.items():
        found = {row[1] for row in connection.execute("select * from pragma_table_info(?)", [name])}
        if not found:
            raise EditionRefused(f"{path.name} has no {name}, it was built by another version of the code: {AGAIN}.")
        if lacking := columns - found:
            raise EditionRefused(
                f"{path.name} has no column {', '.join(sorted(lacking))} in {name}, "
                f"it was built by another version of the code: {AGAIN}."
            )


def check_described(connection, path, described):
    """Refuse a description of another file: size, checksum, and rows of every table."""
    stale = f"{INSPECT_DATA} describes another {path.name}: its %s is %s, the file's is %s; {AGAIN}."
    if described["size"] != path.stat().st_size:
        raise EditionRefused(stale % ("size", described["size"], path.stat().st_size))
    if described["hash"] != (checksum := sha256(path)):
        raise EditionRefused(stale % ("checksum", described["hash"], checksum))
    names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
    for name in names:
        ((rows,),) = connection.execute(f"select count(*) from [{name}]")
        if (said := described["tables"].get(name)) != {"count": rows}:
            raise EditionRefused(stale % (f"count of rows in {name}", said and said.get("count"), rows))


def sha256(path):
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class OpenedFile:
    """The file that is served, as it was when the site started; plugins find it as `datasette.opened_file`."""

    def __init__(self, path):
        self.path = path
        self.identity = self.on_disk()

    def on_disk(self):
        """What differs when another file is put in its place, or it is written to; None where there is none."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    @property
    def is_there(self):
        return self.on_disk() == self.identity


def startup(datasette):
    check_name({name: Path(database.path) for name, database in datasette.databases.items() if database.path})
    database = datasette.get_database(NAME)
    opened = datasette.opened_file = OpenedFile(Path(database.path))
    if datasette.config_dir:
        check_folder(datasette.config_dir)
    else:
        check_database(opened.path, (datasette.inspect_data or {}).get(NAME), datasette.metadata())
    name = opened.path.name
    if database.is_mutable:
        raise EditionRefused(f"{name} is served as a file that may change: name it with --immutable {name}.")


def main() -> None:
    """Check the folder named on the command line (default: this one); exit with a sentence where it cannot be served."""
    try:
        check_folder(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    except EditionRefused as refused:
        sys.exit(f"The site cannot start: {refused.message}")


if __name__ == "__main__":
    main()

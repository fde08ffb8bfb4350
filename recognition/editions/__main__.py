"""Writes down the edition that was built: python -m recognition.editions.

editions/<number>.json, its manifest; editions/<number>-changes.json, what changed since the edition before; and its
addresses in editions/addresses.csv. A published edition is never changed: --again writes one anew that nobody has seen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from recognition.change_words import as_text
from recognition.changes.compare import compared
from recognition.changes.databases import CannotCompare, Database
from recognition.edition_files import FOLDER, Manifest, read_addresses, read_manifests, write_addresses, write_json

from .earlier import built, commit_of
from .manifest import DATABASE, carried_on, manifest_of, row_addresses, sha256
from .site import NotAsked, pages

PUBLISHED = (
    "Edition {} is published, and what is built here is another: raise the number in sources/edition.csv, build, and run this "
    "again. If nobody has seen that edition yet, run it with --again."
)
LATER = "Edition {} is written already; editions are written in their order."


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and says what was written; returns its exit status: 0, or 1 with a sentence that says why not."""
    options = parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as place:
            for line in write(options, Path(place)):
                print(line)
    except (NotAsked, CannotCompare) as why:
        print(why, file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """Returns the reader of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m recognition.editions", description="Write down the edition that was built."
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(), help="the repository, with the database built (default: this folder)"
    )
    parser.add_argument(
        "--old", type=Path, help="the database file of the edition before (default: its commit is built again)"
    )
    parser.add_argument("--again", action="store_true", help="write this edition anew, which nobody has seen yet")
    parser.add_argument(
        "--commit", help="write down what this commit builds, of an edition that was published without a manifest"
    )
    parser.add_argument("--number", type=int, help="the number of that edition, where its database does not say it")
    parser.add_argument("--day", help="the day on which it was published, where its database does not say it")
    return parser


def write(options: argparse.Namespace, place: Path) -> list[str]:
    """Write the three files; returns what to say of it. Raises NotAsked and CannotCompare."""
    editions: Path = options.folder / FOLDER
    editions.mkdir(exist_ok=True)
    manifests = read_manifests(editions)
    folder = built(options.folder, options.commit, place) if options.commit else options.folder
    database = Database(existing(folder / DATABASE))
    if options.number is not None and database.edition["number"] is None:
        database.edition = {"number": options.number, "published_on": options.day, "known_until": None}
    number = database.edition["number"] or 0
    if any(other > number for other in manifests):
        raise NotAsked(LATER.format(max(manifests)))
    present = {**dict(row_addresses(database)), **pages(folder, database.edition["published_on"])}
    manifest = manifest_of(folder, database, sorted(present))
    if options.commit:
        manifest["commit"] = options.commit
    previous = max((other for other in manifests if other < number), default=None)
    if previous is not None:  # so that an earlier manifest cannot be changed unnoticed
        manifest["before"] = {"number": previous, "sha256": sha256(editions / f"{previous}.json")}
    if number in manifests and not options.again:
        if manifests[number]["content"] == manifest["content"]:
            return [f"Edition {number} is written down already, and is what is built here."]
        raise NotAsked(PUBLISHED.format(number))
    said = [] if previous is None else changes(options, manifests[previous], database, place)
    write_json(editions / f"{number}.json", manifest)
    write_addresses(editions, carried_on(read_addresses(editions), present, number, previous))
    return [f"Edition {number} of {manifest['published_on']} is written down in {editions / f'{number}.json'}.", *said]


def existing(path: Path) -> Path:
    """The path of a database; NotAsked where it is not built."""
    if not path.is_file():
        raise NotAsked(f"{path} is not there: build it with make build.")
    return path


def changes(options: argparse.Namespace, before: Manifest, database: Database, place: Path) -> list[str]:
    """Write what changed since the edition before; returns it in words."""
    path = (
        existing(options.old)
        if options.old
        else built(options.folder, commit_of(options.folder, before), place) / DATABASE
    )
    old, said = Database(path), []
    if old.checksum != before["file"]["sha256"]:
        said.append(
            f"{path.name} has other bytes than edition {before['number']} had, as another version of SQLite writes them."
        )
    old.edition = {name: before[name] for name in ("number", "published_on", "known_until")}
    found: dict[str, Any] = compared(old, database, Database(existing(options.folder / DATABASE))).as_json
    number = database.edition["number"]
    write_json(options.folder / FOLDER / f"{number}-changes.json", found)
    return [*said, as_text(found).rstrip()]


if __name__ == "__main__":
    sys.exit(main())

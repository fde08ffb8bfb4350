"""The files in editions/: what each edition was, every address that one had, and what changed from one to the next.

<number>.json           the manifest of a published edition; it is never changed
<number>-changes.json   what that edition added, removed and changed, as recognition.changes finds it
addresses.csv           every address that an edition had: from which edition until which, and what was there
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = "editions"
ADDRESSES = "addresses.csv"
MANIFEST = re.compile(r"(\d+)\.json")

# number, before (number and checksum of the manifest before), published_on, known_until, file, content, sources, rows,
# published_counts, recognising_un_members, addresses, and commit of an edition that was written down later.
Manifest = dict[str, Any]
Changes = dict[str, Any]  # as recognition.changes.compare.Comparison.as_json gives it


class Address(NamedTuple):
    """A row of addresses.csv. `until` is the last edition that had it; None while the newest published one has it."""

    address: str  # a path, in the article with the anchor of a passage
    since: int
    until: int | None
    was: str  # what was there, in words


def read_manifests(folder: Path) -> dict[int, Manifest]:
    """The manifests of the published editions by number, the newest first."""
    found = [(int(match[1]), path) for path in folder.glob("*.json") if (match := MANIFEST.fullmatch(path.name))]
    return {number: json.loads(path.read_text("utf-8")) for number, path in sorted(found, reverse=True)}


def read_changes(folder: Path, number: int) -> Changes | None:
    """What an edition changed; None where that is not recorded."""
    path = folder / f"{number}-changes.json"
    found: Changes | None = json.loads(path.read_text("utf-8")) if path.is_file() else None
    return found


def read_addresses(folder: Path) -> list[Address]:
    """The rows of addresses.csv, none where there is no such file."""
    path = folder / ADDRESSES
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return [Address(address, int(since), int(until) if until else None, was) for address, since, until, was in rows]


def write_addresses(folder: Path, addresses: Iterable[Address]) -> None:
    """Write addresses.csv in the order of addresses, so that a difference shows what came and went."""
    with (folder / ADDRESSES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Address._fields)
        writer.writerows([row.address, row.since, row.until or "", row.was] for row in sorted(addresses))


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON for people too: a value a line."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def had(addresses: Iterable[Address], number: int) -> list[str]:
    """The addresses that an edition had, in their order."""
    return sorted(row.address for row in addresses if row.since <= number <= (row.until or number))


def checksum(addresses: Iterable[str]) -> str:
    """The SHA-256 of addresses, one a line: a manifest has it, so that addresses.csv cannot forget one."""
    return hashlib.sha256("".join(f"{address}\n" for address in addresses).encode()).hexdigest()

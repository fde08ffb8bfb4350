"""The bundles that a keeper has put beside the database: that of this edition, and those of older ones.

They are read once, when the site starts: what each says of itself in its datapackage.json, and its checksum. A file that is
no bundle is passed over, with a line in the log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from weakref import WeakKeyDictionary

from datasette.app import Datasette

from recognition.dates import iso_day

from .database import NAME, edition

FOLDER = "bundles"  # beside the database
NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.zip")
LARGEST = 200 * 2**20  # bytes of a bundle
DESCRIPTOR = re.compile(r"[^/]+/datapackage\.json")
DESCRIPTOR_AT_MOST = 5 * 2**20  # bytes, unpacked
MEMBERS_AT_MOST = 1_000
FILES_AT_MOST = 200
UNREADABLE = (
    OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, RecursionError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bundle:
    """A bundle: its file with size in bytes and SHA-256, and the edition inside. Days are ISO days."""

    path: Path
    size: int
    sha256: str
    number: int
    published_on: str
    known_until: str
    database_sha256: str
    identity: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_there(self) -> bool:
        """Whether the file is still the one that was read."""
        with suppress(OSError):
            return identity_of(os.stat(self.path, follow_symlinks=False)) == self.identity
        return False


_bundles: WeakKeyDictionary[Datasette, list[Bundle]] = WeakKeyDictionary()


def remember_bundles(datasette: Datasette) -> None:
    """Read the bundles beside the database, for as long as the site runs. It takes a while: call it in a thread."""
    path = datasette.get_database(NAME).path
    _bundles[datasette] = read_bundles(Path(path).parent / FOLDER) if path else []


def bundles(datasette: Datasette) -> list[Bundle]:
    """All bundles, that of the latest edition first."""
    return _bundles.get(datasette, [])


def this_bundle(datasette: Datasette) -> Bundle | None:
    """The bundle of the database that is served; None where none was made."""
    return bundle_of(datasette, edition(datasette))


def bundle_of(datasette: Datasette, checksum: str) -> Bundle | None:
    """The bundle with the database that has this checksum; None where none is here."""
    return next((one for one in bundles(datasette) if one.database_sha256 == checksum), None)


def read_bundles(folder: Path) -> list[Bundle]:
    """The bundles in a folder, that of the latest edition first; none where there is no folder."""
    found = [bundle for path in candidates(folder) if (bundle := read_bundle(path))]
    return sorted(found, key=lambda bundle: (-bundle.number, bundle.name))


def candidates(folder: Path) -> Iterator[Path]:
    """The files of a folder that may be bundles, by their names; a link may lead anywhere, and is none."""
    with suppress(OSError), os.scandir(folder) as entries:
        zips = sorted((entry for entry in entries if entry.name.endswith(".zip")), key=lambda entry: entry.name)
        for entry in zips[:FILES_AT_MOST]:
            if NAMED.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                yield Path(entry.path)
            else:
                log.warning(
                    "bundles: %r is passed over: its name has odd characters, or it is no file", entry.name[:100]
                )


def read_bundle(path: Path) -> Bundle | None:
    """The bundle in a file; None, and a line in the log, where it is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                raise ValueError(f"it is no file of at most {LARGEST:,} bytes")
            about = told_in(file)
            file.seek(0)
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        number, database = about["number"], about["sha256"]
        days = [iso_day(about[key]) for key in ("published_on", "known_until")]
        if (
            type(number) is not int
            or not 0 < number < 10**6
            or not re.fullmatch("[0-9a-f]{64}", database)
            or not all(days)
        ):
            raise ValueError("its datapackage.json does not say which edition it is")
        return Bundle(
            path,
            status.st_size,
            checksum,
            number,
            about["published_on"],
            about["known_until"],
            database,
            identity_of(status),
        )
    except UNREADABLE as error:
        log.warning(
            "bundles: %s is passed over, it is no bundle: %s", path.name, str(error)[:200] or type(error).__name__
        )
        return None


def told_in(file: BinaryIO) -> dict[str, Any]:
    """What the datapackage.json of a bundle says of its edition."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        found = [member for member in members if DESCRIPTOR.fullmatch(member.filename)]
        if len(members) > MEMBERS_AT_MOST or len(found) != 1:
            raise ValueError("it has no datapackage.json in its one folder")
        with archive.open(found[0]) as descriptor:
            text = descriptor.read(DESCRIPTOR_AT_MOST + 1)
    if len(text) > DESCRIPTOR_AT_MOST:
        raise ValueError("its datapackage.json is too large")
    about: dict[str, Any] = json.loads(text)["edition"]
    return about


def identity_of(status: os.stat_result) -> tuple[int, ...]:
    """What differs when another file takes the place of one, or it is written to."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

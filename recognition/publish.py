"""Puts a finished database in the place of the old one, with the counts and checksum that Datasette believes."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

INSPECT_DATA = "inspect-data.json"
PART = ".part"  # the ending of a file that is not finished


@contextmanager
def replacing(output: Path) -> Iterator[Path]:
    """A path to write to; what is there in the end replaces `output`, unless an exception leaves the old file as it was.

    Builds of one file may run at the same time: each writes a file of its own, and the last to end stays.
    """
    if not output.parent.is_dir():
        raise OSError(f"there is no folder {output.parent}; make it, or name another file with --output")
    if output.is_dir():
        raise OSError(f"{output} is a folder; name a file with --output")
    remove_abandoned(output)
    descriptor, name = tempfile.mkstemp(prefix=f"{output.name}.", suffix=PART, dir=output.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "rb") as held:
            lock(held)
            yield part
            part.chmod(0o666 & ~umask())
            swap(part, output, inspect(part, output))
    finally:
        part.unlink(missing_ok=True)


def swap(part: Path, output: Path, inspected: dict) -> None:
    """Put a finished database in place, and then what Datasette is to believe of it.

    Datasette believes inspect-data.json: it must never describe another database than the one beside it.
    """
    inspect_file = output.with_name(INSPECT_DATA)
    old = inspect_file.read_bytes() if inspect_file.exists() else None
    inspect_file.unlink(missing_ok=True)
    try:
        os.replace(part, output)
    except BaseException:
        if old is not None:
            inspect_file.write_bytes(old)
        raise
    write_json(inspect_file, inspected)


def remove_abandoned(output: Path) -> None:
    """Remove what builds left behind that were killed; a build that still runs holds a lock on its file."""
    for part in output.parent.glob(f"{glob.escape(output.name)}.*{PART}"):
        with suppress(OSError), part.open("rb") as found:
            if lock(found):
                part.unlink(missing_ok=True)


def lock(file: BinaryIO) -> bool:
    """Whether the file could be locked for as long as it is open; where the system has no such locks, False."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def umask() -> int:
    """What new files of this process are not allowed (reading it means setting it for a moment)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def inspect(database: Path, output: Path) -> dict:
    """What `datasette inspect` says of a database that will be named `output`: checksum, size, rows of each table."""
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    try:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        counts = {name: {"count": connection.execute(f"select count(*) from [{name}]").fetchone()[0]} for name in names}
    finally:
        connection.close()
    size = database.stat().st_size
    return {output.stem: {"hash": sha256(database), "size": size, "file": output.name, "tables": counts}}


def write_json(path: Path, data: dict) -> None:
    part = path.with_name(path.name + PART)
    try:
        part.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

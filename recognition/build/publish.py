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
    part, held = begin(output)
    try:
        with held:
            yield part
            part.chmod(0o666 & ~umask())
            swap(part, output, inspect(part, output))
    finally:
        part.unlink(missing_ok=True)


def begin(output: Path) -> tuple[Path, BinaryIO]:
    """A new file beside `output`, and the same opened: its lock says that somebody is writing it."""
    while True:
        try:
            descriptor, name = tempfile.mkstemp(prefix=f"{output.name}.", suffix=PART, dir=output.parent)
        except OSError as error:
            reason = f"nothing can be written in the folder {output.parent} ({error.strerror})"
            raise OSError(f"{reason}; name a file in another one with --output") from error
        held = os.fdopen(descriptor, "rb")
        lock(held, wait=True)
        if os.path.exists(name):
            return Path(name), held
        held.close()  # another build took it for abandoned before it was locked


def swap(part: Path, output: Path, inspected: dict) -> None:
    """Put a finished database in place, and then what Datasette is to believe of it.

    Datasette believes inspect-data.json: it must never describe another database than the one beside it. All
    that can fail for want of room is done before; one build at a time does this.
    """
    inspect_file = output.with_name(INSPECT_DATA)
    with alone_in(output.parent):
        counts = write_beside(inspect_file, (json.dumps(inspected, indent=1) + "\n").encode())
        try:
            make_lasting(part)
            old = inspect_file.read_bytes() if inspect_file.exists() else None
            inspect_file.unlink(missing_ok=True)
            try:
                os.replace(part, output)
            except BaseException:
                if old is not None:
                    with suppress(OSError):  # without it the old database is still whole
                        os.replace(write_beside(inspect_file, old), inspect_file)
                raise
            os.replace(counts, inspect_file)
        finally:
            counts.unlink(missing_ok=True)


def write_beside(path: Path, data: bytes) -> Path:
    """The path of a new file beside `path`, to be put in its place."""
    part = path.with_name(path.name + PART)
    try:
        part.write_bytes(data)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(f"{path} cannot be written ({error.strerror}); make room, or name another folder with --output") from error
    return part


def make_lasting(path: Path) -> None:
    """Wait until a file's content is on the disk, so that not even a power cut finds its name without it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold other builds off a folder for the moment in which two of its files are exchanged."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def remove_abandoned(output: Path) -> None:
    """Remove what builds left behind that were killed; a build that still runs holds a lock on its file."""
    for part in output.parent.glob(f"{glob.escape(output.name)}.*{PART}"):
        with suppress(OSError), part.open("rb") as found:
            if lock(found):
                part.unlink(missing_ok=True)


def lock(file: BinaryIO | int, wait: bool = False) -> bool:
    """Whether the file could be locked for as long as it is open; where the system has no such locks, False."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
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


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

"""Puts a finished database in place of the old one, with inspect-data.json: the counts and checksum that Datasette believes."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from .output import INSPECT_DATA

try:
    import fcntl
except ImportError:  # Windows
    LOCKS = False
else:
    LOCKS = True

PART = ".part"  # the ending of a file that is not finished

Inspected = dict[str, dict[str, Any]]


@contextmanager
def replacing(output: Path, last: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Yields the path of a new file. When the block ends, the file replaces `output`; after an exception nothing changes.

    `last` is called when all is ready, before the files are exchanged; an exception of it still changes nothing.
    Several builds of one file may run at the same time: each writes a file of its own, and the last one to end wins.
    Raises OSError with what to do where nothing can be written, or where a site serves `output`.
    """
    part = output.with_name(f"{output.name}.{secrets.token_hex(8)}{PART}")
    try:  # before the file is there: a signal may end the build at any moment
        with alone_in(output.parent):  # no other build takes the file for abandoned before it is locked
            refuse_if_served(output)
            remove_abandoned(output)
            held = begin(part)
        with held:
            yield part
            swap(part, held, output, inspect(part, output), last)
    finally:
        part.unlink(missing_ok=True)


def refuse_if_served(output: Path) -> None:
    """Raises OSError where a site serves the file: it holds a shared lock on it as long as it runs (serving/edition.py)."""
    if not LOCKS:
        return
    with suppress(FileNotFoundError), output.open("rb") as found:
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            reason = f"a site is serving {output}; stop it, or build into another folder with --output"
            raise OSError(reason) from error
        except OSError:  # the file system has no locks
            return


def begin(part: Path) -> BinaryIO:
    """Create a file. Returns it open: its lock says that somebody is writing it."""
    try:
        held = part.open("xb")
    except OSError as error:
        reason = f"nothing can be written in the folder {part.parent} ({error.strerror})"
        raise OSError(f"{reason}; name a file in another one with --output") from error
    lock(held, wait=True)
    return held


def swap(part: Path, held: BinaryIO, output: Path, inspected: Inspected, last: Callable[[], None]) -> None:
    """Replace the database, and then the inspect-data.json beside it.

    Datasette believes inspect-data.json: it must never describe another database than the one beside it. Everything that
    can fail for lack of disk space happens before the swap; a lock serialises concurrent builds.
    """
    inspect_file = output.with_name(INSPECT_DATA)
    counts = inspect_file.with_name(INSPECT_DATA + PART)
    with alone_in(output.parent):
        try:
            write_new(counts, (json.dumps(inspected, indent=1) + "\n").encode())
            make_lasting(part)
            refuse_if_served(output)
            unlock(held)  # what is locked under the name `output` is served
            last()
            old = inspect_file.read_bytes() if inspect_file.exists() else None
            inspect_file.unlink(missing_ok=True)
            try:
                os.replace(part, output)
            except BaseException:
                if old is not None:
                    with suppress(OSError):  # without it the old database is still whole
                        write_new(counts, old)
                        os.replace(counts, inspect_file)
                raise
            os.replace(counts, inspect_file)
        finally:
            with suppress(OSError):
                counts.unlink(missing_ok=True)


def write_new(path: Path, data: bytes) -> None:
    """Write `data` to a new file; one that a killed build left is removed, and never written through, if it is a link."""
    try:
        path.unlink(missing_ok=True)
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise OSError(
            f"{path} cannot be written ({error.strerror}); make room, or name another folder with --output"
        ) from error


def make_lasting(path: Path) -> None:
    """Wait until a file's content is on the disk, so that a power cut does not leave an empty file under its name."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other builds out of a folder while two of its files are replaced."""
    if not LOCKS:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def remove_abandoned(output: Path) -> None:
    """Remove the files of builds that were killed. A build that still runs holds a lock on its file."""
    for part in output.parent.glob(f"{glob.escape(output.name)}.*{PART}"):
        with suppress(OSError), part.open("rb") as found:
            if lock(found):
                part.unlink(missing_ok=True)


def lock(file: BinaryIO | int, wait: bool = False) -> bool:
    """Lock a file for as long as it is open. Returns whether that was possible; False where the system has no locks."""
    if not LOCKS:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def unlock(file: BinaryIO) -> None:
    """Unlock a file that `lock` has locked; it stays open."""
    if LOCKS:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)


def inspect(database: Path, output: Path) -> Inspected:
    """The content of inspect-data.json for a database that will be named `output`, as `datasette inspect` writes it.

    {name: {"hash": SHA-256, "size": bytes, "file": name of the file, "tables": {table: {"count": rows}}}}
    """
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
        return hashlib.file_digest(file, "sha256").hexdigest()

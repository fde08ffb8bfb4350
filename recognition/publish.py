"""Puts a finished database in the place of the old one, with the counts and checksum that Datasette believes."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSPECT_DATA = "inspect-data.json"


@contextmanager
def replacing(output: Path) -> Iterator[Path]:
    """A path to write to; what is there in the end replaces `output`, unless an exception leaves the old file as it was."""
    part = output.with_name(output.name + ".part")
    part.unlink(missing_ok=True)  # of a build that was killed
    try:
        yield part
        inspected = inspect(part, output)
        inspect_file = output.with_name(INSPECT_DATA)
        # Datasette believes what this file says: it must never describe another database than the one beside it
        inspect_file.unlink(missing_ok=True)
        os.replace(part, output)
        write_json(inspect_file, inspected)
    finally:
        part.unlink(missing_ok=True)


def inspect(database: Path, output: Path) -> dict:
    """What `datasette inspect` says of a database that will be named `output`: checksum, size, rows of each table."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        counts = {
            name: {"count": connection.execute(f"select count(*) from [{name}]").fetchone()[0]} for name in names
        }
    finally:
        connection.close()
    size = database.stat().st_size
    return {output.stem: {"hash": sha256(database), "size": size, "file": output.name, "tables": counts}}


def write_json(path: Path, data: dict) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    os.replace(part, path)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

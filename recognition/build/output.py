"""Refuses an output that a build must not replace: anything but a new name, or a database that a build made."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from .reading import kind

ENDINGS = (".db", ".sqlite", ".sqlite3")  # of the files that `datasette FOLDER` serves
INSPECT_DATA = "inspect-data.json"
SIGNATURE = b"SQLite format 3\0"
OURS = {"countries", "recognitions", "audit"}  # tables that every edition has
MOST_BYTES = 10_000_000  # of an inspect-data.json
ANOTHER = "name another file with --output"


def path_named(text: str) -> Path:
    """Returns the path that the text names. Raises OSError where it names no file ('', '.', 'folder/')."""
    name = os.path.basename(text)
    if name in ("", ".", ".."):
        raise OSError(f"{text!r} names no file; name one with --output")
    return Path(text)


def refuse_output(output: Path, sources: Path) -> None:
    """Raises OSError, with what to do, where a build from the folder `sources` must not write the file `output`."""
    if not output.name.isprintable() or not output.name.endswith(ENDINGS):
        raise OSError(f"the name of a database ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}; {ANOTHER}")
    if not output.parent.is_dir():
        raise OSError(f"there is no folder {output.parent}; make it, or {ANOTHER}")
    if is_inside(output.parent, sources):
        raise OSError(f"{output} would be among the sources; {ANOTHER}")
    refuse_what_no_build_made(output)
    refuse_description_of_another(output)


def is_inside(folder: Path, other: Path) -> bool:
    """Returns whether a folder is the other one or below it, however the two are written."""
    real = Path(os.path.realpath(folder))
    with suppress(OSError):  # the other one is not there
        return any(os.path.samefile(parent, other) for parent in (real, *real.parents))
    return False


def refuse_what_no_build_made(output: Path) -> None:
    """Raises OSError where `output` is there and is no file, or a file that somebody else made.

    A symbolic link is refused too: whether the link or the file behind it is meant, nobody can know.
    """
    try:
        status = output.lstat()
        if is_no_file := kind(status.st_mode):
            raise OSError(f"{output} is {is_no_file}; name a file with --output")
        with output.open("rb") as file:
            begins = file.read(len(SIGNATURE))
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise OSError(f"{output} cannot be read ({error.strerror}); {ANOTHER}") from error
    if begins not in (b"", SIGNATURE):
        raise OSError(f"{output} is no database; remove it, or {ANOTHER}")
    if begins and not tables(output) >= OURS:
        raise OSError(f"{output} is a database that no build made; remove it, or {ANOTHER}")


def tables(database: Path) -> set[str]:
    """Returns the names of a database's tables; those of every edition where it is damaged: it may be replaced then."""
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?immutable=1", uri=True)) as connection:
            return {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    except sqlite3.DatabaseError:
        return OURS


def refuse_description_of_another(output: Path) -> None:
    """Raises OSError where the inspect-data.json beside `output`, which is replaced too, describes another database."""
    path = output.with_name(INSPECT_DATA)
    elsewhere = "name a file in another folder with --output"
    try:
        status = path.lstat()
        if is_no_file := kind(status.st_mode):
            raise OSError(f"{path} is {is_no_file}, and a build writes a file there; {elsewhere}")
        if status.st_size > MOST_BYTES:
            raise OSError(f"{path} is too large to be written by a build; {elsewhere}")
        described = json.loads(path.read_bytes())
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise OSError(f"{path} cannot be read ({error.strerror}); {elsewhere}") from error
    except (ValueError, RecursionError):  # damaged, so that no database can be served with it
        return
    if others := described_beside(described, output):
        raise OSError(f"{path} describes {others} and would be replaced; {elsewhere}")


def described_beside(described: object, output: Path) -> str:
    """Returns what the content of an inspect-data.json describes beside `output`: names, or ''."""
    if not isinstance(described, dict):
        return "something else"
    files = {name: about.get("file") if isinstance(about, dict) else None for name, about in described.items()}
    return ", ".join(
        name
        for name, file in files.items()
        if name != output.stem or (isinstance(file, str) and Path(file).name != output.name)
    )

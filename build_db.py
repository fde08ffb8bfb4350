#!/usr/bin/env python3
"""Builds recognition.db: read the sources, parse the article, resolve its names (read_sources), load, check, publish."""

from __future__ import annotations

from recognition.build.stopping import Stopped, Stops, handle_until_begun

if __name__ == "__main__":
    handle_until_begun()  # what follows takes a moment to load

import argparse
import os
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

try:
    from recognition.build.any_sqlite import open_to_any
    from recognition.build.check import DatabaseBroken, check
    from recognition.build.load import load
    from recognition.build.output import path_named, refuse_output
    from recognition.build.problems import BuildRefused
    from recognition.build.publish import replacing, sha256
    from recognition.build.sources import read_sources
    from recognition.build.summary import Summary, summarise
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the build needs: pip install -r requirements.txt") from None
except (ImportError, OSError) as error:  # a library that the system could not load, with little memory
    raise SystemExit(f"Error: the build cannot begin ({error}); end other programs") from None
except (MemoryError, SystemError):
    raise SystemExit("Error: the build cannot begin (not enough memory); end other programs") from None
except KeyboardInterrupt:
    raise SystemExit(130) from None

HERE = Path(__file__).resolve().parent
# sources/ and metadata.yml lie beside this file; in an installed package they come along as data.
DATA = HERE if (HERE / "sources").is_dir() else Path(str(files("recognition") / "data"))
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
STATUSES = (
    "Exit status: 0 built; 1 not built, and the reason is said; 2 the command line is wrong; 129, 130 or 143 stopped by "
    "SIGHUP, Ctrl-C or SIGTERM. Whatever the status, the database is whole, the old one or the new one."
)
METADATA = DATA / "metadata.yml"  # its saved queries are found by search


def build(sources: Path, output: Path) -> Summary:
    """Builds the database `output` from the folder `sources` and returns a summary of it; raises what `publish` raises."""
    started = time.perf_counter()
    publish(sources, output)
    return summarise(output, sha256(output), time.perf_counter() - started)


def publish(sources: Path, output: Path, last: Callable[[], None] = lambda: None) -> None:
    """Builds the database `output` from the folder `sources`, and the inspect-data.json beside it.

    `last` is called before the files are exchanged. Raises BuildRefused with every problem of the sources, and
    DatabaseBroken, sqlite3.Error or OSError where the file cannot be written as it must be, or must not be replaced;
    the file that was there before then stays as it was.
    """
    refuse_output(output, sources)
    read = read_sources(sources)
    with replacing(output, last) as part:
        load(part, read.tables, [row.cells for row in read.registers["pages"]], METADATA)
        open_to_any(part)
        check(part)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and prints a summary, or what is wrong; returns its exit status, which STATUSES explains."""
    options = parser().parse_args(arguments)
    started = time.perf_counter()
    name = os.path.basename(options.output) or repr(options.output)
    ended: BaseException | None = None
    if options.check:
        return check_sources(shown(options.sources), started)
    with Stops() as stops:
        try:
            output = shown(path_named(options.output))
            publish(shown(options.sources), output, stops.ignore)
        except BaseException as error:
            stops.is_late = True
            ended = stops.received or error
            if isinstance(error, MemoryError) and not options.traceback:
                error.__traceback__ = error.__context__ = None  # which hold the memory that the message needs
        if ended:
            if options.traceback:
                traceback.print_exception(ended)
            status, (*problems, reason) = failure(ended)
            say(*problems, f"{name} was not built: {reason}")
            return status
        try:
            report(summarise(output, sha256(output), time.perf_counter() - started))
        except Exception as error:  # make would delete inspect-data.json after another status than 0
            say(f"{name} was built; what is in it could not be printed: {reason_of(error)}")
    return 0


def check_sources(sources: Path, started: float) -> int:
    """Prints what a build would say of the sources, and builds nothing; returns the exit status. `started` is when it began."""
    try:
        read = read_sources(sources)
    except Exception as error:
        status, (*problems, reason) = failure(error)
        say(*problems, f"{sources} cannot be built: {reason}")
        return status
    registers = read.registers.tables.values()
    counted = (
        f"{len(registers)} registers with {sum(len(register.rows) for register in registers):,} rows and the article"
    )
    print(printable(f"{sources}: nothing is wrong with {counted} ({time.perf_counter() - started:.1f} s)"))
    return 0


def parser() -> argparse.ArgumentParser:
    """Returns the reader of the command line."""
    parser = argparse.ArgumentParser(
        description="Build the database of recognitions from a folder of sources.", epilog=STATUSES, allow_abbrev=False
    )
    parser.add_argument(
        "--sources", type=Path, default=DATA / "sources", help="folder to read (default: the project's)"
    )
    parser.add_argument(
        "--output",
        default="recognition.db",
        help="file to write, a new one or one that a build made (default: recognition.db in this folder)",
    )
    parser.add_argument("--check", action="store_true", help="check the sources in a second or two, and build nothing")
    parser.add_argument("--traceback", action="store_true", help="print where in the program a build failed")
    return parser


def failure(error: BaseException) -> tuple[int, list[str]]:
    """Returns the exit status for what ended a build, and the lines to print: problems of the sources, then the reason."""
    if isinstance(error, Stopped):
        return error.status, [str(error)]
    if isinstance(error, BuildRefused):
        return 1, [*error.report().split("\n"), str(error)]
    if isinstance(error, Exception):
        return 1, [reason_of(error)]
    raise error


def reason_of(error: Exception) -> str:
    """Returns why a build failed and what to do, as a clause."""
    if isinstance(error, MemoryError):
        return "there is not enough memory; end other programs, or build on a machine with more"
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in NO_ROOM:
        return f"{error}; make room on the disk, or name a file on another one with --output"
    if isinstance(error, OSError) and error.strerror:
        return ": ".join(filter(None, (error.filename and str(error.filename), error.strerror)))
    if isinstance(error, (OSError, sqlite3.Error, DatabaseBroken)):
        return str(error)
    *_, place = traceback.extract_tb(error.__traceback__)
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return f"the program has a fault ({type(error).__name__} in {where}: {error}); report what --traceback prints"


def report(summary: Summary) -> None:
    """Prints a summary. Raises OSError where nobody reads it."""
    try:
        print(*map(printable, str(summary).split("\n")), sep="\n", flush=True)
    except OSError:
        with open(os.devnull, "w") as nowhere:  # what is left to print must not fail again when Python ends
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise


def say(*lines: str) -> None:
    """Prints lines for people, if anybody reads them."""
    with suppress(OSError):
        print(*map(printable, lines), sep="\n", file=sys.stderr, flush=True)


def printable(line: str) -> str:
    """Returns a line without characters that would break it: the name of a file may hold any."""
    if line.isprintable():
        return line
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in line)


def shown(path: Path) -> Path:
    """Returns the path relative to the current folder where it is inside it, which is short to read; else the path.

    If its last part is a symbolic link, the link is not followed.
    """
    try:
        return Path(os.path.realpath(path.parent), path.name).relative_to(os.path.realpath("."))
    except ValueError:
        return path


if __name__ == "__main__":
    sys.exit(main())

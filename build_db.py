#!/usr/bin/env python3
"""Builds recognition.db: read the sources, parse the article, resolve its names, load, check, publish."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from importlib.resources import files
from pathlib import Path

try:
    from recognition.build.article import parse_article
    from recognition.build.check import DatabaseBroken, check
    from recognition.build.contradictions import find_contradictions
    from recognition.build.load import load
    from recognition.build.problems import BuildRefused, Problems
    from recognition.build.publish import replacing, sha256
    from recognition.build.reading import read_article
    from recognition.build.registers import read_registers
    from recognition.build.resolve import resolve
    from recognition.build.summary import Summary, summarise
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the build needs: pip install -r requirements.txt") from None

HERE = Path(__file__).resolve().parent
# sources/ and metadata.yml lie beside this file; in an installed package they come along as data.
DATA = HERE if (HERE / "sources").is_dir() else Path(str(files("recognition") / "data"))
METADATA = DATA / "metadata.yml"  # its saved queries are found by search


def build(sources: Path, output: Path) -> Summary:
    """Builds the database `output` from the folder `sources` and returns a summary of it.

    Raises BuildRefused with every problem of the sources, and DatabaseBroken, sqlite3.Error or OSError where the file
    cannot be written as it must be; the file that was there before then stays as it was.
    """
    started = time.perf_counter()
    problems = Problems()
    registers = read_registers(sources, problems)
    find_contradictions(registers, problems)
    text = read_article(sources, problems)
    if text is None:
        raise problems.refusal()
    article = parse_article(text, registers, problems)
    tables = resolve(article, registers, problems)
    problems.refuse_if_any()
    with replacing(output) as part:
        load(part, tables, [row.cells for row in registers["pages"]], METADATA)
        check(part)
    return summarise(output, sha256(output), time.perf_counter() - started)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns its status, 0 or 1, after printing a summary or what is wrong."""
    parser = argparse.ArgumentParser(description="Build the database of recognitions from a folder of sources.")
    parser.add_argument(
        "--sources", type=Path, default=DATA / "sources", help="folder to read (default: the project's)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("recognition.db"),
        help="file to write (default: recognition.db in this folder)",
    )
    options = parser.parse_args(arguments)
    try:
        print(build(shown(options.sources), shown(options.output)))
    except BuildRefused as refused:
        print(refused.report(), file=sys.stderr)
        print(f"{options.output.name} was not built: {refused}", file=sys.stderr)
        return 1
    except (OSError, sqlite3.Error, DatabaseBroken) as error:
        print(f"{options.output.name} was not built: {error}", file=sys.stderr)
        return 1
    return 0


def shown(path: Path) -> Path:
    """Returns the path relative to the current folder where it is inside it, which is short to read; else the path."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


if __name__ == "__main__":
    sys.exit(main())

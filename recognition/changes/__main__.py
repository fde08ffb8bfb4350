"""Says what differs between two editions: python -m recognition.changes OLD.db NEW.db [--json]."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from recognition.change_words import as_text

from .compare import compared
from .databases import CannotCompare, Database


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and prints what differs; returns its exit status: 0, or 1 with a sentence that says why not."""
    parser = argparse.ArgumentParser(
        prog="python -m recognition.changes", description="Say what differs between two editions of the database."
    )
    parser.add_argument("old", type=Path, help="the database file of the older edition")
    parser.add_argument("new", type=Path, help="the database file of the newer one")
    parser.add_argument("--json", action="store_true", help="print JSON, with every row, for programs")
    options = parser.parse_args(arguments)
    try:
        found = compared(*(Database(named(path)) for path in (options.old, options.new))).as_json
    except CannotCompare as why:
        print(why, file=sys.stderr)
        return 1
    with suppress(BrokenPipeError):  # who reads it has read enough
        print(json.dumps(found, ensure_ascii=False, indent=1) if options.json else as_text(found), end="", flush=True)
        return 0
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def named(path: Path) -> Path:
    """The file that was named; raises CannotCompare where there is none: SQLite would make an empty one."""
    if not path.is_file():
        raise CannotCompare(f"{path} is no file; name two database files that builds made.")
    return path


if __name__ == "__main__":
    sys.exit(main())

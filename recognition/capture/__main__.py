"""The command `python -m recognition.capture NEW.txt`: what a new capture of the article changes in the sources."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from recognition.build.problems import BuildRefused
from recognition.build.reading import ARTICLE

from .comparing import compare, write_sources
from .editions import present, refusals, text_of
from .report import left, report

HERE = Path(__file__).resolve().parents[2]
# sources/ lies beside the package; in an installed one it comes along as data
FOLDER = HERE / "sources" if (HERE / "sources").is_dir() else Path(str(files("recognition") / "data" / "sources"))


def parser() -> argparse.ArgumentParser:
    """Returns the reader of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m recognition.capture",
        description="Hold a new capture of the article against the present sources: what is the same, what moved, which rows of "
        "which register must change and to what, and what only a person can know. Nothing is changed in the sources.",
        epilog="Exit status: 0 the sources build with the new capture; 1 something is left to do by hand; 2 the command line is wrong.",
        allow_abbrev=False,
    )
    parser.add_argument("capture", type=Path, help="text file of the new capture")
    parser.add_argument(
        "--sources", type=Path, default=FOLDER, help="folder of the present sources (default: the project's)"
    )
    parser.add_argument(
        "--write",
        type=Path,
        metavar="DIR",
        help="write a copy of the sources with the rows changed into this new folder",
    )
    parser.add_argument(
        "--yes",
        type=numbers,
        default=(),
        metavar="N,N",
        help="answer these questions with yes: their rows are changed too",
    )
    parser.add_argument(
        "--rows", action="store_true", help="print every row, also those that only have another place or number"
    )
    return parser


def numbers(text: str) -> tuple[int, ...]:
    """The numbers of a list such as '1,4'."""
    return tuple(int(number) for number in text.split(","))


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and prints its report; returns its exit status."""
    options = parser().parse_args(arguments)
    if options.write is not None and options.write.exists():
        return complain([f"{options.write} is there already; name a new folder with --write, or remove it"])
    try:
        old = present(options.sources)
    except BuildRefused as refused:
        return complain(
            [refused.report(), "The present sources do not build; mend them first, then hold the capture against them"]
        )
    try:
        text = text_of(options.capture)
    except BuildRefused as refused:
        return complain([refused.report()])
    try:
        plan, _ = compare(old, text)
    except BuildRefused as refused:
        return complain(
            [refused.report(), f"{options.capture} cannot be read as a capture of {options.sources / ARTICLE}"]
        )
    try:
        answered = plan.with_answers(options.yes)
    except ValueError as error:
        return complain([str(error)])
    with tempfile.TemporaryDirectory() as temporary:
        target = options.write or Path(temporary) / "sources"
        write_sources(options.sources, target, options.capture, old, answered, text.sha256)
        problems = refusals(target)
    lines = [
        *report(answered, old.registers, options.rows),
        *left(problems, answered, None if options.write else target),
    ]
    print(*lines, sep="\n")
    if options.write:
        then = "Complete it, and try it" if problems else "Try it"
        print(f"\nWritten: {options.write}. {then}: .venv/bin/python build_db.py --check --sources {options.write}")
    return 1 if problems else 0


def complain(lines: Iterable[str]) -> int:
    """Prints what is wrong and returns the exit status for it."""
    print(*lines, sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""Runs the benchmarks and writes bench/RESULTS.md: `python -m bench [--quick] [build pages search strangers visitors]`."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import time
from pathlib import Path
from types import ModuleType

from . import build, pages, search, strangers, visitors
from .measuring import machine, table

BENCHMARKS: dict[str, ModuleType] = {
    "pages": pages, "visitors": visitors, "strangers": strangers, "build": build, "search": search,
}  # fmt: skip
RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Results

Written by `make bench`, or for one benchmark by `python -m bench NAME`; [README.md](README.md) says what each figure
means. Figures are medians of repeats that took turns with their baseline; the ratio is ours to the baseline's, 'before'
that of the edition before. Only ratios mean anything on another machine.

{machine}.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and write bench/RESULTS.md.")
    parser.add_argument("--quick", action="store_true", help="small sizes and few repeats, within a minute")
    parser.add_argument("--output", type=Path, default=RESULTS, help="file to write (default: bench/RESULTS.md)")
    parser.add_argument("names", nargs="*", metavar="benchmark", help=f"any of {', '.join(BENCHMARKS)} (default: all)")
    options = parser.parse_args()
    if unknown := set(options.names) - BENCHMARKS.keys():
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(BENCHMARKS)}")
    os.environ["RECOGNITION_KEEP_ANSWERS"] = "off"  # for sites in this process; Datasette loads their plugins once
    sections, missed = sections_of(options.output), 0
    for name in options.names or BENCHMARKS:
        began = time.perf_counter()
        figures = BENCHMARKS[name].measure(options.quick)
        missed += sum(not met for figure in figures for met in figure.goals.values())
        when = f"{datetime.date.today().isoformat()}{', QUICK=1' if options.quick else ''}"
        minutes = (time.perf_counter() - began) / 60
        said = f"{table(figures)}\nMeasured on {when}, in {minutes:.1f} minutes.\n"
        sections[heading(BENCHMARKS[name])] = said
        print(f"## {heading(BENCHMARKS[name])}\n\n{said}", flush=True)
        # after each one, so that nothing measured is lost where the next fails
        written = [
            f"\n## {title}\n\n{sections[title]}" for title in map(heading, BENCHMARKS.values()) if title in sections
        ]
        options.output.write_text(HEAD.format(machine=machine()) + "".join(written), "utf-8")
    print(f"{options.output}: {missed} goal(s) missed")
    return 0


def heading(module: ModuleType) -> str:
    return (module.__doc__ or "").splitlines()[0].rstrip(".")


def sections_of(results: Path) -> dict[str, str]:
    """The sections of a file of results by heading; a run replaces only what it measures."""
    if not results.is_file():
        return {}
    parts = [part.partition("\n") for part in results.read_text("utf-8").split("\n## ")[1:]]
    return {title: said.lstrip("\n") for title, _, said in parts}


if __name__ == "__main__":
    sys.exit(main())

"""Runs the benchmarks and writes bench/RESULTS.md: `python -m bench [--quick] [build search pages …]`.

A benchmark is a module of this folder with a function `measure(quick: bool) -> list[Figure]`: its docstring's first
line becomes the heading of its table, and what it returns the lines. `figures.py` has what it needs: `Figure`,
`interleaved` (medians of measurements that take turns), `seconds`, `percentile`, `run` (a process with its peak
memory). With `quick` all of them together have to end within a minute. A module may have `notes(quick) -> str`,
Markdown that is put below its table; it is asked after `measure`.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import pkgutil
import sys
import time
from pathlib import Path
from types import ModuleType

import bench

from .figures import machine, table

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Results

Written by `make bench`, or for one benchmark by `python -m bench NAME`; [README.md](README.md) says what each figure
means. Figures are medians of repeats that took turns with their baseline; the ratio is ours to the baseline's, and only
ratios mean anything on another machine.

{machine}.
"""


def benchmarks(names: list[str]) -> list[ModuleType]:
    """The modules of this folder that measure something, those of `names` only if there are any."""
    found = [
        importlib.import_module(f"bench.{module.name}")
        for module in pkgutil.iter_modules(bench.__path__)
        if module.name != "__main__"
    ]
    found = [module for module in found if hasattr(module, "measure")]
    known = {module.__name__.partition(".")[2] for module in found}
    if unknown := set(names) - known:
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(sorted(known))}")
    return [module for module in found if not names or module.__name__.partition(".")[2] in names]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and write bench/RESULTS.md.")
    parser.add_argument("--quick", action="store_true", help="small sizes and few repeats, within a minute")
    parser.add_argument("--output", type=Path, default=RESULTS, help="file to write (default: bench/RESULTS.md)")
    parser.add_argument("names", nargs="*", metavar="benchmark", help="which ones (default: all)")
    options = parser.parse_args()
    modules, missed = benchmarks([]), 0
    sections = sections_of(options.output, modules)
    for module in benchmarks(options.names):
        began = time.perf_counter()
        figures = module.measure(options.quick)
        missed += sum(figure.met is False for figure in figures)
        below = module.notes(options.quick) if hasattr(module, "notes") else ""
        when = f"{datetime.date.today().isoformat()}{', QUICK=1' if options.quick else ''}"
        minutes = (time.perf_counter() - began) / 60
        said = (
            f"{table(figures)}\n"
            + (f"{below}\n\n" if below else "")
            + f"Measured on {when}, in {minutes:.1f} minutes.\n"
        )
        sections[heading(module)] = said
        print(f"## {heading(module)}\n\n{said}", flush=True)
        # after each one, so that nothing measured is lost where the next fails
        written = [f"\n## {title}\n\n{sections[title]}" for title in map(heading, modules) if title in sections]
        options.output.write_text(HEAD.format(machine=machine()) + "".join(written), "utf-8")
    print(f"{options.output}: {missed} goal(s) missed")
    return 0


def heading(module: ModuleType) -> str:
    return module.__doc__.splitlines()[0].rstrip(".")


def sections_of(results: Path, modules: list[ModuleType]) -> dict[str, str]:
    """By heading, what a file of results says of benchmarks that there still are: a run replaces only what it measures."""
    if not results.is_file():
        return {}
    parts = [part.partition("\n") for part in results.read_text("utf-8").split("\n## ")[1:]]
    known = {heading(module) for module in modules}
    return {title: said.lstrip("\n") for title, _, said in parts if title in known}


if __name__ == "__main__":
    sys.exit(main())

"""How benchmarks measure: figures with their baselines, repeats that take turns, servers, the memory of a process, tables."""

from __future__ import annotations

import math
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOWN_VERSIONS = ("datasette", "sqlite-utils", "uvicorn", "rapidfuzz")


@dataclass(frozen=True)
class Figure:
    """One line of a table: what was measured of ours beside its baseline in the same run, and what is to be reached.

    A goal is a bound of the ratio ours / baseline, or of ours alone; a figure without a goal is only reported.
    """

    name: str
    ours: float
    baseline: float
    against: str  # what the baseline is
    unit: str = "s"
    at_most: float | None = None  # of the ratio
    at_least: float | None = None  # of the ratio
    ours_at_most: float | None = None  # of ours, in its unit
    before: float | None = None  # the ratio of the edition before this one
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline if self.baseline else math.nan

    @property
    def goals(self) -> dict[str, bool]:
        """Each goal in words, and whether it is met."""
        goals = {}
        if self.at_most is not None:
            goals[f"≤ {self.at_most:g}×"] = self.ratio <= self.at_most
        if self.at_least is not None:
            goals[f"≥ {self.at_least:g}×"] = self.ratio >= self.at_least
        if self.ours_at_most is not None:
            goals[f"≤ {self.ours_at_most:g} {self.unit}"] = self.ours <= self.ours_at_most
        return goals


def interleaved(measurements: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """The median of each measurement; they take turns, so that what slows the machine for a while slows all of them."""
    values: dict[str, list[float]] = {name: [] for name in measurements}
    for _ in range(repeats):
        for name, measure in measurements.items():
            values[name].append(measure())
    return {name: statistics.median(found) for name, found in values.items()}


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> Callable[[], float]:
    """A measurement of how long `work` takes; with the clock `time.process_time`, of how long this process works for it."""

    def measure() -> float:
        began = clock()
        work()
        return clock() - began

    return measure


def percentile(values: Iterable[float], percent: float) -> float:
    """The value below or at which so many percent of the values are (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


@dataclass(frozen=True)
class Ran:
    """How long a process took, how long of that a processor worked for it, and the most memory that it had."""

    seconds: float
    processor_seconds: float
    megabytes: float


# A process says itself how much memory it had: what the system says of its children includes their parent's.
SAYS_ITS_PEAK = """
import atexit, resource, runpy, sys
def peak():
    try:
        with open("/proc/self/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
atexit.register(lambda: print(peak()))
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def run(module: str, *arguments: object) -> Ran:
    """Run a module of this project, in a process of its own, to its end; RuntimeError with what it said if it fails."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        command = [sys.executable, "-c", SAYS_ITS_PEAK, module, *map(str, arguments)]
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        lines = said.read().splitlines()
    if process.returncode:
        raise RuntimeError(f"{module} {' '.join(map(str, arguments))} ended with {process.returncode}: {lines[-20:]}")
    return Ran(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, float(lines[-1]))


def machine() -> str:
    """The machine and the versions that a table is of."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as cpus:
            model = next((line.split(":", 1)[1].strip() for line in cpus if line.startswith("model name")), "")
        memory = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1024**3:.0f} GB of memory, "
    except (OSError, ValueError):
        model, memory = platform.processor(), ""
    versions = ", ".join(f"{name} {version(name)}" for name in SHOWN_VERSIONS)
    return (
        f"{os.cpu_count()} cores ({model or platform.machine()}), {memory}{platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}"
    )


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| what | ours | baseline | ratio | before | goal | met | note |",
        "|---|---:|---:|---:|---:|---|---|---|",
    ]
    for figure in figures:
        met = "" if not figure.goals else "yes" if all(figure.goals.values()) else "**no**"
        baseline = f"{shown(figure.baseline)} {figure.unit} ({figure.against})" if figure.against else ""
        ratio, before = (shown(value) if value else "" for value in (figure.against and figure.ratio, figure.before))
        lines.append(
            f"| {figure.name} | {shown(figure.ours)} {figure.unit} | {baseline} | {ratio} | {before} "
            f"| {', '.join(figure.goals)} | {met} | {figure.note} |"
        )
    return "\n".join(lines) + "\n"


def shown(value: float) -> str:
    """Three digits that mean something: 0.0123, 1.23, 123, 12,345."""
    if value >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}"

"""Builds damaged sources within a time, and holds a refusal to its form: readable lines that name files and lines."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import build_db
from recognition.build.problems import BuildRefused, Problem
from tests.patience import IN_TIME


@contextlib.contextmanager
def within(seconds: float):
    """Ends with TimeoutError what computes longer than that, in processor time, and might not come back by itself."""

    def too_long(signum, frame):
        raise TimeoutError(f"not done after {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, too_long)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def build_or_refuse(folder: Path, output: Path) -> list[Problem]:
    """The problems for which a folder was refused, each a readable line that names a file and a line in it; else none."""
    output.unlink(missing_ok=True)
    try:
        with within(IN_TIME):
            build_db.build(folder, output)
    except BuildRefused as refused:
        assert refused.problems
        assert not output.exists()
        lines = {path: line_count(path) for path in {problem.file for problem in refused.problems}}
        for problem in refused.problems:
            assert problem.file.parent == folder
            assert 0 <= problem.line <= lines[problem.file], str(problem)
            assert str(problem).isprintable(), str(problem)
            assert len(str(problem)) < 600, str(problem)
        return refused.problems
    return []


def line_count(path: Path) -> int:
    data = path.read_bytes() if path.exists() else b""
    return len(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))

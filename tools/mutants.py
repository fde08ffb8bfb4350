"""Changes the project on purpose, one place at a time, and prints which changes no test notices.

Two kinds of changes: a sample of small changes of the Python code (cosmic-ray finds and makes them), drawn with a seed;
and the edits of SQL, templates and scripts that are kept in tests/edits.toml. Each is made in a copy of the project, where
tests run until the first failure. `make mutants` runs it with the Python of .venv-tools; the tests run with that of .venv.
"""

from __future__ import annotations

import argparse
import ast
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[1]
EDITS = ROOT / "tests" / "edits.toml"
LONGEST = 240  # seconds that the tests of one change may take; a change that makes them hang is noticed
SEEN = ["tests/seen", "tests/test_laws.py"]
SEARCH = ["tests/seen/test_pages.py", *(f"tests/site/test_search{name}.py" for name in ("", "_gold", "_hostile"))]
# The tests that see a change of a file, those that are the likeliest to fail first. The first beginning that fits is taken.
TESTS: dict[str, list[str]] = {
    "recognition/build/publish.py": ["tests/seen/test_build.py", "tests/build/test_build.py"],
    "recognition/build/": [
        "tests/seen/test_build.py", "tests/specimen", "tests/damage", *SEEN, "tests/build/test_statuses.py",
        "tests/build/test_check.py", "tests/build/test_article.py", "tests/build/test_build.py",
    ],
    "recognition/schema.sql": [*SEEN, "tests/build/test_schema.py", "tests/specimen"],
    "recognition/serving/": ["tests/serving", "tests/site/test_mistaken_parameters.py", "tests/site/test_table_pages.py", "tests/seen/test_pages.py"],
    "recognition/site/search.py": SEARCH,
    "plugins/search.py": SEARCH,
    "static/": ["tests/browser/test_seen.py", "tests/browser/test_search_box.py", "tests/browser/test_visits.py"],
    "": [*SEEN, "tests/site/test_tallies.py", "tests/site/test_evidence.py", "tests/site/test_reading.py"],
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change of one file: what it is, in a line, and the whole text of the file after it."""

    what: str
    file: str
    text: str

    def tests(self) -> list[str]:
        """The tests to run."""
        return next(tests for beginning, tests in TESTS.items() if self.file.startswith(beginning))


def unseen(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where types and decorators of classes are, as (line, column) from and to: what is changed there changes nothing that is seen."""
    found: list[ast.expr] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found += [node.returns] if node.returns else []
        elif isinstance(node, (ast.arg, ast.AnnAssign)) and node.annotation:
            found.append(node.annotation)
        elif isinstance(node, ast.ClassDef):
            found += node.decorator_list
    return [((one.lineno, one.col_offset), (one.end_lineno or 0, one.end_col_offset or 0)) for one in found]


def places(file: Path) -> Iterator[tuple[tuple[int, int], str, int]]:
    """(position, operator, occurrence) of every change that cosmic-ray knows of in a file."""
    source = file.read_text("utf-8")
    types, nodes = unseen(source), [*ast_nodes(get_ast(source))]
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():
            continue
        positions = [start for node in nodes for start, _ in operator().mutation_positions(node)]
        for occurrence, start in enumerate(positions):
            if not any(begin <= start < end for begin, end in types):
                yield start, name, occurrence


def sampled_changes(size: int, seed: int) -> list[Change]:
    """Changes of Python code at `size` places, each place once; the same for the same code and seed."""
    at: dict[tuple[str, tuple[int, int]], list[tuple[str, int]]] = {}
    for folder in ("recognition", "plugins"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for start, name, occurrence in places(file):
                at.setdefault((str(file.relative_to(ROOT)), start), []).append((name, occurrence))
    draw = random.Random(seed)
    print(f"{len(at)} places in the Python code; {min(size, len(at))} of them are tried, drawn with seed {seed}.")
    changes = []
    for file, start in draw.sample(sorted(at), min(size, len(at))):
        name, occurrence = draw.choice(at[file, start])
        line = start[0]
        source = (ROOT / file).read_text("utf-8")
        changed = mutate_code(source, get_operator(name)(), occurrence)
        if changed is None:
            raise SystemExit(f"cosmic-ray could not make {name} at {file}:{line}")
        old, new = differing(source, changed)
        changes.append(Change(f"{file}:{line}: {old} → {new}", file, changed))
    return changes


def differing(before: str, after: str) -> tuple[str, str]:
    """The first line that differs, before and after."""
    pairs = zip([*before.split("\n"), ""], [*after.split("\n"), ""])
    return next(((one.strip(), other.strip()) for one, other in pairs if one != other), ("", ""))


def kept_edits() -> list[Change]:
    """The edits of tests/edits.toml; it ends with a sentence where a text to be changed is not in its file, once."""
    changes, lost = [], []
    for edit in tomllib.loads(EDITS.read_text("utf-8"))["edit"]:
        source = (ROOT / edit["file"]).read_text("utf-8")
        if (times := source.count(edit["old"])) != 1:
            lost.append(f"{edit['file']}: the old text of '{edit['what']}' is there {times} times instead of once")
        changes.append(
            Change(f"{edit['file']}: {edit['what']}", edit["file"], source.replace(edit["old"], edit["new"], 1))
        )
    if lost:
        raise SystemExit("\n".join(lost))
    return changes


class Copy:
    """A copy of the project in which one change at a time is made and tested."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder, self.python = folder, python
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)

    def passes(self, tests: list[str]) -> bool:
        """Whether the tests pass in this copy."""
        command = [self.python, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return process.wait(LONGEST) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return False

    def survives(self, change: Change) -> bool:
        """Whether no test notices a change."""
        file = self.folder / change.file
        before = file.read_bytes()
        file.write_text(change.text, "utf-8")
        try:
            return self.passes(change.tests())
        finally:
            file.write_bytes(before)


def tried(changes: list[Change], copies: list[Copy], until: float) -> tuple[int, list[Change]]:
    """How many of the changes were tried before the time was over, and which of them no test noticed."""
    waiting: queue.SimpleQueue[Change] = queue.SimpleQueue()
    for change in changes:
        waiting.put(change)
    survivors: list[Change] = []
    count = 0

    def work(copy: Copy) -> None:
        nonlocal count
        while time.monotonic() < until:
            try:
                change = waiting.get_nowait()
            except queue.Empty:
                return
            if copy.survives(change):
                survivors.append(change)
                print(f"  not noticed: {change.what}", flush=True)
            count += 1

    threads = [threading.Thread(target=work, args=[copy]) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count, survivors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=str(ROOT / ".venv/bin/python"), help="the Python that runs the tests")
    parser.add_argument("--sample", type=int, default=120, help="how many places of the Python code (default: 120)")
    parser.add_argument("--seed", type=int, default=18, help="of the sample (default: 18)")
    parser.add_argument("--minutes", type=float, default=20, help="nothing is begun after them (default: 20)")
    parser.add_argument("--workers", type=int, default=2, help="copies that are tested at once (default: 2)")
    parser.add_argument("--only", choices=("python", "edits"), help="one of the two kinds")
    options = parser.parse_args()
    until = time.monotonic() + 60 * options.minutes
    kinds = {"edits": kept_edits} | {"python": lambda: sampled_changes(options.sample, options.seed)}
    with tempfile.TemporaryDirectory() as folder:
        copies = [Copy(Path(folder) / str(number), options.python) for number in range(options.workers)]
        for name, find in kinds.items():
            if options.only not in (None, name):
                continue
            changes = find()
            for tests in {tuple(change.tests()) for change in changes}:
                if not copies[0].passes([*tests]):
                    print(f"The tests {' '.join(tests)} do not pass without any change.", file=sys.stderr)
                    return 1
            began = time.monotonic()
            count, survivors = tried(changes, copies, until)
            caught = count - len(survivors)
            print(
                f"{name}: {caught} of {count} changes noticed ({caught / max(count, 1):.0%}), {time.monotonic() - began:.0f} s",
                flush=True,
            )
            if count < len(changes):
                print(f"{name}: {len(changes) - count} were not tried for want of time")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Build: build_db.py on the article 1, 10, 100 and 1,000 times, against bare inserts and FTS builds of the same rows

The baseline is the least that any build has to do: a new database with the same schema, each table's rows inserted by
`executemany` in one transaction, each full-text index rebuilt. It gets its rows from the built database, so nothing
is read, parsed, resolved or counted. The build also checks what it wrote (keys, every index against its table, the
whole file) and takes checksums; the second ratio, which has the goal, is against a baseline that runs the same checks.
Times are those of the processor, so that what else runs on the machine counts less.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from recognition.build.check import INDEXES, check
from recognition.build.load import SCHEMA

from .enlarge import enlarge
from .measuring import Figure, Ran, interleaved, run

SIZES = {1: 5, 10: 5, 100: 3, 1000: 3}  # copies of the article to repeats
QUICK = {1: 2, 10: 1}
# The tables that have rows of their own: neither full-text indexes nor the tables inside those.
TABLES = "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'"


def bare(built: Path, output: Path, checked: bool) -> None:
    """Write the rows of the database `built` into a new one; only what any build has to do."""
    with closing(sqlite3.connect(output)) as connection:
        connection.executescript("pragma journal_mode = off; pragma synchronous = off;" + SCHEMA.read_text("utf-8"))
        connection.execute("attach ? as built", (str(built),))
        with connection:
            for (name,) in connection.execute(TABLES).fetchall():
                rows = connection.execute(f"select * from built.{name}")
                marks = ", ".join("?" * len(rows.description))
                connection.executemany(f"insert into main.{name} values ({marks})", rows.fetchall())
            for (index,) in connection.execute(INDEXES).fetchall():
                connection.execute(f"insert into {index} ({index}) values ('rebuild')")
    if checked:
        check(output)


def measure(quick: bool) -> list[Figure]:
    figures = []
    for copies, repeats in (QUICK if quick else SIZES).items():
        with tempfile.TemporaryDirectory(prefix="recognition-bench-") as folder:
            figures += measure_size(copies, repeats, Path(folder))
    return figures


def measure_size(copies: int, repeats: int, folder: Path) -> list[Figure]:
    sources, built = enlarge(copies, folder / "sources"), folder / "recognition.db"
    peaks: dict[str, list[float]] = {"ours": [], "bare": [], "checked": []}

    def process(name: str, module: str, *arguments: object) -> Callable[[], float]:
        def measured() -> float:
            (folder / "bare.db").unlink(missing_ok=True)
            ran: Ran = run(module, *arguments)
            peaks[name].append(ran.megabytes)
            return ran.processor_seconds

        return measured

    again = ("bench.build", built, folder / "bare.db")
    took = interleaved(
        {
            "ours": process("ours", "build_db", "--sources", sources, "--output", built),
            "bare": process("bare", *again),
            "checked": process("checked", *again, "--checked"),
        },
        repeats,
    )
    connection = sqlite3.connect(built)
    (statements,) = connection.execute("select count(*) from positions").fetchone()
    connection.close()
    name = f"{copies:,}× ({statements:,} statements, {built.stat().st_size / 1e6:,.0f} MB)"
    goal = 2 if copies >= 100 else None
    return [
        Figure(f"build of {name}", took["ours"], took["bare"], "bare inserts and FTS builds"),
        Figure(f"build of {name}", took["ours"], took["checked"], "the same with the build's checks", at_most=goal),
        Figure(f"peak memory at {copies:,}×", max(peaks["ours"]), max(peaks["bare"]), "bare inserts", "MB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.build", description="The baseline: write the same rows barely."
    )
    parser.add_argument("built", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--checked", action="store_true")
    options = parser.parse_args()
    bare(options.built, options.output, options.checked)


if __name__ == "__main__":
    main()

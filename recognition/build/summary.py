"""Says in a few lines what a build made: rows, time, size, checksum, and what the audit found."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Summary:
    """What is in a built database."""

    output: Path
    sha256: str
    size: int  # bytes
    seconds: float
    rows: dict[str, int]  # by table
    audit: dict[str, int]  # findings by outcome
    differing: list[tuple[str, str]]  # title and finding of what the audit calls differing

    def __str__(self) -> str:
        width = max(len(name) for name in self.rows)
        lines = [f"{name:<{width}} {count:>6,}" for name, count in self.rows.items()]
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in self.audit.items())
        lines += ["", f"audit: {outcomes}"]
        lines += [f"  differs: {title}. {finding}" for title, finding in self.differing]
        lines += ["", f"{self.output}: {self.size:,} bytes in {self.seconds:.2f} s", f"sha256 {self.sha256}"]
        return "\n".join(lines)


def summarise(output: Path, sha256: str, seconds: float) -> Summary:
    """Returns the summary of the database at `output`, read from the file as it was published."""
    connection = sqlite3.connect(f"{output.resolve().as_uri()}?mode=ro", uri=True)
    try:
        names = connection.execute(
            "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%' order by name"
        )
        return Summary(
            output=output,
            sha256=sha256,
            size=output.stat().st_size,
            seconds=seconds,
            rows={
                name: connection.execute(f"select count(*) from [{name}]").fetchone()[0] for (name,) in names.fetchall()
            },
            audit=dict(connection.execute("select outcome, count(*) from audit group by outcome")),
            differing=connection.execute(
                "select title, finding from audit where outcome = 'differs' and id not like '%date-%' order by id"
            ).fetchall(),
        )
    finally:
        connection.close()

"""Reads which facts earlier editions told otherwise, and checks that each is told now as its correction says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .problems import Problems
from .registers import Registers


def correction_rows(
    registers: Registers, tables: Mapping[str, Iterable[dict[str, Any]]], problems: Problems
) -> list[dict[str, Any]]:
    """Rows of table `corrections`; none where there is no such register. `tables` are the rows that may be corrected.

    A problem is a row or column that is not there, a value that is another one now and that no later row corrects, and an
    edition after the next one, which is being prepared. Values are only looked at where nothing else is wrong.
    """
    if "corrections" not in registers.tables:
        return []
    register, present = registers["corrections"], int(registers["edition"].rows[0]["number"])
    rows = [
        {
            **{name: cell or None for name, cell in row.cells.items() if name != "record"},
            "record_id": row["record"] or None,
        }
        for row in register
    ]
    if len(problems):
        return rows
    known = {(name, row["id"]): row for name, found in tables.items() for row in found}
    cells = ("table_name", "row_key", "column_name")
    last = {
        tuple(row[name] for name in cells): row for row in sorted(register, key=lambda row: int(row["since_edition"]))
    }
    for row in register:
        found = known.get((row["table_name"], row["row_key"]))
        if int(row["since_edition"]) > present + 1:
            problems.add(
                register.path,
                row.line,
                f"since_edition must not be later than the next edition, {present + 1}",
                row["since_edition"],
            )
        elif found is None:
            problems.add(
                register.path,
                row.line,
                f"no row of {row['table_name']} has this key; take this row out, or write the key of today",
                row["row_key"],
            )
        elif row["column_name"] not in found:
            problems.add(
                register.path,
                row.line,
                f"{row['table_name']} has no such column; write the name that it has now",
                row["column_name"],
            )
        elif (
            row is last[tuple(row[name] for name in cells)]
            and (now := str(found[row["column_name"]] or "")) != row["new"]
        ):
            what = f"{row['column_name']} of {row['row_key']} is {now!r} now; write that as new, or add a row for the edition that changed it"
            problems.add(register.path, row.line, what, row["new"])
    return rows

"""Reads where addresses of earlier editions lead now, and checks that each of them leads somewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .problems import SHOWN_AT_MOST, Problems
from .registers import Registers


def former_key_rows(
    registers: Registers, keys: Mapping[str, Collection[str]], problems: Problems
) -> list[dict[str, str]]:
    """Rows of table `former_keys`. `keys` are those that the rows of each table have now, by the table's name.

    A key that no row has is a problem; it is only looked for where nothing else is wrong, which would move keys.
    """
    register = registers["former_keys"]
    rows = [{"table_name": row["table_name"], "former": row["former"], "key": row["key"]} for row in register]
    if len(problems):
        return rows
    for row in register:
        known = keys.get(row["table_name"], ())
        if row["key"] not in known:
            beginning = row["key"].rpartition("-")[0]
            shown = beginning and len(problems) < SHOWN_AT_MOST
            like = next((key for key in known if key.startswith(beginning)), None) if shown else None
            hint = f"; it may be {like!r} now" if like else "; write the key that the row has now, or take this row out"
            problems.add(register.path, row.line, f"no row of {row['table_name']} has this key{hint}", row["key"])
    return rows

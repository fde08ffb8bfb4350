"""Puts the ISO code of a country beside it, in every table that names one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

ENDING = "iso3"
COUNTRY = "country_id"

Codes = dict[str, str | None]  # by the key of a country, and by its name, which no key is like


def codes_of(countries: Iterable[Any]) -> Codes:
    """The codes of the rows of table `countries`, which are dicts."""
    return {row[column]: row["iso3"] for row in countries for column in ("id", "name")}


def code_columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """The columns of a table that hold codes, each with the column that names the country."""
    columns = {row[1] for row in connection.execute(f"pragma table_info([{table}])")}
    coded = {column: COUNTRY if column == ENDING else column.removesuffix(f"_{ENDING}") for column in columns}
    return {code: column for code, column in coded.items() if code.endswith(ENDING) and column in columns}


def with_codes(connection: sqlite3.Connection, table: str, rows: Iterable[Any], codes: Codes) -> Iterable[Any]:
    """The rows of a table, dicts or named tuples, as dicts with their codes; as they are where the table has none."""
    coded = code_columns(connection, table)
    if not coded:
        return rows
    dicts = (row if isinstance(row, dict) else row._asdict() for row in rows)
    return ({**row, **{code: codes.get(row[column]) for code, column in coded.items()}} for row in dicts)

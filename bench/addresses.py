"""Addresses of pages of each kind, many different ones, for the benchmarks that ask for them."""

from __future__ import annotations

import itertools
import sqlite3
from pathlib import Path
from urllib.parse import quote

TABLES = {"countries": "name", "events": "date", "recognitions": "recognised_on", "positions": ""}  # and their order
DAYS = [f"{year}-{month:02}-{day}" for year in range(2008, 2026) for month in range(3, 13, 3) for day in (17, 23)]


def of_each_kind(database: Path) -> dict[str, list[str]]:
    """Kind of page to addresses, none of which comes twice."""
    connection = sqlite3.connect(database)
    countries = connection.execute("select id, name from countries order by id").fetchall()
    rules = [rule for (rule,) in connection.execute("select id from rules order by id")]
    connection.close()
    asked = [f"?rule={rule}&as_of={day}" for day, rule in itertools.product(DAYS, rules)]
    filters = [f"recognised_on__{compared}={day}" for compared in ("lt", "gt") for day in DAYS[12:120]]
    return {
        "front page": [f"/{question}" for question in asked],
        "dossier": [f"/recognition/countries/{country}" for country, _ in countries],
        "tallies": [f"/tallies{question}" for question in asked],
        "search": [f"/search?q={quote(name)}" for _, name in countries],
        "tables": [f"/recognition/{table}" for table in TABLES],
        "tables, filtered": [f"/recognition/countries?{one}" for one in filters],
    }


def bare(path: str) -> str:
    """The address of the same rows without the counts that Datasette would make, in the order of metadata.yml."""
    order = TABLES[path.rpartition("/")[2].partition("?")[0]]
    return f"{path}{'&' if '?' in path else '?'}{f'_sort={order}&' if order else ''}_nofacet=1&_nocount=1"

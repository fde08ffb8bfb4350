"""ISO codes beside each country that JSON and CSV of our pages name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasette.app import Datasette

from .database import Row, kept, rows

COUNTRY = ("country", "country_id")  # keys of what a row is about: it gets iso2 and iso3
OTHERS = ("claimant", "speaker", "mover", "moved_by", "through")  # of others that it names: each gets '<key>_iso3'
CODES = "select id, name, name_in_sentence, iso2, iso3 from countries"

Codes = Mapping[str, tuple[str | None, str | None]]  # iso2 and iso3 by the key and the names of a country
NO_CODE = (None, None)


async def codes(datasette: Datasette) -> Codes:
    """The codes of all countries, read once for an edition."""

    async def read() -> Codes:
        found = await rows(datasette, CODES)
        return {row[key]: (row["iso2"], row["iso3"]) for row in found for key in ("id", "name", "name_in_sentence")}

    return await kept(datasette, "codes of countries", read)


def with_codes(data: Any, known: Codes) -> Any:
    """Data as for JSON, in which each object that names a country has its codes too, behind the key or name that it has."""
    if isinstance(data, dict):
        return coded(data, known)
    if isinstance(data, list | tuple):
        return [with_codes(one, known) for one in data]
    return data


def coded(row: Row, known: Codes) -> Row:
    """An object with the codes of the countries that it names."""
    written: Row = {}
    own = next((key for key in COUNTRY if key in row and (row[key] is None or isinstance(row[key], str))), None)
    behind = "name" if own and "name" in row else own
    for key, value in row.items():
        written[key] = with_codes(value, known)
        if key == behind and "iso3" not in row:
            written["iso2"], written["iso3"] = known.get((own and row[own]) or "", NO_CODE)
        if key in OTHERS and f"{key}_iso3" not in row and (value is None or isinstance(value, str)):
            written[f"{key}_iso3"] = known.get(value or "", NO_CODE)[1]
    return written

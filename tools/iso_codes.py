#!/usr/bin/env python3
"""Writes sources/iso_codes.csv: the codes of ISO 3166-1 and their names, from pycountry.

Run it by hand when pycountry is updated (it is in requirements-test.txt); the build reads only the file.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pycountry

FILE = Path(__file__).resolve().parent.parent / "sources/iso_codes.csv"
HEADER = ("iso2", "iso3", "numeric", "name", "official_name")


def iso_codes() -> list[tuple[str, ...]]:
    """Returns the rows of the file by two-letter code, each in the order of HEADER; a missing official name is ''."""
    return sorted(
        (
            country.alpha_2,
            country.alpha_3,
            country.numeric,
            getattr(country, "common_name", country.name),
            getattr(country, "official_name", ""),
        )
        for country in pycountry.countries
    )


def main() -> None:
    with FILE.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(iso_codes())


if __name__ == "__main__":
    main()

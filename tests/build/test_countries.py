"""Names of countries are found whole and the longest first; codes and local names are those of their sources."""

import csv
import json

import pytest
from babel import Locale

from recognition.build.problems import Problems
from recognition.build.registers import read_registers
from recognition.dates import folded, month_numbers
from recognition.vocabulary import LEADING_NAMES
from tools.iso_codes import HEADER, iso_codes
from tools.local_names import local_names
from tools.other_names import capitals, iso_names, nationalities, olympic_codes

LOCAL = ("country", "language", "name")

IN_PROSE = {
    "Equatorial Guinea has said so.": ["equatorial-guinea"],
    "Guinea-Bissau withdrew.": ["guinea-bissau"],
    "Papua New Guinea withdrew.": ["papua-new-guinea"],
    "Guinea recognises.": ["guinea"],
    "Guinea, Guinea-Bissau and Equatorial Guinea.": ["guinea", "guinea-bissau", "equatorial-guinea"],
    "Northern Cyprus welcomed it, Cyprus did not.": ["northern-cyprus", "cyprus"],
    "Romania voted.": ["romania"],
    "Oman's ministry.": ["oman"],
    "Nigeria will not.": ["nigeria"],
    "Niger did.": ["niger"],
    "The Democratic Republic of the Congo and the Republic of the Congo.": [
        "democratic-republic-of-the-congo", "republic-of-the-congo",
    ],
    "South Sudan and Sudan; South Sudanese is neither.": ["south-sudan", "sudan"],
    "Dominica is not the Dominican Republic.": ["dominica", "dominican-republic"],
    "São Tomé and Príncipe's government": ["sao-tome-and-principe"],
    "the US, the UK; USA, but not BUS or UKulele": ["united-states", "united-kingdom", "united-states"],
    "South Ossetia and South Africa": ["south-ossetia", "south-africa"],
    "Palestinian officials": ["palestine"],
    "Germny, germany, Atlantis": [],
    "": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def names(root):
    problems = Problems()
    registers = read_registers(root / "sources", problems)
    problems.refuse_if_any()
    return registers.country_names


@pytest.mark.parametrize("text", IN_PROSE)
def test_the_longest_whole_name_is_found_in_prose(names, text):
    assert [found.owner for found in names.find(text)] == IN_PROSE[text]


@pytest.mark.parametrize(
    ("file", "header", "given"), [("iso_codes.csv", HEADER, iso_codes), ("local_names.csv", LOCAL, local_names)]
)
def test_a_generated_register_is_what_its_source_gives(root, file, header, given):
    with (root / "sources" / file).open(encoding="utf-8", newline="") as opened:
        assert [tuple(row) for row in csv.reader(opened)] == [header, *given()]


def test_every_name_of_the_database_finds_its_country_and_no_other(db, names):
    rows = db.execute(
        "select name, country_id from country_names where source_id in ('countries', 'country-names')"
    ).fetchall()
    assert [(name, names.owner(name)) for name, _ in rows] == rows
    leading = ", ".join(f"'{kind}'" for kind in LEADING_NAMES)
    shared = f"select name from country_names where kind not in ({leading}) group by name having count(*) > 1"
    assert db.execute(shared).fetchall() == []


def test_official_names_and_parts_are_what_their_source_gives(root):
    with (root / "sources/countries.csv").open(encoding="utf-8", newline="") as opened:
        countries = list(csv.DictReader(opened))
    given = {(country, kind, name) for country, kind, _, name in iso_names(countries)}
    with (root / "sources/iso_names.csv").open(encoding="utf-8", newline="") as opened:
        rows = {(row["country"], row["kind"], row["name"]) for row in csv.DictReader(opened)}
    assert rows and rows <= given


OZ = {"id": "oz", "iso2": "OZ"}


def test_a_capital_is_spelt_as_its_city_is_named_and_the_largest_of_that_name_is_meant(tmp_path):
    cities = [("Petite Émeraude", ["Emeraude"], 80), ("Émeraude", ["Emeraude"], 900), ("Gillikin", ["Glinda"], 7000)]
    places = {
        number: {"name": name, "alternatenames": others, "population": people, "countrycode": "OZ"}
        for number, (name, others, people) in enumerate(cities)
    }
    (tmp_path / "cities15000.json").write_text(json.dumps(places), "utf-8")
    (tmp_path / "countries.json").write_text(json.dumps({"OZ": {"capital": "Emeraude"}}), "utf-8")
    assert list(capitals(tmp_path, [OZ])) == [("oz", "capital", "", "Émeraude")]
    (tmp_path / "countries.json").write_text(json.dumps({"OZ": {"capital": "Dorothy’s"}}), "utf-8")
    assert list(capitals(tmp_path, [OZ])) == [("oz", "capital", "", "Dorothy's")]


@pytest.mark.parametrize(
    ("given", "people"), [("Ozian (Land of Oz)", ["Ozian"]), ("Ozian", ["Ozian"]), ("Oz, Occupied", []), ("", [])]
)
def test_a_people_has_no_brackets_and_is_no_territory(tmp_path, given, people):
    file = tmp_path / "en.json"
    file.write_text(json.dumps({"nationalities": {"OZ": given}}), "utf-8")
    assert [name for *_, name in nationalities(file, [OZ])] == people


def test_an_olympic_code_is_of_the_country_that_is(tmp_path):
    file = tmp_path / "countries.json"
    codes = [("assigned", "OZZ"), ("deleted", "OLD")]
    file.write_text(json.dumps([{"alpha2": "OZ", "status": status, "ioc": code} for status, code in codes]), "utf-8")
    assert list(olympic_codes(file, [OZ])) == [("oz", "code", "", "OZZ")]


def test_every_licence_lets_its_names_stand_in_a_database_under_cc_by_sa(db):
    """A new licence is added here by hand, after it has been read: ODbL, for one, may not be."""
    allowed = {"CC BY-SA", "CC BY 4.0", "MIT", "Unicode License v3", "LGPL 2.1", "public domain", "UN terms of use"}
    assert {licence for (licence,) in db.execute("select distinct licence from sources")} <= allowed


def test_months_are_as_cldr_names_them():
    for language in ("sq", "sr", "sr_Latn", "fr", "de", "es"):
        names = [folded(name) for _, name in sorted(Locale.parse(language).months["format"]["wide"].items())]
        assert [month_numbers()[name] for name in names] == list(range(1, 13))

"""Names of countries are found whole and the longest first; codes and local names are those of their sources."""

import csv

import pytest
from babel import Locale

from recognition.build.problems import Problems
from recognition.build.registers import read_registers
from recognition.dates import folded, month_numbers
from recognition.vocabulary import LEADING_NAMES
from tools.iso_codes import HEADER, iso_codes
from tools.local_names import local_names
from tools.other_names import iso_names

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


def test_months_are_as_cldr_names_them():
    for language in ("sq", "sr", "sr_Latn", "fr", "de", "es"):
        names = [folded(name) for _, name in sorted(Locale.parse(language).months["format"]["wide"].items())]
        assert [month_numbers()[name] for name in names] == list(range(1, 13))

"""The register of countries: exact names, codes as in ISO 3166-1, and the status under the default rule and the article's."""

import csv
import json

import pytest

from recognition.build.countries import last_standing
from recognition.build.names import Found
from recognition.build.problems import Problems
from recognition.build.registers import read_registers
from recognition.build.statuses import Interval
from tools.iso_codes import HEADER, iso_codes

EXACT = {
    "The Bahamas": "bahamas",
    "Bahamas": "bahamas",
    "St. Vincent & the Grenadines": "saint-vincent-and-the-grenadines",
    "Saint Vincent and the Grenadines": "saint-vincent-and-the-grenadines",
    "Côte d'Ivoire": "ivory-coast",
    "Côte d’Ivoire": "ivory-coast",
    "Ivory Coast": "ivory-coast",
    "Gambia": "gambia",
    "The Gambia": "gambia",
    "Vatican City": "holy-see",
    "The Holy See": "holy-see",
    "Burma": "myanmar",
    "Swaziland": "eswatini",
    "Macedonia": "north-macedonia",
    "Turkey": "turkey",
    "Türkiye": "turkey",
    "Czechia": "czech-republic",
    "Cabo Verde": "cape-verde",
    "UK": "united-kingdom",
    "US": "united-states",
    "Palestinian": "palestine",
    "Republic of the Congo": "republic-of-the-congo",
    "The Democratic Republic of the Congo": "democratic-republic-of-the-congo",
    "Kosovo": "kosovo",
}
UNKNOWN = ["", "Germny", "germany", "GERMANY", " Germany", "Atlantis", "Congo", "Korea", "Guinea-Bisau", "Bosnia and"]
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


@pytest.mark.parametrize("name", EXACT)
def test_a_name_is_met_exactly(names, name):
    assert names.owner(name) == EXACT[name]
    assert name in names


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_name_that_no_register_has_is_not_guessed(names, name):
    assert names.owner(name) is None
    assert name not in names


@pytest.mark.parametrize("text", IN_PROSE)
def test_the_longest_whole_name_is_found_in_prose(names, text):
    assert [found.owner for found in names.find(text)] == IN_PROSE[text]


def test_a_found_name_says_where_it_stands_and_how_it_is_printed(names):
    assert list(names.find("Neither the UK nor Burma.")) == [
        Found(12, "UK", "united-kingdom"),
        Found(19, "Burma", "myanmar"),
    ]


def test_every_name_of_the_database_finds_its_country_and_no_other(db, names):
    rows = db.execute("select name, country_id from country_names where kind <> 'local'").fetchall()
    assert [(name, names.owner(name)) for name, _ in rows] == rows
    assert db.execute("select name from country_names group by name having count(*) > 1").fetchall() == []


def test_the_register_of_codes_is_what_its_source_gives(root):
    with (root / "sources/iso_codes.csv").open(encoding="utf-8", newline="") as opened:
        assert [tuple(row) for row in csv.reader(opened)] == [HEADER, *iso_codes()]


def test_the_standing_under_the_default_rule_is_that_of_its_intervals(db):
    """Where it recognises: since when; where it withdrew: since when first, and until when."""
    last = """
        select c.id, s.status, case s.status when 'recognises' then s.since when 'withdrew' then
               (select min(since) from statuses where rule_id = s.rule_id and country_id = s.country_id and status = 'recognises')
               end, case s.status when 'withdrew' then s.since end
        from subject join statuses s on s.rule_id = default_rule and s.until is null join countries c on c.id = s.country_id
        order by c.id"""
    assert db.execute(last).fetchall() == db.execute(
        "select id, status, recognised_on, withdrawn_on from countries where kind <> 'subject' order by id"
    ).fetchall()  # fmt: skip


@pytest.mark.parametrize(
    ("intervals", "standing"),
    [
        ([("does not recognise", "2008"), ("recognises", "2010")], ("recognises", "2010", None)),
        ([("recognises", "2008"), ("withdrew", "2018"), ("recognises", "2020")], ("recognises", "2020", None)),
        ([("recognises", "2008"), ("contested", "2011"), ("withdrew", "2018")], ("withdrew", "2008", "2018")),
        ([("recognises", "2008"), ("contested", "2011")], ("contested", "2008", None)),
        ([("does not recognise", "2008")], ("does not recognise", None, None)),
    ],
)
def test_intervals_lead_to_a_standing(intervals, standing):
    assert last_standing([Interval("r", "x", status, since, None, None) for status, since in intervals]) == standing


def test_organisations_of_a_country_are_those_that_it_is_a_member_of_today(db):
    for country, listed in db.execute("select id, organisations from countries"):
        members = db.execute(
            "select o.name from memberships m join organisations o on o.id = m.organisation_id"
            " where m.country_id = ? and m.until is null and o.kind <> 'group' order by o.name",
            [country],
        ).fetchall()
        assert json.loads(listed) == [name for (name,) in members], country
    left = db.execute("select organisations from countries where id = 'united-kingdom'").fetchone()[0]
    assert json.loads(left) == [
        "Council of Europe",
        "North Atlantic Treaty Organization",
        "Organization for Security and Co-operation in Europe",
        "UN Security Council (permanent members)",
        "United Nations",
    ]

"""The register of countries: exact names, codes as in ISO 3166-1, and the status under the default rule and the article's."""

import csv
import json
from collections import Counter

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
# id: kind, un_member, the three columns in the article, represented_by, flag
LANDMARKS = {
    "costa-rica": ("UN member", 1, "recognises", "2008-02-17", None, None, "🇨🇷"),
    "united-kingdom": ("UN member", 1, "recognises", "2008-02-18", None, None, "🇬🇧"),
    "united-states": ("UN member", 1, "recognises", "2008-02-18", None, None, "🇺🇸"),
    "guyana": ("UN member", 1, "recognises", "2013-06-13", None, None, "🇬🇾"),
    "israel": ("UN member", 1, "recognises", "2020-09-04", None, None, "🇮🇱"),
    "burundi": ("UN member", 1, "withdrew", "2012-10-16", "2018-02-15", None, "🇧🇮"),
    "ghana": ("UN member", 1, "withdrew", "2012-01-23", "2019-11-07", None, "🇬🇭"),
    "sierra-leone": ("UN member", 1, "withdrew", "2008-06-11", "2020-03-02", None, "🇸🇱"),
    "serbia": ("UN member", 1, "does not recognise", None, None, None, "🇷🇸"),
    "kenya": ("UN member", 1, "does not recognise", None, None, None, "🇰🇪"),
    "sao-tome-and-principe": ("UN member", 1, "does not recognise", None, None, None, "🇸🇹"),
    "palestine": ("UN observer", 0, "does not recognise", None, None, None, "🇵🇸"),
    "holy-see": ("UN observer", 0, "does not recognise", None, None, None, "🇻🇦"),
    "taiwan": ("non-UN country", 0, "recognises", "2008-02-19", None, None, "🇹🇼"),
    "cook-islands": ("non-UN country", 0, "recognises", "2015-05-18", None, None, "🇨🇰"),
    "niue": ("non-UN country", 0, "recognises", "2015-06-23", None, None, "🇳🇺"),
    "montserrat": ("territory", 0, "recognises", "2008-02-18", None, "united-kingdom", "🇲🇸"),
    "abkhazia": ("other group", 0, "does not recognise", None, None, None, None),
    "kosovo": ("subject", 0, None, None, None, None, "🇽🇰"),
}


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


def test_every_country_has_its_main_name_and_is_found_by_all_its_names(db):
    rows = db.execute("select id, name, names from countries").fetchall()
    for country, name, joined in rows:
        known = db.execute("select name, kind from country_names where country_id = ?", [country]).fetchall()
        assert [other for other, kind in known if kind == "main"] == [name]
        assert sorted(joined.split(" · ")) == sorted(other for other, kind in known if kind != "local")


def test_countries_of_each_kind(db):
    assert dict(db.execute("select kind, count(*) from countries group by kind")) == {
        "UN member": 193,
        "UN observer": 2,
        "non-UN country": 3,
        "territory": 1,
        "other group": 6,
        "subject": 1,
    }


def test_countries_that_are_no_un_members(db):
    rows = db.execute("select kind, name from countries where not un_member order by kind, name").fetchall()
    assert rows == [
        ("UN observer", "Holy See"),
        ("UN observer", "Palestine"),
        ("non-UN country", "Cook Islands"),
        ("non-UN country", "Niue"),
        ("non-UN country", "Taiwan"),
        ("other group", "Abkhazia"),
        ("other group", "Northern Cyprus"),
        ("other group", "Sahrawi Arab Democratic Republic"),
        ("other group", "Somaliland"),
        ("other group", "South Ossetia"),
        ("other group", "Transnistria"),
        ("subject", "Kosovo"),
        ("territory", "Montserrat"),
    ]


def test_the_register_of_codes_is_what_its_source_gives(root):
    with (root / "sources/iso_codes.csv").open(encoding="utf-8", newline="") as opened:
        assert [tuple(row) for row in csv.reader(opened)] == [HEADER, *iso_codes()]


def test_only_groups_without_a_code_of_their_own_have_none(db):
    assert db.execute("select distinct kind from countries where iso2 is null or iso3 is null").fetchall() == [
        ("other group",)
    ]
    assert db.execute("select iso2, iso3 from countries where id = 'kosovo'").fetchone() == ("XK", "XKX")


def test_flags_are_the_letters_of_the_code(db):
    for iso2, flag in db.execute("select iso2, flag from countries"):
        assert flag == (None if iso2 is None else "".join(chr(ord(letter) + 0x1F1A5) for letter in iso2))


def test_un_members_are_divided_among_the_three_lists(db):
    listed = {
        "recognises": "select country_id from recognitions where list = 'un'",
        "withdrew": "select country_id from recognitions where list = 'withdrawn'",
        "does not recognise": "select country_id from positions where list = 'not_recognising'",
    }
    members = "select id from countries where un_member"
    sizes = {}
    for status, rows in listed.items():
        having = db.execute(f"{members} and status_in_article = '{status}' order by id").fetchall()
        assert having == sorted(db.execute(rows)), status
        sizes[status] = len(having)
    assert sizes == {"recognises": 104, "withdrew": 10, "does not recognise": 79}
    every = Counter(country for rows in listed.values() for (country,) in db.execute(rows))
    assert every == Counter(country for (country,) in db.execute(members))


def test_statuses_of_the_others(db):
    assert db.execute(
        "select kind, status_in_article, count(*) from countries where not un_member group by 1, 2 order by kind"
    ).fetchall() == [
        ("UN observer", "does not recognise", 2),
        ("non-UN country", "recognises", 3),
        ("other group", "does not recognise", 6),
        ("subject", None, 1),
        ("territory", "recognises", 1),
    ]


@pytest.mark.parametrize("country", LANDMARKS)
def test_landmark(db, country):
    columns = (
        "kind, un_member, status_in_article, recognised_on_in_article, withdrawn_on_in_article, represented_by, flag"
    )
    assert db.execute(f"select {columns} from countries where id = ?", [country]).fetchone() == LANDMARKS[country]


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


def test_the_default_rule_differs_from_the_article_by_what_was_announced_since(db):
    assert db.execute(
        "select id, status_in_article, status, recognised_on from countries"
        " where (status, recognised_on, withdrawn_on)"
        " is not (status_in_article, recognised_on_in_article, withdrawn_on_in_article) order by recognised_on"
    ).fetchall() == [
        ("kenya", "does not recognise", "recognises", "2025-03-26"),
        ("sudan", "does not recognise", "recognises", "2025-04-12"),
        ("syria", "does not recognise", "recognises", "2025-10-29"),
        ("bahamas", "does not recognise", "recognises", "2025-12-19"),
    ]


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


def test_names_in_sentences(db):
    names = dict(db.execute("select name, name_in_sentence from countries"))
    assert [names[name] for name in ("Maldives", "United States", "Spain", "Dominican Republic", "Ireland")] == [
        "the Maldives", "the United States", "Spain", "the Dominican Republic", "Ireland",
    ]  # fmt: skip


def test_montserrat_follows_the_united_kingdom(db):
    followed = "select status, recognised_on, withdrawn_on from countries where id = ?"
    assert db.execute(followed, ["montserrat"]).fetchone() == db.execute(followed, ["united-kingdom"]).fetchone()
    assert db.execute("select id from countries where represented_by is not null").fetchall() == [("montserrat",)]


def test_kosovo_is_the_subject_and_has_neither_status_nor_statement_nor_membership(db):
    columns = "name, kind, status, position, organisations"
    assert db.execute(f"select {columns} from countries where id = 'kosovo'").fetchone() == (
        "Kosovo", "subject", None, None, "[]",
    )  # fmt: skip
    for table in ("recognitions", "positions", "memberships", "mentions"):
        assert db.execute(f"select count(*) from {table} where country_id = 'kosovo'").fetchone() == (0,), table


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

"""Where a country is named, its ISO codes are beside it: in every table, and in every CSV and JSON of the site."""

import csv
import io
import json
import re

import pytest

# Columns whose text is now and then the name of a country and no mention of it: what it is called, or words that are quoted.
NOT_NAMING = {
    "named_as", "quote", "words", "body", "publisher", "q",
    # the keys of two rules, and the names of some regions, are those of countries; several names in a cell have no code
    "follows", "explaining_rule", "agreeing_rules", "rule", "rule_id", "by", "region", "subregion", "countries",
}  # fmt: skip
CODES = re.compile(r"(^|_)iso[23]$")


@pytest.fixture(scope="module")
def codes(db):
    """{key or name of a country: its three-letter code, '' for none}."""
    found = db.execute("select id, name, name_in_sentence, coalesce(iso3, '') from countries").fetchall()
    return {key: code for *keys, code in found for key in keys}


@pytest.fixture(scope="module")
def two_letters(db):
    return {code or "": two or "" for two, code in db.execute("select iso2, iso3 from countries")}


def uncoded(rows, codes):
    """The columns of rows (dicts) that name countries and have no right code beside them."""
    wrong = set()
    for row in rows:
        for column, value in row.items():
            if not isinstance(value, str) or value not in codes or column in NOT_NAMING or CODES.search(column):
                continue
            beside = {str(row.get(name) or "") for name in (f"{column}_iso3", "iso3") if name in row}
            if codes[value] not in beside:
                wrong.add(column)
    return wrong


def objects(data):
    """Every object in data as JSON has it."""
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from objects(value)
    elif isinstance(data, list):
        for value in data:
            yield from objects(value)


def test_each_table_has_the_codes_of_the_countries_that_it_refers_to(db, metadata):
    """And each view; those that are hidden are machinery."""
    for name, about in metadata["databases"]["recognition"]["tables"].items():
        columns = [row[1] for row in db.execute(f"pragma table_info([{name}])")]
        if about.get("hidden") or name == "countries":
            continue
        named = {row[3] for row in db.execute(f"pragma foreign_key_list([{name}])") if row[2] == "countries"}
        for column in named | ({"country_id", "claimant"} & {*columns}):
            code = "iso3" if column == "country_id" else f"{column}_iso3"
            assert code in columns, (name, column)
            wrong = f"""select t.[{column}], t.[{code}] from [{name}] t left join countries c on c.id = t.[{column}]
                        or c.name = t.[{column}] where t.[{code}] is not c.iso3"""
            assert db.execute(wrong).fetchall() == [], (name, column)


def addresses(get, metadata):
    """One address of each kind that the sitemap has, and every saved question, as CSV."""
    paths = re.findall(r"<loc>http://localhost(/[^<]*)</loc>", get("/sitemap.xml").text)
    kinds = {re.sub(r"(?<=^/)(\w+)/.*", r"\1/", path): path for path in paths if not path.startswith("/recognition")}
    own = [
        *kinds.values(),
        "/tallies/eu",
        "/tallies/compare",
        "/counts/compare",
        "/counts/serbia-2023",
        "/list/caricom",
        "/panel",
    ]
    return [*dict.fromkeys(own), *(f"/recognition/{name}" for name in metadata["databases"]["recognition"]["queries"])]


def test_every_csv_has_the_codes_of_the_countries_that_it_names(get, metadata, codes, two_letters):
    found, without_csv = 0, []
    for path in addresses(get, metadata):
        answer = get(f"{path}.csv")
        if answer.status_code != 200:
            without_csv.append(path)
            continue
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert uncoded(rows, codes) == set(), path
        found += any("iso3" in row for row in rows)
        assert all(row["iso2"] == two_letters[row["iso3"]] for row in rows if {"iso2", "iso3"} <= {*row}), path
    assert found > 25
    assert len(without_csv) < 8, without_csv  # pages that are no rows


@pytest.mark.parametrize(
    "path",
    ["/list", "/tallies/eu", "/tallies/compare", "/counts", "/counts/serbia-2023", "/counts/compare", "/timeline", "/votes",
     "/votes/interpol-2018", "/statements", "/themes/precedent", "/search.json?q=Ghana"],
)  # fmt: skip
def test_every_json_has_the_codes_of_the_countries_that_it_names(path, get, codes):
    data = json.loads(get(path if ".json" in path else f"{path}.json").text)
    named = [one for one in objects(data) if any(isinstance(one.get(key), str) for key in ("country", "country_id"))]
    assert named or path in ("/counts", "/votes")
    assert [one for one in named if not {"iso2", "iso3"} <= {*one}] == []
    assert uncoded(objects(data), codes) == set()


def test_the_map_has_the_codes_of_all_that_it_shows(get, codes):
    data = json.loads(get("/map.json").text)
    assert {country: code for country, (_, code) in data["codes"].items()} == {
        country: codes[country] or None for country in data["countries"]
    }

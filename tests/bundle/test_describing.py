"""What a bundle says of itself, and its zip, without the packages that write tables (see tests/clients/test_bundle.py)."""

import hashlib
import io
import json
import re
import sqlite3
import zipfile

import pytest
import yaml

from recognition.bundle.archive import with_sums, zipped
from recognition.bundle.describing import citation, cite, codebook, datapackage, readme
from recognition.bundle.edition import BundleRefused, opened, read_edition, rows_of
from recognition.dates import said
from recognition.published_tables import published_tables


@pytest.fixture(scope="module")
def edition(built, metadata):
    with opened(built) as connection:
        return read_edition(built, connection, metadata)


@pytest.fixture(scope="module")
def package(edition):
    return json.loads(datapackage(edition, {table.name: table.name.encode() for table in edition.tables}))


def test_each_table_that_is_not_hidden_is_published(edition, metadata, db):
    described = metadata["databases"]["recognition"]["tables"]
    assert [table.name for table in edition.tables] == [
        name for name, about in described.items() if not about.get("hidden")
    ]
    for table in edition.tables:
        assert [column.name for column in table.columns] == [
            row[1] for row in db.execute(f"pragma table_info([{table.name}])")
        ]


def test_what_a_cell_may_be_is_true_of_all_cells(edition, built):
    """Its type, its list of words, whether it may be empty, and what it refers to; and rows are told apart by their keys."""
    kinds = {"string": str, "integer": int, "number": (int, float), "date": str, "array": str}
    with opened(built) as connection:
        keys = {}
        for table in edition.tables:
            rows = rows_of(connection, table)
            for column, cells in zip(table.columns, zip(*rows)):
                keys[table.name, column.name] = set(cells)
                there = [cell for cell in cells if cell is not None]
                assert not column.required or len(there) == len(cells), (table.name, column.name)
                assert all(isinstance(cell, kinds[column.type]) for cell in there), (table.name, column.name)
                assert not column.values or {*there} <= {*column.values}, (table.name, column.name)
                if column.type == "date":
                    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", cell) for cell in there), (table.name, column.name)
                elif column.type == "array":
                    assert all(isinstance(word, str) for cell in there for word in json.loads(cell))
            if table.key:
                places = [[column.name for column in table.columns].index(name) for name in table.key]
                assert len({tuple(row[place] for place in places) for row in rows}) == len(rows), table.name
    for table in edition.tables:
        for column in table.columns:
            if column.reference:
                assert keys[table.name, column.name] - {None} <= keys[column.reference], (table.name, column.name)


def test_a_column_of_months_or_years_holds_no_days(edition):
    types = {(table.name, column.name): column.type for table in edition.tables for column in table.columns}
    assert types["events", "date"] == types["suspensions", "until"] == "string"
    assert types["events", "latest_day"] == types["panel", "day"] == types["tally_history", "until"] == "date"
    assert types["positions", "themes"] == "array" and types["tallies", "share"] == "number"


def test_views_that_count_today_say_which_day_that_is(edition, package, known_until):
    assert {table.name for table in edition.tables if table.by_today} == {"members_today", "tallies"}
    told = {resource["name"]: resource["description"] for resource in package["resources"]}
    for name in told:
        assert (f"In these files today is {said(known_until)}." in told[name]) == (name in ("members_today", "tallies"))


def test_views_count_on_the_day_that_was_looked_through(built, db, known_until, edition):
    with opened(built) as connection:
        (tallies,) = [table for table in edition.tables if table.name == "tallies"]
        counted = {row[:2]: row[2] for row in rows_of(connection, tallies)}
    sql = (
        "select rule_id, organisation_id, members from tally_history where since <= ? and (until > ? or until is null)"
    )
    assert counted == {row[:2]: row[2] for row in db.execute(sql, (known_until, known_until))}


def test_the_data_package_names_its_edition_and_its_files(package, edition, built):
    assert package["name"] == f"recognition-{edition.number}"
    assert package["edition"]["sha256"] == hashlib.sha256(built.read_bytes()).hexdigest()
    assert package["licenses"][0]["name"] == "CC-BY-SA-4.0"
    names = [resource["name"] for resource in package["resources"]]
    for resource in package["resources"]:
        assert resource["hash"] == f"sha256:{hashlib.sha256(resource['name'].encode()).hexdigest()}"
        for key in resource["schema"].get("foreignKeys", []):
            assert (key["reference"]["resource"] or resource["name"]) in names
    (panel,) = [resource["schema"] for resource in package["resources"] if resource["name"] == "panel"]
    assert panel["primaryKey"] == ["country_id", "day"]
    (member,) = [field for field in panel["fields"] if field["name"] == "member_eu"]
    assert member["type"] == "integer" and member["constraints"] == {"enum": [0, 1]}
    assert "European Union" in member["description"]


def test_the_texts_say_licence_citation_and_until_when_was_looked(edition):
    counts = {table.name: 1 for table in edition.tables}
    book, about = codebook(edition, counts).decode(), readme(edition).decode()
    for table in edition.tables:
        assert f"\n## {table.name}: {table.title}\n" in book
        for column in table.columns:
            assert f"\n| `{column.name}` | " in book
    assert all(line.count(" | ") >= 2 for line in book.splitlines() if line.startswith("| `"))
    for words in (cite(edition), said(edition.known_until), edition.licence_url, edition.sha256, edition.sources[0][2]):
        assert words in about
    card = yaml.safe_load(citation(edition))
    assert (
        card["version"] == str(edition.number)
        and card["license"] == edition.spdx
        and card["date-released"] == edition.published_on
    )


def test_the_page_about_the_site_names_the_same_authors(get, metadata):
    assert " and ".join(metadata["authors"]) in get("/about").text


def test_the_same_files_give_the_same_zip(tmp_path):
    files = {"b.txt": b"second", "a/c.txt": b"first" * 1000}
    one = zipped(with_sums(files), "x-1", "2026-11-26")
    assert one == zipped(with_sums(dict(reversed(files.items()))), "x-1", "2026-11-26")
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert archive.namelist() == ["x-1/SHA256SUMS", "x-1/a/c.txt", "x-1/b.txt"]
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 26, 0, 0, 0)}
        sums = dict(reversed(line.split("  ")) for line in archive.read("x-1/SHA256SUMS").decode().splitlines())
        assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_what_cannot_be_bundled_is_refused_with_a_sentence(tmp_path, built, metadata):
    with (
        pytest.raises(BundleRefused, match="is missing: build the database first"),
        opened(tmp_path / "recognition.db"),
    ):
        pass
    (tmp_path / "recognition.db").write_bytes(b"no database at all, but long enough to be one" * 100)
    with pytest.raises(BundleRefused, match="is no database of this project"), opened(tmp_path / "recognition.db"):
        pass
    tables = {**metadata["databases"]["recognition"]["tables"]}
    other = {
        **metadata,
        "databases": {"recognition": {"tables": tables | {"marks": {**tables["marks"], "columns": {}}}}},
    }
    with opened(built) as connection, pytest.raises(BundleRefused, match="is not as metadata.yml describes it"):
        read_edition(built, connection, other)


def test_hidden_tables_are_referred_to_by_nobody(metadata):
    """A reference to a table that is not published would lead nowhere."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "create table a (id text primary key) strict; create table b (id text primary key, a_id text references a (id)) strict;"
    )
    described = {
        "a": {"hidden": True},
        "b": {"title": "B", "description": "Bs.", "columns": {"id": "Key.", "a_id": "Its a."}},
    }
    (table,) = published_tables(connection, described)
    assert [column.reference for column in table.columns] == [None, None]

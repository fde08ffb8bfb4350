"""Two files compared: rows by their keys, numbers, reasons, and what a stranger reads of it."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest
from bs4 import BeautifulSoup

from recognition.change_words import ARROW, MEANINGS, as_text, many_now, other_value, told_now, value_said
from recognition.changes.__main__ import main
from recognition.changes.compare import NO_REASON, compared
from recognition.changes.databases import CannotCompare, Database
from recognition.edition_files import FOLDER, read_changes, read_manifests

EVENT = """
select id, title, date from events where kind = 'withdrawal denied' and length(date) = 10 and country_id is not null
order by position limit 3
"""
STATUS = """
select country_id from statuses where rule_id = 'uncontested' and status = 'contested' and until is null order by country_id limit 1
"""


@pytest.fixture(scope="module")
def events(db):
    """Three acts: id, title, ISO day."""
    return db.execute(EVENT).fetchall()


@pytest.fixture(scope="module")
def moved(db):
    """A country that is contested under a rule."""
    return db.execute(STATUS).fetchone()[0]


@pytest.fixture(scope="module")
def older(built, events, moved, tmp_path_factory):
    """An older file: other days of two acts, one act less, a row more, other numbers, a table and a column less, a key of lines."""
    path = tmp_path_factory.mktemp("older") / "older.db"
    shutil.copy(built, path)
    (explained, _, _), (unexplained, _, _), (added, _, _) = events
    with closing(sqlite3.connect(path)) as connection, connection:
        number = connection.execute("select number from edition").fetchone()[0]
        connection.execute(
            "update events set date = '2001-02-03', counts_from = '2001-02-03' where id in (?, ?)",
            [explained, unexplained],
        )
        connection.execute("update edition set number = ?", [number - 1])
        connection.execute("update events set answers = null where answers = ?", [added])
        connection.execute("delete from event_records where event_id = ?", [added])
        connection.execute("delete from events where id = ?", [added])
        connection.execute("insert into themes values ('gone', 'A theme of before', 'It is gone')")
        connection.execute("drop table suspensions")
        connection.execute("alter table events drop column note")
        connection.execute(
            "update memberships set until = '2020-01-01' where organisation_id = 'eu' and country_id = 'spain'"
        )
        connection.execute(
            "update passages set id = '280' where id = (select key from former_keys where table_name = 'passages' and former = '280')"
        )
        connection.execute(
            "update statuses set status = 'recognises' where rule_id = 'uncontested' and until is null and country_id = ?",
            [moved],
        )
        connection.execute(
            "update tally_history set recognising = recognising + 1, contested = contested - 1, not_recognising = not_recognising "
            "where rule_id = 'uncontested' and organisation_id = 'un' and until is null"
        )
    return path


@pytest.fixture(scope="module")
def newer(built, events, tmp_path_factory):
    """The file of today, with the reason of one correction."""
    path = tmp_path_factory.mktemp("newer") / "newer.db"
    shutil.copy(built, path)
    key, _, date = events[0]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("delete from corrections")
        connection.execute(
            "insert into corrections select number, 'events', ?, 'date', '2001-02-03', ?, 'The document says it.', "
            "(select id from records order by id limit 1) from edition",
            [key, date],
        )
    return path


@pytest.fixture(scope="module")
def found(older, newer):
    return compared(Database(older), Database(newer)).as_json


def test_rows_are_matched_by_their_keys(found, events):
    tables = {entry["table"]: entry for entry in found["tables"]}
    assert [(row["key"], row["address"]) for row in tables["events"]["added"]] == [
        (events[2][0], f"/recognition/events/{events[2][0]}")
    ]
    assert "(with documents of events " in tables["events"]["added"][0]["words"], "what belongs to it is told with it"
    assert [row["words"] for row in tables["themes"]["removed"]] == ["A theme of before"]
    assert "passages" not in tables, "a passage that had a line as its key is the same passage"
    assert set(tables) == {"events", "themes", "event_records"}, "and nothing else differs"


def test_a_corrected_fact_has_old_new_why_and_record(found, events):
    told = {(row["table"], row["key"], row["column"]): row for row in found["corrections"]}
    explained, unexplained = (told["events", events[at][0], "date"] for at in (0, 1))
    assert (explained["old"], explained["new"], explained["why"]) == (
        "2001-02-03",
        events[0][2],
        "The document says it.",
    )
    assert (
        explained["record"]
        and "changed from 3 February 2001 to " in explained["words"]
        and explained["words"].startswith(events[0][1][:20])
    )
    assert (unexplained["why"], unexplained["record"]) == (NO_REASON, None)
    assert told["memberships", "eu,spain,1", "until"]["address"] == "/recognition/countries/spain"
    assert len(told) == 3


def test_what_counts_otherwise_is_told_with_the_states(found, moved, db):
    (name,) = db.execute("select name from countries where id = ?", [moved]).fetchone()
    (tally,) = found["tallies"]
    assert (
        tally["words"]
        == f"No withdrawal reported: United Nations {tally['old']} → {tally['new']} of {tally['new_members']} ({name})"
    )
    assert tally["old"] == tally["new"] + 1
    (status,) = found["statuses"]
    assert status["words"].startswith(f"No withdrawal reported: {name} recognises → contested, by ‘{name}: ")


def test_what_only_one_file_has_is_said_once(found):
    rows = next(sentence for sentence in found["structure"] if "suspensions" in sentence)
    assert rows.startswith("New table suspensions, with ")
    assert [sentence for sentence in found["structure"] if sentence != rows] == ["events: new column note."]


def test_the_text_is_for_people_and_the_json_for_programs(older, newer, found, capsys):
    text = as_text(found)
    assert text.startswith("From edition ") and "3 facts were corrected. Added: events (1)" in text
    for heading in (
        "Counted otherwise, on ",
        "Another status, on ",
        "Facts corrected:",
        "Events: 1 added",
        "How the database is made:",
    ):
        assert f"\n{heading}" in text
    assert main([str(older), str(newer), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(found))


def test_the_same_file_differs_in_nothing(built, capsys):
    assert main([str(built), str(built)]) == 0
    assert capsys.readouterr().out.endswith("Nothing differs in the rows.\n")


def test_a_code_that_changes_is_told_of_its_country_alone(newer, tmp_path):
    """Codes stand beside each country in some twenty tables: there they repeat."""
    path = shutil.copy(newer, tmp_path / "older.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update edition set number = number - 1")
        connection.execute("update countries set iso3 = 'XXS' where id = 'spain'")
        for table in ("memberships", "positions", "vote_choices", "country_names"):
            connection.execute(f"update {table} set iso3 = 'XXS' where country_id = 'spain'")
        connection.execute("update rules set side_iso3 = 'XXS' where side_iso3 is not null")
    told = compared(Database(path), Database(newer)).as_json
    words = [
        row["words"] for table in told["tables"] for row in (*table["added"], *table["removed"], *table["changed"])
    ]
    assert len(words) + len(told["corrections"]) == 1 and "XXS" in str(told), (words, told["corrections"])


def test_files_that_cannot_be_compared_get_a_sentence(older, newer, tmp_path, capsys):
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("create table one (id)").connection.close()
    text = tmp_path / "text.db"
    text.write_text("no database" * 100)
    for old, new, said in (
        (tmp_path / "nothing.db", newer, "is no file"),
        (other, newer, "is no database of recognitions"),
        (text, newer, "cannot be read"),
        (newer, older, "name the older file first"),
    ):
        assert main([str(old), str(new)]) == 1
        error = capsys.readouterr().err
        assert said in error and error.count("\n") == 1
    with pytest.raises(CannotCompare):
        compared(Database(newer), Database(older))


@pytest.mark.parametrize(
    ("column", "old", "new", "kept", "now"),
    [
        ("kind", "position", "withdrawal denied", "kind position → withdrawal denied", "kind changed from ‘position’ to ‘withdrawal denied’"),
        ("name_basis", "order", "record", "how the name was restored order → record",
         "what the name rests on changed from ‘its place in the order that records give’ to ‘a record that gives the country and its date’"),
        ("date_evidence", "near", "exact", "records on the day near → exact", "its day in records changed from ‘within days’ to ‘the same’"),
        ("published_on", "2024", None, "published on 2024 → nothing", "day of publication no longer given; it was 2024"),
        ("date", "2018-11-28", "2018-11-27", "date 28 November 2018 → 27 November 2018", "day changed from 28 November 2018 to 27 November 2018"),
        ("by_accident", 1, 0, "by accident yes → no", "whether it agrees with a rule by accident changed from yes to no"),
        ("note", None, "It is new", "note nothing → It is new", "note added: It is new"),
    ],
)  # fmt: skip
def test_what_an_edition_kept_is_told_as_it_is_made_today(column, old, new, kept, now):
    assert other_value("Utopia", column, value_said(old, column), value_said(new, column)) == f"Utopia: {now}"
    assert told_now(f"Utopia: {kept}", column) == f"Utopia: {now}" == told_now(f"Utopia: {now}", column)


def test_no_line_of_an_earlier_edition_shows_a_bare_code(root):
    """Arrows are left for numbers and statuses alone."""
    told = []
    for number in read_manifests(root / FOLDER):
        changes = read_changes(root / FOLDER, number) or {"corrections": [], "tables": []}
        cells = [*changes["corrections"], *(cell for entry in changes["tables"] for cell in entry["changed"])]
        told += [(cell["column"], told_now(cell["words"], cell["column"])) for cell in cells]
        told += [("", many_now(sentence)) for entry in changes["tables"] for sentence in entry["many"]]
    assert len(told) > 50
    codes = {f"from {code} to " for meant in MEANINGS.values() for code in meant}
    assert [words for _, words in told if ARROW in words or any(code in words for code in codes)] == []
    assert [words for _, words in told if " by kind: " in words and ", by kind: " not in words] == []


def test_pages_of_editions_show_no_patterns_and_no_gaps(get, root):
    for number in read_manifests(root / FOLDER):
        lines = BeautifulSoup(get(f"/changes/{number}").text, "html.parser").select("section > ul li")
        assert [line.get_text() for line in lines if re.search(r"[{}|]|, ,", line.get_text())] == []


def test_words_of_codes_are_those_of_the_registers(root):
    """Every value that a register allows has its words, and no other."""
    registers = json.loads((root / "sources/datapackage.json").read_text("utf-8"))["resources"]
    allowed = {
        field["name"]: set(field["constraints"]["enum"])
        for one in registers if one["name"] in ("restored-names", "restored_names", "published-counts", "published_counts")
        for field in one["schema"]["fields"] if "enum" in field.get("constraints", {})
    }  # fmt: skip
    allowed["name_basis"] = allowed.pop("basis")
    assert {column: set(MEANINGS[column]) for column in allowed if column in MEANINGS} == {
        column: values for column, values in allowed.items() if column in MEANINGS
    }
    assert len(MEANINGS.keys() & allowed.keys()) > 3

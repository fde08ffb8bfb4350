"""The published file is for every SQLite from 3.31 on. `make clients` opens it with old ones; here is what is cheap to see."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from sqlite_utils.cli import cli

from recognition.build.any_sqlite import open_to_any
from recognition.build.check import DatabaseBroken, strict_tables
from recognition.build.load import SCHEMA, insert
from recognition.panel import structure

# The functions of SQLite 3.31, but those that change something or depend on where it runs.
FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        """abs avg char coalesce count current_date current_time current_timestamp date datetime glob group_concat hex ifnull
        instr julianday length like likelihood likely lower ltrim max min nullif printf quote replace round rtrim strftime
        substr sum time total trim typeof unicode unlikely upper row_number rank dense_rank percent_rank cume_dist ntile lag
        lead first_value last_value nth_value json json_array json_array_length json_each json_extract json_group_array
        json_group_object json_insert json_object json_patch json_quote json_remove json_replace json_set json_tree json_type
        json_valid""",
    )
)
NO_FUNCTIONS = {"cast", "key"}  # but words before a bracket
# What came to the language later, with the version; functions are in the list above.
NEWER = {
    r"->": "3.38", r"\breturning\b": "3.35", r"\bmaterialized\b": "3.35", r"\b(right|full)\s+(outer\s+)?join\b": "3.39",
    r"\bdistinct\s+from\b": "3.39", r"\bstrict\b": "3.37", r"\d_\d": "3.46", r"\bwithin\s+group\b": "3.47", r"\btrigram\b": "3.34",
    r"\b(contentless_delete|contentless_unindexed|tokendata|locale)\b": "3.43", r"\bdrop\s+column\b": "3.35",
    r"\b(group_concat|json_group_\w+|max|min|sum|count|total|avg)\s*\([^()]*\border\s+by\b": "3.44",
}  # fmt: skip
TEXT_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*")


@pytest.fixture(scope="module")
def definitions(db):
    """{name: words} of all that the file defines, without texts and comments."""
    found = db.execute("select name, sql from sqlite_master where sql is not null and name not like 'sqlite_%'")
    return {name: TEXT_OR_COMMENT.sub("''", words).lower() for name, words in found}


def too_new(words):
    """What SQLite 3.31 does not know, as (words, version)."""
    found = [(pattern, version) for pattern, version in NEWER.items() if re.search(pattern, words)]
    return found + [(name, "?") for name in re.findall(r"\b(\w+)\(", words) if name not in FUNCTIONS | NO_FUNCTIONS]


def test_nothing_in_the_file_is_newer_than_its_oldest_reader(definitions):
    assert len(definitions) > 60
    assert {name: found for name, words in definitions.items() if (found := too_new(words))} == {}


def test_the_views_call_no_newer_function(built):
    """As SQLite itself reads them, however they are written."""
    called = set()

    def note(action, _, name, *rest):
        if action == sqlite3.SQLITE_FUNCTION:
            called.add(name.lower())
        return sqlite3.SQLITE_OK

    with closing(sqlite3.connect(f"{built.as_uri()}?mode=ro", uri=True)) as connection:
        views = [name for (name,) in connection.execute("select name from sqlite_master where type = 'view'")]
        connection.set_authorizer(note)
        for view in views:
            connection.execute(f"select * from {view} limit 0")
    assert {"row_number", "group_concat", "coalesce"} <= called <= FUNCTIONS


@pytest.mark.parametrize(
    "words",
    [
        "select iif(a, 1, 2)", "select a ->> ''", "create table t (a text) strict", "select unixepoch(a)", "select concat(a, b)",
        "with w as materialized (select 1) select * from w", "select a is not distinct from b", "from a full outer join b",
        "select group_concat(a order by b)", "check (octet_length(a) > 1)", "select string_agg(a, '')",
    ],
)  # fmt: skip
def test_what_is_newer_would_be_seen(words):
    assert too_new(words)


def test_only_the_word_is_taken_out(db):
    """All tables are strict while they are filled; of what is published nothing else is other than schema.sql says.

    Of the panel, whose columns follow the rules and organisations, recognition/panel.py says it.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA.read_text("utf-8"))
        connection.execute(structure(db))
        built = dict(connection.execute("select name, sql from sqlite_master where type = 'table'"))
        strict = set(strict_tables(connection))
    assert strict == {name for name, words in built.items() if "virtual table" not in words.lower()} - {
        name for name in built if re.search(r"_(data|idx|docsize|config|content)$", name)
    }
    published = dict(db.execute("select name, sql from sqlite_master where type = 'table'"))
    assert published.keys() == built.keys()
    for name, words in published.items():
        expected = built[name]
        if name in strict:
            expected = re.sub(
                r"\) strict(, without rowid)?$", lambda found: ") without rowid" if found[1] else ")", expected
            )
            assert expected != built[name]
        assert words == expected
    assert strict_tables(db) == []


def test_a_value_of_another_type_is_refused_while_it_is_built():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA.read_text("utf-8"))
        with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER column"):
            insert(connection, "search_words", [{"word": "a", "times": "often"}])


def test_words_that_nobody_foresaw_are_said(tmp_path):
    file = tmp_path / "a.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("create table a (b text) strict; create table c (b text) STRICT;")
    with pytest.raises(DatabaseBroken, match=r"^c is strict in words that any_sqlite\.py does not know$"):
        open_to_any(file)


def test_sqlite_utils_finds_what_was_indexed(built, tmp_path):
    """By the table where the index has one as its content, else by the index itself. It opens the file to write."""
    file = shutil.copy(built, tmp_path)
    for table, word, expected in (
        ("passages", "kosovo", {"text": "Kosovo"}), ("organisations", "arab league", {"id": "arab-league"}),
        ("search_items", "niue", {"title": "Niue"}), ("countries_fts", "burma", {"name": "Myanmar"}),
        ("positions_fts", "abkhazia", {"title": "Abkhazia"}),
    ):  # fmt: skip
        result = CliRunner().invoke(cli, ["search", str(file), table, word, "--limit", "3"])
        assert result.exit_code == 0, result.output
        ((column, text),) = expected.items()
        assert any(text in row[column] for row in json.loads(result.output)), (table, result.output)

"""What the build finds when it reads over what it wrote: rows that lead nowhere, an index that went astray, a broken file."""

import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from recognition.build.load import DatabaseBroken, check

# What is done to the database, and what the check says of it.
FAULTS = {
    "keys": ("delete from countries where id = 'tuvalu'", "rows of memberships lead to rows of countries that are not there"),
    "index of a table": (
        "update passages set text = 'Nothing was said.' where id = (select max(id) from passages)",
        "full-text index passages_fts does not hold what its table holds",
    ),
    "index of search": (
        "update search_items set title = title || ' and more' where number = 1",
        "full-text index search does not hold what its table holds",
    ),
    "rules of the schema": (
        "pragma writable_schema = on;"
        "update sqlite_master set sql = replace(sql, 'evidence text', 'evidence text check (0)') where name = 'marks'",
        "the file is not sound: CHECK constraint failed in marks",
    ),
}


@pytest.fixture
def copy(built, tmp_path):
    """A copy of the database that can be written to; foreign keys are not watched, as they are not while it is filled."""
    path = tmp_path / "recognition.db"
    shutil.copy(built, path)
    return path


def test_the_database_as_it_is_built_passes(copy):
    with closing(sqlite3.connect(copy)) as connection:
        check(connection)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(copy, fault):
    done, said = FAULTS[fault]
    with closing(sqlite3.connect(copy)) as connection:
        connection.executescript(done)
    refused = pytest.raises(DatabaseBroken, match=f"^{re.escape(said)}")
    with closing(sqlite3.connect(copy)) as connection, refused:
        check(connection)

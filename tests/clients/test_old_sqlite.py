"""Old versions of SQLite, as others have built them for the browser: they open the file and find in it what new ones find."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.clients.node import installed
from tests.clients.same_rows import counted, names, rows

VERSIONS = {"sqlite-3.31": "3.31.1", "sqlite-3.32": "3.32.0", "sqlite-3.33-fts5": "3.33.0"}
SEARCHES = (
    "select first_line from passages join passages_fts on passages_fts.rowid = first_line where passages_fts match 'kosovo'",
    "select name from countries_fts where countries_fts match 'burma'",
    "select url, title from search where search match 'withdr*'",
)


@pytest.fixture(scope="module")
def ask_old(built):
    """ask_old(package, statements) are the version of an old SQLite, and its answers."""
    folder = installed(Path(__file__).parent / "old_sqlite")

    def ask_old(package, statements):
        command = ["node", "rows.js", package, built]
        done = subprocess.run(
            command, cwd=folder, input=json.dumps(statements), capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said = json.loads(done.stdout)
        return said["version"], said["answers"]

    return ask_old


@pytest.mark.parametrize("package", VERSIONS)
def test_every_table_and_view_is_the_same(ask_old, db, package):
    tables = names(db)
    version, answers = ask_old(package, [f"select * from [{name}]" for name in tables])
    assert version == VERSIONS[package]
    for name, answer in zip(tables, answers, strict=True):
        assert not isinstance(answer, str), f"{name}: {answer}"
        assert counted(answer) == rows(db, name), name


def test_where_there_is_fts5_its_indexes_are_found(ask_old, db):
    _, answers = ask_old("sqlite-3.33-fts5", SEARCHES)
    for statement, answer in zip(SEARCHES, answers, strict=True):
        expected = counted(db.execute(statement).fetchall())
        assert expected and counted(answer) == expected, statement

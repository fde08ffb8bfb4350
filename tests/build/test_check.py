"""What the build finds when it reads over what it wrote: words, keys, days, indexes, and the file itself."""

import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from recognition.build.check import DatabaseBroken, check

# What is done to the database, and what the check says of it.
FAULTS = {
    "keys": (
        "delete from countries where id = 'tuvalu'",
        "panel has foreign keys to countries that do not exist",
    ),
    "word that code uses": (
        "update event_kinds set kind = 'meeting' where kind = 'contact'",
        "event_kinds has no kind 'contact', which code uses (recognition/vocabulary.py); rename it there too",
    ),
    "status before the first day": (
        "update statuses set since = '2008-02-16' where country_id = 'tuvalu' and event_id is null",
        "statuses begins on 2008-02-16, before the first day 2008-02-17 of table subject",
    ),
    "code of a country": (
        "update vote_choices set iso3 = 'TON' where country_id = 'tuvalu'",
        "vote_choices.iso3 is 'TON' beside 'tuvalu', not 'TUV'",
    ),
    "index of a table": (
        "update passages set text = 'Nothing was said.' where id = (select max(id) from passages)",
        "full-text index passages_fts does not hold what its table holds",
    ),
    "index of search": (
        "update search_items set title = title || ' and more' where number = 1",
        "full-text index search does not hold what its table holds",
    ),
    "strict": (
        "create table more (a text) strict",
        "more would be strict for who reads the file, which needs SQLite 3.37",
    ),
    "rules of the schema": (
        "pragma writable_schema = on;"
        "update sqlite_master set sql = replace(sql, 'evidence text', 'evidence text check (0)') where name = 'marks'",
        "the file is damaged: CHECK constraint failed in marks",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(built, tmp_path, fault):
    done, said = FAULTS[fault]
    copy = shutil.copy(built, tmp_path / "recognition.db")
    check(copy)
    with closing(sqlite3.connect(copy)) as connection:  # foreign keys are not enforced, as while it is filled
        connection.executescript(done)
    with pytest.raises(DatabaseBroken, match=f"^{re.escape(said)}"):
        check(copy)

"""The files of an earlier build, as they stand where another one writes: a failed one must leave them as they are."""

import sqlite3
from contextlib import closing


def database(*tables):
    """The bytes of a database with these tables, all empty."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for table in tables:
            connection.execute(f"create table {table} (of_yesterday)")
        return connection.serialize()


OLD = {
    "recognition.db": database("countries", "recognitions", "audit"),
    "inspect-data.json": b'{"recognition": "of yesterday"}\n',
}


def contents(folder):
    """What is in a folder: names of files to their bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}

"""The files of an earlier build, as they stand where another one writes: a failed one must leave them as they are."""

import shutil
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


def a_page_less(sources, folder):
    """Copies sources into a new folder, as they were before their last page for the search was added."""
    shutil.copytree(sources, folder)
    pages = (folder / "pages.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "pages.csv").write_text("".join(pages[:-1]), "utf-8")
    return folder

"""DuckDB opens the file and finds in every table and view the rows that SQLite finds."""

import json

from tests.clients.same_rows import counted, names, rows

# Its extension for SQLite files comes from a package here; elsewhere DuckDB fetches it by itself at `attach`.
READ = """
import json, pathlib, sys
import duckdb, duckdb_extension_sqlite_scanner

(extension,) = pathlib.Path(duckdb_extension_sqlite_scanner.__file__).parent.glob("extensions/*/*.duckdb_extension")
connection = duckdb.connect()
connection.execute(f"load '{extension}'")
connection.execute(f"attach '{sys.argv[1]}' as recognition (type sqlite, read_only)")
found = {name: connection.execute(f'select * from recognition."{name}"').fetchall() for name in json.loads(sys.argv[2])}
print(json.dumps(found))
"""


def test_every_table_and_view_is_the_same(run, built, db):
    found = json.loads(run(READ, built, json.dumps(names(db))))
    assert set(found) == set(names(db))
    for name in found:
        assert counted(found[name]) == rows(db, name), name

"""A bundle as others open it: frictionless, cffconvert, pandas, DuckDB, openpyxl, sha256sum."""

import json
import shutil
import subprocess
import zipfile

import pytest

from recognition.bundle.edition import opened
from tests.patience import PATIENCE


@pytest.fixture(scope="session")
def bundle(built, root, tmp_path_factory):
    """The bundle of the built database, made by the command."""
    folder = tmp_path_factory.mktemp("bundles")
    command = [root / ".venv-bundle/bin/python", "-m", "recognition.bundle", "--database", built, "--folder", folder]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="session")
def unpacked(bundle, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    return folder / bundle.stem


@pytest.fixture(scope="session")
def tables(unpacked):
    """{table: number of rows} of the CSV files, as the data package names them."""
    package = json.loads((unpacked / "datapackage.json").read_text("utf-8"))
    return [resource["name"] for resource in package["resources"]]


def checked(command, folder):
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, timeout=600)
    print(done.stdout + done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_same_database_gives_the_same_bytes(bundle, built, root, tmp_path):
    """In another folder, under another name of the folder, at another time of the clock and of the file."""
    copy = tmp_path / "elsewhere/recognition.db"
    copy.parent.mkdir()
    shutil.copy(built, copy)
    checked([root / ".venv-bundle/bin/python", "-m", "recognition.bundle", "--database", copy], root)
    assert (copy.parent / "bundles" / bundle.name).read_bytes() == bundle.read_bytes()


def test_frictionless_finds_it_valid(unpacked, root, tables):
    said = checked([root / ".venv-tools/bin/frictionless", "validate", "--json", "datapackage.json"], unpacked)
    report = json.loads(said[said.index("{") :])
    assert report["valid"] and [task["name"] for task in report["tasks"]] == tables


def test_frictionless_sees_what_is_wrong(unpacked, root, tmp_path):
    """A country of the panel that there is not, and a membership that is neither 0 nor 1."""
    damaged = tmp_path / "damaged"
    shutil.copytree(unpacked, damaged)
    panel = damaged / "csv/panel.csv"
    lines = panel.read_text("utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace("abkhazia,", "atlantis,", 1).replace(",0\n", ",2\n")
    panel.write_text("".join(lines), "utf-8", newline="")
    command = [root / ".venv-tools/bin/frictionless", "validate", "--json", "datapackage.json"]
    done = subprocess.run(command, cwd=damaged, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1 and "foreign-key" in done.stdout and "constraint-error" in done.stdout


def test_cffconvert_finds_the_citation_valid(unpacked, root):
    assert "are valid" in checked([root / ".venv-cff/bin/cffconvert", "--validate"], unpacked)


def test_the_checksums_are_those_of_the_files(unpacked):
    checked(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], unpacked)
    named = {line.split("  ")[1] for line in (unpacked / "SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert there == named | {"SHA256SUMS"}


def test_the_database_inside_is_the_database(unpacked, built):
    assert (unpacked / "recognition.db").read_bytes() == built.read_bytes()


# By table, what pandas and DuckDB read of CSV and Parquet: number of rows, and how many cells of each column have a value.
PANDAS = """
import json, sys, pandas
from pathlib import Path
folder, found = Path(sys.argv[1]), {}
for name in json.loads(sys.argv[2]):
    csv = pandas.read_csv(folder / f"csv/{name}.csv", keep_default_na=False, na_values=[""], low_memory=False)
    parquet = pandas.read_parquet(folder / f"parquet/{name}.parquet")
    found[name] = [len(csv), *({c: int(n) for c, n in frame.count().items()} for frame in (csv, parquet))]
print(json.dumps(found))
"""
DUCKDB = """
import json, sys, duckdb
from pathlib import Path
folder, found = Path(sys.argv[1]), {}
for name in json.loads(sys.argv[2]):
    def counts(source):
        columns = [row[0] for row in duckdb.sql(f"describe select * from {source}").fetchall()]
        counted = ", ".join(f'count("{column}")' for column in columns)
        rows, *filled = duckdb.sql(f"select count(*), {counted} from {source}").fetchone()
        return rows, dict(zip(columns, filled))
    rows, csv = counts(f"read_csv('{folder}/csv/{name}.csv', header = true, all_varchar = true)")
    _, parquet = counts(f"'{folder}/parquet/{name}.parquet'")
    found[name] = [rows, csv, parquet]
print(json.dumps(found))
"""


@pytest.fixture(scope="session")
def in_database(unpacked, tables):
    """The same as the database has it, on the day that its views count on."""
    found = {}
    with opened(unpacked / "recognition.db") as connection:
        for name in tables:
            columns = [row[1] for row in connection.execute(f"pragma table_info([{name}])")]
            filled = ", ".join(f"count(nullif([{column}], ''))" for column in columns)
            rows, *counted = connection.execute(f"select count(*), {filled} from [{name}]").fetchone()
            found[name] = [rows, dict(zip(columns, counted)), dict(zip(columns, counted))]
    return found


@pytest.mark.parametrize("script", [PANDAS, DUCKDB], ids=["pandas", "DuckDB"])
def test_csv_and_parquet_hold_what_the_database_holds(script, run, unpacked, tables, in_database):
    found = json.loads(run(script, unpacked, json.dumps(tables)))
    assert found == in_database
    print(f"{len(found)} tables, {sum(rows for rows, *_ in found.values()):,} rows, as CSV and as Parquet")


TYPES = """
import sys, duckdb, pandas
panel = f"{sys.argv[1]}/parquet/panel.parquet"
print(dict(duckdb.sql(f"describe select day, year, member_eu, iso2 from '{panel}'").project("column_name, column_type").fetchall()))
print(duckdb.sql(f"select count(*) from '{panel}' where iso2 = 'NA'").fetchone()[0])
print(duckdb.sql(f"select sum(list_contains(themes, 'precedent')::int) from '{sys.argv[1]}/parquet/positions.parquet'").fetchone()[0])
"""


def test_parquet_has_types(run, unpacked, built):
    types, namibia, precedents = run(TYPES, unpacked).splitlines()
    assert types == str({"day": "DATE", "year": "BIGINT", "member_eu": "BIGINT", "iso2": "VARCHAR"})
    assert int(namibia) > 15 and int(precedents) > 3


SHEETS = """
import json, sys, openpyxl
book = openpyxl.load_workbook(f"{sys.argv[1]}/recognition.xlsx", read_only=True)
counts = {name: sum(1 for row in book[name].iter_rows(values_only=True) if any(cell is not None for cell in row)) - 1 for name in book.sheetnames[2:]}
formulas = [cell for name in book.sheetnames for row in book[name].iter_rows() for cell in (c.data_type for c in row) if cell == "f"]
about = [row[0] for row in book["About"].iter_rows(values_only=True, max_row=8)]
print(json.dumps([book.sheetnames, counts, len(formulas), about, str(book.properties.created)]))
"""


def test_the_workbook_has_a_sheet_for_each_table(run, unpacked, tables, in_database):
    names, counts, formulas, about, created = json.loads(run(SHEETS, unpacked))
    assert names == ["About", "Columns", *tables] and all(len(name) <= 31 for name in names)
    assert counts == {name: rows for name, (rows, *_) in in_database.items()}
    assert formulas == 0 and "Cite as" in about and created.startswith("20")


def test_a_bundle_that_cannot_be_made_is_said_in_a_sentence(root, tmp_path):
    command = [root / ".venv-bundle/bin/python", "-m", "recognition.bundle", "--database", tmp_path / "recognition.db"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=PATIENCE)
    assert (
        done.returncode == 1
        and done.stderr.startswith("No bundle was made: ")
        and "build the database first" in done.stderr
    )
    assert "Traceback" not in done.stderr and list(tmp_path.iterdir()) == []

"""Makes the bundle of a built database: python -m recognition.bundle [--database FILE] [--folder FOLDER]."""

from __future__ import annotations

import argparse
import sys
from importlib.resources import files as package_files
from pathlib import Path

try:
    import yaml

    from .archive import put_in_place, with_sums, zipped
    from .describing import citation, codebook, datapackage, readme
    from .edition import BundleRefused, opened, read_edition, rows_of
    from .tables import as_csv, as_parquet, as_workbook
except ModuleNotFoundError as missing:
    raise SystemExit(
        f"Error: {missing}. Install what the bundle needs: pip install -r requirements-bundle.txt"
    ) from None

HERE = Path(__file__).resolve().parents[2]
METADATA = HERE / "metadata.yml"
if not METADATA.is_file():  # in an installed package it comes along as data
    METADATA = Path(str(package_files("recognition") / "data" / "metadata.yml"))


def make(database: Path, folder: Path, metadata: Path = METADATA) -> Path:
    """Writes the bundle of a database into a folder, and returns its path. Raises BundleRefused, or OSError."""
    with opened(database) as connection:
        edition = read_edition(database, connection, yaml.safe_load(metadata.read_text("utf-8")))
        rows = {table.name: rows_of(connection, table) for table in edition.tables}
    csv_files = {table.name: as_csv(table, rows[table.name]) for table in edition.tables}
    files = {
        database.name: database.read_bytes(),
        f"{edition.database}.xlsx": as_workbook(edition, rows),
        "README.md": readme(edition),
        "CITATION.cff": citation(edition),
        "codebook.md": codebook(edition, {name: len(found) for name, found in rows.items()}),
        "datapackage.json": datapackage(edition, csv_files),
        **{f"csv/{name}.csv": data for name, data in csv_files.items()},
        **{f"parquet/{table.name}.parquet": as_parquet(table, rows[table.name]) for table in edition.tables},
    }
    path = folder / f"{edition.name}.zip"
    put_in_place(zipped(with_sums(files), edition.name, edition.published_on), path)
    return path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "python -m recognition.bundle", description="Make the bundle of a built database.", allow_abbrev=False
    )
    parser.add_argument(
        "--database", type=Path, default=Path("recognition.db"), help="default: recognition.db in this folder"
    )
    parser.add_argument("--folder", type=Path, help="where to put it (default: bundles beside the database)")
    said = parser.parse_args(arguments)
    try:
        path = make(said.database, said.folder or said.database.parent / "bundles")
    except BundleRefused as refused:
        print(f"No bundle was made: {refused}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"No bundle was made: {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"{path}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The files of a bundle that say what is in it: datapackage.json, codebook.md, README.md and CITATION.cff."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import yaml

from recognition.dates import said
from recognition.published_tables import Column, PublishedTable

from .edition import Edition

CONTENTS = (
    ("{database}.db", "the database, for any SQLite program"),
    ("csv/", "each table as CSV, in UTF-8; an empty cell is no value, and `NA` in `iso2` is a country"),
    ("parquet/", "the same with types, for DuckDB, pandas, Arrow and the like"),
    ("{database}.xlsx", "the same as a workbook: a sheet for each table, the first ones explain"),
    ("codebook.md", "what each table and column means"),
    ("datapackage.json", "the same for programs: a Frictionless tabular data package of the CSV files"),
    ("CITATION.cff", "how to cite it, for programs"),
    ("SHA256SUMS", "checksums; `sha256sum -c SHA256SUMS` checks all files"),
)
TYPE_WORDS = {
    "string": "text", "integer": "whole number", "number": "number", "date": "day, YYYY-MM-DD", "array": "JSON array of texts",
}  # fmt: skip


def cite(edition: Edition) -> str:
    """How to cite the edition, in a sentence."""
    return (
        f"{edition.title}. Database, edition {edition.number} ({said(edition.published_on)}), SHA-256 {edition.sha256[:12]}…. "
        f"After {' and '.join(edition.authors)}, {edition.licence}."
    )


def by_today(table: PublishedTable, edition: Edition) -> str:
    """What the files of a view that counts today hold."""
    return f" In these files today is {said(edition.known_until)}." if table.by_today else ""


def datapackage(edition: Edition, csv_files: Mapping[str, bytes]) -> bytes:
    """The descriptor of the CSV files, which are given by table, as a tabular data package (Frictionless, version 1)."""
    package = {
        "profile": "tabular-data-package",
        "name": edition.name,
        "title": edition.title,
        "description": edition.description,
        "version": str(edition.number),
        "created": f"{edition.published_on}T00:00:00Z",
        "edition": {
            "number": edition.number, "published_on": edition.published_on, "known_until": edition.known_until,
            "database": f"{edition.database}.db", "sha256": edition.sha256,
        },
        "licenses": [{"name": edition.spdx, "title": edition.licence, "path": edition.licence_url}],
        "contributors": [{"title": author, "role": "author"} for author in edition.authors],
        "sources": [
            {"title": f"{publisher}: {title}"} | ({"path": url} if url else {}) for title, publisher, url, _ in edition.sources
        ],
        "resources": [resource(table, edition, csv_files[table.name]) for table in edition.tables],
    }  # fmt: skip
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()


def resource(table: PublishedTable, edition: Edition, data: bytes) -> dict[str, Any]:
    """A table as a resource, with its Table Schema."""
    keys = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.reference[0] == table.name else column.reference[0],
                "fields": [column.reference[1]],
            },
        }
        for column in table.columns
        if column.reference
    ]
    schema: dict[str, Any] = {"fields": [field(column) for column in table.columns], "missingValues": [""]}
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"csv/{table.name}.csv",
        "title": table.title,
        "description": table.description + by_today(table, edition),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": schema
        | ({"primaryKey": list(table.key)} if table.key else {})
        | ({"foreignKeys": keys} if keys else {}),
    }


def field(column: Column) -> dict[str, Any]:
    """A column as a field of a Table Schema."""
    constraints = ({"required": True} if column.required else {}) | (
        {"enum": list(column.values)} if column.values else {}
    )
    about = {"name": column.name, "type": column.type, "description": column.description}
    return about | ({"constraints": constraints} if constraints else {})


def codebook(edition: Edition, counts: Mapping[str, int]) -> bytes:
    """The meaning of each table and column in Markdown; `counts` are the rows of each table."""
    parts = [
        f"# Codebook: {edition.title}",
        f"Edition {edition.number}, {said(edition.published_on)}. Records were looked through until {said(edition.known_until)}.",
        "An empty cell is no value; each column says what it means. Texts of lists are given as they are written in the cells. "
        "The code NA in columns called iso2 is a country, which pandas and R take for a missing value unless they are told not to.",
    ]
    for table in edition.tables:
        kind = "A view" if table.is_view else "A table"
        key = f", told apart by {', '.join(f'`{name}`' for name in table.key)}" if table.key else ""
        parts += [
            f"## {table.name}: {table.title}",
            f"{table.description}{by_today(table, edition)}",
            f"{kind} of {counts[table.name]:,} row{'' if counts[table.name] == 1 else 's'}{key}.",
            "\n".join(["| column | type | meaning |", "|---|---|---|", *map(codebook_row, table.columns)]),
        ]
    return ("\n\n".join(parts) + "\n").encode()


def codebook_row(column: Column) -> str:
    """A column as a row of a table in Markdown."""
    more = [column.description]
    if column.values:
        more.append("One of: " + ", ".join(f"`{value}`" for value in column.values) + ".")
    if column.reference:
        more.append(f"A key of `{column.reference[0]}.{column.reference[1]}`.")
    type_ = TYPE_WORDS[column.type] + ("" if column.required else ", may be empty")
    return f"| `{column.name}` | {type_} | {' '.join(more).replace('|', chr(92) + '|')} |"


def readme(edition: Edition) -> bytes:
    """What the bundle is, its licence, how to cite it, and until when was looked."""
    contents = "\n".join(f"| `{name.format(database=edition.database)}` | {what} |" for name, what in CONTENTS)
    sources = "\n".join(
        f"- {publisher}: {title}, <{url}>, {licence}" for title, publisher, url, licence in edition.sources if url
    )
    return f"""# {edition.title}

{edition.description}

This is edition {edition.number}, published on {said(edition.published_on)}. The records behind it were looked through until
{said(edition.known_until)}: what happened later is not in it.

| file | what it is |
|---|---|
{contents}

## Cite it

{cite(edition)}

The full checksum of {edition.database}.db is {edition.sha256}.

## Licence

{edition.licence}, <{edition.licence_url}>: use it as you like, name the source, and share what you make of it alike.

## Sources

{sources}

What was decided about them is registers of this project. Table sources has all of them, with checksums.
""".encode()


def citation(edition: Edition) -> bytes:
    """CITATION.cff, version 1.2 of the Citation File Format."""
    about = {
        "cff-version": "1.2.0",
        "message": "If you use this database, please cite it with its edition.",
        "type": "dataset",
        "title": edition.title,
        "abstract": edition.description,
        "authors": [{"name": author} for author in edition.authors],
        "version": str(edition.number),
        "date-released": edition.published_on,
        "license": edition.spdx,
        "identifiers": [
            {"type": "other", "value": f"sha256:{edition.sha256}", "description": f"Checksum of {edition.database}.db"}
        ],
    }
    return yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=120).encode()

"""Tables as CSV, as Parquet, and as a workbook."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Mapping
from typing import Any

import pyarrow
import pyarrow.parquet
import xlsxwriter

from recognition.dates import said
from recognition.published_tables import Column, PublishedTable

from .describing import by_today, cite
from .edition import BundleRefused, Edition, Rows

TYPES = {
    "string": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(), "date": pyarrow.date32(),
    "array": pyarrow.list_(pyarrow.string()),
}  # fmt: skip
# Text stays text, whatever it begins with; what looks like an address is no link.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
LONGEST_CELL = 32_767  # characters, of Excel
LONGEST_NAME = 31  # of a sheet
WIDTHS = (10, 60)  # least and most characters of a column


def as_csv(table: PublishedTable, rows: Rows) -> bytes:
    """CSV as RFC 4180 has it, in UTF-8, with the names of the columns."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([[column.name for column in table.columns], *rows])
    return text.getvalue().encode()


def as_parquet(table: PublishedTable, rows: Rows) -> bytes:
    """Parquet; what a column means is in the metadata of its field."""
    fields = [
        pyarrow.field(column.name, TYPES[column.type], not column.required, {"description": column.description})
        for column in table.columns
    ]
    schema = pyarrow.schema(fields, {"title": table.title, "description": table.description})
    cells = list(zip(*rows)) or [()] * len(fields)
    arrays = [
        pyarrow.array([typed(value, column) for value in values], TYPES[column.type])
        for column, values in zip(table.columns, cells, strict=True)
    ]
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def typed(value: Any, column: Column) -> Any:
    """A cell of the database as Python has it."""
    if value is None:
        return None
    if column.type == "date":
        return datetime.date.fromisoformat(value)
    return json.loads(value) if column.type == "array" else value


def as_workbook(edition: Edition, rows: Mapping[str, Rows]) -> bytes:
    """A workbook (.xlsx) with what it is, what the columns mean, and a sheet for each table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, AS_TEXT) as book:
        created = datetime.datetime.fromisoformat(
            edition.published_on
        )  # not now: the same file comes of the same database
        book.set_properties({"title": edition.title, "comments": cite(edition), "created": created})
        bold = book.add_format({"bold": True})
        fill(book.add_worksheet("About"), about_rows(edition, rows), bold)
        fill(book.add_worksheet("Columns"), column_rows(edition), bold, has_head=True)
        for table in edition.tables:
            if len(table.name) > LONGEST_NAME:
                raise BundleRefused(
                    f"{table.name} is too long for a sheet: give the table a name of {LONGEST_NAME} characters."
                )
            head = tuple(column.name for column in table.columns)
            fill(book.add_worksheet(table.name), [head, *rows[table.name]], bold, has_head=True)
    return out.getvalue()


def about_rows(edition: Edition, rows: Mapping[str, Rows]) -> list[tuple[Any, ...]]:
    """The first sheet: what this is, and the other sheets."""
    return [
        (edition.title,),
        (edition.description,),
        ("Edition", edition.number, said(edition.published_on)),
        ("Looked through until", edition.known_until),
        ("Licence", edition.licence, edition.licence_url),
        ("Cite as", cite(edition)),
        ("Empty cells", "An empty cell is no value; the sheet Columns says what it means."),
        (),
        ("Sheet", "Title", "Rows", "What it holds"),
        *(
            (table.name, table.title, len(rows[table.name]), table.description + by_today(table, edition))
            for table in edition.tables
        ),
    ]


def column_rows(edition: Edition) -> list[tuple[Any, ...]]:
    """The second sheet: each column of each table."""
    described = [
        (
            table.name, column.name, column.type, "no" if column.required else "yes",
            ".".join(column.reference) if column.reference else None, column.description,
        )
        for table in edition.tables
        for column in table.columns
    ]  # fmt: skip
    return [("Sheet", "Column", "Type", "May be empty", "Key of", "What it holds"), *described]


def fill(sheet: Any, rows: list[tuple[Any, ...]], bold: Any, has_head: bool = False) -> None:
    """Write rows of cells, numbers as numbers and all else as text; a head stays in sight."""
    widths: dict[int, int] = {}
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if isinstance(value, str):
                if len(value) > LONGEST_CELL:
                    raise BundleRefused(
                        f"A cell of {sheet.get_name()} has more than {LONGEST_CELL} characters, which Excel cannot hold."
                    )
                sheet.write_string(y, x, value, bold if has_head and not y else None)
            elif value is not None:
                sheet.write_number(y, x, value)
            widths[x] = max(widths.get(x, 0), len(str(value or "")))
    for x, width in widths.items():
        sheet.set_column(x, x, min(max(width + 1, WIDTHS[0]), WIDTHS[1]))
    if has_head:
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)

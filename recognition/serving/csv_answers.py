"""Rows as CSV (RFC 4180): its file name, the headers that say what it is and what it leaves out, and a form for Excel.

`?_bom=on` is for Excel: a byte order mark, without which it reads UTF-8 as Windows' letters; and text that a spreadsheet
would take for a formula begins with an apostrophe. Otherwise a cell is what the database has, to the letter.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # this module is read by the processes for SQL too, which load no Datasette
    from datasette.utils import MultiParams

    from .configuration import Label

TRUNCATED = "Dataset-Truncated"  # the header that says that there are more rows
CONTENT_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"
FORMULA = re.compile(r"[=+\-@\t\r]")  # how text begins that a spreadsheet computes
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
NO_NAME = re.compile(r"[^A-Za-z0-9._]+")
NAME_AT_MOST = 80  # characters of a file name before the edition
OFF = ("0", "off", "false")


def is_for_excel(args: MultiParams) -> bool:
    return args.get("_bom", "").lower() not in ("", *OFF)


def text_of_rows(rows: Iterable[Sequence[Any]], for_excel: bool = False) -> str:
    """Rows, each a sequence of cells, as lines of CSV."""
    out = io.StringIO()
    written = csv.writer(out, lineterminator="\r\n")
    written.writerows([harmless(cell) for cell in row] for row in rows) if for_excel else written.writerows(rows)
    return out.getvalue()


def harmless(cell: Any) -> Any:
    """A cell that a spreadsheet shows and does not compute."""
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def has_head(args: MultiParams) -> bool:
    """Whether the first line names the columns."""
    return args.get("_header", "").lower() not in OFF


def headers(args: MultiParams, name: str, label: Label, day: str | None = None) -> dict[str, str]:
    """The headers of a CSV answer that is called `name` ('countries'): how to open it, its file name, its edition.

    `day` is the ISO day that the rows are about; it is in the file's name in place of the day of the edition.
    """
    stem = NO_NAME.sub("-", name)[:NAME_AT_MOST].strip("-.") or "rows"
    stem += f"-{day}{label.edition}" if day else f"{label.edition}{label.day}"
    kind = "attachment" if args.get("_dl") or is_for_excel(args) else "inline"
    return {"Content-Disposition": f'{kind}; filename="{label.begins}{stem}.csv"', **label.headers}


def cut(count: int, is_first: bool = True) -> dict[str, str]:
    """The header of an answer with `count` rows that are not all; `is_first`: it begins with the first of them."""
    return {TRUNCATED: f"{'first' if is_first else 'next'} {count} row{'' if count == 1 else 's'}"}


def next_link(address: str) -> dict[str, str]:
    return {"Link": f'<{address}>; rel="next"'}


def with_labels(data: Mapping[str, Any]) -> tuple[list[str], Iterable[list[Any]]]:
    """The columns and rows of Datasette's `data`; behind a column with labels a column `<name>_label` with those."""
    columns, labelled = list(data["columns"]), set(data.get("expanded_columns") or ())
    if not labelled:
        return columns, (list(row) for row in data["rows"])
    headings = [
        name for column in columns for name in ([column, f"{column}_label"] if column in labelled else [column])
    ]
    return headings, (
        [
            cell
            for column, value in zip(columns, row)
            for cell in (value_and_label(value) if column in labelled else (value,))
        ]
        for row in data["rows"]
    )


def value_and_label(value: Any) -> tuple[Any, Any]:
    return (value["value"], value["label"]) if isinstance(value, dict) else (value, "")

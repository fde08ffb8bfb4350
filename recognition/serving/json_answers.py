"""Rows as JSON, in the shapes that Datasette knows (`_shape`, `_nl`, `_json`, `_json_infinity`).

To the byte what Datasette 0.65 writes, but for `query_ms`, the time that an answer took: it would make every answer
another. Rows are encoded one by one, so that a thread which does so lets others go on. The processes for visitors' SQL
read this module too: it imports little.
"""

from __future__ import annotations

import base64
import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .strict_json import from_json

if TYPE_CHECKING:
    from datasette.utils import MultiParams

LINES = "text/plain"
JSON = "application/json; charset=utf-8"
ON = ("on", "true", "1")
SHAPES = ("arrays", "objects", "object", "array", "arrayfirst")

Options = dict[str, Any]  # see `options_of`
KeyOf = Callable[[Any], str]


def options_of(args: MultiParams) -> Options:
    """How rows are to be written: {shape, lines (each row on its own), columns (that hold JSON), infinity (is kept)}."""
    return {
        "shape": args.get("_shape", "arrays"),
        "lines": bool(args.get("_nl")),
        "columns": args.getlist("_json"),
        "infinity": args.get("_json_infinity", "0").lower() in ON,
    }


def content_type(options: Options) -> str:
    return LINES if options["lines"] and options["shape"] == "array" else JSON


def wrong_shape(options: Options, data: Mapping[str, Any]) -> str | None:
    """Why the answer cannot have the shape that is asked for; None where it can."""
    shape = options["shape"]
    if shape not in SHAPES:
        return f"Invalid _shape: {shape}"
    if shape == "object" and "primary_keys" not in data:
        return "_shape=object is only available on tables"
    if shape == "object" and not data["primary_keys"]:
        return "_shape=object not available for tables with no primary keys"
    return None


def encoded(data: Mapping[str, Any], options: Options, key_of: KeyOf | None = None) -> bytes:
    """`data` with its `columns` and `rows` as JSON in the shape that `options` ask for, which must be a possible one.

    `key_of` gives the key of a row for the shape 'object'.
    """
    shape, columns = options["shape"], data["columns"]
    rows = prepared(data["rows"], columns, options)
    if shape == "arrayfirst":
        return listed(written(row[0]) for row in rows).encode()
    objects = (dict(zip(columns, row)) for row in rows)
    if shape == "object" and key_of:
        return mapped((written(key_of(row)), written(row)) for row in objects).encode()
    if shape == "array":
        lines = map(written, objects)
        return ("\n".join(lines) if options["lines"] else listed(lines)).encode()
    of_rows = listed(map(written, objects if shape == "objects" else rows))
    return mapped((written(key), of_rows if key == "rows" else written(value)) for key, value in data.items()).encode()


def prepared(rows: Iterable[Any], columns: Sequence[str], options: Options) -> Iterable[Any]:
    """The rows; those columns that hold JSON are read, and infinities are left out, where the options say so."""
    reading = [column in options["columns"] for column in columns]
    for row in rows:
        if any(reading):
            row = [read(value) if is_json else value for value, is_json in zip(row, reading)]
        if not options["infinity"] and any(map(is_infinite, row)):
            row = [None if is_infinite(value) else value for value in row]
        yield row


def is_infinite(value: Any) -> bool:
    return isinstance(value, float) and math.isinf(value)


def read(value: Any) -> Any:
    """The content of a cell that holds JSON; any other cell as it is."""
    try:
        return from_json(value)
    except (TypeError, ValueError):
        return value


def written(value: Any) -> str:
    try:
        return json.dumps(value, default=written_otherwise)
    except RecursionError:  # of a cell that was read
        return json.dumps(None)


def written_otherwise(value: Any) -> Any:
    """What JSON has in place of a value that it does not know: text for bytes that are text, a list for a row."""
    if isinstance(value, sqlite3.Row):
        return tuple(value)
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"$base64": True, "encoded": base64.b64encode(value).decode("ascii")}


def listed(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def mapped(pairs: Iterable[tuple[str, str]]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}"

"""Reads sources/datapackage.json, the description of every register: columns, keys and references, as Table Schema.

https://specs.frictionlessdata.io/table-schema/ says what the properties mean. One of ours is added: a field's `form`
says what a cell must be that the field's pattern refuses ('must be two capital letters').
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .problems import Problems
from .reading import WHOLE_NUMBER, decode, read_bytes

FILE = "datapackage.json"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SPREADSHEETS_ERRORS = {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"}
# The types of Table Schema that the registers use: the pattern that a cell needs, and what a cell without it is told.
TYPES: dict[str, tuple[re.Pattern[str] | None, str]] = {
    "string": (None, ""),
    "integer": (WHOLE_NUMBER, "must be a whole number"),
    "date": (DAY, "must be a date as YYYY-MM-DD"),
    "year": (re.compile(r"[0-9]{4}"), "must be a year as YYYY"),
}


@dataclass(frozen=True)
class Column:
    """What the cells of one column may hold."""

    name: str
    required: bool
    words: tuple[str, ...]  # the only values, in order; empty where there is no such list
    pattern: re.Pattern[str] | None  # matches the whole cell
    form: str  # completes the sentence that begins with the column's name: 'must be a whole number'
    minimum: int | None  # of whole numbers

    def refuses(self, cell: str) -> bool:
        """Returns whether something is wrong with a cell."""
        return self.fault(cell) is not None

    def fault(self, cell: str) -> str | None:
        """Returns what is wrong with a cell and what to do, as the end of a sentence that the column's name begins; None if it may be."""
        if not cell:
            return "is empty; fill it in" if self.required else None
        if cell in SPREADSHEETS_ERRORS:
            return "is an error that a spreadsheet wrote; restore the cell from the repository"
        reason = None
        if self.words and cell not in self.words:
            reason = f"must be one of: {', '.join(self.words)}"
        elif self.pattern and not self.pattern.fullmatch(cell):
            reason = self.form
        elif self.pattern and not is_in_calendar(cell):
            reason = "is no day of the calendar"
        elif self.minimum is not None and int(cell) < self.minimum:
            reason = f"must be a whole number from {self.minimum} on"
        return reason and f"{reason}; correct it{'' if self.required else ', or leave it empty'}"


@dataclass(frozen=True)
class Reference:
    """Columns whose cells, where none of them is empty, must be in columns of another register."""

    columns: tuple[str, ...]
    register: str
    other_columns: tuple[str, ...]


@dataclass(frozen=True)
class Description:
    """What datapackage.json says of one register."""

    name: str
    file: str
    columns: tuple[Column, ...]  # in the order that the file's header must have
    unique: tuple[tuple[str, ...], ...]  # each: columns whose cells together are in one row only
    references: tuple[Reference, ...]


def is_in_calendar(text: str) -> bool:
    """Returns whether a text that looks like a day is a day of the calendar; True for every other text."""
    if DAY.fullmatch(text):
        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            return False
    return True


def read_descriptions(folder: Path, problems: Problems) -> list[Description]:
    """Returns the description of each register of `folder`, in the order of its datapackage.json.

    Ends the build with BuildRefused where the file is missing or says something that is no such description.
    """
    path = folder / FILE
    data = read_bytes(path, problems)
    text = decode(data, path, problems) if data is not None else None
    descriptions: list[Description] = []
    if text is not None:
        try:
            descriptions = [described(resource) for resource in json.loads(text)["resources"]]
            check_references(descriptions)
        except json.JSONDecodeError as error:
            problems.add(path, error.lineno, f"not JSON ({error.msg}); restore the file from the repository")
        except NotDescribed as error:
            problems.add(path, 0, f"{error}; correct that, or restore the file from the repository")
        except (KeyError, TypeError, AttributeError, RecursionError):
            problems.add(path, 0, "needs a list 'resources' of registers; restore the file from the repository")
    problems.refuse_if_any()  # without a register's description nothing can be said about its rows
    return descriptions


class NotDescribed(Exception):
    """A register is described in a way that the build cannot use; the message says which and why."""


def described(resource: dict[str, Any]) -> Description:
    """Returns the description that a resource of the data package holds; raises NotDescribed where it holds none."""
    name = str(resource["name"])
    try:
        schema = resource["schema"]
        columns = tuple(column(field) for field in schema["fields"])
        keys = [schema["primaryKey"]] if "primaryKey" in schema else []
        keys += [field["name"] for field in schema["fields"] if field.get("constraints", {}).get("unique")]
        unique = tuple(names(key) for key in [*keys, *schema.get("uniqueKeys", [])])
        references = tuple(
            Reference(names(key["fields"]), key["reference"]["resource"] or name, names(key["reference"]["fields"]))
            for key in schema.get("foreignKeys", [])
        )
        description = Description(name, str(resource["path"]), columns, unique, references)
    except (KeyError, TypeError, AttributeError, ValueError, re.error) as error:
        raise NotDescribed(
            f"register {name!r} is not described as Table Schema ({type(error).__name__}: {error})"
        ) from error
    known = {column.name for column in columns}
    for used in [*unique, *(reference.columns for reference in references)]:
        if missing := set(used) - known:
            raise NotDescribed(
                f"register {name!r} has a key of columns that it does not describe: {', '.join(sorted(missing))}"
            )
    return description


def column(field: dict[str, Any]) -> Column:
    """Returns the column that a field of Table Schema describes."""
    constraints = field.get("constraints", {})
    pattern, form = TYPES[field["type"]]
    if "pattern" in constraints:
        pattern, form = re.compile(constraints["pattern"]), field["form"]
    words = tuple(map(str, constraints.get("enum", ())))
    minimum = int(constraints["minimum"]) if field["type"] == "integer" and "minimum" in constraints else None
    return Column(str(field["name"]), bool(constraints.get("required")), words, pattern, form, minimum)


def names(fields: str | list[str]) -> tuple[str, ...]:
    """Returns the columns of a key, which Table Schema writes as one name or as a list of names."""
    return (fields,) if isinstance(fields, str) else tuple(fields)


def check_references(descriptions: list[Description]) -> None:
    """Raises NotDescribed for a reference to a register, or to a column, that is not described."""
    columns = {description.name: {column.name for column in description.columns} for description in descriptions}
    for description in descriptions:
        for reference in description.references:
            missing = set(reference.other_columns) - columns.get(reference.register, set())
            if missing or len(reference.columns) != len(reference.other_columns):
                where = f"{', '.join(reference.other_columns)} of {reference.register!r}"
                raise NotDescribed(f"register {description.name!r} refers to {where}, which is not described")

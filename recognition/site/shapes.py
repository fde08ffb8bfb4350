"""What the objects in JSON hold, key by key: described once, for the code that fills them and for /openapi.json.

A field that is a column of a table is described by that column: its type is in the database, its meaning in metadata.yml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .database import Row


@dataclass(frozen=True, slots=True)
class Field:
    """A key of an object in JSON.

    `kind` is a JSON type, 'day' (an ISO day), 'date' (one that may be a year or a month only), 'address', or the name of a
    shape; a field with a `column` ('events.date') has the type of that, one with a `schema` is what that says. `many` is
    for a list of such values, `by_key` for an object that has them by some key; `nullable` for one that may be null,
    `optional` for one that some objects do not have.
    """

    said: str = ""
    kind: str = "string"
    column: str | None = None
    many: bool = False
    by_key: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    optional: bool = False

    @property
    def or_none(self) -> Field:
        """The same field, which may be null."""
        return replace(self, nullable=True)

    @property
    def or_missing(self) -> Field:
        """The same field, which some objects do not have."""
        return replace(self, optional=True)


Shape = Mapping[str, Field]


def column(name: str, said: str = "") -> Field:
    """A column of a table or view, 'events.date'; 'events.date?' may be null though the column may not."""
    return Field(said, column=name.removesuffix("?"), nullable=name.endswith("?"))


def columns(table: str, *names: str) -> dict[str, Field]:
    """Several columns of one table under their own names; a name ends in '?' where it may be null here."""
    return {name.removesuffix("?"): column(f"{table}.{name}") for name in names}


def text(said: str, *choices: str) -> Field:
    return Field(said, choices=choices)


def raw(said: str, schema: Mapping[str, Any]) -> Field:
    """What only JSON Schema itself can say."""
    return Field(said, schema=schema)


def number(said: str) -> Field:
    return Field(said, "integer")


def flag(said: str) -> Field:
    return Field(said, "boolean")


def day(said: str) -> Field:
    return Field(said, "day")


def date(said: str) -> Field:
    return Field(said, "date")


def address(said: str) -> Field:
    return Field(said, "address")


def one(shape: str, said: str = "") -> Field:
    """An object of a named shape."""
    return Field(said, shape)


def many(kind: str, said: str = "") -> Field:
    """A list of objects of a named shape, or of values of a JSON type."""
    return Field(said, kind, many=True)


def by_key(kind: str, said: str = "") -> Field:
    """An object that has, by some key, objects of a named shape or values of a JSON type."""
    return Field(said, kind, by_key=True)


def picked(shape: Shape, row: Row, **more: object) -> Row:
    """An object of a shape: its keys in their order, from `more` or else from the row; a flag becomes true or false.

    Raises KeyError where neither has a key of the shape.
    """
    found = {}
    for key, field in shape.items():
        value = more[key] if key in more else row[key]
        found[key] = bool(value) if field.kind == "boolean" and not field.many and value is not None else value
    return found

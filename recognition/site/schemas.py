"""JSON Schema of what JSON and CSV hold, from shapes.py and from the columns of the published tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from recognition.published_tables import Column, PublishedTable

from .codes import COUNTRY, OTHERS
from .shapes import Field, Shape, text

Schema = dict[str, Any]
Columns = Mapping[str, Column]  # by 'table.column'
DATE = r"^\d{4}(-\d\d(-\d\d)?)?$"
KINDS: Mapping[str, Schema] = {
    "day": {"type": "string", "format": "date"},
    "date": {"type": "string", "pattern": DATE},
    "address": {"type": "string"},
}
OF_COLUMN: Mapping[str, Schema] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "string": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "array": {"type": "string", "contentMediaType": "application/json"},
}
ISO2, ISO3 = text("Its two letters in ISO 3166-1.").or_none, text("Its three letters in ISO 3166-1.").or_none
OF_ANOTHER = text("The three letters in ISO 3166-1 of the state that is named in it, null where that is none.").or_none


def columns_of(tables: Iterable[PublishedTable]) -> dict[str, Column]:
    """Every column of the published tables by 'table.column'."""
    return {f"{table.name}.{column.name}": column for table in tables for column in table.columns}


def with_codes(shape: Shape, known: Columns) -> dict[str, Field]:
    """A shape with the fields that codes.py adds to its objects."""
    fields = {}
    own = next((key for key in COUNTRY if key in shape and is_text(shape[key], known)), None)
    behind = "name" if own and "name" in shape else own
    for key, field in shape.items():
        fields[key] = field
        if key == behind and "iso3" not in shape:
            fields |= {"iso2": ISO2, "iso3": ISO3}
        if key in OTHERS and f"{key}_iso3" not in shape and is_text(field, known):
            fields[f"{key}_iso3"] = OF_ANOTHER
    return fields


def is_text(field: Field, known: Columns) -> bool:
    """Whether the values of a field are texts, or null."""
    if field.column:
        return "string" in OF_COLUMN[known[field.column].type]["type"]
    return not field.many and not field.by_key and field.schema is None and field.kind == "string"


def object_schema(shape: Shape, known: Columns) -> Schema:
    """The schema of an object of a shape: it has all of its keys, and may have more in a later edition."""
    fields = with_codes(shape, known)
    return {
        "type": "object",
        "required": [key for key, field in fields.items() if not field.optional],
        "properties": {key: field_schema(field, known) for key, field in fields.items()},
    }


def field_schema(field: Field, known: Columns) -> Schema:
    """The schema of a field's values, with what they mean."""
    said = field.said
    if field.column:
        column = known[field.column]
        schema, said = column_schema(column, field.nullable), said or column.description
    elif field.schema is not None:
        schema = dict(field.schema)
    elif field.kind[0].isupper():
        schema = {"$ref": f"#/components/schemas/{field.kind}"}
    else:
        schema = dict(KINDS.get(field.kind) or {"type": field.kind})
    if field.choices:
        schema["enum"] = list(field.choices)
    if field.many:
        schema = {"type": "array", "items": schema}
    if field.by_key:
        schema = {"type": "object", "additionalProperties": schema}
    if field.nullable and not field.column:
        schema = or_null(schema)
    return {**schema, "description": said} if said else schema


def column_schema(column: Column, nullable: bool = False) -> Schema:
    """The schema of the cells of a column."""
    schema = dict(OF_COLUMN[column.type])
    if column.values:
        schema["enum"] = list(column.values)
    return or_null(schema) if nullable or not column.required else schema


def or_null(schema: Schema) -> Schema:
    """A schema that allows null too."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    allowed = schema | {"type": [schema["type"], "null"]}
    return allowed | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def row_schema(table: PublishedTable) -> Schema:
    """The schema of a row of a table as an object, as `_shape=array` and `_shape=objects` give it."""
    properties = {column.name: {**column_schema(column), "description": column.description} for column in table.columns}
    return {"type": "object", "description": table.description, "required": list(properties), "properties": properties}


def csv_schema(shape: Shape, known: Columns, rules: Sequence[str]) -> Schema:
    """The schema of a row of CSV, whose columns are its properties in their order; one with {rule} stands for each rule."""
    properties: dict[str, Schema] = {}
    for name, field in with_codes(shape, known).items():
        each = rules if "{rule}" in name else [""]
        properties |= {name.replace("{rule}", rule): field_schema(field, known) for rule in each}
    return {"type": "object", "required": list(properties), "properties": properties}

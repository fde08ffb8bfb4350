"""What JSON of tables, rows and SQL holds: Datasette's own keys. What is promised of them is said at /api."""

from __future__ import annotations

from .shapes import Field, Shape, flag, many, number, raw, text

CELL = {"type": ["string", "integer", "number", "object", "array", "null"]}
ROWS = {"type": "array", "items": {"anyOf": [{"type": "array", "items": CELL}, {"type": "object"}]}}
ANY: dict[str, object] = {}
OPEN = {"type": "object"}
CREDITS = {
    "source": text("Where text and data are from."), "source_url": text("Its address."),
    "license": text("The licence of text and data."), "license_url": text("Its address."),
}  # fmt: skip
NAMES = {
    "rows": raw("Each row as an array in the order of `columns`; with `_shape=objects` as an object.", ROWS),
    "columns": many("string", "The names of the columns."),
}
TABLE: Shape = {
    "database": text("Name of the database."), "table": text("Name of the table."), "is_view": flag("Whether it is a view."),
    "human_description_en": text("The filters and the order, in words."), **NAMES, "truncated": flag("Whether rows were left out."),
    "filtered_table_rows_count": number("How many rows there are.").or_none,
    "expanded_columns": many("string", "Columns whose cells are {value, label}."), 
    "expandable_columns": raw("Columns that can be.", {"type": "array"}),
    "primary_keys": many("string", "The columns of the key."), "units": raw("Not used.", OPEN), "query": raw("The SQL.", OPEN),
    "facet_results": raw("Values counted, by column.", OPEN), "suggested_facets": raw("Not used.", {"type": "array"}),
    "next": Field("Where the next page begins, as `_next` takes it; null on the last.", nullable=True),
    "next_url": Field("Address of the next page.", nullable=True),
    "private": flag("Never."), "allow_execute_sql": flag("Whether SQL may be asked."), **CREDITS,
}  # fmt: skip
ROW: Shape = {
    "database": text("Name of the database."), "table": text("Name of the table."), **NAMES,
    "primary_keys": many("string", "The columns of the key."), "primary_key_values": many("string", "The key."),
    "units": raw("Not used.", OPEN), **CREDITS,
}  # fmt: skip
ANSWER: Shape = {
    "ok": flag("Always true here."), "database": text("Name of the database."), "query_name": text("Name of the question.").or_none, **NAMES,
    "truncated": flag("Whether there are more rows than an answer may have."), "query": raw("The SQL and its parameters.", OPEN),
    "error": Field("Always null here.", nullable=True), "private": flag("Never."), "allow_execute_sql": flag("Whether SQL may be asked."),
    **CREDITS,
}  # fmt: skip
DATABASE: Shape = {
    "database": text("Name of the database."), "private": flag("Never."), "path": text("Its path."), "size": number("Bytes of the file."),
    "tables": many("object", "Its tables: name, columns, primary_keys, count, foreign_keys …"), "hidden_count": number("How many are hidden."),
    "views": many("object", "Its views."), "queries": many("object", "The saved questions: name, title, description, sql …"),
    "allow_execute_sql": flag("Whether SQL may be asked."), **CREDITS,
}  # fmt: skip
DATABASES: Shape = {"recognition": raw("The database: hash (SHA-256), tables_count, views_count …", OPEN)}
HEALTH: Shape = {"ok": flag("Whether this process can answer."), "edition": text("SHA-256 of the database file.")}

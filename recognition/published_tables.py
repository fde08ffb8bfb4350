"""What each published table is: the one definition behind the data package, the codebook, the workbook and the like.

A table or view is published where metadata.yml describes it and does not hide it. Title, description and the meaning of
columns are metadata.yml's; types, keys, references and lists of words are read from the file.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Type = Literal["string", "integer", "number", "date", "array"]  # an array is JSON in a text; a date is YYYY-MM-DD
Described = Mapping[str, Mapping[str, Any]]  # what metadata.yml says under tables: by table or view

TYPES: dict[str, Type] = {"INTEGER": "integer", "REAL": "number"}
WORDS = re.compile(r"\((\w+) in \(\s*((?:'[^']*'|\d+)(?:,\s*(?:'[^']*'|\d+))*)\s*\)\)")  # check (kind in ('a', 'b'))
WORD = re.compile(r"'([^']*)'|(\d+)")
JSON_VALID = re.compile(r"\(json_valid\((\w+)\)\)")
# Forms of text that a check allows: check (day glob '????' or day glob '????-??'). More than the one of a day are no date.
FORMS = re.compile(r"\b(\w+) glob '(\?{4}(?:-\?\?){0,2})'")
DAY = "????-??-??"
WHOLE_DAY = "-".join(("[0-9]" * 4, "[0-9]" * 2, "[0-9]" * 2))
NAMES = {
    "rule": "select id, title from rules order by position",
    "organisation": "select id, name from organisations order by number",
}


@dataclass(frozen=True)
class Column:
    """A column of a published table."""

    name: str
    type: Type
    description: str  # a sentence or more
    required: bool = False  # no cell is empty
    values: tuple[str | int, ...] = ()  # all that a cell may hold, besides nothing; () where any may be
    reference: tuple[str, str] | None = None  # the published table and column that a cell is a key of


@dataclass(frozen=True)
class PublishedTable:
    """A published table or view."""

    name: str
    title: str
    description: str
    is_view: bool
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # columns that together tell its rows apart; () of a view
    by_today: bool  # a view whose rows depend on the day on which it is read


def published_tables(connection: sqlite3.Connection, described: Described) -> list[PublishedTable]:
    """The published tables and views of a built database, in the order of metadata.yml.

    `described` is what metadata.yml says under databases, recognition, tables.
    """
    published = {name: about for name, about in described.items() if not about.get("hidden")}
    references = {name: references_of(connection, name) for name in published}
    usual = usual_references(references)
    views = {name: sql for name, sql in connection.execute("select name, sql from sqlite_schema where type = 'view'")}
    found = []
    for name, about in published.items():
        own = references[name] if name not in views else usual
        found.append(
            PublishedTable(
                name, about["title"], " ".join(about["description"].split()), name in views,
                tuple(columns_of(connection, name, described_columns(connection, name, about), own, set(published))),
                () if name in views else key_of(connection, name),
                name in views and reads_today(name, views),
            )
        )  # fmt: skip
    return found


def columns_of(
    connection: sqlite3.Connection,
    table: str,
    descriptions: Mapping[str, str],
    references: Mapping[str, tuple[str, str]],
    published: set[str],
) -> Iterator[Column]:
    """The columns of a table or view in their order, which refer to `published` tables only.

    A column of text, and an expression of a view, has the type of what its cells hold; it holds dates where all of them are
    whole days and no check allows another form of a date.
    """
    (sql,) = connection.execute("select sql from sqlite_schema where name = ?", (table,)).fetchone()
    words = {
        column: tuple(int(number) if number else word for word, number in WORD.findall(listed))
        for column, listed in WORDS.findall(sql)
    }
    forms: dict[str, set[str]] = defaultdict(set)
    for column, form in FORMS.findall(sql):
        forms[column].add(form)
    lists = set(JSON_VALID.findall(sql))
    columns = connection.execute(f'pragma table_info("{table}")').fetchall()
    held = types_of_values(connection, table, [row[1] for row in columns])
    for _, name, declared, required, _, in_key in columns:
        type_ = held[name] if not declared or declared.upper() == "TEXT" else TYPES[declared.upper()]
        if type_ == "date" and forms.get(name, {DAY}) != {DAY}:
            type_ = "string"  # a month or a year may be in the next edition
        if name in lists:
            type_ = "array"
        reference = references.get(name)
        yield Column(
            name, type_, " ".join(descriptions[name].split()), bool(required or in_key), words.get(name, ()),
            reference if reference and reference[0] in published else None,
        )  # fmt: skip


def types_of_values(connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> dict[str, Type]:
    """The type of each column by what its cells hold: numbers, or dates where all are whole days, else text."""
    asked = ", ".join(
        f"group_concat(distinct typeof([{name}])), sum(typeof([{name}]) = 'text' and [{name}] not glob '{WHOLE_DAY}')"
        for name in columns
    )
    answer = connection.execute(f"select {asked} from [{table}]").fetchone()
    found: dict[str, Type] = {}
    for name, kinds, others in zip(columns, answer[::2], answer[1::2]):
        held = {*(kinds or "").split(",")} - {"null", ""}
        if held and held <= {"integer", "real"}:
            found[name] = "integer" if held == {"integer"} else "number"
        else:
            found[name] = "date" if held == {"text"} and not others else "string"
    return found


def references_of(connection: sqlite3.Connection, table: str) -> dict[str, tuple[str, str]]:
    """The table and column that each column of a table refers to by a foreign key."""
    return {
        column: (other, key or "id")
        for _, _, other, column, key, *_ in connection.execute(f'pragma foreign_key_list("{table}")').fetchall()
    }


def usual_references(references: Mapping[str, Mapping[str, tuple[str, str]]]) -> dict[str, tuple[str, str]]:
    """What a column of a view refers to, which has no foreign keys: what columns of its name refer to in all tables."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for of_table in references.values():
        for column, target in of_table.items():
            found[column].add(target)
    return {
        column: next(iter(targets)) for column, targets in found.items() if len(targets) == 1 and column.endswith("_id")
    }


def key_of(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The columns of a table's primary key, in its order."""
    columns = connection.execute(f'pragma table_info("{table}")').fetchall()
    return tuple(row[1] for row in sorted((row for row in columns if row[5]), key=lambda row: row[5]))


def reads_today(view: str, views: Mapping[str, str]) -> bool:
    """Whether a view reads the view `today`, itself or by another one."""
    read = {name for name in views if name != view and re.search(rf"\b{name}\b", views[view].split(" as", 1)[1])}
    return "current_date" in views[view] or any(reads_today(name, views) for name in read)


def described_columns(connection: sqlite3.Connection, table: str, about: Mapping[str, Any]) -> dict[str, str]:
    """What metadata.yml says of each column of a table, by its name.

    Under `columns_of_each` it says what there is a column of for each rule or organisation: 'status_{rule}' is the name of
    a column, with the rule's key and _ in place of -, and {name} in its text the name of the rule.
    """
    described: dict[str, str] = dict(about.get("columns") or {})
    there = {row[1] for row in connection.execute(f'pragma table_info("{table}")')}
    for what, patterns in (about.get("columns_of_each") or {}).items():
        for key, name in connection.execute(NAMES[what]).fetchall():
            for pattern, text in patterns.items():
                column = column_of(pattern, key)
                if column in there:
                    described[column] = text.replace("{name}", name)
    return described


def column_of(pattern: str, key: str) -> str:
    """The column that a pattern of metadata.yml or of the panel means for a key: 'member_{organisation}', 'arab-league'."""
    return re.sub(r"\{\w+\}", key.replace("-", "_"), pattern)

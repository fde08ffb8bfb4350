"""Reads two editions of the database so that their rows can be compared: keys, references, and what each row is called."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from recognition.dates import said

Row = dict[str, Any]
Key = tuple[str, ...]  # the values of a row's key as text

# What is counted, copied or indexed from other rows: it changes with them and says nothing of its own.
COUNTED = frozenset([
    "statuses", "tally_history", "count_ledger", "mentions", "former_keys", "shapes", "edition", "search", "search_items",
    "search_names", "search_words", "corrections", "audit", "panel",
])  # fmt: skip
# Columns that place a row among others, where they are numbers: one that is inserted moves all below it.
PLACES = frozenset(["number", "position", "ordinal", "first_line", "last_line", "lines"])
# Columns that repeat what other columns or rows say.
REPEATED = frozenset([
    ("sources", "sha256"), ("recognitions", "printed_number"),
    ("countries", "organisations"), ("countries", "names"), ("countries", "sort_name"), ("countries", "position"),
    ("countries", "name_in_sentence"), ("countries", "flag"), ("countries", "status"), ("countries", "recognised_on"),
    ("countries", "withdrawn_on"), ("recognitions", "other_recognised_on"), ("recognitions", "other_withdrawn_on"),
    ("organisations", "names"), ("organisations", "tally"),
    ("organisations", "position"), ("organisations", "name_in_sentence"), ("events", "title"), ("events", "date_precision"),
    ("events", "earliest_day"), ("events", "latest_day"), ("events", "counts_from"), ("events", "records"),
    ("events", "citation"), ("events", "updates"), ("records", "citation"), ("positions", "themes"), ("recognitions", "year"),
    ("published_counts", "earliest_day"), ("published_counts", "latest_day"), ("published_counts", "citation"),
    ("memberships", "citation"), ("suspensions", "citation"), ("participations", "citation"), ("votes", "citation"),
])  # fmt: skip


def is_repeated(table: str, column: str) -> bool:
    """Whether a column repeats what others say: the codes beside countries are those of the countries' own rows."""
    return (table, column) in REPEATED or (column.endswith("iso3") and (table, column) != ("countries", "iso3"))


# By what a row is the same where its key is only its place among others.
KEYS = {
    "rule_effects": ("rule_id", "event_kind", "country_id", "claimant", "from_status"), "question_forms": ("pattern",),
}  # fmt: skip
TEXTS = ("title", "name", "citation")  # what a row is called, the first of them that it has; else its key
NAMES = frozenset(
    ["country_names", "organisation_names"]
)  # tables whose rows are counted by kind and not told one by one
EDITION = "select number, published_on, known_until from edition"
DEFAULTS = "select default_rule, first_day from subject"
CALLED: dict[str, Callable[[Row, Callable[[str], str]], str]] = {
    "published_counts": lambda row, name: ", ".join(filter(None, [
        f"{row['publisher']}: {row['recognising']}" + (f" of {row['total']}" if row.get("total") else ""), name("organisation_id"),
        said(row.get("as_of") or row.get("published_on") or ""),
    ])),
    "votes": lambda row, name: f"{row['body']}, {said(row['held_on'])}: the vote {row['question']}",
    "vote_choices": lambda row, name: f"{name('country_id')}: {row['choice']}",
    "events": lambda row, name: row.get("title") or ", ".join(filter(None, [
        f"{name('country_id') or row['claimant']}: {row['kind']}", said(row["date"] or ""),
    ])),
    "event_records": lambda row, name: f"{name('event_id')}, in {name('record_id')}",
    "memberships": lambda row, name: f"{name('country_id')} in {name('organisation_id')}",
    "country_names": lambda row, name: f"{row['name']} ({name('country_id')})",
    "organisation_names": lambda row, name: f"{row['name']} ({name('organisation_id')})",
    "recognitions": lambda row, name: f"{name('country_id')}, in the article's tables",
    "stated_figures": lambda row, name: f"‘{row['quote']}’",
    "passages": lambda row, name: f"‘{row['text']}’",
    "positions": lambda row, name: f"{row['title']}: ‘{row['text']}’",
}  # fmt: skip


class CannotCompare(Exception):
    """Why two files cannot be compared and what to do, as a sentence."""


class Table(NamedTuple):
    """A table of one file: the types of its columns, its key, and by column the table to which it refers."""

    columns: dict[str, str]
    key: tuple[str, ...]
    references: dict[str, str]
    defaults: dict[str, str]  # of columns that have one, as text


class Database:
    """One edition: a file that a build made. `former` are the keys that its rows had before, by table and former key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, dict[str, str]] = {}
        try:
            self.connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
            self.connection.row_factory = sqlite3.Row
            self.tables = dict(self.read_tables())
        except sqlite3.Error as error:
            raise CannotCompare(f"{path} cannot be read ({error}); name two files that builds made.") from error
        if not {"countries", "tally_history", "rules"} <= self.tables.keys():
            raise CannotCompare(f"{path} is no database of recognitions; name two files that builds made.")
        about = self.rows(EDITION) if "edition" in self.tables else []
        self.edition: Row = about[0] if about else {"number": None, "published_on": None, "known_until": None}
        with path.open("rb") as file:
            self.checksum = hashlib.file_digest(file, "sha256").hexdigest()

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """The rows that a question gives."""
        return [dict(row) for row in self.connection.execute(sql, parameters)]

    def read_tables(self) -> Iterator[tuple[str, Table]]:
        """The tables with rows of their own: no views, no full-text indexes, nothing that is counted from others."""
        listed = "select name from sqlite_master where type = 'table' and sql not like 'create virtual%' order by name"
        for (name,) in self.connection.execute(listed).fetchall():
            if name.startswith("sqlite_") or "_fts" in name or name.startswith("search_"):
                continue
            columns = self.rows(f"select name, type, pk, dflt_value from pragma_table_info('{name}') order by cid")
            keyed = sorted((column["pk"], column["name"]) for column in columns if column["pk"])
            references = self.rows(f'select "from" as name, "table" as other from pragma_foreign_key_list(\'{name}\')')
            yield (
                name,
                Table(
                    {column["name"]: column["type"] for column in columns},
                    KEYS.get(name) or tuple(column for _, column in keyed),
                    {row["name"]: row["other"] for row in references},
                    {column["name"]: column["dflt_value"].strip("'") for column in columns if column["dflt_value"]},
                ),
            )

    @cached_property
    def former(self) -> dict[tuple[str, str], str]:
        """The key that a row has now, by its table and a key that it had before."""
        if "former_keys" not in self.tables:
            return {}
        return {(row["table_name"], row["former"]): row["key"] for row in self.rows("select * from former_keys")}

    def names_of(self, name: str) -> dict[str, str]:
        """What the rows of a table are called that others refer to by one key, in words by that key; read once."""
        if name not in self.known:
            (key,) = self.tables[name].key
            found = self.rows(f"select * from [{name}]")
            self.known[name] = {
                str(row[key]): row["title"] if name == "positions" else self.called(name, row) for row in found
            }
        return self.known[name]

    def named(self, table: str, row: Mapping[str, Any], column: str) -> str:
        """What the row is called to which a column of another refers; its key where nothing is known of it."""
        value = row.get(column)
        if value is None:
            return ""
        other = self.tables[table].references.get(column, "")
        has_one_key = other in self.tables and len(self.tables[other].key) == 1
        return self.names_of(other).get(str(value), str(value)) if has_one_key else str(value)

    def called(self, table: str, row: Row) -> str:
        """What a row is called, for people: 'Utopia: withdrawal, 4 November 2018'; else the names of what its key refers to."""

        def name(column: str) -> str:
            return self.named(table, row, column)

        if table in CALLED:
            return CALLED[table](row, name)
        key = self.tables[table].key
        texts = [row[column] for column in TEXTS if isinstance(row.get(column), str) and len(key) == 1]
        if texts:
            return str(texts[0])
        return ", ".join(filter(None, [str(row[key[0]])] if len(key) == 1 else map(name, key)))

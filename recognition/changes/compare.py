"""Compares two editions: the rows of each table by their keys, what each rule counts, and which facts were corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from recognition.change_words import FIRST, by_kind, counted, in_words, other_value, shortened, value_said

from .databases import COUNTED, NAMES, PLACES, CannotCompare, Database, Key, Row, Table, is_repeated

# The columns in which a fact is told: another value in one of them is a correction, for which a reader wants a reason.
FACTS = {
    "events": ("date", "kind", "claimant", "country_id", "other_date"),
    "recognitions": ("country_id", "recognised_on", "withdrawn_on"),
    "published_counts": ("recognising", "not_recognising", "total", "as_of", "published_on", "organisation_id"),
    "memberships": ("since", "until"),
    "suspensions": ("until", "kind"),
    "vote_choices": ("choice",),
    "votes": ("held_on", "result"),
    "records": ("published_on",),
}
ORDER = (
    "events",
    "recognitions",
    "published_counts",
    "votes",
    "vote_choices",
    "countries",
    "organisations",
    "memberships",
    "participations",
    "suspensions",
    "rules",
    "passages",
    "positions",
    "position_themes",
    "themes",
    "records",
    "event_records",
)  # what readers come for first; the other tables follow by name
MANY = 20  # rows in which one column changed: more are told in one sentence
LISTED_AT_MOST = (
    1000  # rows of a table that were added, or removed; of more the first are listed, and the number is said
)
NO_REASON = "No reason given."
TALLIES = """
select rule_id, organisation_id, members, recognising from tally_history
where since <= :day and (until is null or :day < until)
"""
MEMBERS = "select organisation_id, country_id from memberships where (since is null or since <= :day) and (until is null or :day < until)"
STATUSES = (
    "select rule_id, country_id, status, event_id from statuses where since <= :day and (until is null or :day < until)"
)
# By which pages of the site rows are read; others have one at /recognition/<table>/<key>.
PAGES = {"passages": "/article#{}", "published_counts": "/counts/{}", "votes": "/votes/{}", "themes": "/themes/{}"}
LED_TO = (
    "country_id",
    "event_id",
    "organisation_id",
    "record_id",
)  # a row whose key has parts is shown on the first's page


class Comparison:
    """What differs between two editions. `told` is the one whose table of corrections gives reasons, the new one if none is named."""

    def __init__(self, old: Database, new: Database, told: Database | None = None) -> None:
        self.old, self.new = old, new
        common = [name for name in sorted(new.tables) if name in old.tables and name not in COUNTED]
        self.common = sorted(common, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
        self.reasons = reasons(old, new, told or new)
        self.corrections: list[Row] = []
        self.structure = [*self.other_structure()]
        self.tables = [entry for name in self.common if (entry := self.table(name))]
        self.with_their_parents()
        self.tallies, self.statuses = self.counts()

    @property
    def as_json(self) -> dict[str, Any]:
        """All of it, for json.dumps; README of the keys in docs/using.md."""
        return {
            "old": self.about(self.old), "new": self.about(self.new), "structure": self.structure,
            "corrections": self.corrections, "tallies": self.tallies, "statuses": self.statuses, "tables": self.tables,
        }  # fmt: skip

    @staticmethod
    def about(database: Database) -> Row:
        """Which edition a file is: number, published_on and known_until, None for one without a number, and its checksum."""
        return {**database.edition, "sha256": database.checksum}

    def other_structure(self) -> Iterator[str]:
        """A sentence for each table or column that only one of the two has."""
        old, new = self.old.tables, self.new.tables
        for name in sorted(new.keys() - old.keys()):
            yield f"New table {name}, with {counted(self.size(self.new, name), 'row')}."
        for name in sorted(old.keys() - new.keys()):
            yield f"Table {name} is gone; it had {counted(self.size(self.old, name), 'row')}."
        for name in sorted(old.keys() & new.keys()):
            for columns, what in (
                (new[name].columns.keys() - old[name].columns.keys(), "new"), (old[name].columns.keys() - new[name].columns.keys(), "gone"),
            ):  # fmt: skip
                if columns:
                    number = "column" if len(columns) == 1 else "columns"
                    yield f"{name}: {what} {number} {', '.join(sorted(columns))}."

    @staticmethod
    def size(database: Database, table: str) -> int:
        """How many rows a table has."""
        size: int = database.rows(f"select count(*) as rows from [{table}]")[0]["rows"]
        return size

    def table(self, name: str) -> Row | None:
        """What differs in one table; None where nothing does. Keys: table, rows, added, removed, changed, many."""
        table = self.new.tables[name]
        columns = [column for column in table.columns if column in self.old.tables[name].columns]
        unmatched = [column for column in table.key if column not in columns and column not in table.defaults]
        if not table.key or unmatched:
            self.structure.append(f"{name}: rows had another key, so they are not compared one by one.")
            return None
        before = {self.key(name, row, table): row for row in self.old.rows(f"select * from [{name}]")}
        after = {self.key(name, row, table): row for row in self.new.rows(f"select * from [{name}]")}
        come, gone = (
            {key: after[key] for key in after if key not in before},
            {key: before[key] for key in before if key not in after},
        )
        added = [self.row(self.new, name, key, row) for key, row in come.items()]
        removed = [self.row(self.old, name, key, row) for key, row in gone.items()]
        differing = [
            pair for key in after if key in before for pair in self.cells(name, key, before[key], after[key], columns)
        ]
        changed, many = sorted_out(differing)
        if name in NAMES:
            many += [*kinds_of(come.values(), "added"), *kinds_of(gone.values(), "removed")]
        if not (added or removed or changed or many):
            return None
        return {
            "table": name,
            "rows": [len(before), len(after)],
            "added": added,
            "removed": removed,
            "changed": changed,
            "many": many,
        }

    def key(self, name: str, row: Row, table: Table) -> Key:
        """The key of a row as the new edition has it: keys that were others before are led on, columns that were lacking have their default."""
        return tuple(self.now(name, table, column, row.get(column, table.defaults.get(column))) for column in table.key)

    def now(self, name: str, table: Table, column: str, value: Any) -> str:
        """A value as text; of what is or was a key, the key of today."""
        target = table.references.get(column) or (name if table.key == (column,) else "")
        text = "" if value is None else str(value)
        return self.new.former.get((target, text), text)

    def cells(self, name: str, key: Key, before: Row, after: Row, columns: Iterable[str]) -> Iterator[Row]:
        """The columns in which a row differs; a correction of a fact has its reason besides, and is kept as one."""
        if before == after:
            return
        table = self.new.tables[name]
        for column in columns:
            if before[column] == after[column] or column in table.key or is_repeated(name, column):
                continue
            if column in PLACES and table.columns[column] != "TEXT":
                continue
            if self.now(name, table, column, before[column]) == self.now(name, table, column, after[column]):
                continue
            old, new = (
                value_said(database.named(name, row, column), column)
                for database, row in ((self.old, before), (self.new, after))
            )
            words = other_value(self.new.called(name, after), column, old, new)
            cell = {
                "key": ",".join(key), "column": column, "old": before[column], "new": after[column], "words": words,
                "address": self.address(name, key, after),
            }  # fmt: skip
            if column in FACTS.get(name, ()) and before[column] is not None:
                self.corrections.append(
                    {"table": name, **cell, **self.reasons.get((name, ",".join(key), column), UNEXPLAINED)}
                )
            else:
                yield cell

    def row(self, database: Database, name: str, key: Key, row: Row) -> Row:
        """A row that only one of the two has: key, words, address; `within` the row to which it belongs, by (table, key)."""
        table = database.tables[name]
        parts = [(table.references[column], str(row[column])) for column in table.key if column in table.references]
        return {
            "key": ",".join(key),
            "words": shortened(database.called(name, row)),
            "address": self.address(name, key, row),
            "within": parts,
        }

    def address(self, name: str, key: Key, row: Row) -> str:
        """The path of the page on which a row is read."""
        if len(key) == 1:
            return PAGES.get(name, f"/recognition/{name}/{{}}").format(key[0])
        column = next((column for column in LED_TO if row.get(column)), None)
        other = self.new.tables[name].references.get(column or "")
        return f"/recognition/{other}/{row[column]}" if column and other else f"/recognition/{name}"

    def with_their_parents(self) -> None:
        """Count rows that came or went with the row to which they belong there: 'with memberships 55'; cut lists that are long."""
        for what in ("added", "removed"):
            found = {(entry["table"], row["key"]): row for entry in self.tables for row in entry[what]}
            belonging: dict[tuple[str, str], Counter[str]] = {}
            for entry in self.tables:
                own = []
                for row in entry[what]:
                    parent = next(
                        (part for part in row.pop("within") if part in found and part[0] != entry["table"]), None
                    )
                    if parent is None:
                        own.append(row)
                    else:
                        belonging.setdefault(parent, Counter())[entry["table"]] += 1
                entry[f"{what}_with_others"] = len(entry[what]) - len(own)
                at_most = 0 if entry["table"] in NAMES else LISTED_AT_MOST
                entry[what], entry[f"{what}_besides"] = own[:at_most], max(len(own) - at_most, 0)
            for parent, numbers in belonging.items():
                found[parent]["words"] += (
                    f" (with {', '.join(f'{in_words(table)} {number}' for table, number in numbers.items())})"
                )

    def counts(self) -> tuple[list[Row], list[Row]]:
        """What rules of both count otherwise for organisations of both, and under which another status is given to whom.

        Both are of one day, on which the newer was known; what the older did not know by then is part of the difference.
        """
        day = self.new.edition["known_until"] or self.new.rows("select max(since) as day from tally_history")[0]["day"]
        titles, names, countries = (titled(self.new, table) for table in ("rules", "organisations", "countries"))
        events, before = self.new.names_of("events"), self.old.names_of("events")
        statuses = [
            {"rule": rule, "country": country, "day": day, "old": old["status"], "new": new["status"],
             "words": f"{titles[rule]}: {countries[country]} {old['status']} → {new['status']}" + cause_said(new["event_id"], events, before),
             "address": f"/recognition/countries/{country}"}
            for (rule, country), old, new in self.pairs(STATUSES, ("rule_id", "country_id"), day) if old["status"] != new["status"]
        ]  # fmt: skip
        moved = {(row["rule"], row["country"]) for row in statuses}
        members = {(row["organisation_id"], row["country_id"]) for row in self.new.rows(MEMBERS, day=day)}
        tallies = []
        for (rule, organisation), old, new in self.pairs(TALLIES, ("rule_id", "organisation_id"), day):
            if (old["recognising"], old["members"]) == (new["recognising"], new["members"]):
                continue
            whose = [
                countries[country]
                for under, country in sorted(moved)
                if under == rule and (organisation, country) in members
            ]
            tallies.append({
                "rule": rule, "organisation": organisation, "day": day, "old": old["recognising"], "new": new["recognising"],
                "old_members": old["members"], "new_members": new["members"], "countries": whose,
                "words": f"{titles[rule]}: {names[organisation]} {tally_said(old, new)}" + (f" ({', '.join(whose)})" if whose else ""),
            })  # fmt: skip
        default = (
            self.new.rows("select default_rule from subject")[0]["default_rule"] if "subject" in self.new.tables else ""
        )
        return sorted(tallies, key=lambda row: (row["organisation"] != FIRST, row["rule"] != default)), statuses

    def pairs(self, sql: str, key: tuple[str, str], day: str) -> Iterator[tuple[tuple[str, str], Row, Row]]:
        """(key, row of the old edition, row of the new one) for all rows that both have on an ISO day."""
        before = {(row[key[0]], row[key[1]]): row for row in self.old.rows(sql, day=day)}
        for row in self.new.rows(sql, day=day):
            if found := before.get((row[key[0]], row[key[1]])):
                yield (row[key[0]], row[key[1]]), found, row


UNEXPLAINED: Mapping[str, Any] = {"why": NO_REASON, "record": None}


def tally_said(old: Row, new: Row) -> str:
    """A number and its members, before and now: '93 → 92 of 193', '22 → 22, members 28 → 27'."""
    same = old["members"] == new["members"]
    return f"{old['recognising']} → {new['recognising']}" + (
        f" of {new['members']}" if same else f", members {old['members']} → {new['members']}"
    )


def cause_said(event: str | None, events: Mapping[str, str], before: Mapping[str, str]) -> str:
    """The event behind a status, and whether the older edition lacked it; nothing where there is none."""
    if event is None:
        return ""
    return f", by ‘{events[event]}’" + ("" if event in before else ", added")


def titled(database: Database, table: str) -> dict[str, str]:
    """What the rows of rules, organisations or countries are called, by id."""
    column = "title" if table == "rules" else "name"
    return {row["id"]: row["words"] for row in database.rows(f"select id, [{column}] as words from [{table}]")}


def reasons(old: Database, new: Database, told: Database) -> dict[tuple[str, str, str], Row]:
    """Why facts were corrected between two editions: {(table, key, column): why, record}, the last where there are several."""
    if "corrections" not in told.tables:
        return {}
    first = old.edition["number"] or 0
    last = max(new.edition["number"] or 0, first + 1)  # what is being prepared has the number of the edition before
    found = told.rows(
        "select * from corrections where since_edition > :first and since_edition <= :last order by since_edition",
        first=first,
        last=last,
    )
    return {
        (row["table_name"], row["row_key"], row["column_name"]): {"why": row["why"], "record": row["record_id"]}
        for row in found
    }


def sorted_out(differing: list[Row]) -> tuple[list[Row], list[str]]:
    """(cells to be told one by one, a sentence for each column in which many rows changed)."""
    times = Counter(cell["column"] for cell in differing)
    many = []
    for column, number in times.items():
        if number > MANY:
            example = next(cell for cell in differing if cell["column"] == column)
            many.append(f"{in_words(column)}: changed in {counted(number, 'row')}, as in {example['words']}")
    return [cell for cell in differing if times[cell["column"]] <= MANY], many


def kinds_of(rows: Iterable[Row], what: str) -> Iterator[str]:
    """A sentence on names that are not told one by one."""
    if times := Counter(row["kind"] for row in rows):
        yield by_kind(what, [(kind, f"{number:,}") for kind, number in times.most_common()])


def compared(old: Database, new: Database, told: Database | None = None) -> Comparison:
    """The comparison of two editions; raises CannotCompare where the older of them is named last."""
    if (old.edition["number"] or 0) > (new.edition["number"] or 0):
        raise CannotCompare(
            f"{old.path.name} is edition {old.edition['number']}, which is newer than {new.path.name}: name the older file first."
        )
    return Comparison(old, new, told)

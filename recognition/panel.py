"""The panel: a row for each country and day, with its status under each rule and its memberships, for statistics.

The build fills table `panel` with it, and the site answers for other days. Its columns follow the rules and organisations
of the database: one of each pattern below for each of them.
"""

from __future__ import annotations

import calendar
import datetime
import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .published_tables import column_of

TABLE = "panel"
Step = Literal["year", "month", "day"]
Cell = str | int | None
STATUS, EVENT, MEMBER = "status_{rule}", "event_{rule}", "member_{organisation}"
FIXED = {
    "country_id": "text not null references countries (id)",
    "iso2": "text", "iso3": "text",
    "name": "text not null", "kind": "text not null", "region": "text not null", "subregion": "text not null",
    "year": "integer not null", "day": "text not null check (day glob '????-??-??')",
}  # fmt: skip
STRUCTURE = {
    STATUS: "text not null references status_kinds (status)",
    EVENT: "text references events (id)",
    MEMBER: "integer check ({column} in (0, 1))",
}
RULES = "select id from rules order by position"
# Regions are columns of their own; an organisation of whose members nothing is known here has no column.
ORGANISATIONS = """
select id from organisations o where kind not in ('region', 'group')
and exists (select 1 from memberships m where m.organisation_id = o.id) order by number
"""
# All countries with a status: the subject has none, it is what the others recognise.
COUNTRIES = """
select id, iso2, iso3, name, kind, region, subregion from countries
where exists (select 1 from statuses s where s.country_id = countries.id) order by sort_name
"""
STATUSES = "select country_id, rule_id, since, status, event_id from statuses order by since"
MEMBERSHIPS = "select country_id, organisation_id, since, until, 1 from memberships"
# Who takes part without being counted as a member: some call it one, so that neither 0 nor 1 would be known.
PARTICIPATIONS = "select country_id, organisation_id, since, until, null from participations"
DAYS = "select s.first_day, e.known_until from subject s, edition e"
ALWAYS = ""  # before every ISO day
Changes = tuple[
    list[str], list[Cell]
]  # the days on which a cell changes, in their order, and what it is from each of them on
NEVER: Changes = ([ALWAYS], [0])


@dataclass(frozen=True)
class Country:
    """A country of the panel: its fixed cells, and the changes of all later ones."""

    id: str
    cells: tuple[Cell, ...]  # country_id to subregion
    changes: tuple[Changes, ...]  # of each later column

    def later(self, day: str) -> tuple[Cell, ...]:
        return tuple(cells[at - 1] if (at := bisect_right(days, day)) else None for days, cells in self.changes)

    def rows(self, days: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
        """Its rows on these ISO days, which come in their order. Between two changes only the day is another."""
        turns = sorted({day for changed, _ in self.changes for day in changed})
        turn, later = -1, self.later(ALWAYS)
        for day in days:
            if (at := bisect_right(turns, day)) != turn:
                turn, later = at, self.later(day)
            yield *self.cells, int(day[:4]), day, *later


@dataclass(frozen=True)
class Panel:
    """The panel of a database. `first_day` is the subject's, `known_until` that until which records were looked through."""

    columns: tuple[str, ...]
    countries: tuple[Country, ...]  # in the order of their names
    first_day: str
    known_until: str


def read_panel(connection: sqlite3.Connection) -> Panel:
    """The panel of a built database, for any day."""
    patterns = patterns_of(connection)
    columns = [column_of(pattern, key) for pattern, key in patterns]
    statuses, memberships = statuses_of(connection), memberships_of(connection)
    countries = tuple(
        Country(
            id_, (id_, *cells),
            tuple(
                memberships.get((id_, key), NEVER) if pattern == MEMBER else statuses[id_, pattern, key]
                for pattern, key in patterns
            ),
        )
        for id_, *cells in connection.execute(COUNTRIES).fetchall()
    )  # fmt: skip
    first_day, known_until = connection.execute(DAYS).fetchone()
    return Panel((*FIXED, *columns), countries, first_day, known_until)


def patterns_of(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """The columns behind the fixed ones, each as its pattern and the key of its rule or organisation."""
    rules = [(pattern, key) for (key,) in connection.execute(RULES) for pattern in (STATUS, EVENT)]
    return rules + [(MEMBER, key) for (key,) in connection.execute(ORGANISATIONS)]


def statuses_of(connection: sqlite3.Connection) -> dict[tuple[str, str, str], Changes]:
    """The changes of the status and of the event behind it, by country, STATUS or EVENT, and rule."""
    found: dict[tuple[str, str, str], Changes] = defaultdict(lambda: ([], []))
    for country, rule, since, status, event in connection.execute(STATUSES):
        for pattern, cell in ((STATUS, status), (EVENT, event)):
            days, cells = found[country, pattern, rule]
            days.append(since)
            cells.append(cell)
    return found


def memberships_of(connection: sqlite3.Connection) -> dict[tuple[str, str], Changes]:
    """The changes of membership by country and organisation; a membership counts before a participation on the same day."""
    found: dict[tuple[str, str], Changes] = {}
    for intervals in (PARTICIPATIONS, MEMBERSHIPS):
        for country, organisation, since, until, cell in connection.execute(intervals):
            key = country, organisation
            found[key] = put_in(found.get(key, NEVER), since or ALWAYS, until, cell)
    return found


def put_in(changes: Changes, since: str, until: str | None, cell: Cell) -> Changes:
    """The changes with another cell from `since` until before `until`, None for ever."""
    days, cells = changes
    before = [(day, value) for day, value in zip(days, cells) if day < since]
    after = [(day, value) for day, value in zip(days, cells) if until and day > until]
    then = [(until, cells[bisect_right(days, until) - 1])] if until else []
    changed = [*before, (since, cell), *then, *after]
    return [day for day, _ in changed], [value for _, value in changed]


def days_of(first: str, last: str, step: Step) -> list[str]:
    """The last day of each year or month from `first` to `last`, both included, and `last` itself; or each day."""
    begin, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    if step == "day":
        return [(begin + datetime.timedelta(days)).isoformat() for days in range((end - begin).days + 1)]
    months = range(1, 13) if step == "month" else (12,)
    ends = [
        f"{year}-{month:02}-{calendar.monthrange(year, month)[1]:02}"
        for year in range(begin.year, end.year + 1)
        for month in months
    ]
    return [*(day for day in ends if first <= day < last), last]


def structure(connection: sqlite3.Connection) -> str:
    """The SQL that creates table `panel` in a database whose rules, organisations and memberships are there."""
    lines = [f"    {column} {type_}" for column, type_ in FIXED.items()]
    for pattern, key in patterns_of(connection):
        column = column_of(pattern, key)
        lines.append(f"    {column} {STRUCTURE[pattern].format(column=column)}")
    return (
        f"create table {TABLE} (\n"
        + ",\n".join([*lines, "    primary key (country_id, day)"])
        + "\n) strict, without rowid;"
    )


def rows_of(
    panel: Panel, days: Sequence[str], countries: Iterable[Country] | None = None
) -> Iterator[tuple[Cell, ...]]:
    """The rows of some countries, or of all, on these days: all days of a country before the next one."""
    for country in panel.countries if countries is None else countries:
        yield from country.rows(days)


def fill_panel(connection: sqlite3.Connection) -> None:
    """Creates and fills table `panel`: a row for each year's last day before `known_until`, and for that day itself."""
    connection.execute(structure(connection))
    panel = read_panel(connection)
    marks = ", ".join("?" * len(panel.columns))
    connection.executemany(
        f"insert into {TABLE} values ({marks})", rows_of(panel, days_of(panel.first_day, panel.known_until, "year"))
    )

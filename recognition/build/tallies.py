"""Counts the members of each organisation by status from day to day; nothing else computes tallies."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from recognition.vocabulary import ALL_STATES, UN

# The intervals of each country under every rule, and its memberships; `until` is null or the first day after.
STATUSES = "select country_id, rule_id, status, since, until from statuses order by country_id, rule_id, since"
MEMBERSHIPS = "select country_id, organisation_id, since, until from memberships"
LAST = "9999-12-31"  # the end of what is still so

# Each span adds its members to their status on its first day and takes them away on the first day after it; the
# running sums are the tallies.
FILL = """
insert into tally_history
with steps as (
    select rule_id, organisation_id, since as day, status, members as step from spans
    union all
    select rule_id, organisation_id, until, status, -members from spans where until < :last
),
days as (
    select rule_id, organisation_id, day, sum(step) as members,
           sum(step * (status = 'recognises')) as recognising, sum(step * (status = 'withdrew')) as withdrawn,
           sum(step * (status = 'contested')) as contested, sum(step * (status = 'does not recognise')) as not_recognising
    from steps group by rule_id, organisation_id, day
)
select rule_id, organisation_id, day, lead(day) over days_of, sum(members) over days_of, sum(recognising) over days_of,
       sum(withdrawn) over days_of, sum(contested) over days_of, sum(not_recognising) over days_of
from days window days_of as (partition by rule_id, organisation_id order by day)
"""

# For tables that show organisations: the last tally under the default rule, in words.
NAME_TALLIES = """
update organisations set tally = (
    select recognising || ' of ' || members from tally_history t
    where t.organisation_id = organisations.id and t.rule_id = (select default_rule from subject) and t.until is null)
"""

# A number of all states is held against the members of the UN too: few who print one say which they mean.
FILL_LEDGER = """
insert into count_ledger
with held as (
    select id, organisation_id, earliest_day, latest_day, recognising, total from published_counts where earliest_day is not null
    union all
    select id, :un, earliest_day, latest_day, recognising, total from published_counts
    where earliest_day is not null and organisation_id = :all_states
),
days as (
    select h.id, t.rule_id, h.organisation_id, max(t.since, h.earliest_day) as day, h.recognising, t.recognising as counted,
           h.total, t.members,
           row_number() over (partition by h.id, t.rule_id, h.organisation_id
                              order by abs(h.recognising - t.recognising), t.since) as place
    from held h join tally_history t on t.organisation_id = h.organisation_id
      and t.since <= h.latest_day and (h.earliest_day < t.until or t.until is null)
)
select id, rule_id, organisation_id, day, recognising, counted, recognising - counted, total, members from days where place = 1
"""


def fill_tally_history(connection: sqlite3.Connection) -> None:
    """Fills table `tally_history`, and column `tally` of `organisations`, from the loaded memberships and statuses."""
    connection.execute("create temp table spans (rule_id, organisation_id, status, since, until, members)")
    connection.executemany("insert into spans values (?, ?, ?, ?, ?, ?)", count_spans(connection))
    connection.execute(FILL, {"last": LAST})
    connection.execute("drop table temp.spans")
    connection.execute(NAME_TALLIES)


def fill_ledger(connection: sqlite3.Connection) -> None:
    """Fills table `count_ledger` from the loaded counts and the tallies of every day."""
    connection.execute(FILL_LEDGER, {"un": UN, "all_states": ALL_STATES})


def count_spans(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Yields (rule, organisation, status, first day, day after the last, members) for members with the same days.

    Countries with the same history are counted together: there are far fewer histories than countries.
    """
    history_of: dict[str, int] = {}
    numbers: dict[tuple[tuple[str, str, str, str | None], ...], int] = {}
    for country, intervals in groupby(connection.execute(STATUSES), itemgetter(0)):
        history = tuple(interval[1:] for interval in intervals)
        history_of[country] = numbers.setdefault(history, len(numbers))
    histories = list(numbers)
    members = Counter(
        (history_of[country], *membership)
        for country, *membership in connection.execute(MEMBERSHIPS)
        if country in history_of
    )
    for (number, organisation, joined, left), count in members.items():
        for rule, status, since, until in histories[number]:
            first, last = max(since, joined or since), min(until or LAST, left or LAST)
            if first < last:
                yield rule, organisation, status, first, last, count

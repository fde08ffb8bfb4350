"""Counts the members of each organisation by status from day to day; nothing else computes tallies."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

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

# For each published count and each pair of rules, the members that one counts on its day and the other does not.
FILL_LEDGER = """
insert into ledger_states
select p.id, a.rule_id, b.rule_id, a.country_id, case when b.status = 'recognises' then 1 else -1 end,
       a.status, b.status, a.event_id, b.event_id
from published_counts p
join member_statuses a on a.organisation_id = p.organisation_id and a.since <= p.counted_on and p.counted_on < a.until
join member_statuses b on b.organisation_id = a.organisation_id and b.country_id = a.country_id
  and b.since <= p.counted_on and p.counted_on < b.until
where (a.status = 'recognises') <> (b.status = 'recognises')
"""


def fill_tally_history(connection: sqlite3.Connection) -> None:
    """Fills table `tally_history`, and column `tally` of `organisations`, from the loaded memberships and statuses."""
    connection.execute("create temp table spans (rule_id, organisation_id, status, since, until, members)")
    connection.executemany("insert into spans values (?, ?, ?, ?, ?, ?)", count_spans(connection))
    connection.execute(FILL, {"last": LAST})
    connection.execute("drop table temp.spans")
    connection.execute(NAME_TALLIES)


def fill_ledger(connection: sqlite3.Connection) -> None:
    """Fills table `ledger_states` from the loaded counts, memberships and statuses."""
    connection.execute(FILL_LEDGER)


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

"""Counts the members of each organisation by status from day to day: the one place where tallies are computed."""

from __future__ import annotations

import sqlite3
from collections import Counter

# The spans of days in which a member has a status.
SPANS = """
select s.rule_id, m.organisation_id, s.status, max(s.since, coalesce(m.since, s.since)) as first,
       min(coalesce(s.until, '9999-12-31'), coalesce(m.until, '9999-12-31')) as last
from memberships m join statuses s on s.country_id = m.country_id where first < last
"""

# Each of them adds one to that status on its first day and takes one away on the first day after it; the running sums
# are the tallies.
FILL = """
insert into tally_history
with steps as (
    select rule_id, organisation_id, since as day, status, members as step from spans
    union all
    select rule_id, organisation_id, until, status, -members from spans where until < '9999-12-31'
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

# For tables that show organisations: the last tally under the article's own tables, in words.
NAME_TALLIES = """
update organisations set tally = (
    select recognising || ' of ' || members from tally_history t
    where t.organisation_id = organisations.id and t.rule_id = 'article' and t.until is null)
"""


def fill_tally_history(connection: sqlite3.Connection) -> None:
    """Fill table `tally_history`, and column `tally` of `organisations`, from the loaded memberships and statuses."""
    # counting here is faster than `group by`, which sorts texts
    spans = Counter(connection.execute(SPANS))
    connection.execute("create temp table spans (rule_id, organisation_id, status, since, until, members)")
    connection.executemany("insert into spans values (?, ?, ?, ?, ?, ?)", ((*span, n) for span, n in spans.items()))
    connection.execute(FILL)
    connection.execute("drop table temp.spans")
    connection.execute(NAME_TALLIES)

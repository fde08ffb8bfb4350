"""Finds the article's oddities in the loaded database: what agrees, differs, was restored, is out of order."""

from __future__ import annotations

import sqlite3
from typing import Any

from .problems import Problems
from .quotes import Quotes
from .registers import Registers

# Each query gives the columns of table `audit`: id, title, outcome, finding, country_id, organisation_id, passage_id.
FINDINGS = [
    # The UN members are divided among the three lists, none twice and none left over.
    """
    select 'un-partition', 'Every UN member is in one of the three lists',
           iif(r + w + n = m, 'agrees', 'differs'),
           printf('%d recognise + %d withdrew + %d do not recognise = %d; the register has %d UN members.', r, w, n, r + w + n, m),
           null, 'un', null
    from (select sum(status_in_article = 'recognises') as r, sum(status_in_article = 'withdrew') as w,
                 sum(status_in_article = 'does not recognise') as n, count(*) as m
          from countries where un_member)
    """,
    # Marked members recognise, unmarked ones do not.
    """
    select 'marks-' || m.organisation_id, 'Marks of ' || o.name,
           iif(sum((m.marker is not null) <> (c.status_in_article = 'recognises')) = 0, 'agrees', 'differs'),
           printf('%d of %d listed members are marked; %d marks disagree with the tables of recognitions.',
                  sum(m.marker is not null), count(*), sum((m.marker is not null) <> (c.status_in_article = 'recognises'))),
           null, m.organisation_id,
           (select p.id from memberships n join passages p on p.id = n.passage_id
            where n.organisation_id = m.organisation_id order by p.first_line limit 1)
    from memberships m join countries c on c.id = m.country_id join organisations o on o.id = m.organisation_id
    where m.basis = 'article' group by m.organisation_id
    """,
    """
    select 'marks-together', 'States marked † anywhere', iif(sum(c.status_in_article <> 'recognises') = 0, 'agrees', 'differs'),
           printf('%d different states are marked † in a list of members; %d of them do not stand among the recognisers.',
                  count(*), sum(c.status_in_article <> 'recognises')), null, null, null
    from countries c where exists (select 1 from memberships m where m.country_id = c.id and m.marker = '†')
    """,
    """
    select 'represented-' || c.id, c.name || ' is counted through the state that represents it', 'unusual',
           printf('%s is marked %s in the list of %s: it has the status of %s.', c.name, m.marker, o.name, s.name),
           c.id, m.organisation_id, m.passage_id
    from memberships m join countries c on c.id = m.country_id join organisations o on o.id = m.organisation_id
    join countries s on s.id = c.represented_by
    where m.marker is not null
    """,
    # Stated counts against counted ones.
    """
    select 'count-' || a.id, 'Stated and counted: ' || o.name, iif(a.agrees, 'agrees', 'differs'),
           printf('The article states ''%s''; its own tables give %d.', a.quote, a.counted_recognising),
           null, a.organisation_id, a.passage_id
    from count_audit a join organisations o on o.id = a.organisation_id where a.passage_id is not null
    """,
    """
    select 'total-' || a.id, 'Stated and known number of members: ' || o.name, 'differs',
           printf('The article states %d members; %d are known.', a.total, a.counted_members),
           null, a.organisation_id, a.passage_id
    from count_audit a join organisations o on o.id = a.organisation_id
    where a.passage_id is not null and a.total_difference <> 0
    """,
    """
    select 'total-' || f.id, 'Stated and known number of members: ' || o.name, 'differs',
           printf('The article states ''%s''; %d are known.', f.quote, count(m.country_id)), null, f.organisation_id, f.passage_id
    from stated_figures f join organisations o on o.id = f.organisation_id
    left join memberships m on m.organisation_id = f.organisation_id and m.until is null
    where f.kind = 'total' group by f.id having count(m.country_id) <> f.total
    """,
    """
    select 'candidates-' || f.organisation_id, 'Candidates of ' || o.name || ' are not named', 'lost',
           printf('The article states ''%s'' and does not name the candidates, so the count cannot be checked.', f.quote),
           null, f.organisation_id, f.passage_id
    from stated_figures f join organisations o on o.id = f.organisation_id
    where f.kind = 'stated count'
      and not exists (select 1 from published_counts p where p.passage_id = f.passage_id and p.quote = f.quote)
    """,
    # Members on the article's day that its list leaves out, and the other way round.
    """
    select 'left-out-' || m.organisation_id || '-' || m.country_id, c.name || ' is left out of the list of ' || o.name,
           'differs', printf('%s has been a member since %s (%s); the article does not list it.', c.name, m.since, m.citation),
           m.country_id, m.organisation_id, null
    from memberships m join countries c on c.id = m.country_id join organisations o on o.id = m.organisation_id
    where m.basis = 'record' and m.until is null and o.in_article
    """,
    """
    select 'no-longer-' || m.organisation_id || '-' || m.country_id, c.name || ' is listed although it left ' || o.name,
           'differs', printf('%s has not been a member since %s (%s).', c.name, m.until, m.citation),
           m.country_id, m.organisation_id, m.passage_id
    from memberships m join countries c on c.id = m.country_id join organisations o on o.id = m.organisation_id
    where m.basis = 'article' and m.until is not null
    """,
    # Order and numbers of the tables.
    """
    select 'order-' || id, printf('Row %s of list %s is before an earlier date', printed_number, list), 'unusual',
           printf('Row %s is dated %s and the row below it %s.', printed_number, recognised_on, next_on),
           country_id, null, passage_id
    from (select *, lead(recognised_on) over (partition by list order by ordinal) as next_on from recognitions)
    where list <> 'withdrawn' and next_on < recognised_on
    """,
    """
    select 'number-' || r.id, printf('Number %s stands for %d rows', r.printed_number, count(*)), 'unusual',
           printf('The number ''%s'' is printed once for %d rows: %s.', r.printed_number, count(*), group_concat(c.name, ', ')),
           null, null, r.passage_id
    from recognitions r join recognitions s on s.date_passage_id = r.passage_id join countries c on c.id = s.country_id
    where r.printed_number not like '%–%'
    group by r.list, r.ordinal having count(*) > 1
    """,
    """
    select 'shared-' || r.list || '-' || r.recognised_on, printf('%d rows share %s', count(*), r.recognised_on),
           iif(count(distinct date_passage_id) > 1, 'unusual', 'restored'),
           printf('The order of %s is not recoverable%s.', group_concat(c.name, ', '),
                  iif(count(distinct date_passage_id) > 1, '; they are numbered apart but share a date, so the names can be exchanged', '')),
           null, null,
           (select n.passage_id from recognitions n
            where n.list = r.list and n.recognised_on = r.recognised_on order by n.ordinal limit 1)
    from (select * from recognitions order by list, ordinal) r join countries c on c.id = r.country_id
    where r.order_known = 0 group by r.list, r.recognised_on
    """,
    # Restored names and how sure they are.
    """
    select 'restored-' || list || '-' || confidence,
           printf('%d names restored to list %s with %s confidence', count(*), list, confidence), 'restored',
           printf('%d by a record of the country and its date, %d by their order in records, %d by elimination%s.',
                  sum(name_basis = 'record'), sum(name_basis = 'order'), sum(name_basis = 'elimination'),
                  iif(confidence = 'high', '', ': ' || group_concat(c.name, ', '))),
           null, null, null
    from (select * from recognitions where name_basis <> 'printed' order by list, ordinal) r
    join countries c on c.id = r.country_id group by list, confidence
    """,
    """
    select 'date-' || r.id, 'Other date for ' || c.name, 'differs',
           printf('The article prints %s; other records give %s for the recognition. %s', r.recognised_on,
                  r.other_recognised_on, coalesce(r.note, '')),
           r.country_id, null, r.date_passage_id
    from recognitions r join countries c on c.id = r.country_id where r.other_recognised_on is not null
    """,
    """
    select 'withdrawal-date-' || r.id, 'Other date for the withdrawal of ' || c.name, 'differs',
           printf('The article prints %s; other records give %s for the withdrawal. %s', r.withdrawn_on,
                  r.other_withdrawn_on, coalesce(r.note, '')),
           r.country_id, null, r.passage_id
    from recognitions r join countries c on c.id = r.country_id where r.other_withdrawn_on is not null
    """,
    # Paragraphs that stand twice.
    """
    select 'repeated-' || min(id), 'A paragraph stands twice', 'unusual',
           printf('The words of line %d stand on line %d too: %s', min(first_line), max(first_line), text), null, null, min(id)
    from passages where kind = 'paragraph' group by text having count(*) > 1
    """,
    # Countries of the table of withdrawals that the paragraphs below it discuss again.
    """
    select 'twice-' || c.id, c.name || ' is listed as withdrawn and told again as disputed', 'unusual',
           printf('%s is in the table of withdrawals and again in a paragraph below it.', c.name),
           c.id, null, p.id
    from (select m.country_id, min(p.first_line) as first_line
          from mentions m join passages p on p.id = m.passage_id and p.kind = 'paragraph'
          join recognitions r on r.country_id = m.country_id and r.list = 'withdrawn'
          join passages t on t.id = r.passage_id and t.section_id = p.section_id
          group by m.country_id) f
    join countries c on c.id = f.country_id join passages p on p.first_line = f.first_line
    """,
]
COLUMNS = ("id", "title", "outcome", "finding", "country_id", "organisation_id", "passage_id")


def find_oddities(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Rows of table `audit` that the loaded data itself shows, in the order of the queries above."""
    return [dict(zip(COLUMNS, row)) for query in FINDINGS for row in db.execute(query)]


def noted_oddities(quotes: Quotes, registers: Registers, problems: Problems) -> list[dict[str, Any]]:
    """Rows of table `audit` that a reader noted in oddities.csv, each tied to the words that show it."""
    return [
        {
            "id": row["id"], "title": row["title"], "outcome": row["outcome"], "finding": row["finding"],
            "country_id": None, "organisation_id": None, "passage_id": passage.id,
        }
        for row, passage in quotes.find_each(registers["oddities"], problems)
    ]  # fmt: skip

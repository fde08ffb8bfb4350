"""Votes about the subject: how a country chose in each, and which choice was the subject's side."""

from __future__ import annotations

from datasette.app import Datasette

from .database import Row, rows

# One row for each vote in which the choice of a country is known, or how members from it voted.
OF_COUNTRY = """
select v.id as vote, v.body, v.held_on, v.question, m.name_in_sentence as moved_by, v.choice_for_kosovo as subject_choice,
       s.name_in_sentence as subject, c.name_in_sentence as country, h.choice,
       case when h.choice = v.choice_for_kosovo then 'with' when h.choice in ('for', 'against') then 'against' end as side,
       p.members_for, p.members_against, p.members_abstaining,
       coalesce(h.record_id, p.record_id) as record_id, coalesce(h.note, p.note) as note
from votes v join countries c on c.id = :country
join countries s on s.id = (select country_id from subject) left join countries m on m.id = v.moved_by
left join vote_choices h on h.vote_id = v.id and h.country_id = c.id
left join vote_members p on p.vote_id = v.id and p.country_id = c.id
where h.vote_id is not null or p.vote_id is not null order by v.held_on, v.id
"""


async def votes_of(datasette: Datasette, country: str) -> list[Row]:
    """How the country with this id voted, the first vote first; no row for a vote in which that is not known.

    Each row has vote (id), body, held_on (ISO day), question (a clause that begins with 'to'), moved_by, subject and
    country (names as in a sentence; moved_by may be None), subject_choice ('for' or 'against': the subject's side), choice
    ('for', 'against', 'abstained', 'absent'), side ('with' the subject's side, 'against' it, None for neither), record_id
    and note. Where members of a parliament voted, choice and side are None, and members_for, members_against and
    members_abstaining say how many from the country; None where that is not known. templates/_votes.html says a row in
    a sentence.
    """
    return await rows(datasette, OF_COUNTRY, country=country)

"""Votes about the subject: how a country chose in each, and which choice was the subject's side."""

from __future__ import annotations

from datasette.app import Datasette
from markupsafe import Markup

from recognition.dates import said
from recognition.vocabulary import DOES_NOT_RECOGNISE, RECOGNISES, WITHDREW

from . import charts
from .database import Row, rows

CHOICES = ("for", "against", "abstained", "absent")  # in the order in which they are shown
# One row for each vote in which the choice of a country is known, or how members from it voted.
OF_COUNTRY = """
select v.id as vote, v.body, v.held_on, v.question, m.name_in_sentence as moved_by, v.choice_for_kosovo as subject_choice,
       s.name_in_sentence as subject, c.name_in_sentence as country, h.choice, v.choices_told_by as told_by,
       p.members_for, p.members_against, p.members_abstaining, coalesce(h.record_id, p.record_id) as record_id,
       coalesce(h.note, p.note) as note
from votes v join countries c on c.id = :country
join countries s on s.id = (select country_id from subject) left join countries m on m.id = v.moved_by
left join vote_choices h on h.vote_id = v.id and h.country_id = c.id
left join vote_members p on p.vote_id = v.id and p.country_id = c.id
where h.vote_id is not null or p.vote_id is not null order by v.held_on, v.id
"""


async def votes_of(datasette: Datasette, country: str) -> list[Row]:
    """How the country with this id voted, the first vote first; no row for a vote in which that is not known.

    Each row has vote (id), body, held_on (ISO day), question (a clause that begins with 'to'), moved_by, subject and
    country (names as in a sentence; moved_by may be None), told_by
    (who told how each voted, where the body published no list, or None), subject_choice ('for' or 'against': the subject's side), choice
    ('for', 'against', 'abstained', 'absent'), side ('with' the subject's side, 'against' it, None for neither), record_id
    and note. Where members of a parliament voted, choice and side are None, and members_for, members_against and
    members_abstaining say how many from the country; None where that is not known. templates/_votes.html says a row in
    a sentence.
    """
    found = await rows(datasette, OF_COUNTRY, country=country)
    return [{**row, "side": side_of(row["choice"], row["subject_choice"])} for row in found]


def side_of(choice: str | None, subject_choice: str) -> str | None:
    """Whose side a choice was: 'with' the subject, 'against' it; None for who abstained or was absent.

    `subject_choice` is 'for' or 'against', the choice that was on the subject's side.
    """
    if choice not in ("for", "against"):
        return None
    return "with" if choice == subject_choice else "against"


def said_of(vote: Row) -> str:
    """A row of `votes_of` as a sentence; templates/_votes.html says the same with links."""
    where = f"On {said(vote['held_on'])} in the {vote['body']}, "
    if not vote["choice"]:
        members = (
            (vote["members_for"], "for it"),
            (vote["members_against"], "against it"),
            (vote["members_abstaining"], "abstaining"),
        )
        told = ", ".join(f"{number} {how}" for number, how in members if number is not None)
        text = f"members of parliament from {vote['country']} voted on the motion {vote['question']}: {told}"
    else:
        how = {"abstained": "abstained on", "absent": "was absent from the vote on"}.get(
            vote["choice"], f"voted {vote['choice']}"
        )
        text = f"{vote['country']} {how} the motion {vote['question']}"
    text += f", moved by {vote['moved_by']}" if vote["moved_by"] else ""
    told = f" This is told by {vote['told_by']}; the body published no list." if vote["told_by"] else ""
    if vote["side"] == "with":
        return f"{where}{text}; that was {vote['subject']}’s side.{told}"
    return f"{where}{text}; {vote['subject']}’s side was to vote {vote['subject_choice']} it.{told}"


def at_odds(choices: list[Row]) -> dict[str, list[Row]]:
    """Whose choice and status (`side` and `status` of a row) were at odds.

    'against' has those that recognised the subject and voted against its side, 'with' those that did not recognise it, or
    had withdrawn, and voted on its side.
    """
    odd = {"against": (RECOGNISES,), "with": (DOES_NOT_RECOGNISE, WITHDREW)}
    return {
        side: [row for row in choices if row["side"] == side and row["status"] in statuses]
        for side, statuses in odd.items()
    }


def bar_of_vote(vote: Row) -> Markup:
    """The announced votes beside each other, each as wide as its number: the subject's side, abstaining, the other side, absent.

    `vote` has subject_choice and announced_for, announced_against, announced_abstained, announced_absent.
    """
    announced = {choice: vote[f"announced_{choice}"] or 0 for choice in CHOICES}
    other = "for" if vote["subject_choice"] == "against" else "against"
    return charts.bar({
        "members": sum(announced.values()), "recognising": announced[vote["subject_choice"]],
        "contested": announced["abstained"], "withdrawn": announced[other],
    })  # fmt: skip

"""What a preview picture says of a page: the words and numbers, and nothing of how they are drawn (see card_pictures.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from datasette.app import Datasette
from datasette.utils.asgi import NotFound

from recognition.dates import said
from recognition.sentences import capitalised, status_since
from recognition.vocabulary import ALL_STATES, UN

from .asked import Asked, organisation_names
from .database import kept, on_day, rows
from .drawing import key_of
from .map_drawing import LOOKS
from .opening import country_on_day
from .published import given, publisher_of
from .tallies import members_of
from .telling import on_its_day, rule_and_day, tally_on_day, tally_told
from .votes import CHOICES, side_of

COUNT = """
select c.*, o.name as organisation, x.rule_id as rule, x.outcome, x.counted_on, l.counted, l.counted_members, r.title
from published_counts c join organisations o on o.id = c.organisation_id join count_explanations x on x.count_id = c.id
left join count_ledger l on l.count_id = c.id and l.rule_id = x.rule_id and l.organisation_id = x.organisation_id
left join rules r on r.id = x.rule_id
where c.id = :count
"""
VOTE = """
select v.*, v.choice_for_kosovo as subject_choice, c.name_in_sentence as mover from votes v left join countries c on c.id = v.moved_by
where v.id = :vote
"""
UNDER_EACH = f"""
select r.title, t.recognising, t.members from tally_history t join rules r on r.id = t.rule_id
where t.organisation_id = :un and {on_day("t")} order by t.recognising, r.position
"""
# How many of each choice, as the side that it was: the colour's name.
SIDES = {"with": "recognises", "against": "withdrew", None: "contested"}
CHOSEN = {"for": "for", "against": "against", "abstained": "abstained", "absent": "absent"}


@dataclass(frozen=True)
class Card:
    """The words of a picture.

    `kind` is what the page is about, `number` is large, `told` a sentence, `under` says rule and day. `parts` are the parts
    of a bar: number, colour's name, word. `bars` are counts below each other, with what they are of and their colour's name,
    out of `members`. `status` is a colour's name and words. `marked` is the country on the map that has a ring.
    """

    kind: str
    title: str
    told: str
    under: str
    number: str = ""
    parts: tuple[tuple[int, str, str], ...] = ()
    bars: tuple[tuple[int, str, str], ...] = ()
    members: int = 0
    status: tuple[str, str] | None = None
    has_map: bool = False
    marked: str = ""

    @property
    def alt(self) -> str:
        """The picture in words, for those who do not see it."""
        bar = ", ".join(f"{number} {word}" for number, _, word in self.parts)
        counts = "; ".join(f"{number}: {word}" for number, word, _ in self.bars)
        status = capitalised(self.status[1]) if self.status else ""
        seen = "A map of the world" if self.has_map else ""
        told = f"{self.number} {self.told}" if self.number else self.told
        sentences = [self.title, self.kind, status, told, bar, counts, self.under, seen]
        return " ".join(text if text.endswith((".", "?", "…", ":", ".”")) else f"{text}." for text in sentences if text)


async def front_card(datasette: Datasette, ask: Asked, _: str) -> Card | None:
    """The number of the day, with the map."""
    tally = await tally_on_day(datasette, ask, UN)
    verb = "recognises" if tally["recognising"] == 1 else "recognise"
    told = f"of {tally['members']} {members_of(tally)} {verb} {ask.subject['name_in_sentence']}"
    return Card(
        "", f"Who recognises {ask.subject['name_in_sentence']}?", told, rule_and_day(ask), str(tally["recognising"]),
        tuple(key_of(tally)), has_map=True,
    )  # fmt: skip


async def bridges_card(datasette: Datasette, ask: Asked, _: str) -> Card | None:
    """What every rule counts on the day."""
    counted = await rows(datasette, UNDER_EACH, un=UN, as_of=ask.as_of)
    return Card(
        "Published counts", "Which states make the difference?",
        f"UN members that recognise {ask.subject['name_in_sentence']}, as each rule counts them:",
        capitalised(on_its_day(ask)),
        bars=tuple((row["recognising"], row["title"], "recognises") for row in counted), members=counted[0]["members"],
    )  # fmt: skip


async def country_card(datasette: Datasette, ask: Asked, key: str) -> Card | None:
    """How a country stands, in the words of its dossier; None where there is none."""
    found = await country_on_day(datasette, ask, key)
    if found is None:
        return None
    country, standing, told = found
    status = None
    if standing:
        status = (LOOKS[standing["status"]], status_since(standing["status"], said(standing["since"])))
    return Card(
        country["kind"] if standing else "", country["name"], told, rule_and_day(ask), status=status,
        has_map=True, marked=key,
    )  # fmt: skip


async def tally_card(datasette: Datasette, ask: Asked, key: str) -> Card | None:
    """How many members of an organisation recognise; None where there is no such organisation."""
    names = await organisation_names(datasette)
    if key not in names:
        return None
    try:
        tally = await tally_on_day(datasette, ask, key)
    except NotFound:
        return Card("Organisation", names[key], "Its members are not counted here.", "")
    kind = "All states" if key == ALL_STATES else tally["heading"]
    if not tally["members"]:
        return Card(kind, names[key], tally_told(tally, ask), "")
    verb = "recognises" if tally["recognising"] == 1 else "recognise"
    return Card(
        kind, names[key], f"{verb} {ask.subject['name_in_sentence']}", rule_and_day(ask),
        f"{tally['recognising']} of {tally['members']}", tuple(key_of(tally)),
    )  # fmt: skip


async def count_card(datasette: Datasette, ask: Asked, key: str) -> Card | None:
    """A number that somebody published, beside what the rule that explains it counts; None where there is none."""
    found = await rows(datasette, COUNT, count=key)
    if not found:
        return None
    (count,) = found
    of = f" of {count['total']}" if count["total"] else ""
    who = publisher_of(count)
    told = f"recognise {ask.subject['name_in_sentence']}, according to {who}, {given(count)}"
    if count["counted"] is None:
        return Card(
            "Published count", count["organisation"], told, "Its day is not known: no rule is held against it", f"{count['recognising']}{of}"
        )  # fmt: skip
    members = max(count["counted_members"], count["total"] or 0)
    bars = (
        (count["recognising"], who, "bar"),
        (count["counted"], f"counted under ‘{count['title']}’", "recognises"),
    )
    under = f"Held against the rule ‘{count['title']}’ on {said(count['counted_on'])}: {count['outcome']}"
    return Card("Published count", count["organisation"], told, under, f"{count['recognising']}{of}", bars=bars, members=members)  # fmt: skip


async def vote_card(datasette: Datasette, ask: Asked, key: str) -> Card | None:
    """A vote with its result as announced; None where there is none."""
    found = await rows(datasette, VOTE, vote=key)
    if not found:
        return None
    (vote,) = found
    parts = []
    for choice in CHOICES:
        side = side_of(choice, vote["subject_choice"])
        whose = f" ({ask.subject['name_in_sentence']}’s side)" if side == "with" else ""
        if number := vote[f"announced_{choice}"]:
            parts.append((number, "none" if choice == "absent" else SIDES[side], f"{CHOSEN[choice]}{whose}"))
    moved = f", moved by {vote['mover']}" if vote["mover"] else ""
    told = f"The motion was {vote['question']}{moved}. It was {'adopted' if vote['adopted'] else 'not adopted'}."
    return Card(
        f"Vote, {said(vote['held_on'])}",
        vote["body"],
        told,
        "As announced. A vote is no statement about recognition",
        parts=tuple(parts),
    )


Gather = Callable[[Datasette, Asked, str], Awaitable[Card | None]]
# By what the address of a preview picture begins with; pages that share one have the key 'all'.
CARDS: dict[str, Gather] = {
    "site": front_card, "bridges": bridges_card, "countries": country_card, "tallies": tally_card, "counts": count_card,
    "votes": vote_card,
}  # fmt: skip
SHARED = "all"
ONE_FOR_ALL = ("site", "bridges")


async def card_of(datasette: Datasette, ask: Asked, kind: str, key: str) -> Card | None:
    """What the preview picture of this kind and key says; None where there is none. Pages that share a picture ask once."""
    if kind not in CARDS or (kind in ONE_FOR_ALL and key != SHARED):
        return None

    async def gather() -> Card | None:
        return await CARDS[kind](datasette, ask, key)

    return await kept(datasette, (kind, key, ask.rule, ask.as_of, ask.today), gather, shelf="cards")

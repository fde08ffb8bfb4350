"""From any number to any other, state by state: two published counts, two rules on a day each, or one of each."""

from __future__ import annotations

from collections.abc import Sequence

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Request, Response

try:
    from recognition.dates import iso_day, said
    from recognition.site.asked import SHOWN, Asked, chosen_day, chosen_organisation, organisation_names, question
    from recognition.site.bridges import Side, counted_side, counted_sides, printed_side, printed_sides, states_between
    from recognition.site.database import Row, rows
    from recognition.site.formats import ENDING, page_or_data, without
    from recognition.site.last_words import in_brief, last_words
    from recognition.site.published import given, publisher_of
    from recognition.vocabulary import ALL_STATES, ARTICLE, UN, UN_MEMBER
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

DATABLE = """
select c.id, c.publisher, c.source_id, c.recognising, c.total, c.as_of, c.published_on, c.printed_from, c.printed_until,
       c.earliest_day, c.latest_day, c.speaker, c.note, c.passage_id, c.quote, c.record_id, c.organisation_id, o.name as organisation
from published_counts c join organisations o on o.id = c.organisation_id
where c.latest_day is not null order by c.latest_day desc, c.id
"""


async def bridge_page(datasette: Datasette, request: Request) -> Response:
    """The states that lead from number `a` to number `b`, each with its reasons, and what no rule explains of either."""
    ask = await question(datasette, request)
    counts = {count["id"]: count for count in await rows(datasette, DATABLE)}
    texts = chosen_texts(request, counts, ask)
    (a, told_a), (b, told_b) = [
        await side_of(datasette, text, name, ask) for name, text in zip("ab", texts, strict=True)
    ]
    groups = await organisation_names(datasette)
    ends = [end_of(side, text, counts, groups, ask) for side, text in zip((a, b), texts, strict=True)]
    context = {
        **ask.context, "notes": (*ask.notes, *told_a, *told_b), "a": ends[0], "b": ends[1],
        "steps": await steps_of(datasette, a, b, ask), "unexplained_a": -a.unexplained, "unexplained_b": b.unexplained,
        "options": await options(datasette, counts, texts, ask),
    }  # fmt: skip
    csv_rows = [{"a": texts[0], "b": texts[1], **step} for step in without(context["steps"], "reasons")]
    keys = ("notes", "a", "b", "steps", "unexplained_a", "unexplained_b")
    return await page_or_data(datasette, request, "bridge.html", context, keys, csv_rows, texts)


def chosen_texts(request: Request, counts: dict[str, Row], ask: Asked) -> list[str]:
    """What a reader asks for as `a` and `b`; without them, what two sides printed last."""
    last: dict[str, str] = {}
    for count in counts.values():
        if count["speaker"]:
            last.setdefault(count["speaker"], count["id"])
    usual = [*last.values(), f"{ask.subject['default_rule']}@{ask.as_of}", f"{ARTICLE}@{ask.as_of}"]
    return [(request.args.get(name) or "").strip() or otherwise for name, otherwise in zip("ab", usual)]


async def side_of(datasette: Datasette, text: str, parameter: str, ask: Asked) -> tuple[Side, tuple[str, ...]]:
    """The number that `text` names, and sentences where another day is answered; BadRequest with how to name one for other texts."""
    rule, at, rest = text.partition("@")
    if not at:
        found = await printed_side(datasette, text)
        if found is None:
            raise BadRequest(f"{parameter} must be {how(ask)}; {wrong_side(text, ask)}.")
        return found, ()
    day, _, group = rest.partition("@")
    rule = ask.other_rule(rule, parameter, ask.rule)
    if not iso_day(day):
        raise BadRequest(f"{parameter} must be {how(ask)}; {day[:SHOWN]!r} is no day.")
    day, notes = chosen_day(day, ask.subject)
    counted = await counted_side(datasette, rule, day, await chosen_organisation(datasette, group, parameter) or UN)
    if counted is None:
        raise BadRequest(f"{parameter} names a group without members on that day: {group[:SHOWN]!r}.")
    return counted, notes


def wrong_side(text: str, ask: Asked) -> str:
    """Why a text without a day names no number, as a clause."""
    if text in ask.rules:
        return f"{text!r} is a rule without its day: {text}@{ask.as_of}"
    return f"there is no published count with a day that is {text[:SHOWN]!r}"


def how(ask: Asked) -> str:
    """What a number is named by, with examples."""
    rule = f"{ask.subject['default_rule']}@{ask.known_until}"
    return f"the key of a published count (see /counts), or a rule on a day such as {rule}, with a group {rule}@{ALL_STATES}"


def end_of(side: Side, text: str, counts: dict[str, Row], groups: dict[str, str], ask: Asked) -> Row:
    """One end of the bridge for page and data: key, number, members, unexplained, rule, day, organisation, and `told`.

    `basis` and `besides` are those of the side, and `note` that of a published count.
    """
    count = counts.get(side.count or "")
    return {
        "key": text, "number": side.number, "members": side.members, "unexplained": side.unexplained,
        "rule": side.rule, "title": ask.rules[side.rule]["title"], "day": side.day,
        "organisation": side.organisation, "group": group_of(side, groups), "count": side.count,
        "basis": side.basis, "besides": side.besides, "note": count["note"] if count else None,
        "told": printed_words(count) if count else counted_words(side, groups, ask),
    }  # fmt: skip


def printed_words(count: Row) -> str:
    """'given by Utopia (president), 4 January 2023'."""
    return f"given by {publisher_of(count)}, {given(count)}"


def counted_words(side: Side, groups: dict[str, str], ask: Asked) -> str:
    """'UN members counted under ‘The list today’ on 28 February 2026'."""
    return f"{group_of(side, groups)} counted under ‘{ask.rules[side.rule]['title']}’ on {said(side.day)}"


def group_of(side: Side, groups: dict[str, str]) -> str:
    """Who is counted, in a sentence: 'UN members', 'members of ‘All states’'."""
    return f"{UN_MEMBER}s" if side.organisation == UN else f"members of ‘{groups[side.organisation]}’"


async def steps_of(datasette: Datasette, a: Side, b: Side, ask: Asked) -> Sequence[Row]:
    """The states between, each with `number`, what is reached with it, and `last_word`, in a few words."""
    number = a.number - a.unexplained
    words = await last_words(datasette, ask.as_of)
    steps = await states_between(datasette, a, b)
    for state in steps:
        number += state["step"]
        state["number"] = number
        state["last_word"] = in_brief(words[state["country"]]) if state["country"] in words else None
    return steps


def as_option(count: Row) -> str:
    """A published count in a list: '84, Utopia (president), 4 January 2023', with its group where that is not the UN."""
    parts = [str(count["recognising"]), count["publisher"], given(count)]
    return ", ".join(parts if count["organisation_id"] == UN else [*parts, count["organisation"]])


async def options(datasette: Datasette, counts: dict[str, Row], texts: list[str], ask: Asked) -> Row:
    """What the form offers, in groups: (value, label) of the rules on the day, of the published counts, and of what was asked."""
    sides = await counted_sides(datasette, [(rule, ask.as_of, UN) for rule in ask.rules])
    by_rule = [(f"{side.rule}@{side.day}", f"{ask.rules[side.rule]['title']}: {side.number}") for side in sides]
    printed = await printed_sides(datasette)
    by_count = [(id_, as_option(count)) for id_, count in counts.items() if id_ in printed]
    offered = {value for value, _ in (*by_rule, *by_count)}
    return {
        "Asked for": [(text, text) for text in dict.fromkeys(texts) if text not in offered],
        f"Rules on {said(ask.as_of)}, UN members": by_rule,
        "Published counts": by_count,
    }


@hookimpl
def register_routes() -> list[tuple]:
    return [(r"^/counts/compare" + ENDING, bridge_page)]

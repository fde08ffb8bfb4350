"""The list as Markdown: who recognises, since which day and by which source; who withdrew; whose withdrawal was reported."""

from __future__ import annotations

from collections.abc import Callable

from datasette.app import Datasette

from recognition.vocabulary import UN

from .database import Row
from .evidence import known_records, passage_path, records
from .markdown import bullets, day, link, plain, quoted, section, sentence, table
from .tallies import members_of

Evidence = Callable[[Row], str]  # on what a row rests, in one line
LISTS = {
    "recognise": "Recognise", "others": "Also recognise, and are not counted above", "contested": "Contested",
    "withdrew": "Recognised and withdrew",
}  # fmt: skip


def written(context: Row, claimed: Callable[[list[Row]], str], evidence: Evidence) -> tuple[str, list[str]]:
    """The title and the parts of the page whose context this is, see `listed` of plugins/list.py.

    `claimed` says in one line what was claimed of a withdrawal.
    """
    tally, name = context["tally"], context["subject"]["name_in_sentence"]
    among = "" if context["organisation"] == UN else f" among {members_of(tally)}"
    counted = f"{tally['recognising']} of {tally['members']} {members_of(tally)} recognise {name}."
    if not tally["members"]:
        counted = f"There are no {members_of(tally)} to count on this day."
    reported = (f"{plain(state['name'])}: {plain(claimed(state['claims']))}" for state in context["reported"])
    several = (
        f"{plain(claim['claimant'])}, {day(claim['date'])}: {claim['kind']}; {evidence(claim)}"
        for claim in context["of_several"]
    )
    return f"Who recognises {name}{among}", [
        plain(counted),
        *(section(title, rows_of(context[key], evidence)) for key, title in LISTS.items()),
        section("Counted above, though somebody reported a withdrawal", bullets(reported)),
        section("Said of withdrawals of several states at once", bullets(several)),
    ]


def rows_of(states: list[Row], evidence: Evidence) -> str:
    """One of the lists as a table."""
    return table(
        ("No.", "Country", "ISO", "Recognised on", "Then", "Evidence"),
        (
            [str(state["number"]), named(state), state["iso3"] or "", days(state), then(state), evidence(state)]
            for state in states
        ),
    )


def named(state: Row) -> str:
    return plain(state["name"]) + (f" (through {plain(state['through'])})" if state["through"] else "")


def days(state: Row) -> str:
    """The day of the recognition, with the one that other records give."""
    other = f" ({day(state['other_recognised_on'])} by other records)" if state["other_recognised_on"] else ""
    return day(state["recognised_on"]) + other


def then(state: Row) -> str:
    """What became of the recognition; '' where nothing did."""
    other = f" ({day(state['other_withdrawn_on'])} by other records)" if state["other_withdrawn_on"] else ""
    withdrew = f"withdrew {day(state['withdrawn_on'])}{other}" if state["withdrawn_on"] else ""
    return sentence(withdrew, state["contested_from"] and f"contested from {day(state['contested_from'])}")


async def evidence_of(datasette: Datasette) -> Evidence:
    """What says in one line on what a row rests: the passage of the article, and the records beside it."""
    known = await known_records(datasette)

    def evidence(row: Row) -> str:
        found = []
        if row["passage_id"]:
            address = datasette.absolute_url(None, passage_path(row["passage_id"], row["quote"]))
            found.append(
                f"article: {quoted(row['quote'])} ({link('passage', address)})"
                if row["quote"]
                else link("article", address)
            )
        if named_records := [link(record.publisher, record.address) for record in records(row, known)]:
            found.append(f"records: {sentence(*named_records)}")
        return "; ".join(found)

    return evidence

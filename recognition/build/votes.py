"""Votes about the subject: how states chose, and how many members of a parliament voted how."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .problems import Problems
from .records import citations
from .registers import Registers

CHOICES = ("for", "against", "abstained", "absent")
# How members voted, and the choice that this is.
MEMBERS = {"for": "for", "against": "against", "abstaining": "abstained"}


def vote_rows(registers: Registers, problems: Problems) -> list[dict[str, Any]]:
    """Rows of table `votes`; that the choices of one that is complete are not the announced ones is a problem."""
    register = registers["votes"]
    counted = Counter((row["vote"], row["choice"]) for row in registers["vote_choices"])
    unclear = {row["vote"] for row in registers["vote_choices"] if row["choice"] not in CHOICES}  # refused already
    lines = citations(registers)
    rows = []
    for row in register:
        announced = {choice: row.number(f"announced_{choice}") for choice in CHOICES}
        known = {choice: counted[row["id"], choice] for choice in CHOICES}
        for choice, number in announced.items() if row["id"] not in unclear else ():
            too_many = number is not None and known[choice] > number
            if too_many or (row["complete"] == "yes" and known[choice] != (number or 0)):
                reason = f"vote_choices.csv has {known[choice]} {choice!r} where {number or 0} are announced; correct one of the two"
                problems.add(register.path, row.line, reason, row["id"])
        if row["complete"] != "yes" and not row["note"]:
            problems.add(register.path, row.line, "is not complete; note must say what is missing", row["id"])
        rows.append({
            "id": row["id"], "body": row["body"], "organisation_id": row.get("organisation"), "held_on": row["held_on"],
            "question": row["question"], "moved_by": row.get("moved_by"), "choice_for_kosovo": row["choice_for_kosovo"],
            "result": row["result"], **{f"announced_{choice}": number for choice, number in announced.items()},
            "adopted": int(row["adopted"] == "yes"), "complete": int(row["complete"] == "yes"),
            "choices_told_by": row.get("choices_told_by"), "record_id": row["record"], "citation": lines.get(row["record"]), "note": row.get("note"),
        })  # fmt: skip
    return rows


def choice_rows(registers: Registers) -> list[dict[str, Any]]:
    """Rows of table `vote_choices`."""
    return [
        {
            "vote_id": row["vote"], "country_id": row["country"], "choice": row["choice"], "record_id": row["record"],
            "note": row.get("note"),
        }
        for row in registers["vote_choices"]
    ]  # fmt: skip


def member_rows(registers: Registers, problems: Problems) -> list[dict[str, Any]]:
    """Rows of table `vote_members`; a vote in which states chose has none."""
    register, of_states = registers["vote_members"], set(registers["vote_choices"].column("vote"))
    announced = {row["id"]: row for row in registers["votes"]}
    known: Counter[tuple[str, str]] = Counter()
    for row in register:
        known.update({(row["vote"], how): row.number(f"members_{how}") or 0 for how in MEMBERS})
    for (vote, how), number in known.items():
        said = announced[vote].number(f"announced_{MEMBERS[how]}") if vote in announced else None
        if said and number > said:
            reason = (
                f"members from all countries are {number}, and more than the announced {said}; correct one of the two"
            )
            problems.add(register.path, 0, reason, f"{vote}, members_{how}")
    for row in register:
        if row["vote"] in of_states:
            problems.add(
                register.path,
                row.line,
                "states chose in this vote (vote_choices.csv), not members of a parliament; delete the row",
                row["vote"],
            )
    return [
        {
            "vote_id": row["vote"], "country_id": row["country"],
            **{f"members_{how}": row.number(f"members_{how}") for how in MEMBERS},
            "record_id": row["record"], "note": row.get("note"),
        }
        for row in register
    ]  # fmt: skip

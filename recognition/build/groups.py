"""Resolves the members of organisations and groups that the article does not have, of regions, and who else takes part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from recognition.vocabulary import UN

from .problems import Problems
from .reading import Row
from .records import citations
from .registers import Registers

GENERAL_KNOWLEDGE = "general knowledge"  # what stands in place of a document where there is none
AREAS = ("region", "subregion", "intermediate_region")  # columns of m49.csv


class Membership(NamedTuple):
    """A row of table `memberships`."""

    organisation_id: str
    country_id: str
    period: int = 1
    role: str = "member"
    basis: str = "register"
    marker: str | None = None
    since: str | None = None
    until: str | None = None
    record_id: str | None = None
    general_knowledge: str | None = None
    citation: str | None = None
    note: str | None = None
    passage_id: str | None = None


def resolve_group_members(registers: Registers, problems: Problems) -> list[Membership]:
    """Returns the members that group_members.csv has, each time of a member as a row, numbered from 1 as `period`.

    Two times of one member that overlap are a problem, and so is a member of an organisation that the article has.
    """
    register, lines = registers["group_members"], citations(registers)
    found: list[Membership] = []
    last: Row | None = None
    for row in sorted(register, key=lambda row: (row["organisation"], row["country"], row["since"])):
        organisation = registers.organisations.get(row["organisation"])
        if organisation and (organisation["in_article"] or organisation["member_kinds"] or organisation["area"]):
            reason = "members of an organisation of the article are in its list, those of a region or a group by kind follow; delete the row"
            problems.add(register.path, row.line, reason, row["organisation"])
        again = last is not None and (last["organisation"], last["country"]) == (row["organisation"], row["country"])
        if again and last is not None and not (last["until"] and last["until"] < row["since"]):
            problems.add(
                register.path,
                row.line,
                f"is a member already, by line {last.line}; correct the days of one, or delete it",
                row["country"],
            )
        found.append(
            Membership(
                row["organisation"], row["country"], found[-1].period + 1 if again else 1,
                basis="record" if row["record"] else GENERAL_KNOWLEDGE,
                since=row.get("since"), until=row.get("until"), note=row.get("note"), **resting_on(row, lines),
            )
        )  # fmt: skip
        last = row
    return found


def members_of_areas(members: Iterable[Membership], registers: Registers) -> Iterator[Membership]:
    """Yields the members of each region: of all `members` those of the United Nations, in areas of M49, for the same time."""
    regions = [row for row in registers["organisations"] if row["area"]]
    if not regions:
        return  # m49.csv may be missing then
    areas = {row["iso3"]: {row[column] for column in AREAS} for row in registers["m49"]}
    for member in members:
        if member.organisation_id == UN:
            within = areas.get(registers.countries[member.country_id]["iso3"], set())
            for region in regions:
                if region["area"] in within:
                    yield Membership(region["id"], member.country_id, since=member.since, until=member.until)


def resolve_participations(registers: Registers) -> Iterator[dict[str, Any]]:
    """Yields the rows of table `participations`."""
    lines = citations(registers)
    for row in registers["participations"]:
        yield {
            "organisation_id": row["organisation"], "country_id": row["country"], "role": row["role"],
            "since": row.get("since"), "until": row.get("until"), "note": row.get("note"), **resting_on(row, lines),
        }  # fmt: skip


def resting_on(row: Row, lines: dict[str, str]) -> dict[str, Any]:
    """What a row rests on, by column: its document, in words too, or general knowledge. `lines` has documents by id."""
    return {
        "record_id": row.get("record"),
        "general_knowledge": row.get("general_knowledge"),
        "citation": lines.get(row["record"], GENERAL_KNOWLEDGE),
    }

"""Resolves the organisations, who their members are and since when, and the counts that the article states for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .events import PRECISION
from .groups import Membership, members_of_areas, resolve_group_members, resting_on
from .passages import Article, MemberList
from .positions import Position
from .problems import Problems
from .quotes import Quotes
from .records import citations
from .registers import Registers

SEPARATOR = " · "


def resolve_organisations(
    quotes: Quotes, positions: list[Position], registers: Registers, problems: Problems
) -> list[dict[str, Any]]:
    """Returns the rows of table `organisations`, with its position and the article's words for the subject's membership."""
    statement = {position.organisation_id: position for position in positions if position.organisation_id}
    names: dict[str, list[str]] = {}
    for name in resolve_organisation_names(registers):
        names.setdefault(name["organisation_id"], []).append(name["name"])
    rows = []
    for number, row in enumerate(registers["organisations"], 1):
        position = statement.get(row["id"])
        quote = row["kosovo_quote"]
        register = registers["organisations"]
        if quote and position:
            quotes.find(quote, position.passage_id, register.path, row.line, problems, "kosovo_quote")
        elif quote and not row["article_row"]:
            problems.add(
                register.path, row.line, "kosovo_quote needs a row of the article's table, in article_row", quote
            )
        rows.append({
            "id": row["id"],
            "number": number,
            "name": row["name"],
            "name_in_sentence": f"the {row['name']}" if row["with_the"] else row["name"],
            "abbreviation": row.get("abbreviation"),
            "kind": row["kind"],
            "heading": row["heading"],
            "in_article": int(row["in_article"] == "yes"),
            "area": row.get("area"),
            "names": SEPARATOR.join(names[row["id"]]),
            "kosovo_membership": row["kosovo_membership"],
            "kosovo_since": row.get("kosovo_since"),
            "kosovo_quote": row.get("kosovo_quote"),
            "position": position.text if position else None,
            "note": row.get("note"),
        })  # fmt: skip
    return rows


def resolve_organisation_names(registers: Registers) -> list[dict[str, Any]]:
    """Returns the rows of table `organisation_names`: the name shown, the abbreviation, and every other name that is known."""
    named = [(row["id"], row["name"], "main") for row in registers["organisations"]]
    named += [
        (row["id"], row["abbreviation"], "abbreviation") for row in registers["organisations"] if row["abbreviation"]
    ]
    named += [(row["organisation"], row["name"], row["kind"]) for row in registers["organisation_names"]]
    return [dict(zip(("organisation_id", "name", "kind"), values)) for values in named]


def resolve_memberships(article: Article, registers: Registers, problems: Problems) -> list[Membership]:
    """Returns the rows of table `memberships`, by its key.

    They are the article's lists, members by kind of country, dated changes of both, members of other organisations, regions.
    """
    memberships: dict[tuple[str, str], Membership] = {}
    for listing in article.member_lists:
        for row in listed_members(listing, article, registers, problems):
            key = row[:2]
            if key in memberships:
                problems.add(
                    article.text.path,
                    listing.line,
                    f"{key[1]!r} is listed twice as a member of {key[0]!r}; take one out",
                )
            memberships[key] = row
    for organisation in registers["organisations"]:
        kinds = set(organisation["member_kinds"].split("|")) - {""}
        for country in registers["countries"] if kinds else ():
            if country["kind"] in kinds:
                row = Membership(organisation["id"], country["id"])
                memberships[row[:2]] = row
    for change in registers["membership_changes"]:
        key = change["organisation"], change["country"]
        row = memberships.get(key) or Membership(*key, basis="record")
        memberships[key] = row._replace(
            since=change.get("joined"),
            until=change.get("left"),
            citation=change.get("citation"),
            note=change.get("note"),
        )
    found = [*memberships.values(), *resolve_group_members(registers, problems)]
    return sorted([*found, *members_of_areas(found, registers)], key=lambda row: row[:3])


def listed_members(
    listing: MemberList, article: Article, registers: Registers, problems: Problems
) -> Iterator[Membership]:
    """Yields the members of one of the article's lists; adds a problem for an unknown name, mark or list."""
    lists = [
        row for row in registers["member_lists"]
        if row["article_row"] == str(listing.article_row) and row["members"] == "listed"
    ]  # fmt: skip
    path = article.text.path
    if len(lists) != 1:
        reason = (
            f"member_lists.csv must say once whose members row {listing.article_row} lists, and does {len(lists)} times"
        )
        problems.add(path, listing.line, reason)
        return
    marks = {row["mark"] for row in registers["marks"]}
    organisation, role, passage = lists[0]["organisation"], lists[0]["role"], listing.passage.id
    for name, mark in listing.members:
        country = registers.country_names.owner(name)
        if country is None:
            reason = "member is not in the registers of names; add the name to country_names.csv"
            problems.add(path, listing.line, reason, name, ("name", name))
        elif mark is not None and mark not in marks:
            reason = f"mark {mark!r} has no meaning in marks.csv; add its row"
            problems.add(path, listing.line, reason, f"{name} {mark}", ("marks", mark))
        else:
            yield Membership(organisation, country, role=role, basis="article", marker=mark, passage_id=passage)


def resolve_suspensions(registers: Registers, problems: Problems) -> list[dict[str, object]]:
    """Rows of table `suspensions`; one that ends before it begins is a problem."""
    register = registers["suspensions"]
    lines = citations(registers)
    for row in register:
        if row["until"] and row["until"] <= row["since"]:
            problems.add(register.path, row.line, "until must be later than since", row["until"])
        dates = {PRECISION.get(len(row[column])) for column in ("since", "until")}
        if row["precision"] and row["precision"] not in dates:
            problems.add(register.path, row.line, "precision must be that of since or until", row["precision"])
    return [
        {
            "organisation_id": row["organisation"], "country_id": row["country"], "since": row["since"], "until": row.get("until"),
            "kind": row["kind"], "precision": row["precision"], "note": row.get("note"), **resting_on(row, lines),
        }
        for row in register
    ]  # fmt: skip

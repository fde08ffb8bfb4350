"""Resolves the countries: names, flags, where the article mentions them, and their status in the article's tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from .organisations import SEPARATOR, Membership
from .passages import Article
from .positions import Position
from .problems import Problems
from .reading import Row
from .registers import Registers
from .statuses import resolve_statuses

as_json = json.JSONEncoder(ensure_ascii=False).encode
REGIONAL_INDICATOR_A = 0x1F1E6
MENTIONING = {"paragraph", "statement", "image"}  # kinds of passages that are sentences


class CountryName(NamedTuple):
    """A row of table `country_names`."""

    country_id: str
    name: str
    kind: str
    language: str | None = None


def resolve_country_names(registers: Registers) -> list[CountryName]:
    """Rows of table `country_names`, by its key: the name shown for each country, and every other that is known."""
    named = [CountryName(row["id"], row["name"], "main") for row in registers["countries"]]
    named += [CountryName(row["country"], row["name"], row["kind"]) for row in registers["country_names"]]
    named += [CountryName(row["country"], row["name"], "local", row["language"]) for row in registers["local_names"]]
    return sorted(named)


def resolve_countries(
    recognitions: list[dict], positions: list[Position], memberships: list[Membership], events: list[dict],
    registers: Registers,
) -> Iterator[dict]:  # fmt: skip
    """Rows of table `countries`, each with the last status that rule 'article' gives it."""
    status = {row.country_id: row.status for row in resolve_statuses(events, registers, "article")}
    recognition = {row["country_id"]: row for row in recognitions}
    statement = {row.country_id: row.text for row in positions if row.country_id}
    organisation_names = {
        row["id"]: row["name"] for row in registers["organisations"] if row["kind"] != "group"
    }  # fmt: skip
    organisations: dict[str, tuple[str, ...]] = {}
    for row in memberships:
        if row.until is None and row.organisation_id in organisation_names:
            known = organisations.get(row.country_id, ())
            organisations[row.country_id] = (*known, organisation_names[row.organisation_id])
    names_of: dict[str, list[Row]] = defaultdict(list)
    for row in registers["country_names"]:
        names_of[row["country"]].append(row)
    numbered = [*enumerate(registers["countries"], 1)]
    # a territory after the state that represents it
    for number, row in sorted(numbered, key=lambda numbered: bool(numbered[1]["represented_by"])):
        id_ = row["id"]
        standing = recognition.get(row["represented_by"] or id_)
        other_names = sorted((name["kind"], name["name"]) for name in names_of.get(id_, ()))
        yield {
            "id": id_,
            "number": number,
            "name": row["name"],
            "name_in_sentence": f"the {row['name']}" if row["with_the"] == "yes" else row["name"],
            "iso2": row.get("iso2"),
            "iso3": row.get("iso3"),
            "flag": "".join(chr(REGIONAL_INDICATOR_A + ord(letter) - ord("A")) for letter in row["iso2"]) or None,
            "kind": row["kind"],
            "region": row["region"],
            "subregion": row["subregion"],
            "un_member": int(row["kind"] == "UN member"),
            "status": status.get(id_),
            "recognised_on": standing["recognised_on"] if standing else None,
            "withdrawn_on": standing["withdrawn_on"] if standing else None,
            "represented_by": row.get("represented_by"),
            "organisations": as_json(sorted(organisations.get(id_, ()))),
            "position": statement.get(id_),
            "names": SEPARATOR.join([row["name"], *(name for _, name in other_names)]),
            "note": row.get("note"),
        }  # fmt: skip


def check_lists(
    recognitions: list[dict], positions: list[Position], registers: Registers, problems: Problems, complete: bool
) -> None:
    """Add a problem for a country that stands in two of the article's lists, and for one that is in none.

    Only territories and the subject need no list. A country can be missing only where the lists are `complete`, that is, were parsed whole.
    """
    lists: dict[str, tuple[str, ...]] = {}
    standing = [(row["country_id"], row["list"]) for row in recognitions]
    for country, list_ in chain(standing, ((row.country_id, row.list) for row in positions if row.country_id)):
        lists[country] = (*lists.get(country, ()), list_)
    register = registers["countries"]
    for row in register:
        found = lists.get(row["id"], ())
        if len(found) > 1:
            problems.add(register.path, row.line, f"country stands in the lists {' and '.join(found)}", row["name"])
        elif complete and not found and row["kind"] not in {"territory", "subject"}:
            problems.add(register.path, row.line, f"{row['kind']} is in none of the article's lists", row["name"])


def resolve_mentions(article: Article, registers: Registers) -> Iterator[dict]:
    """Rows of table `mentions`: the countries that each sentence of the article names, the subject left out."""
    mentions: dict[tuple[str, int], list] = {}
    subjects = {row["id"] for row in registers["countries"] if row["kind"] == "subject"}
    for passage in article.passages:
        if passage.kind not in MENTIONING:
            continue
        for found in registers.country_names.find(passage.text):
            if found.owner not in subjects:
                mentions.setdefault((found.owner, passage.id), [found.name, 0])[1] += 1
    for country, passage_id in sorted(mentions):
        named_as, times = mentions[country, passage_id]
        yield {"country_id": country, "passage_id": passage_id, "named_as": named_as, "times": times}

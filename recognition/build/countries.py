"""Resolves the countries: names, flags, where the article mentions them, and their last status."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, groupby
from typing import Any, NamedTuple

from recognition.dates import folded
from recognition.vocabulary import ARTICLE, GROUP, RECOGNISES, REGION, SUBJECT, TERRITORY, UN_MEMBER, WITHDREW

from .groups import Membership
from .organisations import SEPARATOR
from .passages import Article
from .positions import Position
from .problems import Problems
from .reading import Row
from .registers import Registers
from .statuses import Interval, resolve_statuses

as_json = json.JSONEncoder(ensure_ascii=False).encode
REGIONAL_INDICATOR_A = 0x1F1E6
MENTIONING = {"paragraph", "statement", "image"}  # kinds of passages that are sentences


class CountryName(NamedTuple):
    """A row of table `country_names`."""

    country_id: str
    name: str
    kind: str
    language: str | None
    source_id: str


# Registers of names, by their place among the sources: a name that several have is of the first.
NAMES = (
    ("country_names", "country-names"), ("local_names", "local-names"), ("everyday_names", "everyday-names"),
    ("iso_names", "iso-names"), ("capitals", "capitals"), ("nationalities", "nationalities"), ("olympic_codes", "olympic-codes"),
)  # fmt: skip


def resolve_country_names(registers: Registers) -> list[CountryName]:
    """Returns the rows of table `country_names`, by its key: each country's name as shown, and every other known name."""
    named = [CountryName(row["id"], row["name"], "main", None, "countries") for row in registers["countries"]]
    named += [
        CountryName(row["country"], row["name"], optional(row, "kind") or "local", optional(row, "language"), source)
        for register, source in NAMES
        for row in registers[register]
    ]
    named += numbers(registers)
    first: dict[tuple[str, str], CountryName] = {}
    for name in named:
        first.setdefault((name.country_id, name.name), name)
    return sorted(first.values())


def optional(row: Row, column: str) -> str | None:
    """The cell of a column that not every register of names has; None where it is empty or missing."""
    return row.get(column) if column in row.columns else None


def numbers(registers: Registers) -> Iterator[CountryName]:
    """Yields the numbers of the M49 standard, where the build knows it."""
    by_code = {row["iso3"]: row["m49"] for row in registers["m49"]} if "m49" in registers.tables else {}
    for row in registers["countries"]:
        if row["iso3"] in by_code:
            yield CountryName(row["id"], by_code[row["iso3"]], "number", None, "m49")


class Standing(NamedTuple):
    """The last status of a country under a rule, and the ISO days of the acts behind it."""

    status: str | None = None
    recognised_on: str | None = None
    withdrawn_on: str | None = None


def last_standing(intervals: list[Interval]) -> Standing:
    """Returns the standing to which a country's intervals under one rule lead.

    A state that recognises does so since the first day of its last interval. One that withdrew, or whose recognition is
    contested, recognised on the first day on which it ever did; a withdrawal counts from the first day of its interval.
    """
    last = intervals[-1]
    if last.status == RECOGNISES:
        return Standing(last.status, last.since)
    recognised_on = next((interval.since for interval in intervals if interval.status == RECOGNISES), None)
    return Standing(last.status, recognised_on, last.since if last.status == WITHDREW else None)


def standings(events: list[dict[str, Any]], registers: Registers, rule: str) -> dict[str, Standing]:
    """Returns the standing of every country under a rule, by its id; the subject is not among them."""
    by_country = groupby(resolve_statuses(events, registers, rule), lambda interval: interval.country_id)
    return {country: last_standing(list(intervals)) for country, intervals in by_country}


def resolve_countries(
    recognitions: list[dict[str, Any]], positions: list[Position], memberships: list[Membership],
    events: list[dict[str, Any]], registers: Registers,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yields the rows of table `countries`, with their standing under the default rule and in the article's tables."""
    by_default = standings(events, registers, registers.subject["default_rule"])
    in_article = standings(events, registers, ARTICLE)
    recognition = {row["country_id"]: row for row in recognitions}
    statement = {row.country_id: row.text for row in positions if row.country_id}
    organisation_names = {
        row["id"]: row["name"] for row in registers["organisations"] if row["kind"] not in {GROUP, REGION}
    }
    organisations: dict[str, tuple[str, ...]] = {}
    for membership in memberships:
        if membership.until is None and membership.organisation_id in organisation_names:
            known = organisations.get(membership.country_id, ())
            organisations[membership.country_id] = (*known, organisation_names[membership.organisation_id])
    names_of: dict[str, list[Row]] = defaultdict(list)
    for row in registers["country_names"]:
        names_of[row["country"]].append(row)
    numbered = [*enumerate(registers["countries"], 1)]
    # a territory after the state that represents it
    for number, row in sorted(numbered, key=lambda numbered: bool(numbered[1]["represented_by"])):
        id_ = row["id"]
        standing = by_default.get(id_, Standing())
        listed = recognition.get(row["represented_by"] or id_)
        other_names = sorted((name["kind"], name["name"]) for name in names_of.get(id_, ()))
        yield {
            "id": id_,
            "number": number,
            "name": row["name"],
            "sort_name": folded(row["name"]),
            "name_in_sentence": f"the {row['name']}" if row["with_the"] else row["name"],
            "iso2": row.get("iso2"),
            "iso3": row.get("iso3"),
            "flag": "".join(chr(REGIONAL_INDICATOR_A + ord(letter) - ord("A")) for letter in row["iso2"]) or None,
            "kind": row["kind"],
            "region": row["region"],
            "subregion": row["subregion"],
            "un_member": int(row["kind"] == UN_MEMBER),
            "status": standing.status,
            "recognised_on": standing.recognised_on,
            "withdrawn_on": standing.withdrawn_on,
            "status_in_article": in_article.get(id_, Standing()).status,
            "recognised_on_in_article": listed["recognised_on"] if listed else None,
            "withdrawn_on_in_article": listed["withdrawn_on"] if listed else None,
            "represented_by": row.get("represented_by"),
            "organisations": as_json(sorted(organisations.get(id_, ()))),
            "position": statement.get(id_),
            "names": SEPARATOR.join([row["name"], *(name for _, name in other_names)]),
            "note": row.get("note"),
        }  # fmt: skip


def check_lists(
    recognitions: list[dict[str, Any]], positions: list[Position], registers: Registers, problems: Problems,
    complete: bool,
) -> None:  # fmt: skip
    """Adds a problem for a country that is in two of the article's lists, and for one that is in none.

    Territories and the subject need no list. A country can be missing only where the lists are `complete`, that is,
    were parsed whole.
    """
    lists: dict[str, tuple[str, ...]] = {}
    listed = [(row["country_id"], row["list"]) for row in recognitions]
    for country, list_ in chain(listed, ((row.country_id, row.list) for row in positions if row.country_id)):
        lists[country] = (*lists.get(country, ()), list_)
    register = registers["countries"]
    for row in register:
        found = lists.get(row["id"], ())
        if len(found) > 1:
            problems.add(
                register.path,
                row.line,
                f"country is in the lists {' and '.join(found)}; correct the row that names it wrongly",
                row["name"],
            )
        elif complete and not found and row["kind"] not in {TERRITORY, SUBJECT}:
            problems.add(
                register.path,
                row.line,
                f"{row['kind']} is in none of the article's lists; correct the row that names another, or kind",
                row["name"],
            )


def resolve_mentions(article: Article, registers: Registers) -> Iterator[dict[str, Any]]:
    """Yields the rows of table `mentions`: the countries that each sentence of the article names, without the subject."""
    mentions: dict[tuple[str, str], tuple[str, int]] = {}
    subject = registers.subject["country"]
    for passage in article.passages:
        if passage.kind not in MENTIONING:
            continue
        for found in registers.country_names.find(passage.text):
            if found.owner != subject:
                named_as, times = mentions.get((found.owner, passage.id), (found.name, 0))
                mentions[found.owner, passage.id] = named_as, times + 1
    for country, passage_id in sorted(mentions):
        named_as, times = mentions[country, passage_id]
        yield {"country_id": country, "passage_id": passage_id, "named_as": named_as, "times": times}

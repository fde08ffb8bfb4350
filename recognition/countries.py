"""Resolves the countries: names, flags, where the article mentions them, and their status in the article's tables."""

from __future__ import annotations

import json
from collections import defaultdict

from .article import Article
from .organisations import SEPARATOR
from .problems import Problems
from .registers import Registers

REGIONAL_INDICATOR_A = 0x1F1E6
MENTIONING = {"paragraph", "statement", "image"}  # kinds of passages that are sentences


def resolve_country_names(registers: Registers) -> list[dict]:
    """Rows of table `country_names`: the name shown for each country, and every other that is known."""
    named = [(row["id"], row["name"], "main", None) for row in registers["countries"]]
    named += [(row["country"], row["name"], row["kind"], None) for row in registers["country_names"]]
    named += [(row["country"], row["name"], "local", row["language"]) for row in registers["local_names"]]
    rows = [dict(zip(("country_id", "name", "kind", "language"), values)) for values in named]
    return sorted(rows, key=lambda row: (row["country_id"], row["kind"] != "main", row["kind"], row["name"]))


def resolve_countries(
    article: Article, recognitions: list[dict], positions: list[dict], memberships: list[dict], names: list[dict],
    statuses: list[dict], registers: Registers, problems: Problems,
) -> list[dict]:  # fmt: skip
    """Rows of table `countries`, each with the last status that rule 'article' gives it."""
    status = {row["country_id"]: row["status"] for row in statuses if row["rule_id"] == "article"}
    recognition = {row["country_id"]: row for row in recognitions}
    statement = {row["country_id"]: row["text"] for row in positions if row["country_id"]}
    organisation_names = {
        row["id"]: row["name"] for row in registers["organisations"] if row["kind"] != "group"
    }  # fmt: skip
    organisations: dict[str, list[str]] = defaultdict(list)
    for row in memberships:
        if row["until"] is None and row["organisation_id"] in organisation_names:
            organisations[row["country_id"]].append(organisation_names[row["organisation_id"]])
    names_of: dict[str, list[str]] = defaultdict(list)
    for row in (row for row in names if row["kind"] != "local"):
        names_of[row["country_id"]].append(row["name"])
    check_lists(recognitions, positions, registers, problems, complete=not article.damaged)
    rows = []
    for number, row in enumerate(registers["countries"], 1):
        standing = recognition.get(row["represented_by"] or row["id"])
        rows.append({
            "id": row["id"],
            "number": number,
            "name": row["name"],
            "iso2": row.get("iso2"),
            "iso3": row.get("iso3"),
            "flag": "".join(chr(REGIONAL_INDICATOR_A + ord(letter) - ord("A")) for letter in row["iso2"]) or None,
            "kind": row["kind"],
            "region": row["region"],
            "subregion": row["subregion"],
            "un_member": int(row["kind"] == "UN member"),
            "status": status.get(row["id"]),
            "recognised_on": standing["recognised_on"] if standing else None,
            "withdrawn_on": standing["withdrawn_on"] if standing else None,
            "represented_by": row.get("represented_by"),
            "organisations": json.dumps(sorted(organisations[row["id"]]), ensure_ascii=False),
            "position": statement.get(row["id"]),
            "names": SEPARATOR.join(names_of[row["id"]]),
            "note": row.get("note"),
        })  # fmt: skip
    return rows


def check_lists(
    recognitions: list[dict], positions: list[dict], registers: Registers, problems: Problems, complete: bool
) -> None:
    """Add a problem for a country that stands in two of the article's lists, and for one that is in none.

    Only territories and the subject need no list. A country can be missing only where the lists are `complete`, that is, were parsed whole.
    """
    lists: dict[str, list[str]] = defaultdict(list)
    for row in recognitions + [row for row in positions if row["country_id"]]:
        lists[row["country_id"]].append(row["list"])
    register = registers["countries"]
    for row in register:
        found = lists[row["id"]]
        if len(found) > 1:
            problems.add(register.path, row.line, f"country stands in the lists {' and '.join(found)}", row["name"])
        elif complete and not found and row["kind"] not in {"territory", "subject"}:
            problems.add(register.path, row.line, f"{row['kind']} is in none of the article's lists", row["name"])


def resolve_mentions(article: Article, registers: Registers) -> list[dict]:
    """Rows of table `mentions`: the countries that each sentence of the article names, the subject left out."""
    mentions: dict[tuple[str, int], dict] = {}
    for passage in article.passages:
        if passage.kind not in MENTIONING:
            continue
        for found in registers.country_names.find(passage.text):
            if registers.countries[found.owner]["kind"] == "subject":
                continue
            row = mentions.setdefault(
                (found.owner, passage.id),
                {"country_id": found.owner, "passage_id": passage.id, "named_as": found.name, "times": 0},
            )
            row["times"] += 1
    return [mentions[key] for key in sorted(mentions)]

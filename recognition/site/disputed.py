"""How many of the states that recognise are disputed, and by whom: for the sentence under the number of the front page."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from datasette.app import Datasette

from recognition.vocabulary import (
    RECOGNITION_CONFIRMED,
    RETOLD,
    STANCE_UNCLEAR,
    WITHDRAWAL,
    WITHDRAWAL_CLAIMS,
    WITHDRAWAL_DENIED,
    WITHDRAWAL_REVERSED,
)

from .database import Row
from .last_words import claims_by_country

REPORTED = (WITHDRAWAL, *WITHDRAWAL_CLAIMS)
DENIALS = (WITHDRAWAL_DENIED, WITHDRAWAL_REVERSED, RECOGNITION_CONFIRMED)
THEMSELVES = "themselves"


async def disputed(datasette: Datasette, recognising: Collection[str], as_of: str) -> Row:
    """Of the countries `recognising`, how many somebody said had withdrawn, and of how many more the stance is called unclear.

    Keys: reported and unclear, numbers, and denied, of how many of those reported somebody denies it; reported_by, denied_by
    and unclear_by, who said so, in words: each of these states has a claim by one of them ('Utopia or themselves').
    """
    claims = {
        country: made for country, made in (await claims_by_country(datasette, as_of)).items() if country in recognising
    }
    reported = claimants(claims, REPORTED)
    denied = claimants({country: claims[country] for country in reported}, DENIALS)
    unclear = claimants(
        {country: made for country, made in claims.items() if country not in reported}, (STANCE_UNCLEAR,)
    )
    return {
        "reported": len(reported), "reported_by": either(who_says_it(reported)),
        "denied": len(denied), "denied_by": either(who_says_it(denied)),
        "unclear": len(unclear), "unclear_by": either(who_says_it(unclear)),
    }  # fmt: skip


def claimants(claims: Mapping[str, list[Row]], kinds: Collection[str]) -> dict[str, set[str]]:
    """By country with a claim of these kinds, who makes them: names as in a sentence, THEMSELVES for the country itself."""
    found: dict[str, set[str]] = {}
    for country, made in claims.items():
        for claim in made:
            if claim["kind"] in kinds:
                found.setdefault(country, set()).add(
                    THEMSELVES if claim["by_itself"] else claim["claimant_in_sentence"]
                )
    return found


def who_says_it(claimants_of: Mapping[str, set[str]]) -> list[str]:
    """The fewest claimants of whom each country has one, as far as taking the most frequent first finds them.

    What is only retold comes in where nobody else says it.
    """
    left, found = {country: set(names) for country, names in claimants_of.items()}, []
    while left:
        counted = {name: sum(name in names for names in left.values()) for names in left.values() for name in names}
        best = max(counted, key=lambda name: (name not in RETOLD, counted[name], name))
        found.append(best)
        left = {country: names for country, names in left.items() if best not in names}
    return sorted(found, key=lambda name: name == THEMSELVES)


def either(names: list[str]) -> str:
    """'Utopia', 'Utopia or themselves', 'Utopia, Arcadia or themselves'; '' for none."""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

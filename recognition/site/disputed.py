"""How many of the states that recognise are disputed, and by whom: for the sentence under the number of the front page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from datasette.app import Datasette

from recognition.sentences import capitalised
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
DENIALS = (WITHDRAWAL_DENIED, RECOGNITION_CONFIRMED)
THEMSELVES = "themselves"


async def disputed(
    datasette: Datasette, recognising: Collection[str], as_of: str, subject: str, known_until: str
) -> Row:
    """Of the countries `recognising`, how many somebody said had withdrawn, and of how many more the stance is called unclear.

    Keys: `reported` and `unclear`, numbers; `reported_by` and `unclear_by`, who said so, in words: each of these states has a
    claim by one of them; `answered`, what was said since of those reported, as a sentence without its full stop, '' where
    nobody said anything: how many the `subject`, a name, denied, how many denied it themselves, how many took it back. What
    has no day counts from `known_until`, the ISO day until which it was found.
    """
    claims = {
        country: made for country, made in (await claims_by_country(datasette, as_of)).items() if country in recognising
    }
    reported = claimants(claims, REPORTED)
    unclear = claimants(
        {country: made for country, made in claims.items() if country not in reported}, (STANCE_UNCLEAR,)
    )
    since = [answers_since(claims[country], with_undated=as_of >= known_until) for country in reported]
    return {
        "reported": len(reported), "reported_by": by_whom(reported), "answered": answers_in_words(since, subject),
        "unclear": len(unclear), "unclear_by": by_whom(unclear),
    }  # fmt: skip


class Answers(NamedTuple):
    """The claims on one country from the first report that it withdrew."""

    claims: list[Row]

    @property
    def taken_back(self) -> bool:
        """Whether the country took the withdrawal back."""
        return any(claim["kind"] == WITHDRAWAL_REVERSED and claim["by_itself"] for claim in self.claims)

    @property
    def denied_by_itself(self) -> bool:
        """Whether the country denied the withdrawal, and did not take it back: who takes it back has withdrawn."""
        return not self.taken_back and any(claim["kind"] in DENIALS and claim["by_itself"] for claim in self.claims)

    def denied_by(self, claimant: str) -> bool:
        """Whether somebody else, by his name, denied the withdrawal."""
        return any(claim["kind"] == WITHDRAWAL_DENIED and claim["claimant"] == claimant for claim in self.claims)


def answers_since(claims: list[Row], with_undated: bool) -> Answers:
    """The claims on one country that may have been made since the first report that it withdrew."""
    first = min((claim["not_before"] or "" for claim in claims if claim["kind"] in REPORTED), default="")
    return Answers(
        [claim for claim in claims if (claim["not_before"] or "") >= first and (with_undated or claim["date"])]
    )


def answers_in_words(since: list[Answers], subject: str) -> str:
    """'Utopia denied 2 of these withdrawals, and 1 state denied its own': how many states have each kind of answer."""
    denied = sum(one.denied_by(subject) for one in since)
    alone = sum(one.denied_by_itself for one in since)
    back = sum(one.taken_back for one in since)
    if len(since) == 1:
        told = {f"{subject} denied it": denied, "the state itself denied it": alone, "the state took it back": back}
    else:
        told = {
            f"{subject} denied {denied} of these withdrawals": denied,
            "1 state denied its own" if alone == 1 else f"{alone} states denied their own": alone,
            "1 took its withdrawal back" if back == 1 else f"{back} took their withdrawals back": back,
        }
    return capitalised(joined([words for words, number in told.items() if number], ", and "))


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


def by_whom(claimants_of: Mapping[str, set[str]]) -> str:
    """'Utopia or the states themselves': the fewest claimants of whom each country has one; '' for no countries.

    They are as few as taking the most frequent first finds. What is only retold comes in where nobody else says it.
    """
    left, found = {country: set(names) for country, names in claimants_of.items()}, []
    while left:
        counted = {name: sum(name in names for names in left.values()) for names in left.values() for name in names}
        best = max(counted, key=lambda name: (name not in RETOLD, counted[name], name))
        found.append(best)
        left = {country: names for country, names in left.items() if best not in names}
    if THEMSELVES in found:
        found.remove(THEMSELVES)
        found.append("the state itself" if len(claimants_of) == 1 else "the states themselves")
    return joined(found, " or ")


def joined(words: list[str], last: str) -> str:
    """'a', 'a or b', 'a, b or c', where `last` is ' or '; '' for none."""
    return last.join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

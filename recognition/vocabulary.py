"""The words of the data that code must branch on.

Most words are only data: a kind of event that no code treats apart is a row of sources/event_kinds.csv and nothing
else. The words here are also written in code. The build looks for each of them in the database or in
sources/datapackage.json, so that a word that was renamed there is refused with a sentence.
"""

from __future__ import annotations

from typing import Final, Literal

Status = Literal["recognises", "contested", "withdrew", "does not recognise"]
RECOGNISES: Final = "recognises"
CONTESTED: Final = "contested"
WITHDREW: Final = "withdrew"
DOES_NOT_RECOGNISE: Final = "does not recognise"
STATUSES: Final[tuple[Status, ...]] = (RECOGNISES, CONTESTED, WITHDREW, DOES_NOT_RECOGNISE)  # as they are shown

RECOGNITION: Final = "recognition"
RECOGNITION_CLAIMED: Final = "recognition claimed"
RECOGNITION_CONFIRMED: Final = "recognition confirmed"
RECOGNITION_DENIED: Final = "recognition denied"
RECOGNITION_RETOLD: Final = "recognition retold"
WITHDRAWAL: Final = "withdrawal"
WITHDRAWAL_CLAIMED: Final = "withdrawal claimed"
WITHDRAWAL_REPORTED: Final = "withdrawal reported"
WITHDRAWAL_ANNOUNCED: Final = "withdrawal announced"
WITHDRAWAL_ADMITTED: Final = "withdrawal admitted"
# Somebody says, in one way or another, that a state withdrew.
WITHDRAWAL_CLAIMS: Final = (WITHDRAWAL_CLAIMED, WITHDRAWAL_REPORTED, WITHDRAWAL_ANNOUNCED, WITHDRAWAL_ADMITTED)
STANCE_UNCLEAR: Final = "stance called unclear"
STRUCK_OFF: Final = "struck off the claimant's list"
WITHDRAWAL_DENIED: Final = "withdrawal denied"
WITHDRAWAL_NOT_CONFIRMED: Final = "withdrawal not confirmed"
WITHDRAWAL_CONFIRMED: Final = "withdrawal confirmed"
WITHDRAWAL_REVERSED: Final = "withdrawal reversed"
CONTACT: Final = "contact"
POSITION: Final = "position"
NARRATIVE: Final = "narrative"

UN_MEMBER: Final = "UN member"
TERRITORY: Final = "territory"  # has the status of the state that represents it
SUBJECT: Final = "subject"  # has no status: it is what the others recognise
UN: Final = (
    "un"  # the organisation that is meant where none is named, and whose members a number of all states may mean
)
ALL_STATES: Final = "all-states"
GROUP: Final = "group"  # of organisations: is counted like an organisation and is none
REGION: Final = "region"  # of organisations: the UN members in a region of UN M49

# What a section of the article holds, and the lists that the rows of its table can be in.
LISTS_OF_CONTENT: Final[dict[str, tuple[str, ...]]] = {
    "prose": (), "contents": (), "recognitions": ("un", "non_un"), "withdrawals": ("withdrawn",),
    "statements": ("not_recognising", "other_groups"), "organisations": ("organisations",),
}  # fmt: skip

ARTICLE: Final = "article"  # the source that is the article, and the rule that counts what its tables print
UPDATES: Final = "updates"  # the source of events that are not in the article
REPORTS: Final = "reports"  # a claimant: nobody is named
# What the claimants that are no country or organisation are called in the database.
UNNAMED_REPORTS: Final = "unnamed reports"
THE_ARTICLE: Final = "the article"
RETOLD: Final = (UNNAMED_REPORTS, THE_ARTICLE)  # nobody is named who says so

# Those of the words that are rows of a table, by (table, column): recognition/build/check.py looks for them there.
IN_TABLES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("status_kinds", "status"): STATUSES,
    ("event_kinds", "kind"): (
        RECOGNITION, RECOGNITION_CLAIMED, RECOGNITION_CONFIRMED, RECOGNITION_DENIED, RECOGNITION_RETOLD, WITHDRAWAL,
        *WITHDRAWAL_CLAIMS, STANCE_UNCLEAR, STRUCK_OFF, WITHDRAWAL_DENIED, WITHDRAWAL_NOT_CONFIRMED, WITHDRAWAL_CONFIRMED,
        WITHDRAWAL_REVERSED, CONTACT, POSITION, NARRATIVE,
    ),
    ("rules", "id"): (ARTICLE,),
    ("organisations", "id"): (UN, ALL_STATES),
    ("sources", "id"): (ARTICLE, UPDATES),
}  # fmt: skip
# Those that are in the list of a column's words in sources/datapackage.json, by (register, column): registers.py.
IN_LISTS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("countries", "kind"): (UN_MEMBER, TERRITORY, SUBJECT),
    ("organisations", "kind"): (GROUP, REGION),
    ("outline", "content"): tuple(LISTS_OF_CONTENT),
    ("outline", "list"): tuple(list_ for lists in LISTS_OF_CONTENT.values() for list_ in lists),
}

# Kinds of names that lead to a country and are not what it is called: several countries may share one.
LEADING_NAMES: Final = ("nationality", "capital", "part", "code", "number")

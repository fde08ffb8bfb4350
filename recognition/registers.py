"""Reads every register of a sources folder into one bundle and refuses rows that contradict each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from .names import Names
from .problems import Problems
from .sources import Register, Row, read_register

# The columns of each file, in the order that its header must have. What the columns mean: sources/README.md
COLUMNS: dict[str, tuple[str, ...]] = {
    "sources": ("id", "file", "title", "publisher", "url", "licence", "written_after", "written_before", "note"),
    "outline": ("id", "title", "level", "content", "list"),
    "marks": ("mark", "meaning", "effect", "evidence"),
    "countries": ("id", "name", "iso2", "iso3", "kind", "region", "subregion", "represented_by", "note"),
    "country_names": ("country", "name", "kind"),
    "organisations": (
        "id", "name", "abbreviation", "kind", "article_row", "member_kinds",
        "kosovo_membership", "kosovo_since", "kosovo_quote", "note",
    ),
    "organisation_names": ("organisation", "name", "kind"),
    "member_lists": ("article_row", "label", "organisation", "role", "members"),
    "membership_changes": ("organisation", "country", "joined", "left", "citation", "note"),
    "restored_names": (
        "list", "ordinal", "printed_number", "recognised_on", "withdrawn_on", "country", "basis", "confidence",
        "other_recognised_on", "other_withdrawn_on", "date_evidence", "citation", "note",
    ),
    "themes": ("id", "title", "description"),
    "theme_phrases": ("theme", "phrase"),
    "oddities": ("id", "title", "outcome", "finding", "line", "quote"),
}  # fmt: skip

# Columns whose value must be one of a few words; '|' in a cell separates several of them.
VOCABULARY: dict[tuple[str, str], set[str]] = {
    ("outline", "content"): {"prose", "contents", "recognitions", "withdrawals", "statements", "organisations"},
    ("marks", "effect"): {"recognises", "represented"},
    ("countries", "kind"): {"UN member", "UN observer", "non-UN country", "territory", "other group", "subject"},
    ("country_names", "kind"): {"official", "short", "former", "alternative", "spelling", "adjective"},
    ("organisation_names", "kind"): {"official", "short", "former", "alternative", "spelling", "printed"},
    ("organisations", "kind"): {"organisation", "body", "group"},
    ("organisations", "member_kinds"): {"UN member", "UN observer", "non-UN country", "territory", "other group", ""},
    ("organisations", "kosovo_membership"): {"member", "seeks membership", "not a member", "not stated"},
    ("member_lists", "members"): {"listed", "register", "not named"},
    ("restored_names", "basis"): {"record", "order", "elimination"},
    ("restored_names", "confidence"): {"high", "medium", "low"},
    ("restored_names", "date_evidence"): {"exact", "near", "other event", "order only", "none"},
    ("oddities", "outcome"): {"agrees", "differs", "restored", "lost", "unusual"},
}

# Columns whose cells must differ from row to row.
UNIQUE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sources", ("id",)),
    ("outline", ("id",)),
    ("outline", ("title",)),
    ("marks", ("mark",)),
    ("countries", ("id",)),
    ("countries", ("iso2",)),
    ("countries", ("iso3",)),
    ("organisations", ("id",)),
    ("organisations", ("article_row",)),
    ("member_lists", ("article_row", "label")),
    ("membership_changes", ("organisation", "country")),
    ("restored_names", ("list", "ordinal")),
    ("restored_names", ("list", "country")),
    ("themes", ("id",)),
    ("theme_phrases", ("theme", "phrase")),
    ("oddities", ("id",)),
)

ISO_DATE_COLUMNS = (
    ("sources", "written_after"), ("sources", "written_before"),
    ("membership_changes", "joined"), ("membership_changes", "left"),
    ("restored_names", "recognised_on"), ("restored_names", "withdrawn_on"),
    ("restored_names", "other_recognised_on"), ("restored_names", "other_withdrawn_on"),
)  # fmt: skip
ISO_DATE = re.compile(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
WHOLE_NUMBER = re.compile(r"^\d{1,9}$")
WHOLE_NUMBER_COLUMNS = (
    ("outline", "level"), ("organisations", "article_row"), ("organisations", "kosovo_since"),
    ("member_lists", "article_row"), ("restored_names", "ordinal"), ("oddities", "line"),
)  # fmt: skip


@dataclass
class Registers:
    """The registers of one sources folder, and the names that they give to countries and organisations."""

    folder: Path
    tables: dict[str, Register]
    countries: dict[str, Row] = field(default_factory=dict)
    organisations: dict[str, Row] = field(default_factory=dict)
    country_names: Names = field(default_factory=Names)
    organisation_names: Names = field(default_factory=Names)

    def __getitem__(self, name: str) -> Register:
        return self.tables[name]


def read_registers(folder: Path, problems: Problems) -> Registers:
    """All registers of `folder`; what is wrong in them is added to `problems`."""
    registers = Registers(
        folder, {name: read_register(folder / f"{name}.csv", columns, problems) for name, columns in COLUMNS.items()}
    )
    check_cells(registers, problems)
    if any(not register.sha256 for register in registers.tables.values()):
        problems.refuse_if_any()  # without one of the registers all that follows would be wrong
    check_unique(registers, problems)
    registers.countries = {row["id"]: row for row in registers["countries"]}
    registers.organisations = {row["id"]: row for row in registers["organisations"]}
    check_references(registers, problems)
    collect_names(registers, problems)
    return registers


def check_cells(registers: Registers, problems: Problems) -> None:
    """Add a problem for each cell outside its vocabulary, and for each that should be a date or a number and is none."""
    for (name, column), words in VOCABULARY.items():
        for row in registers[name]:
            if not words.issuperset(row[column].split("|")):
                known = ", ".join(sorted(word for word in words if word))
                problems.add(registers[name].path, row.line, f"{column} must be one of: {known}", row[column])
    for columns, pattern, form in (
        (ISO_DATE_COLUMNS, ISO_DATE, "a date as YYYY-MM-DD"),
        (WHOLE_NUMBER_COLUMNS, WHOLE_NUMBER, "a whole number"),
    ):
        for name, column in columns:
            for row in registers[name]:
                if row[column] and not pattern.match(row[column]):
                    problems.add(registers[name].path, row.line, f"{column} must be {form}", row[column])


def check_unique(registers: Registers, problems: Problems) -> None:
    """Add a problem for each row that repeats what only one row may have; empty cells do not count."""
    for name, columns in UNIQUE:
        first_line: dict[tuple[str, ...], int] = {}
        for row in registers[name]:
            key = tuple(row[column] for column in columns)
            if all(key) and first_line.setdefault(key, row.line) != row.line:
                reason = f"{' and '.join(columns)} stand already on line {first_line[key]}"
                problems.add(registers[name].path, row.line, reason, " ".join(key))


def check_references(registers: Registers, problems: Problems) -> None:
    """Add a problem for each id that no other register has."""
    countries, organisations = set(registers.countries), set(registers.organisations)
    themes = {row["id"] for row in registers["themes"]}
    for name, column, known, where in (
        ("country_names", "country", countries, "countries.csv"),
        ("countries", "represented_by", countries | {""}, "countries.csv"),
        ("organisation_names", "organisation", organisations, "organisations.csv"),
        ("member_lists", "organisation", organisations, "organisations.csv"),
        ("membership_changes", "organisation", organisations, "organisations.csv"),
        ("membership_changes", "country", countries, "countries.csv"),
        ("theme_phrases", "theme", themes, "themes.csv"),
    ):
        for row in registers[name]:
            if row[column] not in known:
                problems.add(registers[name].path, row.line, f"{column} is not an id of {where}", row[column])


def collect_names(registers: Registers, problems: Problems) -> None:
    """Fill the two tables of names; a name that two owners claim is a problem."""
    owners = {*registers.countries, *registers.organisations}
    claims = [
        (registers.country_names, registers["countries"], "id", "name"),
        (registers.country_names, registers["country_names"], "country", "name"),
        (registers.organisation_names, registers["organisations"], "id", "name"),
        (registers.organisation_names, registers["organisations"], "id", "abbreviation"),
        (registers.organisation_names, registers["organisation_names"], "organisation", "name"),
    ]
    for names, register, owner, column in claims:
        for row in register:
            if not row[column]:
                if column == "name":
                    problems.add(register.path, row.line, "name is empty", row[owner])
                continue
            if row[owner] not in owners:
                continue  # check_references has said so
            other = names.add(row[column], row[owner])
            if other is not None:
                problems.add(register.path, row.line, f"the name belongs to {other!r} already", row[column])

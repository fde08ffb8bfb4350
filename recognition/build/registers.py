"""Reads every register of a sources folder into one bundle and refuses rows that contradict each other."""

from __future__ import annotations

import datetime
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from .names import Names
from .problems import Problems
from .reading import ARTICLE, WHOLE_NUMBER, Register, Row, read_register

# The columns of each file, in the order that its header must have. What the columns mean: sources/README.md
COLUMNS: dict[str, tuple[str, ...]] = {
    "sources": ("id", "file", "title", "publisher", "url", "licence", "written_after", "written_before", "note"),
    "outline": ("id", "title", "level", "content", "list"),
    "marks": ("mark", "meaning", "effect", "evidence"),
    "countries": ("id", "name", "with_the", "iso2", "iso3", "kind", "region", "subregion", "represented_by", "note"),
    "country_names": ("country", "name", "kind"),
    "local_names": ("country", "language", "name"),
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
    "events": ("id", "country", "kind", "date", "date_precision", "claimant", "line", "quote", "note"),
    "updates": ("id", "country", "kind", "date", "date_precision", "claimant", "citation", "note"),
    "rules": ("id", "title", "updates", "description"),
    "rule_effects": ("rule", "event_kind", "from_status", "status"),
    "published_counts": (
        "id", "organisation", "recognising", "total", "published_on", "precision", "publisher", "quote", "citation", "note",
    ),
    "themes": ("id", "title", "description"),
    "theme_phrases": ("theme", "phrase"),
    "shapes": ("country", "kind", "d", "x", "y", "r"),
    "pages": ("url", "title", "body"),
    "oddities": ("id", "title", "outcome", "finding", "line", "quote"),
    "subject": ("country_id", "first_day", "first_act", "default_rule"),
    "status_kinds": ("status", "description"),
}  # fmt: skip

STATUSES = {"recognises", "withdrew", "contested", "does not recognise"}
EVENT_KINDS = {
    "recognition", "recognition retold", "recognition claimed", "recognition denied", "recognition confirmed",
    "withdrawal", "withdrawal claimed", "withdrawal reported", "withdrawal denied", "withdrawal reversed",
    "contact", "position", "narrative",
}  # fmt: skip

# Columns whose value must be one of a few words; '|' in a cell separates several of them.
VOCABULARY: dict[tuple[str, str], set[str]] = {
    ("outline", "content"): {"prose", "contents", "recognitions", "withdrawals", "statements", "organisations"},
    ("outline", "list"): {"", "un", "non_un", "withdrawn", "not_recognising", "other_groups", "organisations"},
    ("marks", "mark"): {"†", "‡"},
    ("marks", "effect"): {"recognises", "represented"},
    ("countries", "region"): {"Africa", "Americas", "Asia", "Europe", "Oceania"},
    ("countries", "with_the"): {"yes", "no"},
    ("countries", "kind"): {"UN member", "UN observer", "non-UN country", "territory", "other group", "subject"},
    ("country_names", "kind"): {"official", "short", "former", "alternative", "spelling", "adjective"},
    ("organisation_names", "kind"): {"local", "official", "short", "former", "alternative", "spelling", "printed"},
    ("organisations", "kind"): {"organisation", "body", "group"},
    ("organisations", "member_kinds"): {"UN member", "UN observer", "non-UN country", "territory", "other group", ""},
    ("organisations", "kosovo_membership"): {"member", "seeks membership", "not a member", "not stated"},
    ("member_lists", "role"): {"member", "permanent member", "candidate"},
    ("member_lists", "members"): {"listed", "register", "not named"},
    ("restored_names", "basis"): {"record", "order", "elimination"},
    ("restored_names", "confidence"): {"high", "medium", "low"},
    ("restored_names", "date_evidence"): {"exact", "near", "other event", "order only", "none"},
    # what the tables print is made of their rows: events.csv cannot add to it
    ("events", "kind"): EVENT_KINDS - {"recognition", "withdrawal"},
    ("events", "date_precision"): {"day", "month", "year", "unknown"},
    ("updates", "kind"): EVENT_KINDS,
    ("updates", "date_precision"): {"day", "month", "year"},
    ("rules", "updates"): {"yes", "no"},
    ("rule_effects", "event_kind"): EVENT_KINDS,
    ("rule_effects", "from_status"): STATUSES,
    ("rule_effects", "status"): STATUSES,
    ("published_counts", "precision"): {"day", "month", "year"},
    ("shapes", "kind"): {"land", "shape", "symbol"},
    ("oddities", "outcome"): {"agrees", "differs", "restored", "lost", "unusual"},
}

# Columns that may not be empty.
REQUIRED: dict[str, tuple[str, ...]] = {
    "sources": ("id", "file", "title", "publisher", "licence"),
    "outline": ("id", "title", "level", "content"),
    "marks": ("mark", "meaning", "evidence"),
    "countries": ("id", "name", "subregion"),
    "country_names": ("country", "name"),
    "local_names": ("country", "language", "name"),
    "organisations": ("id", "name"),
    "organisation_names": ("organisation", "name"),
    "member_lists": ("article_row", "label"),
    "membership_changes": ("citation",),
    "restored_names": ("ordinal", "country", "recognised_on", "citation"),
    "events": ("id", "claimant", "line", "quote"),
    "updates": ("id", "date", "claimant", "citation"),
    "rules": ("id", "title", "description"),
    "published_counts": ("id", "recognising", "published_on", "publisher", "citation"),
    "themes": ("id", "title", "description"),
    "theme_phrases": ("phrase",),
    "pages": ("url", "title", "body"),
    "oddities": ("id", "title", "finding", "line", "quote"),
}

# Columns whose cells must differ from row to row.
UNIQUE: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((name, ("id",)) for name in (
        "sources", "outline", "countries", "organisations", "events", "updates", "rules", "published_counts", "themes", "oddities",
    )),
    ("sources", ("file",)),
    ("outline", ("title",)),
    ("outline", ("list",)),
    ("marks", ("mark",)),
    ("countries", ("iso2",)),
    ("countries", ("iso3",)),
    ("organisations", ("article_row",)),
    ("member_lists", ("article_row", "label")),
    ("membership_changes", ("organisation", "country")),
    ("local_names", ("country", "name")),
    ("restored_names", ("list", "ordinal")),
    ("restored_names", ("list", "country")),
    ("rules", ("title",)),
    ("rule_effects", ("rule", "event_kind", "from_status")),
    ("themes", ("title",)),
    ("theme_phrases", ("theme", "phrase")),
    ("pages", ("url",)),
    ("shapes", ("country", "kind")),
)  # fmt: skip

# Columns whose cells, where they are not empty, must have a form.
SLUG, SLUG_FORM = re.compile(r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$"), "small letters, digits and hyphens"
DAY, DAY_FORM = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), "a date as YYYY-MM-DD"
DATE, DATE_FORM = (
    re.compile(r"^[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?$"),
    "a date as YYYY, YYYY-MM or YYYY-MM-DD",
)
NUMBER_FORM = "a whole number"
NAME, NAME_FORM = re.compile(r".*[^\W_]", re.DOTALL), "a name, with a letter or digit"
FORMS: tuple[tuple[str, tuple[str, ...], re.Pattern, str], ...] = (
    *((name, ("id",), SLUG, SLUG_FORM) for name in (
        "sources", "outline", "countries", "organisations", "events", "updates", "rules", "published_counts", "themes", "oddities",
    )),
    *((name, ("name",), NAME, NAME_FORM) for name in (
        "countries", "country_names", "local_names", "organisations", "organisation_names",
    )),
    ("organisations", ("abbreviation",), NAME, NAME_FORM),
    ("countries", ("iso2",), re.compile(r"^[A-Z]{2}$"), "two capital letters"),
    ("countries", ("iso3",), re.compile(r"^[A-Z]{3}$"), "three capital letters"),
    ("organisations", ("kosovo_since",), re.compile(r"^[0-9]{4}$"), "a year"),
    ("sources", ("written_after", "written_before"), DAY, DAY_FORM),
    ("membership_changes", ("joined", "left"), DAY, DAY_FORM),
    ("restored_names", ("recognised_on", "withdrawn_on", "other_recognised_on", "other_withdrawn_on"), DAY, DAY_FORM),
    ("published_counts", ("published_on",), DAY, DAY_FORM),
    ("events", ("date",), DATE, DATE_FORM),
    ("updates", ("date",), DATE, DATE_FORM),
    ("outline", ("level",), WHOLE_NUMBER, NUMBER_FORM),
    ("organisations", ("article_row",), WHOLE_NUMBER, NUMBER_FORM),
    ("member_lists", ("article_row",), WHOLE_NUMBER, NUMBER_FORM),
    ("restored_names", ("ordinal",), WHOLE_NUMBER, NUMBER_FORM),
    ("published_counts", ("recognising", "total"), WHOLE_NUMBER, NUMBER_FORM),
    ("events", ("line",), WHOLE_NUMBER, NUMBER_FORM),
    ("oddities", ("line",), WHOLE_NUMBER, NUMBER_FORM),
    ("shapes", ("x", "y"), WHOLE_NUMBER, NUMBER_FORM),
    ("shapes", ("r",), re.compile(r"^[1-9][0-9]{0,8}$"), "a whole number above 0"),
    ("shapes", ("d",), re.compile(r"^m[mz0-9 -]*z$"), "an SVG path of m, z and whole numbers"),
    # rules are found by these addresses already
    ("pages", ("url",), re.compile(r"^/(?!tallies\?rule=)"), "an address on this site, and not that of a rule"),
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
    check_rows(registers, problems)
    check_references(registers, problems)
    collect_names(registers, problems)
    return registers


def check_cells(registers: Registers, problems: Problems) -> None:
    """Add a problem for each cell that is empty and may not be, is outside its vocabulary, or has not its form."""
    for name, columns in REQUIRED.items():
        for column in columns:
            for row, _ in registers[name].rows_where(column, operator.not_):
                problems.add(registers[name].path, row.line, f"{column} is empty", ",".join(row.values))
    for (name, column), words in VOCABULARY.items():
        for row, cell in registers[name].rows_where(column, lambda cell, words=words: not words.issuperset(cell.split("|"))):
            known = ", ".join(sorted(word for word in words if word))
            problems.add(registers[name].path, row.line, f"{column} must be one of: {known}", cell)
    for name, columns, pattern, form in FORMS:
        for column in columns:
            for row, cell in registers[name].rows_where(column, partial(has_not_form, pattern)):
                problems.add(registers[name].path, row.line, f"{column} must be {form}", cell)


def has_not_form(pattern: re.Pattern, cell: str) -> bool:
    """Whether a cell is not empty, and not what the pattern asks for."""
    return bool(cell) and not (pattern.match(cell) and is_in_calendar(cell))


def is_in_calendar(text: str) -> bool:
    """Whether a text that looks like a day is one; other texts are not in question."""
    if DAY.match(text):
        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            return False
    return True


# What a section holds and which lists its rows can be in.
LISTS_OF_CONTENT = {
    "prose": {""}, "contents": {""}, "recognitions": {"un", "non_un"}, "withdrawals": {"withdrawn"},
    "statements": {"not_recognising", "other_groups"}, "organisations": {"organisations"},
}  # fmt: skip


def impossible(name: str, row: Row, registers: Registers) -> Iterator[tuple[str, str]]:
    """What cells of a row say against each other: the reason and the text of each contradiction."""
    if name == "outline" and row["list"] not in LISTS_OF_CONTENT.get(row["content"], {row["list"]}):
        yield f"rows of a section of {row['content']} cannot be in this list", row["list"]
    if name == "countries":
        if (row["kind"] == "territory") != bool(row["represented_by"]):
            yield "a territory, and nothing else, needs a state in represented_by", row["name"]
        if registers.countries.get(row["represented_by"], row)["kind"] in {"territory", "subject"} and row["represented_by"]:
            yield "represented_by must be a state", row["represented_by"]
    if name == "organisations":
        if (row["kosovo_membership"] == "not stated") == bool(row["kosovo_quote"]):
            yield "kosovo_quote must hold the article's words for kosovo_membership, unless it is 'not stated'", row["name"]
        if row["id"] in registers.countries:
            yield "id is that of a country", row["id"]
    if name == "member_lists" and row["members"] == "listed":
        if row["role"] == "candidate":
            yield "candidates cannot be listed", row["label"]
        if registers.organisations.get(row["organisation"], row.cells | {"member_kinds": ""})["member_kinds"]:
            yield "members are listed, and organisations.csv has them by kind of country", row["label"]
    if name == "membership_changes" and row["joined"] and row["left"] and row["left"] <= row["joined"]:
        yield "left is not after joined", row["left"]
    if name == "shapes":
        circle = [bool(row[column]) for column in ("x", "y", "r")]
        if (row["kind"] == "symbol") == bool(row["d"]) or set(circle) != {row["kind"] == "symbol"}:
            yield "a symbol, and nothing else, needs x, y and r instead of d", row["country"]
        if (row["kind"] == "land") == bool(row["country"]):
            yield "land, and nothing else, has no country", row["country"]


def check_rows(registers: Registers, problems: Problems) -> None:
    """Add a problem for each row that says something impossible, and for registers without a row that all others need."""
    for name, register in registers.tables.items():
        for row in register:
            for reason, text in impossible(name, row, registers):
                problems.add(register.path, row.line, reason, text)
    register = registers["sources"]
    if not any(row["id"] == "article" and row["file"] == ARTICLE for row in register):
        problems.add(register.path, 0, f"needs a row with the id 'article' for {ARTICLE}")
    elif not all(row["written_after"] for row in register if row["id"] == "article"):
        problems.add(
            register.path, 0, "the article needs a day in written_after, on which its counts are held against the rules"
        )
    if not any(row["id"] == "article" for row in registers["rules"]):
        problems.add(registers["rules"].path, 0, "needs a row with the id 'article', whose statuses countries have")


def check_unique(registers: Registers, problems: Problems) -> None:
    """Add a problem for each row that repeats what only one row may have; empty cells do not count."""
    for name, columns in UNIQUE:
        keys = [*zip(*map(registers[name].column, columns))]
        if len(set(keys)) == len(keys):
            continue
        first_line: dict[tuple[str, ...], int] = {}
        for row, key in zip(registers[name], keys):
            if all(key) and first_line.setdefault(key, row.line) != row.line:
                stands = "stands" if len(columns) == 1 else "stand"
                reason = f"{' and '.join(columns)} {stands} already on line {first_line[key]}"
                problems.add(registers[name].path, row.line, reason, " ".join(key))


def check_references(registers: Registers, problems: Problems) -> None:
    """Add a problem for each id that no other register has."""
    countries, organisations = set(registers.countries), set(registers.organisations)
    rules = {row["id"] for row in registers["rules"]}
    themes = {row["id"] for row in registers["themes"]}
    for name, column, known, where in (
        ("country_names", "country", countries, "countries.csv"),
        ("local_names", "country", countries, "countries.csv"),
        ("countries", "represented_by", countries | {""}, "countries.csv"),
        ("organisation_names", "organisation", organisations, "organisations.csv"),
        ("member_lists", "organisation", organisations, "organisations.csv"),
        ("membership_changes", "organisation", organisations, "organisations.csv"),
        ("membership_changes", "country", countries, "countries.csv"),
        ("events", "country", countries | {""}, "countries.csv"),
        ("updates", "country", countries, "countries.csv"),
        ("rule_effects", "rule", rules, "rules.csv"),
        ("published_counts", "organisation", organisations, "organisations.csv"),
        ("theme_phrases", "theme", themes, "themes.csv"),
        ("shapes", "country", countries | {""}, "countries.csv"),
    ):
        for row, cell in registers[name].rows_where(column, lambda cell, known=known: cell not in known):
            problems.add(registers[name].path, row.line, f"{column} is not an id of {where}", cell)


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
                continue  # check_cells has said so where it matters
            if row[owner] not in owners:
                continue  # check_references has said so
            other = names.owner(row[column])
            if other is not None:
                problems.add(register.path, row.line, f"the name belongs to {other!r} already", row[column])
            else:
                names.add(row[column], row[owner])
    local: dict[str, str] = {}  # they are not looked for in the article, so they are no part of the tables of names
    for row in registers["local_names"]:
        other = registers.country_names.owner(row["name"]) or local.setdefault(row["name"], row["country"])
        if other != row["country"] or row["name"] in registers.country_names:
            problems.add(registers["local_names"].path, row.line, f"the name belongs to {other!r} already", row["name"])

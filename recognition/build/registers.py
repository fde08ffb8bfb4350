"""Reads every register of a sources folder, and checks it against what datapackage.json says of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from recognition.vocabulary import IN_LISTS, LEADING_NAMES

from .datapackage import FILE, Description, Reference, read_descriptions
from .names import Names
from .problems import FEW, SHOWN_AT_MOST, BuildRefused, Problem, Problems
from .reading import Register, Row, read_register

LIKE = 0.8  # of the letters of a key; what is less like it was not meant
SINGLE = ("subject", "edition")  # registers of one row, which says what holds for all others


@dataclass
class Registers:
    """The registers of one sources folder, and the names that they give to countries and organisations."""

    folder: Path
    tables: dict[str, Register]
    countries: dict[str, Row] = field(default_factory=dict)  # by id
    organisations: dict[str, Row] = field(default_factory=dict)  # by id
    country_names: Names = field(default_factory=Names)
    organisation_names: Names = field(default_factory=Names)
    missing: set[str] = field(default_factory=set)  # keys that more than a few rows name, and that no row has

    def __getitem__(self, name: str) -> Register:
        """Returns a register by its name; ends the build with BuildRefused where datapackage.json describes none."""
        if name not in self.tables:
            raise BuildRefused([Problem(self.folder / FILE, 0, f"needs a description of register {name!r}")])
        return self.tables[name]

    @property
    def subject(self) -> Row:
        """The one row of subject.csv."""
        return self["subject"].rows[0]

    @property
    def known_until(self) -> str:
        """The ISO day until which records were looked through, that of the one row of edition.csv."""
        return self["edition"].rows[0]["known_until"]

    @property
    def first_day(self) -> str:
        """The ISO day from which everything is counted."""
        return self.subject["first_day"]


def read_registers(folder: Path, problems: Problems) -> Registers:
    """Returns all registers of `folder`; what is wrong in them is added to `problems`.

    Ends the build with BuildRefused where a file, its header or its description is missing, or where the one row of
    subject.csv or edition.csv is missing or has a wrong cell.
    """
    descriptions = read_descriptions(folder, problems)
    registers, wrong = Registers(folder, {}), set()
    for description in descriptions:
        columns = tuple(column.name for column in description.columns)
        register = read_register(folder / description.file, columns, problems)
        registers.tables[description.name] = register
        before = len(problems)
        check_cells(register, description, problems)
        if len(problems) > before:
            wrong.add(description.name)
    check_words(folder, descriptions, problems)
    single = [registers[name] for name in SINGLE]
    for register in single:
        if register.whole and register.sha256 and len(register.rows) != 1:
            problems.add(register.path, 0, f"needs one row, and has {len(register.rows)}")
    if (
        wrong.intersection(SINGLE)
        or not all(register.rows for register in single)
        or any(not one.sha256 for one in registers.tables.values())
    ):
        problems.refuse_if_any()  # everything that follows would be wrong too
    lacking: Counter[str] = Counter()
    for description in descriptions:
        register = registers[description.name]
        repeated: set[int] = set()
        for columns in description.unique:
            check_unique(register, columns, repeated, problems)
        for reference in description.references:
            check_reference(register, reference, registers[reference.register], lacking, problems)
    registers.missing = {key for key, times in lacking.items() if times > FEW}
    registers.countries = {row["id"]: row for row in registers["countries"]}
    registers.organisations = {row["id"]: row for row in registers["organisations"]}
    collect_names(registers, problems)
    return registers


def check_cells(register: Register, description: Description, problems: Problems) -> None:
    """Adds a problem for each cell that is empty or has a value that its column does not allow."""
    for column in description.columns:
        for row, cell in register.rows_where(column.name, column.refuses):
            shown = cell or ",".join(row.values)
            problems.add(register.path, row.line, f"{column.name} {column.fault(cell)}", shown)


def check_words(folder: Path, descriptions: list[Description], problems: Problems) -> None:
    """Adds a problem for each word that code branches on and that its column's list of words does not have."""
    listed = {(register.name, column.name): column.words for register in descriptions for column in register.columns}
    for (register, column), words in IN_LISTS.items():
        for word in set(words).difference(listed.get((register, column), ())):
            reason = f"column {column!r} of register {register!r} must allow a word that code uses (recognition/vocabulary.py)"
            problems.add(folder / FILE, 0, reason, word)


def check_unique(register: Register, columns: tuple[str, ...], repeated: set[int], problems: Problems) -> None:
    """Adds a problem for each row that repeats the cells of an earlier one; rows with an empty cell there do not count.

    Lines in `repeated` are refused already, by another key; those that are refused here are added.
    """
    keys = [*zip(*map(register.column, columns))]
    if len(set(keys)) == len(keys):
        return
    first_line: dict[tuple[str, ...], int] = {}
    for row, key in zip(register, keys):
        if all(key) and first_line.setdefault(key, row.line) != row.line and row.line not in repeated:
            repeated.add(row.line)
            reason = f"duplicate {' and '.join(columns)}, first used on line {first_line[key]}; correct or delete one of the rows"
            problems.add(register.path, row.line, reason, " ".join(key))


def check_reference(
    register: Register, reference: Reference, other: Register, lacking: Counter[str], problems: Problems
) -> None:
    """Adds a problem for each row whose cells lead to no row of the other register; rows with an empty cell do not count.

    The keys that are not there are counted in `lacking`.

    Where the other register has no rows, or rows that could not be read, that is the problem, and not these rows.
    """
    if not other.whole:
        return
    known = {*zip(*map(other.column, reference.other_columns))}
    keys = [*zip(*map(register.column, reference.columns))]
    if known.issuperset(keys):
        return
    if not other.rows and any(map(all, keys)):
        problems.add(
            other.path, 0, f"has no rows, and {register.path.name} refers to some; restore it from the repository"
        )
        return
    columns, others, file = " and ".join(reference.columns), " and ".join(reference.other_columns), other.path.name
    reason = f"{columns} is not {'an' if others[0] in 'aeiou' else 'a'} {others} of {file}"
    if len(reference.columns) > 1:
        reason = f"{columns} are in no row of {file} as {others}"
    for row, key in zip(register, keys):
        if all(key) and key not in known:
            cause = file, others, key
            lacking[" ".join(key)] += 1
            problems.add(register.path, row.line, f"{reason}{hint(key, known, problems)}", " ".join(key), cause)


def hint(key: tuple[str, ...], known: set[tuple[str, ...]], problems: Problems) -> str:
    """What to do about a key that no row has: the one that is most like it, or that a row is missing."""
    single = len(key) == 1 and len(problems) <= SHOWN_AT_MOST  # what is not printed is not looked for
    near = get_close_matches(key[0], [other[0] for other in known], 1, LIKE) if single else []
    return f"; the nearest is {near[0]!r}" if near else "; correct it, or add the row that is missing"


def collect_names(registers: Registers, problems: Problems) -> None:
    """Fills the two tables of names; adds a problem for a name that two owners claim."""
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
            if not row[column] or row[owner] not in owners:
                continue  # check_cells or check_reference has said so, where it matters
            other = names.owner(row[column])
            if other is not None:
                problems.add(
                    register.path,
                    row.line,
                    f"the name belongs to {other!r} already; leave it to one of them",
                    row[column],
                )
            else:
                names.add(row[column], row[owner])
    local: dict[str, str] = {}  # they are not looked for in the article, so they are no part of the tables of names
    for name in ("local_names", "everyday_names", "iso_names", "capitals", "nationalities", "olympic_codes"):
        for row in registers[name]:
            if "kind" in row.columns and row["kind"] in LEADING_NAMES:
                continue
            other = registers.country_names.owner(row["name"]) or local.setdefault(row["name"], row["country"])
            if other != row["country"] or row["name"] in registers.country_names:
                problems.add(
                    registers[name].path,
                    row.line,
                    f"the name belongs to {other!r} already; leave it to one of them",
                    row["name"],
                )

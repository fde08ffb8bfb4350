"""Multiplies the real article into a larger one, as a sources folder that the real build reads: `python -m bench.enlarge`.

Each copy has every country but the subject under a name of its own ('Bakolu Ghana'), with its rows in the article's
tables, its statement, its paragraphs, its places in the lists of members, restored names, events, updates and
memberships. Organisations stay and have so many times the members; the counts that the article states, and those that
others published, are multiplied with them. What is about no single country, headings, local names and the map stay.

A million statements in copies of everything would be 11,500 articles and 13 GB: `--statements` adds, behind the
copies, countries that have only a name and a statement until there are so many statements.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from recognition.build.article import parse_article, split_table
from recognition.build.datapackage import FILE
from recognition.build.names import Names
from recognition.build.passages import Article, Passage, Section
from recognition.build.problems import BuildRefused, Problems
from recognition.build.quotes import Quotes
from recognition.build.reading import ARTICLE, CHECKSUMS, Row, read_article
from recognition.build.registers import Registers, read_registers
from recognition.build.stated_figures import find_figures

SOURCES = Path(__file__).resolve().parent.parent / "sources"
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
STRIDE = 104_729  # a prime, so that neighbours do not look alike
REPEATED = {"recognitions", "withdrawals", "statements"}  # content of the sections whose table is written once a copy
STANDARDS = {
    "iso_codes",
    "m49",
}  # registers that countries are checked against, and regions made of; copies have names that no standard has
PRINTED_NUMBER = re.compile(r"^\d+(?:–\d+)?(?= \|)")


@dataclass
class Original:
    """The article that is multiplied, what it is resolved with, and which of its lines are about which countries."""

    article: Article
    registers: Registers
    subjects: set[str]  # countries that are not multiplied
    passages: dict[str, Passage] = field(default_factory=dict)  # id of an event or oddity to the passage of its quote
    about: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # first line of a passage to countries
    stated: dict[int, list[tuple[str, int, int, str]]] = field(default_factory=lambda: defaultdict(list))


class Copies:
    """How often everything is there, how many countries with nothing but a statement follow, and what they are called."""

    def __init__(self, original: Original, copies: int, statements: int) -> None:
        self.original = original
        self.full = range(copies)
        self.once = {row["id"] for row in original.registers["events"] if not row["country"]}
        positions = [s for s in original.article.statements if s.list != "organisations"]
        # `short` copies have the statements of the UN members that do not recognise, and nothing else
        self.short_rows = [s for s in positions if s.list == "not_recognising"]
        missing = statements - (len(positions) * copies + len(original.article.statements) - len(positions))
        self.short = range(copies, copies + max(0, -(-missing // len(self.short_rows))))
        known = set(original.article.text.lines) | {row["name"] for row in original.registers["country_names"]}
        self._taken = {word.lower() for text in known for word in re.findall(r"\w+", text)}
        self._words = [""]
        self._numbers = iter(range(1, len(SYLLABLES) ** 3))

    def word(self, copy: int) -> str:
        """What stands before each name of a copy; nothing before those of the first, which is the article itself."""
        while len(self._words) <= copy:
            number = next(self._numbers) * STRIDE % len(SYLLABLES) ** 3
            high, middle, low = (
                number // len(SYLLABLES) ** 2,
                number // len(SYLLABLES) % len(SYLLABLES),
                number % len(SYLLABLES),
            )
            word = SYLLABLES[high] + SYLLABLES[middle] + SYLLABLES[low]
            if word not in self._taken:
                self._words.append(word.capitalize())
        return self._words[copy]

    def name(self, name: str, copy: int) -> str:
        return f"{self.word(copy)} {name}".strip()

    def id(self, id_: str, copy: int) -> str:
        return f"{self.word(copy).lower()}-{id_}".strip("-")

    def event(self, id_: str, copy: int) -> str:
        """The key of an event in a copy; one that is about no single country is there once."""
        return id_ if not id_ or id_ in self.once else self.id(id_, copy)

    def country(self, id_: str, copy: int) -> str:
        return self.id(id_, copy) if id_ and id_ not in self.original.subjects else id_

    def renamed(self, text: str, owners: set[str], copy: int) -> str:
        """The text with each name of the countries `owners` as it is in a copy."""
        if not copy:
            return text
        parts, end = [], 0
        for found in self.original.registers.country_names.find(text):
            if found.owner in owners:
                parts += [text[end : found.start], self.word(copy), " "]
                end = found.start
        return "".join([*parts, text[end:]])

    def total(self, number: int, organisation: str) -> int:
        """A number of members; the short copies are members of the United Nations and of nothing else that counts."""
        kinds = self.original.registers.organisations[organisation]["member_kinds"].split("|")
        return number * len(self.full) + (len(self.short) * len(self.short_rows) if "UN member" in kinds else 0)


def read_original(folder: Path) -> Original:
    problems = Problems()
    registers = read_registers(folder, problems)
    text = read_article(folder, problems)
    problems.refuse_if_any()
    article = parse_article(text, registers, problems)
    figures = find_figures(article, registers, problems)
    problems.refuse_if_any()
    subjects = {row["id"] for row in registers["countries"] if row["kind"] == "subject"}
    original = Original(article, registers, subjects)
    quotes = Quotes(article)
    for register in (registers["events"], registers["oddities"]):
        for row in register:
            passage = quotes.find(row["quote"], row["passage"], register.path, row.line, problems)
            problems.refuse_if_any()
            original.passages[row["id"]] = passage
    for passage in article.passages:
        about = {row["country"] for row in registers["events"] if original.passages[row["id"]] is passage} - {""}
        if passage.kind == "statement":
            about |= set(first_owner(registers.country_names, passage.text, subjects))
        if about and passage.kind in ("paragraph", "statement"):
            original.about[passage.first_line] = about
    for figure in figures:
        if figure.total is not None and figure.organisation:
            original.stated[figure.passage.first_line].append(
                (figure.quote, figure.first or 0, figure.total, figure.organisation)
            )
    return original


def first_owner(names: Names, text: str, subjects: set[str]) -> list[str]:
    return [found.owner for found in names.find(text) if found.owner not in subjects][:1]


class Writer:
    """Writes the large article line by line and keeps its checksum."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._digest = hashlib.sha256()

    def write(self, text: str) -> None:
        self._file.write(text + "\n")
        self._digest.update((text + "\n").encode())

    def close(self) -> str:
        self._file.close()
        return self._digest.hexdigest()


def write_article(original: Original, copies: Copies, path: Path) -> str:
    """Write the large article and return its sha256."""
    writer = Writer(path)
    listed = {listing.line for listing in original.article.member_lists}
    first_line = {
        line: passage.first_line
        for passage in original.article.passages
        for line in range(passage.first_line, passage.last_line + 1)
    }
    for section in original.article.sections:
        write_once(original, copies, writer, section.heading.number, first_line)
        before, table, after = split_table(section)
        repeated = table[table_header(section) :] if section.content in REPEATED else []
        for line in [*before, *table[: len(table) - len(repeated)]]:
            if line.number in listed:
                members = line.text.split(" • ")
                writer.write(" • ".join(copies.name(member, copy) for copy in copies.full for member in members))
            elif original.about[first_line[line.number]] and section.content not in ("organisations",):
                write_repeated(original, copies, writer, [line.number], first_line)
            else:
                write_once(original, copies, writer, line.number, first_line)
        if repeated:
            write_repeated(original, copies, writer, [line.number for line in repeated], first_line, section.list)
        for line in after:
            if original.about[first_line[line.number]]:
                write_repeated(original, copies, writer, [line.number], first_line)
            else:
                write_once(original, copies, writer, line.number, first_line)
    return writer.close()


def table_header(section: Section) -> int:
    """How many lines of a section's table stand before its first row."""
    _, table, _ = split_table(section)
    return next(index for index, line in enumerate(table) if "![" in line.text)


def write_once(original: Original, copies: Copies, writer: Writer, line: int, first_line: dict[int, int]) -> None:
    """A line that is about no single country, with the counts that it states multiplied."""
    writer.write(multiplied(original.article.text.lines[line - 1], original.stated[first_line[line]], copies))


def multiplied(text: str, stated: list[tuple[str, int, int, str]], copies: Copies) -> str:
    """The text with the counts that are stated in it so many times as large."""
    for quote, first, total, organisation in stated:
        large = re.sub(rf"\b{total}\b", str(copies.total(total, organisation)), quote)
        large = re.sub(rf"\b{first}\b", str(first * len(copies.full)), large, count=1) if first else large
        text = text.replace(quote, large)
    return text


def write_repeated(
    original: Original, copies: Copies, writer: Writer, lines: list[int], first_line: dict[int, int], list_: str = ""
) -> None:
    """Lines that are about countries, once for each copy; the short copies have their statements below them."""
    lines_of = original.article.text.lines
    rows = sum("![" in lines_of[line - 1] for line in lines)
    for copy in copies.full:
        for line in lines:
            text = copies.renamed(lines_of[line - 1], original.about[first_line[line]], copy)
            writer.write(PRINTED_NUMBER.sub(lambda number: shifted(number[0], copy * rows), text))  # noqa: B023
    if list_ and any(statement.list == list_ for statement in copies.short_rows):
        for copy in copies.short:
            for line in lines:
                writer.write(copies.renamed(lines_of[line - 1], original.about[first_line[line]], copy))


def shifted(numbers: str, by: int) -> str:
    """'2–8' as '106–112'."""
    return "–".join(str(int(number) + by) for number in numbers.split("–")) if numbers else numbers


Changes = Iterator[dict[str, str]]


def countries(original: Original, copies: Copies) -> Changes:
    for copy in copies.full:
        for row in original.registers["countries"]:
            if not copy or row["id"] not in original.subjects:
                yield row.cells if not copy else copied_country(row, copies, copy)
    register = original.registers.countries
    owners = [next(iter(original.about[statement.passage.first_line])) for statement in copies.short_rows]
    for copy in copies.short:
        for owner in owners:
            yield copied_country(register[owner], copies, copy)


def copied_country(row: Row, copies: Copies, copy: int) -> dict[str, str]:
    own = {"id": copies.id(row["id"], copy), "name": copies.name(row["name"], copy), "iso2": "", "iso3": ""}
    return {**row.cells, **own, "represented_by": copies.country(row["represented_by"], copy)}


def country_names(original: Original, copies: Copies) -> Changes:
    for copy in copies.full:
        for row in original.registers["country_names"]:
            if not copy or row["country"] not in original.subjects:
                yield {
                    **row.cells,
                    "country": copies.country(row["country"], copy),
                    "name": copies.name(row["name"], copy),
                }
    # the names that statements use, where they are not the names shown
    other = {row["name"]: row for row in original.registers["country_names"]}
    used = []
    for statement in copies.short_rows:
        owner = next(iter(original.about[statement.passage.first_line]))
        found = {f.name for f in original.registers.country_names.find(statement.text) if f.owner == owner}
        used += [other[name] for name in sorted(found) if name in other]
    for copy in copies.short:
        for row in used:
            yield {**row.cells, "country": copies.id(row["country"], copy), "name": copies.name(row["name"], copy)}


def restored_names(original: Original, copies: Copies) -> Changes:
    rows = defaultdict(int)
    for row in original.article.recognitions:
        rows[row.list] += 1
    for copy in copies.full:
        for row in original.registers["restored_names"]:
            by = copy * rows[row["list"]]
            moved = {"ordinal": shifted(row["ordinal"], by), "printed_number": shifted(row["printed_number"], by)}
            yield {**row.cells, **moved, "country": copies.name(row["country"], copy)}


def events(original: Original, copies: Copies) -> Changes:
    """The events of each copy. The words of the first are in the others too, so they name the passage by its key.

    Those of other copies quote the whole of a passage, which has the name of the copy in it.
    """
    for copy in copies.full:
        for row in original.registers["events"]:
            passage = original.passages[row["id"]]
            owners = original.about[passage.first_line]
            if not copy:
                yield {**row.cells, "passage": passage.id if owners else ""}
            elif row["country"]:
                own = {"quote": copies.renamed(passage.text, owners, copy), "passage": ""}
                yield {**copied_event(row, copies, copy), **own}


def updates(original: Original, copies: Copies) -> Changes:
    for copy in copies.full:
        for row in original.registers["updates"]:
            yield copied_event(row, copies, copy)


def copied_event(row: Row, copies: Copies, copy: int) -> dict[str, str]:
    own = {"id": copies.id(row["id"], copy), "country": copies.country(row["country"], copy)}
    own["claimant"] = own["country"] if row["claimant"] == row["country"] else row["claimant"]
    own["answers"] = copies.event(row["answers"], copy)
    return {**row.cells, **own}


def event_records(original: Original, copies: Copies) -> Changes:
    """What records say of each copy's events; of events that are about no single country, once."""
    for copy in copies.full:
        for row in original.registers["event_records"]:
            event = copies.event(row["event"], copy)
            if not copy or event != row["event"]:
                yield {**row.cells, "event": event}


def rule_effects(original: Original, copies: Copies) -> Changes:
    """What a rule makes of a country's events holds of each of its copies."""
    for copy in copies.full:
        for row in original.registers["rule_effects"]:
            if not copy or row["country"]:
                own = {"country": copies.country(row["country"], copy)}
                own["claimant"] = own["country"] if row["claimant"] == row["country"] else row["claimant"]
                yield {**row.cells, **own}


def membership_changes(original: Original, copies: Copies) -> Changes:
    for copy in copies.full:
        for row in original.registers["membership_changes"]:
            yield {**row.cells, "country": copies.country(row["country"], copy)}


def group_members(original: Original, copies: Copies) -> Changes:
    for copy in copies.full:
        for row in original.registers["group_members"]:
            yield {**row.cells, "country": copies.country(row["country"], copy)}


def organisations(original: Original, copies: Copies) -> Changes:
    """All but the regions, whose members the standard has."""
    return (row.cells for row in original.registers["organisations"] if not row["area"])


def organisation_names(original: Original, copies: Copies) -> Changes:
    kept = {row["id"] for row in organisations(original, copies)}
    return (row.cells for row in original.registers["organisation_names"] if row["organisation"] in kept)


def published_counts(original: Original, copies: Copies) -> Changes:
    for row in original.registers["published_counts"]:
        total = row.number("total")
        large = str(copies.total(total, row["organisation"])) if total else ""
        yield {**row.cells, "recognising": str(row.number("recognising") * len(copies.full)), "total": large}


def position_themes(original: Original, copies: Copies) -> Changes:
    """The themes of every statement that is there; those of organisations are there once."""
    known = original.registers.organisations
    short = {next(iter(original.about[statement.passage.first_line])) for statement in copies.short_rows}
    for copy in (*copies.full, *copies.short):
        for row in original.registers["position_themes"]:
            owner = row["position"]
            if not copy or (owner in short if copy in copies.short else owner not in known):
                quote = copies.renamed(row["quote"], {owner}, copy)
                yield {**row.cells, "position": copies.id(owner, copy), "quote": quote}


def oddities(original: Original, copies: Copies) -> Changes:
    """The oddities in the first copy, but for those in lists of members, whose keys change with the members."""
    for row in original.registers["oddities"]:
        passage = original.passages[row["id"]]
        if passage.kind != "member list":
            quote = multiplied(row["quote"], original.stated[passage.first_line], copies)
            yield {
                **row.cells,
                "quote": quote,
                "passage": passage.id if original.about[passage.first_line] else row["passage"],
            }


def sources(original: Original, copies: Copies) -> Changes:
    for row in original.registers["sources"]:
        if row["file"].removesuffix(".csv") not in STANDARDS:
            yield row.cells


def former_keys(original: Original, copies: Copies) -> Changes:
    """None: no address of an earlier edition led to the large article."""
    return iter(())


CHANGED = (
    sources,
    countries,
    country_names,
    restored_names,
    events,
    updates,
    event_records,
    rule_effects,
    membership_changes,
    group_members,
    organisations,
    organisation_names,
    published_counts,
    position_themes,
    oddities,
    former_keys,
)


def enlarge(copies: int, output: Path, statements: int = 0, folder: Path = SOURCES) -> Path:
    """Write the folder `output`: the article of `folder` so many times, and at least so many statements."""
    original = read_original(folder)
    all_copies = Copies(original, copies, statements)
    output.mkdir(parents=True)
    checksum = write_article(original, all_copies, output / ARTICLE)
    (output / CHECKSUMS).write_text(
        f"The article {copies} times, made by bench/enlarge.py to measure the build.\n\n{checksum}  {ARTICLE}\n",
        "utf-8",
    )
    changed = {change.__name__: change for change in CHANGED}
    package = json.loads((folder / FILE).read_text("utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["name"] not in STANDARDS]
    (output / FILE).write_text(json.dumps(package, ensure_ascii=False), "utf-8")
    for resource in package["resources"]:
        if change := changed.get(resource["name"]):
            columns = tuple(field["name"] for field in resource["schema"]["fields"])
            write_register(output / resource["path"], columns, change(original, all_copies))
        else:
            shutil.copy(folder / resource["path"], output)
    return output


def write_register(path: Path, columns: tuple[str, ...], rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.enlarge", description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, required=True, help="how many times everything is there")
    parser.add_argument("--statements", type=int, default=0, help="at least so many statements (default: as copied)")
    parser.add_argument("--output", type=Path, required=True, help="folder to write, which must not be there")
    options = parser.parse_args()
    try:
        enlarge(options.copies, options.output, options.statements)
    except FileExistsError:
        sys.exit(f"{options.output} is there already; name another folder with --output")
    except BuildRefused as refused:
        sys.exit(refused.report())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Holds a new capture against the present sources, step by step, and writes a copy of the sources in which the edits are made."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from recognition.build.passages import Article
from recognition.build.reading import ARTICLE, CHECKSUMS, Text
from recognition.build.recognitions import PRINTED

from .acts import hold_acts
from .days import hold_days
from .editions import Capture, parsed, with_edits, with_outline
from .headings import outline_for
from .keys import hold_keys
from .matching import match_passages
from .plan import Edit, Plan, Question, merged, write
from .statements import hold_organisations, hold_statements
from .tables import name_rows
from .twice import paragraphs_twice
from .words import hold_words

CHECKSUM = re.compile(rf"^[0-9a-f]{{64}}(?=  {re.escape(ARTICLE)}$)", re.MULTILINE)


def compare(old: Capture, text: Text) -> tuple[Plan, Capture]:
    """What a new text of the article changes in the sources, in the order of work, and the capture as it was read.

    Raises BuildRefused where its headings are such that nothing below them can be read.
    """
    plan = Plan()
    outline = outline_for(text.lines, old.registers, plan)
    new = parsed(text, with_outline(old.registers, outline))
    for problem in new.problems:
        plan.questions.append(Question(f"Line {problem.line} is not read: {problem.reason}: {problem.text!r}."))
    names = name_rows(old, new, plan)
    hold_acts(old, new, names, plan)
    hold_statements(old, new, plan)
    places = hold_organisations(old, new, plan)
    new = with_edits(new, plan.edits, "organisations", "member_lists")
    passages = match_passages(old, new, names, places)
    hold_words(old, new, passages, plan)
    find_unknown_members(new, plan)
    hold_keys(old, new, passages, names, plan)
    hold_days(new, names, plan)
    plan.moved += [f"twice: {told}" for told in paragraphs_twice(new.article)]
    tell_figures(old.article, new, plan)
    tell_printed(plan)
    return replace(plan, edits=merged(plan.edits)), new


def find_unknown_members(new: Capture, plan: Plan) -> None:
    """Adds a question for each name of a list of members, or cell of a table, that no register has."""
    for listing in new.article.member_lists:
        for name, _ in listing.members:
            if new.country(name) is None:
                text = f"Line {listing.line} lists {name!r}, a name that no register has. Is it a new name of a country, or a new country?"
                plan.questions.append(Question(text, (), (f"country_names.csv: ?,{name},spelling",)))
    for statement in new.article.statements:
        if statement.list != "organisations" and statement not in new.owners().values():
            text = f"The statement of line {statement.passage.first_line} names no country that has none yet: {statement.text!r}. Whose is it?"
            plan.questions.append(Question(text, (), (f"country_names.csv: ?,{statement.name or '?'},spelling",)))


def tell_figures(before: Article, new: Capture, plan: Plan) -> None:
    """Adds the oddities that a reader noted, where rows came or went: their findings may give numbers."""
    counts = [(len(article.recognitions), len(article.statements)) for article in (before, new.article)]
    if counts[0] != counts[1]:
        rows = [f"oddities.csv:{row.line}" for row in new.registers["oddities"] if str(counts[0][0]) in row["finding"]]
        if rows:
            plan.to_read.append(
                f"{', '.join(rows)} {'speaks' if len(rows) == 1 else 'speak'} of {counts[0][0]} rows of recognitions; "
                f"now there are {counts[1][0]}"
            )


def tell_printed(plan: Plan) -> None:
    """Adds that texts may still speak of names as lost, where rows that are known print their country now."""
    rows = sum(edit.line > 0 and (edit.cells or {}).get("basis") == PRINTED for edit in plan.edits)
    if rows:
        plan.to_read.append(
            f"restored_names.csv: {rows} rows print their country now. Do their notes, {CHECKSUMS} and oddities.csv speak of names that are lost?"
        )


def write_sources(folder: Path, target: Path, capture: Path, old: Capture, plan: Plan, sha256: str) -> None:
    """Copies the sources of `folder` into `target`, a new folder, with the captured text, its checksum, and the edits made."""
    shutil.copytree(folder, target, symlinks=False)
    shutil.copyfile(capture, target / ARTICLE)
    readme = target / CHECKSUMS
    readme.write_text(CHECKSUM.sub(sha256, readme.read_text("utf-8")), "utf-8")
    by_register: dict[str, list[Edit]] = defaultdict(list)
    for edit in merged(plan.edits):
        by_register[edit.register].append(edit)
    for name in {*by_register, *plan.orders}:
        register = old.registers[name]
        write(target / register.path.name, register, by_register[name], plan.orders.get(name))

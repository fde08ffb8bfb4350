"""Reads a whole sources folder, checks it and resolves it: every step of a build before there is a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .article import parse_article
from .contradictions import find_contradictions
from .passages import Article
from .problems import Problems
from .reading import read_article
from .registers import Registers, read_registers
from .resolve import Tables, resolve


@dataclass(frozen=True)
class Sources:
    """The registers and the article of a folder, and the rows of every table that they give."""

    registers: Registers
    article: Article
    tables: Tables


def read_sources(folder: Path) -> Sources:
    """Returns what the folder holds. Raises BuildRefused with every problem of it."""
    problems = Problems()
    if not folder.is_dir():
        problems.add(folder, 0, "is no folder; name the folder of the sources with --sources")
        raise problems.refusal()
    registers = read_registers(folder, problems)
    if not all(register.whole for register in registers.tables.values()):
        problems.refuse_if_any()  # what a row that cannot be read says would be missing everywhere else
    try:
        find_contradictions(registers, problems)
        if registers.missing:
            problems.refuse_if_any()  # what names them in the article would be said to be unknown too
        text = read_article(folder, problems)
        problems.next_step()
        if text is None:
            raise problems.refusal()
        article = parse_article(text, registers, problems)
        problems.next_step()
        tables = resolve(article, registers, problems)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        problems.refuse_if_any()  # a cell that is refused already may have led to it
        raise
    problems.refuse_if_any()
    return Sources(registers, article, tables)

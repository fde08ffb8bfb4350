"""Thousands of damaged articles: each is refused with file and line, or built with nothing lost and every changed count shown."""

import contextlib
import shutil
import sqlite3

import pytest
from hypothesis import event, given, settings

import build_db
from recognition.build import sources
from recognition.build.problems import Problems
from recognition.build.registers import read_registers

from .damages import damaged_articles
from .holdings import audit_of, held_by_database, held_by_text, lost_or_doubled, plain_lines, untraced
from .refusals import build_or_refuse

SOURCES = build_db.HERE / "sources"


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """Sources without former addresses, which lead to passages of the undamaged article."""
    folder = shutil.copytree(root / "sources", tmp_path_factory.mktemp("damaged") / "sources")
    former = folder / "former_keys.csv"
    former.write_text(former.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def undamaged(root, built):
    """Of the real article: what its text holds, and what the audit of its database says."""
    held = held_by_text(plain_lines((root / "sources/article.txt").read_bytes()))
    with contextlib.closing(sqlite3.connect(built)) as db:
        assert held_by_database(db) == held
        return held, audit_of(db)


@pytest.fixture(scope="module")
def registers_read_once(folder):
    """The registers, which stay as they are while the article is damaged, are read once."""
    problems = Problems()
    registers = read_registers(folder, problems)
    assert not len(problems)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "read_registers", lambda *_: registers)
        yield


def differing(one, other):
    """What two countings count differently, with both counts."""
    return {key: (one[key], other[key]) for key in one | other if one[key] != other[key]}


@settings(max_examples=settings.default.max_examples // 8, deadline=None)
@given(damaged=damaged_articles(SOURCES / "article.txt"))
def test_a_damaged_article_is_refused_or_built_whole(damaged, folder, seal, undamaged, registers_read_once):
    (folder / "article.txt").write_bytes(damaged.data)
    seal(folder)
    output = folder.parent / "recognition.db"
    problems = build_or_refuse(folder, output)
    event("refused" if problems else "built")
    if problems:
        assert any(problem.line for problem in problems) or problems[0].reason.startswith("file is empty"), problems
        return
    lines = plain_lines(damaged.data)
    held, audit = undamaged
    with contextlib.closing(sqlite3.connect(output)) as db:
        wrong = {"lost": lost_or_doubled(db, lines), "untraced": untraced(db)}
        now = held_by_text(lines)
        wrong["other counts"] = differing(now, held_by_database(db))
        if now != held:
            event("built with other counts than the article's, which the audit shows")
            wrong["not in the audit"] = {} if audit_of(db) != audit else differing(held, now)
    assert not any(wrong.values()), wrong

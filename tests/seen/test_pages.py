"""What a reader gets at addresses of every kind is as it was accepted (`make accept`)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from datasette.app import Datasette
from httpx import Response
from syrupy.assertion import SnapshotAssertion

from .addresses import addresses
from .print_site import Printer

PAGES = addresses(yaml.safe_load((Path(__file__).parents[2] / "metadata.yml").read_text("utf-8")))


@pytest.fixture(scope="module")
def printer(datasette: Datasette, loop: asyncio.AbstractEventLoop) -> Printer:
    return Printer(datasette, loop)


@pytest.mark.parametrize("name", PAGES)
def test_a_reader_sees(printer: Printer, kept: SnapshotAssertion, name: str) -> None:
    assert printer.printed(PAGES[name]) == kept(name=name)


def opening(page: str) -> BeautifulSoup:
    """A page until its answer ends; to read the whole of it takes four times as long."""
    return BeautifulSoup(page[: page.index("</p>", page.index('class="answer'))], "html.parser")


def test_what_every_dossier_answers(
    db: sqlite3.Connection, get: Callable[..., Response], kept: SnapshotAssertion
) -> None:
    """The sentence at the top of each, and what machines are told of it."""
    lines = []
    for table in ("countries", "organisations"):
        for (key,) in db.execute(f"select id from {table} order by id"):
            page = opening(get(f"/recognition/{table}/{key}").text)
            answer = " ".join(page.select_one("p.answer").get_text().split())
            lines.append(f"{key}: {answer}")
            described = page.select_one("meta[name=description]")["content"]
            lines += [f"  {described}"] if described != answer else []
    assert "\n".join(lines) + "\n" == kept(name="answers")


def test_what_readers_ask_is_answered(get: Callable[..., Response], kept: SnapshotAssertion) -> None:
    """Each question with its answer: numbers, states and days of the article are told here and in no other test of answers."""
    asked = (Path(__file__).parent / "questions_of_readers.txt").read_text("utf-8").splitlines()
    answers = ((q, get("/search.json", q=q).json()["answer"]) for q in asked)
    assert "".join(f"{q}\n  {answer and answer['text']}\n" for q, answer in answers) == kept(name="answers_to_readers")

"""What a reader gets at addresses of every kind is as it was accepted (`make accept`)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from datasette.app import Datasette
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

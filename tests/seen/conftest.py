"""Texts of what readers see are kept beside the tests, one file for each kind of page: tests/seen/pages/about.txt."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

SHOWN = 80  # lines of a difference that a failure prints


class TextFile(SingleFileSnapshotExtension):
    """A kept text as a file of its own, `pages/about.txt` for test_pages.py and the name 'about'."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: str, **_: Any) -> str:
        return data

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        return str(Path(test_location.filepath).parent / test_location.basename.removeprefix("test_"))

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: int | str = 0) -> str:
        return str(index)

    @classmethod
    def matches_test_location(cls, *, test_location: PyTestLocation, snapshot_location: str) -> bool:
        return Path(snapshot_location).parent == Path(cls.dirname(test_location=test_location))

    def diff_lines(self, serialized_data: str, snapshot_data: str) -> Iterator[str]:
        kept, now = snapshot_data.splitlines(), serialized_data.splitlines()
        lines = list(difflib.unified_diff(kept, now, "kept", "now", n=1, lineterm=""))
        yield from lines[:SHOWN]
        if len(lines) > SHOWN:
            yield f"… and {len(lines) - SHOWN} more lines"
        yield "Where the change is wanted: make accept, then review the diff of tests/."


@pytest.fixture
def kept(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """`assert text == kept(name="about")` compares a text with the kept one."""
    return snapshot.use_extension(TextFile)

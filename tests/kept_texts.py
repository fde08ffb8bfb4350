"""Texts that are kept as files beside the tests: tests/seen/pages/about.txt for test_pages.py and the name 'about'."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

SHOWN = 80  # lines of a difference that a failure prints


class TextFile(SingleFileSnapshotExtension):
    """A kept text as a file of its own. syrupy compares it and, with --snapshot-update, writes it."""

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
        uses_it = "kept" in getattr(test_location.item, "fixturenames", ("kept",))
        return uses_it and Path(snapshot_location).parent == Path(cls.dirname(test_location=test_location))

    def diff_lines(self, serialized_data: str, snapshot_data: str) -> Iterator[str]:
        kept, now = snapshot_data.splitlines(), serialized_data.splitlines()
        lines = list(difflib.unified_diff(kept, now, "kept", "now", n=1, lineterm=""))
        yield from lines[:SHOWN]
        if len(lines) > SHOWN:
            yield f"… and {len(lines) - SHOWN} more lines"
        yield "Where the change is wanted: make accept, then review the diff of tests/."

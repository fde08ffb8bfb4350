"""What a visitor sent makes no line of a log of its own, and cannot break one."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils.asgi import Request
from hypothesis import given
from hypothesis import strategies as st

from plugins.serving import SITE
from recognition.serving.errors import answer_to
from recognition.serving.log_lines import LINE_AT_MOST, LINES_AT_MOST, shown, traceback_of

ODD = "a\r\nFORGED \x1b[31m\x85\u2028\u202e\ud800\x00" + "x" * 10_000


@given(st.text() | st.text(alphabet=st.characters(codec=None)), st.integers(min_value=1, max_value=50))
def test_what_is_shown_is_one_short_line_that_can_be_printed(text: str, at_most: int) -> None:
    line = shown(text, at_most)
    assert len(line) <= at_most and line.isprintable()
    assert not text.isprintable() or len(text) > at_most or line == text


def test_a_traceback_has_no_line_that_looks_like_another_entry() -> None:
    try:
        raise ValueError(ODD + "\nFORGED" * 1_000)
    except ValueError as error:
        lines = traceback_of(error).split("\n")
    assert 3 < len(lines) <= LINES_AT_MOST
    assert all(line.startswith("    ") and line.isprintable() and len(line) <= LINE_AT_MOST + 4 for line in lines)


def test_an_unexpected_error_is_logged_in_lines_of_ours(
    datasette: Datasette, loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/x",
        "raw_path": b"/x" * 900,
        "query_string": b"",
        "headers": [],
    }
    answer = answer_to(datasette, Request({**scope, "csrftoken": str}, None), ValueError(ODD), SITE)
    with caplog.at_level(logging.ERROR):
        assert loop.run_until_complete(answer()).status == 500
    (record,) = caplog.records
    first, *others = record.getMessage().split("\n")
    assert first.endswith("…: an unexpected error") and len(first) < 300
    assert others and all(line.startswith("    ") and line.isprintable() for line in others)
    assert record.exc_info is None

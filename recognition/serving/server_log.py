"""How the server writes its log: as uvicorn does, and no line of it is broken or forged by what a visitor sends."""

from __future__ import annotations

import copy
import logging
from typing import Any

from uvicorn.config import LOGGING_CONFIG
from uvicorn.logging import AccessFormatter, DefaultFormatter

from .log_lines import shown

LONGEST = 9_000  # characters of one text from a visitor; an address may have 8 kB
# What uvicorn says of each request that is none: the table of connections counts them instead.
COUNTED = ("Invalid HTTP request received.",)


def one_line(text: str) -> str:
    """A text without characters that end a line, move the cursor or turn the text around: escapes are in their place."""
    return text if text.isascii() and text.isprintable() else shown(text, LONGEST)


def indented(text: str) -> str:
    """A text whose lines but the first begin with spaces, so that none can be taken for a message of its own."""
    first, *others = text.split("\n")
    return "\n".join([one_line(first), *(f"    {one_line(line.removeprefix('    '))}" for line in others)])


def in_quotes(text: object) -> object:
    """A part of the request line, which is between quotation marks in the log and cannot end them."""
    return one_line(text[:LONGEST].replace('"', "%22")) if isinstance(text, str) else text


class Lines(DefaultFormatter):
    """A message begins a line; what follows it, a traceback for example, is indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = indented(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return indented("\n" + super().formatException(ei)).removeprefix("\n")


class AccessLines(AccessFormatter):
    """A request is one line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.args = tuple(in_quotes(part) for part in record.args or ())
        return super().formatMessage(record)


def counted_elsewhere(record: logging.LogRecord) -> bool:
    """A filter: False for what is not to be written."""
    return record.msg not in COUNTED


def configuration() -> dict[str, Any]:
    """uvicorn's own, with these lines, and with what other loggers warn of."""
    said = copy.deepcopy(LOGGING_CONFIG)
    said["formatters"]["default"]["()"] = Lines
    said["formatters"]["access"]["()"] = AccessLines
    said["filters"] = {"counted": {"()": lambda: counted_elsewhere}}
    said["handlers"]["default"]["filters"] = ["counted"]
    said["root"] = {"handlers": ["default"], "level": "WARNING"}
    return said

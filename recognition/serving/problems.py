"""What went wrong, as programs read it: at every address of data an error is the same object in JSON."""

from __future__ import annotations

import json
import re
from typing import Any

DATA = re.compile(
    r"\.(json|jsono|jsonld|csv)$|^/(-/health|mcp|oembed|reconcile(/(suggest|extend)/\w+)?)$"
)  # how a path ends that programs ask
JSON = b"application/json; charset=utf-8"
TEXT = b"text/plain; charset=utf-8"


def is_data(path: str) -> bool:
    """Whether programs ask a path of the site, so that an error there is JSON."""
    return DATA.search(path) is not None


def problem(sentence: str, status: int, title: str | None = None) -> dict[str, Any]:
    """The object: `error` says in a sentence what is wrong and what to do, `title` what kind of thing it is, or None."""
    return {"ok": False, "error": str(sentence), "status": status, "title": title}


def in_short(path: str, sentence: str, status: int) -> tuple[bytes, bytes]:
    """The content type and the body of an error for which no page is made: JSON at an address of data, else a line of text."""
    if is_data(path):
        return JSON, json.dumps(problem(sentence.strip(), status)).encode()
    return TEXT, f"{sentence.strip()}\n".encode()

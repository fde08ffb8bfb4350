"""JSON that others send, read so that whatever it says can be sent on.

Python takes more than that: NaN, infinite numbers, halves of characters. None of them is JSON in UTF-8.
"""

from __future__ import annotations

import json
from typing import Any


def from_json(text: str | bytes) -> Any:
    """What JSON says. Raises ValueError for what is none, and for what is nested too deeply."""
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return found

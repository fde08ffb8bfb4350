"""What a visitor takes, as the headers of a request say: compressed or not, and which answers the visitor has already."""

from __future__ import annotations

import re

QUALITY = re.compile(rb"q=(1(\.0{0,3})?|0(\.\d{0,3})?)")  # as RFC 9110 writes it (12.4.2)


def accepts_gzip(wanted: bytes) -> bool:
    """Whether an Accept-Encoding header takes gzip, by name or by *, and does not prefer text as it is.

    What is no number counts as 1. Who wants neither gets the text as it is: it is better than an error (RFC 9110, 12.5.3).
    """
    said: dict[bytes, float] = {}
    for part in wanted.lower().split(b","):
        name, *parameters = (one.strip() for one in part.split(b";"))
        numbers = [float(found[1]) for one in parameters if (found := QUALITY.fullmatch(one))]
        said[name] = numbers[0] if numbers else 1.0
    gzip = said.get(b"gzip", said.get(b"x-gzip", said.get(b"*", 0.0)))
    return gzip > 0 and gzip >= said.get(b"identity", 0.0)


def matches(wanted: bytes, tag: bytes) -> bool:
    """Whether an If-None-Match header names a strong tag, compared weakly as RFC 9110 asks."""
    return wanted.strip() == b"*" or tag in (part.strip().removeprefix(b"W/") for part in wanted.split(b","))

"""The canonical spelling of the path of an address: the only one at which the site answers.

Browsers, proxies and Datasette read many spellings as the same path: `%61` and `~61` are the letter a, `//` and `/./` are
one step, `%2F`, `~2f` and `~2F` a slash inside of a name. Whatever compares paths (guards, routes, the key of a kept
answer) would have to know them all. So a path is decoded once, here, before anything compares it. The canonical
spelling is the one that Datasette's own links have: letters, digits, `_` and `-` as they are, `+` for a space, `~XX` for
every other byte of a name in UTF-8; `/` between segments, `.` before a format, `,` between the parts of a key.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from datasette.utils.asgi import BadRequest

PERCENT = re.compile(rb"%([0-9a-fA-F]{2})?")
# Characters that a browser or a proxy may write with % without another meaning: RFC 3986 calls them unreserved. So are
# commas here, which many programs encode needlessly.
SAME_WITH_PERCENT = re.compile(rb"[A-Za-z0-9._~,-]")
BAD_TILDE = re.compile(rb"~(?![0-9a-fA-F]{2})")
# Everything that may have another spelling: what has a tilde, and characters that have none but need one.
TILDE_OR_OTHER = re.compile(rb"~([0-9a-fA-F]{2})|[^A-Za-z0-9_./\\,+-]")
WITHOUT_TILDE = re.compile(rb"[A-Za-z0-9_-]")
SEPARATORS = re.compile(rb"[/\\]")  # browsers read \ as /
# Control characters, line and paragraph separators, and the controls that make text run backwards.
UNPRINTABLE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
STILL_ENCODED = re.compile("[%~][0-9a-fA-F]{2}")


class Invalid(BadRequest):
    """A path that no canonical spelling means; the message says why in a sentence."""


def canonical(path: bytes) -> str:
    """The canonical spelling of the path of a request, given as it was sent, without its question.

    The result is ASCII, begins with one / and ends with none (but for '/' itself), and is its own canonical spelling.
    Raises Invalid.
    """
    if not path.isascii() or not path.startswith(b"/"):
        raise Invalid("An address begins with / and has all but ASCII characters percent-encoded.")
    tilded = PERCENT.sub(without_percent, path)
    if BAD_TILDE.search(tilded):
        raise Invalid("In an address two hexadecimal digits follow each ~: write ~7E for ~ itself.")
    spelt = "/" + "/".join(resolved(TILDE_OR_OTHER.sub(with_tilde_if_needed, tilded)))
    check(meaning(spelt))
    return spelt


def is_canonical(path: str) -> bool:
    """Whether a path is a canonical spelling."""
    try:
        return canonical(path.encode("utf-8", "surrogatepass")) == path
    except Invalid:
        return False


def without_percent(found: re.Match[bytes]) -> bytes:
    """A percent-encoded byte with ~ in place of %, or the character itself where it means the same."""
    if not found[1]:
        raise Invalid("In an address two hexadecimal digits follow each %: write %25 for % itself.")
    character = bytes.fromhex(found[1].decode())
    return character if SAME_WITH_PERCENT.fullmatch(character) else b"~" + found[1]


def with_tilde_if_needed(found: re.Match[bytes]) -> bytes:
    """A character, or a byte written with ~, as Datasette writes it."""
    character = bytes.fromhex(found[1].decode()) if found[1] else found[0]
    if WITHOUT_TILDE.fullmatch(character):
        return character
    return b"+" if character == b" " else b"~%02X" % character[0]


def resolved(path: bytes) -> list[str]:
    """The segments of a path without empty ones and '.'; '..' takes back the one before it (RFC 3986, 5.2.4)."""
    segments: list[str] = []
    for segment in SEPARATORS.split(path):
        if segment == b"..":
            del segments[-1:]
        elif segment not in (b"", b"."):
            segments.append(segment.decode("ascii"))
    return segments


def meaning(spelt: str) -> str:
    """The text that a path in canonical spelling means. Raises Invalid where it is no UTF-8: overlong, or a surrogate."""
    try:
        return unquote_to_bytes(spelt.replace("+", " ").replace("~", "%")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("What is encoded in this address is no UTF-8.") from error


def check(text: str) -> None:
    """Raises Invalid where the decoded text of a path cannot be a name: it has controls, or is encoded a second time."""
    if UNPRINTABLE.search(text):
        raise Invalid("No address here has line breaks or other control characters.")
    if STILL_ENCODED.search(text):
        raise Invalid("This address is encoded twice: decode it once and ask again.")

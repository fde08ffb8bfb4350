"""All the ways to write an address that a browser, a proxy, Datasette or SQLite may read as the same, and wrong ones too."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

# How one character may be encoded; what is doubled or overlong no answer may follow.
ENCODINGS: dict[str, Callable[[int], str]] = {
    "percent": lambda byte: f"%{byte:02X}", "percent, lowercase": lambda byte: f"%{byte:02x}", "tilde": lambda byte: f"~{byte:02X}",
    "tilde, lowercase": lambda byte: f"~{byte:02x}", "percent-encoded tilde": lambda byte: f"%7E{byte:02X}",
}  # fmt: skip
WRONG: dict[str, Callable[[int], str]] = {
    "twice percent": lambda byte: f"%25{byte:02X}", "percent in tilde": lambda byte: f"~25{byte:02x}", "twice tilde": lambda byte: f"~7E{byte:02X}",
    "tilde in percent in tilde": lambda byte: f"~257E{byte:02X}", "thrice": lambda byte: f"%25%37%45{byte:02X}",
    "tilde, half in percent": lambda byte: f"%7e7E{byte:02X}",
    "overlong": lambda byte: f"%{0xC0 | byte >> 6:02X}%{0x80 | byte & 0x3F:02X}",
    "overlong, tilde": lambda byte: f"~{0xC0 | byte >> 6:02X}~{0x80 | byte & 0x3F:02X}",
    "overlong, three bytes": lambda byte: f"%E0%{0x80 | byte >> 6:02X}%{0x80 | byte & 0x3F:02X}", "IIS": lambda byte: f"%u00{byte:02x}",
    "a NUL behind it": lambda byte: f"{chr(byte)}%00", "a line break before it": lambda byte: f"~0D~0a{chr(byte)}",
    "a lone surrogate": lambda _: "%ED%A0%80",
}  # fmt: skip


def same(path: str) -> Iterator[str]:
    """Spellings that mean this canonical path; each must lead to it."""
    letters = [found.start() for found in re.finditer(r"~..|([A-Za-z0-9_-])", path) if found[1]]
    for encode in ENCODINGS.values():
        yield "".join(encode(ord(character)) if at in letters else character for at, character in enumerate(path))
        yield from (path[:at] + encode(ord(path[at])) + path[at + 1 :] for at in letters)
    yield from (
        path.replace(plain, other) for plain, other in (("~", "%"), ("+", "%20"), ("+", "~20")) if plain in path
    )
    for encode in (ENCODINGS["percent"], ENCODINGS["percent, lowercase"]):  # a dot by itself, not as part of a name
        yield path.replace(".", encode(ord("."))) if "." in path else f"/{encode(ord('.'))}{path}"
    yield from (f"/{path}", f"//{path}", f"/.{path}", f"/x/..{path}", f"/x/%2e%2E{path}", f"/..{path}", f"/../..{path}")
    yield from (
        f"{path}/",
        f"{path}//",
        f"{path}/.",
        f"{path}/x/..",
        f"{path}\\",
    )
    yield from (path.replace("/", "//"), path.replace("/", "/./"), "/" + path[1:].replace("/", "\\"), f"/\\{path}")


def other(path: str) -> Iterator[str]:
    """Spellings that are wrong, or mean something else that a careless guard may take for it, or the other way round."""
    for encode in WRONG.values():
        for at, character in enumerate(path):
            if at:
                yield path[:at] + encode(ord(character)) + path[at + 1 :]
    for slash in ("%2F", "~2f", "%5C", "~5c", "%252F", "%c0%af", "/%20", "%20/", "/+/", "/;/", ";x=1/", "/%09"):
        yield path[0] + path[1:].replace("/", slash)
        yield slash + path[1:] if slash.startswith("/") else f"/{slash}{path[1:]}"
    for dot in ("~2E", "%252e", "~2e~2E"):
        yield path.replace(".", dot) if "." in path else f"/{dot}{path}"
    yield from (
        path.upper(),
        path.title(),
        path.swapcase(),
        "/%" + path[1:].replace("s", "\u017f").encode().hex("%", 1),
    )
    for end in (
        "%20", "+", "%09", "%0a", "%00", "~00", ".", "..", "%2e", "~2e", "/%2e%2e/x", ";", "%3b", ":", "$", "%24", "::$data", "~", "%",
        "%zz", "~zz", "%3F", "%23",
        ",", "%2c", "'", '"', "`", "[", "]", "~5B", "%c2%a0", "%e2%80%8b", "%EF%BB%BF", ".json", ".JSON", "%2ejson", "~2Ejson", ".csv",
        ".db", ".blob", ".jsono", ".x",
        "/x", "/-", "/1.json",
    ):  # fmt: skip
        yield path + end


@dataclass
class Said:
    """An answer, with its body unpacked."""

    status: int
    headers: dict[str, str]
    body: bytes


def sent(
    loop: asyncio.AbstractEventLoop, app: Callable[..., Awaitable[None]], target: str, method: str = "GET"
) -> Said:
    """The answer of an application to a target, exactly as it is sent: an HTTP client would tidy it first."""
    path, _, query = target.encode("latin-1").partition(b"?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "root_path": "",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"), "raw_path": path, "query_string": query,
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def keep(message: dict[str, Any]) -> None:
        messages.append(message)

    loop.run_until_complete(app(scope, receive, keep))
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in messages[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Said(
        messages[0]["status"], headers, gzip.decompress(body) if "content-encoding" in headers and body else body
    )

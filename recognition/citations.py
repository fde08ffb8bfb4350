"""Citations: the addresses that a text names, and the hosts by which publishers are known."""

from __future__ import annotations

from urllib.parse import urlsplit

SCHEMES = ("http://", "https://")


def addresses(text: str | None) -> list[str]:
    """The addresses (http, https) among the words of a text, in their order."""
    return [word for word in (text or "").split() if word.startswith(SCHEMES)]


def host(address: str) -> str:
    """The host of an address in lowercase, without 'www.' and without the port: 'mfa.gov.example'; '' where it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # an address that is none, such as http://[
        return ""

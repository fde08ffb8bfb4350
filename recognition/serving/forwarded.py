"""Who a visitor is: the peer of the connection, or the address that a trusted proxy names in X-Forwarded-For.

The last entry of that header is the one that the proxy wrote; those before it came with the request, from anybody.
"""

from __future__ import annotations

import functools
import ipaddress

from .asgi import App, Receive, Scope, Send

VARIABLE = "FORWARDED_ALLOW_IPS"  # of the environment, as uvicorn calls it
THIS_MACHINE = "127.0.0.1,::1"  # what it says where nobody sets it
LONGEST = 60  # characters of an address with its port
REMEMBERED = 1_000  # addresses that are not parsed again
UNKNOWN = ("unknown", 0)  # a peer who had gone before anybody asked for his address
SCHEMES = ("http", "https")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Proxies:
    """The peers that are believed when they name a visitor.

    `named`: addresses and networks, between commas, or `*` for every peer. Raises ValueError with a sentence.
    """

    def __init__(self, named: str = THIS_MACHINE) -> None:
        words = [word.strip() for word in named.split(",") if word.strip()]
        self.all = "*" in words
        self.networks = [network(word) for word in words if word != "*"]
        self.known: dict[str, bool] = {}  # peers that came, and whether each is one

    def __contains__(self, host: str) -> bool:
        if host not in self.known:
            address = address_in(host)
            trusted = self.all or (address is not None and any(address in network for network in self.networks))
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[host] = trusted
        return self.known[host]


def network(word: str) -> Network:
    """An address or a network, as a network."""
    try:
        return ipaddress.ip_network(word, strict=False)
    except ValueError:
        raise ValueError(
            f"{VARIABLE} says {word!r}: name addresses such as 10.0.0.2, networks such as 10.0.0.0/8, or *"
        ) from None


def address_in(text: str) -> Address | None:
    """The address in an entry of X-Forwarded-For, with or without a port; None where there is none."""
    return parsed(text) if len(text) <= LONGEST else None


@functools.lru_cache(maxsize=REMEMBERED)
def parsed(text: str) -> Address | None:
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv4Address):
        return found
    # 'fe80::1%x' is an address of one machine's network, and x could be anything
    return None if found.scope_id else found.ipv4_mapped or found


def last_entry(scope: Scope, name: bytes) -> str:
    """The last entry of a header that lists several; '' where there is none."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[-1].decode("latin-1").rpartition(",")[2].strip() if values else ""


class Forwarded:
    """The application, which finds the visitor in scope["client"] and his scheme in scope["scheme"].

    The scope is changed in place: the server's own log reads the same one.
    """

    def __init__(self, app: App, proxies: Proxies) -> None:
        self.app = app
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host, port = scope.get("client") or UNKNOWN
            peer = address_in(host)
            scope["client"] = (str(peer or host), port)
            if host in self.proxies:
                if address := address_in(last_entry(scope, b"x-forwarded-for")):
                    scope["client"] = (str(address), 0)
                if (scheme := last_entry(scope, b"x-forwarded-proto").lower()) in SCHEMES:
                    scope["scheme"] = scheme
        await self.app(scope, receive, send)

"""The types of ASGI, the protocol between a server and an application, and what several layers read of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import IPv6Address, ip_address
from typing import Any

Scope = MutableMapping[str, Any]  # what a request is: method, path, headers
Message = MutableMapping[str, Any]  # a part of a request or of an answer
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


def header(scope: Scope, name: bytes) -> bytes:
    """The first header of a request with this lowercase name; empty where there is none."""
    return next((value for key, value in scope["headers"] if key.lower() == name), b"")


def client_of(scope: Scope) -> str:
    """Whose request it is: the address of the visitor, or the network of one with IPv6, who has many."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return address.exploded[:19]  # the first 64 bits
    return host.removeprefix("::ffff:")

"""The addresses of a site: the public one that a setting holds, and the prefix (`base_url`) under which it is served.

No address is made of a request's Host or scheme, which anybody can choose: whatever must be absolute begins with the public
address. Inside of the site a request has no prefix, whether the proxy before it keeps the prefix or takes it off; each
address that a page writes gets it once, through `datasette.urls.path`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import click
from datasette.app import Datasette
from datasette.utils import StartupError, resolve_env_secrets
from datasette.utils.asgi import Request

from .canonical import canonical

SETTING = "plugins, serving, address in metadata.yml"
BASE_URL = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*", re.ASCII)

PORTS = {"http": 80, "https": 443}  # where an address names none
OF_PATHS = "/%~+,;:@&=!$*'()\\"  # signs of a path that stay as they are

FIRST_PART = re.compile(r"\^?/([\w-]+)")


class AddressRefused(StartupError, click.ClickException):
    """Why the site does not start and what to do; Datasette's command prints the message alone."""


def public_address(metadata: dict[str, Any], base_url: str) -> str | None:
    """The address of the front page as visitors type it, from the content of metadata.yml; None where none is set.

    The setting may name a variable of the environment: {"$env": "NAME"}. Raises AddressRefused with a sentence where the
    address or `base_url` cannot be what it should be.
    """
    if not isinstance(base_url, str) or not BASE_URL.fullmatch(base_url):
        raise AddressRefused(
            f"base_url in settings.json is {base_url!r}: it must begin and end with /, as /kosovo/ does."
        )
    said = ((metadata.get("plugins") or {}).get("serving") or {}).get("address")
    address = resolve_env_secrets(said, os.environ)
    if not address:
        return None
    name = said["$env"] if isinstance(said, dict) and "$env" in said else SETTING
    if wrong := what_is_wrong(address, base_url):
        raise AddressRefused(f"{name} is {address!r}: {wrong}.")
    return str(address)


def what_is_wrong(address: object, base_url: str) -> str | None:
    """What the public address must be and is not, as a clause; None where it is right."""
    if not isinstance(address, str) or not re.fullmatch(r"https?://[!-~]+", address):
        return "the public address must begin with http:// or https:// and have no spaces, as https://example.org/ does"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port  # which raises where it is no number
    except ValueError:
        host = None
    if not host or "@" in parts.netloc or "\\" in address:
        return "the public address must have a host, with or without a port, and nothing else before the path"
    if "?" in address or "#" in address:
        return "the public address is that of the front page, without ? and #"
    if parts.path != base_url:
        return f"its path must be the base_url of settings.json, {base_url}"
    return None


def startup(datasette: Datasette) -> None:
    """Read the public address, which is `datasette.public_address` from now on, and put absolute_url in its place.

    Raises AddressRefused.
    """
    base_url = datasette.setting("base_url")
    datasette.public_address = public_address(datasette.metadata() or {}, base_url)
    datasette.absolute_url = absolute(datasette.public_address, base_url)
    if base_url.split("/")[1] in first_parts(datasette):
        raise AddressRefused(
            f"base_url in settings.json is {base_url!r}: pages of the site begin with that too; choose another prefix."
        )


def absolute(public: str | None, base_url: str) -> Callable[[Request | None, str], str]:
    """Datasette's method absolute_url: the public address and a path, or the path alone where there is none.

    The path may have the prefix already. What the request says of scheme and host is not read.
    """
    origin = public.removesuffix(base_url) if public else ""

    def absolute_url(request: Request | None, path: str) -> str:
        return origin + prefixed(base_url, str(path))

    return absolute_url


def prefixed(base_url: str, path: str) -> str:
    """A path of this site with its prefix, once: no page's own path begins with the prefix, which `startup` makes sure of."""
    return path if path.startswith(base_url) and base_url != "/" else base_url + path.lstrip("/")


def first_parts(datasette: Datasette) -> set[str]:
    """What comes first in the paths of the site's own pages: names of databases, of templates in pages/, and of routes."""
    templates = (
        name.removeprefix("pages/") for name in datasette.jinja_env.list_templates() if name.startswith("pages/")
    )
    routes = (FIRST_PART.match(pattern.pattern) for pattern, _ in datasette._routes())
    parts = {re.split(r"[/.]", name)[0] for name in templates} | {found[1] for found in routes if found}
    return parts | {database.route for database in datasette.databases.values()}


def without_prefix(path: str, base_url: str) -> str:
    """A path in canonical spelling without the prefix; what lacks the prefix, which a proxy took off, is the same."""
    return "/" + path[len(base_url) :] if f"{path}/".startswith(base_url) else path


def on_site(datasette: Datasette, url: str) -> tuple[str, str] | None:
    """The path, in canonical spelling and without the prefix, and the question of a public address of this site.

    None for the address of another site. It does not matter whether it is asked for by http or by https. Raises Invalid.
    """
    public, base_url = datasette.public_address, datasette.setting("base_url")
    try:
        asked = urlsplit(url)
        if public is None or where(asked) not in places(urlsplit(public)):
            return None
    except ValueError:  # no host or port can be so
        return None
    path = canonical(quote(asked.path or "/", safe=OF_PATHS).encode())
    return (without_prefix(path, base_url), asked.query) if f"{path}/".startswith(base_url) else None


def where(address: SplitResult) -> tuple[str, str, int | None]:
    """The scheme, the host with whoever is named before it, and the port of an address."""
    name, at, _ = address.netloc.rpartition("@")
    return address.scheme, f"{name}{at}{address.hostname or ''}", address.port or PORTS.get(address.scheme)


def places(public: SplitResult) -> set[tuple[str, str, int | None]]:
    """Where the same site is asked for: at its port, or by http and https at the ports that they have unsaid."""
    scheme, host, port = where(public)
    usual = PORTS.items() if port == PORTS[scheme] else [(name, port) for name in PORTS]
    return {(name, host, number) for name, number in usual}

"""Serves a folder with limits for connections: python -m recognition.serving [FOLDER] --host H --port P.

The folder is what `datasette FOLDER` serves; its plugins/serving.py holds SITE, the Configuration of the site. What is
wrong is said in a sentence before anything is served, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import gc
import os
import runpy
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

try:
    import click
    from datasette.app import Datasette
    from datasette.utils import StartupError

    from . import check_datasette
    from .configuration import Configuration
    from .connections import UNSENT, Limits, Server, TooFewFiles, within_descriptors
    from .edition import Check
    from .forwarded import THIS_MACHINE, VARIABLE, Proxies
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

PORT = 8001
SWITCH = 0.0005  # seconds that a thread goes on while the one of all answers waits for it; Python's own is 0.005
DOOR = Path("plugins", "serving.py")  # of the folder


class NotStarted(Exception):
    """Why the site does not start, and what to do, as a clause."""


class Options(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise NotStarted(f"{message}; see --help")


def port(text: str) -> int:
    """A port; 0 for any that is free."""
    if not (text.isascii() and text.isdecimal() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: name one from 0 (any that is free) to 65535")
    return int(text)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = Options("python -m recognition.serving", description=(__doc__ or "").splitlines()[0], allow_abbrev=False)
    parser.add_argument("folder", nargs="?", default=".", type=Path, help="default: this one")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    default = os.environ.get("PORT") or str(PORT)
    parser.add_argument("--port", default=default, type=port, help=f"default: $PORT, or else {PORT}")
    return parser.parse_args(arguments)


def site_of(folder: Path) -> Configuration:
    """What the folder's door says of the site."""
    if not folder.is_dir():
        raise NotStarted(f"there is no folder {folder}: name the one that holds the site")
    door = folder / DOOR
    if not door.is_file():
        raise NotStarted(f"{door} is missing: name the folder that holds the site")
    try:
        site = runpy.run_path(str(door)).get("SITE")
    except SyntaxError as error:
        raise NotStarted(f"{door} cannot be read ({error}): restore it") from error
    if not isinstance(site, Configuration):
        raise NotStarted(f"{door} says nothing of the site: it must have a Configuration called SITE")
    return site


def bound(host: str, number: int) -> list[socket.socket]:
    """A socket for each address of the host."""
    try:
        found = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise NotStarted(f"there is no host {host!r}: name an address of this machine, such as 127.0.0.1") from None
    sockets, problem = [], OSError(errno.EADDRNOTAVAIL, "no address")
    for family, kind, protocol, _, address in dict.fromkeys(found):
        try:
            sockets.append(listening_at(family, kind, protocol, address))
        except OSError as error:
            problem = error
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):  # 'localhost' where there is no IPv6
                raise NotStarted(why_not_bound(host, number, error)) from error
    if not sockets:
        raise NotStarted(why_not_bound(host, number, problem)) from problem
    return sockets


def listening_at(family: int, kind: int, protocol: int, address: Any) -> socket.socket:
    """A socket that is bound to an address; raises OSError."""
    # with its protocol: asyncio sends small answers without delay only where it sees that this is TCP
    bound_one = socket.socket(family, kind, protocol)
    try:
        bound_one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound_one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)  # of the connections too
        if family == socket.AF_INET6:
            bound_one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound_one.bind(address)
    except OSError:
        bound_one.close()
        raise
    return bound_one


def why_not_bound(host: str, number: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {number} of {host} is in use: stop what listens there, or choose another with --port"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {number} of {host} may not be used by this user: choose one of 1024 or more with --port"
    return f"{host} is no address of this machine ({error.strerror}): name another with --host"


async def serve(
    folder: Path, metadata: dict[str, Any], limits: Limits, proxies: Proxies, sockets: list[socket.socket]
) -> None:
    """Serve a folder as `datasette FOLDER` would, until a signal comes."""
    secret = os.environ.get("DATASETTE_SECRET") or None
    datasette = Datasette([], config_dir=folder, metadata=metadata, secret=secret)
    await datasette.invoke_startup()
    # what is there now stays: looking through it for garbage would hold up all answers for 20 ms again and again
    gc.freeze()
    server = Server(datasette.app(), limits, proxies)
    try:
        await server.serve(sockets)
    except OSError as error:
        if server.started:
            raise
        host, number = sockets[0].getsockname()[:2]
        raise NotStarted(why_not_bound(host, number, error)) from error


def main(arguments: list[str]) -> None:
    check_datasette()
    sys.setswitchinterval(SWITCH)
    said = options(arguments)
    site = site_of(said.folder)
    check = Check(site)
    metadata = check.metadata(said.folder)
    check.folder(said.folder, metadata)
    try:
        proxies = Proxies(os.environ.get(VARIABLE) or THIS_MACHINE)
    except ValueError as error:
        raise NotStarted(str(error)) from error
    limits = within_descriptors(Limits())
    with contextlib.ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(one) for one in bound(said.host, said.port)]
        asyncio.run(serve(said.folder, metadata, limits, proxies, sockets))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (StartupError, click.ClickException) as refused:
        sys.exit(f"The site cannot start: {getattr(refused, 'message', refused)}")
    except (NotStarted, TooFewFiles) as refused:
        sys.exit(f"The site cannot start: {refused}.")
    except KeyboardInterrupt:
        sys.exit(130)

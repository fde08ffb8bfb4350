"""Prints what readers see of the site in a folder: python -m tests.seen.print_site FOLDER OUTPUT.

FOLDER is one that Datasette can serve (metadata.yml, plugins, a built database …), OUTPUT a folder for the texts, one
file for every kind of page. Two such outputs, of two states of the project, are compared with `diff -ru`.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from datasette.app import Datasette

from tests.seen.addresses import addresses
from tests.seen.reading_order import masked, seen

FRAME = "/about"  # the header and footer of this page are printed whole, those of others where they differ from it


class Printer:
    """Asks a Datasette for addresses and prints what a reader gets."""

    def __init__(self, datasette: Datasette, loop: asyncio.AbstractEventLoop) -> None:
        self.datasette, self.loop = datasette, loop
        (database,) = (one for name, one in datasette.databases.items() if name != "_internal")
        self.masks = {str(database.hash)[:12]: "<edition>"}
        self.metadata = datasette.metadata()
        self.frame: dict[str, str] = {}
        self.policy = ""
        self.asked(FRAME)

    def asked(self, address: str) -> str:
        """What a reader gets at an address; a redirect is printed and followed."""
        response = self.loop.run_until_complete(self.datasette.client.get(address))
        headers = dict(response.headers)
        policy = headers.pop("content-security-policy", "none")
        if address == FRAME or (self.policy and policy != self.policy):
            headers["content-security-policy"] = self.policy = policy
        kind = headers.get("content-type", "")
        body = response.text if not kind.startswith("image/") else f"({len(response.content)} bytes)"
        text = seen(response.status_code, headers, body, None if address == FRAME else self.framed)
        if address == FRAME:
            self.frame.clear()
            seen(response.status_code, headers, body, self.kept)
        if 300 <= response.status_code < 400:
            text += "\n" + self.asked(headers["location"])
        return masked(text, self.masks)

    def kept(self, part: str, text: str) -> str:
        self.frame[part] = text
        return text

    def framed(self, part: str, text: str) -> str:
        return f"({part} as on {FRAME})" if self.frame.get(part) == text else text

    def printed(self, addresses: list[str]) -> str:
        """What a reader gets at each of the addresses, one after the other."""
        return "\n\n".join(f"==== {address}\n{self.asked(address)}" for address in addresses) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    printer = Printer(Datasette([], config_dir=options.folder), asyncio.new_event_loop())
    for name, asked in addresses(printer.metadata).items():
        (options.output / f"{name}.txt").write_text(printer.printed(asked), "utf-8")


if __name__ == "__main__":
    main()

"""Ten minutes of mixed load by 64 clients, one in eight hostile: `make soak`.

Ends with an error unless every answer to the others was right, and memory stayed flat and within bounds.

`python -m bench.soak --minutes 1` is a shorter one. What is asked for: pages seen and not yet seen, dossiers, searches,
tallies, tables, SQL, data, the file in ranges, errors that readers make, pages that did not change.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import httpx

from .addresses import of_each_kind
from .measuring import percentile
from .servers import SERVE, served, site
from .strangers import ATTACKS, tree_memory

CLIENTS = 64
HOSTILE = 8  # one client in so many attacks, from an address of its own
MOST = 256  # megabytes of the site and its processes together
GROWTH = 1.15  # of memory, from a quarter of the time on, when what is kept has been filled
SEEN = ("/", "/tallies", "/recognition/countries/ghana", "/map", "/article", "/timeline", "/static/site.css")


def questions(seed: int, pages: list[str]) -> Iterator[tuple[str, dict[str, str], int]]:
    """Addresses with headers and the status that is right, a mix as of a busy day, repeatable by its seed."""
    chance = random.Random(seed)
    for number in itertools.count():
        dice = chance.random()
        if dice < 0.45:
            yield chance.choice(SEEN), {}, 200
        elif dice < 0.80:
            yield chance.choice(pages), {}, 200
        elif dice < 0.84:
            yield f"/recognition.json?sql=select+{seed}{number}+as+n,+count(*)+from+events", {}, 200
        elif dice < 0.86:
            yield f"/recognition?sql=select+misspelt{seed}{number}", {}, 400
        elif dice < 0.92:
            yield f"/timeline.csv?year={chance.randint(2008, 2020)}", {}, 200
        elif dice < 0.95:
            yield "/recognition.db", {"Range": "bytes=1000000-1099999"}, 206
        elif dice < 0.97:
            yield f"/nothing/{seed}/{number}", {}, 404
        else:
            yield "/tallies", {"If-None-Match": "*"}, 304


def attacks(seed: int) -> Iterator[str]:
    """What a hostile client asks: all attacks of strangers.py by turns, each time with another number."""
    paths = [path for listed in ATTACKS.values() for path in listed]
    for number in itertools.count(seed * 1_000_000):
        yield paths[number % len(paths)].replace("{n}", str(number % 1000))


class Soak:
    """The clients, and what they were answered."""

    def __init__(self, port: int, pages: list[str], minutes: float) -> None:
        self.port, self.pages, self.end = port, pages, time.monotonic() + 60 * minutes
        self.answers: Counter[int] = Counter()  # by the status that was right
        self.failures: list[str] = []
        self.milliseconds: list[float] = []

    async def client(self, seed: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=30) as reader:
            for address, headers, right in questions(seed, self.pages):
                if time.monotonic() > self.end:
                    return
                began = time.monotonic()
                try:
                    found: object = (await reader.get(address, headers=headers)).status_code
                except httpx.HTTPError as error:
                    found = repr(error)
                self.milliseconds.append(1000 * (time.monotonic() - began))
                self.answers[right] += 1
                if found != right:
                    self.failures.append(f"{address}: {found} instead of {right}")

    async def stranger(self, seed: int) -> None:
        """What a hostile client is answered does not matter."""
        transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", timeout=30, transport=transport
        ) as client:
            for address in attacks(seed):
                if time.monotonic() > self.end:
                    return
                try:
                    await client.get(address)
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)

    async def run(self, process: subprocess.Popen[bytes]) -> list[float]:
        """Megabytes of the server and its processes, every five seconds."""
        clients = [
            asyncio.create_task(self.client(seed) if seed % HOSTILE else self.stranger(seed)) for seed in range(CLIENTS)
        ]
        sizes = []
        while time.monotonic() < self.end:
            sizes.append(tree_memory(process.pid))
            await asyncio.sleep(5)
        await asyncio.gather(*clients)
        return sizes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="Mixed load by 64 clients.")
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    with site() as (folder, database), served(folder, *SERVE, ".", "--port") as (port, process):
        pages = [address for addresses in of_each_kind(database).values() for address in addresses]
        soak = Soak(port, pages, minutes)
        sizes = asyncio.run(soak.run(process))
    settled = sizes[len(sizes) // 4 :]
    growth = max(settled[len(settled) // 2 :]) / max(settled[: len(settled) // 2] or settled)
    print(
        f"{CLIENTS} clients, {minutes:g} minutes: {sum(soak.answers.values()):,} answers "
        f"({', '.join(f'{number:,} of {status}' for status, number in sorted(soak.answers.items()))}), "
        f"{len(soak.failures)} failed; half within {percentile(soak.milliseconds, 50):.0f} ms, 95 of 100 within "
        f"{percentile(soak.milliseconds, 95):.0f} ms, the slowest {max(soak.milliseconds):.0f} ms; "
        f"memory {sizes[0]:.0f} MB at first, {settled[0]:.0f} after a quarter, {max(settled):.0f} at most, growth {growth:.2f}"
    )
    for failure in soak.failures[:20]:
        print(failure, file=sys.stderr)
    if growth > GROWTH:
        print(f"memory grew by more than {GROWTH}", file=sys.stderr)
    if max(sizes) > MOST:
        print(f"memory was more than {MOST} MB", file=sys.stderr)
    return int(bool(soak.failures) or growth > GROWTH or max(sizes) > MOST)


if __name__ == "__main__":
    sys.exit(main())

"""Pages while visitors loop endless SQL: the 95th percentile of pages made anew, against the same without them

Eight clients in a process of their own ask endless queries, each at once after the last was refused; a reader on one
connection asks for a dossier, a search and a tally in turn.
"""

from __future__ import annotations

import http.client
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .addresses import of_each_kind
from .measuring import Figure, percentile
from .servers import SERVE, Unmeasured, beside, served, site

CLIENTS = 8
CHOSEN = ("dossier", "search", "tallies")
ENDLESS = "with+recursive+c(x)+as+(select+1+union+all+select+x%2B1+from+c)+select+count(*)+from+c+where+x+%3E+"
# A process that asks until it is ended; what it is answered does not matter.
LOOP = """
import http.client, itertools, sys, threading
port, path, clients = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
def loop(client):
    for number in itertools.count(client * 1_000_000):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path + str(number))
        connection.getresponse().read()
        connection.close()
for client in range(clients):
    threading.Thread(target=loop, args=(client,)).start()
"""


@contextmanager
def visitors(port: int) -> Iterator[None]:
    """The eight clients, until the end of the block."""
    with beside(LOOP, port, f"/recognition.json?sql={ENDLESS}", CLIENTS):
        time.sleep(1)
        yield
    time.sleep(3)  # until queries that still waited are done


def ask(port: int, pages: dict[str, Iterator[str]], each: int, found: dict[str, list[float]]) -> None:
    """Ask for so many pages of each kind in turn, and append to `found` how many milliseconds each took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _, (name, addresses) in itertools.product(range(each), pages.items()):
        address, began = next(addresses), time.perf_counter()
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        found[name].append(1000 * (time.perf_counter() - began))
        if answer.status != 200:
            raise Unmeasured(f"{address} answered {answer.status}")
    connection.close()


def measure(quick: bool) -> list[Figure]:
    each, repeats = (30, 1) if quick else (60, 5)
    idle: dict[str, list[float]] = {name: [] for name in CHOSEN}
    busy: dict[str, list[float]] = {name: [] for name in CHOSEN}
    with site() as (folder, database), served(folder, *SERVE, ".", "--port", keep=False) as (port, _):
        addresses = of_each_kind(database)
        pages: dict[str, Iterator[str]] = {name: itertools.cycle(addresses[name]) for name in CHOSEN}
        ask(port, pages, 10, {name: [] for name in CHOSEN})
        for _ in range(repeats):
            ask(port, pages, each, idle)
            with visitors(port):
                ask(port, pages, each, busy)
    return [
        Figure(
            f"{name}, 95 of 100", percentile(busy[name], 95), percentile(idle[name], 95), "without visitors", "ms",
            at_most=3, note=f"half: {percentile(busy[name], 50):.1f} and {percentile(idle[name], 50):.1f} ms",
        )
        for name in CHOSEN
    ]  # fmt: skip

"""Pages while strangers loop endless SQL: the 95th percentile of pages not yet seen, against the same without strangers

Eight clients in a process of their own ask endless queries, each at once after the last was refused; a reader on one
connection asks a dossier, a search and a tally in turn, never the same address twice.
"""

from __future__ import annotations

import http.client
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.loopback import delivered, free_port

from .figures import Figure, percentile
from .pages import ROOT, built, forget, served, unseen

CLIENTS = 8
ENDLESS = "with+recursive+c(x)+as+(select+1+union+all+select+x%2B1+from+c)+select+count(*)+from+c+where+x+%3E+"
# A process that asks until it is ended; what it is answered does not matter.
STRANGERS = """
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
def strangers(port: int) -> Iterator[None]:
    command = [sys.executable, "-c", STRANGERS, str(port), f"/recognition.json?sql={ENDLESS}", str(CLIENTS)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        yield
    finally:
        process.kill()
        process.wait()
        time.sleep(3)  # until those that still waited are done


def latencies(port: int, pages: dict[str, Iterator[str]], each: int) -> dict[str, list[float]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found: dict[str, list[float]] = {name: [] for name in pages}
    for _, (name, addresses) in itertools.product(range(each), pages.items()):
        address = next(addresses)
        began = time.perf_counter()
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        found[name].append(1000 * (time.perf_counter() - began))
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}")
    connection.close()
    return found


def measure(quick: bool) -> list[Figure]:
    each, repeats = (30, 1) if quick else (60, 5)
    chosen = ("dossier", "search", "tallies")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        serve = [sys.executable, "-m", "datasette", "serve", ".", "--host", "127.0.0.1", "--port", str(port)]
        stack.enter_context(served(serve, port, delivered(ROOT, built(), folder), "/about"))
        pages = {name: addresses for name, addresses in unseen().items() if name in chosen}
        latencies(port, pages, 10)
        idle: dict[str, list[float]] = {name: [] for name in chosen}
        busy: dict[str, list[float]] = {name: [] for name in chosen}
        for _ in range(repeats):
            for name, values in latencies(port, pages, each).items():
                idle[name] += values
            with strangers(port):
                for name, values in latencies(port, pages, each).items():
                    busy[name] += values
    forget()
    return [
        Figure(
            f"{name}, 95 of 100", percentile(busy[name], 95), percentile(idle[name], 95), "without strangers", "ms",
            at_most=3, note=f"half: {percentile(busy[name], 50):.1f} and {percentile(idle[name], 50):.1f} ms",
        )
        for name in chosen
    ]  # fmt: skip

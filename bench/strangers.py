"""Strangers who mean harm: pages that nobody has seen yet while one visitor attacks, against the same at rest

`python -m bench.strangers [--quick] [attack …]`. The attackers have an address of their own (127.0.0.2) and yield the
processor to the site (nice 19), as visitors on other machines would; a reader at 127.0.0.1 asks for pages that are not
kept, and a third at 127.0.0.3 asks in SQL. All of them share the processors of one machine, and so do the processes that
run visitors' SQL: how much of a difference that alone makes is measured beside it, with the same attack on a twin of the site.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from .addresses import of_each_kind
from .measuring import Figure, percentile, table
from .servers import SERVE, beside, served, site

CLIENTS = 8
ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c where x > {n}"
LONG = "select length(printf('%.*c', 2147483647, 'x')), {n}"
TRIM = "select ltrim(printf('%.*c', 900000, 'x'), printf('%.*c', 400000, 'yx')), {n}"
HELD = "select x, randomblob(900000 + {n} % 9) from (select number as x from countries limit 140) order by 2"
CONTROL = "select replace(printf('%.*c', 800000, 'x'), 'x', char(1)), {n}"
WHERE = "length(printf('%.*c', 2147483647, name)) > {n}"
WIDE = "select p.*, {n} from passages p, rules limit 1000"


def sql(text: str, form: str = ".json", database: str = "/recognition") -> str:
    return f"{database}{form}?sql={quote(text, safe='{}')}"


# What each attack asks, with {n} for a number that is another each time; several take turns.
ATTACKS: dict[str, tuple[str, ...]] = {
    "endless queries": (sql(ENDLESS), sql(ENDLESS, database="/~72ecognition"), sql(ENDLESS, database="/%72ecognition")),
    "long functions": (sql(LONG), sql(TRIM), "/recognition/countries.json?_where=" + quote(WHERE, safe="{}")),
    "memory holders": (sql(HELD),),
    "big answers": (sql(CONTROL), sql(WIDE), sql(WIDE, "")),
    "facets": ("/recognition/member_statuses?_facet=status&_facet=rule_id&_facet=organisation_id&_size={n}",),
    "searches": ("/search?q=" + "a*+" * 1900 + "{n}", "/recognition/passages?_searchmode=raw&_search=" + "a*+OR+" * 300 + "b{n}"),
    "quotes": ("/article?quote=" + "|".join("abcdefghij") * 20 + "{n}",),
    "addresses": ("/tallies?utm_source={n}", "/nothing/{n}", sql("select {n}"), "/search?q=x{n}", "/~72ecognition/countries?x={n}"),
}  # fmt: skip
READERS = "readers who do not read"
# Asks again and again from many connections, or asks for much and reads nothing, until it is ended.
ATTACKER = """
import itertools, os, socket, sys, threading, time
port, clients, reads, *paths = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "reads", *sys.argv[4:]
os.nice(19)
def asked(path):
    made = socket.create_connection(("127.0.0.1", port), 60, ("127.0.0.2", 0))
    made.sendall(f"GET {path} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n".encode())
    return made
def loop(client):
    for n in itertools.count(client * 1_000_000):
        try:
            made = asked(paths[n % len(paths)].replace("{n}", str(n % 1000 if "_size=" in paths[0] else n)))
            while made.recv(65536):
                pass
            made.close()
        except OSError:
            time.sleep(0.05)
if reads:
    for client in range(clients):
        threading.Thread(target=loop, args=(client,)).start()
else:
    held = []
    for n in range(clients):
        try:
            held.append(asked(paths[n % len(paths)].replace("{n}", str(n))))
        except OSError:
            pass
        time.sleep(0.01)
    time.sleep(600)
"""


class Reader:
    """A visitor with an address of his own; `failed` are the answers that were not right."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port, self.host, self.failed = port, host, 0

    def ask(self, path: str) -> float:
        """The milliseconds until the whole answer was there."""
        began = time.perf_counter()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(self.host, 0))
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            self.failed += answer.status != 200
        except OSError:
            self.failed += 1
        return 1000 * (time.perf_counter() - began)


@contextmanager
def attacked(port: int, name: str) -> Iterator[None]:
    paths, clients, how = (ATTACKS["big answers"], 100, "not") if name == READERS else (ATTACKS[name], CLIENTS, "reads")
    with beside(ATTACKER, port, clients, how, *paths):
        time.sleep(2)
        yield


def tree_memory(pid: int) -> float:
    """Megabytes that a process and all its descendants hold; what they share counts once (PSS)."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
            threads = Path(f"/proc/{one}/task").iterdir()
            children += [child for task in threads for child in (task / "children").read_text().split()]
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
        waiting += [int(child) for child in set(children)]
    return total


def unseen(database: Path) -> Iterator[str]:
    """Pages that are answered under a day, each with another, so that none is kept."""
    pages = of_each_kind(database)
    kinds = [itertools.cycle(pages[name]) for name in ("dossier", "tallies")]
    for number in itertools.count():
        day = f"{2009 + number % 16}-{1 + number // 16 % 12:02}-{1 + number // 192 % 28:02}"
        yield f"{next(kinds[number % 2]).partition('?')[0]}?as_of={day}"


def measure(quick: bool, names: tuple[str, ...] = (*ATTACKS, READERS)) -> list[Figure]:
    each, figures = (60 if quick else 300), []
    with (
        site() as (folder, database), served(folder, *SERVE, ".", "--port") as (port, process),
        site() as (other, _), served(other, *SERVE, ".", "--port") as (twin, _),
    ):  # fmt: skip
        pages = unseen(database)
        reader, asking = Reader(port), Reader(port, "127.0.0.3")
        for _ in range(30):
            reader.ask(next(pages))
        for name in names:
            rest = [reader.ask(next(pages)) for _ in range(each)]
            peak, questions = 0.0, []
            with attacked(port, name):
                busy = []
                for number in range(each):
                    busy.append(reader.ask(next(pages)))
                    if number % 10 == 0:
                        peak = max(peak, tree_memory(process.pid))
                    if number % 20 == 0:
                        questions.append(
                            asking.ask(f"/recognition.json?sql=select+{number}+as+{name.replace(' ', '_')}")
                        )
            began = time.perf_counter()
            while reader.ask(next(pages)) > 2 * percentile(rest, 95) and time.perf_counter() - began < 60:
                pass
            recovered, failed = time.perf_counter() - began, reader.failed + asking.failed
            with attacked(twin, name):
                beside_twin = [reader.ask(next(pages)) for _ in range(each)]
            reader.failed = asking.failed = 0
            figures += [
                Figure(
                    f"{name}: pages, 95 of 100", percentile(busy, 95), percentile(rest, 95), "at rest", "ms", at_most=1.5,
                    note=f"half {percentile(busy, 50):.1f} and {percentile(rest, 50):.1f} ms; {failed} failed; "
                    f"recovered in {recovered:.1f} s; another's SQL {percentile(questions, 50):.0f}, at most {max(questions):.0f} ms",
                ),
                Figure(
                    f"{name}: the same, against the attack on a twin", percentile(busy, 95), percentile(beside_twin, 95),
                    "a twin is attacked", "ms", note=f"half {percentile(busy, 50):.1f} and {percentile(beside_twin, 50):.1f} ms",
                ),
                Figure(f"{name}: memory", peak, 256, "the bound", "MB", at_most=1),
            ]  # fmt: skip
            print(table(figures[-3:]), flush=True)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.strangers", description="Attack the site, and measure.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*", metavar="attack", help=f"any of: {', '.join((*ATTACKS, READERS))}")
    options = parser.parse_args()
    measure(options.quick, tuple(options.names) or (*ATTACKS, READERS))


if __name__ == "__main__":
    main()

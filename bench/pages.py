"""Pages over a socket, seen and made anew, against a bare hello and stock Datasette; and the first page after a start

Each server is one process, asked by wrk over eight connections that stay open. The hello is an application of ten lines
on the same server, uvicorn; stock is `datasette serve -i recognition.db` as it comes. 'Seen' is answered from memory.
'Made' is a site that keeps no answers (RECOGNITION_KEEP_ANSWERS=off). Tables made are compared with the least that
Datasette's own TableView can do: the same rows, no facets, no count, an empty template. 'Before' is the second edition
on the machine that measured it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm

from .addresses import bare, of_each_kind
from .measuring import Figure, interleaved
from .servers import SERVE, STOCK, memory, served, site, wrk

# Page to its address and the ratio to hello before.
SEEN = {
    "front page": ("/", 0.80), "dossier": ("/recognition/countries/ghana", 0.73), "tallies": ("/tallies", 0.85),
    "search": ("/search?q=Burma", 0.84), "table": ("/recognition/countries", 0.83), "map as data": ("/map.json", 0.83),
    "the same, not changed (304)": ("/", 0.86),
}  # fmt: skip
# Kind of page to its baseline, the ratio to it before, and the least that it has to be. Before: the second edition on the
# same machine, in turns with this one.
MADE = {
    "front page": ("bare hello", 0.0158, 0.0316), "dossier": ("bare hello", 0.0392, 0.0392), "tallies": ("bare hello", 0.0544, 0.0544),
    "search": ("bare hello", 0.0432, 0.0432), "tables": ("bare TableView", 0.55, 0.9), "tables, filtered": ("bare TableView", None, 0.9),
}  # fmt: skip
STATEMENTS = 25
HELLO = """
import sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="info", lifespan="on", workers=1)
"""


def measure(quick: bool) -> list[Figure]:
    seconds, repeats = (1, 1) if quick else (3, 5)
    with ExitStack() as stack:
        folder, database = stack.enter_context(site())
        empty = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (empty / "table.html").touch()
        figures = first_page(folder, database, repeats)
        stock = (*STOCK, "-i", database)
        ours, process = stack.enter_context(served(folder, *SERVE, ".", "--port"))
        started = memory(process)
        ports = {
            "ours": ours,
            "making": stack.enter_context(served(folder, *SERVE, ".", "--port", keep=False))[0],
            "stock home": stack.enter_context(served(empty, *stock, "--port"))[0],
            "bare TableView": stack.enter_context(
                served(empty, *stock, "--template-dir", empty, "--setting", "default_page_size", "25", "--port")
            )[0],
            "hello": stack.enter_context(served(empty, sys.executable, "-c", HELLO))[0],
        }
        figures += pages(ports, of_each_kind(database), seconds, repeats)
        figures.append(
            Figure("memory after all of this", memory(process), started, "just started", "MB", ours_at_most=256)
        )
    return figures


def pages(ports: dict[str, int], addresses: dict[str, list[str]], seconds: float, repeats: int) -> list[Figure]:
    """Answers a second; all of them are measured in turns."""
    asked = urllib.request.Request(f"http://127.0.0.1:{ports['ours']}/", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        tag = answer.headers["ETag"]
    measurements: dict[str, partial[float]] = {
        "hello": partial(wrk, ports["hello"], ["/"], seconds),
        "stock home": partial(wrk, ports["stock home"], ["/"], seconds),
    }
    for name, (path, _) in SEEN.items():
        headers = {"If_None_Match": tag} if "304" in name else {}
        measurements[f"{name}, seen"] = partial(wrk, ports["ours"], [path], seconds, **headers)
    for name, (against, _, _) in MADE.items():
        measurements[f"{name}, made"] = partial(wrk, ports["making"], addresses[name], seconds)
        if against == "bare TableView":
            paths = [bare(path) for path in addresses[name]]
            measurements[f"{name}, bare"] = partial(wrk, ports[against], paths, seconds)
    for measurement in measurements.values():  # the first page of a kind compiles templates and reads what is kept
        measurement.func(measurement.args[0], measurement.args[1][:8], 1)
    found = interleaved(measurements, repeats)
    figures = [
        Figure(f"{name}, seen", found[f"{name}, seen"], found["hello"], "bare hello", "/s", at_least=0.6, before=before)
        for name, (_, before) in SEEN.items()
    ]
    for name, (against, before, goal) in MADE.items():
        ours, baseline = found[f"{name}, made"], found.get(f"{name}, bare", found["hello"])
        note = f"{ours / found['hello']:.2%} of hello, {ours / found['stock home']:.1f} times stock's home page"
        figures.append(Figure(f"{name}, made", ours, baseline, against, "/s", at_least=goal, before=before, note=note))
    return figures


def first_page(folder: Path, database: Path, repeats: int) -> list[Figure]:
    """From the start of the process to the first whole /, and how many SQL statements that page takes."""

    def started(*command: object) -> float:
        began = time.perf_counter()
        with served(folder, *command, "--port"):
            return time.perf_counter() - began

    found = interleaved(
        {"ours": partial(started, *SERVE, "."), "stock": partial(started, *STOCK, "-i", database)}, 2 * repeats
    )
    number = len(statements_of(folder, "/"))
    return [
        Figure("start to the first whole /", found["ours"], found["stock"], "stock home", at_most=1.3, before=2.4),
        Figure("SQL statements for that /", number, 1, "", "", ours_at_most=STATEMENTS, note="1,529 before"),
    ]


def statements_of(folder: Path, path: str) -> list[str]:
    """The SQL that a site runs for its first page, on all its connections; without what FTS5 asks of its own tables."""
    statements: list[str] = []

    class Tracing:  # a plugin of Datasette's
        @staticmethod
        @hookimpl
        def prepare_connection(conn: sqlite3.Connection) -> None:
            conn.set_trace_callback(statements.append)

    pm.register(Tracing)
    try:

        async def ask() -> None:
            datasette = Datasette([], config_dir=folder)
            await datasette.invoke_startup()
            statements.clear()
            response = await datasette.client.get(path)
            assert response.status_code == 200, response.text

        asyncio.run(ask())
    finally:
        pm.unregister(Tracing)
    return [sql for sql in statements if not sql.startswith("--")]

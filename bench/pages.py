"""Pages over a socket: seen ones against a bare hello, unseen ones against stock Datasette with the same file

Each is one process on loopback, asked by wrk over eight connections that stay open. 'Seen' asks one address again and
again; 'unseen' never asks an address twice. The hello is an application of ten lines on the same server, uvicorn, with
the same settings; stock is `datasette serve -i recognition.db` as it comes. Memory is that of our process at the end.
"""

from __future__ import annotations

import itertools
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import build_db
from deploy.loopback import delivered, free_port

from .figures import Figure, interleaved

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 8
SEEN = {
    "front page": "/", "dossier": "/recognition/countries/ghana", "tallies": "/tallies", "search": "/search?q=Burma",
    "table": "/recognition/countries", "map as data": "/map.json", "the same, not changed (304)": "/",
}  # fmt: skip
HELLO = """
import uvicorn
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain"), (b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})
uvicorn.run(app, host="127.0.0.1", port=%d, log_level="info", lifespan="on", workers=1)
"""
# Addresses one after the other, each once; failures are counted by wrk itself.
NEXT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", paths[(number - 1) %% #paths + 1])
end
"""


class Unmeasured(Exception):
    """A measurement that cannot be believed; the sentence says why."""


@contextmanager
def served(command: list[str], port: int, folder: Path, path: str = "/") -> Iterator[subprocess.Popen]:
    """A server until the end of the block, from the moment on at which it answers."""
    with (folder / f"{port}.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise Unmeasured(f"no server: {(folder / f'{port}.log').read_text()[-2000:]}")
        yield server
    finally:
        server.terminate()
        server.wait(20)


def wrk(address: str, seconds: float, paths: list[str] | None = None, **headers: str) -> float:
    """Answers a second; Unmeasured where one of them was an error."""
    program = shutil.which("wrk")
    if program is None:
        sys.exit("The benchmark of pages needs wrk: apt-get install wrk, or brew install wrk.")
    command = [program, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "20s"]
    for name, value in {"Accept-Encoding": "gzip", **headers}.items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as folder:
        if paths is not None:
            listed, script = Path(folder, "paths"), Path(folder, "next.lua")
            listed.write_text("\n".join(paths))
            script.write_text(NEXT % listed)
            command += ["-s", str(script)]
        said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise Unmeasured(said)
    if paths is not None and int(re.search(r"(\d+) requests in", said)[1]) > len(paths):
        raise Unmeasured(f"only {len(paths)} addresses were to be had, and wrk asked for more:\n{said}")
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])


def unseen() -> dict[str, Iterator[str]]:
    """For every kind of page, addresses of which none comes twice, and all of which are different pages where there are so many."""
    days = [
        f"{year}-{month:02}-{day:02}"
        for year, month, day in itertools.product(range(2008, 2026), range(1, 13), range(1, 29))
    ][28 + 17 :]
    rules = ("article", "every_recognition", "uncontested", "latest")
    asked = [f"?rule={rule}&as_of={day}" for day, rule in itertools.product(days, rules)]
    names = [row["name"] for row in fetched("select name from country_names where kind <> 'local'")]
    countries = [row["id"] for row in fetched("select id from countries")]
    numbers = itertools.count()
    return {
        "front page": (f"/{query}" for query in asked),
        "dossier": (f"/recognition/countries/{countries[n % len(countries)]}?n={n}" for n in numbers),
        "tallies": (f"/tallies{query}" for query in asked),
        "search": (f"/search?q={quoted(names[n % len(names)])}&n={n}" for n in itertools.count()),
        "table": (f"/recognition/countries?_facet=status&_facet=region&n={n}" for n in itertools.count()),
    }


def quoted(text: str) -> str:
    return urllib.request.quote(text)


def fetched(sql: str) -> list[dict]:
    """Rows of the database of the real sources."""
    connection = sqlite3.connect(built())
    connection.row_factory = sqlite3.Row
    rows = [dict(row) for row in connection.execute(sql)]
    connection.close()
    return rows


_built: list[Path] = []


def built() -> Path:
    """The database of the real sources, built once."""
    if not _built:
        folder = Path(tempfile.mkdtemp(prefix="bench-pages-"))
        build_db.build(ROOT / "sources", folder / "recognition.db")
        _built.append(folder / "recognition.db")
    return _built[0]


def forget() -> None:
    """Remove what `built` built."""
    while _built:
        shutil.rmtree(_built.pop().parent)


def memory(process: subprocess.Popen) -> float:
    """Megabytes that a process holds now."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s*(\d+)", status)[1]) / 1024


def measure(quick: bool) -> list[Figure]:
    seconds, repeats = (1, 1) if quick else (3, 5)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, stock, hello = free_port(), free_port(), free_port()
        serve = [sys.executable, "-m", "datasette", "serve", "--host", "127.0.0.1"]
        (folder / "stock").mkdir()
        site = delivered(ROOT, built(), folder / "ours")
        process = stack.enter_context(served([*serve, ".", "--port", str(ours)], ours, site))
        stack.enter_context(served([*serve, "-i", str(built()), "--port", str(stock)], stock, folder / "stock"))
        stack.enter_context(served([sys.executable, "-c", HELLO % hello], hello, folder))
        before = memory(process)
        address = {
            name: f"http://127.0.0.1:{port}" for name, port in (("ours", ours), ("stock", stock), ("hello", hello))
        }
        figures = seen(address, seconds, repeats) + not_seen(address, seconds, repeats)
        figures.append(
            Figure("memory after all of this", memory(process), before, "just started", "MB", ours_at_most=256)
        )
    forget()
    return figures


def seen(address: dict[str, str], seconds: float, repeats: int) -> list[Figure]:
    tag = urllib.request.urlopen(
        urllib.request.Request(address["ours"] + "/", headers={"Accept-Encoding": "gzip"})
    ).headers["ETag"]
    measurements = {"hello": lambda: wrk(address["hello"], seconds)}
    for name, path in SEEN.items():
        headers = {"If-None-Match": tag} if "304" in name else {}
        measurements[name] = lambda path=path, headers=headers: wrk(address["ours"] + path, seconds, **headers)
    found = interleaved(measurements, repeats)
    return [Figure(f"{name}, seen", found[name], found["hello"], "bare hello", "/s", at_least=0.6) for name in SEEN]


def not_seen(address: dict[str, str], seconds: float, repeats: int) -> list[Figure]:
    pages = unseen()

    def fresh(name: str) -> float:
        return wrk(
            address["ours"], seconds, list(itertools.islice(pages[name], 4000 if name != "front page" else 2500))
        )

    measurements = {
        "home": lambda: wrk(address["stock"] + "/", seconds),
        "stock table": lambda: wrk(address["stock"] + "/recognition/countries?_facet=status&_facet=region", seconds),
    }
    for name in pages:
        measurements[name] = lambda name=name: fresh(name)
    found = interleaved(measurements, repeats)
    figures = []
    for name in pages:
        if name != "table":
            figures.append(Figure(f"{name}, unseen", found[name], found["home"], "stock home", "/s", at_least=5))
        figures.append(
            Figure(
                f"{name}, unseen",
                found[name],
                found["stock table"],
                "stock table page",
                "/s",
                at_least=3 if name == "table" else 5,
            )
        )
    return figures

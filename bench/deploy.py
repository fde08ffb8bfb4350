"""Two replicas behind nginx, against one process.

Readers ask over connections that stay open, and take gzip; behind nginx they speak TLS, as deployed. All run on the
same machine as the client, which is one process of Python: on more cores than two, the ratios are larger.
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from deploy.loopback import HOST, Proxy, Replica, delivered

from .figures import Figure, interleaved

ROOT = Path(__file__).resolve().parents[1]
READERS = 16
ON_ONE_CONNECTION = 900  # questions; nginx closes a connection after a thousand
SEEN = ("/", "/recognition/countries/ghana", "/tallies", "/search?q=Burma", "/map.json", "/article")
HEAD = f"GET {{}} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\n\r\n"


def unseen() -> Iterator[str]:
    """Addresses of pages that nobody asked for yet."""
    for year, month, day in itertools.product(range(2008, 2026), range(1, 13), range(1, 29)):
        for rule in ("article", "every_recognition", "uncontested", "latest"):
            yield f"/tallies?rule={rule}&as_of={year}-{month:02}-{day:02}"


async def answer(reader: asyncio.StreamReader) -> None:
    """Read one answer to its end; RuntimeError unless it is a good one."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, _, headers = head.decode("latin-1").lower().partition("\r\n")
    if " 200 " not in status:
        raise RuntimeError(f"answered {status}")
    said = dict(line.split(": ", 1) for line in headers.splitlines() if line)
    if "content-length" in said:
        await reader.readexactly(int(said["content-length"]))
        return
    while size := int(await reader.readuntil(b"\r\n"), 16):
        await reader.readexactly(size + 2)
    await reader.readexactly(2)


async def load(port: int, trust: ssl.SSLContext | None, paths: Iterator[str], seconds: float) -> float:
    """Questions answered in a second, by many readers at once."""
    end = time.perf_counter() + seconds
    answered = 0

    async def read() -> None:
        nonlocal answered
        names = {"ssl": trust, "server_hostname": HOST} if trust else {}
        while time.perf_counter() < end:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, **names)
            for _ in range(ON_ONE_CONNECTION):
                if time.perf_counter() >= end:
                    break
                writer.write(HEAD.format(next(paths)).encode())
                await answer(reader)
                answered += 1
            writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(read() for _ in range(READERS)))
    return answered / (time.perf_counter() - began)


def found_nginx() -> str:
    """The nginx that the tests use, installed by `make bench` if there was none."""
    sys.path.insert(0, str(ROOT / "tests" / "deploy"))
    try:
        import nginx
    finally:
        sys.path.pop(0)
    try:
        return nginx.ready()
    except nginx.NoNginx as problem:
        sys.exit(str(problem))


def measure(quick: bool) -> list[Figure]:
    seconds, repeats = (0.5, 3) if quick else (4.0, 5)
    with ExitStack() as ended, tempfile.TemporaryDirectory() as name:
        site = delivered(ROOT, ROOT / "recognition.db", Path(name) / "site")
        replicas = [Replica(site), Replica(site)]
        for replica in replicas:
            ended.callback(replica.stop)
        proxy = Proxy(found_nginx(), Path(name) / "nginx", [replica.port for replica in replicas])
        ended.callback(proxy.stop)

        def asked(port: int, trust: ssl.SSLContext | None, paths: Iterator[str]) -> Callable[[], float]:
            return lambda: asyncio.run(load(port, trust, paths, seconds))

        alone, behind = (replicas[0].port, None), (proxy.https, proxy.trust())
        new = unseen()
        found = interleaved(
            {
                "seen, one": asked(*alone, itertools.cycle(SEEN)),
                "seen, two": asked(*behind, itertools.cycle(SEEN)),
                "new, one": asked(*alone, new),
                "new, two": asked(*behind, new),
            },
            repeats,
        )
    against, unit = "one process, no nginx", "answers/s"
    return [
        Figure(
            "pages that somebody asked for", found["seen, two"], found["seen, one"], against, unit, note="kept by nginx"
        ),
        Figure("pages that nobody asked for yet", found["new, two"], found["new, one"], against, unit),
    ]

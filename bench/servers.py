"""Servers that the benchmarks measure, each a process on loopback, and wrk, which asks them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import build_db
from deploy.loopback import delivered, free_port

from .measuring import ROOT

CONNECTIONS = 8
SERVE = (sys.executable, "-m", "recognition.serving", "--host", "127.0.0.1")
STOCK = (sys.executable, "-m", "datasette", "serve", "--host", "127.0.0.1")
# wrk asks one address after the other.
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
def site() -> Iterator[tuple[Path, Path]]:
    """A folder as it is delivered, and the database of the real sources that is in it."""
    with tempfile.TemporaryDirectory(prefix="recognition-bench-") as name:
        database = Path(name, "built", "recognition.db")
        database.parent.mkdir()
        build_db.build(ROOT / "sources", database)
        yield delivered(ROOT, database, Path(name, "site")), database


@contextmanager
def served(folder: Path, *command: object, keep: bool = True) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The port and the process of a server, from its first whole answer to / until the end of the block.

    `command` ends with the option that the port follows. Without `keep` our site makes every answer again.
    """
    port = free_port()
    environment = {**os.environ, "RECOGNITION_KEEP_ANSWERS": "on" if keep else "off"}
    with tempfile.TemporaryFile("w+") as log:
        arguments = [str(word) for word in (*command, port)]
        server = subprocess.Popen(arguments, cwd=folder, stdout=log, stderr=log, env=environment)
        try:
            answered(server, port)
            yield port, server
        except OSError as error:
            log.seek(0)
            raise Unmeasured(f"{error}: {log.read()[-2000:]}") from None
        finally:
            server.terminate()
            server.wait(20)


def answered(server: subprocess.Popen[bytes], port: int) -> None:
    """Wait for a whole answer to /; OSError if the server ends before."""
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                answer.read()
            return
        except OSError:
            if server.poll() is not None:
                raise
            time.sleep(0.005)


@contextmanager
def beside(program: str, *arguments: object) -> Iterator[None]:
    """A Python program that runs until the end of the block and whose errors nobody reads, such as visitors who attack."""
    process = subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def wrk(port: int, paths: Sequence[str], seconds: float, **headers: str) -> float:
    """Answers a second to these paths, one after the other and again; Unmeasured where one of them was an error."""
    program = shutil.which("wrk")
    if program is None:
        sys.exit("The benchmark of pages needs wrk: apt-get install wrk, or brew install wrk.")
    command = [program, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "20s"]
    for name, value in {"Accept-Encoding": "gzip", **headers}.items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths"), Path(folder, "next.lua")
        listed.write_text("\n".join(paths))
        script.write_text(NEXT % listed)
        command += ["-s", str(script), f"http://127.0.0.1:{port}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s*([\d.]+)", said)
    if "Non-2xx" in said or "Socket errors" in said or rate is None:
        raise Unmeasured(f"{paths[0]} and so on: {said}")
    return float(rate[1])


def memory(process: subprocess.Popen[bytes]) -> float:
    """Megabytes that a process holds now."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

"""Directs nginx to the replicas on the ports that are named, all at once or not at all: `roll_out.py 8201 8202`.

The replicas of the new edition run already, beside the old ones. They are asked for their health first; the edition
(a part of the cache's key) and the replicas change with one reload; nginx ends what it has begun with the old ones
before the program says that they may stop. Needs nothing but Python and Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

EDITION_FILE = Path("/etc/nginx/kosovo/edition.conf")
PID_FILE = Path("/run/nginx.pid")
STARTING = 30  # seconds that replicas may need to be well
RELOADING = 10  # seconds that nginx may need to start workers with the new configuration
EDITION = """# Written by deploy/roll_out.py: the edition that is served, a part of the cache's key, and its replicas.
map "" $kosovo_edition {{
    default {edition};
}}
upstream kosovo {{
    zone kosovo_replicas 64k;
{servers}
    keepalive 32;
    keepalive_timeout 60s;  # a replica hangs up after 75
}}
"""
SERVER = "    server 127.0.0.1:{port} max_fails=3 fail_timeout=2s;"


class NotRolledOut(Exception):
    """Why nginx was left as it was, and what to do."""


def edition_on(port: int, patience: float) -> str:
    """The edition that the replica on a port serves; waits up to `patience` seconds until it is well."""
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/health", timeout=10) as answer:
                return str(json.load(answer)["edition"])
        except urllib.error.HTTPError as error:
            why = f"answers {error.code}: {error.read(500).decode('utf-8', 'replace')}"
        except (OSError, ValueError, KeyError) as error:
            why = f"does not answer ({error})"
        if time.monotonic() > until:
            raise NotRolledOut(f"the replica on port {port} {why}; see its journal")
        time.sleep(0.1)


def common_edition(ports: list[int], patience: float) -> str:
    """The edition that all the replicas serve; raises NotRolledOut where they differ."""
    editions = {port: edition_on(port, patience) for port in ports}
    if len(set(editions.values())) > 1:
        listed = ", ".join(f"{port} has {edition[:12]}" for port, edition in editions.items())
        raise NotRolledOut(f"the replicas are not of one edition: {listed}; build one folder and start all from it")
    return editions[ports[0]]


def write(path: Path, text: str) -> None:
    """Replace a file in one step, so that nginx never reads half of it."""
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    os.replace(part, path)


def workers(pid_file: Path) -> set[int]:
    """The processes that nginx's master has started."""
    master = pid_file.read_text().strip()
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = status.read_text().rpartition(")")[2].split()[1]
        except OSError:  # it has ended
            continue
        if parent == master:
            found.add(int(status.parent.name))
    return found


def reload(nginx: list[str], pid_file: Path) -> set[int]:
    """Make nginx read its configuration again. Returns the workers with the old one, which finish what they have begun."""
    tested = subprocess.run([*nginx, "-t", "-q"], capture_output=True, text=True)
    if tested.returncode:
        raise NotRolledOut(f"nginx does not take the configuration: {tested.stderr.partition(chr(10))[0]}")
    old = workers(pid_file)
    subprocess.run([*nginx, "-s", "reload"], check=True, stderr=subprocess.DEVNULL)
    until = time.monotonic() + RELOADING
    while not workers(pid_file) - old:
        if time.monotonic() > until:
            raise NotRolledOut("nginx did not take the new configuration; its error log says why")
        time.sleep(0.05)
    return old


def roll_out(
    ports: list[int], edition_file: Path, pid_file: Path, nginx: list[str], patience: float, drain: float
) -> str:
    """Switch nginx to the replicas on `ports`. Returns a sentence on what nginx serves now, and what may be stopped."""
    edition = common_edition(ports, patience)
    before = edition_file.read_text() if edition_file.exists() else None
    write(edition_file, EDITION.format(edition=edition, servers="\n".join(SERVER.format(port=port) for port in ports)))
    try:
        old = reload(nginx, pid_file)
    except (NotRolledOut, OSError, subprocess.CalledProcessError):
        if before is None:
            edition_file.unlink()
        else:
            write(edition_file, before)
        raise
    until = time.monotonic() + drain
    while old & workers(pid_file) and time.monotonic() < until:
        time.sleep(0.05)
    said = f"nginx serves edition {edition[:12]} from port {', '.join(map(str, ports))}."
    left = sorted(set(map(int, re.findall(r"server 127\.0\.0\.1:(\d+)", before or ""))) - set(ports))
    if not left:
        return said
    running = " and ".join(map(str, sorted(old & workers(pid_file))))
    when = f"Processes {running} of nginx still answer; when they have ended" if running else "Now"
    return f"{said} {when}: systemctl disable --now {' '.join(f'kosovo@{port}' for port in left)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ports", nargs="+", type=int, help="where the replicas of the new edition listen")
    parser.add_argument("--edition-file", type=Path, default=EDITION_FILE, help=f"default: {EDITION_FILE}")
    parser.add_argument("--pid-file", type=Path, default=PID_FILE, help=f"of nginx (default: {PID_FILE})")
    parser.add_argument("--nginx", type=shlex.split, default=["nginx"], help="its command (default: nginx)")
    parser.add_argument("--patience", type=float, default=STARTING, help="seconds to wait for replicas (default: 30)")
    parser.add_argument("--drain", type=float, default=60, help="seconds to wait for old workers (default: 60)")
    options = parser.parse_args()
    try:
        print(roll_out(**vars(options)))
    except (NotRolledOut, OSError, subprocess.CalledProcessError) as problem:
        sys.exit(f"Nothing was rolled out: {problem}.")


if __name__ == "__main__":
    main()

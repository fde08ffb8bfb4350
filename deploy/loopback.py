"""The deployed site on this machine alone, for tests and measurements.

Replicas as systemd would start them, and nginx with the configuration beside this file, on free ports and without root.
"""

from __future__ import annotations

import configparser
import contextlib
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from deploy import roll_out

HERE = Path(__file__).resolve().parent
HOST = "kosovo.example"  # as the configuration names the site
ADDRESS = f"https://{HOST}/"  # the public address of the site
SECRET = "the same for every replica"
WAIT = 120  # seconds that a process may need to start or to end on a busy machine
# What the distribution's own nginx.conf would say around ours.
MAIN = """daemon off;
{user}pid {folder}/nginx.pid;
error_log {folder}/error.log info;
worker_processes 2;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/temporary/body;
    proxy_temp_path {folder}/temporary/proxy;
    fastcgi_temp_path {folder}/temporary/fastcgi;
    scgi_temp_path {folder}/temporary/scgi;
    uwsgi_temp_path {folder}/temporary/uwsgi;
    include {folder}/kosovo.conf;
}}
"""


class NotStarted(Exception):
    """What did not start, and what it said."""


def free_port() -> int:
    """A port that nobody uses, below the ones that systems give to clients, which might take it first."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as found, contextlib.suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def listening(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def until(condition: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a condition holds; raises NotStarted with the log of the process if it ends or takes too long."""
    end = time.monotonic() + WAIT
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            raise NotStarted(f"{process.args!r} did not start: {log.read_text()[-2000:]}")
        time.sleep(0.02)


def unit() -> configparser.SectionProxy:
    """What the systemd unit says of the service."""
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string((HERE / "kosovo@.service").read_text("utf-8"))
    return parser["Service"]


class Replica:
    """A process that serves a built folder on a port, started by the command of the unit.

    `python` replaces the one of the folder's own .venv, so that a test need not install one in each. `address` is the
    site's public address.
    """

    def __init__(
        self, folder: Path, port: int | None = None, python: str = sys.executable, address: str = ADDRESS
    ) -> None:
        self.address = address
        self.folder = Path(folder)
        self.port = port or free_port()
        self.python = python
        self.log = self.folder.parent / f"replica-{self.port}.log"
        self.start()

    def command(self) -> list[str]:
        """The command of the unit as it is run here."""
        words = unit()["ExecStart"].replace("%i", str(self.port)).split()
        assert words[0] == f"{unit()['WorkingDirectory'].replace('%i', str(self.port))}/.venv/bin/python"
        return [self.python, *words[1:]]

    def start(self) -> None:
        said = {"DATASETTE_SECRET": SECRET, "RECOGNITION_ADDRESS": self.address, "PYTHONDONTWRITEBYTECODE": "1"}
        environment = {**os.environ, **said}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command(), cwd=self.folder, env=environment, stdout=log, stderr=log)
        until(lambda: listening(self.port), self.process, self.log)

    def health(self) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/health", timeout=WAIT) as answer:
            body: bytes = answer.read()
        return body

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(WAIT)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(WAIT)


class Proxy:
    """nginx with kosovo.conf in a folder of its own, before the replicas on some ports.

    `changes` are texts of the configuration to replace; each must occur in it.
    """

    def __init__(self, program: str, folder: Path, ports: list[int], changes: Mapping[str, str] | None = None) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "temporary").mkdir(exist_ok=True)
        self.https, self.http = free_port(), free_port()
        self.certify()
        self.configure(changes or {})
        self.edition_file, self.pid_file = self.folder / "edition.conf", self.folder / "nginx.pid"
        self.command = [program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", str(self.log)]
        self.write_edition(ports)
        self.start()

    @property
    def log(self) -> Path:
        return self.folder / "error.log"

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.https}"

    def certify(self) -> None:
        """Make a certificate that only clients of this folder trust."""
        command = ["openssl", "req", "-x509", "-nodes", "-days", "2"]
        command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        named = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        files = ["-keyout", str(self.folder / "key.pem"), "-out", str(self.folder / "certificate.pem")]
        subprocess.run([*command, *named, *files], check=True, capture_output=True)

    def trust(self) -> ssl.SSLContext:
        """The context with which a client trusts the certificate."""
        return ssl.create_default_context(cafile=self.folder / "certificate.pem")

    def configure(self, changes: Mapping[str, str]) -> None:
        """Write the configuration of the repository with this folder's paths and ports, and no IPv6."""
        text = (HERE / "nginx" / "kosovo.conf").read_text("utf-8")
        places = {
            "/etc/nginx/kosovo/": f"{self.folder}/",
            "/var/cache/nginx/kosovo": f"{self.folder}/cache",
            "listen 443": f"listen 127.0.0.1:{self.https}",
            "listen 80": f"listen 127.0.0.1:{self.http}",
        }
        for old, new in {**places, **changes}.items():
            assert old in text, f"kosovo.conf does not say {old}"
            text = text.replace(old, new)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        (self.folder / "kosovo.conf").write_text(text)
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user=user))

    def write_edition(self, ports: list[int]) -> None:
        """Write the file that the first roll-out finds, as the roll-out would."""
        edition = roll_out.common_edition(ports, WAIT)
        servers = "\n".join(roll_out.SERVER.format(port=port) for port in ports)
        self.edition_file.write_text(roll_out.EDITION.format(edition=edition, servers=servers))

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        until(lambda: listening(self.https) and self.pid_file.exists(), self.process, self.log)

    def roll_out(self, *ports: int, check: bool = True, **options: float) -> subprocess.CompletedProcess[str]:
        """Run deploy/roll_out.py for this nginx."""
        named: Iterable[tuple[str, object]] = {
            "edition-file": self.edition_file,
            "pid-file": self.pid_file,
            **options,
        }.items()
        words = [word for name, value in named for word in (f"--{name}", value)]
        command = [sys.executable, HERE / "roll_out.py", *ports, *words, "--nginx", " ".join(self.command)]
        return subprocess.run([str(word) for word in command], check=check, capture_output=True, text=True)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(WAIT)


def delivered(root: Path, built: Path, folder: Path) -> Path:
    """Make `folder` a folder that Datasette can serve: what the repository `root` has for the site, and a built database."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in (root / "metadata.yml", root / "settings.json", built, built.with_name("inspect-data.json")):
        shutil.copy(file, folder)
    for name in ("plugins", "templates", "static", "editions"):
        (folder / name).symlink_to(root / name)
    return folder

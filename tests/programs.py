"""Finds the Chromium and the nginx that tests run, and installs what is missing: python -m tests.programs chromium.

`make test` runs it before the tests; it prints the path of the program, or says what to install. CHROME_BIN and NGINX_BIN
name another one.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.patience import PATIENCE


class NotThere(Exception):
    """A program is missing; the message says what to install."""


@dataclass(frozen=True)
class Program:
    """A program that tests run, and how it is known and installed."""

    variable: str  # of the environment; names another one
    places: tuple[str, ...]  # names and paths, in the order in which they are tried
    asked: str  # the option with which it says what it is
    says: tuple[str, ...]  # words of its answer, all of them
    packages: tuple[str, ...]  # of Debian, in the order in which they are tried

    def runs(self, path):
        """Whether it starts and says what it is: some systems keep a script there that only says what to install."""
        try:
            said = subprocess.run([path, self.asked], capture_output=True, text=True, timeout=PATIENCE)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return said.returncode == 0 and all(word in said.stdout + said.stderr for word in self.says)

    def find(self):
        """The path of one that runs, or None; NotThere where the variable names one that does not."""
        if named := os.environ.get(self.variable):
            if self.runs(named):
                return named
            raise NotThere(
                f"{self.variable} is {named!r}, which is not what the tests need: name another one, or unset it."
            )
        found = [path for path in map(shutil.which, self.places) if path]
        return next(filter(self.runs, found), None)


CHROMIUM = Program(
    "CHROME_BIN",
    (  # first the one without a window, which loads a page for a third of the processor time
        "chromium-headless-shell", "/usr/lib/chromium/chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
        "google-chrome-stable", "chrome", "/usr/lib/chromium/chromium", "/usr/lib64/chromium-browser/chromium-browser",
        "/opt/google/chrome/chrome", "/snap/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "--version", ("Chrom",), ("libatomic1", "chromium-headless-shell", "chromium"),
)  # fmt: skip
NGINX = Program(
    "NGINX_BIN",
    ("nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx"),
    "-V", ("nginx version", "--with-http_v2_module"), ("nginx-light", "openssl"),
)  # fmt: skip
PROGRAMS = {"chromium": CHROMIUM, "nginx": NGINX}
# A browser asks for updates and the like by itself; under test it does not, and no host but ours has an address.
FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
)  # fmt: skip


def driver_starts():
    """Whether Playwright, which drives the browser, can; small systems lack a library of it (libatomic1)."""
    return subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True).returncode == 0


def of_playwright():
    """The path of Playwright's own Chromium where there is one that runs."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and CHROMIUM.runs(path) else None


def there(name):
    """The path of a program that tests can run with all that it needs, or None."""
    if name == "nginx":
        return NGINX.find() if shutil.which("openssl") else None  # which makes its certificate
    return (CHROMIUM.find() or of_playwright()) if driver_starts() else None


def ready(name):
    """The path of a program that tests can run; NotThere where there is none."""
    if path := there(name):
        return path
    program = PROGRAMS[name]
    raise NotThere(
        f"The tests need {name} and could not install it: on Debian it comes with {', '.join(program.packages)}; "
        f"or set {program.variable} to the path of one."
    )


def ways_to_install(name):
    """Command lines to run in order, the system's packages before a download, a package each; none where nobody may."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    tools = all(map(shutil.which, ["apt-get", *root[:1]]))
    may = tools and subprocess.run([*root, "true"], capture_output=True).returncode == 0
    if may:
        quiet = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        yield [*quiet, "update"]
        for package in PROGRAMS[name].packages:
            yield [*quiet, "install", "--yes", "--no-install-recommends", package]
    if name == "chromium":
        yield [sys.executable, "-m", "playwright", "install", *(["--with-deps"] if may else []), "chromium"]


def install(name):
    """The path of a program that tests can run, installed first if there is none."""
    for command in ways_to_install(name):
        if there(name):
            break
        print(f"For the tests with {name}:", *command, file=sys.stderr)
        subprocess.run(command, stdout=sys.stderr)
    return ready(name)


if __name__ == "__main__":
    try:
        print(install(sys.argv[1]))
    except NotThere as problem:
        sys.exit(str(problem))

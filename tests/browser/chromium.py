"""The Chromium that the browser tests drive: an installed one, else the system's package, else Playwright's own.

`make test` runs this as a program before the tests, which prints the path of the browser or says what to install.
CHROME_BIN names another one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import system_packages
from tests.patience import PATIENCE

VARIABLE = "CHROME_BIN"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# A browser asks for updates and the like by itself; under test it does not, and no host but ours has an address.
FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What may be missing, by its package: the browser, and a library of Playwright's driver that small systems lack.
NEEDS = {
    "chromium": "The browser tests need Chromium or Chrome and could not install it: install it "
    f"('apt-get install chromium' on Debian) or set {VARIABLE} to the path of one.",
    "libatomic1": "Playwright, which drives the browser, does not start ('python -m playwright --version' says why) and "
    "what it needs could not be installed: 'apt-get install libatomic1' on Debian.",
}


class NoBrowser(Exception):
    """There is no browser; the message says what to install."""


def flags():
    """The options to start it with; root has no sandbox."""
    return [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [*FLAGS]


def runs(path):
    """Whether a browser starts and says its version: some systems keep a script there that only says what to install."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and "Chrom" in said.stdout


def driver_starts():
    """Whether Playwright, which drives the browser, can."""
    return subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True).returncode == 0


def of_playwright():
    """Where Playwright keeps its own Chromium, whether it is there or not; None where Playwright does not start."""
    if not driver_starts():
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def find():
    """The path of a Chromium or Chrome that starts, or None; NoBrowser where the variable names one that does not."""
    if named := os.environ.get(VARIABLE):
        if runs(named):
            return named
        raise NoBrowser(f"{VARIABLE} is {named!r}, no Chromium or Chrome that starts: name another one, or unset it.")
    installed = [path for path in (*map(shutil.which, NAMES), *PLACES) if path and Path(path).exists()]
    if found := next(filter(runs, installed), None):
        return found
    own = of_playwright()
    return own if own and runs(own) else None


def missing():
    """The packages of what is not there."""
    there = {"chromium": find() is not None, "libatomic1": driver_starts()}
    return [package for package in NEEDS if not there[package]]


def ready():
    """The path of a browser that can be driven; NoBrowser where there is none."""
    if lacking := missing():
        raise NoBrowser(" ".join(NEEDS[package] for package in lacking))
    return find()


def ways_to_install():
    """Command lines to try in order, the system's packages before a download, until there is a browser."""
    yield from system_packages.ways_to_install(missing)
    libraries = () if system_packages.as_root() is None else ("--with-deps",)
    yield [sys.executable, "-m", "playwright", "install", *libraries, "chromium"]


def install():
    """The path of a browser that can be driven, installed first if there is none."""
    for command in ways_to_install() if missing() else ():
        print("For the browser tests:", *command, file=sys.stderr)
        subprocess.run(command, stdout=sys.stderr)
        if not missing():
            break
    return ready()


if __name__ == "__main__":
    try:
        print(install())
    except NoBrowser as problem:
        sys.exit(str(problem))

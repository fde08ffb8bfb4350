"""The nginx that the deployment tests run: an installed one, else the system's package; and openssl for its certificate.

`make test` runs this as a program before the tests, which prints the path of nginx or says what to install.
NGINX_BIN names another one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE
from tests.system_packages import ways_to_install

VARIABLE = "NGINX_BIN"
PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx")
NEEDED = "--with-http_v2_module"  # of how it was built, beside TLS
NEEDS = {  # what may be missing, by its package on Debian
    "nginx-light": "The deployment tests need nginx (1.19.4 or newer, with TLS and HTTP/2) and could not install it: "
    f"install it ('apt-get install nginx-light' on Debian) or set {VARIABLE} to the path of one.",
    "openssl": "The deployment tests need openssl for a certificate and could not install it: 'apt-get install openssl' "
    "on Debian.",
}


class NoNginx(Exception):
    """There is no nginx, or no openssl; the message says what to install."""


def runs(path):
    """Whether a program is an nginx that can do what the configuration asks for."""
    try:
        said = subprocess.run([path, "-V"], capture_output=True, text=True, timeout=PATIENCE).stderr
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "nginx version" in said and NEEDED in said


def find():
    """The path of an nginx that runs, or None; NoNginx where the variable names one that does not."""
    if named := os.environ.get(VARIABLE):
        if runs(named):
            return named
        raise NoNginx(
            f"{VARIABLE} is {named!r}, no nginx with TLS and HTTP/2 that runs: name another one, or unset it."
        )
    return next(
        (path for path in (shutil.which("nginx"), *PLACES) if path and Path(path).exists() and runs(path)), None
    )


def missing():
    """The packages of what is not there."""
    there = {"nginx-light": find() is not None, "openssl": shutil.which("openssl") is not None}
    return [package for package in NEEDS if not there[package]]


def ready():
    """The path of an nginx that can be tested with; NoNginx where there is none."""
    if lacking := missing():
        raise NoNginx(" ".join(NEEDS[package] for package in lacking))
    return find()


def install():
    """The path of an nginx that can be tested with, installed first if there is none."""
    for command in ways_to_install(missing) if missing() else ():
        print("For the deployment tests:", *command, file=sys.stderr)
        subprocess.run(command, stdout=sys.stderr)
    return ready()


if __name__ == "__main__":
    try:
        print(install())
    except NoNginx as problem:
        sys.exit(str(problem))

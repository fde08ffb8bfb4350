"""The system's packages that tests need: who may install them here, and with which commands (Debian and its kin)."""

import os
import shutil
import subprocess


def as_root():
    """What to put before a command that only root may run; None where nobody here may, or there is no apt-get."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ()
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ("sudo", "-n")
    return None


def ways_to_install(missing):
    """Command lines to run in order, a package each, so that one that is nowhere does not hold up the others.

    `missing` says which packages are missing, when the lists of packages are there; no lines where nobody may.
    """
    root = as_root()
    if root is None:
        return
    quiet = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    yield [*quiet, "update"]
    for package in missing():
        yield [*quiet, "install", "--yes", "--no-install-recommends", package]

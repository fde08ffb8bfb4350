"""What `make clients` needs and a machine may lack: a test that needs it is left out, and says so in a sentence."""

import shutil
import subprocess

import pytest

PACKAGES = {"Rscript": "r-base-core", "node": "nodejs", "npm": "npm"}  # of Debian
# What npm says where there is no way to its registry.
NETWORK = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "ETIMEDOUT", "EAI_AGAIN")


def program(name):
    """The path of a program; the test is left out where it is not there."""
    return shutil.which(name) or pytest.skip(f"there is no {name}: 'apt-get install {PACKAGES[name]}' on Debian")


def version(name):
    """What a program says of itself, or that it is not there."""
    path = shutil.which(name)
    done = path and subprocess.run([path, "--version"], capture_output=True, text=True)
    return (done.stdout or done.stderr).strip() if done else "not there: what needs it is left out"

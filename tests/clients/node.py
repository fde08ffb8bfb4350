"""Programs for Node: what a folder's package.json names is installed beside it, once."""

import json
import subprocess

import pytest

from tests.clients.missing import NETWORK, program


def installed(folder):
    """The folder, with the packages that its package.json names; each is pinned there."""
    program("node")
    wanted = (folder / "package.json").read_text()
    stamp = folder / "node_modules" / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        command = [program("npm"), "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
        if done.returncode and any(code in done.stderr for code in NETWORK):
            pytest.skip(f"npm cannot reach its registry, for the packages of {folder / 'package.json'}")
        assert done.returncode == 0, done.stdout + done.stderr
        stamp.write_text(wanted)
    assert all((folder / "node_modules" / name).is_dir() for name in json.loads(wanted)["dependencies"])
    return folder

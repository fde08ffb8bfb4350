"""Builds an earlier edition again, from the commit that published it, to compare it with this one."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

from recognition.edition_files import FOLDER, Manifest

from .manifest import DATABASE
from .site import NotAsked

OTHERWISE = "; name the file of that edition with --old FILE"


def built(root: Path, commit: str, place: Path) -> Path:
    """Builds what a commit of the repository at `root` has, below `place`; returns the folder with its database."""
    folder = place / commit[:12]
    archive = run(["git", "archive", commit], root, f"commit {commit[:12]} is not in this repository")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    run([sys.executable, "build_db.py", "--output", DATABASE], folder, f"commit {commit[:12]} does not build")
    return folder


def commit_of(root: Path, manifest: Manifest) -> str:
    """The commit that builds a published edition: that of its manifest, or the last one that wrote the manifest."""
    if "commit" in manifest:
        return str(manifest["commit"])
    path = f"{FOLDER}/{manifest['number']}.json"
    found = run(["git", "log", "-1", "--format=%H", "--", path], root, f"{root} is no repository").decode().strip()
    if not found:
        raise NotAsked(f"{path} was not committed, so nobody can build edition {manifest['number']} again{OTHERWISE}.")
    return found


def run(command: list[str], folder: Path, otherwise: str) -> bytes:
    """What a command prints; NotAsked with `otherwise` where it fails."""
    try:
        found = subprocess.run(command, cwd=folder, capture_output=True)
    except OSError as error:
        raise NotAsked(f"{command[0]} cannot be run ({error.strerror}){OTHERWISE}.") from error
    if found.returncode:
        last = found.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
        raise NotAsked(f"{otherwise} ({last[0]}){OTHERWISE}.")
    return found.stdout

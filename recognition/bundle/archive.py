"""Puts the files of a bundle into a zip, always with the same bytes."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path

READABLE = 0o100644 << 16  # a file that everybody may read, as Unix says it
UNIX = 3
SUMS = "SHA256SUMS"


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, each by its path in the bundle, in the order of their names, and SHA256SUMS with their checksums."""
    named = {name: files[name] for name in sorted(files)}
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in named.items()]
    return {SUMS: "".join(lines).encode(), **named}


def zipped(files: Mapping[str, bytes], folder: str, day: str) -> bytes:
    """The files in one folder of a zip, in their order, all of the ISO day `day`."""
    out = io.BytesIO()
    year, month, of_month = map(int, day.split("-"))
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            about = zipfile.ZipInfo(f"{folder}/{name}", (year, month, of_month, 0, 0, 0))
            about.external_attr, about.create_system = READABLE, UNIX
            archive.writestr(about, data, zipfile.ZIP_DEFLATED, compresslevel=9)
    return out.getvalue()


def put_in_place(data: bytes, path: Path) -> None:
    """Write a file that is whole or not there, whoever reads meanwhile."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)

"""Changes to the files of a sources folder that are made on purpose, each a function that damages the folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

ARTICLE = "article.txt"
Damage = Callable[[Path], None]


def rewritten(change: Callable[[bytes], bytes], file: str = ARTICLE) -> Damage:
    """A damage: the file's bytes become what `change` makes of them."""

    def damage(folder: Path) -> None:
        path = folder / file
        before = path.read_bytes()
        path.write_bytes(change(before))
        assert path.read_bytes() != before

    return damage


def replaced(find: str, put: str, file: str = ARTICLE) -> Damage:
    """A damage: `put` takes the place of text that the file has exactly once."""

    def change(data: bytes) -> bytes:
        assert data.count(find.encode()) == 1, f"{file} has {find!r} {data.count(find.encode())} times"
        return data.replace(find.encode(), put.encode())

    return rewritten(change, file)


def edited(change: Callable[[list[str]], object], file: str = ARTICLE) -> Damage:
    """A damage: `change` edits the list of the file's lines."""

    def lines_changed(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        change(lines)
        return "\n".join(lines).encode()

    return rewritten(lines_changed, file)


def words(number: int, old: str, new: str, file: str) -> Damage:
    """A damage: on one line of a register other words take the place of some that must be there."""

    def change(lines: list[str]) -> None:
        assert lines[number - 1].count(old) >= 1, f"{file}:{number} has no {old!r}: {lines[number - 1]!r}"
        lines[number - 1] = lines[number - 1].replace(old, new, 1)

    return edited(change, file)


def line(number: int, text: str, file: str) -> Damage:
    return edited(lambda lines: lines.__setitem__(number - 1, text), file)


def inserted(number: int, text: str, file: str) -> Damage:
    """A damage: `text` becomes line `number` of a register, all that follows moves down."""
    return edited(lambda lines: lines.insert(number - 1, text), file)


def described(name: str, change: Callable[[dict[str, Any]], object]) -> Damage:
    """A damage: `change` alters what datapackage.json says of a register."""

    def altered(data: bytes) -> bytes:
        package = json.loads(data)
        change(next(resource for resource in package["resources"] if resource["name"] == name))
        return json.dumps(package, ensure_ascii=False).encode()

    return rewritten(altered, "datapackage.json")


def without(file: str) -> Damage:
    return lambda folder: (folder / file).unlink()


def all_of(*damages: Damage) -> Damage:
    def damage(folder: Path) -> None:
        for one in damages:
            one(folder)

    return damage

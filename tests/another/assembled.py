"""The sources of another article, whole: its own registers, the description of all, and those that are empty here."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

OWN = Path(__file__).parent / "sources"
LEFT_OUT = ("iso_codes", "m49")  # which another article may leave out: its countries have no codes


def assembled(root: Path, folder: Path) -> Path:
    """Writes the sources of the other article into a new folder and returns it; `root` is the project's."""
    shutil.copytree(OWN, folder)
    package = json.loads((root / "sources/datapackage.json").read_text("utf-8"))
    package["resources"] = [one for one in package["resources"] if one["name"] not in LEFT_OUT]
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), "utf-8")
    with (folder / "sources.csv").open("a", encoding="utf-8", newline="") as file:
        listed = {row["file"] for row in csv.DictReader((OWN / "sources.csv").read_text("utf-8").splitlines())}
        for one in package["resources"]:
            path = folder / one["path"]
            if not path.exists():
                path.write_text(",".join(field["name"] for field in one["schema"]["fields"]) + "\n", "utf-8")
            if one["path"] not in listed | {"sources.csv"}:
                id_ = one["name"].replace("_", "-")
                csv.writer(file, lineterminator="\n").writerow(
                    [id_, one["path"], id_, "this project", "", "CC BY-SA", "", "", ""]
                )
    return folder

"""The edition that would follow: a copy of the sources in which a sentence, a key and an act are others, built and written down."""

import asyncio
import contextlib
import csv
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from datasette.app import Datasette

import build_db
from deploy.loopback import delivered
from recognition.build.keys import key_of
from recognition.changes.databases import Database
from recognition.edition_files import Address, read_addresses, read_manifests, write_addresses
from recognition.editions import __main__ as command
from recognition.editions.manifest import row_addresses
from tests.damage.changes import edited, replaced
from tests.patience import unhurried

SUBJECT = "kosovo"
GONE_SENTENCE = "serbia-believes-kosovo-is-part-of-1841"
LED_ON_SENTENCE = "countries-that-have-stronger-ties-with-0caf"
GONE_EVENT = "ghana-2025-recognition-confirmed-by-albania"
GONE_RECORD = "mesazhi-2025-09-ghana"
LED_ON_EVENT = "guinea-bissau-2017-recognition-confirmed-by-kosovo"
LED_ON_TO = "guinea-bissau-2017-recognition-confirmed-anew"
LED_ON_RECORD = "albeu-2017-11-17-guinea-bissau"


@dataclass
class NextEdition:
    """What the command said and wrote, and the site of the new edition."""

    folder: Path  # of the repository, as far as it is needed: sources/, editions/, recognition.db
    said: str
    site: Datasette
    number: int

    def get(self, path: str):
        return asyncio.run(self.site.client.get(path))


def is_row(path: str) -> bool:
    """Whether an address is that of a row or a passage, which the command reads from the database itself."""
    return path.count("/") == 3 or path.startswith("/article#")


def without(key: str):
    """A damage: the rows of a register that begin with a key are taken out."""
    return lambda lines: lines.__setitem__(slice(None), [line for line in lines if not line.startswith(f"{key},")])


def change(sources: Path) -> int:
    """Make the next edition of a copy of the sources; returns its number."""
    replaced("Serbia reacted strongly", "Serbia protested")(sources)
    replaced("Countries that have stronger ties", "States that have stronger ties")(sources)
    lines = (sources / "article.txt").read_text("utf-8").split("\n")
    sentence = key_of(next(line for line in lines if line.startswith("States that have stronger ties")), "paragraph")
    replaced(f",{LED_ON_SENTENCE}\n", f",{sentence}\n", "former_keys.csv")(sources)
    edited(without("passages,21"), "former_keys.csv")(sources)
    edited(without(GONE_RECORD), "records.csv")(sources)  # on which nothing else rests
    for file in ("updates.csv", "event_records.csv"):
        edited(without(GONE_EVENT), file)(sources)
        text = (sources / file).read_text("utf-8").replace(f"{LED_ON_EVENT},", f"{LED_ON_TO},")
        (sources / file).write_text(text, "utf-8")
    with (sources / "former_keys.csv").open("a", encoding="utf-8") as file:
        file.write(f"passages,{LED_ON_SENTENCE},{sentence}\nevents,{LED_ON_EVENT},{LED_ON_TO}\n")
    with (sources / "edition.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    number = int(row["number"]) + 1
    (sources / "edition.csv").write_text(f"{','.join(row)}\n{number},2026-12-01,{row['known_until']}\n", "utf-8")
    return number


def with_all_rows(editions: Path, built: Path) -> None:
    """Add the addresses that the newest edition had and that were not written down: earlier ones knew no key of several columns."""
    known, newest = read_addresses(editions), max(read_manifests(editions))
    open_ = {row.address for row in known if row.until is None}
    found = row_addresses(Database(built))
    lacking = [Address(address, newest, None, was) for address, was in found if address not in open_]
    write_addresses(editions, [*known, *lacking])


@pytest.fixture(scope="session")
def next_edition(root, edited_article, built, seal, tmp_path_factory):
    """The edition after the one of the sources, written down by the command, and its site."""
    folder = tmp_path_factory.mktemp("next")
    shutil.copytree(root / "editions", folder / "editions")
    with_all_rows(folder / "editions", built)
    sources = Path(shutil.copytree(root / "sources", folder / "sources"))
    number = change(sources)
    seal(sources)
    build_db.build(sources, folder / "recognition.db")
    listed = {row.address: row.was for row in read_addresses(folder / "editions") if row.until is None}
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as said:
        patch.setattr(
            command, "pages", lambda *_: {path: was for path, was in listed.items() if not is_row(path)}
        )  # which takes long to ask
        assert command.main(["--folder", str(folder), "--old", str(built)]) == 0
    site = unhurried(delivered(root, folder / "recognition.db", folder / "site"))
    (site / "editions").unlink()
    (site / "editions").symlink_to(folder / "editions")
    assert f"/recognition/subject/{SUBJECT}" in listed
    return NextEdition(folder, said.getvalue(), Datasette([], config_dir=site), number)

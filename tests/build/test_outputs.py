"""What --output may name: a new file, or one that a build made and nobody serves. All else is refused and left as it is."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from recognition.serving.edition import OpenedFile
from tests.build.forked import build
from tests.earlier_build import OLD, contents, database
from tests.patience import PATIENCE

fcntl = pytest.importorskip("fcntl")


def run(root, *arguments, cwd):
    return build(root, cwd, *arguments)


def refusal(ended, name):
    """The reason that a build gave in one line, after doing nothing."""
    begins = f"{name} was not built: "
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended.stderr
    assert ended.stderr.startswith(begins)
    return ended.stderr.removeprefix(begins).strip()


def listening(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(path))  # a socket's path may not be long
        # closed, it stays in the folder


def state(folder):
    """All that is in a folder and below it: kind, time, and content or aim."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(folder))] = status.st_mode, status.st_mtime_ns, content
    return found


# Kinds of files that are none for a build to replace or to read: how one is made at a path, and what it is called.
NO_FILES = {
    "folder": (lambda path: path.mkdir(), "a folder"),
    "FIFO": (os.mkfifo, "a FIFO"),
    "socket": (listening, "a socket"),
}
LINKS = {
    "link to a file": lambda path: path.symlink_to("file"),
    "link to a database of ours": lambda path: path.symlink_to("ours.db"),
    "link to nothing": lambda path: path.symlink_to("nothing"),
    "link to a device": lambda path: path.symlink_to(os.devnull),
    "link to a folder": lambda path: path.symlink_to("sources"),
    "loop of links": lambda path: path.symlink_to(path.name),
}


@pytest.fixture
def place(tmp_path, root, monkeypatch):
    """A folder with sources, a file and a database of ours, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(root / "sources", tmp_path / "sources")
    (tmp_path / "file").write_text("somebody's")
    (tmp_path / "ours.db").write_bytes(OLD["recognition.db"])
    return tmp_path


@pytest.mark.parametrize("name", [*NO_FILES, *LINKS])
@pytest.mark.parametrize("where", ["output", "the counts beside it"])
def test_what_is_no_file_is_not_replaced(where, name, place, root):
    make, kind = NO_FILES.get(name) or (LINKS[name], "a symbolic link")
    file = "recognition.db" if where == "output" else "inspect-data.json"
    make(place / file)
    before = state(place)
    said = refusal(run(root, "--output", "recognition.db", cwd=place), "recognition.db")
    assert said.startswith(f"{file} is {kind}")
    assert "with --output" in said
    assert state(place) == before


FOREIGN = {
    "a text": b"notes of years",
    "a short text": b"x",
    "another database": database("diary"),
}


@pytest.mark.parametrize("name", ["a text", "a short text", "another database"])
def test_what_no_build_made_is_not_replaced(name, place, root):
    (place / "recognition.db").write_bytes(FOREIGN[name])
    before = state(place)
    said = refusal(run(root, "--output", "recognition.db", cwd=place), "recognition.db")
    assert said.startswith(f"recognition.db is {'no database' if 'text' in name else 'a database that no build made'};")
    assert state(place) == before


@pytest.mark.parametrize("name", ["hard link to the article", "hard link to a register", "hard link to metadata.yml"])
def test_a_hard_link_to_what_the_build_reads_is_not_replaced(name, place, root):
    shutil.copy(root / "metadata.yml", place)
    aim = {"article": "sources/article.txt", "register": "sources/marks.csv", "yml": "metadata.yml"}
    os.link(place / next(aim[key] for key in aim if name.endswith(key)), place / "recognition.db")
    before = state(place)
    assert "is no database" in refusal(run(root, "--output", "recognition.db", cwd=place), "recognition.db")
    assert state(place) == before


@pytest.mark.parametrize("name", ["damaged", "cut", "empty"])
def test_a_damaged_database_is_replaced(name, place, root, built):
    """The site says of one that the build is to be run again."""
    whole = built.read_bytes()
    damaged = {"damaged": whole[:16] + b"\xff" * 5000 + whole[5016:], "cut": whole[:3000], "empty": b""}
    (place / "recognition.db").write_bytes(damaged[name])
    (place / "inspect-data.json").write_bytes(b"")
    ended = run(root, "--output", "recognition.db", cwd=place)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (place / "recognition.db").read_bytes() == whole


@pytest.mark.parametrize(
    "output",
    [
        "sources/recognition.db", "./sources/../sources/recognition.db", "sources/below/recognition.db",
        "linked/recognition.db", "linked/below/recognition.db",
    ],
)  # fmt: skip
@pytest.mark.parametrize("sources", ["sources", "linked", "{place}/sources", "sources/below/.."])
def test_nothing_is_written_among_the_sources(output, sources, place, root):
    (place / "linked").symlink_to("sources")
    (place / "sources/below").mkdir()
    before = state(place)
    arguments = "--sources", sources.format(place=place), "--output", output
    assert "would be among the sources" in refusal(run(root, *arguments, cwd=place), "recognition.db")
    assert state(place) == before


@pytest.mark.parametrize(
    "output",
    [
        "", ".", "..", "/", "new/", "sources/..", "new", "metadata.yml", "inspect-data.json", "Inspect-Data.JSON",
        "inspect-data.json.part", "recognition.db.part", "recognition.db-wal", "sources/article.txt", "/dev/null", "\n.db",
    ],
)  # fmt: skip
def test_a_name_that_is_none_for_a_database_is_refused(output, place, root):
    before = state(place)
    name = os.path.basename(output) or repr(output)
    said = refusal(run(root, "--output", output, cwd=place), name.replace("\n", "\\n"))
    assert "with --output" in said
    assert state(place) == before


@pytest.mark.parametrize(
    ("described", "others"),
    [
        ('{"diary": {"file": "diary.db"}}', "diary"),
        ('{"recognition": {"file": "recognition.db"}, "diary": {}}', "diary"),
        ('{"recognition": {"file": "recognition.sqlite"}}', "recognition"),
        ('["notes"]', "something else"),
    ],
)
@pytest.mark.parametrize("output", ["recognition.db", "../out/recognition.db"])
def test_the_description_of_another_database_is_not_replaced(output, described, others, folder, root):
    (folder / "inspect-data.json").write_text(described)
    before = contents(folder)
    said = refusal(run(root, "--output", output, cwd=folder), "recognition.db")
    assert f"inspect-data.json describes {others} and would be replaced; name a file in another folder" in said
    assert contents(folder) == before


@pytest.mark.parametrize("left", ["link", "file"])
def test_counts_that_a_killed_build_left_are_not_written_through(left, folder, root, tmp_path):
    (tmp_path / "file").write_text("somebody's")
    part = folder / "inspect-data.json.part"
    part.symlink_to(tmp_path / "file") if left == "link" else part.write_text("half")
    assert run(root, "--output", "recognition.db", cwd=folder).returncode == 0
    assert (tmp_path / "file").read_text() == "somebody's"
    assert sorted(contents(folder)) == sorted(OLD)


def test_a_file_that_is_served_is_not_replaced_and_is_when_the_site_has_ended(folder, root):
    """Whoever serves, in however many processes, the file is locked by each."""
    output = folder / "recognition.db"
    output.chmod(0o444)
    folder.chmod(0o555)  # as systemd and containers have it
    sites = [OpenedFile(output, frozenset()) for _ in range(2)]
    folder.chmod(0o755)
    for number in (2, 1):
        assert len(sites) == number
        said = refusal(run(root, "--output", "recognition.db", cwd=folder), "recognition.db")
        assert said == "a site is serving recognition.db; stop it, or build into another folder with --output"
        assert contents(folder) == OLD
        sites.pop().lock.close()
    assert run(root, "--output", "recognition.db", cwd=folder).returncode == 0


def test_a_site_that_starts_during_a_build_keeps_its_file(folder, monkeypatch):
    from_now = []

    import build_db

    check = build_db.check
    monkeypatch.setattr(
        build_db,
        "check",
        lambda part: (check(part), from_now.append(OpenedFile(folder / "recognition.db", frozenset()))),
    )
    with pytest.raises(OSError, match="a site is serving"):
        build_db.build(build_db.DATA / "sources", folder / "recognition.db")
    assert contents(folder) == OLD


def test_a_site_locks_the_file_that_it_serves(site_folder, root):
    """The real Datasette, until it ends."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVING], cwd=site_folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as site:
        assert site.stdout.readline() == "started\n"
        said = refusal(run(root, "--output", site_folder / "recognition.db", cwd=site_folder), "recognition.db")
        site.stdin.close()
        site.wait(PATIENCE)
    assert said.startswith("a site is serving ")
    with closing(sqlite3.connect(site_folder / "recognition.db")) as connection:
        assert connection.execute("pragma quick_check").fetchone() == ("ok",)


SERVING = """
import asyncio, sys
from pathlib import Path
from datasette.app import Datasette
datasette = Datasette([], config_dir=Path("."))
asyncio.run(datasette.invoke_startup())
print("started", flush=True)
sys.stdin.read()
"""

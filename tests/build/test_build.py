"""A build that fails at any step leaves the old files whole, a killed one disturbs nobody, the command says so."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import build_db
import recognition.build.article
import recognition.build.load
import recognition.build.publish
import recognition.build.sources
from tests.earlier_build import OLD, contents

# The steps of a build in their order: module and function that the build calls there.
BEFORE_THE_SWAP = {
    "read registers": (recognition.build.sources, "read_registers"),
    "read the article": (recognition.build.sources, "read_article"),
    "parse the article": (recognition.build.sources, "parse_article"),
    "cut it into sections": (recognition.build.article, "split_sections"),
    "resolve": (recognition.build.sources, "resolve"),
    "load": (build_db, "load"),
    "find oddities": (recognition.build.load, "find_oddities"),
    "check": (build_db, "check"),
    "inspect": (recognition.build.publish, "inspect"),
    "checksum": (recognition.build.publish, "sha256"),
    "write the counts": (recognition.build.publish, "write_new"),
    "wait for the disk": (recognition.build.publish, "make_lasting"),
}


def run(root, *arguments, cwd):
    command = [sys.executable, root / "build_db.py", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


@pytest.fixture
def build(short_sources):
    """build(folder) builds into a folder."""
    return lambda folder: build_db.build(short_sources, folder / "recognition.db")


def failing(error):
    def fail(*arguments, **keywords):
        raise error("here")

    return fail


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, MemoryError])
@pytest.mark.parametrize("step", BEFORE_THE_SWAP)
def test_a_failure_before_the_swap_leaves_both_files_as_they_were(step, error, build, folder, monkeypatch):
    monkeypatch.setattr(*BEFORE_THE_SWAP[step], failing(error))
    with pytest.raises(error, match="here"):
        build(folder)
    assert contents(folder) == OLD


def replace_failing_for(name, error, replace=os.replace):
    """os.replace that fails where the file `name` would be put in place, and works for others."""

    def fail(source, target):
        if Path(target).name == name:
            raise error("here")
        replace(source, target)

    return fail


def test_a_failed_swap_leaves_both_files_as_they_were(build, folder, monkeypatch):
    monkeypatch.setattr(os, "replace", replace_failing_for("recognition.db", OSError))
    with pytest.raises(OSError, match="here"):
        build(folder)
    assert contents(folder) == OLD


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, OSError])
def test_a_failure_behind_the_swap_leaves_the_new_database_and_no_stale_counts(
    error, build, folder, short_built, monkeypatch
):
    monkeypatch.setattr(os, "replace", replace_failing_for("inspect-data.json", error))
    with pytest.raises(error, match="here"):
        build(folder)
    assert contents(folder) == {"recognition.db": short_built["recognition.db"]}


def test_a_failure_while_summing_up_leaves_the_new_database_with_its_counts(build, folder, short_built, monkeypatch):
    monkeypatch.setattr(build_db, "summarise", failing(RuntimeError))
    with pytest.raises(RuntimeError, match="here"):
        build(folder)
    assert contents(folder) == short_built


def test_a_second_build_that_begins_meanwhile_does_not_spoil_the_first(build, folder, short_built, monkeypatch):
    inspect = recognition.build.publish.inspect
    second = recognition.build.publish.replacing(folder / "recognition.db")

    def inspect_while_another_build_writes(*arguments):
        second.__enter__().write_bytes(b"half a database")
        return inspect(*arguments)

    monkeypatch.setattr(recognition.build.publish, "inspect", inspect_while_another_build_writes)
    build(folder)
    assert {name: data for name, data in contents(folder).items() if name in short_built} == short_built


def test_inspect_data_is_what_datasette_inspect_says(built):
    command = [sys.executable, "-m", "datasette", "inspect", str(built)]
    inspected = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    written = json.loads(built.with_name("inspect-data.json").read_text("utf-8"))
    assert (inspected["recognition"].pop("file"), written["recognition"].pop("file")) == (str(built), "recognition.db")
    assert written == inspected
    assert written["recognition"]["hash"] == hashlib.sha256(built.read_bytes()).hexdigest()


def test_inspect_data_is_named_for_the_file_that_was_asked_for(short_sources, tmp_path):
    build_db.build(short_sources, tmp_path / "kosovo.db")
    written = json.loads((tmp_path / "inspect-data.json").read_text("utf-8"))
    assert {name: data["file"] for name, data in written.items()} == {"kosovo": "kosovo.db"}


def test_the_command_builds_from_any_folder_into_any_file(root, sources_copy, built, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    new = {name: built.with_name(name).read_bytes() for name in OLD}
    ended = run(root, "--sources", "../sources", "--output", "recognition.db", cwd=elsewhere)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert contents(elsewhere) == new
    lines = ended.stdout.splitlines()
    assert lines[-1] == f"sha256 {hashlib.sha256(new['recognition.db']).hexdigest()}"
    assert lines[-2].startswith(f"recognition.db: {len(new['recognition.db']):,} bytes in ")
    assert sources_copy.exists()


@pytest.mark.parametrize("name", ["Größe & Ελλάδα", "100%25", "what?", "issue #7"])
def test_the_output_may_be_anywhere_whatever_its_name(name, build, short_built, tmp_path):
    folder = tmp_path / name
    folder.mkdir()
    build(folder)
    assert contents(folder) == short_built
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("missing/recognition.db", "there is no folder missing; make it, or name another file with --output"),
        ("file/recognition.db", "there is no folder file; make it, or name another file with --output"),
        ("folder/recognition.db", "folder/recognition.db is a folder; name a file with --output"),
    ],
)
def test_an_output_that_cannot_be_written_is_one_sentence(output, reason, root, tmp_path):
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "folder/recognition.db").mkdir(parents=True)
    ended = run(root, "--output", output, cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"recognition.db was not built: {reason}\n")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "file", "folder", "folder/recognition.db",
    ]  # fmt: skip


def test_the_published_file_is_a_whole_database_without_a_journal(built):
    assert sorted(path.name for path in built.parent.iterdir()) == ["inspect-data.json", "recognition.db"]
    connection = sqlite3.connect(f"{built.as_uri()}?mode=ro", uri=True)
    assert connection.execute("pragma journal_mode").fetchone() == ("delete",)  # no write-ahead log to ship with it
    connection.close()

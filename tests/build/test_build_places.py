"""A build without room, without rights, beside other builds or under readers: one sentence, and a whole database stays."""

import ctypes
import hashlib
import json
import math
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import build_db
import recognition.build.publish
from tests.earlier_build import OLD, a_page_less, contents
from tests.patience import PATIENCE

CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24  # of linux/capability.h and linux/prctl.h


def start(root, sources, output, **options):
    command = [sys.executable, root / "build_db.py", "--sources", sources, "--output", output]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def refused(process):
    """What a build said that could not write: one line, no traceback."""
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, ""), err
    assert err.startswith("recognition.db was not built: ")
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1, err
    return err.strip().removeprefix("recognition.db was not built: ")


@pytest.mark.parametrize("part", [0, 1e-9, 0.01, 0.1, 0.5, 0.9])
def test_a_file_that_may_not_grow_is_one_sentence_and_the_old_files_stay(
    part, root, folder, short_sources, short_built
):
    room = math.ceil(part * len(short_built["recognition.db"]))

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    assert refused(start(root, short_sources, folder / "recognition.db", preexec_fn=limit)) in {
        f"{reason}; make room on the disk, or name a file on another one with --output"
        for reason in ("disk I/O error", "database or disk is full", "unable to open database file")
    }  # fmt: skip
    assert contents(folder) == OLD


def without_rights():
    """Root may write everywhere; it gives that up for what this process becomes."""
    if os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot give up the right to write everywhere")


def test_a_folder_that_may_not_be_written_is_one_sentence_and_the_old_files_stay(root, folder, short_sources):
    folder.chmod(0o555)
    try:
        said = refused(start(root, short_sources, folder / "recognition.db", preexec_fn=without_rights))
    finally:
        folder.chmod(0o755)
    assert said == (
        f"nothing can be written in the folder {folder} (Permission denied); name a file in another one with --output"
    )
    assert contents(folder) == OLD


def test_builds_at_once_leave_one_whole_database_with_its_own_counts(root, folder, short_sources, tmp_path):
    """Four builds of two editions together, three times."""
    before = a_page_less(short_sources, tmp_path / "sources")
    editions = []
    for number, sources in enumerate((short_sources, before)):
        (tmp_path / str(number)).mkdir()
        build_db.build(sources, tmp_path / str(number) / "recognition.db")
        editions.append(contents(tmp_path / str(number)))
    for _ in range(3):
        with ThreadPoolExecutor(4) as builds:
            ended = list(
                builds.map(
                    lambda sources: subprocess.run(
                        [sys.executable, root / "build_db.py", "--sources", sources, "--output", folder / "recognition.db"],
                        capture_output=True, text=True,
                    ),
                    [short_sources, before] * 2,
                )
            )  # fmt: skip
        assert [(process.returncode, process.stderr) for process in ended] == [(0, "")] * 4
        assert contents(folder) in editions


def test_another_build_that_ends_between_database_and_counts_waits(built, folder, monkeypatch):
    other, output = folder / "recognition.db.other.part", folder / "recognition.db"
    with sqlite3.connect(other) as db:
        db.execute("create table other (text)")
    db.close()
    others = []
    replace = os.replace

    def replace_while_another_ends(source, target):
        if target.name == "inspect-data.json" and not others:
            described = recognition.build.publish.inspect(other, output)
            arguments = other, other.open("rb"), output, described, lambda: None
            others.append(threading.Thread(target=recognition.build.publish.swap, args=arguments))
            others[0].start()
            others[0].join(1)  # long enough to end, were it not held off
        replace(source, target)

    monkeypatch.setattr(os, "replace", replace_while_another_ends)
    monkeypatch.setattr(recognition.build.publish, "remove_abandoned", lambda output: None)
    with recognition.build.publish.replacing(output) as part:
        shutil.copy(built, part)
    others[0].join()
    left = contents(folder)
    assert sorted(left) == sorted(OLD)
    told = json.loads(left["inspect-data.json"])["recognition"]
    assert told["hash"] == hashlib.sha256(left["recognition.db"]).hexdigest()
    assert list(told["tables"]) == ["other"]


def test_another_build_does_not_take_a_file_for_abandoned_that_is_not_locked_yet(
    folder, short_sources, short_built, monkeypatch
):
    publish, others = recognition.build.publish, []
    begin, output = publish.begin, folder / "recognition.db"

    def another():
        with publish.alone_in(folder):
            publish.remove_abandoned(output)

    def begin_beside_another_build(part):
        others.append(threading.Thread(target=another))
        part.write_bytes(b"")  # made, and not locked
        others[0].start()
        others[0].join(1)  # long enough to end, were it not held off
        part.unlink()
        assert others[0].is_alive()
        return begin(part)

    monkeypatch.setattr(publish, "begin", begin_beside_another_build)
    build_db.build(short_sources, output)
    others[0].join()
    assert contents(folder) == short_built


def test_readers_of_the_old_database_read_it_to_the_end(root, built, tmp_path):
    for name in OLD:
        shutil.copy(built.with_name(name), tmp_path / name)
    with sqlite3.connect(tmp_path / "recognition.db") as edit:
        edit.execute("update countries set note = 'yesterday'")
    edit.close()
    reader = sqlite3.connect(f"file:{tmp_path / 'recognition.db'}?immutable=1", uri=True)
    rows = reader.execute("select note from countries")
    read = rows.fetchmany(3)
    build_db.build(root / "sources", tmp_path / "recognition.db")
    read += rows.fetchall()
    assert len(read) > 100 and set(read) == {("yesterday",)}
    assert reader.execute("select distinct note from countries").fetchall() == [("yesterday",)]
    assert reader.execute("pragma integrity_check").fetchall() == [("ok",)]
    reader.close()
    assert contents(tmp_path) == {name: built.with_name(name).read_bytes() for name in OLD}


def test_counts_that_cannot_be_written_are_one_sentence(tmp_path):
    with pytest.raises(
        OSError, match=r"^.*counts\.json cannot be written \(No such file .*\); make room, or name another"
    ):
        recognition.build.publish.write_new(tmp_path / "missing/counts.json", b"{}")

"""Each file of the sources, replaced by what is no readable file: one line that names it, soon, and nothing is built."""

import csv
import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import build_db
from recognition.build.datapackage import read_descriptions
from recognition.build.problems import BuildRefused, Problems
from recognition.build.reading import MOST_BYTES, read_bytes
from tests.build.forked import build
from tests.build.test_outputs import listening
from tests.patience import PATIENCE

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24  # of linux/capability.h and linux/prctl.h


def without_rights():
    """Root may read everything; it gives that up for what this process becomes."""
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH) if os.geteuid() == 0 else ():
        if ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, right, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "cannot give up the right to read everything")


def large(path):
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)  # a hole, which takes no room


RESTORE = "restore it from the repository"
KINDS = {
    "missing": (lambda path: None, f"file is missing; {RESTORE}"),
    "folder": (lambda path: path.mkdir(), f"is a folder, and must be a file; {RESTORE}"),
    "FIFO": (os.mkfifo, f"is a FIFO, and must be a file; {RESTORE}"),
    "link to a FIFO": (
        lambda path: (os.mkfifo("fifo"), path.symlink_to(os.path.abspath("fifo"))),
        f"is a FIFO, and must be a file; {RESTORE}",
    ),
    "socket": (listening, f"is a socket, and must be a file; {RESTORE}"),
    "endless device": (lambda path: path.symlink_to("/dev/zero"), f"is a device, and must be a file; {RESTORE}"),
    "link to nothing": (lambda path: path.symlink_to("nothing"), f"file is missing; {RESTORE}"),
    "loop of links": (
        lambda path: path.symlink_to(path.name),
        f"file cannot be read (Too many levels of symbolic links); {RESTORE}",
    ),
    "too large": (large, f"file has {MOST_BYTES + 1:,} bytes, and may have {MOST_BYTES:,}"),
    "no permission": (
        lambda path: (path.write_text("x"), path.chmod(0)),
        "file cannot be read (Permission denied); let the user who builds read it",
    ),
    "not UTF-8": (
        lambda path: path.write_bytes(b"a\nS\xe3o\n"),
        "not UTF-8 text (byte 0xe3); save the file as UTF-8",
    ),
    "NULs": (lambda path: path.write_bytes(b"\0" * 1000), "control character '\\x00'; save the file as plain text"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["article.txt", "README.md", "datapackage.json", "countries.csv", "events.csv"])
def test_a_source_that_cannot_be_read_is_named(name, kind, short_sources, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make, expected = KINDS[kind]
    shutil.copytree(short_sources, "sources")
    Path("sources", name).unlink()
    make(Path("sources", name))
    ended = build(root, tmp_path, "--sources", "sources", prepare=without_rights)
    *problems, last = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    assert last.startswith("recognition.db was not built: ")
    said = [line for line in problems if line.startswith(f"sources/{name}:")]
    assert len(said) == 1 and expected in said[0], problems
    assert not (tmp_path / "recognition.db").exists()


def test_every_register_is_read_in_the_same_way(root, tmp_path, monkeypatch):
    """All of them FIFOs: each is named, and the build does not wait for a writer."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources").mkdir()
    registers = [path.name for path in (root / "sources").iterdir() if path.suffix == ".csv"]
    for name in ("datapackage.json", "article.txt", "README.md"):
        shutil.copy(root / "sources" / name, "sources")
    for name in registers:
        os.mkfifo(f"sources/{name}")
    command = [sys.executable, root / "build_db.py", "--sources", "sources"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    named = {line.split(":")[0] for line in ended.stderr.splitlines() if "is a FIFO, and must be a file" in line}
    assert named == {f"sources/{name}" for name in registers}


@pytest.mark.parametrize("kind", ["missing", "folder", "FIFO", "endless device", "loop of links", "NULs", "not UTF-8"])
def test_metadata_that_cannot_be_read_is_named(kind, root, short_sources, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(root / "build_db.py", tmp_path)
    shutil.copytree(short_sources, tmp_path / "sources")
    (tmp_path / "recognition").symlink_to(root / "recognition")
    KINDS[kind][0](tmp_path / "metadata.yml")
    command = [sys.executable, "build_db.py"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    first, last = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "metadata.yml" in first and KINDS[kind][1] in first
    assert last.startswith("recognition.db was not built: ")
    assert not list(tmp_path.glob("recognition.db*"))


@pytest.mark.parametrize("kind", ["missing", "file", "FIFO", "loop of links"])
def test_a_folder_of_sources_that_is_none_is_one_sentence(kind, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make = {**{name: make for name, (make, _) in KINDS.items()}, "file": lambda path: path.write_text("x")}[kind]
    make(tmp_path / "sources")
    command = [sys.executable, root / "build_db.py", "--sources", "sources"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[0] == "sources: is no folder; name the folder of the sources with --sources"


@pytest.mark.parametrize("change", [lambda path: path.open("a").write("more"), lambda path: path.write_text("")])
def test_a_file_that_changes_while_it_is_read_is_refused(change, tmp_path, monkeypatch):
    path, statuses = tmp_path / "events.csv", []
    path.write_text("id\n1\n")
    fstat = os.fstat

    def fstat_before_a_change(descriptor):
        status = fstat(descriptor)
        statuses.append(status)
        if len(statuses) == 1:
            change(path)
            os.utime(path, (0, 0))
        return status

    monkeypatch.setattr("recognition.build.reading.os.fstat", fstat_before_a_change)
    problems = Problems()
    assert read_bytes(path, problems) is None
    assert "was changed while it was read" in str(problems.refusal().problems[0])


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="this system has no /proc")
def test_a_file_of_the_system_without_a_size_is_not_read_without_end(tmp_path):
    (tmp_path / "events.csv").symlink_to("/proc/self/maps")
    problems = Problems()
    assert read_bytes(tmp_path / "events.csv", problems) is None
    assert len(problems) == 1


def dated_columns(root):
    """(file, column) of each column of dates that has one."""
    for description in read_descriptions(root / "sources", Problems()):
        with (root / "sources" / description.file).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for column in description.columns:
            if column.form.startswith("must be a date") and any(row[column.name] for row in rows):
                yield description.file, column.name


def test_a_date_that_is_none_is_named_first_and_no_fault_of_the_program(root, tmp_path):
    """A refused cell is still read by what follows, which cannot say such a date in words or count from it."""
    columns = list(dated_columns(root))
    assert len(columns) > 10
    for number, (name, column) in enumerate(columns):
        sources = shutil.copytree(root / "sources", tmp_path / str(number))
        with (sources / name).open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        place = header.index(column)
        next(row for row in rows if row[place])[place] = "2018-13"
        with (sources / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
        with pytest.raises(BuildRefused) as refused:
            build_db.build(sources, tmp_path / "recognition.db")
        said = [problem for problem in refused.value.problems if problem.file.name == name]
        assert said[0].reason.startswith(f"{column} must be a date"), (name, column, said)


def test_a_register_that_was_emptied_is_one_line_and_not_one_for_each_of_its_documents(root, tmp_path):
    sources = shutil.copytree(root / "sources", tmp_path / "sources")
    counts = sources / "published_counts.csv"
    counts.write_text(counts.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    with pytest.raises(BuildRefused) as refused:
        build_db.build(sources, tmp_path / "recognition.db")
    (problem,) = refused.value.problems
    assert problem.reason.endswith("documents; restore the register that names them")

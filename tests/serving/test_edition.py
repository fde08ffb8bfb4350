"""Databases and descriptions that are missing, damaged, swapped or stale are refused at start, each with a sentence."""

import asyncio
import errno
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from datasette.app import Datasette

from plugins.serving import SITE
from recognition.build.publish import inspect
from recognition.serving.edition import Check, EditionRefused
from tests.patience import PATIENCE

DATABASE, INSPECTED = "recognition.db", "inspect-data.json"
AGAIN = SITE.build_again


@pytest.fixture
def folder(site_folder, tmp_path):
    """A copy of the delivered folder that a test may damage."""
    copy = tmp_path / "site"
    copy.mkdir()
    for file in site_folder.iterdir():
        (copy / file.name).symlink_to(file.resolve()) if file.is_dir() else shutil.copy(file, copy)
    return copy


def starts(folder, **options):
    """Start the site without a socket."""
    datasette = Datasette([], config_dir=folder, **options)
    asyncio.run(datasette.invoke_startup())
    return datasette


def refusal(folder):
    """The sentence with which both the check before the start and the start itself refuse a folder."""
    with pytest.raises(EditionRefused) as by_check:
        Check(SITE).folder(folder)
    with pytest.raises(EditionRefused) as by_start:
        starts(folder)
    assert by_start.value.message == by_check.value.message
    return by_check.value.message


def truthfully(folder):
    """Describe a changed database as the build would."""
    path = folder / DATABASE
    (folder / INSPECTED).write_text(json.dumps(inspect(path, path)))


def overwritten(folder):
    """A page in the middle of the database holds nothing of it."""
    with (folder / DATABASE).open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)


def cut(folder):
    content = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(content[: len(content) // 2 // 4096 * 4096])


def edited(folder, sql):
    """Another edition: SQL is run on the database, which keeps its size."""
    connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
    connection.execute("pragma legacy_alter_table = on")
    connection.execute(sql)
    connection.close()


def restructured(sql):
    def harm(folder):
        edited(folder, sql)
        truthfully(folder)

    return harm


def described(**changes):
    """Another description: a value, or a function that makes it of what is said of the database."""

    def harm(folder):
        said = json.loads((folder / INSPECTED).read_text())
        for key, value in changes.items():
            said["recognition"][key] = value(said["recognition"]) if callable(value) else value
        (folder / INSPECTED).write_text(json.dumps(said))

    return harm


def renamed_inside(folder):
    said = json.loads((folder / INSPECTED).read_text())
    (folder / INSPECTED).write_text(json.dumps({"kosovo": said["recognition"]}))


ANOTHER = "inspect-data.json describes another recognition.db: its"
VERSION = "it was built by another version of the code"
# What is done to a folder, and how the sentence begins that refuses it: a pattern.
REFUSED = {
    "no database": (lambda folder: (folder / DATABASE).unlink(), "recognition.db is missing"),
    "database under another name": (
        lambda folder: (folder / DATABASE).rename(folder / "kosovo.db"), "recognition.db is missing; kosovo.db has another name",
    ),
    "second database that would be public": (
        lambda folder: shutil.copy(folder / DATABASE, folder / "drafts.sqlite"),
        "drafts.sqlite would be served beside recognition.db: move it out of the folder",
    ),
    "empty file": (lambda folder: (folder / DATABASE).write_bytes(b""), "recognition.db is no SQLite database"),
    "page of HTML": (lambda folder: (folder / DATABASE).write_bytes(b"<!DOCTYPE html>" * 1000), "recognition.db is no SQLite database"),
    "cut short": (cut, r"recognition.db is damaged \(.+\)"),
    "page overwritten": (overwritten, r"recognition.db is damaged \(.+\)"),
    "view missing": (restructured("drop view count_audit"), f"recognition.db has no count_audit, {VERSION}"),
    "index missing": (restructured("drop table organisations_fts"), f"recognition.db has no organisations_fts, {VERSION}"),
    "table renamed": (restructured("alter table mentions rename to naming"), f"recognition.db has no mentions, {VERSION}"),
    "column missing": (restructured("alter table marks drop column meaning"), f"recognition.db has no column meaning in marks, {VERSION}"),
    "no description": (lambda folder: (folder / INSPECTED).unlink(), "inspect-data.json is missing"),
    "another size": (described(size=4096), rf"{ANOTHER} size is 4096, the file's is \d+"),
    "swapped for one of the same size": (
        lambda folder: edited(folder, "update countries set name = 'Ghena' where name = 'Ghana'"),
        rf"{ANOTHER} checksum is [0-9a-f]{{64}}, the file's is [0-9a-f]{{64}}",
    ),
    "other counts": (
        described(tables=lambda said: said["tables"] | {"countries": {"count": 1}}),
        rf"{ANOTHER} count of rows in countries is 1, the file's is \d+",
    ),
    "description of another database": (renamed_inside, "inspect-data.json describes kosovo, not recognition alone"),
}  # fmt: skip


def test_what_the_build_made_is_served(folder):
    Check(SITE).folder(folder)
    assert starts(folder).get_database("recognition").hash


@pytest.mark.parametrize("name", REFUSED)
def test_a_folder_that_cannot_be_served_is_refused_with_a_sentence(folder, name):
    harm, said = REFUSED[name]
    harm(folder)
    remedy = "" if "move it out" in said else f"[:;] {re.escape(AGAIN)}"
    assert re.fullmatch(rf"{said}{remedy}\.", refusal(folder))


def test_what_is_needed_is_what_the_build_makes(db, metadata):
    """With the columns, which test_project.py compares, the check knows the whole structure."""
    needed = {*metadata["databases"]["recognition"]["tables"], *SITE.indexes}
    listed = (
        "select name from pragma_table_list where schema = 'main' and type <> 'shadow' and name not like 'sqlite_%'"
    )
    assert needed == {name for (name,) in db.execute(listed)}


def test_a_file_that_may_change(folder, metadata):
    datasette = Datasette([str(folder / DATABASE)], metadata=metadata, plugins_dir=str(folder / "plugins"))
    with pytest.raises(Exception, match=r"^recognition\.db is served as a file that may change: name it with --immu"):
        asyncio.run(datasette.invoke_startup())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (INSPECTED, '{"recognition": ', "inspect-data.json cannot be read (Expecting value: .*): "),
        (INSPECTED, '{"recognition": {"hash": "", "size": 1, "tables": {}}}', "inspect-data.json does not say the file of recognition.db: "),
        ("settings.json", '{"sql_time_limit_ms": 300,}', "settings.json cannot be read (.*line 1 column .*): write it"),
        ("settings.json", "[]", "settings.json holds no names with values: write it"),
        ("settings.json", None, "settings.json is missing: write it"),
        ("metadata.yml", "title: [", "metadata.yml cannot be read (Metadata is not valid JSON or YAML): restore it"),
        ("metadata.yml", "[" * 100_000, "metadata.yml cannot be read (maximum recursion depth exceeded"),
        ("metadata.yml", "title: " + "[" * 100_000, "metadata.yml cannot be read (maximum recursion depth exceeded"),
        ("metadata.yml", None, "metadata.yml is missing: restore it"),
    ],
)  # fmt: skip
def test_what_datasette_reads_before_any_plugin_is_checked_first(folder, name, content, said):
    """It would answer with a traceback."""
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content)
    pattern = re.escape(said).replace(r"\.\*", ".*")
    with pytest.raises(EditionRefused, match=f"^{pattern}") as refused:
        Check(SITE).folder(folder)
    assert refused.value.message.endswith(".")


def forbidden(monkeypatch, name):
    """The system does not let the process read a file; no permission keeps root, which may run these tests, from it."""
    whole = Path.open

    def opened(path, *arguments, **options):
        if path.name == name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return whole(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", opened)


@pytest.mark.parametrize("name", [DATABASE, INSPECTED, "settings.json", "metadata.yml"])
def test_a_file_that_may_not_be_read(folder, monkeypatch, name):
    forbidden(monkeypatch, name)
    with pytest.raises(EditionRefused) as refused:
        Check(SITE).folder(folder)
    assert (
        refused.value.message == f"{name} cannot be read (Permission denied): let the user who runs the site read it."
    )


def test_a_database_that_may_not_be_read_any_more(folder, monkeypatch):
    """Datasette starts, and the site says what is wrong."""
    datasette = Datasette([], config_dir=folder)
    forbidden(monkeypatch, DATABASE)
    with pytest.raises(EditionRefused, match=r"^recognition\.db cannot be read \(Permission denied\)"):
        asyncio.run(datasette.invoke_startup())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("sql_time_limit_ms", "300", "says sql_time_limit_ms is '300': it must be a whole number, not below 0."),
        ("num_sql_threads", -1, "says num_sql_threads is -1: it must be a whole number, not below 0."),
        ("max_returned_rows", 1.5, "says max_returned_rows is 1.5: it must be a whole number, not below 0."),
        ("default_page_size", None, "says default_page_size is None: it must be a whole number, not below 0."),
        ("default_page_size", True, "says default_page_size is True: it must be a whole number, not below 0."),
        ("allow_download", 1, "says allow_download is 1: it must be true or false."),
        ("sql_time_limit", 300, "says sql_time_limit, which is no setting of Datasette: take it out."),
    ],
)
def test_settings_that_datasette_would_fail_on(folder, name, value, said):
    settings = folder / "settings.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {name: value}))
    with pytest.raises(EditionRefused) as refused:
        Check(SITE).folder(folder)
    assert refused.value.message == f"settings.json {said}"


def command(folder, *arguments):
    """What a command prints in a folder that cannot be served, and that it fails."""
    said = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    assert said.returncode == 1 and said.stdout == ""
    return said.stderr


def test_both_commands_print_the_sentence_and_nothing_else(folder):
    described(hash="0" * 64)(folder)
    sentence = refusal(folder)
    assert command(folder, "-m", "datasette", ".", "--port", "0") == f"Error: {sentence}\n"
    assert command(folder, "-m", "recognition.serving", ".") == f"The site cannot start: {sentence}\n"


# Health.


def health(datasette):
    answer = asyncio.run(datasette.client.get("/-/health"))
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def test_a_site_that_is_well_says_so(folder):
    datasette = starts(folder)
    edition = json.loads((folder / INSPECTED).read_text())["recognition"]["hash"]
    assert health(datasette) == (200, {"ok": True, "edition": edition})


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: os.utime(path, ns=(1, 1)),
        lambda path: (shutil.copy2(path, path.with_suffix(".new")), os.replace(path.with_suffix(".new"), path)),
    ],
    ids=["removed", "written to", "replaced"],
)
def test_a_site_whose_file_is_another_one_is_not_well(folder, harm):
    datasette = starts(folder)
    edition = datasette.get_database("recognition").hash
    harm(folder / DATABASE)
    sentence = "recognition.db is not the file any more that was opened at start: start the site again."
    assert health(datasette) == (
        503,
        {"ok": False, "edition": edition, "error": sentence, "status": 503, "title": None},
    )


def dying_disk(datasette, path):
    """The content is lost in place, and the file's times stay."""
    was = path.stat()
    path.write_bytes(b"\xff" * was.st_size)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def miscounted(datasette, path):
    counts = datasette.get_database("recognition").cached_table_counts
    counts[next(iter(counts))] += 1


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (dying_disk, r"recognition\.db cannot be read \(.+\)\."),
        (miscounted, r"recognition\.db has \d+ rows in \w+, not \d+\."),
    ],
)
def test_a_site_whose_rows_are_lost_is_not_well(folder, harm, said):
    datasette = starts(folder)
    harm(datasette, folder / DATABASE)
    status, answer = health(datasette)
    assert status == 503 and answer["ok"] is False and re.fullmatch(said, answer["error"])

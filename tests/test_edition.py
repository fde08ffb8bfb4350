"""Databases and descriptions that are missing, damaged, swapped or stale are refused at start, each with a sentence."""

import asyncio
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest
from datasette.app import Datasette

from plugins.serving import SITE
from recognition.build.publish import inspect
from recognition.serving import health as health_page
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


def described(folder, **changes):
    """Change what inspect-data.json says of the database."""
    path = folder / INSPECTED
    said = json.loads(path.read_text())
    said["recognition"] |= changes
    path.write_text(json.dumps(said))


def truthfully(folder):
    """Describe a changed database as the build would."""
    path = folder / DATABASE
    (folder / INSPECTED).write_text(json.dumps(inspect(path, path)))


def test_what_the_build_made_is_served(folder):
    Check(SITE).folder(folder)
    assert starts(folder).get_database("recognition").hash


def test_a_missing_database(folder):
    (folder / DATABASE).unlink()
    assert refusal(folder) == f"recognition.db is missing: {AGAIN}."


def test_a_database_under_another_name(folder):
    (folder / DATABASE).rename(folder / "kosovo.db")
    assert refusal(folder) == f"recognition.db is missing; kosovo.db has another name: {AGAIN}."


def test_a_second_database_that_would_be_public(folder):
    shutil.copy(folder / DATABASE, folder / "drafts.sqlite")
    said = "drafts.sqlite would be served beside recognition.db: move it out of the folder."
    assert refusal(folder) == said


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html>" * 1000], ids=["empty", "html"])
def test_a_file_that_is_no_database(folder, content):
    (folder / DATABASE).write_bytes(content)
    assert refusal(folder) == f"recognition.db is no SQLite database: {AGAIN}."


def test_a_database_that_was_cut_short(folder):
    content = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(content[: len(content) // 2 // 4096 * 4096])
    assert re.fullmatch(rf"recognition\.db is damaged \(.+\): {re.escape(AGAIN)}\.", refusal(folder))


def test_a_database_with_a_page_overwritten(folder):
    with (folder / DATABASE).open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)
    assert re.fullmatch(rf"recognition\.db is damaged \(.+\): {re.escape(AGAIN)}\.", refusal(folder))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("drop view count_audit", "has no count_audit"),
        ("drop table search_names_fts", "has no search_names_fts"),
        ("alter table mentions rename to naming", "has no mentions"),
        ("alter table marks drop column meaning", "has no column meaning in marks"),
    ],
)
def test_a_database_with_another_structure(folder, sql, said):
    connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
    connection.execute("pragma legacy_alter_table = on")
    connection.execute(sql)
    connection.close()
    truthfully(folder)
    assert refusal(folder) == f"recognition.db {said}, it was built by another version of the code: {AGAIN}."


def test_what_is_needed_is_what_the_build_makes(db, metadata):
    """With the columns, which test_metadata.py compares, the check knows the whole structure."""
    needed = {*metadata["databases"]["recognition"]["tables"], *SITE.indexes}
    listed = (
        "select name from pragma_table_list where schema = 'main' and type <> 'shadow' and name not like 'sqlite_%'"
    )
    assert needed == {name for (name,) in db.execute(listed)}


def test_a_missing_description(folder):
    (folder / INSPECTED).unlink()
    assert refusal(folder) == f"inspect-data.json is missing: {AGAIN}."


def test_a_description_of_another_size(folder):
    size = (folder / DATABASE).stat().st_size
    described(folder, size=size - 4096)
    assert refusal(folder) == (
        f"inspect-data.json describes another recognition.db: its size is {size - 4096}, the file's is {size}; {AGAIN}."
    )


def test_a_database_that_was_swapped_for_one_of_the_same_size(folder):
    said = json.loads((folder / INSPECTED).read_text())["recognition"]
    connection = sqlite3.connect(folder / DATABASE)
    with connection:
        connection.execute("update countries set name = 'Ghena' where name = 'Ghana'")
    connection.close()
    assert (folder / DATABASE).stat().st_size == said["size"]
    assert re.fullmatch(
        rf"inspect-data\.json describes another recognition\.db: its checksum is {said['hash']}, "
        rf"the file's is [0-9a-f]{{64}}; {re.escape(AGAIN)}\.",
        refusal(folder),
    )


def test_a_description_with_other_counts(folder):
    tables = json.loads((folder / INSPECTED).read_text())["recognition"]["tables"]
    rows = tables["countries"]["count"]
    described(folder, tables=tables | {"countries": {"count": rows + 1}})
    assert refusal(folder) == (
        "inspect-data.json describes another recognition.db: its count of rows in countries is "
        f"{rows + 1}, the file's is {rows}; {AGAIN}."
    )


def test_a_description_of_another_database(folder):
    said = json.loads((folder / INSPECTED).read_text())
    (folder / INSPECTED).write_text(json.dumps({"kosovo": said["recognition"]}))
    assert refusal(folder) == f"inspect-data.json describes kosovo, not recognition alone: {AGAIN}."


def test_a_file_that_may_change(folder, metadata):
    datasette = Datasette([str(folder / DATABASE)], metadata=metadata, plugins_dir=str(folder / "plugins"))
    with pytest.raises(Exception, match=r"^recognition\.db is served as a file that may change: name it with --immu"):
        asyncio.run(datasette.invoke_startup())


# What Datasette reads before any plugin: it would answer with a traceback, so the check runs first.


def test_a_description_that_is_no_json(folder):
    (folder / INSPECTED).write_text('{"recognition": ')
    with pytest.raises(EditionRefused) as refused:
        Check(SITE).folder(folder)
    assert refused.value.message == (
        f"inspect-data.json cannot be read (Expecting value: line 1 column 17 (char 16)): {AGAIN}."
    )


def test_a_description_without_the_name_of_the_file(folder):
    said = json.loads((folder / INSPECTED).read_text())
    del said["recognition"]["file"]
    (folder / INSPECTED).write_text(json.dumps(said))
    with pytest.raises(EditionRefused) as refused:
        Check(SITE).folder(folder)
    assert refused.value.message == f"inspect-data.json does not say the file of recognition.db: {AGAIN}."


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("settings.json", '{"sql_time_limit_ms": 300,}', "settings.json cannot be read (.*line 1 column .*): write it"),
        ("settings.json", "[]", "settings.json holds no names with values: write it"),
        ("settings.json", None, "settings.json is missing: write it"),
        ("metadata.yml", "title: [", "metadata.yml cannot be read (Metadata is not valid JSON or YAML): restore it"),
        ("metadata.yml", None, "metadata.yml is missing: restore it"),
    ],
)
def test_files_of_the_repository(folder, name, content, said):
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content)
    pattern = re.escape(said).replace(r"\.\*", ".*")
    with pytest.raises(EditionRefused, match=f"^{pattern}") as refused:
        Check(SITE).folder(folder)
    assert refused.value.message.endswith(".")


def command(folder, *arguments):
    """What a command prints in a folder that cannot be served, and that it fails."""
    said = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, env={**os.environ}
    )
    assert said.returncode == 1 and said.stdout == ""
    return said.stderr


def test_both_commands_print_the_sentence_and_nothing_else(folder):
    described(folder, hash="0" * 64)
    sentence = refusal(folder)
    assert command(folder, "-m", "datasette", ".", "--port", "0") == f"Error: {sentence}\n"
    assert command(folder, "plugins/serving.py", ".") == f"The site cannot start: {sentence}\n"


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
    assert health(datasette) == (503, {"ok": False, "edition": edition, "error": sentence})


def test_a_site_whose_database_cannot_be_read_is_not_well(folder):
    datasette = starts(folder)
    path = folder / DATABASE
    was = path.stat()
    path.write_bytes(b"\xff" * was.st_size)  # in place, as a dying disk would
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    status, answer = health(datasette)
    assert status == 503 and answer["ok"] is False
    assert re.fullmatch(r"recognition\.db cannot be read \(.+\)\.", answer["error"])


def test_a_site_with_another_count_is_not_well(folder):
    datasette = starts(folder)
    counts = datasette.get_database("recognition").cached_table_counts
    table = next(iter(counts))
    counts[table] += 1
    status, answer = health(datasette)
    assert (status, re.sub(r"\d+", "n", answer["error"])) == (503, f"recognition.db has n rows in {table}, not n.")


def test_a_database_that_does_not_answer_is_not_well(folder, monkeypatch):
    datasette = starts(folder)
    module = health_page
    monkeypatch.setattr(module, "WAIT", 0.2)
    threads = datasette.setting("num_sql_threads")
    go_on = threading.Event()

    async def ask():
        database = datasette.get_database("recognition")
        busy = [asyncio.create_task(database.execute_fn(lambda _: go_on.wait(PATIENCE))) for _ in range(threads)]
        await asyncio.sleep(0)
        answer = await datasette.client.get("/-/health")
        go_on.set()
        assert all(await asyncio.gather(*busy))
        return answer

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()["error"]) == (503, "recognition.db did not answer within 0.2 seconds.")

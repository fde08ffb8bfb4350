"""The database file to take along: its length, its parts, its checksum; never the bytes of another edition."""

import asyncio
import hashlib
import shutil

import pytest
from datasette.app import Datasette


def test_the_file_comes_whole_with_its_length_and_checksum(ask, built):
    response = ask("/recognition.db")
    data = built.read_bytes()
    assert response.content == data
    assert response.headers["etag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    assert response.headers["content-length"] == str(len(data))
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["content-disposition"] == 'attachment; filename="recognition.db"'
    assert "transfer-encoding" not in response.headers
    head = ask("/recognition.db", "HEAD")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(data)))


def test_a_download_that_broke_off_goes_on(ask, built):
    data = built.read_bytes()
    tag = ask("/recognition.db", "HEAD").headers["etag"]
    rest = ask("/recognition.db", range="bytes=1000000-", if_range=tag)
    assert (rest.status_code, rest.content) == (206, data[1000000:])
    assert rest.headers["content-range"] == f"bytes 1000000-{len(data) - 1}/{len(data)}"
    assert ask("/recognition.db", range="bytes=0-15").content == b"SQLite format 3\0"
    assert ask("/recognition.db", range="bytes=-100").content == data[-100:]
    other = ask("/recognition.db", range="bytes=1000000-", if_range='"of another edition"')
    assert (other.status_code, len(other.content)) == (200, len(data))
    beyond = ask("/recognition.db", range=f"bytes={len(data)}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(data)}")


@pytest.mark.parametrize(
    "asked", ["items=0-1", "bytes=100-50", "bytes=", "bytes=-", "bytes", "bytes=a-b, 0-1", "0-9", "bytes=" + "1" * 30]
)
def test_a_range_that_is_none_is_not_read(ask, built, asked):
    response = ask("/recognition.db", range=asked)
    assert (response.status_code, len(response.content)) == (200, built.stat().st_size)


def test_a_range_is_read_in_every_spelling(ask, built):
    for asked in ("bytes=0-3", "BYTES=0-3", "bytes= , 0-3"):
        response = ask("/recognition.db", range=asked)
        assert (response.status_code, response.content) == (206, built.read_bytes()[:4])
    assert ask("/recognition.db", range="bytes=0-3,8-9").status_code == 206


def test_ranges_of_very_many_parts_are_not_read(ask, built):
    size = built.stat().st_size
    for parts in (
        ["0-0"] * 3000,
        [f"{at}-{at}" for at in range(0, 6000, 2)],
        ["0-"] * 3000,
        [f"-{at}" for at in range(1, 3000)],
    ):
        response = ask("/recognition.db", range=f"bytes={','.join(parts)}")
        assert (response.status_code, len(response.content)) == (200, size)


def test_who_has_the_edition_is_told_so(ask):
    tag = ask("/recognition.db", "HEAD").headers["etag"]
    for wanted in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        assert ask("/recognition.db", if_none_match=wanted).status_code == 304
    assert ask("/recognition.db", if_none_match='"x"').status_code == 200


@pytest.fixture
def served(site_folder, tmp_path):
    """A site of its own, whose files a test may change: its folder, and a way to ask it."""
    folder = tmp_path / "site"
    shutil.copytree(site_folder, folder, symlinks=True)
    datasette = Datasette([], config_dir=folder)
    loop = asyncio.new_event_loop()
    yield folder, lambda path: loop.run_until_complete(datasette.client.get(path))
    loop.close()


def test_another_file_in_its_place_is_not_given_out_under_its_checksum(served):
    folder, get = served
    assert get("/recognition.db").status_code == 200
    other = folder / "other"
    other.write_bytes(b"another edition")
    other.replace(folder / "recognition.db")
    response = get("/recognition.db")
    assert response.status_code == 503
    assert "A new edition was put in place" in response.text
    # what was opened stays: no page mixes editions
    for path in ("/tallies.json", "/recognition/countries.json?_facet=kind"):
        assert get(path).status_code == 200, path
    # a process for SQL would open the other file
    response = get("/recognition.json?sql=select+count(*)+from+countries")
    assert response.status_code == 503 and "A new edition was put in place" in response.text

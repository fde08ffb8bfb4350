"""The bundles beside the database: those that are listed, those that are passed over, and their downloads."""

import asyncio
import csv
import hashlib
import io
import json
import shutil
import zipfile

import pytest
from datasette.app import Datasette

from recognition.bundle.archive import with_sums, zipped
from recognition.edition_files import read_manifests
from recognition.site import bundles
from recognition.site.bundles import read_bundles
from tests.conftest import ROOT

NOW = int(next(csv.DictReader((ROOT / "sources/edition.csv").open(encoding="utf-8")))["number"])  # this edition
TOLD = {"number": 3, "published_on": "2025-11-26", "known_until": "2025-10-31", "sha256": "a" * 64}


def bundle(**changes):
    """The bytes of a bundle whose datapackage.json says TOLD, but for the changes."""
    text = json.dumps({"edition": TOLD | changes}).encode()
    return zipped(with_sums({"datapackage.json": text, "README.md": b"Read me."}), "recognition-3", "2025-11-26")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "bundles"
    folder.mkdir()
    return folder


def test_bundles_are_listed_the_latest_edition_first(folder):
    (folder / "recognition-3.zip").write_bytes(bundle())
    (folder / "recognition-12.zip").write_bytes(bundle(number=12))
    first, second = read_bundles(folder)
    assert (first.name, first.number, second.number) == ("recognition-12.zip", 12, 3)
    assert second.sha256 == hashlib.sha256(bundle()).hexdigest() and second.size == len(bundle())
    assert (second.published_on, second.known_until, second.database_sha256) == ("2025-11-26", "2025-10-31", "a" * 64)


def test_no_folder_is_no_bundle(tmp_path):
    assert read_bundles(tmp_path / "bundles") == []
    (tmp_path / "bundles").write_text("a file")
    assert read_bundles(tmp_path / "bundles") == []


def many_members():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(bundles.MEMBERS_AT_MOST + 1):
            archive.writestr(f"x/{number}", b"")
        archive.writestr("x/datapackage.json", json.dumps({"edition": TOLD}))
    return out.getvalue()


ODD = {
    "broken.zip": b"PK no zip at all",
    "cut.zip": bundle()[:-100],
    "empty.zip": b"",
    "without.zip": zipped({"README.md": b""}, "x", "2025-11-26"),
    "other.zip": zipped({"datapackage.json": b"[]"}, "x", "2025-11-26"),
    "nested.zip": zipped({"datapackage.json": b"[" * 100_000}, "x", "2025-11-26"),
    "bomb.zip": zipped({"datapackage.json": b" " * (bundles.DESCRIPTOR_AT_MOST + 1)}, "x", "2025-11-26"),
    "number.zip": bundle(number="3"),
    "day.zip": bundle(published_on="soon"),
    "checksum.zip": bundle(sha256="../../etc"),
    "members.zip": many_members(),
    "two words.zip": bundle(),
    "-dash.zip": bundle(),
    "über.zip": bundle(),
    "line\nbreak.zip": bundle(),
    "<b>.zip": bundle(),
    "recognition-3.zip.part": bundle(),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_bundle_is_passed_over(folder, name):
    (folder / "good.zip").write_bytes(bundle())
    (folder / name).write_bytes(ODD[name])
    assert [one.name for one in read_bundles(folder)] == ["good.zip"]


def test_links_folders_and_huge_files_are_passed_over(folder, tmp_path, monkeypatch):
    (tmp_path / "outside.zip").write_bytes(bundle())
    (folder / "link.zip").symlink_to(tmp_path / "outside.zip")
    (folder / "dangling.zip").symlink_to(tmp_path / "nowhere.zip")
    (folder / "folder.zip").mkdir()
    assert read_bundles(folder) == []
    (folder / "large.zip").write_bytes(bundle())
    monkeypatch.setattr(bundles, "LARGEST", len(bundle()) - 1)
    assert read_bundles(folder) == []


def test_a_link_that_takes_the_place_of_a_file_is_not_read(folder, tmp_path):
    (tmp_path / "outside.zip").write_bytes(bundle())
    (folder / "link.zip").symlink_to(tmp_path / "outside.zip")
    assert bundles.read_bundle(folder / "link.zip") is None


@pytest.fixture(scope="module")
def site(unhurried_folder, built, tmp_path_factory):
    """site(path, **headers) asks a site with a bundle of its own edition and one of an older one; and its folder."""
    copy = tmp_path_factory.mktemp("bundled") / "site"
    shutil.copytree(unhurried_folder, copy, symlinks=True)
    (copy / "bundles").mkdir(exist_ok=True)
    checksum = hashlib.sha256(built.read_bytes()).hexdigest()
    for name in (f"recognition-{NOW}.zip", "spare.zip"):
        (copy / "bundles" / name).write_bytes(bundle(number=NOW, sha256=checksum))
    before = read_manifests(ROOT / "editions")[3]["file"]["sha256"]
    (copy / "bundles/recognition-3.zip").write_bytes(bundle(sha256=before))
    datasette, loop = Datasette([], config_dir=copy), asyncio.new_event_loop()

    def site(path, method="GET", **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return loop.run_until_complete(datasette.client.request(method, path, headers=sent))

    site.folder = copy / "bundles"
    yield site
    loop.close()


def test_the_page_lists_them_with_day_size_and_checksum(site):
    page, data = site("/bundles").text, json.loads(site("/bundles.json").text)["bundles"]
    assert [(one["name"], one["edition_number"], one["is_this"]) for one in data] == [
        (f"recognition-{NOW}.zip", NOW, True), ("spare.zip", NOW, True), ("recognition-3.zip", 3, False),
    ]  # fmt: skip
    for one in data:
        assert one["sha256"] in page and f'href="/bundles/{one["name"]}"' in page
        assert one["url"] == f"http://localhost/bundles/{one['name']}"
        assert hashlib.sha256(site(f"/bundles/{one['name']}").content).hexdigest() == one["sha256"]
    assert f"recognition-{NOW}.zip" in site("/bundles.csv").text


def test_it_is_linked_where_it_was_made_and_nowhere_else(site, get):
    assert f'href="/bundles/recognition-{NOW}.zip"' in site("/").text and 'href="/bundles"' in site("/about").text
    for path in ("/", "/about"):
        assert "bundles" not in get(path).text
    assert get("/bundles").status_code == 200 and "No bundle of this edition was made here" in get("/bundles").text
    assert json.loads(get("/bundles.json").text)["bundles"] == []


def test_who_names_an_older_edition_is_led_to_its_bundle_where_that_is_here(site):
    assert "/bundles/recognition-3.zip has that of edition 3." in site("/recognition.db?edition=3").text
    assert 'href="/bundles/recognition-3.zip">its file</a>' in site("/votes?edition=3").text
    assert "/changes says what edition 2 was." in site("/recognition.db?edition=2").text
    assert "its file" not in site("/votes?edition=2").text


def test_a_bundle_is_downloaded_whole_or_in_ranges(site):
    path = "/bundles/recognition-3.zip"
    data, whole = (site.folder / "recognition-3.zip").read_bytes(), site(path)
    tag = f'"{hashlib.sha256(data).hexdigest()}"'
    assert (whole.content, whole.headers["etag"], whole.headers["content-length"]) == (data, tag, str(len(data)))
    assert whole.headers["content-type"] == "application/zip" and whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-disposition"] == 'attachment; filename="recognition-3.zip"'
    part = site(path, range="bytes=10-19", if_range=tag)
    assert (part.status_code, part.content) == (206, data[10:20])
    assert site(path, range=f"bytes={len(data)}-").status_code == 416
    assert site(path, if_none_match=tag).status_code == 304
    assert site(path, if_match='"another"').status_code == 412
    assert site(path, "HEAD").headers["content-length"] == str(len(data))
    assert site(f"{path}?utm_source=x").headers["location"] == path


@pytest.mark.parametrize(
    "path", ["/bundles/none.zip", "/bundles/..~2Frecognition.zip", "/bundles/recognition-3", "/bundles/x/y.zip"]
)
def test_what_is_not_there_gets_a_sentence(site, path):
    answer = site(path)
    assert answer.status_code in (400, 404) and "<h1>" in answer.text


def test_a_file_that_was_replaced_since_is_not_sent_under_the_old_checksum(site):
    path = site.folder / "recognition-3.zip"
    before = path.read_bytes()
    path.write_bytes(bundle(number=4))
    try:
        answer = site("/bundles/recognition-3.zip")
        assert answer.status_code == 503 and "was replaced just now" in answer.text
    finally:
        path.unlink()
    assert site("/bundles/recognition-3.zip").status_code == 503
    path.write_bytes(before)

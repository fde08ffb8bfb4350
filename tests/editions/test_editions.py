"""What is written down of editions is true of them and is not changed: manifests, addresses, and what changed."""

import json

import pytest

from recognition.changes.compare import NO_REASON
from recognition.changes.databases import Database
from recognition.edition_files import Address, checksum, had, read_addresses, read_changes, read_manifests
from recognition.editions.__main__ import main
from recognition.editions.manifest import carried_on, content, row_addresses, rows, sha256
from tests.editions.conftest import GONE_EVENT, GONE_SENTENCE

IN_PREPARATION = (
    "The sources build another file than edition {0}, which is written down in editions/{0}.json. Before it is published, raise the "
    "number in sources/edition.csv and run make edition (make edition AGAIN=1 where nobody has seen edition {0} yet)."
)
NOT_WRITTEN = "sources/edition.csv says edition {0}, and there is no editions/{0}.json: run make edition."


@pytest.fixture(scope="module")
def editions(root):
    return root / "editions"


@pytest.fixture(scope="module")
def manifests(editions):
    return read_manifests(editions)


def test_the_present_edition_is_written_down(manifests, built, db, request):
    """Between editions the sources may build another file: make test says so, make check-all insists."""
    (number,) = db.execute("select number from edition").fetchone()
    assert number in manifests, NOT_WRITTEN.format(number)
    if manifests[number]["content"] != content(built):
        (pytest.fail if request.config.getoption("whole") else pytest.skip)(IN_PREPARATION.format(number))
    assert manifests[number]["rows"] == rows(Database(built))


def test_no_manifest_of_an_earlier_edition_was_changed(manifests, editions):
    """Each names the checksum of the one before, and that of its own addresses, which addresses.csv must have."""
    addresses, (_, *later) = read_addresses(editions), sorted(manifests)
    for number in later:
        before = manifests[number]["before"]
        assert before["sha256"] == sha256(editions / f"{before['number']}.json"), (
            f"editions/{before['number']}.json is of a published edition and must stay as it was: restore it from the repository"
        )
    for number, manifest in manifests.items():
        listed = had(addresses, number)
        assert manifest["addresses"] == {"count": len(listed), "sha256": checksum(listed)}, (
            f"addresses.csv has no longer what edition {number} had: restore it"
        )


def test_what_each_edition_changed_is_written_down_with_reasons(manifests, editions):
    _, *later = sorted(manifests)
    for number in later:
        changes = read_changes(editions, number)
        assert (changes["new"]["number"], changes["new"]["sha256"]) == (number, manifests[number]["file"]["sha256"])
        before = manifests[changes["old"]["number"]]
        assert changes["old"]["sha256"] == before["file"]["sha256"]
        unexplained = [row["words"] for row in changes["corrections"] if row["why"] == NO_REASON]
        assert not unexplained, (
            f"edition {number}: give the reasons in sources/corrections.csv, and run make edition AGAIN=1"
        )


def test_the_next_edition_is_written_down_by_one_command(next_edition, root, editions):
    """Its manifest, what changed in words, and the ends of the addresses that it lacks; the earlier manifests stay."""
    number, written = next_edition.number, next_edition.folder / "editions"
    for path in editions.glob("*.json"):
        assert (written / path.name).read_bytes() == path.read_bytes()
    manifest, addresses = read_manifests(written)[number], read_addresses(written)
    assert manifest["file"]["sha256"] == sha256(next_edition.folder / "recognition.db")
    assert manifest["sources"]["article.txt"] == sha256(next_edition.folder / "sources" / "article.txt")
    ended = {row.address for row in addresses if row.until == number - 1}
    assert {
        f"/article#{GONE_SENTENCE}",
        f"/recognition/passages/{GONE_SENTENCE}",
        f"/recognition/events/{GONE_EVENT}",
    } <= ended
    assert len(ended) == 7  # the other sentence twice, the other act, and the document of the act that is gone
    assert f"Edition {number} of 2026-12-01 is written down" in next_edition.said
    assert "  - Ghana: recognition confirmed, September 2025 (with documents of events " in next_edition.said
    assert "Serbia protested" in next_edition.said and "Serbia reacted strongly" in next_edition.said
    page = next_edition.get("/changes").text
    assert page.index(f"edition-{number}") < page.index(f"edition-{number - 1}") and "Serbia protested" in page
    data = json.loads(next_edition.get(f"/changes/{number}.json").text)
    (gone,) = [
        row
        for entry in data["changes"]["tables"]
        if entry["table"] == "events"
        for row in entry["removed"]
        if row["key"] == GONE_EVENT
    ]
    assert gone["words"].startswith("Ghana: recognition confirmed, September 2025")


def test_a_published_edition_is_not_written_over(next_edition, capsys, monkeypatch):
    """The command refuses with what to do, and says where nothing is to be done; editions have an order."""
    monkeypatch.setattr("recognition.editions.__main__.pages", lambda *_: {})
    folder = ["--folder", str(next_edition.folder)]
    assert main(folder) == 0 and "is written down already" in capsys.readouterr().out
    path = next_edition.folder / "editions" / f"{next_edition.number}.json"
    kept = path.read_text("utf-8")
    try:
        path.write_text(json.dumps(json.loads(kept) | {"content": "another"}), "utf-8")
        assert main(folder) == 1 and "raise the number in sources/edition.csv" in capsys.readouterr().err
        later = path.with_name(f"{next_edition.number + 1}.json")
        later.write_text(kept, "utf-8")
        assert main(folder) == 1 and "in their order" in capsys.readouterr().err
        later.unlink()
    finally:
        path.write_text(kept, "utf-8")
    assert main(["--folder", str(next_edition.folder / "sources")]) == 1 and "make build" in capsys.readouterr().err


def test_addresses_begin_end_and_come_back():
    first = carried_on([], {"/a": "A", "/b": "B"}, 1, None)
    second = carried_on(first, {"/a": "A, called anew", "/c": "C"}, 2, 1)
    assert second == [Address("/a", 1, None, "A, called anew"), Address("/b", 1, 1, "B"), Address("/c", 2, None, "C")]
    third = carried_on(second, {"/a": "A", "/b": "B again"}, 3, 2)
    assert [had(third, number) for number in (1, 2, 3)] == [["/a", "/b"], ["/a", "/c"], ["/a", "/b"]]
    assert carried_on(third, {"/a": "A", "/b": "B again"}, 3, 2) == third, "written again, it is the same"
    again = carried_on(third, {"/c": "C"}, 3, 2)
    assert [had(again, number) for number in (1, 2, 3)] == [["/a", "/b"], ["/a", "/c"], ["/c"]], (
        "and of another the ends are others"
    )


def test_every_row_with_a_key_has_an_address(built, db):
    found = dict(row_addresses(Database(built)))
    (passages, events) = (db.execute(f"select count(*) from {table}").fetchone()[0] for table in ("passages", "events"))
    assert sum(address.startswith("/article#") for address in found) == passages
    assert sum(address.startswith("/recognition/events/") for address in found) == events
    assert not any(address.startswith("/recognition/shapes/") for address in found)

"""What is written down of editions is true of them and is not changed: manifests, addresses, and what changed."""

import pytest

from recognition.changes.compare import NO_REASON
from recognition.changes.databases import Database
from recognition.edition_files import Address, checksum, had, read_addresses, read_changes, read_manifests
from recognition.editions.manifest import carried_on, content, row_addresses, rows, sha256

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


def test_the_present_edition_is_written_down(manifests, built, db, put_off):
    """Between editions the sources may build another file: make test says so, make check-all insists."""
    (number,) = db.execute("select number from edition").fetchone()
    assert number in manifests, NOT_WRITTEN.format(number)
    if manifests[number]["content"] != content(built):
        put_off(IN_PREPARATION.format(number))
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
    (memberships,) = db.execute("select count(*) from memberships").fetchone()
    assert sum(address.startswith("/recognition/memberships/") for address in found) == memberships
    kept_out = ("shapes", "statuses", "tally_history", "country_names", "rule_effects", "panel")
    assert not any(address.startswith(f"/recognition/{table}/") for address in found for table in kept_out)

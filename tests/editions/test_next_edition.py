"""The edition that follows: it is written down by one command, and what it lacks answers at its address."""

import asyncio
import json
import shutil

from bs4 import BeautifulSoup
from datasette.app import Datasette

from deploy.loopback import delivered
from recognition.edition_files import read_addresses, read_manifests
from recognition.editions.__main__ import main
from recognition.editions.manifest import sha256
from tests.editions.conftest import (
    GONE_EVENT,
    GONE_RECORD,
    GONE_SENTENCE,
    LED_ON_EVENT,
    LED_ON_RECORD,
    LED_ON_SENTENCE,
    LED_ON_TO,
    SUBJECT,
)
from tests.patience import unhurried


def test_the_next_edition_is_written_down_by_one_command(next_edition, root):
    """Its manifest, what changed in words, and the ends of the addresses that it lacks; the earlier manifests stay."""
    number, written = next_edition.number, next_edition.folder / "editions"
    for path in (root / "editions").glob("*.json"):
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
    assert len({address for address in ended if "," not in address}) == 7
    # the other sentence twice, the other act, and the document of the act that is gone
    assert f"/recognition/event_records/{GONE_EVENT},{GONE_RECORD}" in ended
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


def test_a_passage_that_is_gone_says_what_it_was(next_edition, db):
    """The anchor lands where its words are told; the row's address too, as page and as data."""
    (text,) = db.execute("select text from passages where id = ?", [GONE_SENTENCE]).fetchone()
    page = BeautifulSoup(next_edition.get("/article").text, "html.parser")
    told = page.find(id=GONE_SENTENCE)
    assert told.name == "li" and text[:200] in told.get_text() and f"to {next_edition.number - 1}" in told.get_text()
    assert page.find(id="line-21").name == "li", "the address that it had in the second edition"
    answer = next_edition.get(f"/recognition/passages/{GONE_SENTENCE}")
    assert answer.status_code == 410 and text[:100] in BeautifulSoup(answer.text, "html.parser").get_text()
    data = next_edition.get(f"/recognition/passages/{GONE_SENTENCE}.json")
    assert data.status_code == 410 and text[:100] in json.loads(data.text)["error"]


def test_a_passage_that_has_other_words_keeps_its_anchor(next_edition):
    page = BeautifulSoup(next_edition.get("/article").text, "html.parser")
    at = page.find(id=LED_ON_SENTENCE)
    assert at.name == "span" and at.find_parent(class_="passage")["id"].startswith(
        "states-that-have-stronger-ties-with-"
    )
    assert at.find_parent(class_="passage").find(id="line-31"), "both addresses lead there"


def test_editions_of_another_subject_are_not_taken_for_its_own(next_edition, root, built):
    """Where a site has the folder of another one, nothing of it is missed."""
    other = next_edition.folder / "other"
    site = unhurried(delivered(root, built, other))
    (site / "editions").unlink()
    shutil.copytree(root / "editions", site / "editions")
    path = site / "editions" / "addresses.csv"
    path.write_text(
        path.read_text("utf-8").replace(f"/recognition/subject/{SUBJECT},", "/recognition/subject/utopia,"), "utf-8"
    )
    datasette = Datasette([], config_dir=site)
    assert "No edition is written down here." in asyncio.run(datasette.client.get("/changes")).text
    assert asyncio.run(datasette.client.get("/recognition/themes/border-regions")).status_code == 404


def test_an_act_that_is_gone_or_called_otherwise_answers(next_edition, db):
    (title,) = db.execute("select title from events where id = ?", [GONE_EVENT]).fetchone()
    gone = next_edition.get(f"/recognition/events/{GONE_EVENT}")
    assert gone.status_code == 410
    said = BeautifulSoup(gone.text, "html.parser").get_text()
    assert (
        title in said and f"to {next_edition.number - 1}" in said and f"not in edition {next_edition.number};" in said
    )
    for form in ("", ".json"):
        led_on = next_edition.get(f"/recognition/events/{LED_ON_EVENT}{form}")
        assert (led_on.status_code, led_on.headers["location"]) == (301, f"/recognition/events/{LED_ON_TO}{form}")


def test_a_row_whose_key_has_parts_answers(next_edition, db):
    """Gone: with what was there. Of a part that is called otherwise: it leads on. A pair that never was is not found."""
    (title,) = db.execute("select title from events where id = ?", [GONE_EVENT]).fetchone()
    path = f"/recognition/event_records/{GONE_EVENT},{GONE_RECORD}"
    for form in ("", ".json"):
        gone = next_edition.get(f"{path}{form}")
        assert gone.status_code == 410
        assert f"{title}, in " in BeautifulSoup(gone.text, "html.parser").get_text()
        led_on = next_edition.get(f"/recognition/event_records/{LED_ON_EVENT},{LED_ON_RECORD}{form}")
        to = f"/recognition/event_records/{LED_ON_TO},{LED_ON_RECORD}{form}"
        assert (led_on.status_code, led_on.headers["location"]) == (301, to)
        assert next_edition.get(to).status_code == 200
    for never in (f"{LED_ON_EVENT},{GONE_RECORD}", f"{GONE_EVENT},{GONE_RECORD},3", GONE_EVENT):
        assert next_edition.get(f"/recognition/event_records/{never}").status_code == 404, never

"""The site as it is delivered: pages with text from the rows, facets that count, the file to download."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest
from bs4 import BeautifulSoup

from tests.patience import PATIENCE

PAGES = {
    "/": "leads from every number to the sentence behind it",
    "/recognition": "The article's tables and statements",
    "/recognition/countries": "Afghanistan",
    "/recognition/countries/united-kingdom": "18 February 2008",
    "/recognition/positions": "Algeria believes international laws must be followed.",
    "/recognition/recognitions": "Costa Rica",
    "/recognition/organisations/nato": "NATO says its mission in Kosovo will continue based on UN rules.",
    "/recognition/passages/for-example-ghana-recognized-kosovo-in-0004": "Ghana's embassy in Turkey is still connected to Kosovo.",
    "/recognition/audit": "Mongolia is left out",
    "/recognition/memberships": "Algeria",
    "/recognition/count_audit": "22 out of 27 countries in the European Union",
    "/recognition/members_today": "Algeria",
    "/recognition?sql=select+name+from+countries+where+id+%3D+%27spain%27": "Spain",
}


@pytest.mark.parametrize("path", PAGES)
def test_page_shows_text_of_its_rows(get, path):
    response = get(path)
    assert response.status_code == 200
    assert PAGES[path] in BeautifulSoup(response.text, "html.parser").get_text(" ")


def test_every_table_and_view_opens(get, metadata):
    for name in metadata["databases"]["recognition"]["tables"]:
        assert get(f"/recognition/{name}").status_code == 200, name


def test_facet_counts_the_statuses_of_the_un_members(get):
    facets = get("/recognition/countries.json", _facet="status", un_member="1").json()["facet_results"]
    counted = {result["value"]: result["count"] for result in facets["status"]["results"]}
    assert counted == {"recognises": 108, "does not recognise": 75, "withdrew": 10}


def test_facet_of_organisations_counts_members(get):
    facets = get("/recognition/countries.json", _facet_array="organisations", _facet_size="max").json()["facet_results"]
    counted = {result["value"]: result["count"] for result in facets["organisations"]["results"]}
    assert counted["European Union"] == 27
    assert counted["North Atlantic Treaty Organization"] == 32


def test_foreign_keys_are_shown_by_name(get):
    page = BeautifulSoup(get("/recognition/recognitions").text, "html.parser")
    assert page.find("a", href="/recognition/countries/costa-rica").get_text() == "Costa Rica"


def test_plumbing_is_hidden_from_the_database_page(get):
    page = BeautifulSoup(get("/recognition").text, "html.parser")
    shown = {link["href"] for link in page.select("table.rows th a")}
    assert "/recognition/countries" in shown
    assert not [href for href in shown if re.search(r"_fts|/search|position_themes", href)]


def test_rows_come_as_json_and_csv(get):
    rows = get("/recognition/countries.json", _shape="array", id="spain").json()
    assert [(row["name"], row["iso3"], json.loads(row["organisations"])) for row in rows] == [
        ("Spain", "ESP", ["Council of Europe", "European Union", "North Atlantic Treaty Organization",
                          "Organization for Security and Co-operation in Europe", "United Nations"]),
    ]  # fmt: skip
    lines = get("/recognition/recognitions.csv", _stream="on").text.splitlines()
    assert len(lines) == 118


def test_the_database_downloads_as_it_was_built(get, built):
    response = get("/recognition.db")
    assert response.status_code == 200
    assert hashlib.sha256(response.content).hexdigest() == hashlib.sha256(built.read_bytes()).hexdigest()


def test_datasette_believes_the_counts_and_checksum_of_the_file(datasette, get, built, db):
    database = datasette.get_database("recognition")
    assert database.is_mutable is False
    assert database.hash == hashlib.sha256(built.read_bytes()).hexdigest()
    counts = {table["name"]: table["count"] for table in get("/recognition.json").json()["tables"]}
    assert counts["countries"] == 206
    assert counts == {name: db.execute(f"select count(*) from [{name}]").fetchone()[0] for name in counts}


def test_nothing_can_be_written(get):
    for sql in (
        "delete from countries",
        "attach ':memory:' as x",
        "pragma user_version = 1",
        "insert into marks values (1)",
    ):
        assert get("/recognition.json", sql=sql).status_code == 400


def test_datasette_serves_the_folder_as_it_is_delivered(root, built, tmp_path):
    """`datasette .` from the command line, in a folder with what the repository holds and the built database."""
    for name in ("metadata.yml", "settings.json"):
        shutil.copy(root / name, tmp_path)
    shutil.copytree(root / "plugins", tmp_path / "plugins")
    shutil.copy(built, tmp_path)
    shutil.copy(built.with_name("inspect-data.json"), tmp_path)
    command = [sys.executable, "-m", "datasette", ".", "--host", "127.0.0.1", "--port", "0"]
    # a port of the system's choosing is printed on the server's own line
    server = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    try:
        address = None
        for line in server.stderr:
            found = re.search(r"running on (http://127\.0\.0\.1:\d+)", line)
            if found:
                address = found[1]
                break
        assert address, "the server did not start"
        with urllib.request.urlopen(f"{address}/recognition/countries.json?_shape=array&id=ghana") as response:
            (ghana,) = json.load(response)
        assert (ghana["status"], ghana["recognised_on"], ghana["withdrawn_on"]) == (
            "withdrew",
            "2012-01-23",
            "2019-11-07",
        )
        with urllib.request.urlopen(f"{address}/recognition.db") as response:
            assert hashlib.sha256(response.read()).hexdigest() == hashlib.sha256(built.read_bytes()).hexdigest()
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=PATIENCE)

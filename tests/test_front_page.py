"""The front page is cheap and light, offers every way in, and counts like the tallies. What it says: tests/seen."""

import gzip
import re

from bs4 import BeautifulSoup
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm

STATEMENTS_AT_MOST = 25


class Listener:
    """Writes down every statement of SQL that the site's database is asked."""

    def __init__(self):
        self.statements = []
        self.__name__ = "listener"  # Datasette asks plugins for it

    @hookimpl
    def prepare_connection(self, conn, database):
        if database == "recognition":
            conn.set_trace_callback(self.statements.append)


def page(get, **asked):
    return BeautifulSoup(get("/", **asked).text, "html.parser")


def words(tag):
    return " ".join(tag.get_text(" ").split())


def test_it_asks_little_of_the_database(unhurried_folder, loop):
    """The first page after a start, and one on another day under another rule."""
    listener = Listener()
    pm.register(listener)
    try:
        site = Datasette([], config_dir=unhurried_folder)
        loop.run_until_complete(site.invoke_startup())
        for path in ("/", "/?rule=article&as_of=2015-01-01", "/?rule=article&as_of=2016-01-01"):
            listener.statements.clear()
            assert loop.run_until_complete(site.client.get(path)).status_code == 200
            assert 0 < len(listener.statements) <= STATEMENTS_AT_MOST, listener.statements
    finally:
        pm.unregister(listener)


def test_organisations_have_the_numbers_of_the_tallies(get):
    for asked in ({}, {"rule": "uncontested", "as_of": "2019-01-01"}):
        shown = [words(row) for row in page(get, **asked).select("table.tallies tbody tr")]
        told = get("/tallies.json", **asked).json()["tallies"]
        assert shown == [f"{tally['name']} {tally['recognising']} of {tally['members']}" for tally in told]


def test_the_last_changes_are_those_until_the_day(get, db):
    for day in ("2008-02-17", "2019-11-06", "2019-11-07", "2025-12-31"):
        expected = db.execute(
            "select e.date, c.name from events e join countries c on c.id = e.country_id"
            " where e.kind in ('recognition', 'withdrawal') and e.counts_from <= ? order by e.counts_from desc, c.name limit 6",
            (day,),
        ).fetchall()
        changes = page(get, as_of=day).select(".changes li")
        assert [(change.time["datetime"], change.a.get_text()) for change in changes] == expected
        assert all(change.select_one(".evidence a") for change in changes)


def test_every_saved_query_and_every_file_is_offered(get, metadata):
    parsed = page(get)
    offered = {link["href"] for link in parsed.select(".questions a")}
    assert offered == {f"/recognition/{name}" for name in metadata["databases"]["recognition"]["queries"]}
    files = parsed.select(".files a")
    assert len({link["download"] for link in files}) == len(files) > 5
    assert all(get(link["href"]).status_code == 200 for link in files)


def test_the_download_is_named_with_its_checksum(get):
    edition = get("/tallies.json").json()["edition"]
    assert words(page(get).select_one(".hash")) == f"sha256 {edition}"


def test_the_page_with_its_style_and_scripts_is_light(get):
    html = get("/").text
    parts = [html.encode()] + [
        get(address).content for address in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js)(?:\?[^"]*)?)"', html)
    ]
    assert len(parts) == 6
    assert sum(len(gzip.compress(part)) for part in parts) < 70_000

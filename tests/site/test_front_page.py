"""The front page is cheap and light, offers every way in, and counts like the tallies. What it says: tests/seen."""

import gzip
import re

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


def test_the_page_with_its_style_and_scripts_is_light(get):
    html = get("/").text
    parts = [html.encode()] + [
        get(address).content for address in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js)(?:\?[^"]*)?)"', html)
    ]
    assert len(parts) == 6
    assert sum(len(gzip.compress(part)) for part in parts) < 70_000

"""Pages are the same in whatever order a disk lists plugins/, because each address has one owner."""

import json
import os
import re
import subprocess
import sys

import pytest
from datasette.plugins import pm

# Datasette loads plugins in the order in which glob.glob lists the folder; pluggy keeps them for a process.
ANSWERS = r"""
import asyncio, glob, json, random, re, sys
from pathlib import Path
from datasette.app import Datasette

order, folder, listed = sys.argv[1], Path(sys.argv[2]), glob.glob

def in_order(*arguments, **options):
    found = sorted(listed(*arguments, **options))
    if order == "backwards":
        found.reverse()
    elif order != "forwards":
        random.Random(order).shuffle(found)
    return found

async def answers(paths):
    datasette = Datasette([], config_dir=folder)
    await datasette.invoke_startup()
    for path in paths:
        answer = await datasette.client.get(path)
        text = re.sub(r'"query_ms": [\d.]+', "", answer.content.decode("latin-1"))
        headers = {name: value for name, value in answer.headers.items() if "query_ms" not in answer.text}
        yield path, [answer.status_code, headers, text]

async def main():
    return {path: answer async for path, answer in answers(json.load(sys.stdin))}

glob.glob = in_order
json.dump(asyncio.run(main()), sys.stdout)
"""
ADDRESSES = [
    "/", "/?rule=latest&as_of=2013-07-01", "/about", "/list", "/list/eu.csv",
    "/tallies", "/tallies.json", "/tallies.csv", "/tallies/eu", "/tallies/eu.csv",
    "/tallies/compare", "/counts", "/counts.json", "/votes", "/votes.csv", "/votes/interpol-2018",
    "/votes/interpol-2018.json", "/map", "/map.json", "/timeline", "/timeline.csv", "/article", "/search?q=ghana",
    "/search.json?q=ghana", "/recognition", "/recognition.json", "/recognition?sql=select+1", "/recognition.csv?sql=select+1",
    "/recognition?sql=select+misspelt", "/recognition/countries", "/recognition/countries.json", "/recognition/countries.csv",
    "/recognition/countries?_where=1", "/recognition/countries?_size=many", "/recognition/members_today", "/recognition/events.json?_size=5",
    "/recognition/countries/ghana", "/recognition/countries/ghana.json", "/recognition/countries/atlantis",
    "/recognition/organisations/eu", "/recognition/rules/latest", "/recognition/rules/latest.json",
    "/recognition/rules/latest.md", "/article.md", "/llms.txt", "/mcp", "/reconcile", "/reconcile/preview?id=eu",
    "/-/health", "/-/static/app.css", "/-/static/nothing.css", "/static/site.css", "/static/nothing.css", "/robots.txt",
    "/sitemap.xml", "/favicon.ico", "/opensearch.xml", "/nothing", "/nothing.json", "/recognition/nothing", "/other", "/other.db",
]  # fmt: skip
CLOSED = [
    "/recognition/search_data", "/recognition/search~5Fdata", "/recognition/SEARCH_data.json", "/recognition/search_data/1",
    "/recognition/countries_fts_idx", "/-/databases", "/-/databases.json", "/~2D/versions", "/-/plugins", "/-/nothing",
]  # fmt: skip
ADDRESSES += CLOSED


def answers(order, folder):
    """{address: [status, headers, body]} of a site that loads its plugins in this order; a number is a seed to shuffle by."""
    command = [sys.executable, "-c", ANSWERS, order, str(folder)]
    environment = {**os.environ, "RECOGNITION_TODAY": "2026-11-24"}
    asked = subprocess.run(command, input=json.dumps(ADDRESSES), capture_output=True, text=True, env=environment)
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout)


@pytest.fixture(scope="module")
def forwards(site_folder):
    return answers("forwards", site_folder)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("order", ["backwards", "1"])
def test_pages_are_the_same_in_whatever_order_plugins_are_loaded(order, forwards, site_folder):
    found = answers(order, site_folder)
    assert [path for path in ADDRESSES if found[path] != forwards[path]] == []


def test_the_pages_are_those_of_every_kind(forwards):
    """Dossiers are dossiers, and what is closed is closed."""
    assert "<title>Ghana and" in forwards["/recognition/countries/ghana"][2]
    assert {path: forwards[path][0] for path in CLOSED} == dict.fromkeys(CLOSED, 404)
    assert {status for status, _, _ in forwards.values()} == {200, 400, 404, 405}


def owners(datasette, path):
    """The plugins of the site with a route that matches a path."""
    ours = [
        plugin for name, plugin in pm.list_name_plugin() if name.endswith(".py") and hasattr(plugin, "register_routes")
    ]
    found = []
    for plugin in ours:
        (routes,) = pm.subset_hook_caller(
            "register_routes", [other for other in pm.get_plugins() if other is not plugin]
        )(datasette=datasette)
        found += [plugin.__name__] * any(re.match(pattern, path) for pattern, _ in routes)
    return found


def test_an_address_has_one_owner(datasette, get):
    listed = [part.partition("</loc>")[0] for part in get("/sitemap.xml").text.split("<loc>http://localhost")[1:]]
    paths = {path.partition("?")[0] for path in ADDRESSES + listed}
    paths |= {path + form for path in paths for form in (".json", ".csv", ".nothing")}
    claimed = {path: owners(datasette, path) for path in paths}
    assert {path: names for path, names in claimed.items() if len(names) > 1} == {}
    assert sum(map(len, claimed.values())) > len(listed)

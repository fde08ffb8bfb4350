"""Search and tallies: pages' data in-process on a database of a million statements, against the bare SQL

The database is 100 copies of the article and as many more countries with a statement as make up a million statements
(QUICK: 10 copies). Ours is the whole answer as JSON: the address through Datasette, with facets, excerpts, total and
corrections. The bare SQL of search is what a plain FTS5 search does: every match ranked by bm25, the first twenty with
excerpts; of tallies, the one query. Both take turns in one process. The p95 is over the queries of the list (which all
have the same weight), each of them the median of its repeats.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from datasette.app import Datasette

import build_db

from .enlarge import enlarge
from .measuring import ROOT, Figure, interleaved, percentile, seconds

COPIES, STATEMENTS, ROUNDS = 100, 1_000_000, 5
QUICK_COPIES, QUICK_ROUNDS = 10, 2
BUILT = "BENCH_DATABASE"  # names a database that was built before, so that it is not built again

QUERIES = {
    "names": ["spain", "argentina", "Guinea-Bissau", "burma", "Türkiye", "nato", "XK", "Côte d’Ivoire"],
    "common words": ["kosovo", "recognize", "independence", "serbia", "has not", "has not recognized kosovo"],
    "rare words": ["EULEX", "licence plates", "veto", "justice", "propaganda"],
    "words of statements": ["falkland", "chagos", "passports", "interpol", "nagorno", "civil war"],
    "two words": ["argentina falkland", "kosovo passports", "greece interpol", "serbia rights", "castro dangerous"],
    "beginnings": ["koso", "argen", "rec", "falk"],
    "phrases": ['"Security Council"', '"travel documents"', '"Chagos Islands"', '"not recognized Kosovo"'],
    "typing errors": ["Serbya", "Argentna", "recognision", "kosvo passports"],
    "questions": ["who recognises kosovo", "why does spain not recognise kosovo"],
    "nothing": ["zzyzx", "helicopter photosynthesis"],
}
FILTERS = [{}, {"kind": "statement"}, {"status": "withdrew"}, {"organisation": "eu"}, {"page": "2"}]
DAYS = ["2008-02-17", "2010-07-22", "2013-07-01", "2018-11-30", "2024-03-07", ""]
RULES = ["article", "every_recognition", "uncontested", "latest"]

BARE_SEARCH = """
select s.rowid, s.kind, s.id, s.url, s.title, snippet(search, 5, '<mark>', '</mark>', '…', 28)
from search s where search match ? order by bm25(search, 0, 0, 0, 10, 6, 1) limit 20
"""
BARE_TALLIES = """
select o.id, o.name, t.* from tally_history t join organisations o on o.id = t.organisation_id
where t.rule_id = ? and t.since <= ? and (t.until > ? or t.until is null) order by o.number
"""


def site(folder: Path, database: Path) -> Datasette:
    """The real Datasette on a folder as it is delivered."""
    folder.mkdir()
    for name in ("metadata.yml", "settings.json", "plugins", "templates", "static", "editions"):
        (folder / name).symlink_to(ROOT / name)
    for file in (database, database.with_name("inspect-data.json")):
        (folder / file.name).symlink_to(file.resolve())
    return Datasette([], config_dir=folder)


def built(folder: Path, quick: bool) -> Path:
    if not quick and BUILT in os.environ:
        return Path(os.environ[BUILT])
    sources = enlarge(QUICK_COPIES if quick else COPIES, folder / "sources", 0 if quick else STATEMENTS)
    database = folder / "built" / "recognition.db"
    database.parent.mkdir()
    build_db.build(sources, database)
    shutil.rmtree(sources)
    return database


def measure(quick: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="recognition-bench-") as name:
        folder = Path(name)
        database = built(folder, quick)
        bare = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        datasette = site(folder / "site", database)
        loop = asyncio.new_event_loop()

        def get(path: str, **parameters: str) -> None:
            response = loop.run_until_complete(datasette.client.get(path, params=parameters))
            assert response.status_code == 200, (path, parameters, response.text[:300])

        try:
            return figures(get, bare, QUICK_ROUNDS if quick else ROUNDS)
        finally:
            bare.close()
            loop.close()


def figures(get: Callable[..., None], bare: sqlite3.Connection, rounds: int) -> list[Figure]:
    (statements,) = bare.execute("select count(*) from positions").fetchone()
    get("/search.json", q="Zzyzxx")  # keeps the words to offer
    groups: dict[str, list[tuple[float, float, float]]] = {}
    for group, queries in QUERIES.items():
        for number, query in enumerate(queries):
            parameters = {"q": query, **FILTERS[number % len(FILTERS)]}
            groups.setdefault(group, []).append(
                taking_turns(
                    lambda: get("/search.json", **parameters),  # noqa: B023
                    lambda: bare.execute(BARE_SEARCH, (plain(query),)).fetchall(),  # noqa: B023
                    rounds,
                )
            )
    tallies = [
        taking_turns(
            lambda: get("/tallies.json", rule=rule, as_of=day),  # noqa: B023
            lambda: bare.execute(BARE_TALLIES, (rule, day or "2026-01-01", day or "2026-01-01")).fetchall(),  # noqa: B023
            rounds,
        )
        for rule in RULES
        for day in DAYS
    ]
    size = f"{statements:,} statements"
    return [
        figure(f"search, {size}", [pair for pairs in groups.values() for pair in pairs], "every match ranked"),
        *(figure(f"search, {group}", pairs, "every match ranked") for group, pairs in groups.items()),
        figure(f"tallies, {size}", tallies, "the one query alone"),
    ]


def taking_turns(ours: Callable[[], object], bare: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """The medians in milliseconds: ours, the bare SQL, and how long the processor worked for ours."""
    clocks = {"ours": seconds(ours), "bare": seconds(bare), "worked": seconds(ours, time.process_time)}
    took = interleaved(clocks, rounds)
    return 1000 * took["ours"], 1000 * took["bare"], 1000 * took["worked"]


def figure(name: str, pairs: list[tuple[float, float, float]], against: str) -> Figure:
    ours, bare, worked = zip(*pairs)
    note = (
        f"p50 {percentile(ours, 50):.1f} ms, bare {percentile(bare, 50):.1f} ms; "
        f"processor p95 {percentile(worked, 95):.1f} ms"
    )
    return Figure(f"{name}, p95", percentile(ours, 95), percentile(bare, 95), against, "ms", ours_at_most=50, note=note)


def plain(query: str) -> str:
    """All words of a query, each inside quotes."""
    words = query.replace('"', " ").replace("’", "'").split()
    return " ".join(f'"{word}"' for word in words)

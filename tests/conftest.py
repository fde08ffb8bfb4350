"""What the tests share: the database as the real sources build it, the site that serves it, and sources to damage."""

import asyncio
import datetime
import gc
import hashlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from datasette.app import Datasette
from hypothesis import HealthCheck, Phase, settings

import build_db
from deploy.loopback import delivered
from recognition.dates import said
from recognition.serving.caching import KeptAnswers
from tests.another.assembled import assembled
from tests.earlier_build import OLD, contents
from tests.kept_texts import TextFile
from tests.patience import IN_TIME, PATIENCE, unhurried

ROOT = Path(__file__).resolve().parents[1]
TODAY = "2026-11-25"  # of all tests, so that nothing that they expect changes at midnight
os.environ["RECOGNITION_TODAY"] = TODAY
os.environ["RECOGNITION_ADDRESS"] = "http://localhost/"  # the public address of the site that is tested

# How many random examples the fuzzers try: 'short' the same few hundred each time, in `make test`;
# 'long' thousands of new ones, in `make fuzz`. An example that takes longer than the deadline has failed.
settings.register_profile(
    "short",
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=datetime.timedelta(seconds=IN_TIME),
    suppress_health_check=[HealthCheck.too_slow],  # the machine may be busy; the deadline judges
    phases=set(Phase) - {Phase.explain},  # which traces every line, for many minutes
)
settings.register_profile(
    "long", settings.get_profile("short"), max_examples=10_000, derandomize=False, print_blob=True
)
settings.load_profile(os.environ.get("FUZZ", "short"))


def pytest_addoption(parser):
    parser.addoption("--whole", action="store_true", help="try all of what the laws are tried on, not a sample")


SEED = 19  # of what samples are drawn

# Begun first, because each is one test or a few that take long: at the end one core would wait for another.
LONG = (
    "test_links.py",
    "test_killed_builds.py",
    "test_sizes.py",
    "test_damaged_articles.py",
    "test_damaged_registers.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """One process more than there are cores: tests that wait for a server, a browser or a disk leave theirs idle."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else None


def pytest_configure(config):
    config.addinivalue_line("markers", "sampled(size): so many of its parameters are tried; all of them with --whole")


def pytest_collection_modifyitems(config, items):
    """Long files first; of the parameters of a sampled test so many as it says, the same in every run."""
    by_test = defaultdict(list)
    for item in items:
        if mark := item.get_closest_marker("sampled"):
            by_test[item.path, item.originalname, mark.args[0]].append(item)
    if not config.getoption("whole"):
        left_out = set()
        for (_, name, size), tried in by_test.items():
            left_out |= set(random.Random(f"{SEED} {name}").sample(tried, max(0, len(tried) - size)))
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_collection_finish():
    """What has been loaded stays: Python need not look through it for garbage thousands of times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def sample(request):
    """sample(items, size) draws some of them, the same in every run; all of them with --whole."""
    whole, draw = request.config.getoption("whole"), random.Random(f"{SEED} {request.node.name}")
    return lambda items, size: items if whole or len(items) <= size else draw.sample(items, size)


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The path of recognition.db, built once by the function behind the command; inspect-data.json is beside it."""
    output = tmp_path_factory.mktemp("built") / "recognition.db"
    build_db.build(ROOT / "sources", output)
    return output


@pytest.fixture(scope="session")
def db(built):
    """A connection that cannot write, with plain tuples as rows."""
    connection = sqlite3.connect(f"{built.as_uri()}?mode=ro", uri=True)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def rules(db):
    """{id: title} of the rules."""
    return dict(db.execute("select id, title from rules").fetchall())


@pytest.fixture(scope="session")
def known_until(db):
    """The ISO day until which the records of this edition were looked through."""
    return db.execute("select known_until from edition").fetchone()[0]


@pytest.fixture(scope="session")
def as_known(known_until):
    """What a number of a later day says about that: ', as known on 28 February 2026'."""
    return f", as known on {said(known_until)}"


@pytest.fixture(scope="session")
def when_written(db):
    """The days between which the article was written, as a sentence has them: 'between 7 March 2024 and 25 March 2025'."""
    asked = "select written_after, date(written_before, '-1 day') from sources where id = 'article'"
    after, before = db.execute(asked).fetchone()
    return f"between {said(after)} and {said(before)}" if before else f"on or after {said(after)}"


@pytest.fixture
def folder(tmp_path):
    """A folder with the two files of an earlier build."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name, data in OLD.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def sources_copy(tmp_path):
    """A fresh copy of sources/ that a test may damage."""
    return Path(shutil.copytree(ROOT / "sources", tmp_path / "sources"))


@pytest.fixture(scope="session")
def short_sources(root, tmp_path_factory, pytestconfig):
    """Sources that are built in a sixth of the time, for what does not depend on what is in them.

    They are the other article's (tests/another); with --whole, and for the long fuzzers, the real ones.
    """
    if pytestconfig.getoption("whole") or os.environ.get("FUZZ") == "long":
        return root / "sources"
    return assembled(root, tmp_path_factory.mktemp("short") / "sources")


@pytest.fixture(scope="session")
def short_built(short_sources, tmp_path_factory):
    """The two files that an undisturbed build makes of them: names to bytes."""
    folder = tmp_path_factory.mktemp("short_built")
    build_db.build(short_sources, folder / "recognition.db")
    return contents(folder)


# The capture that tests/capture, tests/editions and tests/specimen/real make edits of, and of which some tests know facts by heart.
EDITED_ARTICLE = "9201cd472bec9d8a773711b76254ad02ae3f9dd003b009bddd9219c63a03682d"


@pytest.fixture(scope="session")
def put_off(pytestconfig):
    """put_off(why) leaves a test out that has to wait for work on an edition; with --whole it fails."""

    def put_off(why):
        if pytestconfig.getoption("whole"):
            pytest.fail(why, pytrace=False)
        pytest.skip(why)

    return put_off


@pytest.fixture(scope="session")
def edited_article(root, put_off):
    """The path of the article of which some tests make a next one, or of which they know a fact by heart.

    Of another capture `make test` leaves these tests out, so that it can be worked on, and `make check-all` insists.
    """
    path = root / "sources/article.txt"
    if hashlib.sha256(path.read_bytes()).hexdigest() != EDITED_ARTICLE:
        put_off(
            "sources/article.txt is another capture than the one that tests/capture/captures.py and tests/editions/conftest.py "
            "make edits of: mend those edits, and EDITED_ARTICLE in tests/conftest.py; tests that know facts of it then run again."
        )
    return path


@pytest.fixture(scope="session")
def seal():
    """seal(folder) records the checksum of the folder's article in its README.md.

    A changed article is then judged by the parser and not merely by its checksum.
    """

    def seal(folder):
        checksum = hashlib.sha256((folder / "article.txt").read_bytes()).hexdigest()
        readme = folder / "README.md"
        sealed = re.sub(r"^[0-9a-f]{64}(?=  article\.txt$)", checksum, readme.read_text("utf-8"), flags=re.MULTILINE)
        readme.write_text(sealed, "utf-8")

    return seal


@pytest.fixture(scope="session")
def metadata(root):
    """metadata.yml as Datasette reads it."""
    return yaml.safe_load((root / "metadata.yml").read_text("utf-8"))


@pytest.fixture(scope="session")
def site_folder(root, built, tmp_path_factory):
    """A folder as it is delivered, with the built database."""
    return delivered(root, built, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def unhurried_folder(site_folder, tmp_path_factory):
    """The same but for limits of time, which tests on a busy machine must not run into, unless they mean them."""
    copy = tmp_path_factory.mktemp("unhurried") / "site"
    return unhurried(Path(shutil.copytree(site_folder, copy, symlinks=True)))


@pytest.fixture(scope="session")
def datasette(unhurried_folder):
    """The real Datasette, as `datasette .` sets it up, without a socket."""
    return Datasette([], config_dir=unhurried_folder)


@pytest.fixture(scope="session")
def loop():
    """The event loop of all that is asked without a socket."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def ask(datasette, loop):
    """ask(path, method, **headers) asks the site; underscores in names of headers stand for hyphens."""

    def ask(path, method="GET", **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return loop.run_until_complete(datasette.client.request(method, path, headers=sent))

    return ask


def kept_answers(datasette):
    """The layer of a site that keeps its answers."""
    layer = datasette.client.app
    while not isinstance(layer, KeptAnswers):
        layer = layer.app
    return layer


@pytest.fixture(scope="session")
def get(datasette, loop):
    """get(path, **parameters) asks the site for a page, which it makes anew: no answer to another test is remembered."""
    memory = kept_answers(datasette)

    def get(path, **parameters):
        memory.kept.clear()
        return loop.run_until_complete(datasette.client.get(path, params=parameters or None))

    return get


@pytest.fixture(scope="session")
def server(unhurried_folder, tmp_path_factory):
    """The port of the launcher, and the file in which the server says what went wrong."""
    said = tmp_path_factory.mktemp("server") / "said"
    command = [sys.executable, "-m", "recognition.serving", ".", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with said.open("wb") as stream:
        process = subprocess.Popen(command, cwd=unhurried_folder, stderr=stream, stdout=stream, env=environment)
    try:
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(r"running on http://127\.0\.0\.1:(\d+)", said.read_text())):
            assert process.poll() is None and time.monotonic() < deadline, said.read_text()
            time.sleep(0.1)
        yield int(found[1]), said
    finally:
        process.kill()  # nothing is written; one that is kept busy would not listen to less
        process.wait()


@pytest.fixture
def kept(snapshot):
    """`assert text == kept(name="about")` compares a text with the accepted one (`make accept`)."""
    return snapshot.use_extension(TextFile)

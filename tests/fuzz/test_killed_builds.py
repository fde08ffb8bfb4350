"""Builds killed at random moments: the old database whole or the new one, counts of no other, and the next build works."""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

import build_db
from tests.earlier_build import a_page_less, contents

LONG = os.environ.get("FUZZ") == "long"
KILLS = 200 if LONG else 12  # at least; more until some have left the old edition and some the new one
SEED = time.time_ns() if LONG else 0
BUILDS_BETWEEN = 1 if LONG else 5  # kills from one undisturbed build to the next

# Forks builds that have all modules loaded, so that a kill meets the build and not Python's start. A line of input is a
# moment: seconds after the build begins, for a SIGKILL; or, with a '+', seconds after all that comes before the exchange
# of the files, for an alarm that nobody handles (the exchange is over before a signal of another process arrives); empty
# for no kill. The answer is how the build ended.
FORKING = """
import os, signal, sys, time
from pathlib import Path
import build_db, recognition.build.publish

sources, output = map(Path, sys.argv[1:])
make_lasting = recognition.build.publish.make_lasting
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        def alarming(*arguments):
            make_lasting(*arguments)
            signal.setitimer(signal.ITIMER_REAL, float(line))
        if line.startswith("+"):
            recognition.build.publish.make_lasting = alarming
        status = 1
        try:
            build_db.build(sources, output)
            status = 0
        finally:
            os._exit(status)
    if line.strip() and not line.startswith("+"):
        time.sleep(float(line))
        os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def editions(short_sources, tmp_path_factory):
    """The two files of an edition before, of which the sources had one page less, and those of today's."""
    made = tmp_path_factory.mktemp("editions")
    found = {}
    for age, folder in (("old", a_page_less(short_sources, made / "sources")), ("new", short_sources)):
        output = made / age
        output.mkdir()
        build_db.build(folder, output / "recognition.db")
        found[age] = contents(output)
    assert len({files["recognition.db"] for files in found.values()}) == 2
    return found


@pytest.fixture
def builder(root, short_sources, tmp_path):
    """builder(moment) starts a build in a folder of its own, kills it then, and says how it ended."""
    folder = tmp_path / "out"
    folder.mkdir()
    command = [sys.executable, "-c", FORKING, short_sources, folder / "recognition.db"]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def build(moment=""):
            process.stdin.write(f"{moment}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield folder, build
        process.stdin.close()


def test_a_build_killed_at_any_moment_leaves_a_whole_database_and_the_next_build_works(builder, editions):
    folder, build = builder
    assert build() == 0  # loads what is loaded late
    started = time.perf_counter()
    assert build() == 0
    seconds = time.perf_counter() - started
    assert contents(folder) == editions["new"]
    rng = random.Random(SEED)
    ends, killed = [], Counter()  # kills by the edition that they left
    for number in itertools.count():
        if number >= KILLS and len(killed) == 2 or number == 10 * KILLS:
            break
        for path in folder.iterdir():
            if path.name in editions["old"]:
                path.unlink()
        for name, data in editions["old"].items():
            (folder / name).write_bytes(data)
        # after a microsecond or some milliseconds: how long the exchange takes depends on the machine
        moment = f"+{10 ** rng.uniform(-6, -2.5)}" if number % 2 else rng.uniform(0, seconds)
        ended = build(moment)
        assert ended in (0, -signal.SIGKILL, -signal.SIGALRM)
        left = contents(folder)
        database, counts = left.pop("recognition.db"), left.pop("inspect-data.json", None)
        age = next((age for age, files in editions.items() if files["recognition.db"] == database), None)
        assert age, f"seed {SEED}, kill {number} after {moment} s: the database is neither the old one nor the new one"
        assert counts in (None, editions[age]["inspect-data.json"]), f"seed {SEED}, kill {number} after {moment} s"
        assert all(name.endswith(".part") for name in left)
        described = "with" if counts else "without"
        parts = " and ".join(sorted(name.split(".")[0] for name in left)) or "nothing"
        killed.update([age] if ended else [])
        ends.append(f"{'killed' if ended else 'done'}: {age} database {described} counts, {parts} left over")
        if number % BUILDS_BETWEEN == BUILDS_BETWEEN - 1:
            assert build() == 0
            assert contents(folder) == editions["new"]
    print(f"seed {SEED}:", *(f"{times} × {end}" for end, times in Counter(ends).most_common()), sep="\n")
    assert set(killed) == {"old", "new"}


# Forks commands as FORKING does. A line of input is a signal and a moment: seconds after the build has begun to wait for
# signals. The answer is how the command ended.
STOPPING = """
import os, signal, sys, time
import build_db

publish = build_db.publish
for line in sys.stdin:
    number, seconds = line.split()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        def said(*arguments):
            os.write(writing, b"!")
            publish(*arguments)
        build_db.publish = said
        sys.stdout = sys.stderr = open(os.devnull, "w")
        os._exit(build_db.main(sys.argv[1:]))
    os.read(reading, 1)
    time.sleep(float(seconds))
    os.kill(child, int(number))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    os.close(reading), os.close(writing)
"""


def test_a_build_stopped_at_any_moment_says_by_its_status_which_database_is_there(
    root, short_sources, editions, tmp_path
):
    """After a signal that can be caught both files are the old ones or the new ones, and nothing else is left."""
    rng = random.Random(SEED)
    command = [sys.executable, "-c", STOPPING, "--sources", short_sources, "--output", tmp_path / "recognition.db"]
    started = time.perf_counter()
    build_db.build(short_sources, tmp_path / "recognition.db")
    seconds = time.perf_counter() - started
    ends = Counter()
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for turn in range(KILLS):
            for name, data in editions["old"].items():
                (tmp_path / name).unlink()
                (tmp_path / name).write_bytes(data)
            number = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[turn % 3]
            moment = rng.uniform(0, seconds)
            process.stdin.write(f"{int(number)} {moment}\n")
            process.stdin.flush()
            ended = int(process.stdout.readline())
            assert ended in (0, 128 + number, -number)  # the last where the command had said all and was ending
            age = "old" if ended == 128 + number else "new"
            assert contents(tmp_path) == editions[age], f"seed {SEED}, {number.name} after {moment} s, status {ended}"
            ends[age] += 1
        process.stdin.close()
    assert ends["old"], ends

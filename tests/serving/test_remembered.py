"""What readers choose cannot fill what is remembered of the database."""

import tracemalloc
import types

import pytest

from recognition.serving import remembered
from recognition.serving.remembered import Results


def test_results_take_no_more_than_they_may(loop):
    class Database:
        is_mutable = False

    class Asked:
        def get_database(self, name):
            return Database

        async def execute(self, database, sql, params=None, **options):
            rows = [(params["text"] * 4, number) for number in range(100)]
            return types.SimpleNamespace(
                rows=[tuple(f"{value}{place}" for value in row) for place, row in enumerate(rows)]
            )

    results = Results(Asked())

    async def ask_all():
        for number in range(3_000):
            await results.execute("recognition", "select 1 -- \u4e2d" + "x" * 1_500, {"text": f"\u4e2d{number}"})

    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        loop.run_until_complete(ask_all())
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert 0 < taken <= remembered.RESULTS_AT_MOST


@pytest.mark.parametrize("length", [10, 2_000])
def test_answers_about_names_that_readers_make_up_take_little(loop, length):
    async def ask(name):
        return False

    tracemalloc.start()
    try:
        known = remembered.remembered(ask)
        before = tracemalloc.get_traced_memory()[0]
        for number in range(1_200):
            loop.run_until_complete(known(f"{number:0{length}d}"))
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert taken < 400_000

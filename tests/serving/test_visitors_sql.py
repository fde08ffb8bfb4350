"""Visitors' SQL stays open and harmless: what is too large, too slow or too much is refused with a sentence, others go on."""

import asyncio
import contextlib
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from recognition.serving import parameters, worker, workers
from recognition.serving.asgi import client_of
from recognition.serving.workers import Workers
from tests.patience import PATIENCE

TOO_LONG = "This query took too long and was stopped"
TOO_LARGE = "needs more memory"
ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
COUNT = "with recursive c(x) as (select 1 union all select x + 1 from c limit {rows}) select {columns} from c"
# One function of SQLite that nothing inside the process can stop.
LONG = "select length(printf('%.*c', 2147483647, 'x')), {number}"
MORE = "select x, randomblob(900000) from (select number as x from countries) order by 2"

# What somebody may try, and words of the sentence that ends it.
REFUSED = {
    "select randomblob(500000000)": "too big",
    "select hex(zeroblob(300000000))": "too big",
    "select length(replace(hex(zeroblob(100000)), '0', 'xxxxxxxxxxxxxxx'))": "too big",
    "select group_concat(a.text, b.text) from passages a, passages b": "too big",
    ENDLESS: TOO_LONG,
    LONG.format(number=1): TOO_LONG,
    f"select {', '.join(['length(printf(chr, 2147483647, 1))'.replace('chr', repr('%.*c'))] * 20)}": TOO_LONG,
    "select count(*) from events a, events b, events c, events d": TOO_LONG,
    "select instr(a, b) from (select printf('%.*c', 900000, 'x') a, printf('%.*c', 400000, 'x') || 'y' b)": TOO_LONG,
    COUNT.format(rows=1000, columns="zeroblob(90000)"): "more than 5,000,000 bytes",
    COUNT.format(rows=900, columns=", ".join("x" * 99)): "more than 50,000 cells",
    f"select {', '.join(['group_concat(zeroblob(990000)) over ()'] * 90)} from countries": TOO_LARGE,
    MORE: TOO_LARGE,
    f"select {' + '.join('1' * 300)}": "Expression tree is too large",
    " union all ".join(["select 1"] * 60): "too many terms in compound SELECT",
    f"select {', '.join('1' * 300)}": "too many columns in result set",
    f"select '{'x' * 50_000}'": "query string is too large",
    f"select name from countries where name like '{'%a' * 600}'": "LIKE or GLOB pattern too complex",
    "select file from pragma_database_list": "not authorized",
    "select load_extension('x')": "not authorized",
    "select fts3_tokenizer('simple')": "not authorized",
    "select hex(fts3_tokenizer('x', x'4141414141414141'))": "not authorized",
    "select writefile('x', 'y')": "no such function",
    "attach 'x' as y": "Statement must be a SELECT",
    "pragma hard_heap_limit = 0": "Statement must be a SELECT",
    "select * from pragma_hard_heap_limit": "disallowed PRAGMA",
    "with x as (select 1) delete from countries": "not authorized",
    "select 1; select 2": "one statement at a time",
}


@pytest.fixture
def delivered_limit(root, datasette):
    """`with delivered_limit():` has the limit of time with which the site is delivered; conftest.py has taken it off."""

    @contextlib.contextmanager
    def delivered_limit():
        limit = json.loads((root / "settings.json").read_text("utf-8"))["sql_time_limit_ms"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(datasette, "sql_time_limit_ms", limit)
            yield

    return delivered_limit


def sql(text, form=".json"):
    return f"/recognition{form}?sql={quote(text)}"


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
@pytest.mark.parametrize("form", [".json", ""])
def test_what_is_too_much_is_refused_with_a_sentence(ask, delivered_limit, text, form):
    expected = REFUSED[text]
    # a busy machine must not be too slow for what is too much
    with delivered_limit() if expected == TOO_LONG else contextlib.nullcontext():
        response = ask(sql(text, form))
    assert response.status_code == 400
    if form == "" and "cells" in expected:
        expected = "more than 6,000 cells are too many for a page"
    assert expected in response.text.replace("&#39;", "'")
    assert response.headers["cache-control"] == "no-store"
    assert len(response.content) < 300_000
    if form:
        assert response.json()["ok"] is False
    elif len(text) < 1000:
        assert "<textarea" in response.text  # what was asked can be mended


@pytest.mark.parametrize(
    "where", ["length(printf('%.*c', 2147483647, name)) > 2", "random() > misspelt", f"({ENDLESS})"]
)
@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_sql_in_the_filter_of_a_table_is_refused_in_the_same_way(ask, delivered_limit, where, form):
    with delivered_limit():
        response = ask(f"/recognition/countries{form}?_where={quote(where)}")
    assert response.status_code == 400
    assert TOO_LONG in response.text or "no such column: misspelt" in response.text


def test_ordinary_questions_are_answered(ask, db):
    for text in (
        "select name, recognised_on from countries where status = 'withdrew'",
        "select * from countries",
        "select title, snippet(search, -1, '[', ']', '…', 8) from search where search match 'chagos'",
        "select c.name, j.value from countries c, json_each('[1, 2]') j limit 5",
        "select name from pragma_table_info('countries')",
        "explain query plan select * from countries where id = 'ghana'",
        COUNT.format(rows=1000, columns="x, x, x, x"),
    ):
        rows = ask(sql(text)).json()["rows"]
        assert rows == [list(row) for row in db.execute(text)], text
    assert ask(sql(COUNT.format(rows=1000, columns="x, x, x, x"), "")).status_code == 200
    answer = ask(sql(COUNT.format(rows=1001, columns=", ".join("x" * 45))))
    assert len(answer.json()["rows"]) == 1000 and answer.json()["truncated"] is True
    assert answer.headers["dataset-truncated"] == "first 1000 rows"
    streamed = ask("/recognition/country_names.csv?_stream=on&_where=length(name)>1").text
    assert (
        len(streamed.splitlines())
        == db.execute("select count(*) + 1 from country_names where length(name) > 1").fetchone()[0]
    )


def test_what_grows_in_json_is_bounded_as_json(ask):
    """A control character takes six bytes."""
    text = "select replace(printf('%.*c', 900000, 'x'), 'x', char(1)) from countries limit 3"
    assert "more than 5,000,000 bytes" in ask(sql(text)).json()["error"]
    assert len(ask(sql(text, ".csv")).content) < 3_000_000


@pytest.mark.parametrize("shape", ["arrays", "objects", "array", "arrayfirst"])
def test_rows_that_sql_filters_are_those_that_a_filter_finds(ask, shape):
    """The rows of a table come from another process where a visitor's SQL filters them, and look the same."""
    found, filtered = (
        ask(f"/recognition/countries.json?{asked}&_shape={shape}&_facet=kind&_labels=on").json()
        for asked in ("_where=status='withdrew'", "status=withdrew")
    )
    if shape == "array" or shape == "arrayfirst":
        assert found == filtered and len(found) > 3
    else:
        assert found["rows"] == filtered["rows"] and len(found["rows"]) > 3
        counted = [
            [(value["label"], value["count"]) for value in answer["facet_results"]["kind"]["results"]]
            for answer in (found, filtered)
        ]
        assert counted[0] == counted[1]


@pytest.mark.parametrize("cell", [
    "char(55296)", """json_extract('"\\ud800"', '$')""", """'["\\ud800"]'""", "replace(hex(zeroblob(50000)), '0', '[')",
    "replace(hex(zeroblob(50000)), '0', '{\"a\":')", "'[1, null]'", "'[[\"a\"]]'", "1e999", "-1e999", "x'ff'", "x''", "char(0)",
    "'http://[' || char(93)", "'https://[::x'", "'NaN'", "'[-Infinity, 1e999]'",
])  # fmt: skip
@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_any_cell_is_shown(ask, cell, form):
    response = ask(sql(f"select {cell} as cell", form) + ("&_json=cell" if form == ".json" else ""))
    assert response.status_code == 200
    assert form != ".json" or len(json.loads(response.text, parse_constant=pytest.fail)["rows"]) == 1
    filtered = ask(f"/recognition/countries{form}?_where={quote(cell)}+is+not+name&_size=2")
    assert filtered.status_code == 200


SLOW = [
    "_search=mine&_searchmode=raw", "_search_name=mine&_searchmode=raw", f"name__like={'%25a' * 200}mine",
    "&".join(f"name__notlike=mine{number}" for number in range(20)), f"name__in=mine,{'x,' * 200}",
    f"organisations__arraynotcontains=mine{'x' * 300}", f"name=mine{'x' * 300}", f"_search=mine+{'x+' * 200}",
    "_through=" + quote('{"table": "events", "column": "country_id", "value": "mine%s"}' % ("x" * 300)),
]  # fmt: skip


@pytest.fixture
def seen(datasette):
    """The statements that the site itself runs."""
    seen, connection = [], datasette.get_database("recognition")._read_connection
    connection.set_trace_callback(seen.append)
    yield seen
    connection.set_trace_callback(None)


@pytest.mark.parametrize("asked", SLOW, ids=lambda asked: asked[:30])
def test_the_site_itself_finds_no_rows_that_may_take_long_to_find(seen, ask, asked):
    for form in ("", ".json", ".csv"):
        assert ask(f"/recognition/countries{form}?{asked}&_facet=kind&_size=3").status_code == 200
    assert not [statement for statement in seen if "mine" in statement]


@pytest.mark.parametrize(
    "table, asked",
    [("countries", "_search=guinea"), ("countries", "status__contains=withdr"), ("tallies", "organisation_id__in=eu,oic"),
     ("countries", "organisations__arraycontains=United+Nations"), ("passages", "text__like=%25Ghana%25")],
)  # fmt: skip
def test_rows_are_the_same_wherever_they_are_found(ask, monkeypatch, table, asked):
    path = f"/recognition/{table}.json?{asked}&_labels=on&_facet={'rule_id' if table == 'tallies' else 'id'}"
    inside = ask(f"{path}&_ttl=1").json()
    monkeypatch.setattr(parameters, "FILTERS_AT_ONCE", 0)
    outside = ask(f"{path}&_ttl=2").json()
    assert inside["rows"] and inside["rows"] == outside["rows"]
    assert inside["filtered_table_rows_count"] == outside["filtered_table_rows_count"]
    assert inside["facet_results"] and list(inside["facet_results"]) == list(outside["facet_results"])


def test_filters_are_bounded(ask):
    filters = "&".join(f"name__not=x{number}" for number in range(21))
    assert "At most 20 filters at a time." in ask(f"/recognition/countries?{filters}").text
    assert ask(f"/recognition/countries?{filters.rpartition('&')[0]}&_size=1").status_code == 200


def test_the_site_itself_runs_no_sql_of_visitors(seen, ask):
    for path in (sql("select 'mine' as one"), sql("select 'mine' as two", ""), sql("select 'mine' as three", ".csv")):
        assert ask(path).status_code == 200
    for form in ("", ".json", ".csv"):
        assert ask(f"/recognition/countries{form}?_where='mine'='mine'&_facet=kind&_size=3").status_code == 200
    assert not [statement for statement in seen if "mine" in statement]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("select random()", False), ("select hex(randomblob(3))", False), ("select current_timestamp", False),
        ("select datetime('now')", False), ("select unixepoch()", False), ("select strftime('%s', :when)", False),
        ("select name from countries order by RANDOM()", False), ("select strftime('%Y', '2008-02-17')", True),
        ("select 'random'", True), ("select count(*) from countries", True),
    ],
)  # fmt: skip
def test_an_answer_that_chance_or_the_clock_makes_is_not_kept(ask, text, kept):
    for form in (".json", "", ".csv"):
        answer = ask(sql(text, form) + "&when=now")
        assert answer.status_code == 200
        assert (answer.headers["cache-control"] != "no-store") is kept, form
    if not kept and " from " not in text:
        assert ask(f"/recognition/countries.json?_where=({quote(text)}) is not null&when=now").headers[
            "cache-control"
        ] in ("no-store", "public, max-age=300")


def question(text, form="rows", seconds=PATIENCE):
    return {
        "sql": text, "params": {}, "form": form, "seconds": seconds, "rows": 10, "file": "the file", "told": {},
        "options": {}, "blob": None,
    }  # fmt: skip


@pytest.fixture
def pool(datasette, loop):
    """Processes of their own; all are ended after the test."""
    pool = Workers(datasette.workers.opened, datasette.workers.command)
    yield pool

    async def end():
        await asyncio.gather(*pool.replacing)
        await asyncio.gather(*(process.end() for process in pool.idle))

    loop.run_until_complete(end())


def test_turns_go_round_among_visitors(pool, loop):
    """However many questions one visitor asks, another waits for no more than one of them."""
    order = []

    async def ask(client, number):
        await pool.ask(client, question(f"select '{client}', {number}"))
        order.append(client)

    async def all_together():
        first = [asyncio.create_task(ask("greedy", number)) for number in range(8)]
        await asyncio.sleep(0)
        assert len(pool.asking) == 1 and pool.free == workers.PROCESSES - 1  # one at a time
        others = [asyncio.create_task(ask(client, 0)) for client in ("a", "b", "c")]
        await asyncio.gather(*first, *others)

    loop.run_until_complete(all_together())
    assert order.index("c") < len(order) - 3  # most of the greedy one's questions come later


def test_too_many_at_once_are_asked_to_come_again(datasette, loop, delivered_limit):
    paths = [sql(f"{ENDLESS} where x > {number}", "") for number in range(100, 100 + workers.OF_ONE_AT_MOST + 4)]

    async def all_together():
        return await asyncio.gather(*(datasette.client.get(path) for path in paths))

    with delivered_limit():
        answers = loop.run_until_complete(all_together())
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) == 3  # one is under way
    assert {answer.status_code for answer in answers} == {400, 503}
    for answer in refused:
        assert answer.headers["retry-after"] == "5"
        assert answer.headers["cache-control"] == "no-store"
        assert f"{workers.OF_ONE_AT_MOST} of your questions are waiting already" in answer.text
    assert loop.run_until_complete(datasette.client.get(sql("select 1"))).status_code == 200


def test_the_questions_of_all_visitors_that_wait_are_bounded(pool, loop, monkeypatch):
    monkeypatch.setattr(workers, "OF_ALL_AT_MOST", 3)

    async def all_together():
        asked = (pool.ask(f"client {number}", question("select 1")) for number in range(8))
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = loop.run_until_complete(all_together())
    assert [type(answer) for answer in answers].count(workers.TooBusy) == 8 - 3 - workers.PROCESSES


def test_who_goes_away_leaves_the_turn_to_others(pool, loop):
    async def some_go_away():
        first = asyncio.create_task(pool.ask("a", question(ENDLESS)))
        waiting = asyncio.create_task(pool.ask("a", question("select 1")))
        while not pool.asking:
            await asyncio.sleep(0)
        waiting.cancel()
        first.cancel()
        await asyncio.gather(first, waiting, return_exceptions=True)
        await asyncio.gather(*pool.replacing)
        assert pool.free == workers.PROCESSES and not pool.asking
        return await pool.ask("a", question("select 3"))

    assert loop.run_until_complete(some_go_away())[1] == b"[[3]]"


def test_a_process_that_cannot_be_stopped_is_replaced(pool, loop):
    async def asked():
        await pool.ask("a", question("select 1"))
        before = pool.idle[0].running
        head, _ = await pool.ask("a", question(LONG.format(number=3), seconds=0.05))
        await asyncio.gather(*pool.replacing)
        after = await pool.ask("a", question("select 2"))
        return before, head, after

    before, head, after = loop.run_until_complete(asked())
    assert head == {"problem": worker.TOO_LONG, "sentence": ""} and after[1] == b"[[2]]"
    assert before.wait(PATIENCE) < 0  # by a signal


def test_a_process_that_has_grown_is_replaced_after_its_answer(pool, loop):
    async def asked():
        await pool.ask("a", question("select 1"))
        first = pool.idle[0].running
        large = "select randomblob(900000) from countries limit 5"
        for _ in range(6):
            await pool.ask("a", question(large, form="rows"))
            await asyncio.gather(*pool.replacing)
        return first, await pool.ask("a", question("select 2"))

    first, after = loop.run_until_complete(asked())
    assert after[1] == b"[[2]]"
    assert first.poll() is not None


def test_a_process_has_little_of_the_machine(pool, loop):
    async def asked():
        await pool.ask("a", question("select 1"))
        return pool.idle[0].running.pid

    pid = loop.run_until_complete(asked())
    about = Path(f"/proc/{pid}")
    limits = dict(re.findall(r"^(Max [a-z ]+?) {2,}(\S+)", (about / "limits").read_text(), re.MULTILINE))
    assert limits["Max open files"] == str(worker.DESCRIPTORS)
    assert limits["Max file size"] == limits["Max core file size"] == "0"
    assert limits["Max cpu time"] != "unlimited"
    assert int(limits["Max address space"]) < 2 * worker.MEMORY
    held = int(re.search(r"VmRSS:\s+(\d+)", (about / "status").read_text())[1])
    assert held < 25 * 1024  # kB
    assert len(list((about / "fd").iterdir())) <= 4
    assert workers.SECRET not in (about / "environ").read_text()


def test_a_process_loads_no_datasette(root):
    loaded = "import recognition.serving.worker, recognition.site.in_workers, sys; print('datasette' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=root, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout == "False\n", done.stderr


def test_a_process_ends_with_the_site(pool, loop):
    async def asked():
        await pool.ask("a", question("select 1"))
        return pool.idle.pop()

    process = loop.run_until_complete(asked())
    process.socket.shutdown(2)
    assert process.running.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True), ("192.0.2.1", "192.0.2.2", False), ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8::1", "2001:db8::2", True), ("2001:db8:0:1::1", "2001:db8:0:2::1", False), ("", "testclient", False),
    ],
)  # fmt: skip
def test_whose_turn_a_request_takes(one, other, same):
    assert (client_of({"client": (one, 1)}) == client_of({"client": (other, 2)})) is same


def test_functions_that_sqlite_has_are_allowed_or_denied_on_purpose():
    """A function that another SQLite brings is denied until somebody has thought about it."""
    denied = {"fts3_tokenizer", "fts5", "load_extension", "matchinfo", "offsets", "optimize", "sqlite_log"}
    connection = sqlite3.connect(":memory:")
    known = {name for (name,) in connection.execute("select name from pragma_function_list")}
    rtree = {name for name in known if name.startswith("rtree")}
    assert not worker.FUNCTIONS & denied
    assert known - worker.FUNCTIONS - rtree <= denied


def test_facets_are_bounded(ask):
    assert ask("/recognition/events?" + "&".join(["_facet=kind"] * 10)).status_code == 200
    response = ask("/recognition/events?" + "&".join(["_facet=kind"] * 6 + ["_facet_date=date"] * 5))
    assert response.status_code == 400 and "At most 10 facets" in response.text


def test_only_facets_are_counted_as_facets(ask):
    filters = "&".join(f"name__contains={letter}" for letter in "abcdefghijkl")
    assert ask(f"/recognition/countries?{filters}&_facet=status&_facet_size=3").status_code == 200

"""Visitors' SQL stays open and harmless: what is too large, too slow or too much is refused with a sentence, others go on."""

import asyncio
import contextlib
import contextvars
import json
import sqlite3
import threading
import traceback
from urllib.parse import quote

import pytest

from recognition.serving import visitors_sql
from recognition.serving.configuration import Configuration
from tests.patience import PATIENCE

SITE = Configuration(database="recognition", build_again="build it again")
TOO_LONG = "This query took too long and was stopped"
ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
COUNT = "with recursive c(x) as (select 1 union all select x + 1 from c limit {rows}) select {columns} from c"

# What somebody may try, and words of the sentence that ends it.
REFUSED = {
    "select randomblob(500000000)": "too big",
    "select hex(zeroblob(300000000))": "too big",
    "select length(replace(hex(zeroblob(100000)), '0', 'xxxxxxxxxxxxxxx'))": "too big",
    "select group_concat(a.text, b.text) from passages a, passages b": "too big",
    ENDLESS: TOO_LONG,
    "select count(*) from events a, events b, events c, events d": TOO_LONG,
    COUNT.format(rows=1000, columns="zeroblob(90000)"): "more than 5,000,000 bytes",
    COUNT.format(rows=900, columns=", ".join("x" * 99)): "more than 50,000 cells",
    f"select {', '.join(['group_concat(zeroblob(990000)) over ()'] * 90)} from countries": "needs more memory",
    f"select {' + '.join('1' * 300)}": "Expression tree is too large",
    " union all ".join(["select 1"] * 60): "too many terms in compound SELECT",
    f"select {', '.join('1' * 300)}": "too many columns in result set",
    f"select '{'x' * 50_000}'": "query string is too large",
    f"select name from countries where name like '{'%a' * 600}'": "LIKE or GLOB pattern too complex",
    "select file from pragma_database_list": "not authorized",
    "select load_extension('x')": "not authorized",
    "select writefile('x', 'y')": "no such function",
    "attach 'x' as y": "Statement must be a SELECT",
    "pragma hard_heap_limit = 0": "Statement must be a SELECT",
    "select * from pragma_hard_heap_limit": "disallowed PRAGMA",
    "with x as (select 1) delete from countries": "attempt to write a readonly database",
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


def test_ordinary_questions_are_answered(ask, db):
    for text in (
        "select name, recognised_on from countries where status = 'withdrew'",
        "select * from countries",
        "select title, snippet(search, -1, '[', ']', '…', 8) from search where search match 'chagos'",
        COUNT.format(rows=1000, columns="x, x, x, x"),
    ):
        rows = ask(sql(text)).json()["rows"]
        assert rows == [list(row) for row in db.execute(text)]
    assert ask(sql(COUNT.format(rows=1000, columns="x, x, x, x"), "")).status_code == 200
    assert len(ask(sql(COUNT.format(rows=1000, columns=", ".join("x" * 45)))).json()["rows"]) == 1000
    streamed = ask("/recognition/country_names.csv?_stream=on&_where=length(name)>1").text
    assert (
        len(streamed.splitlines())
        == db.execute("select count(*) + 1 from country_names where length(name) > 1").fetchone()[0]
    )


def test_pages_do_not_wait_for_visitors(datasette, loop, get, delivered_limit):
    """While the one thread for SQL of visitors stands still, and others wait for it, all pages are answered."""
    get("/about")  # the site has started
    go_on = threading.Event()
    ours = (
        "/recognition/countries/fiji", "/search?q=fiji", "/tallies?as_of=2010-10-10", "/recognition/countries?region=Oceania",
    )  # fmt: skip

    async def all_together():
        context = contextvars.copy_context()
        context.run(visitors_sql.share_of.set, visitors_sql.SQL)
        stuck = datasette.get_database("recognition").execute_fn(lambda _: go_on.wait(PATIENCE))
        stuck = asyncio.create_task(stuck, context=context)
        visitors = [
            asyncio.create_task(datasette.client.get(sql(f"{ENDLESS} where x > {number}"))) for number in range(4)
        ]
        pages = [await datasette.client.get(path) for path in ours]
        assert [page.status_code for page in pages] == [200] * len(ours)
        assert not any(task.done() for task in (stuck, *visitors))
        with delivered_limit():
            go_on.set()
            assert await stuck is True
            return [(await visitor).status_code for visitor in visitors]

    assert loop.run_until_complete(all_together()) == [400] * 4


def test_a_failed_query_leaves_no_cursor_to_other_threads(datasette, loop, get):
    """Dropped in another thread, a cursor waits for the next query of its connection, and everything waits with it."""
    get("/about")

    async def fail():
        try:
            await datasette.execute("recognition", "select misspelt", log_sql_errors=False)
        except sqlite3.OperationalError as error:
            return error

    error, held = loop.run_until_complete(fail()), []
    while error is not None:
        held += [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]
        error = error.__context__
    assert [name for frame in held for name in frame if isinstance(frame[name], sqlite3.Cursor)] == []


def test_too_many_at_once_are_asked_to_come_again(datasette, loop, delivered_limit):
    paths = [sql(f"{ENDLESS} where x > {number}", "") for number in range(100, 120)]

    async def all_together():
        return await asyncio.gather(*(datasette.client.get(path) for path in paths))

    with delivered_limit():
        answers = loop.run_until_complete(all_together())
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) == len(paths) - visitors_sql.WAITING_AT_MOST[visitors_sql.SQL]
    assert {answer.status_code for answer in answers} == {400, 503}
    for answer in refused:
        assert answer.headers["retry-after"] == "2"
        assert answer.headers["cache-control"] == "no-store"
        assert "Too many others ask just now" in answer.text
    assert loop.run_until_complete(datasette.client.get(sql("select 1"))).status_code == 200


def test_a_slow_reader_of_a_long_table_holds_no_place(datasette, loop):
    """A place is for who waits for an answer; one that is being sent is none."""
    seen = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        seen.append(gate.waiting[visitors_sql.SQL])

    gate = visitors_sql.Gate(app, datasette, SITE)

    async def send(message):
        pass

    scope = {
        "type": "http",
        "path": "/recognition.csv",
        "query_string": b"sql=select+1",
        "method": "GET",
        "headers": [],
    }
    loop.run_until_complete(gate(scope, None, send))
    assert seen == [0] and gate.waiting[visitors_sql.SQL] == 0


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("/", "ours"), ("/search?q=sql", "ours"), ("/tallies?sql=1", "ours"), ("/recognition/countries/spain", "ours"),
        ("/recognition/countries", "ours"), ("/recognition/countries?_sort=name", "tables"), ("/recognition.json?x=1", "tables"),
        ("/recognition?sql=select+1", "sql"), ("/recognition.csv?sql=", "sql"), ("/recognition/countries?_where=1", "sql"),
        ("/recognitions?sql=select+1", "ours"),
    ],
)  # fmt: skip
def test_whose_thread_an_address_takes(path, whose):
    path, _, query = path.partition("?")
    assert visitors_sql.share(path, visitors_sql.parse_qs(query, keep_blank_values=True), "recognition") == whose


def test_facets_are_bounded(ask):
    assert ask("/recognition/events?" + "&".join(["_facet=kind"] * 10)).status_code == 200
    response = ask("/recognition/events?" + "&".join(["_facet=kind"] * 6 + ["_facet_date=date"] * 5))
    assert response.status_code == 400 and "At most 10 facets" in response.text


def test_only_facets_are_counted_as_facets(ask):
    filters = "&".join(f"name__contains={letter}" for letter in "abcdefghijkl")
    assert ask(f"/recognition/countries?{filters}&_facet=status&_facet_size=3").status_code == 200

"""Replicas that die and come back, and a new edition, while visitors ask: no question fails, no answer is mixed.

In this order: the last two stop replicas for good, starting them is what takes time.
"""

import asyncio
import itertools
import json
import os
import re
import signal
import socket
import time

import httpx
import pytest

from deploy.loopback import HOST
from tests.patience import PATIENCE

CLIENTS = 12
GHANA = "/recognition/countries/ghana"
NOT_KEPT = "/tallies?as_of=2007-07-07"  # until the last test asks for it
EDITION = re.compile(r'<code title="([0-9a-f]{64})">([0-9a-f]{12})</code>')


class Load:
    """Visitors who ask without a pause while the block runs; `answers` is what they got, in order, with its times."""

    def __init__(self, proxy, paths, keep_alive=True):
        self.proxy, self.paths = proxy, paths
        self.headers = {"host": HOST, "accept-encoding": "gzip"} | ({} if keep_alive else {"connection": "close"})
        self.answers = []  # (path, when asked, response or error)

    async def __aenter__(self):
        limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
        self.client = httpx.AsyncClient(verify=self.proxy.trust(), limits=limits, timeout=PATIENCE)
        self.going = True
        self.visitors = [asyncio.create_task(self.visit()) for _ in range(CLIENTS)]
        return self

    async def visit(self):
        while self.going:
            path, asked = next(self.paths), time.monotonic()
            request = self.client.build_request("GET", self.proxy.address + path, headers=self.headers)
            request.extensions["sni_hostname"] = HOST
            try:
                answer = await self.client.send(request)
            except httpx.HTTPError as error:
                answer = error
            self.answers.append((path, asked, answer))

    async def __aexit__(self, *problem):
        self.going = False
        await asyncio.gather(*self.visitors)
        await self.client.aclose()

    async def has(self, count):
        """Wait until so many more answers have come."""
        wanted = len(self.answers) + count
        while len(self.answers) < wanted:
            await asyncio.sleep(0.01)

    @property
    def failed(self):
        return [
            (path, answer if isinstance(answer, Exception) else answer.status_code)
            for path, _, answer in self.answers
            if isinstance(answer, Exception) or answer.status_code != 200
        ]

    def broke_off(self, killed):
        """The failures that are answers under way when a replica was killed, head sent and body not: nobody can end them.

        That is a moment of a tenth of a millisecond, which a busy machine makes longer.
        """
        asked_before = {path for path, asked, _ in self.answers if asked < killed}
        return [
            (path, answer)
            for path, answer in self.failed
            if path in asked_before and "without sending complete message body" in str(answer)
        ]


def days(first_year):
    """Addresses that nobody asked for yet, which a replica has to answer, and one that is kept."""
    for year, month, day in itertools.product(range(first_year, 2026), range(1, 13), range(1, 29)):
        yield f"/tallies.json?as_of={year}-{month:02}-{day:02}"
        yield GHANA


def questions(replica):
    """How many a replica has answered so far."""
    return replica.log.read_text().count('"GET /tallies.json')


def test_a_replica_that_dies_is_not_missed_and_one_that_returns_is_used(proxy, replicas):
    dying, other = replicas

    async def visit():
        async with Load(proxy, days(2008)) as load:
            await load.has(60)
            before = [questions(replica) for replica in replicas]
            dying.kill()
            killed, died = time.monotonic(), questions(dying)
            await load.has(120)
            assert questions(dying) == died
            await asyncio.to_thread(dying.start)
            until = time.monotonic() + PATIENCE
            while questions(dying) <= died and time.monotonic() < until:
                await asyncio.sleep(0.05)
            await load.has(60)
        return load, before, killed, died

    load, before, killed, died = asyncio.run(visit())
    assert load.failed == load.broke_off(killed)
    assert min(before) > 4  # both were in use
    assert questions(dying) > died + 10
    assert questions(other) > before[1] + 40  # half of those that nobody asked for before


def test_a_replica_that_hangs_is_given_up_and_the_other_asked(replicas, start_proxy, new_visitor):
    """Whoever met it waits; then the other answers, and few meet it again until it goes on."""
    patience = 2
    hurried = {"proxy_read_timeout 15s;": f"proxy_read_timeout {patience}s;"}
    visitor = new_visitor(start_proxy(replicas, hurried))
    paths = (path for path in days(2008) if path != GHANA)
    hanging, _ = replicas
    hanging.process.send_signal(signal.SIGSTOP)
    try:
        met = 0
        for path in itertools.islice(paths, 40):
            asked = time.monotonic()
            assert visitor.ask(path).status_code == 200
            met += time.monotonic() - asked > patience
    finally:
        hanging.process.send_signal(signal.SIGCONT)
    assert 3 <= met <= 10  # three until it is left alone, then one every two seconds; 20 if it were not
    before, until = questions(hanging), time.monotonic() + PATIENCE
    while questions(hanging) == before and time.monotonic() < until:
        assert visitor.ask(next(paths)).status_code == 200
    assert questions(hanging) > before


def test_what_a_replica_refuses_does_not_count_as_its_death(proxy, replicas, new_visitor):
    """Its 503 is passed on as it is: the other replica is not asked too, and both stay in use."""
    visitor = new_visitor(proxy)
    databases = {replica.folder / "recognition.db" for replica in replicas}
    (database,) = databases
    away = database.with_suffix(".away")
    database.rename(away)
    try:
        refusals = [visitor.ask("/-/health") for _ in range(8)]
    finally:
        away.rename(database)
    assert [answer.status_code for answer in refusals] == [503] * 8
    assert refusals[0].json()["ok"] is False
    assert [visitor.ask("/-/health").status_code for _ in range(4)] == [200] * 4


def test_a_question_that_was_begun_is_answered_and_waited_for(proxy, replicas):
    """A worker with the old configuration may still need the old replicas: they may stop when it has ended."""
    first, second = replicas
    with (
        socket.create_connection(("127.0.0.1", proxy.https), timeout=PATIENCE) as connection,
        proxy.trust().wrap_socket(connection, server_hostname=HOST) as secure,
    ):
        secure.sendall(f"GET /tallies?as_of=2009-09-09 HTTP/1.1\r\nHost: {HOST}\r\n".encode())
        time.sleep(1)  # nginx has to have read it
        said = proxy.roll_out(first.port, drain=0.3).stdout
        secure.sendall(b"Connection: close\r\n\r\n")
        assert secure.recv(20).startswith(b"HTTP/1.1 200")
    waits = (
        rf"Processes \d+ of nginx still answer; when they have ended: systemctl disable --now kosovo@{second.port}\n"
    )
    assert re.fullmatch(rf"nginx serves edition [0-9a-f]{{12}} from port {first.port}\. {waits}", said)
    again = proxy.roll_out(first.port, second.port).stdout
    assert re.fullmatch(rf"nginx serves edition [0-9a-f]{{12}} from port {first.port}, {second.port}\.\n", again)


@pytest.mark.parametrize("case", ["nobody there", "not well", "two editions", "broken configuration"])
def test_what_cannot_be_rolled_out_changes_nothing(case, proxy, replicas, next_replicas, visitor):
    before = proxy.edition_file.read_bytes()
    first, second = replicas
    configuration = proxy.folder / "kosovo.conf"
    was = configuration.read_text()
    database = next_replicas[0].folder / "recognition.db"
    built = database.stat()
    ports, said = [first.port, second.port], ""
    if case == "nobody there":
        ports, said = [first.port, 1], "the replica on port 1 does not answer ("
    elif case == "not well":
        os.utime(database)
        port = next_replicas[0].port
        ports, said = [port], f"the replica on port {port} answers 503: " + '{"ok": false, '
    elif case == "two editions":
        ports, said = [first.port, next_replicas[0].port], f"the replicas are not of one edition: {first.port} has "
    else:
        ports.reverse()  # which the file would say
        configuration.write_text(was + "\nmisspelt;\n")
        said = 'nginx does not take the configuration: nginx: [emerg] unknown directive "misspelt"'
    try:
        refused = proxy.roll_out(*ports, check=False, patience=0.3)
    finally:
        configuration.write_text(was)
        os.utime(database, ns=(built.st_atime_ns, built.st_mtime_ns))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"Nothing was rolled out: {said}")
    assert refused.stderr.count("\n") == 1
    assert proxy.edition_file.read_bytes() == before
    assert visitor.ask("/-/health").status_code == 200


def edition_of(path, answer):
    """The edition that an answer says it is of, checked against what it says of Ghana."""
    if path == GHANA:
        (said,) = set(EDITION.findall(answer.text))
        assert said[0].startswith(said[1])
        return said[0], "Ghana as renamed" in answer.text
    return json.loads(answer.content)["edition"], None


def test_a_new_edition_takes_over_at_once_and_without_a_failure(proxy, replicas, next_replicas):
    """New connections for every question, as of new visitors: a browser asks again by itself where nginx, taking its
    new configuration, closes a connection that was kept."""
    old, new = (json.loads(served[0].health())["edition"] for served in (replicas, next_replicas))
    assert old != new

    async def visit():
        async with Load(proxy, days(2010), keep_alive=False) as load:
            await load.has(60)
            began = time.monotonic()
            said = await asyncio.to_thread(proxy.roll_out, *(replica.port for replica in next_replicas))
            ended = time.monotonic()
            for replica in replicas:
                await asyncio.to_thread(replica.stop)
            await load.has(60)
        return load, said, began, ended

    load, said, began, ended = asyncio.run(visit())
    left = " ".join(f"kosovo@{port}" for port in sorted(replica.port for replica in replicas))
    ports = ", ".join(str(replica.port) for replica in next_replicas)
    assert said.stdout == f"nginx serves edition {new[:12]} from port {ports}. Now: systemctl disable --now {left}\n"
    assert load.failed == []
    renamed = {old: {False, None}, new: {True, None}}
    tags = {old: set(), new: set()}
    for path, asked, answer in load.answers:
        edition, shows_new_name = edition_of(path, answer)
        assert shows_new_name in renamed[edition], f"{path} mixes editions"
        tags[edition].add(answer.headers["etag"])
        if asked > ended:
            assert edition == new, f"{path} is of the old edition after the new one was rolled out"
        if asked < began - 1:
            assert edition == old
    assert tags[old] and tags[new] and not tags[old] & tags[new]


def test_without_any_replica_kept_answers_are_given_and_others_refused_with_a_time(
    start_proxy, next_replicas, new_visitor
):
    expiring = {"proxy_ignore_headers Vary;": "proxy_ignore_headers Vary Cache-Control; proxy_cache_valid 200 1s;"}
    visitor = new_visitor(start_proxy(next_replicas, expiring))
    fresh = visitor.ask(GHANA)
    assert (fresh.status_code, fresh.headers["x-cache"]) == (200, "MISS")
    time.sleep(2.1)  # nginx counts whole seconds
    for replica in next_replicas:
        replica.kill()
    stale, refused = visitor.ask(GHANA), visitor.ask(NOT_KEPT)
    assert (stale.status_code, stale.headers["x-cache"], stale.content) == (200, "STALE", fresh.content)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert refused.text == "The site cannot answer just now: try again in a few seconds.\n"
    next_replicas[0].start()
    until = time.monotonic() + PATIENCE
    while visitor.ask(NOT_KEPT).status_code != 200 and time.monotonic() < until:
        time.sleep(0.1)
    assert visitor.ask(NOT_KEPT).status_code == 200

"""Visitors who hold connections: cut off with one line in the log, and nobody else notices.

A server of the tests has one small limit and the others so large that a busy machine does not meet them.
"""

import asyncio
import contextlib
import errno
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter

import pytest

from recognition.serving import connections, server_log
from recognition.serving.__main__ import bound
from recognition.serving.connections import Limits, Table
from recognition.serving.forwarded import Forwarded, Proxies
from tests.patience import PATIENCE

LARGE = {
    "request_seconds": 1e6,
    "idle_seconds": 1e6,
    "proxy_idle_seconds": 1e6,
    "unread_seconds": 1e6,
    "stop_seconds": 1,
}
RUNNING = re.compile(r"running on http://127\.0\.0\.1:(\d+)")
NOTE = re.compile(r"^WARNING: +(\d+) connections?(?: \(the last from ([^)]*)\))? (.*)$", re.MULTILINE)
GET = b"GET %b HTTP/1.1\r\nHost: a\r\n%b\r\n"
CLOSE = b"Connection: close\r\n"


class Running:
    """A process that serves on a port, with its log."""

    def __init__(self, folder, command, **options):
        self.log = folder / "log"
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with self.log.open("wb") as stream:
            self.process = subprocess.Popen(command, stdout=stream, stderr=stream, env=environment, **options)
        self.until(lambda: RUNNING.search(self.said))
        self.port = int(RUNNING.search(self.said)[1])

    @property
    def said(self):
        return self.log.read_text("utf-8", "replace")

    @property
    def notes(self):
        """{what is said of a limit: how many connections met it}."""
        found = {}
        for times, _, what in NOTE.findall(self.said):
            found[what] = found.get(what, 0) + int(times)
        return found

    def until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None and time.monotonic() < end, self.said[-3000:]
            time.sleep(0.02)

    def until_noted(self, what, times=1):
        self.until(lambda: sum(count for said, count in self.notes.items() if what in said) >= times)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def exchange(self, sent):
        """What comes back until the server hangs up."""
        with self.connect() as connection:
            connection.sendall(sent)
            return rest_of(connection)

    def get(self, path, *headers):
        return self.exchange(
            GET % (path.encode(), b"".join(line + b"\r\n" for line in (*headers, b"Connection: close")))
        )

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def rest_of(connection):
    received = []
    try:
        while part := connection.recv(65_536):
            received.append(part)
    except ConnectionResetError:
        pass
    except TimeoutError:
        pytest.fail(f"the server does not hang up; it has sent {b''.join(received)[-300:]!r}")
    return b"".join(received)


def begun(server, path=b"/endless"):
    """A connection with a request whose answer has begun."""
    connection = server.connect()
    connection.sendall(GET % (path, b""))
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def unreading(server):
    """A connection with a large answer that nobody reads, in a system that takes as little of it as it can."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(GET % (b"/large", CLOSE))
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def dripped(connection, sent):
    """Send the bytes one by one until the server hangs up; how many it took."""
    connection.settimeout(0.02)
    for count, byte in enumerate(sent):
        try:
            connection.sendall(bytes([byte]))
            if not connection.recv(65_536):
                return count
        except TimeoutError:
            continue
        except OSError:
            return count
    return len(sent)


def come_at_once(server, count, held):
    """So many connections, each with half a request, which the server finds all at the same time."""
    server.process.send_signal(signal.SIGSTOP)
    for _ in range(count):
        held.enter_context(server.connect()).sendall(b"GET / HT")
    server.process.send_signal(signal.SIGCONT)


@pytest.fixture
def limited(tmp_path):
    """limited(proxies, limit=value) starts a server whose other limits nobody meets."""
    started = []

    def limited(proxies="192.0.2.1", **limits):
        command = [sys.executable, "-m", "tests.serving.limited_server", json.dumps(LARGE | limits), proxies]
        started.append(Running(tmp_path, command))
        return started[-1]

    yield limited
    for server in started:
        server.process.kill()
        server.process.wait()
        assert "Traceback" not in server.said and "Exception" not in server.said, server.said[-3000:]


# Time.


@pytest.mark.parametrize(
    "head",
    [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"],
    ids=["nothing", "half of a head", "half of a body"],
)
def test_a_request_that_is_not_whole_in_time_is_cut_off_however_it_drips(limited, head):
    server = limited(request_seconds=0.5)
    silent, dripping = server.connect(), server.connect()
    for connection in (silent, dripping):
        connection.sendall(head)
    dripped(dripping, b"a" * 20_000 if head else b"")
    rest_of(silent)
    server.until_noted("sent no whole request within 0.5 seconds: cut off", 1 if not head else 2)
    assert b"200 OK" in server.get("/")


def test_the_second_request_of_a_connection_has_its_own_time(limited):
    server = limited(request_seconds=0.5)
    connection = server.connect()
    connection.sendall(GET % (b"/", b""))
    assert connection.recv(12) == b"HTTP/1.1 200"
    connection.sendall(b"GET / HT")
    rest_of(connection)
    server.until_noted("sent no whole request within")


@pytest.mark.parametrize(("proxies", "small"), [("192.0.2.1", "idle_seconds"), ("127.0.0.1", "proxy_idle_seconds")])
def test_idle_connections_of_visitors_and_of_proxies_have_their_own_limits(limited, proxies, small):
    server = limited(proxies, **{small: 1})
    connection = server.connect()
    connection.sendall(GET % (b"/", b""))
    assert rest_of(connection).count(b"HTTP/1.1 200") == 1
    assert server.notes == {}  # which is nobody's fault


def test_who_does_not_read_is_cut_off(limited):
    server = limited(unread_seconds=0.5)
    with unreading(server) as connection:
        server.until_noted("did not read the answer for 0.5 seconds: cut off")
        assert len(rest_of(connection)) < 15_000_000
    assert server.notes == {"did not read the answer for 0.5 seconds: cut off": 1}


def test_who_reads_slowly_but_reads_gets_all(limited):
    server = limited()
    with unreading(server) as connection:
        assert len(rest_of(connection)) > 16_000_000
    assert server.notes == {}


# Number.


def test_when_the_table_is_full_the_one_that_waited_longest_gives_way(limited):
    server = limited(connections=4)
    with begun(server), server.connect() as first, server.connect() as second:
        second.sendall(b"GET / HT")
        with server.connect() as third:
            assert b"200 OK" in server.get("/")  # the fifth
            assert rest_of(first) == b""
            assert b"200 OK" in server.get("/")
            second.sendall(b"TP/1.1\r\nHost: a\r\n\r\n")  # nobody had to give way to the sixth
            assert second.recv(12) == b"HTTP/1.1 200"
            third.sendall(GET % (b"/", b""))
            assert third.recv(12) == b"HTTP/1.1 200"
    server.until_noted("gave way to new ones")


def test_then_a_reader_who_does_not_read_gives_way(limited):
    server = limited(connections=4)
    with begun(server), begun(server), begun(server), unreading(server) as slow:
        server.until(lambda: b"200 OK" in server.get("/"))  # as soon as what the system takes of the answer is full
        assert len(rest_of(slow)) < 15_000_000
    server.until_noted("gave way to new ones")


def test_only_when_all_are_served_a_new_one_is_refused(limited):
    server = limited(connections=4)
    with contextlib.ExitStack() as held:
        last = [held.enter_context(begun(server)) for _ in range(4)][-1]
        refused = server.get("/")
        assert refused.startswith(b"HTTP/1.1 503 ") and b"Too many visitors are here just now." in refused
        server.until_noted("found all 4 places taken by requests under way: refused with 503")
        last.close()
        server.until(lambda: b"200 OK" in server.get("/"))


def test_many_who_come_at_once_find_the_server_well(limited):
    server = limited(connections=20, burst=5)
    with contextlib.ExitStack() as held:
        come_at_once(server, 300, held)
        assert b"200 OK" in server.get("/")
        server.until_noted("gave way to new ones", 280)
        assert len(os.listdir(f"/proc/{server.process.pid}/fd")) < 40


def test_each_limit_is_one_line_however_often_it_is_met(monkeypatch):
    lines = []
    monkeypatch.setattr(connections.log, "warning", lambda text, *values: lines.append(text % values))
    table = Table(Limits(), Proxies())
    for number in range(1_000):
        table.note(connections.SLOW, (f"192.0.2.{number % 250}", 1))
    table.note(connections.NO_FILES, None)
    table.write_notes()
    table.write_notes()
    assert lines == [
        "1000 connections (the last from 192.0.2.249) sent no whole request within 10 seconds: cut off",
        "1 connection had to wait, because the system allows no more open files",
    ]


# Descriptors.


@pytest.mark.parametrize(
    ("soft", "hard", "expected"),
    [
        (50, 4_000, (940, 400, 100)), (940, 4_000, (940, 400, 100)), (2_000, 4_000, (2_000, 400, 100)),
        (50, 500, (500, 180, 100)), (64, 64, (64, 9, 6)), (60, 60, None), (10, 10, None),
    ],
)  # fmt: skip
def test_as_many_connections_as_there_may_be_files(monkeypatch, soft, hard, expected):
    found = [soft, hard]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(found))
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: found.__setitem__(slice(2), pair))
    if expected is None:
        with pytest.raises(connections.TooFewFiles, match=f"^only {soft} files may be open at once: allow 64 or more"):
            connections.within_descriptors(Limits())
    else:
        limits = connections.within_descriptors(Limits())
        assert (found[0], limits.connections, limits.burst) == expected and limits.descriptors <= found[0]


def test_the_site_with_few_descriptors_goes_on(site_folder, tmp_path):
    """Asyncio's own answer to the limit would be a flood of tracebacks."""
    launcher = [sys.executable, "-m", "recognition.serving", str(site_folder), "--port", "0"]
    server = Running(tmp_path, ["sh", "-c", 'ulimit -n 64 && exec "$@"', "sh", *launcher])
    try:
        with contextlib.ExitStack() as held:
            come_at_once(server, 300, held)
            for path in ("/-/health", "/", "/recognition.db", "/static/site.css"):
                assert b"HTTP/1.1 200" in server.get(path), path
        server.until_noted("gave way to new ones", 290)
        assert server.stop() == 0
        assert "Traceback" not in server.said and len(server.said) < 20_000
        assert "no more open files" not in server.said  # a reserve is left
    finally:
        server.process.kill()


def test_a_process_that_has_no_descriptors_left_says_so_in_a_line(limited):
    server = limited(connections=500)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (40, 40))
    with contextlib.ExitStack() as held:
        come_at_once(server, 100, held)
        server.until_noted("had to wait, because the system allows no more open files")
    assert b"200 OK" in server.get("/")
    assert server.said.count("\n") < 150


def test_what_sockets_fail_with_is_counted_and_what_else_fails_is_an_error(monkeypatch):
    noted = []
    table = Table(Limits(), Proxies())
    monkeypatch.setattr(table, "note", lambda kind, client: noted.append(kind))
    loop = asyncio.new_event_loop()
    problem = OSError(errno.ENFILE, "Too many open files in system")
    table.complain(loop, {"message": "socket.accept() out of system resource", "exception": problem, "socket": 1})
    table.complain(loop, {"message": "Fatal read error", "exception": TimeoutError(), "transport": 1})
    monkeypatch.setattr(loop, "default_exception_handler", noted.append)
    other = {"message": "Exception in callback", "exception": OSError(1, "x")}
    table.complain(loop, other)
    loop.close()
    assert noted == [connections.NO_FILES, connections.LOST, other]


# What is no request, or an odd one.

ODD = {
    "pipelined": (GET % (b"/", b"") * 3 + GET % (b"/", CLOSE), [200] * 4),
    "of HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\n", [200]),
    "a head alone": (b"HEAD / HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n", [200]),
    "waiting to be told to go on": (GET % (b"/", CLOSE + b"Expect: 100-continue\r\nContent-Length: 5\r\n"), [200]),
    "wanting a websocket": (GET % (b"/", b"Upgrade: websocket\r\nConnection: upgrade, close\r\n"), [200]),
    "chunked": (GET % (b"/", CLOSE + b"Transfer-Encoding: chunked\r\n") + b"5\r\nhello\r\n0\r\n\r\n", [200]),
    "of two lengths": (
        GET % (b"/", b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n" + GET % (b"/", CLOSE),
        [400],
    ),
    "chunked wrongly": (GET % (b"/endless", b"Transfer-Encoding: chunked\r\n") + b"ZZZ\r\n", [400]),
    "followed by what is none": (GET % (b"/", b"") + b"\0\0\r\n\r\n", [200, 400]),
    "a length too large": (GET % (b"/", b"Content-Length: " + b"9" * 100 + b"\r\n"), [400]),
    "empty lines": (b"\r\n\r\n", [400]),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", [400]),
    "long headers": (GET % (b"/", b"X: " + b"a" * 300_000 + b"\r\n"), [431]),
    "many headers": (GET % (b"/", b"X: a\r\n" * 20_000), [431]),
    "a long address": (GET % (b"/?" + b"a" * 300_000, b""), [431]),
    "an address of 8 kB": (GET % (b"/?" + b"a" * 8_100, CLOSE + b"X: " + b"a" * 8_100 + b"\r\n"), [200]),
}


def test_odd_requests_have_their_answers_and_leave_nothing_behind(limited):
    """One after another at the same site: each that is refused is noted once, with the reason."""
    server, noted = limited(), Counter()
    refused = {400: "sent what is no HTTP request: refused with 400", 431: "bytes of headers: refused with 431"}
    for name, (sent, statuses) in ODD.items():
        received = server.exchange(sent)
        answered = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]
        assert answered == statuses, (name, received[:300])
        noted.update({refused[status] for status in statuses[-1:] if status in refused})
    for what, times in noted.items():
        server.until_noted(what, times)
    assert len(server.notes) == len(refused) and sum(server.notes.values()) == noted.total()
    assert server.said.count("WARNING") == len(re.findall("refused with 4", server.said))
    assert server.stop() == 0


def test_visitors_who_leave_in_the_middle_leave_no_trace(limited):
    server = limited()
    for number in range(30):
        connection = (unreading if number % 2 else begun)(server)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # with a reset
        connection.close()
    assert b"200 OK" in server.get("/")
    server.until(lambda: len(os.listdir(f"/proc/{server.process.pid}/fd")) < 20)


# The end.


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_whatever_connections_do(limited, number):
    server = limited()
    with begun(server), unreading(server), server.connect() as half, server.connect():
        half.sendall(b"GET / HT")
        assert server.stop(number) == 0
    assert "Finished server process" in server.said


# Who a visitor is.


@pytest.mark.parametrize(
    ("trusted", "peer", "headers", "client", "scheme"),
    [
        ("127.0.0.1", "127.0.0.1", ["192.0.2.7"], "192.0.2.7", "https"),
        ("127.0.0.1", "127.0.0.1", ["10.6.6.6, 192.0.2.7"], "192.0.2.7", "https"),
        ("127.0.0.1", "127.0.0.1", ["10.6.6.6", "192.0.2.7"], "192.0.2.7", "https"),
        ("127.0.0.1", "127.0.0.1", ["192.0.2.7:4711"], "192.0.2.7", "https"),
        ("127.0.0.1", "127.0.0.1", ["2001:DB8:0::7"], "2001:db8::7", "https"),
        ("127.0.0.1", "127.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7", "https"),
        ("127.0.0.1", "127.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7", "https"),
        ("127.0.0.1", "127.0.0.1", ["192.0.2.7, unknown"], "127.0.0.1", "https"),
        ("127.0.0.1", "127.0.0.1", ["192.0.2.7,"], "127.0.0.1", "https"),
        ("127.0.0.1", "127.0.0.1", ["fe80::1%x\x1b[2J"], "127.0.0.1", "https"),
        ("127.0.0.1", "127.0.0.1", ["1" * 9_000], "127.0.0.1", "https"),
        ("127.0.0.1", "127.0.0.1", [], "127.0.0.1", "https"),
        ("127.0.0.1", "192.0.2.1", ["192.0.2.7"], "192.0.2.1", "http"),
        ("192.0.2.0/24, ::1", "192.0.2.1", ["192.0.2.7"], "192.0.2.7", "https"),
        ("192.0.2.0/24, ::1", "::1", ["192.0.2.7"], "192.0.2.7", "https"),
        ("192.0.2.0/24", "::ffff:192.0.2.1", ["198.51.100.1"], "198.51.100.1", "https"),
        ("10.0.0.1", "::ffff:192.0.2.1", ["198.51.100.1"], "192.0.2.1", "http"),
        ("*", "203.0.113.9", ["10.6.6.6, 192.0.2.7"], "192.0.2.7", "https"),
        ("*", None, [], "unknown", "https"),
    ],
)
def test_a_visitor_is_whom_a_trusted_proxy_names_last(trusted, peer, headers, client, scheme):
    async def application(scope, receive, send):
        pass

    sent = [(b"x-forwarded-for", line.encode()) for line in headers] + [(b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": peer and (peer, 1), "scheme": "http", "headers": sent}
    asyncio.run(Forwarded(application, Proxies(trusted))(scope, None, None))
    assert (scope["client"][0], scope["scheme"]) == (client, scheme)


@pytest.mark.parametrize("said", [b"ftp", b"https, http", b"", b"https\xff"])
def test_a_scheme_is_http_or_https_and_the_last_one(said):
    async def application(scope, receive, send):
        pass

    scope = {"type": "http", "client": ("::1", 1), "scheme": "http", "headers": [(b"x-forwarded-proto", said)]}
    asyncio.run(Forwarded(application, Proxies())(scope, None, None))
    assert scope["scheme"] == "http"


def test_the_application_and_the_log_see_the_visitor(limited):
    server = limited("127.0.0.1")
    received = server.get("/visitor", b"X-Forwarded-For: 10.6.6.6, 2001:db8::7", b"X-Forwarded-Proto: https")
    assert b'["2001:db8::7", 0, "https"]' in received
    assert 'INFO:     2001:db8::7:0 - "GET /visitor HTTP/1.1" 200 OK\n' in server.said
    assert b"\r\nserver:" not in received.lower()


# The log.


def test_nothing_that_a_visitor_sends_ends_a_line_or_a_quotation(limited):
    server = limited("127.0.0.1")
    server.get('/a%0AINFO:%20%1b[2J?x="%20HTTP/1.1"%0a', b'X-Forwarded-For: 192.0.2.7"', b"User-Agent: a\tb")
    (line,) = [line for line in server.said.split("\n") if " - " in line]
    assert line == 'INFO:     192.0.2.7:0 - "GET /a%0AINFO%3A%20%1B%5B2J?x=%22%20HTTP/1.1%22%0a HTTP/1.1" 200 OK'


def test_a_message_begins_a_line_and_all_that_follows_is_indented():
    text = "a\nINFO: b\r\x1b[2J\x85\u2028\u202e\ud800é"
    assert server_log.one_line(text) == "a\\nINFO: b\\r\\x1b[2J\\x85\\u2028\\u202e\\ud800é"
    assert server_log.indented(text) == "a\n    INFO: b\\r\\x1b[2J\\x85\\u2028\\u202e\\ud800é"
    script = """
import logging, logging.config
from recognition.serving import server_log
logging.config.dictConfig(server_log.configuration())
try:
    raise ValueError("x\\nINFO:     forged")
except ValueError:
    logging.getLogger("recognition.serving.errors").exception("/a\\nINFO:     forged")
logging.getLogger("recognition.serving.errors").info("not written")
logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE)
    first, *others = said.stderr.splitlines()
    assert said.stdout == "" and first == "ERROR:    /a"
    assert others and all(line.startswith("    ") for line in others)


# The start.


def refused(*arguments, cwd=None, prefix=(), **environment):
    """What the launcher says when it does not start: one line."""
    command = [*prefix, sys.executable, "-m", "recognition.serving", *map(str, arguments)]
    said = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1), said.stderr
    assert said.stderr.startswith("The site cannot start: ") and said.stderr.endswith(".\n")
    return said.stderr.removeprefix("The site cannot start: ")


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--port", "70000"], {}, "argument --port: '70000' is no port"),
        (["--port", "x"], {}, "argument --port: 'x' is no port"),
        (["--port", "²"], {}, "argument --port: '²' is no port"),
        ([], {"PORT": "x"}, "argument --port: 'x' is no port"),
        (["--reload"], {}, "unrecognized arguments: --reload"),
        (["--host"], {}, "argument --host: expected one argument"),
        (["--host", "no.such.host.invalid"], {}, "there is no host 'no.such.host.invalid': name an address"),
        (["--host", "a" * 70], {}, f"there is no host '{'a' * 70}': name an address"),
        (["--host", "192.0.2.1"], {}, "192.0.2.1 is no address of this machine"),
        ([], {"FORWARDED_ALLOW_IPS": "10.0.0.1, proxy"}, "FORWARDED_ALLOW_IPS says 'proxy': name addresses"),
    ],
)  # fmt: skip
def test_what_the_launcher_cannot_do_it_says_in_a_sentence(site_folder, arguments, environment, said):
    assert refused(site_folder, *arguments, **environment).startswith(said)


def test_a_folder_that_is_none(tmp_path):
    assert refused(tmp_path / "none").startswith("there is no folder ")
    assert "plugins/serving.py is missing" in refused(cwd=tmp_path)
    (tmp_path / "plugins").mkdir()
    for text, said in (
        ("", "says nothing of the site"),
        ("SITE = 1", "says nothing of the site"),
        ("a b", "cannot be"),
    ):
        (tmp_path / "plugins" / "serving.py").write_text(text)
        assert said in refused(cwd=tmp_path)


def test_a_port_in_use(site_folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refused(site_folder, "--port", port).startswith(f"port {port} of 127.0.0.1 is in use: stop what listens")


def test_too_few_descriptors(site_folder):
    said = refused(site_folder, prefix=["sh", "-c", 'ulimit -n 30 && exec "$@"', "sh"])
    assert said == "only 30 files may be open at once: allow 64 or more (ulimit -n 64).\n"


def test_small_answers_are_not_delayed():
    """Asyncio switches the delay off where it sees that a socket is one of TCP."""
    (listening,) = bound("127.0.0.1", 0)
    assert listening.proto == socket.IPPROTO_TCP
    listening.close()


def test_the_system_keeps_little_of_an_answer_that_nobody_reads(limited):
    """Four megabytes of it otherwise, for each of the connections."""
    server = limited()
    with unreading(server) as connection:
        server.until(lambda: b"200 OK" in server.get("/"))
        assert server.stop() == 0
        assert len(rest_of(connection)) < 1_000_000


def test_the_folder_is_served_as_datasette_serves_it(site_folder, tmp_path):
    """With its settings, templates, plugins, files and the description of its database; the port from $PORT."""
    folder = shutil.copytree(site_folder, tmp_path / "site", symlinks=True)
    settings = json.loads((folder / "settings.json").read_text()) | {"base_url": "/kosovo/"}
    (folder / "settings.json").write_text(json.dumps(settings))
    said = {"PORT": "0", "RECOGNITION_ADDRESS": "http://localhost/kosovo/"}
    command = ["env", *(f"{name}={value}" for name, value in said.items()), sys.executable, "-m", "recognition.serving"]
    server = Running(tmp_path, command, cwd=folder)
    try:
        page = server.get("/kosovo/recognition/countries/ghana").decode()
        assert 'rel="canonical" href="http://localhost/kosovo/recognition/countries/ghana"' in page
        for path in ("/kosovo/about", "/kosovo/static/site.css", "/kosovo/recognition.db", "/kosovo/-/health"):
            assert b"HTTP/1.1 200" in server.get(path), path
        assert server.stop() == 0
    finally:
        server.process.kill()

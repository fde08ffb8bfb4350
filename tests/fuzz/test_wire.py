"""What no browser sends, byte for byte on a real connection to the real server: it answers or hangs up, and goes on serving."""

import re
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patience import IN_TIME

ALIVE = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


def exchange(port, *pieces, close=False):
    """What the server sends back until it hangs up; `close`: the sender stops sending first."""
    received = []
    with socket.create_connection(("127.0.0.1", port), timeout=IN_TIME) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            if close:
                connection.shutdown(socket.SHUT_WR)
        except TimeoutError:
            raise
        except OSError:
            pass  # hung up on before all was said; what was answered is still there
        try:
            while part := connection.recv(65_536):
                received.append(part)
        except ConnectionResetError:
            pass
    return b"".join(received)


def request(target, *headers, method=b"GET", version=b"HTTP/1.1"):
    lines = [b" ".join((method, target, version)), *(headers or (b"Host: localhost",)), b"Connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def statuses(received):
    return [int(status) for status in STATUS.findall(received)]


ONE_ANSWER = {
    "bad percent-encoding": (request(b"/recognition/%zz"), 400),
    "percent alone": (request(b"/%"), 400),
    "invalid UTF-8, encoded": (request(b"/search?q=%ff%fe%80"), 200),
    "NUL, encoded": (request(b"/search?q=a%00b"), 200),
    "raw bytes": (request(b"/caf\xe9"), 400),
    "raw UTF-8": (request("/Косово".encode()), 400),
    "a space": (request(b"/a b"), 400),
    "absolute": (request(b"http://other.example/"), 200),
    "absolute, of another protocol": (request(b"ftp://other.example/"), 400),
    "an asterisk for the whole site": (request(b"*", method=b"OPTIONS"), 204),
    "a tunnel": (request(b"other.example:443", method=b"CONNECT"), 405),
    "encoded twice": (request(b"/%2561bout"), 400),
    "overlong": (request(b"/recognition/%C0%AFx"), 400),
    "a line break, encoded": (request(b"/about%0d%0aX:%201"), 400),
    "an escape sequence in a question": (request(b"/search?q=%1b[31m%0d%0aX"), 200),
    "a long s in a format": (request("/recognition.j\u017fon".encode().replace(b"\xc5\xbf", b"%c5%bf")), 301),
    "an asterisk": (request(b"*"), 400),
    "no slash": (request(b"recognition"), 400),
    "only slashes": (request(b"///"), 301),
    "a host that is none": (request(b"/", b"Host: [::"), 200),
    "two hosts": (request(b"/", b"Host: a", b"Host: b"), 400),
    "no host": (request(b"/", b"X: 1"), 400),
    "HTTP/1.0 without a host": (request(b"/robots.txt", b"X: 1", version=b"HTTP/1.0"), 200),
    "a cookie that is none": (request(b"/", b"Host: localhost", b"Cookie: a(b=1; \xff=2"), 200),
    "a header of 100,000 bytes": (request(b"/", b"Host: localhost", b"X: " + b"a" * 100_000), 431),
    "a question of 100,000 bytes": (request(b"/?" + b"a" * 100_000), 431),
    "3,000 parameters": (request(b"/recognition/countries.json?" + b"&".join(b"%d" % n for n in range(3_000))), 400),
    "an unknown method": (request(b"/", method=b"BREW"), 405),
    "a method of the inside": (request(b"/recognition", method=b"dispatch_request"), 405),
    "a post": (
        request(b"/recognition/countries", b"Host: localhost", b"Content-Length: 3", method=b"POST") + b"a=1",
        405,
    ),
    "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "a header without a colon": (request(b"/", b"Host: localhost", b"nonsense"), 400),
    "a length that is none": (request(b"/", b"Host: localhost", b"Content-Length: x"), 400),
}


@pytest.mark.parametrize("name", ONE_ANSWER)
def test_each_of_these_has_its_answer(server, name):
    port, _ = server
    sent, status = ONE_ANSWER[name]
    start = time.monotonic()
    received = exchange(port, sent)
    assert statuses(received) == [status], received[:300]
    assert time.monotonic() - start < IN_TIME
    assert b"Traceback" not in received


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (b"///", b"/"), (b"//about", b"/about"), (b"/./about?x=1", b"/about?x=1"), (b"/tallies//eu", b"/tallies/eu"),
        (b"/\\other.example/", b"/other.example"),
    ],
)  # fmt: skip
def test_empty_steps_lead_to_the_page_itself(server, target, location):
    port, _ = server
    received = exchange(port, request(target))
    assert statuses(received) == [301]
    assert re.search(rb"\r\nlocation: (.*?)\r\n", received, re.IGNORECASE)[1] == location


# What a visitor sends that some part of the site may print: the message of an error in SQL repeats it.
FORGED = b"%0d%0aFORGED+1.2.3.4+-+%1b[31m"
MISTAKES = (
    b"/recognition?sql=select+%22a" + FORGED + b"%22.x", b"/recognition.json?sql=select+%22a" + FORGED, b"/recognition.csv?sql=" + FORGED,
    b"/recognition/countries?_where=%22a" + FORGED + b"%22.x", b"/recognition/countries.json?_where=%22a" + FORGED + b"%22.x",
    b"/recognition/countries?_search=%22" + FORGED + b"&_searchmode=raw", b"/recognition/countries.csv?_search=%22" + FORGED + b"&_searchmode=raw",
    b"/recognition/countries?_search_x=" + FORGED, b"/recognition/countries?_sort=" + FORGED, b"/recognition/countries?x" + FORGED + b"=1",
    b"/recognition/countries?_facet=" + FORGED, b"/recognition/countries?_next=" + FORGED, b"/recognition/countries?_through=" + FORGED,
    b"/recognition/countries?_timelimit=" + FORGED, b"/recognition/countries?_size=" + FORGED, b"/recognition/countries?_col=" + FORGED,
    b"/search?q=%22" + FORGED, b"/tallies?as_of=" + FORGED, b"/tallies/eu.csv?rule=" + FORGED, b"/list?organisation=" + FORGED,
    b"/article?quote=" + FORGED,
    b"/timeline?kind=" + FORGED, b"/recognition" + FORGED, b"/recognition/" + FORGED, b"/recognition/countries/" + FORGED,
    b"/static/" + FORGED, b"/" + FORGED,
    b"/recognition?sql=select+escape_fts(1)", b"/recognition?sql=select+escape_fts(x'0a')", b"/recognition/countries?_where=escape_fts(1)",
    b"/recognition/countries?name__in=[%22\\ud800%22]", b"/recognition/countries?_facet={%22column%22:%22\\ud800%22}", b"/%ED%A0%80",
    b"/search?q=%ED%A0%80%ff%00",
)  # fmt: skip


def test_no_mistake_of_a_visitor_writes_a_line_or_a_traceback_of_its_own(server):
    port, said = server
    before = len(said.read_text())
    for target in MISTAKES:
        (status,) = statuses(exchange(port, request(target)))
        assert status < 500, target
    lines = said.read_text()[before:].splitlines()
    assert [line for line in lines if not line.startswith(("INFO: ", "WARNING: "))] == []
    assert not any("\x1b" in line for line in lines)


PIECES = st.one_of(
    st.sampled_from([
        b"GET ", b"HEAD ", b"POST ", b"/", b"/recognition", b"/search?q=", b" HTTP/1.1", b" HTTP/2.0", b"\r\n", b"\n",
        b"\r\n\r\n", b"Host: localhost\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n",
        b"5\r\nhello\r\n", b"0\r\n\r\n", b"%", b"%00", b"\0", b"\xff", b":", b" ", b"a" * 9_000,
    ]),
    st.binary(max_size=30),
)  # fmt: skip


def test_any_bytes_are_answered_or_hung_up_on(server):
    port, said = server

    @settings(max_examples=settings.default.max_examples // 3)
    @given(st.booleans(), st.lists(PIECES, max_size=12))
    def serves_on(begun, pieces):
        received = exchange(port, *([b"GET / HTTP/1.1\r\nHost: localhost\r\n"] if begun else []), *pieces, close=True)
        assert not [status for status in statuses(received) if status >= 500], received[:300]
        assert b"Traceback" not in received

    serves_on()
    assert statuses(exchange(port, ALIVE)) == [200]
    assert "Traceback" not in said.read_text()

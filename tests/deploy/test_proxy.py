"""nginx before two replicas: the same answers as one process gives, kept and limited, and only under the site's name."""

import contextlib
import gzip
import os
import socket
import ssl
import time
from pathlib import Path
from urllib.parse import quote_plus

import httpx
import pytest

from deploy.loopback import HOST
from tests.patience import PATIENCE

PAGES = (
    "/", "/tallies?rule=uncontested&as_of=2020-01-01", "/tallies.json", "/search?q=Burma", "/recognition/countries/ghana",
    "/recognition/countries?_size=5&_facet=status", "/recognition/withdrawals.csv", "/static/site.css", "/about",
    "/recognition?sql=select+misspelt", "/nothing/of/that/name",
)  # fmt: skip
HSTS = "max-age=31536000"
PROXYS_OWN = {
    "server", "date", "connection", "transfer-encoding", "content-length", "strict-transport-security", "x-cache",
}  # fmt: skip


def direct(replica, path, **headers):
    """What a replica answers where nginx is not asked: as nginx would ask."""
    wanted = {"host": HOST, "x-forwarded-proto": "https", "accept-encoding": "identity"} | headers
    return httpx.get(f"http://127.0.0.1:{replica.port}{path}", headers=wanted, timeout=PATIENCE)


def said(response):
    """Status, headers and body, without what belongs to a connection or to nginx."""
    return (
        response.status_code,
        sorted((name, value) for name, value in response.headers.multi_items() if name not in PROXYS_OWN),
        response.content,
    )


@pytest.mark.parametrize("path", PAGES)
def test_replicas_and_proxy_give_the_same_answer(replicas, visitor, path):
    first, second = (direct(replica, path) for replica in replicas)
    through = visitor.ask(path)
    assert said(first) == said(second) == said(through)
    assert through.headers.get_list("strict-transport-security") == [HSTS]


def test_addresses_are_those_of_the_site_whatever_a_visitor_claims(visitor):
    """They begin with the public address, which the replicas have from their environment."""
    claims = {"x_forwarded_host": "evil.example", "forwarded": "host=evil.example", "x_forwarded_proto": "http"}
    page = visitor.ask("/recognition/countries/niue", **claims).text
    assert f'<link rel="canonical" href="https://{HOST}/recognition/countries/niue">' in page
    assert "evil.example" not in page and f"http://{HOST}" not in page


def test_a_page_is_asked_for_once_for_each_form(replicas, visitor):
    """Whatever a browser says that it can unpack, there are two forms; both are kept."""
    path = "/timeline?year=2012"
    forms = (
        "identity", "gzip", "gzip, deflate, br", "deflate, gzip;q=1.0, br;q=0.5", "gzip;q=0", "gzip; q=0.0, br", "br",
    )  # fmt: skip
    answers = [visitor.ask(path, accept_encoding=form) for form in forms]
    assert [answer.headers["x-cache"] for answer in answers] == ["MISS", "MISS", "HIT", "HIT", "HIT", "HIT", "HIT"]
    assert len({answer.content for answer in answers}) == 1  # unpacked by the client
    assert visitor.ask(path, "HEAD").headers["x-cache"] == "HIT"
    asked = sum(replica.log.read_text().count(f"GET {path} ") for replica in replicas)
    assert asked == 2


def test_a_cookie_or_a_login_changes_nothing(visitor):
    path = "/tallies?as_of=2015-05-05"
    plain = visitor.ask(path)
    known = visitor.ask(path, cookie="ds_actor=x; theme=dark", authorization="Bearer x", cache_control="no-cache")
    assert known.headers["x-cache"] == "HIT"
    assert said(known) == said(plain)


def test_errors_and_health_are_not_kept(visitor):
    for path, status in (("/nothing/here", 404), ("/recognition?sql=select+misspelt", 400), ("/-/health", 200)):
        answers = [visitor.ask(path), visitor.ask(path)]
        assert [(answer.status_code, answer.headers["x-cache"]) for answer in answers] == [(status, "MISS")] * 2, path
    assert answers[0].json()["ok"] is True and answers[0].headers["cache-control"] == "no-store"


def test_only_the_name_of_the_site_is_answered(proxy, visitor):
    assert visitor.ask("/tallies", name="evil.example").status_code == 421
    # by TLS already, where the name is said there
    with socket.create_connection(("127.0.0.1", proxy.https)) as connection, pytest.raises(ssl.SSLError):
        proxy.trust().wrap_socket(connection, server_hostname="evil.example")


def test_without_tls_only_the_way_to_it_is_answered(proxy):
    plain = f"http://127.0.0.1:{proxy.http}/tallies?rule=latest"
    sent = httpx.get(plain, headers={"host": HOST}, timeout=PATIENCE)
    assert (sent.status_code, sent.headers["location"]) == (301, f"https://{HOST}/tallies?rule=latest")
    assert httpx.get(plain, headers={"host": "evil.example"}, timeout=PATIENCE).status_code == 421


# The same question, written so that a rule for `/recognition?sql=` would not know it again.
DISGUISES = (
    "/recognition?sql=select+{}", "/recognition.json?sql=select+{}", "/%72ecognition?sql=select+{}",
    "/~72ecognition?%73ql=select+{}", "/recognition/countries?_where={}",
)  # fmt: skip


def test_questions_in_sql_are_limited_in_every_disguise(replicas, start_proxy, new_visitor):
    """Without those that would be allowed again while a busy machine asks: one a minute instead of two a second."""
    proxy = start_proxy(replicas, {"rate=2r/s": "rate=1r/m"})
    visitor = new_visitor(proxy)
    statuses = []
    for number in range(40):
        answer = visitor.ask(DISGUISES[number % len(DISGUISES)].format(number))
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            assert answer.headers["retry-after"] == "5"
            assert answer.headers["strict-transport-security"] == HSTS
            assert answer.text.startswith("Too many questions at once from your address: ask again in a few seconds")
    assert 429 not in statuses[:21] and statuses.count(429) >= 17
    assert visitor.ask("/recognition/countries?_facet=region").status_code == 429
    # what people come for is not counted, nor is anybody else
    own = (
        "/?as_of=2013-01-01", "/search?q=niue", "/search.json?q=ni", "/tallies/eu?rule=latest", "/map.json?as_of=2012-01-01",
    )  # fmt: skip
    own += ("/recognition/countries/ghana", "/recognition", "/counts/serbia-2023", "/timeline.csv?year=2012", "/about")
    assert [visitor.ask(path).status_code for path in own * 5] == [200] * len(own) * 5
    assert new_visitor(proxy).ask("/recognition.json?sql=select+1").status_code == 200


def test_what_programs_send_is_passed_on_and_not_kept(visitor, replicas):
    """As a form or a message, whether they say how long it is or not; what is too much the site says itself."""
    form, message = {"content_type": "application/x-www-form-urlencoded"}, {"content_type": "application/json"}
    query = b"queries=" + quote_plus('{"q": {"query": "Burma"}}').encode()
    for content in (query, iter([query[:10], query[10:]])):
        answer = visitor.ask("/reconcile", "POST", content=content, **form)
        assert (answer.status_code, answer.json()["q"]["result"][0]["id"]) == (200, "myanmar")
        assert answer.headers["cache-control"] == "no-store" and "x-cache" not in answer.headers
    ping = b'{"jsonrpc": "2.0", "id": %d, "method": "ping"}'
    asked = [visitor.ask("/mcp", "POST", content=ping % number, **message).json() for number in (1, 2)]
    assert [answer["id"] for answer in asked] == [1, 2]
    large = visitor.ask("/reconcile", "POST", content=b"x" * 100_000, **form)
    assert (large.status_code, large.json()["status"]) == (413, 413)
    assert visitor.ask("/reconcile", "POST", content=b"x" * 200_000, **form).status_code == 413
    assert visitor.ask("/mcp").headers["allow"] == "POST, OPTIONS"
    assert [visitor.ask("/reconcile").status_code, visitor.ask("/reconcile").headers["x-cache"]] == [200, "HIT"]
    for path in ("/reconcile/", "/reconcile/view", "/mcp/x", "/x/mcp"):
        assert visitor.ask(path, "POST", content=b"x").status_code == 405, path


def test_programs_that_ask_very_often_are_slowed_down_and_then_refused(replicas, start_proxy, new_visitor):
    visitor = new_visitor(start_proxy(replicas, {"rate=10r/s": "rate=1r/m", "burst=50": "burst=2 nodelay"}))
    statuses = [
        visitor.ask("/mcp", "POST", content=b"{}", content_type="application/json").status_code for _ in range(5)
    ]
    assert statuses == [400, 400, 400, 429, 429]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
def test_other_methods_are_not_passed_on(visitor, method):
    answer = visitor.ask("/recognition", method)
    assert (answer.status_code, answer.headers["allow"], answer.headers["strict-transport-security"]) == (
        405,
        "GET, HEAD, OPTIONS",
        HSTS,
    )


def test_scripts_of_other_sites_may_read_what_nginx_says_itself_too(proxy, visitor, replicas, start_proxy, new_visitor):
    """What the replicas say is said once (the other answers are compared above), and what they do not say is said too."""
    own = [visitor.ask("/about", "PUT"), visitor.ask(f"/search?q={'x' * 9000}"), visitor.ask("/", content=b"x" * 2000)]
    assert [answer.status_code for answer in own] == [405, 414, 413]
    own.append(httpx.get(f"http://127.0.0.1:{proxy.http}/about", headers={"host": HOST}, timeout=PATIENCE))
    kept, known = visitor.ask("/about"), visitor.ask("/about", if_none_match="*")
    assert known.status_code == 304
    hurried = new_visitor(start_proxy(replicas, {"rate=2r/s": "rate=1r/m", "burst=20": "burst=1"}))
    asked = [hurried.ask("/recognition.json?sql=select+1") for _ in range(3)]
    assert asked[-1].status_code == 429 and "Retry-After" in asked[-1].headers["access-control-expose-headers"]
    for answer in (
        *own,
        kept,
        known,
        *asked,
        visitor.ask("/nothing"),
        visitor.ask("/about/"),
        visitor.ask("/recognition.db"),
    ):
        assert answer.headers.get_list("access-control-allow-origin") == ["*"], answer
    for answer in (kept, visitor.ask("/about"), visitor.ask("/recognition.db", range="bytes=0-9")):
        (exposed,) = answer.headers.get_list("access-control-expose-headers")
        assert {"ETag", "Link", "Content-Range"} <= set(exposed.split(", "))


def test_the_replicas_say_what_a_script_may_send(replicas, visitor):
    wanted = {"origin": "https://other.example", "access-control-request-method": "GET"}
    for path in ("/tallies.json", "/recognition.db", "/nothing"):
        through = visitor.ask(path, "OPTIONS", **{name.replace("-", "_"): value for name, value in wanted.items()})
        itself = httpx.options(
            f"http://127.0.0.1:{replicas[0].port}{path}", headers=wanted | {"x-forwarded-proto": "https"}
        )
        assert said(through) == said(itself) and through.status_code == 204
        assert through.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


def test_conditions_are_those_of_the_replicas(visitor):
    """nginx answers them for what it keeps; the file it does not keep. (Beside If-Match it reads If-Unmodified-Since too.)"""
    for path in ("/about", "/tallies.json", "/recognition.db"):
        whole = visitor.ask(path)
        tag, day = whole.headers["etag"], whole.headers["last-modified"]
        old, new = "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 2094 08:49:37 GMT"
        expected = [
            ({"if_none_match": tag}, 304), ({"if_match": tag}, 200), ({"if_match": '"x"'}, 412), ({"if_modified_since": day}, 304),
            ({"if_modified_since": new}, 304), ({"if_modified_since": old}, 200), ({"if_unmodified_since": old}, 412),
            ({"if_none_match": '"x"', "if_modified_since": day}, 200),
        ]  # fmt: skip
        for condition, status in expected:
            assert visitor.ask(path, **condition).status_code == status, (path, condition)


def test_sizes_are_limited(visitor):
    assert visitor.ask("/tallies?as_of=2014-04-04", content=b"x" * 2000).status_code == 413
    assert visitor.ask(f"/search?q={'x' * 9000}").status_code == 414
    assert visitor.ask("/", x_long="x" * 9000).status_code == 400


LONG = (1_400, 1_500, 3_000, 7_500)  # bytes; a whole request line may have 8,192


@pytest.mark.parametrize("length", LONG)
def test_a_long_address_is_answered_and_no_replica_counts_as_dead(proxy, visitor, length):
    """Datasette repeats an address in the headers Link and Location, which must fit into nginx's buffer."""
    filler = "x" * length
    asked = {
        f"/recognition?sql=select+'{filler}'": 200, f"/recognition.json?sql=select+'{filler}'": 200,
        f"/recognition/countries?name__exact={filler}": 200, f"/search?q={filler}": 200, f"/nothing?x={filler}": 404,
        f"/recognition/countries?_filter_column=name&_filter_op=exact&_filter_value={filler}": 302,
        f"/tallies/EU?x={filler}": 302, f"/recognition/countries/?x={filler}": 301, f"/recognition?sql=misspelt+{filler}": 400,
        f"/{filler}": 404 if length < 2_000 else 400,
    }  # fmt: skip
    assert {path: visitor.ask(path).status_code for path in asked} == asked
    said = proxy.log.read_text()
    assert "upstream sent too big header" not in said and "no live upstreams" not in said
    link = visitor.ask(f"/recognition/countries?name__exact={filler}").headers.get("link")
    assert link is None


@pytest.mark.parametrize("filler", ["'", '"', "~", "é", "%27", "%25", "<"])
def test_no_address_makes_a_replica_count_as_dead(proxy, visitor, filler):
    """Nor does one whose characters are written with three bytes each where an answer repeats them."""
    before = len(proxy.log.read_text())
    long = filler * (7_900 // len(filler.encode()))
    for path in ("/recognition/countries?_filter_column=name&_filter_op=exact&_filter_value={}", "/search?q={}", "/{}"):
        assert visitor.ask(path.format(long)).status_code < 500
    headers = {f"x_{number}": "x" * 700 for number in range(11)}
    assert visitor.ask(f"/search?q={'x' * 7_900}", **headers).status_code == 200
    said = proxy.log.read_text()[before:].splitlines()
    assert [line for line in said if "[error]" in line and "upstream" in line and "limiting" not in line] == []


def open_databases(replica):
    """How many times a replica has the database open: once more while it is sent."""
    count = 0
    for file in Path(f"/proc/{replica.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed in between
            count += os.readlink(file).endswith("/recognition.db")
    return count


def test_a_slow_reader_costs_the_proxy_and_not_the_replica(replicas, start_proxy):
    """The replica has sent all and closed its file while the reader has hardly begun.

    The system keeps little for nginx here: by itself it would take the whole file.
    """
    proxy = start_proxy(replicas, {" ssl http2;": " ssl http2 sndbuf=32k;"})
    opened = list(map(open_databases, replicas))
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", proxy.https))
    with proxy.trust().wrap_socket(connection, server_hostname=HOST) as reader:
        before = sum(replica.log.read_text().count("GET /recognition.db ") for replica in replicas)
        reader.sendall(f"GET /recognition.db HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while b"SQLite format 3" not in received:
            received += reader.recv(100)
        end = time.monotonic() + PATIENCE
        while list(map(open_databases, replicas)) != opened:
            assert time.monotonic() < end
            time.sleep(0.02)
        assert sum(replica.log.read_text().count("GET /recognition.db ") for replica in replicas) == before + 1
        while part := reader.recv(65_536):
            received += part
    assert len(received) > 2_000_000


def test_a_body_is_not_passed_on(visitor):
    """A replica would take it for the beginning of the next question on the same connection."""
    for day in range(10, 20):
        path = f"/tallies?as_of=2014-04-{day}"
        answers = [visitor.ask(path, content=b"x"), visitor.ask(f"{path}&rule=latest"), visitor.ask(path)]
        said = [(answer.status_code, answer.headers["x-cache"]) for answer in answers]
        assert said == [(200, "MISS"), (200, "MISS"), (200, "HIT")]


def test_what_is_compressed_is_what_the_replicas_compressed(replicas, visitor):
    path = "/recognition/countries/ghana"
    wanted = {"host": HOST, "x-forwarded-proto": "https", "accept-encoding": "gzip"}
    url = f"http://127.0.0.1:{replicas[0].port}{path}"
    with httpx.stream("GET", url, headers=wanted, timeout=PATIENCE) as response:
        by_replica = b"".join(response.iter_raw())
    assert gzip.decompress(by_replica) == visitor.ask(path).content
    assert visitor.ask(path, accept_encoding="gzip, br").headers["content-length"] == str(len(by_replica))


def test_parts_of_the_download_come_through(visitor, built):
    whole = visitor.ask("/recognition.db")
    assert whole.content == built.read_bytes()
    part = visitor.ask("/recognition.db", range="bytes=16-99", if_range=whole.headers["etag"])
    assert (part.status_code, part.content) == (206, whole.content[16:100])
    assert visitor.ask("/recognition.db", if_none_match=whole.headers["etag"]).status_code == 304

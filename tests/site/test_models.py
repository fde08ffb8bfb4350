"""For those who read with models: the protocol of /mcp, the same facts as Markdown, and /llms.txt."""

import re

import pytest
from bs4 import BeautifulSoup

from recognition.dates import said
from recognition.serving.mcp import BATCH_AT_MOST, EARLIER, META, MODERN
from recognition.site.markdown import link, plain

CAPABLE = {"_meta": {f"{META}protocolVersion": MODERN, f"{META}clientCapabilities": {}}}
DOSSIERS = (
    "countries/suriname",
    "countries/kosovo",
    "countries/montserrat",
    "organisations/eu",
    "organisations/arab-league",
    "rules/serbia",
)


@pytest.fixture(scope="module")
def send(datasette, loop):
    """send(message, **headers) posts a message to /mcp; underscores in names of headers stand for hyphens."""

    def send(message, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return loop.run_until_complete(datasette.client.post("/mcp", json=message, headers=sent))

    return send


def request(method, params=None, id_=1):
    return {"jsonrpc": "2.0", "id": id_, "method": method} | ({"params": params} if params is not None else {})


def modern(method, params=None, **others):
    return request(method, {**(params or {}), **CAPABLE}), {
        "MCP_Protocol_Version": MODERN,
        "Mcp_Method": method,
        **others,
    }


@pytest.fixture(scope="module")
def call(send):
    """call(tool, **arguments) is the result of a tool."""

    def call(tool, **arguments):
        return send(request("tools/call", {"name": tool, "arguments": arguments})).json()["result"]

    return call


def test_a_handshake_names_a_version_that_both_know(send):
    for wanted in (*EARLIER, "1999-01-01"):
        result = send(request("initialize", {"protocolVersion": wanted})).json()["result"]
        assert result["protocolVersion"] == (wanted if wanted in EARLIER else EARLIER[0])
    assert "say both" in result["instructions"] and result["capabilities"] == {"tools": {}}
    assert send(request("ping", id_="x")).json() == {"jsonrpc": "2.0", "id": "x", "result": {}}


def test_what_wants_no_answer_gets_none(send):
    for message in (
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 3, "result": {}},
    ):
        answer = send(message)
        assert (answer.status_code, answer.content) == (202, b"")


def test_without_a_handshake_each_message_says_what_it_is(send):
    message, headers = modern("server/discover")
    found = send(message, **headers).json()["result"]
    assert (
        found["supportedVersions"][0] == MODERN
        and found["resultType"] == "complete"
        and found["cacheScope"] == "public"
    )
    message, headers = modern(
        "tools/call", {"name": "tally", "arguments": {"organisation": "eu"}}, Mcp_Name="=?base64?dGFsbHk=?="
    )
    assert send(message, **headers).json()["result"]["isError"] is False
    wrong = [
        ({**headers, "Mcp_Name": "sql"}, -32020), ({**headers, "Mcp_Name": "=?base64?x?="}, -32020), ({**headers, "Mcp_Method": "ping"}, -32020),
        ({**headers, "MCP_Protocol_Version": EARLIER[0]}, -32020), ({**headers, "MCP_Protocol_Version": ""}, -32020),
    ]  # fmt: skip
    for sent, code in wrong:
        answer = send(message, **sent)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code), sent
    old = request("tools/list", {"_meta": {f"{META}protocolVersion": "1900-01-01"}})
    error = send(old, MCP_Protocol_Version="1900-01-01").json()["error"]
    assert error["code"] == -32022 and error["data"]["supported"] == [MODERN, *EARLIER]
    bare = send(request("tools/list"), MCP_Protocol_Version=MODERN)
    assert (bare.status_code, bare.json()["error"]["code"]) == (400, -32602)
    message, headers = modern("ping")
    unknown = send(message, **headers)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, -32601)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", -32700), ("[" * 5000, -32700), ("1", -32600), ("{}", -32600), ('{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
        ('{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600), ('{"jsonrpc": "2.0", "id": 1, "method": 1}', -32600),
        ('{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', -32602), ('{"jsonrpc": "2.0", "id": 1, "method": "resources/list"}', -32601),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 1}}', -32602), ("[]", -32600),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "nothing"}}', -32602), ("NaN", -32700),
        ('{"jsonrpc": "2.0", "id": "\\ud800", "method": "ping"}', -32700), (b'{"jsonrpc": "2.0", "id": "\xed\xa0\x80", "method": "ping"}', -32700),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search", "arguments": {"q": "\\udfff"}}}', -32700),
    ],
)  # fmt: skip
def test_what_is_no_message_gets_an_error(datasette, loop, message, code):
    answer = loop.run_until_complete(
        datasette.client.post("/mcp", content=message, headers={"content-type": "application/json"})
    )
    assert answer.json()["error"]["code"] == code and answer.status_code in (200, 400)


def test_several_messages_at_once_are_for_one_version(send):
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    answers = send([request("ping", id_=1), note, request("nothing", id_=2), 5])
    assert [answer.get("id") for answer in answers.json()] == [1, 2, None]
    assert send([note]).status_code == 202
    assert send([request("ping")], MCP_Protocol_Version="2025-06-18").status_code == 400
    assert send([request("ping")] * (BATCH_AT_MOST + 1)).status_code == 400


def test_only_messages_are_taken_and_from_every_site(ask, datasette, loop, send):
    for method in ("GET", "HEAD"):
        answer = ask("/mcp", method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")
    assert ask("/mcp", "DELETE").status_code == 405
    post = datasette.client.post
    assert (
        loop.run_until_complete(post("/mcp", content=b"{}", headers={"content-type": "text/plain"})).status_code == 415
    )
    large = loop.run_until_complete(post("/mcp", content=b"x" * 70_000, headers={"content-type": "application/json"}))
    assert (large.status_code, large.json()["ok"]) == (413, False)
    answer = send(request("ping"), Origin="https://elsewhere.example")
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert send(request("ping"), Origin="no origin").status_code == 403


def test_a_tool_that_cannot_answer_says_why(call):
    for tool, arguments, words in (
        ("country", {"country": "Congo"}, "democratic-republic-of-the-congo"), ("country", {"country": "Atlantis"}, "names no country"),
        ("country", {}, "needs country"), ("country", {"country": "ghana", "parts": ["x"]}, "parts must be one of"),
        ("country", {"country": "ghana", "as_of": "soon"}, "as_of must be a day"),
        ("tally", {"organisation": "x"}, "organisation must be one of"),
        ("tally", {"rule": "none"}, "rule must be one of"), ("tally", {"colour": "x"}, "knows no 'colour'"), ("tally", {"members": 1}, "boolean"),
        ("search", {"q": "x", "page": True}, "integer"), ("search", {"q": "x", "page": 0}, "from 1 on"),
        ("count", {"count": "../list"}, "No published count"), ("count", {"count": "compare"}, "No published count 'compare'"),
        ("count", {"count": "/"}, "No published count"), ("count", {"count": "."}, "No published count"),
        ("count", {"year": "1999"}, "year must be one of"), ("sql", {"sql": "drop table countries"}, "SELECT"),
        ("sql", {"sql": "select x"}, "no such column"),
        ("sql", {"sql": "select hex(zeroblob(150000))"}, "more than 200,000 bytes"),
    ):  # fmt: skip
        result = call(tool, **arguments)
        assert result["isError"] is True and words in result["content"][0]["text"], (tool, arguments, result)


def test_each_result_leads_to_the_page_and_the_data_that_say_the_same(call, ask):
    calls = [
        ("search", {"q": "ghana", "page": 1}), ("country", {"country": "ghana", "rule": "serbia", "as_of": "2020-02-02"}),
        ("tally", {}), ("tally", {"organisation": "eu"}), ("compare", {"b": "serbia"}), ("count", {"year": "2020"}),
        ("count", {"count": "kosovo-2025-12"}), ("sql", {"sql": "select 1 + 1"}),
    ]  # fmt: skip
    for tool, arguments in calls:
        links = call(tool, **arguments)["structuredContent"]["links"]
        assert set(links) == {"page", "data"}
        for address in links.values():
            assert ask(address.removeprefix("http://localhost"), "HEAD").status_code == 200, address


def test_sql_says_when_there_are_more_rows(call):
    found = call("sql", sql="select id from countries", rows=2)["structuredContent"]
    assert (len(found["rows"]), found["truncated"]) == (2, True)
    assert call("sql", sql="select 1 as one, null as none")["structuredContent"]["rows"] == [[1, None]]
    assert call("sql", sql="select 9e999 as a, -9e999 as b")["structuredContent"]["rows"] == [[None, None]]


def test_a_country_is_told_with_what_is_asked_for(call):
    plain_, votes = (
        call("country", country="Ghana", **more)["structuredContent"]
        for more in ({}, {"parts": ["votes"], "rule": "kosovo"})
    )
    assert plain_["events"] and "votes" not in plain_ and votes["votes"] and "events" not in votes
    assert (plain_["rule"], votes["rule"], votes["status"]["rule"]) == ("latest", "kosovo", "kosovo")
    assert votes["links"]["page"] == "http://localhost/recognition/countries/ghana?rule=kosovo"
    assert {row["rule"] for row in votes["statuses"]} == {
        "latest",
        "article",
        "every_recognition",
        "uncontested",
        "kosovo",
        "serbia",
    }


@pytest.mark.parametrize("path", DOSSIERS)
def test_a_dossier_as_markdown_has_the_facts_of_its_page(get, path, as_known):
    address = f"/recognition/{path}"
    text, page = (
        get(f"{address}.md", as_of="2018-06-01").text,
        BeautifulSoup(get(address, as_of="2018-06-01").text, "html.parser"),
    )
    assert text.startswith(f"# {get(f'{address}.json').json().get('title') or page.h1.find(string=True).strip()}\n")
    assert "on 1 June 2018." in text and "Records were looked through until 28 February 2026" in text
    told = {found["href"].partition("#")[2] for found in page.select(".evidence a[href*='/article'][href*='#']")}
    written = {found.rstrip(")>") for found in re.findall(r"/article[^#\s]*#([^\s)>]+)", text)}
    assert told <= written, told - written
    outside = {found["href"] for found in page.select("main a[rel~=external]") if "/recognition/" not in found["href"]}
    missing = {href for href in outside if href not in text}
    assert missing == set()
    (alternate,) = page.select("link[type='text/markdown']")
    assert alternate["href"] == f"{address}.md?as_of=2018-06-01"


def test_the_list_as_markdown_has_the_same_rows(get):
    for path in ("/list", "/list/eu"):
        answer = get(f"{path}.md", rule="serbia", as_of="2021-01-01")
        assert (
            answer.headers["content-type"] == "text/markdown; charset=utf-8"
            and 'rel="canonical"' in answer.headers["link"]
        )
        data = get(f"{path}.json", rule="serbia", as_of="2021-01-01").json()
        rows = re.findall(
            r"^\| (\d+) \| ([^|]+?) \| ([A-Z]{3}|) \| ([^|(]+?) (?:\([^|]*\) )?\|", answer.text, re.MULTILINE
        )
        expected = [
            (str(state["number"]), plain(state["name"]), state["iso3"] or "", said(state["recognised_on"]))
            for name in ("recognise", "others", "contested", "withdrew") for state in data[name] if not state["through"]
        ]  # fmt: skip
        assert [row for row in rows if row in expected] == expected and len(rows) - len(expected) < 2
        assert f"{data['tally']['recognising']} of {data['tally']['members']} " in answer.text
        assert "Under the rule ‘Serbia's count’, on 1 January 2021." in answer.text
    assert get("/list.md", rule="x").status_code == 400 and get("/list/un.md").headers["location"] == "/list.md"


def test_the_article_as_markdown_is_word_for_word(get, db):
    text = get("/article.md").text
    for (passage,) in db.execute("select text from passages where kind in ('paragraph', 'heading')"):
        assert plain(passage) in text, passage
    for statement in (text_ for (text_,) in db.execute("select text from positions")):
        assert plain(statement) in text
    restored = re.findall(r"^\| [^|]* \| \*([^*]+)\*", text, re.MULTILINE)
    in_order = """
        select c.name from recognitions r join countries c on c.id = r.country_id join passages p on p.id = r.passage_id
        where r.name_basis <> 'printed' order by p.first_line"""
    assert restored == [name for (name,) in db.execute(in_order)]


def test_llms_txt_leads_to_what_there_is(get, ask):
    answer = get("/llms.txt")
    lines = answer.text.splitlines()
    assert lines[0].startswith("# ") and lines[2].startswith("> ")
    links = re.findall(r"\]\(http://localhost(/[^)]*)\)", answer.text)
    assert len(links) == len(set(links)) > 250
    for path in links[::9]:
        assert ask(path, "HEAD").status_code in (200, 405), path


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a*b_c|d", r"a\*b\_c\|d"),
        ("[x](y) <b>", r"\[x\](y) \<b\>"),
        ("1. one", r"1\. one"),
        ("- two\n# three", r"\- two \# three"),
    ],
)
def test_words_are_words_and_no_markdown(text, written):
    assert plain(text) == written


def test_an_address_stays_one():
    assert link("a]b", "http://x.example/(1)") == r"[a\]b](<http://x.example/(1)>)"
    assert link("a", None) == "a"

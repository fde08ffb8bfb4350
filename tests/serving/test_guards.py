"""No guard can be gone round by another spelling: it leads to the canonical one, is refused, or gets the guard's answer."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from datasette.app import Datasette

from plugins.serving import SITE
from recognition.serving.canonical import is_canonical
from recognition.serving.closed_pages import is_closed
from recognition.serving.errors import plain_address
from tests.serving.spellings import Said, other, same, sent

# What guards compare: closed pages and tables, SQL, files, pages of our own in place of Datasette's, former addresses.
CLOSED = (
    "/-/plugins", "/-/databases.json", "/-/metadata", "/-/config", "/_internal", "/_internal/databases.json", "/recognition/search_data",
    "/recognition/search_data.json", "/recognition/search_config.csv", "/recognition/search_data/1", "/recognition/countries_fts_idx/1,1.json",
)  # fmt: skip
OPEN = (
    "/recognition?sql=select+*+from+pragma_database_list", "/recognition.json?sql=select+1&_shape=array", "/recognition.csv?sql=select+1",
    "/recognition/countries.json?_where=0&_shape=array", "/recognition.db", "/static/site.css", "/-/static/app.css", "/-/health", "/favicon.ico",
    "/robots.txt", "/recognition/countries/ghana", "/recognition/countries/ghana.json?_shape=array", "/tallies/eu.csv", "/about",
    "/recognition/recognitions/un-1",
    "/recognition/status_kinds/does+not+recognise", "/recognition/country_names/Afeganist~C3~A3o.json?_shape=array",
)  # fmt: skip
HOPS_AT_MOST = 3


@pytest.fixture(scope="module")
def answered(datasette: Datasette, loop: asyncio.AbstractEventLoop) -> Callable[..., Said]:
    """answered(target) is the site's answer to a target as it is sent; a file is asked for without its content."""
    app = datasette.client.app

    def answered(target: str) -> Said:
        return sent(loop, app, target, "HEAD" if ".db" in target.lower() else "GET")

    return answered


def with_question(path: str, guarded: str) -> str:
    question = guarded.partition("?")[2]
    return f"{path}?{question}" if question else path


def followed(answered: Callable[..., Said], target: str) -> Said:
    """The answer to which redirects lead from a target; each must lead to a path of this site in canonical spelling."""
    for _ in range(HOPS_AT_MOST + 1):
        said = answered(target)
        if said.status not in (301, 302):
            return said
        target = said.headers["location"]
        assert not {"\r", "\n", "\0"} & set(target)
        path = target.partition("?")[0]
        assert is_canonical(path)
    raise AssertionError(f"leads on and on, to {target}")


@pytest.mark.parametrize("guarded", [*CLOSED, *OPEN])
def test_another_spelling_of_a_guarded_address_leads_to_it_or_is_closed_too(
    answered: Callable[..., Said], guarded: str
) -> None:
    path, plain = guarded.partition("?")[0], answered(guarded)
    assert plain.status == (404 if guarded in CLOSED else plain.status)
    for spelt in dict.fromkeys(same(path)):
        said = answered(with_question(spelt, guarded))
        if guarded in CLOSED:
            assert said.status == 404, spelt
        elif spelt != path:
            assert (said.status, said.headers["location"]) == (301, with_question(path, guarded)), spelt


@pytest.mark.sampled(10)
@pytest.mark.parametrize("guarded", [*CLOSED, *OPEN])
def test_what_is_no_spelling_of_a_guarded_address_gets_nothing_of_it(
    answered: Callable[..., Said], guarded: str
) -> None:
    path, plain = guarded.partition("?")[0], followed(answered, guarded)
    for spelt in dict.fromkeys(other(path)):
        target = with_question(spelt, guarded)
        said = answered(target)
        if said.status not in (301, 302):
            if said.status == 200:  # another page, such as the same rows in another format
                assert is_canonical(spelt), spelt
        else:
            said = followed(answered, target)
        if guarded in CLOSED:
            assert said.status in (400, 404), spelt
        if "sql=" in guarded and (said.status, said.body) != (plain.status, plain.body):
            assert said.status in (400, 404) or said.headers["content-type"] != plain.headers["content-type"], spelt


def test_no_spelling_shows_where_the_file_is(answered: Callable[..., Said], built: Any) -> None:
    folder = str(built.parent).encode()
    guarded = "/recognition.json?sql=select+*+from+pragma_database_list"
    for spelt in (*same("/recognition.json"), *other("/recognition.json")):
        assert folder not in followed(answered, with_question(spelt, guarded)).body, spelt


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "/\\evil.example", "/\\/evil.example", "/%5Cevil.example", "/%2F%2Fevil.example", "/%2F/evil.example",
        "//evil.example/%2e%2e",
        "///evil.example/..//x", "/.//evil.example", "/x/..//evil.example", "/%2e//evil.example", "/%09/evil.example", "//evil.example/about/",
        "/:memory://evil.example", "/~2f~2Fevil.example", "http://evil.example//evil.example", "https://evil.example/ABOUT/",
        "/x%0d%0aX:1//evil.example",
    ],
)  # fmt: skip
def test_no_redirect_leads_out_of_the_site(answered: Callable[..., Said], target: str) -> None:
    said = followed(answered, target)
    assert said.status in (200, 400, 404)


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("http://other.example/about", "GET", 200), ("HTTP://other.example:99999", "GET", 200), ("http://a@b/recognition/search_data", "GET", 404),
        ("http://other.example/%61bout", "GET", 301), ("http://", "GET", 400), ("ftp://other.example/about", "GET", 400), ("*", "GET", 400),
        ("*", "OPTIONS", 204),
        ("/about", "OPTIONS", 204), ("/%61bout", "OPTIONS", 204), ("/-/plugins", "OPTIONS", 404), ("other.example:443", "CONNECT", 405),
        ("/about", "TRACE", 405),
        ("", "GET", 200), ("about", "GET", 400), ("/" + "a" * 2_000, "GET", 400), ("/" + "'" * 700, "GET", 400), ("/a#b", "GET", 301),
    ],
)  # fmt: skip
def test_every_form_of_a_request_target_has_its_answer(
    datasette: Datasette, loop: asyncio.AbstractEventLoop, target: str, method: str, status: int
) -> None:
    said = sent(loop, datasette.client.app, target, method)
    assert said.status == status
    if status in (204, 301, 400, 404, 405):
        assert said.headers["cache-control"] == "no-store"
        length = None if status == 204 else str(len(said.body))  # which has none (RFC 9110, 8.6)
        assert said.headers.get("content-length") == length
    assert ("allow" in said.headers) == (status in (204, 405))


def test_a_refusal_has_the_same_headers_for_head(datasette: Datasette, loop: asyncio.AbstractEventLoop) -> None:
    for target in ("/%zz", "/-/plugins", "/recognition/search_data.json", "//about"):
        got, head = (sent(loop, datasette.client.app, target, method) for method in ("GET", "HEAD"))
        assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")
        assert got.headers["content-security-policy"]


def test_a_redirect_writes_the_question_in_printable_characters(
    datasette: Datasette, loop: asyncio.AbstractEventLoop
) -> None:
    said = sent(loop, datasette.client.app, "/%61bout?q=caf\xc3\xa9&x=\x1b[31m%0d%0a;&&=&+")
    assert said.headers["location"] == "/about?q=caf%C3%A9&x=%1B[31m%0d%0a;&&=&+"
    assert "café" in sent(loop, datasette.client.app, "/search?q=caf\xc3\xa9").body.decode()


@pytest.mark.parametrize(
    "path", ["/recognition/events?_search=", "/recognition/countries?_sort=name&_next=", "/recognition?sql=select+1+as+a&x="]
)  # fmt: skip
def test_no_question_ends_the_address_in_a_header(
    datasette: Datasette, loop: asyncio.AbstractEventLoop, path: str
) -> None:
    """Browsers encode these signs themselves; whoever does not would write links of his own into the header Link."""
    said = sent(loop, datasette.client.app, f'{path}>;rel="preload",</other>;x="|{{}}^`\\')
    assert said.headers["link"].count("<") == said.headers["link"].count(">") == 1
    assert said.headers["link"].count('"') == 4 and "%3E" in said.headers["link"]


def test_a_page_that_may_be_meant_is_sought_once_and_not_for_an_endless_path(
    datasette: Datasette, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    stock = datasette.get_database("recognition").execute

    async def noted(*args: Any, **options: Any) -> Any:
        asked.append(args[0])
        return await stock(*args, **options)

    app = datasette.client.app
    assert (
        sent(loop, app, "/recognition/rules/Article").headers["location"] == "/recognition/rules/article"
    )  # and now it is kept
    monkeypatch.setattr(datasette.get_database("recognition"), "execute", noted)
    assert sent(loop, app, "/recognition/rules/ARTICLE").headers["location"] == "/recognition/rules/article"
    assert sent(loop, app, "/recognition/rules/%41rticle").headers["location"] == "/recognition/rules/article"
    assert len(asked) <= 2, asked
    endless = "/recognition/rules/article" + "." * 600
    assert sent(loop, app, "/" + endless).headers["location"] == endless  # nothing was sought


@pytest.mark.parametrize("other", ["/about%20", "/about.j\u017fon", "/about/", "//about", "/\udc80", "about"])
def test_no_page_that_may_be_meant_leads_to_another_spelling(
    datasette: Datasette, loop: asyncio.AbstractEventLoop, other: str
) -> None:
    """It would lead on to itself, and each time ask whether something is there: one such request never ended."""

    async def meant(*_: object) -> str:
        return other

    site = dataclasses.replace(SITE, plain_address=meant)
    assert loop.run_until_complete(plain_address(datasette, "/x", site)) is None


def test_what_is_closed_is_closed_in_any_case_and_nothing_else_is() -> None:
    tables = frozenset({"search_data", "\u00e9.x_idx"})
    for path in (
        "/site/search_data", "/SITE/Search_Data.json", "/site/SEARCH_DATA/1", "/site/~C3~89~2EX_idx", "/site/~C3~A9~2Ex_IDX.csv",
        "/-/plugins", "/-/PLUGINS.json",
        "/_internal", "/_Internal.json", "/_INTERNAL/x", "/-/staticx", "/-/x",
    ):  # fmt: skip
        assert is_closed(path, "Site", tables), path
    for path in (
        "/", "/site", "/site/search", "/site/search_data2", "/other/search_data", "/site/x/search_data", "/-/static/x", "/-/health",
        "/_internals", "/site~2Fsearch_data",
    ):  # fmt: skip
        assert not is_closed(path, "Site", tables), path

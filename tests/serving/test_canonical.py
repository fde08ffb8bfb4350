"""A path has one canonical spelling, which Datasette's own links have; what has none is refused with a sentence."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from datasette.utils import path_from_row_pks, tilde_decode, tilde_encode
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st

from recognition.serving.canonical import STILL_ENCODED, UNPRINTABLE, Invalid, canonical
from tests.seen.addresses import PAGES
from tests.serving.spellings import WRONG, same
from tests.test_links import Links

SPELT = {
    "/": "/", "//": "/", "/.": "/", "/..": "/", "/a/../..": "/", "/a/": "/a", "/a/./b//c/": "/a/b/c", "/a/b/../c": "/a/c", "/a/%2e%2E/b": "/b",
    "/a\\b": "/a/b", "/\\evil.example": "/evil.example", "/%5Cevil.example": "/~5Cevil.example", "/%2F%2fevil.example": "/~2F~2Fevil.example",
    "/gh%61na": "/ghana", "/gh~61na": "/ghana", "/%7E61": "/a", "/a%2Db~2Dc%5Fd": "/a-b-c_d", "/a%20b~20c+d": "/a+b+c+d", "/a%2Bb": "/a~2Bb",
    "/~c3~b4%c3%B4": "/~C3~B4~C3~B4", "/d'Ivoire!": "/d~27Ivoire~21", "/a%2Cb,c~2cd": "/a,b,c~2Cd", "/a%2ejson": "/a.json", "/a~2ejson": "/a~2Ejson",
    "/~2e~2E/x": "/~2E~2E/x", "/a~2f..~2Fb": "/a~2F..~2Fb", "/A": "/A", "/%25": "/~25", "/100%25zz": "/100~25zz", "/~7E": "/~7E", "/...": "/...",
    "/a%E2%80%8Eb": "/a~E2~80~8Eb",
}  # fmt: skip
REFUSED = {
    "no UTF-8": ("/%FF", "/%C3", "/%C0%AF", "/~c0~af", "/%E0%80%AF", "/%ED%A0%80", "/~ED~A0~80", "/%F4%90%80%80", "/%C3/%B4"),
    "control": ("/%00", "/~00", "/a%0D%0Ab", "/~0a", "/%09", "/%7F", "/%C2%85", "/%E2%80%A8", "/%E2%80%AE", "/~E2~81~A6", "/%1b[31m"),
    "twice": ("/%2572", "/~2572", "/~257E72", "/~7E72", "/%7E7E72", "/%257E72", "/%252572", "/a~7e7Eb", "/%2525"),
    "each %": ("/%", "/%z", "/%zz", "/a%4", "/%u0061", "/%%41"),
    "each ~": ("/~", "/~z", "/~zz", "/a~4", "/%7E", "/%7Ezz", "/~~41"),
    "begins with /": ("", "a", "*", "?", "http:/a", "/caf\xe9", "/\x80"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "spelt"), SPELT.items())
def test_a_path_is_spelt_as_datasette_would_write_it(path: str, spelt: str) -> None:
    assert canonical(path.encode()) == spelt == canonical(spelt.encode())


@pytest.mark.parametrize(("said", "path"), [(said, path) for said, paths in REFUSED.items() for path in paths])
def test_a_path_that_nothing_means_is_refused_with_a_sentence(path: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        canonical(path.encode("latin-1"))
    message = str(refused.value)
    assert message.endswith(".") and path not in message or len(path) < 2


@st.composite
def spelt_names(draw: Any) -> tuple[str, bytes]:
    """A name, and it as a segment in which each byte is written in one of the ways that mean it."""
    name = draw(
        st.text(min_size=1).filter(lambda text: not UNPRINTABLE.search(text) and not STILL_ENCODED.search(text))
    )
    written = b""
    for byte in name.encode("utf-8"):
        ways = [b"~%02X" % byte, b"~%02x" % byte]
        if byte not in b".,~":  # which are something else without ~
            ways += [b"%%%02X" % byte, b"%%%02x" % byte, b"%%7E%02X" % byte]
        if byte < 128 and byte not in b".,~+%/\\":
            ways.append(bytes([byte]))
        written += draw(st.sampled_from([*ways, b"+"] if byte == 32 else ways))
    return name, written


@given(spelt_names())
def test_however_a_name_is_written_its_canonical_spelling_is_datasettes(spelt: tuple[str, bytes]) -> None:
    name, written = spelt
    assert canonical(b"/a/" + written) == f"/a/{tilde_encode(name)}"


PIECES = st.sampled_from(
    [
        b"/",
        b"\\",
        b".",
        b"..",
        b",",
        b"+",
        b"~",
        b"%",
        b"~7E",
        b"%25",
        b"%7e",
        b"41",
        b"%C3",
        b"~b4",
        b"%2F",
        b"a",
        b"'",
        b"%00",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=3), max_size=12).map(b"".join))
def test_a_canonical_spelling_is_its_own_and_leads_nowhere_else(path: bytes) -> None:
    try:
        spelt = canonical(b"/" + path)
    except Invalid:
        return
    assert canonical(spelt.encode("ascii")) == spelt
    assert re.fullmatch(r"/(?!/)([A-Za-z0-9_.,+/-]|~[0-9A-F]{2})*", spelt)
    assert spelt == "/" or not {"", ".", ".."} & set(spelt[1:].split("/"))
    assert not UNPRINTABLE.search(tilde_decode(spelt)) and not STILL_ENCODED.search(tilde_decode(spelt))


def test_the_spellings_that_guards_are_tried_with_mean_what_they_should() -> None:
    assert {canonical(path.encode()) for path in same("/recognition/countries.json")} == {"/recognition/countries.json"}
    for encode in WRONG.values():
        with pytest.raises(Invalid):
            canonical(f"/{encode(ord('a'))}".encode())


def test_the_address_of_every_row_is_canonical(db: sqlite3.Connection) -> None:
    """And so no key has what would be taken for a doubled encoding, or a control character."""
    rows = sqlite3.connect(db.execute("select file from pragma_database_list").fetchone()[0])
    rows.row_factory = sqlite3.Row
    tables = [
        name
        for (name,) in db.execute(
            "select name from pragma_table_list where schema = 'main' and type in ('table', 'virtual')"
        )
    ]
    paths = []
    for table in tables:
        details = rows.execute("select name, pk from pragma_table_info(?)", (table,)).fetchall()
        keys = [row["name"] for row in sorted(details, key=lambda row: row["pk"]) if row["pk"]]
        what = ", ".join(f'"{key}"' for key in keys) or "rowid"
        paths += [
            f"/recognition/{tilde_encode(table)}/{path_from_row_pks(row, keys, not keys)}"
            for row in rows.execute(f'select {what} from "{table}"')
        ]
    rows.close()
    assert len(paths) > 10_000
    assert [path for path in paths if canonical(path.encode()) != path] == []


def test_every_link_of_every_page_is_canonical(ask: Callable[..., Response]) -> None:
    found = set()
    for address in dict.fromkeys(address for pages in PAGES.values() for address in pages):
        answer = ask(address)
        if "html" not in answer.headers.get("content-type", ""):
            continue
        links = Links(answer.text)
        for link in links.addresses + links.forms:
            parts = urlsplit(link)
            if not parts.scheme or parts.netloc == "localhost":
                found.add(parts.path)
    found.discard("")  # of the page itself
    assert len(found) > 500
    assert [path for path in sorted(found) if canonical(path.encode()) != path] == []

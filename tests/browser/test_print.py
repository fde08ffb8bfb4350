"""Every kind of page on paper: all its text is there, and each sheet says what it is, where it is from and its edition."""

from __future__ import annotations

import io
import re
import sqlite3
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.pages import PAGES, SAMPLED

Open = Callable[..., Any]
MORE = {"/recognition/countries?_columns=all&_size=10": 200, "/recognition/events?_columns=all&_size=10": 200}
A4 = [595, 842]  # points, cut to integers: its short and its long side
# The texts of a page that are printed: what only eyes that read a screen get, or only listeners, is left out.
PRINTED = """() => {
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), range = document.createRange();
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode, element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility({visibilityProperty: true}) || element.closest('svg, script, .hidden')) continue;
    range.selectNodeContents(text);
    if (range.getBoundingClientRect().width > 1) found.push(text.data);
  }
  return found;
}"""
BARS = """() => [...document.querySelectorAll('svg.bar, svg.swatch, svg.chart, .map-figure svg')]
  .filter(drawn => drawn.checkVisibility() && (drawn.getBoundingClientRect().width < 8
    || getComputedStyle(drawn).printColorAdjust !== 'exact')).map(drawn => drawn.outerHTML.slice(0, 100))"""


def letters(text: str) -> str:
    """A text without spaces and breaks, ligatures and case, which a PDF does not keep; without flags, for which it has no letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s\u200b\ufe0f\U0001F1E6-\U0001F1FF]", "", plain)


def sheets(page: Page) -> list[tuple[str, list[int]]]:
    """(text, [width, height] in points) of each sheet that a page is printed on."""
    printed = pdf(page)
    return [(letters(sheet.extract_text()), size) for sheet, size in zip(printed.pages, sizes(printed))]


def pdf(page: Page) -> PdfReader:
    """A page as it is printed; to read its text takes long."""
    return PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))


def sizes(printed: PdfReader) -> list[list[int]]:
    return [[int(side) for side in sheet.mediabox[2:]] for sheet in printed.pages]


@pytest.mark.sampled(SAMPLED)
@pytest.mark.parametrize("path", PAGES | MORE)
def test_each_sheet_says_what_it_is_and_no_text_is_missing(new_reader: Open, db: sqlite3.Connection, path: str) -> None:
    (edition,) = db.execute("select number from edition").fetchone()
    page = new_reader().open(path, (PAGES | MORE)[path])
    page.emulate_media(media="print")
    texts = page.evaluate(PRINTED)
    assert page.evaluate(BARS) == []
    head = letters(page.locator(".sheet").text_content() or "")
    assert letters(page.title()) in head
    assert f"edition{edition}," in head
    if PAGES.get(path, 200) == 200:
        assert letters(urlsplit(path).path) in head
    printed = sheets(page)
    bodies = []
    for number, (text, size) in enumerate(printed, start=1):
        assert sorted(size) == A4
        assert head in text, f"sheet {number} of {len(printed)} does not say what it is"
        assert f"{number}/{len(printed)}" in text
        bodies.append(text.replace(head, "").replace(f"{number}/{len(printed)}", ""))
    assert all(bodies), "an empty sheet"
    whole = "".join(bodies)
    # a text that goes on on the next sheet is there word by word
    missing = [
        text
        for text in texts
        if letters(text) not in whole and not all(letters(word) in whole for word in text.split())
    ]
    assert missing == []


def test_records_are_printed_with_their_addresses_and_links_of_the_site_are_not(reader: Any) -> None:
    page = reader.open("/recognition/countries/kenya")
    record = page.locator(".evidence a[rel~=external]").first.get_attribute("href")
    printed = "".join(text for text, _ in sheets(page))
    assert f"<{letters(record)}>" in printed
    assert "<http://127.0.0.1" not in printed
    assert "</recognition" not in printed


@pytest.mark.parametrize("path", ["/recognition/countries?_size=50", "/counts?year=2023"])
def test_what_is_wide_is_printed_on_sheets_that_are_turned(reader: Any, path: str) -> None:
    printed = pdf(reader.open(path))
    assert {tuple(size) for size in sizes(printed)} == {(A4[1], A4[0])}


@pytest.mark.parametrize("order", ["days", "names"])
def test_the_list_is_printed_on_two_sheets(reader: Any, order: str) -> None:
    assert len(pdf(reader.open(f"/list?order={order}")).pages) == 2


def test_sheets_that_hold_a_part_of_a_table_say_so(reader: Any) -> None:
    page = reader.open("/recognition/events")
    (number,) = re.findall(r"([\d,]+) rows", page.locator("h1").inner_text() + page.locator("main").inner_text())[:1]
    printed = "".join(text for text, _ in sheets(page))
    assert f"of{number}rows;thecsvfileofthistablehasall" in printed
    whole = "".join(text for text, _ in sheets(reader.open("/recognition/rules")))
    assert "thesesheetshave" not in whole

"""What only a browser shows: pages after their scripts have moved them, read like every other page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect
from syrupy.assertion import SnapshotAssertion

from recognition.dates import said
from tests.seen.reading_order import Reading, masked

Open = Callable[..., Any]
# The state that a reader left controls in is written into the page, as a server would have sent it.
STATES = """() => {
  for (const input of document.querySelectorAll('input')) {
    if (['checkbox', 'radio'].includes(input.type)) input.toggleAttribute('checked', input.checked);
    else input.setAttribute('value', input.value);
  }
  for (const option of document.querySelectorAll('option')) option.toggleAttribute('selected', option.selected);
  return document.documentElement.outerHTML;
}"""
SET = "(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
# What the script moves: after it, each part is what the server sends for the same rule and day.
MOVED = (
    ".headline", ".map .lead", ".map-legend", "#map-states", ".chart-said", "svg.chart", "section.follows", "header.site nav",
    ".map-title", ".map-description", ".map-table caption", ".map-table thead", ".downloads",
)  # fmt: skip


def read(html: str, *parts: str) -> str:
    """Parts of a page as a reader gets them; what is hidden is left out, and addresses name no host."""
    soup = BeautifulSoup(re.sub(r"http://127\.0\.0\.1:\d+", "", html), "html.parser")
    for button in soup.select(".cite button"):  # which only a script can make work
        button.decompose()
    found = [(part, element) for part in parts for element in soup.select(part)]
    text = "\n\n".join(f"==== {part}\n{Reading(element).text()}" for part, element in found)
    return masked("\n".join(line for line in text.split("\n") if "{hidden:" not in line)) + "\n"


def moved(page: Page, rule: str, step: int) -> str:
    """Choose a rule, set the slider to a step, wait until everything has followed; the day that is shown."""
    page.locator("form.choice select[name=rule]").select_option(rule)
    expect(page.locator("form.choice select[name=rule]")).to_have_value(rule)
    page.locator("input[type=range]").evaluate(SET, step)
    slider = page.locator("input[type=range]")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"\d+ of \d+ UN members"))
    day = page.locator("form.choice input[name=as_of]").input_value()
    expect(page.locator(".map-spoken")).to_contain_text(said(day))  # what is spoken comes last, once the slider rests
    if page.locator("#organisations").count():
        expect(page.locator("#organisations")).to_contain_text(f"on {said(day)}")
        page.wait_for_load_state("networkidle")
    for cite in page.locator("details.cite > summary").all():  # whose words follow when it is opened
        cite.click()
        expect(page.locator("details.cite pre").first).to_contain_text(f" on {said(day)}")
        cite.click()
    return day


@pytest.mark.parametrize(
    ("path", "rule", "step"), [("/", "uncontested", 108), ("/", "article", 3), ("/map", "uncontested", 90)]
)
def test_what_the_slider_moves_is_what_the_server_would_send(new_reader: Open, path: str, rule: str, step: int) -> None:
    page = new_reader().open(path)
    day = moved(page, rule, step)
    sent = new_reader(java_script_enabled=False).open(f"{path}?rule={rule}&as_of={day}")
    assert read(page.evaluate(STATES), *MOVED) == read(sent.content(), *MOVED)
    assert page.title() == sent.title()
    assert read(page.evaluate(STATES), ".map-table tbody") == read(sent.content(), ".map-table tbody")


def test_the_front_page_moved(new_reader: Open, kept: SnapshotAssertion) -> None:
    page = new_reader().open("/")
    moved(page, "uncontested", 108)
    assert read(page.evaluate(STATES), "main") == kept(name="front_page_moved")


def test_the_map_plays(new_reader: Open, kept: SnapshotAssertion) -> None:
    """Half a second for each day on which anything changes, until the reader stops it."""
    reader = new_reader()
    reader.page.clock.install(time=0)
    page = reader.open("/map?rule=article")
    page.clock.pause_at(3_600_000)
    page.get_by_role("button", name="Play").click()
    shown = page.locator("input[type=range]")
    for day in (
        "17 February 2008: 1 of ",
        "18 February 2008: 8 of ",
        "19 February 2008: 9 of ",
        "20 February 2008: 11 of ",
    ):
        expect(shown).to_have_attribute("aria-valuetext", re.compile(day))
        page.clock.run_for(500)
    expect(shown).to_have_attribute("aria-valuetext", re.compile("21 February 2008: 15 of "))
    page.get_by_role("button", name="Stop").click()
    page.clock.run_for(5000)
    parts = ("main .lead", "form.choice", ".map-time", ".map-change", ".map-legend")
    assert read(page.evaluate(STATES), *parts) == kept(name="map_playing")


def test_a_state_is_pointed_at_by_key(new_reader: Open, kept: SnapshotAssertion) -> None:
    page = new_reader().open("/map?rule=article")
    states = page.locator(".map-world a")
    states.and_(page.locator("[tabindex='0']")).first.focus()
    read_out = [page.locator(".map-read").inner_text()]
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        read_out.append(f"{key}: {page.locator('.map-read').inner_text()}")
    assert "\n".join(read_out) + "\n" == kept(name="map_by_key")


@pytest.mark.parametrize(("name", "query"), [("hits", "ghana"), ("a_typo", "Serbya")])
def test_hits_while_typing(new_reader: Open, kept: SnapshotAssertion, name: str, query: str) -> None:
    page = new_reader().open("/tallies")
    page.locator("#find").press_sequentially(query)
    expect(page.get_by_role("listbox")).to_have_accessible_name(f"Results for ‘{query}’")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert read(page.evaluate(STATES), "form.find") == kept(name=f"{name}_while_typing")

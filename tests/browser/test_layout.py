"""Every kind of page on every screen: one left edge, no sideways scrolling, edges and targets that can be seen and hit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.pages import PAGES, on_each_page

Open = Callable[..., Any]
# Where what can be seen of each begins, in pixels from the left; boxes and lists begin with their edge.
EDGES = """() => {
  const seen = element => element.checkVisibility({visibilityProperty: true}) && element.getBoundingClientRect().width > 1;
  const left = selector => [...document.querySelectorAll(selector)].filter(seen).slice(0, 1)
    .map(element => Math.round(element.getBoundingClientRect().left));
  return Object.fromEntries(Object.entries({
    logo: 'header .home', ways: 'header .ways', heading: 'main h1', text: 'main .content > p, main article > p',
    table: 'main .content > table, main .content > .scroll > table, main article table', list: 'main .results li', foot: 'footer p',
    edition: '.other-edition',
  }).map(([name, selector]) => [name, left(selector)]));
}"""
# What reaches beyond the right edge of the screen without a box that scrolls, where anything does.
BEYOND = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > innerWidth + 1)
    .map(element => element.outerHTML.slice(0, 120)).slice(0, 5)"""
# Tables that are cards on a phone, or have few columns, and all the same are wider than their box.
CUT_TABLES = """() => [...document.querySelectorAll('.scroll:has(table.cards, .map-table)')]
  .filter(box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1).map(box => box.outerHTML.slice(0, 120))"""
# Whether the element that has the focus can be seen where its edges and its middle are, and is not covered.
COVERED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const {left, right, top, bottom} = (element.closest('.CodeMirror') ?? element).getBoundingClientRect();
  const x = Math.min(innerWidth - 1, Math.max(0, (left + right) / 2));
  const at = [top + 2, (top + bottom) / 2, bottom - 2].filter(y => y > 0 && y < innerHeight)
    .map(y => document.elementFromPoint(x, y));
  const covers = at.find(over => over && getComputedStyle(over).position.match('sticky|fixed')
    && !over.contains(element) && !element.contains(over));
  return {element: element.outerHTML.slice(0, 150), covers: covers ? covers.outerHTML.slice(0, 150) : null};
}"""
# Buttons and fields without an edge in the colours of the system, where grounds say nothing.
EDGELESS = """() => [...document.querySelectorAll('button, select, textarea, input:not([type=hidden], [type=range], [type=checkbox], [type=radio])')]
  .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.closest('.CodeMirror'))
  .filter(element => { const s = getComputedStyle(element);
    return parseFloat(s.borderTopWidth) < 1 || s.borderTopStyle === 'none' || s.borderTopColor === s.backgroundColor
      || s.color === s.backgroundColor; })
  .map(element => element.outerHTML.slice(0, 120))"""
SMALL_FIELDS = """() => [...document.querySelectorAll('input:not([type=hidden], [type=checkbox], [type=radio], [type=range]), select, textarea')]
  .filter(element => element.checkVisibility() && !element.closest('.CodeMirror') && parseFloat(getComputedStyle(element).fontSize) < 16)
  .map(element => element.outerHTML.slice(0, 120))"""
MOVING = """() => [...document.querySelectorAll('*')].filter(element => {
    const s = getComputedStyle(element);
    return parseFloat(s.transitionDuration) > 0 || parseFloat(s.animationDuration) > 0 || s.scrollBehavior === 'smooth';
  }).map(element => element.outerHTML.slice(0, 120)).slice(0, 5)"""
# Fields whose first words (placeholder, chosen option) are wider than the room for them.
CUT = """() => [...document.querySelectorAll('input[placeholder], select:first-child')].filter(field => field.checkVisibility()).filter(field => {
    const style = getComputedStyle(field), pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    const words = field.placeholder ?? field.selectedOptions[0].label.slice(0, 12);
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - (field.matches('select') ? 16 : 0);
    return pen.measureText(words).width > room;
  }).map(field => field.outerHTML.slice(0, 120))"""
BACK = 30  # of Shift+Tab, from the end of the page


def edges(page: Page) -> dict[str, int]:
    """The left edge of what a page has of each kind."""
    return {name: found[0] for name, found in page.evaluate(EDGES).items() if found}


@on_each_page
def test_head_content_and_foot_begin_at_one_edge(new_reader: Open, path: str) -> None:
    page = new_reader(viewport={"width": 1280, "height": 800}).open(path, PAGES[path])
    found = edges(page)
    # beside the search box on wide screens, the ways are part of the head and begin where it leaves room
    ways = found.pop("ways", 32)
    assert set(found.values()) == {32} and (ways == 32 or ways > 320), (found, ways)
    page.set_viewport_size({"width": 1920, "height": 1000})
    found = edges(page)
    found.pop("ways")
    assert set(found.values()) == {288}, found


@on_each_page
def test_nothing_scrolls_sideways_or_covers_the_focus_when_enlarged_four_times(new_reader: Open, path: str) -> None:
    """A window of 1280 by 1024 pixels at 400 % has 320 by 256."""
    page = new_reader(viewport={"width": 320, "height": 256}).open(path, PAGES[path])
    assert page.evaluate(BEYOND) == []
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert page.evaluate(BEYOND) == []
    page.locator("footer a").last.focus()
    for _ in range(BACK):
        page.keyboard.press("Shift+Tab")
        if (stop := page.evaluate(COVERED)) is None:
            break
        assert stop["covers"] is None, stop
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(BEYOND) == [] == page.evaluate(CUT_TABLES)
    assert page.evaluate(SMALL_FIELDS) == [], "a phone enlarges the page when these fields are tapped"


@on_each_page
def test_text_of_twice_the_size_fits(new_reader: Open, path: str) -> None:
    page = new_reader(viewport={"width": 1280, "height": 800}).open(path, PAGES[path])
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(BEYOND) == []


@on_each_page
def test_with_the_systems_colours_buttons_and_fields_have_edges(new_reader: Open, path: str) -> None:
    page = new_reader(forced_colors="active", color_scheme="dark").open(path, PAGES[path])
    assert page.evaluate(EDGELESS) == []


def test_with_the_systems_colours_parts_of_a_bar_are_apart(new_reader: Open) -> None:
    page = new_reader(forced_colors="active", color_scheme="dark").open(
        "/tallies/oic?rule=uncontested&as_of=2019-01-01"
    )
    fills = (
        page.locator("main svg.bar")
        .first.locator("rect")
        .evaluate_all("all => all.map(part => getComputedStyle(part).fill)")
    )
    assert len(set(fills)) == 4, fills


@on_each_page
def test_nothing_moves_for_who_wants_no_motion(new_reader: Open, path: str) -> None:
    page = new_reader(reduced_motion="reduce").open(path, PAGES[path])
    assert page.evaluate(MOVING) == []


@pytest.mark.parametrize(
    ("path", "label", "current"),
    [
        ("/tallies", "Tallies", "page"), ("/tallies/eu", "Tallies", "true"), ("/recognition", "Data", "page"),
        ("/recognition/countries/spain", "Countries", "true"), ("/recognition/recognitions", "Data", "true"),
    ],
)  # fmt: skip
def test_the_menu_marks_the_way_that_one_is_on(reader: Any, path: str, label: str, current: str) -> None:
    marked = reader.open(path).locator("header [aria-current]")
    assert marked.all_inner_texts() == [label]
    assert marked.get_attribute("aria-current") == current


@pytest.mark.parametrize("path", ["/tallies", "/tallies/eu"])
def test_a_search_keeps_rule_and_day_and_looks_everywhere(any_reader: Any, path: str) -> None:
    page = any_reader.open(f"{path}?rule=uncontested&as_of=2020-01-01")
    page.locator("#find").fill("ghana")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search?*")
    assert page.url.endswith("/search?q=ghana&rule=uncontested&as_of=2020-01-01")


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_menu_is_one_press_away(new_reader: Open, width: int) -> None:
    """It takes no room before; Escape closes it and leads back to its button; no script is needed."""
    page = new_reader(viewport={"width": width, "height": 700}, java_script_enabled=False).open("/tallies/oic")
    links = page.locator("header nav a")
    assert not links.first.is_visible()
    assert page.locator("header.site").bounding_box()["height"] < 120
    page.locator("header.site .menu").focus()
    page.keyboard.press("Enter")
    assert all(link.is_visible() for link in links.all())
    assert page.evaluate(BEYOND) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "List"
    page.keyboard.press("Escape")
    assert not links.first.is_visible()
    assert page.evaluate("document.activeElement.className") == "menu"


@pytest.mark.parametrize("path", ["/", "/recognition/countries", "/timeline"])
def test_no_word_is_cut_in_a_field_of_a_narrow_screen(new_reader: Open, path: str) -> None:
    page = new_reader(viewport={"width": 320, "height": 700}).open(path)
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert page.evaluate(CUT) == []


def test_on_a_phone_the_chart_of_numbers_begins_at_today(new_reader: Open) -> None:
    page = new_reader(viewport={"width": 390, "height": 800}).open("/counts")
    box = page.locator(".to-today")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    last = page.locator(".to-today .rule-name").first.bounding_box()
    assert 0 < last["x"] + last["width"] <= 390

"""A page of another site shows our figures in frames, and none of our pages; the code to copy follows the map."""

import html
import re
from urllib.request import urlopen

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.other_site import other_site

FRAMES = ("/embed/map", "/embed/chart", "/embed/tally/un", "/embed/country/ghana?theme=dark&edition=3")


@pytest.fixture(scope="module")
def elsewhere(address):
    """The address of a page of a site that is not ours, which has all frames and, last, one of our pages."""
    frames = "".join(
        f'<iframe src="{address}{path}" title="x" width="300" height="400"></iframe>' for path in (*FRAMES, "/map")
    )
    with other_site(page=f"<!doctype html><html lang=en><title>Other</title>{frames}".encode()) as origin:
        yield f"{origin}/"


def test_another_site_may_frame_figures_and_no_page(browser, address, elsewhere):
    context = browser.new_context(viewport={"width": 340, "height": 2200})
    page = context.new_page()
    page.goto(elsewhere)
    page.wait_for_load_state("networkidle")
    *figures, refused = page.frames[1:]
    assert [figure.url for figure in figures] == [address + path for path in FRAMES]
    for figure in figures:
        expect(figure.locator("h1 a")).to_be_visible()
        assert figure.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{figure.url} moves sideways"
        assert figure.evaluate("document.styleSheets.length") >= 2
        if "country" in figure.url:
            assert figure.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 31)"
        figure.evaluate(AXE_SCRIPT)
        found = figure.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then((said) => said.violations.map((one) => one.id))"
        )
        assert found == [], figure.url
    assert not refused.url.startswith(address), "a page of the site is in a frame"
    with context.expect_page() as opened:
        figures[2].locator("h1 a").click()
    assert opened.value.url.startswith(f"{address}/tallies/un") and page.url == elsewhere, "a link stays in the frame"
    context.close()


CODE = "<textarea[^>]* data-{}>(.*?)</textarea>"
WITH_CODE = (
    "/map?rule=uncontested",
    "/timeline",
    "/tallies/osce",
    "/recognition/countries/ghana",
    "/recognition/countries/germany",
    "/recognition/countries/kosovo",
)


def test_a_frame_is_as_high_as_what_it_holds_in_a_column_of_any_width(browser, address, elsewhere):
    """Whatever the width of the page around it: nothing is scrolled to, and little is empty."""
    given = [urlopen(address + path).read().decode() for path in WITH_CODE]
    codes = [
        html.unescape(re.search(CODE.format(kind), page, re.DOTALL)[1])
        for page in given
        for kind in ("follows", "pinned")
    ]
    framed = "".join(codes).replace("http://localhost/", f"{address}/").replace('loading="lazy"', "")
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(elsewhere)
    for width in (300, 390, 640, 800):
        page.set_content(f'<div style="width: {width}px">{framed}</div>')
        page.wait_for_load_state("networkidle")
        assert len(page.frames) == len(codes) + 1
        for frame in page.frames[1:]:
            frame.wait_for_selector("footer")
            high, inside, main = frame.evaluate(
                "[document.body.scrollHeight, innerHeight, document.querySelector('main').lastElementChild.getBoundingClientRect().bottom]"
            )
            assert high <= inside, f"{frame.url} scrolls where it is {width} wide: {high} of {inside}"
            empty = frame.locator("footer").bounding_box()["y"] - frame.frame_element().bounding_box()["y"] - main
            assert empty < 130, f"{frame.url}: {empty} pixels are empty where it is {width} wide"
    context.close()


def test_the_code_to_copy_follows_the_map_and_can_be_copied(new_reader):
    reader = new_reader(permissions=["clipboard-read", "clipboard-write"])
    page = reader.open("/map")
    page.locator("details.take summary").click()
    follows, pinned = page.locator("textarea[data-follows]"), page.locator("textarea[data-pinned]")
    before = pinned.input_value()
    page.locator("form.choice select[name=rule]").select_option("uncontested")
    expect(follows).to_have_value(re.compile(r'/embed/map\?rule=uncontested"'))
    page.locator("input[type=range]").evaluate(
        "(slider) => { slider.value = 90; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    day = page.locator("form.choice input[name=as_of]").input_value()
    expect(pinned).to_have_value(re.compile(rf"as_of={day}&amp;rule=uncontested&amp;edition=\d+"))
    assert pinned.input_value() != before and pinned.input_value().count("<iframe") == 1
    page.get_by_role("button", name="Copy").nth(1).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == pinned.input_value()

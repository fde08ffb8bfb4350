"""A reader copies a citation, with a button and without, and it follows what a script has moved on the page."""

import re

from playwright.sync_api import expect

from tests.browser.test_pages import violations


def test_a_button_copies_each_form(reader):
    page = reader.open("/tallies/eu")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cite = page.locator("details.cite")
    assert cite.locator("button").count() == 0
    cite.locator("summary").click()
    button = cite.get_by_role("button", name="Copy: BibTeX")
    button.click()
    expect(cite.get_by_role("button", name="Copied: BibTeX")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == cite.locator("pre").nth(1).text_content()
    assert violations(page, within="details.cite") == []


def test_without_scripts_one_click_marks_a_whole_form(new_reader):
    page = new_reader(java_script_enabled=False).open("/about")
    form = page.locator(".cite pre").first
    assert form.evaluate("pre => getComputedStyle(pre).userSelect") == "all"
    assert page.locator(".cite button").count() == 0


def test_the_citation_follows_the_map(reader):
    for path, number in (("/map", ".map-count"), ("/", ".headline .map-count")):
        page = reader.open(path)
        page.locator("select[name=rule]").select_option("serbia")
        expect(page.locator("main")).to_have_attribute("data-rule", "serbia")
        page.locator("details.cite summary").click()
        counted = page.locator(number).first.inner_text()
        expect(page.locator(".cite pre").first).to_have_text(
            re.compile(rf"^{counted} of 193 .*‘Serbia's count’.*rule=serbia")
        )

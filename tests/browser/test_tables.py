"""Tables for people: focus is never under the pinned head, filters fold on a phone and have fields that it does not zoom."""

import pytest

PINNED = """
() => {
  const at = document.activeElement;
  if (!at.closest('.pinned tbody')) return null;
  return at.getBoundingClientRect().top - document.querySelector('.pinned thead').getBoundingClientRect().bottom;
}
"""


@pytest.mark.parametrize(
    "path", ["/recognition/countries?_size=100", "/recognition/memberships?_size=50", "/recognition/all-about"]
)
def test_the_focus_is_never_under_the_pinned_head(new_reader, path):
    page = new_reader(viewport={"width": 1280, "height": 900}).open(path)
    page.locator(".pinned tbody a").last.focus()
    below = []
    while (distance := page.evaluate(PINNED)) is not None and len(below) < 150:
        below.append(distance)
        page.keyboard.press("Shift+Tab")
    assert below and min(below) >= 0


def test_filters_fold_on_a_phone_and_are_open_on_wide_screens(new_reader):
    wide = new_reader(viewport={"width": 1280, "height": 900}).open("/recognition/countries")
    assert wide.locator("form.filters").is_visible() and wide.locator(".facets").is_visible()
    assert not wide.locator(".fold-narrow summary").is_visible()
    phone = new_reader(viewport={"width": 390, "height": 844}).open("/recognition/countries")
    assert not phone.locator("form.filters").is_visible()
    phone.locator(".fold-narrow summary").click()
    assert phone.locator("form.filters").is_visible()


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_does_not_zoom_into_fields(new_reader, width):
    for path in (
        "/recognition/countries?status=withdrew",
        "/recognition/your-own-rule",
        "/recognition/statements-that-mention",
    ):
        page = new_reader(viewport={"width": width, "height": 844}).open(path)
        sizes = page.locator("main input:not([type=checkbox]):not([type=hidden]), main select").evaluate_all(
            "fields => fields.map(field => parseFloat(getComputedStyle(field).fontSize))"
        )
        assert sizes and min(sizes) >= 16, path
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_a_question_is_asked_by_choosing(any_reader):
    page = any_reader.open("/recognition/members-that-do-not-recognise")
    page.get_by_label("Organisation").select_option(label="Arab League")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**?organisation=arab-league")
    assert (
        page.locator("h1").inner_text() == "Members of the Arab League that do not recognise Kosovo, and what they say"
    )
    assert page.get_by_label("Organisation").input_value() == "arab-league"


def test_a_filter_made_in_the_form_is_taken_off_in_the_facet(any_reader, rules):
    page = any_reader.open("/recognition/countries")
    page.get_by_label("Column").select_option("status")
    page.get_by_label("Value").fill("withdrew")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name=f"Remove the filter status ({rules['latest']}) = withdrew").click()
    assert page.locator("main h2").inner_text() == "206 rows, by name"

"""Every kind of page, light and dark, wide and narrow: axe finds nothing, a phone is enough, and so is a keyboard."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.pages import PAGES, on_each_page

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
# (rule of axe, selector): elements that break a rule and cannot be mended, each with its reason. There is none.
EXCEPTIONS = set()

# Rules that axe has, but tries only where it is told to: what WCAG 2.2 added, and what it calls experimental.
MORE_RULES = [
    "target-size", "label-content-name-mismatch", "td-has-header", "table-fake-caption", "p-as-heading", "focus-order-semantics",
    "css-orientation-lock",
]  # fmt: skip

VIOLATIONS = """([rules, more, within]) => axe.run(within ?? document, {resultTypes: ['violations'], ...(rules && {runOnly: rules}),
  rules: Object.fromEntries(more.map(rule => [rule, {enabled: true}]))}).then(
  ({violations}) => violations.flatMap(({id, nodes}) => nodes.map(({target, html, failureSummary}) =>
    ({rule: id, selector: target.join(' '), html, why: failureSummary}))))"""
COLOUR_RULES = ["color-contrast", "link-in-text-block"]  # those that can tell one colour scheme from the other

# Of the element in focus: what it is, whether it can be seen, and whether it or the frame around it wears a ring. A state on a
# map, whose frame is no shape of a state, has a wide edge instead.
FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const box = element.closest('.select-wrapper, .CodeMirror') ?? element;
  const {left, right, top, bottom, width, height} = box.getBoundingClientRect();
  const {outlineStyle, outlineWidth} = getComputedStyle(box);
  const shapes = [...(element.closest('svg') ? element.querySelectorAll('path, circle') : [])];
  const edge = shapes.length > 0 && shapes.every(shape => parseFloat(getComputedStyle(shape).strokeWidth) >= 2);
  return {
    element: element.outerHTML.slice(0, 200),
    inSight: width > 0 && height > 0 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight,
    ring: edge || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2),
  };
}"""
# Neither script nor style inside a page, whoever wrote it.
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
# Of the rows of a table, and of the items of a list, that are made of the same elements, with the same classes and attributes,
# so many are looked at, the first; all of them with --whole.
ALIKE = 4
TRIM = """most => {
  const made = element => [element.localName, ...element.getAttributeNames(), element.getAttribute('class'),
    element.textContent.trim() !== '', element.localName === 'svg' || [...element.children].map(made)];
  document.querySelectorAll('tbody, ol, ul, dl:has(> div)').forEach(list => {
    const seen = {};
    [...list.children].filter(row => (seen[JSON.stringify(made(row))] = (seen[JSON.stringify(made(row))] ?? 0) + 1) > most)
      .forEach(row => row.remove());
  });
}"""
STOPS = 20  # of the Tab key that are looked at on a page


def violations(page, rules=None, within=None):
    """What axe says against the page as it stands, or a part of it, less the exceptions, as lines to read."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = [
        one
        for one in page.evaluate(VIOLATIONS, [rules, [] if rules else MORE_RULES, within])
        if (one["rule"], one["selector"]) not in EXCEPTIONS
    ]
    return [f"{one['rule']}: {one['selector']}\n  {one['html'][:200]}\n  {one['why']}" for one in found]


@on_each_page
def test_axe_has_nothing_against_it(new_reader, pytestconfig, path):
    reader = new_reader(viewport=WIDE, color_scheme="light")
    page = reader.open(path, PAGES[path])
    if not pytestconfig.getoption("whole"):
        page.evaluate(TRIM, ALIKE)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOUR_RULES) == []
    page.emulate_media(color_scheme="dark", forced_colors="active")
    assert violations(page, COLOUR_RULES) == []
    page.emulate_media(color_scheme="dark", forced_colors="none")
    page.set_viewport_size(PHONE)
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert violations(page) == []


@pytest.mark.parametrize("forced_colors", ["none", "active"])
def test_axe_has_nothing_against_what_scripts_make(new_reader, forced_colors):
    rules = COLOUR_RULES if forced_colors == "active" else None
    page = new_reader(viewport=WIDE, color_scheme="dark", forced_colors=forced_colors).open("/")
    page.locator("input[type=range]").first.press("ArrowLeft")
    assert violations(page, rules, within=".map") == []
    page.locator("#find").press_sequentially("ghana")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page, rules, within="form.find") == []
    page.goto("/map")
    page.locator("input[type=range]").first.press("Home")
    page.locator(".map-world a[tabindex='0']").first.focus()
    assert violations(page, rules, within=".map") == []


@on_each_page
def test_it_fits_a_phone_and_says_what_it_is_and_a_shortcut_leads_to_the_search_box(new_reader, path):
    page = new_reader(viewport=PHONE).open(path, PAGES[path])
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert sizes == [PHONE["width"]] * 2, "it scrolls sideways"
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator("h1").inner_text().strip()
    assert page.title().strip()
    assert page.locator("html").get_attribute("lang") == "en"
    box = page.get_by_role("combobox", name="Search countries, statements and claims")
    for letter in "/k":
        page.keyboard.press(letter)  # a shortcut of one letter would be in the way of those who speak to their computer
        expect(box).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    assert not box.input_value().endswith(("/", "k"))


@on_each_page
def test_the_keyboard_sees_where_it_is(new_reader, path):
    page = new_reader(viewport=PHONE).open(path, PAGES[path])
    stops = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:  # beyond the last
            break
        assert stop["inSight"], stop["element"]
        assert stop["ring"], stop["element"]
        stops.append(stop["element"])
    assert stops[0].startswith('<a class="skip"')
    assert 'id="find"' in stops[3], "the search box is the fourth stop, after the skip link, the way home and the menu"
    for slider in page.locator("input[type=range]").all():
        before, shown = slider.input_value(), page.locator("main").inner_text()
        slider.press("ArrowLeft")
        assert slider.input_value() != before
        expect(page.locator("main")).not_to_have_text(shown, use_inner_text=True)


@on_each_page
def test_it_works_without_inline_script_or_style(new_reader, path):
    """A browser that is told to refuse them has nothing to refuse, and so nothing to complain about."""
    reader = new_reader()

    def strict(route):
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": POLICY})

    reader.page.route(lambda address: address == reader.address + path, strict)
    page = reader.open(path, PAGES[path])
    if page.locator("form.sql textarea[name=sql]").count():
        expect(page.locator(".CodeMirror textarea")).to_have_attribute("aria-label", "SQL")


def test_the_skip_link_leads_past_the_head(reader):
    page = reader.open("/tallies")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")

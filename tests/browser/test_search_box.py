"""Typing into the search box: results appear, keys move among them, a screen reader hears how many there are."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import PHONE, WIDE, violations

WAIT = 120  # milliseconds of silence after a key before the server is asked, as search.js has it


class Box:
    """The search box of a page and what belongs to it."""

    def __init__(self, page):
        self.page = page
        self.input = page.get_by_role("combobox", name="Search countries, statements and claims")
        self.list = page.get_by_role("listbox", name="Results")
        self.options = self.list.get_by_role("option")
        self.spoken = page.locator("form.find [aria-live=polite]")

    def type(self, text):
        """Types as a reader does, key by key, and waits for the results of the whole, not of its beginning."""
        self.input.press_sequentially(text)
        self.see(text)

    def see(self, text):
        expect(self.list).to_have_accessible_name(f"Results for ‘{text}’")
        expect(self.list).to_be_visible()

    def chosen(self):
        """The option that the box says is active, None where it says there is none."""
        active = self.input.get_attribute("aria-activedescendant")
        return active and self.page.locator(f"#{active}")


@pytest.fixture
def box(reader):
    return Box(reader.open("/about"))


def asked(reader):
    """The queries that were sent while typing, in order."""
    return re.findall(r"/search\.json\?q=([^&\s]*)", "\n".join(reader.asked))


def test_nothing_found_is_spoken_too(box):
    box.input.press_sequentially("xqzvw")
    expect(box.spoken).to_have_text("0 results")
    expect(box.list).to_be_hidden()
    expect(box.input).to_have_attribute("aria-expanded", "false")


def test_the_results_can_be_seen(new_reader):
    """Not only there, but in front of the page: what a reader would click is what lies under the mouse."""
    for viewport in (WIDE, PHONE):
        box = Box(new_reader(viewport=viewport).open("/"))
        box.type("ghana")
        place = box.options.nth(1).bounding_box()
        middle = [place["x"] + place["width"] / 2, place["y"] + place["height"] / 2]
        hit = "([x, y]) => document.elementFromPoint(x, y)?.closest('[role=option]')?.id"
        assert box.page.evaluate(hit, middle) == "found-1"


def test_axe_has_nothing_against_the_open_list(new_reader):
    """In light colours; test_pages.py opens it in dark ones and in those of the system."""
    box = Box(new_reader(color_scheme="light").open("/"))
    box.type("ghana")
    box.input.press("ArrowDown")
    assert violations(box.page, within="form.find") == []


def test_the_arrows_move_and_go_round(box):
    box.type("ghana")
    count = box.options.count()
    assert count > 2 and box.chosen() is None
    for key, number in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", count - 1), ("ArrowDown", 0)):
        box.input.press(key)
        selected = [option.get_attribute("aria-selected") == "true" for option in box.options.all()]
        assert selected.index(True) == number and selected.count(True) == 1
        assert box.chosen().get_attribute("id") == f"found-{number}"
        expect(box.input).to_be_focused()
    assert box.input.input_value() == "ghana"


def test_enter_without_a_choice_shows_all_results(box):
    box.type("ghana")
    box.input.press("Enter")
    expect(box.page).to_have_url(re.compile(r"/search\?q=ghana$"))
    expect(box.page.locator("h1")).to_have_text("Results for ‘ghana’")


def test_escape_closes_the_list_and_then_empties_the_box(box):
    box.type("ghana")
    box.input.press("ArrowDown")
    box.input.press("Escape")
    expect(box.list).to_be_hidden()
    expect(box.input).to_have_attribute("aria-expanded", "false")
    assert box.chosen() is None
    expect(box.input).to_be_focused()
    expect(box.input).to_have_value("ghana")
    box.input.press("Escape")
    expect(box.input).to_have_value("")


def test_a_slash_in_a_field_is_a_slash(box):
    box.input.press_sequentially("a/b")
    expect(box.input).to_have_value("a/b")


def test_emptying_the_box_closes_the_list(box):
    box.type("ghana")
    box.input.fill("")
    expect(box.list).to_be_hidden()


@pytest.mark.parametrize("how", [{"isComposing": True}, {"keyCode": 229}])
def test_the_enter_of_an_input_method_opens_no_hit(box, how):
    """It ends the word that is being put together; Safari tells so by the code 229 alone."""
    box.type("ghana")
    box.input.press("ArrowDown")
    box.input.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **how})
    box.page.wait_for_timeout(200)
    expect(box.page).to_have_url(re.compile("/about$"))
    expect(box.list).to_be_visible()
    box.input.press("Enter")
    expect(box.page).to_have_url(re.compile("/recognition/countries/ghana$"))


def test_a_list_is_in_the_page_only_while_it_has_results(box):
    assert box.page.locator("[role=listbox]").count() == 0
    assert box.input.get_attribute("aria-controls") is None
    box.type("ghana")
    assert box.page.locator("[role=listbox]").count() == 1
    assert box.input.get_attribute("aria-controls") == "found"
    box.input.press("Escape")
    assert box.page.locator("[role=listbox]").count() == 0
    assert box.input.get_attribute("aria-controls") is None


@pytest.mark.usefixtures("edited_article")  # which has a statement about Kenya
def test_a_suggestion_says_how_a_state_stands_and_whose_words_are_shown(box, rules, when_written):
    box.type("kenya")
    country, statement = box.options.nth(0), box.options.nth(1)
    standing = f"Kenya recognises Kosovo, since 26 March 2025 ({rules['latest']})."
    expect(country).to_contain_text(standing)
    expect(statement).to_contain_text(f"The article, written {when_written}:")
    expect(statement.locator("q")).to_contain_text("ready to formally recognize")
    expect(statement).to_contain_text(standing)


@pytest.mark.parametrize("colours", [{"forced_colors": "active"}, {"viewport": {"width": 320, "height": 700}}])
def test_the_list_can_be_seen_by_everybody(new_reader, colours):
    """In forced colours the option that is chosen has an outline; at 320 px nothing scrolls sideways."""
    box = Box(new_reader(**colours).open("/"))
    box.type("eu")
    box.input.press("ArrowDown")
    assert box.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if "forced_colors" in colours:
        style = "element => getComputedStyle(element).outlineStyle"
        assert [option.evaluate(style) for option in box.options.all()][:2] == ["solid", "none"]


def test_what_is_copied_of_the_article_are_its_words(new_reader):
    """No number of a line and no sign of ours: '280For example' is what select all, copy gave once."""
    page = new_reader(permissions=["clipboard-read", "clipboard-write"]).open("/article")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "\nFor example, Ghana recognized Kosovo in 2012." in copied
    assert "\tBurundi\t16 October 2012\t" in copied and "Restored with" not in copied
    assert not re.search(r"^\d+[A-Z]", copied, re.MULTILINE)
    line = page.locator("a.line").first
    assert line.get_attribute("aria-label") == f"Line {line.get_attribute('data-line')}"


def test_the_article_fits_320_pixels(new_reader):
    page = new_reader(viewport={"width": 320, "height": 700}).open("/article")
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]") == [320, 320]
    wide = "[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth).length"
    assert page.evaluate(wide) == 0


def test_the_server_is_asked_once_the_typist_pauses(reader):
    page = reader.page
    page.clock.install()
    box = Box(reader.open("/about"))
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
    for letter in "ghana":
        box.input.press(letter)
        page.clock.run_for(WAIT - 1)
    assert asked(reader) == []
    page.clock.run_for(1)
    expect(box.options.first).to_contain_text("Ghana")
    assert asked(reader) == ["ghana"]


class Held:
    """Answers to searches kept back until they are let go, so that one overtakes the other."""

    def __init__(self, page):
        self.page = page
        self.waiting = {}
        page.route("**/search.json?*", lambda route: self.waiting.update({route.request.url.split("q=")[1]: route}))

    def type(self, box, text, q):
        """Types on, until the server is asked for `q`."""
        with self.page.expect_request(f"**/search.json?q={q}"):
            box.input.press_sequentially(text)

    def let_go(self, q):
        answer = self.page.request.get(f"/search.json?q={q}")
        while q not in self.waiting:  # it was asked for, but is not yet kept back
            self.page.wait_for_timeout(10)
        self.waiting.pop(q).fulfill(response=answer)


def test_an_old_answer_never_overtakes_a_new_one(box):
    held = Held(box.page)
    held.type(box, "ser", "ser")
    held.type(box, "bia and ghana", "serbia+and+ghana")
    held.let_go("serbia+and+ghana")
    expect(box.options.first).to_contain_text("Ghana")
    spoken = box.spoken.inner_text()
    held.let_go("ser")
    box.page.wait_for_timeout(300)
    expect(box.spoken).to_have_text(spoken)
    expect(box.options.first).to_contain_text("Ghana")


@pytest.mark.parametrize("leave", ["Escape", "Tab"])
def test_an_answer_that_comes_too_late_opens_nothing(box, leave):
    held = Held(box.page)
    held.type(box, "ghana", "ghana")
    box.input.press(leave)
    held.let_go("ghana")
    box.page.wait_for_timeout(300)
    expect(box.list).to_be_hidden()
    expect(box.input).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("choose", ["keys", "mouse"])
def test_an_answer_that_comes_while_choosing_changes_nothing(box, choose):
    held = Held(box.page)
    held.type(box, "gha", "gha")
    held.let_go("gha")
    box.see("gha")
    held.type(box, "na", "ghana")
    if choose == "keys":
        box.input.press("ArrowDown")
    else:
        box.options.first.hover()
        box.page.mouse.down()
    held.let_go("ghana")
    box.page.wait_for_timeout(300)
    box.see("gha")
    if choose == "keys":
        box.input.press("Enter")
    else:
        box.page.mouse.up()
    expect(box.page).to_have_url(re.compile("/recognition/countries/ghana$"))


def test_markup_in_a_query_stays_text(box):
    box.input.press_sequentially('<img src=x onerror="document.title=1"> ghana')
    expect(box.spoken).not_to_be_empty()
    assert box.page.locator("#found img").count() == 0
    assert box.page.title() != "1"

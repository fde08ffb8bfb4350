"""The map under a finger, under the keys, without motion, and moved for as long as a reader likes."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import PHONE, violations

FINGER = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
SET = "(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
MOVES = 6  # of the slider, one after the other
REST = 700  # milliseconds after which a reader rests, as map.js has it
# Of every circle of a frame, the country that it is of and the one that lies on top of its middle.
ON_TOP = """frame => [...document.querySelectorAll(`${frame} a circle`)].map(circle => {
  const country = link => link && link.getAttribute('href').split('?')[0].split('/').pop();
  circle.scrollIntoView({block: 'center'});
  const { x, y, width, height } = circle.getBoundingClientRect();
  return [country(circle.closest('a')), country(document.elementFromPoint(x + width / 2, y + height / 2)?.closest('a'))];
})"""
# Safari's limit: 100 changes of the address in 30 seconds, and an error for each that is more.
LIMITED = """() => {
  const times = window.replaced = [], replace = history.replaceState.bind(history);
  history.replaceState = (...given) => {
    times.push(Date.now());
    if (times.filter(time => time > Date.now() - 30_000).length > 100) throw new DOMException('', 'SecurityError');
    replace(...given);
  };
}"""


@pytest.mark.parametrize("frame", [".map-world", ".map-europe"])
@pytest.mark.parametrize("path", ["/", "/map"])
def test_no_neighbour_hides_a_circle(reader, frame, path):
    found = dict(reader.open(path).evaluate(ON_TOP, frame))
    assert len(found) > 40 if frame == ".map-world" else {"andorra", "holy-see", "liechtenstein"} <= set(found)
    inside = {country: top for country, top in found.items() if top or frame == ".map-world"}  # Europe's edge cuts some
    assert inside == {country: country for country in inside}


@pytest.mark.parametrize(
    ("vote", "country", "said"), [("unga-2008", "albania", "voted against"), ("interpol-2018", "japan", "abstained")]
)
def test_the_map_of_a_vote_says_choices_to_a_finger_and_to_the_keys(new_reader, vote, country, said):
    page = new_reader(**FINGER).open(f"/votes/{vote}")
    read = page.locator(".map-read")
    expect(read).to_have_text("Tap a state to read its choice; tap it again to open it.")
    of(page, ".map-world", country).focus()
    expect(read).to_contain_text(f": {said}")
    first = read.inner_text()
    page.keyboard.press("ArrowLeft")
    expect(read).not_to_have_text(first)
    assert page.evaluate("document.activeElement.closest('.map-world') !== null")
    assert violations(page, within=".map-figure") == []


def of(page, frame, country):
    return page.locator(f"{frame} a[href*='/countries/{country}']").first


@pytest.mark.parametrize("path", ["/", "/map"])
def test_a_tap_names_a_state_and_a_second_opens_it(new_reader, path):
    page = new_reader(**FINGER).open(f"{path}?rule=article&as_of=2012-06-01")
    read = page.locator(".map-read")
    expect(read).to_have_text("Tap a state to read its status; tap it again to open it.")
    turkey, poland = of(page, ".map-europe", "turkey"), of(page, ".map-europe", "poland")
    turkey.tap()
    expect(read).to_have_text("Turkey: has recognised since 18 February 2008 Open Turkey")
    poland.tap()
    expect(read).to_have_text("Poland: has recognised since 26 February 2008 Open Poland")
    expect(page.locator(".map-spoken")).to_have_text("Poland: has recognised since 26 February 2008")
    assert violations(page, within=".map-figure") == []
    open_ = read.get_by_role("link", name="Open Poland")
    assert open_.bounding_box()["height"] >= 24
    assert urlsplit(page.url).path == path
    poland.tap()
    expect(page).to_have_url(re.compile(r"/recognition/countries/poland\?rule=article&as_of=2012-06-01$"))


def test_the_read_out_opens_the_state_too(new_reader):
    page = new_reader(**FINGER).open("/map")
    of(page, ".map-world", "brazil").tap()
    page.locator(".map-read").get_by_role("link", name="Open Brazil").tap()
    expect(page).to_have_url(re.compile("/recognition/countries/brazil$"))


def test_a_finger_beside_a_small_circle_means_it(new_reader):
    page = new_reader(**FINGER).open("/map")
    maldives = of(page, ".map-world", "maldives").locator("circle")
    maldives.scroll_into_view_if_needed()
    box = maldives.bounding_box()
    page.touchscreen.tap(box["x"] - 8, box["y"] + box["height"] / 2)
    expect(page.locator(".map-read")).to_contain_text("Open Maldives")


def test_a_mouse_and_a_key_open_at_once(reader):
    page = reader.open("/map")
    of(page, ".map-world", "brazil").hover()
    expect(page.locator(".map-read")).to_have_text("Brazil: does not recognise")
    expect(page.locator(".map-spoken")).to_be_empty()
    of(page, ".map-world", "brazil").click()
    expect(page).to_have_url(re.compile("/recognition/countries/brazil$"))
    page = reader.open("/map")
    of(page, ".map-world", "kosovo").press("Enter")
    expect(page).to_have_url(re.compile("/recognition/countries/kosovo$"))


def test_the_list_serves_a_finger(new_reader):
    page = new_reader(**FINGER).open("/map")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.map-table a')].map(link => link.getBoundingClientRect())"
        ".map(({width, height}) => Math.min(width, height))"
    )
    assert len(sizes) > 200 and min(sizes) >= 24


def moves(page, pace, count):
    """Moves the slider back and forth, `count` times, one move each `pace` milliseconds of the page's own clock."""
    slider = page.locator("input[type=range]")
    last = int(slider.get_attribute("max"))
    for number in range(count):
        slider.evaluate(SET, abs(last - (number * 7) % (2 * last)) or 1)
        page.clock.run_for(pace)
    return slider


# Moves that follow each other too fast for the address, which follows the last; and some after each of which the reader rests,
# so that it follows every one. With --whole the fast ones go on for longer than the 30 seconds in which browsers count.
@pytest.mark.parametrize("path", ["/", "/map"])
@pytest.mark.parametrize(("pace", "count"), [(400, 80), (REST + 20, 12)])
def test_number_map_list_chart_and_address_stay_together(new_reader, pytestconfig, path, pace, count):
    """However long the slider is moved: the address follows when the reader rests, and never asks too much."""
    count = count if pytestconfig.getoption("whole") else MOVES
    reader = new_reader()
    reader.page.clock.install()
    reader.page.add_init_script(f"({LIMITED})()")
    page = reader.open(path)
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
    slider = page.locator("input[type=range]")
    slider.evaluate(SET, 5)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("UN members"))  # the data has come
    moves(page, pace, count)
    page.clock.run_for(REST)
    times = page.evaluate("replaced")
    # at once when the slider begins to move, as it did for the first day, and when it rests
    assert len(times) >= count if pace > REST else 0 < len(times) <= 2
    assert all(len([time for time in times if start <= time < start + 30_000]) <= 100 for start in times)
    day = page.locator("form.choice input[name=as_of]").input_value()
    assert parse_qs(urlsplit(page.url).query) == {"as_of": [day]}
    sent = new_reader(java_script_enabled=False).open(f"{path}?as_of={day}")
    parts = [".map .lead", ".map-legend", ".map-table", ".figure", "svg.chart .said", ".chart-said"]
    for part in parts if path == "/" else parts[:3]:
        shown = page.locator(part).first
        if shown.count():
            texts = [re.sub(r"\s", "", found.text_content()) for found in (shown, sent.locator(part).first)]
            assert texts[0] == texts[1]
    assert page.title() == sent.title()


def test_links_carry_the_day_of_the_slider(reader):
    page = reader.open("/map?organisation=eu")
    page.locator("form.choice select[name=rule]").select_option("article")
    page.locator("input[type=range]").evaluate(SET, 50)
    slider = page.locator("input[type=range]")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^\d+ \w+ \d{4}: \d+ of \d+ UN members recognise"))
    day = page.locator("form.choice input[name=as_of]").input_value()
    query = f"?rule=article&as_of={day}&organisation=eu"
    links = page.evaluate(
        "[...document.querySelectorAll('.map-figure a, .map-table a, a.onward')].map(link => link.getAttribute('href'))"
    )
    assert len(links) > 400
    assert {link.partition("?")[2].partition("#")[0] for link in links} == {query[1:]}
    assert f"/recognition/rules/article{query}" in links
    expect(page).to_have_url(re.compile(re.escape(query) + "$"))
    slider.evaluate(SET, int(slider.get_attribute("max")))
    page.locator("form.choice select[name=rule]").select_option("latest")
    expect(page).to_have_url(re.compile(r"/map\?organisation=eu$"))


def test_without_motion_play_is_a_step(new_reader):
    page = new_reader(reduced_motion="reduce").open("/map?as_of=2008-02-17")
    play = page.get_by_role("button", name="Next change")
    slider = page.locator("input[type=range]")
    assert play.get_attribute("aria-pressed") is None
    assert slider.bounding_box()["width"] > 2 * play.bounding_box()["width"]
    for day in ("18 February 2008", "19 February 2008"):
        play.click()
        expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^{day}: "))
    page.clock.install()
    page.clock.run_for(5000)
    expect(slider).to_have_value("2")
    slider.evaluate(SET, int(slider.get_attribute("max")))
    play.click()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^17 February 2008: "))


def test_a_reader_with_ears_is_told_once_the_map_rests(reader):
    reader.page.clock.install()
    page = reader.open("/map?as_of=2008-02-17")
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
    page.get_by_role("button", name="Play").click()
    slider, spoken = page.locator("input[type=range]"), page.locator(".map-spoken")
    for day in ("17 February 2008", "18 February 2008", "19 February 2008"):
        expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^{day}: "))
        expect(spoken).to_be_empty()
        page.clock.run_for(500)
    page.get_by_role("button", name="Stop").click()
    page.clock.run_for(REST)
    expect(spoken).to_have_text(re.compile(r"^20 February 2008: 11 of \d+ UN members recognise; "))


def test_statuses_stay_apart_in_the_reader_s_own_colours(new_reader):
    page = new_reader(forced_colors="active").open("/map?rule=uncontested")
    fills = page.locator(".map-swatch path").evaluate_all("paths => paths.map(path => getComputedStyle(path).fill)")
    assert len(set(fills)) == 6, fills


@pytest.mark.parametrize("path", ["/", "/map"])
def test_nothing_scrolls_sideways_on_the_narrowest_screen(new_reader, path):
    page = new_reader(viewport={"width": 320, "height": 256}).open(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 320

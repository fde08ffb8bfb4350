"""What readers come for, from the first page to the answer, with JavaScript and without."""

import hashlib
import re
import sqlite3

import pytest
from playwright.sync_api import expect


def test_find_a_country_by_search(any_reader):
    page = any_reader.open("/")
    page.get_by_role("search").locator("input[name=q]").fill("Ivory Coast")
    page.get_by_role("search").get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/search\?q=Ivory\+Coast$"))
    expect(page.locator("input[name=q]")).to_have_value("Ivory Coast")
    page.locator(".results li").first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/recognition/countries/ivory-coast$"))
    expect(page.locator("main")).to_contain_text("Ivory Coast")


def test_narrow_a_search_by_kind(any_reader):
    page = any_reader.open("/search?q=serbia")
    page.locator(".filters").get_by_role("link", name="Statement").first.click()
    expect(page).to_have_url(re.compile("kind=statement"))
    kinds = {kind.inner_text() for kind in page.locator(".results li small").all()}
    assert kinds == {"Statement"}


def test_count_under_another_rule_on_another_day_and_share_it(any_reader, new_reader, rules):
    page = any_reader.open("/")
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Tallies").click()
    page.get_by_label("Counted under").select_option(label=rules["every_recognition"])
    page.get_by_label("On", exact=True).fill("2013-07-01")
    page.get_by_role("button", name="Count").click()
    expect(page).to_have_url(re.compile(r"/tallies\?rule=every_recognition&as_of=2013-07-01$"))
    european_union = page.get_by_role("row", name=re.compile("^European Union"))
    expect(european_union).to_contain_text("23 of 28")
    shared = page.url.removeprefix(any_reader.address)
    other = new_reader().open(shared)
    assert other.locator("table").inner_text() == page.locator("table").inner_text()
    expect(other.get_by_label("On", exact=True)).to_have_value("2013-07-01")


def test_see_the_map_of_another_day(any_reader):
    page = any_reader.open("/map")
    page.get_by_label("Counted under").select_option("article")
    page.get_by_label("On", exact=True).fill("2010-01-01")
    page.locator("form.choice button").click()
    expect(page).to_have_url(re.compile(r"/map\?rule=article&as_of=2010-01-01"))
    ghana = page.locator(".map-world a[href*='/recognition/countries/ghana?']")
    expect(ghana.locator("title")).to_have_text("Ghana: does not recognise")


@pytest.mark.usefixtures("edited_article")  # Kenya is not in its tables
def test_see_which_states_make_the_difference_between_two_rules(any_reader, rules):
    page = any_reader.open("/tallies")
    page.get_by_role("link", name="Compare two rules").click()
    page.get_by_label("First rule").select_option("article")
    page.get_by_label("Second rule").select_option("latest")
    page.get_by_label("Members of").select_option(label="United Nations")
    page.get_by_label("On", exact=True).fill("2025-12-31")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".lead")).to_contain_text(f"under the rule {rules['article']}")
    expect(page.locator("table.states tbody th").filter(has_text="Kenya")).to_have_count(1)


def test_open_the_ledger_of_a_published_count(any_reader):
    page = any_reader.open("/counts")
    page.locator("table.counts a[href='/counts/serbia-2023']").click()
    expect(page.locator("h1")).to_have_text("84 of 193, published by Serbia (president)")
    page.get_by_label("Explained by").select_option("uncontested")
    page.get_by_role("button", name="Show the states between").click()
    expect(page).to_have_url(re.compile("by=uncontested"))
    numbers = page.locator("table.ledger td.number").all_inner_texts()
    steps = [int(number.replace("−", "-").replace("±", "")) for number in numbers]
    assert sum(steps[:-1]) == steps[-1] == 84


def test_ask_a_saved_question(any_reader):
    page = any_reader.open("/")
    page.locator(".questions a[href='/recognition/withdrawals']").click()
    expect(page.get_by_role("cell", name="Ghana").first).to_be_visible()


def test_ask_in_sql(any_reader):
    page = any_reader.open("/recognition")
    sql = "select count(*) as withdrew from countries where status = 'withdrew' and un_member"
    editor = page.locator(".CodeMirror")
    if editor.count():
        editor.click()
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(sql)
    else:
        page.get_by_label("SQL", exact=True).fill(sql)
    page.get_by_role("button", name="Run SQL").click()
    expect(page).to_have_url(re.compile(r"/recognition\?sql=select"))
    expect(page.locator("table tbody td")).to_have_text(re.compile(r"^\d+$"))


def test_filter_a_table(any_reader):
    page = any_reader.open("/recognition/countries")
    page.get_by_label("Column").select_option("status")
    page.get_by_label("Comparison").select_option("exact")
    page.get_by_label("Value").fill("withdrew")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("status__exact=withdrew"))
    expect(page.locator("h2").first).to_contain_text("rows")
    expect(page.get_by_role("cell", name="withdrew").first).to_be_visible()


def test_take_the_database_along(any_reader, built, tmp_path):
    page = any_reader.open("/")
    with page.expect_download() as started:
        page.get_by_role("link", name="recognition.db", exact=True).click()
    assert started.value.suggested_filename == "recognition.db"
    file = tmp_path / "recognition.db"
    started.value.save_as(file)
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    assert checksum == hashlib.sha256(built.read_bytes()).hexdigest()
    assert page.locator(".hash code").inner_text() == checksum
    connection = sqlite3.connect(file)
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert connection.execute("select count(*) from search where search match 'chagos'").fetchone() == (1,)
    connection.close()


@pytest.mark.usefixtures("edited_article")  # a state more in its tables and they are 122
def test_say_which_states_make_84_of_121(any_reader):
    """From the number line of the front page, and from there to what was said last of one of them."""
    page = any_reader.open("/")
    line = page.get_by_role("region", name="Why others print another number")
    numbers = line.locator(".mark > strong").all_inner_texts()
    assert numbers[0] == "84" and numbers[-1] == "121"
    assert line.locator(".between li").count() == 37
    line.get_by_role("link", name="Palau").click()
    expect(page).to_have_url(re.compile("/recognition/countries/palau#last-word$"))


def test_the_figure_is_a_map_a_chart_or_a_table(reader):
    """Its tabs work by mouse and by arrow keys; what the table says moves with the day."""
    page = reader.open("/?as_of=2012-01-01")
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(3)
    expect(page.locator(".map-world")).to_be_visible()
    expect(page.locator("svg.chart")).to_be_hidden()
    tabs.nth(1).click()
    expect(page.locator("svg.chart")).to_be_visible()
    expect(page.locator(".map-world")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(2)).to_be_focused()
    ghana = page.locator(".map-table tr", has=page.locator("a[href*='/countries/ghana?']"))
    expect(ghana).to_contain_text("does not recognise")
    page.locator(".map form").get_by_label("On", exact=True).fill("2013-01-01")
    expect(ghana).to_contain_text("23 January 2012")


def test_without_scripts_map_and_chart_stand_below_each_other(new_reader):
    page = new_reader(java_script_enabled=False).open("/")
    expect(page.locator(".map-world")).to_be_visible()
    expect(page.locator("svg.chart")).to_be_visible()
    page.get_by_role("link", name="Every country with its status").click()
    expect(page).to_have_url(re.compile("/map#table$"))

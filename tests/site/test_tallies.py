"""Pages that count answer under one default rule and say what they cannot answer. That numbers are right: test_laws.py."""

import itertools
import re

import pytest
from bs4 import BeautifulSoup

PAGES_OF_TODAY = ("/", "/map", "/tallies", "/tallies/eu", "/tallies/compare", "/list", "/list/eu")


@pytest.fixture(scope="module")
def subject(db):
    """first_day and default_rule, as the database has them."""
    return dict(
        zip(("first_day", "default_rule"), db.execute("select first_day, default_rule from subject").fetchone())
    )


def test_pages_that_are_not_asked_for_a_rule_answer_under_the_default_rule(get, db, subject):
    (count,) = db.execute("select min(id) from published_counts").fetchone()
    for path in ("/tallies", "/tallies/un", "/map", f"/counts/{count}"):
        assert get(f"{path}.json").json()["rule"] == subject["default_rule"], path
        chosen = BeautifulSoup(get(path).text, "html.parser").select_one("select[name=rule] option[selected]")
        assert chosen["value"] == subject["default_rule"], path
    assert BeautifulSoup(get("/").text, "html.parser").select_one(".map")["data-rule"] == subject["default_rule"]


def test_the_default_rule_is_compared_with_the_rule_that_takes_nothing_back(get, subject):
    answer = get("/tallies/compare.json").json()
    assert (answer["a"], answer["b"]) == (subject["default_rule"], "every_recognition")
    other = get("/tallies/compare.json", a="every_recognition").json()
    assert (other["a"], other["b"]) == ("every_recognition", subject["default_rule"])
    link = BeautifulSoup(get("/tallies", rule="every_recognition").text, "html.parser").find(
        "a", string="Compare two rules"
    )
    assert f"a=every_recognition&b={subject['default_rule']}" in link["href"]
    carried = get("/tallies/compare.json", rule="every_recognition").json()
    assert (carried["a"], carried["b"]) == ("every_recognition", subject["default_rule"])


MARKED = (
    "/list",
    "/list/oic",
    "/tallies",
    "/tallies/oic",
    "/tallies/compare?organisation=oic",
    "/counts",
    "/counts/serbia-2023",
)
COUNTED = """
select recognising, members from tally_history
where rule_id = ? and organisation_id = ? and since <= ? and (until is null or ? < until)
"""


@pytest.mark.parametrize("path", MARKED)
@pytest.mark.parametrize("chosen", ["", "rule=article&as_of=2015-06-30", "rule=uncontested"])
def test_numbers_are_those_of_the_rule_the_day_and_the_organisation_that_their_marks_name(get, db, path, chosen):
    """'N of M' and 'N recognise' in what readers see; what somebody else printed says which published count it is."""
    page = BeautifulSoup(get(f"{path}{'&' if '?' in path else '?'}{chosen}".rstrip("&?")).text, "html.parser")
    published = {row[0]: row[1:] for row in db.execute("select id, recognising, total from published_counts")}
    for printed in page.select("main [data-published]"):
        assert re.search(rf"\b{published[printed['data-published']][0]}\b", printed.get_text())
        printed.extract()
    for quoted in page.select("main q, main blockquote, main option"):
        quoted.extract()
    seen = 0
    for element in page.select("main :is(p, h1, th, td, li, caption, strong)"):
        if element.find(["p", "li", "tr"]) or element.select("[data-rule]"):
            continue
        text = " ".join(element.get_text().split())
        found = re.findall(r"(?<!\d)(\d+) (?:of (\d+)|recognise\b)", text)
        if element.name == "td" and element.has_attr("data-rule"):  # what a rule counts, beside a published count
            found.append((text.split()[0], ""))
        for number, of in found:
            counted, members = db.execute(COUNTED, marks_of(element)).fetchone()
            assert int(number) == counted, text
            assert not of or int(of) == members, text
            seen += 1
    assert seen or path.startswith("/counts")


def marks_of(element):
    """The rule, the organisation and twice the day that the marks around an element name."""
    marks = {}
    for one in (element, *element.parents):
        for name in ("rule", "organisation", "as-of"):
            if one.has_attr(f"data-{name}"):
                marks.setdefault(name, one[f"data-{name}"])
    return marks["rule"], marks.get("organisation", "un"), marks["as-of"], marks["as-of"]


def test_no_file_of_the_site_names_a_rule_or_the_first_day(root, db, subject):
    """They are rows of sources/. 'article' is a source and a page too, and two rules have the names of countries."""
    rules = [
        rule
        for (rule,) in db.execute("select id from rules where id <> 'article' and id not in (select id from countries)")
    ]
    named = re.compile(rf"\b({'|'.join(rules)})\b(?![ \w])|{subject['first_day']}|17 February 2008")
    files = itertools.chain(*(
        (root / folder).rglob(kind)
        for folder, kind in (("recognition/site", "*.py"), ("plugins", "*.py"), ("templates", "*.html"), ("static", "*.js"))
    ))  # fmt: skip
    assert {f"{file.name}: {found[0]}" for file in files for found in named.finditer(file.read_text("utf-8"))} == set()


def test_what_pages_share_is_written_once(root):
    folders = ("recognition/site", "recognition/serving", "plugins")
    text = "\n".join(file.read_text("utf-8") for folder in folders for file in (root / folder).glob("*.py"))
    for words in (
        "There is no format", "as_of must be a day", "which is still to come", "csv.writer",
        '"(?:\\.(?P<format>',
    ):  # fmt: skip
        assert text.count(words) == 1, words


@pytest.mark.parametrize("day", ["2012-06-01", "2019-12-31"])
def test_the_day_that_the_environment_sets_is_today_in_pages_and_in_sql(get, datasette, monkeypatch, day):
    monkeypatch.setenv("RECOGNITION_TODAY", day)
    get("/")  # which starts the site
    monkeypatch.setattr(datasette.workers, "idle", [])  # the processes for SQL have the environment of their start
    for path in PAGES_OF_TODAY:
        assert get(path).text == get(path, as_of=day).text, path
    view = get(
        "/recognition.json", _shape="array", sql="select organisation_id, rule_id, recognising from tallies"
    ).json()
    counted = {row["organisation_id"]: row["recognising"] for row in view if row["rule_id"] == "uncontested"}
    told = get("/tallies.json", rule="uncontested", as_of=day).json()["tallies"]
    assert counted == {tally["organisation"]: tally["recognising"] for tally in told}
    about = BeautifulSoup(get("/about").text, "html.parser")
    assert re.search(rf"urldate += {{{day}}}", about.get_text())


@pytest.mark.parametrize(
    ("rule", "organisation"), [("kosovo", "all-states"), ("article", "un"), ("latest", "all-states")]
)
def test_a_recognition_that_a_rule_leaves_out_is_told(get, db, rule, organisation):
    """A member that recognised by its own words and does not under the rule; the day is that of the recognition."""
    sql = """select s.country_id, max(e.date) from statuses s join events e on e.country_id = s.country_id and e.kind = 'recognition'
             join memberships m on m.country_id = s.country_id and m.organisation_id = ? and m.until is null
             where s.rule_id = ? and s.until is null and s.status = 'does not recognise' group by 1"""
    page = BeautifulSoup(get(f"/tallies/{organisation}?rule={rule}").text, "html.parser")
    told = {
        row.select_one("a")["href"].partition("?")[0].rsplit("/", 1)[1]: row.select_one("td time")["datetime"]
        for row in page.select("table.states tr")
        if "This rule leaves out its recognition of" in row.get_text()
    }
    assert told == dict(db.execute(sql, (organisation, rule)))
    assert bool(told) == (rule != "latest")

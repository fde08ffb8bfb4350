"""The front page is cheap and light, offers every way in, and marks whose number is whose. What it says: tests/seen."""

import gzip
import re

import pytest
from bs4 import BeautifulSoup
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm

from recognition.dates import said

# How many statements of SQL pages take at most: the first after a start, one under another rule, and one on another day.
STATEMENTS_AT_MOST = {"/": 30, "/?rule=article&as_of=2015-01-01": 12, "/?rule=article&as_of=2016-01-01": 0}


class Listener:
    """Writes down every statement of SQL that the site's database is asked."""

    def __init__(self):
        self.statements = []
        self.__name__ = "listener"  # Datasette asks plugins for it

    @hookimpl
    def prepare_connection(self, conn, database):
        if database == "recognition":
            conn.set_trace_callback(self.statements.append)


def test_it_asks_little_of_the_database(unhurried_folder, loop):
    """The first page after a start reads what does not depend on the day, and keeps it."""
    listener = Listener()
    pm.register(listener)
    try:
        site = Datasette([], config_dir=unhurried_folder)
        loop.run_until_complete(site.invoke_startup())
        asked = {}
        for path in STATEMENTS_AT_MOST:
            listener.statements.clear()
            assert loop.run_until_complete(site.client.get(path)).status_code == 200
            asked[path] = [*listener.statements]
        assert asked["/"], "nothing was listened to"
        assert all(len(asked[path]) <= most for path, most in STATEMENTS_AT_MOST.items()), asked
    finally:
        pm.unregister(listener)


def test_the_page_with_its_style_and_scripts_is_light(get):
    html = get("/").text
    parts = [html.encode()] + [
        get(address).content for address in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js)(?:\?[^"]*)?)"', html)
    ]
    assert len(parts) == 7
    assert sum(len(gzip.compress(part)) for part in parts) < 72_000


def text(element):
    return " ".join(element.get_text().split())


@pytest.mark.parametrize(
    ("choice", "number", "title"),
    [
        ({"as_of": "2026-11-25"}, "{count} of 193 UN members recognise Kosovo on 25 November 2026{as_known},"
         " counted under the rule {rules[latest]}.", "{count} of 193 UN members on 25 November 2026"),
        ({"as_of": "2012-06-01", "rule": "article"}, "{count} of 193 UN members recognise Kosovo on 1 June 2012,"
         " counted under the rule {rules[article]}.",
         "{count} of 193 UN members on 1 June 2012, under the rule ‘{rules[article]}’"),
    ],
)  # fmt: skip
def test_the_number_says_whose_day_and_rule_it_has(get, db, rules, as_known, choice, number, title):
    (count,) = db.execute(
        """select recognising from tally_history where rule_id = ? and organisation_id = 'un'
        and since <= ? and (until is null or ? < until)""",
        (choice.get("rule", "latest"), choice["as_of"], choice["as_of"]),
    ).fetchone()
    page = BeautifulSoup(get("/", **choice).text, "html.parser")
    assert text(page.select_one(".figure")) == number.format(count=count, rules=rules, as_known=as_known)
    assert page.title.get_text() == f"Who recognises Kosovo? {title.format(count=count, rules=rules)}"
    dates = [time["datetime"] for time in page.select("time.map-day")]
    assert len(dates) >= 3 and set(dates) == {choice["as_of"]}


@pytest.mark.parametrize("day", ["2026-11-25", "2025-03-25"])
def test_the_article_s_own_numbers_stand_beside_as_the_article_s(get, db, day):
    page = BeautifulSoup(get("/", as_of=day).text, "html.parser")
    says = text(page.select_one(".headline [data-published]").parent)
    stated, of_all, after = db.execute("""select c.recognising, c.total, s.written_after from published_counts c, sources s
        where c.id = ? and s.id = 'article'""", (page.select_one(".headline [data-published]")["data-published"],)).fetchone()  # fmt: skip
    pattern = rf"The article, written [^(]*{said(after)}[^(]*, states {stated} of {of_all} \(line \d+\)\."
    assert re.match(pattern, says)
    printed = page.select(":is(.headline, table) [data-published]")
    assert len(printed) == 10
    for element in printed:
        recognising, total, organisation = db.execute(
            "select recognising, total, organisation_id from published_counts where id = ?",
            (element["data-published"],),
        ).fetchone()
        assert f"{recognising} of {total}" in text(element)
        row = element.find_parent(attrs={"data-organisation": True})
        assert (row["data-organisation"] if row else "un") == organisation


@pytest.mark.parametrize(
    "choice", [{}, {"as_of": "2020-01-01"}, {"as_of": "2018-05-01", "rule": "article"}, {"as_of": "2012-06-01"}]
)
def test_the_states_between_two_numbers_make_the_difference(get, db, choice):
    """Each number is what its rules count and its publishers printed; from one to the next leads a sum of states."""
    page = BeautifulSoup(get("/", **choice).text, "html.parser")
    number, rules = None, set()
    for item in page.select(".number-line > ol > li"):
        if "between" in item["class"]:
            fewer = len(item.select(".less"))
            rest = re.search(r"([+−])(\d+) that no rule explains", text(item.p))
            number += len(item.select("ul li")) - 2 * fewer
            number += (int(rest[2]) * (1 if rest[1] == "+" else -1)) if rest else 0
            assert sum(int(n) for n in re.findall(r"(\d+) more,", text(item.p))) == len(item.select("ul li")) - fewer
            continue
        assert number in (None, int(item.strong.get_text())), text(item)
        number = int(item.strong.get_text())
        for side in item.select("[data-rule]"):
            rules.add(side["data-rule"])
            sql = """select recognising from tally_history where rule_id = ? and organisation_id = ?
                     and since <= ? and (until is null or ? < until)"""
            day = side["data-as-of"]
            assert db.execute(sql, (side["data-rule"], side["data-organisation"], day, day)).fetchone() == (number,)
        for count in item.select("[data-published]"):
            sql = "select recognising from published_counts where id = ?"
            assert db.execute(sql, (count["data-published"],)).fetchone() == (number,)
    asked = {"latest", *([choice["rule"]] if "rule" in choice else [])}
    assert rules == {id_ for (id_,) in db.execute("select id from rules where on_line")} | asked


@pytest.mark.usefixtures("edited_article")
def test_how_many_are_disputed_is_true_of_each(get, db):
    """Sixteen of those that recognise have a claim that they withdrew, four more one that their stance is unclear."""
    said = text(BeautifulSoup(get("/", as_of="2026-11-25").text, "html.parser").select_one(".disputed"))
    assert said == (
        "16 of them have withdrawn, according to Serbia or the states themselves. Kosovo denied 15 of these withdrawals,"
        " 3 states denied their own, and 1 took its withdrawal back. The stance of 4 more is called unclear by Serbia."
    )
    claimants = """
        select c.country_id, group_concat(distinct c.claimant), max(c.by_itself) from claims c join countries s on s.id = c.country_id
        where s.un_member and s.status = 'recognises' and c.kind like :kind
          and c.kind not in ('withdrawal denied', 'withdrawal reversed', 'withdrawal not confirmed', 'withdrawal confirmed')
        group by c.country_id"""
    reported = {
        country: ("Serbia" in names, itself)
        for country, names, itself in db.execute(claimants, {"kind": "withdrawal%"})
    }
    unclear = {country for country, *_ in db.execute(claimants, {"kind": "stance called unclear"})} - set(reported)
    assert len(reported) == 16 and all(any(by) for by in reported.values())
    assert len(unclear) == 4
    denied = "select distinct country_id from claims where claimant = 'Kosovo' and kind = 'withdrawal denied'"
    assert set(reported) - {country for (country,) in db.execute(denied)} == {"guinea-bissau"}


@pytest.mark.usefixtures("edited_article")
@pytest.mark.parametrize(
    ("day", "said"),
    [
        # the day of the claim: nobody had answered for the nine
        ("2023-01-04", "16 of them have withdrawn, according to Serbia or the states themselves. Kosovo denied 6 of these withdrawals, "
                       "1 state denied its own, and 1 took its withdrawal back. "),
        # what was said of Guinea-Bissau before the claim answers nothing
        ("2017-11-22", "2 of them have withdrawn, according to Serbia. Kosovo denied 1 of these withdrawals."),
    ],
)  # fmt: skip
def test_an_answer_counts_from_the_day_on_which_it_was_given(get, day, said):
    assert said in text(BeautifulSoup(get("/", as_of=day).text, "html.parser").select_one(".disputed"))


@pytest.mark.usefixtures("edited_article")  # Suriname's withdrawal is not in its table
def test_one_state_is_spoken_of_as_one(get):
    page = BeautifulSoup(get("/", rule="uncontested", as_of="2018-12-01").text, "html.parser")
    assert "The stance of 1 of them is called unclear by Serbia." in text(page.select_one(".disputed"))
    page = BeautifulSoup(get("/", as_of="2017-11-10").text, "html.parser")
    assert text(page.select_one(".disputed")) == "1 of them has withdrawn, according to Serbia. Kosovo denied it."


def test_what_is_said_of_states_without_naming_them_is_among_the_last_claims(get, db):
    """The subject's answers of January 2023 and January 2026 name no state, or nine: one side is not left out for that."""
    last = text(BeautifulSoup(get("/", as_of="2026-02-28").text, "html.parser").select_one("ol.changes"))
    assert "11 January 2026 States that are not named: Kosovo said that the recognition stands" in last
    then = text(BeautifulSoup(get("/", as_of="2023-02-01").text, "html.parser").select_one("ol.changes"))
    assert "January 2023 9 states: Kosovo denied a withdrawal" in then


@pytest.mark.usefixtures("edited_article")  # one more state that recognises is no longer in the number that Kosovo gave
def test_how_many_lie_between_the_ends_of_the_line_is_said(get):
    page = BeautifulSoup(get("/", as_of="2026-11-25").text, "html.parser")
    assert "From 84 to 121 they are 37." in text(page.select_one(".number-line > p"))
    assert len(page.select(".number-line li.between li")) == 37


def test_a_claim_that_was_made_before_the_state_recognised_is_no_last_word(get):
    """Kosovo counted El Salvador and Guyana before they recognised; until then its claim was the last word."""
    for country, before in (("el-salvador", "2014-01-01"), ("guyana", "2013-04-01")):
        for day, there in (("2026-11-25", False), (before, True)):
            page = BeautifulSoup(get(f"/recognition/countries/{country}", as_of=day).text, "html.parser")
            assert bool(page.select_one("#last-word")) == there, (country, day)


def test_people_read_no_iso_days(get):
    for path in ("/", "/?rule=article&as_of=2012-06-01", "/map?as_of=2012-06-01"):
        main = BeautifulSoup(get(path).text, "html.parser").main
        for code in main.select("textarea"):  # which is for programs
            code.decompose()
        for cited in main.select(".cite pre"):
            cited.clear()  # addresses have ISO days
        said = [text(main), *(element["aria-label"] for element in main.select("[aria-label]"))]
        assert not re.search(r"\d{4}-\d{2}-\d{2}", " ".join(said))
        assert not re.search(r"\d{4}-\d{2}-\d{2}", main.select_one("[aria-valuetext]")["aria-valuetext"])

"""Any two numbers are bridged: from one to the other leads each state that makes the difference, and nothing is left over in silence."""

import csv
import io
import re

import pytest
from bs4 import BeautifulSoup

from tests.conftest import TODAY

PAIRS = [
    ("kosovo-2025-12", "serbia-2023", "un"),
    ("serbia-2023", "latest@2026-02-28", "un"),
    ("latest@2026-02-28", "kosovo@2026-02-28", "un"),
    ("serbia-2017-11", "uncontested@2018-05-01", "un"),
    ("every_recognition@2020-01-01@eu", "article@2013-01-01@eu", "eu"),
    ("latest@2012-06-01", "latest@2012-06-01", "un"),
]


def number(text):
    return int(text.strip().replace("−", "-").replace("±", ""))


@pytest.mark.parametrize(("a", "b", "members"), PAIRS)
def test_page_data_and_the_saved_question_lead_over_the_same_states(get, a, b, members):
    told = get("/counts/compare.json", a=a, b=b).json()
    states = {(step["name"], step["step"]) for step in told["steps"]}
    counted = sum(step["step"] for step in told["steps"])
    assert told["a"]["number"] + told["unexplained_a"] + counted + told["unexplained_b"] == told["b"]["number"]
    page = BeautifulSoup(get("/counts/compare", a=a, b=b).text, "html.parser").select_one("table.bridge")
    rows = page.select("tbody tr")
    assert {(row.th.get_text(strip=True), number(row.td.get_text())) for row in rows if row.th} == states
    first, *between, last = [number(row.td.get_text()) for row in rows]
    assert first + sum(between) == last == told["b"]["number"]
    makes = [number(row.select_one("[data-name=Makes]").get_text()) for row in rows if row.th]
    assert makes == [step["number"] for step in told["steps"]]
    listed = list(csv.DictReader(io.StringIO(get("/counts/compare.csv", a=a, b=b).text)))
    assert {(row["name"], int(row["step"])) for row in listed} == states
    asked = {"a": a.removesuffix("@eu"), "b": b.removesuffix("@eu"), "members": members}
    found = get("/recognition/bridge.json", _shape="array", **asked).json()
    assert {(row["what"], row["step"]) for row in found if row["status_a"]} == states


def test_from_121_to_84_lead_37_states_and_what_was_given_with_them_is_told(get):
    told = get("/counts/compare.json", a="kosovo-2025-12", b="serbia-2023").json()
    assert (told["a"]["number"], told["b"]["number"], len(told["steps"])) == (121, 84, 37)
    assert told["unexplained_a"] == told["unexplained_b"] == 0
    lead = BeautifulSoup(get("/counts/compare").text, "html.parser").select_one(".lead").get_text()
    assert re.sub(r"\s+", " ", lead).strip() == (
        "121, given by Kosovo (president), 19 December 2025; 84, given by Serbia (president), 4 January 2023."
        " 37 states make the difference, if the numbers are read as below."
    )


@pytest.mark.parametrize(
    ("a", "b", "end", "why"),
    [
        # what the president gave with 84 is not what the rule counts
        ("latest@2023-01-04", "serbia-2023", "if the numbers are read as below.", "other numbers that were given with it are not those of the rule"),
        # no record says how Wikipedia counted: the rule only comes nearest
        ("enwiki-2020-09-04-97-un", "enwiki-2020-09-04-104-un", "if the numbers are read as below.",
         "that comes nearest, and no record says how its publisher counted"),
        # the note says that its states are others
        ("kosovo-2018-06", "serbia-2018-06", "if the numbers are read as below.", "that agrees by accident: its publisher counted otherwise"),
        ("latest@2023-01-04", "uncontested@2023-01-04", "and nothing is left over.", ""),
        ("kosovo@2025-12-19", "kosovo-2025-10", "and nothing is left over.", ""),
    ],
)  # fmt: skip
def test_nothing_is_left_over_only_where_records_say_how_both_were_counted(get, request, a, b, end, why):
    if a.startswith("enwiki"):
        request.getfixturevalue("edited_article")  # whose count comes nearest to it
    page = BeautifulSoup(get("/counts/compare", a=a, b=b).text, "html.parser")
    said = re.sub(r"\s+", " ", page.main.get_text())
    assert re.sub(r"\s+", " ", page.select_one(".lead").get_text()).strip().endswith(end)
    assert why in said


@pytest.mark.parametrize(
    ("count", "given"),
    [
        ("enwiki-2020-09-04-104-un", "as of 4 September 2020, given between 7 March 2024 and 25 March 2025"),
        ("enwiki-2020-09-04-101-un", "as of 4 September 2020, given on or after 21 March 2022"),
        ("enwiki-late-2025-un", "given by Wikipedia (English), between 29 October 2025 and 18 December 2025"),
        ("dacic-2012-01", "as of 2012, given 25 July 2019"),
        ("the article's", "given by the article, {}"),
    ],
)
def test_the_day_of_a_number_is_not_that_on_which_it_was_given(get, db, when_written, count, given):
    if count == "the article's":
        (count,) = db.execute(
            "select id from published_counts where source_id = 'article' and organisation_id = 'un'"
        ).fetchone()
    page = BeautifulSoup(get("/counts/compare", a=count, b="latest@2023-01-04").text, "html.parser")
    assert given.format(when_written) in re.sub(r"\s+", " ", page.select_one(".lead").get_text())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"a": "nonsense"}, "there is no published count with a day that is 'nonsense'"),
        ({"a": "worldatlas-kosovo"}, "there is no published count with a day that is"),
        ({"b": "latest@yesterday"}, "'yesterday' is no day."),
        ({"b": "latest@2020-02-30"}, "'2020-02-30' is no day."),
        ({"a": "mine@2020-01-01"}, "a must be one of latest (The list today)"),
        ({"a": "latest@2020-01-01@uefa"}, "a must be one of un (United Nations)"),
        ({"b": "latest@2020-01-01@uefa"}, "b must be one of un (United Nations)"),
        ({"b": "latest"}, f"'latest' is a rule without its day: latest@{TODAY}."),
        ({"a": "nothing"}, "there is no published count with a day that is 'nothing'."),
        ({"a": "latest@"}, "'' is no day."),
    ],
)
def test_what_names_no_number_gets_a_sentence(get, asked, said):
    for path in ("/counts/compare", "/counts/compare.json"):
        answer = get(path, **asked)
        assert answer.status_code == 400
        assert said in (
            answer.json()["error"] if path.endswith("json") else BeautifulSoup(answer.text, "html.parser").get_text()
        )


def test_a_group_is_asked_for_by_any_of_its_names(get):
    asked = {"a": "latest@2020-01-01@European Union", "b": "latest@2020-01-01@EU"}
    told = get("/counts/compare.json", **asked).json()
    assert told["a"]["organisation"] == told["b"]["organisation"] == "eu" and told["steps"] == []


@pytest.mark.parametrize(("day", "answered"), [("2007-01-01", "2008-02-17"), ("2999-01-01", TODAY)])
def test_a_day_that_is_not_counted_is_answered_with_the_nearest_and_a_note(get, day, answered):
    told = get("/counts/compare.json", a=f"latest@{day}", b="serbia-2023").json()
    assert told["a"]["day"] == answered and any("You asked for" in note for note in told["notes"])
    assert "You asked for" in get("/counts/compare", a=f"latest@{day}", b="serbia-2023").text

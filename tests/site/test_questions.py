"""Saved questions as people fill them in: every choice of every list is answered, by every name, in every format."""

import csv
import io
import itertools
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from recognition import dates
from recognition.site.names import spelled
from recognition.site.questions import LISTS

METADATA = yaml.safe_load((Path(__file__).parents[2] / "metadata.yml").read_text("utf-8"))
QUESTIONS = METADATA["databases"]["recognition"]["queries"]
ASKED = [(name, parameter) for name, query in QUESTIONS.items() for parameter in query.get("params", [])]
FORMATS = ("", ".json", ".csv")
TODAY = "2026-11-25"
WRONG = {"day": ["yesterday", "2013-02-30", "2007-01-01", "2999-01-01"], "words": []}


def words(tag):
    return " ".join(tag.get_text(" ").split())


def page(response):
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def offered(parsed, parameter):
    """{key: name} that the page's list of a parameter offers, and the key that is chosen."""
    options = parsed.select(f"form.choice select[name={parameter}] option")
    (chosen,) = [option["value"] for option in options if option.has_attr("selected")]
    return {option["value"]: option.get_text() for option in options}, chosen


@pytest.mark.parametrize(("question", "parameter"), ASKED)
def test_every_choice_is_answered_with_rows_or_with_none(get, db, sample, question, parameter):
    """Its title names the choice, and the list of the form shows it as chosen."""
    described = QUESTIONS[question]["choices"][parameter]
    if described["kind"] in WRONG:
        return
    path = f"/recognition/{question}"
    choices, default = offered(page(get(path)), parameter)
    said = {key: told for key, _, told, *_ in db.execute(LISTS[described["kind"]])}
    assert list(choices) == list(said) and default == described.get("default", "latest")
    in_title = f"{{{parameter}}}" in QUESTIONS[question]["title_with"]
    for key in sample([*choices], 12):
        parsed = page(get(path, **{parameter: key}))
        assert offered(parsed, parameter)[1] == key
        assert not in_title or said[key] in words(parsed.h1) == parsed.title.get_text().strip(), key
        none = [words(heading) for heading in parsed.select("h2")] == ["None"]
        assert none or parsed.select("table.rows tbody tr"), key
        assert none == (get(f"{path}.json", **{parameter: key}).json()["rows"] == []), key
        assert not none or words(parsed.select_one("h2 + p")).endswith("."), key


@pytest.mark.parametrize(("question", "parameter"), ASKED)
def test_another_spelling_is_taken_and_what_names_nothing_is_refused(get, db, sample, question, parameter):
    path, described = f"/recognition/{question}", QUESTIONS[question]["choices"][parameter]
    if described["kind"] == "words":
        return
    for wrong, form in itertools.product(WRONG.get(described["kind"], ["uefa", "xyz!", "%", "' or 1=1 --"]), FORMATS):
        answer = get(path + form, **{parameter: wrong})
        assert answer.status_code == 400, (wrong, form)
        assert f"{parameter} must be " in answer.text
    if described["kind"] == "day":
        assert answers(get, path, {parameter: "1 July 2013"}) == answers(get, path, {parameter: "2013-07-01"})
        return
    for key, name, *_ in sample(db.execute(LISTS[described["kind"]]).fetchall(), 1):
        right = answers(get, path, {parameter: key})
        for spelling in (key.upper(), f" {name} ", name.upper(), name.lower(), name.replace(" ", "_")):
            assert answers(get, path, {parameter: spelling}) == right, spelling


def answers(get, path, given):
    """What each format answers: the title and the cells of the page, the rows of JSON and CSV."""
    parsed, data = page(get(path, **given)), get(f"{path}.json", **given).json()
    return words(parsed.h1), words(parsed.select_one("main")), data["rows"], get(f"{path}.csv", **given).text


@pytest.mark.parametrize(
    ("question", "given", "key"),
    [
        ("members-that-do-not-recognise", {"organisation": "EU"}, "eu"),
        ("members-that-do-not-recognise", {"organisation": "NATO"}, "nato"),
        ("members-that-do-not-recognise", {"organisation": "European  Union"}, "eu"),
        ("members-that-do-not-recognise", {"organisation": "Organization of Islamic Cooperation"}, "oic"),
        ("neighbours-that-differ", {"organisation": ""}, "nato"),
        ("status-of-a-country", {"country": "Burma"}, "myanmar"),
        ("status-of-a-country", {"country": "sao tome and principe"}, "sao-tome-and-principe"),
        ("status-of-a-country", {"country": "CÔTE D’IVOIRE"}, "ivory-coast"),
        ("all-about", {"country": "Deutschland"}, "germany"),
        ("tallies-on-a-day", {"rule": "the list today"}, "latest"),
        ("read-a-section", {"section": "Why countries disagree"}, "why-countries-disagree"),
    ],
)
def test_names_that_people_write_are_known(get, question, given, key):
    (parameter,) = given
    assert get(f"/recognition/{question}.json", **given).json()["query"]["params"][parameter] == key


def test_a_long_list_is_not_printed_but_what_is_alike_is_offered(get):
    error = get("/recognition/status-of-a-country.json", country="Beligum").json()["error"]
    assert error.startswith(
        "country must be one of the 205 names from Abkhazia to Zimbabwe, not 'Beligum'. Did you mean Belgium"
    )


def test_a_parameter_that_a_question_does_not_have_is_refused(get):
    for form in FORMATS:
        answer = get(f"/recognition/members-that-do-not-recognise{form}", organization="nato")
        assert answer.status_code == 400
        assert "There is no parameter organization here. This question has organisation." in answer.text
    assert get("/recognition/withdrawals.json", organisation="nato").status_code == 400


@pytest.mark.parametrize("question", QUESTIONS)
def test_without_parameters_every_format_gives_the_same_rows(get, db, question):
    parsed, data = page(get(f"/recognition/{question}")), get(f"/recognition/{question}.json").json()
    table = list(csv.reader(io.StringIO(get(f"/recognition/{question}.csv").text)))
    unsure = db.execute(
        "select 1 from recognitions where confidence <> 'high'"
    ).fetchone()  # none where the article prints all names
    assert data["rows"] or (question == "least-sure-names" and not unsure)
    assert len(parsed.select("table.rows tbody tr")) == len(data["rows"]) == len(table) - 1
    assert bool(parsed.select("form.choice")) == bool(QUESTIONS[question].get("params")), "no form without parameters"


@pytest.mark.parametrize("question", [name for name, query in QUESTIONS.items() if "under" in query])
def test_an_answer_says_its_rule_and_day_and_until_when_it_is_known(get, rules, as_known, question):
    parsed = page(get(f"/recognition/{question}"))
    under, main = parsed.select_one("p.under"), parsed.select_one("main")
    day = under.time["datetime"]
    assert under.time.get_text() == dates.said(day) and main["data-as-of"] == day
    assert (f"{as_known}." in words(under).replace(" ,", ",")) == (day == TODAY)
    if QUESTIONS[question]["under"] == "own rule":
        assert not main.has_attr("data-rule")
    else:
        assert main["data-rule"] == "latest" and under.a.get_text() == rules["latest"]


def test_names_are_ordered_as_a_reader_looks_for_them(get):
    listed = get("/recognition/members-that-do-not-recognise.json", organisation="un", _shape="array").json()
    names = [row["country"] for row in listed]
    assert [spelled(name) for name in names] == sorted(spelled(name) for name in names)
    text = get("/recognition/themes-counted.json", _shape="array").json()[0]["countries"]
    assert [spelled(name) for name in text.split(", ")] == sorted(spelled(name) for name in text.split(", "))


def test_visitors_sql_keeps_fields_for_its_parameters(get):
    parsed = page(get("/recognition", sql="select :organisation as x", organisation="EU"))
    assert parsed.select_one("input[name=organisation]")["value"] == "EU"
    assert re.search(r"\bEU\b", words(parsed.select_one("table.rows td")))


@pytest.mark.parametrize("day", ["2012-12-31", "2019-06-30", "2026-02-28"])
@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ({}, "latest"),
        ({"since_the_article": "no"}, "article"),
        ({"withdrawals_listed": "no"}, "every_recognition"),
        ({"withdrawals_claimed": "yes"}, "uncontested"),
    ],
)
def test_a_rule_of_ones_own_that_says_what_a_rule_here_says_counts_as_it_does(get, db, answers, rule, day):
    (own,) = get("/recognition/your-own-rule.json", day=day, _shape="array", **answers).json()
    sql = """select recognising from tally_history where organisation_id = 'un' and rule_id = ?
             and since <= ? and (until is null or ? < until)"""
    assert (own["recognising"],) == db.execute(sql, (rule, day, day)).fetchone()


def test_without_the_recognitions_since_the_article_the_claims_since_then_still_count(get, db):
    names = "select c.name from events e join countries c on c.id = e.country_id where e.kind = 'recognition' and updates and un_member"
    asked = {"day": "2026-02-28", "withdrawals_claimed": "yes", "_shape": "array"}
    counted = [
        {*get("/recognition/your-own-rule.json", since_the_article=since, **asked).json()[0]["countries"].split(", ")}
        for since in ("yes", "no")
    ]
    assert counted[0] > counted[1] and counted[0] - counted[1] == {name for (name,) in db.execute(names)}

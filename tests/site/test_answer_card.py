"""The search answers the questions that the database can answer, in a sentence that is true; it guesses none."""

import csv
import re

import pytest
from bs4 import BeautifulSoup

from recognition.site.names import spelled
from recognition.site.question_forms import expression
from recognition.site.search_terms import without_dots

DAY = "2026-11-25"
# Questions of readers, and what the answer must hold.
ASKED = [
    ("how many countries recognize kosovo", r"\b108 of 193\b"),
    ("who recognises kosovo", r"\b108\b"),
    ("kosovo recognition count", r"\b108\b"),
    ("does the bahamas recognise kosovo", "Bahamas.*19 December 2025"),
    ("does spain recognize kosovo", "Spain does not"),
    ("did burundi withdraw recognition", "Burundi.*2018"),
    ("when did germany recognise kosovo", "20 February 2008"),
    ("when did turkey recognise kosovo", "18 February 2008"),
    ("germany date", "20 February 2008"),
    ("which EU countries dont recognise kosovo", "Cyprus.*Greece.*Romania.*Slovakia.*Spain"),
    ("EU five non recognisers", "Cyprus.*Greece.*Romania.*Slovakia.*Spain"),
    ("how many arab countries recognise kosovo", "16 of 22"),
    ("how many O.I.C. members recognise kosovo", "36 of 57"),
    ("countries that recognised kosovo in 2008", r"\b54 states\b"),
    ("first country to recognise kosovo", "Costa Rica"),
    ("last country to recognise kosovo", "the Bahamas, on 19 December 2025"),
    ("who withdrew recognition", r"\b10 UN members.*Burundi.*Togo"),
    ("cila shtete e njohin kosovën", r"\b108\b"),
    ("koje zemlje priznaju Kosovo", r"\b108\b"),
    ("да ли Шпанија признаје Косово", "Spain does not"),
    ("Pourquoi l'Espagne ne reconnaît pas le Kosovo", "own regions that want independence"),
    ("kosovo independece date", "17 February 2008"),
    ("Who recognises Kosovo on 1 June 2012?", "88 of 193 UN members.*on 1 June 2012"),
    ("how many EU members recognise Kosovo in 2010", "22 of 27 members of the European Union.*on 31 December 2010"),
    (
        "did palau withdraw its recognition",
        "Palau recognises.*itself announced a withdrawal, 17 January 2019; Kosovo denied a withdrawal",
    ),
    ("did japan withdraw recognition", "Nobody is on record here"),
    ("how did Albania vote on Kosovo", "against, Kosovo’s side \\(UN General Assembly, 8 October 2008\\)"),
    ("which countries recognised kosovo between 2014 and 2012", "23 states recognised Kosovo from 2012 to 2014"),
    ("recognitions in 2021", "0 states recognised Kosovo in 2021"),
    ("is kosovo recognised by Montserrat", "Through the United Kingdom, Montserrat recognises"),
]
# Half understood, about something else, or about nobody that there is.
NOT_ASKED = [
    "does spain recognise france", "how many martians recognise kosovo", "does kosovo recognise kosovo", "germany",
    "how many Interpol members recognise kosovo", "does Spain recognise Kosovo and Serbia", "who recognises", "when did",
    "who recognises kosovo on 31 February 2012", "first country to recognise Abkhazia", "why", "", "x" * 400,
    "does {country} recognise kosovo", "who recognises kosovo in 99999", "\x00 who", "does 'or 1=1 recognise kosovo",
]  # fmt: skip


def told(get, q, **asked):
    return get("/search.json", q=q, as_of=DAY, **asked).json()["answer"]


@pytest.mark.parametrize(("q", "holds"), ASKED, ids=[q for q, _ in ASKED])
def test_a_question_is_answered_on_the_page_and_in_json(get, q, holds):
    answer = told(get, q)
    assert re.search(holds, answer["text"]), answer["text"]
    card = BeautifulSoup(get("/search", q=q, as_of=DAY).text, "html.parser").select_one(".answer-card")
    assert card.p.get_text() == answer["text"]
    assert [link["href"] for link in card.select("a")] == [link["url"] for link in answer["links"]]
    for link in answer["links"]:
        assert get(link["url"]).status_code == 200, link


@pytest.mark.parametrize("q", NOT_ASKED, ids=[q[:40] for q in NOT_ASKED])
def test_what_is_half_understood_gets_no_answer(get, q):
    assert told(get, q) is None
    assert not BeautifulSoup(get("/search", q=q).text, "html.parser").select(".answer-card")


def test_each_form_takes_its_example_and_that_is_answered(get, root):
    with (root / "sources/question_forms.csv").open(encoding="utf-8", newline="") as file:
        forms = list(csv.DictReader(file))
    for form in forms:
        words = f" {spelled(without_dots(form['example']))}"
        assert expression(form["pattern"]).fullmatch(words), form
        assert told(get, form["example"]), form


def test_an_answer_has_the_rule_and_the_day_that_are_asked_for(get, db):
    for rule in ("article", "uncontested", "serbia"):
        answer = told(get, "how many countries recognise kosovo", rule=rule)
        (number,) = db.execute(
            "select recognising from tally_history where rule_id = ? and organisation_id = 'un' and until is null",
            (rule,),
        ).fetchone()
        (title,) = db.execute("select title from rules where id = ?", (rule,)).fetchone()
        assert answer["text"].startswith(f"{number} of 193 UN members recognise Kosovo, counted under ‘{title}’ on ")
        assert all(f"rule={rule}" in link["url"] for link in answer["links"])


def test_every_country_is_answered_as_its_status_is(get, db):
    said = {
        "recognises": "recognises Kosovo",
        "withdrew": "withdrew",
        "does not recognise": "does not recognise Kosovo",
    }
    for name, status in db.execute("select name, status from countries where status is not null").fetchall()[::6]:
        answer = told(get, f"does {name} recognise Kosovo")
        assert answer and said[status] in answer["text"], name

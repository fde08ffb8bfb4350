"""The search answers the questions that the database can answer, in a sentence that is true; it guesses none."""

import csv
import datetime
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from recognition.question_patterns import PatternWrong, as_words, expression
from recognition.site.answering import ANSWERS
from tests.conftest import TODAY

DAY = "2026-11-25"
# What readers ask, one question a line; what it is answered is kept in tests/seen/pages/answers_to_readers.txt.
ASKED = (Path(__file__).parents[1] / "seen/questions_of_readers.txt").read_text("utf-8").splitlines()
# Half understood, about something else, about nobody that there is, or of several meanings.
NOT_ASKED = [
    "does spain recognise france", "how many martians recognise kosovo", "does kosovo recognise kosovo", "germany", "kosovo",
    "how many Interpol members recognise kosovo", "does Spain recognise Kosovo and Serbia", "who recognises", "when did",
    "who recognises kosovo on 31 February 2012", "first country to recognise Abkhazia", "why", "", "x" * 400, "why is Spain",
    "does {country} recognise kosovo", "who recognises kosovo in 99999", "\x00 who", "does 'or 1=1 recognise kosovo",
    "how many countries recognise kosovo in 0000", "does spain recognise kosovo passports", "why did burundi withdraw",
    "does it recognise kosovo", "DOES IT RECOGNISE KOSOVO", "how many countries recognised kosovo by 2/3/2010",
    "did serbia vote on fifa", "how did serbia vote on fifa", "who recognises kosovo passports", "spain kosovo",
    "how many countries will", "8/10/2008", "999", "which martians withdrew recognition in 2019", "martians that do not recognise Kosovo",
    "which martians recognised Kosovo in 2012", "does Congo recognise Kosovo", "does Korea recognise Kosovo",
    "does America recognise Kosovo",
    "which countries recognise kosovo except spain", "did spain recognise kosovo before france", "how many",
]  # fmt: skip
PARTS = ["who", "how many", "does", "recognise", "Kosovo", "{country}", "in", "2012", "0000", "9999-12-31", "(", "|", "[", "31/02/2012",
         "EU", "Spain", "not", "why", "vote", "on", "1/2/2010", "\x00", "İt", "why not", "after", "?"]  # fmt: skip


def told(get, q, **asked):
    return get("/search.json", q=q, **asked).json()["answer"]


def forms(root):
    return list(csv.DictReader((root / "sources/question_forms.csv").open(encoding="utf-8", newline="")))


@pytest.fixture(scope="module")
def phrases(root):
    with (root / "sources/question_phrases.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["pattern"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def subjects(db):
    return [
        name
        for (name,) in db.execute("select name from country_names where country_id = 'kosovo' union select 'Kosovo'")
    ]


def test_no_number_of_a_search_is_an_error(get):
    for typed in (*range(60), "22 countries", "Kosovo 22", "٢٢", "²", "-1"):
        assert get("/search.json", q=str(typed)).status_code == 200, typed


@pytest.mark.parametrize("q", ["OPEC", "SADC", "APEC"])
def test_an_abbreviation_is_not_corrected_into_something_else(get, q):
    assert get("/search.json", q=q).json()["nothing"] is True


@pytest.mark.sampled(25)  # the answers themselves are kept, all of them: tests/seen/pages/answers_to_readers.txt
@pytest.mark.parametrize("q", ASKED)
def test_a_question_is_answered_on_the_page_and_in_json(get, q):
    answer = told(get, q)
    card = BeautifulSoup(get("/search", q=q).text, "html.parser").select_one("section.answer-card")
    assert card.h2.get_text() == "Answer" and card["aria-labelledby"] == card.h2["id"]
    assert " ".join(part.get_text() for part in card.select("p")) == answer["text"]
    assert [link["href"] for link in card.select("ul a")] == [link["url"] for link in answer["links"]]
    assert set(answer) == {"text", "links"}
    for link in [
        *(link["url"] for link in answer["links"]),
        *(link["href"] for link in card.select("p:not(.basis) a")),
    ]:
        assert get(link).status_code == 200, link


@pytest.mark.parametrize("q", NOT_ASKED, ids=[q[:40] for q in NOT_ASKED])
def test_what_is_half_understood_gets_no_answer(get, q):
    assert told(get, q) is None
    assert not BeautifulSoup(get("/search", q=q).text, "html.parser").select(".answer-card")


@given(
    st.lists(st.sampled_from(PARTS), max_size=9).map(" ".join)
    | st.text(max_size=40).map("who recognises {} Kosovo".format)
)
def test_whatever_is_asked_the_search_goes_on(get, q):
    assert get("/search.json", q=q).status_code == 200


def test_each_form_takes_its_example_and_that_is_answered(get, root, phrases, subjects):
    """By its own pattern, and by none before it that means something else."""
    known = [(form["kind"], expression(form["pattern"], phrases, subjects)) for form in forms(root)]
    for form in forms(root):
        words = as_words(form["example"])
        assert expression(form["pattern"], phrases, subjects).fullmatch(words), form
        kinds = [kind for kind, pattern in known if pattern.fullmatch(words)]
        assert form["kind"] in kinds
        assert told(get, form["example"]), form


def test_every_kind_of_answer_has_a_form_and_every_form_an_answer(root):
    described = json.loads((root / "sources/datapackage.json").read_text("utf-8"))["resources"]
    (fields,) = [register["schema"]["fields"] for register in described if register["name"] == "question_forms"]
    assert {form["kind"] for form in forms(root)} == set(ANSWERS) == set(fields[0]["constraints"]["enum"])


def test_every_phrase_is_used(root, phrases):
    used = {
        name
        for text in [*phrases.values(), *(form["pattern"] for form in forms(root))]
        for name in re.findall(r"\{(\w+)\}", text)
    }
    assert set(phrases) <= used


def test_the_languages_have_the_plain_forms(root):
    """Who recognises, whether a state does, and why not."""
    kinds = {(form["language"], form["kind"]) for form in forms(root)}
    for language in ("en", "sq", "sr", "fr", "de", "es"):
        assert {(language, kind) for kind in ("who recognises", "how it stands", "position")} <= kinds
    serbian = [form["pattern"] for form in forms(root) if form["language"] == "sr"]
    assert sum(bool(re.search("[а-я]", pattern)) for pattern in serbian) == len(serbian) / 2


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("who [recognises", "has no ']'"), ("who recognises)", "has ')' where nothing is open"), ("who (a]", "has ']' where nothing is open"),
        ("{nobody} knows", "has {nobody}, which is no place"), ("{a}", "has phrases that have each other"),
        ("who }", "has '}' where nothing is open"),
    ],
)  # fmt: skip
def test_a_wrong_pattern_is_said(pattern, said):
    with pytest.raises(PatternWrong, match=re.escape(said)):
        expression(pattern, {"a": "{b}", "b": "x {a}"}, ["Utopia"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("on 17.02.2008?", " on 2008-02-17"), ("17/2/2008", " 2008-02-17"), ("1.2.2008", " 2008-02-01"), ("2008-02-17", " 2008-02-17"),
        ("the 17th of February 2008", " 2008-02-17"), ("Feb 17, 2008", " 2008-02-17"), ("Sept. 2012", " 2012-09"), ("2/2/2012", " 2012-02-02"),
        ("1/2/2008", " 1 2 2008"), ("31 February 2012", " 31 2012-02"), ("31.02.2012", " 31 02 2012"), ("E.U. states", " eu states"),
        ("Kosovën’s", " kosoven s"), ("in 0000-01", " in 0000 01"),
    ],
)  # fmt: skip
def test_dates_and_abbreviations_become_words(text, words):
    assert as_words(text) == words


@pytest.mark.parametrize("rule", ["latest", "article", "every_recognition", "uncontested", "kosovo", "serbia"])
@pytest.mark.parametrize("day", ["2008-03-01", "2013-07-01", "2019-01-01", DAY])
def test_a_number_is_that_of_the_database(get, db, rule, day):
    """Under each rule, on any day: who does and does not, of the UN and of a group, adds up to the tally."""
    for organisation, members in (
        ("un", "UN members"),
        ("oic", "OIC members"),
        ("eu", "EU members"),
        ("caricom", "CARICOM members"),
    ):
        found = db.execute(
            """select members, recognising, withdrawn, contested, not_recognising from tally_history where rule_id = ?
            and organisation_id = ? and since <= ? and (until is null or ? < until)""", (rule, organisation, day, day),
        ).fetchone()  # fmt: skip
        total, recognising, withdrawn, contested, never = found
        do, do_not = (
            told(get, f"how many {members} {verb} Kosovo", rule=rule, as_of=day)["text"]
            for verb in ("recognise", "do not recognise")
        )
        assert do.startswith(f"{recognising} of {total} ")
        assert do_not.startswith(f"{never + withdrawn} of {total} ")
        assert (
            (f"{contested} more had recognised it, which " in do)
            == (contested > 0)
            == ("more had recognised it, which " in do_not)
        )
        assert (f"{withdrawn} more had recognised it and count" in do) == (withdrawn > 0)


def test_the_rule_is_said_and_goes_along(get, rules):
    for rule in ("article", "uncontested", "serbia"):
        answer = told(get, "how many countries recognise kosovo", rule=rule)
        assert f"Counted under ‘{rules[rule]}’, on 25 November 2026, as known on " in answer["text"]
        assert all(f"rule={rule}" in link["url"] for link in answer["links"])


@pytest.mark.parametrize(
    "q",
    [
        "who withdrew recognition",
        "which EU members do not recognise Kosovo",
        "why not Spain",
        "first country to recognise Kosovo",
    ],
)
def test_every_link_leads_on_under_another_rule_and_on_another_day(get, q):
    for asked in ({"rule": "uncontested", "as_of": "2020-01-01"}, {"rule": "serbia", "organisation": "oic"}):
        for link in told(get, q, **asked)["links"]:
            assert get(link["url"]).status_code == 200, link


def test_who_is_contested_is_no_state_that_withdrew(get):
    text = told(get, "who withdrew recognition", rule="uncontested", as_of="2020-01-01")["text"]
    assert re.match(r"\d+ states counted as having withdrawn their recognition of Kosovo on 1 January 2020", text)
    assert re.search(r"Of \d+ more somebody says so, and the rule leaves open who is right: .*Guinea-Bissau", text)


def test_a_day_in_the_question_goes_along_and_counts_before_that_of_the_reader(get, db):
    answer = told(get, "how many countries recognise Kosovo on 1 June 2012", as_of="2010-01-01")
    assert answer == told(get, "how many countries recognise Kosovo on 1 June 2012")
    assert all("as_of=2012-06-01" in link["url"] for link in answer["links"])
    for q, day, said_so in (
        ("who recognises Kosovo", "2012-06-01", "recognised Kosovo on 1 June"),
        ("who recognises Kosovo today", DAY, "recognise Kosovo."),
    ):
        number = f"{number_on(db, 'latest', day)} of 193 UN members"
        assert told(get, q, as_of="2012-06-01")["text"].startswith(f"{number} {said_so}")


@pytest.mark.parametrize(
    ("q", "holds"),
    [
        ("who recognised kosovo in 2012", "^11 states .*Pakistan .24 December 2012.. In all"),
        ("2012", "^11 states recognised Kosovo in 2012.*In all, 95 of 193 UN members recognised Kosovo on 31 December 2012"),
        ("17 february 2008", "^Kosovo declared.*Costa Rica"),
        ("who withdrew recognition", "^No state counted as having withdrawn its recognition of Kosovo on 1 January 2015"),
        ("2015", "^No state recognised Kosovo in 2015, until 1 January 2015.*Nothing else is on record here in 2015, until 1 January 2015"),
        ("which African countries recognised Kosovo since 2014", "^2 UN members in Africa recognised .* since 2014, until 1 January 2015: Les"),
        ("108", "^108 of 193 UN members recognised Kosovo on 1 January 2015, counted under ‘Kosovo's count’"),
    ],
)  # fmt: skip
def test_a_day_of_the_reader_is_kept_where_the_question_names_none(get, q, holds):
    answer = told(get, q, as_of="2015-01-01")
    assert re.search(holds, answer["text"]), answer["text"]
    assert re.search("[Cc]ounted .*on 1 January 2015[.]", answer["text"])
    assert not re.search("now|201[6-9]|202", answer["text"])
    assert all("as_of=2015-01-01" in link["url"] for link in answer["links"] if link["url"].startswith("/list"))


def test_a_time_after_the_day_of_the_reader_is_told_as_of_today(get):
    for q in ("who withdrew in 2018", "who recognised Kosovo in 2016", "4 january 2023"):
        assert told(get, q, as_of="2015-01-01") == told(get, q)


@pytest.mark.parametrize("rule", ["latest", "uncontested", "kosovo", "serbia"])
@pytest.mark.parametrize("day", ["2010-05-05", "2018-07-05", "2019-11-07", "2023-01-04"])
def test_who_had_withdrawn_on_a_day_is_who_counts_so_on_it(get, db, rule, day):
    (number,) = db.execute(
        """select withdrawn from tally_history where rule_id = ? and organisation_id = 'all-states'
        and since <= ? and (until is null or ? < until)""", (rule, day, day),
    ).fetchone()  # fmt: skip
    text = told(get, f"how many countries had withdrawn recognition on {day}", rule=rule)["text"]
    assert text.startswith(f"{number or 'No'} state"), text


@pytest.mark.parametrize("rule", ["latest", "article", "uncontested", "kosovo", "every_recognition"])
def test_claims_are_told_under_every_rule_that_does_not_count_them(get, db, rule):
    """Serbia claimed nine withdrawals on one day; each is in the answer, as counted, as contested or as said."""
    names = [
        name
        for (name,) in db.execute(
            "select distinct c.name from claims s join countries c on c.id = s.country_id "
            "where s.kind = 'withdrawal claimed' and s.date = '2023-01-04'"
        )
    ]
    for q in ("who withdrew in 2023", "who withdrew in January 2023", "who withdrew since 2022"):
        text = told(get, q, rule=rule)["text"]
        assert len(names) == 9 and all(name in text for name in names), text


@pytest.mark.parametrize("organisation", ["eu", "oic", "african-union"])
def test_members_that_recognised_in_a_time_are_those_of_the_database(get, db, organisation):
    names = {"eu": "EU members", "oic": "OIC members", "african-union": "African Union members"}
    for year in range(2008, 2026):
        (number,) = db.execute(
            """select count(*) from statuses s join memberships m on m.country_id = s.country_id and m.organisation_id = ?
            where s.rule_id = 'latest' and s.status = 'recognises' and s.since like ? || '%'
            and (m.since is null or m.since <= s.since) and (m.until is null or s.since < m.until)""", (organisation, str(year)),
        ).fetchone()  # fmt: skip
        text = told(get, f"which {names[organisation]} recognised Kosovo in {year}")["text"]
        assert text.startswith(f"{number or 'No'} member"), text
        assert f"recognised Kosovo on 31 December {year}." in text


@pytest.mark.parametrize("number", [57, 84, 97, 106, 109, 112])
def test_a_range_of_a_number_ends_on_the_last_day_that_has_it(get, db, rules, number):
    """Each day of each range has the number under its rules, and neither the day before nor the day after has."""
    if number in {number_on(db, rule, TODAY) for rule in rules}:
        pytest.skip(f"{number} is a number of today, of which the answer tells the states")
    sentences = re.findall(
        r"UN members recognised Kosovo ([^‘]*), counted under (.*?’)\. ?", told(get, str(number))["text"]
    )
    assert 0 < len(sentences) <= 6
    for times, titles in sentences:
        spans = re.findall(rf"from ({SAID}) to ({SAID})|on ({SAID})", times)
        assert spans
        for first, last, only in spans:
            start, end = (datetime.datetime.strptime(day or only, "%d %B %Y").date() for day in (first, last))
            for rule in (id_ for id_, title in rules.items() if f"‘{title}’" in titles):
                for day, has in ((start, True), (end, True), (start - DAY_LONG, False), (end + DAY_LONG, False)):
                    assert (number_on(db, rule, day.isoformat()) == number) is has, (rule, day)


SAID = r"\d{1,2} [A-Z][a-z]+ \d{4}"
DAY_LONG = datetime.timedelta(days=1)


def number_on(db, rule, day):
    return db.execute(
        """select recognising from tally_history where rule_id = ? and organisation_id = 'un'
        and since <= ? and (until is null or ? < until)""", (rule, day, day),
    ).fetchone()[0]  # fmt: skip


def test_the_last_to_recognise_is_that_of_the_day(get):
    assert "Chad, on 1 June 2012" in told(get, "last country to recognise Kosovo", as_of="2012-08-01")["text"]
    assert told(get, "first country to recognise Kosovo", as_of="2012-08-01")["text"].startswith(
        "The first state to recognise Kosovo was Costa"
    )


def test_recognitions_of_all_years_add_up(get, db):
    """To the states that began to recognise under a rule, and none of them twice in a year."""
    for rule in ("latest", "kosovo", "serbia"):
        numbers = [told(get, f"recognitions in {year}", rule=rule)["text"] for year in range(2008, 2027)]
        counted = sum(int(text.split()[0]) for text in numbers if not text.startswith("No state"))
        (known,) = db.execute(
            """select count(*) from statuses s join memberships m on m.country_id = s.country_id and m.organisation_id = 'all-states'
            where rule_id = ? and status = 'recognises'""", (rule,),
        ).fetchone()  # fmt: skip
        assert counted == known
        assert told(get, "who recognised Kosovo between 2008 and 2026", rule=rule)["text"].startswith(f"{known} states")


def test_every_country_is_answered_as_its_dossier_begins(get, db):
    """Whatever its status, and under a rule and on a day of the past too."""
    for number, (id_, name) in enumerate(
        db.execute("select id, name from countries where status is not null and kind <> 'subject'")
    ):
        if number % 9 == 0:
            answer = told(get, f"does {name} recognise Kosovo")
            dossier = BeautifulSoup(get(f"/recognition/countries/{id_}").text, "html.parser")
            assert dossier.select_one(".answer").get_text(" ", strip=True).split(" (")[0] in answer["text"], name


def test_a_vote_is_said_as_on_the_dossier(get, db):
    for country in ("serbia", "germany", "ghana", "japan"):
        dossier = " ".join(
            BeautifulSoup(get(f"/recognition/countries/{country}").text, "html.parser").main.get_text(" ").split()
        )
        for sentence in re.findall(
            r"On \d[^;]*; [^.]*side[^.]*\.", told(get, f"how did {country} vote on Kosovo")["text"]
        ):
            assert plain(sentence) in plain(dossier), sentence


def plain(text):
    return re.sub(r"[\s’']+", "", text)

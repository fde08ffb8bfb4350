"""The search answers the questions that the database can answer, in a sentence that is true; it guesses none."""

import csv
import datetime
import json
import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from recognition.question_patterns import PatternWrong, as_words, expression
from recognition.site.answering import ANSWERS

DAY = "2026-11-25"
COUNT = r"^108 of 193 UN members recognise Kosovo\. With states that are not UN members, it is 111 of 198\."
FIVE = "5 of 27 members of the European Union do not recognise Kosovo: Cyprus, Greece, Romania, Slovakia, Spain"
# Questions that readers typed, and what the answer must hold.
TYPED = [
    ("how many countries recognize kosovo", COUNT),
    ("who recognises kosovo", COUNT),
    ("kosovo recognition count", COUNT),
    ("does the bahamas recognise kosovo", "Bahamas.*19 December 2025"),
    ("does spain recognize kosovo", "Spain.*not"),
    ("did burundi withdraw recognition", "Burundi.*2018"),
    ("when did germany recognise kosovo", "20 February 2008"),
    ("when did turkey recognise kosovo", "18 February 2008"),
    ("germany date", "20 February 2008"),
    ("which EU countries dont recognise kosovo", FIVE),
    ("EU five non recognisers", FIVE),
    ("how many arab countries recognise kosovo", "16 of 22"),
    ("how many OIC members recognise kosovo", "36 of 57"),
    ("countries that recognised kosovo in 2008", "^54 states recognised Kosovo in 2008, 53 of them UN members"),
    ("first country to recognise kosovo", "Costa Rica, on 17 February 2008.*article, line"),
    ("who withdrew recognition", r"^10 states count as having withdrawn.*Burundi \(15 February 2018\).*Togo"),
    ("cila shtete e njohin kosovën", COUNT),
    ("kosovo independece date", "17 February 2008"),
    ("17 february 2008", "^Kosovo declared independence .*1 state recognised Kosovo on 17 February 2008: Costa Rica"),
    ("20 february 2008", "^2 states recognised Kosovo on 20 February 2008: Germany, Latvia"),
    ("118", "^118 of 193 UN members recognise Kosovo, counted under ‘Every recognition ever made’"),
    ("108", "^108 of 193 UN members recognise Kosovo, counted under ‘The list today’"),
    ("non-recognition", "of 193 UN members do not recognise Kosovo"),
]
# Questions that are in no file: what is asked is said otherwise, in another order, in another language or on another day.
OWN = [
    ("Is Kosovo's independence recognised by the United States of America?", "^The United States recognises Kosovo, since 18"),
    ("Has Ukraine ever recognised Kosovo?", "^Ukraine does not recognise Kosovo"),
    ("Who recognises Kosovo on 1 June 2012?", "88 of 193 UN members recognised Kosovo on 1 June 2012"),
    ("how many EU members recognise Kosovo in 2010", "22 of 27 .* on 31 December 2010. All but: Cyprus"),
    ("how many countries recognised kosovo on 17.02.2010", "^No state recognised Kosovo on 17 February 2010.*In all, 65 of 192"),
    ("how many countries recognised kosovo by 17.02.2010", "65 of 192 UN members recognised Kosovo on 17 February 2010"),
    ("how many states recognised Kosovo on February 18th, 2008", "^7 states .* on 18 February 2008: Afghan.*In all, 8 of"),
    ("who recognised Kosovo in March 2008", r"^14 states .* in March 2008: Netherlands \(4 March 2008\)"),
    ("which countries recognised kosovo between 2014 and 2012", "^23 states recognised Kosovo from 2012 to 2014"),
    ("which states have recognised Kosovo since 2020", r"^5 states have recognised Kosovo since 2020: Israel \(4 September"),
    ("recognitions in 2021", "^No state recognised Kosovo in 2021"),
    ("recognitions in 1999", "before that day there was nothing to recognise"),
    ("Who recognised Kosovo after 2031?", "still to come"),
    ("how many countries will", None),
    ("16 October 2018", r"2 other acts and claims are on record on 16 October 2018: Lesotho: withdrawal (claimed|denied) \(16"),
    ("12. September 2018", "^No state.*Nothing else is on record here on 12 September 2018. The nearest act before: Liberia: .*after: Som"),
    ("2013", r"^7 states recognised Kosovo in 2013.*Brussels Agreement \(2013\)"),
    ("8/10/2008", None),
    ("8 October 2008", "Vote: UN General Assembly"),
    ("85", "^85 of 193 UN members do not recognise Kosovo, those that withdrew among them, counted under ‘The list today’"),
    ("90", "^90 UN members recognised Kosovo from 3 October 2012 to 15 October 2012, counted under ‘The list today’, .*2 counts"),
    ("118 countries", "^118 of 193"),
    ("10", "^10 UN members count as having withdrawn"),
    ("999", None),
    ("welche Länder erkennen Kosovo nicht an", "do not recognise Kosovo"),
    ("last country to recognise kosovo", "the Bahamas, on 19 December 2025"),
    ("did palau withdraw its recognition", "^Palau recognises.*Palau announced a withdrawal.*Kosovo denied it"),
    ("did japan withdraw recognition", "Nobody is on record here as saying that it withdrew"),
    ("who revoked recognition in 2018", "^5 states count as having withdrawn .* in 2018: Burundi"),
    ("which NATO members withdrew recognition", "^No member of the North Atlantic Treaty Organization counts as having withdrawn its"),
    ("Why doesn't China recognise Kosovo?", "^China does not.*The article, written .* says of China: “.*Taiwan"),
    ("what does NATO say about Kosovo", "says of the North Atlantic Treaty Organization: “NATO says"),
    ("How did Ghana vote on Interpol in 2018", "^On 20 November 2018 in the Interpol General Assembly, Ghana voted for"),
    ("how did germany vote in the Council of Europe", "^On 24 April 2023 .*voted for.* 1 against it, 1 abstaining"),
    ("how did Zambia vote in the Committee of Ministers", "in the vote that you name is not known here"),
    ("is kosovo recognised by Montserrat", "the United Kingdom, which represents it, recognises"),
    ("Oman's recognition of Kosovo", "^By the article's list, Oman recognises"),
    ("how many countries recognise Kosovo in 2030", "^108 .*You asked for 31 December 2030, which is still to come"),
    ("hat Deutschland den Kosovo anerkannt", "^Germany recognises Kosovo, since 20 February 2008"),
    ("l'Allemagne reconnaît-elle le Kosovo ?", "^Germany recognises"),
    ("¿Por qué no reconoce España a Kosovo?", "says of Spain: “"),
    ("Priznaje li Nemačka Kosovo?", "^Germany recognises"),
    ("Зашто Румунија не признаје Косово", "^Romania does not"),
    ("how many O.I.C. members recognise kosovo", "36 of 57"),
]  # fmt: skip
# Cards that count: a day of a withdrawal, a time of a group, claims beside what counts, the ranges of a number, times of which no
# records were looked through, and forms of groups.
COUNTING = [
    ("how many countries had withdrawn recognition on 1 January 2019",
     r"^5 states counted as having withdrawn their .* on 1 January 2019: Bur.*\(15 Feb"),
    ("who had withdrawn recognition on 1 January 2020", "^9 states counted as having withdrawn .* on 1 January 2020: Burundi"),
    ("how many countries have withdrawn recognition on 1 june 2025", "^10 states counted as having withdrawn .* on 1 June 2025"),
    ("who withdrew recognition on 15 February 2018", r"^1 state counted as having withdrawn its .* on 15 February 2018: Burundi \(15 F"),
    ("who withdrew recognition on 1 January 2001", "^No state counted as having withdrawn its .* on 17 February 2008"),
    ("who withdrew recognition on 1 January 2031", "^10 states count as having withdrawn .*You asked for 1 January 2031"),
    ("how many countries had withdrawn recognition by 2018", "^5 states counted as having withdrawn .* on 31 December 2018"),
    ("which EU countries recognised Kosovo in 2010",
     "^No member of the European Union recognised Kosovo in 2010. In all, 22 of 27 .* on 31 December 2010"),
    ("which Muslim countries recognised Kosovo in 2012", r"^3 members of the Org.* in 2012: Brunei \(25 April 2012\), Chad.*In all, 29 of 57"),
    ("which African countries recognised Kosovo in 2011",
     "^7 UN members in Africa .*1 of them now counts as having withdrawn: Central.*In all, 18 of 54"),
    ("how many Commonwealth members recognised Kosovo in 2025", "^2 members of the Commonwealth of Nations .*Kenya.*Bahamas.*In all, 32 of 56"),
    ("which EU countries recognised Kosovo before 2010",
     "^22 members of the European Union recognised Kosovo before 2010. In all, 22 of 27 .* on 31 December 2009"),
    ("who in Africa recognised Kosovo between 2012 and 2013", "^6 UN members in Africa recognised Kosovo from 2012 to 2013: Ghana"),
    ("NATO members that have recognised Kosovo since 2012",
     "^No member of the North .* since 2012; records were .*In all, 28 of 32 .* recognise Kosovo[.] Counted"),
    ("which BRICS members recognised Kosovo in 2008",
     "^No member of BRICS recognised Kosovo in 2008. No members of it are on record here for 31 December 2008"),
    ("how many EU members recognised Kosovo by 2010", "^22 of 27 members of the European Union recognised Kosovo on 31 December 2010"),
    ("who withdrew in 2023",
     r"^No state counts .* in 2023. Of 10 somebody said so in that time: Antigua and Barbuda \(Serbia, 4 January 2023\), .*Suriname"),
    ("who withdrew recognition in January 2023", "^No state counts .* Of 9 somebody said so in that time: .*Somalia"),
    ("which African Union members withdrew recognition in 2023", "^No member of the African Union counts .* Of 6 somebody said so"),
    ("who withdrew recognition before 2018", r"^No state counts .* Of 3 somebody said so in that time: .*Suriname \(Suriname, November 2017\)"),
    ("97",
     "^97 UN members recognised Kosovo from 11 June 2013 to 12 June 2013, counted under ‘The list today’, .*from 25 August 2019 to 10 November 2019"),
    ("112", "^112 UN members recognised Kosovo .*from 24 November 2017 to 4 July 2018"),
    ("84", "^84 UN members .*2011 .*from 4 January 2023 to 25 March 2025, counted under ‘Serbia's count’"),
    ("1", "recognises Kosovo, .*1 UN member recognised Kosovo on 17 February 2008, counted under ‘The list today’"),
    ("who recognised kosovo in June 2026",
     "^Whether a state recognised Kosovo in June 2026 is not known here: records were looked through until 28 February 2026.$"),
    ("what happened in October 2026", "^Whether a state recognised Kosovo in October 2026 is not known here: .*2026. The nearest act before: Esw"),
    ("who withdrew in May 2026", "^Whether a state withdrew its recognition of Kosovo in May 2026 is not known here"),
    ("who recognised Kosovo in 2026",
     "^No state is known to have recognised Kosovo in 2026; records were .*In all, 108 of 193 UN members recognise Kosovo[.]"),
    ("who withdrew in 2026", "^No state is known to have withdrawn its recognition of Kosovo in 2026; records were looked through until 28 Feb"),
    ("how many countries recognised kosovo by 2010", "^72 of 192 UN members recognised Kosovo on 31 December 2010"),
    ("how many countries recognised kosovo as of 2012", "^95 of 193 UN members recognised Kosovo on 31 December 2012"),
    ("African countries that do not recognise Kosovo", "^31 of 54 UN members in Africa do not recognise Kosovo"),
    ("which African countries withdrew recognition", "^6 UN members in Africa count as having withdrawn .*Of 11 more somebody said so: Burkina Faso"),
    ("who recognised Kosovo since 2031", "^What happens from 2031 on is still to come"),
    ("who recognised Kosovo in November 2017", "^1 state recognised Kosovo in November 2017: Madagascar .*[.] It now counts as having withdrawn[.]"),
    ("which martians withdrew recognition in 2019", None),
    ("martians that do not recognise Kosovo", None),
    ("which martians recognised Kosovo in 2012", None),
]  # fmt: skip
# Half understood, about something else, about nobody that there is, or of several meanings.
NOT_ASKED = [
    "does spain recognise france", "how many martians recognise kosovo", "does kosovo recognise kosovo", "germany", "kosovo",
    "how many Interpol members recognise kosovo", "does Spain recognise Kosovo and Serbia", "who recognises", "when did",
    "who recognises kosovo on 31 February 2012", "first country to recognise Abkhazia", "why", "", "x" * 400, "why is Spain",
    "does {country} recognise kosovo", "who recognises kosovo in 99999", "\x00 who", "does 'or 1=1 recognise kosovo",
    "how many countries recognise kosovo in 0000", "does spain recognise kosovo passports", "why did burundi withdraw",
    "does it recognise kosovo", "DOES IT RECOGNISE KOSOVO", "how many countries recognised kosovo by 2/3/2010",
    "did serbia vote on fifa", "how did serbia vote on fifa", "who recognises kosovo passports", "spain kosovo",
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


@pytest.mark.parametrize(
    ("q", "holds"),
    [
        ("did Ghana recognise Kosovo in 2015", "^On 31 December 2015: Ghana recognises .* Today it counts as one that withdrew, since 7 November"),
        ("did Germany recognise Kosovo on 19 february 2008", "^On 19 February 2008: Germany does not recognise Kosovo"),
        ("does Burundi recognise Kosovo in 2015", "Today it counts as one that withdrew"),
        ("what does Lesotho say about Kosovo", "In its lists of positions the article has no statement on Lesotho"),
        ("does the United Nations recognise Kosovo", "^108 of 193 UN members"),
        ("does the Commonwealth of Nations recognise Kosovo", "^32 of 56 members of the Commonwealth of Nations"),
        ("does the Organization of American States recognise Kosovo", "^19 of 34"),
        ("how did Hungary vote on 9 November 2015", "^On 9 November 2015 in the UNESCO General Conference, Hungary voted for"),
        ("how did Japan vote in 2018", "Interpol"),
        ("how did Hungary vote on Interpol in 2015", "^No vote on Kosovo in 2015 is on record here"),
        ("when did Kosovo declare independence from Serbia", "17 February 2008"),
        # half a name is no name: which of two countries, or whether a country, nobody can know
        ("does Congo recognise Kosovo", None),
        ("does Korea recognise Kosovo", None),
        ("does America recognise Kosovo", None),
        ("does Guinea recognise Kosovo", "^Guinea recognises"),
        ("does Sudan recognise Kosovo", "^Sudan recognises"),
        # every small number is the count of some group
        *((str(number), "") for number in (0, 5, 22, 36)),
    ],
)  # fmt: skip
def test_what_is_asked_of_states_is_answered_whole_or_not(get, q, holds):
    answer = get("/search.json", q=q).json()["answer"]
    assert answer is None if holds is None else holds == "" or re.search(holds, answer["text"]), answer


def test_no_number_of_a_search_is_an_error(get):
    for typed in (*range(60), "22 countries", "Kosovo 22", "٢٢", "²", "-1"):
        assert get("/search.json", q=str(typed)).status_code == 200, typed


@pytest.mark.parametrize("q", ["OPEC", "SADC", "APEC"])
def test_an_abbreviation_is_not_corrected_into_something_else(get, q):
    assert get("/search.json", q=q).json()["nothing"] is True


@pytest.mark.parametrize(("q", "holds"), TYPED + OWN + COUNTING, ids=[q for q, _ in TYPED + OWN + COUNTING])
def test_a_question_is_answered_on_the_page_and_in_json(get, q, holds):
    answer = told(get, q)
    if holds is None:
        assert answer is None
        return
    assert re.search(holds, answer["text"]), answer["text"]
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
    assert text.startswith("9 states counted as having withdrawn their recognition of Kosovo on 1 January 2020")
    assert re.search(r"Of \d+ more somebody says so, and the rule leaves open who is right: .*Guinea-Bissau", text)


def test_a_day_in_the_question_goes_along_and_counts_before_that_of_the_reader(get):
    answer = told(get, "how many countries recognise Kosovo on 1 June 2012", as_of="2010-01-01")
    assert answer == told(get, "how many countries recognise Kosovo on 1 June 2012")
    assert all("as_of=2012-06-01" in link["url"] for link in answer["links"])
    assert told(get, "who recognises Kosovo", as_of="2012-06-01")["text"].startswith(
        "88 of 193 UN members recognised Kosovo on 1 June"
    )
    assert told(get, "who recognises Kosovo today", as_of="2012-06-01")["text"].startswith(
        "108 of 193 UN members recognise Kosovo."
    )


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

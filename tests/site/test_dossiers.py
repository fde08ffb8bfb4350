"""Dossiers of all countries and organisations say what the rows say: openings, statuses, numbers, events, mentions."""

import itertools
import random
import re
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.parse import quote as encoded

import pytest
from bs4 import BeautifulSoup

from recognition.dates import said
from tests.conftest import TODAY

DEFAULT = "latest"


@pytest.fixture(scope="module")
def dossiers(get, db):
    """{(table, id): page} of every country, organisation and rule, each of which must answer."""
    pages = {}
    for table in ("countries", "organisations", "rules"):
        for (key,) in db.execute(f"select id from {table}").fetchall():
            response = get(f"/recognition/{table}/{key}")
            assert response.status_code == 200, key
            pages[table, key] = BeautifulSoup(response.text, "html.parser")
    return pages


def rows(db, sql, *parameters):
    return db.execute(sql, parameters).fetchall()


def text(tag):
    return " ".join(tag.get_text(" ").split())


# A day of each kind: the first, before most claims, after them, after the article, today.
DAYS = ("2008-02-17", "2012-06-01", "2020-01-01", "2025-04-01", None)
# What an opening says of each status: the words, and the date that is in them.
SAYS = {
    "recognises": r"\b(?:recognises Kosovo,|counts as recognising Kosovo) since (?P<date>(?:\d+ )?(?:[A-Z][a-z]+ )?\d{4})",
    "withdrew": r"\b(?:is listed|counts) as having withdrawn, (?:on|in) (?P<date>[^,]+), its recognition of Kosovo of \d",
    "contested": r"\bthe recognition of Kosovo by .+, of \d.+, has been contested since (?P<date>[^;.]+)",
    "does not recognise": r"\b(does not recognise|is not listed as recognising) Kosovo\b",
}
STANDING = """
select s.status, s.since, e.date from statuses s left join events e on e.id = s.event_id
where s.rule_id = ? and s.country_id = ? and s.since <= ? and (s.until is null or ? < s.until)
"""


TALLY = """
select recognising, members from tally_history
where rule_id = ? and organisation_id = ? and since <= ? and (until is null or ? < until)
"""
ARTICLES_OWN = """
select organisation_id, c.id, recognising, total from published_counts c join passages p on p.id = passage_id
where c.source_id = 'article' order by p.first_line
"""


@pytest.fixture(scope="module")
def asked(db, request):
    """(table, id, rule, day) of the dossiers that are asked for: with --whole all, else a sample; a day of None is today."""
    rules = [rule for (rule,) in rows(db, "select id from rules where id <> ?", DEFAULT)]
    every = [
        (table, key, rule, day)
        for table in ("countries", "organisations")
        for (key,) in rows(db, f"select id from {table} order by id")
        for rule, day in itertools.product([None, *rules], DAYS)
    ]
    return every if request.config.getoption("whole") else random.Random(19).sample(every, 250)


def test_each_dossier_answers_under_the_rule_and_on_the_day_that_are_asked(asked, get, db):
    titles = dict(rows(db, "select id, title from rules order by position"))
    stated = {organisation: numbers for organisation, *numbers in rows(db, ARTICLES_OWN)}
    for table, key, rule, day in asked:
        query = urlencode({name: value for name, value in (("rule", rule), ("as_of", day)) if value})
        response = get(f"/recognition/{table}/{key}?{query}")
        assert response.status_code == 200, response.url
        page, where = BeautifulSoup(response.text, "html.parser").select_one("main"), (key, rule, day)
        if table == "organisations":
            opens_with_its_tally(page, db, where, stated.get(key))
        elif key == "kosovo":
            assert text(page.select_one("p.answer")) == "Kosovo is the subject of this site."
            assert page.select_one("h2#status") is None
        else:
            opens_with_its_status(page, db, where, titles)
            shows_the_statuses(page, db, where, titles)


def opens_with_its_status(page, db, where, titles):
    """It says 'recognises' where, and only where, that is the status; with its date; nothing later; and the rule and day."""
    key, rule, day = where
    opening, on = text(page.select_one("p.answer")), day or TODAY
    ((status, since, date),) = rows(db, STANDING, rule or DEFAULT, key, on, on)
    found = {name: match for name, says in SAYS.items() if (match := re.search(says, opening))}
    assert list(found) == [status], (where, opening)
    if status != "does not recognise":
        assert found[status]["date"] == said(date or since), (where, opening)
    named = re.match("(?i)(under the rule ‘(?P<rule>.+?)’)?(, )?(on (?P<day>[^:]+?))?: ", opening)
    assert (named and named["rule"]) == titles.get(rule), (where, opening)
    assert (named and named["day"]) == (said(day) if day else None), (where, opening)
    assert all(year <= on[:4] for year in re.findall(r"\b20\d\d\b", opening)), (where, opening)
    ((in_article, _, _),) = rows(db, STANDING, "article", key, on, on)
    both = [status] if in_article == status else [status, in_article]
    assert [text(one).split(" ", 1)[1] for one in page.select(".facts .status")] == both, where


def shows_the_statuses(page, db, where, titles):
    """Under each rule that status and its first day, and no other; what several rules say alike is one row."""
    key, _, day = where
    found, on = {}, day or TODAY
    lines = page.select("h2#status ~ .scroll table")[0].tbody.find_all("tr")
    for row in lines:
        says = (text(row.select_one(".status")).split(" ", 1)[1], row.select_one("time")["datetime"])
        named = [text(link) for link in row.th.find_all("a")]
        assert named or text(row.th) == "The same under every rule", where
        found |= dict.fromkeys(named or titles.values(), says)
    expected = {title: rows(db, STANDING, id_, key, on, on)[0][:2] for id_, title in titles.items()}
    assert found == expected, where
    if rows(db, "select 1 from statuses where country_id = ? and event_id is not null limit 1", key) == []:
        assert len(lines) == 1, where


def opens_with_its_tally(page, db, where, stated):
    """It says the tally, rule and day; until when today is known; and the article's number where that was made and differs."""
    key, rule, day = where
    opening, on = page.select_one("p.answer"), day or TODAY
    tally = next(iter(rows(db, TALLY, rule or DEFAULT, key, on, on)), None)
    if tally is None:
        assert "recognise Kosovo on" not in text(opening), where
        return
    says = r"(\d+) of (\d+) [^.]+ recognise Kosovo on ([^,]+)(, as known on [^,]+)?, counted under"
    match = re.match(says, text(opening))
    assert match and (int(match[1]), int(match[2])) == tally and match[3] == said(on), where
    (known_until,) = rows(db, "select known_until from edition")[0]
    assert match[4] == (None if day else f", as known on {said(known_until)}"), where
    other = opening.select_one("[data-published]")
    differs = bool(stated) and on >= "2024-03-07" and tuple(stated[1:]) != tally
    assert (other is not None) == differs, where
    if differs:
        assert (other["data-published"], text(other)) == (stated[0], f"{stated[1]} of {stated[2]}"), where


def test_a_group_of_all_states_says_how_many_of_those_that_recognise_are_un_members(get, db):
    opening = text(
        BeautifulSoup(get("/recognition/organisations/all-states").text, "html.parser").select_one("p.answer")
    )
    (members,) = rows(db, TALLY, DEFAULT, "un", TODAY, TODAY)[0][:1]
    assert f"These are {members} UN members and " in opening


def test_links_of_a_dossier_carry_the_choice_along(get):
    query = "rule=uncontested&as_of=2020-01-01&organisation=oic"
    for path in ("countries/ghana", "organisations/oic", "rules/article"):
        page = BeautifulSoup(get(f"/recognition/{path}?{query}").text, "html.parser").select_one("main")
        for link in page.select("a[href]"):
            address = urlsplit(link["href"])
            if re.match(r"/recognition/(countries|organisations|rules)/[^.]+$", address.path) or address.path == "/map":
                assert parse_qs(address.query)["as_of"] == ["2020-01-01"], link
                assert "rule" in parse_qs(address.query) or address.path == "/map", link
        assert page.select_one("form.choice [name=as_of]")["value"] == "2020-01-01"
        assert page.select_one("form.choice [type=hidden][name=organisation]")["value"] == "oic"


@pytest.mark.parametrize("day", [None, "2020-01-01"])
def test_the_page_of_a_rule_has_its_sentences_numbers_and_effects(get, db, rules, day):
    on = day or TODAY
    for key, title, description in rows(db, "select id, title, description from rules"):
        response = get(f"/recognition/rules/{key}" + (f"?as_of={day}" if day else ""))
        page = BeautifulSoup(response.text, "html.parser").select_one("main")
        assert text(page.h1).startswith(title) and text(page.select_one("p.answer")) == description
        assert (page["data-rule"], page["data-as-of"]) == (key, on)
        assert ("unless a reader chooses another" in text(page)) == (key == DEFAULT)
        sql = """select organisation_id, recognising || ' of ' || members, contested, withdrawn, not_recognising
                 from tally_history where rule_id = ? and since <= ? and (until is null or ? < until) order by 1"""
        shown = [
            (row["data-organisation"], *(text(cell) for cell in row.find_all("td", class_="number")))
            for row in page.select_one("#numbers ~ .scroll table").tbody.find_all("tr")
        ]
        assert sorted(shown) == [(first, *map(str, others)) for first, *others in rows(db, sql, key, on, on)]
        effects = [
            (
                row.th.find(string=True).split(",")[0].strip(),
                *(text(cell).split(" ", 1)[1] for cell in row.find_all("td")),
            )
            for row in page.select_one("#effects ~ .scroll table").tbody.find_all("tr")
        ]
        sql = """select event_kind, from_status, case when status = from_status then 'same: it changes nothing' else status end
                 from rule_effects where rule_id = ? order by 1, 2, 3"""
        assert sorted(effects) == rows(db, sql, key)
        others = [link for link in page.select("#others ~ ul a") if "compare" in link["href"]]
        assert len(others) == len(rules) - 1 and all(f"a={key}&" in link["href"] for link in others)
    assert get("/recognition/rules/nonsense").status_code == 404
    assert get("/recognition/rules/latest.json?_shape=array").json()[0]["id"] == "latest"


def test_no_page_shows_a_flag_that_a_reader_may_see_as_boxes(dossiers):
    for key, page in dossiers.items():
        assert not re.search("[\U0001f1e6-\U0001f1ff]", page.get_text()), key


def test_every_event_is_told_with_claimant_quote_and_evidence(dossiers, db):
    for (key,) in rows(db, "select id from countries"):
        sql = """select kind, claimant, quote, passage_id, updates,
                        (select group_concat(url, ' ') from (select url from event_records t join records r on r.id = t.record_id
                                                             where t.event_id = events.id and url is not null order by t.position))
                 from events where country_id = ?"""
        timeline = dossiers["countries", key].select_one("h2#events ~ ol.timeline")
        found = rows(db, sql, key)
        assert (timeline is not None) == bool(found)
        shown = []
        for item in timeline.find_all("li") if found else []:
            links = item.find_all("a")
            records = " ".join(link["href"] for link in links if link["href"].startswith("http"))
            assert all(link["rel"] == ["external", "nofollow"] for link in links if link["href"].startswith("http"))
            places = [link["href"] for link in links if link["href"].startswith("/article")]
            claimant = text(item.select_one(".what")).removesuffix(" not in the article").split(" by ")[1]
            quote = item.blockquote.get_text() if item.blockquote else None
            shown.append(
                (item.strong.get_text(), claimant, quote, places, records, int(bool(item.select_one(".outside"))))
            )
        expected = [
            (kind, claimant, quote, [f"/article?quote={encoded(quote)}#{passage}"] if passage else [],
             addresses or "", updates)
            for kind, claimant, quote, passage, updates, addresses in found
        ]  # fmt: skip
        assert sorted(map(str, shown)) == sorted(map(str, expected)), key


def test_mentions_are_quoted_to_the_letter_with_the_name_marked(dossiers, db):
    passages = dict(rows(db, "select id, text from passages"))
    for (key,) in rows(db, "select id from countries"):
        sql = """select m.passage_id, m.named_as from mentions m join passages p on p.id = m.passage_id where m.country_id = ?1
                 and m.passage_id not in (select passage_id from positions where country_id = ?1) order by p.first_line"""
        expected = rows(db, sql, key)
        items = dossiers["countries", key].select("ul.mentions > li")
        assert len(items) == len(expected)
        for item, (passage, named_as) in zip(items, expected, strict=True):
            assert item.a["href"].endswith(f"#{passage}")
            assert item.mark.get_text() == named_as
            for part in item.blockquote.get_text().split("…"):
                assert part.strip() in passages[passage], part


@pytest.mark.parametrize(
    ("table", "first"), [("countries", "abkhazia"), ("organisations", "all-states"), ("rules", "latest")]
)
def test_previous_and_next_make_one_chain(dossiers, table, first):
    following, seen = first, []
    while following:
        seen.append(following)
        page = dossiers[table, following]
        previous = page.select_one("nav.neighbours [rel=prev]")
        assert (previous["href"].rsplit("/", 1)[1] if previous else None) == (seen[-2] if len(seen) > 1 else None)
        link = page.select_one("nav.neighbours [rel=next]")
        following = link["href"].rsplit("/", 1)[1] if link else None
    assert len(seen) == sum(name == table for name, _ in dossiers)
    if table == "countries":  # in the order of readers: letters with accents stand among those without
        assert seen.index("san-marino") < seen.index("sao-tome-and-principe") < seen.index("saudi-arabia")


def test_tables_have_scopes_headings_do_not_skip_and_ids_are_unique(dossiers):
    for key, page in dossiers.items():
        content = page.select_one("#content")
        assert all(cell.get("scope") in ("col", "row") for cell in content.find_all("th")), key
        levels = [int(heading.name[1]) for heading in content.find_all(["h1", "h2", "h3", "h4"])]
        assert levels[0] == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels)), key
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids)), key
        assert "None" not in text(content).split(), key


@pytest.mark.parametrize("rule", ["article", "every_recognition", "uncontested"])
def test_a_number_that_is_the_same_under_every_rule_leads_on_under_the_reader_s(get, rule):
    page = BeautifulSoup(get("/recognition/organisations/eu", rule=rule, as_of="2020-01-01").text, "html.parser")
    links = [link["href"] for link in page.select("table.rules td.number a")]
    assert links == [f"/tallies/eu?rule={rule}&as_of=2020-01-01"]


@pytest.mark.parametrize(
    ("address", "opening"),
    [
        ("taiwan?rule=kosovo", "does not recognise Kosovo under this rule, which leaves out its recognition of 19 February 2008"),
        ("sao-tome-and-principe?rule=kosovo", "counts as recognising Kosovo since 13 March 2012, by what São Tomé and Príncipe said; "
                                              "the article adds: “São Tomé and Príncipe's government recognized Kosovo in 2012, but"),
        ("guyana?rule=kosovo", "counts as recognising Kosovo since 16 March 2013, by what Kosovo said; its own recognition is of 13 June 2013"),
        ("nigeria", "Nigeria does not recognise Kosovo; Kosovo claimed a recognition on 12 September 2011, Nigeria denied it on 28 March 2014"),
        ("central-african-republic?rule=serbia", "its recognition of Kosovo of 22 July 2011, because Serbia denied that recognition."),
        ("togo?rule=serbia", "(other records: 2 July 2014), by what Serbia said."),
        ("burundi?rule=serbia", "by what Serbia said; the withdrawal is disputed by Kosovo."),
        # Serbia denied a withdrawal in 2020, before it claimed one: nobody disputed what it claimed
        ("antigua-and-barbuda?rule=serbia", "its recognition of Kosovo of 20 May 2015, by what Serbia said."),
        ("peru?rule=serbia", "has been contested since 2 July 2019; the article lists the state as recognising; Serbia called its stance unclear"),
        ("palau?rule=serbia", "Palau counts as having withdrawn, on 17 January 2019,"),
        ("grenada", "Grenada announced a withdrawal on 4 November 2018, Serbia claimed a withdrawal on 4 November 2018, Kosovo denied it"),
    ],
)  # fmt: skip
def test_the_opening_says_whose_words_a_rule_counts(get, address, opening):
    page = BeautifulSoup(get(f"/recognition/countries/{address}").text, "html.parser")
    assert opening in text(page.select_one("p.answer"))


def test_who_disputes_a_withdrawal_said_so_after_it(get, db):
    """Under each rule that counts a withdrawal, the opening names those and no others who denied it or confirmed the recognition."""
    sql = """select s.rule_id, c.id, e.date from statuses s join countries c on c.id = s.country_id join events e on e.id = s.event_id
             where s.until is null and s.status = 'withdrew'"""
    disputes = """select distinct coalesce(w.name_in_sentence, e.claimant) from events e left join countries w on w.name = e.claimant
                  where e.country_id = ? and e.kind in ('withdrawal denied', 'recognition confirmed', 'withdrawal reversed')
                    and (e.counts_from >= ? or e.counts_from is null) order by e.position"""
    found = rows(db, sql)
    assert found
    for rule, country, withdrawn_on in found:
        page = BeautifulSoup(get(f"/recognition/countries/{country}?rule={rule}").text, "html.parser")
        named = re.search(r"the withdrawal is disputed by (.+)\.$", text(page.select_one("p.answer")))
        whom = [name for (name,) in rows(db, disputes, country, withdrawn_on)]
        assert (re.split(", | and ", named[1]) if named else []) == whom, (rule, country)

"""Dossiers of all countries and organisations say what the rows say: openings, statuses, numbers, events, mentions."""

import itertools
import re
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.parse import quote as encoded

import pytest
from bs4 import BeautifulSoup

from recognition.dates import said
from tests.conftest import TODAY

DEFAULT = "latest"


@pytest.fixture(scope="module")
def sent(get, db):
    """{(table, id): HTML} of every country, organisation and rule, each of which must answer."""
    pages = {}
    for table in ("countries", "organisations", "rules"):
        for (key,) in db.execute(f"select id from {table}").fetchall():
            response = get(f"/recognition/{table}/{key}")
            assert response.status_code == 200, key
            pages[table, key] = response.text
    return pages


@pytest.fixture(scope="module")
def dossiers(sent):
    """{(table, id): page} of them, read."""
    return {key: BeautifulSoup(html, "html.parser") for key, html in sent.items()}


def rows(db, sql, *parameters):
    return db.execute(sql, parameters).fetchall()


def text(tag):
    return " ".join(tag.get_text(" ").split())


# A day of each kind: the first, before most claims, after them, after the article, today.
DAYS = ("2008-02-17", "2012-06-01", "2020-01-01", "2025-04-01", None)
# What an opening says of each status: the words, and the date that is in them.
SAYS = {
    "recognises": r"\b(?:recognises Kosovo,|counts as recognising Kosovo) since (?P<date>(?:\d+ )?(?:[A-Z][a-z]+ )?\d{4})",
    "withdrew": r"\b(?:is listed|counts) as having withdrawn, (?:on|in) (?P<date>[^,(]+?)(?: \([^)]+\))?, its recognition of Kosovo of \d",
    "contested": r"\bthe recognition of Kosovo by .+, of \d.+, has been contested since (?P<date>[^;.]+)",
    "does not recognise": r"\b(does not (plan to )?recognise|is not listed as recognising) Kosovo\b",
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


@pytest.fixture
def asked(db, sample):
    """(table, id, rule, day) of the dossiers that are asked for; a day of None is today."""
    rules = [rule for (rule,) in rows(db, "select id from rules where id <> ?", DEFAULT)]
    every = [
        (table, key, rule, day)
        for table in ("countries", "organisations")
        for (key,) in rows(db, f"select id from {table} order by id")
        for rule, day in itertools.product([None, *rules], DAYS)
    ]
    return sample(every, 60)


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
    (written_after,) = rows(db, "select written_after from sources where id = 'article'")[0]
    differs = bool(stated) and on >= written_after and tuple(stated[1:]) != tally
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
            for row in page.select("#numbers ~ .scroll table:has(.heading) tr[data-organisation]")
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


def test_no_page_shows_a_flag_that_a_reader_may_see_as_boxes(sent):
    assert [key for key, html in sent.items() if re.search("[\U0001f1e6-\U0001f1ff]", html)] == []


def items_of(page):
    """The items of the timeline of a dossier, answers inside of others among them."""
    return page.select("h2#events ~ ol.timeline li[id]")


def of_itself(item, selector):
    """What a selector finds in an item of the timeline, and not in the answers inside of it."""
    return [tag for tag in item.select(selector) if tag.find_parent("li", id=True) is item]


def test_every_event_is_told_with_claimant_quote_and_evidence(dossiers, db):
    for (key,) in rows(db, "select id from countries"):
        sql = """select id, kind, claimant, quote, passage_id, updates,
                        (select group_concat(url, ' ') from (select url from event_records t join records r on r.id = t.record_id
                                                             where t.event_id = events.id and url is not null order by t.position))
                 from events where country_id = ?1 or id in (select event_id from event_countries where country_id = ?1)"""
        shown = {}
        for item in items_of(dossiers["countries", key]):
            records = of_itself(item, ".sources a")
            assert all(link["rel"] == ["external", "nofollow"] for link in records)
            quote = next((tag.get_text() for tag in of_itself(item, "blockquote")), None)
            shown[item["id"]] = (
                of_itself(item, "strong")[0].get_text(),
                text(of_itself(item, ".what")[0]).removesuffix(" not in the article").split(" by ")[1],
                quote,
                [link["href"] for link in of_itself(item, ".evidence a")],
                " ".join(link["href"] for link in records),
                bool(of_itself(item, ".outside")),
            )
        assert shown == {
            id_: (kind, claimant, quote, [f"/article?quote={encoded(quote)}#{passage}"] if passage else [],
                  addresses or "", bool(updates))
            for id_, kind, claimant, quote, passage, updates, addresses in rows(db, sql, key)
        }, key  # fmt: skip


def test_an_answer_is_inside_of_what_it_answers_in_the_order_of_the_days(dossiers, db):
    depth = 0
    for (key,) in rows(db, "select id from countries"):
        sql = """select e.id, coalesce(x.answers, e.answers) from events e
                 left join event_countries x on x.event_id = e.id and x.country_id = ?1
                 where e.country_id = ?1 or x.country_id is not null order by e.position"""
        events = dict(rows(db, sql, key))
        items = items_of(dossiers["countries", key])
        parents = {item["id"]: item.find_parent("li", id=True) for item in items}
        assert {id_: parent and parent["id"] for id_, parent in parents.items()} == events, key
        for answered in {None, *events.values()}:
            beside = [id_ for id_, parent in events.items() if parent == answered]
            assert [item["id"] for item in items if events[item["id"]] == answered] == beside, key
        depth = max([depth, *(len(item.find_parents("li", id=True)) for item in items)])
    assert depth > 1  # an answer of an answer


def test_a_claim_by_another_that_nothing_answers_says_so_and_no_other_event_does(dossiers, db):
    sql = """select e.id from events e join event_kinds k on k.kind = e.kind join countries c on c.id = e.country_id
             where k.claim = 1 and e.claimant <> c.name and e.answers is null
               and e.kind not in ('withdrawal denied', 'withdrawal not confirmed', 'recognition confirmed', 'struck off the claimant''s list')
               and not exists (select 1 from events a where a.answers = e.id)
               and not exists (select 1 from event_countries a where a.answers = e.id)"""
    found = {}
    for (key,) in rows(db, "select id from countries"):
        for item in items_of(dossiers["countries", key]):
            for tag in of_itself(item, ".aside"):
                if text(tag).startswith("No answer"):
                    found[item["id"]] = text(tag)
    assert set(found) == {id_ for (id_,) in rows(db, sql)}
    # the same was claimed and denied before
    assert found["suriname-2023-withdrawal-claimed-by-serbia"].endswith("see what Suriname had said in November 2017 .")
    # what a state said of a group is an answer to what was claimed of each
    nine = [key for (key,) in rows(db, "select distinct country_id from event_countries")]
    assert len(nine) == 9 and not {f"{key}-2023-withdrawal-claimed" for key in nine} & set(found)
    # what is no more than an adviser's word that there is no note is an answer too
    assert "nauru-2019-withdrawal-claimed-by-serbia" not in found
    assert found["togo-2019-08-17-withdrawal-reported-by-reports"].endswith("see what Togo said on 16 January 2023 .")


def test_an_act_that_is_no_claim_has_a_mark_of_its_own(dossiers, db):
    kinds = {
        kind for (kind,) in rows(db, "select kind from event_kinds where claim = 0 and kind not like 'recognition%'")
    }
    told = dict(rows(db, "select id, kind from events"))
    for (key,) in rows(db, "select id from countries"):
        for item in items_of(dossiers["countries", key]):
            assert ("no-claim" in item["class"]) == (told[item["id"]] in kinds), item["id"]


def test_a_document_is_shown_with_title_day_speaker_and_what_it_says(dossiers, db):
    sql = """select t.event_id, r.publisher, trim(r.title, '[]'), r.published_on, t.says, t.words, t.translation, t.day, e.date
             from event_records t join records r on r.id = t.record_id join events e on e.id = t.event_id
             where e.country_id = ?1 or e.id in (select event_id from event_countries where country_id = ?1) order by t.position"""
    for (key,) in rows(db, "select id from countries"):
        shown = {item["id"]: of_itself(item, ".sources li") for item in items_of(dossiers["countries", key])}
        for event, publisher, title, published, says, words, translation, day, date in rows(db, sql, key):
            record = shown[event].pop(0)
            has = text(record)
            assert has.startswith(f"{publisher} · {' '.join(title.split())}"), event
            assert "· words of " in has and (says or "") in has and (not published or f"· {said(published)}" in has), (
                event
            )
            quoted = [quote.get_text() for quote in record.find_all("q")]
            assert quoted == [part for part in (words, translation) if part], event
            assert not words or record.q["lang"], event
            other = day and not (date or "").startswith(day)
            assert has.endswith(f"It gives {said(day)}.") if other else "It gives " not in has, event
        assert not any(shown.values()), key


def test_a_year_of_the_article_has_the_day_of_the_records_beside_it(dossiers):
    claim = dossiers["countries", "suriname"].find(id="suriname-2017-withdrawal-claimed")
    assert "Records give its day: 31 October 2017 ." in text(claim)
    assert claim.select_one("p.aside a")["href"] == "#suriname-2017-withdrawal-claimed-by-serbia"
    # the reports that Liberia called false are of the day on which it announced it, not of a later paper
    reports = dossiers["countries", "liberia"].find(id="liberia-2018-withdrawal-reported")
    assert "Records give its day: 20 June 2018 ." in text(reports)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("palau", "The last word: 23 January 2019 , Palau itself stood by the withdrawal. records: Island Times"),
        ("palau?as_of=2019-01-20", "The last word: 20 January 2019 , Kosovo denied a withdrawal. records: Koha , Info Kosova "
                                   "Palau itself last spoke of it on 17 January 2019 : it announced a withdrawal."),
        ("palau?as_of=2019-01-18", "The last word: 17 January 2019 , Palau itself announced a withdrawal."),
        ("madagascar", "No word of its own on this was found."),
        ("somalia", "The last word: January 2023 , Kosovo denied a withdrawal. records: Voice of America (Albanian) "
                    "No word of its own on this was found. What it said otherwise: contact, January 2023 ."),
        ("grenada", "Grenada itself last spoke of it on 4 November 2018 : it announced a withdrawal."),
        ("grenada", "What it said otherwise: position, 15 March 2019 (in words of Serbia's government)."),
        ("maldives", "The last word: 11 May 2023 , the Maldives itself denied a withdrawal."),
        ("peru", "The last word: 9 January 2020 , Serbia called its stance unclear."),
        ("lesotho", "Lesotho itself announced a withdrawal, in words of Serbia's government. records: National Assembly of Serbia"),
        ("lesotho", "Without a day: Lesotho denied a withdrawal ( article, line … ) ."),
    ],
)  # fmt: skip
def test_the_last_word_says_when_who_and_whether_it_is_the_state_s_own(get, address, word):
    page = BeautifulSoup(get(f"/recognition/countries/{address}").text, "html.parser")
    assert word in re.sub(r"line \d+", "line …", text(page.select_one("#last-word")))  # which test_evidence.py asks for


def test_the_last_word_is_that_of_the_view_and_leads_to_its_event(dossiers, db):
    last = dict(rows(db, "select country_id, event_id from last_words"))
    for (key,) in rows(db, "select id from countries"):
        word = dossiers["countries", key].select_one("#last-word")
        assert (word and word.a["href"]) == (f"#{last[key]}" if key in last else None), key
        for link in word.select("a[href^='#']") if word else []:
            assert dossiers["countries", key].find(id=link["href"][1:]), key


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("holy-see", "The Holy See does not recognise Kosovo."),
        ("northern-cyprus", "Northern Cyprus does not plan to recognise Kosovo."),
        ("abkhazia", "Abkhazia is not listed as recognising Kosovo."),  # its statement says nothing of recognising
        ("burkina-faso", "Burkina Faso recognises Kosovo, since 23 April 2008 (24 April 2008 by stronger records); Serbia"),
        ("germany", "since 20 February 2008 (19 February 2008 by weaker records)."),
        ("austria", "since 28 February 2008 (or 27 February 2008: which is right is open)."),
        ("ghana", "having withdrawn, on 7 November 2019 (11 November 2019 by stronger records), its recognition"),
    ],
)  # fmt: skip
def test_the_opening_says_what_the_article_says_and_both_days(dossiers, key, answer):
    assert answer in text(dossiers["countries", key].select_one("p.answer"))


def test_how_a_state_voted_is_beside_what_it_says(dossiers, db):
    sql = "select count(*) from (select vote_id from vote_choices where country_id = ?1 union select vote_id from vote_members where country_id = ?1)"
    for (key,) in rows(db, "select id from countries"):
        page = dossiers["countries", key]
        shown = page.select("h2#votes + ul > li")
        assert len(shown) == rows(db, sql, key)[0][0], key
        assert all(vote.select_one("a[href^='/votes/']") and vote.select_one(".evidence") for vote in shown), key


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
    ("table", "first"), [("countries", "abkhazia"), ("organisations", "region-africa"), ("rules", "latest")]
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
        assert all(cell.get("scope") in ("col", "row", "rowgroup") for cell in content.find_all("th")), key
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
        ("nigeria", "does not recognise Kosovo; Kosovo claimed a recognition on 12 September 2011, Kosovo struck it off its list on"),
        ("central-african-republic?rule=serbia", "its recognition of Kosovo of 22 July 2011, because Serbia denied that recognition; "
                                                 "the Central African Republic stood by it on 29 October 2019."),
        ("togo?rule=serbia", "by what Serbia said; Togo stood by it on 16 January 2023, Kosovo admitted it on 16 January 2023."),
        ("burundi?rule=serbia", "by what Serbia said; Kosovo denied it on 17 February 2018, Burundi stood by it on 21 February 2019."),
        # Serbia denied a withdrawal in 2020, before it claimed one
        ("antigua-and-barbuda?rule=serbia", "its recognition of Kosovo of 20 May 2015, by what Serbia said; Kosovo denied it in January 2023."),
        ("liberia", "Liberia announced a withdrawal on 20 June 2018, Kosovo denied it on 20 June 2018, Liberia denied it on 22 June 2018."),
        ("ghana", "Ghana announced it on 11 November 2019, Serbia claimed it on 11 November 2019, Kosovo denied it on 12 November 2019, Albania"),
        ("nauru", "Kosovo did not confirm it on 22 November 2019."),
        ("peru?rule=serbia", "has been contested since 2 July 2019; the article lists the state as recognising; Serbia called its stance unclear"),
        ("palau?rule=serbia", "Palau counts as having withdrawn, on 17 January 2019,"),
        ("grenada", "Grenada announced a withdrawal on 4 November 2018, Serbia claimed a withdrawal on 4 November 2018, Kosovo denied it"),
    ],
)  # fmt: skip
def test_the_opening_says_whose_words_a_rule_counts(get, address, opening):
    page = BeautifulSoup(get(f"/recognition/countries/{address}").text, "html.parser")
    assert opening in text(page.select_one("p.answer"))


def test_everybody_who_spoke_of_a_withdrawal_since_is_named_behind_it_in_the_order_of_days(get, db):
    """Under each rule that counts a withdrawal: whoever claimed, confirmed or denied it since, each with the day, and nobody else."""
    sql = """select s.rule_id, c.id, e.date, e.id from statuses s join countries c on c.id = s.country_id join events e on e.id = s.event_id
             where s.until is null and s.status = 'withdrew'"""
    spoke = """select distinct coalesce(w.name_in_sentence, e.claimant)
               from events e left join countries w on w.name = e.claimant
               left join event_countries x on x.event_id = e.id and x.country_id = ?1
               where (e.country_id = ?1 or x.country_id = ?1) and e.claimant not in ('unnamed reports', 'the article') and e.id <> ?3
                 and (e.kind in ('recognition confirmed', 'recognition denied') or e.kind in ('withdrawal denied',
                      'withdrawal not confirmed', 'withdrawal confirmed', 'withdrawal reversed', 'withdrawal announced',
                      'withdrawal admitted', 'withdrawal claimed'))
                 and (e.counts_from >= ?2 or e.counts_from is null)"""
    verbs = (
        "denied it|did not confirm it|stood by it|took it back|said .* that the recognition stands|denied a recognition|announced it|admitted it"
        "|claimed it"
    )
    found = rows(db, sql)
    assert found
    for rule, country, withdrawn_on, event in found:
        page = BeautifulSoup(get(f"/recognition/countries/{country}?rule={rule}").text, "html.parser")
        told = text(page.select_one("p.answer")).partition("; ")[2].removesuffix(".")
        names = {re.split(rf" (?:{verbs})", part)[0] for part in told.split(", ")} if told else set()
        assert names == {name for (name,) in rows(db, spoke, country, withdrawn_on, event)}, (rule, country)


@pytest.mark.parametrize(
    "address", ["oman?as_of=2012-01-01", "grenada?as_of=2018-12-01", "sierra-leone?as_of=2020-04-01"]
)
def test_what_a_state_said_otherwise_is_not_told_before_it_said_so(get, address):
    assert "What it said otherwise" not in get(f"/recognition/countries/{address}").text


def test_a_claim_without_a_day_is_not_told_before_what_it_answers(get):
    page = BeautifulSoup(get("/recognition/countries/antigua-and-barbuda?as_of=2020-03-01").text, "html.parser")
    assert "Kosovo" not in text(page.select_one("#last-word"))


def test_an_organisation_that_was_left_and_joined_again_stands_once(dossiers, db):
    for key in ("gambia", "maldives", "united-kingdom"):
        listed = [row["data-organisation"] for row in dossiers["countries", key].select("table.organisations tbody tr")]
        assert len(listed) == len(set(listed)) and set(listed) == {
            id_ for (id_,) in rows(db, "select distinct organisation_id from memberships where country_id = ?", key)
        }
    gambia = dossiers["countries", "gambia"].select_one("table.organisations tr[data-organisation=commonwealth]")
    assert "member again since 8 February 2018 ; before until 3 October 2013" in text(gambia)

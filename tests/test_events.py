"""Events are the article's words to the letter, no more precise than their evidence, and lead to the statuses of the rules."""

import csv
from collections import Counter

import pytest

from build_db import build
from recognition.dates import dates_in
from recognition.build.events import last_day
from recognition.build.problems import QUOTED_AT_MOST, BuildRefused
from recognition.build.statuses import intervals


def rows(db, sql, *parameters):
    cursor = db.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor]


def test_events_by_kind(db):
    assert dict(db.execute("select kind, count(*) from events group by kind").fetchall()) == {
        "recognition": 121, "recognition retold": 3, "recognition claimed": 5, "recognition denied": 5,
        "recognition confirmed": 3, "withdrawal": 10, "withdrawal claimed": 14, "withdrawal reported": 4,
        "withdrawal denied": 7, "withdrawal reversed": 1, "contact": 8, "position": 18, "narrative": 21,
    }  # fmt: skip


def test_every_quote_is_in_its_passage_to_the_letter(db):
    assert db.execute(
        "select count(*) from events e join passages p on p.id = e.passage_id where instr(p.text, e.quote) = 0"
    ).fetchone() == (0,)


def test_every_event_outside_the_article_has_a_citation_and_says_so(db):
    found = rows(db, "select * from events where source_id <> 'article'")
    assert len(found) == 13
    assert all(row["updates"] == 1 and row["citation"].startswith("https://") and row["passage_id"] is None for row in found)


@pytest.mark.parametrize(
    ("country", "told"),
    [
        ("guinea-bissau", [("withdrawal reported", "2017", "the article"), ("withdrawal reversed", "2018", "Guinea-Bissau"),
                           ("withdrawal denied", None, "Guinea-Bissau")]),
        ("lesotho", [("withdrawal claimed", "2018", "Serbia"), ("contact", "2023", "Kosovo"),
                     ("recognition confirmed", None, "Lesotho"), ("withdrawal denied", None, "Lesotho")]),
        ("oman", [("recognition claimed", "2011", "Kosovo"), ("contact", "2022", "Oman"), ("recognition denied", None, "Kosovo")]),
        ("maldives", [("withdrawal claimed", "2023-01-04", "Serbia"), ("recognition confirmed", "2024", "Maldives")]),
        ("sao-tome-and-principe", [("recognition claimed", "2012", "São Tomé and Príncipe"),
                                   ("recognition claimed", None, "Kosovo"),
                                   ("recognition denied", None, "São Tomé and Príncipe")]),
        ("mali", [("recognition claimed", None, "unnamed reports"), ("recognition denied", None, "Mali"),
                  ("recognition denied", None, "Mali")]),
    ],
)  # fmt: skip
def test_contested_cases_are_told_claim_by_claim(db, country, told):
    found = db.execute(
        "select kind, date, claimant from events where country_id = ? and kind <> 'recognition'"
        " order by counts_from is null, counts_from, kind, claimant, id",
        (country,),
    )
    assert sorted(found.fetchall(), key=str) == sorted(told, key=str)


def test_a_recognition_carries_the_other_date_that_records_give(db):
    assert db.execute(
        "select date, other_date, date_precision from events where id = 'costa-rica-2008-recognition'"
    ).fetchone() == ("2008-02-17", "2008-02-18", "day")


def test_dates_in_prose():
    assert dates_in("On July 22, 2010, the court; in September 2020; since 2008; on 17 February 2008.") == {
        "2010-07-22", "2010-07", "2010", "2020-09", "2020", "2008", "2008-02", "2008-02-17",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("date", "day"),
    [("2018", "2018-12-31"), ("2020-02", "2020-02-29"), ("2023-01-04", "2023-01-04"), ("", None)],
)
def test_an_imprecise_date_counts_from_its_last_day(date, day):
    assert last_day(date) == day


def refused(sources, built_to):
    with pytest.raises(BuildRefused) as refusal:
        build(sources, built_to)
    return [(problem.file.name, problem.line, problem.reason, problem.text) for problem in refusal.value.problems]


def change(sources, file, id_, **cells):
    """Rewrite the row with an id in a CSV file of the sources; return its line."""
    path = sources / file
    with path.open(newline="") as opened:
        found = list(csv.DictReader(opened))
    number = next(index for index, row in enumerate(found) if row["id"] == id_)
    found[number].update(cells)
    with path.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, found[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    return number + 2


@pytest.mark.parametrize(
    ("file", "id_", "cells", "reason", "text"),
    [
        ("events.csv", "lesotho-2018-withdrawal-claimed", {"quote": "In 2018, Serbia claims"},
         "quote is not in the passage at {article}:282 to the letter", "In 2018, Serbia claims"),
        ("events.csv", "lesotho-2018-withdrawal-claimed", {"date": "2018-05", "date_precision": "month"},
         "the passage at {article}:282 does not give this date, or not as precisely", "2018-05"),
        ("events.csv", "lesotho-2018-withdrawal-claimed", {"date_precision": "day"}, "date is not one of precision 'day'", "2018"),
        ("events.csv", "lesotho-2018-withdrawal-claimed", {"claimant": "Serbia"},
         "claimant is no country, organisation, 'reports' or 'article'", "Serbia"),
        ("events.csv", "lesotho-2018-withdrawal-claimed", {"country": "lesoto"}, "country is not an id of countries.csv", "lesoto"),
        ("updates.csv", "kenya-2025-recognition", {"citation": ""}, "citation is empty",
         "kenya-2025-recognition,kenya,recognition,2025-03-26,day,kenya,,announced 26 March 2025 (Reuters); "
         "first recognition since Israel in 2020"),
        ("updates.csv", "kenya-2025-recognition", {"date": "2025-13-01"}, "date must be a date as YYYY, YYYY-MM or YYYY-MM-DD",
         "2025-13-01"),
        ("published_counts.csv", "serbia-2023", {"citation": ""}, "citation is empty",
         "serbia-2023,un,84,193,2023-01-04,day,President of Serbia,,,says that 84 recognise unequivocally, 106 do not and 3 are unclear"),
    ],
)  # fmt: skip
def test_an_annotation_without_its_evidence_is_refused(sources_copy, tmp_path, file, id_, cells, reason, text):
    line = change(sources_copy, file, id_, **cells)
    article = sources_copy / "article.txt"
    kept = text[: QUOTED_AT_MOST + 1]
    assert (file, line, reason.format(article=article), kept) in refused(sources_copy, tmp_path / "x.db")


def test_statuses_cover_every_day_for_every_rule_and_country(db):
    countries = {id_ for (id_,) in db.execute("select id from countries where kind <> 'subject'")}
    chains = {}
    for row in rows(db, "select * from statuses order by rule_id, country_id, since"):
        chains.setdefault((row["rule_id"], row["country_id"]), []).append(row)
    rules = [id_ for (id_,) in db.execute("select id from rules")]
    assert set(chains) == {(rule, country) for rule in rules for country in countries}
    for chain in chains.values():
        assert chain[0]["since"] == "2008-02-17"
        assert chain[-1]["until"] is None
        assert [row["until"] for row in chain[:-1]] == [row["since"] for row in chain[1:]]
        assert all(a["status"] != b["status"] for a, b in zip(chain, chain[1:]))


def test_statuses_today_by_rule(db):
    counted = Counter(db.execute(
        "select s.rule_id, s.status from statuses s join countries c on c.id = s.country_id where s.until is null and c.un_member"
    ).fetchall())  # fmt: skip
    assert counted == {
        ("article", "recognises"): 104, ("article", "withdrew"): 10, ("article", "does not recognise"): 79,
        ("every_recognition", "recognises"): 118, ("every_recognition", "does not recognise"): 75,
        ("uncontested", "recognises"): 93, ("uncontested", "withdrew"): 10, ("uncontested", "contested"): 15,
        ("uncontested", "does not recognise"): 75,
        ("latest", "recognises"): 108, ("latest", "withdrew"): 10, ("latest", "does not recognise"): 75,
    }  # fmt: skip


def test_a_territory_follows_the_state_that_represents_it(db):
    def of(country):
        return db.execute("select rule_id, status, since, until, event_id from statuses where country_id = ?", (country,)).fetchall()

    assert of("montserrat") == of("united-kingdom")


def test_an_event_on_the_first_day_leaves_no_empty_interval(db):
    assert db.execute(
        "select status, since, until, event_id from statuses where country_id = 'costa-rica' and rule_id = 'article'"
    ).fetchall() == [("recognises", "2008-02-17", None, "costa-rica-2008-recognition")]


def test_what_an_event_means_depends_on_the_status_that_it_meets():
    effects = {("r", "recognition", "does not recognise"): "recognises", ("r", "withdrawal", "recognises"): "withdrew"}
    events = [
        {"id": "early", "kind": "withdrawal", "counts_from": "2009-01-01"},
        {"id": "first", "kind": "recognition", "counts_from": "2010-01-01"},
        {"id": "again", "kind": "recognition", "counts_from": "2011-01-01"},
        {"id": "last", "kind": "withdrawal", "counts_from": "2012-01-01"},
    ]
    assert [interval[2:] for interval in intervals("r", "x", "2008-02-17", events, effects)] == [
        ("does not recognise", "2008-02-17", "2010-01-01", None),
        ("recognises", "2010-01-01", "2012-01-01", "first"),
        ("withdrew", "2012-01-01", None, "last"),
    ]

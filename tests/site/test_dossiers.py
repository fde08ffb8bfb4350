"""Dossiers of all countries and organisations say what the rows say: statuses, events, mentions."""

import itertools
from urllib.parse import quote as encoded

import pytest
from bs4 import BeautifulSoup


@pytest.fixture(scope="module")
def dossiers(get, db):
    """{(table, id): page} of every country and organisation, each of which must answer."""
    pages = {}
    for table in ("countries", "organisations"):
        for (key,) in db.execute(f"select id from {table}").fetchall():
            response = get(f"/recognition/{table}/{key}")
            assert response.status_code == 200, key
            pages[table, key] = BeautifulSoup(response.text, "html.parser")
    return pages


def rows(db, sql, *parameters):
    return db.execute(sql, parameters).fetchall()


def text(tag):
    return " ".join(tag.get_text(" ").split())


def test_statuses_shown_are_those_of_the_table(dossiers, db):
    sql = """select r.title, s.status, s.since from statuses s join rules r on r.id = s.rule_id where s.country_id = ?
             and s.until is null order by r.position"""
    for (key,) in rows(db, "select id from countries"):
        table = dossiers["countries", key].select_one("h2#status ~ .scroll table")
        if key == "kosovo":
            assert dossiers["countries", key].select_one("h2#status") is None
            continue
        shown = [
            (text(row.th), text(row.select_one(".status")).split(" ", 1)[1], row.select_one("time")["datetime"])
            for row in table.tbody.find_all("tr")
        ]
        assert shown == rows(db, sql, key), key


def test_every_event_is_told_with_claimant_quote_and_evidence(dossiers, db):
    for (key,) in rows(db, "select id from countries"):
        sql = "select kind, claimant, quote, passage_id, citation, updates from events where country_id = ?"
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
             " ".join(part for part in (citation or "").split() if part.startswith("http")), updates)
            for kind, claimant, quote, passage, citation, updates in found
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
            for part in item.p.get_text().split("…"):
                assert part.strip() in passages[passage], part


@pytest.mark.parametrize(("table", "first"), [("countries", "abkhazia"), ("organisations", "all-states")])
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

"""What is true of every edition, whatever its rows are. Where a law is tried on a sample, `--whole` tries all of it."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import itertools
import json
import os
import re
import sqlite3
import subprocess
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from httpx import Response

from tests.fuzz.holdings import lost_or_doubled, plain_lines, untraced

Get = Callable[..., Response]
Row = dict[str, Any]
END = "9999-12-31"
PARTS = {
    "recognises": "recognising", "withdrew": "withdrawn", "contested": "contested", "does not recognise": "not_recognising",
}  # fmt: skip


def rows_of(db: sqlite3.Connection, sql: str, *values: object) -> list[Row]:
    cursor = db.execute(sql, values)
    return [dict(zip([column[0] for column in cursor.description], row)) for row in cursor]


@pytest.fixture(scope="module")
def history(db: sqlite3.Connection) -> dict[tuple[str, str], list[Row]]:
    """{(rule, organisation): rows of tally_history by day}."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows_of(db, "select * from tally_history order by rule_id, organisation_id, since"):
        found.setdefault((row["rule_id"], row["organisation_id"]), []).append(row)
    return found


@pytest.fixture(scope="module")
def turning_days(history: dict[tuple[str, str], list[Row]]) -> list[str]:
    """Every day on which any tally changes, and the day before it."""
    days = {row["since"] for rows in history.values() for row in rows}
    return sorted(days | {day_before(day) for day in days - {min(days)}})


def day_before(day: str) -> str:
    return (datetime.date.fromisoformat(day) - datetime.timedelta(1)).isoformat()


@pytest.fixture(scope="module")
def standing(db: sqlite3.Connection) -> Callable[[str], dict[tuple[str, str], dict[str, str]]]:
    """standing(day) is {(rule, organisation): {country: status}}, from memberships and statuses alone."""
    memberships = db.execute("select organisation_id, country_id, since, until from memberships").fetchall()
    statuses: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for rule, country, status, since, until in db.execute(
        "select rule_id, country_id, status, since, until from statuses"
    ):
        statuses.setdefault((rule, country), []).append((since, until or END, status))
    rules = sorted({rule for rule, _ in statuses})

    def on(day: str) -> dict[tuple[str, str], dict[str, str]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for organisation, country, since, until in memberships:
            if (since or "") <= day < (until or END):
                for rule in rules:
                    (status,) = [status for begin, end, status in statuses[rule, country] if begin <= day < end]
                    found.setdefault((rule, organisation), {})[country] = status
        return found

    return on


# The article


def test_every_line_is_in_one_passage_and_every_row_in_the_passage_that_it_names(
    root: Path, db: sqlite3.Connection
) -> None:
    """To the letter: statements, quotes, names, dates."""
    assert lost_or_doubled(db, plain_lines((root / "sources/article.txt").read_bytes())) == []
    assert untraced(db) == {}


def test_a_theme_rests_on_whole_words_of_its_statement(db: sqlite3.Connection) -> None:
    """And the themes of a statement, which tables are filtered by, are those that its quotes show."""
    shown: dict[str, list[str]] = {}
    for row in rows_of(db, "select * from position_themes order by position_id, theme_id"):
        (text,) = db.execute("select text from positions where id = ?", [row["position_id"]]).fetchone()
        assert re.search(rf"(?<!\w){re.escape(row['quote'])}(?!\w)", text), row
        shown.setdefault(row["position_id"], []).append(row["theme_id"])
    themes = {row["id"]: json.loads(row["themes"]) for row in rows_of(db, "select id, themes from positions")}
    assert {key: of_statement for key, of_statement in themes.items() if of_statement} == shown


def test_the_register_of_themes_of_statements_is_sorted(root: Path) -> None:
    with (root / "sources/position_themes.csv").open(encoding="utf-8", newline="") as file:
        keys = [(row["position"], row["theme"]) for row in csv.DictReader(file)]
    assert keys == sorted(keys)


def test_every_file_of_the_sources_is_recorded_with_its_checksum(root: Path, db: sqlite3.Connection) -> None:
    recorded = dict(db.execute("select file, sha256 from sources"))
    assert recorded == {name: hashlib.sha256((root / "sources" / name).read_bytes()).hexdigest() for name in recorded}


# Statuses and tallies


def test_statuses_follow_each_other_without_gap_each_from_its_event(db: sqlite3.Connection) -> None:
    events = {row["id"]: row for row in rows_of(db, "select * from events")}
    rows = rows_of(db, "select * from statuses order by rule_id, country_id, since")
    for _, group in itertools.groupby(rows, key=lambda row: (row["rule_id"], row["country_id"])):
        steps = list(group)
        assert [step["until"] for step in steps] == [*(step["since"] for step in steps[1:]), None]
        assert steps[0]["since"] == min(row["since"] for row in rows)
        for before, after in itertools.pairwise(steps):
            assert before["since"] < after["since"] and before["status"] != after["status"]
            assert events[after["event_id"]]["counts_from"] == after["since"]


def test_every_day_has_one_tally_whose_parts_add_up(
    history: dict[tuple[str, str], list[Row]], db: sqlite3.Connection
) -> None:
    """From the first day on or, of a group that was founded later, from that of its first member."""
    begin = min(row["since"] for rows in history.values() for row in rows)
    founded = dict(
        db.execute("select organisation_id, min(coalesce(since, ?)) from memberships group by 1", [begin]).fetchall()
    )
    for (_, organisation), rows in history.items():
        assert rows[0]["since"] == max(begin, founded[organisation])
        assert [row["until"] for row in rows] == [*(row["since"] for row in rows[1:]), None]
        assert all(sum(row[part] for part in PARTS.values()) == row["members"] for row in rows)


def test_every_tally_is_a_recount_and_its_changes_have_reasons(
    history: dict[tuple[str, str], list[Row]],
    standing: Callable[[str], dict[tuple[str, str], dict[str, str]]],
    turning_days: list[str],
    db: sqlite3.Connection,
) -> None:
    """On each day on which anything changes, and the day before it; a state that changes has an event or a new membership."""
    moved = set(db.execute("select organisation_id, country_id, since from memberships where since is not null"))
    moved |= set(db.execute("select organisation_id, country_id, until from memberships where until is not null"))
    turned = set(db.execute("select rule_id, country_id, since from statuses where event_id is not null"))
    before: dict[tuple[str, str], dict[str, str]] = {}
    for day in turning_days:
        now = standing(day)
        assert set(now) == {key for key, rows in history.items() if rows[0]["since"] <= day}
        for (rule, organisation), members in now.items():
            rows = history[rule, organisation]
            row = rows[bisect_right([row["since"] for row in rows], day) - 1]
            counted = [*members.values()]
            assert {part: row[part] for part in PARTS.values()} == {
                part: counted.count(word) for word, part in PARTS.items()
            }
            old = before.get((rule, organisation), members)
            for country in members.keys() | old.keys():
                if members.get(country) != old.get(country):
                    assert (organisation, country, day) in moved or (rule, country, day) in turned
        before = now


def numbers_of_the_page(html: str) -> list[tuple[Any, ...]]:
    """(name, recognising, members, contested, withdrawn, not recognising) of each organisation."""
    found = []
    for row in BeautifulSoup(html, "html.parser").select("table.tallies tr[data-organisation]"):
        name, of, _, *counts = [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        recognising, members = of.split(" of ")
        found.append((name, int(recognising), int(members.split()[0]), *map(int, counts[:3])))
    return found


def test_json_csv_sql_page_and_map_give_the_same_numbers(
    get: Get, db: sqlite3.Connection, turning_days: list[str], sample: Callable[[list[Any], int], list[Any]]
) -> None:
    keys = ("name", "recognising", "members", "contested", "withdrawn", "not_recognising")
    rules = [rule for (rule,) in db.execute("select id from rules")]
    for rule, day in sample([*itertools.product(rules, turning_days)], 24):
        asked = {"rule": rule, "as_of": day}
        counted = rows_of(
            db,
            "select o.name, t.* from tally_history t join organisations o on o.id = t.organisation_id"
            " where t.rule_id = ? and t.since <= ? and (t.until > ? or t.until is null) order by o.number",
            *(rule, day, day),
        )
        expected = [tuple(row[key] for key in keys) for row in counted]
        answer = get("/tallies.json", **asked).json()
        assert (answer["rule"], answer["as_of"]) == (rule, day)
        assert [tuple(tally[key] for key in keys) for tally in answer["tallies"]] == expected
        lines = csv.DictReader(io.StringIO(get("/tallies.csv", **asked).text))
        assert [(line["name"], *(int(line[key]) for key in keys[1:])) for line in lines] == expected
        question = get("/recognition/tallies-on-a-day.json", _shape="array", rule=rule, day=day).json()
        assert [(row["organisation"], *(row[key] for key in keys[1:])) for row in question] == expected
        assert sorted(numbers_of_the_page(get("/tallies", **asked).text)) == sorted(expected)  # which is by heading
        steps = [un for since, un, *_ in get("/map.json", **asked).json()["steps"] if since <= day]
        (un,) = [row for row in counted if row["organisation_id"] == "un"]
        assert steps[-1] == [un[part] for part in ("recognising", "contested", "withdrawn", "not_recognising")]


def test_members_steps_and_ledgers_add_up(
    get: Get, db: sqlite3.Connection, turning_days: list[str], sample: Callable[[list[Any], int], list[Any]],
    history: dict[tuple[str, str], list[Row]],
) -> None:  # fmt: skip
    """Members of an organisation by status are its tally; two rules differ by the states named; ledgers end at the published."""
    rules = [rule for (rule,) in db.execute("select id from rules")]
    groups = [group for (group,) in db.execute("select distinct organisation_id from tally_history order by 1")]
    for rule, group, day in sample([*itertools.product(rules, groups, turning_days[::5])], 24):
        answer = get(f"/tallies/{group}.json", rule=rule, as_of=day).json()
        statuses = [member["status"] for member in answer["members"]]
        assert {part: answer["tally"][part] for part in PARTS.values()} == {
            part: statuses.count(word) for word, part in PARTS.items()
        }
    pairs = [*itertools.product(rules, repeat=2)]
    for (a, b), group, day in sample([*itertools.product(pairs, groups, turning_days[::20])], 24):
        compared = get("/tallies/compare.json", a=a, b=b, organisation=group, as_of=day)
        if day < history[a, group][0]["since"]:
            assert compared.status_code == 400  # nobody is a member yet
            continue
        answer = compared.json()
        steps = [state["step"] for state in answer["states"]]
        assert answer["difference"] == answer["counted_a"] - answer["counted_b"] == sum(steps)
        assert all(state["reasons"] for state in answer["states"])
    counts = [
        count for (count,) in db.execute("select id from published_counts where earliest_day is not null order by 1")
    ]
    for (rule, by), count in sample([*itertools.product(pairs, counts)], 24):
        answer = get(f"/counts/{count}.json", rule=rule, by=by).json()
        steps = [state["step"] for state in answer["states"]]
        assert answer["counted"] + sum(steps) + answer["unexplained"] == answer["count"]["recognising"]


# (organisation, day, recognising, members) under the rule `latest`; no members where there is no tally
OF_GROUPS = [
    ("african-union", "2026-11-26", 23, 55), ("african-union", "2008-02-17", 0, 53), ("african-union", "2011-07-27", 13, 54),
    ("g20", "2026-11-26", 11, 19), ("g7", "2026-11-26", 7, 7), ("oecd", "2026-11-26", 33, 38), ("oecd", "2008-02-17", 0, 30),
    ("commonwealth", "2026-11-26", 32, 56), ("asean", "2026-11-26", 5, 11), ("asean", "2025-10-25", 4, 10),
    ("asean", "2025-10-26", 5, 11), ("brics", "2009-06-15", 0, 0), ("brics", "2009-06-16", 0, 4), ("brics", "2026-11-26", 2, 10),
    ("commonwealth", "2013-10-02", 28, 54), ("commonwealth", "2013-10-03", 27, 53), ("commonwealth", "2018-02-07", 32, 52),
    ("commonwealth", "2018-02-08", 33, 53), ("western-balkans", "2026-11-26", 3, 5),
    ("region-africa", "2011-07-13", 12, 53), ("region-africa", "2011-07-14", 12, 54),
    ("region-latin-america-and-the-caribbean", "2026-11-26", 17, 33), ("region-sub-saharan-africa", "2026-11-26", 20, 48),
]  # fmt: skip


@pytest.mark.usefixtures("edited_article")
@pytest.mark.parametrize(("group", "day", "recognising", "members"), OF_GROUPS)
def test_groups_that_the_article_does_not_have(
    history: dict[tuple[str, str], list[Row]], group: str, day: str, recognising: int, members: int
) -> None:
    found = [row for row in history["latest", group] if row["since"] <= day < (row["until"] or END)]
    assert [(row["recognising"], row["members"]) for row in found] == ([(recognising, members)] if members else [])


def test_a_state_that_left_and_came_back_is_a_member_in_two_times_and_not_between(db: sqlite3.Connection) -> None:
    times = rows_of(db, "select * from memberships where period > 1 order by organisation_id, country_id")
    assert [(row["organisation_id"], row["country_id"]) for row in times] == [
        ("commonwealth", "gambia"), ("commonwealth", "maldives"), ("pif", "kiribati"),
    ]  # fmt: skip
    for row in times:
        (left,) = db.execute(
            "select until from memberships where organisation_id = ? and country_id = ? and period = 1",
            [row["organisation_id"], row["country_id"]],
        ).fetchone()
        assert left < row["since"]
    # and whatever asks for members of today has it once
    assert db.execute(
        "select count(*) from members_today where country_id = 'gambia' and organisation_id = 'commonwealth'"
    ).fetchone() == (1,)


def test_regions_divide_the_members_of_the_united_nations(db: sqlite3.Connection) -> None:
    """Each is in one region, and where M49 divides a region in one part of it."""
    for region, parts in db.execute("""
        select r.country_id, group_concat(r.organisation_id, ' ') from memberships r join countries c on c.id = r.country_id
        where r.organisation_id in (select id from organisations where area in (select region from countries)) group by 1
    """):
        assert " " not in parts, region
    whole = "select count(*) from memberships where organisation_id in (select id from organisations where area in (select {} from countries))"
    assert db.execute(whole.format("region")).fetchone() == db.execute(whole.format("subregion")).fetchone() == (193,)


def test_who_is_not_counted_is_no_member(db: sqlite3.Connection) -> None:
    """Nor is the subject ever, and a suspended member stays one while it is suspended."""
    assert rows_of(db, "select 1 from participations p join memberships m using (organisation_id, country_id)") == []
    assert rows_of(db, "select 1 from memberships m join subject s using (country_id)") == []
    assert {row["organisation_id"] for row in rows_of(db, "select p.organisation_id from participations p join subject using (country_id)")} == {
        "cefta", "seecp", "oif", "western-balkans",
    }  # fmt: skip
    outside = """select organisation_id, country_id from suspensions s where not exists (
        select 1 from memberships m where m.organisation_id = s.organisation_id and m.country_id = s.country_id
        and (m.since is null or m.since <= s.since) and (m.until is null or coalesce(s.until, '0') <= m.until))"""
    assert rows_of(db, outside) == []


def test_the_audit_is_about_the_articles_organisations_alone(db: sqlite3.Connection) -> None:
    sql = "select a.id from audit a join organisations o on o.id = a.organisation_id where not o.in_article"
    assert rows_of(db, sql) == []


@pytest.mark.usefixtures("edited_article")
def test_the_african_unions_count_agrees_by_accident(db: sqlite3.Connection) -> None:
    (row,) = rows_of(
        db, "select rule_id, counted, outcome from count_explanations where count_id = 'news-pravda-2025-africa'"
    )
    assert row == {"rule_id": "article", "counted": 21, "outcome": "agrees by accident"}


# What others counted


SHOWN = [
    ("uncontested", "un", "2026-02-28", 92), ("uncontested", "un", "2020-09-04", 97), ("uncontested", "oic", "2020-09-04", 31),
    ("uncontested", "eu", "2020-09-04", 22), ("uncontested", "nato", "2020-09-04", 26), ("uncontested", "un", "2018-06-30", 109),
    ("serbia", "un", "2023-01-04", 84), ("serbia", "un", "2019-11-22", 93), ("serbia", "un", "2020-03-03", 92),
    ("serbia", "un", "2026-02-28", 88), ("kosovo", "all-states", "2025-12-19", 121), ("kosovo", "all-states", "2025-10-30", 120),
    ("kosovo", "all-states", "2008-07-17", 43), ("kosovo", "un", "2026-02-28", 119), ("latest", "un", "2026-02-28", 108),
]  # fmt: skip


@pytest.mark.usefixtures("edited_article")
@pytest.mark.parametrize(("rule", "group", "day", "number"), SHOWN)
def test_what_each_side_printed_is_what_its_rule_counts(
    history: dict[tuple[str, str], list[Row]], rule: str, group: str, day: str, number: int
) -> None:
    (row,) = [row for row in history[rule, group] if row["since"] <= day < (row["until"] or END)]
    assert row["recognising"] == number


def test_who_recognises_under_one_rule_recognises_under_the_next(db: sqlite3.Connection) -> None:
    """Serbia's count, no withdrawal reported, the list today and Kosovo's count lie one inside the other among UN members."""
    day = "2026-02-28"
    sets = [
        {row["country_id"] for row in rows_of(db, """select country_id from member_statuses where rule_id = ? and organisation_id = 'un'
                                                     and status = 'recognises' and since <= ? and ? < until""", rule, day, day)}
        for rule in ("serbia", "uncontested", "latest", "kosovo")
    ]  # fmt: skip
    assert all(smaller < larger for smaller, larger in itertools.pairwise(sets))


def test_every_datable_count_is_held_against_every_rule_on_a_day_of_its_window(
    db: sqlite3.Connection, history: dict[tuple[str, str], list[Row]]
) -> None:
    """The day is the first on which the two come nearest. A count of all states is held against the members of the UN too."""
    rules = {rule for (rule,) in db.execute("select id from rules")}
    for count in rows_of(db, "select * from published_counts"):
        held = rows_of(db, "select * from count_ledger where count_id = ?", count["id"])
        groups = {count["organisation_id"]} | ({"un"} if count["organisation_id"] == "all-states" else set())
        expected = {(rule, group) for rule in rules for group in groups} if count["earliest_day"] else set()
        assert {(row["rule_id"], row["organisation_id"]) for row in held} == expected, count["id"]
        for row in held:
            steps = history[row["rule_id"], row["organisation_id"]]
            within = [
                (abs(count["recognising"] - step["recognising"]), max(step["since"], count["earliest_day"]), step["recognising"])
                for step in steps if step["since"] <= count["latest_day"] and count["earliest_day"] < (step["until"] or END)
            ]  # fmt: skip
            assert (abs(row["difference"]), row["counted_on"], row["counted"]) == min(within), (
                count["id"],
                row["rule_id"],
            )


def test_a_count_is_explained_by_the_rule_that_its_publisher_follows_or_by_the_nearest(db: sqlite3.Connection) -> None:
    """What has no day, and what agrees by accident, is never called reproduced."""
    for row in rows_of(db, "select * from count_explanations x join published_counts p on p.id = x.count_id"):
        held = rows_of(db, "select * from count_ledger where count_id = ?", row["count_id"])
        allowed = [one for one in held if one["rule_id"] == (row["follows"] or one["rule_id"])]
        if not held:
            assert (row["outcome"], row["unexplained"]) == ("not datable", None)
            continue
        nearest = min(abs(one["difference"]) for one in allowed)
        assert (abs(row["unexplained"]), row["basis"]) == (nearest, "follows" if row["follows"] else "nearest")
        told = "agrees by accident" if row["by_accident"] else "not reproduced" if nearest else "reproduced"
        assert row["outcome"] == told, row["count_id"]
        agreeing = {one["rule_id"] for one in held if not one["difference"]}
        assert set((row["agreeing_rules"] or "").split(",")) - {""} == agreeing


def test_a_bridge_leads_from_any_number_to_any_other(
    get: Get, db: sqlite3.Connection, sample: Callable[[list[Any], int], list[Any]]
) -> None:
    """State by state, each with the event behind it; what no rule explains is named, and nothing is left over."""
    ends = [count for (count,) in db.execute("select id from published_counts where earliest_day is not null")]
    ends += [
        f"{rule}@{day}"
        for (rule,) in db.execute("select id from rules")
        for day in ("2012-05-02", "2019-11-22", "2026-02-28")
    ]
    pairs = [(a, b) for a in ends for b in ends if a != b]
    for a, b in [("kosovo-2025-12", "serbia-2023"), *sample(pairs, 30)] if len(pairs) > 30 else pairs:
        first, *steps, last = get("/recognition/bridge.json", a=a, b=b, _shape="array").json()
        assert first["step"] + sum(step["step"] for step in steps) == last["step"], (a, b)
        assert all(step["event_id"] for step in steps if not step["what"].startswith("left unexplained")), (a, b)
    explained = get("/recognition/bridge.json", a="kosovo-2025-12", b="serbia-2023", _shape="array").json()
    assert (explained[0]["step"], explained[-1]["step"]) == (121, 84)
    assert not [step for step in explained if step["what"].startswith("left unexplained")]


def test_the_choices_of_a_vote_are_those_announced_or_it_says_what_is_missing(db: sqlite3.Connection) -> None:
    for vote in rows_of(db, "select * from votes"):
        known = dict(
            db.execute("select choice, count(*) from vote_choices where vote_id = ? group by choice", (vote["id"],))
        )
        announced = {choice: vote[f"announced_{choice}"] for choice in ("for", "against", "abstained", "absent")}
        if vote["complete"]:
            assert known == {choice: number for choice, number in announced.items() if number}, vote["id"]
        else:
            assert vote["note"] and all(number <= announced[choice] for choice, number in known.items()), vote["id"]
    assert db.execute(
        "select choice from vote_choices where vote_id = 'unga-2008' and country_id = 'united-states'"
    ).fetchone() == ("against",)


@pytest.mark.parametrize(
    "end",
    [
        "kosovo@",
        "kosovo@2007-01-01",
        "kosovo@2999-01-01",
        "kosovo@2013-02-30",
        "nobody@2020-01-01",
        "worldatlas-un",
        "x",
    ],
)
def test_a_bridge_to_what_is_no_number_has_no_steps(get: Get, end: str) -> None:
    """A rule on no day, before the first or after today; a rule that there is not; a count without a day."""
    assert get("/recognition/bridge.json", a=end, b="serbia-2023", _shape="array").json() == []


def test_a_bridge_forgives_spaces_and_upper_case(get: Get) -> None:
    steps = get("/recognition/bridge.json", a="latest@2020-01-01", b="serbia-2023", _shape="array").json()
    assert (
        steps
        and steps == get("/recognition/bridge.json", a=" Latest @ 2020-01-01", b="SERBIA-2023 ", _shape="array").json()
    )


# Votes

HEADS = {
    "Recognised": "recognises",
    "Contested": "contested",
    "Had withdrawn": "withdrew",
    "Did not": "does not recognise",
}


def table_of_the_page(html: str) -> dict[tuple[str, str], int]:
    """{(choice, status): states}, without what is 0, and {(choice, 'known'): states}."""
    table = BeautifulSoup(html, "html.parser").select_one("table.choices")
    if table is None:
        return {}
    _, *heads = [head.get_text() for head in table.select("thead th")]
    found = {}
    for row in table.select("tbody tr"):
        choice = str(row.select_one("th").contents[1]).strip().lower()  # type: ignore[union-attr]
        for head, cell in zip(heads, row.select("td"), strict=True):
            if head != "Announced" and cell.get_text() != "0":
                found[choice, HEADS.get(head, "known")] = int(cell.get_text())
    return found


def test_choices_by_status_are_the_same_on_page_json_csv_and_in_sql_and_add_up(
    get: Get, db: sqlite3.Connection, sample: Callable[[list[Any], int], list[Any]]
) -> None:
    """Each state that chose has one status on the day of the vote; names, groups and the saved questions agree."""
    rules = [rule for (rule,) in db.execute("select id from rules")]
    votes = db.execute("select id, held_on, choice_for_kosovo from votes").fetchall()
    for (vote, day, with_kosovo), rule in sample([*itertools.product(votes, rules)], 24):
        counted = {
            (choice, status): number
            for choice, status, number in db.execute(
                "select h.choice, s.status, count(*) from vote_choices h join statuses s on s.country_id = h.country_id"
                " where h.vote_id = ? and s.rule_id = ? and s.since <= ? and (s.until > ? or s.until is null) group by 1, 2",
                (vote, rule, day, day),
            )
        }
        chosen = dict(db.execute("select choice, count(*) from vote_choices where vote_id = ? group by 1", (vote,)))
        for choice, number in chosen.items():
            assert sum(one for (of, _), one in counted.items() if of == choice) == number
        answer, page = get(f"/votes/{vote}.json", rule=rule).json(), get(f"/votes/{vote}", rule=rule).text
        by_status = [
            (row["choice"], status, one) for row in answer["counts"] for status, one in row["statuses"].items()
        ]
        assert {(choice, status): one for choice, status, one in by_status if one} == counted
        assert table_of_the_page(page) == counted | {(choice, "known"): number for choice, number in chosen.items()}
        if not chosen:
            assert answer["choices"] == answer["groups"] == []
            continue
        lines = list(csv.DictReader(io.StringIO(get(f"/votes/{vote}.csv", rule=rule).text)))
        assert Counter((line["choice"], line["status"]) for line in lines) == counted
        named = BeautifulSoup(page, "html.parser").select("#who ~ p > a[href*='/countries/']")
        assert sorted(link.get_text() for link in named) == sorted(line["name"] for line in lines)
        for group in answer["groups"]:
            parts = ("voted_for", "voted_against", "abstained", "absent", "without_choice")
            assert sum(group[part] for part in parts) == group["members"]
        other = "against" if with_kosovo == "for" else "for"
        assert {line["side"] for line in lines if line["choice"] == with_kosovo} <= {"with"}
        assert {line["side"] for line in lines if line["choice"] == other} <= {"against"}
    for rule in rules:
        for question, side, statuses in (
            ("recognised-and-voted-against", "against", ("recognises",)),
            ("did-not-recognise-and-voted-with", "with", ("does not recognise", "withdrew")),
        ):
            rows = get(f"/recognition/{question}.json", _shape="array", rule=rule).json()
            pages = [(vote, get(f"/votes/{vote}.json", rule=rule).json()["choices"]) for vote, *_ in votes]
            expected = [
                (vote, row["country"])
                for vote, choices in pages
                for row in choices
                if row["side"] == side and row["status"] in statuses
            ]
            assert sorted((row["vote_id"], row["country_id"]) for row in rows) == sorted(expected) != []


def test_in_2008_kosovos_side_was_the_six_against(get: Get) -> None:
    answer = get("/votes/unga-2008.json").json()
    assert answer["vote"]["subject_choice"] == "against"
    (against,) = [row for row in answer["counts"] if row["side"] == "with"]
    assert (against["choice"], against["known"], against["announced"]) == ("against", 6, 6)
    assert {row["country"] for row in answer["choices"] if row["side"] == "with"} >= {"albania", "united-states"}


def test_who_changed_sides_is_on_one_side_in_one_vote_and_on_the_other_in_the_other(get: Get) -> None:
    """Also the other way round, and between a vote and itself nobody."""
    votes = [row["vote"] for row in get("/votes.json").json()["votes"]]
    sides = {
        vote: {row["country"]: row["side"] for row in get(f"/votes/{vote}.json").json()["choices"] if row["side"]}
        for vote in votes
    }
    for first, second in itertools.product(votes, repeat=2):
        rows = get("/recognition/changed-sides.json", _shape="array", first=first, second=second).json()
        both = sides[first].keys() & sides[second].keys()
        changed = {country for country in both if sides[first][country] != sides[second][country]}
        assert {row["country_id"] for row in rows} == changed


# The evidence


def test_every_act_rests_on_one_to_three_records_of_its_own(db: sqlite3.Connection) -> None:
    counted = dict(db.execute(
        """select e.id, count(r.record_id) from events e left join event_records r on r.event_id = e.id
           where e.kind in ('recognition', 'withdrawal') or e.updates group by e.id"""
    ))  # fmt: skip
    assert len(counted) > 200 and {event: number for event, number in counted.items() if not 1 <= number <= 3} == {}
    for event, keys in db.execute("select id, records from events"):
        named = [
            key
            for (key,) in db.execute(
                "select record_id from event_records where event_id = ? order by position", (event,)
            )
        ]
        assert json.loads(keys) == named


def test_an_answer_comes_after_what_it_answers(db: sqlite3.Connection) -> None:
    answers = db.execute(
        "select a.id, a.position, b.position from events a join events b on b.id = a.answers"
    ).fetchall()
    assert len(answers) > 30 and [answer for answer, later, earlier in answers if later <= earlier] == []


# What stands between marks of quotation; an apostrophe inside of a word is none.
QUOTED = re.compile(
    r"“([^”]*)”|«([^»]*)»|\"([^\"]*)\"|(?<!\w)‘((?:[^’]|’(?=\w))*)’(?!\w)|(?<!\w)'((?:[^']|(?<=\w)'(?=\w))*)'(?!\w)"
)
OF_OURS = ("events.note", "event_records.says", "event_records.words", "event_records.translation", "recognitions.note",
           "published_counts.note", "votes.note", "vote_choices.note", "vote_members.note", "suspensions.note", "memberships.note",
           "participations.note")  # fmt: skip
LONGEST_QUOTATION = 12  # words


def quotations(text: str) -> list[str]:
    """What a text quotes."""
    return ["".join(match.groups("")) for match in QUOTED.finditer(text)]


def test_nothing_outside_of_the_article_is_quoted_at_more_than_a_dozen_words(db: sqlite3.Connection) -> None:
    """What documents say is told in words of ours; their own words are few, and only the article's sentences stand whole."""
    found = 0
    for place in OF_OURS:
        table, column = place.split(".")
        for (text,) in db.execute(f"select {column} from {table} where {column} is not null"):
            for quoted in [text] if column in ("words", "translation") else quotations(text):
                assert len(quoted.split()) <= LONGEST_QUOTATION, (place, quoted)
                found += 1
    assert found > 25
    sql = "select quote from published_counts where source_id <> 'article' and quote is not null"
    assert all(len(quote.split()) <= LONGEST_QUOTATION for (quote,) in db.execute(sql))


def test_a_quotation_ends_where_its_mark_does() -> None:
    assert quotations("It says 'the state's word' and \"no\", and the ministers' note “one two”, ‘Serbia’s own’.") == [
        "the state's word", "no", "one two", "Serbia’s own",
    ]  # fmt: skip


def test_no_record_is_at_an_address_that_says_who_reads_it(db: sqlite3.Connection) -> None:
    addresses = [url for (url,) in db.execute("select url from records where url is not null")]
    assert not [url for url in addresses if re.search(r"[?&](utm_|fbclid|gclid)", url)]
    mirrors = r"redlib|libreddit|osmarks\.net|niammsnz|cnmilf|172\.245\.82\.218"
    assert not [url for url in addresses if re.search(mirrors, url)]


# Questions


def questions() -> Iterator[tuple[str, list[str]]]:
    metadata = yaml.safe_load((Path(__file__).parents[1] / "metadata.yml").read_text("utf-8"))
    for name, query in metadata["databases"]["recognition"]["queries"].items():
        yield name, query.get("params", [])


@pytest.mark.parametrize(("name", "parameters"), list(questions()))
def test_a_saved_question_gives_rows_and_takes_or_refuses_any_text(
    get: Get, db: sqlite3.Connection, name: str, parameters: list[str]
) -> None:
    assert get(f"/recognition/{name}").status_code == 200
    unsure = rows_of(
        db, "select 1 from recognitions where confidence <> 'high'"
    )  # none where the article prints all names
    assert get(f"/recognition/{name}.json", _shape="array").json() or (name == "least-sure-names" and not unsure)
    for text in ('"', "' or 1=1 --", "no such thing", "\0", "NEAR(", "%", "9" * 400) if parameters else ():
        answer = get(f"/recognition/{name}.json", _shape="array", **dict.fromkeys(parameters, text))
        assert answer.status_code == (200 if parameters == ["words"] else 400), text


# The file


def test_the_file_is_sound_and_its_views_need_no_program_of_ours(db: sqlite3.Connection) -> None:
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert db.execute("pragma foreign_key_check").fetchall() == []
    for name, kind in db.execute(
        "select name, type from pragma_table_list where schema = 'main' and type <> 'shadow'"
    ).fetchall():
        if not name.startswith("sqlite_"):
            assert db.execute(f"select count(*) from [{name}]").fetchone() > (0,), (kind, name)


def test_the_same_sources_give_the_same_bytes_in_any_process(root: Path, built: Path, tmp_path: Path) -> None:
    for seed in ("1", "4242"):
        output = tmp_path / seed / "recognition.db"
        output.parent.mkdir()
        command = [sys.executable, root / "build_db.py", "--output", output]
        subprocess.run(
            command, cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        )
        assert output.read_bytes() == built.read_bytes()
        assert output.with_name("inspect-data.json").read_bytes() == built.with_name("inspect-data.json").read_bytes()

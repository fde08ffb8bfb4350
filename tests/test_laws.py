"""What is true of every edition, whatever its rows are. Where a law is tried on a sample, `--whole` tries all of it."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import itertools
import os
import random
import sqlite3
import subprocess
import sys
from bisect import bisect_right
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
SEED = 18  # of every sample; another one finds the same or there is something to mend
END = "9999-12-31"
PARTS = {
    "recognises": "recognising", "withdrew": "withdrawn", "contested": "contested", "does not recognise": "not_recognising",
}  # fmt: skip


def rows_of(db: sqlite3.Connection, sql: str, *values: object) -> list[Row]:
    cursor = db.execute(sql, values)
    return [dict(zip([column[0] for column in cursor.description], row)) for row in cursor]


@pytest.fixture(scope="module")
def sample(request: pytest.FixtureRequest) -> Callable[[list[Any], int], list[Any]]:
    """sample(items, size) draws some of them, the same in every run; all of them with --whole."""
    whole, draw = request.config.getoption("whole"), random.Random(SEED)
    return lambda items, size: items if whole or len(items) <= size else draw.sample(items, size)


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


def test_every_day_has_one_tally_whose_parts_add_up(history: dict[tuple[str, str], list[Row]]) -> None:
    begin = min(row["since"] for rows in history.values() for row in rows)
    for rows in history.values():
        assert rows[0]["since"] == begin
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
        assert set(now) == set(history)
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
    for row in BeautifulSoup(html, "html.parser").select("table.tallies tbody tr"):
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
        assert numbers_of_the_page(get("/tallies", **asked).text) == expected
        steps = [un for since, un, *_ in get("/map.json", **asked).json()["steps"] if since <= day]
        (un,) = [row for row in counted if row["organisation_id"] == "un"]
        assert steps[-1] == [un[part] for part in ("recognising", "contested", "withdrawn", "not_recognising")]


def test_members_steps_and_ledgers_add_up(
    get: Get, db: sqlite3.Connection, turning_days: list[str], sample: Callable[[list[Any], int], list[Any]]
) -> None:
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
        answer = get("/tallies/compare.json", a=a, b=b, organisation=group, as_of=day).json()
        steps = [state["step"] for state in answer["states"]]
        assert answer["difference"] == answer["counted_a"] - answer["counted_b"] == sum(steps)
        assert all(state["reasons"] for state in answer["states"])
    counts = [count for (count,) in db.execute("select id from published_counts order by 1")]
    for (rule, by), count in sample([*itertools.product(pairs, counts)], 24):
        answer = get(f"/counts/{count}.json", rule=rule, by=by).json()
        steps = [state["step"] for state in answer["states"]]
        assert answer["counted"] + sum(steps) + answer["unexplained"] == answer["count"]["recognising"]


# Questions


def questions() -> Iterator[tuple[str, list[str]]]:
    metadata = yaml.safe_load((Path(__file__).parents[1] / "metadata.yml").read_text("utf-8"))
    for name, query in metadata["databases"]["recognition"]["queries"].items():
        yield name, query.get("params", [])


@pytest.mark.parametrize(("name", "parameters"), list(questions()))
def test_a_saved_question_gives_rows_and_takes_or_refuses_any_text(get: Get, name: str, parameters: list[str]) -> None:
    assert get(f"/recognition/{name}").status_code == 200
    assert get(f"/recognition/{name}.json", _shape="array").json()
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

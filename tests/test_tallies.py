"""Tallies are right on every day under every rule, the same in SQL, JSON, CSV and HTML, and differ only by states with reasons."""

import csv
import datetime
import io
import itertools
from bisect import bisect_right

import pytest
from bs4 import BeautifulSoup

TODAY = datetime.datetime.now(datetime.UTC).date().isoformat()
PARTS = ("recognising", "withdrawn", "contested", "not_recognising")
PART_OF = dict(zip(("recognises", "withdrew", "contested", "does not recognise"), PARTS))


@pytest.fixture(scope="module")
def history(db):
    """{(rule, organisation): rows of tally_history by day}."""
    cursor = db.execute("select * from tally_history order by rule_id, organisation_id, since")
    names = [column[0] for column in cursor.description]
    found = {}
    for row in cursor:
        row = dict(zip(names, row))
        found.setdefault((row["rule_id"], row["organisation_id"]), []).append(row)
    return found


@pytest.fixture(scope="module")
def recount(db):
    """{(rule, organisation): {country: status}} of a day, from memberships and statuses alone, without tally_history."""
    memberships = db.execute("select organisation_id, country_id, since, until from memberships").fetchall()
    statuses = {}
    for rule, country, status, since, until in db.execute("select rule_id, country_id, status, since, until from statuses"):
        statuses.setdefault((rule, country), []).append((since, until or "9999", status))
    rules = sorted({rule for rule, _ in statuses})

    def on(day):
        found = {}
        for rule in rules:
            for organisation, country, since, until in memberships:
                if (since or "") <= day < (until or "9999"):
                    (status,) = [status for begin, end, status in statuses[rule, country] if begin <= day < end]
                    found.setdefault((rule, organisation), {})[country] = status
        return found

    return on


def turning_days(history):
    """Every day on which any tally changes, and the day before it."""
    days = {row["since"] for rows in history.values() for row in rows}
    before = {(datetime.date.fromisoformat(day) - datetime.timedelta(1)).isoformat() for day in days}
    return sorted(day for day in days | before | {TODAY} if "2008-02-17" <= day <= TODAY)


def test_every_day_since_2008_has_one_tally_whose_parts_add_up(history):
    first, last = datetime.date(2008, 2, 17), datetime.date.fromisoformat(TODAY)
    days = [(first + datetime.timedelta(n)).isoformat() for n in range((last - first).days + 1)]
    assert len(history) == 40
    for rows in history.values():
        since = [row["since"] for row in rows]
        assert since[0] == "2008-02-17"
        assert [row["until"] for row in rows] == [*since[1:], None]
        for day in days:
            row = rows[bisect_right(since, day) - 1]
            assert row["since"] <= day < (row["until"] or "9999")
            assert sum(row[part] for part in PARTS) == row["members"]


def test_tallies_equal_a_recount_on_every_day_on_which_anything_changes(history, recount):
    for day in turning_days(history):
        counted = recount(day)
        assert set(counted) == set(history)
        for key, members in counted.items():
            (row,) = [row for row in history[key] if row["since"] <= day < (row["until"] or "9999")]
            expected = {part: 0 for part in PARTS}
            for status in members.values():
                expected[PART_OF[status]] += 1
            assert {part: row[part] for part in PARTS} == expected, (key, day)


def test_every_change_is_explained_by_an_event_or_a_change_of_members(history, recount, db):
    joined = set(db.execute("select organisation_id, country_id, since from memberships where since is not null"))
    left = set(db.execute("select organisation_id, country_id, until from memberships where until is not null"))
    turned = set(db.execute("select rule_id, country_id, since from statuses where event_id is not null"))
    days = sorted({row["since"] for rows in history.values() for row in rows} - {"2008-02-17"})
    for day in days:
        before = recount((datetime.date.fromisoformat(day) - datetime.timedelta(1)).isoformat())
        after = recount(day)
        for (rule, organisation), members in after.items():
            old = before[rule, organisation]
            for country in members.keys() | old.keys():
                if members.get(country) != old.get(country):
                    assert (
                        (organisation, country, day) in joined
                        or (organisation, country, day) in left
                        or (rule, country, day) in turned
                    ), (rule, organisation, country, day)


def test_two_rules_differ_by_exactly_the_states_that_only_one_counts(history, recount):
    for day in turning_days(history):
        counted = recount(day)
        for organisation in {organisation for _, organisation in counted}:
            sets = {
                rule: {country for country, status in members.items() if status == "recognises"}
                for (rule, of), members in counted.items()
                if of == organisation
            }
            for a, b in itertools.permutations(sets, 2):
                assert len(sets[a]) - len(sets[b]) == len(sets[a] - sets[b]) - len(sets[b] - sets[a])


SHOWN = {  # under the rule 'article', today: recognising, members
    "un": (104, 193), "eu": (22, 27), "nato": (28, 32), "oic": (34, 57), "osce": (36, 57), "council-of-europe": (34, 46),
    "arab-league": (14, 22), "caricom": (10, 15), "un-security-council": (3, 5), "all-states": (107, 198),
}  # fmt: skip


def test_todays_tallies_under_the_articles_own_tables(get):
    answer = get("/tallies.json").json()
    assert (answer["rule"], answer["as_of"]) == ("article", TODAY)
    assert {t["organisation"]: (t["recognising"], t["members"]) for t in answer["tallies"]} == SHOWN
    assert {t["organisation"]: t["agrees"] for t in answer["tallies"]} == {o: True for o in SHOWN} | {"all-states": None}


def test_the_shape_of_a_tally(get, built):
    answer = get("/tallies.json").json()
    assert set(answer) == {"rule", "as_of", "edition", "notes", "tallies"}
    assert len(answer["edition"]) == 64
    assert answer["tallies"][4] == {
        "organisation": "osce", "name": "Organization for Security and Co-operation in Europe", "members": 57,
        "recognising": 36, "withdrawn": 0, "contested": 0, "not_recognising": 21, "share": 0.6316,
        "stated_recognising": 36, "stated_members": 56, "agrees": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "day", "organisation", "recognising", "members"),
    [
        ("latest", TODAY, "un", 108, 193),
        ("every_recognition", "2025-12-19", "all-states", 121, 198),
        ("every_recognition", "2025-12-18", "all-states", 120, 198),
        ("every_recognition", "2025-10-30", "all-states", 120, 198),
        ("article", "2008-02-17", "nato", 0, 26),
        ("article", "2008-12-31", "nato", 22, 26),
        ("article", "2013-06-30", "eu", 22, 27),
        ("article", "2013-07-01", "eu", 23, 28),
        ("article", "2020-01-31", "eu", 23, 28),
        ("article", "2020-02-01", "eu", 22, 27),
        ("article", "2011-07-13", "un", 76, 192),
        ("article", "2011-07-14", "un", 76, 193),
        ("article", "2022-03-15", "council-of-europe", 34, 47),
        ("article", "2022-03-16", "council-of-europe", 34, 46),
        ("article", "2012-11-20", "osce", 36, 56),
        ("article", "2012-11-21", "osce", 36, 57),
        ("uncontested", "2023-01-03", "un", 98, 193),
        ("uncontested", "2023-01-04", "un", 89, 193),
    ],
)
def test_a_tally_as_of_a_day(get, rule, day, organisation, recognising, members):
    found = get("/tallies.json", rule=rule, as_of=day).json()["tallies"]
    (tally,) = [tally for tally in found if tally["organisation"] == organisation]
    assert (tally["recognising"], tally["members"]) == (recognising, members)


@pytest.mark.parametrize(("rule", "day"), [("article", TODAY), ("uncontested", "2019-01-01"), ("latest", "2013-07-01")])
def test_sql_json_csv_and_html_give_the_same_numbers(get, rule, day):
    asked = {"rule": rule, "as_of": day}
    from_json = [
        (t["name"], t["recognising"], t["members"], t["contested"], t["withdrawn"], t["not_recognising"])
        for t in get("/tallies.json", **asked).json()["tallies"]
    ]
    from_csv = [
        (r["name"], *(int(r[key]) for key in ("recognising", "members", "contested", "withdrawn", "not_recognising")))
        for r in csv.DictReader(io.StringIO(get("/tallies.csv", **asked).text))
    ]
    from_sql = [
        (r["organisation"], r["recognising"], r["members"], r["contested"], r["withdrawn"], r["not_recognising"])
        for r in get("/recognition/tallies-on-a-day.json", _shape="array", rule=rule, day=day).json()
    ]
    page = BeautifulSoup(get("/tallies", **asked).text, "html.parser")
    from_html = []
    for row in page.select("table.tallies tbody tr"):
        cells = [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        recognising, members = cells[1].split(" of ")
        from_html.append((cells[0], int(recognising), int(members.split()[0]), *map(int, cells[3:6])))
    assert from_json == from_csv == from_sql == from_html


def test_the_view_is_the_tally_of_today(get, db):
    for rule in ("article", "every_recognition", "uncontested", "latest"):
        from_view = {
            row[0]: row[1:]
            for row in db.execute("select organisation_id, recognising, members, share from tallies where rule_id = ?", (rule,))
        }
        found = get("/tallies.json", rule=rule).json()["tallies"]
        assert from_view == {t["organisation"]: (t["recognising"], t["members"], t["share"]) for t in found}


@pytest.mark.parametrize("organisation", SHOWN)
@pytest.mark.parametrize("rule", ["article", "uncontested"])
def test_the_members_of_an_organisation_add_up_to_its_tally(get, organisation, rule):
    answer = get(f"/tallies/{organisation}.json", rule=rule, as_of="2023-06-01").json()
    for status, part in PART_OF.items():
        assert sum(member["status"] == status for member in answer["members"]) == answer["tally"][part]
    assert answer["history"][-1]["recognising"] == answer["tally"]["recognising"]
    page = BeautifulSoup(get(f"/tallies/{organisation}", rule=rule, as_of="2023-06-01").text, "html.parser")
    assert len(page.select("table.states tbody tr")) == answer["tally"]["members"]


def test_an_organisation_page_shows_who_and_why(get):
    page = BeautifulSoup(get("/tallies/oic", rule="uncontested").text, "html.parser").get_text(" ", strip=True)
    for words in (
        "Organisation of Islamic Cooperation: 27 of 57",
        "In 2018, some sources said they withdrew recognition.",
        "withdrawal claimed, by Serbia",
        "Indonesia has not recognized Kosovo. They voted against Kosovo joining Interpol in 2018.",
        "The article states 34 of 57",
        "2010-05-08 or 2010-05-09",
    ):
        assert words in page


def test_compare_names_the_states_that_make_the_difference(get):
    answer = get("/tallies/compare.json", a="article", b="every_recognition", organisation="un", as_of="2024-06-01").json()
    assert (answer["counted_a"], answer["counted_b"], answer["difference"]) == (104, 114, -10)
    assert [state["name"] for state in answer["states"]] == [
        "Burundi", "Central African Republic", "Dominica", "Ghana", "Madagascar", "Nauru", "Papua New Guinea",
        "Sierra Leone", "Solomon Islands", "Togo",
    ]  # fmt: skip
    ghana = answer["states"][3]
    assert (ghana["step"], ghana["status_a"], ghana["status_b"]) == (-1, "withdrew", "recognises")
    assert [(reason["kind"], reason["date"]) for reason in ghana["reasons"]] == [
        ("recognition", "2012-01-23"), ("withdrawal", "2019-11-07"),
    ]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), list(itertools.product(["article", "every_recognition", "uncontested", "latest"], repeat=2)))
@pytest.mark.parametrize("day", ["2008-02-17", "2018-12-31", TODAY])
def test_the_difference_always_equals_the_signed_states(get, a, b, day):
    for organisation in SHOWN:
        answer = get("/tallies/compare.json", a=a, b=b, organisation=organisation, as_of=day).json()
        assert answer["difference"] == answer["counted_a"] - answer["counted_b"] == sum(s["step"] for s in answer["states"])
        assert all(state["reasons"] for state in answer["states"])


LEDGERS = {  # published, counted under 'article', explained by, number of states, unexplained
    "serbia-2023": (84, 104, "uncontested", 15, -5),
    "kosovo-2025-10": (120, 107, "every_recognition", 13, 0),
    "kosovo-2025-12": (121, 107, "every_recognition", 14, 0),
    "graphicmaps-2018": (108, 109, "article", 0, -1),
    "article-un-line-516": (104, 104, "article", 0, 0),
}


@pytest.mark.parametrize("count", LEDGERS)
def test_a_ledger_explains_what_a_rule_explains_and_prints_the_rest(get, count):
    answer = get(f"/counts/{count}.json").json()
    found = (
        answer["count"]["recognising"], answer["counted"], answer["by"], len(answer["states"]), answer["unexplained"],
    )  # fmt: skip
    assert found == LEDGERS[count]


def test_every_ledger_adds_up_under_every_pair_of_rules(get, db):
    rules = [rule for (rule,) in db.execute("select id from rules")]
    for (count,) in db.execute("select id from published_counts").fetchall():
        for rule, by in itertools.product(rules, repeat=2):
            answer = get(f"/counts/{count}.json", rule=rule, by=by).json()
            steps = sum(state["step"] for state in answer["states"])
            assert answer["counted"] + steps + answer["unexplained"] == answer["count"]["recognising"]


def test_counts_page_shows_each_count_with_its_evidence(get):
    page = BeautifulSoup(get("/counts").text, "html.parser")
    rows = [" ".join(row.get_text(" ", strip=True).split()) for row in page.select("table.counts tbody tr")]
    assert len(rows) == 15
    assert rows[0] == "121 President of Kosovo, 2025-12-19 All states 107 +14 121 agrees 96 +25 111 +10 record"
    assert "84 of 193 President of Serbia, 2023-01-04 United Nations 104 −20 114 −30 89 −5 104 −20 record" in rows
    assert page.find("a", href="/counts/serbia-2023")


@pytest.mark.parametrize(
    ("path", "parameters", "status", "sentence"),
    [
        ("/tallies", {"rule": "nonsense"}, 400, "rule must be one of article, every_recognition, uncontested, latest"),
        ("/tallies", {"as_of": "2013-02-30"}, 400, "as_of must be a day such as 2013-07-01"),
        ("/tallies", {"as_of": "yesterday"}, 400, "as_of must be a day such as 2013-07-01"),
        ("/tallies", {"as_of": "20130701"}, 400, "as_of must be a day such as 2013-07-01"),
        ("/tallies.json", {"rule": "nonsense"}, 400, "rule must be one of"),
        ("/tallies.xml", {}, 404, "There is no format"),
        ("/tallies/efta", {}, 404, "Organisations with members: all-states, arab-league"),
        ("/tallies/imf", {}, 404, "No tally for"),
        ("/tallies/eu.pdf", {}, 404, "add .json or .csv"),
        ("/tallies/compare", {"a": "x"}, 400, "a must be one of"),
        ("/tallies/compare", {"b": "x"}, 400, "b must be one of"),
        ("/tallies/compare", {"organisation": "x"}, 404, "No tally for"),
        ("/counts/none", {}, 404, "No published count"),
        ("/counts/serbia-2023", {"by": "x"}, 400, "by must be one of"),
        ("/tallies/~3Cscript~3Ealert", {}, 404, "No tally for"),
    ],
)
def test_what_is_not_known_gets_a_sentence_that_says_what_is_allowed(get, path, parameters, status, sentence):
    response = get(path, **parameters)
    assert response.status_code == status
    text = response.json()["error"] if path.endswith(".json") else BeautifulSoup(response.text, "html.parser").get_text(" ")
    assert sentence in text
    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    ("day", "answered", "words"),
    [("1999-01-01", "2008-02-17", "declared independence on 17 February 2008"), ("2199-01-01", TODAY, "not known yet")],
)
def test_a_day_outside_the_story_is_answered_and_said(get, day, answered, words):
    answer = get("/tallies.json", as_of=day).json()
    assert answer["as_of"] == answered
    assert words in answer["notes"][0]
    assert words in get("/tallies", as_of=day).text


def test_datasette_shows_the_tally_where_it_shows_organisations(get):
    page = BeautifulSoup(get("/recognition/organisations").text, "html.parser")
    row = page.find("a", href="/recognition/organisations/eu").find_parent("tr")
    assert "22 of 27" in row.get_text()
    assert get("/recognition/organisations.json", _shape="array", id="imf").json()[0]["tally"] is None

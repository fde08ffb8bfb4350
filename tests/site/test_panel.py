"""The panel: table and addresses against the statuses and memberships of each day."""

import csv
import io
import json

import pytest

from recognition.panel import NEVER, days_of, put_in
from recognition.site import panel
from tests.conftest import TODAY


@pytest.fixture(scope="module")
def rows(get):
    """rows(question) gives the rows of /panel.csv, each a dict."""

    def rows(question=""):
        answer = get(f"/panel.csv{question}")
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.text)))

    return rows


@pytest.fixture(scope="module")
def table(db):
    """Table panel as CSV would have it: text in every cell."""
    names = [row[1] for row in db.execute("pragma table_info(panel)")]
    order = "select p.* from panel p join countries c on c.id = p.country_id order by c.sort_name, p.day"
    return [dict(zip(names, ["" if cell is None else str(cell) for cell in row])) for row in db.execute(order)]


def test_it_has_each_year_that_is_over_and_the_day_that_was_looked_through(db, known_until):
    days = [day for (day,) in db.execute("select distinct day from panel order by day")]
    over = [f"{year}-12-31" for year in range(2008, int(known_until[:4]) + 1) if f"{year}-12-31" < known_until]
    assert days == [*over, known_until]
    everybody = db.execute("select count(distinct country_id) from statuses").fetchone()[0]
    assert db.execute("select day, count(*) from panel group by day").fetchall() == [(day, everybody) for day in days]
    assert db.execute("select count(*) from panel join subject using (country_id)").fetchone() == (0,)


def test_each_status_is_that_of_its_day_with_the_event_behind_it(db, rules):
    for rule in rules:
        sql = f"""select count(*) from panel p left join statuses s on s.rule_id = ? and s.country_id = p.country_id
                  and s.since <= p.day and (p.day < s.until or s.until is null)
                  where p.status_{rule} is not s.status or p.event_{rule} is not s.event_id"""
        assert db.execute(sql, [rule]).fetchone() == (0,), rule
    assert db.execute("select count(*) from panel where event_latest is not null").fetchone()[0] > 1000


def test_each_membership_is_that_of_its_day(db):
    """Empty where a country takes part without being counted, else 1 or 0."""
    columns = {row[1] for row in db.execute("pragma table_info(panel)") if row[1].startswith("member_")}
    known = """select distinct m.organisation_id from memberships m join organisations o on o.id = m.organisation_id
               where o.kind not in ('region', 'group')"""
    organisations = {organisation: f"member_{organisation.replace('-', '_')}" for (organisation,) in db.execute(known)}
    assert columns == {*organisations.values()}
    of_day = "(since is null or since <= p.day) and (until is null or p.day < until) and country_id = p.country_id"
    for organisation, column in organisations.items():
        sql = f"""select count(*) from panel p where p.{column} is not case
                  when exists (select 1 from memberships where organisation_id = :organisation and {of_day}) then 1
                  when not exists (select 1 from participations where organisation_id = :organisation and {of_day}) then 0 end"""
        assert db.execute(sql, {"organisation": organisation}).fetchone() == (0,), organisation
    assert db.execute("select member_cis from panel where country_id = 'ukraine' order by day limit 1").fetchone() == (
        None,
    )
    assert db.execute("select member_eu from panel where country_id = 'united-kingdom' order by day").fetchall()[
        -1
    ] == (0,)


def test_the_address_gives_the_table(rows, table, get):
    assert rows() == table
    data = json.loads(get("/panel.json").text)
    text = [["" if cell is None else str(cell) for cell in row] for row in data["rows"]]
    assert [dict(zip(data["columns"], row)) for row in text] == table
    assert data["known_until"] == data["to"] and data["step"] == "year"


def test_months_and_days_are_made_on_demand(rows, table):
    months = rows("?step=month&from=2012-01&to=2012-03-15&country=Ghana")
    assert [row["day"] for row in months] == ["2012-01-31", "2012-02-29", "2012-03-15"]
    assert [row["status_latest"] for row in months] == ["recognises"] * 3
    days = rows("?step=day&country=GH&from=2012-01-20&to=2012-01-25")
    assert [row["day"] for row in days] == [f"2012-01-{day}" for day in range(20, 26)]
    assert len({row["status_latest"] for row in days}) == 2
    years = rows("?country=ghana&to=2015")
    assert years == [row for row in table if row["country_id"] == "ghana" and row["day"] <= "2015-12-31"]
    every_month = rows("?step=month&from=2025-07")
    assert len(every_month) == 8 * len({row["country_id"] for row in table})
    ends = [row for row in table if row["day"] > "2025-07"]
    assert [row for row in every_month if row["day"] in {row["day"] for row in ends}] == ends


def test_a_later_day_than_was_looked_through_can_be_asked_for(rows, get, known_until):
    (row,) = rows("?country=ghana&from=2026-06&to=2026-07-01")
    assert row["day"] == "2026-07-01" > known_until
    answer = get("/panel.csv?country=ghana&from=2026-06&to=2026-07-01")
    assert answer.headers["dataset-known-until"] == known_until
    assert "kosovo-panel-ghana-2026-06-01-2026-07-01-edition-" in answer.headers["content-disposition"]
    assert [row["day"] for row in rows("?country=ghana&from=2026&to=2040")] == ["2026-11-25"]  # today of the tests


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("step=day", "step=day is for one country at a time: name it, such as country=ghana."),
        ("step=week", "step must be one of year, month, day, not &#39;week&#39;."),
        ("from=x", "from must be a day, month or year such as 2013-07-01, 2013-07 or 2013, not &#39;x&#39;."),
        ("to=2013-02-30", "to must be a day, month or year"),
        ("to=٢٠١٣", "to must be a day, month or year"),
        ("country=kosovo", "country must be a country of the panel"),
        ("country=Atlantis", "country must be a country of the panel"),
    ],
)
def test_what_cannot_be_asked_for_gets_a_sentence(question, said, get):
    for form in ("", ".csv", ".json"):
        answer = get(f"/panel{form}?{question}")
        assert answer.status_code == 400
        assert said in answer.text or said.replace("&#39;", "'") in answer.text, answer.text


def test_the_page_says_what_each_column_means(get, db):
    page = get("/panel").text
    for row in db.execute("pragma table_info(panel)"):
        assert f"<code>{row[1]}</code>" in page, row[1]
    described = get("/recognition/panel?_size=1").text
    assert "Its status on that day under the rule Serbia" in described  # the descriptions of columns of each rule


def test_days_are_the_last_of_years_and_months():
    assert days_of("2011-12-31", "2012-12-31", "year") == ["2011-12-31", "2012-12-31"]
    assert days_of("2012-01-01", "2012-06-30", "year") == ["2012-06-30"]
    assert days_of("2012-01-31", "2012-03-01", "month") == ["2012-01-31", "2012-02-29", "2012-03-01"]
    assert days_of("2012-02-28", "2012-03-01", "day") == ["2012-02-28", "2012-02-29", "2012-03-01"]


def test_a_membership_lies_over_what_was_there():
    invited = put_in(NEVER, "2020-01-01", "2022-01-01", None)
    assert invited == (["", "2020-01-01", "2022-01-01"], [0, None, 0])
    assert put_in(invited, "2021-01-01", None, 1) == (["", "2020-01-01", "2021-01-01"], [0, None, 1])
    assert put_in(NEVER, "", "2021-01-01", 1) == (["", "2021-01-01"], [1, 0])
    back = put_in(put_in(NEVER, "", "2013-10-03", 1), "2018-02-08", None, 1)
    assert back == (["", "2013-10-03", "2018-02-08"], [1, 0, 1])


@pytest.mark.parametrize("form", ["csv", "json"])
def test_others_may_go_on_after_each_small_part_of_a_long_answer(form, get, monkeypatch):
    """And before the part is sent: a reader who takes it at once waits for nobody."""
    made, parts = [], panel.in_parts

    async def give_way():
        made.append("way")

    def in_parts(rows):
        for part in parts(rows):
            made.append(len(part))
            yield part

    monkeypatch.setattr(panel, "give_way", give_way)
    monkeypatch.setattr(panel, "in_parts", in_parts)
    assert get(f"/panel.{form}?from=2020").status_code == 200
    assert made[1::2] == ["way"] * (len(made) // 2) and len(made) > 20
    assert max(made[::2]) == panel.ROWS_AT_ONCE <= 100


@pytest.mark.parametrize("path", ["/panel.json", "/panel.csv", "/panel"])
@pytest.mark.parametrize("further", ["", "&step=month", "&step=day&country=ghana"])
@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("from=2030&to=2031", f"The panel has no day after today, {TODAY}: from is 2030-01-01."),
        ("from=2030&to=2020", "The panel has no day after today"),
        ("from=2030", "The panel has no day after today"),
        ("from=1999&to=2001", "The panel has no day before 2008-02-17: to is 2001-12-31."),
        ("to=2008-02-16", "The panel has no day before"),
        ("from=2010&to=1999", "The panel has no day before"),
        ("from=2020&to=2010", "from must not be later than to: from is 2020-01-01, and to is 2010-12-31."),
        ("from=2026-06", "Without to, the panel ends on {known_until}"),
        (
            "from=2026-06&to={known_until}",
            "from must not be later than to: from is 2026-06-01, and to is {known_until}.",
        ),
    ],
)
def test_days_that_it_has_not_are_refused_with_the_first_cause(get, known_until, path, further, asked, first):
    answer = get(f"{path}?{asked.format(known_until=known_until)}{further}")
    assert answer.status_code == 400 and first.format(known_until=known_until) in answer.text

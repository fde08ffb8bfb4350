"""One question has one answer: pages, formats and search say what `statuses` and `tally_history` say.

Every page is asked under every rule on five days; `make test` draws a sample, `make check-all` asks all. The numbers that
a reader sees are read from the HTML: an element belongs to the rule, the day and the organisation that the nearest
`data-rule`, `data-as-of` and `data-organisation` name, and what somebody else printed is inside <q>, <blockquote> or an
element with `data-published`, the key of a published count.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString
from httpx import Response

from tests.conftest import TODAY

Get = Callable[..., Response]
# Days between which much changed: the second day, after many recognitions, after withdrawals, with NATO's newest members, today.
DAYS = ("2008-02-18", "2013-07-01", "2019-12-31", "2024-03-07", TODAY)
RULES = ("latest", "article", "every_recognition", "uncontested")
COLUMNS = {
    "recognises": "recognising", "withdrew": "withdrawn", "contested": "contested", "does not recognise": "not_recognising",
}  # fmt: skip


class Truth:
    """What the database says of any day: the status of a country, and the tally of an organisation."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.members_ever = {members for (members,) in db.execute("select distinct members from tally_history")}
        self.organisations = [id_ for (id_,) in db.execute("select distinct organisation_id from tally_history")]
        self.names: dict[str, str] = dict(
            db.execute("select id, name from countries where kind <> 'subject' order by id")
        )
        self.un_members = [id_ for (id_,) in db.execute("select id from countries where un_member order by id")]

    def statuses(self, rule: str, day: str) -> dict[str, tuple[str, str]]:
        """{country: (status, since)} on a day."""
        sql = "select country_id, status, since from statuses where rule_id = ? and since <= ? and (until is null or ? < until)"
        return {country: (status, since) for country, status, since in self.db.execute(sql, (rule, day, day))}

    def tallies(self, rule: str, day: str) -> dict[str, dict[str, int]]:
        """{organisation: {column of tally_history: number}} on a day."""
        sql = """select organisation_id, members, recognising, withdrawn, contested, not_recognising from tally_history
                 where rule_id = ? and since <= ? and (until is null or ? < until)"""
        names = ("members", "recognising", "withdrawn", "contested", "not_recognising")
        return {row[0]: dict(zip(names, row[1:])) for row in self.db.execute(sql, (rule, day, day))}

    def members(self, organisation: str, day: str) -> set[str]:
        """The members of an organisation on a day."""
        sql = """select country_id from memberships where organisation_id = ?
                 and (since is null or since <= ?) and (until is null or ? < until)"""
        return {country for (country,) in self.db.execute(sql, (organisation, day, day))}


@pytest.fixture(scope="module")
def truth(db: sqlite3.Connection) -> Truth:
    return Truth(db)


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def asked(path: str, rule: str, day: str, **more: str) -> str:
    return f"{path}?{urlencode({'rule': rule, 'as_of': day, **more})}"


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("rule", RULES)
def test_data_agree_with_the_database(get: Get, truth: Truth, sample: Callable[..., Any], rule: str, day: str) -> None:
    """Tallies, lists, the map and its steps, as JSON and as CSV."""
    statuses, tallies = truth.statuses(rule, day), truth.tallies(rule, day)
    wrong = []
    for told in (
        get(asked("/tallies.json", rule, day)).json()["tallies"], csv_rows(get(asked("/tallies.csv", rule, day)).text)
    ):  # fmt: skip
        for row in told:
            if {name: int(row[name]) for name in tallies[row["organisation"]]} != tallies[row["organisation"]]:
                wrong.append((rule, day, row))
        assert {row["organisation"] for row in told} == set(tallies)
    drawn = get(f"/map.json?rule={rule}").json()
    for country, intervals in drawn["countries"].items():
        if country not in statuses:  # the subject
            assert not intervals
            continue
        now = [
            drawn["statuses"][place]
            for place, since, until in intervals
            if since <= day and (until is None or day < until)
        ]
        if now != [statuses[country][0]]:
            wrong.append((rule, day, country, now))
    assert set(statuses) <= set(drawn["countries"])
    un = [counts for since, counts, *_ in drawn["steps"] if since <= day][-1]
    assert dict(zip(drawn["statuses"], un)) == {status: tallies["un"][column] for status, column in COLUMNS.items()}
    for organisation in sample(sorted(tallies), 2):
        members = truth.members(organisation, day)
        page = get(asked(f"/tallies/{organisation}.json", rule, day)).json()
        for told in (page["members"], csv_rows(get(asked(f"/tallies/{organisation}.csv", rule, day)).text)):
            if {row["country"]: row["status"] for row in told} != {member: statuses[member][0] for member in members}:
                wrong.append((rule, day, organisation))
        recognising = {country for country in members if statuses[country][0] == "recognises"}
        listed = get(asked("/list.csv" if organisation == "un" else f"/list/{organisation}.csv", rule, day))
        told = {row["country"] for row in csv_rows(listed.text) if row["list"] == "recognise"}
        if told != recognising:
            wrong.append((rule, day, "list", organisation, sorted(told ^ recognising)))
    assert wrong == []


@pytest.mark.parametrize("rule", RULES)
def test_two_rules_differ_by_the_states_that_are_told(
    get: Get, truth: Truth, sample: Callable[..., Any], rule: str
) -> None:
    for other, day in sample([(other, day) for other in RULES for day in DAYS], 4):
        one, two = truth.statuses(rule, day), truth.statuses(other, day)
        for organisation in sample(truth.organisations, 2):
            answer = get(
                f"/tallies/compare.json?{urlencode({'a': rule, 'b': other, 'organisation': organisation, 'as_of': day})}"
            )
            if not truth.members(organisation, day):
                assert answer.status_code == 400
                continue
            told = answer.json()
            differ = {
                country for country in truth.members(organisation, day)
                if (one[country][0] == "recognises") != (two[country][0] == "recognises")
            }  # fmt: skip
            assert {row["country"] for row in told["states"]} == differ, (rule, other, organisation, day)


def test_tables_and_questions_answer_under_the_default_rule(get: Get, truth: Truth) -> None:
    """Views and saved questions that name no rule count as 'The list today' does."""
    statuses, tallies = truth.statuses("latest", TODAY), truth.tallies("latest", TODAY)
    told = csv_rows(get("/recognition/countries.csv").text)
    assert {row["id"]: row["status"] for row in told if row["status"]} == {
        key: status for key, (status, _) in statuses.items()
    }
    article = truth.statuses("article", TODAY)
    assert {row["id"]: row["status_in_article"] for row in told if row["status"]} == {
        key: one for key, (one, _) in article.items()
    }
    for row in csv_rows(get("/recognition/members_today.csv").text):
        assert row["status"] == statuses[row["country_id"]][0], row
    for row in csv_rows(get("/recognition/tallies.csv").text):
        assert int(row["recognising"]) == truth.tallies(row["rule_id"], TODAY)[row["organisation_id"]]["recognising"], (
            row
        )
    for row in get("/recognition/tally-by-organisation.json?_shape=array").json():
        assert row["recognising"] == tallies[row["organisation_id"]]["recognising"], row
    regions = get("/recognition/tally-by-region.json?_shape=array").json()
    assert sum(row["recognising"] for row in regions) == tallies["un"]["recognising"]
    for organisation in truth.organisations:
        for row in get(
            f"/recognition/members-that-do-not-recognise.json?_shape=array&organisation={organisation}"
        ).json():
            assert row.get("status", "does not recognise") != "recognises", (organisation, row)


def test_a_dossier_and_a_search_say_the_status_of_the_day(get: Get, truth: Truth, sample: Callable[..., Any]) -> None:
    """The dossier's lead and its hit in search name the status that `statuses` has under the rule on the day."""
    wrong = []
    for country, rule, day in sample(
        [(country, rule, day) for country in truth.names for rule in RULES for day in DAYS], 60
    ):
        status, since = truth.statuses(rule, day)[country]
        page = BeautifulSoup(get(asked(f"/recognition/countries/{country}", rule, day)).text, "html.parser")
        told = page.select_one(".facts .status")
        if told is None or not told.get_text(" ").strip().endswith(status):
            wrong.append((country, rule, day, status, told and told.get_text(" ")))
        hits = get(asked("/search.json", rule, day, q=truth.names[country])).json()["results"]
        hit = next((hit for hit in hits if hit["kind"] == "country" and hit["id"] == country), None)
        if hit is None or hit.get("status") != status:
            wrong.append((country, rule, day, status, "search", hit and hit.get("status")))
    assert wrong == []


# What a reader sees.

PAIR = re.compile(r"(?<![\w.,/–-])(?<!page )(\d{1,3}) of (?:the )?(\d{1,3})(?![\d.,]?\d| columns| rows)")
RECOGNISE = re.compile(
    r"(?<![\w.,/–-])(?<!\d of )(?<!\d of the )(\d{1,3})"
    r"(?: (?:UN |other |more )?(?:members?|states?|countries)(?: of [A-Z][\w ]+)?)?(?: that| which)? recognise"
)
BLOCK_NAMES = (
    "p li td th dt dd h1 h2 h3 h4 caption figcaption summary title option label legend text div section main article body header"
    " footer nav ul ol dl table tbody thead tr form fieldset figure svg aside head"
)
BLOCKS = frozenset(BLOCK_NAMES.split())
MARKS = ("data-rule", "data-as-of", "data-organisation")
QUOTED = ("q", "blockquote", "script", "style", "code", "pre")


class Seen(NamedTuple):
    """A number of recognisers that a page shows, and of whom, as its surroundings say."""

    recognising: int
    members: int | None
    rule: str
    day: str
    organisation: str
    words: str


def is_others(element: Tag) -> bool:
    """Whether others said what is inside: a quotation, a published count, or the note on one in a table."""
    is_note = element.name == "td" and str(element.get("data-name", "")).casefold() == "note"
    return element.name in QUOTED or element.has_attr("data-published") or is_note


def texts(element: Tag) -> Iterator[tuple[Tag, str]]:
    """Each block with its own text, without the blocks inside it and what others said; and attributes that are read out."""
    own: list[str] = []

    def collect(inside: Tag) -> Iterator[tuple[Tag, str]]:
        for child in inside.children:
            if isinstance(child, Tag):
                if is_others(child):
                    own.append(" … ")
                    continue
                for name in ("aria-label", "title", "aria-valuetext"):
                    if child.get(name):
                        yield child, str(child[name])
                if child.name == "meta" and child.get("name", child.get("property", "")).endswith(
                    ("description", "title")
                ):
                    yield child, str(child["content"])
                if child.name in BLOCKS or any(child.has_attr(name) for name in MARKS):
                    yield from texts(child)
                    own.append(" ¶ ")
                else:
                    yield from collect(child)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                own.append(str(child))

    yield from collect(element)
    yield element, " ".join("".join(own).split())


def surroundings(element: Tag, page: BeautifulSoup) -> tuple[str, str, str]:
    """Rule, day and organisation that the nearest elements around name; of the head of a page, what its <main> names."""
    main = page.find("main")
    found = []
    for name, otherwise in zip(MARKS, ("latest", TODAY, "un")):
        around = element if element.has_attr(name) else element.find_parent(attrs={name: True})
        if around is None and main is not None and element.find_parent("main") is None:
            around = main if main.has_attr(name) else None
        found.append(str(around[name]) if around is not None else otherwise)
    return found[0], found[1], found[2]


def numbers_of(page: BeautifulSoup, members_ever: set[int]) -> Iterator[Seen]:
    """The numbers of recognisers on a page."""
    for element, text in texts(page):
        for pair in PAIR.finditer(text):
            if int(pair[2]) in members_ever:
                yield Seen(int(pair[1]), int(pair[2]), *surroundings(element, page), text)
        for single in RECOGNISE.finditer(text):
            yield Seen(int(single[1]), None, *surroundings(element, page), text)


def wrong_numbers(path: str, html: str, truth: Truth) -> list[tuple[Any, ...]]:
    """The numbers of recognisers on a page that the database does not give for what the page names."""
    page = BeautifulSoup(html, "html.parser")
    wrong: list[tuple[Any, ...]] = []
    for seen in numbers_of(page, truth.members_ever):
        tally = truth.tallies(seen.rule, seen.day).get(seen.organisation)
        if not tally or seen.recognising != tally["recognising"] or seen.members not in (None, tally["members"]):
            wrong.append((path, *seen[:5], seen.words[:160]))
    for element in page.find_all(attrs={"data-published": True}):
        if element["data-published"] == "article":  # the article itself, word for word
            continue
        printed: set[str] = set()
        for id_ in str(element["data-published"]).split():
            row = truth.db.execute(
                "select recognising, total, quote, note from published_counts where id = ?", (id_,)
            ).fetchone()
            if row is None:
                wrong.append((path, "there is no published count", id_))
            else:
                printed |= {str(row[0]), str(row[1]), *re.findall(r"\d+", f"{row[2]} {row[3]}")}
        pairs = [number for pair in PAIR.finditer(element.get_text(" ")) for number in pair.groups()]
        wrong += [
            (path, "is not in the published count", element["data-published"], one)
            for one in pairs
            if one not in printed
        ]
    return wrong


def pages(truth: Truth, metadata: dict[str, Any]) -> list[str]:
    """Every page that may show a number of recognisers: under each rule on each day where it can be asked for that."""
    database = metadata["databases"]["recognition"]
    once = ["/about", "/article", "/recognition", "/timeline", "/counts"]
    once += [f"/counts/{id_}" for (id_,) in truth.db.execute("select id from published_counts order by id")]
    once += [f"/recognition/{name}" for name in database["queries"]]
    once += [f"/recognition/{name}?_size=5" for name, table in database["tables"].items() if not table.get("hidden")]
    once += [
        f"/search?{urlencode({'q': name})}"
        for name in ("eu", "nato", "united nations", "recognition", "108", "members")
    ]
    under = ["/", "/tallies", "/list", "/map", "/tallies/compare"]
    under += [
        f"/{page}/{organisation}"
        for page in ("tallies", "list")
        for organisation in truth.organisations
        if organisation != "un"
    ]
    under += ["/tallies/un"] + [f"/recognition/organisations/{organisation}" for organisation in truth.organisations]
    under += [f"/recognition/rules/{rule}" for rule in RULES] + [
        f"/recognition/countries/{country}" for country in truth.names
    ]
    return once + under + [asked(path, rule, day) for path in under for rule in RULES for day in DAYS]


def test_no_page_shows_a_number_that_the_database_does_not_give(
    get: Get, truth: Truth, sample: Callable[..., Any], metadata: dict[str, Any]
) -> None:
    wrong: list[tuple[Any, ...]] = []
    for path in ["/", "/recognition/organisations/eu", *sample(pages(truth, metadata), 60)]:
        response = get(path)
        if response.status_code != 200:
            wrong.append((path, response.status_code))
        wrong += wrong_numbers(path, response.text, truth)
    assert wrong == [], "\n".join(map(str, wrong[:40]))


def test_the_reading_of_numbers_finds_wrong_ones(truth: Truth) -> None:
    """A page with one right and some wrong numbers: the wrong ones are found, what others printed is looked up."""
    right, article = truth.tallies("latest", TODAY)["un"], truth.tallies("article", TODAY)["un"]["recognising"]
    html = f"""<html><body><main data-rule="latest" data-as-of="{TODAY}">
    <p><strong>{right["recognising"]}</strong> of <span>{right["members"]}</span> UN members recognise</p>
    <p>{article} of 193 members</p><p data-rule="article">{article} of 193 members</p><p>112 recognise</p>
    <p><span data-published="serbia-2023">84 of 193</span> and <span data-published="serbia-2023">85 of 193</span></p>
    <li data-organisation="eu">22 of 27</li><li>22 of 27</li><p><q>97 of 193</q></p></main></body></html>"""
    found = [(one[1], one[2]) if isinstance(one[1], int) else one[3] for one in wrong_numbers("/", html, truth)]
    assert found == [(article, 193), (112, None), (22, 27), "85"]

"""/reconcile: what a name in somebody's table may mean, and that it means it for certain only where it is called so."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.dates import said
from recognition.site import candidates
from recognition.site.candidates import COUNTRY, LEADING, LIKE_AT_MOST, NAMED, TYPES
from recognition.site.extension import IDS_AT_MOST
from recognition.site.reconciliation import QUERIES_AT_MOST

EXACT = {
    "Burma": "myanmar", "Ivory Coast": "ivory-coast", "Türkei": "turkey", "Cote dIvoire": "ivory-coast", "DE": "germany",
    "DEU": "germany", "GERMANY": "germany", "U.S.": "united-states", "Gambia, The": "gambia", "the Netherlands": "netherlands",
    "Bosnia & Herzegovina": "bosnia-and-herzegovina", "Korea, Republic of": "south-korea", "south-korea": "south-korea",
    "Swaziland": "eswatini", "  Viet   Nam ": "vietnam", "Guinea": "guinea", "中国": "china", "Чад": "chad",
}  # fmt: skip
# Called so, but another is too, or the code means something else besides.
UNCLEAR = {"Congo", "Kongo", "Κονγκό", "NA", "BRN"}


@pytest.fixture(scope="module")
def index(datasette, loop):
    return loop.run_until_complete(candidates.index(datasette))


@pytest.fixture
def reconcile(get):
    """reconcile(query) is the result of one query, a text or an object."""

    def reconcile(query):
        asked = {"query": query} if isinstance(query, str) else query
        answer = get("/reconcile", queries=json.dumps({"q": asked}))
        assert answer.status_code == 200, answer.text
        return answer.json()["q"]["result"]

    return reconcile


@pytest.fixture
def post(datasette, loop):
    """post(data, **options) sends a form to /reconcile."""

    def post(data=None, **options):
        return loop.run_until_complete(datasette.client.post("/reconcile", data=data, **options))

    return post


@pytest.mark.parametrize("text", EXACT)
def test_a_name_is_one_country_for_certain(reconcile, text):
    (found,) = reconcile(text)
    assert (found["id"], found["match"], found["score"]) == (EXACT[text], True, NAMED)


def test_every_name_is_its_country_and_nothing_that_only_leads_to_one_is(db, index):
    names = db.execute(candidates.NAMES).fetchall()
    types = {id_: (entity.type,) for id_, entity in index.entities.items()}
    called = {(id_, name) for id_, name, kind in names if kind not in LEADING}
    unclear = set()
    for id_, name in called:
        best = candidates.candidates(index, name, types[id_])[0]
        if not best.match:
            unclear.add(name)
        assert best.entity.id == id_ or not best.match, name
    assert unclear == UNCLEAR
    by_length = {(id_, name.casefold()) for id_, name in called}
    leading = [(id_, name) for id_, name, kind in names if kind in LEADING and (id_, name.casefold()) not in by_length]
    assert len(leading) > 600
    for id_, name in leading[::10]:
        found = candidates.candidates(index, name, (COUNTRY,))
        assert not any(one.match and one.entity.id == id_ for one in found), name


def test_countries_and_organisations_share_no_id(db):
    assert db.execute("select c.id from countries c join organisations o on o.id = c.id").fetchall() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kinshasa", "Its capital: Kinshasa."), ("Scotland", "A part of it: Scotland."), ("GER", "Its Olympic code: GER."),
        ("276", "Its number in UN M49: 276."),
    ],
)  # fmt: skip
def test_what_leads_to_a_country_is_said_and_not_certain(reconcile, text, words):
    best = reconcile(text)[0]
    assert (best["match"], best["score"]) == (False, 60) and best["description"].endswith(words)


@pytest.mark.parametrize("text", ["Congo", "Korea"])
def test_a_name_that_two_have_is_nobody_s_for_certain(reconcile, text):
    best, other, *_ = reconcile(text)
    assert text in best["name"] and text in other["name"]
    assert best["score"] == other["score"] == 80 and not best["match"] and not other["match"]


@pytest.mark.parametrize("text", ["Korea, Dem. People's Rep.", "Korea, Rep.", "Congo (Rep.)", "Congo - Dem. Rep."])
def test_who_shares_what_a_text_begins_with_is_among_its_candidates(reconcile, text):
    found = reconcile(text)
    assert len({one["id"] for one in found if text[:5] in one["name"]}) == 2 and not any(one["match"] for one in found)


def test_values_tell_apart_who_shares_a_name_and_never_confirm_another(reconcile):
    first, second = reconcile({"query": "Korea", "properties": [{"pid": "iso3", "v": ["kor", ""]}]})
    assert (first["id"], first["match"], second["match"], second["score"]) == ("south-korea", True, False, 20)
    (wrong,) = reconcile({"query": "Germany", "properties": [{"pid": "iso2", "v": "FR"}]})
    assert (wrong["match"], wrong["score"]) == (False, 20) and wrong["description"].endswith("Its iso2 is DE.")
    (only,) = reconcile({"properties": [{"pid": "iso3", "v": {"id": "x", "name": "DEU"}}]})
    assert (only["id"], only["match"]) == ("germany", True)
    several = reconcile({"properties": [{"pid": "subregion", "v": "Northern Europe"}], "limit": 3})
    assert len(several) == 3 and not any(one["match"] for one in several)


def test_likeness_comes_last_and_is_never_certain(reconcile):
    best = reconcile("Gemany")[0]
    assert (best["id"], best["match"]) == ("germany", False) and best["score"] <= LIKE_AT_MOST


@settings(max_examples=25)
@given(
    st.text(max_size=20)
    | st.lists(st.sampled_from([*EXACT, *UNCLEAR, "of", "the", ",", "no", "us"]), max_size=3).map(" ".join)
)
def test_whatever_is_asked_at_most_one_is_certain_and_that_one_is_called_so(index, text):
    found = candidates.candidates(index, text, tuple(TYPES))
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert [one.match for one in found] in ([], [True]) or not any(one.match for one in found)
    assert all(one.match == (one.score == NAMED) for one in found)


def test_types_are_countries_unless_others_are_asked_for(reconcile):
    assert reconcile("AU")[0]["id"] == "australia"
    (union,) = reconcile({"query": "AU", "type": "organisation"})
    assert (union["id"], union["match"]) == ("african-union", True)
    both = reconcile({"query": "AU", "type": ["organisation", "country"], "type_strict": "any"})
    assert {one["id"] for one in both[:2]} == {"australia", "african-union"} and not any(one["match"] for one in both)
    assert reconcile({"query": "AU", "type": ["organisation", "country"], "type_strict": "all"}) == []


def test_a_form_says_the_same_as_an_address_and_is_not_kept(post, get):
    queries = json.dumps({"a": {"query": "Burma"}, "b": {"query": " "}, "c": {"query": "x" * 400}})
    sent, asked = post({"queries": queries}), get("/reconcile", queries=queries)
    assert sent.json() == asked.json() and [len(sent.json()[key]["result"]) for key in "abc"] == [1, 0, 0]
    assert sent.headers["cache-control"] == "no-store" and "etag" in asked.headers


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ("", "must be JSON"), ("[]", "JSON object of queries"), ("[" * 5000, "must be JSON"), ('{"q": 1}', "Query 'q' must be"),
        ('{"q": {}}', "asks for nothing"), ('{"q": {"query": 1}}', "query must be text"), ('{"q": {"query": "a", "limit": 0}}', "limit"),
        ('{"q": {"query": "a", "limit": 1e999}}', "limit"), ('{"q": {"query": "a", "limit": NaN}}', "limit"),
        ('{"q": {"query": "a", "type": "town"}}', "type must be one of country, organisation"), ('{"q": {"query": "a", "type": 7}}', "type"),
        ('{"q": {"query": "a", "type_strict": "no"}}', "type_strict"), ('{"q": {"query": "a", "properties": {}}}', "properties must be"),
        ('{"q": {"query": "a", "properties": [{"pid": "gdp", "v": 1}]}}', "not by 'gdp'"), ('{"q": {"query": "a", "colour": 1}}', "some of"),
        ('{"q": {"query": "\\ud800"}}', "must be JSON"), ('{"\\udfff": {"query": "a"}}', "must be JSON"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_gets_a_sentence(post, queries, said):
    answer = post({"queries": queries})
    error = answer.json()
    assert (answer.status_code, error["ok"], error["status"]) == (400, False, 400) and said in error["error"]


async def drops(parts):
    for part in parts:
        yield part


def test_requests_are_bounded(post):
    many = {f"q{number}": {"query": "a"} for number in range(QUERIES_AT_MOST + 1)}
    assert post({"queries": json.dumps(many)}).status_code == 413
    ids = {"ids": ["x"] * (IDS_AT_MOST + 1), "properties": []}
    assert post({"extend": json.dumps(ids)}).status_code == 413
    form = {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"x" * 70_000, drops([b"x" * 40_000] * 2)):  # whether it says how long it is or not
        answer = post(content=body, headers=form)
        assert answer.status_code == 413 and "65,536 bytes" in answer.json()["error"]
    for data, status in (({"nothing": "1"}, 400), ({}, 400)):
        assert post(data).status_code == status
    assert post(content=b"queries={}", headers={"content-type": "text/plain"}).status_code == 400
    assert post(content=b"queries=%ff", headers=form).status_code == 400
    assert post({"queries": "{}"}, headers={"x-csrftoken": b"\xe9"}).status_code == 200


def test_there_is_no_jsonp(get):
    for path in ("/reconcile", "/reconcile/suggest/entity", "/reconcile/suggest/property", "/reconcile/extend/propose"):
        answer = get(path, callback="alert")
        assert answer.status_code == 400 and "no JSONP" in answer.json()["error"]


def test_the_description_leads_to_all_that_there_is(get, datasette, ask):
    told = get("/reconcile").json()
    assert told["versions"] == ["0.2"] and told["batchSize"] == QUERIES_AT_MOST
    services = [f"{one['service_url']}{one['service_path']}" for one in told["suggest"].values()]
    services += ["".join(told["extend"]["propose_properties"].values())]
    for address in services:
        assert ask(address.removeprefix("http://localhost")).status_code == 200
    assert (
        get(told["view"]["url"].removeprefix("http://localhost").replace("{{id}}", "eu")).headers["location"]
        == "/recognition/organisations/eu"
    )
    assert told["view"]["url"].removesuffix("{{id}}") == told["identifierSpace"]
    public, datasette.public_address = datasette.public_address, None
    try:
        assert "view" not in get("/reconcile").json()
    finally:
        datasette.public_address = public


def test_a_preview_says_rule_day_and_until_when_it_is_known(get, db, as_known):
    id_, name, recognised, withdrew = db.execute("""
        select c.id, c.name, c.recognised_on, s.since from countries c join statuses s on s.country_id = c.id
        where c.status = 'recognises' and s.rule_id = 'serbia' and s.status = 'withdrew' and s.until is null
        order by c.recognised_on""").fetchone()  # fmt: skip
    page = get("/reconcile/preview", id=id_).text
    assert f"since {said(recognised)} (The list today, on 25 November 2026{as_known})." in page
    answer = get("/reconcile/preview", id=id_, rule="serbia")
    assert f"{name} recognised Kosovo and withdrew, as listed on {said(withdrew)} (Serbia&#39;s count" in answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in get("/reconcile").headers["content-security-policy"]
    assert "22 of 27 members recognise" in get("/reconcile/preview", id="eu").text
    assert get("/reconcile/preview", id="atlantis").status_code == 404


def test_suggestions_begin_as_what_was_typed(get):
    def suggested(**parameters):
        return get("/reconcile/suggest/entity", **parameters).json()["result"]

    assert suggested(prefix="burm")[0] == {
        "id": "myanmar", "name": "Myanmar", "notable": [{"id": "country", "name": "Country or territory"}],
        "description": "UN member, South-eastern Asia. Also named Burma.",
    }  # fmt: skip
    assert suggested(prefix="germany")[0]["id"] == suggested(prefix="DE")[0]["id"] == "germany"
    assert suggested(prefix="NATO", type="organisation")[0]["id"] == "nato"
    first, next_ = suggested(prefix="s"), suggested(prefix="s", cursor=20)
    assert len(first) == 20 and not {one["id"] for one in first} & {one["id"] for one in next_}
    assert suggested(prefix="") == suggested(prefix="!") == []
    assert get("/reconcile/suggest/entity", prefix="a", cursor="-1").status_code == 400


def test_extensions_say_what_the_pages_say(get, post, rules):
    listed = get("/list.json", rule="serbia", as_of="2018-06-01").json()
    states = {state["country"]: state for name in ("recognise", "withdrew", "contested") for state in listed[name]}
    ids = [*states, "atlantis", "eu"]
    wanted = ["iso3", "status:serbia", "recognised_on:serbia", "organisations", "members", "recognising:serbia"]
    query = {
        "ids": ids[:IDS_AT_MOST],
        "properties": [{"id": one, "settings": {"as_of": "2018-06-01"}} for one in wanted],
    }
    told = post({"extend": json.dumps(query)}).json()
    assert "(1 June 2018)" in told["meta"][1]["name"] and rules["serbia"] in told["meta"][1]["name"]
    for id_, state in states.items():
        row = told["rows"][id_]
        assert row["iso3"] == [{"str": state["iso3"]}] and row["status:serbia"] == [{"str": state["status"]}]
        assert row["recognised_on:serbia"] == [{"str": state["recognised_on"]}], id_
    assert {"id": "eu", "name": "European Union"} in told["rows"]["germany"]["organisations"]
    tally = get("/tallies/eu.json", rule="serbia", as_of="2018-06-01").json()["tally"]
    assert told["rows"]["eu"]["recognising:serbia"] == [{"int": tally["recognising"]}]
    assert told["rows"]["eu"]["members"] == [{"int": tally["members"]}]
    assert not any(told["rows"]["atlantis"].values())
    for extend in (
        "1",
        '{"ids": 1, "properties": []}',
        '{"ids": [], "properties": [{"id": "x"}]}',
        '{"ids": ["eu"], "properties": [{"id": "members", "settings": {"as_of": "never"}}]}',
        '{"ids": ["eu"], "properties": [{"id": "members", "settings": {"day": "2013-07-01"}}]}',
        '{"ids": ["eu"], "properties": [{"id": "members", "settings": "2013-07-01"}]}',
    ):
        assert post({"extend": extend}).status_code == 400

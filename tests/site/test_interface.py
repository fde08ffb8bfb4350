"""The interface for programs: every page has its JSON, and /openapi.json says of all JSON and CSV what is true."""

import csv
import html
import io
import json
import re
from urllib.parse import unquote

import jsonschema
import pytest
from bs4 import BeautifulSoup
from datasette.plugins import pm

from recognition.serving import problems
from recognition.serving.caching import UNREAD, too_much
from recognition.serving.configuration import Configuration
from recognition.serving.refusals import Refusals
from recognition.serving.turns import TooMany
from recognition.site.asked import CHOICES
from recognition.site.former_addresses import FORMER
from recognition.site.interface import ADDRESSES, NOT_DATA, WHERE
from recognition.site.parameters import OF_ROWS, known_parameters

JSON_OF_PAGE = re.compile(r'<link rel="alternate" type="application/json" href="([^"]+)">')
SAMPLE = 24  # every which one of the addresses that are alike is asked, but with --whole


@pytest.fixture(scope="module")
def openapi(get):
    return get("/openapi.json").json()


@pytest.fixture(scope="module")
def whole(request):
    return request.config.getoption("--whole")


def closed(schema, schemas):
    """A schema whose objects have no keys but those that are described. Parts that are put together become one object."""
    if isinstance(schema, list):
        return [closed(one, schemas) for one in schema]
    if not isinstance(schema, dict):
        return schema
    parts = [schemas[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in schema.get("allOf", ())]
    if parts:
        properties = {name: about for part in parts for name, about in part["properties"].items()}
        required = [name for part in parts for name in part["required"]]
        schema = {"type": "object", "properties": properties, "required": required}
    made = {key: closed(value, schemas) for key, value in schema.items()}
    return made | ({"additionalProperties": False} if "properties" in schema else {})


def first_of(data):
    """Data with the first five of what is listed, and the last: the others are alike."""
    if isinstance(data, list):
        return [first_of(one) for one in data[:5] + data[5:][-1:]]
    return {key: first_of(value) for key, value in data.items()} if isinstance(data, dict) else data


def operations(definition):
    """The path and what is said of it, of all that are asked by GET and have an example."""
    asked = [(path, entry["get"]) for path, entry in definition["paths"].items() if "get" in entry]
    return [(path, said) for path, said in asked if "x-example" in said]


def alike(path, operation):
    """What an address is like: of the tables and questions, which are all served by one page each, a sample is asked."""
    return operation["tags"][0] in ("Tables", "Questions")


def test_every_example_answers_as_described(openapi, ask, whole):
    schemas = openapi["components"]["schemas"]
    root = {"components": {"schemas": {name: closed(schema, schemas) for name, schema in schemas.items()}}}
    asked = [one for number, one in enumerate(operations(openapi)) if whole or not alike(*one) or number % SAMPLE == 0]
    assert len(asked) > 50
    wrong = []
    for path, operation in asked:
        response = ask(operation["x-example"])
        kind = response.headers["content-type"].partition(";")[0]
        content = operation["responses"]["200"]["content"]
        if response.status_code != 200 or [kind] != list(content):
            wrong.append(f"{operation['x-example']}: {response.status_code} {kind}")
        elif kind == "text/csv":
            row = content[kind].get("x-row")
            head = next(csv.reader(io.StringIO(response.text)))
            if row and head != list(described_row(row, openapi)["properties"]):
                wrong.append(f"{path}: {head} is not {list(described_row(row, openapi)['properties'])}")
        else:
            validator = jsonschema.Draft202012Validator(closed(content[kind]["schema"], schemas) | root)
            data = response.json() if whole else first_of(response.json())
            wrong += [f"{path}: {where(error)}" for error in validator.iter_errors(data)]
    assert not wrong, "\n".join(wrong)


# Further questions, by the kind of address, whose answers leave rows out.
CUT_OFF = {
    "Tables": "?_size=1", "SQL": "?sql=with+recursive+n(i)+as+(select+1+union+all+select+i%2B1+from+n)+select+i+from+n+limit+1001",
}  # fmt: skip
SOMETIMES = {"Dataset-Truncated", "Link", "Dataset-Edition-Asked"}


def described_headers(operation):
    return set(operation["responses"]["200"].get("headers", ()))


def sent_headers(response, openapi):
    return {name for name in openapi["components"]["headers"] if name in response.headers}


def test_every_header_that_is_described_is_sent_and_no_other(openapi, ask, whole):
    wrong = []
    for number, (path, operation) in enumerate(operations(openapi)):
        if not whole and alike(path, operation) and number % SAMPLE:
            continue
        described, sent = described_headers(operation), sent_headers(ask(operation["x-example"]), openapi)
        if not described - SOMETIMES <= sent <= described:
            wrong.append(f"{path}: {sorted(described)} are described, {sorted(sent)} sent")
        if ("304" in operation["responses"]) != ("ETag" in sent):
            wrong.append(f"{path}: a tag, and 304 for it, go together")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "path", ["/recognition/countries.json", "/recognition/countries.csv", "/recognition.json", "/recognition.csv"]
)
def test_headers_about_rows_that_are_left_out_and_other_editions_are_described_where_they_are_sent(openapi, ask, path):
    operation = openapi["paths"][path]["get"]
    response = ask(f"{path}{CUT_OFF[operation['tags'][0]]}&edition=3")
    assert sent_headers(response, openapi) == described_headers(operation)


def test_the_examples_of_the_page_answer(ask):
    """Every address that /api shows; tests/clients/test_openapi.py runs the code around them."""
    page = BeautifulSoup(ask("/api").text, "html.parser")
    shown = {link["href"] for link in page.select("main a[href^='/']")}
    shown |= {
        path
        for code in page.select("pre code")
        for path in re.findall(r"http://localhost(/[^\s'\"]*)", code.get_text())
    }
    shown.remove("/recognition.json?_shape=array")  # whose SQL comes in further options of the command
    assert len(shown) > 60
    assert [path for path in sorted(shown) if ask(path).status_code != 200] == []
    for address in ADDRESSES:
        assert address.said in page.get_text(), address.path


def described_row(row, definition):
    name = row.get("$ref", "").rpartition("/")[2]
    return definition["components"]["schemas"][name] if name else row


def where(error):
    """Of an error the part that says most, and where it is."""
    best = jsonschema.exceptions.best_match([error])
    return f"{best.json_path}: {best.message[:300]}"


def route_of(datasette, path):
    """The pattern of the route that answers a path."""
    return next(pattern.pattern for pattern, _ in datasette._routes() if pattern.match(path))


def own_routes(datasette):
    """The patterns of all routes of the site's plugins, in the order in which they are asked."""
    found = [routes for routes in pm.hook.register_routes(datasette=datasette)]
    return {re.compile(pattern).pattern for routes in found for pattern, _ in routes}


def test_every_route_is_described_and_nothing_else_is(openapi, datasette, get, whole):
    """A new address of JSON or CSV needs a row in interface.py; one that is neither, a reason there."""
    examples = [operation["x-example"].partition("?")[0] for _, operation in operations(openapi)]
    described = {route_of(datasette, path) for path in [*examples, *NOT_DATA]}
    moved = {re.compile(f"^{pattern}").pattern for patterns in FORMER.values() for pattern in patterns}
    missing = sorted(own_routes(datasette) - described - moved)
    assert not missing, f"describe these addresses in ADDRESSES or NOT_DATA of {WHERE}: {missing}"
    for address in ADDRESSES if whole else ():  # a format that is not described is not there
        path = address.example.partition("?")[0].removesuffix(".json")
        for form, data in (("json", address.data), ("csv", address.rows or address.table)):
            if data is None and not address.datasette:
                assert get(f"{path}.{form}").status_code == 404, f"{path}.{form} is not described in {WHERE}"


def test_parameters_are_those_that_pages_know(openapi):
    """A parameter that is described is read, and one that is read is described, but for what pages carry along."""
    for path, operation in operations(openapi):
        known = known_parameters(re.sub(r"\{\w+\}", "x", path))
        if known is not None and operation["tags"] not in (["Tables"], ["Site"]):
            names = {parameter_of(one, openapi)["name"] for one in operation["parameters"] if one.get("in") != "path"}
            assert names <= known, path
            assert known - names <= set(CHOICES) | OF_ROWS | {"quote", "callback"}, path


def parameter_of(parameter, definition):
    if "$ref" not in parameter:
        return parameter
    return definition["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]


def test_every_page_has_its_data(get, whole):
    """Each page of the sitemap links its JSON, which is there; the search too."""
    pages = [unquote(url) for url in re.findall(r"<loc>http://localhost([^<]+)</loc>", get("/sitemap.xml").text)]
    # of pages that are alike one is asked: a country, a count, a table
    kinds = {re.sub(r"^(/recognition/\w+|/\w+)/.*", r"\1/", page): page for page in pages}
    for page in pages if whole else [*kinds.values(), "/search?q=x", "/list/eu?rule=article&as_of=2020-01-01"]:
        link = JSON_OF_PAGE.search(get(page).text)
        assert link, f"{page} does not link its JSON"
        answer = get(html.unescape(link[1]))
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json"), page
        assert isinstance(answer.json(), dict), page


def test_the_link_to_data_asks_the_same(get):
    link = html.unescape(JSON_OF_PAGE.search(get("/list/eu?rule=article").text)[1])
    assert link == "/list/eu.json?rule=article" and get(link).json()["rule"] == "article"


PROBLEMS = {  # address: (status, words of the sentence)
    "/nothing.json": (404, "nothing at this address"),
    "/nothing.csv": (404, "nothing at this address"),
    "/tallies/nowhere.json": (404, "There is no organisation"),
    "/tallies/nowhere.csv": (404, "There is no organisation"),
    "/counts/nothing.json": (404, ""),
    "/changes/007.json": (404, "nothing at this address"),
    "/votes/nothing.csv": (404, ""),
    "/themes/nothing.json": (404, "No theme"),
    "/recognition/nothing.json": (404, ""),
    "/recognition/countries/nothing.json": (404, "no row with this key"),
    "/recognition/countries/nothing.csv": (404, "no row with this key"),
    "/-/config.json": (404, "no such page"),
    "/tallies.json?rule=nothing": (400, "rule must be one of"),
    "/list.csv?as_of=yesterday": (400, "as_of must be a day"),
    "/recognition/countries/ghana.json?rule=nothing": (400, "rule must be one of"),
    "/recognition/countries/ghana.json?as_of=2020-13-01": (400, "as_of must be a day"),
    "/recognition/rules/latest.json?as_of=soon": (400, "as_of must be a day"),
    "/timeline.csv?kind=nothing": (400, "kind"),
    "/counts/compare.json?a=nothing": (400, ""),
    "/search.json?page=0": (400, "page must be a number"),
    "/panel.json?from=never": (400, ""),
    "/recognition/events.json?nothing=1": (400, "has no column"),
    "/recognition/events.csv?nothing=1": (400, "has no column"),
    "/recognition/events.json?_size=many": (400, "_size must be"),
    "/recognition/events.json?_shape=nothing": (400, "_shape"),
    "/recognition/withdrawals.json?_shape=nothing": (400, "_shape"),
    "/recognition/countries/ghana.json?_shape=nothing": (400, "_shape"),
    "/recognition/events/nothing,nothing.json": (404, "no row with this key"),
    "/recognition/members-that-do-not-recognise.json?organisation=nothing": (400, ""),
    "/recognition.json?sql=select+misspelt": (400, "no such column"),
    "/recognition.csv?sql=select+misspelt": (400, "no such column"),
    "/recognition.json?sql=delete+from+events": (400, "must be a SELECT"),
    "/recognition.json?sql=select+1&_shape=object": (400, "only available on tables"),
    "/recognition.csv": (400, "has no rows to give"),
    "/recognition.json?sql=select+randomblob(9000000)": (400, ""),
    "/recognition/events.json?" + "&".join(f"id__not=x{number}" for number in range(21)): (400, "At most 20 filters"),
    "/reconcile?queries=nothing": (400, "must be JSON"),
    "/oembed": (400, "needs url"),
    "/oembed?url=http://nowhere.example/": (404, "not the address"),
    "/oembed?format=xml": (400, "as JSON"),
    "/list.json?" + "&".join(f"x{number}=1" for number in range(101)): (400, "may have 100 parameters"),
    "/" + 2000 * "x" + ".json": (400, "longer than"),
}  # fmt: skip


@pytest.mark.parametrize("address", PROBLEMS, ids=lambda address: address[:60])
def test_what_is_wrong_has_one_shape(get, openapi, address):
    status, words = PROBLEMS[address]
    says_what_is_wrong(get(address), openapi, status, words)


def test_every_address_that_is_described_has_this_shape(openapi):
    assert [path for path in openapi["paths"] if not problems.is_data(re.sub(r"\{\w+\}", "x", path))] == []


def says_what_is_wrong(response, openapi, status, words=""):
    assert response.status_code == status, response.text[:300]
    assert response.headers["content-type"].startswith("application/json")
    said = response.json()
    jsonschema.validate(said, openapi["components"]["schemas"]["Problem"])
    assert list(said) == ["ok", "error", "status", "title"] and said["status"] == status
    assert words in said["error"] and len(said["error"]) > 10 and "<" not in said["error"]


def test_other_methods_and_other_editions_have_the_same_shape(ask, openapi):
    says_what_is_wrong(ask("/list.json", "DELETE"), openapi, 405, "only be read")
    says_what_is_wrong(ask("/list.csv", "PUT"), openapi, 405, "only be read")
    says_what_is_wrong(ask("/list.json", if_match='"another"'), openapi, 412, "has changed")
    says_what_is_wrong(ask("/tallies.csv", if_match='"another"'), openapi, 412, "has changed")


POSTED = {  # path: type, body, status
    "/reconcile": [
        ("application/x-www-form-urlencoded", "queries={}", 200), ("application/x-www-form-urlencoded", "queries=", 400),
        ("text/plain", "queries={}", 400), ("application/x-www-form-urlencoded", "x" * 70_000, 413),
        ("application/x-www-form-urlencoded", f"queries={json.dumps({str(n): {'query': 'a'} for n in range(99)})}", 413),
    ],
    "/reconcile/": [("application/x-www-form-urlencoded", "queries={}", 308)],
    "/mcp": [
        ("application/json", '{"jsonrpc": "2.0", "id": 1, "method": "ping"}', 200), ("application/json", "{}", 400),
        ("application/json", '[{"jsonrpc": "2.0", "id": 1, "method": "ping"}, 1]', 200),
        ("application/json", '{"jsonrpc": "2.0", "method": "ping"}', 202), ("text/plain", "{}", 415), ("application/json", "x" * 70_000, 413),
    ],
    "/mcp?edition=999": [("application/json", "{}", 400)],
}  # fmt: skip


@pytest.mark.parametrize("address", POSTED)
def test_what_is_posted_is_answered_as_described(openapi, datasette, loop, address):
    root = {"components": openapi["components"]}
    described = openapi["paths"][address.partition("?")[0].rstrip("/")]["post"]
    for kind, body, status in POSTED[address]:
        response = loop.run_until_complete(datasette.client.post(address, content=body, headers={"content-type": kind}))
        assert response.status_code == status and response.headers["cache-control"] == "no-store"
        said = described["responses"][str(status)]
        said = openapi["components"]["responses"][said["$ref"].rpartition("/")[2]] if "$ref" in said else said
        assert status != 200 or sent_headers(response, openapi) == set(said["headers"])
        assert kind in described["requestBody"]["content"] or status >= 400
        for media, content in said.get("content", {}).items():
            assert response.headers["content-type"].partition(";")[0] == media
            jsonschema.validate(response.json(), {**content["schema"], **root})


def test_who_posts_to_an_edition_is_led_on_with_what_is_sent(ask, get):
    """After 302 browsers ask with GET."""
    number, checksum = next(
        (one["number"], one["file"]["sha256"]) for one in get("/changes.json").json()["editions"][1:]
    )
    answer = ask(f"/reconcile?edition={checksum[:9]}", "POST")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/reconcile?edition={number}")


def test_every_edition_is_as_described(openapi, get):
    schema = openapi["paths"]["/changes.json"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(get("/changes.json").json(), {**schema, "components": openapi["components"]})


@pytest.mark.parametrize(
    ("path", "kind"), [("/list.json", problems.JSON), ("/list.csv", problems.JSON), ("/list", problems.TEXT)]
)
def test_whoever_must_wait_is_told_in_the_same_shape(openapi, path, kind):
    """The two refusals for which no page is made: too many questions of one visitor, too much that is not read."""
    refused = too_much(path)
    assert (refused.status, dict(refused.headers)[b"content-type"]) == (503, kind)
    if kind == problems.JSON:
        jsonschema.validate(json.loads(refused.body), openapi["components"]["schemas"]["Problem"])
    else:
        assert refused.body.decode() == f"{UNREAD}\n"


async def too_many(scope, receive, send):
    raise TooMany("100 of your questions are waiting already.")


def test_whoever_asks_too_much_at_once_is_told_in_the_same_shape(datasette, loop, openapi):
    layer = Refusals(too_many, datasette, Configuration("recognition", "", ""))
    sent = []

    async def collect(message):
        sent.append(message)

    async def ask():
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/list.json",
            "raw_path": b"/list.json",
            "query_string": b"",
            "headers": [],
        }
        await layer({**scope, "client": ("192.0.2.1", 1)}, None, collect)

    loop.run_until_complete(ask())
    assert sent[0]["status"] == 503 and dict(map(tuple, sent[0]["headers"]))[b"content-type"] == problems.JSON
    jsonschema.validate(json.loads(sent[1]["body"]), openapi["components"]["schemas"]["Problem"])


@pytest.fixture(scope="module")
def pages_of_one(db, root, whole):
    """Paths of pages that there are many of, each about one thing: some of each kind, or all. Without a format."""
    some = {
        "recognition/countries": ["kosovo", "suriname", "montserrat", "taiwan"], "recognition/organisations": ["un", "eu"],
        "recognition/rules": ["serbia"], "counts": ["serbia-2023", "geografia-97"], "themes": ["precedent"],
        "votes": [key for (key,) in db.execute("select id from votes")], "tallies": ["g7"], "list": ["g7"],
    }  # fmt: skip
    tables = {"counts": "published_counts", "tallies": "organisations", "list": "organisations"}
    if whole:
        counted = " where id in (select organisation_id from tallies)"
        for kind in some:
            table = tables.get(kind, kind.removeprefix("recognition/"))
            sql = f"select id from {table}" + (counted if kind in ("tallies", "list") else "")
            some[kind] = [key for (key,) in db.execute(sql)]
        some["list"].remove("un")  # which is at /list
    editions = [f"/changes/{path.stem}" for path in sorted((root / "editions").glob("*.json")) if path.stem.isdecimal()]
    return [*(f"/{kind}/{key}" for kind, keys in some.items() for key in keys), *editions]


def described_at(openapi, path):
    """The operation of an address with keys in its path."""
    (operation,) = (
        entry["get"] for name, entry in openapi["paths"].items()
        if "{" in name and "{key}" not in name and re.fullmatch(re.sub(r"\{\w+\}", "[^/.]+", name), path)
    )  # fmt: skip
    return operation


def test_every_page_about_one_thing_is_as_described(get, openapi, pages_of_one, whole):
    """All keys and types, in every state of a row: a territory, the subject, a vote of a parliament, an edition long ago."""
    schemas = openapi["components"]["schemas"]
    root = {"components": {"schemas": {name: closed(schema, schemas) for name, schema in schemas.items()}}}
    assert len(pages_of_one) > 20
    for path in pages_of_one:
        schema = described_at(openapi, f"{path}.json")["responses"]["200"]["content"]["application/json"]["schema"]
        data = get(f"{path}.json").json()
        seen = data if whole else first_of(data)
        for validator in (
            jsonschema.Draft202012Validator(schema | {"components": openapi["components"]}),
            jsonschema.Draft202012Validator(closed(schema, schemas) | root),
        ):
            assert [where(error) for error in validator.iter_errors(seen)] == [], path
        assert not re.search(r"</?(mark|a|li|time|q|small)\b", json.dumps(data)), f"{path} has markup"


def test_every_csv_about_one_thing_has_the_same_columns(get, openapi, pages_of_one):
    """Where it has no rows too: a program that puts several together meets no other columns."""
    asked = [f"{path}.csv" for path in pages_of_one if not path.startswith(("/recognition", "/changes"))]
    for path in [*asked, "/list/csto.csv", "/counts/dewiki-109-un.csv"]:
        row = described_at(openapi, path)["responses"]["200"]["content"]["text/csv"]["x-row"]
        head = next(csv.reader(io.StringIO(get(path).text)))
        assert head == list(described_row(row, openapi)["properties"]), path


@pytest.mark.parametrize(
    "address", ["/timeline.csv?kind=withdrawal&year=2008", "/statements.csv?q=xyzzyx", "/counts.csv?explained=not+datable&group=eu"]
)  # fmt: skip
def test_csv_without_rows_has_its_columns(get, openapi, address):
    row = openapi["paths"][address.partition("?")[0]]["get"]["responses"]["200"]["content"]["text/csv"]["x-row"]
    head, *rows = csv.reader(io.StringIO(get(address).text))
    assert (head, rows) == (list(described_row(row, openapi)["properties"]), [])


def test_a_dossier_says_what_its_tables_say(get, db):
    """Under a rule and on a day that are asked for: status under each rule, events, votes, documents, the row itself."""
    data = get("/recognition/countries/ghana.json", rule="uncontested", as_of="2020-01-01").json()
    on_day = "select rule_id, status from statuses where country_id = 'ghana' and since <= '2020-01-01' and (until is null or until > '2020-01-01')"
    assert {row["rule"]: row["status"] for row in data["statuses"]} == dict(db.execute(on_day))
    assert data["status"]["rule"] == data["rule"] == "uncontested" and data["as_of"] == "2020-01-01"

    def flat(events):
        return [one for event in events for one in (event, *flat(event["answered_by"]))]

    told = flat(data["events"])
    about = "select id from events where country_id = 'ghana' union select event_id from event_countries where country_id = 'ghana'"
    assert {event["id"] for event in told} >= {
        key for (key,) in db.execute("select id from events where country_id = 'ghana'")
    }
    assert {event["id"] for event in told} <= {key for (key,) in db.execute(about)}
    for event in told:
        records = db.execute("select record_id from event_records where event_id = ? order by position", [event["id"]])
        assert [one["record_id"] for one in event["documents"]] == [key for (key,) in records]
    assert (
        len(data["votes"]) == db.execute("select count(*) from vote_choices where country_id = 'ghana'").fetchone()[0]
    )
    row = get("/recognition/countries/ghana.json", _shape="array").json()
    assert [dict(zip(data["columns"], data["rows"][0]))] == row and data["primary_keys"] == ["id"]

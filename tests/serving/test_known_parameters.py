"""Each page reads the parameters that it knows; any other is left out of its address."""

import re

import pytest
from datasette.plugins import pm
from datasette.utils import MultiParams

from recognition.serving.known_parameters import TRACKING, without_unknown
from recognition.site.parameters import METHODS, known_parameters
from tests.conftest import kept_answers

# An address of each route of ours, with a question that makes it read all that it can read.
PAGES = (
    "/panel", "/panel.csv?step=month&from=2025", "/panel.json?country=ghana", "/bundles", "/bundles.json", "/bundles/none-1.zip",
    "/", "/about", "/article?quote=Kosovo", "/counts", "/counts.json", "/counts/compare", "/counts/compare.csv?a=serbia-2023",
    "/statements", "/statements.json?q=separate", "/themes", "/themes.csv", "/themes/open", "/themes/open.json",
    "/counts/un-members?by=article", "/list",
    "/list.csv?order=names", "/list/eu", "/map", "/map.csv", "/recognition/countries/ghana", "/recognition/rules/article",
    "/recognition/organisations/eu", "/search?q=ghana&kind=country&page=1", "/search.json?q=ghana", "/search.csv?q=ghana",
    "/tallies", "/tallies.csv", "/tallies/eu", "/tallies/eu.json", "/tallies/compare", "/tallies/compare?a=article",
    "/tallies/compare.csv", "/timeline", "/timeline.csv?year=2008", "/votes", "/votes.json",
    "/votes/unga-2008", "/votes/unga-2008.csv", "/robots.txt", "/sitemap.xml", "/opensearch.xml", "/favicon.ico",
    "/llms.txt", "/list.md", "/article.md", "/recognition/countries/ghana.md", "/reconcile", "/reconcile/suggest/entity?prefix=gh",
    "/reconcile/suggest/type", "/reconcile/suggest/property?prefix=iso", "/reconcile/extend/propose?type=country", "/reconcile/preview?id=eu",
    "/reconcile/view?id=eu",
    "/index.json", "/about.json", "/article.json", "/api", "/openapi.json", "/embed/map?theme=dark&edition=7", "/embed/chart",
    "/embed/tally/eu", "/embed/country/ghana", "/oembed?url=/map", "/map.svg", "/timeline.png", "/tallies/eu.svg",
    "/preview/countries/ghana.png", "/embed/dark.css",
    "/feed.atom?page=2", "/feed/countries/ghana.atom", "/feed/organisations/eu.atom", "/dataset.jsonld",
    "/changes", "/changes.json", "/changes/3", "/changes/3.json",
)  # fmt: skip
# Whose pages are Datasette's, files, or lead elsewhere.
NOT_OURS = ("serving.py", "former_addresses.py")
MADE_UP = (
    "fbclid=1",
    "utm_source=a&utm_medium=b",
    "x",
    "x=",
    "_shape=objects",
    "_stream=1",
    "&&",
    "rule%00=1",
    "%ff=1",
)


def noting(read, method):
    """A method of the parameters that notes in `read` which one it is asked for."""

    def noted(self, name, *more):
        read.add(name)
        return method(self, name, *more)

    return noted


def location(answer):
    return answer.headers.get("location") if answer.status_code == 302 else None


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_what_it_knows_and_nothing_else(get, page, monkeypatch):
    """Whatever a page asks its parameters for is known: else readers would lose it on the way."""
    read = set()
    for name in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(MultiParams, name, noting(read, getattr(MultiParams, name)))
    assert get(page).status_code in (200, 303, 404)
    known = known_parameters(page.partition("?")[0])
    # a template asks whether a table is sorted or shows its SQL, which pages of ours are not and do not
    assert {name for name in read if not name.startswith("_") or name in ("_bom", "_dl", "_header")} <= known


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("made_up", MADE_UP)
def test_what_a_page_does_not_know_is_left_out(ask, page, made_up):
    path, _, question = page.partition("?")
    answer = ask(f"{path}?{made_up}&{question}" if question else f"{path}?{made_up}")
    assert location(answer) == page
    assert answer.headers["cache-control"] == "public, max-age=300" and not answer.content


@pytest.mark.sampled(30)
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_knows_stays(ask, page):
    path = page.partition("?")[0]
    for name in known_parameters(path):
        assert location(ask(f"{path}?{name}=article")) is None, name
        assert location(ask(f"{path}?{name}=")) is None, name
        assert location(ask(f"{path}?{name}=a&{name}=b")) == f"{path}?{name}=a", "the page reads the first one"
    assert location(ask(f"{path}?")) is None


def test_every_route_of_ours_is_tried(datasette):
    plugins = [one for one in pm.hook.register_routes.get_hookimpls() if one.plugin_name not in NOT_OURS]
    arguments = {"datasette": datasette}
    routes = [
        route
        for one in plugins
        for route, _ in one.function(*(arguments[name] for name in one.argnames))
    ]  # fmt: skip
    paths = [page.partition("?")[0] for page in (*PAGES, *METHODS)]  # some take POST alone
    assert len(routes) >= 15
    for route in routes:
        assert any(re.match(route, path) and known_parameters(path) is not None for path in paths), route


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("/recognition/countries?fbclid=1&gclid=2", "/recognition/countries"),
        ("/recognition/countries?utm_source=x&_size=5&mc_cid=1", "/recognition/countries?_size=5"),
        ("/recognition/countries?_size=5&_nothing=1", "/recognition/countries?_size=5"),
        ("/recognition/countries.csv?%66bclid=1", "/recognition/countries.csv"),
        ("/recognition/countries/ghana.json?_shape=array&_x=1", "/recognition/countries/ghana.json?_shape=array"),
        ("/recognition?fbclid=1", "/recognition"),
        ("/recognition?sql=select+1&fbclid=1", "/recognition?sql=select+1"),
        ("/recognition.db?fbclid=1", "/recognition.db"),
        ("/nowhere?fbclid=1", "/nowhere"),
        ("/search?q=a%26b%3Dc&q=d&fbclid=%26", "/search?q=a%26b%3Dc"),
        ("//example.org?x=1", None),
    ],
)  # fmt: skip
def test_links_that_others_follow_lead_to_the_page(ask, path, left):
    assert location(ask(path)) == left


@pytest.mark.parametrize(
    "path",
    [
        "/recognition/countries?_size=5&_nl=1&_json=a", "/recognition/countries?_facet_x=1", "/recognition/countries?_search_x=1",
        "/recognition/countries?_filter_column_1=a&_filter_op_2=b&_filter_value=c", "/recognition/countries?nothing=1",
        "/recognition/countries?_x__exact=1", "/recognition?sql=select+:_x,:pk_x&_x=1&pk_x=2", "/-/health?x=1",
        "/recognition?_show_hidden=1", "/static/site.css?x=1",
    ],
)  # fmt: skip
def test_what_may_mean_something_to_datasette_stays(path):
    path, _, question = path.partition("?")
    assert without_unknown(question, known_parameters(path)) == question


def test_unknown_columns_still_get_their_sentence(ask):
    for path in ("/recognition/countries?nothing=1", "/recognition/countries?_x__exact=1"):
        assert ask(path).status_code == 400


def test_no_column_has_the_name_of_a_tracking_parameter(datasette, loop):
    database = datasette.get_database("recognition")
    for table in loop.run_until_complete(database.table_names()):
        for column in loop.run_until_complete(database.table_columns(table)):
            assert not TRACKING.fullmatch(column) and not column.startswith("_"), (table, column)


def test_copies_of_a_page_are_not_kept(ask, datasette):
    memory = kept_answers(datasette)
    ask("/tallies")
    before = len(memory.kept)
    for number in range(50):
        ask(f"/tallies?x={number}")
        ask(f"/recognition/rules?_x{number}=1")
    assert len(memory.kept) == before


def test_nothing_is_left_out_twice():
    for question in ("a=1&b=2&a=3", "&&", "", "a", "=", "a=%26&c", "_x=1&utm_x=2&sql="):
        for known in (None, {"a"}, set()):
            once = without_unknown(question, known)
            assert without_unknown(once, known) == once

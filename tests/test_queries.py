"""Every saved query runs in the real Datasette, with an example and with its defaults, and gives the rows it promises."""

import pytest

# For each query: parameters, and rows or parts of rows that the answer must begin with.
EXAMPLES = {
    "recognitions-by-year": (
        {},
        [
            {"year": 2008, "recognised": 54, "withdrawn": 0, "standing": 54},
            {"year": 2009, "recognised": 11, "withdrawn": 0, "standing": 65},
        ],
    ),
    "recognitions-over-time": ({}, [{"day": "2008-02-17", "countries": "Costa Rica", "recognising": 1}]),
    "members-that-do-not-recognise": (
        {"organisation": "nato"},
        [{"country": "Greece"}, {"country": "Romania"}, {"country": "Slovakia"}, {"country": "Spain"}],
    ),
    "statements-that-mention": ({"words": "Chagos"}, [{"title": "Mauritius", "passage_id": 375}]),
    "withdrawals": (
        {},
        [{"country": "Burundi", "recognised_on": "2012-10-16", "withdrawn_on": "2018-02-15", "days": 1948, "years": 5.3}],
    ),
    "neighbours-that-differ": (
        {"organisation": "caricom"},
        [{"subregion": "Caribbean", "recognises": "Antigua and Barbuda", "differs": "Dominica"}],
    ),
    "changes-since": (
        {"year": "2020"},
        [
            {"day": "2020-03-02", "act": "withdrew", "country": "Sierra Leone"},
            {"day": "2020-09-04", "act": "recognised", "country": "Israel"},
        ],
    ),
    "tallies-on-a-day": (
        {"rule": "latest", "day": "2013-07-01"},
        [
            {"organisation": "United Nations", "members": 193, "recognising": 99, "unchanged_since": "2013-06-26"},
            {"organisation": "European Union", "members": 28, "recognising": 23, "unchanged_since": "2013-07-01"},
        ],
    ),
    "status-of-a-country": (
        {"country": "lesotho"},
        [
            {"rule": "The article's tables", "status": "does not recognise", "since": "2008-02-17", "until": "2014-02-11"},
            {"rule": "The article's tables", "status": "recognises", "since": "2014-02-11", "until": None},
        ],
    ),
    "claims-about-withdrawals": (
        {},
        [{"country": "Antigua and Barbuda", "date": "2023-01-04", "kind": "withdrawal claimed", "claimant": "Serbia"}],
    ),
    "your-own-rule": (
        {"withdrawals_listed": "yes", "withdrawals_claimed": "yes", "since_the_article": "no", "day": "2024-03-07"},
        [{"recognising": 98}],
    ),
    "published-counts-under-each-rule": (
        {},
        [{"publisher": "President of Kosovo", "printed": 121, "rule": "Every recognition ever made", "counted": 121, "difference": 0}],
    ),
    "stated-against-counted": (
        {},
        [{"organisation": "Arab League", "stated": 14, "counted": 14, "agrees": 1, "stated_members": 22, "known_members": 22}],
    ),
    "tally-by-organisation": (
        {},
        [
            {"organisation_id": "nato", "members": 32, "recognising": 28, "withdrawn": 0, "not_recognising": 4},
            {"organisation_id": "eu", "members": 27, "recognising": 22, "withdrawn": 0, "not_recognising": 5},
        ],
    ),
    "tally-by-region": ({}, [{"region": "Africa", "subregion": "Western Africa", "un_members": 16, "recognising": 10}]),
    "all-about": (
        {"country": "Burma"},
        [{"country": "Myanmar", "what": "position", "passage_id": 387}],
    ),
    "themes-counted": ({}, [{"theme": "Opposes or refuses"}]),
    "statements-with-theme": (
        {"theme": "double-standards"},
        [{"title": "Abkhazia"}, {"title": "Sahrawi Arab Democratic Republic"}, {"title": "South Ossetia"}],
    ),
    "first-in-each-region": (
        {},
        [{"recognised_on": "2008-02-17", "countries": "Costa Rica"}],
    ),
    "dates-that-differ": ({}, [{"country": "El Salvador", "printed": "2014-10-18", "other": "2013-06-29", "days_apart": -476}]),
    "least-sure-names": ({}, [{"ordinal": 42, "country": "Colombia"}, {"ordinal": 43, "country": "Belize"}]),
    "in-one-but-not-the-other": (
        {"organisation": "eu", "without": "nato"},
        [
            {"country": "Cyprus", "status": "does not recognise"},
            {"country": "Austria", "status": "recognises"},
            {"country": "Ireland", "status": "recognises"},
            {"country": "Malta", "status": "recognises"},
        ],
    ),
    "read-a-section": ({"section": "court"}, [{"passage_id": 27, "kind": "heading"}, {"passage_id": 28, "kind": "paragraph"}]),
}


def test_every_query_has_an_example_here(metadata):
    assert set(EXAMPLES) == set(metadata["databases"]["recognition"]["queries"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_query_answers_its_example(get, name):
    parameters, expected = EXAMPLES[name]
    response = get(f"/recognition/{name}.json", _shape="array", **parameters)
    assert response.status_code == 200, response.text
    rows = response.json()
    begins = [
        {key: row.get(key, "no such column") for key in wanted} for row, wanted in zip(rows, expected)
    ]
    assert begins == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_query_gives_rows_without_parameters_too(get, name):
    page = get(f"/recognition/{name}")
    assert page.status_code == 200
    assert get(f"/recognition/{name}.json", _shape="array").json()


@pytest.mark.parametrize("name", [name for name, (parameters, _) in EXAMPLES.items() if parameters])
@pytest.mark.parametrize("text", ['"', "' or 1=1 --", "no such thing", "\0", "NEAR(", "%", "9" * 400])
def test_query_takes_any_text_as_a_parameter(get, name, text):
    parameters = {key: text for key in EXAMPLES[name][0]}
    assert get(f"/recognition/{name}.json", _shape="array", **parameters).status_code == 200

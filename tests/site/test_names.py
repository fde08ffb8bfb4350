"""A country or organisation is known by the same names wherever a reader names it."""

import pytest

from recognition.site.names import keys_by_spelling


@pytest.mark.parametrize(
    ("name", "key"),
    [("GH", "ghana"), ("gha", "ghana"), ("Burma", "myanmar"), ("CÔTE D’IVOIRE", "ivory-coast"), ("united_kingdom", "united-kingdom")],
)  # fmt: skip
def test_a_country_has_its_names_and_codes_everywhere(get, name, key):
    assert get(f"/recognition/countries/{name}").headers["location"] == f"/recognition/countries/{key}"
    assert get("/timeline.json", country=name).json()["country"] == key
    answer = get("/recognition/status-of-a-country.json", country=name).json()
    assert answer["query"]["params"]["country"] == key


@pytest.mark.parametrize(
    ("name", "key"),
    [("EU", "eu"), ("european  union", "eu"), ("union européenne", "eu"), ("ЕС", "eu"), ("Arab_League", "arab-league")],
)
def test_an_organisation_has_its_names_everywhere(get, name, key):
    assert get(f"/tallies/{name}").headers["location"] == f"/tallies/{key}"
    for path in ("/list", "/tallies/compare"):
        assert get(f"{path}.json", organisation=name).json()["organisation"] == key
    answer = get("/recognition/members-that-do-not-recognise.json", organisation=name).json()
    assert answer["query"]["params"]["organisation"] == key


def test_a_name_that_two_share_means_neither_unless_it_is_the_first_of_one():
    rows = [
        {"key": "oz", "name": "Oz", "others": '["Emerald City", "Kansas"]'},
        {"key": "kansas", "name": "Kansas", "others": '["Emerald City"]'},
    ]
    assert keys_by_spelling(rows) == {"oz": "oz", "kansas": "kansas"}


def test_a_name_that_begins_the_name_of_another_means_neither():
    rows = [
        {"key": "west", "name": "Western Utopia", "others": '["Utopia", "Utopia (West)", "Elysium"]'},
        {"key": "east", "name": "Eastern Utopia", "others": '["Utopia, East", "Elysium"]'},
        {"key": "sark", "name": "Sark", "others": '["Herm", "Herm (Sark)"]'},
    ]
    names = {
        "western utopia",
        "west",
        "eastern utopia",
        "east",
        "sark",
        "utopia west",
        "utopia east",
        "herm",
        "herm sark",
    }
    assert keys_by_spelling(rows).keys() == names


@pytest.mark.parametrize("name", ["Congo", "kongo", "Korea"])
def test_a_name_of_two_countries_leads_to_neither(ask, name):
    """In another language, or in short, one of them is called so; readers may mean the other."""
    for path in ("/recognition/countries/{}", "/embed/country/{}", "/feed/countries/{}.atom"):
        assert ask(path.format(name.lower())).status_code == 404
    for path in ("/panel.csv?country={}", "/timeline.json?country={}"):
        assert ask(path.format(name)).status_code == 400


def test_both_that_are_called_so_are_offered(ask):
    said = ask("/recognition/status-of-a-country.json?country=congo").json()["error"]
    assert "Did you mean Democratic Republic of the Congo or Republic of the Congo" in said

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

"""An address in another spelling leads on to the page that it means, and only there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from httpx import Response

from recognition.site.spelling import plain_address, spelling

COUNTRIES = "/recognition/countries"
LEADS_ON = {
    # case, and signs that were around the address
    f"{COUNTRIES}/Ghana": f"{COUNTRIES}/ghana", f"{COUNTRIES}/ghana.": f"{COUNTRIES}/ghana", f"{COUNTRIES}/ghana)": f"{COUNTRIES}/ghana",
    f"{COUNTRIES}/ghana).": f"{COUNTRIES}/ghana", f"{COUNTRIES}/ghana'": f"{COUNTRIES}/ghana", f"{COUNTRIES}/ghana/": f"{COUNTRIES}/ghana",
    f"{COUNTRIES}/ghana%E2%80%9D": f"{COUNTRIES}/ghana", "/tallies/eu,": "/tallies/eu", "/Tallies": "/tallies", "/map/": "/map",
    "/MAP.": "/map", "/About;": "/about", "/recognition/Countries": COUNTRIES, "/Recognition/Countries/GHANA": f"{COUNTRIES}/ghana",
    # one key for another
    f"{COUNTRIES}/united_kingdom": f"{COUNTRIES}/united-kingdom", f"{COUNTRIES}/united+kingdom": f"{COUNTRIES}/united-kingdom",
    "/tallies/EU": "/tallies/eu", "/recognition/organisations/NATO": "/recognition/organisations/nato",
    "/recognition/rules/every-recognition": "/recognition/rules/every_recognition",
    "/counts/Serbia_2023": "/counts/serbia-2023", "/recognition/published-counts": "/recognition/published_counts",
    "/recognition/positions/Sao_Tome_and_Principe": "/recognition/positions/sao-tome-and-principe",
    # percent-encoded
    f"{COUNTRIES}/%67hana": f"{COUNTRIES}/ghana", f"{COUNTRIES}/%47hana": f"{COUNTRIES}/ghana", "/%74allies": "/tallies",
    f"{COUNTRIES}/united%2Dkingdom": f"{COUNTRIES}/united-kingdom", "/tallies/eu%2C": "/tallies/eu", "/tallies/eu%20": "/tallies/eu",
    # names
    f"{COUNTRIES}/Ivory%20Coast": f"{COUNTRIES}/ivory-coast", f"{COUNTRIES}/C%C3%B4te%20d'Ivoire": f"{COUNTRIES}/ivory-coast",
    f"{COUNTRIES}/cote-d-ivoire": f"{COUNTRIES}/ivory-coast", f"{COUNTRIES}/Burma": f"{COUNTRIES}/myanmar",
    f"{COUNTRIES}/%D0%9A%D0%BE%D1%81%D0%BE%D0%B2%D0%BE": f"{COUNTRIES}/kosovo", f"{COUNTRIES}/GB": f"{COUNTRIES}/united-kingdom",
    "/tallies/European%20Union": "/tallies/eu", "/recognition/organisations/Arab%20League": "/recognition/organisations/arab-league",
    # formats and questions
    "/tallies/EU.json": "/tallies/eu.json", "/Tallies.CSV?rule=latest": "/tallies.csv?rule=latest",
    f"{COUNTRIES}/Ghana.json?_shape=array&_extras=%2F": f"{COUNTRIES}/ghana.json?_shape=array&_extras=%2F",
    "/tallies/EU.svg": "/tallies/eu.svg", "/MAP.svg": "/map.svg", "/OpenAPI.json": "/openapi.json",
    # frames
    "/embed/Map": "/embed/map", "/embed/tally/EU?theme=dark": "/embed/tally/eu?theme=dark", "/embed/country/Burma": "/embed/country/myanmar",
    "/About.json": "/about.json", "/Recognition.DB": "/recognition.db",
    "/Recognition.db": "/recognition.db",
    # signs around it that have no place in an address, and letters that a browser does not write
    f"{COUNTRIES}/ghana%E2%80%8E": f"{COUNTRIES}/ghana", f"{COUNTRIES}/%5Bghana": f"{COUNTRIES}/ghana", "/About%22": "/about",
}  # fmt: skip
NOWHERE = (
    f"{COUNTRIES}/spian", f"{COUNTRIES}/Korea", f"{COUNTRIES}/g-h-a-n-a", f"{COUNTRIES}/ghana.html", "/tallies/north_macedonia",
    "/Ghana", f"{COUNTRIES}/%F0%9F%87%BD%F0%9F%87%B0", "/recognition/Search_Data", "/-/Plugins", "/recognition/rules/x'y",
    "/_internal", "/_INTERNAL.json", "/_internal/databases",
)  # fmt: skip


@pytest.mark.parametrize(("path", "plain"), LEADS_ON.items())
def test_another_spelling_leads_on(ask: Callable[..., Response], path: str, plain: str) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.headers.get("location")) == (301, plain)
    assert ask(plain).status_code == 200


def test_another_spelling_of_an_address_that_leads_on_leads_there(ask: Callable[..., Response]) -> None:
    answer = ask("/LIST/UN.CSV?rule=article")
    assert (answer.status_code, answer.headers["location"]) == (301, "/list/un.csv?rule=article")
    assert ask(answer.headers["location"]).headers["location"] == "/list.csv?rule=article"


@pytest.mark.parametrize("path", NOWHERE)
def test_what_means_no_page_or_several_is_not_found(ask: Callable[..., Response], path: str) -> None:
    answer = ask(path)
    while answer.status_code == 301:  # %-encoding is made plain first
        answer = ask(answer.headers["location"])
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "/%2Fevil.example",
        "/%5Cevil.example",
        "///evil.example/%2F..",
        "/.//evil.example",
    ],
)
def test_no_spelling_leads_out_of_the_site(ask: Callable[..., Response], path: str) -> None:
    answer = ask(path)
    assert answer.status_code == 301
    location = answer.headers["location"]
    assert location.startswith("/") and not location.startswith(("//", "/\\")) and ask(location).status_code == 404


def test_every_key_in_capitals_leads_to_its_page_and_no_page_leads_away(
    db: sqlite3.Connection, datasette: object, loop: object
) -> None:
    """Without a question to the site for each: that was tried above."""
    pages = [
        url
        for (url,) in db.execute(
            "select distinct url from search_items where url not like '%?%' and url not like '%#%'"
        )
    ]
    assert len(pages) > 500

    async def all_plain() -> dict[str, tuple[str | None, str | None]]:
        return {
            page: (await plain_address(datasette, page), await plain_address(datasette, page.upper() + ")."))
            for page in pages
        }

    found = loop.run_until_complete(all_plain())
    assert {page: plain for page, plain in found.items() if plain != (page, page)} == {}


def test_a_spelling_is_words_by_segment_and_a_format() -> None:
    assert spelling("/Recognition/Countries/C~C3~B4te+d~27Ivoire.JSON") == (
        ("recognition", "countries", "cote-d-ivoire"),
        ".json",
    )
    assert spelling("/a.j\u017fon").form == ""  # the long s is an s where case does not count
    assert spelling("/") == ((), "") and spelling("/a/!/b") == (("a", "", "b"), "")

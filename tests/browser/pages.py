"""One address for every kind of page, with the status it answers: each is held to everything in test_pages.py."""

import pytest

from tests.seen.addresses import PAGES as SEEN

SAMPLED = 4  # of the kinds of page that a check is tried on in `make test`

# Kinds whose addresses lead on, refuse, or hold text, Markdown, XML or JSON for programs: a browser has no page to lay out.
NO_PAGES = {"former_addresses", "machines", "refusals", "for_programs", "markdown", "feeds"}
MORE = {
    "/search?q=Serbya": 200,  # a typo, corrected
    "/search?q=xqzvw": 200,  # finds nothing
    "/recognition/countries/spain": 200,
    "/recognition/countries?status=withdrew&_search=ghana": 200,  # with filters set
    "/recognition/all-about?country=Burma": 200,  # a saved question with a parameter
    "/recognition?sql=select+misspelt": 400,
    "/votes/pace-2024": 200,  # a vote of members of a parliament
    "/tallies/eu?edition=3": 200,  # names another edition
    "/nothing/of/that/name": 404,
}
# A new kind of page gets its address in tests/seen/addresses.py.
PAGES = {addresses[0]: 200 for kind, addresses in SEEN.items() if kind not in NO_PAGES} | MORE


def on_each_page(check):
    """The check is tried on every kind of page."""
    return pytest.mark.sampled(SAMPLED)(pytest.mark.parametrize("path", PAGES)(check))

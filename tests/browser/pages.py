"""One address for every kind of page, with the status it answers: each is held to everything in test_pages.py."""

PAGES = {
    "/": 200,
    "/?rule=article&as_of=2012-06-01": 200,
    "/search?q=ghana": 200,
    "/search?q=Serbya": 200,  # a typo, corrected
    "/search?q=xqzvw": 200,  # finds nothing
    "/tallies": 200,
    "/tallies/oic?rule=uncontested": 200,
    "/tallies/compare": 200,
    "/counts": 200,
    "/counts/serbia-2023": 200,
    "/map": 200,
    "/map?rule=uncontested&as_of=2020-01-01": 200,
    "/article": 200,
    "/timeline": 200,
    "/about": 200,
    "/recognition": 200,
    "/recognition/countries": 200,
    "/recognition/countries?status=withdrew&_search=ghana": 200,  # with filters set
    "/recognition/countries/spain": 200,
    "/recognition/countries/ghana": 200,  # recognised, withdrew, disputed
    "/recognition/organisations/nato": 200,
    "/recognition/passages/280": 200,  # a row without a page of its own
    "/recognition/withdrawals": 200,
    "/recognition/all-about?country=Burma": 200,  # a saved query with a parameter
    "/recognition?sql=select+1": 200,
    "/recognition?sql=select+misspelt": 400,
    "/nothing/of/that/name": 404,
}

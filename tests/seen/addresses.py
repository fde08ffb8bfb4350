"""The addresses that tests/seen keeps: one file for every kind of page, one part of it for every address.

An address names its day; where it does not, the clock of the tests is set (RECOGNITION_TODAY in tests/conftest.py).
"""

from __future__ import annotations

from typing import Any

DAY = "2026-11-25"
# A state of each kind: withdrew and disputed, recognised after the article, a position, a territory, the subject,
# a recognition that its president called void, one whose recognition is doubted, one that denied a withdrawal,
# claims and answers of three sides, a claim confirmed years later, a claim denied at once, a position of no UN member.
DOSSIERS = ("ghana", "kenya", "spain", "montserrat", "kosovo", "sao-tome-and-principe", "oman", "suriname",
            "palau", "togo", "grenada", "holy-see")  # fmt: skip
ORGANISATIONS = ("eu", "oic", "un-security-council")
# Tables whose rows are not kept whole: they repeat a file of sources/, the article, or what the search finds.
NOT_WHOLE = {
    "country_names", "organisation_names", "passages", "search", "search_items", "search_names",
    "search_words", "shapes", "sources", "countries_indexed", "positions_indexed", "themes", "count_audit",
    "former_keys", "panel", "publishers", "members_today", "member_statuses", "tallies", "today",
}  # fmt: skip


def addresses(metadata: dict[str, Any]) -> dict[str, list[str]]:
    """{kind of page: its addresses}; `metadata` is what metadata.yml says: its tables and questions are all there."""
    database = metadata["databases"]["recognition"]
    tables = [name for name, table in database["tables"].items() if not table.get("hidden")]
    whole = {f"rows_of_{name}": [f"/recognition/{name}.csv?_stream=on"] for name in tables if name not in NOT_WHOLE}
    return {
        **PAGES,
        "tables": [f"/recognition/{table}?_size=2" for table in tables],
        **whole,
        "questions_answered": [f"/recognition/{name}.json?_shape=array" for name in database["queries"]],
    }


PAGES: dict[str, list[str]] = {
    "front_page": [
        f"/?as_of={DAY}",
        "/?rule=article&as_of=2012-06-01",
        "/?rule=uncontested&as_of=2020-01-01",
        "/?rule=every_recognition&as_of=2008-02-18",
    ],
    "search": [
        "/search?q=17+february+2008", "/search?q=12+September+2018", "/search?q=118", "/search?q=Catalonia+falkland",
        "/search?q=falkland+castro&kind=statement", "/search?q=Belgrade&kind=country", "/search?q=revoked&kind=query",
        "/search?q=ghana", "/search?q=Serbya", "/search?q=xqzvw", "/search?q=kosovo&page=2",
        "/search?q=recognition&kind=statement", "/search?q=", "/search?q=did+spain+recognise+kosovo", "/search.json?q=ghana",
        "/search.json?q=Serbya", "/search.json?q=xqzvw", "/search?q=ghana&kind=nonsense",
        "/search?q=kenya", "/search?q=eu&rule=article&as_of=2015-01-01", "/search?q=kosovo&page=99",
        "/search?q=which+EU+countries+do+not+recognise+kosovo", "/search.json?q=when+did+palau+recognise+kosovo",
        "/search?q=who+withdrew+recognition&rule=uncontested&as_of=2020-01-01", "/search?q=how+did+germany+vote+in+the+Council+of+Europe",
        "/search.json?q=pourquoi+l%27Espagne+ne+reconna%C3%AEt+pas+le+Kosovo",
    ],
    "lists": [
        f"/list?as_of={DAY}", f"/list?as_of={DAY}&order=names", f"/list/oic?as_of={DAY}", f"/list/caricom?as_of={DAY}",
        "/list?rule=uncontested&as_of=2020-01-01", "/list?rule=every_recognition&as_of=2024-01-01", "/list/un",
        f"/list/eu.txt?as_of={DAY}", f"/list/eu.csv?as_of={DAY}", f"/list/eu.json?as_of={DAY}", "/list?organisation=uefa",
        f"/list/asean?as_of={DAY}", "/list/brics?as_of=2009-06-15", "/list/brics.txt?as_of=2009-06-15",
    ],
    "tallies": [
        f"/tallies?as_of={DAY}", "/tallies?rule=article&as_of=2012-12-31", "/tallies?rule=uncontested&as_of=2020-01-01",
        f"/tallies.json?as_of={DAY}", f"/tallies.csv?as_of={DAY}", "/tallies?rule=nonsense&as_of=yesterday",
        "/tallies?as_of=2999-01-01", "/tallies?as_of=1999-01-01", "/tallies.xml",
    ],
    "organisation_tallies": [
        *(f"/tallies/{organisation}?as_of={DAY}" for organisation in ORGANISATIONS),
        "/tallies/oic?rule=uncontested&as_of=2019-01-01", "/tallies/council-of-europe?rule=article&as_of=2022-03-15",
        f"/tallies/eu.json?as_of={DAY}", f"/tallies/eu.csv?as_of={DAY}", "/tallies/nonsense",
        f"/tallies/commonwealth?as_of={DAY}", "/tallies/brics?as_of=2009-06-15", "/tallies/brics.json?as_of=2009-06-15",
        f"/tallies/region-sub-saharan-africa?as_of={DAY}",
    ],
    "compare": [
        "/tallies/compare",
        f"/tallies/compare?a=article&b=latest&organisation=un&as_of={DAY}",
        f"/tallies/compare?a=uncontested&b=every_recognition&organisation=oic&as_of={DAY}",
        f"/tallies/compare?a=latest&b=latest&organisation=eu&as_of={DAY}",
        f"/tallies/compare.json?a=article&b=latest&organisation=un&as_of={DAY}",
    ],
    "counts": [
        "/counts",
        "/counts.json",
        "/counts.csv",
        "/counts?publisher=Wikipedia+(English)&year=2019",
        "/counts?explained=not+reproduced&group=eu",
        "/counts?year=1999",
    ],
    "ledgers": [
        "/counts/serbia-2023", "/counts/serbia-2023?by=uncontested", "/counts/kosovo-2025-12", "/counts/graphicmaps-2018",
        "/counts/serbia-2023.json", "/counts/serbia-2023.csv", "/counts/nonsense",
        "/counts/news-pravda-2025-africa", "/counts/wikipedia-2024-asean",
    ],
    "panel": [
        "/panel", "/panel.csv?country=ghana", "/panel.csv?from=2012-01&to=2012-04-15&step=month&country=NA",
        "/panel.json?from=2012-01-22&to=2012-01-23&step=day&country=ghana", "/panel.csv?step=day", "/panel?from=2020&to=2019",
    ],
    "bundles": ["/bundles", "/bundles.json", "/bundles.csv", "/bundles/none.zip"],
    "votes": ["/votes", "/votes.json", "/votes.csv"],
    "vote": [
        "/votes/unga-2008", "/votes/interpol-2018", "/votes/interpol-2018?rule=serbia", "/votes/pace-2024",
        "/votes/coe-ministers-2023.json", "/votes/coe-ministers-2023.csv?rule=serbia", "/votes/pace-2024.csv", "/votes/nonsense",
        "/votes/unga-2008?rule=nonsense",
    ],
    "statements": [
        "/statements?q=separate", "/statements?theme=precedent&region=Asia", "/statements?beside=spain,Slovakia&organisation=eu",
        "/statements?q=xqzvw", "/statements.json?q=separate", "/statements.csv?theme=travel-documents",
        "/statements?theme=border-regions", "/statements?beside=ghana",
    ],
    "themes": ["/themes", "/themes/precedent", "/themes/own-regions", "/themes/open.json", "/themes/border-regions"],
    "bridges": [
        f"/counts/compare?as_of={DAY}",
        f"/counts/compare?a=kosovo-2025-12&b=serbia-2023&as_of={DAY}",
        f"/counts/compare?a=serbia-2017-11&b=latest@2017-11-04&as_of={DAY}",
        f"/counts/compare?a=latest@2026-02-28&b=kosovo@2026-02-28@all-states&as_of={DAY}",
        f"/counts/compare.json?a=latest@2026-02-28&b=uncontested@2026-02-28&as_of={DAY}",
        f"/counts/compare.csv?a=latest@2026-02-28&b=uncontested@2026-02-28&as_of={DAY}",
        "/counts/compare?a=nonsense", "/counts/compare?b=latest@yesterday",
    ],
    "map": [
        f"/map?as_of={DAY}",
        "/map?rule=uncontested&as_of=2020-01-01",
        "/map.json?rule=latest",
    ],
    "timeline": [
        "/timeline", "/timeline?kind=withdrawal", "/timeline?country=ghana", "/timeline?year=2020",
        "/timeline?claimant=Serbia&year=2018", "/timeline?kind=nonsense", "/timeline.json?year=2020",
        "/timeline.csv?year=2020",
    ],
    "article": ["/article", "/article?quote=Ghana%27s+embassy"],
    "about": ["/about", "/about.json"],
    "api": ["/api"],
    "changes": ["/changes/3", "/changes/6", "/changes/99", "/counts?year=1999&edition=5", "/tallies?edition=99",
                "/recognition/themes/border-regions"],
    "dossiers": [
        *(f"/recognition/countries/{country}" for country in DOSSIERS),
        "/recognition/countries/suriname?rule=uncontested&as_of=2020-01-01",
        "/recognition/countries/kenya?rule=article",
    ],
    "dossiers_of_organisations": [
        *(f"/recognition/organisations/{organisation}" for organisation in ORGANISATIONS),
        "/recognition/organisations/oic?rule=uncontested&as_of=2020-01-01",
        "/recognition/organisations/african-union", "/recognition/organisations/oas", "/recognition/organisations/western-balkans",
        "/recognition/organisations/region-caribbean", "/recognition/organisations/brics?as_of=2009-06-15",
    ],
    "rules": ["/recognition/rules/latest", "/recognition/rules/uncontested?as_of=2020-01-01"],
    "database": ["/recognition", "/recognition.json?_shape=objects"],
    "tables_asked": [
        "/recognition/countries", "/recognition/countries?status=withdrew&_search=ghana",
        "/recognition/countries?status__exact=withdrew&region=Africa&_size=2", "/recognition/countries?region=Europe&_size=2",
        "/recognition/countries?_facet=region&_sort_desc=recognised_on&_size=5",
        "/recognition/countries?_facet_array=organisations&_facet_size=max&_size=1",
        "/recognition/countries?name__contains=guinea&_columns=all", "/recognition/statuses?rule_id=latest&country_id=ghana",
        "/recognition/members_today?organisation_id=nato&status=does+not+recognise", "/recognition/countries?status=nonsense",
        "/recognition/recognitions?_col=country_id&_col=recognised_on&_size=3", "/recognition/countries.json?_size=2",
        "/recognition/countries.json?_shape=array&id=spain", "/recognition/recognitions.csv?_size=3",
    ],
    "rows": [
        "/recognition/recognitions/sweden", "/recognition/positions/sao-tome-and-principe",
        "/recognition/published_counts/serbia-2023", "/recognition/themes/international-law",
        "/recognition/sections/court", "/recognition/audit/twice-ghana", "/recognition/sources/article", "/recognition/votes/unga-2008",
        "/recognition/countries/ghana.json", "/recognition/countries/nonsense",
    ],
    # Addresses of the second edition, which lead on.
    "former_addresses": [
        "/recognition/passages/280", "/recognition/recognitions/un-22", "/recognition/positions/58",
        "/recognition/stated_figures/3", "/counts/article-un-line-516", "/recognition/published_counts/article-eu-line-4",
    ],
    "questions": [
        "/recognition/withdrawals", "/recognition/all-about?country=Burma",
        "/recognition/members-that-do-not-recognise?organisation=nato",
        "/recognition/tallies-on-a-day?rule=latest&day=2013-07-01", "/recognition/status-of-a-country?country=lesotho",
        f"/recognition/your-own-rule?day={DAY}", "/recognition/statements-that-mention?words=nonsense",
        "/recognition/withdrawals.csv", "/recognition/members-that-do-not-recognise?organisation=uefa",
        "/recognition/members-that-do-not-recognise.json?organisation=European+Union",
        "/recognition/in-one-but-not-the-other?organisation=eu&without=EU", "/recognition/status-of-a-country?country=Beligum",
        "/recognition/withdrawals?organisation=nato",
    ],
    "sql": [
        "/recognition?sql=select+id,+title+from+rules+order+by+position",
        "/recognition?sql=select+id+from+organisations+where+kind+=+:kind&kind=body", "/recognition?sql=select+misspelt",
        "/recognition?sql=select+1+where+0", "/recognition?sql=delete+from+countries",
        "/recognition.json?sql=select+1+as+one&_shape=array", "/recognition.csv?sql=select+1+as+one",
    ],
    "refusals": [
        "/nothing/of/that/name", "/nothing.json", "/recognition/nonsense", "/recognition/countries?_size=nonsense",
        "/recognition/countries?_sort=nonsense", "/recognition/countries?nonsense=1",
        "/recognition/countries?status__nonsense=1", "/recognition/countries?_next=nonsense",
        "/recognition/countries?_facet=nonsense", "/recognition/countries.xml", "/recognition/search_words",
        "/recognition/search_names", "/-/plugins", "/-/config",
    ],
    "markdown": [
        "/list/visegrad.md", "/recognition/countries/suriname.md?rule=serbia", "/recognition/organisations/visegrad.md",
        "/recognition/rules/article.md?as_of=2013-07-01",
    ],
    "for_programs": ["/llms.txt", "/reconcile", "/reconcile/preview?id=suriname", "/reconcile/extend/propose?type=country"],
    "machines": ["/robots.txt", "/sitemap.xml", "/opensearch.xml", "/-/health", "/favicon.ico", "/dataset.jsonld"],
    "feeds": ["/feed/countries/suriname.atom", "/feed/organisations/nordic-council.atom", "/feed/countries/nonsense.atom", "/feed.atom?page=99"],
}  # fmt: skip

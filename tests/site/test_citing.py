"""How pages are cited: true to the rule and the day of the page, whole without scripts, and as programs read it."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup

from recognition.dates import said
from recognition.site.citing import Cited, Work, written

TODAY = "2026-11-25"
# A page, the parameters that its citation pins, and what the sentence says at least.
PAGES = [
    ("/tallies/oic?rule=uncontested&as_of=2019-01-01", {"rule": "uncontested", "as_of": "2019-01-01"}, "members of the"),
    ("/recognition/countries/ghana", {"rule": "latest", "as_of": TODAY}, "Ghana is listed as having withdrawn"),
    ("/recognition/organisations/eu?rule=serbia", {"rule": "serbia", "as_of": TODAY}, "recognise Kosovo on 25 November 2026"),
    ("/recognition/rules/serbia?as_of=2020-01-01", {"as_of": "2020-01-01"}, "Under the rule ‘Serbia's count’ "),
    ("/votes/unga-2008", {"rule": "latest"}, "77 for, 6 against, 74 abstaining, adopted"),
    ("/counts/serbia-2023", {"rule": "latest", "by": "serbia"}, "84, published by Serbia (president), 4 January 2023"),
    ("/counts/compare?a=latest@2026-02-28&b=serbia-2023", {"a": "latest@2026-02-28", "b": "serbia-2023", "as_of": TODAY}, "to 84, given by"),
    ("/tallies/compare?a=article&b=latest&organisation=eu&as_of=2024-01-01",
     {"a": "article", "b": "latest", "organisation": "eu", "as_of": "2024-01-01"}, "under the rule ‘The article's tables’ and "),
    ("/timeline?kind=withdrawal&country=ghana", {"kind": "withdrawal", "country": "ghana"}, "(withdrawal, Ghana)"),
    ("/map?as_of=2013-07-01", {"rule": "latest", "as_of": "2013-07-01"}, "UN members recognise Kosovo on 1 July 2013, counted"),
    ("/list/eu", {"rule": "latest", "as_of": TODAY}, "members of the European Union recognise Kosovo"),
]  # fmt: skip


def forms(page):
    return [pre.get_text() for pre in page.select(".cite pre")]


def soup(response):
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def fields_of(bibtex):
    """{field: value} of an entry, and its key; fails where braces do not match."""
    found = re.fullmatch(r"@misc\{([\w-]+),\n(.*)\n\}", bibtex, re.DOTALL)
    fields = dict(re.findall(r"^  (\w+) += \{(.*)\},?$", found[2], re.MULTILINE))
    assert len(fields) == found[2].count("\n") + 1
    for value in fields.values():
        plain = re.sub(r"\\[{}]", "", value)
        assert plain.count("{") == plain.count("}")
    return found[1], fields


@pytest.mark.parametrize(("path", "pinned", "words"), PAGES, ids=[path for path, _, _ in PAGES])
def test_a_page_is_cited_with_its_rule_and_day(path, pinned, words, get, db, rules):
    page = soup(get(path))
    assert page.select_one("details.cite:not([open]) > summary").get_text() == "Cite this"
    sentence, bibtex, ris = forms(page)
    number, published, _ = db.execute("select * from edition").fetchone()
    found = re.fullmatch(
        r"(.*) International recognition of Kosovo, edition (\d+) of (.+), (http://localhost/\S+), read on 25 November 2026\.",
        sentence,
    )
    assert found and words in found[1] and (found[2], found[3]) == (str(number), said(published)), sentence
    if "rule" in pinned and not path.startswith(("/votes", "/counts")):
        assert f"the rule ‘{rules[pinned['rule']]}’" in found[1]
    address = urlsplit(found[4])
    assert address.path == urlsplit(path).path and dict(parse_qsl(address.query)) == pinned
    assert get(found[4].removeprefix("http://localhost")).status_code == 200
    key, fields = fields_of(bibtex)
    assert key.startswith("kosovo-") and key.endswith(f"-edition-{number}")
    assert (fields["url"], fields["year"], fields["version"], fields["urldate"]) == (
        found[4],
        published[:4],
        str(number),
        TODAY,
    )
    assert (
        fields["title"] == "{" + " ".join(page.title.get_text().split()).replace("_", "\\_").replace("%", "\\%") + "}"
    )
    lines = ris.split("\n")
    assert (
        lines[0] == "TY  - ELEC"
        and lines[-1] == "ER  - "
        and all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    )
    assert f"UR  - {found[4]}" in lines and "&amp;" not in page.select_one(".cite").get_text()


def test_the_front_page_has_the_sentence_and_leads_to_the_other_forms(get):
    page = soup(get("/", rule="serbia", as_of="2020-01-01"))
    (sentence,) = forms(page)
    number = " ".join(page.select_one(".figure").get_text().split()).removesuffix(".")
    assert sentence.startswith(number.replace("rule Serbia's count", "rule ‘Serbia's count’"))
    assert page.select_one(".cite a")["href"] == "/tallies/un?rule=serbia&as_of=2020-01-01#cite"


def test_the_whole_is_cited_on_the_page_about_it_with_its_checksum(get, datasette):
    sentence, bibtex, ris = forms(soup(get("/about")))
    checksum = datasette.get_database("recognition").hash
    key, fields = fields_of(bibtex)
    assert checksum in fields["howpublished"] and checksum[:12] in sentence and "http://localhost/," in sentence
    assert key == f"kosovo-database-edition-{fields['version']}" and ris.startswith("TY  - DATA\n")


def test_what_tex_would_read_as_commands_is_escaped():
    work = Work("A & B", "utopia", "Somebody", "CC0", 3, "2026-11-26", "", "2026-11-27")
    made = written(work, Cited(r"100 % of {A}_B #1 ~ ^ \x", "It costs $5.", None, "a-b"))
    key, fields = fields_of(made.bibtex)
    assert key == "utopia-a-b-edition-3" and "url" not in fields and "http" not in made.sentence
    assert fields["title"] == r"{100 \% of \{A\}\_B \#1 \textasciitilde{} \textasciicircum{} \textbackslash{}x}"
    assert (
        fields["note"] == r"It costs \$5. Licence: CC0"
        and fields["howpublished"] == r"A \& B, edition 3 of 26 November 2026"
    )
    assert made.sentence == "It costs $5. A & B, edition 3 of 26 November 2026, read on 27 November 2026."


def test_titles_and_descriptions_say_the_number_of_the_page(get, rules):
    """With its rule and day: those who see a card or a result of a search see nothing else."""
    for path, rule in (
        ("/", "latest"), ("/tallies?rule=serbia", "serbia"), ("/tallies/eu?rule=serbia", "serbia"), ("/list/eu", "latest"),
        ("/recognition/countries/ghana?rule=uncontested", "uncontested"), ("/recognition/organisations/eu", "latest"),
        ("/map?rule=article", "article"), ("/recognition/rules/kosovo", "kosovo"),
    ):  # fmt: skip
        page = get(path).text
        (description,) = re.findall(r'<meta name="description" content="([^"]*)">', page)
        (card,) = re.findall(r'<meta property="og:description" content="([^"]*)">', page)
        text = unescape(description)
        assert card == description and f"‘{rules[rule]}’" in text and "25 November 2026" in text, path
        assert "Kosovo" in text
    for path, words in (
        ("/votes/unga-2008", "77 for, 6 against, 74 abstaining, adopted"), ("/counts/serbia-2023", "84, published by Serbia"),
        ("/counts?group=eu", "numbers of states that recognise Kosovo"),
        ("/timeline?country=ghana", "acts and claims on the recognition of Kosovo (Ghana)"),
    ):  # fmt: skip
        assert words in unescape(re.findall(r'<meta name="description" content="([^"]*)">', get(path).text)[0]), path

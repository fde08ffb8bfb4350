"""Readers of feeds, keepers of references and catalogues of data read what the site gives, and find nothing to complain of."""

import json
import subprocess

import pytest
from bs4 import BeautifulSoup

from tests.clients.node import installed

FEEDS = (
    "/feed.atom", "/feed.atom?page=2", "/feed/countries/ghana.atom", "/feed/countries/serbia.atom", "/feed/countries/kosovo.atom",
    "/feed/organisations/eu.atom", "/feed/organisations/region-caribbean.atom", "/feed/organisations/un.atom",
)  # fmt: skip
CITED = (
    "/about", "/tallies/eu?rule=serbia", "/recognition/countries/ghana", "/recognition/organisations/oic", "/recognition/rules/uncontested",
    "/counts/serbia-2023", "/counts/compare", "/votes/unga-2008", "/map", "/timeline?country=ghana", "/counts", "/list/eu",
)  # fmt: skip
DESCRIBED = ("/", "/about", "/tallies/un", "/tallies/eu?as_of=2013-07-01", "/tallies/region-caribbean")
VALID = """
import sys
from lxml import etree
grammar = etree.RelaxNG(etree.parse(sys.argv[1]))
for name in sys.argv[2:]:
    grammar.assertValid(etree.parse(name))
print("valid", len(sys.argv) - 2)
"""
READ = """
import json, sys
import feedparser
found = []
for name in sys.argv[1:]:
    feed = feedparser.parse(name)
    found.append({"bozo": feed.bozo, "version": feed.version, "title": feed.feed.title, "entries": len(feed.entries),
                  "whole": all(one.id and one.title and one.link and one.updated_parsed and one.content[0].value for one in feed.entries)})
print(json.dumps(found))
"""
SIGNPOSTED = """
import json, sys
from signposting import find_signposting_http_link
found = find_signposting_http_link([sys.argv[1]], sys.argv[2])
print(json.dumps({"citeAs": str(found.citeAs.target), "license": str(found.license.target), "items": len(found.items),
                  "types": sorted(str(one.target) for one in found.types),
                  "describedBy": [[str(one.target), str(one.type)] for one in found.describedBy]}))
"""
BIBTEX = """
import sys
from pybtex.database import parse_file
for name in sys.argv[1:]:
    (key, entry), = parse_file(name, "bibtex").entries.items()
    print(key, entry.type, entry.fields["year"])
"""


@pytest.fixture(scope="module")
def node(root):
    """The folder with packages of npm."""
    return installed(root / "tests/clients/feeds")


@pytest.fixture(scope="module")
def feeds(ask, tmp_path_factory):
    folder, paths = tmp_path_factory.mktemp("feeds"), []
    for number, address in enumerate(FEEDS):
        paths.append(folder / f"{number}.atom")
        paths[-1].write_bytes(ask(address).content)
    return paths


def forms_of(ask, path):
    """The sentence, the entry of BibTeX and the record of RIS by which a page is cited."""
    page = BeautifulSoup(ask(path).text, "html.parser")
    return [pre.get_text() for pre in page.select(".cite pre")]


def test_feeds_are_valid_by_the_grammar_of_rfc_4287(run, feeds, root):
    assert run(VALID, root / "tests/clients/feeds/atom.rng", *feeds) == f"valid {len(FEEDS)}\n"


def test_the_grammar_refuses_what_is_no_feed(run, feeds, root, tmp_path):
    text = feeds[0].read_text()
    for number, (old, new) in enumerate((("<updated>", "<update>"), ("T00:00:00Z<", "<"), ("<id>", "<id>1</id><id>"))):
        broken = (
            text.replace(old, new, 1).replace("</updated>", "</update>", 1)
            if number == 0
            else text.replace(old, new, 1)
        )
        (tmp_path / f"{number}.atom").write_text(broken)
        with pytest.raises(AssertionError, match="DocumentInvalid"):
            run(VALID, root / "tests/clients/feeds/atom.rng", tmp_path / f"{number}.atom")


def test_a_reader_of_feeds_reads_them(run, feeds):
    for feed in json.loads(run(READ, *feeds)):
        assert (
            not feed["bozo"] and feed["version"] == "atom10" and feed["title"] and feed["whole"] and feed["entries"]
        ), feed


def test_signposts_are_read(run, ask):
    for path, items in (("/", 4), ("/tallies/eu", 2)):
        found = json.loads(run(SIGNPOSTED, ask(path).headers["link"], f"http://localhost{path}"))
        assert found["citeAs"] == f"http://localhost{path}" and found["license"].startswith(
            "https://creativecommons.org/"
        )
        assert found["items"] == items and "https://schema.org/" in found["types"][0]
        assert found["describedBy"] == (
            [["http://localhost/dataset.jsonld", "application/ld+json"]] if path == "/" else []
        )


def test_citations_are_read_by_two_programs(run, ask, node, tmp_path):
    names = []
    for number, path in enumerate(CITED):
        _, bibtex, ris = forms_of(ask, path)
        names.append(tmp_path / f"{number}.bib")
        names[-1].write_text(f"{bibtex}\n")
        (tmp_path / f"{number}.ris").write_text(f"{ris}\n")
    keys = [line.split() for line in run(BIBTEX, *names).splitlines()]
    assert len({key for key, _, _ in keys}) == len(CITED) and all(kind == "misc" for _, kind, _ in keys)
    files = [name.with_suffix(ending) for name in names for ending in (".bib", ".ris")]
    command = ["node", "citations.mjs", *map(str, files)]
    done = subprocess.run(command, cwd=node, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for number, (path, (_, _, year)) in enumerate(zip(CITED, keys, strict=True)):
        (of_bibtex,), (of_ris,) = found[2 * number : 2 * number + 2]
        assert of_bibtex["URL"] == of_ris["URL"] and of_bibtex["title"] == of_ris["title"], path
        assert of_bibtex["issued"]["date-parts"][0][0] == of_ris["issued"]["date-parts"][0][0] == int(year), path
        assert of_bibtex["URL"].startswith("http://localhost/")


def test_data_for_catalogues_are_of_the_vocabulary_of_schema_org(ask, node, tmp_path):
    """schema-dts has the published vocabulary as types: a name or a value that it does not know does not compile."""
    texts = [ask("/dataset.jsonld").text]
    for path in DESCRIBED:
        scripts = BeautifulSoup(ask(path).text, "html.parser").select("script[type='application/ld+json']")
        texts += [script.get_text() for script in scripts]
    assert len(texts) == len(DESCRIBED) + 1
    assert compiled(node, texts) == ""
    assert "no_such_name" in compiled(node, [texts[0].replace('"version"', '"no_such_name"')])
    assert "not assignable" in compiled(node, [texts[0].replace('"DataDownload"', '"Person"')])
    for text in texts:
        required_by_google(json.loads(text))


def compiled(folder, texts):
    """What the compiler says of texts as values of schema.org's Dataset; '' where all are right."""
    lines = ['import type { Dataset, WithContext } from "schema-dts";']
    lines += [
        f"export const described{number}: WithContext<Dataset> = {text.strip()};" for number, text in enumerate(texts)
    ]
    file = folder / "described.ts"
    try:
        file.write_text("\n".join(lines) + "\n")
        command = ["node", "node_modules/typescript/bin/tsc", "--project", "."]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
        return done.stdout + done.stderr
    finally:
        file.unlink()


def required_by_google(found):
    """What Google's search for data sets requires or recommends (its guide 'Dataset structured data')."""
    assert found["name"] and 50 <= len(found["description"]) <= 5000
    for name in ("creator", "license", "version", "temporalCoverage", "url"):
        assert found[name], name
    assert found["license"].startswith("https://") and found["creator"]["name"]
    files = found["distribution"]
    assert files and all(
        one["@type"] == "DataDownload" and one["contentUrl"] and one["encodingFormat"] for one in files
    )

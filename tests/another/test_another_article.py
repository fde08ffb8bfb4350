"""Another article of the same shape, about an invented subject: it builds and is served, and nothing of the real one is in it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette

import build_db
from deploy.loopback import delivered
from tests.conftest import kept_answers
from tests.patience import unhurried

from .assembled import assembled

REAL = re.compile(r"kosov|serb|kiddle|pristina|belgrade", re.IGNORECASE)
# Columns of the published file that are named for the first subject. Programs read them by these names, so that they stay
# for every article; nothing but exactly these four names is let through.
PUBLISHED = re.compile(r"(?<![A-Za-z])(?:kosovo_membership|kosovo_since|kosovo_quote|choice_for_kosovo)(?![A-Za-z])")
# metadata.yml has texts of its own about the real subject; another article comes with texts of its own.
OWN_TEXTS = (("Kosovo", "Lumeria"), ("kosovo", "lumeria"), ("Serbia", "Gorland"), ("serbia", "gorland"), ("Косово", "Lumeria"), ("Serbya", "Gorlant"),
             ("Kiddle", "Harbour Encyclopaedia"), ("kids.kiddle.co", "example.org"))  # fmt: skip
PAGES = (
    "/", "/?rule=article&as_of=2016-01-01", "/list", "/tallies", "/tallies/northern-pact", "/tallies/un?as_of=2018-12-01",
    "/tallies/compare", "/counts", "/counts/lumeria-2022", "/counts/compare?a=lumeria-2022&b=gazette-2018", "/statements", "/themes",
    "/recognition/themes/law", "/votes",
    "/votes/assembly-2016", "/map", "/timeline", "/timeline?country=dravenia", "/article", "/about", "/search",
    "/search?q=hestria", "/search?q=which+countries+recognise+lumeria", "/search?q=who+does+not+recognise+Lumeria", "/search?q=islands",
    "/recognition/countries/aurelia", "/recognition/countries/dravenia", "/recognition/countries/brisland",
    "/recognition/countries/quellmar", "/recognition/countries/hestria", "/recognition/countries/pellonia", "/recognition/countries/tarn-rock",
    "/recognition/countries/zellen", "/recognition/countries/lumeria", "/recognition/organisations/un",
    "/recognition/organisations/northern-pact", "/recognition/organisations/league-of-lamps", "/recognition/rules/gorland", "/recognition",
    "/recognition/audit", "/recognition/events?_size=max", "/recognition/recognitions", "/recognition/organisations", "/recognition/votes",
    "/recognition/withdrawals", "/recognition?sql=select+*+from+subject", "/nothing/of/that/name", "/sitemap.xml", "/robots.txt", "/opensearch.xml",
    "/tallies.json", "/list.csv", "/timeline.csv", "/counts.json", "/recognition/countries.csv?_stream=on",
    "/panel", "/panel.csv", "/panel.json?country=aurelia", "/recognition/panel", "/api", "/openapi.json", "/llms.txt", "/dataset.jsonld",
    "/feed.atom", "/feed/countries/dravenia.atom", "/feed/organisations/northern-pact.atom", "/embed/map", "/embed/chart", "/embed/tally/un",
    "/embed/country/dravenia", "/bundles", "/changes", "/reconcile", "/reconcile/preview?id=aurelia",
    "/list.md", "/recognition/countries/aurelia.md", "/article.md", "/article.json", "/about.json", "/votes.json", "/statements.json",
    "/tallies.csv", "/recognition/organisations/un.md", "/recognition.json",
)  # fmt: skip
Get = Callable[[str], httpx.Response]


def own_texts(texts: str) -> str:
    """The texts of metadata.yml as the other site has them; the names of columns are not texts."""
    said, names = PUBLISHED.split(texts), PUBLISHED.findall(texts)
    for real, invented in OWN_TEXTS:
        said = [part.replace(real, invented) for part in said]
    return "".join(part + name for part, name in zip(said, [*names, ""], strict=True))


def served(root: Path, folder: Path, sources: Path) -> Path:
    """A folder as it is delivered, with the database of these sources; whatever it needs is written into `folder`."""
    texts = own_texts((root / "metadata.yml").read_text("utf-8"))
    metadata = folder / "metadata.yml"
    metadata.write_text(texts, "utf-8")
    output = folder / "built" / "recognition.db"
    output.parent.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_db, "METADATA", metadata)
        build_db.publish(sources, output)
    site = delivered(root, output, folder / "site")
    (site / "metadata.yml").unlink()
    (site / "metadata.yml").write_text(texts, "utf-8")
    return unhurried(site)


@pytest.fixture(scope="module")
def another(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as it is delivered, with the database of the other article."""
    folder = tmp_path_factory.mktemp("another")
    return served(root, folder, assembled(root, folder / "sources"))


@pytest.fixture(scope="module")
def site(another: Path, loop: asyncio.AbstractEventLoop) -> Get:
    return asked(another, loop)


def asked(folder: Path, loop: asyncio.AbstractEventLoop) -> Get:
    """What asks the site of this folder."""
    datasette = Datasette([], config_dir=folder)
    memory = kept_answers(datasette)

    def get(path: str) -> httpx.Response:
        memory.kept.clear()
        response: httpx.Response = loop.run_until_complete(datasette.client.get(path))
        return response

    return get


@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_answers_and_knows_nothing_of_the_real_subject(path: str, site: Get) -> None:
    response = site(path)
    assert response.status_code == (404 if path.startswith("/nothing") else 200), response.text[:2000]
    text = PUBLISHED.sub("", response.text)
    found = REAL.search(text)
    assert not found, text[max(0, found.start() - 200) : found.end() + 100]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "Who recognises Lumeria? 6 of 11 UN members"),
        ("/?rule=article&as_of=2016-01-01", "5 of 11 UN members"),
        ("/tallies/northern-pact?as_of=2024-01-01", "3 of 4"),
        ("/recognition/countries/dravenia", "Dravenia"),
        ("/search?q=which+countries+recognise+lumeria", "6 of 11"),
        ("/counts/lumeria-2022", "Brisland"),
        ("/article", "The island of Lumeria left Gorland in 2015."),
        ("/map", "There is no map"),
    ],
)
def test_what_its_readers_see_is_counted_from_its_sources(path: str, said: str, site: Get) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", site(path).text))
    assert said in text, text[:3000]


def test_every_example_of_an_address_can_be_asked(site: Get) -> None:
    """The examples of the code are of the first subject: what this database has not gives way to what it has."""
    operations = [one for path in site("/openapi.json").json()["paths"].values() for one in path.values()]
    examples = [one["x-example"] for one in operations if one["tags"] == ["Pages"] and "x-example" in one]
    assert len(examples) > 30
    examples = [path for path in examples if not path.startswith("/changes/")]  # no edition of it is written down
    assert {path: answer.status_code for path in examples if (answer := site(path)).status_code != 200} == {}


def test_first_day_rules_and_subject_are_its_own(another: Path) -> None:
    with closing(sqlite3.connect(another / "recognition.db")) as db:
        assert db.execute("select country_id, first_day, default_rule from subject").fetchall() == [
            ("lumeria", "2015-05-03", "latest")
        ]
        assert db.execute("select id from rules order by position").fetchall() == [
            ("latest",),
            ("article",),
            ("gorland",),
        ]
        assert db.execute("select min(since) from statuses").fetchall() == [("2015-05-03",)]
        assert db.execute(
            "select c.name from recognitions r join countries c on c.id = r.country_id where name_basis = 'printed'"
        ).fetchall() == [("Quellmar",)]


# The country or organisation of each image of the article, in the order of its lines.
IMAGES = (
    "Aurelia", "Caldora", "Dravenia", "Elmaris", "Oskaria", "Brisland", "Gorland", "Hestria", "Ilvane", "Jorvenia", "Free Port of Zellen",
    "Assembly of Realms", "Northern Pact",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(
    root: Path, seal: Callable[[Path], None], loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Get:
    """The site of the article as a capture may have it that lost no name, and that nothing shows to be older than some day."""
    folder = tmp_path_factory.mktemp("whole")
    sources = assembled(root, folder / "sources")
    article = sources / "article.txt"
    begun, *others = article.read_text("utf-8").split("![]() |")
    article.write_text(begun + "".join(f"{name} |{text}" for name, text in zip(IMAGES, others, strict=True)), "utf-8")
    seal(sources)
    for file, before, after in (
        ("restored_names.csv", r"(record|order|elimination),(high|medium|low)", "printed,high"),
        ("sources.csv", "2021-01-01,2023-04-20", "2021-01-01,"),
        ("oddities.csv", r"(?<=\n)lost-cells.*\n", ""),
    ):
        text, count = re.subn(before, after, (sources / file).read_text("utf-8"))
        assert count, file
        (sources / file).write_text(text, "utf-8")
    return asked(served(root, folder, sources), loop)


def test_a_capture_that_lost_no_name_is_shown_without_a_word_of_restored_ones(whole: Get) -> None:
    for path in PAGES:
        assert whole(path).status_code == (404 if path.startswith("/nothing") else 200), path
    for path in ("/article", "/article.md", "/about", "/recognition/countries/caldora", "/recognition/countries/caldora.md",
                 "/recognition/countries/jorvenia", "/recognition/audit.csv"):  # fmt: skip
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", whole(path).text))
        found = re.search(
            r"(?i).{60}((?<!sources/)restored(?! names are rows of)|images? of flags|was an image|not recoverable|is not known among).{60}",
            text,
        )
        assert not found, (path, found and found[0])
    for path in ("/article", "/article.md"):
        assert "day is not known: on or after 1 January 2021." in whole(path).text.replace("day of the text", "day")

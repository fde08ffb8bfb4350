"""Addresses that name an edition: this one answers as ever, another says so, and one that never was is an error."""

import pytest
from bs4 import BeautifulSoup

from recognition.edition_files import read_manifests
from tests.conftest import kept_answers

PAGES = (
    "/",
    "/recognition/countries/ghana",
    "/tallies",
    "/article",
    "/recognition/countries",
    "/changes",
    "/about",
    "/counts/serbia-2023",
)


@pytest.fixture(scope="module")
def number(db):
    return db.execute("select number from edition").fetchone()[0]


@pytest.fixture(scope="module")
def earlier(root, number):
    """(number, checksum) of an earlier edition."""
    manifests = read_manifests(root / "editions")
    before = max(other for other in manifests if other < number)
    return before, manifests[before]["file"]["sha256"]


@pytest.fixture(scope="module")
def is_written_down(root, number):
    """Whether this edition is in editions/: not yet where another capture stands in sources/ since a moment ago."""
    return number in read_manifests(root / "editions")


@pytest.mark.parametrize("path", PAGES)
def test_another_edition_is_said_on_the_first_line(path, earlier, number, is_written_down, ask):
    answer = ask(f"{path}?edition={earlier[0]}")
    note = BeautifulSoup(answer.text, "html.parser").select_one(".other-edition")
    assert (
        answer.status_code == 200
        and f"You asked for edition {earlier[0]} of" in note.text
        and f"This is edition {number} of" in note.text
    )
    assert note.a["href"] == "/changes" + (f"#edition-{number}" if is_written_down else "")
    leads_to = BeautifulSoup(ask("/changes").text, "html.parser")
    assert bool(leads_to.find(id=f"edition-{number}")) == is_written_down, "where the link leads"
    assert answer.headers["dataset-edition-asked"] == str(earlier[0])
    assert 'class="note other-edition"' not in ask(path).text


def test_data_say_so_in_a_header(earlier, number, ask):
    for path in (
        "/tallies.json",
        "/tallies.csv",
        "/recognition/countries.json?_size=1",
        "/recognition/countries.csv?_size=1",
    ):
        answer = ask(f"{path}{'&' if '?' in path else '?'}edition={earlier[0]}")
        assert answer.status_code == 200 and answer.headers["dataset-edition-asked"] == str(earlier[0]), path
        assert answer.headers["dataset-edition"].startswith(f"{number};")
        assert "dataset-edition-asked" not in ask(path).headers


def test_this_edition_answers_as_ever(number, datasette, ask):
    checksum = datasette.get_database("recognition").hash
    plain = ask("/tallies?rule=article").text
    for named in (number, checksum, checksum[:12]):
        answer = ask(f"/tallies?rule=article&edition={named}")
        assert answer.text == plain and "dataset-edition-asked" not in answer.headers
    assert ask(f"/recognition.db?edition={number}", "HEAD").status_code == 200


def test_each_other_edition_has_one_spelling(earlier, ask):
    number, checksum = earlier
    for spelt in (checksum, checksum[:9], f"{number}&edition=99"):
        answer = ask(f"/counts?edition={spelt}")
        answer = ask(answer.headers["location"]) if "&" in spelt else answer
        assert answer.status_code in (200, 302)
        if answer.status_code == 302:
            assert answer.headers["location"] == f"/counts?edition={number}"
    assert ask(f"/counts?edition={number}&year=2019").headers["location"] == f"/counts?year=2019&edition={number}"


def test_no_address_is_kept_under_names_that_anybody_makes_up(datasette, ask):
    memory = kept_answers(datasette)
    ask("/counts?edition=99"), ask("/counts?edition=abcdef1"), ask("/counts?edition=")
    assert not [
        key
        for key in memory.kept
        if b"edition=99" in b"".join(map(bytes_of, key)) or b"abcdef1" in b"".join(map(bytes_of, key))
    ]


def bytes_of(part):
    return part if isinstance(part, bytes) else part.encode()


@pytest.mark.parametrize("named", ["99", "0", "-1", "abcdef1", "nonsense", "8610e", "٣", "1e3", "%00", "'"])
def test_an_edition_that_never_was_is_an_error(named, ask):
    for path in ("/tallies", "/tallies.json", "/recognition/countries"):
        answer = ask(f"{path}?edition={named}")
        assert (
            answer.status_code == 400
            and "must be the number of an edition" in answer.text
            and "This is edition" in answer.text
        )


def test_the_file_of_another_edition_is_not_given(earlier, ask):
    answer = ask(f"/recognition.db?edition={earlier[0]}")
    assert answer.status_code == 410 and "alone" in answer.text


def test_a_parameter_of_a_visitors_own_sql_is_theirs(ask):
    assert ask("/recognition.json?sql=select+:edition+as+mine&edition=99&_shape=array").json() == [{"mine": "99"}]

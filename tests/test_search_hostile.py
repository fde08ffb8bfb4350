"""Whatever is typed, pasted or attacked with: the search answers, keeps its form, and shows the text as text."""

import random
import sys

import pytest
from bs4 import BeautifulSoup

OPERATORS = [
    "AND",
    "OR",
    "NOT",
    "NEAR(",
    "NEAR(a b, 2)",
    "*",
    "^",
    ":",
    "-",
    "+",
    "(",
    ")",
    "{",
    "}",
    '"',
    '""',
    "'",
    "title:",
    "\\",
    ";",
    "--",
]
MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<mark>",
    "&lt;",
    "\x02x\x03",
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "%3Cb%3E",
]
SQL = ["' or 1=1 --", "'; drop table countries; --", "1 union select * from sources", ":q", "?1", "\0", "null"]
WORDS = [
    "spain",
    "recognise",
    "Côte",
    "Косово",
    "科索沃",
    "كوسوفو",
    "a",
    "ß",
    "İ",
    "\u0301",
    "\u200b",
    "\u202e",
    "😀",
    "\ufffd",
]


def hostile(number):
    """A string of a kind that repeats with its number: operators, markup, SQL, random characters of every plane, long ones."""
    chance = random.Random(number)
    kind = number % 6
    if kind == 0:
        return "".join(chance.choice(OPERATORS + WORDS + [" "]) for _ in range(chance.randrange(1, 12)))
    if kind == 1:
        return " ".join(chance.choice(MARKUP + WORDS) for _ in range(chance.randrange(1, 5)))
    if kind == 2:
        return " ".join(chance.choice(SQL + OPERATORS + WORDS) for _ in range(chance.randrange(1, 6)))
    if kind == 3:
        points = (chance.randrange(sys.maxunicode + 1) for _ in range(chance.randrange(1, 30)))
        return "".join(chr(point) for point in points if not 0xD800 <= point <= 0xDFFF)
    if kind == 4:
        plane = chance.randrange(17) << 16
        return "".join(chr(plane + chance.randrange(0x100, 0xD000)) for _ in range(8))
    return chance.choice(['"', "a", "spain ", "*", "😀", "a b ", "<b>"]) * chance.choice([1, 50, 1_000, 10_000 // 4])


@pytest.mark.parametrize("batch", range(20))
def test_two_thousand_hostile_strings_are_answered(get, batch):
    for number in range(100 * batch, 100 * batch + 100):
        text = hostile(number)
        answer = get("/search.json", q=text)
        assert answer.status_code == 200, repr(text)
        assert set(answer.json()) == {"q", "total", "more", "page", "results", "did_you_mean", "instead", "facets"}
        if number % 10 == 0:
            page = get("/search", q=text)
            assert page.status_code == 200, repr(text)
            parsed = BeautifulSoup(page.text, "html.parser")
            box = parsed.select_one("form.find input[name=q]")
            assert (
                box["value"].replace("\r\n", "\n").split() == text.replace("\0", "\ufffd").split()
                or "\0" in text
                or "\r" in text
            )
            assert not parsed.find_all("img") and not [
                s for s in parsed.find_all("script") if "alert(1)" in (s.string or "")
            ]


@pytest.mark.parametrize("text", ["<script>alert(1)</script> spain", "spain \x02x\x03", "spain & <b>"])
def test_excerpts_hold_no_markup_but_marks(get, text):
    for hit in get("/search.json", q=text).json()["results"]:
        for html in (hit["excerpt"], hit["title_marked"]):
            assert {tag.name for tag in BeautifulSoup(html, "html.parser").find_all(True)} <= {"mark"}
            assert "\x02" not in html and "\x03" not in html


@pytest.mark.parametrize("table", ["countries", "positions", "passages", "organisations"])
def test_datasettes_own_search_takes_the_same(get, table):
    for number in range(0, 2000, 29):
        response = get(f"/recognition/{table}.json", _search=hostile(number), _shape="array", _size=1)
        assert response.status_code == 200, repr(hostile(number))


def test_filters_narrow_and_keep_their_counts(get):
    everything = get("/search.json", q="serbia").json()
    assert sum(everything["facets"]["kind"].values()) == everything["total"]
    for kind, count in everything["facets"]["kind"].items():
        assert get("/search.json", q="serbia", kind=kind).json()["total"] == count
    for status, count in everything["facets"]["status"].items():
        assert get("/search.json", q="serbia", status=status).json()["total"] == count
    eu = get("/search.json", q="passports", organisation="eu").json()
    assert [(hit["kind"], hit["id"]) for hit in eu["results"]] == [("statement", "spain")]


def test_pages_follow_each_other_without_gap_or_repeat(get):
    total = get("/search.json", q="serbia").json()["total"]
    seen = [hit["url"] for page in range(1, 5) for hit in get("/search.json", q="serbia", page=page).json()["results"]]
    assert len(seen) == len(set(seen)) == total

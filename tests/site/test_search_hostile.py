"""Whatever is typed, pasted or attacked with: the search answers, keeps its form, and shows the text as text."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from recognition.site.search_terms import LONGEST

OPERATORS = [
    "AND", "OR", "NOT", "NEAR(", "NEAR(a b, 2)", "*", "^", ":", "-", "+", "(", ")", "{", "}", '"', '""', "'", "title:", "\\",
    ";", "--",
]  # fmt: skip
MARKUP = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<mark>", "&lt;", "\x02x\x03", "javascript:alert(1)",
    "{{ 7*7 }}", "%3Cb%3E",
]  # fmt: skip
SQL = ["' or 1=1 --", "'; drop table countries; --", "1 union select * from sources", ":q", "?1", "\0", "null"]
WORDS = [
    "spain", "recognise", "Côte", "Косово", "科索沃", "كوسوفو", "a", "ß", "İ", "\u0301", "\u200b", "\u202e", "😀", "\ufffd",
]  # fmt: skip

KEYS = {
    "edition", "edition_number", "edition_day", "known_until", "rule", "as_of", "q", "total", "truncated", "page", "more",
    "results", "did_you_mean", "instead", "left_out", "facets", "answer", "nothing",
}  # fmt: skip


# Some of these behind each other, characters of every plane, or one thing very often.
TEXTS = st.one_of(
    st.lists(st.sampled_from([*OPERATORS, *MARKUP, *SQL, *WORDS]) | st.text(max_size=8), max_size=10).map(" ".join),
    st.builds(
        str.__mul__, st.sampled_from(['"', "a", "spain ", "*", "😀", "a b ", "<b>"]), st.sampled_from([1, 50, 2500])
    ),
)


@given(TEXTS)
def test_whatever_is_searched_for_is_answered_and_shown_as_text(get, text):
    answer, page = get("/search.json", q=text), get("/search", q=text)
    assert (answer.status_code, page.status_code) == (200, 200)
    assert set(answer.json()) == KEYS
    parsed = BeautifulSoup(page.text, "html.parser")
    value = parsed.select_one("form.find input[name=q]")["value"]
    assert value.split() == text[:LONGEST].replace("\0", "\ufffd").split() or "\0" in text or "\r" in text
    assert not parsed.find_all("img")
    assert not [script for script in parsed.find_all("script") if "alert(1)" in (script.string or "")]


@given(TEXTS, st.sampled_from(["countries", "positions", "passages", "organisations"]))
def test_datasettes_own_search_takes_the_same(get, text, table):
    assert get(f"/recognition/{table}.json", _search=text, _shape="array", _size=1).status_code == 200


@pytest.mark.parametrize("text", ["<script>alert(1)</script> spain", "spain \x02x\x03", "spain & <b>"])
def test_excerpts_hold_no_markup_but_marks(get, text):
    for hit in get("/search.json", q=text).json()["results"]:
        for html in (hit["excerpt"], hit["title_marked"]):
            assert {tag.name for tag in BeautifulSoup(html, "html.parser").find_all(True)} <= {"mark"}
            assert "\x02" not in html and "\x03" not in html


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
    seen = [
        hit["url"]
        for page in range(1, total // 20 + 2)
        for hit in get("/search.json", q="serbia", page=page).json()["results"]
    ]
    assert len(seen) == len(set(seen)) == total

"""What HTML validators find most, looked for on every kind of page; `make validate` asks html-validate for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from tests.browser.pages import PAGES

FIELDS = "input:not([type=hidden], [type=submit]), select, textarea"
NEVER_EMPTY = (
    "h1, h2, h3, h4, h5, h6, ul, ol, dl, table, th, caption, legend, label, button, summary, a[href], title, option"
)
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "headers", "for")  # lists of ids
# Facets that metadata.yml names too, and a table without rows.
FACETED = [
    f"/recognition/countries?{asked}"
    for asked in ("_facet=status", "_facet=kind&_facet_array=organisations", "_facet=organisations", "status=nonsense")
]


def named(element: Tag, page: BeautifulSoup) -> bool:
    """Whether a field has a label: around it, for its id, or as an attribute."""
    return bool(
        element.get("aria-label")
        or element.get("aria-labelledby")
        or element.find_parent("label")
        or (element.get("id") and page.select_one(f'label[for="{element["id"]}"]'))
    )


def faults(page: BeautifulSoup) -> Iterator[str]:
    """What is wrong with the markup of a page, in words."""
    ids = Counter(element["id"] for element in page.select("[id]"))
    yield from (f"the id {name} is there {count} times" for name, count in ids.items() if count > 1)
    for element in page.select(NEVER_EMPTY):
        if (
            not element.get_text(strip=True)
            and not element.get("aria-label")
            and not element.select("img[alt], svg[aria-label]")
        ):
            yield f"empty: {str(element)[:120]}"
    yield from (f"no label: {field}" for field in page.select(FIELDS) if not named(field, page))
    for name in REFERENCES:
        for element in page.select(f"[{name}]"):
            for target in " ".join([element[name]] if isinstance(element[name], str) else element[name]).split():
                if target not in ids and target != "found":  # the list of hits is made by the script of the search box
                    yield f"{name} names {target}, which is not there: {str(element)[:120]}"
    levels = [int(heading.name[1]) for heading in page.select("main :is(h1, h2, h3, h4, h5, h6)")]
    yield from (
        f"h{above} is followed by h{below}"
        for above, below in zip(levels, levels[1:], strict=False)
        if below > above + 1
    )
    yield from (f"no scope: {head}" for head in page.select("th:not([scope])"))
    yield from (f"no caption or name: {str(table)[:80]}" for table in page.select("table") if not table_named(table))
    for form in page.select("form"):
        if not form.select("button:not([type=button]), input[type=submit]"):
            yield f"no button sends {str(form)[:120]}"
    yield from (
        f"inside each other: {str(link)[:80]}"
        for link in page.select("a a, a button, button a, label label, form form")
    )
    yield from (f"style inside the page: {str(styled)[:80]}" for styled in page.select("[style], style"))


def table_named(table: Tag) -> bool:
    """Whether a table has a caption, or a name: its own, that of the box that it scrolls in, or that of its section."""
    around = [
        table,
        table.find_parent(class_=["scroll", "pinned"]),
        table.find_parent("section", attrs={"aria-labelledby": True}),
    ]
    return bool(table.caption or any(one and (one.get("aria-label") or one.get("aria-labelledby")) for one in around))


@pytest.mark.parametrize("path", [*PAGES, *FACETED])
def test_markup_has_no_faults(ask: Callable[..., Any], path: str) -> None:
    answer = ask(path)
    assert answer.status_code == PAGES.get(path, 200)
    assert list(faults(BeautifulSoup(answer.text, "html.parser"))) == []


@pytest.mark.parametrize(
    "html",
    [
        '<p id="a"></p><p id="a"></p>', "<ul></ul>", "<h2> </h2>", "<form><input name=q><button>Go</button></form>",
        '<p aria-labelledby="nowhere">x</p>', "<main><h1>a</h1><h3>b</h3></main>", "<table><caption>c</caption><tr><th>h</th></tr></table>",
        "<table><tr><td>1</td></tr></table>", "<form><p>x</p></form>", '<a href="/x">a<button>b</button></a>', '<p style="x">y</p>',
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_found(html: str) -> None:
    assert list(faults(BeautifulSoup(html, "html.parser")))

"""Cells of tables as markup. The processes for visitors' SQL read this module too: it imports little."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

LONGEST_CELL = 160  # characters of a text in a table; the page of its row has all of it
DAY = re.compile(r"(^|_)(since|until|date|on|from)$")
ADDRESS = re.compile(r"https?://\S+")
LINK = '<a href="{}" rel="external nofollow">{}</a>'
QUOTED = frozenset(
    ["quote", "text", "position", "kosovo_quote"]
)  # columns with words of the article or of a publisher


def called(column: str) -> str:
    """What a reader calls a column: 'recognised on' for recognised_on, 'country' for country_id."""
    return column.removesuffix("_id").replace("_", " ")


def text_of(value: object, longest: int | None = None) -> str:
    """A cell as markup: lists in words, addresses as links, text of more than `longest` characters cut."""
    if value is None or value == "":
        return ""
    text = str(value)
    if text.startswith("["):
        text = listed(text)
    if "://" in text:
        return linked(text, short=longest is not None and not ADDRESS.fullmatch(text.strip()))
    if longest and len(text) > longest:
        text = text[:longest].rsplit(" ", 1)[0] + " …"
    return escape(text)


def listed(text: str) -> str:
    """A JSON array of words as words with commas; anything else as it is."""
    try:
        return ", ".join(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return text


def linked(text: str, short: bool) -> Markup:
    """Text with its addresses as links; where there is little room (`short`) each link shows only its host."""
    written: list[str] = []
    end = 0
    for found in ADDRESS.finditer(text):
        address = found[0]
        written += [escape(text[end : found.start()])]
        written += [LINK.format(escape(address), escape(urlsplit(address).netloc if short else address))]
        end = found.end()
    return Markup("".join([*written, escape(text[end:])]))


def quoted(column: str, text: str) -> str:
    """A cell as a quotation, where the words of its column are not ours."""
    return f"<q>{text}</q>" if text and column in QUOTED else text


def attributes_of(said: str, name: str, is_number: bool, **_: object) -> str:
    """The attributes of a column's cells: how they are aligned, and the column's name as it is `said` on narrow screens."""
    kind = ' class="number"' if is_number else ' class="day"' if DAY.search(name) else ""
    return f'{kind} data-name="{escape(said)}"'


def rows_as_markup(columns: Sequence[str], rows: Sequence[Sequence[Any]], links: Sequence[Sequence[str | None]]) -> str:
    """The rows of an answer to SQL, each a <tr>. `links` has the address of each binary value, None for any other."""
    numbers = [isinstance(value, int | float) for value in rows[0]] if rows else []
    attributes = [attributes_of(called(name), name, number) for name, number in zip(columns, numbers)]
    return "".join(
        f"<tr>{''.join(map(cell_of_answer, columns, attributes, row, to))}</tr>\n" for row, to in zip(rows, links)
    )


def cell_of_answer(column: str, attributes: str, value: Any, link: str | None) -> str:
    if link is None:
        return f"<td{attributes}>{quoted(column, text_of(value))}</td>"
    size = f"{len(value):,}&nbsp;byte{'' if len(value) == 1 else 's'}"
    return f'<td{attributes}><a class="blob-download" href="{escape(link)}">&lt;Binary:&nbsp;{size}&gt;</a></td>'

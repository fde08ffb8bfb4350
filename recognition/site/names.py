"""Names as readers write them: how they are compared, and which country or organisation each of them means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from datasette.app import Datasette

from recognition import dates
from recognition.dates import WORD

from .database import Row, kept, rows

# What stands before that by which two of the same name are told apart: 'Utopia (East)', 'Utopia, East'.
HEAD = re.compile(r"^(.+?)(?:\s*\(|\s*,\s|\s+[-–—]\s+)")
# By table, of each of its rows the key, the name, and a JSON array of all other names and codes.
NAMED = {
    "countries": """
        select c.id as key, c.name, (
            select json_group_array(other) from (
                select name as other from country_names
                where country_id = c.id and kind not in ('capital', 'part', 'code', 'number') union select c.iso2 union select c.iso3)
            where other <> '') as others
        from countries c""",
    "organisations": """
        select o.id as key, o.name,
               (select json_group_array(n.name) from organisation_names n where n.organisation_id = o.id) as others
        from organisations o""",
}


def words(text: str) -> list[str]:
    """The words of a text in lowercase without accents."""
    return WORD.findall(dates.folded(text))


def spelled(text: str) -> str:
    """A name as names are compared: its `words`, one space between them."""
    return " ".join(words(text))


def keys_by_spelling(named: Iterable[Row]) -> dict[str, str]:
    """{name as `spelled`: key} of rows with `key`, `name`, and `others`, a JSON array or missing.

    A key always means itself, and a name the row that has it first of all; another name that two rows share means neither,
    and so does one with which a name of another row begins before what tells the two apart: 'Utopia' beside 'Utopia (East)'.
    """
    named = list(named)
    meant: dict[str, set[str]] = {}
    heads: dict[str, set[str]] = {}
    for row in named:
        for other in json.loads(row.get("others") or "[]"):
            meant.setdefault(spelled(other), set()).add(row["key"])
            if head := HEAD.match(other):
                heads.setdefault(spelled(head[1]), set()).add(row["key"])
    found = {
        name: key for name, keys in meant.items() if name and len(keys | heads.get(name, set())) == 1 for key in keys
    }
    for column in ("name", "key"):
        found |= {spelled(row[column]): row["key"] for row in named}
    return found


async def keys_of(datasette: Datasette, table: str) -> dict[str, str]:
    """`keys_by_spelling` of all countries or all organisations, read once for an edition; `table` is one of NAMED."""

    async def read() -> dict[str, str]:
        return keys_by_spelling(await rows(datasette, NAMED[table]))

    return await kept(datasette, ("keys by spelling", table), read)

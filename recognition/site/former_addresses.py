"""The addresses of rows in earlier editions, which lead on to the keys that the rows have now.

In the second edition they were made of lines and ordinals; later ones of words, which change where a row is called otherwise.
"""

from __future__ import annotations

import re

from datasette.app import Datasette
from datasette.utils import tilde_decode, tilde_encode

from .database import NAME, rows

NUMBER = r"\d+"
ROW = r"(?:un|non_un|withdrawn)-\d+"
COUNT = r"article-[a-z-]+-line-\d+"
FORMAT = r"(?:\.\w+)?"


def path(before: str, former: str, after: str = FORMAT) -> str:
    """A regular expression of paths; its groups are what comes before a former key, the key, and what comes after it."""
    return f"/(?P<before>{before})(?P<former>{former})(?P<after>{after})$"


# The paths by the table whose former key they have. No key of today looks like one of these.
FORMER: dict[str, tuple[str, ...]] = {
    "passages": (path(f"{NAME}/passages/", NUMBER), path(f"{NAME}/mentions/[^/,]+,", NUMBER)),
    "positions": (path(f"{NAME}/positions/", NUMBER), path(f"{NAME}/position_themes/", NUMBER, r",[^/]+")),
    "stated_figures": (path(f"{NAME}/stated_figures/", NUMBER),),
    "recognitions": (
        path(f"{NAME}/recognitions/", ROW),
        path(f"{NAME}/audit/(?:order|number|date|withdrawal-date)-", ROW),
    ),
    "published_counts": (
        path("counts/", COUNT),
        path(f"{NAME}/published_counts/", COUNT),
        path(f"{NAME}/audit/(?:count|total)-", COUNT),
    ),
}
PATTERNS = tuple(pattern for patterns in FORMER.values() for pattern in patterns)

KEY = "select key from former_keys where table_name = :table and former = :former"
# What each part of a table's key is a key of, in the order of the parts; nothing where that is the table's own.
PARTS = """
select f."table" as named from pragma_table_info(:table) p left join pragma_foreign_key_list(:table) f on f."from" = p.name
where p.pk > 0 order by p.pk
"""
# Where a row of words is: /recognition/<table>/<key>, its parts with commas between them, and the pages of its own by their beginnings.
OF_TABLE = re.compile(rf"/{NAME}/(?P<table>[^/.]+)/(?P<key>[^/.]+)(?P<form>\.\w+)?")
OWN = {
    "/counts/": "published_counts",
    "/votes/": "votes",
    "/themes/": "themes",
    "/tallies/": "organisations",
    "/list/": "organisations",
}


async def former_address(datasette: Datasette, path: str) -> str | None:
    """The path of the row that had the key in `path`, in Datasette's encoding, and has another one now; None where none had."""
    if any(re.match(pattern, path) for pattern in PATTERNS):  # which have routes of their own
        return None
    found = OF_TABLE.fullmatch(path)
    if found:
        before, table, key, form = f"/{NAME}/{found['table']}/", found["table"], found["key"], found["form"] or ""
    else:
        before = next((start for start in OWN if path.startswith(start)), "")
        table = OWN.get(before, "")
        key, dot, ending = path.removeprefix(before).partition(".")
        form = dot + ending
    if not table:
        return None
    parts = key.split(",")
    named = [table] if len(parts) == 1 else [row["named"] or table for row in await rows(datasette, PARTS, table=table)]
    if len(parts) != len(named):
        return None
    now = [await key_now(datasette, of, part) for of, part in zip(named, parts, strict=True)]
    return f"{before}{','.join(now)}{form}" if now != parts else None


async def key_now(datasette: Datasette, table: str, key: str) -> str:
    """The key that a row has now, or that it has still; both as a path has them."""
    found = await rows(datasette, KEY, table=table, former=tilde_decode(key))
    return tilde_encode(found[0]["key"]) if found else key

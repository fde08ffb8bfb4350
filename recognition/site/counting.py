"""How many countries something is true of, in words: UN members first, so that no sum of all is taken for their number."""

from __future__ import annotations

from collections.abc import Iterable

from datasette.app import Datasette

from recognition.vocabulary import UN_MEMBER

from .database import Row, kept, rows

COUNTRIES = """
select c.id, c.kind, c.name as title, c.name_in_sentence as name, r.name_in_sentence as represented_by
from countries c left join countries r on r.id = c.represented_by order by c.sort_name
"""


def breakdown(countries: Iterable[Row]) -> str:
    """Countries counted in words: '108 UN members, 3 others and Utopia, through Arcadia'; '' for no country.

    Each has `kind`, `name` and `represented_by`, the name of the state that represents it, or None; both names as in a
    sentence, with their article. Who is represented is named, because it has no position of its own.
    """
    members, others, represented = 0, 0, []
    for country in countries:
        if country["kind"] == UN_MEMBER:
            members += 1
        elif country["represented_by"]:
            represented.append(f"{country['name']}, through {country['represented_by']}")
        else:
            others += 1
    parts = [counted(members, UN_MEMBER)] if members else []
    if others:
        parts = [*(parts or [f"no {UN_MEMBER}"]), counted(others, "other")]
    parts += represented
    comma = "," if len(represented) > 1 else ""  # what is represented has a comma of its own
    return f"{comma} and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def counted(number: int, noun: str) -> str:
    """'1 UN member', '10 UN members'."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


async def countries_to_count(datasette: Datasette) -> dict[str, Row]:
    """What `breakdown` wants of every country, and `title`, its name alone, by id in alphabetical order, read once."""

    async def read() -> dict[str, Row]:
        return {row["id"]: row for row in await rows(datasette, COUNTRIES)}

    return await kept(datasette, "countries to count", read)

"""What the article itself states of each organisation, and when it was written: to be shown beside what is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from datasette.app import Datasette
from markupsafe import Markup

from recognition.dates import said

from .asked import subject
from .database import Row, kept, rows

# The last count of each organisation in the article.
STATED = """
select organisation_id, id, recognising, total, earliest_day as counted_on, passage_id, quote from (
  select c.*, row_number() over (partition by c.organisation_id order by p.first_line desc, c.id desc) as place
  from published_counts c join passages p on p.id = c.passage_id where c.source_id = 'article')
where place = 1
"""
TIME = Markup('<time datetime="{}">{}</time>')


async def stated_by_article(datasette: Datasette) -> dict[str, Row]:
    """The article's last count of each organisation, by its id, read once for an edition.

    A count has id, recognising, total, passage_id, quote, and counted_on, the ISO day from which it can be compared.
    """

    async def read() -> dict[str, Row]:
        return {row["organisation_id"]: row for row in await rows(datasette, STATED)}

    return await kept(datasette, "stated by the article", read)


async def the_article(datasette: Datasette) -> Markup:
    """'The article, written between 7 March 2024 and 25 March 2025,': how a sentence about what it says begins."""
    return Markup(f"{told_with_days(await subject(datasette), lambda day: TIME.format(day, said(day)))},")


def told_with_days(about: Row, write: Callable[[str], str] = said) -> str:
    """'The article, written between 7 March 2024 and 25 March 2025'; `about` is the subject, `write` words one of the days."""
    after, before = about["article_written_after"], about["article_written_before"]
    last = before and (date.fromisoformat(before) - timedelta(days=1)).isoformat()
    return f"The article, written {f'between {write(after)} and {write(last)}' if before else f'on or after {write(after)}'}"


async def with_stated(datasette: Datasette, tallies: list[Row], as_of: str) -> list[Row]:
    """Rows of `tallies_on`, each with `stated`, the article's count or None, and what data have of it.

    These are `stated_recognising` and `stated_members`, and `agrees`: whether as many are counted on the ISO day `as_of`;
    None where the article states none or was not written by that day.
    """
    known = await stated_by_article(datasette)
    for tally in tallies:
        stated = tally["stated"] = known.get(tally["organisation"])
        tally["stated_recognising"] = stated["recognising"] if stated else None
        tally["stated_members"] = stated["total"] if stated else None
        comparable = stated is not None and as_of >= stated["counted_on"]
        tally["agrees"] = tally["stated_recognising"] == tally["recognising"] if comparable else None
    return tallies


def stated_otherwise(stated: Row | None, tally: Row, as_of: str) -> Row | None:
    """The article's count where it was made by the ISO day `as_of` and is not that of the tally; else None."""
    if stated is None or as_of < stated["counted_on"]:
        return None
    return None if (stated["recognising"], stated["total"]) == (tally["recognising"], tally["members"]) else stated

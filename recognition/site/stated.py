"""What the article itself states of each organisation, to be shown beside what is counted."""

from __future__ import annotations

from datasette.app import Datasette

from .database import Row, kept, rows

# The last count of each organisation in the article.
STATED = """
select organisation_id, id, recognising, total, counted_on, passage_id, quote from (
  select c.*, row_number() over (partition by c.organisation_id order by p.first_line desc) as place
  from published_counts c join passages p on p.id = c.passage_id where c.source_id = 'article')
where place = 1
"""


async def stated_by_article(datasette: Datasette) -> dict[str, Row]:
    """The article's last count of each organisation, by its id, read once for an edition.

    A count has id, recognising, total, passage_id, quote, and counted_on, the ISO day from which it can be compared.
    """

    async def read() -> dict[str, Row]:
        return {row["organisation_id"]: row for row in await rows(datasette, STATED)}

    return await kept(datasette, "stated by the article", read)


def stated_otherwise(stated: Row | None, tally: Row, as_of: str) -> Row | None:
    """The article's count where it was made by the ISO day `as_of` and is not that of the tally; else None."""
    if stated is None or as_of < stated["counted_on"]:
        return None
    return None if (stated["recognising"], stated["total"]) == (tally["recognising"], tally["members"]) else stated

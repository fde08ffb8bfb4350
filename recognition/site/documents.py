"""What each document says of an event: publisher, title and day, whose words it has, and the day that it gives for the event."""

from __future__ import annotations

from collections.abc import Callable

from datasette.app import Datasette
from markupsafe import Markup, escape

from recognition.dates import said

from .database import Row, grouped, kept, rows
from .evidence import Record, cited

ENGLISH = "en"
TOLD = """
select t.event_id, t.record_id, e.date, k.said as speaker, t.says, t.day, t.words, t.translation,
       r.publisher, r.title, r.published_on, r.language, r.url
from event_records t join record_kinds k on k.kind = t.kind join events e on e.id = t.event_id
join records r on r.id = t.record_id order by t.event_id, t.position
"""


async def told_by_event(datasette: Datasette) -> dict[str, list[Row]]:
    """What each document says of an event, the rows of TOLD by the event's id, read once for an edition."""

    async def read() -> dict[str, list[Row]]:
        return grouped(await rows(datasette, TOLD), "event_id")

    return await kept(datasette, "documents by event", read)


async def documents(datasette: Datasette, language: Callable[[str], str]) -> dict[str, Markup]:
    """The documents of each event by its id, made once for an edition.

    `language` gives the name of a language by its code.
    """

    async def read() -> dict[str, Markup]:
        return {
            event: Markup("").join(shown(row, language) for row in found)
            for event, found in (await told_by_event(datasette)).items()
        }

    return await kept(datasette, "documents", read)


def shown(row: Row, language: Callable[[str], str]) -> Markup:
    """A document, a row of TOLD, as an item of a list. A title in brackets is ours, and is shown as what it describes."""
    title, code = row["title"], row["language"]
    parts = [
        cited(Record(row["publisher"], title, row["published_on"], row["url"])),
        escape(title[1:-1]) if title.startswith("[") else Markup('<cite lang="{}">{}</cite>').format(code, title),
    ]
    parts += [escape(said(row["published_on"]))] if row["published_on"] else []
    parts += [escape(f"in {language(code)}")] if code != ENGLISH else []
    parts.append(escape(f"words of {row['speaker']}"))
    told = [escape(row["says"])] if row["says"] else []
    told += [quoted(row)] if row["words"] else []
    if row["day"] and not (row["date"] or "").startswith(row["day"]):
        told.append(escape(f"It gives {said(row['day'])}."))
    line = Markup(" · ").join(parts)
    return (
        Markup("<li>{}<br>{}</li>").format(line, Markup(" ").join(told)) if told else Markup("<li>{}</li>").format(line)
    )


def quoted(row: Row) -> Markup:
    """The document's own words, in its language, and what they are in English."""
    words = Markup('Its words: <q lang="{}">{}</q>').format(row["language"], row["words"])
    english = Markup(" (in English: <q>{}</q>)").format(row["translation"]) if row["translation"] else Markup("")
    return words + english + "."

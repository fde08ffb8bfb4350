"""What feeds tell of editions: what each changed, whose status is another one since, and which facts were corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datasette.app import Datasette
from markupsafe import Markup

from recognition.change_words import capital, counted, in_short, of_day, told_now
from recognition.edition_files import Changes, Manifest

from .database import Row, grouped, rows
from .editions import edition_said, present_rows, recorded
from .evidence import Record, known_records
from .feed_entry import Entry, as_list, documented, listed, urn

FORMER = "select table_name, former, key from former_keys"
COUNTRIES = "select id, name from countries"
LONGEST_LIST = 25  # numbers of organisations in an entry; all of them are on its page


@dataclass(frozen=True)
class Told:
    """What entries of all editions are made with. `about` is the id of the subject; names of countries and documents are by id."""

    about: str
    site: Datasette
    countries: dict[str, str]
    records: dict[str, Record]
    whom: dict[str, list[Row]]  # rows with id and name of the countries that an event is about, by event
    former: dict[tuple[str, str], str]  # keys of today by table and earlier key
    present: frozenset[str]  # the addresses of rows that there are

    def now(self, table: str, key: str) -> str:
        """The key of today of what had this one."""
        return self.former.get((table, key), key)

    def concerned(self, row: Row) -> dict[str, str]:
        """The countries that a correction concerns, names by id: those of its event, or those that its key names."""
        if row["table"] == "events":
            return {one["id"]: one["name"] for one in self.whom.get(self.now("events", row["key"]), [])}
        parts = [self.now("countries", part) for part in row["key"].split(",")]
        return {part: self.countries[part] for part in parts if part in self.countries}

    def path(self, row: Row, otherwise: str) -> str:
        """The page of the row that was corrected; `otherwise` where it is gone or has none of its own."""
        start, _, key = row["address"].rpartition("/")
        known = (row["address"], f"{start}/{self.now(row['table'], key)}")
        return next((path for path in known if path in self.present), otherwise)

    def link(self, path: str, words: str) -> Markup:
        """A link with its whole address, as readers of feeds want it."""
        return Markup('<a href="{}">{}</a>').format(str(self.site.absolute_url(None, path)), words)


async def edition_entries(datasette: Datasette, about: str, whom: list[Row]) -> list[Entry]:
    """An entry for each edition whose changes are written down, for each state that has another status by it, for each correction.

    `about` is the id of the subject, `whom` rows with event_id, id and name of the countries that events are about. The
    newest edition comes first; each has the day on which it was published.
    """
    known, countries = await recorded(datasette), await rows(datasette, COUNTRIES)
    told = Told(
        about, datasette, {row["id"]: row["name"] for row in countries}, await known_records(datasette), grouped(whom, "event_id"),
        {(row["table_name"], row["former"]): row["key"] for row in await rows(datasette, FORMER)}, await present_rows(datasette),
    )  # fmt: skip
    return [
        entry for number, changes in known.changes.items() for entry in of_edition(told, known.manifests[number], changes)
    ]  # fmt: skip


def of_edition(told: Told, manifest: Manifest, changes: Changes) -> Iterator[Entry]:
    """The entries of one edition: the edition, states by their names in `changes`, corrections in their order."""
    number, title, day = str(manifest["number"]), capital(edition_said(manifest)), manifest["published_on"]
    page = f"/changes/{number}"
    all_of_it = Markup("<p>{}.</p>").format(told.link(page, f"All that {edition_said(manifest)} changed"))

    def entry(
        key: tuple[str, ...], kind: str, words: str, path: str, content: Markup, countries: dict[str, str],
        record: Record | None = None,
    ) -> Entry:  # fmt: skip
        sources = [documented(record)] if record else []
        body = Markup("\n").join(filter(None, (content, listed(sources), all_of_it)))
        addresses = tuple((link, text) for link, text in sources if link)
        return Entry(
            urn(told.about, "editions", number, *key), day, day, kind, "", words, path, countries, addresses, None, body
        )

    short = Markup("<p>{}</p>").format(in_short(changes))
    yield entry((), "edition", f"{title}: what changed", page, short + numbers(changes["tallies"]), {})
    for country, found in grouped(changes["statuses"], "country").items():
        now = told.now("countries", country)
        if now in told.countries:
            name = told.countries[now]
            lines = as_list([row["words"] for row in found])
            several = f"another status of {name} under {counted(len(found), 'rule')}"
            words = f"{title}: {several if len(found) > 1 else found[0]['words']}"
            path = f"/recognition/countries/{now}"
            yield entry(("status", country), "another status", words, path, lines, {now: name})
    for row in changes["corrections"]:
        record = told.records.get(told.now("records", row["record"] or ""))
        told_as = told_now(row["words"], row["column"])
        content = Markup("<p>{}.</p>\n<p>Why: {}</p>").format(told_as, capital(row["why"]))
        key = ("corrections", row["table"], row["key"], row["column"])
        words = f"Corrected: {told_as}"
        yield entry(key, "correction", words, told.path(row, page), content, told.concerned(row), record)


def numbers(tallies: list[Row]) -> Markup:
    """What is counted otherwise, as a list; nothing where all numbers are the same."""
    if not tallies:
        return Markup("")
    shown = [row["words"] for row in tallies[:LONGEST_LIST]]
    more = [f"and {len(tallies) - LONGEST_LIST} more"] if len(tallies) > LONGEST_LIST else []
    return Markup("\n<p>Counted otherwise{}:</p>\n").format(of_day(tallies)) + as_list([*shown, *more])

"""What the feeds tell: each act that changed a status and each claim on a recognition, with what it changed and who says so.

What editions changed and corrected comes with them, at the day of the edition.
"""

from __future__ import annotations

from collections.abc import Callable

from datasette.app import Datasette
from markupsafe import Markup

from recognition.dates import said
from recognition.serving.turns import give_way
from recognition.vocabulary import UN, UN_MEMBER

from . import acts
from .asked import subject
from .database import Row, grouped, kept, on_day, rows, rows_of_each
from .evidence import known_records, lines_of, passage_path, passages, records
from .feed_editions import edition_entries
from .feed_entry import Entry, as_list, documented, listed, urn

# `day` is the first on which it can have been: that of its date, or, where it answers, that of what it answers. A key
# that a row had before is the one that its id is made of.
EVENTS = """
select e.id, coalesce((select min(former) from former_keys where table_name = 'events' and key = e.id), e.id) as first_key,
       e.kind, e.title, k.said, e.date, e.date_precision, e.counts_from, e.claimant,
       coalesce(w.name_in_sentence, e.claimant) as claimant_in_sentence, e.claimant = c.name as by_itself,
       e.country_id, c.name, (select count(*) from event_countries x where x.event_id = e.id) as states,
       a.date as answered_on, a.claimant as answered, e.passage_id, e.quote, e.records, e.note, e.updates,
       max(e.earliest_day, coalesce(a.earliest_day, ''),
           coalesce((select max(y.earliest_day) from event_countries x join events y on y.id = x.answers
                     where x.event_id = e.id), '')) as day
from events e join event_kinds k on k.kind = e.kind left join countries c on c.id = e.country_id
left join countries w on w.name = e.claimant left join events a on a.id = e.answers
where e.date is not null and (k.claim or exists (select 1 from statuses where event_id = e.id))
order by day desc, e.position desc
"""
UNDATED = """
select count(*) as number from events e join event_kinds k on k.kind = e.kind and k.claim where e.date is null
"""
COUNTRIES = """
select a.event_id, c.id, c.name
from (select id as event_id, country_id from events where country_id is not null
      union select event_id, country_id from event_countries) a
join countries c on c.id = a.country_id order by c.sort_name
"""
# What each event changed, by rule; the UN's members that recognise before and after the day, where it is one of them. A
# territory has the status of the state that represents it, and no change of its own.
CHANGES = f"""
select s.event_id, r.title, s.status, s.since, b.status as before, c.name, t.recognising, coalesce(u.recognising, 0) as was,
       m.country_id is not null as counted
from statuses s join rules r on r.id = s.rule_id join countries c on c.id = s.country_id and c.represented_by is null
left join statuses b on b.rule_id = s.rule_id and b.country_id = s.country_id and b.until = s.since
left join memberships m on m.organisation_id = :un and m.country_id = s.country_id and {on_day("m", "s.since")}
left join tally_history t on t.rule_id = s.rule_id and t.organisation_id = :un and {on_day("t", "s.since")}
left join tally_history u on u.rule_id = s.rule_id and u.organisation_id = :un and u.until = s.since
where s.event_id is not null order by r.position
"""
MEMBERSHIPS = "select organisation_id, country_id, since, until from memberships"


async def entries(datasette: Datasette) -> list[Entry]:
    """All entries, the newest first; made once for an edition."""

    async def make() -> list[Entry]:
        about = (await subject(datasette))["country_id"]
        events, countries, changes = await rows_of_each(datasette, (EVENTS, {}), (COUNTRIES, {}), (CHANGES, {"un": UN}))
        countries_of, changes_of = grouped(countries, "event_id"), grouped(changes, "event_id")
        made = []
        for event in events:
            named = {row["id"]: row["name"] for row in countries_of.get(event["id"], [])}
            made.append(await entry(datasette, event, named, changes_of.get(event["id"], []), about))
            await give_way()
        made += await edition_entries(datasette, about, countries)
        return sorted(made, key=lambda one: one.day, reverse=True)

    return await kept(datasette, "entries of feeds", make)


async def number_undated(datasette: Datasette) -> int:
    """How many claims have no day, and so no place in a feed."""

    async def read() -> int:
        return int((await rows(datasette, UNDATED))[0]["number"])

    return await kept(datasette, "claims without a day", read)


async def of_country(datasette: Datasette, country: Row) -> list[Entry]:
    """The entries about a country, a row with id, name and represented_by, about the state that represents it, or by what it claims."""
    about = {country["id"], country["represented_by"]}
    return [one for one in await entries(datasette) if about & one.countries.keys() or one.claimant == country["name"]]


async def of_members(datasette: Datasette, organisation: Row) -> list[Entry]:
    """The entries about states that were members on that day of an organisation, a row with id and name; and what it claims itself."""

    async def read() -> dict[str, list[Row]]:
        return grouped(await rows(datasette, MEMBERSHIPS), "organisation_id")

    periods = grouped((await kept(datasette, "memberships", read)).get(organisation["id"], []), "country_id")

    def concerns(one: Entry) -> bool:
        return one.claimant == organisation["name"] or any(
            (period["since"] or "") <= one.counts_from
            and (period["until"] is None or one.counts_from < period["until"])
            for country in one.countries
            for period in periods.get(country, [])
        )

    return [one for one in await entries(datasette) if concerns(one)]


async def entry(datasette: Datasette, event: Row, named: dict[str, str], changes: list[Row], about: str) -> Entry:
    """An event of EVENTS as an entry; `named` are the countries that it is about, `about` is the id of the subject."""

    def address(path: str) -> str:
        return str(datasette.absolute_url(None, path))

    sources = [documented(one) for one in records(event, await known_records(datasette))]
    place = passage_path(event["passage_id"], event["quote"]) if event["passage_id"] else None
    parts = [when(event), *words(event)]
    if place:
        first, last = lines_of((await passages(datasette))[event["passage_id"]], event["quote"])
        lines = f"line {first}" if first == last else f"lines {first}–{last}"
        parts.append(Markup('<p>Source: <a href="{}">the article, {}</a>.</p>').format(address(place), lines))
    parts += [changed(changes, len(named)), listed(sources), dossiers(named, address)]
    few = f"{acts.about(event)}{acts.who_said_what(event)} ({said(event['date'])})"
    return Entry(
        urn(about, "events", event["first_key"]), event["day"], event["counts_from"], event["kind"], event["claimant"],
        few if named else event["title"], f"/recognition/events/{event['id']}", named,
        tuple((link, text) for link, text in sources if link), place, Markup("\n").join(filter(None, parts)),
    )  # fmt: skip


def when(event: Row) -> Markup:
    """Who says so and when, as a paragraph; of a month or a year, that nobody knows the day and where the entry is put."""
    whose = Markup("<p>{}, by {}: {}.").format(
        event["kind"].capitalize(), event["claimant_in_sentence"], said(event["date"])
    )
    known = event["date_precision"] == "day"
    return whose + (
        "" if known else f" The day is not known; the entry stands at {said(event['day'])}, the first that it can be."
    ) + Markup("</p>")  # fmt: skip


def words(event: Row) -> list[Markup]:
    """The article's words, and our note; whether the article has it at all."""
    found = [Markup("<blockquote><p>{}</p></blockquote>").format(event["quote"])] if event["quote"] else []
    if event["note"]:
        found.append(Markup("<p>Note: {}.</p>").format(event["note"]))
    if event["updates"]:
        found.append(Markup("<p>It is not in the article.</p>"))
    return found


def changed(changes: list[Row], states: int) -> Markup:
    """What an event changed under which rule, as a list; rows of CHANGES. `states` is of how many states it speaks."""
    if not changes:
        return Markup("<p>It changes no status under any rule.</p>")
    told = []
    for change in changes:
        whose = f"{change['name']}: " if states > 1 else ""
        before = f", before: {change['before']}" if change["before"] else ""
        number = ""
        if change["counted"]:
            moved = f"{change['was']} → {change['recognising']}"
            same = change["was"] == change["recognising"]
            number = f"; {UN_MEMBER}s that recognise: {'still ' if same else ''}{change['was'] if same else moved}"
        text = f"{whose}{change['status']} from {said(change['since'])}{before}{number}"
        told.append(f"‘{change['title']}’: {text}")
    return Markup("<p>What it changes, and the number before and after that day:</p>\n") + as_list(told)


def dossiers(named: dict[str, str], address: Callable[[str], str]) -> Markup:
    """Links to all that is known of the states that an event is about."""
    link = Markup('<a href="{}">{}</a>')
    links = [link.format(address(f"/recognition/countries/{id_}"), name) for id_, name in named.items()]
    return Markup("<p>More: {}.</p>").format(Markup(", ").join(links)) if links else Markup("")

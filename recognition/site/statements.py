"""The position statements: whole, with who speaks, how that one stands, its themes and the groups that it is a member of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from datasette.app import Datasette
from markupsafe import Markup, escape

from .asked import Asked
from .database import Row, grouped, kept, on_day, rows, rows_of_each
from .search_terms import fts_query

STATEMENTS = """
select p.id, p.number, p.title, p.list, p.text, p.text as quote, p.passage_id, p.country_id, p.organisation_id, c.region,
       r.name as through
from positions p left join countries c on c.id = p.country_id left join countries r on r.id = c.represented_by order by p.number
"""
THEMES = """
select w.position_id, w.theme_id as id, t.title, t.description, w.quote, w.note
from position_themes w join themes t on t.id = w.theme_id order by w.position_id, t.title
"""
STANDINGS = f"select country_id, status from statuses s where rule_id = :rule and {on_day('s')}"
MEMBERS = f"""
select m.country_id, m.organisation_id as id, o.name from memberships m join organisations o on o.id = m.organisation_id
where {on_day("m")} order by o.number
"""
FOUND = """
select rowid as number, highlight(positions_fts, 1, char(2), char(3)) as marked
from positions_fts where positions_fts match :match order by bm25(positions_fts, 4, 1, 2)
"""
# By the article's table in which a statement stands, who speaks in it.
SPEAKERS: dict[str, str] = {
    "not_recognising": "UN members that the article lists as not recognising", "other_groups": "other states and groups",
    "organisations": "organisations",
}  # fmt: skip
# What statements can be narrowed by: the parameter, and the values that a statement has of it as (value, label).
FACETS: dict[str, Callable[[Row], list[tuple[str, str]]]] = {
    "theme": lambda row: [(theme["id"], theme["title"]) for theme in row["themes"]],
    "status": lambda row: [(row["status"], row["status"])] if row["status"] else [],
    "region": lambda row: [(row["region"], row["region"])] if row["region"] else [],
    "organisation": lambda row: [(group["id"], group["name"]) for group in row["groups"]],
    "speaker": lambda row: [(row["list"], SPEAKERS[row["list"]])],
}


async def read_statements(datasette: Datasette, ask: Asked) -> list[Row]:
    """All statements in the article's order, with `themes` (id, title, description, quote, note), `status` and `groups`.

    `status` is that of the speaker under the rule and on the day, None for organisations; `groups` (id, name) are those
    whose member it is on the day. `marked` is the text as HTML.
    """

    async def read() -> list[Row]:
        found, themes = await rows_of_each(datasette, (STATEMENTS, {}), (THEMES, {}))
        of_each = grouped(themes, "position_id")
        return [{**row, "themes": of_each.get(row["id"], [])} for row in found]

    asked = {"rule": ask.rule, "as_of": ask.as_of}
    standings, members = await rows_of_each(datasette, (STANDINGS, asked), (MEMBERS, asked))
    status = {row["country_id"]: row["status"] for row in standings}
    groups = grouped(members, "country_id")
    return [
        {**row, "status": status.get(row["country_id"]), "groups": groups.get(row["country_id"], []), "marked": escape(row["text"])}
        for row in await kept(datasette, "statements", read)
    ]  # fmt: skip


async def searched(datasette: Datasette, statements: list[Row], words: str) -> list[Row]:
    """The statements that have all the words, the best first, with the words marked; all of them for no words."""
    if not words.strip():
        return statements
    by_number = {row["number"]: row for row in statements}
    found = await rows(datasette, FOUND, match=fts_query(words))
    return [
        {**by_number[hit["number"]], "marked": marked(hit["marked"])} for hit in found if hit["number"] in by_number
    ]


def marked(text: str) -> Markup:
    """A text in which the index set two control characters around each hit, as HTML with <mark>."""
    return Markup(escape(text).replace("\2", Markup("<mark>")).replace("\3", Markup("</mark>")))


def with_words_marked(text: str, words: str) -> Markup:
    """The text as HTML, `words` that are in it to the letter marked."""
    before, found, after = text.partition(words)
    return escape(before) + (Markup("<mark>{}</mark>").format(found) if found else Markup("")) + escape(after)


def narrowed(statements: list[Row], chosen: dict[str, str], but: str = "") -> list[Row]:
    """The statements that have every chosen value; `but` names a facet whose choice does not count."""
    kept_ = [(name, value) for name, value in chosen.items() if value and name != but]
    return [row for row in statements if all(value in dict(FACETS[name](row)) for name, value in kept_)]


def facets(statements: list[Row], chosen: dict[str, str]) -> dict[str, list[Row]]:
    """By facet, its values with `label` and how many statements have it among those that the other choices leave."""
    found = {}
    for name, values_of in FACETS.items():
        labels: dict[str, str] = {}
        counted: Counter[str] = Counter()
        for row in narrowed(statements, chosen, but=name):
            for value, label in values_of(row):
                labels[value] = label
                counted[value] += 1
        ordered = sorted(counted, key=lambda value: (-counted[value], labels[value]))
        found[name] = [{"value": value, "label": labels[value], "statements": counted[value]} for value in ordered]
    return found


def as_data(statement: Row) -> Row:
    """A statement for JSON and CSV: its themes as their keys in an array."""
    columns = ("id", "title", "country_id", "organisation_id", "list", "region", "status", "text", "passage_id")
    return {name: statement[name] for name in columns} | {
        "themes": json.dumps([theme["id"] for theme in statement["themes"]])
    }

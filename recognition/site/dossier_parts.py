"""What the dossiers of countries, organisations and rules share: their rows, statements, names and neighbours."""

from __future__ import annotations

import json
from collections.abc import Iterable

from datasette.app import Datasette

from .asked import Asked
from .database import Row, grouped, kept, rows, rows_of_each

# Each question may use :id, :rule, :as_of, and :country or :organisation, which are null on pages of another kind.
STATEMENT = """
select p.list, p.text, p.text as quote, p.named_as, p.passage_id,
       (select a.text like '![]%' from passages a where a.id = p.passage_id) as lost,
       (select json_group_array(json_object('id', t.id, 'title', t.title, 'description', t.description, 'quote', w.quote, 'note', w.note))
        from position_themes w join themes t on t.id = w.theme_id where w.position_id = p.id) as themes
from positions p where p.country_id = :country or p.organisation_id = :organisation
"""
FINDINGS = """
select a.title, a.outcome, a.finding, a.passage_id from audit a left join passages p on p.id = a.passage_id
where a.country_id = :country or a.organisation_id = :organisation
order by a.passage_id is null, p.first_line, a.id
"""
# What is before and after a row: the tables in the order in which a reader goes through them.
IN_TABLE = {
    "countries": "select id, name from countries order by sort_name",
    "organisations": "select id, name from organisations order by lower(name)",
    "rules": "select id, title as name from rules order by position",
}
# CLDR's languages as a reader calls them.
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bs": "Bosnian", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fr": "French", "hr": "Croatian", "hu": "Hungarian", "is": "Icelandic",
    "it": "Italian", "mk": "Macedonian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ru": "Russian", "sl": "Slovene", "sq": "Albanian", "sr": "Serbian", "sr_Latn": "Serbian in Latin letters",
    "te": "Telugu", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese", "zh_Hant": "Chinese in traditional characters",
}  # fmt: skip


async def rows_by_question(
    datasette: Datasette, questions: dict[str, str], key: str, kind: str, ask: Asked
) -> dict[str, list[Row]]:
    """The rows of each question by its name; `kind` says what has the key: 'country', 'organisation' or 'rule'."""
    parameters = {
        "country": key if kind == "country" else None, "organisation": key if kind == "organisation" else None,
        "id": key, "rule": ask.rule, "as_of": ask.as_of,
    }  # fmt: skip
    found = await rows_of_each(datasette, *((sql, parameters) for sql in questions.values()))
    return dict(zip(questions, found, strict=True))


def statement(found: dict[str, list[Row]]) -> Row | None:
    """What the article says that the country or organisation says, its `themes` as a list of rows; None if nothing."""
    return next(({**row, "themes": json.loads(row["themes"])} for row in found["statement"]), None)


async def neighbours(datasette: Datasette, table: str, key: str) -> dict[str, Row | None]:
    """The rows `previous` and `following` of a table in its order for readers, with id and name; None at the ends."""

    async def read() -> list[Row]:
        return await rows(datasette, IN_TABLE[table])

    ordered = await kept(datasette, ("in the order for readers", table), read)
    place = next(place for place, row in enumerate(ordered) if row["id"] == key)
    return {
        "previous": ordered[place - 1] if place else None,
        "following": ordered[place + 1] if place + 1 < len(ordered) else None,
    }


def language(code: str) -> str:
    """The English name of a language by its code in CLDR; the code where it is not among LANGUAGES."""
    return LANGUAGES.get(code, code)


def names_by_kind(names: list[Row]) -> dict[str, list[Row]]:
    """Names by kind. Each gets `languages`, in words, and `lang`, the first of them as an HTML attribute, or None."""
    for name in names:
        codes = (name.get("language") or "").split()
        name["lang"] = codes[0].replace("_", "-") if codes else None
        name["languages"] = ", ".join(map(language, codes))
    return grouped(names, "kind")


def together(by_rules: Iterable[Row], *columns: str) -> list[Row]:
    """Rows of several rules, those with the same values in `columns` as one: the first of them, with `rules`.

    Each row has `rule` and `title`. `rules` are the rows {"id", "title"} of the rules that say the same; `everywhere`
    says whether these are all rules that there are, more than one.
    """
    groups: list[Row] = []
    for row in by_rules:
        same = next((group for group in groups if all(group[column] == row[column] for column in columns)), None)
        if same is None:
            same = {**row, "rules": []}
            groups.append(same)
        same["rules"].append({"id": row["rule"], "title": row["title"]})
    return [{**group, "everywhere": len(groups) == 1 and len(group["rules"]) > 1} for group in groups]

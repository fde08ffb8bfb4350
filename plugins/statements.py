"""What countries and organisations say: their statements, searched and narrowed, side by side, and by the themes that they use."""

from __future__ import annotations

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, NotFound, Request, Response

try:
    from recognition.site.asked import SHOWN, chosen_among, question
    from recognition.site.database import Row, rows
    from recognition.site.formats import ENDING, page_or_data
    from recognition.site.names import keys_of, spelled
    from recognition.site.search_terms import LONGEST
    from recognition.site.statements import (
        FACETS,
        as_data,
        facets,
        narrowed,
        read_statements,
        searched,
        with_words_marked,
    )
    from recognition.vocabulary import STATUSES
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

THEMES = "select id, title, description from themes order by title"
BESIDE_AT_MOST = 4  # statements that are shown side by side


async def statements_page(datasette: Datasette, request: Request) -> Response:
    """The statements that have the words and the values that a reader chose, and some of them side by side."""
    ask = await question(datasette, request)
    q = (request.args.get("q") or "")[:LONGEST].strip()
    known = await read_statements(datasette, ask)
    chosen = chosen_by(request, known) | {"organisation": ask.organisation or ""}
    found = await searched(datasette, known, q)
    shown = narrowed(found, chosen)
    filtered = {name: value for name, value in {"q": q, **chosen}.items() if value}
    beside = await chosen_beside(datasette, request, known)
    context = {
        **ask.context, "words": q, "chosen": chosen, "filtered": filtered, "facets": facets(found, chosen), "shown": shown,
        "total": len(shown), "all": len(known), "beside": beside, "beside_at_most": BESIDE_AT_MOST,
        "statements": [as_data(row) for row in shown],
    }  # fmt: skip
    keys = ("rule", "as_of", "notes", "filtered", "total", "all", "statements")
    csv_rows: list[Row] = context["statements"]
    return await page_or_data(
        datasette, request, "statements.html", context, keys, csv_rows, [ask.told_rule, *filtered.values()], ask.as_of
    )


def chosen_by(request: Request, known: list[Row]) -> dict[str, str]:
    """By facet, the value that a reader chose, '' where none; but the organisation, which is asked for as on every page."""
    chosen = {}
    for name, values_of in FACETS.items():
        if name != "organisation":
            labels = {value: label for row in known for value, label in values_of(row)}
            labels |= dict(zip(STATUSES, STATUSES, strict=True)) if name == "status" else {}
            chosen[name] = chosen_among(request, name, dict(sorted(labels.items())))
    return chosen


async def chosen_beside(datasette: Datasette, request: Request, known: list[Row]) -> list[Row]:
    """The statements that the parameter `beside` names, by keys or names with commas between; BadRequest for others."""
    names = [name.strip() for name in (request.args.get("beside") or "").split(",") if name.strip()]
    by_id = {row["id"]: row for row in known}
    meant = {**await keys_of(datasette, "organisations"), **await keys_of(datasette, "countries")}
    found = []
    for name in dict.fromkeys(names):
        key = name if name in by_id else meant.get(spelled(name), "")
        if key not in by_id:
            raise BadRequest(
                f"beside must name countries or organisations with a statement; {name[:SHOWN]!r} has none."
            )
        found.append(by_id[key])
    if len(found) > BESIDE_AT_MOST:
        raise BadRequest(f"beside may name {BESIDE_AT_MOST} statements at most, not {len(found)}.")
    return found


async def themes_page(datasette: Datasette, request: Request) -> Response:
    """All themes, each with how many statements use it."""
    ask = await question(datasette, request)
    statements = await read_statements(datasette, ask)
    themes = [{**theme, "statements": len(using(statements, theme["id"]))} for theme in await rows(datasette, THEMES)]
    context = {**ask.context, "themes": themes, "without": [row for row in statements if not row["themes"]]}
    return await page_or_data(datasette, request, "themes.html", context, ("themes",), themes)


async def theme_page(datasette: Datasette, request: Request) -> Response:
    """Everybody who uses one argument, with the words that it rests on."""
    ask = await question(datasette, request)
    key = request.url_vars["theme"]
    themes = await rows(datasette, THEMES)
    theme = next((row for row in themes if row["id"] == key), None)
    if theme is None:
        raise NotFound(f"No theme {key[:SHOWN]!r}. There are: {', '.join(row['id'] for row in themes)}.")
    users = using(await read_statements(datasette, ask), key)
    data = [{**as_data(row), "quote": row["rests_on"], "note": row["note"]} for row in users]
    context = {**ask.context, "theme": theme, "themes": themes, "users": users, "statements": data}
    keys = ("rule", "as_of", "notes", "theme", "statements")
    return await page_or_data(datasette, request, "theme.html", context, keys, data, [key, ask.told_rule], ask.as_of)


def using(statements: list[Row], theme: str) -> list[Row]:
    """The statements that use a theme, each with `rests_on`, its words, marked in the text, and the `note` on that."""
    return [
        {**row, "rests_on": one["quote"], "note": one["note"], "marked": with_words_marked(row["text"], one["quote"])}
        for row in statements for one in row["themes"] if one["id"] == theme
    ]  # fmt: skip


@hookimpl
def register_routes() -> list[tuple]:
    return [
        (r"^/statements" + ENDING, statements_page),
        (r"^/themes" + ENDING, themes_page),
        (r"^/themes/(?P<theme>[^/.]+)" + ENDING, theme_page),
    ]

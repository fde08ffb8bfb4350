"""The pages of tables, rows and SQL: which columns are shown, and rows as markup."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import Filters
from datasette.utils import (
    MultiParams,
    append_querystring,
    path_from_row_pks,
    path_with_replaced_args,
    tilde_encode,
)
from datasette.utils.asgi import Request
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

try:
    from recognition.site import evidence
    from recognition.site.cells import LONGEST_CELL, attributes_of, called, quoted, text_of
    from recognition.site.database import kept, rows
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

ROWS_AT_ONCE = 100  # and values of facets, of a page that is made without a thread
CODE = "iso3"  # how the names of columns end that hold codes
COLUMN_CHOICES = ("_col", "_nocol", "_columns", "_next")
# What the numbers in a row are about, for programs that check them: by table, the attribute that has the key of the row.
MARKS = {"organisations": "data-organisation", "published_counts": "data-published"}
# The names of what columns such as rule_id and other_rule_id refer to; those of a view have no foreign key that says so.
KEYS = {"rule": "rules", "organisation": "organisations", "country": "countries", "source": "sources"}
NAMED = KEYS | {"passage": "passages"}  # tables of what an answer names in one column, with its key in another
NAMES_OF_KEYS = """
select 'rule' as what, id, title as name from rules union all select 'organisation', id, name from organisations
union all select 'country', id, name from countries union all select 'source', id, title from sources
"""

LabelOf = Callable[[str, object], str]
Column = dict[str, Any]  # see `display_columns` in recognition/serving/checked_pages.py


def names_of(metadata: Mapping[str, Any]) -> Callable[[str], str]:
    """The function that gives what a reader calls a column of a table: as metadata.yml says in `called`, else by its name."""
    given: dict[str, str] = metadata.get("called") or {}
    return lambda column: given.get(column) or called(column)


def what(column: str) -> str:
    """What the keys in a column are of: 'rule' for rule_id and other_rule_id; '' for a column without keys."""
    stem = column.removesuffix("_id").removeprefix("other_")
    return stem if column.endswith("_id") and stem in KEYS else ""


async def labels(datasette: Datasette) -> LabelOf:
    """The function that gives the name of a key in a column: 'The list today' for latest in rule_id; any other value as text."""

    async def read() -> dict[tuple[str, str], str]:
        return {(row["what"], row["id"]): row["name"] for row in await rows(datasette, NAMES_OF_KEYS)}

    known = await kept(datasette, "names of keys", read)
    return lambda column, value: known.get((what(column), str(value)), str(value))


def chosen_filters(
    request: Request, filters: Filters, names: Callable[[str], str], label_of: LabelOf
) -> list[tuple[str, str]]:
    """What the rows of a table are filtered and searched by: each in words, with the path of this page without it."""
    pairs = parse_qsl(request.query_string, keep_blank_values=True)
    chosen = []
    for name, value in pairs:
        if words := in_words(name, value, filters, names, label_of):
            left = [pair for pair in pairs if pair != (name, value) and pair[0] != "_next"]
            chosen.append((words, request.path + (f"?{urlencode(left)}" if left else "")))
    return chosen


def in_words(name: str, value: str, filters: Filters, names: Callable[[str], str], label_of: LabelOf) -> str:
    """A filter or search of a table in words; '' for a parameter that is neither."""
    if name.startswith("_search") and name != "_searchmode":
        return f"search for {value}" if value else ""
    if name == "_through":
        return f"through {value}"
    if name.startswith("_") and "__" not in name:
        return ""
    column, _, key = name.rpartition("__") if "__" in name else (name, "", "exact")
    lookup = filters._filters_by_key.get(key)
    label = label_of(column, value) if key in ("exact", "not") else value
    return str(lookup.human_clause(names(column), label)) if lookup else f"{name} = {value}"


def shown_columns(columns: list[Column], metadata: dict[str, Any], args: MultiParams) -> list[Column]:
    """The columns that a table shows, in order: those asked for, else those that metadata.yml names as `shown`.

    Where it names none, all are shown but codes beside the names of countries, which are for programs. A column that is
    filtered or sorted by is shown as well.
    """
    wanted = metadata.get("shown") or [column["name"] for column in columns if not column["name"].endswith(CODE)]
    if any(args.get(key) for key in ("_col", "_nocol", "_columns")):
        return columns
    by_name = {column["name"]: column for column in columns}
    asked = [key.split("__")[0] for key in args] + [args.get("_sort"), args.get("_sort_desc")]
    added = [name for name in asked if name in by_name and not by_name[name]["is_key"]]
    # a table whose columns follow the rules and organisations may be without one of those that are named
    return [by_name[name] for name in dict.fromkeys([*wanted, *added]) if name in by_name]


def kept_arguments(args: MultiParams) -> list[tuple[str, str]]:
    """The parameters that the form for choosing columns hands on: filters, search, order."""
    return [(key, value) for key in args if key not in COLUMN_CHOICES for value in args.getlist(key)]


@pass_context
def rows_of_table(context: Context, columns: list[Column]) -> Markup:
    """The rows of a table's page, each a <tr>. The first column is a link to the page of the row, but in views."""
    keys, refers_to, names = context["primary_keys"], context["refers_to"], names_of(context["metadata"] or {})
    table = None if context["is_view"] else context["urls"].table(context["database"], context["table"])
    first, *others = columns
    rest = [(c["name"], attributes_of(names(c["name"]), **c), refers_to.get(c["name"])) for c in others]
    start, nothing = f'<th scope="row"{attributes_of(names(first["name"]), **first)}>', f"no {names(first['name'])}"
    mark = MARKS.get(context["table"]) if any(c["name"] == "id" for c in context["display_columns"]) else None
    label_of, tables = (
        context["label_of"],
        {key: context["urls"].table(context["database"], key) for key in KEYS.values()},
    )

    def shown(column: str, value: Any, target: str | None) -> str:
        """A cell; a key in a view, which refers to nothing, with its name like any other."""
        if target or context["primary_keys"] or not isinstance(value, str) or not what(column):
            return cell(value, target)
        return cell({"value": value, "label": label_of(column, value)}, tables[KEYS[what(column)]])

    written = []
    for row in context["rows"]:
        if first["is_key"]:
            head: str = escape(path_from_row_pks(row, keys, not keys, quote=False))
        else:
            head = shown(first["name"], row[first["name"]], refers_to.get(first["name"]))
        if table:
            head = f'<a href="{table}/{path_from_row_pks(row, keys, not keys)}">{head or nothing}</a>'
        cells = [
            f"<td{attributes}>{quoted(name, shown(name, row[name], target))}</td>" for name, attributes, target in rest
        ]
        about = f' {mark}="{escape(row["id"])}"' if mark else ""
        written.append(f"<tr{about}>{start}{head}</th>{''.join(cells)}</tr>\n")
    return Markup("".join(written))


def cell(value: Any, target: str | None) -> str:
    """A cell of a table as markup; {"value": key, "label": name} is a link to that row of the table at `target`."""
    if isinstance(value, dict):
        return f'<a href="{target}/{tilde_encode(str(value["value"]))}">{escape(value["label"]) or "-"}</a>'
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return text_of(value, LONGEST_CELL)


def columns_of_query(columns: Sequence[str], saved: str | None) -> list[dict[str, Any]]:
    """The columns of an answer: what they are called, their place, and for a name that leads somewhere its key and table.

    In the answer of a saved question (`saved` is its name) 'country' beside 'country_id' is a link, and the key is left out.
    """
    places = {column: place for place, column in enumerate(columns)}
    shown = []
    for column, place in places.items():
        stem = column.removesuffix("_id")
        table = NAMED.get(stem) if saved else None
        if table and column != stem and stem in places:
            continue
        key = places.get(f"{stem}_id") if table else None
        name = called(column) if saved else column
        shown.append({"called": name, "name": column, "place": place, "key": key, "table": table})
    return shown


def rows_of_query(
    display_rows: Sequence[Sequence[Any]], columns: list[dict[str, Any]], rows: Sequence[Sequence[Any]], database: str
) -> Markup:
    """The rows of an answer, each a <tr>, with all of their text. `display_rows` has Datasette's links to binary values."""
    numbers = [isinstance(rows[0][column["place"]], int | float) if rows else False for column in columns]
    attributes = [
        attributes_of(called(column["called"]), column["name"], number) for column, number in zip(columns, numbers)
    ]
    written = []
    for displayed, values in zip(display_rows, rows):
        written.append("<tr>")
        for column, attribute in zip(columns, attributes):
            value, key = values[column["place"]], column["key"]
            text = displayed[column["place"]] if isinstance(value, bytes) else quoted(column["name"], text_of(value))
            if key is not None and text and values[key] is not None:
                text = f'<a href="{database}/{column["table"]}/{tilde_encode(str(values[key]))}">{text}</a>'
            written.append(f"<td{attribute}>{text}</td>")
        written.append("</tr>\n")
    return Markup("".join(written))


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Names for the templates. `at_once('x.html')` is include, but several times as fast: nothing in it can be awaited.

    It runs in a thread where there is much of it, so that others do not wait for the whole.
    """
    plain = env.overlay(enable_async=False)

    @pass_context
    async def at_once(context: Context, name: str) -> Markup:
        template, variables = plain.get_template(name), context.get_all()
        facets = variables.get("sorted_facet_results", ())
        if len(variables.get("rows", ())) + sum(len(facet["results"]) for facet in facets) > ROWS_AT_ONCE:
            return Markup(await asyncio.to_thread(template.render, variables))
        return Markup(template.render(variables))

    def replaced(request: Request, args: dict[str, str | None]) -> str:
        return str(datasette.urls.path(path_with_replaced_args(request, args)))

    env.filters |= {"called": called, "text_of": text_of, "tilde": tilde_encode}
    env.globals |= {
        "append_querystring": append_querystring, "at_once": at_once, "chosen_filters": chosen_filters,
        "columns_of_query": columns_of_query, "kept_arguments": kept_arguments, "names_of": names_of,
        "path_with_replaced_args": replaced,
        "rows_of_query": rows_of_query, "rows_of_table": rows_of_table, "shown_columns": shown_columns,
    }  # fmt: skip


@hookimpl
def extra_template_vars(datasette: Datasette, database: str, table: str, view_name: str) -> Any:
    """For pages of tables and rows `label_of`, see `labels`.

    On a row's page also `refers_to`, the address of the table that a column refers to, and the function `in_article`.
    """

    async def in_article(row: Mapping[str, Any]) -> Markup:
        """A link to the passage that a row is or rests on; empty where it has none."""
        passage = {"passage_id": row["id"]} if table == "passages" else dict(row)
        return await evidence.place(datasette, passage, "Read it in the article, at line")

    async def of_row() -> dict[str, Any]:
        keys = await datasette.get_database(database).foreign_keys_for_table(table)
        addresses = {key["column"]: datasette.urls.table(database, key["other_table"]) for key in keys}
        return {"refers_to": addresses, "in_article": in_article, "label_of": await labels(datasette)}

    async def of_table() -> dict[str, Any]:
        return {"label_of": await labels(datasette)}

    return of_row if view_name == "row" else of_table if view_name == "table" else {}

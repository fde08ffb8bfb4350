"""What the templates of Datasette's own pages need: which columns are shown, and the rows as markup in one go."""

import json
import re
from urllib.parse import urlsplit

from datasette import hookimpl
from datasette.utils import tilde_encode
from markupsafe import Markup, escape

LONGEST_CELL = 160  # letters of a text that a table shows; its row's page has all of them
DAY = re.compile(r"(^|_)(since|until|date|on|from)$")
ADDRESS = re.compile(r"https?://\S+")
LINK = '<a href="{}" rel="external nofollow">{}</a>'
NAMED = {"country": "countries", "organisation": "organisations", "passage": "passages"}
COLUMN_CHOICES = ("_col", "_nocol", "_columns", "_next")


def called(column):
    """What a reader calls a column: recognised on, not recognised_on."""
    return column.removesuffix("_id").replace("_", " ")


def shown_columns(display_columns, metadata, args):
    """The columns that a table shows with their places in its rows: those asked for, else those that its metadata names.

    A column that is filtered or sorted by is shown as well.
    """
    everything = list(enumerate(display_columns))
    wanted = metadata.get("shown")
    if not wanted or any(args.get(key) for key in ("_col", "_nocol", "_columns")):
        return everything
    places = {column["name"]: place for place, column in everything}
    asked = [key.split("__")[0] for key in args] + [args.get("_sort"), args.get("_sort_desc")]
    added = [name for name in asked if name in places and not display_columns[places[name]]["is_pk"]]
    return [everything[places[name]] for name in dict.fromkeys([*wanted, *added])]


def kept_arguments(args):
    """What a form that chooses columns hands on: filters, search, order."""
    return [(key, value) for key in args if key not in COLUMN_CHOICES for value in args.getlist(key)]


def text_of(value, longest=None):
    """A cell as markup: lists spelt out, addresses linked, long text cut where it has a longest."""
    if isinstance(value, Markup):
        return "" if value == "&nbsp;" else value
    value = str(value)
    if value.startswith("["):
        value = listed(value)
    if "://" in value:
        return linked(value, short=longest is not None)
    if longest and len(value) > longest:
        value = value[:longest].rsplit(" ", 1)[0] + " …"
    return escape(value)


def listed(value):
    """A JSON array of words as words; anything else as it is."""
    try:
        return ", ".join(json.loads(value))
    except (ValueError, TypeError):
        return value


def linked(text, short):
    """Text with its addresses as links, by the name of their host alone where there is little room."""
    written, end = [], 0
    for found in ADDRESS.finditer(text):
        address = found[0]
        written += [escape(text[end : found.start()])]
        written += [LINK.format(escape(address), escape(urlsplit(address).netloc if short else address))]
        end = found.end()
    return Markup("".join([*written, escape(text[end:])]))


def rows_of_table(display_rows, columns):
    """The rows of a table's page. The first column leads to the row's own page where it is not a link already."""
    first, *others = (place for place, _ in columns)
    attributes = [attributes_of(column["name"], column["type"].upper() in ("INTEGER", "REAL")) for _, column in columns]
    nothing = f"no {called(columns[0][1]['name'])}"
    written = []
    for row in display_rows:
        cells = row.cells
        key, head = cells[0], text_of(cells[first]["value"], LONGEST_CELL)
        if first and key["value_type"] == "pk":
            head = f"{key['value'].partition('>')[0]}>{head or nothing}</a>"
        written.append(f'<tr><th scope="row"{attributes[0]}>{head}</th>')
        for place, attribute in zip(others, attributes[1:]):
            value = text_of(cells[place]["value"], LONGEST_CELL)
            if value.endswith("</em>"):  # Datasette adds its key to the name of what a cell refers to
                value = value.partition("&nbsp;<em>")[0]
            written.append(f"<td{attribute}>{value}</td>")
        written.append("</tr>\n")
    return Markup("".join(written))


def columns_of_query(columns, saved):
    """The columns of an answer. In that of a saved question a name leads to what it names, in place of the key beside it."""
    places = {column: place for place, column in enumerate(columns)}
    shown = []
    for column, place in places.items():
        stem = column.removesuffix("_id")
        table = NAMED.get(stem) if saved else None
        if table and column != stem and stem in places:
            continue
        key = places.get(f"{stem}_id") if table else None
        shown.append({"called": called(column) if saved else column, "place": place, "key": key, "table": table})
    return shown


def rows_of_query(display_rows, columns, rows, database):
    """The rows of a query's page. They have no page of their own, so that no text is cut."""
    sample = rows[0] if rows else ()
    attributes = (
        [attributes_of(column["called"], isinstance(sample[column["place"]], (int, float))) for column in columns]
        if sample
        else []
    )
    written = []
    for row, values in zip(display_rows, rows):
        written.append("<tr>")
        for column, attribute in zip(columns, attributes):
            text, key = text_of(row[column["place"]]), column["key"]
            if key is not None and text and values[key] is not None:
                text = f'<a href="{database}/{column["table"]}/{tilde_encode(str(values[key]))}">{text}</a>'
            written.append(f"<td{attribute}>{text}</td>")
        written.append("</tr>\n")
    return Markup("".join(written))


def attributes_of(column, number):
    kind = ' class="number"' if number else ' class="day"' if DAY.search(column) else ""
    return f'{kind} data-name="{escape(called(column))}"'


@hookimpl
def prepare_jinja2_environment(env):
    env.filters |= {"called": called, "text_of": text_of, "tilde": tilde_encode}
    env.globals |= {
        "shown_columns": shown_columns, "kept_arguments": kept_arguments,
        "rows_of_table": rows_of_table, "columns_of_query": columns_of_query, "rows_of_query": rows_of_query,
    }  # fmt: skip


@hookimpl
def extra_template_vars(datasette, database, table, view_name):
    """On a row's page: where the keys in its columns lead."""

    async def refers_to():
        keys = await datasette.get_database(database).foreign_keys_for_table(table)
        return {"refers_to": {key["column"]: datasette.urls.table(database, key["other_table"]) for key in keys}}

    return refers_to if view_name == "row" else {}

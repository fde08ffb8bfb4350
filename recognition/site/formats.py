"""The formats of an answer: a page, or where the address ends in .json or .csv the same as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from recognition.serving import csv_answers
from recognition.serving.configuration import Label
from recognition.serving.errors import no_such_format

from .codes import codes, with_codes
from .database import Row, edition, kept
from .database import rows as rows_of
from .interface import ADDRESSES, KEYS

FORMATS = ("json", "csv")
ENDING = r"(?:\.(?P<format>[^/]*))?$"  # of the route of an address that has formats
# Pages whose data are not at their own path with .json behind it: Datasette's list of databases is at /.json.
DATA = {"/": "/index.json", "/api": "/openapi.json"}
EDITION_HEADER, KNOWN_UNTIL_HEADER = HEADERS = ("Dataset-Edition", "Dataset-Known-Until")
EDITION = "select e.number, e.published_on, e.known_until, s.country_id as subject from edition e, subject s"


async def this_edition(datasette: Datasette) -> Row:
    """The edition that is served: number, published_on and known_until (ISO days), checksum (the file's SHA-256), subject."""

    async def read() -> Row:
        return (await rows_of(datasette, EDITION))[0] | {"checksum": edition(datasette)}

    return await kept(datasette, "edition", read)


async def edition_headers(datasette: Datasette) -> dict[str, str]:
    """The headers by which an answer without room for it in its rows says which edition it is from."""
    about = await this_edition(datasette)
    return {
        EDITION_HEADER: f"{about['number']}; {about['published_on']}",
        KNOWN_UNTIL_HEADER: about["known_until"],
    }


async def label(datasette: Datasette) -> Label:
    """Files with rows are called '<subject>-<what it is>-edition-<number>-<day>', and their headers say the edition."""
    about = await this_edition(datasette)
    edition, day = f"-edition-{about['number']}", f"-{about['published_on']}"
    return Label(f"{about['subject']}-", edition, day, await edition_headers(datasette), about["published_on"])


def asked_format(request: Request, formats: Sequence[str] = FORMATS) -> str | None:
    """The format that the address ends in, None for the page; NotFound where it is none of `formats`.

    The route of the address ends with ENDING.
    """
    form: str | None = request.url_vars.get("format")
    if form is not None and form not in formats:
        raise no_such_format(form, formats)
    return form


def data_path(path: str) -> str:
    """The path of the JSON with what the page at `path` shows: '/list/eu.json'."""
    return DATA.get(path) or f"{path}.json"


async def as_json(datasette: Datasette, data: Row) -> Response:
    """`data` as JSON, after the edition of the database that it was read from; with the codes of each country that it names."""
    data = with_codes(data, await codes(datasette))
    return Response.json(await told_of_edition(datasette) | data, headers=await edition_headers(datasette))


async def told_of_edition(datasette: Datasette) -> Row:
    """What JSON says of the edition before all else: checksum, number, day, known until."""
    about = await this_edition(datasette)
    return {
        "edition": about["checksum"], "edition_number": about["number"], "edition_day": about["published_on"],
        "known_until": about["known_until"],
    }  # fmt: skip


async def as_csv(
    datasette: Datasette,
    request: Request,
    rows: Sequence[Row],
    chosen: Iterable[str | None] = (),
    day: str | None = None,
) -> Response:
    """Rows as CSV (RFC 4180), headers with the edition. Its columns are the keys of the first row, which all rows have, and
    the codes of the countries that they name; without rows, those that interface.py describes.

    The file is named by the address of the request, by what the reader has `chosen` and by the ISO `day` that is asked for;
    `_bom`, `_dl` and `_header` ask for a form that Excel opens, for a download, and for no names of columns.
    """
    args, rows = request.args, with_codes(rows, await codes(datasette))
    columns = list(rows[0]) if rows else await described_columns(datasette, request.path)
    for_excel = csv_answers.is_for_excel(args)
    head = [columns] if csv_answers.has_head(args) else []
    text = csv_answers.text_of_rows([*head, *([row[column] for column in columns] for row in rows)], for_excel)
    name = "-".join([request.path.strip("/").removesuffix(".csv"), *filter(None, chosen)])
    headers = csv_answers.headers(args, name, await label(datasette), day)
    return Response(
        csv_answers.BOM + text if for_excel else text, headers=headers, content_type=csv_answers.CONTENT_TYPE
    )


async def described_columns(datasette: Datasette, path: str) -> list[str]:
    """The columns of the CSV at a path, as interface.py describes it."""
    page = path.removesuffix(".csv")
    alike = [one for one in ADDRESSES if one.rows and re.fullmatch(re.sub(r"\{\w+\}", "[^/.]+", one.path), page)]
    row: Row = {}
    for name in min(alike, key=lambda one: one.path.count("{")).rows or ():
        each = await rows_of(datasette, KEYS["rules"]) if "{rule}" in name else [{"id": ""}]
        row |= {name.replace("{rule}", rule["id"]): None for rule in each}
    return list(with_codes(row, await codes(datasette)))


async def page_or_data(
    datasette: Datasette,
    request: Request,
    template: str,
    context: Row,
    json_keys: Iterable[str],
    csv_rows: Sequence[Row],
    chosen: Iterable[str | None] = (),
    day: str | None = None,
) -> Response:
    """The page of `template`, or data in the format that the address asks for: `json_keys` of `context`, or `csv_rows`.

    `chosen` and `day` name the file of a CSV, see `as_csv`.
    """
    form = asked_format(request)
    if form == "json":
        return await as_json(datasette, {key: context[key] for key in json_keys})
    if form == "csv":
        return await as_csv(datasette, request, csv_rows, chosen, day)
    return Response.html(await datasette.render_template(template, context, request=request))


def without(rows: Iterable[Row], *columns: str) -> list[Row]:
    """The rows without some of their columns: those that are lists, or of no use outside of a page."""
    return [{key: value for key, value in row.items() if key not in columns} for row in rows]

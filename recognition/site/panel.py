"""What a reader asks of the panel, and its rows as CSV or JSON, made in turns with all else."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, get_args

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, AsgiWriter, BadRequest, Request

from recognition import dates
from recognition.panel import Cell, Panel, Step, days_of, read_panel, rows_of
from recognition.serving import csv_answers
from recognition.serving.turns import give_way

from .database import NAME, kept
from .formats import edition_headers, label, told_of_edition
from .names import keys_of, spelled

STEPS: tuple[Step, ...] = get_args(Step)
ROWS_AT_ONCE = 100  # that are written before others may go on: a millisecond or two
SHOWN = 40  # characters of a wrong value that its answer repeats
Bound = Literal["from", "to"]
FIRST = {4: "-01-01", 7: "-01", 10: ""}  # what makes a year, a month or a day, by its length, the first day of it


@dataclass(frozen=True)
class AskedPanel:
    """The part of the panel that a reader asks for; `first` and `last` are ISO days, both included."""

    panel: Panel
    first: str
    last: str
    step: Step
    country: str | None  # a key; None for all

    @property
    def days(self) -> list[str]:
        return days_of(self.first, self.last, self.step)

    @property
    def chosen(self) -> list[str | None]:
        """What names the file: what is not as in table `panel`."""
        begins = self.first if self.first != self.panel.first_day else None
        return [self.country, self.step if self.step != "year" else None, begins]

    @property
    def day(self) -> str | None:
        """The last day, where it is not that of table `panel`."""
        return self.last if self.last != self.panel.known_until else None

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        chosen = [one for one in self.panel.countries if self.country in (None, one.id)]
        return rows_of(self.panel, self.days, chosen)


async def panel_of(datasette: Datasette) -> Panel:
    """The panel of the database that is served."""

    async def read() -> Panel:
        found: Panel = await datasette.get_database(NAME).execute_fn(read_panel)
        return found

    return await kept(datasette, "panel", read)


async def asked_panel(datasette: Datasette, request: Request) -> AskedPanel:
    """What the parameters from, to, step and country ask for; BadRequest with a sentence where one is wrong.

    `from` and `to` are days, months or years. Days before the subject's first day and after today are left out; where there
    would be none, that is wrong.
    """
    args, panel = request.args, await panel_of(datasette)
    begin = bound(args.get("from"), "from") or panel.first_day
    named = bound(args.get("to"), "to")
    end = named or panel.known_until
    today = dates.today(panel.first_day)
    if wrong := wrong_days(panel, begin, end, today, named is not None):
        raise BadRequest(wrong)
    first, last = (min(max(day, panel.first_day), today) for day in (begin, end))
    step = (args.get("step") or "year").strip()
    if step not in STEPS:
        raise BadRequest(f"step must be one of {', '.join(STEPS)}, not {step[:SHOWN]!r}.")
    country = await asked_country(datasette, args.get("country"), panel)
    if step == "day" and country is None:
        raise BadRequest("step=day is for one country at a time: name it, such as country=ghana.")
    return AskedPanel(panel, first, last, step, country)


def wrong_days(panel: Panel, begin: str, end: str, today: str, end_is_named: bool) -> str | None:
    """Why the panel has none of the days from `begin` to `end`, both included, in a sentence; None where it has some.

    `end_is_named` says whether the reader named the end, or it is the panel's own.
    """
    if begin > today:
        return f"The panel has no day after today, {today}: from is {begin}."
    if end < panel.first_day:
        return f"The panel has no day before {panel.first_day}: to is {end}."
    if begin > end and not end_is_named:
        return f"Without to, the panel ends on {end}, until when records were looked through: from is {begin}."
    return f"from must not be later than to: from is {begin}, and to is {end}." if begin > end else None


def bound(text: str | None, parameter: Bound) -> str | None:
    """The ISO day that `from` or `to` names, the first or last one of a year or month; None for no text."""
    written = (text or "").strip()
    if not written:
        return None
    ending = FIRST.get(len(written), "?")
    if not dates.iso_day(written + ending):
        raise BadRequest(
            f"{parameter} must be a day, month or year such as 2013-07-01, 2013-07 or 2013, not {written[:SHOWN]!r}."
        )
    if parameter == "from" or not ending:
        return written + ending
    year, month = int(written[:4]), int(written[5:] or 12)
    return f"{written[:4]}-{month:02}-{calendar.monthrange(year, month)[1]}"


async def asked_country(datasette: Datasette, text: str | None, panel: Panel) -> str | None:
    """The key of the country that a reader names, by its key, a name or a code; None for no text."""
    name = (text or "").strip()
    if not name:
        return None
    key = (await keys_of(datasette, "countries")).get(spelled(name))
    if key not in {country.id for country in panel.countries}:
        raise BadRequest(
            f"country must be a country of the panel, by its name, key or code, such as ghana, not {name[:SHOWN]!r}."
        )
    return key


def in_parts(rows: Iterator[tuple[Cell, ...]]) -> Iterator[list[tuple[Cell, ...]]]:
    while part := list(islice(rows, ROWS_AT_ONCE)):
        yield part


async def panel_as_csv(datasette: Datasette, request: Request, asked: AskedPanel) -> AsgiStream:
    args = request.args
    for_excel = csv_answers.is_for_excel(args)
    name = "-".join(["panel", *filter(None, asked.chosen)])
    headers = csv_answers.headers(args, name, await label(datasette), asked.day)
    head = [asked.panel.columns] if csv_answers.has_head(args) else []

    async def write(stream: AsgiWriter) -> None:
        await stream.write((csv_answers.BOM if for_excel else "") + csv_answers.text_of_rows(head, for_excel))
        if request.method != "HEAD":
            for rows in in_parts(asked.rows()):
                text = csv_answers.text_of_rows(rows, for_excel)
                await give_way()  # before it is sent: that may wait for nobody
                await stream.write(text)

    return AsgiStream(write, headers=headers, content_type=csv_answers.CONTENT_TYPE)


async def panel_as_json(datasette: Datasette, request: Request, asked: AskedPanel) -> AsgiStream:
    """An object with the edition, what was asked for, `columns`, and `rows`, each an array of its cells."""
    about = await told_of_edition(datasette) | {
        "from": asked.first, "to": asked.last, "step": asked.step, "country": asked.country, "columns": asked.panel.columns,
    }  # fmt: skip

    async def write(stream: AsgiWriter) -> None:
        await stream.write(json.dumps(about).removesuffix("}") + ', "rows": [\n')
        between = ""
        if request.method != "HEAD":
            for rows in in_parts(asked.rows()):
                text = between + ",\n".join(map(json.dumps, rows))
                between = ",\n"
                await give_way()
                await stream.write(text)
        await stream.write("\n]}\n")

    return AsgiStream(write, headers=await edition_headers(datasette), content_type="application/json; charset=utf-8")

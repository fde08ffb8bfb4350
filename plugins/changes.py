"""What changed from one edition to the next: /changes, newest first, and /changes/<number> with every line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

try:
    from recognition.change_words import capital, in_short, many_now, of_day, summary_of, told_now
    from recognition.edition_files import Changes, Manifest
    from recognition.site.database import Row, rows
    from recognition.site.editions import edition_said, is_written_down, present_rows, recorded
    from recognition.site.formats import ENDING, as_json, asked_format, this_edition
    from recognition.site.named_edition import ASKED, bundle_with, changes_path
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

SHOWN_OF_EACH = 12  # lines of one kind on the page with all editions; the page of one edition has them all
PATTERNS = frozenset(["question_forms", "question_phrases"])  # tables whose rows only programs read
RECORDS = "select id, publisher, url from records"


class Line(NamedTuple):
    """A line of the page: a sign (+, − or nothing), words, the path that it leads to or None, and for a correction its reason."""

    sign: str
    words: str
    path: str | None = None
    why: str = ""
    record: Row | None = None


class Part(NamedTuple):
    """Lines below one heading, how many more there are, and a sentence on rows that have no line of their own."""

    title: str
    lines: list[Line]
    more: int
    apart: str


async def changes_page(datasette: Datasette, request: Request) -> Response:
    """/changes: what each edition changed, the newest first."""
    known = await recorded(datasette)
    form = asked_format(request, ("json",))
    if form:
        found = [about_edition(manifest, known.changes.get(number)) for number, manifest in known.manifests.items()]
        return await as_json(datasette, {"editions": found})
    shown = [await shown_edition(datasette, number, SHOWN_OF_EACH) for number in known.manifests]
    context = {"editions": shown, "whole": None, "in_preparation": not await is_written_down(datasette)}
    return Response.html(await datasette.render_template("changes.html", context, request=request))


async def changes_of_one(datasette: Datasette, request: Request) -> Response:
    """/changes/<number>: what one edition changed, every line. NotFound where no edition of that number is written down."""
    number, known = int(request.url_vars["number"]), await recorded(datasette)
    if number not in known.manifests:
        listed = ", ".join(map(str, sorted(known.manifests)))
        raise NotFound(
            f"No edition {number} is written down. There are: {listed}." if listed else "No edition is written down."
        )
    if asked_format(request, ("json",)):
        return await as_json(datasette, about_edition(known.manifests[number], known.changes.get(number)))
    shown = await shown_edition(datasette, number, None)
    context = {"editions": [shown], "whole": shown, "in_preparation": False}
    return Response.html(await datasette.render_template("changes.html", context, request=request))


def about_edition(manifest: Manifest, changes: Changes | None) -> Row:
    """An edition as JSON: its manifest, and `changes` since the one before, None where these are not written down."""
    return {**manifest, "changes": changes}


async def shown_edition(datasette: Datasette, number: int, at_most: int | None) -> Row:
    """What the template reads of an edition: manifest, title, since (the edition before, or None), in_short, parts, structure."""
    known = await recorded(datasette)
    manifest, changes = known.manifests[number], known.changes.get(number)
    told = {"manifest": manifest, "number": number, "title": edition_said(manifest)}
    if changes is None:
        return {**told, "since": None, "in_short": "", "parts": [], "structure": []}
    present = await present_rows(datasette)
    records = {row["id"]: row for row in await rows(datasette, RECORDS)}
    part = partial(part_of, at_most=at_most, present=present)
    tallies, statuses, corrections = changes["tallies"], changes["statuses"], changes["corrections"]
    parts = [
        part(f"Counted otherwise{of_day(tallies)}", [Line("", row["words"], tally_path(row)) for row in tallies]),
        part(f"Another status{of_day(statuses)}", [Line("", row["words"], row["address"]) for row in statuses]),
        part("Facts corrected", [
            Line("", told_now(row["words"], row["column"]), row["address"], capital(row["why"]), records.get(row["record"])) for row in corrections
        ]),
        *(part(capital(summary_of(entry)), lines_of(entry), apart=apart(entry)) for entry in changes["tables"]),
    ]  # fmt: skip
    return {
        **told, "since": changes["old"]["number"], "in_short": in_short(changes),
        "parts": [one for one in parts if one.lines or one.apart], "structure": changes["structure"],
    }  # fmt: skip


def tally_path(row: Row) -> str:
    """The path of a tally on the day on which it is compared."""
    return f"/tallies/{row['organisation']}?rule={row['rule']}&as_of={row['day']}"


def part_of(title: str, lines: Iterable[Line], at_most: int | None, present: frozenset[str], apart: str = "") -> Part:
    """A part with at most so many lines. A row that is gone is no link: its page says only that."""
    told = [line if is_there(line.path, present) else line._replace(path=None) for line in lines]
    shown = told[:at_most]
    return Part(title, shown, len(told) - len(shown), apart)


def is_there(path: str | None, present: frozenset[str]) -> bool:
    """Whether the path of a line leads somewhere: rows by their keys, tables and tallies always."""
    if path is None:
        return False
    return path in present or path.startswith("/tallies/") or path.count("/") == 2 and path.startswith("/recognition/")


def lines_of(entry: Row) -> Iterable[Line]:
    """The lines of one table: rows that came, rows that went, values that are others now; none of patterns."""
    if entry["table"] in PATTERNS:
        return
    # an empty part of a name, as edition 7 has it, is left out
    yield from (Line("+", row["words"].replace(", ,", ","), row["address"]) for row in entry["added"])
    yield from (Line("−", row["words"]) for row in entry["removed"])
    yield from (Line("", told_now(row["words"], row["column"]), row["address"]) for row in entry["changed"])
    yield from (Line("", capital(many_now(sentence))) for sentence in entry["many"])


def apart(entry: Row) -> str:
    """A sentence on rows of a table that have no line; '' where all have one, or where a line counts them by kind."""
    if entry["table"] in PATTERNS:
        return "These are patterns for the search; the JSON lists them."
    others = sum(entry[f"{what}_with_others"] for what in ("added", "removed"))
    more = sum(entry[f"{what}_besides"] for what in ("added", "removed") if entry[what])
    told = ((others, "came or went with rows of other tables, to which they belong"), (more, "more have no room here"))
    return " ".join(f"{number:,} {words}." for number, words in told if number)


@hookimpl
def extra_template_vars(
    datasette: Datasette, request: Request | None
) -> Callable[[], Awaitable[dict[str, Any]]] | dict[str, Any]:
    """Where an address asks for another edition than this one: `asked_edition`, with number, title, path of what changed
    since, and bundle, the name of the file that has it, or None.
    """
    asked = request.scope.get(ASKED) if request else None
    if asked is None:
        return {}

    async def other() -> dict[str, Any]:
        known, about = await recorded(datasette), await this_edition(datasette)
        manifest = known.manifests.get(asked)
        title = edition_said(manifest) if manifest else f"edition {asked}"
        path, bundle = await changes_path(datasette, asked), await bundle_with(datasette, asked)
        return {
            "asked_edition": {
                "number": asked,
                "title": title,
                "path": path,
                "bundle": bundle.name if bundle else None,
                "this": edition_said(about),
            }
        }

    return other


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (rf"^/changes{ENDING}", changes_page),
        (rf"^/changes/(?P<number>[1-9][0-9]{{0,5}}){ENDING}", changes_of_one),
    ]

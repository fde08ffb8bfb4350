"""The timeline: every act and claim in the order of its date, by kind, country, claimant or year."""

from __future__ import annotations

from itertools import groupby

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Request, Response

try:
    from recognition import dates
    from recognition.site.asked import question
    from recognition.site.database import Row, kept, rows, rows_of_each
    from recognition.site.figures import PICTURES, as_picture, chart_figure
    from recognition.site.formats import ENDING, FORMATS, as_csv, as_json, asked_format
    from recognition.site.names import keys_of, spelled
    from recognition.vocabulary import RECOGNITION
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

UNDATED = "undated"

# Acts known only by month or year come after those of its last day.
EVENTS = """
select e.id, e.kind, e.date, e.date_precision, e.other_date, e.country_id as country, c.name, e.claimant, e.quote,
       e.passage_id, e.records, e.citation, e.note, e.updates
from events e left join countries c on c.id = e.country_id left join passages p on p.id = e.passage_id
where (:kind = '' or e.kind = :kind) and (:country = '' or e.country_id = :country)
  and (:claimant = '' or e.claimant = :claimant) and (:year = '' or coalesce(substr(e.date, 1, 4), :undated) = :year)
order by e.date is null, e.counts_from, length(e.date) desc, e.kind, c.sort_name, p.first_line, e.id
"""
# By parameter, what can be chosen: its value, what it is called, and how many events have it.
CHOICES = {
    "kind": """
select kind as value, iif(kind = 'narrative', 'other event', kind) as label, count(*) as events
from events group by kind order by 2
""",
    "country": """
select c.id as value, c.name as label, count(e.id) as events from countries c left join events e on e.country_id = c.id
group by c.id order by c.sort_name
""",
    "claimant": """
select claimant as value, claimant as label, count(*) as events from events group by claimant order by claimant
""",
    "year": """
select coalesce(substr(date, 1, 4), :undated) as value, coalesce(substr(date, 1, 4), 'without a date') as label,
       count(*) as events
from events group by 1 order by 1
""",
}


async def choices_of(datasette: Datasette) -> dict[str, list[Row]]:
    """By parameter, the rows of CHOICES."""

    async def read() -> dict[str, list[Row]]:
        found = await rows_of_each(datasette, *((sql, {"undated": UNDATED}) for sql in CHOICES.values()))
        return dict(zip(CHOICES, found, strict=True))

    return await kept(datasette, "choices of the timeline", read)


async def chosen_by(datasette: Datasette, request: Request, choices: dict[str, list[Row]]) -> dict[str, str]:
    """By parameter, the value that a reader chose, '' where none; BadRequest with what is allowed for an unknown one.

    A country may be asked for by any of its names; case and accents do not matter.
    """
    chosen = {name: (request.args.get(name) or "").strip() for name in choices}
    values = {name: [choice["value"] for choice in listed] for name, listed in choices.items()}
    for name, text in chosen.items():
        if text and text not in values[name]:
            by_spelling = {spelled(value): value for value in values[name]}
            known = await keys_of(datasette, "countries") if name == "country" else by_spelling
            chosen[name] = known.get(spelled(text), text)
    years = [year for year in values["year"] if year != UNDATED]
    allowed = {
        "kind": f"one of {', '.join(values['kind'])}",
        "country": "the name or key of a country, such as ghana",
        "claimant": "a country, an organisation, 'the article' or 'unnamed reports', as named in the list",
        "year": f"a year with events, from {years[0]} to {years[-1]}, or {UNDATED}",
    }
    for name, value in chosen.items():
        if value and value not in values[name]:
            raise BadRequest(f"{name} must be {allowed[name]}, not {value[:40]!r}.")
    return chosen


def beside_year(date: str | None, year: str | None = None) -> str:
    """A date for people, without its year where it is listed below that year: '22 July', 'September', '2018'; 'no date'."""
    if not date:
        return "no date"
    said = dates.said(date)
    return said.removesuffix(f" {date[:4]}") if year and year.startswith(date[:4]) else said


def by_year(events: list[Row]) -> list[Row]:
    """The events of each year, in the order of the years.

    Each has `year`, the numbers `total` and `recognitions`, `days` (recognitions that the same words evidence on the same
    day: date, passage_id, quote, citation, events) and `others` (all other events).
    """
    years = []
    for year, run in groupby(events, key=lambda event: event["date"][:4]):
        listed = list(run)
        recognitions = [
            event for event in listed if event["kind"] == RECOGNITION and event["claimant"] == event["name"]
        ]
        days = [
            {"date": date, "passage_id": passage, "quote": quote, "citation": citation, "events": list(together)}
            for (date, passage, quote, citation), together in groupby(recognitions, key=evidence)
        ]
        others = [event for event in listed if event not in recognitions]
        years.append(
            {"year": year, "total": len(listed), "recognitions": len(recognitions), "days": days, "others": others}
        )
    return years


def evidence(event: Row) -> tuple[str, str | None, str | None, str | None]:
    """What recognitions of one line of the timeline share: date, passage and quote, or where there is none the citation."""
    return event["date"], event["passage_id"], event["quote"], None if event["passage_id"] else event["citation"]


async def timeline_page(datasette: Datasette, request: Request) -> Response:
    """The chosen events as a page, as CSV, or as JSON with what was chosen; as a picture, how the number moved."""
    form = asked_format(request, (*FORMATS, *PICTURES))
    if form in PICTURES:
        return await as_picture(datasette, request, form, await question(datasette, request), chart_figure)
    choices = await choices_of(datasette)
    chosen = await chosen_by(datasette, request, choices)
    events = await rows(datasette, EVENTS, **chosen, undated=UNDATED)
    if form == "json":
        return await as_json(datasette, {**chosen, "total": len(events), "events": events})
    if form == "csv":
        return await as_csv(datasette, request, events, chosen.values())
    years = by_year([event for event in events if event["date"]])
    limits = [
        choice["label"] for name, listed in choices.items() for choice in listed if choice["value"] == chosen[name]
    ]
    context = {
        "choices": choices, "chosen": chosen, "limits": limits, "total": len(events), "years": years,
        "asked": {name: value for name, value in chosen.items() if value},
        "beside_year": beside_year, "undated": [event for event in events if not event["date"]],
        "most": max((year["total"] for year in years), default=0),
        "all": sum(choice["events"] for choice in choices["kind"]),
    }  # fmt: skip
    return Response.html(await datasette.render_template("timeline.html", context, request=request))


@hookimpl
def register_routes() -> list[tuple]:
    return [(r"^/timeline" + ENDING, timeline_page)]

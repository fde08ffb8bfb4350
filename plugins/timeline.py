"""The timeline: every act and claim in the order of its date, by kind, country, claimant or year."""

import csv
import io
from itertools import groupby

from datasette import hookimpl
from datasette.utils.asgi import BadRequest, NotFound, Response

DATABASE = "recognition"
FORMATS = ("json", "csv")
UNDATED = "undated"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# Acts known only by month or year stand behind those of its last day.
EVENTS = """
select e.id, e.kind, e.date, e.date_precision, e.other_date, e.country_id as country, c.name, e.claimant, e.quote,
       e.passage_id, p.first_line as line, e.citation, e.note, e.updates
from events e left join countries c on c.id = e.country_id left join passages p on p.id = e.passage_id
where (:kind = '' or e.kind = :kind) and (:country = '' or e.country_id = :country)
  and (:claimant = '' or e.claimant = :claimant) and (:year = '' or coalesce(substr(e.date, 1, 4), :undated) = :year)
order by e.date is null, e.counts_from, length(e.date) desc, e.kind, c.name, p.first_line, e.id
"""
KINDS = """
select kind as value, iif(kind = 'narrative', 'other event', kind) as label, count(*) as events
from events group by kind order by 2
"""
COUNTRIES = """
select c.id as value, c.name as label, count(e.id) as events from countries c left join events e on e.country_id = c.id
group by c.id order by c.name
"""
CLAIMANTS = (
    "select claimant as value, claimant as label, count(*) as events from events group by claimant order by claimant"
)
YEARS = """
select coalesce(substr(date, 1, 4), :undated) as value, coalesce(substr(date, 1, 4), 'without a date') as label,
       count(*) as events
from events group by 1 order by 1
"""
NAMED = "select country_id from country_names where name = :name collate nocase"


class Timeline:
    """What can be chosen on the timeline, and the events that a choice leaves."""

    def __init__(self, datasette):
        self.db = datasette.get_database(DATABASE)

    async def rows(self, sql, **parameters):
        return await self.db.execute_fn(lambda connection: [dict(row) for row in connection.execute(sql, parameters)])

    async def choices(self):
        return {
            "kind": await self.rows(KINDS),
            "country": await self.rows(COUNTRIES),
            "claimant": await self.rows(CLAIMANTS),
            "year": await self.rows(YEARS, undated=UNDATED),
        }

    async def chosen(self, request, choices):
        """What a reader chose, '' where nothing; BadRequest with what is allowed where the data has no such value."""
        chosen = {name: (request.args.get(name) or "").strip() for name in choices}
        values = {name: [choice["value"] for choice in listed] for name, listed in choices.items()}
        if chosen["country"] and chosen["country"] not in values["country"]:
            named = await self.rows(NAMED, name=chosen["country"])
            chosen["country"] = named[0]["country_id"] if named else chosen["country"]
        allowed = {
            "kind": f"one of {', '.join(values['kind'])}",
            "country": "the name or key of a country, such as ghana",
            "claimant": "a country, an organisation, 'the article' or 'unnamed reports', as named in the list",
            "year": f"a year with events, from {values['year'][0]} to {values['year'][-2]}, or {UNDATED}",
        }
        for name, value in chosen.items():
            if value and value not in values[name]:
                raise BadRequest(f"{name} must be {allowed[name]}, not {value[:40]!r}.")
        return chosen

    async def events(self, chosen):
        return await self.rows(EVENTS, **chosen, undated=UNDATED)


def spelt(date, without_year_of=None):
    """A date as precisely as it is known: '2018', 'September 2020', '22 July 2010'; shorter beside its year."""
    if not date:
        return "no date"
    year, *rest = date.split("-")
    words = [str(int(rest[1]))] if len(rest) == 2 else []
    words += [MONTHS[int(rest[0]) - 1]] if rest else []
    same = rest and without_year_of and without_year_of.startswith(year)
    return " ".join(words if same else [*words, year])


def by_year(events):
    """The events of each year: recognitions by the day on which they are evidenced together, then all others."""
    years = []
    for year, run in groupby(events, key=lambda event: (event["date"] or UNDATED)[:4]):
        listed = list(run)
        recognitions = [
            event for event in listed if event["kind"] == "recognition" and event["claimant"] == event["name"]
        ]
        days = [
            {"date": date, "passage_id": passage, "line": line, "quote": quote, "citation": citation, "events": list(together)}
            for (date, passage, line, quote, citation), together in groupby(recognitions, key=evidence)
        ]
        others = [event for event in listed if event not in recognitions]
        years.append(
            {"year": year, "total": len(listed), "recognitions": len(recognitions), "days": days, "others": others}
        )
    return years


def evidence(event):
    """What recognitions of one line of the timeline share: the day, and the place that says so."""
    return event["date"], event["passage_id"], event["line"], event["quote"], None if event["passage_id"] else event["citation"]


async def timeline_page(datasette, request):
    form = request.url_vars.get("format")
    if form not in (None, *FORMATS):
        raise NotFound(f"There is no format {form!r}; add .json or .csv to /timeline, or nothing for the page.")
    timeline = Timeline(datasette)
    choices = await timeline.choices()
    chosen = await timeline.chosen(request, choices)
    events = await timeline.events(chosen)
    if form:
        return as_data(datasette, form, chosen, events)
    years = by_year([event for event in events if event["date"]])
    limits = [
        choice["label"] for name, listed in choices.items() for choice in listed if choice["value"] == chosen[name]
    ]
    context = {
        "choices": choices, "chosen": chosen, "limits": limits, "total": len(events), "years": years, "spelt": spelt,
        "undated": [event for event in events if not event["date"]],
        "most": max((year["total"] for year in years), default=0),
        "all": sum(choice["events"] for choice in choices["kind"]),
    }  # fmt: skip
    return Response.html(await datasette.render_template("timeline.html", context, request=request))


def as_data(datasette, form, chosen, events):
    """The chosen events as JSON, with the choice and the edition of the database, or as CSV."""
    if form == "json":
        edition = datasette.get_database(DATABASE).hash
        return Response.json({"edition": edition, **chosen, "total": len(events), "events": events})
    out = io.StringIO()
    writer = csv.DictWriter(out, list(events[0]) if events else ["nothing"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(events)
    return Response(out.getvalue(), content_type="text/csv; charset=utf-8")


@hookimpl
def register_routes():
    return [(r"^/timeline(?:\.(?P<format>[^/]*))?$", timeline_page)]

"""Published counts held against what each rule counts, and the ledger of the states that make the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

try:
    from recognition.site.asked import chosen_among, question
    from recognition.site.bridges import Side, states_between
    from recognition.site.counts_chart import chart
    from recognition.site.database import Row, grouped, kept, rows_of_each
    from recognition.site.formats import ENDING, page_or_data, without
    from recognition.site.former_addresses import COUNT, FORMAT
    from recognition.site.published import given, publisher_of
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

UNDATED = "undated"  # the year of what has none
COUNTS = """
select c.*, o.name as organisation, x.rule_id as explaining_rule, x.basis, x.outcome, x.unexplained, x.counted_on,
       coalesce(x.organisation_id, c.organisation_id) as held_against, h.name as held_against_name, x.agreeing_rules
from published_counts c join organisations o on o.id = c.organisation_id join count_explanations x on x.count_id = c.id
left join organisations h on h.id = x.organisation_id left join passages p on p.id = c.passage_id
order by c.latest_day is null, c.latest_day desc, c.source_id = 'article', o.number, p.first_line, c.id
"""
LEDGER = """
select l.count_id, l.organisation_id, l.rule_id, r.title, l.counted_on, l.counted, l.difference, l.counted_members
from count_ledger l join rules r on r.id = l.rule_id order by r.position
"""
OUTCOMES = ("reproduced", "not reproduced", "agrees by accident", "not datable")
# What the page can be filtered by: the parameter, and the column that must have its value.
FILTERS = {"publisher": "publisher", "group": "organisation_id", "year": "year", "explained": "outcome"}


async def counts_and_ledgers(datasette: Datasette) -> tuple[list[Row], dict[str, list[Row]]]:
    """The published counts, rows of COUNTS, and the ledger of each by its id, see `explaining`.

    They depend on nothing that a reader asks for, and are the same rows for all: nobody changes them.
    """

    async def read() -> tuple[list[Row], dict[str, list[Row]]]:
        counts, ledger = await rows_of_each(datasette, (COUNTS, {}), (LEDGER, {}))
        of_count = grouped(ledger, "count_id")
        return counts, {count["id"]: explaining(count, of_count.get(count["id"], [])) for count in counts}

    return await kept(datasette, "published counts", read)


async def counts_page(datasette: Datasette, request: Request) -> Response:
    """Every published count: as a dot over time, and as rows that can be filtered; data have what each rule counts, too."""
    ask = await question(datasette, request)
    found, ledgers = await counts_and_ledgers(datasette)
    counts = [{**count, "year": year_of(count)} for count in found]
    choices = choices_of(counts)
    chosen = {
        name: chosen_among(request, name, {value: label for value, label, _ in listed})
        for name, listed in choices.items()
    }
    shown = [count for count in counts if all(count[FILTERS[name]] == value for name, value in chosen.items() if value)]
    told = {count["id"]: in_words(count, ask.rules) for count in shown}
    limits = [label for name, listed in choices.items() for value, label, _ in listed if value == chosen[name]]
    context = {
        **ask.context, "counts": data(shown, ledgers), "choices": choices, "chosen": chosen, "total": len(shown), "all": len(counts),
        "limits": limits,
        "outcomes": Counter(count["outcome"] for count in counts), "told": told,
        "dated": [count for count in shown if count["latest_day"]], "undated": [count for count in shown if not count["latest_day"]],
        "chart": await chart(datasette, ask, shown, told), "filtered": {name: value for name, value in chosen.items() if value},
    }  # fmt: skip
    csv_rows = [
        {**{f"counted_{rule}": count["counted"].get(rule) for rule in ask.rules}, **count}
        for count in context["counts"]
    ]
    return await page_or_data(
        datasette, request, "counts.html", context, ("filtered", "total", "all", "counts"),
        without(csv_rows, "counted", "days"), chosen.values(),
    )  # fmt: skip


def year_of(count: Row) -> str:
    """The year of a count, as the page is filtered by it."""
    return (count["as_of"] or count["published_on"] or count["latest_day"] or "")[:4] or UNDATED


def data(counts: list[Row], ledgers: dict[str, list[Row]]) -> list[Row]:
    """The counts with `counted` and `days`: what each rule counts of the same group, and the day on which, by rule."""
    told = []
    for count in counts:
        own = ledgers[count["id"]]
        counted = {row["rule_id"]: row["counted"] for row in own}
        told.append({**count, "counted": counted, "days": {row["rule_id"]: row["counted_on"] for row in own}})
    return without(told, "year")


def in_words(count: Row, known: dict[str, Row]) -> str:
    """A count for its dot: 'Utopia (president): 84 of 193, 4 January 2023, as ‘The list today’ counts'."""
    of = f" of {count['total']}" if count["total"] else ""
    explained = {
        "reproduced": agreement(count, known) if count["explaining_rule"] else "",
        "agrees by accident": "a rule agrees by accident", "not reproduced": "as no rule counts",
    }  # fmt: skip
    parts = [f"{publisher_of(count)}: {count['recognising']}{of}", given(count), explained.get(count["outcome"], "")]
    return ", ".join(part for part in parts if part)


def agreement(count: Row, known: dict[str, Row]) -> str:
    """What a rule has to do with a count that it gives: that its publisher follows it, or no more than the same number."""
    title = known[count["explaining_rule"]]["title"]
    if len((count["agreeing_rules"] or "").split(",")) == len(known):
        return "the same number under every rule"
    return f"as ‘{title}’ counts" if count["basis"] == "follows" else f"the same number as ‘{title}’"


def choices_of(counts: list[Row]) -> dict[str, list[tuple[str, str, int]]]:
    """By parameter, what can be chosen: its value, what it is called, and how many counts have it."""
    names = {count["organisation_id"]: count["organisation"] for count in counts}
    found = {}
    for parameter, column in FILTERS.items():
        numbers = Counter(count[column] for count in counts)
        values = sorted(numbers, key=lambda value: (value == UNDATED, value.casefold()))
        if parameter == "year":
            values = [
                *reversed(values[: -1 if UNDATED in values else None]),
                *values[len(values) - (UNDATED in values) :],
            ]
        elif parameter == "explained":
            values = [outcome for outcome in OUTCOMES if outcome in numbers]
        found[parameter] = [(value, names.get(value, value), numbers[value]) for value in values]
    return found


async def ledger_page(datasette: Datasette, request: Request) -> Response:
    """The states between what a rule counts and what was published, as another rule explains them; and what is left."""
    ask = await question(datasette, request)
    asked_count = request.url_vars["count"]
    counts, ledgers = await counts_and_ledgers(datasette)
    count = next((count for count in counts if count["id"] == asked_count), None)
    if count is None:
        raise NotFound(f"No published count {asked_count!r}. All are at /counts.")
    ledger = ledgers[asked_count]
    counted = {row["rule_id"]: row for row in ledger}
    # the rule that explains it explains what it can; it is never stretched to fit
    by = ask.other_rule(request.args.get("by"), "by", count["explaining_rule"] or ask.rule)
    states: Sequence[Row] = []
    if counted:
        sides = [
            Side(
                rule, counted[rule]["counted_on"], count["held_against"], counted[rule]["counted"], counted[rule]["counted_members"]
            )
            for rule in (ask.rule, by)
        ]  # fmt: skip
        states = await states_between(datasette, *sides)
    first, second = counted.get(ask.rule, {}), counted.get(by, {})
    context = {
        **ask.context, "count": count, "ledger": ledger, "by": by, "days": sorted({row["counted_on"] for row in ledger}),
        "counted": first.get("counted"), "difference": first.get("difference"),
        "states": states, "unexplained": second.get("difference"),
    }  # fmt: skip
    keys = ("count", "rule", "counted", "difference", "by", "states", "unexplained", "ledger")
    return await page_or_data(
        datasette,
        request,
        "ledger.html",
        context,
        keys,
        without(states, "reasons"),
        [ask.told_rule, by if request.args.get("by") else None],
    )


def explaining(count: Row, ledger: list[Row]) -> list[Row]:
    """Of a count that is held against two groups, the ledger of the one in which it is explained."""
    return without((row for row in ledger if row["organisation_id"] == count["held_against"]), "organisation_id")


@hookimpl
def register_routes() -> list[tuple]:
    # but for addresses that plugins/former_addresses.py leads on, and that of plugins/bridges.py
    former = f"(?!{COUNT}{FORMAT}$|compare(?:\\.|$))"
    return [(r"^/counts" + ENDING, counts_page), (rf"^/counts/{former}(?P<count>[^/.]+)" + ENDING, ledger_page)]

"""Published counts held against what each rule counts, and the ledger of the states that make the difference."""

from __future__ import annotations

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

try:
    from recognition.site.asked import question, rules
    from recognition.site.database import Row, grouped, rows, rows_of_each
    from recognition.site.formats import ENDING, page_or_data, without
    from recognition.site.former_addresses import COUNT, FORMAT
    from recognition.site.tallies import with_reasons
    from recognition.vocabulary import RECOGNISES
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

COUNTS = """
select c.*, o.name as organisation, x.rule_id as explaining_rule, x.basis, x.outcome, x.unexplained, x.counted_on,
       coalesce(x.organisation_id, c.organisation_id) as held_against, h.name as held_against_name, x.agreeing_rules
from published_counts c join organisations o on o.id = c.organisation_id join count_explanations x on x.count_id = c.id
left join organisations h on h.id = x.organisation_id left join passages p on p.id = c.passage_id
where :count is null or c.id = :count
order by c.latest_day is null, c.latest_day desc, c.source_id = 'article', o.number, p.first_line, c.id
"""
LEDGER = """
select l.count_id, l.organisation_id, l.rule_id, r.title, l.counted_on, l.counted, l.difference, l.counted_members
from count_ledger l join rules r on r.id = l.rule_id
where l.count_id = :count or :count is null order by r.position
"""
# The members that one rule counts on one day, and another on another day or the same.
STATES = """
with counted as (
    select country_id, status, event_id, rule_id = :rule and since <= :day and :day < until as first,
           rule_id = :other and since <= :other_day and :other_day < until as second
    from member_statuses
    where organisation_id = :organisation
      and ((rule_id = :rule and since <= :day and :day < until) or (rule_id = :other and since <= :other_day and :other_day < until)))
select c.id as country, c.name, iif(s.status_b = :recognises, 1, -1) as step, s.status_a, s.status_b, s.event_a, s.event_b
from countries c join (
    select country_id, max(iif(first, status, null)) as status_a, max(iif(second, status, null)) as status_b,
           max(iif(first, event_id, null)) as event_a, max(iif(second, event_id, null)) as event_b
    from counted group by country_id) s on s.country_id = c.id
where (coalesce(s.status_a, '') = :recognises) <> (coalesce(s.status_b, '') = :recognises) order by step desc, c.sort_name
"""


async def counts_page(datasette: Datasette, request: Request) -> Response:
    """Every published count beside what each rule counts for the same group on the same day."""
    counts, ledger = await rows_of_each(datasette, (COUNTS, {"count": None}), (LEDGER, {"count": None}))
    ledgers = grouped(ledger, "count_id")
    for count in counts:
        own = explaining(count, ledgers.get(count["id"], []))
        count["counted"] = {row["rule_id"]: row["counted"] for row in own}
        count["days"] = {row["rule_id"]: row["counted_on"] for row in own}
    known = await rules(datasette)
    csv_rows = [{**{f"counted_{rule}": count["counted"].get(rule) for rule in known}, **count} for count in counts]
    context = {"rules": known, "counts": counts}
    return await page_or_data(
        datasette, request, "counts.html", context, ("counts",), without(csv_rows, "counted", "days")
    )


async def ledger_page(datasette: Datasette, request: Request) -> Response:
    """The states between what a rule counts and what was published, as another rule explains them; and what is left."""
    ask = await question(datasette, request)
    asked_count = request.url_vars["count"]
    found, ledger = await rows_of_each(datasette, (COUNTS, {"count": asked_count}), (LEDGER, {"count": asked_count}))
    if not found:
        raise NotFound(f"No published count {asked_count!r}. All are at /counts.")
    count, ledger = found[0], explaining(found[0], ledger)
    counted = {row["rule_id"]: row for row in ledger}
    # the rule that explains it explains what it can; it is never stretched to fit
    by = ask.other_rule(request.args.get("by"), "by", count["explaining_rule"] or ask.rule)
    states: list[Row] = []
    if counted:
        states = await rows(
            datasette, STATES, rule=ask.rule, other=by, day=counted[ask.rule]["counted_on"],
            other_day=counted[by]["counted_on"], organisation=count["held_against"], recognises=RECOGNISES,
        )  # fmt: skip
    first, second = counted.get(ask.rule, {}), counted.get(by, {})
    context = {
        **ask.context, "count": count, "ledger": ledger, "by": by, "days": sorted({row["counted_on"] for row in ledger}),
        "counted": first.get("counted"), "difference": first.get("difference"),
        "states": await with_reasons(datasette, states), "unexplained": second.get("difference"),
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
    former = f"(?!{COUNT}{FORMAT}$)"  # addresses that plugins/former_addresses.py leads on
    return [(r"^/counts" + ENDING, counts_page), (rf"^/counts/{former}(?P<count>[^/.]+)" + ENDING, ledger_page)]

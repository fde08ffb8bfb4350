"""Published counts held against what each rule counts, and the ledger of the states that make the difference."""

from __future__ import annotations

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

try:
    from recognition.site.asked import question, rules
    from recognition.site.database import rows, rows_of_each
    from recognition.site.formats import ENDING, page_or_data, without
    from recognition.site.former_addresses import COUNT, FORMAT
    from recognition.site.tallies import with_reasons
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

COUNTS = """
select c.*, o.name as organisation from published_counts c
join organisations o on o.id = c.organisation_id left join passages p on p.id = c.passage_id
order by c.counted_on desc, c.source_id = 'article', o.number, p.first_line, c.id
"""
LEDGER = """
select l.count_id, l.rule_id, r.title, l.counted, l.difference, l.counted_members
from count_ledger l join rules r on r.id = l.rule_id where l.count_id = :count or :count is null order by r.position
"""
STATES = """
select c.id as country, c.name, s.step, s.status as status_a, s.other_status as status_b,
       s.event_id as event_a, s.other_event_id as event_b
from ledger_states s join countries c on c.id = s.country_id
where s.count_id = :count and s.rule_id = :rule and s.other_rule_id = :other order by s.step desc, c.sort_name
"""


async def counts_page(datasette: Datasette, request: Request) -> Response:
    """Every published count beside what each rule counts for the same group on the same day."""
    counts, ledger = await rows_of_each(datasette, (COUNTS, {}), (LEDGER, {"count": None}))
    for count in counts:
        count["counted"] = {row["rule_id"]: row["counted"] for row in ledger if row["count_id"] == count["id"]}
    csv_rows = [
        {**{f"counted_{rule}": number for rule, number in count["counted"].items()}, **count} for count in counts
    ]
    context = {"rules": await rules(datasette), "counts": counts}
    return await page_or_data(datasette, request, "counts.html", context, ("counts",), without(csv_rows, "counted"))


async def ledger_page(datasette: Datasette, request: Request) -> Response:
    """The states between what a rule counts and what was published, as another rule explains them; and what is left."""
    ask = await question(datasette, request)
    asked_count = request.url_vars["count"]
    found, ledger = await rows_of_each(datasette, (COUNTS, {}), (LEDGER, {"count": asked_count}))
    counts = {count["id"]: count for count in found}
    if asked_count not in counts:
        raise NotFound(f"No published count {asked_count!r}. There are: {', '.join(sorted(counts))}.")
    count, counted = counts[asked_count], {row["rule_id"]: row for row in ledger}
    # the rule that comes nearest to the published number explains what it can; it is never stretched to fit
    nearest = min(counted, key=lambda rule: abs(counted[rule]["difference"]))
    by = ask.other_rule(request.args.get("by"), "by", nearest)
    states = await rows(datasette, STATES, count=asked_count, rule=ask.rule, other=by)
    context = {
        **ask.context, "count": count, "ledger": ledger, "by": by, "nearest": nearest,
        "counted": counted[ask.rule]["counted"], "difference": counted[ask.rule]["difference"],
        "states": await with_reasons(datasette, states), "unexplained": counted[by]["difference"],
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


@hookimpl
def register_routes() -> list[tuple]:
    former = f"(?!{COUNT}{FORMAT}$)"  # addresses that plugins/former_addresses.py leads on
    return [(r"^/counts" + ENDING, counts_page), (rf"^/counts/{former}(?P<count>[^/.]+)" + ENDING, ledger_page)]

"""The numbers of the page about this site: each is counted in the database when the page is asked for."""

from __future__ import annotations

from collections.abc import Callable

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

try:
    from recognition import dates
    from recognition.site.asked import subject
    from recognition.site.database import Row, rows_of_each
    from recognition.site.formats import ENDING, as_json, asked_format
    from recognition.site.stated import stated_by_article
    from recognition.vocabulary import UN
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

TEMPLATE = "pages/about.html"

ARTICLE = "select * from sources where id = 'article'"
COUNTS = """
select (select count(*) from passages) as passages,
       (select count(*) from passages where kind = 'recognition') as table_rows,
       (select count(*) from positions) as statements,
       (select count(*) from countries) as countries,
       (select count(*) from events) as events,
       (select count(*) from events where not updates) as events_of_the_article,
       (select count(*) from events where updates) as events_since,
       (select count(*) from events where date is null) as undated,
       (select count(*) from events where date_precision in ('month', 'year')) as imprecise,
       (select count(*) from recognitions where name_basis <> 'printed') as restored,
       (select count(*) from recognitions where confidence = 'high' and name_basis <> 'printed') as high,
       (select count(*) from recognitions where confidence <> 'high') as less_sure,
       (select count(*) from recognitions where name_basis = 'record') as by_record,
       (select count(*) from recognitions where name_basis = 'order') as by_order,
       (select count(*) from recognitions where name_basis = 'elimination') as by_elimination,
       (select count(*) from recognitions where not order_known) as order_unknown,
       (select count(*) from recognitions where other_recognised_on is not null) as other_dates,
       (select count(*) from published_counts where source_id <> 'article') as published
"""
RULES = """
select r.id, r.title, r.description, t.recognising, t.members from rules r
join tallies t on t.rule_id = r.id and t.organisation_id = 'un' order by r.position
"""
LESS_SURE = """
select r.id, c.name from recognitions r join countries c on c.id = r.country_id
where r.confidence <> 'high' order by c.name
"""
LOST = """
select a.title, a.finding from audit a left join passages p on p.id = a.passage_id
where a.outcome = 'lost' order by p.first_line, a.id
"""
# A sentence to show how one is cited: the first that tells of a contact.
SENTENCE = """
select e.passage_id from events e join passages p on p.id = e.passage_id where e.kind = 'contact'
order by p.first_line limit 1
"""


JSON_KEYS = ("rule", "as_of", "article", "count", "rules", "stated", "less_sure", "lost")


async def numbers(datasette: Datasette) -> Row:
    """`article`, `count`, `rules`, `stated` (the count of the article), `less_sure`, `lost`, `sentence` (passage_id).

    `rule` and `as_of` are the default rule and today (an ISO day, also `today`): what the page's numbers are of, where
    they do not say another rule.
    """
    article, count, rules, less_sure, lost, sentence = await rows_of_each(
        datasette, *((sql, {}) for sql in (ARTICLE, COUNTS, RULES, LESS_SURE, LOST, SENTENCE))
    )
    told = await subject(datasette)
    today = dates.today(told["first_day"])
    return {
        "article": article[0], "count": count[0], "rules": rules, "less_sure": less_sure, "lost": lost,
        "stated": (await stated_by_article(datasette)).get(UN), "sentence": sentence[0] if sentence else None,
        "today": today, "as_of": today, "rule": told["default_rule"],
    }  # fmt: skip


async def about_page(datasette: Datasette, request: Request) -> Response:
    """How the site was made, with the numbers of that; as JSON the numbers alone."""
    form, context = asked_format(request, ("json",)), await numbers(datasette)
    if form == "json":
        return await as_json(datasette, {key: context[key] for key in JSON_KEYS})
    return Response.html(await datasette.render_template(TEMPLATE, context, request=request))


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [(r"^/about" + ENDING, about_page)]

"""The numbers of the page about this site: each is counted in the database when the page is asked for."""

import datetime

from datasette import hookimpl

DATABASE = "recognition"
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
       (select count(*) from recognitions) as restored,
       (select count(*) from recognitions where confidence = 'high') as high,
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
EXAMPLE = "select id from passages where kind = 'paragraph' order by first_line limit 1"
LOST = """
select a.title, a.finding from audit a left join passages p on p.id = a.passage_id
where a.outcome = 'lost' order by p.first_line, a.id
"""


@hookimpl
def extra_template_vars(datasette, template):
    async def about():
        database = datasette.get_database(DATABASE)

        async def rows(sql):
            return await database.execute_fn(lambda connection: [dict(row) for row in connection.execute(sql)])

        return {
            "article": (await rows(ARTICLE))[0], "count": (await rows(COUNTS))[0], "rules": await rows(RULES),
            "example": (await rows(EXAMPLE))[0]["id"], "less_sure": await rows(LESS_SURE), "lost": await rows(LOST),
            "today": datetime.datetime.now(datetime.UTC).date(),
        }  # fmt: skip

    return about if template == TEMPLATE else {}

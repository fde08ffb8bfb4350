"""Collects what search finds: everything with an address on the site, its names, and the words to offer for typos."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from itertools import chain
from pathlib import Path

import yaml

from recognition.dates import folded

WORD = re.compile(r"[^\W_]+")
OFFERED = re.compile(r"^[^\W\d_]{4,}$")  # words that are offered for mistyped ones: letters only, not too short

# The subject, and the rule under which what is found says how a country or an organisation stands: as its page says.
COUNTED = """
select c.name, r.id, '‘' || r.title || '’'
from subject s join countries c on c.id = s.country_id join rules r on r.id = s.default_rule
"""
ITEMS = """
insert into search_items (kind, id, url, title, names, body, country_id, organisation_id)
select 'country', c.id, '/recognition/countries/' || c.id, c.name, i.names,
       c.kind || ', ' || c.subregion || case c.status
         when 'recognises' then printf('. Recognises %s since %s', :subject, c.recognised_on)
         when 'withdrew' then printf('. Recognised %s on %s, withdrawal listed on %s', :subject, c.recognised_on, c.withdrawn_on)
         when 'contested' then '. Its recognition of ' || :subject || ' is contested'
         when 'does not recognise' then '. Does not recognise ' || :subject else '' end || printf(' (%s).', :rule), c.id, null
from countries c join countries_indexed i on i.number = c.number
union all
select 'organisation', o.id, '/recognition/organisations/' || o.id, o.name, o.names,
       coalesce(t.recognising || ' of ' || t.members || ' members recognise ' || :subject || ' (' || :rule || '). ', '')
       || coalesce(o.kosovo_quote, ''), null, o.id
from organisations o left join tally_history t on t.organisation_id = o.id and t.rule_id = :rule_id and t.until is null
union all
select 'statement', coalesce(p.country_id, p.organisation_id), '/recognition/positions/' || p.id, p.title, i.names, p.text,
       p.country_id, p.organisation_id
from positions p join positions_indexed i on i.number = p.number
union all
select 'passage', p.id, '/article#' || p.id, s.title, '', p.text, null, null
from passages p join sections s on s.id = p.section_id where p.kind in ('paragraph', 'image')
union all
select 'event', e.id, '/recognition/events/' || e.id,
       coalesce(c.name || ': ', '') || iif(e.kind = 'narrative', 'event', e.kind) || coalesce(', ' || e.date, ''), coalesce(c.names, ''),
       iif(e.claimant = coalesce(c.name, ''), '', 'By ' || e.claimant || '. ')
       || coalesce(iif(e.kind in ('recognition', 'withdrawal'), null, e.quote) || ' ', '') || coalesce(e.note, ''), e.country_id, null
from events e left join countries c on c.id = e.country_id
union all
select 'count', p.id, '/counts/' || p.id, p.recognising || coalesce(' of ' || p.total, '') || ', ' || p.publisher
       || coalesce(', ' || p.published_on, ''), o.names, coalesce(p.quote || ' ', '') || coalesce(p.note, ''), null, p.organisation_id
from published_counts p join organisations o on o.id = p.organisation_id
union all
select 'page', '/tallies?rule=' || id, '/tallies?rule=' || id, 'Rule: ' || title, id, description, null, null from rules
"""
NAMES = """
insert into search_names (name, words, item)
select n.name, word_count(n.name), i.number from country_names n
join search_items i on i.kind = 'country' and i.id = n.country_id
union all
select code, 1, i.number from (select id, iso2 as code from countries union select id, iso3 from countries) c
join search_items i on i.kind = 'country' and i.id = c.id where code is not null
union all
select n.name, word_count(n.name), i.number from organisation_names n
join search_items i on i.kind = 'organisation' and i.id = n.organisation_id
union all
select names, word_count(names), number from search_items where kind = 'query'
"""


def fill_search(connection: sqlite3.Connection, pages: list[dict[str, str]], metadata: Path) -> None:
    """Fill the tables behind the search index; saved queries come from `metadata`, a Datasette metadata file."""
    connection.create_function("word_count", 1, lambda text: len(WORD.findall(text)), deterministic=True)
    subject, rule_id, rule = connection.execute(COUNTED).fetchone()
    connection.execute(ITEMS, {"subject": subject, "rule_id": rule_id, "rule": rule})
    connection.executemany(
        "insert into search_items (kind, id, url, title, names, body) values (?, ?, ?, ?, ?, ?)",
        [
            ("query", name, f"/recognition/{name}", query["title"], name.replace("-", " "), query["description"])
            for name, query in saved_queries(metadata)
        ]
        + [("page", page["url"], page["url"], page["title"], "", page["body"]) for page in pages],
    )
    connection.execute(NAMES)
    texts = connection.execute("select title || ' ' || names || ' ' || body from search_items")
    written = Counter(chain.from_iterable(WORD.findall(text) for (text,) in texts))
    words: Counter[str] = Counter()
    for word, times in written.items():
        if OFFERED.match(folded(word)):
            words[folded(word)] += times
    connection.executemany("insert into search_words values (?, ?)", sorted(words.items()))


def saved_queries(metadata: Path) -> list[tuple[str, dict[str, str]]]:
    """The saved queries of the database, sorted by name: (name, its title, description and SQL)."""
    (database,) = yaml.safe_load(metadata.read_text("utf-8"))["databases"].values()
    return sorted(database["queries"].items())

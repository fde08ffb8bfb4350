"""Collects what search finds: everything with an address on the site, its names, and the words to offer for typos."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from itertools import chain
from pathlib import Path

import yaml

from recognition import dates, sentences
from recognition.dates import folded

from .problems import Problems
from .quick_yaml import safe_load
from .reading import decode, read_bytes

WORD = re.compile(r"[^\W_]+")
OFFERED = re.compile(r"^[^\W\d_]{4,}$")  # words that are offered for mistyped ones: letters only, not too short

# The default rule and the edition, for texts that say how a country or an organisation stands: they are read by those
# who ask the file, and by machines. The site's search says it under the rule and on the day that its reader chose.
DEFAULT_RULE = """
select s.default_rule as rule_id, c.name_in_sentence as subject, r.title as rule, e.known_until
from subject s join countries c on c.id = s.country_id join rules r on r.id = s.default_rule join edition e
"""
ITEMS = """
insert into search_items (kind, id, url, title, names, body, country_id, organisation_id)
select 'country', c.id, '/recognition/countries/' || c.id, c.name, i.names,
       coalesce(under_the_rule(standing(c.name_in_sentence, :subject, s.status, said(s.since), r.name_in_sentence)), '')
       || kind_and_place(c.kind, c.subregion), c.id, null
from countries c join countries_indexed i on i.number = c.number
left join statuses s on s.country_id = c.id and s.rule_id = :rule_id and s.until is null
left join countries r on r.id = c.represented_by
union all
select 'organisation', o.id, '/recognition/organisations/' || o.id, o.name, o.names,
       coalesce(under_the_rule(tally_in_words(t.recognising, t.members, :subject)), '') || coalesce(o.kosovo_quote, ''), null, o.id
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
       e.title,
       coalesce(c.names || ' · ', '') || coalesce(e.date, ''),
       iif(e.claimant = coalesce(c.name, ''), '', 'By ' || e.claimant || '. ')
       || coalesce(iif(e.kind in ('recognition', 'withdrawal'), null, e.quote) || ' ', '') || coalesce(e.note, ''), e.country_id, null
from events e left join countries c on c.id = e.country_id
union all
select 'count', p.id, '/counts/' || p.id, p.recognising || coalesce(' of ' || p.total, '') || ', ' || p.publisher
       || coalesce(', ' || said(coalesce(p.as_of, p.published_on)), ''),
       o.names || coalesce(' · ' || coalesce(p.as_of, p.published_on), ''), coalesce(p.quote || ' ', '') || coalesce(p.note, ''),
       null, p.organisation_id
from published_counts p join organisations o on o.id = p.organisation_id
union all
select 'page', '/recognition/rules/' || id, '/recognition/rules/' || id, 'Rule: ' || title, id, description, null, null from rules
union all
select 'vote', v.id, '/votes/' || v.id, 'Vote: ' || v.body || ', ' || said(v.held_on), v.held_on || coalesce(' · ' || o.names, ''),
       'The vote ' || v.question || ': ' || v.result || ', ' || iif(v.adopted, 'adopted', 'not adopted') || '. '
       || coalesce(v.note, ''), null, v.organisation_id
from votes v left join organisations o on o.id = v.organisation_id
"""
NAMES = """
insert into search_names (name, joined, item)
select name, joined(name), item from (
    select n.name, i.number as item from country_names n join search_items i on i.kind = 'country' and i.id = n.country_id
    union all
    select code, i.number from (select id, iso2 as code from countries union select id, iso3 from countries) c
    join search_items i on i.kind = 'country' and i.id = c.id where code is not null
    union all
    select n.name, i.number from organisation_names n join search_items i on i.kind = 'organisation' and i.id = n.organisation_id
    union all
    select names, number from search_items where kind = 'query')
"""


def fill_search(connection: sqlite3.Connection, pages: list[dict[str, str]], metadata: Path) -> None:
    """Fill the tables behind the search index; saved queries come from `metadata`, a Datasette metadata file."""
    rule = dict(
        zip(("rule_id", "subject", "rule", "known_until"), connection.execute(DEFAULT_RULE).fetchone(), strict=True)
    )

    def under_the_rule(sentence: str | None) -> str | None:
        return f"{sentence} ({rule['rule']}, as known on {dates.said(rule['known_until'])}). " if sentence else None

    for name, arguments, function in (
        ("joined", 1, lambda name: "".join(WORD.findall(folded(name)))), ("said", 1, lambda date: dates.said(date) if date else None),
        ("standing", 5, sentences.standing), ("under_the_rule", 1, under_the_rule),
        ("kind_and_place", 2, sentences.kind_and_place),
        ("tally_in_words", 3, lambda *tally: sentences.tally_in_words(*tally) if None not in tally else None),
    ):  # fmt: skip
        connection.create_function(name, arguments, function, deterministic=True)
    connection.execute(ITEMS, {key: rule[key] for key in ("subject", "rule_id")})
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
    """The saved queries of the database, sorted by name: (name, its title, description and SQL).

    Raises BuildRefused where the file cannot be read, or holds none.
    """
    problems = Problems()
    data = read_bytes(metadata, problems)
    text = decode(data, metadata, problems) if data is not None else None
    try:
        (database,) = safe_load(text or "")["databases"].values()
        return sorted(database["queries"].items())
    except (yaml.YAMLError, TypeError, ValueError, LookupError, AttributeError, RecursionError):
        if text is not None:
            problems.add(
                metadata, 0, "has no 'queries' of one database under 'databases'; restore it from the repository"
            )
        raise problems.refusal() from None

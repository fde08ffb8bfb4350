"""One search over everything: what readers type becomes a query that cannot fail, its hits one ranked list with excerpts."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from datasette.app import Datasette
from rapidfuzz import process
from rapidfuzz.distance import OSA

from recognition import sentences
from recognition.dates import folded, said

from .asked import Asked, as_known, onward
from .database import Row, kept, on_day, rows, rows_of_each
from .search_terms import FINDS_NOTHING, LONGEST, Term, name_typed, parted, terms
from .stated import told_with_days

LONGEST_ABBREVIATION = 5  # letters
KINDS = ("country", "organisation", "statement", "passage", "event", "count", "vote", "query", "page")
PAGE_SIZE = 20
# Hits whose pages answer under a rule, on a day or for an organisation: their addresses carry a reader's choice along.
ANSWERS_UNDER_A_RULE = re.compile(
    r"/(tallies|list|counts|votes|map|timeline|recognition/(countries|organisations|rules)/)"
)
# So many hits of a query are ranked and counted: the first in the index, in the order of KINDS, and always the items
# whose whole name was typed. A word that more items have is common: it matches whole words only and is left out of the
# score, which would be slow. Both keep a search in a million statements within 50 ms (0.2 s for the beginning of very
# many words), though a better hit may stay unranked. The article has fewer items in all, and is not affected.
RANKED = 2000

# The order: acts on the day or in the month or year that was typed, items whose whole name was typed or about which a
# question is, then statements by them, then titles that begin with the query, then bm25.
# In bm25, a hit in the title weighs 10, in another name 6, in the text 1. A hit of whole words counts three times as
# much as one of words that only begin with the last word typed. Weights of kinds settle what is about as good.
HITS = f"""
with named as materialized (
    select distinct i.number, i.country_id, i.organisation_id from search_names n
    join search_items i on i.number = n.item where n.joined = :name
    union select number, country_id, organisation_id from search_items where kind = 'country' and id = :about),
found as materialized (select rowid as number from search where search match :match limit :ranked),
whole as materialized (select rowid as number from search where search match :whole limit :ranked),
scored as materialized (
    select rowid as number, bm25(search, 0, 0, 0, 10, 6, 1) as score from search
    where search match :scored and rowid <= (select max(number) from found)),
hits as (
    select number, sum(score) as score from (
        select number, 0 as score from found union all select number, 0 from named
        union all select number, score from scored where number in (select number from found))
    group by number)
select i.number, i.kind, i.country_id, i.organisation_id, s.status,
       (select count(*) from found) as found,
       case when i.kind = 'event' and e.date >= :date and e.date < :date || '~'
                 then iif(e.kind in ('recognition', 'withdrawal', 'narrative'), 5, 4)
            when i.number in (select number from named) then iif(:name glob '[0-9]*', 0, 3)
            when i.kind = 'statement' and (i.country_id in (select country_id from named)
                 or i.organisation_id in (select organisation_id from named)) then 2
            when substr(i.title, 1, length(:q)) = :q collate nocase and (i.kind <> 'event' or i.country_id is not null) then 1
            else 0 end as tier,
       -hits.score * iif(i.number in (select number from whole), 3, 1)
           * case i.kind when 'country' then 1.6 when 'organisation' then 1.5 when 'statement' then 1.3
                         when 'page' then 1.2 when 'event' then 0.5 when 'count' then 0.4 else 1.0 end as score
from hits join search_items i on i.number = hits.number
left join statuses s on s.country_id = i.country_id and s.rule_id = :rule and {on_day("s")}
left join events e on i.kind = 'event' and e.id = i.id
order by tier desc, score desc, i.number
"""
MEMBERSHIPS = f"""
select m.organisation_id as value, coalesce(o.abbreviation, o.name) as label, count(*) as hits
from json_each(:countries) hit join memberships m on m.country_id = hit.value and {on_day("m")}
join organisations o on o.id = m.organisation_id and o.kind in ('organisation', 'forum', 'area') group by m.organisation_id
"""
MEMBERS = f"""
select country_id from memberships m
where organisation_id = :organisation and {on_day("m")} and country_id in (select value from json_each(:countries))
"""
# How the kinds of names are said that lead to a country and are not what it is called; behind each, who says so.
SAID_OF_NAMES = {"capital": "Its capital", "nationality": "Its people", "part": "A part of it", "code": "Its code"}
NAMES_SHOWN = 3
SPECIAL_NAMES = f"""
select n.country_id, n.name, n.kind, s.publisher as source from country_names n join sources s on s.id = n.source_id
where n.kind in ({", ".join(f"'{kind}'" for kind in SAID_OF_NAMES)})
and n.country_id in (select country_id from search_items where number in (select value from json_each(:numbers)))
"""
YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
ITEMS = """
select number, kind, id, url, title, names, body from search_items
where number in (select value from json_each(:numbers))
"""
# How the country or organisation of each hit stands on a day. A passage has one where it mentions no other.
STANDINGS = f"""
with hit as materialized (
    select i.number, i.organisation_id,
           coalesce(i.country_id, iif(i.kind = 'passage', (
               select min(country_id) from mentions where passage_id = i.id having count(*) = 1), null)) as country_id
    from search_items i where i.number in (select value from json_each(:numbers)))
select hit.number, hit.country_id as country, hit.organisation_id as organisation, c.kind as country_kind, c.subregion,
       c.name_in_sentence, r.name_in_sentence as through, o.kosovo_quote, s.status, s.since, t.recognising, t.members
from hit
left join countries c on c.id = hit.country_id left join countries r on r.id = c.represented_by
left join statuses s on s.country_id = hit.country_id and s.rule_id = :rule and {on_day("s")}
left join organisations o on o.id = hit.organisation_id
left join tally_history t on t.organisation_id = o.id and t.rule_id = :rule and {on_day("t")}
"""
# The + keeps FTS5 from asking for one row after another: for the beginning of a word, each would take as long as all.
EXCERPTS = """
select rowid as number, snippet(search, 5, char(2), char(3), '…', 28) as body, highlight(search, 4, char(2), char(3)) as names,
       highlight(search, 3, char(2), char(3)) as title
from search where search match :match and +rowid in (select value from json_each(:numbers))
    and rowid between (select min(value) from json_each(:numbers)) and (select max(value) from json_each(:numbers))
"""
HAVING = (
    "select rowid as number from search where search match :match and +rowid in (select value from json_each(:numbers))"
)
NAMED = "select name from search_names where joined = :name order by number limit 1"
ALL_ITEMS = "select count(*) as items from search_items"
COUNTED = "select count(*) as items from (select 1 from search where search match :match limit :most)"
WORDS = "select word, times from search_words"


@dataclass(frozen=True)
class Filters:
    """Hits are shown only if they have these values of facets; '' lets all pass. Status and members are of rule and day."""

    kind: str = ""
    status: str = ""
    organisation: str = ""  # the organisation itself and its members on the day


@dataclass
class Found:
    """One page of the answer to a query, and what was changed about the query where it found nothing as typed.

    `total` is the number of hits that were ranked and pass the filters, on whatever page; `more` says whether pages
    follow this one, `truncated` that no more hits than RANKED were ranked and counted. `results` are rows as `result`
    makes them, `facets` as `facets` makes them; they are empty only where nothing is found, whatever the filters.
    `instead` is 'corrected' where the results are those of `did_you_mean`, and 'some words' where not all words are in
    each result: no result has the words of `left_out`, and each says in `without` which others it has not.
    """

    q: str
    total: int = 0
    more: bool = False
    truncated: bool = False
    results: list[Row] = field(default_factory=list)
    facets: list[Row] = field(default_factory=list)
    did_you_mean: str | None = None
    instead: str | None = None
    left_out: list[str] = field(default_factory=list)


async def find(
    datasette: Datasette, q: str, under: Asked, filters: Filters, page: int = 1, about: str | None = None
) -> Found:
    """A page of the results for what a reader typed, with statuses under a rule on a day; pages are counted from 1.

    `about` is the id of the country that a question is about: it comes first. A query that finds nothing is tried again
    with its mistyped words corrected and without the words that nothing has, then with any of its words.
    """
    asked = terms(q)
    if not asked:
        return Found(q)
    found = await results_of(datasette, q, asked, " AND ", under, filters, page, about)
    if found.facets:
        return found
    asked = parted(asked)
    mended = await mended_terms(datasette, asked)
    kept_terms = [term for term in mended if term]
    left_out = [term.text for term, other in zip(asked, mended, strict=True) if other is None]
    corrected = [term for term in kept_terms if term not in asked]
    if kept_terms and (corrected or left_out):
        text = " ".join(f'"{term.text}"' if term.phrase else term.text for term in kept_terms)
        found = await results_of(datasette, text, kept_terms, " AND ", under, filters, page, about)
        if found.facets:
            instead = "some words" if left_out else "corrected"
            did_you_mean = text if corrected else None
            return replace(found, q=q, did_you_mean=did_you_mean, instead=instead, left_out=left_out)
    if len(kept_terms) > 1:
        found = await results_of(datasette, q, kept_terms, " OR ", under, filters, page, about)
        return replace(found, instead="some words" if found.facets else None, left_out=left_out)
    return Found(q)


async def results_of(
    datasette: Datasette, q: str, asked: list[Term], joined: str, under: Asked, filters: Filters, page: int,
    about: str | None,
) -> Found:  # fmt: skip
    """A page of the items that have all terms or, where they are joined by OR, any of them; `q` is the same in words."""
    common = await common_terms(datasette, asked)
    asked = [whole if (whole := replace(term, prefix=False)) in common else term for term in asked]
    match = joined.join(term.match for term in asked)
    on: Row = {"rule": under.rule, "as_of": under.as_of}
    hits = await rows(
        datasette, HITS, q=" ".join(q.split())[:LONGEST], match=match, whole=joined.join(term.whole for term in asked),
        scored=joined.join(term.match for term in asked if term not in common) or FINDS_NOTHING, ranked=RANKED,
        name=name_typed(q), date=date_asked(asked), about=about, **on,
    )  # fmt: skip
    countries = json.dumps([hit["country_id"] for hit in hits if hit["country_id"]])
    members = await rows(datasette, MEMBERS, organisation=filters.organisation, countries=countries, **on)
    within = {row["country_id"] for row in members}
    filtered = [
        hit for hit in hits
        if filters.kind in ("", hit["kind"]) and filters.status in ("", hit["status"])
        and (filters.organisation in ("", hit["organisation_id"]) or hit["country_id"] in within)
    ]  # fmt: skip
    shown = filtered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    asked_for: Row = {
        "match": match,
        "countries": countries,
        "numbers": json.dumps([hit["number"] for hit in shown]),
        **on,
    }
    some = asked if joined == " OR " else []
    memberships, names, *of_hits = await rows_of_each(
        datasette, *((sql, asked_for) for sql in (MEMBERSHIPS, SPECIAL_NAMES, ITEMS, STANDINGS, EXCERPTS)),
        *((HAVING, {**asked_for, "match": term.match}) for term in some),
    )  # fmt: skip
    items, standings, excerpts = ({row["number"]: row for row in found} for found in of_hits[:3])
    having = {term.text: {row["number"] for row in found} for term, found in zip(some, of_hits[3:], strict=True)}
    kinds = {
        (row["country_id"], row["name"]): f"{SAID_OF_NAMES[row['kind']]}, according to {row['source']}:"
        for row in names
    }
    results = [
        result(hit | items[hit["number"]], standings[hit["number"]], excerpts.get(hit["number"]), under, kinds)
        | {"without": [text for text, numbers in having.items() if hit["number"] not in numbers]}
        for hit in shown
    ]
    for hit in results:
        carried = under.carried if ANSWERS_UNDER_A_RULE.match(hit["url"]) else {}
        hit["url"] = onward(datasette, hit["url"], carried)
    return Found(
        q, len(filtered), page * PAGE_SIZE < len(filtered), bool(hits) and hits[0]["found"] == RANKED, results,
        facets(hits, memberships),
    )  # fmt: skip


def date_asked(asked: list[Term]) -> str | None:
    """The ISO day, month or year that a query is, if it is nothing else."""
    only = asked[0] if len(asked) == 1 else None
    if only is None:
        return None
    return only.date or (only.text if YEAR.fullmatch(only.text) else None)


async def common_terms(datasette: Datasette, asked: list[Term]) -> set[Term]:
    """The terms that more than RANKED items have as whole words, none of them as a prefix."""
    (all_items,) = await kept(datasette, "number of items", lambda: rows(datasette, ALL_ITEMS))
    if all_items["items"] <= RANKED:
        return set()
    questions = [(COUNTED, {"match": term.whole, "most": RANKED + 1}) for term in asked]
    counted = await rows_of_each(datasette, *questions)
    return {replace(term, prefix=False) for term, (row,) in zip(asked, counted, strict=True) if row["items"] > RANKED}


async def mended_terms(datasette: Datasette, asked: list[Term]) -> list[Term | None]:
    """The terms, each that finds nothing with the name that it is without blanks, or the nearest word of the index, or None."""

    async def read() -> dict[int, dict[str, int]]:
        return by_length(await rows(datasette, WORDS))

    words = await kept(datasette, "search words", read)
    better: list[Term | None] = []
    for term in asked:
        counted, named = await rows_of_each(
            datasette, (COUNTED, {"match": term.match, "most": 1}), (NAMED, {"name": name_typed(term.text)})
        )
        if counted[0]["items"]:
            better.append(term)
        elif term.phrase or term.date:
            better.append(None)
        elif named:
            better.append(Term(named[0]["name"], phrase=True))
        else:
            near = None if is_abbreviation(term.text) else nearest(folded(term.text), words)
            better.append(Term(near) if near else None)
    return better


def is_abbreviation(text: str) -> bool:
    """Whether a word is typed like an abbreviation: what is like OPEC in letters is something else."""
    return text.isupper() and len(text) <= LONGEST_ABBREVIATION


def facets(hits: list[Row], memberships: list[Row]) -> list[Row]:
    """How many hits there are of each kind, status and membership: rows with facet, value, label and hits.

    The rows of one facet follow each other, the most frequent value first.
    """
    counted = [{"facet": "organisation", **row} for row in memberships]
    for facet in ("kind", "status"):
        values = Counter(hit[facet] for hit in hits if hit[facet])
        counted += [
            {"facet": facet, "value": value, "label": value, "hits": hits_of} for value, hits_of in values.items()
        ]
    return sorted(counted, key=lambda row: (row["facet"], -row["hits"], row["value"]))


def by_length(words: list[Row]) -> dict[int, dict[str, int]]:
    """How often each word is used, grouped by its number of letters: a near word has about as many."""
    found: dict[int, dict[str, int]] = {}
    for row in words:
        found.setdefault(len(row["word"]), {})[row["word"]] = row["times"]
    return found


def nearest(word: str, words: dict[int, dict[str, int]]) -> str | None:
    """The word that differs from `word` in the fewest letters, the most frequent of several; None if all differ in more.

    At most one letter in four may differ, and at most two; of six letters or more, two may have changed their places.
    """
    most = min(2, len(word) // 4)
    lengths = range(len(word) - most, len(word) + most + 1) if most else ()
    cutoff = 2 if len(word) > 5 else most
    near = [
        (min(letters, most), letters, -times[found], found)
        for times in (words.get(length, {}) for length in lengths)
        for found, letters, _ in process.extract(
            word, times.keys(), scorer=OSA.distance, score_cutoff=cutoff, limit=None
        )
        if letters <= most or sorted(found) == sorted(word)
    ]
    return min(near)[3] if near else None


def result(
    hit: Row, stands: Row, excerpt: Row | None, under: Asked, kinds: dict[tuple[str, str], str]
) -> dict[str, Any]:
    """A hit as it is published; `stands` is its row of STANDINGS, `excerpt` that of EXCERPTS.

    `kinds` has what is said of SPECIAL_NAMES, by country and name.

    kind, id, title, url (without the site's prefix), score; `excerpt` and `title_marked`, HTML with only <mark> in it;
    `source`, whose words the excerpt are where they are the article's, else None. What it is about and how that stands:
    country, organisation (ids), status, since (ISO day of its beginning), recognising, members, each None where there is
    none, and `standing`, the same in a sentence, '' without.
    """
    body, names, title = (excerpt[key] if excerpt else None for key in ("body", "names", "title"))
    text = marked(body or hit["body"][:160])
    if hit["kind"] in ("country", "organisation"):  # not what is kept in the index, which is of the default rule
        text = marked(described(stands))
    in_names = hit["kind"] != "event" and names is not None and "\x02" in names and "\x02" not in f"{body}{title}"
    if in_names:
        also = "Also named" if hit["kind"] in ("country", "organisation", "statement") else "About"
        text = f"{named_as(names or '', also, hit['country_id'] or '', kinds)} {text}".strip()
    of_article = hit["kind"] in ("statement", "passage")
    shown = ("country", "organisation", "status", "since", "recognising", "members")
    return {
        "kind": hit["kind"], "id": hit["id"], "title": hit["title"], "url": hit["url"], "excerpt": text,
        "title_marked": marked(title or hit["title"]),
        "source": told_with_days(under.subject) if of_article else None,
        **{key: stands[key] for key in shown}, "standing": standing(stands, under),
        "score": round(hit["score"] + 1000 * hit["tier"], 4),
    }  # fmt: skip


def named_as(names: str, also: str, country: str, kinds: dict[tuple[str, str], str]) -> str:
    """The first of the names that were found, marked, as a sentence: 'Also named …', 'Its capital: …'

    `names` has control characters around the words that were found, `also` what is said of a plain name.
    """
    found = [name for name in names.split(" · ") if "\x02" in name]
    whole = [name for name in found if not re.sub("\x02[^\x02\x03]*\x03", "", name).strip()]
    shown = (whole or sorted(found, key=lambda name: -name.count("\x02")))[:NAMES_SHOWN]
    said_of: dict[str, list[str]] = {}
    for name in shown:
        said_of.setdefault(kinds.get((country, plain(name)), also), []).append(marked(name))
    return " ".join(f"{words} {' · '.join(named)}." for words, named in said_of.items())


def plain(text: str) -> str:
    """The text without the control characters of EXCERPTS."""
    return text.replace("\x02", "").replace("\x03", "")


def described(stands: Row) -> str:
    """What a country or organisation is, for a hit: kind and place, or what the article says of the subject's membership."""
    if not stands["country"]:
        return stands["kosovo_quote"] or ""
    return sentences.kind_and_place(stands["country_kind"], stands["subregion"])


def standing(stands: Row, under: Asked) -> str:
    """How a hit's country or organisation stands, with rule and day, as a sentence; '' for a hit about neither."""
    subject, rule = under.subject["name_in_sentence"], under.rules[under.rule]["title"]
    if stands["members"] is not None:
        tally = sentences.tally_in_words(stands["recognising"], stands["members"], subject)
        return f"{tally} ({rule}, on {said(under.as_of)}{as_known(under.as_of, under.known_until)})."
    if not stands["status"]:
        return ""
    sentence = sentences.standing(
        stands["name_in_sentence"], subject, stands["status"], said(stands["since"]), stands["through"]
    )
    day = "" if under.as_of == under.today else f", on {said(under.as_of)}"
    return f"{sentence} ({rule}{day})."


def marked(text: str) -> str:
    """The text as HTML, with <mark> around what the two control characters of EXCERPTS enclose."""
    escaped = html.escape(text.replace("\0", ""), quote=True)
    return escaped.replace("\x02", "<mark>").replace("\x03", "</mark>")

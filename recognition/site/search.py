"""One search over everything: what readers type becomes a query that cannot fail, its hits one ranked list with excerpts."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from datasette.app import Datasette
from rapidfuzz import process
from rapidfuzz.distance import OSA

from recognition.dates import folded

from .database import Row, kept, rows, rows_of_each

KINDS = ("country", "organisation", "statement", "passage", "event", "count", "query", "page")
PAGE_SIZE = 20
LONGEST = 300  # characters of a query that are looked at: the rest of a pasted page would find nothing
WORDS_AT_MOST = 12
# At most so many hits of a query are ranked and counted: the first in the index, where countries come first, then
# organisations, statements and the other KINDS; items whose whole name was typed are always among them. A word that more
# items have is common: it is no prefix, and has no part in the score. The article has a third as many items in all, so
# that this changes nothing there. In a database of a million statements it keeps a search within 50 ms, but for the
# beginning of very many words ('koso': 0.2 s), at the cost that better hits may stay unranked behind the first ones.
RANKED = 2000

PHRASE_OR_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
WORD = re.compile(r"[^\W_]+")
CURLY_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\0": " "})
POSSESSIVE = re.compile(r"'s?$")
# The last word also matches longer words that begin with it if it has this many letters: 'utop' finds Utopia, but 'EU'
# does not find Europe.
PREFIX_FROM = 3
FINDS_NOTHING = '""'
# Words of a question that say nothing about what is looked for; they are left out if there are other words.
STOP_WORDS = frozenset(
    WORD.findall(
        "a an and are as at be by did do does for from had has have how in is it its many much of on or s that the "
        "their them they to was were what when where which who whom whose why with"
    )
)
# British and American endings; either finds the other. Stems are matched where the word goes on as shown.
SPELLINGS = (
    (re.compile(r"is(e|ed|es|er|ers|ing|ation|ations|able)$"), r"iz\1"),
    (re.compile(r"iz(e|ed|es|er|ers|ing|ation|ations|able)$"), r"is\1"),
    (re.compile(r"our(s|ed|ing|able|hood|hoods|ly)?$"), r"or\1"),
    (re.compile(r"or(s|ed|ing|able|hood|hoods|ly)?$"), r"our\1"),
    (re.compile(r"(cent|theat|met)re(s?)$"), r"\1er\2"),
    (re.compile(r"(cent|theat|met)er(s?)$"), r"\1re\2"),
    (re.compile(r"(lic|def|off|pret)ence(s|d)?$"), r"\1ense\2"),
    (re.compile(r"(lic|def|off|pret)ense(s|d)?$"), r"\1ence\2"),
    (re.compile(r"ogue(s?)$"), r"og\1"),
    (re.compile(r"ll(ed|ing|er|ers)$"), r"l\1"),
    (re.compile(r"l(ed|ing|er|ers)$"), r"ll\1"),
    (re.compile(r"(progra)mme(s?)$"), r"\1m\2"),
)

# The order: items whose whole name was typed, then statements by them, then titles that begin with the query, then bm25.
# In bm25, a hit in the title weighs 10, in another name 6, in the text 1. A hit of whole words counts three times as
# much as one of words that only begin with the last word typed. Weights of kinds settle what is about as good.
HITS = """
with named as materialized (
    select distinct i.number, i.country_id, i.organisation_id from search_names_fts f
    join search_names n on n.number = f.rowid join search_items i on i.number = n.item
    where search_names_fts match :name and n.words = :words limit 20),
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
select i.number, i.kind, i.country_id, i.organisation_id, c.status,
       (select count(*) from found) as found,
       case when i.number in (select number from named) then 3
            when i.kind = 'statement' and (i.country_id in (select country_id from named)
                 or i.organisation_id in (select organisation_id from named)) then 2
            when substr(i.title, 1, length(:q)) = :q collate nocase then 1 else 0 end as tier,
       -hits.score * iif(i.number in (select number from whole), 3, 1)
           * case i.kind when 'country' then 1.6 when 'organisation' then 1.5 when 'statement' then 1.3
                         when 'page' then 1.2 when 'event' then 0.8 else 1.0 end as score
from hits join search_items i on i.number = hits.number left join countries c on c.id = i.country_id
order by tier desc, score desc, i.number
"""
MEMBERSHIPS = """
select m.organisation_id as value, coalesce(o.abbreviation, o.name) as label, count(*) as hits
from json_each(:countries) hit join memberships m on m.country_id = hit.value and m.until is null
join organisations o on o.id = m.organisation_id and o.kind = 'organisation' group by m.organisation_id
"""
MEMBERS = """
select country_id from memberships
where organisation_id = :organisation and until is null and country_id in (select value from json_each(:countries))
"""
ITEMS = """
select number, kind, id, url, title, names, body from search_items
where number in (select value from json_each(:numbers))
"""
# The + keeps FTS5 from asking for one row after another: for the beginning of a word, each would take as long as all.
EXCERPTS = """
select rowid as number, snippet(search, 5, char(2), char(3), '…', 28) as body, snippet(search, 4, char(2), char(3), '…', 10) as names,
       highlight(search, 3, char(2), char(3)) as title
from search where search match :match and +rowid in (select value from json_each(:numbers))
    and rowid between (select min(value) from json_each(:numbers)) and (select max(value) from json_each(:numbers))
"""
COUNTED = "select count(*) as items from (select 1 from search where search match :match limit :most)"
WORDS = "select word, times from search_words"


@dataclass(frozen=True)
class Term:
    """One word or quoted phrase of a query; where `prefix` is true, longer words that begin with it match too."""

    text: str
    phrase: bool = False
    prefix: bool = False

    @property
    def match(self) -> str:
        """The FTS5 expression for it, in quotes, so that nothing in it is an operator."""
        return self.expression("*" if self.prefix else "")

    @property
    def whole(self) -> str:
        """The same, matching whole words only."""
        return self.expression("")

    def expression(self, ending: str) -> str:
        """The term or, joined by OR, all its spellings, each in quotes and with `ending` behind it."""
        texts = [self.text] if self.phrase else [self.text, *spellings(self.text)]
        found = [f'"{text}"{ending}' for text in texts]
        return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def spellings(word: str) -> set[str]:
    """The British spelling of an American word, or the reverse, as its ending shows: recognise, recognize."""
    return {pattern.sub(other, word) for pattern, other in SPELLINGS if len(word) > 5 and pattern.search(word)}


def terms(text: str | None) -> list[Term]:
    """The words and quoted phrases of what a reader typed; none if it has no letter or digit."""
    found = [
        (phrase, POSSESSIVE.sub("", word) or word)
        for phrase, word in PHRASE_OR_WORD.findall((text or "")[:LONGEST].translate(CURLY_QUOTES))
        if WORD.search(phrase or word)
    ][:WORDS_AT_MOST]
    telling = [pair for pair in found if pair[0] or pair[1].casefold() not in STOP_WORDS]
    found = telling or found
    last = len(found)
    return [
        Term(
            phrase or word,
            bool(phrase),
            bool(word) and (word.endswith("*") or (number == last and len(word) >= PREFIX_FROM)),
        )
        for number, (phrase, word) in enumerate(found, 1)
    ]


def fts_query(text: str | None) -> str:
    """The FTS5 query for what a reader typed: all words, in any order; the last matches as a prefix."""
    return " AND ".join(term.match for term in terms(text)) or FINDS_NOTHING


def prepare_connection(connection: sqlite3.Connection) -> None:
    """Register SQL's escape_fts(text), which Datasette's `_search` calls, as `fts_query`."""
    connection.create_function("escape_fts", 1, fts_query, deterministic=True)


@dataclass(frozen=True)
class Filters:
    """Hits are shown only if they have these values of facets; '' lets all pass."""

    kind: str = ""
    status: str = ""
    organisation: str = ""  # the organisation itself and its members of today


@dataclass
class Found:
    """One page of the answer to a query, and what was changed about the query where it found nothing as typed.

    `total` is the number of hits that were ranked and pass the filters, `more` whether there are hits that were not
    ranked. `results` are rows as `result` makes them, `facets` as `facets` makes them. `instead` is 'corrected' where
    the results are those of `did_you_mean`, and 'some words' where not all words are in each result.
    """

    q: str
    total: int = 0
    more: bool = False
    results: list[Row] = field(default_factory=list)
    facets: list[Row] = field(default_factory=list)
    did_you_mean: str | None = None
    instead: str | None = None


async def find(datasette: Datasette, q: str, filters: Filters, page: int = 1) -> Found:
    """A page of the results for what a reader typed; pages are counted from 1.

    A query that finds nothing is tried again with its mistyped words corrected, then with any of its words.
    """
    asked = terms(q)
    found = await results_of(datasette, q, asked, " AND ", filters, page) if asked else Found(q)
    if found.total or not asked or found.facets:
        return found
    corrected = await corrected_terms(datasette, asked)
    if corrected:
        text = " ".join(f'"{term.text}"' if term.phrase else term.text for term in corrected)
        found = await results_of(datasette, text, corrected, " AND ", filters, page)
        if found.total:
            return replace(found, q=q, did_you_mean=text, instead="corrected")
    if len(asked) > 1:
        found = await results_of(datasette, q, asked, " OR ", filters, page)
        return replace(found, instead="some words" if found.total else None)
    return Found(q)


async def results_of(
    datasette: Datasette, q: str, asked: list[Term], joined: str, filters: Filters, page: int
) -> Found:
    """A page of the items that have all terms or, where they are joined by OR, any of them; `q` is the same in words."""
    common = await common_terms(datasette, asked)
    asked = [whole if (whole := replace(term, prefix=False)) in common else term for term in asked]
    match = joined.join(term.match for term in asked)
    hits = await ranked(
        datasette, q, match, joined.join(term.whole for term in asked),
        joined.join(term.match for term in asked if term not in common) or FINDS_NOTHING,
    )  # fmt: skip
    countries = json.dumps([hit["country_id"] for hit in hits if hit["country_id"]])
    members = await rows(datasette, MEMBERS, organisation=filters.organisation, countries=countries)
    within = {row["country_id"] for row in members}
    filtered = [
        hit for hit in hits
        if filters.kind in ("", hit["kind"]) and filters.status in ("", hit["status"])
        and (filters.organisation in ("", hit["organisation_id"]) or hit["country_id"] in within)
    ]  # fmt: skip
    shown = filtered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    asked_for: Row = {"match": match, "countries": countries, "numbers": json.dumps([hit["number"] for hit in shown])}
    memberships, items, marked_items = await rows_of_each(
        datasette, (MEMBERSHIPS, asked_for), (ITEMS, asked_for), (EXCERPTS, asked_for)
    )
    by_number = {row["number"]: row for row in items}
    excerpts = {row["number"]: row for row in marked_items}
    return Found(
        q,
        len(filtered) if shown else 0,
        bool(hits) and hits[0]["found"] == RANKED,
        [result(hit | by_number[hit["number"]], excerpts.get(hit["number"])) for hit in shown],
        facets(hits, memberships),
    )


async def common_terms(datasette: Datasette, asked: list[Term]) -> set[Term]:
    """The terms that more than RANKED items have as whole words, none of them as a prefix."""
    questions = [(COUNTED, {"match": term.whole, "most": RANKED + 1}) for term in asked]
    counted = await rows_of_each(datasette, *questions)
    return {replace(term, prefix=False) for term, (row,) in zip(asked, counted, strict=True) if row["items"] > RANKED}


async def ranked(datasette: Datasette, q: str, match: str, whole: str, scored: str) -> list[Row]:
    """The hits of the FTS5 expression `match` in their order, which bm25 of the expression `scored` gives.

    `whole` is `match` without prefixes: its hits count more.
    """
    name = WORD.findall(q[:LONGEST].translate(CURLY_QUOTES))
    if len(name) > 1 and name[0].casefold() == "the":
        name = name[1:]
    return await rows(
        datasette, HITS, q=" ".join(q.split())[:LONGEST], match=match, whole=whole, scored=scored, ranked=RANKED,
        # a name that begins with these words; it is the whole name if it has no others
        name=f'^"{" ".join(name)}"' if name else FINDS_NOTHING, words=len(name),
    )  # fmt: skip


async def corrected_terms(datasette: Datasette, asked: list[Term]) -> list[Term] | None:
    """The terms with each word that finds nothing replaced by the nearest word of the index; None if one has none."""

    async def read() -> dict[int, dict[str, int]]:
        return by_length(await rows(datasette, WORDS))

    words = await kept(datasette, "search words", read)
    better = []
    for term in asked:
        if term.phrase or (await rows(datasette, COUNTED, match=term.match, most=1))[0]["items"]:
            better.append(term)
            continue
        near = nearest(folded(term.text), words)
        if near is None:
            return None
        better.append(Term(near))
    return better


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

    At most one letter in four may differ, and at most two.
    """
    most = min(2, len(word) // 4)
    lengths = range(len(word) - most, len(word) + most + 1) if most else ()
    near = [
        (letters, -times[found], found)
        for times in (words.get(length, {}) for length in lengths)
        for found, letters, _ in process.extract(word, times.keys(), scorer=OSA.distance, score_cutoff=most, limit=None)
    ]
    return min(near)[2] if near else None


def result(hit: Row, excerpt: Row | None) -> dict[str, Any]:
    """A hit as it is published: kind, id, title, url, score, and `excerpt` and `title_marked`, HTML with only <mark> in it."""
    body, names, title = (excerpt[key] if excerpt else None for key in ("body", "names", "title"))
    in_names = names is not None and "\x02" in names and "\x02" not in f"{body}{title}"
    also = f"Also named {marked(names or '')}. {marked(hit['body'][:120])}" if in_names else None
    return {
        "kind": hit["kind"], "id": hit["id"], "title": hit["title"], "url": hit["url"],
        "excerpt": also or marked(body or hit["body"][:160]), "title_marked": marked(title or hit["title"]),
        "score": round(hit["score"] + 1000 * hit["tier"], 4),
    }  # fmt: skip


def marked(text: str) -> str:
    """The text as HTML, with <mark> around what the two control characters of EXCERPTS enclose."""
    escaped = html.escape(text.replace("\0", ""), quote=True)
    return escaped.replace("\x02", "<mark>").replace("\x03", "</mark>")

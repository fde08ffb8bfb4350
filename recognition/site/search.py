"""One search box that forgives: what readers type becomes a query that cannot fail, its hits one ranked list with excerpts."""

import html
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

DATABASE = "recognition"
KINDS = ("country", "organisation", "statement", "passage", "event", "count", "query", "page")
PAGE_SIZE = 20
LONGEST = 300  # characters of a query that are looked at: the rest of a pasted page would find nothing
WORDS_AT_MOST = 12

PHRASE_OR_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
WORD = re.compile(r"[^\W_]+")
CURLY_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\0": " "})
POSSESSIVE = re.compile(r"'s?$")
# Letters of the last word from which it also finds longer ones: 'maced' finds Macedonia, 'EU' not Europe.
PREFIX_FROM = 3
FINDS_NOTHING = '""'
# Words of a question that say nothing about what is looked for, once there are others.
SMALL_WORDS = frozenset(
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

# What a query finds is ranked whole as long as it is not very much: of each kind so many hits, in the order of the
# index, and what bears a name that was typed in full. More is said to be more. The article itself never has so many.
RANKED = 300
# Words that are in more items than that tell hits apart hardly at all, and counting them takes long: they have no part
# in the score. A word cut short that so many words begin with stands for the most frequent of them.
COMMON = 2000
COMMON_BEGINNING = 20_000
LIKELY_WORDS = 8

KINDS_FROM_TO = "select kind, min(number) as first, max(number) as last from search_items group by kind order by first"
FOUND = " union all ".join(
    f"select * from (select rowid as number, {place} as part from search where search match :match "
    f"and rowid between :first{place} and :last{place} limit {RANKED})"
    for place in range(len(KINDS))
)
FOUND_IN = """
select rowid as number from search where search match :match
and rowid in (select number from search_items where country_id = :country or organisation_id = :organisation limit 100)
"""
NAMED = """
select distinct i.number, i.country_id, i.organisation_id from search_names_fts f join search_names n on n.number = f.rowid
join search_items i on i.number = n.item where search_names_fts match :phrase and n.words = :words limit 20
"""
# A name typed in full comes first, then what is said by who bears it, then what begins with the words, then by bm25,
# in which a hit in the title or a name outweighs one in the text, and a whole word one that only begins with it.
# Weights of kinds settle what is about as good.
HITS = """
with scored as materialized (
    select rowid as number, bm25(search, 0, 0, 0, 10, 6, 1) as score from search where search match :scored),
whole as materialized (select value as number from json_each(:whole)),
named as materialized (select value as number from json_each(:named)),
bearers as (select country_id, organisation_id from search_items where number in (select number from named))
select i.number, i.kind, i.country_id, i.organisation_id, c.status,
       case when i.number in (select number from named) then 3
            when i.kind = 'statement' and (i.country_id in (select country_id from bearers)
                 or i.organisation_id in (select organisation_id from bearers)) then 2
            when substr(i.title, 1, length(:q)) = :q collate nocase then 1 else 0 end as tier,
       -coalesce(scored.score, 0) * iif(i.number in (select number from whole), 3, 1)
           * case i.kind when 'country' then 1.6 when 'organisation' then 1.5 when 'statement' then 1.3
                         when 'page' then 1.2 when 'event' then 0.8 else 1.0 end as score
from json_each(:found) found join search_items i on i.number = found.value
left join scored on scored.number = i.number left join countries c on c.id = i.country_id
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
EXCERPTS = """
select rowid as number, snippet(search, 5, char(2), char(3), '…', 28) as body, snippet(search, 4, char(2), char(3), '…', 10) as names,
       highlight(search, 3, char(2), char(3)) as title
from search where search match :match and rowid in (select value from json_each(:numbers))
"""
KNOWN = "select count(*) as items from (select 1 from search where search match :match limit :most)"
BEGINNING = (
    "select word, times from search_words where word >= :word and word < :word || char(1114111) order by times desc"
)
NEAR_WORDS = "select word, times from search_words"
KEPT = {}  # what is the same as long as one edition is served: its hash, SQL to rows


@dataclass(frozen=True)
class Term:
    """One word or quoted phrase of a query; `cut_short` where longer words that begin with it count too."""

    text: str
    phrase: bool = False
    cut_short: bool = False
    common: bool = False  # in so many items that it has no part in the score
    words: tuple[str, ...] = ()  # what a beginning of very many words stands for

    @property
    def match(self):
        """The FTS5 expression for it: always inside quotes, so that no operator is an operator."""
        texts = [self.text] if self.phrase else [self.text, *self.words, *spellings(self.text)]
        terms = [f'"{text}"' + ("*" if self.cut_short else "") for text in texts]
        return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def spellings(word):
    """The British spelling of an American word and the other way round, where an ending tells: recognise, recognize."""
    return {pattern.sub(other, word) for pattern, other in SPELLINGS if len(word) > 5 and pattern.search(word)}


def terms(text):
    """What a reader typed as words and phrases; text without a letter or digit has none."""
    found = [
        (phrase, POSSESSIVE.sub("", word) or word)
        for phrase, word in PHRASE_OR_WORD.findall((text or "")[:LONGEST].translate(CURLY_QUOTES))
        if WORD.search(phrase or word)
    ][:WORDS_AT_MOST]
    told = [pair for pair in found if pair[0] or pair[1].casefold() not in SMALL_WORDS]
    found = told or found
    last = len(found)
    return [
        Term(
            phrase or word,
            bool(phrase),
            bool(word) and (word.endswith("*") or (number == last and len(word) >= PREFIX_FROM)),
        )
        for number, (phrase, word) in enumerate(found, 1)
    ]


def fts_query(text):
    """The FTS5 query for what a reader typed: all words, in any order; quoted words together; the last may be cut short."""
    return " AND ".join(term.match for term in terms(text)) or FINDS_NOTHING


def prepare_connection(conn):
    conn.create_function("escape_fts", 1, fts_query, deterministic=True)


@dataclass
class Found:
    """The answer to a query: one page of results, and what was made of the query where it found nothing as it was."""

    q: str
    total: int = 0
    more: bool = False  # than are ranked: the total is of these
    results: list = field(default_factory=list)
    facets: list = field(default_factory=list)
    did_you_mean: str | None = None
    # 'corrected': the results are those of did_you_mean; 'some words': not all words are in them
    instead: str | None = None


class Search:
    """The questions that the search page asks of the database."""

    def __init__(self, datasette):
        self.db = datasette.get_database(DATABASE)

    async def rows(self, sql, **parameters):
        """The rows as dicts. The time limit is for strangers' SQL: a busy machine must not fail a page of ours."""
        return await self.db.execute_fn(lambda connection: [dict(row) for row in connection.execute(sql, parameters)])

    async def kept(self, sql, make):
        """What `make` makes of the rows of `sql`, which has no parameters; kept as long as the same edition is served."""
        edition = self.db.hash
        if edition is None:  # a database that may change
            return make(await self.rows(sql))
        if edition not in KEPT:
            KEPT.clear()
            KEPT[edition] = {}
        if sql not in KEPT[edition]:
            KEPT[edition][sql] = make(await self.rows(sql))
        return KEPT[edition][sql]

    async def find(self, q, kind="", status="", organisation="", page=1):
        """What a query finds; a query that finds nothing is tried with its mistyped words corrected, then with any of its words."""
        filters = {"kind": kind, "status": status, "organisation": organisation, "page": page}
        asked = terms(q)
        found = await self.page(q, asked, " AND ", **filters) if asked else Found(q)
        if found.total or not asked or found.facets:
            return found
        corrected = await self.corrected(asked)
        if corrected:
            text = " ".join(f'"{term.text}"' if term.phrase else term.text for term in corrected)
            found = await self.page(text, corrected, " AND ", **filters)
            if found.total:
                return replace(found, q=q, did_you_mean=text, instead="corrected")
        if len(asked) > 1:
            found = await self.page(q, asked, " OR ", **filters)
            return replace(found, instead="some words" if found.total else None)
        return Found(q)

    async def page(self, q, asked, joined, page, kind, status, organisation):
        """A page of what has all terms or, where they are joined by OR, any of them; `q` is the same in words."""
        asked = [await self.narrowed(term) for term in asked]
        match = joined.join(term.match for term in asked)
        hits, more = await self.hits(q, asked, joined, match)
        countries = json.dumps([hit["country_id"] for hit in hits if hit["country_id"]])
        within = {row["country_id"] for row in await self.rows(MEMBERS, organisation=organisation, countries=countries)}
        filtered = [
            hit for hit in hits
            if kind in ("", hit["kind"]) and status in ("", hit["status"])
            and (not organisation or hit["organisation_id"] == organisation or hit["country_id"] in within)
        ]  # fmt: skip
        shown = filtered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        numbers = json.dumps([hit["number"] for hit in shown])
        items = {row["number"]: row for row in await self.rows(ITEMS, numbers=numbers)} if shown else {}
        excerpts = await self.rows(EXCERPTS, match=match, numbers=numbers) if shown else []
        excerpts = {row["number"]: row for row in excerpts}
        results = [result(hit | items[hit["number"]], excerpts.get(hit["number"])) for hit in shown]
        return Found(
            q,
            len(filtered) if shown else 0,
            more,
            results,
            facets(hits, await self.rows(MEMBERSHIPS, countries=countries)),
        )

    async def hits(self, q, asked, joined, match):
        """The hits in their order, and whether there are more than are ranked."""
        name = WORD.findall(q[:LONGEST].translate(CURLY_QUOTES))
        if len(name) > 1 and name[0].casefold() == "the":
            name = name[1:]
        # the whole name: it begins with these words and has no others
        phrase = f'^"{" ".join(name)}"' if name else FINDS_NOTHING
        named = await self.rows(NAMED, phrase=phrase, words=len(name))
        found, more = await self.found(match)
        # a word cut short is a whole word too: hits that have it so come first
        whole = match.replace('"*', '"')
        whole = found if whole == match else (await self.found(whole))[0]
        for bearer in named if more else ():
            owner = {"country": bearer["country_id"], "organisation": bearer["organisation_id"]}
            found |= {row["number"] for row in await self.rows(FOUND_IN, match=match, **owner)}
        scored = joined.join(term.match for term in asked if not term.common) or FINDS_NOTHING
        numbers = [row["number"] for row in named]
        found_json, whole_json, named_json = (json.dumps(sorted(each)) for each in (found | {*numbers}, whole, numbers))
        text = " ".join(q.split())[:LONGEST]
        return await self.rows(HITS, q=text, scored=scored, found=found_json, whole=whole_json, named=named_json), more

    async def found(self, match):
        """The numbers of what an FTS5 expression finds, the first of each kind, and whether there are more."""
        ranges = await self.kept(KINDS_FROM_TO, lambda rows: rows)
        places = [(row["first"], row["last"]) for row in ranges] + [(0, -1)] * (len(KINDS) - len(ranges))
        between = {
            f"{end}{place}": row[at] for place, row in enumerate(places) for at, end in enumerate(("first", "last"))
        }
        rows = await self.rows(FOUND, match=match, **between)
        return {row["number"] for row in rows}, RANKED in Counter(row["part"] for row in rows).values()

    async def narrowed(self, term):
        """The term, marked where it is common; a beginning of very many words stands for the most frequent of them."""
        if term.cut_short and not term.phrase:
            whole = replace(term, cut_short=False)
            if await self.known(whole.match, COMMON + 1) > COMMON:
                return replace(whole, common=True)
            likely = await self.rows(BEGINNING, word=folded(term.text))
            if sum(row["times"] for row in likely) > COMMON_BEGINNING:
                return replace(whole, words=tuple(row["word"] for row in likely[:LIKELY_WORDS]), common=True)
        return replace(term, common=await self.known(term.match, COMMON + 1) > COMMON)

    async def known(self, match, most):
        """How many items an FTS5 expression finds, counted up to `most`."""
        return (await self.rows(KNOWN, match=match, most=most))[0]["items"]

    async def corrected(self, asked):
        """The query with each word that the index does not know replaced by the nearest one that it knows, or None."""
        words = await self.kept(NEAR_WORDS, by_length)
        better = []
        for term in asked:
            if term.phrase or await self.known(term.match, 1):
                better.append(term)
                continue
            near = nearest(folded(term.text), words)
            if near is None:
                return None
            better.append(Term(near))
        return better


def facets(hits, memberships):
    """How many hits there are of each kind, status and membership, the most frequent first."""
    kinds = Counter(hit["kind"] for hit in hits)
    statuses = Counter(hit["status"] for hit in hits if hit["status"])
    counted = [{"facet": "kind", "value": kind, "label": kind, "hits": number} for kind, number in kinds.items()]
    counted += [{"facet": "organisation", **row} for row in memberships]
    counted += [
        {"facet": "status", "value": status, "label": status, "hits": number} for status, number in statuses.items()
    ]
    return sorted(counted, key=lambda facet: (facet["facet"], -facet["hits"], facet["value"]))


def by_length(rows):
    """Words to how often each is used, under their number of letters: a word is only near to others of about its length."""
    words = {}
    for row in rows:
        words.setdefault(len(row["word"]), {})[row["word"]] = row["times"]
    return words


def nearest(word, words):
    """The most frequent of the words that differ from `word` in the fewest letters, at most one in four, or None."""
    most = min(2, len(word) // 4)
    lengths = range(len(word) - most, len(word) + most + 1) if most else ()
    near = [
        (letters, -times[found], found)
        for times in (words.get(length, {}) for length in lengths)
        for found, letters, _ in process.extract(word, times.keys(), scorer=OSA.distance, score_cutoff=most, limit=None)
    ]
    return min(near)[2] if near else None


def folded(word):
    """Small letters without accents, as the words of the index are kept."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def result(row, excerpt):
    """A hit as it is published: `excerpt` and `title_marked` are HTML in which only the marks are markup."""
    body, names, title = (excerpt[key] if excerpt else None for key in ("body", "names", "title"))
    in_names = names is not None and "\x02" in names and "\x02" not in body + title
    also = f"Also named {marked(names)}. {marked(row['body'][:120])}" if in_names else None
    shown = also or marked(body or row["body"][:160])
    return {
        "kind": row["kind"], "id": row["id"], "title": row["title"], "url": row["url"], "excerpt": shown,
        "title_marked": marked(title or row["title"]), "score": round(row["score"] + 1000 * row["tier"], 4),
    }  # fmt: skip


def marked(text):
    """Text as HTML, with what stands between the two control characters of the query in <mark>."""
    escaped = html.escape(text.replace("\0", ""), quote=True)
    return escaped.replace("\x02", "<mark>").replace("\x03", "</mark>")

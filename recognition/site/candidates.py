"""Which countries and organisations a text of somebody's table may mean, each with a score; which of them it means for certain.

A text means what it names to the letter, whatever its case, accents and signs. What it is only like, and what leads to a
country that is not called so (its capital, its people, a part of it, codes of the Olympics and numbers of the UN), is
never certain.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from datasette.app import Datasette
from rapidfuzz import fuzz, process

from recognition import sentences

from .database import Row, grouped, kept, rows_of_each
from .names import HEAD, words

COUNTRY, ORGANISATION = "country", "organisation"
TYPES = {COUNTRY: "Country or territory", ORGANISATION: "Organisation, forum or region"}
LONGEST = 300  # characters of a text that are looked at; a longer one is no name
# What a score says. No candidate of a lower kind comes before one of a higher.
NAMED = 100  # it is called so, and nothing else is
SHARED = 80  # it is called so, and another is too, or begins so before what tells them apart: 'Utopia (East)'
DOUBTFUL = 70  # a short code in small letters, or one that means something else too
LEADS_TO = 60  # not called so, but its capital, people, part, Olympic code or UN number is
IN_WORDS = 50  # all words of the text are in one of its names, the other way round, or both begin so: 'Utopia, Rep.'
LIKE_AT_MOST = 40  # like one of its names: as much less as it differs
LIKE_FROM = 75  # of 100, in letters; what differs more is no candidate
CONTRADICTED = 20  # whatever it is called: it has another value than the one that is asked for
# How the kinds of names are said that lead to a country and are not what it is called.
LEADING = {
    "capital": "Its capital", "nationality": "Its people", "adjective": "What is of it", "part": "A part of it",
    "code": "Its Olympic code", "number": "Its number in UN M49",
}  # fmt: skip
SHORT = 3  # letters of a code: 'to' and 'no' are words before they are codes
MISSING = frozenset(["NA"])  # a code that tables also have where a value is missing

VALUES = ("kind", "region", "subregion", "iso2", "iso3")  # by which candidates can be told apart
Wanted = dict[str, set[str]]  # of some of these, the spellings that are right

ENTITIES = """
select id, 'country' as type, name, kind, region, subregion, iso2, iso3 from countries
union all select id, 'organisation', name, kind, null, null, null, null from organisations
order by 2, 3
"""
NAMES = """
select country_id as id, name, kind from country_names
union all select id, iso2, 'iso2' from countries where iso2 is not null
union all select id, iso3, 'iso3' from countries where iso3 is not null
union all select organisation_id, name, kind from organisation_names
"""


@dataclass(frozen=True, slots=True)
class Entity:
    """A country or an organisation; `about` is what it is and where, in a sentence."""

    id: str
    type: str
    name: str
    about: str
    values: Row  # kind, region, subregion, iso2, iso3; None where it has none


@dataclass(frozen=True, slots=True)
class Candidate:
    entity: Entity
    score: float
    match: bool  # whether it is certain
    reason: str  # why it is one, in a sentence


@dataclass(frozen=True, slots=True)
class Name:
    """A name by which an entity is called, its words as `plain_words` and as `words` has them."""

    entity: str
    text: str
    plain: frozenset[str]
    spelt: tuple[str, ...]


@dataclass(slots=True)
class Index:
    """All names. The dicts have ids by a name as `joined`; `exactly` by a code, short name or id as it is written."""

    entities: dict[str, Entity]
    main: dict[str, set[str]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    exactly: dict[str, set[str]] = field(default_factory=dict)
    heads: dict[str, set[str]] = field(default_factory=dict)
    leading: dict[str, dict[str, str]] = field(default_factory=dict)  # with the kind of the name by id
    names: list[Name] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)  # the same as text
    having: dict[str, list[int]] = field(default_factory=dict)  # by one of its plain words, which of `names`
    beginning: list[tuple[str, int]] = field(default_factory=list)  # words of names in order, and which of `names`


def plain_words(text: str) -> list[str]:
    """The words of a name as they are compared: without case, accents, signs and 'the'; '&' is 'and'."""
    found = words(text.replace("&", " and "))
    return [word for word in found if word != "the"] or found


def joined(text: str) -> str:
    """A name as it is compared: its words, without blanks."""
    return "".join(plain_words(text))


def readings(text: str) -> list[str]:
    """A text as names are compared, and where it has one comma also the other way round: 'Utopia, Republic of'."""
    parts = text.split(",")
    turned = [joined(f"{parts[1]} {parts[0]}")] if len(parts) == 2 and all(part.strip() for part in parts) else []
    return [joined(text), *turned]


def is_code(name: str) -> bool:
    """Whether a name is so short that it is one only as it is written: of two or three capitals, dots between them or not."""
    return name.isascii() and name.isupper() and len(joined(name)) <= SHORT


async def index(datasette: Datasette) -> Index:
    """The index of all names, made once for an edition."""

    async def read() -> Index:
        entities, names = await rows_of_each(datasette, (ENTITIES, {}), (NAMES, {}))
        return await asyncio.to_thread(index_of, entities, names)  # it takes a tenth of a second

    return await kept(datasette, "index of candidates", read)


def index_of(entities: list[Row], names: list[Row]) -> Index:
    """The index of rows of ENTITIES and NAMES."""
    found = Index({row["id"]: entity_of(row) for row in entities})
    for id_, own in grouped(names, "id").items():
        found.exactly.setdefault(id_, set()).add(id_)
        for row in own:
            add(found, id_, row["name"], row["kind"])
    found.beginning.sort()
    return found


def entity_of(row: Row) -> Entity:
    is_country = row["type"] == COUNTRY
    about = sentences.kind_and_place(row["kind"], row["subregion"]) if is_country else f"{row['kind'].capitalize()}."
    return Entity(row["id"], row["type"], row["name"], about, {name: row[name] for name in VALUES})


def add(found: Index, id_: str, text: str, kind: str) -> None:
    """Put a name of the entity with this id into the index."""
    key = joined(text)
    if kind in LEADING:
        found.leading.setdefault(key, {}).setdefault(id_, kind)
        return
    if kind in ("iso2", "iso3") or is_code(text):
        found.exactly.setdefault(text, set()).add(id_)
        return
    if kind == "main":
        found.main.setdefault(key, set()).add(id_)
    found.named.setdefault(key, set()).add(id_)
    if head := HEAD.match(text):
        found.heads.setdefault(joined(head[1]), set()).add(id_)
    name, at = Name(id_, text, frozenset(plain_words(text)), tuple(words(text))), len(found.names)
    found.names.append(name)
    found.plain.append(" ".join(plain_words(text)))
    found.beginning += [(word, at) for word in set(name.spelt)]
    for word in name.plain:
        found.having.setdefault(word, []).append(at)


def called(found: Index, text: str, among: Collection[str]) -> tuple[set[str], set[str]]:
    """The ids of what is called so, and of what begins so before that which tells it from another of that name.

    A country's own name is that country, whatever else is called so in another language.
    """
    exact, heads = set(found.exactly.get(text, ())), set()
    for key in readings(text):
        exact |= found.main.get(key) or found.named.get(key, set())
        if key not in found.main:
            heads |= found.heads.get(key, set())
    return exact & set(among), (heads - exact) & set(among)


def candidates(found: Index, text: str, types: Collection[str] = (COUNTRY,)) -> list[Candidate]:
    """What a text may mean among entities of these types, the best first; where one is certain, that one alone."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        return []
    among = {id_ for id_, entity in found.entities.items() if entity.type in types}
    exact, heads = called(found, text, among)
    doubt = why_doubtful(found, text, exact)
    if len(exact) == 1 and not heads and not doubt:
        return [Candidate(found.entities[id_], NAMED, True, "") for id_ in exact]
    scores: dict[str, tuple[float, str]] = {}
    for id_ in exact:
        scores[id_] = (DOUBTFUL, doubt) if doubt else (SHARED, "Called so, but not alone.")
    for id_ in heads:
        scores[id_] = (SHARED, "A name of it begins so.")
    others = [*less_than_named(found, text), *(() if exact else alike(found, text))]
    for id_, score, reason in others:
        if id_ in among:
            scores.setdefault(id_, (score, reason))
    made = [Candidate(found.entities[id_], score, False, reason) for id_, (score, reason) in scores.items()]
    return sorted(made, key=lambda one: (-one.score, one.entity.name))


def why_doubtful(found: Index, text: str, exact: Collection[str]) -> str:
    """Why a code does not say for certain what it means, as a sentence; '' where it does, or where it is no code."""
    if not exact or text not in found.exactly:
        return ""
    if text in MISSING:
        return "Its code, which tables also write where a value is missing."
    others = found.leading.get(joined(text), {}).keys() - exact
    return "Its ISO code, which is another country's Olympic code." if others else ""


def less_than_named(found: Index, text: str) -> Iterator[tuple[str, float, str]]:
    """(id, score, reason) of what is not called so: what has this code in capitals, what it leads to, what has its words."""
    if text not in found.exactly:
        for id_ in found.exactly.get(text.upper(), ()):
            yield id_, DOUBTFUL, "Its code, which is written in capitals."
    for id_, kind in found.leading.get(joined(text), {}).items():
        yield id_, LEADS_TO, f"{LEADING[kind]}: {text}."
    if head := HEAD.match(text):
        for id_ in found.heads.get(joined(head[1]), ()):
            yield id_, IN_WORDS, f"A name of it begins with ‘{head[1]}’ too."
    own = frozenset(plain_words(text))
    for at in sorted({at for word in own for at in found.having.get(word, ())}):
        name = found.names[at]
        if own <= name.plain:
            yield name.entity, IN_WORDS, f"Its name ‘{name.text}’ has these words."
        elif name.plain <= own and len("".join(name.plain)) > SHORT:
            yield name.entity, IN_WORDS, f"Its name ‘{name.text}’ is among these words."


def alike(found: Index, text: str) -> Iterator[tuple[str, float, str]]:
    """(id, score, reason) of what has a name that is like a text in its letters, the most alike first."""
    spelt = " ".join(plain_words(text))
    if len(spelt) <= SHORT:
        return
    for _, likeness, at in process.extract(spelt, found.plain, scorer=fuzz.ratio, score_cutoff=LIKE_FROM, limit=20):
        name = found.names[at]
        yield name.entity, round(LIKE_AT_MOST * likeness / 100, 1), f"Its name ‘{name.text}’ is like this one."


def agreeing(candidates: Iterable[Candidate], wanted: Wanted) -> list[Candidate]:
    """The candidates in the light of values that are wanted, by property the spellings that are right, as `joined`.

    Who has another value comes last and is never certain. Where of several that share a name one has all that is wanted,
    and no other could, that one is certain.
    """
    judged = [
        one if not (wrong := contradiction(one.entity, wanted)) else replace(one, score=CONTRADICTED, match=False, reason=wrong)
        for one in candidates
    ]  # fmt: skip
    shared = [one for one in judged if one.score == SHARED]
    if wanted and len(shared) == 1 and has_all(shared[0].entity, wanted):
        only = replace(shared[0], score=NAMED, match=True, reason="Called so, and has the values that are asked for.")
        judged = [only if one is shared[0] else one for one in judged]
    return sorted(judged, key=lambda one: (-one.score, one.entity.name))


def contradiction(entity: Entity, wanted: Wanted) -> str:
    """What an entity has in place of a value that is wanted, as a sentence; '' where nothing contradicts."""
    for name, right in wanted.items():
        own = entity.values[name]
        if own is not None and joined(own) not in right:
            return f"Its {name} is {own}."
    return ""


def has_all(entity: Entity, wanted: Wanted) -> bool:
    return not contradiction(entity, wanted) and all(entity.values[name] is not None for name in wanted)


def with_values(found: Index, wanted: Wanted, types: Collection[str]) -> list[Candidate]:
    """What has all values that are wanted, where no name is asked for; certain where a code says which one is meant."""
    having = [entity for entity in found.entities.values() if entity.type in types and has_all(entity, wanted)]
    is_certain = len(having) == 1 and bool({"iso2", "iso3"} & wanted.keys())
    score, reason = (NAMED, "") if is_certain else (IN_WORDS, "Has the values that are asked for.")
    return [Candidate(entity, score, is_certain, reason) for entity in having]


def suggestions(found: Index, prefix: str, types: Collection[str]) -> list[tuple[Entity, str]]:
    """Entities with a name in which words begin with all words of `prefix`, each with that name; first what begins so itself."""
    text = " ".join(prefix.split())[:LONGEST]
    asked = words(text)
    if not asked:
        return []
    best: dict[str, tuple[tuple[bool, bool, str], str]] = {}
    for at in {at for _, at in beginning_with(found, max(asked, key=len))}:
        name = found.names[at]
        entity = found.entities[name.entity]
        if entity.type in types and all(any(word.startswith(one) for word in name.spelt) for one in asked):
            is_behind = not " ".join(name.spelt).startswith(" ".join(asked))
            rank = (is_behind, name.text != entity.name, entity.name)
            best[entity.id] = min(best.get(entity.id, (rank, name.text)), (rank, name.text))
    for code in (text, text.upper()):
        for id_ in found.exactly.get(code, ()):
            if found.entities[id_].type in types:
                best[id_] = (False, False, ""), code
    ranked = sorted(best.items(), key=lambda item: item[1][0])
    return [(found.entities[id_], name) for id_, (_, name) in ranked]


def beginning_with(found: Index, word: str) -> Iterator[tuple[str, int]]:
    """The words of names that begin with a word, each with the place of its name."""
    for at in range(bisect_left(found.beginning, (word, -1)), len(found.beginning)):
        if not found.beginning[at][0].startswith(word):
            return
        yield found.beginning[at]

"""Finds the words on which rows of registers rest in the new capture: where they are now, what stands in their place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from recognition.build.keys import slug
from recognition.build.passages import Passage
from recognition.build.problems import Problems
from recognition.build.reading import Row
from recognition.dates import dates_in

from .editions import Capture
from .matching import Passages
from .plan import Edit, Plan, Question

SENTENCE = re.compile(r"""[^.!?|\n]+(?:[.!?]+["'”’)]*|[|\n]|$)""")
WORD = re.compile(r"\S+")
ALIKE = 0.4  # of the words of a quote; what has less is another sentence


@dataclass(frozen=True)
class Resting:
    """A row of a register that rests on words of the article: the column that has them, and what to do where they are gone."""

    register: str
    row: Row
    column: str
    passage: Passage  # of the present capture
    goes: bool  # whether the row goes where the passage is gone; else that is a question
    has_key: bool  # whether the register has a column for the passage's key


def resting(old: Capture) -> list[Resting]:
    """The rows of all registers that rest on words of the present article, each with the passage that has them."""
    registers, unheard = old.registers, Problems()
    found = []
    for name, goes in (("events", True), ("oddities", False)):
        for row, passage in old.quotes.find_each(registers[name], unheard):
            found.append(Resting(name, row, "quote", passage, goes, True))
    statements = {owner: one.passage for owner, one in old.owners().items()}
    named = {one.ordinal: one.passage for one in old.article.statements if one.list == "organisations"}
    for row in registers["organisations"]:
        if row["article_row"] and int(row["article_row"]) in named:
            statements[row["id"]] = named[int(row["article_row"])]
            if row["kosovo_quote"]:
                found.append(Resting("organisations", row, "kosovo_quote", statements[row["id"]], False, False))
    for row in registers["position_themes"]:
        if row["position"] in statements:
            found.append(Resting("position_themes", row, "quote", statements[row["position"]], True, False))
    return found


def hold_words(old: Capture, new: Capture, passages: Passages, plan: Plan) -> None:
    """Adds what becomes of each row that rests on words of the article; `passages` are those of the new capture by present key."""
    rows = resting(old)
    kept: dict[str, list[Resting]] = {}
    same = 0
    for one in rows:
        now = passages.get(one.passage.id)
        if now is not None and one.row[one.column] in now.text:
            same += find_again(one, now, new, plan)
            kept.setdefault(one.passage.id, []).append(one)
        elif one.has_key and (holding := new.quotes.holding(one.row[one.column])):  # elsewhere, to the letter
            same += find_again(one, holding[0] if len(holding) == 1 else None, new, plan)
        elif now is None:
            gone(one, old, plan)
        else:
            other_words(one, now, plan)
    plan.same.append(f"{same} of {len(rows)} quotes on which events, themes, oddities and memberships rest")
    tell_changes(old, new, passages, kept, plan)


def find_again(one: Resting, now: Passage | None, new: Capture, plan: Plan) -> int:
    """Sees that a quote which is still there finds its passage; returns 1 where the row stays as it is."""
    if not one.has_key:
        return 1
    quote, key = one.row[one.column], one.row["passage"]
    holding = new.quotes.holding(quote)
    named = new.article.by_key.get(key)
    if (not key and len(holding) == 1) or (named is not None and quote in named.text and now in (named, None)):
        return 1
    if now is None:
        places = ", ".join(new.quotes.place(passage) for passage in holding)
        plan.questions.append(
            Question(
                f"{place(one)}: its words are in several passages now: {places}. Name one in column passage: {quote!r}"
            )
        )
        return 0
    why = "its words are in another passage now" if key else "its words are in several passages now"
    plan.edits.append(Edit(one.register, one.row.line, {"passage": now.id}, why))
    return 0


def gone(one: Resting, old: Capture, plan: Plan) -> None:
    """A row whose passage is gone goes with it, unless other rows rest on it or it is a text of ours: that is a question."""
    answering = [
        f"{name}.csv:{row.line}"
        for name, column in (
            ("events", "answers"),
            ("updates", "answers"),
            ("events", "dated_by"),
            ("event_countries", "answers"),
        )
        for row in old.registers[name]
        if one.register == "events" and row[column] == one.row["id"]
    ]
    edit = Edit(one.register, one.row.line, None, f"the article no longer says {one.row[one.column]!r}")
    if one.goes and not answering:
        plan.edits.append(edit)
        return
    text = f"{place(one)}: the article no longer says {one.row[one.column]!r}."
    if answering:
        text += f" These rows answer it or are dated by it, and would need another: {', '.join(answering)}."
        plan.questions.append(Question(f"{text} Does it go, or stay with a record in updates.csv?"))
    elif one.register == "organisations":
        cells = {"kosovo_membership": "not stated", "kosovo_quote": "", "kosovo_since": ""}
        plan.questions.append(
            Question(
                f"{text} Is the membership not stated now?", (Edit("organisations", one.row.line, cells, "not stated"),)
            )
        )
    else:
        plan.questions.append(Question(f"{text} Does the row go?", (edit,)))


def other_words(one: Resting, now: Passage, plan: Plan) -> None:
    """A quote whose passage has other words: the same but for signs are put in; others are a question with the nearest ones."""
    quote = one.row[one.column]
    near = nearest_words(quote, now.text)
    if near is None:
        edit = Edit(one.register, one.row.line, None, f"its words {quote!r} are gone")
        plan.questions.append(
            Question(
                f"{place(one)}: the words {quote!r} are gone from line {now.first_line}, and none are like them. Does the row go?",
                (edit,),
            )
        )
        return
    cells = {one.column: near}
    if one.has_key and one.row["passage"]:
        cells["passage"] = now.id
    edit = Edit(one.register, one.row.line, cells, "the article has other words")
    if slug(near) == slug(quote):
        plan.edits.append(Edit(one.register, one.row.line, cells, "the same words with other signs"))
        return
    text = f"{quote!r} is {near!r} now (line {now.first_line}). Does {place(one)} still hold?"
    if one.register == "events" and one.row["date"] and one.row["date"] not in dates_in(now.text):
        text += f" Its date {one.row['date']} is not in the passage any more."
    plan.questions.append(Question(text, (edit,)))


def nearest_words(quote: str, text: str) -> str | None:
    """The part of a text that stands where a quote stood: whole sentences for a sentence, else the words between those it keeps."""
    if not slug(quote):
        return None  # signs alone, whose place cannot be known
    sentences = [match for match in SENTENCE.finditer(text)]
    wanted = quote.split()
    if quote[-1] in ".!?”’\"'" and (quote[:1].isupper() or quote[:1] in "“\"'"):
        best, found = ALIKE, None
        for first in range(len(sentences)):
            for last in range(first, min(len(sentences), first + quote.count(".") + 2)):
                part = text[sentences[first].start() : sentences[last].end()].strip(" |\n")
                ratio = SequenceMatcher(None, wanted, part.split(), autojunk=False).ratio()
                if ratio > best:
                    best, found = ratio, part
        return found
    words = [*WORD.finditer(text)]
    bare = [re.sub(r"\W", "", word[0]).casefold() for word in words]
    blocks = SequenceMatcher(
        None, [re.sub(r"\W", "", word).casefold() for word in wanted], bare, autojunk=False
    ).get_matching_blocks()
    held = [block for block in blocks if block.size]
    if not held or sum(block.size for block in held) < ALIKE * len(wanted):
        return None
    begins, ends = words[held[0].b].start(), words[held[-1].b + held[-1].size - 1].end()
    part = text[begins:ends]
    return part if quote.endswith((".", ",", '"')) else part.rstrip(".,;:")


def tell_changes(old: Capture, new: Capture, passages: Passages, kept: dict[str, list[Resting]], plan: Plan) -> None:
    """Adds each passage whose words have changed, with the rows that rest on what it kept, to be read again."""
    for was in old.article.passages:
        now = passages.get(was.id)
        if was.kind in ("recognition", "table header"):
            continue
        if now is None:
            if was.kind == "paragraph":
                plan.moved.append(f"a paragraph is gone: {was.text}")
            continue
        if now.words == was.words:
            if now.section != was.section:
                plan.moved.append(f"passage {was.id} is in section {now.section!r} now, and was in {was.section!r}")
            continue
        less, more = difference(was.text, now.text)
        rows = ", ".join(f"{one.register}.csv:{one.row.line}" for one in kept.get(was.id, ()))
        resting = f" Rows that rest on what it kept: {rows}." if rows else ""
        plan.to_read.append(f"line {now.first_line} has {more!r} where line {was.first_line} had {less!r}.{resting}")
    known = {passage.id for passage in passages.values()}
    for passage in new.article.passages:
        if passage.id not in known and passage.kind in ("paragraph", "image"):
            plan.moved.append(f"a {passage.kind} is new (line {passage.first_line}): {passage.text}")
            plan.to_read.append(f"line {passage.first_line} is new: does it tell an event? If so: a row of events.csv")


def difference(was: str, now: str) -> tuple[str, str]:
    """The words from the first to the last that two texts have differently: those of the one, and those of the other."""
    before, after = was.split(), now.split()
    start = next(
        (at for at, (one, other) in enumerate(zip(before, after)) if one != other), min(len(before), len(after))
    )
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return " ".join(before[start : len(before) - end]), " ".join(after[start : len(after) - end])


def place(one: Resting) -> str:
    """Which row it is: 'events.csv:26'."""
    return f"{one.register}.csv:{one.row.line}"

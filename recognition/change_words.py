"""How differences are told in words: columns, values, numbers, and the whole as text for people.

The files in editions/ keep the words of their day, and never change: `told_now` and `many_now` give those of today.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from recognition.dates import is_date, said
from recognition.vocabulary import UN

FIRST = UN  # the organisation that is told first
LONGEST = 160  # characters of what a row is called, and of a value
SHOWN_AS_TEXT = 25  # lines of one kind in a text for people; all of them are in the JSON


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text on one line; if it is longer, its first words and '…', with the quotation mark that closes it."""
    line = re.sub(r"\s+", " ", text).strip()
    if len(line) <= longest:
        return line
    cut = line[: longest - 1].rsplit(" ", 1)[0] + "…"
    return cut + ("’" if cut.count("‘") > len(re.findall(r"’(?!\w)", cut)) else "")


def clause(text: str) -> str:
    """The text as the beginning of a line."""
    return shortened(text, LONGEST // 2)


# What columns are called whose names say too little.
COLUMNS = {
    "other_date": "day that other records give", "as_of": "day that it is of", "name_basis": "what the name rests on",
    "date": "day", "published_on": "day of publication", "recognised_on": "day of the recognition", "withdrawn_on": "day of the withdrawal",
    "held_on": "day of the vote", "by_accident": "whether it agrees with a rule by accident", "claimant": "who says so",
    "dated_by": "act that gives its day", "answers": "claim that it answers", "said": "how it is told", "record_id": "document",
    "since": "first day", "until": "last day",
    "confidence": "confidence in the name",
    "date_evidence": "its day in records", "withdrawal_date_evidence": "day of the withdrawal in records",
    "order_known": "whether its order among rows of one day is known", "stronger_date": "which day has the stronger records",
    "stronger_recognised_on": "which day has the stronger records", "follows": "rule that its publisher follows",
    "country_names": "names of countries", "organisation_names": "names of organisations", "recognitions": "rows of the article's tables",
    "published_counts": "published counts", "event_records": "documents of events", "records": "documents", "sources": "files of the sources",
    "rule_effects": "what claims do under rules", "question_forms": "forms of questions that the search answers",
    "question_phrases": "phrases of questions that the search answers",
    "position_themes": "themes of statements", "positions": "statements", "stated_figures": "figures that the article states",
    "vote_choices": "how states voted",
}  # fmt: skip
# What columns were called in the files of earlier editions, where it was something else.
FORMER_LABELS = {
    "name_basis": "how the name was restored", "date_evidence": "records on the day",
    "withdrawal_date_evidence": "records on the day of the withdrawal",
}  # fmt: skip
NOTHING = "nothing"
ARROW = " → "  # between two values, in lines of earlier editions
ON_DAY = {
    "exact": "the same", "near": "within days", "other event": "a record gives the article's day to something else",
    "order only": "only its place in an order", "none": "none found",
}  # fmt: skip
STRONGER = {"article": "that of the article", "record": "that of other records", "open": "neither"}
# What values mean that are only codes, by column.
MEANINGS: dict[str, dict[str, str]] = {
    "name_basis": {
        "record": "a record that gives the country and its date", "order": "its place in the order that records give",
        "elimination": "elimination: no other country is left for this row", "printed": "the article itself, which prints it",
    },
    "date_evidence": ON_DAY, "withdrawal_date_evidence": ON_DAY, "stronger_date": STRONGER,
    "stronger_recognised_on": STRONGER, "stronger_withdrawn_on": STRONGER,
    "group_is": {"said": "said in its words", "inferred": "inferred"},
}  # fmt: skip
NAME_KINDS = {
    "main": "main names", "official": "official names", "short": "short names", "former": "former names", "alternative": "other names",
    "spelling": "other spellings", "adjective": "adjectives", "abbreviation": "abbreviations", "printed": "names as the article prints them",
    "local": "names in other languages", "local official": "official names in other languages", "everyday": "everyday names",
    "part": "parts", "capital": "capitals", "nationality": "names of their people", "code": "codes", "number": "numeric codes",
}  # fmt: skip
BY_KIND = re.compile(r"(?P<what>added|removed) by kind: (?P<numbers>.*)")
OF_MANY = re.compile(r"(?P<label>[^:]+): (?P<number>changed in [\d,]+ rows?, as in )(?P<line>.*)", re.DOTALL)
YES_OR_NO = frozenset(
    ["adopted", "by_accident", "claim", "complete", "in_article", "on_line", "order_known", "un_member", "updates"]
)
WORDS_AT_MOST = 80  # characters of a text that a line shows beside the one before it; of longer ones it says that they were rewritten


def in_words(name: str) -> str:
    """The name of a table or column for people: 'recognised_on' is 'recognised on', 'country_id' is 'country'."""
    return COLUMNS.get(name) or plain(name)


def plain(name: str) -> str:
    """The name of a table or column with spaces."""
    return name.removesuffix("_id").replace("_", " ")


def meaning(text: str, column: str) -> str:
    """What a value means that is only a code; any other as it is."""
    return MEANINGS.get(column, {}).get(text, text)


def other_value(called: str, column: str, old: str, new: str) -> str:
    """A value that is another one now, in a line: 'Utopia: day of the recognition changed from 4 March 2008 to 5 March 2008'."""
    start = f"{clause(called)}: {in_words(column)}"
    if old == NOTHING:
        return f"{start} added: {new}"
    if new == NOTHING:
        return f"{start} no longer given" + (f"; it was {quoted(old)}" if len(old) <= WORDS_AT_MOST else "")
    if max(len(old), len(new)) > WORDS_AT_MOST:
        return f"{start} rewritten: {shortened(new)}"
    first, then = (quoted(old), quoted(new)) if any(" " in text for text in (old, new)) else (old, new)
    return f"{start} changed from {first} to {then}"


def quoted(text: str) -> str:
    """A value in quotation marks, where it is neither a number nor a date in words."""
    return text if re.match(r"\d|[A-Z][a-z]+ \d{4}$", text) else f"‘{text}’"


def told_now(words: str, column: str) -> str:
    """A line of `other_value` that an edition's file keeps, in the words of today."""
    before, arrow, new = words.partition(ARROW)
    for label in (FORMER_LABELS.get(column), in_words(column), plain(column)) if arrow else ():
        called, found, old = before.rpartition(f": {label} ")
        if found:
            return other_value(called, column, meaning(old, column), meaning(new, column))
    return words


def many_now(sentence: str) -> str:
    """A sentence on many rows that an edition's file keeps, in the words of today."""
    if kinds := BY_KIND.fullmatch(sentence):
        numbers = [one.partition(" ") for one in kinds["numbers"].split(", ")]
        return by_kind(kinds["what"], [(kind, number) for number, _, kind in numbers])
    if not (many := OF_MANY.fullmatch(sentence)):
        return sentence
    labels = {label: column for known in (COLUMNS, FORMER_LABELS) for column, label in known.items()}
    column = labels.get(many["label"], many["label"].replace(" ", "_"))
    return f"{in_words(column)}: {many['number']}{told_now(many['line'], column)}"


def by_kind(what: str, numbers: Iterable[tuple[str, str]]) -> str:
    """How many names of each kind were added or removed, the numbers as text: 'added, by kind: capitals (194), codes (78)'."""
    return f"{what}, by kind: {', '.join(f'{NAME_KINDS.get(kind, kind)} ({number})' for kind, number in numbers)}"


def value_said(value: Any, column: str = "") -> str:
    """A value for people: a date in words, 1 and 0 of what is so or not as yes and no, nothing as 'nothing'."""
    text = "" if value is None else str(value)
    if not text:
        return NOTHING
    if column in YES_OR_NO and text in ("0", "1"):
        return "yes" if text == "1" else "no"
    return (
        said(text) if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text) and is_date(text) else shortened(meaning(text, column))
    )


def counted(number: int, what: str) -> str:
    """A number of things: '1 row', '2,283 rows'."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def edition_said(about: dict[str, Any]) -> str:
    """'edition 7 of 26 November 2026', or for one without a number 'the file b41ca4f07a90'."""
    if about["number"] is None:
        return f"the file {about['sha256'][:12]}"
    return f"edition {about['number']} of {said(about['published_on'])}"


def as_text(changes: dict[str, Any]) -> str:
    """The whole comparison for people. `changes` is what Comparison.as_json gives."""
    return "\n".join(lines(changes)) + "\n"


def in_short(changes: dict[str, Any]) -> str:
    """The whole in a sentence or two: '1 country has another status under a rule. Added: events (146), published counts (137).'"""
    told = []
    countries = len({row["country"] for row in changes["statuses"]})
    for number, one, several in (
        (countries, "country has another status under a rule", "countries have another status under a rule"),
        (len(changes["tallies"]), "number of an organisation differs", "numbers of organisations differ"),
        (len(changes["corrections"]), "fact was corrected", "facts were corrected"),
    ):
        if number:
            told.append(f"{number:,} {one if number == 1 else several}")
    for what in ("added", "removed"):
        numbers = [(total(entry, what), entry["table"]) for entry in changes["tables"]]
        if listed_ := [f"{in_words(table)} ({number:,})" for number, table in numbers if number]:
            told.append(f"{what}: {', '.join(listed_)}")
    day = changes["new"]["known_until"]
    if told and day and not (countries or changes["tallies"]):
        told.insert(0, f"no number and no status of {said(day)} changed")
    return (". ".join(map(capital, told)) or "Nothing differs in the rows") + "."


def total(entry: dict[str, Any], what: str) -> int:
    """How many rows of a table were added, or removed."""
    number: int = len(entry[what]) + entry[f"{what}_besides"] + entry[f"{what}_with_others"]
    return number


def lines(changes: dict[str, Any]) -> Iterator[str]:
    """The lines of the text: what matters most first."""
    yield f"From {edition_said(changes['old'])} to {edition_said(changes['new'])}."
    yield in_short(changes)
    yield from listed("Counted otherwise", [row["words"] for row in changes["tallies"]], of_day(changes["tallies"]))
    yield from listed("Another status", [row["words"] for row in changes["statuses"]], of_day(changes["statuses"]))
    yield from listed("Facts corrected", [correction_said(row) for row in changes["corrections"]])
    for entry in changes["tables"]:
        yield from ("", *table_said(entry))
    yield from listed("How the database is made", changes["structure"])


def of_day(rows: list[dict[str, Any]]) -> str:
    """', on 28 February 2026' for rows that are of one day."""
    return f", on {said(rows[0]['day'])}" if rows else ""


def listed(title: str, told: list[str], after: str = "") -> Iterator[str]:
    """A title and lines below it, nothing where there are none."""
    if told:
        yield from ("", f"{title}{after}:", *(f"  {line}" for line in told[:SHOWN_AS_TEXT]))
        if len(told) > SHOWN_AS_TEXT:
            yield f"  and {len(told) - SHOWN_AS_TEXT:,} more"


def correction_said(row: dict[str, Any]) -> str:
    """A corrected fact with its reason and the record behind it."""
    return f"{row['words']}. {capital(row['why'])}{' Record: ' + row['record'] + '.' if row['record'] else ''}"


def capital(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def summary_of(entry: dict[str, Any]) -> str:
    """'events: 138 added, 2 changed', of 358."""
    numbers = {
        "added": total(entry, "added"),
        "removed": total(entry, "removed"),
        "changed": len({cell["key"] for cell in entry["changed"]}),
    }
    told = [f"{number:,} {what}" for what, number in numbers.items() if number]
    return f"{in_words(entry['table'])}: {', '.join(told) or 'values changed'} (rows {entry['rows'][0]:,} → {entry['rows'][1]:,})"


def table_said(entry: dict[str, Any]) -> Iterator[str]:
    """What differs in one table: a line that sums it up, then each row."""
    yield capital(summary_of(entry))
    for sign, rows, besides in (
        ("+", entry["added"], entry["added_besides"]), ("-", entry["removed"], entry["removed_besides"]), ("~", entry["changed"], 0),
    ):  # fmt: skip
        yield from (f"  {sign} {row['words']}" for row in rows[:SHOWN_AS_TEXT])
        if rows and (more := max(len(rows) - SHOWN_AS_TEXT, 0) + besides):  # of none, the first line says how many
            yield f"  {sign} and {more:,} more"
    yield from (f"  ~ {sentence}" for sentence in entry["many"])
    for what in ("added", "removed"):
        if number := entry[f"{what}_with_others"]:
            yield f"  {number:,} {what} with the rows to which they belong"

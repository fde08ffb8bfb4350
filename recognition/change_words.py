"""How differences are told in words: columns, values, numbers, and the whole as text for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    "confidence": "confidence in the name",
    "date_evidence": "records on the day", "withdrawal_date_evidence": "records on the day of the withdrawal",
    "order_known": "whether its order among rows of one day is known", "stronger_date": "which day has the stronger records",
    "stronger_recognised_on": "which day has the stronger records", "follows": "rule that its publisher follows",
    "country_names": "names of countries", "organisation_names": "names of organisations", "recognitions": "rows of the article's tables",
    "published_counts": "published counts", "event_records": "documents of events", "records": "documents", "sources": "files of the sources",
    "position_themes": "themes of statements", "positions": "statements", "stated_figures": "figures that the article states",
    "vote_choices": "how states voted",
}  # fmt: skip
YES_OR_NO = frozenset(
    ["adopted", "by_accident", "claim", "complete", "in_article", "on_line", "order_known", "un_member", "updates"]
)
WORDS_AT_MOST = 80  # characters of a text that a line shows beside the one before it; of longer ones it says that they were rewritten


def in_words(name: str) -> str:
    """The name of a table or column for people: 'recognised_on' is 'recognised on', 'country_id' is 'country'."""
    return COLUMNS.get(name) or name.removesuffix("_id").replace("_", " ")


def other_value(called: str, column: str, old: str, new: str) -> str:
    """A value that is another one now, in a line: 'Utopia: recognised on 4 March 2008 → 5 March 2008'."""
    if max(len(old), len(new)) > WORDS_AT_MOST and "nothing" not in (old, new):
        return f"{clause(called)}: {in_words(column)} rewritten: {shortened(new)}"
    return f"{clause(called)}: {in_words(column)} {old} → {new}"


def value_said(value: Any, column: str = "") -> str:
    """A value for people: a date in words, 1 and 0 of what is so or not as yes and no, nothing as 'nothing'."""
    text = "" if value is None else str(value)
    if not text:
        return "nothing"
    if column in YES_OR_NO and text in ("0", "1"):
        return "yes" if text == "1" else "no"
    return said(text) if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text) and is_date(text) else shortened(text)


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

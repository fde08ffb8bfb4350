"""Gives the rows of the recognition tables the countries that were restored to them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .passages import Article, RecognitionRow
from .problems import Problems
from .reading import Row
from .registers import Registers

CAPTURE = "correct the row, or hold a new capture against the sources with python -m recognition.capture"
PRINTED = "printed"  # of a restored name, where the article's row has the name itself
COMPARED = ("printed_number", "recognised_on", "withdrawn_on")


Recognition = dict[str, Any]  # a row of table `recognitions`, by column


def resolve_recognitions(article: Article, registers: Registers, problems: Problems) -> list[Recognition]:
    """Rows of table `recognitions`: each row of the article with its one restored name, and nothing left over.

    A restored name counts only where its list, ordinal, printed number and dates are those of the article's row.
    """
    register = registers["restored_names"]
    restored = {(row["list"], row["ordinal"]): row for row in register}
    sharing = Counter((row.list, row.recognised_on) for row in article.recognitions if row.name is None)
    rows: list[Recognition] = []
    for row in article.recognitions:
        if row.list in article.damaged:
            continue  # an unparsed row shifts the ordinals of all rows below: mismatches would only repeat that error
        name = restored.pop((row.list, str(row.ordinal)), None)
        if name is None:
            reason = f"row {row.ordinal} of list {row.list!r} has no restored name in {register.path.name}; {CAPTURE}"
            problems.add(article.text.path, row.passage.first_line, reason, row.passage.text, ("rows", row.list))
        elif same_row(row, name, article, registers, problems):
            order_known = row.name is not None or sharing[row.list, row.recognised_on] == 1
            rows.append(recognition(row, name, registers, order_known))
    for (list_, ordinal), name in restored.items():
        if list_ in article.damaged:
            continue
        reason = f"restored name has no row: list {list_!r} of the article has no row {ordinal}; {CAPTURE}"
        problems.add(register.path, name.line, reason, name["country"], ("rows", list_))
    return rows


def same_row(row: RecognitionRow, name: Row, article: Article, registers: Registers, problems: Problems) -> bool:
    """Whether a restored name was made for this row of the article and names a country; if not, a problem is added."""
    register = registers["restored_names"]
    for column in COMPARED:
        printed = getattr(row, column)
        if name.get(column) != printed:
            reason = f"{column} is not that of row {row.ordinal} ({article.text.path}:{row.passage.first_line}: {printed}); {CAPTURE}"
            problems.add(register.path, name.line, reason, name[column], ("rows", row.list))
            return False
    if not named_as_printed(row, name, article, registers, problems):
        return False
    if row.recognised_on < registers.first_day:
        reason = f"nothing could be recognised before {registers.first_day}; correct the date"
        problems.add(article.text.path, row.date_passage.last_line, reason, row.recognised_on)
        return False
    if registers.country_names.owner(name["country"]) is None:
        problems.add(
            register.path,
            name.line,
            f"country is not in the registers of names; add it to {registers['country_names'].path.name}",
            name["country"],
        )
        return False
    return True


def named_as_printed(
    row: RecognitionRow, name: Row, article: Article, registers: Registers, problems: Problems
) -> bool:
    """Whether basis and country of a restored name are those of a row that prints its country, or that does not."""
    register = registers["restored_names"]
    place = f"{article.text.path.name}:{row.passage.first_line}"
    if row.name is None:
        if name["basis"] != PRINTED:
            return True
        problems.add(
            register.path,
            name.line,
            f"basis {PRINTED!r} needs a row that prints its country ({place}); choose another basis",
            name["country"],
        )
    elif registers.country_names.owner(row.name) is None:
        problems.add(
            article.text.path, row.passage.first_line,
            f"country is not in the registers of names; add it to {registers['country_names'].path.name}", row.name,
        )  # fmt: skip
    elif registers.country_names.owner(row.name) != registers.country_names.owner(name["country"]):
        problems.add(
            register.path,
            name.line,
            f"country is not the one that the row prints ({place}: {row.name!r}); correct it",
            name["country"],
        )
    elif name["basis"] != PRINTED:
        reason = f"the row prints its country ({place}), so that basis must be {PRINTED!r}"
        problems.add(register.path, name.line, reason, name["country"])
    else:
        return True
    return False


def recognition(row: RecognitionRow, name: Row, registers: Registers, order_known: bool) -> Recognition:
    """The row of table `recognitions` for a row of the article; its key is the country, which is in one list only."""
    country = registers.country_names.owner(name["country"])
    return {
        "id": country,
        "list": row.list,
        "ordinal": row.ordinal,
        "printed_number": row.printed_number,
        "country_id": country,
        "recognised_on": row.recognised_on,
        "year": int(row.recognised_on[:4]),
        "withdrawn_on": row.withdrawn_on,
        "name_basis": name["basis"],
        "confidence": name["confidence"],
        "order_known": int(order_known),
        "date_evidence": name["date_evidence"],
        "withdrawal_date_evidence": name.get("withdrawal_date_evidence"),
        "other_recognised_on": name.get("other_recognised_on"),
        "other_withdrawn_on": name.get("other_withdrawn_on"),
        "stronger_recognised_on": name.get("stronger_recognised_on"),
        "stronger_withdrawn_on": name.get("stronger_withdrawn_on"),
        "note": name.get("note"),
        "passage_id": row.passage.id,
        "date_passage_id": row.date_passage.id,
    }

"""Gives the rows of the new capture's tables of recognitions their names: those that are sure, and questions for others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from recognition.build.events import event_id
from recognition.build.passages import RecognitionRow
from recognition.build.reading import Row
from recognition.build.recognitions import PRINTED
from recognition.dates import said
from recognition.vocabulary import RECOGNITION, SUBJECT, TERRITORY

from .editions import Capture
from .plan import Edit, Plan, Question, changed, csv_line

Place = tuple[str, int]  # list and ordinal
OF_WITHDRAWALS = ("withdrawal_date_evidence", "other_withdrawn_on", "stronger_withdrawn_on")


@dataclass
class Names:
    """Who is in which row of the new capture, as far as it is sure, and from what that is known."""

    by_place: dict[Place, str] = field(default_factory=dict)  # the country's id
    added: dict[str, Row] = field(default_factory=dict)  # countries that updates.csv knew first, with its row
    waiting: list[RecognitionRow] = field(default_factory=list)  # rows without a name

    def give(self, row: RecognitionRow, country: str) -> None:
        self.by_place[row.list, row.ordinal] = country
        self.waiting.remove(row)

    def nameless(self) -> list[RecognitionRow]:
        """The waiting rows that print no name."""
        return [row for row in self.waiting if not row.name]


def name_rows(old: Capture, new: Capture, plan: Plan) -> Names:
    """Names the rows of the new capture; the edits of restored_names.csv, and what is not sure, are added to the plan."""
    names = Names(waiting=list(new.article.recognitions))
    before, stated = old.restored(), new.owners()
    left = {country: row for country, (row, _) in before.items()}
    for row in new.article.recognitions:
        if row.name and (country := new.country(row.name)):
            names.give(row, country)
            left.pop(country, None)
    left = {country: row for country, row in left.items() if country not in stated}
    name_by_dates(names, left)
    name_by_moves(names, left)
    name_by_updates(names, stated.keys(), new)
    asked = ask_for_names(names, left, stated.keys(), new, plan)
    for row in new.article.recognitions:
        country = names.by_place.get((row.list, row.ordinal))
        if country:
            plan.edits += edits_of(row, country, before.get(country), names.added.get(country), new)
    tell(names, before, new, plan)
    kept = {*names.by_place.values(), *asked}
    for country, (row, name) in before.items():
        if country not in kept:
            why = f"{new.registers.countries[country]['name']} is no longer in the tables of recognitions"
            plan.edits.append(Edit("restored_names", name.line, None, why))
            plan.moved.append(f"{why}: it was row {row.ordinal} of list {row.list!r}")
    order = list(dict.fromkeys(row["list"] for row in new.registers["restored_names"]))
    plan.orders["restored_names"] = lambda cells: (
        order.index(cells["list"]) if cells["list"] in order else len(order),
        int(cells["ordinal"]),
    )
    return names


def name_by_dates(names: Names, left: dict[str, RecognitionRow]) -> None:
    """Rows of the same list and dates keep their names; where fewer rows than names are left, nobody knows whose is gone."""
    rows, countries = defaultdict(list), defaultdict(list)
    for row in names.nameless():
        rows[row.list, row.recognised_on, row.withdrawn_on].append(row)
    for country, row in left.items():
        countries[row.list, row.recognised_on, row.withdrawn_on].append(country)
    for dates, known in countries.items():
        if len(rows[dates]) >= len(known):
            for row, country in zip(rows[dates], known):
                names.give(row, country)
                del left[country]


def name_by_moves(names: Names, left: dict[str, RecognitionRow]) -> None:
    """A row that is in another list, or has a day of withdrawal now, is its country's where no other has its day."""
    for row in names.nameless():
        same_day = [country for country, before in left.items() if before.recognised_on == row.recognised_on]
        rivals = [other for other in names.nameless() if other.recognised_on == row.recognised_on]
        if len(same_day) == len(rivals) == 1:
            names.give(row, same_day[0])
            del left[same_day[0]]


def name_by_updates(names: Names, stated: Collection[str], new: Capture) -> None:
    """A new row is of the country whose recognition of that day updates.csv has, if it has no statement any more."""
    taken = set(names.by_place.values())
    for row in names.nameless():
        acts = [
            act for act in new.registers["updates"]
            if act["kind"] == RECOGNITION and act["date"] == row.recognised_on
            and act["country"] not in taken and act["country"] not in stated
        ]  # fmt: skip
        rivals = [other for other in names.nameless() if other.recognised_on == row.recognised_on]
        if len(acts) == len(rivals) == 1:
            names.give(row, acts[0]["country"])
            names.added[acts[0]["country"]] = acts[0]


def ask_for_names(
    names: Names, left: dict[str, RecognitionRow], stated: Collection[str], new: Capture, plan: Plan
) -> set[str]:
    """Adds a question for each row whose name is not sure; returns the countries whose present rows these may be."""
    taken = set(names.by_place.values())
    missing = [
        row["id"] for row in new.registers["countries"]
        if row["kind"] not in {TERRITORY, SUBJECT} and row["id"] not in taken and row["id"] not in stated
    ]  # fmt: skip
    asked: set[str] = set()
    before = {row.ordinal: country for country, row in left.items()}
    for row in names.waiting:
        likely = [country for country in left if left[country].recognised_on == row.recognised_on]
        if row.name:
            asked |= set(likely)
            ask_for_spelling(row, likely, new, plan)
            continue
        same_place = [
            country for ordinal, country in before.items() if left[country].list == row.list and ordinal == row.ordinal
        ]
        candidates = likely or same_place or missing
        asked |= set(likely or same_place)
        titles = [new.registers.countries[country]["name"] for country in candidates]
        edits: tuple[Edit, ...] = ()
        if len(candidates) == 1 and len(names.waiting) == 1:
            country = candidates[0]
            known = new_restored(country, left, new)
            edits = tuple(edits_of(row, country, known, None, new, sure=False))
            why = (
                "the row in its place had another day"
                if same_place and not likely
                else "no other country is left for it"
            )
            text = f"{place(row)} has no sure name. Is it {titles[0]}: {why}?"
        else:
            shown = ", ".join(titles[:12]) or "none of the registers"
            text = f"{place(row)} has no sure name. Which country is it? Left for it: {shown}."
        paste: tuple[str, ...] = () if edits else (f"restored_names.csv: {csv_line(cells_of(row, '?', new).values())}",)
        if not (likely or same_place):
            id_ = event_id(candidates[0] if len(candidates) == 1 else "?", row.recognised_on, RECOGNITION)
            text += " Its recognition needs a document too."
            paste += (
                f"records.csv: {csv_line(['?', '?', '?', '?', '?', '?'])}",
                f"event_records.csv: {csv_line([id_, '?', '?', '?', row.recognised_on, '', ''])}",
            )
        plan.questions.append(Question(text, edits, paste))
    return asked


def ask_for_spelling(row: RecognitionRow, likely: list[str], new: Capture, plan: Plan) -> None:
    """Adds the question whose name a row prints that no register has; `likely` are countries of its day that have no row yet."""
    text = f"{place(row)} prints {row.name!r}, a name that no register has."
    if len(likely) == 1:
        title = new.registers.countries[likely[0]]["name"]
        cells = {"country": likely[0], "name": row.name or "", "kind": "spelling"}
        edit = Edit("country_names", 0, cells, "a name that the article prints")
        plan.questions.append(
            Question(
                f"{text} Is it {title}, whose day it is? Then hold the capture against the written sources again.",
                (edit,),
            )
        )
    else:
        plan.questions.append(Question(f"{text} Whose is it?", (), (f"country_names.csv: ?,{row.name},spelling",)))


def new_restored(country: str, left: dict[str, RecognitionRow], new: Capture) -> tuple[RecognitionRow, Row] | None:
    """The present row and restored name of a country that is left over; None where it has none."""
    if country not in left:
        return None
    was = left[country]
    return was, next(
        name for name in new.registers["restored_names"]
        if (name["list"], name["ordinal"]) == (was.list, str(was.ordinal))
    )  # fmt: skip


def edits_of(
    row: RecognitionRow, country: str, known: tuple[RecognitionRow, Row] | None, act: Row | None, new: Capture, sure: bool = True
) -> list[Edit]:  # fmt: skip
    """The edit that gives a row its restored name; none where nothing changes. `act` is the row of updates.csv that had it."""
    title = new.registers.countries[country]["name"]
    cells = cells_of(row, row.name or title, new)
    if known is None:
        basis = (
            {} if row.name else {"basis": "record" if act else "elimination", "confidence": "high" if act else "medium"}
        )
        exact = any(
            one["event"] == act["id"] and one["day"] == row.recognised_on for one in new.registers["event_records"]
        ) if act else False  # fmt: skip
        cells |= {**basis, "date_evidence": "exact" if exact else "none", "note": act["note"] if act else ""}
        return [Edit("restored_names", 0, cells, f"{title}: a new row, {said(row.recognised_on)}")]
    was, name = known
    kept = {column: cells[column] for column in ("list", "ordinal", "printed_number", "recognised_on", "withdrawn_on")}
    if row.name:
        kept |= {"basis": cells["basis"], "confidence": cells["confidence"]}
    if row.withdrawn_on and not was.withdrawn_on:
        kept["withdrawal_date_evidence"] = withdrawal_evidence(country, row.withdrawn_on, new)
    elif was.withdrawn_on and not row.withdrawn_on:
        kept |= dict.fromkeys(OF_WITHDRAWALS, "")
    different = changed(name, kept)
    if not different:
        return []
    shifts, printed = (
        not different.keys() - {"ordinal", "printed_number"},
        not different.keys() - {"basis", "confidence", "ordinal", "printed_number"},
    )
    why = (
        f"{title}: row {was.ordinal} of {was.list} is row {row.ordinal} of {row.list}"
        if sure
        else f"{title}, if the answer is yes"
    )
    if printed and not shifts:
        return [
            Edit(
                "restored_names",
                name.line,
                different,
                "the row prints its country",
                group="rows that print their country",
            )
        ]
    return [
        Edit(
            "restored_names",
            name.line,
            different,
            why,
            group="rows that only have another place or number" if shifts else "",
        )
    ]


def cells_of(row: RecognitionRow, country: str, new: Capture) -> dict[str, str]:
    """A row of restored_names.csv for a row of the article, with what the article says."""
    columns = new.registers["restored_names"].rows[0].columns
    return dict.fromkeys(columns, "") | {
        "list": row.list, "ordinal": str(row.ordinal), "printed_number": row.printed_number or "",
        "recognised_on": row.recognised_on, "withdrawn_on": row.withdrawn_on or "", "country": country,
        "basis": PRINTED if row.name else "?", "confidence": "high" if row.name else "?", "date_evidence": "?",
        "withdrawal_date_evidence": "none" if row.withdrawn_on else "",
    }  # fmt: skip


def withdrawal_evidence(country: str, day: str, new: Capture) -> str:
    """'exact' where an act of updates.csv, or a document on it, has this day of the country's withdrawal; else 'none'."""
    acts = {
        act["id"]: act["date"]
        for act in new.registers["updates"]
        if act["country"] == country and act["kind"].startswith("withdrawal")
    }
    days = {*acts.values(), *(one["day"] for one in new.registers["event_records"] if one["event"] in acts)}
    return "exact" if day in days else "none"


def place(row: RecognitionRow) -> str:
    """Which row it is: 'Row 105 of list 'un' (line 244, 26 March 2025)'."""
    return f"Row {row.ordinal} of list {row.list!r} (line {row.passage.first_line}, {said(row.recognised_on)})"


def tell(names: Names, before: dict[str, tuple[RecognitionRow, Row]], new: Capture, plan: Plan) -> None:
    """Adds how many rows are as they were, and which countries have moved or come."""
    same = 0
    for row in new.article.recognitions:
        country = names.by_place.get((row.list, row.ordinal))
        if not country:
            continue
        title = new.registers.countries[country]["name"]
        if country not in before:
            plan.moved.append(f"{title} has a row in list {row.list!r} now: {said(row.recognised_on)}")
        elif before[country][0].list != row.list:
            plan.moved.append(f"{title} is in list {row.list!r} now, and was in {before[country][0].list!r}")
        else:
            same += 1
    plan.same.append(f"{same} of {len(before)} rows of the tables of recognitions, with their restored names")

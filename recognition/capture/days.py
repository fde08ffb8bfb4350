"""Finds between which days a capture was written, from the days that it prints and from those that it does not know yet."""

from __future__ import annotations

from typing import NamedTuple

from recognition.build.events import first_day, last_day
from recognition.dates import dates_in, said
from recognition.vocabulary import ARTICLE, RECOGNITION

from .editions import Capture
from .plan import Edit, Plan, changed
from .tables import Names


class Bound(NamedTuple):
    """A day, and what shows it, as the end of a sentence."""

    day: str
    because: str


def hold_days(new: Capture, names: Names, plan: Plan) -> None:
    """Adds the edit of written_after and written_before of the article in sources.csv, where they are others now."""
    after, before = written_after(new), written_before(new, names)
    row = next(row for row in new.registers["sources"] if row["id"] == ARTICLE)
    late = before if before is not None and before.day <= after.day else None
    before = None if late else before
    cells = {"written_after": after.day, "written_before": before.day if before else ""}
    different = changed(row, cells)
    told = f"written on or after {said(after.day)} ({after.because})"
    told += (
        f", and before {said(before.day)} ({before.because})"
        if before
        else ", and no day is known before which it was written"
    )
    if different:
        if late:
            plan.to_read.append(
                f"{late.because}, although {after.because}: the article was not kept up, and no day follows before which it was written"
            )
        plan.edits.append(Edit("sources", row.line, different, told))
        plan.to_read.append(
            f"sources.csv:{row.line} (note), README.md and oddities.csv say when the article was written; now: {told}"
        )
    else:
        plan.same.append(told)


def written_after(new: Capture) -> Bound:
    """The last day that the capture knows: one that a table or a sentence prints, or of a member in its lists that joined then.

    A day in a sentence that is later than the records were looked through may be a plan, and shows nothing.
    """
    bounds = [
        Bound(day, f"a table prints {said(day)}")
        for row in new.article.recognitions
        for day in (row.recognised_on, row.withdrawn_on)
        if day
    ]
    for passage in new.article.passages:
        if passage.kind in ("paragraph", "statement", "image"):
            for date in dates_in(passage.text):
                day = first_day(date)
                if day and (last_day(date) or day) <= new.registers.known_until:
                    bounds.append(Bound(day, f"line {passage.first_line} speaks of {said(date)}"))
    listed = members(new)
    for change in new.registers["membership_changes"]:
        if change["joined"] and (change["organisation"], change["country"]) in listed:
            title = new.registers.countries[change["country"]]["name"]
            organisation = new.registers.organisations[change["organisation"]]["name"]
            bounds.append(Bound(change["joined"], f"{title}, which joined then, is in its list of the {organisation}"))
    return max(bounds, key=lambda bound: bound.day)


def written_before(new: Capture, names: Names) -> Bound | None:
    """The first day of a recognition in updates.csv that the capture's tables do not have; None where they have all."""
    listed = set(names.by_place.values())
    bounds = [
        Bound(day, f"{new.registers.countries[row['country']]['name']}, which recognised then, is not in its tables")
        for row in new.registers["updates"]
        if row["kind"] == RECOGNITION and row["country"] not in listed and (day := last_day(row["date"]))
    ]
    return min(bounds, key=lambda bound: bound.day, default=None)


def members(new: Capture) -> set[tuple[str, str]]:
    """(organisation, country) of each member in the capture's lists."""
    lists = {
        row["article_row"]: row["organisation"] for row in new.registers["member_lists"] if row["members"] == "listed"
    }
    return {
        (lists[place], country)
        for listing in new.article.member_lists if (place := str(listing.article_row)) in lists
        for name, _ in listing.members if (country := new.country(name))
    }  # fmt: skip

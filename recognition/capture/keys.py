"""Sees that addresses of earlier editions lead on in the new capture, whose passages, counts and figures have keys of other words."""

from __future__ import annotations

from collections.abc import Mapping

from recognition.build.published_counts import article_counts
from recognition.build.stated_figures import figure_rows

from .editions import Capture
from .matching import Passages
from .plan import Edit, Plan
from .tables import Names

LEADING_ON = "new rows, by which the present addresses lead on to keys of other words"
Keys = dict[str, dict[str, str]]  # of each table: the present key, and that in the new capture


def hold_keys(old: Capture, new: Capture, passages: Passages, names: Names, plan: Plan) -> None:
    """Adds the edits of former_keys.csv: keys that are other words now, with a row for each, and those that no row has any more."""
    keys = matched_keys(old, new, passages, names)
    for row in new.registers["former_keys"]:
        now = keys[row["table_name"]].get(row["key"])
        if now is None and row["key"] in known_elsewhere(row["table_name"], old):
            continue  # of a register, which the article does not change
        if now is None:
            plan.edits.append(
                Edit(
                    "former_keys",
                    row.line,
                    None,
                    "nothing has this key any more",
                    group="addresses whose rows are gone",
                )
            )
        elif now != row["key"]:
            plan.edits.append(
                Edit(
                    "former_keys",
                    row.line,
                    {"key": now},
                    "the key is of other words",
                    group="addresses whose keys have other words",
                )
            )
    for table, now_by_key in keys.items():
        for former, key in now_by_key.items():
            if former != key:
                cells = {"table_name": table, "former": former, "key": key}
                plan.edits.append(Edit("former_keys", 0, cells, "its address leads on", group=LEADING_ON))


def known_elsewhere(table: str, old: Capture) -> set[str]:
    """The keys of a table that registers give and not the article."""
    return set(old.registers["published_counts"].column("id")) if table == "published_counts" else set()


def matched_keys(old: Capture, new: Capture, passages: Passages, names: Names) -> Keys:
    """The keys of the new capture by those of the present one, for each table that former_keys.csv speaks of."""
    owners = {*new.owners(), *(row["id"] for row in new.registers["organisations"] if row["article_row"])}
    countries = set(names.by_place.values())
    before, now = figures(old), figures(new)
    counts_before, counts_now = counts(old), counts(new)
    by_passage = {was: passage.id for was, passage in passages.items()}
    return {
        "passages": by_passage,
        "positions": {owner: owner for owner in owners},
        "recognitions": {country: country for country in countries},
        "stated_figures": same_place(before, now, by_passage),
        "published_counts": same_place(counts_before, counts_now, by_passage),
    }


Places = dict[str, tuple[str, str, str, int]]  # by key: passage, kind or source, organisation, which of its like


def figures(capture: Capture) -> Places:
    """Where each stated figure is, by its key."""
    return numbered(
        (str(row["id"]), str(row["passage_id"]), f"{row['kind']} {row['label']}", str(row["organisation_id"]))
        for row in figure_rows(list(capture.figures))
    )


def counts(capture: Capture) -> Places:
    """Where each count of the article is, by its key."""
    rows = article_counts(list(capture.figures), capture.registers)
    return numbered((str(row["id"]), str(row["passage_id"]), "count", str(row["organisation_id"])) for row in rows)


def numbered(rows) -> Places:  # type: ignore[no-untyped-def]
    """The places by key, those of one kind in one passage numbered from 0."""
    seen: dict[tuple[str, str, str], int] = {}
    found: Places = {}
    for key, *place in rows:
        where = (place[0], place[1], place[2])
        found[key] = (*where, seen.get(where, 0))
        seen[where] = seen.get(where, 0) + 1
    return found


def same_place(before: Places, now: Places, passages: Mapping[str, str]) -> dict[str, str]:
    """The keys now by those before, of what is in the same place of the same passage."""
    at = {place: key for key, place in now.items()}
    found = {}
    for key, (passage, *rest) in before.items():
        place = (passages.get(passage, ""), *rest)
        if place in at:
            found[key] = at[place]
    return found

"""Finds rows of registers that contradict each other, or the standards they cite: what Table Schema cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognition.dates import iso_day
from recognition.question_patterns import PatternWrong, as_words, expression
from recognition.vocabulary import (
    ARTICLE,
    LISTS_OF_CONTENT,
    RECOGNITION,
    REGION,
    SUBJECT,
    TERRITORY,
    UN_MEMBER,
    WITHDRAWAL,
)

from .events import NO_CLAIMANT, claimant_name
from .groups import AREAS
from .problems import Problems
from .reading import ARTICLE as ARTICLE_FILE
from .reading import Row
from .records import WORDS_AT_MOST
from .registers import Registers

OF_GROUPS = ("group_members", "participations", "suspensions")  # registers of who takes part in what, and when
LATER = "the known_until of edition.csv"
ISO_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
USER_ASSIGNED = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")  # two-letter codes that ISO 3166-1 will never give to a country
TRACKING = re.compile(r"[?&](utm_\w+|fbclid|gclid|mc_eid|igshid)=")  # what an address says of the one who follows it


def find_contradictions(registers: Registers, problems: Problems) -> None:
    """Adds a problem for each row that contradicts itself, another row, or the codes and regions that are cited."""
    for name, register in registers.tables.items():
        for row in register:
            for reason, text in contradictions(name, row, registers):
                problems.add(register.path, row.line, reason, text, "known_until" if LATER in reason else None)
    find_missing_rows(registers, problems)
    if "iso_codes" in registers.tables:
        find_wrong_codes(registers, problems)
    if "m49" in registers.tables:
        find_wrong_regions(registers, problems)
    if not len(problems):  # a wrong name of the subject would be said of every form
        find_unfit_patterns(registers, problems)


def contradictions(name: str, row: Row, registers: Registers) -> Iterator[tuple[str, str]]:
    """Yields (reason, offending text) for every rule that relates columns of a row and that this row breaks.

    `name` is that of the row's register.
    """
    if name in ("events", "updates") and not row["country"] and not row["title"]:
        yield "needs a title, since it is about no single country", row["id"]
    if name == "outline":
        lists = LISTS_OF_CONTENT.get(row["content"])
        if lists is not None and row["list"] not in (lists or ("",)):
            yield f"list of content {row['content']!r} must be {' or '.join(lists) or 'empty'}", row["list"]
    elif name == "countries":
        state = registers.countries.get(row["represented_by"])
        if (row["kind"] == TERRITORY) != bool(row["represented_by"]):
            yield f"kind {TERRITORY!r} needs a state in represented_by; other kinds have none", row["name"]
        if state and state["kind"] in {TERRITORY, SUBJECT}:
            yield "represented_by must be a state", row["represented_by"]
        if (row["kind"] == SUBJECT) != (row["id"] == registers.subject["country"]):
            yield (
                f"kind {SUBJECT!r} is that of the country of subject.csv, and of no other; correct one of the two",
                row["name"],
            )
    elif name == "organisations":
        if (row["kosovo_membership"] == "not stated") == bool(row["kosovo_quote"]):
            yield (
                "kosovo_quote needs the article's words for kosovo_membership; it is empty where that is 'not stated'",
                row["name"],
            )
        if row["id"] in registers.countries:
            yield "id is used by a country already; choose another", row["id"]
        if (row["kind"] == REGION) != bool(row["area"]):
            yield f"kind {REGION!r} needs an area of m49.csv; other kinds have none", row["name"]
        elif row["area"] and not any(row["area"] in (one[column] for column in AREAS) for one in registers["m49"]):
            yield "area must be a region, subregion or intermediate region of m49.csv", row["area"]
    elif name == "member_lists" and row["members"] == "listed":
        organisation = registers.organisations.get(row["organisation"])
        if row["role"] == "candidate":
            yield "candidates cannot be listed; correct role or members", row["label"]
        if organisation and organisation["member_kinds"]:
            yield (
                "members are listed here, and organisations.csv has them by kind of country; keep one of the two",
                row["label"],
            )
    elif name == "membership_changes":
        if not row["joined"] and not row["left"]:
            yield "needs a day in joined or left", row["country"]
        if row["joined"] and row["left"] and row["left"] <= row["joined"]:
            yield "left must be later than joined", row["left"]
        for column in ("joined", "left"):
            yield from after_known(column, row, registers)
    elif name in OF_GROUPS:
        yield from contradictions_of_groups(name, row, registers)
    elif name == "updates":
        yield from after_known("date", row, registers)
        for column in ("not_before", "not_after"):
            if row[column] and not (row[column].startswith(row["date"]) and len(row["date"]) < len(row[column])):
                yield f"{column} must be a day of the year or month in date; correct one of the two", row[column]
        if row["not_before"] and row["not_after"] and row["not_after"] < row["not_before"]:
            yield "not_after must not be earlier than not_before", row["not_after"]
    elif name == "event_countries":
        yield from of_a_group(row, registers)
    elif name == "rule_effects" and row["claimant"] and claimant_name(row["claimant"], registers) is None:
        yield NO_CLAIMANT, row["claimant"]
    elif name == "records":
        if tracking := TRACKING.search(row["url"]):
            yield (
                f"url says {tracking[1]}, which is about a reader and not about the document; leave it out",
                row["url"],
            )
        yield from after_known("published_on", row, registers)
    elif name == "event_records":
        for column in ("words", "translation"):
            if len(row[column].split()) > WORDS_AT_MOST:
                yield f"{column} may have {WORDS_AT_MOST} words at most; tell the rest in says", row[column]
        if row["translation"] and not row["words"]:
            yield "translation needs the words that it translates", row["translation"]
        yield from after_known("day", row, registers)
    elif name == "published_counts":
        if row["as_of"] and row["published_on"] and row["published_on"] < row["as_of"][: len(row["published_on"])]:
            yield "published_on must not be earlier than as_of, the day that the number is of", row["published_on"]
        if row["printed_from"] and row["printed_until"] and row["printed_until"] < row["printed_from"]:
            yield "printed_until must not be earlier than printed_from", row["printed_until"]
        for column in ("as_of", "published_on", "printed_from", "printed_until"):
            yield from after_known(column, row, registers)
    elif name == "restored_names":
        for day, stronger in (
            ("other_recognised_on", "stronger_recognised_on"),
            ("other_withdrawn_on", "stronger_withdrawn_on"),
        ):
            if bool(row[day]) != bool(row[stronger]):
                yield (
                    f"{stronger} says which of two days has the stronger records, {day} is the second; fill in both, or neither",
                    row["country"],
                )
        if bool(row["withdrawn_on"]) != bool(row["withdrawal_date_evidence"]):
            yield "withdrawal_date_evidence must be filled in where withdrawn_on is, and nowhere else", row["country"]
    elif name == "event_kinds" and row["claim"] == "yes" and not row["said"]:
        yield (
            "a claim needs the words that follow the claimant's name in said, such as 'denied a withdrawal'",
            row["kind"],
        )
    elif name == "edition" and row["known_until"] > row["published_on"]:
        yield "known_until must not be later than published_on", row["known_until"]
    elif name == "events" and row["kind"] in {RECOGNITION, WITHDRAWAL}:
        yield (
            "events of this kind are the rows of the article's tables, and events.csv cannot add one; write it in updates.csv",
            row["kind"],
        )
    elif name == "shapes":
        filled = {column: bool(row[column]) for column in ("x", "y", "r", "d")}
        if filled != {column: (column == "d") != (row["kind"] == "symbol") for column in filled}:
            yield "kind 'symbol' needs x, y, r and no d; other kinds need d", row["country"]
        if (row["kind"] == "land") == bool(row["country"]):
            yield "kind 'land' must have no country; other kinds need one", row["country"]


def of_a_group(row: Row, registers: Registers) -> Iterator[tuple[str, str]]:
    """Yields (reason, offending text) for a row of event_countries.csv that does not fit the events that it names."""
    events = {event["id"]: event for event in registers["updates"]}
    told, answered = events.get(row["event"]), events.get(row["answers"])
    if told and told["country"]:
        yield "event has a country of its own in updates.csv; delete that, or this row", row["event"]
    if answered and answered["country"] != row["country"]:
        yield "answers must be an event on the same country", row["answers"]


def contradictions_of_groups(name: str, row: Row, registers: Registers) -> Iterator[tuple[str, str]]:
    """Yields what `contradictions` does, of a row that says of a country how it takes part in an organisation, and when."""
    if bool(row["record"]) == (row["general_knowledge"] == "all"):
        yield "needs a record, or 'all' in general_knowledge, and not both", row["country"]
    if name != "suspensions":  # whose days may be months, and may be to come
        if row["since"] and row["until"] and row["until"] <= row["since"]:
            yield "until must be later than since", row["until"]
        for column in ("since", "until"):
            yield from after_known(column, row, registers)
    if name == "participations":
        if (row["role"] == SUBJECT) != (row["country"] == registers.subject["country"]):
            yield (
                f"role {SUBJECT!r} is that of the country of subject.csv, and of no other; correct one of the two",
                row["country"],
            )
    elif name == "group_members" and row["country"] == registers.subject["country"]:
        yield "the subject cannot be counted; it can have a row in participations.csv", row["country"]


def after_known(column: str, row: Row, registers: Registers) -> Iterator[tuple[str, str]]:
    """Yields (reason, date) for a date that begins after the day until which the records were looked through."""
    date, until = row[column], registers.known_until
    # registers.py has said what is no day
    if ISO_DATE.fullmatch(date) and iso_day(until) and date > until[: len(date)]:
        yield (
            f"{column} is later than {until}, {LATER}; raise that when records were looked through",
            date,
        )


def find_missing_rows(registers: Registers, problems: Problems) -> None:
    """Adds a problem for each row that others need and that is not there."""
    sources, rules = registers["sources"], registers["rules"]
    if not any(row["id"] == ARTICLE and row["file"] == ARTICLE_FILE for row in sources):
        problems.add(sources.path, 0, f"needs a row with the id {ARTICLE!r} for {ARTICLE_FILE}")
    elif not all(row["written_after"] for row in sources if row["id"] == ARTICLE):
        problems.add(
            sources.path, 0, "the article needs a day in written_after, on which its counts are compared with the rules"
        )
    if not any(row["id"] == ARTICLE for row in rules):
        problems.add(
            rules.path, 0, f"needs a row with the id {ARTICLE!r}, the rule that counts what the article's tables print"
        )
    themes, shown_by = registers["themes"], registers["position_themes"]
    shown, known = set(shown_by.column("theme")), set(themes.column("id"))
    for row in themes if shown <= known else ():
        if row["id"] not in shown:
            problems.add(
                themes.path,
                row.line,
                "theme has no row in position_themes.csv, so no statement has it; add one, or delete the theme",
                row["id"],
            )
    effective = set(registers["rule_effects"].column("rule"))
    for row in rules if effective <= set(rules.column("id")) else ():
        if row["id"] not in effective:
            problems.add(
                rules.path,
                row.line,
                "rule has no row in rule_effects.csv, so it counts nothing; add one, or delete the rule",
                row["id"],
            )


def find_wrong_codes(registers: Registers, problems: Problems) -> None:
    """Adds a problem for each country whose codes are not those that iso_codes.csv has for one of its names."""
    owner = registers.country_names.owner
    standard = {owner(row[column]): row for row in registers["iso_codes"] for column in ("official_name", "name")}
    names = {row[column]: row["name"] for row in registers["iso_codes"] for column in ("iso2", "iso3") if row[column]}
    register = registers["countries"]
    for row in register:
        codes = (row["iso2"], row["iso3"])
        known = standard.get(row["id"])
        if known and not (known["iso2"] and known["iso3"]):
            continue  # registers.py has said so
        others = [code for code in codes if code in names]
        if known and codes != (known["iso2"], known["iso3"]):
            reason = f"iso2 and iso3 of {row['name']} must be {known['iso2']} and {known['iso3']} (iso_codes.csv)"
        elif not known and others:
            reason = (
                f"{others[0]} is the code of {names[others[0]]} (iso_codes.csv), which is not among the names of {row['name']}; "
                "correct the codes, or add the name to country_names.csv"
            )
        elif not known and row["kind"] == UN_MEMBER:
            reason = f"{UN_MEMBER} needs iso2 and iso3, and a name that iso_codes.csv has"
        elif not known and any(codes) and not (USER_ASSIGNED.match(codes[0]) and USER_ASSIGNED.match(codes[1])):
            reason = "iso2 and iso3 are not in iso_codes.csv, and not among the codes that users may assign; correct them, or leave both empty"
        else:
            continue
        problems.add(register.path, row.line, reason, " ".join(codes).strip() or row["name"])


def find_wrong_regions(registers: Registers, problems: Problems) -> None:
    """Adds a problem for each country whose region is not that of m49.csv; one that M49 does not list needs a pair of it."""
    area = {row["iso3"]: (row["region"], row["intermediate_region"] or row["subregion"]) for row in registers["m49"]}
    pairs = set(area.values())
    register = registers["countries"]
    for row in register:
        here = row["region"], row["subregion"]
        region, subregion = area.get(row["iso3"], ("", ""))
        if row["kind"] == UN_MEMBER and row["iso3"] not in area and not len(problems):  # its code is right then
            reason = f"m49.csv has no row with the iso3 of {row['name']}; add it"
        elif region and here != (region, subregion):
            reason = f"region and subregion of {row['name']} must be {region} and {subregion} (m49.csv)"
        elif here not in pairs:
            reason = f"subregion is not in {row['region']} (m49.csv); correct one of the two"
        else:
            continue
        problems.add(register.path, row.line, reason, ", ".join(here))


def find_unfit_patterns(registers: Registers, problems: Problems) -> None:
    """Adds a problem for each form of question whose pattern is none, or does not fit its example."""
    subject = registers.subject["country"]
    names = {as_words(country["name"]) for id_, country in registers.countries.items() if id_ == subject}
    for register in ("country_names", "local_names"):
        names |= {as_words(row["name"]) for row in registers[register] if row["country"] == subject}
    phrases = {row["id"]: row["pattern"] for row in registers["question_phrases"]}
    forms = registers["question_forms"]
    for row in forms:
        words = as_words(row["example"])
        try:  # with the names in the example alone, which takes a tenth of the time and of the memory
            if not expression(row["pattern"], phrases, sorted(name for name in names if name in words)).fullmatch(
                words
            ):
                problems.add(
                    forms.path, row.line, "pattern does not fit its example; correct one of the two", row["example"]
                )
        except PatternWrong as wrong:
            problems.add(forms.path, row.line, f"pattern {wrong}; correct it", row["pattern"])

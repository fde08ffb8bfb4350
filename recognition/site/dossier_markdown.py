"""Dossiers as Markdown: the facts of the pages of countries, organisations and rules, from the data of dossier_data.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .database import Row, grouped
from .markdown import block, bullets, day, documents, link, passage, plain, quoted, section, sentence, table

SIDES = {"with": "on the subject’s side", "against": "against the subject’s side"}
COUNTED = ("recognising", "contested", "withdrawn", "not_recognising")
COUNTED_HEADS = ("Recognise", "Contested", "Withdrew", "Do not recognise")


Told = Mapping[str, list[Row]]  # what documents say of events, by the event's id


def country(dossier: Row, told: Told) -> tuple[str, list[str]]:
    """The title of a country's dossier, and its parts."""
    about = dossier["country"]
    codes = sentence(*(f"ISO 3166 {about[code]}" for code in ("iso2", "iso3") if about[code]))
    state = about["represented_by"]
    facts = [
        sentence(about["kind"], about["subregion"], about["region"], codes),
        f"Represented by {link(state['name'], state['page'])}." if state else "",
        plain(about["note"]) if about["note"] else "",
    ]
    return about["name"], [
        plain(dossier["answer"]), bullets(filter(None, facts)),
        section("Status under each rule", statuses(dossier["statuses"], told)),
        section("Last word", last_word(dossier["last_word"])),
        statement(dossier["statement"]),
        section("What happened, and who says so", events(dossier["events"])),
        section("What it said or did about others, or in general", events(dossier["claims"])),
        section("The article’s words on withdrawals that name no country", words(dossier["in_general"])),
        section("Votes", bullets(map(ballot, dossier["votes"]))),
        section("Member of", memberships(dossier["memberships"])),
        section("Takes part, and is not counted", bullets(map(participation, dossier["participations"]))),
        section("Memberships of the subject", bullets(map(membership_of_subject, dossier["memberships_of_subject"]))),
        section("Other names", names(dossier["names"])),
        section("Where else the article names it", bullets(map(mention, dossier["mentions"]))),
        section(*restored(dossier["restored"])),
        section("Findings of the audit", findings(dossier["findings"])),
    ]  # fmt: skip


def organisation(dossier: Row, told: Told) -> tuple[str, list[str]]:
    """The title of an organisation's dossier, and its parts."""
    about, tally, stated = dossier["organisation"], dossier["tally"], dossier["stated"]
    counted = (
        f"{tally['recognising']} of {tally['members']} members recognise."
        if tally
        else "It has no members to count on this day."
    )
    of_subject = sentence(
        about["membership_of_subject"], about["subject_since"] and f"since {day(about['subject_since'])}"
    )
    in_article = stated and f"The article states {stated['recognising']} of {stated['total']}: {passage(stated)}."
    return about["name"], [
        counted,
        bullets(filter(None, [
            sentence(about["kind"], about["abbreviation"]), f"Membership of the subject: {of_subject}.",
            plain(about["note"]) if about["note"] else "",
        ])),
        section("Under each rule", tallies(dossier["tallies"], "title", "Rule"), in_article),
        statement(dossier["statement"]),
        section("Members", table(("Member", "Status", "Since", "Membership"), map(member, dossier["members"]))),
        section("Joined or left", bullets(map(changed, dossier["changes"]))),
        section("Suspended", bullets(map(suspension, dossier["suspensions"]))),
        section("Take part, and are not counted", bullets(map(participation, dossier["participations"]))),
        section("Published counts", bullets(map(published, dossier["published_counts"]))),
        section("What it said or did", events(dossier["claims"])),
        section("Other names", names(dossier["names"])),
        section("Findings of the audit", findings(dossier["findings"])),
    ]  # fmt: skip


def rule(dossier: Row, told: Told) -> tuple[str, list[str]]:
    """The title of a rule's dossier, and its parts."""
    others = [(one["title"], one["recognising"]) for one in dossier["others"]]
    heads = ("Group", "Members", *COUNTED_HEADS, *(f"Recognise under ‘{plain(title)}’" for title, _ in others))
    lines = (
        [plain(tally["name"]), str(tally["members"]), *(str(tally[name]) for name in COUNTED),
         *(str(counted.get(tally["id"], "")) for _, counted in others)]
        for tally in dossier["tallies"]
    )  # fmt: skip
    return dossier["title"], [
        plain(dossier["description"]),
        "It counts where no rule is named." if dossier["is_default"] else "",
        section("What changes a status", bullets(map(effect, dossier["effects"]))),
        section("Changes nothing", plain(", ".join(dossier["kinds_without_effect"]))),
        section("What it counts, and what others do", table(heads, lines)),
    ]


def statuses(found: Iterable[Row], told: Told) -> str:
    """The status under each rule, with the event behind it and on what that rests."""
    return table(
        ("Rule", "Status", "Since", "Event behind it", "Evidence"),
        (
            [plain(row["title"]), row["status"], day(row["since"]), behind(row), evidence(row, told)]
            for row in found
        ),
    )  # fmt: skip


def behind(row: Row) -> str:
    return link(f"{row['kind']}, {day(row['event_date'])}", row["event"]) if row["event"] else "none"


def evidence(row: Row, told: Told) -> str:
    """The passage and the records of the event behind a status."""
    named = records_of(
        {"url": one["url"], "publisher": one["publisher"]} for one in told.get(row["event_id"] or "", ())
    )
    return "; ".join(filter(None, [passage(row), named]))


def records_of(found: Iterable[Row]) -> str:
    """The publishers of documents as links to them, after 'records: '; '' where there are none."""
    names = dict.fromkeys(link(record["publisher"], record["url"]) for record in found)
    return f"records: {sentence(*names)}" if names else ""


def last_word(word: Row | None) -> str:
    """The newest claim, the newest by the country itself, and what it said since."""
    if not word:
        return ""
    lines = [
        f"{plain(word['claimant'])} {word['said']}, {day(word['date'])}."
        + (" Only sides tell it." if word["one_sided"] else "")
    ]
    if word["own"] and not word["by_itself"]:
        lines.append(f"Last by the country itself: {word['own']['kind']}, {day(word['own']['date'])}.")
    lines += [f"Of a day that no record gives: {plain(one['claimant'])} {one['said']}." for one in word["undated"]]
    lines += [f"Since: {one['kind']}, {day(one['date'])}." for one in word["besides"]]
    return bullets(lines)


def statement(row: Row | None) -> str:
    """What the article says that it says, to the letter."""
    if not row:
        return ""
    themes = (
        f"{plain(theme['title'])}: {quoted(theme['quote'])}" + (f" ({plain(theme['note'])})" if theme["note"] else "")
        for theme in row["themes"]
    )
    return section(
        "What the article says that it says",
        block(row["text"], link("passage of the article", row["passage"])),
        bullets(themes),
    )


def events(found: Iterable[Row], depth: int = 0) -> str:
    """Events, each with its evidence and the answers to it below it."""
    return "\n".join(event(row, depth) for row in found)


def event(row: Row, depth: int) -> str:
    other = ""
    if row["other_date"]:
        by_others = {
            "record": "by other, stronger records",
            "article": "by other records, but the article's day has the stronger ones",
            "open": "by other records; which day is right is open",
        }
        other = f" ({day(row['other_date'])} {by_others.get(row['stronger_date'], 'by other records')})"
    about = f" on {plain(row['country'])}" if row["country"] else ""
    head = f"**{day(row['date'])}{other}**: {link(row['kind'], row['page'])}{about}, by {plain(row['claimant'])}"
    where = "" if row["in_article"] else " (not in the article)"
    evidence = f"; {passage(row)}" if passage(row) else ""
    note = f" Note: {plain(row['note'])}" if row["note"] else ""
    below = [documents(row["documents"], depth + 1)]
    if answers := row.get("answered_by"):
        below += [bullets(["Answered by:"], depth + 1), events(answers, depth + 2)]
    elif row.get("unanswered"):
        below.append(bullets([unanswered(row["instead"])], depth + 1))
    return "\n".join([bullets([f"{head}{where}{evidence}.{note}"], depth), *filter(None, below)])


def unanswered(instead: Row | None) -> str:
    if not instead:
        return "Nothing on record answers it."
    when = "before" if instead["before"] else "after"
    return (
        f"Nothing on record answers it. The nearest word {when} it: {instead['kind']}, {day(instead['date'])}, "
        f"by {plain(instead['claimant'])}."
    )


def words(found: Iterable[Row]) -> str:
    return bullets(passage(row) for row in found)


def ballot(row: Row) -> str:
    members = [
        f"{row[f'members_{side}']} of its members {side}" for side in ("for", "against", "abstaining")
        if row[f"members_{side}"] is not None
    ]  # fmt: skip
    choice = row["choice"] or sentence(*members) or "not known"
    side = f" ({SIDES[row['side']]})" if row["side"] else ""
    told = records_of(row["records"])
    return (
        f"{day(row['held_on'])}, {link(row['body'], row['page'])}, {plain(row['question'])}: **{choice}**{side}"
        + (f". {plain(row['note'])}" if row["note"] else "") + (f"; {told}" if told else "")
    )  # fmt: skip


def memberships(found: Iterable[Row]) -> str:
    return table(
        ("Group", "Kind", "Time", "Recognise", "Evidence"),
        (
            [plain(row["name"]), row["kind"], times(row), of_members(row), passage(row)]
            for row in found
        ),
    )  # fmt: skip


def of_members(row: Row) -> str:
    """How many members recognise, and the article's own count where that differs."""
    counted = f"{row['recognising']} of {row['members']}" if row["members"] else "no members on this day"
    stated = row["stated"]
    return counted + (f" (the article states {stated['recognising']} of {stated['total']})" if stated else "")


def times(row: Row) -> str:
    """From when to when a membership lasts; '' where nothing is said of that."""
    role = row["role"] if row["role"] != "member" else ""
    suspended = row.get("suspended") and f"suspended since {day(row['suspended']['since'])}"
    return sentence(
        role, row["since"] and f"since {day(row['since'])}", row["until"] and f"until {day(row['until'])}", suspended or "",
        plain(row["note"]) if row["note"] else "",
    )  # fmt: skip


def participation(row: Row) -> str:
    return sentence(
        link(row["name"], row["page"]), row["role"], times({**row, "role": "member"}), records_of(row["records"])
    )


def membership_of_subject(row: Row) -> str:
    since = row["since"] and f"since {day(row['since'])}"
    return f"{plain(row['name'])}: {sentence(row['membership'], since)}; {passage(row)}"


def names(found: Iterable[Row]) -> str:
    """Names by kind, each with the languages in which it is one."""
    return bullets(
        f"{kind}: " + sentence(
            *(plain(row["name"]) + (f" ({' '.join(row['languages'])})" if row["languages"] else "") for row in own)
        )
        for kind, own in grouped(found, "kind").items()
    )  # fmt: skip


def mention(row: Row) -> str:
    speaker = f", statement of {plain(row['speaker'])}" if row["speaker"] else ""
    return f"{link(row['section'], row['passage'])}{speaker}: {quoted(row['text'])}"


def restored(found: list[Row]) -> tuple[str, str]:
    """Heading and text of a country's rows in the article's tables."""
    prints = all(row["name_basis"] == "printed" for row in found)
    return "Its row in the article" if prints else "Rows of the article whose name was restored", bullets(
        map(table_row, found)
    )


def table_row(row: Row) -> str:
    left = row["withdrawn_on"] and f"withdrawn on {day(row['withdrawn_on'])}"
    printed = sentence(
        f"number {row['printed_number']}" if row["printed_number"] else "no number",
        f"recognised on {day(row['recognised_on'])}",
        left,
    )
    order = "" if row["order_known"] else "; its place among the rows of this date is not known"
    note = f". {plain(row['note'])}" if row["note"] else ""
    basis = row["name_basis"]
    name = (
        "the article prints the name"
        if basis == "printed"
        else f"name restored with {row['confidence']} confidence, by {basis}"
    )
    return f"{link(printed, row['passage'])}: {name}{order}{note}"


def findings(found: Iterable[Row]) -> str:
    return bullets(f"{plain(row['title'])} ({row['outcome']}): {plain(row['finding'])}" for row in found)


def tallies(found: Iterable[Row], column: str, head: str) -> str:
    return table(
        (head, "Members", *COUNTED_HEADS),
        ([plain(row[column]), str(row["members"]), *(str(row[name]) for name in COUNTED)] for row in found),
    )


def member(row: Row) -> list[str]:
    state = f" (through {plain(row['state'])})" if row["state"] else ""
    return [f"{link(row['name'], row['page'])}{state}", row["status"], day(row["status_since"]), times(row)]


def changed(row: Row) -> str:
    told = records_of(row["records"])
    return f"{plain(row['name'])}: {times(row) or 'no day known'}" + (f"; {told}" if told else "")


def suspension(row: Row) -> str:
    until = f"until {day(row['until'])}" if row["until"] else "still so" if row["lasts"] else ""
    note = plain(row["note"]) if row["note"] else ""
    told = records_of(row["records"])
    return f"{plain(row['name'])}: " + sentence(row["kind"], f"since {day(row['since'])}", until, note, told)


def published(row: Row) -> str:
    """A count that somebody printed, what the rule counts on its day, and where it is printed."""
    of = f" of {row['total']}" if row["total"] else ""
    when = day(row["as_of"] or row["published_on"] or row["latest_day"])
    told = [f"{link(row['publisher'], row['page'])}, {when}: {row['recognising']}{of}"]
    if row["counted_on"]:
        counted = f"{row['counted']} of {row['counted_members']} on {day(row['counted_on'])}"
        told.append(f"the rule counts {counted}, difference {row['difference']}")
    told += [passage(row), records_of(row["records"])]
    return "; ".join(filter(None, told))


def effect(row: Row) -> str:
    only = sentence(
        row["country"] and f"of {plain(row['country'])}", row["claimant"] and f"by {plain(row['claimant'])}"
    )
    note = f" {plain(row['note'])}" if row["note"] else ""
    return f"{row['kind']}{f' ({only})' if only else ''}: from ‘{row['from_status']}’ to ‘{row['status']}’. {plain(row['description'])}{note}"


# By table, what writes its dossiers.
WRITTEN = {"countries": country, "organisations": organisation, "rules": rule}

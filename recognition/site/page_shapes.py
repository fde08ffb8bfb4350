"""What the JSON and CSV of the site's own pages hold, key by key, see shapes.py.

ISO codes stand behind each country by the rule of codes.py, and are not repeated here.
"""

from __future__ import annotations

from .dossier_shapes import ASKED, COUNTED, SHAPES
from .shapes import Field, Shape, address, by_key, column, columns, date, day, flag, many, number, one, raw, text

EVIDENCE = columns("events", "quote?", "passage_id?")
OF_EVENT = {
    **columns("events", "id", "kind", "date", "claimant", "quote", "passage_id", "records", "citation", "note"),
}
STEP = {
    "country": column("countries.id"),
    "name": column("countries.name"),
    "step": Field("1 where the second number has the state and the first has not, -1 the other way round.", "integer"),
    "status_a": column(
        "statuses.status?", "Its status on the first side; null where it is no member of that group then."
    ),
    "status_b": column("statuses.status?", "Its status on the second side."),
    "event_a": column("statuses.event_id", "The event behind its first status."),
    "event_b": column("statuses.event_id", "The event behind its second status."),
}
TALLY = {
    "organisation": column("organisations.id"),
    "name": column("organisations.name"),
    **columns("tally_history", "members", "recognising", "withdrawn", "contested", "not_recognising"),
    "share": Field("recognising divided by members.", "number", nullable=True),
    "stated_recognising": number("What the article itself states.").or_none,
    "stated_members": number("Of how many members the article speaks.").or_none,
    "agrees": flag(
        "Whether the article states as many; null where it states none, or was not written by that day."
    ).or_none,
}
LISTED = {
    "number": number("Its place in the list, from 1."),
    "country": column("countries.id"),
    "name": column("countries.name"),
    **columns("countries", "kind"),
    **columns("statuses", "status"),
    "recognised_on": date("When it recognised.").or_none,
    "withdrawn_on": date("When it withdrew.").or_none,
    "contested_from": day("The day from which on it is counted as contested.").or_none,
    "through": text("The state through which it recognises, as in a sentence.").or_none,
    "other_recognised_on": date("Another day that other records give for its recognition.").or_none,
    "other_withdrawn_on": date("Another day that other records give for its withdrawal.").or_none,
    "event_id": column("statuses.event_id"),
    **columns("events", "passage_id?", "quote?", "citation?"),
}
MEMBER = {
    "country": column("countries.id"),
    "name": column("countries.name"),
    **columns("statuses", "status", "since"),
    **columns("memberships", "marker"),
    "event_id": column("statuses.event_id"),
    **columns("events", "passage_id", "quote", "records?", "citation", "other_date", "date", "date_precision?"),
    "position": column("countries.position"),
    "position_passage": column("positions.passage_id?"),
    "through": text("The state that represents it, as in a sentence.").or_none,
    "recognition_left_out": Field("A day on which it recognised, where the rule does not count that.", nullable=True),
}
COUNT = {
    **columns(
        "published_counts", "id", "organisation_id", "group_is", "recognising", "not_recognising", "unclear", "total", "as_of",
        "published_on", "printed_from", "printed_until", "earliest_day", "latest_day", "publisher", "speaker", "follows",
        "by_accident", "source_id", "passage_id", "quote", "record_id", "citation", "note",
    ),
    "organisation": column("organisations.name"),
    "explaining_rule": column("count_explanations.rule_id"),
    **columns("count_explanations", "basis", "outcome", "unexplained", "counted_on"),
    "held_against": text("Key of the organisation against which it is held."),
    "held_against_name": text("Its name.").or_none,
    **columns("count_explanations", "agreeing_rules"),
}  # fmt: skip
TOTALS = ("for", "against", "abstained", "absent")
VOTE = {
    "vote": column("votes.id"),
    "body": column("votes.body"),
    "organisation": column("votes.organisation_id"),
    **columns("votes", "held_on", "question"),
    "mover": column("votes.moved_by", "Key of the state that moved it."),
    "moved_by": text("Its name, as in a sentence.").or_none,
    "subject_choice": column("votes.choice_for_kosovo"),
    **columns("votes", "result", "adopted", "complete"),
    **{f"announced_{total}": column(f"votes.announced_{total}") for total in TOTALS},
    **{
        f"known_{total}": number(f"How many choices of this kind are known by state ({total}).").or_none
        for total in TOTALS
    },
    "by_states": Field("1 where states voted, 0 where members of a parliament did.", "integer"),
    "told_by": column("votes.choices_told_by"),
    **columns("votes", "record_id", "citation", "note"),
}
CHOICE = {
    "country": column("countries.id"),
    "name": column("countries.name"),
    "choice": column("vote_choices.choice"),
    "status": column("statuses.status?"),
    "since": column("statuses.since?"),
    **columns("vote_choices", "record_id", "note"),
    "side": text("Whose side that was: 'with' the subject's, 'against' it, null for neither.").or_none,
}
STATEMENT = {
    **columns("positions", "id", "title", "country_id", "organisation_id", "list"),
    "region": column("countries.region?"),
    "status": column("statuses.status?"),
    **columns("positions", "text", "passage_id", "themes"),
}
THEME = {
    **columns("themes", "id", "title", "description"),
    "statements": number("How many statements use it."),
}
TIMELINE = {
    **columns("events", "id", "kind", "date", "date_precision", "other_date"),
    "country": column("events.country_id"),
    "name": text("Name of that country.").or_none,
    **columns("events", "claimant", "quote", "passage_id", "records", "citation", "note", "updates"),
}
SIDE = {
    "key": text("What this side is called in the parameters a and b."),
    "number": number("What the rule counts or, of a published count, what was printed."),
    "members": number("Of how many.").or_none,
    "unexplained": number("The printed number less the counted one."),
    "rule": column("rules.id"),
    "title": column("rules.title"),
    "day": day("The day of the number."),
    "organisation": column("organisations.id"),
    "group": column("organisations.name"),
    "count": text("Key of the published count; null of a rule.").or_none,
    "basis": text("Why this rule: follows, nearest or accident; null of a rule.").or_none,
    "besides": flag("Whether other numbers that were given with it are not the rule's."),
    "note": text("A note on it.").or_none,
    "told": text("The number in words."),
}
HIT = {
    "kind": text("What was found: country, organisation, event, passage …"),
    "id": text("Its key.").or_none,
    "title": text("What it is called."),
    "url": text("Its path on this site."),
    "excerpt": text("Words from it, as HTML with the words found in <mark>."),
    "title_marked": text("The title, as such HTML."),
    "source": text("Who says it.").or_none,
    "country": text("Key of the country that it is about.").or_none,
    "organisation": text("Key of the organisation that it is about.").or_none,
    "status": text("Status of that country.").or_none,
    "since": text("Since when.").or_none,
    "recognising": number("Of an organisation, how many of its members recognise.").or_none,
    "members": number("How many members it has.").or_none,
    "standing": text("The same in words."),
    "score": Field("By which results are ordered, the best first.", "number"),
    "without": many("string", "Words of the question that it does not have."),
}
# Kinds of objects, by the name that they have in /openapi.json, besides those of dossiers.
PUBLISHED_EDITION: Shape = {
    "number": number("Its number."), "published_on": day("Its day."),
    "known_until": day("Until when records were looked through; null where that is not written down.").or_none,
    "file": raw("The database file: sha256 and bytes.", {"type": "object"}), "content": text("Checksum of what the file holds."),
    "sources": raw("Checksums of the sources by name.", {"type": "object"}), "rows": by_key("integer", "How many rows, by table."),
    "published_counts": by_key("integer", "How many published counts there are of each outcome."),
    "recognising_un_members": by_key("string", "How many of the members of the UN recognise, by rule: 108 of 193."),
    "addresses": raw("How many addresses it has, and their checksum.", {"type": "object"}),
    "commit": text("The commit that it was built from, of an edition that was written down later.").or_missing,
    "before": raw("Number of the edition before, and the checksum of its manifest.", {"type": "object"}).or_missing,
    "changes": raw("What it changed; null where that is not written down.", {"type": ["object", "null"]}),
}  # fmt: skip
OF_PAGES: dict[str, Shape] = {
    "PublishedEdition": PUBLISHED_EDITION,
    "EventInBrief": OF_EVENT,
    "Tally": TALLY,
    "TallyOfOrganisation": {
        **TALLY, "kind": column("organisations.kind"), "stated": one("ArticleCount", "The article's count itself.").or_none,
        "first_members": day("Where it has no members on this day: the day from which on it has some.").or_missing,
    },
    "ArticleCount": {
        **columns("published_counts", "organisation_id", "id", "recognising", "total"),
        "counted_on": day("The day from which on it can be compared.").or_none,
        **columns("published_counts", "passage_id", "quote"),
    },
    "Listed": LISTED,
    "Reported": {
        "number": number("Its place in the list of those that recognise."),
        "country": column("countries.id"), "name": column("countries.name"),
        "claims": many("EventInBrief", "Who reported or answered a withdrawal."),
    },
    "MemberWithClaims": {**MEMBER, "claims": many("ClaimOnMember", "What was said about it, besides that it recognised.")},
    "ClaimOnMember": {"country": column("countries.id"), **OF_EVENT},
    "Step": {
        **columns("tally_history", "since", "until", "members", "recognising", "withdrawn", "contested", "not_recognising"),
        "changes": many("Change", "What changed on its first day."),
    },
    "Change": {
        "day": day("The day."), "country": column("countries.id"), "name": text("Name of the country."),
        "status": text("What it has since: a status, or joined, or left."),
    },
    "Difference": {**STEP, "reasons": many("EventInBrief", "The events behind both statuses.")},
    "BridgeStep": {
        **STEP, "reasons": many("EventInBrief", "The events behind both statuses."),
        "number": number("The number after this step."), "last_word": text("What was said last of it, in a few words.").or_none,
    },
    "BridgeSide": SIDE,
    "Count": COUNT,
    "CountWithRules": {
        **COUNT, "counted": by_key("integer", "What each rule counts."), "days": by_key("string", "On which ISO day."),
    },
    "LedgerRow": {
        **columns("count_ledger", "count_id", "rule_id"), "title": column("rules.title"),
        **columns("count_ledger", "counted_on", "counted", "difference", "counted_members"),
    },
    "Vote": VOTE,
    "Choice": CHOICE,
    "ChoiceTotal": {
        "choice": text("The choice.", *TOTALS), "side": text("Whose side it is.").or_none,
        "announced": number("How many were announced.").or_none, "known": number("How many are known by state."),
        "missing": number("How many are not."), "statuses": by_key("integer", "Those known by their status under the rule."),
    },
    "MembersVote": {
        "country": column("countries.id"), "name": column("countries.name"),
        **columns("vote_members", "members_for", "members_against", "members_abstaining", "record_id", "note"),
        "status": column("statuses.status?"), "since": column("statuses.since?"),
    },
    "VoteOfGroup": {
        "organisation": column("organisations.id"), "name": column("organisations.name"),
        **{name: number(f"How many of its members: {name.replace('_', ' ')}.")
           for name in ("members", "voted_for", "voted_against", "abstained", "absent", "without_choice")},
    },
    "VoteSource": {**columns("records", "publisher", "title", "published_on", "language", "url"), "choices": number("How many choices it gives.")},
    "Theme": THEME,
    "ThemeInBrief": columns("themes", "id", "title", "description"),
    "StatementInBrief": STATEMENT,
    "StatementOnTheme": {**STATEMENT, **columns("position_themes", "quote", "note")},
    "TimelineEvent": TIMELINE,
    "Hit": HIT,
    "Answer": {"text": text("The answer, in sentences."), "links": many("AnswerLink", "Where it is from.")},
    "AnswerLink": {"text": text("What the link is called."), "url": text("Its path on this site.")},
    "Headline": {"rule_id": column("rules.id"), "title": column("rules.title"), **COUNTED},
    "TallyInBrief": {"organisation_id": column("organisations.id"), "name": column("organisations.name"), **COUNTED},
    "Disputed": {
        "reported": number("How many that recognise somebody reported withdrawn."), "reported_by": text("Who did."),
        "answered": text("What was said of them since."), "unclear": number("How many more are called unclear."),
        "unclear_by": text("By whom."),
    },
    "NumberOnLine": {
        "number": number("The number."), "counted": many("CountedSide", "The rules that count it."),
        "printed": many("PrintedSide", "Who printed it."),
        "states": many("StateOnLine", "The states that lead to it from the number before."),
        "unexplained": number("What they leave of the difference."), "why": many("string", "The same in words."),
    },
    "CountedSide": {"rule": column("rules.id"), "organisation": column("organisations.id"), "as_of": day("The day.")},
    "PrintedSide": columns("published_counts", "id", "publisher", "source_id", "as_of", "published_on", "printed_from", "printed_until",
                           "earliest_day", "latest_day"),
    "StateOnLine": {
        **{key: STEP[key] for key in ("country", "name", "step", "status_a", "status_b")},
        "word": text("What was said last of it, in a few words."),
    },
    "SaidLast": {
        **columns("events", "id", "kind", "date", "claimant"),
        "by_itself": Field("1 where the country itself says it.", "integer", nullable=True),
        **EVIDENCE, "country_id": column("events.country_id"), "name": text("Name of that country.").or_none,
        "states": number("Of how many states it speaks, where it is of several."),
        "answered_on": date("The day of what it answers.").or_none, "answered": text("Who said that.").or_none,
        "answered_kind": text("What kind of claim that was.").or_none,
    },
    "Article": columns("sources", "id", "file", "title", "publisher", "url", "licence", "sha256", "lines", "written_after", "written_before", "note"),
    "ArticleSource": columns("sources", "title", "publisher", "url", "licence", "sha256", "lines", "written_after", "written_before"),
    "Mark": columns("marks", "mark", "meaning", "evidence"),
    "Section": {
        **columns("sections", "id", "title", "level"), "passage": column("passages.id"),
        "passages": many("Passage", "Its passages in their order; every line of the article is in one."),
    },
    "Passage": {
        **columns("passages", "id", "kind", "first_line", "last_line", "text"),
        "country_id": text("Of a row of a table or a statement: the country that it is about.").or_none,
        "organisation_id": text("The organisation that it is about.").or_none,
        "published_counts": many("string", "Keys of the counts that it prints."),
    },
    "Bundle": {
        "name": text("Its file."), "edition_number": number("Number of its edition."), "edition_day": day("Day of its edition."),
        "known_until": day("The day until which its records were looked through."), "size": number("Bytes."),
        "sha256": text("Checksum of the bundle."), "database_sha256": text("Checksum of the database in it."),
        "is_this": flag("Whether it is of the edition that is served here."), "url": address("Where it is."),
    },
    "RuleInBrief": {**columns("rules", "id", "title", "description"), **columns("tallies", "recognising", "members")},
    "LessSure": {"id": column("recognitions.id"), "name": column("countries.name")},
    "Lost": columns("audit", "title", "finding"),
}  # fmt: skip
ALL_SHAPES: dict[str, Shape] = {**SHAPES, **OF_PAGES}
OF_LIST = {
    **ASKED, "organisation": column("organisations.id"), "order": text("The order of the lists.", "days", "names"),
    "tally": one("Tally"),
    **{name: many("Listed", said) for name, said in (
        ("recognise", "The members that recognise."), ("others", "Who else recognises and is no member."),
        ("withdrew", "The members that withdrew."), ("contested", "The members whose recognition is contested."))},
    "reported": many("Reported", "Those counted though somebody reported a withdrawal."),
    "of_several": many("EventInBrief", "What was said of withdrawals of several at once."),
}  # fmt: skip
RULE_AND_DAY = {key: ASKED[key] for key in ("rule", "as_of")}

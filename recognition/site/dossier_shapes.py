"""What the data of a dossier hold, key by key, see shapes.py. Each key stays what it is; others may be added."""

from __future__ import annotations

from .shapes import Field, Shape, address, by_key, column, columns, day, flag, many, one, text

PASSAGE = {
    "passage_id": column("events.passage_id?"),
    "passage": address("Where this site shows the passage of the article, with the quote marked.").or_none,
}
COUNTED = columns("tally_history", "members", "recognising", "contested", "withdrawn", "not_recognising")
EVENT: dict[str, Field] = {
    **columns("events", "id", "kind", "country_id?"),
    "country": text("Name of that country.").or_none,
    **columns("events", "claimant", "date", "other_date", "stronger_date", "counts_from"),
    "in_article": flag("Whether the article tells it; else it happened since, or is not in it."),
    **columns("events", "answers", "dated_by", "quote"),
    **PASSAGE,
    "documents": many("Document", "The records that it rests on, the strongest first."),
    "note": column("events.note"),
    "page": address("The event as a row of the table."),
}
CLAIM: dict[str, Field] = {
    "event_id": column("events.id"),
    "kind": column("events.kind"),
    "said": column("event_kinds.said"),
    **columns("events", "claimant", "date"),
}
GENERAL_KNOWLEDGE = Field("What of it rests on general knowledge: day, all, or null for nothing.", nullable=True)
# Kinds of objects, by the name that they have in /openapi.json.
SHAPES: dict[str, Shape] = {
    "Reference": {
        "id": text("Key."),
        "name": text("Name."),
        "page": address("Its page."),
        "json": address("The same as data."),
    },
    "Record": columns("records", "id", "publisher", "title", "published_on", "url"),
    "Document": {
        "record_id": column("event_records.record_id"),
        **columns("records", "publisher", "title", "published_on", "language", "url"),
        "words_of": column("record_kinds.said"),
        **columns("event_records", "says", "day", "words", "translation"),
    },
    "Event": EVENT,
    "EventWithAnswers": {
        **EVENT,
        "answered_by": many("EventWithAnswers", "The events that answer it, in their order."),
        "unanswered": flag("Whether it is a claim by somebody else that nothing on record answers."),
        "instead": one(
            "SaidInstead", "Of a claim that nothing answers: the nearest word of the country or the subject."
        ).or_none,
    },
    "SaidInstead": {
        **columns("events", "id", "kind", "date", "claimant"),
        "before": flag("Whether it was said before the claim."),
    },
    "StatusUnderRule": {
        "rule": column("statuses.rule_id"),
        "title": column("rules.title"),
        **columns("statuses", "status", "since"),
        "event_id": column("statuses.event_id", "The event behind it; among `events`, with its documents, where it is the country's own."),
        "kind": column("events.kind?"),
        "event_date": column("events.date?"),
        **columns("events", "other_date", "stronger_date", "quote"),
        **PASSAGE,
        "event": address("The event behind the status.").or_none,
        "past": many("PastStatus", "Its earlier statuses under this rule, the newest first."),
    },
    "PastStatus": {**columns("statuses", "status", "since"), "kind": column("events.kind?")},
    "LastWord": {
        **CLAIM,
        "by_itself": flag("Whether the country itself says it."),
        "tellers": many("string", "Who tells the country's own words, where no document has them from itself."),
        "one_sided": flag("Whether only sides tell it.").or_none,
        "quote": column("events.quote"),
        **PASSAGE,
        "own": one("Claim", "The last claim by the country itself.").or_none,
        "undated": many("Claim", "Claims of which no record gives the day: their place among the others is not known."),
        "besides": many("Contact", "What the country said or did since it last spoke of its recognition."),
    },
    "Claim": CLAIM,
    "Contact": {
        **columns("events", "id", "kind", "date"),
        "tellers": many("string", "Who tells it, where the country does not itself."),
    },
    "Statement": {
        **columns("positions", "list", "text", "named_as", "passage_id"),
        "passage": address("Where this site shows that passage of the article."),
        "themes": many("ThemeOfStatement", "The arguments that it uses."),
    },
    "ThemeOfStatement": {**columns("themes", "id", "title", "description"), **columns("position_themes", "quote", "note")},
    "WordsInGeneral": {**columns("events", "quote?"), **PASSAGE},
    "Ballot": {
        "vote": column("votes.id"),
        **columns("votes", "body", "held_on", "question"),
        "moved_by": text("Who moved it, as in a sentence.").or_none,
        "subject_choice": column("votes.choice_for_kosovo"),
        "told_by": column("votes.choices_told_by"),
        "choice": column("vote_choices.choice?"),
        "side": text("Whose side that was: 'with' the subject's, 'against' it, null for neither.").or_none,
        **columns("vote_members", "members_for?", "members_against?", "members_abstaining?"),
        "note": column("vote_choices.note?"),
        "records": many("Record", "The document that says so."),
        "page": address("The vote's page."),
    },
    "Stated": {
        "id": column("published_counts.id"),
        **columns("published_counts", "recognising", "total"),
        "counted_on": day("The day from which on it can be compared.").or_none,
        **columns("published_counts", "passage_id", "quote"),
        "passage": address("Where this site shows that passage of the article."),
    },
    "Membership": {
        **columns("organisations", "id", "name", "kind"),
        **columns("memberships", "period", "role", "marker", "since", "until", "note"),
        **PASSAGE,
        **columns("tally_history", "members?", "recognising?", "contested?", "withdrawn?", "not_recognising?"),
        "stated": one("Stated", "The article's own count of it, where that differs.").or_none,
        "suspended": one("SuspensionOfMember", "Its suspension on this day.").or_none,
        "before": many("Period", "Earlier times in which it was a member."),
    },
    "Period": columns("memberships", "period", "role", "since", "until"),
    "SuspensionOfMember": columns("suspensions", "kind", "since", "until"),
    "Participation": {
        "id": text("Key of the organisation or the country."),
        "name": text("Its name."),
        **columns("participations", "role", "since", "until", "note"),
        "general_knowledge": GENERAL_KNOWLEDGE,
        "records": many("Record", "The document that says so."),
        "page": address("The page of the organisation or the country."),
    },
    "Name": {
        "name": text("The name."),
        "kind": text("What kind of name it is, as in country_names and organisation_names."),
        "languages": many("string", "Codes of the languages in which it is called so, as CLDR has them."),
        "source": text("Who publishes the name.").or_none,
    },
    "Mention": {
        **columns("mentions", "passage_id", "named_as"),
        "passage": address("Where this site shows that passage of the article."),
        "section": column("sections.title"),
        "speaker": text("Whose statement the words are from, where they are from one.").or_none,
        "text": text("The sentences that name the country."),
    },
    "RestoredName": {
        **columns(
            "recognitions", "list", "printed_number", "recognised_on", "withdrawn_on", "name_basis", "confidence",
            "date_evidence", "withdrawal_date_evidence", "other_recognised_on", "other_withdrawn_on",
            "stronger_recognised_on", "stronger_withdrawn_on", "note", "passage_id", "date_passage_id",
        ),
        "order_known": flag("Whether it is known which of the rows with its date is its own."),
        "passage": address("Where this site shows the row of the article's table."),
        "documents": many("Record", "The records by which it was restored."),
    },
    "Finding": {**columns("audit", "title", "outcome", "finding"), **PASSAGE},
    "MembershipOfSubject": {
        **columns("organisations", "id", "name"),
        "membership": column("organisations.kosovo_membership"),
        "since": column("organisations.kosovo_since"),
        "quote": column("organisations.kosovo_quote"),
        "passage_id": column("positions.passage_id"),
        "passage": address("Where this site shows that passage of the article."),
    },
    "Country": {
        **columns("countries", "id", "name", "name_in_sentence", "iso2", "iso3", "kind", "region", "subregion", "note"),
        "un_member": flag("Whether it is a member of the United Nations."),
        "represented_by": one("Reference", "The state whose status it has.").or_none,
        "represents": many("Reference", "The territories that have its status."),
    },
    "Organisation": {
        **columns("organisations", "id", "name", "name_in_sentence", "abbreviation", "kind", "heading", "area", "note"),
        "in_article": flag("Whether the article has it."),
        "membership_of_subject": column("organisations.kosovo_membership"),
        "subject_since": column("organisations.kosovo_since"),
        "quote_on_subject": column("organisations.kosovo_quote"),
    },
    "TallyUnderRule": {"rule": column("rules.id"), "title": column("rules.title"), **COUNTED, "since": column("tally_history.since")},
    "Member": {
        "country": column("countries.id"),
        "name": column("countries.name"),
        **columns("memberships", "role", "since", "until", "basis", "note"),
        "counted": flag("Whether it is a member on this day, and so counted."),
        **columns("statuses", "status"),
        "status_since": column("statuses.since"),
        "state": text("Name of the state that represents it.").or_none,
        "suspended": one("SuspensionOfMember", "Its suspension on this day.").or_none,
        "general_knowledge": GENERAL_KNOWLEDGE,
        "records": many("Record", "The document that says so."),
        "page": address("The country's page."),
    },
    "Suspension": {
        "country": column("countries.id"),
        "name": column("countries.name"),
        **columns("suspensions", "since", "until", "kind", "note"),
        "lasts": flag("Whether it lasts on this day."),
        "general_knowledge": GENERAL_KNOWLEDGE,
        "records": many("Record", "The document that says so."),
    },
    "CountOfOrganisation": {
        **columns("published_counts", "id", "publisher", "as_of", "published_on", "printed_from", "printed_until",
                  "earliest_day", "latest_day", "recognising", "total", "quote"),
        **columns("count_ledger", "counted_on", "counted", "counted_members", "difference"),
        **PASSAGE,
        "records": many("Record", "The document that prints it."),
        "page": address("The count's page."),
    },
    "Effect": {
        "kind": column("rule_effects.event_kind"),
        "description": column("event_kinds.description"),
        "country_id": column("rule_effects.country_id"),
        "country": text("Name of that country.").or_none,
        **columns("rule_effects", "claimant", "from_status", "status", "note"),
    },
    "TallyOfRule": {
        **columns("organisations", "id", "name", "kind"),
        **COUNTED,
        "stated": one("Stated", "The article's own count of it, where that differs.").or_none,
        "everywhere": flag("Whether as many recognise under every rule."),
    },
    "OtherRule": {
        **columns("rules", "id", "title", "description"),
        "recognising": by_key("integer", "How many members of each organisation recognise, by the organisation's key."),
    },
}  # fmt: skip
ASKED = {
    "rule": column("rules.id", "The rule under which it is answered."),
    "as_of": day("The day of which it is answered."),
    "notes": many("string", "What was changed about the question, such as a day to come."),
}
AROUND = {
    "page": address("The same for people."),
    "previous": one("Reference", "The one before it in the order for readers.").or_none,
    "following": one("Reference", "The one behind it.").or_none,
}
COUNTRY_DOSSIER: Shape = {
    **ASKED,
    "answer": text("How it stands, in a sentence."),
    "country": one("Country"),
    "status": one("StatusUnderRule", "Its status under the rule that is asked for; null for the subject.").or_none,
    "statuses": many("StatusUnderRule", "Its status under each rule."),
    "last_word": one("LastWord", "The newest claim on its recognition.").or_none,
    "statement": one("Statement", "What the article says that it says.").or_none,
    "events": many("EventWithAnswers", "What happened, and who says so; answers are below what they answer."),
    "claims": many("Event", "What it said or did about others, or in general."),
    "in_general": many("WordsInGeneral", "The article's words on withdrawals that name no country."),
    "votes": many("Ballot", "How it voted."),
    "memberships": many("Membership", "Organisations, groups and regions that it is or was in, with their tallies."),
    "participations": many("Participation", "Where it takes part without being counted."),
    "memberships_of_subject": many(
        "MembershipOfSubject", "Of the subject alone: what the article says of its membership."
    ),
    "names": many("Name", "What else it is called."),
    "mentions": many("Mention", "Where else the article names it."),
    "restored": many("RestoredName", "How its name was restored in the article's tables."),
    "findings": many("Finding", "What the audit found about it."),
    **AROUND,
}
ORGANISATION_DOSSIER: Shape = {
    **ASKED,
    "organisation": one("Organisation"),
    "tally": one("TallyUnderRule", "Its tally under the rule that is asked for; null where it has no members.").or_none,
    "tallies": many("TallyUnderRule", "Its tally under each rule."),
    "stated": one("Stated", "The article's own count of it.").or_none,
    "statement": one("Statement", "What the article says that it says.").or_none,
    "members": many("Member", "Its members on the day that is asked for."),
    "changes": many("Member", "Those that joined or left since the first day."),
    "first_members": day("The day from which on it has members.").or_none,
    "suspensions": many("Suspension"),
    "participations": many("Participation", "Who takes part without being counted."),
    "published_counts": many("CountOfOrganisation", "Numbers that others printed of it, held against the rule."),
    "claims": many("Event", "What it said or did."),
    "names": many("Name", "What else it is called."),
    "findings": many("Finding", "What the audit found about it."),
    **AROUND,
}
RULE_DOSSIER: Shape = {
    **ASKED,
    **columns("rules", "id", "title", "description"),
    "is_default": flag("Whether it counts where no rule is named."),
    "effects": many("Effect", "Which kinds of events change which status into which."),
    "kinds_without_effect": many("string", "The kinds of events that change nothing under it."),
    "tallies": many("TallyOfRule", "Its tallies of the day."),
    "others": many("OtherRule", "What the other rules count."),
    **AROUND,
}  # fmt: skip
DOSSIERS = {"countries": COUNTRY_DOSSIER, "organisations": ORGANISATION_DOSSIER, "rules": RULE_DOSSIER}

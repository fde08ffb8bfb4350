"""Dossiers as data: what their pages show, without markup, each part with the keys that dossier_shapes.py describes."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterable, Mapping

from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request
from markupsafe import Markup

from .asked import Asked, question
from .codes import codes, with_codes
from .country_dossiers import country_dossier
from .database import NAME, Row
from .documents import told_by_event
from .dossier_shapes import DOSSIERS, SHAPES
from .evidence import Record, known_records, passage_path
from .formats import told_of_edition
from .organisation_dossiers import organisation_dossier
from .rule_dossiers import rule_dossier
from .shapes import picked

# By table, what gathers a dossier for its page: the keys of what it gives are those that the template reads.
GATHERED: dict[str, Callable[[Datasette, str, Asked], Coroutine[None, None, Row | None]]] = {
    "countries": country_dossier,
    "organisations": organisation_dossier,
    "rules": rule_dossier,
}


async def dossier_data(datasette: Datasette, table: str, key: str, ask: Asked) -> Row | None:
    """The dossier of a row of 'countries', 'organisations' or 'rules' under the rule and on the day that are asked for.

    Its keys are those of DOSSIERS in dossier_shapes.py; all of it can be written as JSON. Dates are ISO text, addresses
    absolute where the site has its public address and else paths. None where there is no such row.
    """
    dossier = await GATHERED[table](datasette, key, ask)
    if dossier is None:
        return None
    write = Writer(datasette, await told_by_event(datasette), await known_records(datasette))
    parts = {"countries": write.country, "organisations": write.organisation, "rules": write.rule}[table](dossier)
    around = {name: dossier[name] and write.reference(table, dossier[name]) for name in ("previous", "following")}
    asked = {"rule": key if table == "rules" else ask.rule, "as_of": ask.as_of, "notes": [*ask.notes]}
    whole = picked(DOSSIERS[table], asked | around | parts, page=write.address(f"/{NAME}/{table}/{key}"))
    coded: Row = with_codes(whole, await codes(datasette))
    return coded


async def data_of_row(datasette: Datasette, request: Request) -> Row:
    """What the JSON of a row says besides Datasette's keys: the edition, and where the row has a dossier, that."""
    told, table = await told_of_edition(datasette), request.url_vars["table"]
    if table not in GATHERED:
        return told
    dossier = await dossier_data(
        datasette, table, tilde_decode(request.url_vars["pks"]), await question(datasette, request)
    )
    return told | (dossier or {})


class Writer:
    """Writes rows of the database as data: with addresses and documents in place of keys, and without markup."""

    def __init__(self, datasette: Datasette, told: Mapping[str, list[Row]], records: Mapping[str, Record]) -> None:
        """`told` are the documents of events by the event's id, `records` all documents by id."""
        self.datasette = datasette
        self.told = told
        self.records = records

    def address(self, path: str) -> str:
        """The public address of a path of this site; the path with its prefix where the site has none."""
        return str(self.datasette.absolute_url(None, path))

    def passage(self, row: Row) -> str | None:
        """The address of the passage of a row, with its `quote` marked; None for a row that has none."""
        return self.address(passage_path(row["passage_id"], row.get("quote"))) if row.get("passage_id") else None

    def reference(self, table: str, row: Row) -> Row:
        """A row of a table with a dossier, by its key, name and addresses."""
        page = self.address(f"/{NAME}/{table}/{row['id']}")
        return {"id": row["id"], "name": row["name"], "page": page, "json": f"{page}.json"}

    def documents(self, event: str | None) -> list[Row]:
        """What each document says of the event with this id."""
        return [picked(SHAPES["Document"], row, words_of=row["speaker"]) for row in self.told.get(event or "", [])]

    def records_of(self, *keys: str | None) -> list[Row]:
        """The documents with these ids."""
        found = ((key, self.records[key]) for key in keys if key and key in self.records)
        return [{"id": key, **record._asdict(), "url": record.address} for key, record in found]

    def picked(self, shape: str, row: Row, **more: object) -> Row:
        """An object of a shape; what the shape has of a passage, a record or documents is looked up."""
        wanted = SHAPES[shape]
        if "passage" in wanted:
            more["passage"] = self.passage(row)
        if "records" in wanted:
            found = self.records_of(row["record_id"])
            more["records"] = [picked(SHAPES["Record"], record) for record in found]
        return picked(wanted, row, **more)

    def all(self, shape: str, found: Iterable[Row]) -> list[Row]:
        """Objects of a shape, see `picked`."""
        return [self.picked(shape, row) for row in found]

    def event(self, row: Row, shape: str = "Event", **more: object) -> Row:
        page = self.address(f"/{NAME}/events/{row['id']}")
        return self.picked(
            shape, row, in_article=not row["updates"], documents=self.documents(row["id"]), page=page, **more
        )

    def event_with_answers(self, row: Row) -> Row:
        answers = [self.event_with_answers(answer) for answer in row["answered_by"]]
        instead = row["instead"] and self.picked("SaidInstead", row["instead"])
        return self.event(row, "EventWithAnswers", answered_by=answers, instead=instead)

    def status(self, row: Row) -> Row:
        """A row of `by_rule`: the status under a rule."""
        event = self.address(f"/{NAME}/events/{row['event_id']}") if row["event_id"] else None
        past = [self.picked("PastStatus", one) for one in row["past"]]
        return self.picked("StatusUnderRule", row, event=event, past=past)

    def last_word(self, row: Row) -> Row:
        own = row["own"] and self.picked("Claim", row["own"])
        undated, besides = self.all("Claim", row["undated"]), self.all("Contact", row["besides"])
        return self.picked(
            "LastWord",
            row,
            own=own,
            undated=undated,
            besides=besides,
        )

    def statement(self, row: Row | None) -> Row | None:
        return row and self.picked("Statement", row, themes=self.all("ThemeOfStatement", row["themes"]))

    def names(self, by_kind: Mapping[str, list[Row]]) -> list[Row]:
        """The names of a dossier, which has them by kind, as one list."""
        return [
            self.picked("Name", name, languages=(name.get("language") or "").split(), source=name.get("source"))
            for names in by_kind.values()
            for name in names
        ]

    def stated(self, row: Row | None) -> Row | None:
        return row and self.picked("Stated", row)

    def with_page(self, shape: str, path: str, found: Iterable[Row], key: str = "id", **more: object) -> list[Row]:
        """Objects of a shape whose `page` is at a path and the key of each."""
        return [self.picked(shape, row, page=self.address(f"{path}/{row[key]}"), **more) for row in found]

    def country(self, dossier: Row) -> Row:
        """The parts of a country's dossier that are its own."""
        country = dossier["country"]
        state = dossier["state"] and self.reference("countries", dossier["state"])
        represents = [self.reference("countries", one) for one in country["represents"]]
        return {
            "answer": dossier["answer"],
            "country": self.picked("Country", country, represented_by=state, represents=represents),
            "status": dossier["standing"] and self.status(dossier["standing"]),
            "statuses": [self.status(row) for row in dossier["by_rule"].values()],
            "last_word": dossier["last_word"] and self.last_word(dossier["last_word"]),
            "statement": self.statement(dossier["statement"]),
            "events": [self.event_with_answers(event) for event in dossier["events"]],
            "claims": [self.event(event) for event in dossier["claims"]],
            "in_general": self.all("WordsInGeneral", dossier["general"]),
            "votes": self.with_page("Ballot", "/votes", dossier["votes"], "vote"),
            "memberships": [self.membership(row) for row in dossier["organisations"]],
            "participations": self.with_page("Participation", f"/{NAME}/organisations", dossier["participations"]),
            "memberships_of_subject": [self.membership_of_subject(row) for row in dossier["memberships_of_subject"]],
            "names": self.names(dossier["names"]),
            "mentions": [
                self.picked("Mention", row, text=Markup(row["excerpt"]).striptags()) for row in dossier["mentions"]
            ],
            "restored": [self.restored(row) for row in dossier["restored"]],
            "findings": self.all("Finding", dossier["findings"]),
        }

    def membership(self, row: Row) -> Row:
        suspended = row["suspended"] and self.picked("SuspensionOfMember", row["suspended"])
        before = self.all("Period", row["before"])
        return self.picked("Membership", row, stated=self.stated(row["stated"]), suspended=suspended, before=before)

    def membership_of_subject(self, row: Row) -> Row:
        return self.picked("MembershipOfSubject", row, membership=row["kosovo_membership"], since=row["kosovo_since"])

    def restored(self, row: Row) -> Row:
        found = self.records_of(*json.loads(row["records"]))
        return self.picked("RestoredName", row, documents=[picked(SHAPES["Record"], record) for record in found])

    def organisation(self, dossier: Row) -> Row:
        """The parts of an organisation's dossier that are its own."""
        row, tally = dossier["organisation"], dossier["tally"]
        about = {
            "membership_of_subject": row["kosovo_membership"], "subject_since": row["kosovo_since"],
            "quote_on_subject": row["kosovo_quote"],
        }  # fmt: skip
        alone = (
            {**tally, "rule": rule["id"], "title": rule["title"]}
            for tally in dossier["tallies"]
            for rule in tally["rules"]
        )
        return {
            "organisation": self.picked("Organisation", row, **about),
            "tally": tally and self.picked("TallyUnderRule", tally),
            "tallies": self.all("TallyUnderRule", alone),
            "stated": self.stated(dossier["in_article"]),
            "statement": self.statement(dossier["statement"]),
            "members": [self.member(member) for member in dossier["members"]],
            "changes": [self.member(member) for member in dossier["changes"]],
            "first_members": dossier["first_members"],
            "suspensions": [self.picked("Suspension", row, country=row["id"]) for row in dossier["suspensions"]],
            "participations": self.with_page("Participation", f"/{NAME}/countries", dossier["participations"]),
            "published_counts": self.with_page("CountOfOrganisation", "/counts", dossier["counts"]),
            "claims": [self.event(event) for event in dossier["events"]],
            "names": self.names(dossier["names"]),
            "findings": self.all("Finding", dossier["findings"]),
        }

    def member(self, row: Row) -> Row:
        """A member of an organisation; one that is no member on this day is not suspended either."""
        suspended = row.get("suspended") and self.picked("SuspensionOfMember", row["suspended"])
        page = self.address(f"/{NAME}/countries/{row['id']}")
        return self.picked("Member", row, country=row["id"], suspended=suspended, page=page)

    def rule(self, dossier: Row) -> Row:
        """The parts of a rule's dossier that are its own."""
        others = [
            {**rule, "recognising": {key: tally["recognising"] for key, tally in rule["tallies"].items()}}
            for rule in dossier["others"]
        ]
        return {
            **dossier["rule"],
            "is_default": dossier["is_default"],
            "effects": self.all("Effect", dossier["effects"]),
            "kinds_without_effect": dossier["other_kinds"],
            "tallies": [
                self.picked("TallyOfRule", tally, stated=self.stated(tally["stated"])) for tally in dossier["tallies"]
            ],
            "others": self.all("OtherRule", others),
        }

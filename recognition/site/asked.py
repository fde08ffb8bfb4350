"""What a reader asks for: rule and day, or the subject's own where the address says nothing."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Request

from recognition import dates

from .database import Row, kept, rows

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SHOWN = 40  # characters of a wrong value that its answer repeats

RULES = "select id, title, description from rules order by position"
SUBJECT = """
select s.country_id, c.name, c.name_in_sentence, s.first_day, s.first_act, s.default_rule, r.title as rule_title
from subject s join countries c on c.id = s.country_id join rules r on r.id = s.default_rule
"""


@dataclass(frozen=True)
class Asked:
    """A rule and a day that there are, from what an address asks for.

    `rule` is the id of a rule, `rules` all of them by id in their order (id, title, description). `as_of` is an ISO day
    from the first day to `today`, both included. `notes` are sentences on what was changed about the question.
    """

    rule: str
    as_of: str
    notes: tuple[str, ...]
    rules: dict[str, Row]
    subject: Row
    today: str

    @property
    def context(self) -> Row:
        """What the templates read: rule, as_of, notes, rules, subject, first_day, today."""
        return {
            "rule": self.rule, "as_of": self.as_of, "notes": self.notes, "rules": self.rules, "subject": self.subject,
            "first_day": self.subject["first_day"], "today": self.today,
        }  # fmt: skip

    def other_rule(self, text: str | None, parameter: str, otherwise: str) -> str:
        """A further rule that the reader names in `parameter`; `otherwise` where none is named."""
        return chosen_rule(text, self.rules, otherwise, parameter)


async def question(datasette: Datasette, request: Request) -> Asked:
    """What the parameters `rule` and `as_of` of a request ask for; BadRequest where there is no such rule or day."""
    return await asked(datasette, request.args.get("rule"), request.args.get("as_of"))


async def asked(
    datasette: Datasette, rule: str | None = None, as_of: str | None = None, parameter: str = "rule"
) -> Asked:
    """The rule and day that are named, or the default rule and today; BadRequest where there is no such rule or day.

    `parameter` is what the address calls the rule.
    """
    about, known = await subject(datasette), await rules(datasette)
    day, notes = chosen_day(as_of, about)
    return Asked(chosen_rule(rule, known, about["default_rule"], parameter), day, notes, known, about, dates.today())


async def subject(datasette: Datasette) -> Row:
    """The row of table `subject`, `name` and `name_in_sentence` of its country, and `rule_title`, that of the default rule."""

    async def read() -> Row:
        return (await rows(datasette, SUBJECT))[0]

    return await kept(datasette, "subject", read)


async def rules(datasette: Datasette) -> dict[str, Row]:
    """All rules by id, in their order: id, title, description."""

    async def read() -> dict[str, Row]:
        return {row["id"]: row for row in await rows(datasette, RULES)}

    return await kept(datasette, "rules", read)


def chosen_rule(text: str | None, known: dict[str, Row], default: str, parameter: str) -> str:
    """The id of the rule that `text` names, `default` for no text; BadRequest with the ids that there are for another."""
    rule = text or default
    if rule not in known:
        raise BadRequest(f"{parameter} must be one of {', '.join(known)}, not {rule[:SHOWN]!r}.")
    return rule


def chosen_day(text: str | None, about: Row) -> tuple[str, tuple[str, ...]]:
    """The ISO day that `text` names, today for no text, and a sentence where another day is answered.

    A day before the first of the subject `about` becomes that one, a day to come today. BadRequest where the text is no
    day of the calendar.
    """
    today, first = dates.today(), about["first_day"]
    if not text:
        return today, ()
    try:
        if not DAY.fullmatch(text):
            raise ValueError
        datetime.date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"as_of must be a day such as 2013-07-01, not {text[:SHOWN]!r}.") from None
    if text < first:
        told = f"{about['name']} {about['first_act']} on {dates.said(first)}; this is that day."
        return first, (f"You asked for {text}. {told}",)
    if text > today:
        return today, (f"You asked for {text}, which is not known yet; this is today.",)
    return text, ()

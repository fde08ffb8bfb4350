"""What a reader asks for: rule, day and organisation, or the defaults where the address says nothing; carried along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, NotFound, Request
from markupsafe import Markup, escape

from recognition import dates

from .database import Row, kept, rows
from .formats import this_edition
from .names import keys_of, spelled

SHOWN = 40  # characters of a wrong value that its answer repeats
LISTED = 15  # organisations that an answer to a wrong one lists; those of the article are the first

CHOICES = ("rule", "as_of", "organisation")  # the parameters that go along from page to page
# In kept markup, behind the path of a link: where `with_choices` puts them. No text has this character.
LATER = "\ufdd0"
ASKED = "recognition_asked"  # where the scope of a request has what it asks for
ORGANISATIONS = "select id, name from organisations order by number"
RULES = "select id, title, description from rules order by position"
SUBJECT = """
select s.country_id, c.name, c.name_in_sentence, s.first_day, s.first_act, s.default_rule, r.title as rule_title,
       a.written_after as article_written_after, a.written_before as article_written_before
from subject s join countries c on c.id = s.country_id join rules r on r.id = s.default_rule
left join sources a on a.id = 'article'
"""


@dataclass(frozen=True)
class Asked:
    """A rule, a day and an organisation that there are, from what an address asks for.

    `rule` is the id of a rule, `rules` all of them by id in their order (id, title, description). `as_of` is an ISO day
    from the first day to `today`, both included. `organisation` is an id, or None where none is asked for. `notes` are
    sentences on what was changed about the question. `known_until` is the ISO day until which records were looked
    through.
    """

    rule: str
    as_of: str
    notes: tuple[str, ...]
    rules: dict[str, Row]
    subject: Row
    today: str
    known_until: str
    organisation: str | None = None

    @property
    def told_rule(self) -> str | None:
        """The rule as an address says it: not at all where it is the default."""
        return self.rule if self.rule != self.subject["default_rule"] else None

    @property
    def carried(self) -> dict[str, str]:
        """What the reader chose and what is not the default anyway, by parameter: it goes along to the next page."""
        chosen = {
            "rule": self.told_rule,
            "as_of": self.as_of if self.as_of != self.today else None,
            "organisation": self.organisation,
        }
        return {name: value for name, value in chosen.items() if value}

    @property
    def context(self) -> Row:
        """What the templates read: rule, as_of, notes, rules, subject, first_day, today, known_until, carried."""
        return {
            "rule": self.rule, "as_of": self.as_of, "notes": self.notes, "rules": self.rules, "subject": self.subject,
            "first_day": self.subject["first_day"], "today": self.today, "known_until": self.known_until,
            "carried": self.carried,
        }  # fmt: skip

    def other_rule(self, text: str | None, parameter: str, otherwise: str) -> str:
        """A further rule that the reader names in `parameter`; `otherwise` where none is named."""
        return chosen_rule(text, self.rules, otherwise, parameter)


async def question(datasette: Datasette, request: Request) -> Asked:
    """What the parameters `rule`, `as_of` and `organisation` of a request ask for.

    An organisation in the path counts before one in the parameters. BadRequest where there is no such rule, day or
    organisation; NotFound where the path names an organisation that there is not.
    """
    if ASKED not in request.scope:  # a page asks for it, and its head again for what goes with a link to it
        request.scope[ASKED] = await asked(
            datasette, request.args.get("rule"), request.args.get("as_of"),
            organisation=request.args.get("organisation"), in_path=request.url_vars.get("organisation"),
        )  # fmt: skip
    found: Asked = request.scope[ASKED]
    return found


async def asked(
    datasette: Datasette,
    rule: str | None = None,
    as_of: str | None = None,
    parameter: str = "rule",
    organisation: str | None = None,
    in_path: str | None = None,
) -> Asked:
    """The rule, day and organisation that are named, or the default rule, today and none; errors as `question` has them.

    `parameter` is what the address calls the rule. `organisation` is an id or any name; `in_path` is an id.
    """
    about, known = await subject(datasette), await rules(datasette)
    day, notes = chosen_day(as_of, about)
    if in_path:
        organisations = await organisation_names(datasette)
        if in_path not in organisations:
            raise NotFound(f"There is no organisation {in_path[:SHOWN]!r}. There are: {listed(organisations)}.")
    chosen = in_path or await chosen_organisation(datasette, organisation)
    return Asked(
        chosen_rule(rule, known, about["default_rule"], parameter), day, notes, known, about, dates.today(about["first_day"]),
        (await this_edition(datasette))["known_until"], chosen,
    )  # fmt: skip


async def chosen_organisation(datasette: Datasette, text: str | None, parameter: str = "organisation") -> str | None:
    """The id of the organisation that `text` names, None for no text; BadRequest with those that there are for another.

    `parameter` is what the address calls it.
    An organisation has its id and all its names, in whatever case and with or without accents: 'EU', 'european union'.
    """
    name = (text or "").strip()
    if not name:
        return None
    key = (await keys_of(datasette, "organisations")).get(spelled(name))
    if key is None:
        known = (f"{id_} ({name})" for id_, name in (await organisation_names(datasette)).items())
        raise BadRequest(f"{parameter} must be one of {listed(known)}, not {name[:SHOWN]!r}.")
    return key


def listed(known: Iterable[str]) -> str:
    """The first organisations that there are, and how many more and where, for an answer to a wrong one."""
    first, more = (found := [*known])[:LISTED], len(found) - LISTED
    return ", ".join(first) + (f" and {more} more, all of them at /recognition/organisations" if more > 0 else "")


async def carried_by(datasette: Datasette, request: Request | None) -> dict[str, str]:
    """What a request carries along, for pages that answer under no rule themselves; nothing where it is no choice at all."""
    if request is None or not any(request.args.get(choice) for choice in CHOICES):
        return {}
    try:
        return (await question(datasette, request)).carried
    except (BadRequest, NotFound):
        return {}


def onward(datasette: Datasette, path: str, carried: Mapping[str, str], **changes: str | None) -> str:
    """The address of a path of this site, with its prefix, that carries a reader's choices along as parameters.

    They come after the path's own query and before its fragment. `changes` sets other values; None leaves a choice out.
    """
    if not carried and not changes:  # as of most links
        return str(datasette.urls.path(path))
    path, hash_, fragment = path.partition("#")
    chosen = tuple((name, value) for name, value in ({**carried, **changes}).items() if value)
    if chosen:
        path += ("&" if "?" in path else "?") + encoded(chosen)
    return str(datasette.urls.path(path)) + hash_ + fragment


@lru_cache(maxsize=100)
def encoded(chosen: tuple[tuple[str, str], ...]) -> str:
    """The choices as an address has them: the links of a page, hundreds, share a few."""
    return urlencode(chosen)


def with_choices(markup: Markup, carried: Mapping[str, str]) -> Markup:
    """Kept markup, the same for every reader, with a reader's choices at the end of each address that ends in LATER."""
    return markup.replace(LATER, escape(f"?{encoded(tuple(carried.items()))}") if carried else "")


async def organisation_names(datasette: Datasette) -> dict[str, str]:
    """The names of all organisations by id, in their order."""

    async def read() -> dict[str, str]:
        return {row["id"]: row["name"] for row in await rows(datasette, ORGANISATIONS)}

    return await kept(datasette, "organisation names", read)


def as_known(day: str, known_until: str) -> str:
    """', as known on 28 February 2026' where an ISO day is later than the records; '' where it is not."""
    return f", as known on {dates.said(known_until)}" if day > known_until else ""


async def subject(datasette: Datasette) -> Row:
    """The row of table `subject`, `name` and `name_in_sentence` of its country, and `rule_title`, that of the default rule.

    `article_written_after` and `article_written_before` are the ISO days from which, and before which, the article was
    written; None where that is not known.
    """

    async def read() -> Row:
        return (await rows(datasette, SUBJECT))[0]

    return await kept(datasette, "subject", read)


async def subject_in_sentence(datasette: Datasette) -> str:
    """The subject's name as a sentence has it: 'Utopia', 'the Isles'."""
    return str((await subject(datasette))["name_in_sentence"])


async def rules(datasette: Datasette) -> dict[str, Row]:
    """All rules by id, in their order: id, title, description."""

    async def read() -> dict[str, Row]:
        return {row["id"]: row for row in await rows(datasette, RULES)}

    return await kept(datasette, "rules", read)


def chosen_among(request: Request, parameter: str, labels: Mapping[str, str]) -> str:
    """The value that a request names in a parameter, see `value_among`."""
    return value_among(request.args.get(parameter), parameter, labels)


def value_among(text: str | None, parameter: str, labels: Mapping[str, str]) -> str:
    """The value that a text names, by itself or by its label; '' where there is no text.

    `labels` has all values; case and accents do not matter. BadRequest with the values for another.
    """
    text = (text or "").strip()
    if not text:
        return ""
    meant = {spelled(name): value for value, label in labels.items() for name in (label, value)}
    if spelled(text) not in meant:
        raise BadRequest(f"{parameter} must be one of {', '.join(labels)}, not {text[:SHOWN]!r}.")
    return meant[spelled(text)]


def chosen_rule(text: str | None, known: dict[str, Row], default: str, parameter: str) -> str:
    """The id of the rule that is `text`, `default` for no text; BadRequest with ids and titles of all for another."""
    rule = text or default
    if rule not in known:
        listed = ", ".join(f"{id_} ({row['title']})" for id_, row in known.items())
        raise BadRequest(f"{parameter} must be one of {listed}, not {rule[:SHOWN]!r}.")
    return rule


def chosen_day(text: str | None, about: Row) -> tuple[str, tuple[str, ...]]:
    """The ISO day that `text` names, today for no text, and a sentence where another day is answered.

    A day before the first of the subject `about` becomes that one, a day to come today. BadRequest where the text is no
    day of the calendar.
    """
    first = about["first_day"]
    today = dates.today(first)
    if not text:
        return today, ()
    if not dates.iso_day(text):
        raise BadRequest(f"as_of must be a day such as 2013-07-01, not {text[:SHOWN]!r}.")
    if text < first:
        told = f"{about['name']} {about['first_act']} on {dates.said(first)}; this is that day."
        return first, (f"You asked for {dates.said(text)}. {told}",)
    if text > today:
        return today, (f"You asked for {dates.said(text)}, which is still to come; this is today.",)
    return text, ()

"""The card with an answer: its sentences, the states in them as links, by what they are counted, their source, where they lead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from datasette.app import Datasette
from markupsafe import Markup

from recognition.dates import said
from recognition.sentences import capitalised

from .asked import Asked, as_known, onward
from .database import Row, rows
from .evidence import evidence
from .question_forms import Question
from .search import ANSWERS_UNDER_A_RULE

# What verbs are of one and of many today, and of one and of many on a day of the past.
VERBS = {
    "recognise": ("recognises", "recognise", "recognised", "recognised"), "count": ("counts", "count", "counted", "counted"),
    "do": ("does", "do", "did", "did"), "have": ("has", "have", "had", "had"), "be": ("is", "are", "was", "were"),
}  # fmt: skip
FEW = 15  # states that are named; of more the page behind the answer has the names


@dataclass(frozen=True)
class State:
    """A state in an answer: its name, the address of its dossier, and what is said of it in brackets, or ''."""

    name: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A sentence of an answer, the states that it names in the middle: `text`, states with commas between, `after`."""

    text: str
    states: tuple[State, ...] = ()
    after: str = ""

    @property
    def said(self) -> str:
        """The sentence as text."""
        named = ", ".join(f"{state.name} ({state.note})" if state.note else state.name for state in self.states)
        return f"{self.text}{named}{self.after}"


@dataclass(frozen=True)
class Card:
    """An answer: sentences, `basis` (rule, day, until when that is known), `source` as HTML, and links to what is behind it."""

    parts: tuple[Part, ...]
    basis: str = ""
    source: Markup = Markup("")
    links: list[Row] = field(default_factory=list)
    is_empty: bool = False  # it says that there is nothing

    @property
    def text(self) -> str:
        """All of it as text."""
        source = f"Source: {self.source.striptags()}." if self.source else ""
        return " ".join(filter(None, [*(part.said for part in self.parts), self.basis, source]))

    @property
    def data(self) -> Row:
        """The answer as it is published: text and links, a list of text and url."""
        return {"text": self.text, "links": self.links}


class Answering:
    """A question that is being answered, under the rule and on the day of `ask`."""

    def __init__(self, datasette: Datasette, question: Question, ask: Asked) -> None:
        self.datasette = datasette
        self.places = question.places
        self.question = question
        self.ask = ask
        self.subject: str = ask.subject["name_in_sentence"]

    @property
    def is_today(self) -> bool:
        """Whether the answer is about today, and not about an earlier day."""
        return self.ask.as_of == self.ask.today

    @property
    def is_usual(self) -> bool:
        """Whether the default rule counts on today: as saved questions count."""
        return self.is_today and self.ask.told_rule is None

    @property
    def day(self) -> str:
        """' on 1 June 2012' where another day than today is asked for."""
        return "" if self.is_today else f" on {said(self.ask.as_of)}"

    def verb(self, verb: str, *, is_one: bool) -> str:
        """One of VERBS as it is said of one or of many, on the day that is asked for."""
        return VERBS[verb][(not is_one) + 2 * (not self.is_today)]

    def basis(self) -> str:
        """'Counted under ‘The list today’, on 26 November 2026, as known on 28 February 2026.', after what was changed about the day."""
        title, day = self.ask.rules[self.ask.rule]["title"], said(self.ask.as_of)
        counted = f"Counted under ‘{title}’, on {day}{as_known(self.ask.as_of, self.ask.known_until)}."
        return " ".join([*self.ask.notes, counted])

    def address(self, path: str) -> str:
        """A path of the site, where its page answers under a rule with the choices of the reader, the question's day among them."""
        carried = self.ask.carried if ANSWERS_UNDER_A_RULE.match(path) else {}
        return onward(self.datasette, path, carried)

    def states(self, found: Iterable[Row], note: str = "") -> tuple[State, ...]:
        """Rows with id and name as states; `note` is the column with the ISO date in brackets."""
        return tuple(
            State(row["name"], self.address(f"/recognition/countries/{row['id']}"), said(row[note]) if note else "")
            for row in found
        )

    def few(self, text: str, found: list[Row], note: str = "") -> Part:
        """A sentence that ends with the names of the states where they are few."""
        named = self.states(found, note) if 0 < len(found) <= FEW else ()
        return Part(f"{text}: " if named else text, named, ".")

    async def card(
        self, parts: Iterable[Part | str], *links: tuple[str, str], basis: str | None = None, source: Row | None = None
    ) -> Card:
        """The card with its links, (words, path) each; `source` is a row with passage_id, quote, records."""
        sentences = [Part(capitalised(part)) if isinstance(part, str) else part for part in parts]
        shown = Markup(await evidence(self.datasette, source)) if source else Markup("")
        counted = [("How it is counted", f"/recognition/rules/{self.ask.rule}")] if basis is None else []
        listed = [{"text": text, "url": self.address(path)} for text, path in (*links, *counted)]
        return Card(tuple(sentences), self.basis() if basis is None else basis, shown, listed)

    async def rows(self, sql: str, **parameters: object) -> list[Row]:
        """The rows of a question that may use :rule and :as_of too."""
        return await rows(self.datasette, sql, rule=self.ask.rule, as_of=self.ask.as_of, **parameters)


def number_of(number: int, one: str, many: str) -> str:
    """'1 state', '12 states'; 'no state' for none."""
    return f"{number or 'no'} {one if number < 2 else many}"

"""How a preview picture looks: 1200 by 630 pixels, as what shows links shows them, in the colours of the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datasette.app import Datasette
from markupsafe import Markup

from recognition.serving.turns import give_way

from .asked import Asked
from .cards import Card
from .colours import colours
from .drawing import (
    LEADING,
    Tokens,
    document,
    face_of,
    heading,
    paragraph,
    rect,
    stacked,
    text,
)
from .lettering import fitting, lines_of, width_of
from .map_drawing import drawn_map, looks_on_day, patterns, ring_around
from .telling import source_told

WIDTH, HEIGHT, EDGE = 1200, 630, 56
INSIDE = WIDTH - 2 * EDGE
BAND = 84  # the bar of the site's name
TITLE, LEAST_TITLE = 76, 50  # sizes of letters
# How much of the width a number takes, and the size of the letters beside it, in the order in which they are tried.
BESIDE = ((0.62, 44), (0.62, 36), (0.5, 36), (0.5, 30), (0.4, 28), (0.4, 24))
SENTENCES = (32, 28, 25, 22)
NUMBER = 200
MAP, WIDE_MAP = 440, 640  # how wide the map is on the right
STEP = 56  # from one of several bars to the next
FOOT = 546  # the line above rule, day and source


async def picture_of(datasette: Datasette, card: Card, ask: Asked) -> str:
    """The SVG of a card; in the bar stands the site's own question."""
    tokens, site = colours(datasette).light, f"Who recognises {ask.subject['name_in_sentence']}?"
    parts = [
        *band(card, site, tokens),
        *await foot(datasette, card, tokens),
        *await body(datasette, card, ask, site, tokens),
    ]
    await give_way()
    return document(WIDTH, HEIGHT, card.title, card.alt, tokens["paper"], parts)


def band(card: Card, site: str, tokens: Tokens) -> list[Markup]:
    """The bar with the site's name on the left and the kind of page on the right."""
    drawn = [
        rect(0, 0, WIDTH, BAND, tokens["bar"]),
        rect(0, BAND, WIDTH, 6, tokens["recognises"]),
    ]
    size = 40 if site == card.title else 32
    drawn.append(heading(site, EDGE, 43 + size / 3, size, tokens["on-bar"], 700, smallest=24))
    if card.kind:
        drawn.append(text(card.kind, WIDTH - EDGE, 53, 26, tokens["on-bar"], text_anchor="end"))
    return drawn


async def foot(datasette: Datasette, card: Card, tokens: Tokens) -> list[Markup]:
    """Rule and day, and the edition."""
    drawn = [rect(EDGE, FOOT, INSIDE, 2, tokens["line"])]
    if card.under:
        drawn.append(
            text(card.under, EDGE, FOOT + 38, fitting(card.under, "strong", 24, INSIDE, 16), tokens["ink"], "strong")
        )
    drawn.append(text(await source_told(datasette), EDGE, FOOT + 68, 20, tokens["quiet"]))
    return drawn


async def map_beside(
    datasette: Datasette, card: Card, ask: Asked, width: float, tokens: Tokens
) -> tuple[Markup, float]:
    """The world on the right, with a ring around the country that the card is about; and where it ends."""
    x, y = WIDTH - EDGE - width, BAND + 42
    drawn, height = await drawn_map(
        datasette, await looks_on_day(datasette, ask.rule, ask.as_of), x, y, width, tokens, part=False
    )
    ring = await ring_around(datasette, card.marked, x, y, width, tokens) if card.marked else Markup("")
    return drawn + ring, y + height


async def body(datasette: Datasette, card: Card, ask: Asked, site: str, tokens: Tokens) -> list[Markup]:
    """Title, number or status, sentence and bars, from the top down; the map beside."""
    drawn: list[Markup] = []
    width, y, ends = float(INSIDE), float(BAND + 60), 0.0
    if card.has_map:
        across: float = WIDE_MAP if card.number else MAP
        map_, ends = await map_beside(datasette, card, ask, across, tokens)
        drawn, width = [map_], INSIDE - across - 36
    if card.title != site:
        title, y = title_of(card, width, tokens)
        drawn += title
    if card.status:
        drawn += status_of(*card.status, y, width, tokens)
        y += 62
    until = FOOT - 18 - (130 if card.parts else min(STEP * len(card.bars), FOOT - 300))
    if card.number:
        drawn += number_of(card, y, width, until, tokens)
    elif card.told:
        drawn += sentence_of(card.told, max(y, ends + 44), until, tokens)
    return drawn + bar_and_key(card.parts, tokens) + bars_of(card.bars, card.members, tokens)


def number_of(card: Card, y: float, width: float, until: float, tokens: Tokens) -> list[Markup]:
    """The large number with what it is of: below it where a map is beside, else beside it and down to `until`."""
    if card.has_map:
        size = fitting(card.number, "strong", NUMBER, width, 60)
        told = paragraph(card.told, EDGE, y + size * 0.74 + 62, 38, tokens["ink"], width, 3, "strong")[0]
        return [large(card.number, y + size * 0.74, size, tokens), told]
    for share, letters in BESIDE:
        size = min(fitting(card.number, "strong", NUMBER, width * share, 60), (until - y) / 0.74)
        x, at_most = EDGE + width_of(card.number, "strong", size) + 20, max(int((until - y) / (LEADING * letters)), 1)
        lines = len(lines_of(card.told, "strong", letters, WIDTH - EDGE - x, at_most + 1))
        if lines <= at_most:
            break
    base = y + size * 0.74
    top = max(base - (lines - 1) * LEADING * letters, y + letters * 0.74)
    told = paragraph(card.told, x, top, letters, tokens["ink"], WIDTH - EDGE - x, at_most, "strong")[0]
    return [large(card.number, base, size, tokens), told]


def large(number: str, y: float, size: float, tokens: Tokens) -> Markup:
    return text(number, EDGE - size * 0.06, y, size, tokens["recognises"], "strong")


def sentence_of(told: str, y: float, until: float, tokens: Tokens) -> list[Markup]:
    """Running text in the largest letters in which all of it has room; if there are none, without its last clauses.

    A clause is never cut: half of a claim may say something else.
    """
    for shown in clauses(told):
        for size in SENTENCES:
            at_most = int((until - y) / (LEADING * size)) + 1
            if len(lines_of(shown, "text", size, INSIDE, at_most + 1)) <= at_most:
                return [paragraph(shown, EDGE, y, size, tokens["ink"], INSIDE, at_most)[0]]
    return []


def clauses(told: str) -> Iterator[str]:
    """A text, then the same with fewer and fewer of its clauses, and '…' for what is missing."""
    yield told
    while (cut := max(told.rfind("; "), told.rfind(". "))) > 0:
        told = told[:cut]
        yield f"{told}; …"


def title_of(card: Card, width: float, tokens: Tokens) -> tuple[list[Markup], float]:
    """The title in one line or two; and where the next line may stand."""
    face = face_of(card.title)
    size = fitting(card.title, face, TITLE, width, LEAST_TITLE)
    lines = lines_of(card.title, face, size, width, 2)
    y = BAND + 36 + size * 0.8
    drawn = [text(line, EDGE, y + number * size * 1.12, size, tokens["ink"], face) for number, line in enumerate(lines)]
    return drawn, y + (len(lines) - 1) * size * 1.12 + 52


def status_of(colour: str, words: str, y: float, width: float, tokens: Tokens) -> list[Markup]:
    """A status in words behind its colour, or its pattern."""
    fill = {"contested": "url(#contested)", "withdrew": "url(#withdrew)", "none": tokens["map-none"]}
    swatch = rect(EDGE, y - 30, 38, 38, fill.get(colour, tokens[colour]), stroke=tokens["quiet"], stroke_width=1.5)
    size = fitting(words, "strong", 36, width - 54, 22)
    return [patterns(tokens), swatch, text(words, EDGE + 54, y, size, tokens["ink"], "strong")]


def bar_and_key(parts: Sequence[tuple[int, str, str]], tokens: Tokens) -> list[Markup]:
    """A bar as wide as the picture, and below it what its parts are."""
    if not parts:
        return []
    y, x = FOOT - 112, float(EDGE)
    drawn = [stacked([(number, tokens[colour]) for number, colour, _ in parts], EDGE, y, INSIDE, 40)]
    whole = " ".join(f"{number} {word}" for number, _, word in parts)
    size = fitting(whole, "text", 26, INSIDE - 76 * len(parts), 15)
    for number, colour, word in parts:
        drawn.append(rect(x, y + 59, 22, 22, tokens[colour], stroke=tokens["quiet"]))
        drawn.append(text(str(number), x + 34, y + 79, size, tokens["ink"], "strong"))
        x += 34 + width_of(str(number), "strong", size) + 8
        drawn.append(text(word, x, y + 79, size, tokens["ink"]))
        x += width_of(word, "text", size) + 34
    return drawn


def bars_of(bars: Sequence[tuple[int, str, str]], members: int, tokens: Tokens) -> list[Markup]:
    """Counts as bars below each other, each with its number and what it is of, at the bottom."""
    if not bars:
        return []
    step = min(STEP, (FOOT - 300) / len(bars))
    y, longest = FOOT - 16 - step * len(bars), INSIDE * 0.5
    drawn = []
    for number, words, colour in bars:
        wide = longest * number / max(members, 1)
        drawn.append(rect(EDGE, y + 4, longest, step - 12, tokens["panel"]))
        drawn.append(rect(EDGE, y + 4, wide, step - 12, tokens[colour]))
        middle = y + step / 2 + 6
        drawn.append(text(str(number), EDGE + longest + 16, middle, 26, tokens["ink"], "strong"))
        x = EDGE + longest + 84
        size = fitting(words, "text", 26, WIDTH - EDGE - x, 15)
        drawn.append(text(words, x, middle, size, tokens["ink"]))
        y += step
    return drawn

"""Dates: read as the article prints them, written for people, today; and text folded for comparison."""

from __future__ import annotations

import datetime
import functools
import os
import re
import unicodedata

MONTHS = {
    name: number
    for number, name in enumerate(
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"], 1
    )
}  # fmt: skip
MONTH = "|".join(MONTHS)
DATE_IN_PROSE = re.compile(
    rf"(?:(?P<month>{MONTH}) (?P<day>\d{{1,2}}), |(?P<day_first>\d{{1,2}}) (?P<month_second>{MONTH}) |(?P<only_month>{MONTH}) )?"
    r"\b(?P<year>(?:19|20)\d\d)\b"
)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WORD = re.compile(r"[^\W_]+")
# Months as Unicode CLDR names them (Babel 2.18) in Albanian, Serbian in both scripts, French, German and Spanish, without
# accents, and the Serbian genitive, in which a date is said.
MONTHS_ELSEWHERE = (
    "janar shkurt mars prill maj qershor korrik gusht shtator tetor nentor dhjetor",
    "januar februar mart april maj jun jul avgust septembar oktobar novembar decembar",
    "januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra",
    "јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
    "јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
# With strokes, the day is first for some and the month for others.
UNCLEAR = re.compile(r"\b(?!(\d\d?)/0?\1/)(?:0?[1-9]|1[0-2])/(?:0?[1-9]|1[0-2])/\d{4}\b", re.ASCII)
NAME, BETWEEN, OF = r"(?P<month>[^\W\d_]+)", r"(?:\s*[.,]\s*|\s+)", r"(?:(?:of|de|del)\s+)?"
IN_NUMBERS = re.compile(r"\b(?P<day>\d{1,2})(?P<sign>[/. -]) ?(?P<month>\d{1,2})(?P=sign) ?(?P<year>\d{4})\b", re.ASCII)
# Dates as readers write them.
WRITTEN = (
    re.compile(r"\b(?P<year>\d{4})(?P<sign>[/. -])(?P<month>\d\d)(?P=sign)(?P<day>\d\d)\b", re.ASCII),
    IN_NUMBERS,
    re.compile(
        rf"\b(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?{BETWEEN}{OF}{NAME}{BETWEEN}{OF}(?P<year>\d{{4}})\b", re.I
    ),
    re.compile(rf"\b{NAME}{BETWEEN}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{BETWEEN}(?P<year>\d{{4}})\b", re.I),
    re.compile(rf"\b{NAME}{BETWEEN}{OF}(?P<year>\d{{4}})\b", re.I),
)
PRINTED_DATE = re.compile(r"^(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]+) (?P<year>\d{4})$")


def printed_date(text: str) -> str | None:
    """'17 February 2008' as '2008-02-17'; None where the text is no day of the calendar in this form."""
    printed = PRINTED_DATE.match(text)
    if printed and printed["month"] in MONTHS:
        try:
            return datetime.date(int(printed["year"]), MONTHS[printed["month"]], int(printed["day"])).isoformat()
        except ValueError:
            pass
    return None


def iso_day(text: str) -> str | None:
    """The text where it is a day of the calendar as '2008-02-17'; None for any other."""
    try:
        return datetime.date.fromisoformat(text).isoformat() if ISO_DAY.fullmatch(text) else None
    except ValueError:
        return None


def is_date(text: str) -> bool:
    """Whether a text is a day or a month of the calendar, as 2008-02-17 or 2008-02."""
    return iso_day(text if len(text) == len("2008-02-17") else f"{text}-01") is not None


def dates_in(text: str) -> set[str]:
    """The dates that a text gives, each also as the month and the year that it is in: '2010-07-22', '2010-07', '2010'."""
    found: set[str] = set()
    for match in DATE_IN_PROSE.finditer(text):
        year, month = match["year"], match["month"] or match["month_second"] or match["only_month"]
        day = match["day"] or match["day_first"]
        found.add(year)
        if month:
            found.add(f"{year}-{MONTHS[month]:02}")
        if month and day:
            found.add(f"{year}-{MONTHS[month]:02}-{int(day):02}")
    return found


@functools.cache
def month_numbers() -> dict[str, int]:
    """The numbers of months by their names as `folded`, English ones also by their first three and four letters."""
    elsewhere = {name: number for names in MONTHS_ELSEWHERE for number, name in enumerate(names.split(), 1)}
    return elsewhere | {name[:length].lower(): MONTHS[name] for name in MONTHS for length in (3, 4, len(name))}


def with_iso_dates(text: str) -> str:
    """A text with the dates that readers write in it as 2008-02-17 or 2008-02.

    A date that means another day to others, as 1/2/2012 does, is no date: it stays as it is.
    """
    for form in WRITTEN:
        if form is not IN_NUMBERS or not UNCLEAR.search(text):
            text = form.sub(as_iso, text)
    return text


def as_iso(found: re.Match[str]) -> str:
    """A match of WRITTEN as an ISO date; as it is where there is no such day or month."""
    parts = found.groupdict()
    month = int(parts["month"]) if parts["month"].isdecimal() else month_numbers().get(folded(parts["month"]), 0)
    date = f"{parts['year']}-{month:02}" + (f"-{int(parts['day']):02}" if parts.get("day") else "")
    return date if is_date(date) else found[0]


def today(first: str = "") -> str:
    """Today's ISO day in UTC. The environment variable RECOGNITION_TODAY sets another day, for tests and benchmarks.

    It is never before `first`, an ISO day: a clock that says so is wrong.
    """
    clock = os.environ.get("RECOGNITION_TODAY") or datetime.datetime.now(datetime.UTC).date().isoformat()
    return max(clock, first)


@functools.lru_cache(maxsize=4096)  # a page says hundreds, and most of them often
def said(date: str) -> str:
    """An ISO date for people, as precise as it is: '20 February 2008', 'September 2020', '2018'."""
    year, month, day = (*date.split("-"), "", "")[:3]
    name = list(MONTHS)[int(month) - 1] if month else ""
    return " ".join(part for part in (day.lstrip("0"), name, year) if part)


def folded(text: str) -> str:
    """The text in lowercase without accents, as the search index compares words; the Turkish ı is an i."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))

"""Random damages to the text files of the sources, as a careless hand or a broken tool does them, one or several together."""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

NUMBER = re.compile(r"[0-9]+")
MARKED = re.compile(r" ?[†‡]")
MONTH = re.compile("January|February|March|April|May|June|July|August|September|October|November|December")

# What a text should not hold, or holds without harm where a reader would not see it.
ODD_CHARACTERS = [
    "\0", "\t", "\v", "\f", "\x1b", "\x1c", "\x7f", "\x85", "\x9b", "\u2028", "\u2029",  # control, other line ends
    "\xa0", "\u2003", "\u200b", "\u200d", "\ufeff", "\xad",  # blanks and nothing at all
    "\u0301", "\u0336", "\u20dd", "\ufe0f",  # combining
    "\u202e", "\u202d", "\u2066", "\u2069", "\u200f", "א",  # right to left
    "\ufffd", "\ufffe", "\uffff", "\ue000", "\U0010ffff", "😀",
    "İ", "ß", "ǅ", "Ω", "ﬁ", "１", "٣", "²", "½",  # change with case, form or numbering
    '"', "'", "’", "\\", ",", ";", "|", "||", "†", "††", "‡", "§", "•", "[", "]]", "![]() |", "(", "- ", "–", "%s", "{}", "<b>", "'; --",
]  # fmt: skip
NUMBERS = [
    "0", "00", "1", "2", "13", "31", "58", "193", "194", "2007", "2014", "9999", "10000", "2147483648",
    "9223372036854775807", "9223372036854775808", "9" * 30, "9" * 5000, "-1", "1.5", "٣", "１９", "²", "",
]  # fmt: skip


def where(draw, lines, wanted=""):
    """The index of a line that the pattern `wanted` finds, or of any line where it finds none."""
    found = [index for index, line in enumerate(lines) if re.search(wanted, line)] or range(len(lines))
    return draw(st.sampled_from(found))


def position(draw, text):
    return draw(st.integers(0, len(text)))


def exchanged(draw, text, pattern, replacement):
    """The text with one match of a pattern, where it has one, become `replacement`."""
    matches = list(re.finditer(pattern, text))
    if not matches:
        return text
    match = draw(st.sampled_from(matches))
    return text[: match.start()] + replacement + text[match.end() :]


# Damages to the list of lines; each changes it in place.


def line_dropped(draw, lines):
    del lines[where(draw, lines, r"\S")]


def line_emptied(draw, lines):
    lines[where(draw, lines, r"\S")] = draw(st.sampled_from(["", " ", "\xa0", "\t"]))


def line_doubled(draw, lines):
    index = where(draw, lines, r"\S")
    lines.insert(index, lines[index])


def lines_swapped(draw, lines):
    one, other = where(draw, lines), where(draw, lines)
    lines[one], lines[other] = lines[other], lines[one]


def line_moved(draw, lines):
    line = lines.pop(where(draw, lines))
    lines.insert(position(draw, lines), line)


def lines_merged(draw, lines):
    index = where(draw, lines[:-1])
    lines[index : index + 2] = [draw(st.sampled_from(["", " ", "|", "\xa0", "\u2028"])).join(lines[index : index + 2])]


def line_split(draw, lines):
    index = where(draw, lines, "..")
    at = position(draw, lines[index])
    lines[index : index + 1] = [lines[index][:at], lines[index][at:]]


def line_cut(draw, lines):
    index = where(draw, lines, r"\S")
    at = position(draw, lines[index])
    lines[index] = draw(st.sampled_from([lines[index][:at], lines[index][at:]]))


def run_dropped(draw, lines):
    index = where(draw, lines)
    del lines[index : index + draw(st.integers(2, 40))]


def run_emptied(draw, lines):
    """Lines lose their text and those below keep their numbers: nothing that names a line points elsewhere."""
    index = where(draw, lines)
    for emptied in range(index, min(len(lines), index + draw(st.integers(2, 6)))):
        lines[emptied] = ""


def row_emptied(draw, lines):
    """A whole row of a table."""
    index = where(draw, lines, r"!\[")
    end = next((at for at in range(index + 1, len(lines)) if "![" in lines[at]), index + 2)
    for emptied in range(index, min(end, index + 5, len(lines))):
        lines[emptied] = ""


def run_doubled(draw, lines):
    index = where(draw, lines)
    lines[index:index] = lines[index : index + draw(st.integers(2, 40))] * draw(st.integers(1, 3))


def end_cut(draw, lines):
    del lines[where(draw, lines) + 1 :]
    lines[-1] = lines[-1][: position(draw, lines[-1])]


def cell_changed(draw, lines):
    index = where(draw, lines, r"\|")
    cells = lines[index].split("|")
    one, other = draw(st.sampled_from(range(len(cells)))), draw(st.sampled_from(range(len(cells))))
    change = draw(st.sampled_from(["drop", "double", "swap", "empty"]))
    if change == "drop":
        del cells[one]
    elif change == "double":
        cells.insert(one, cells[one])
    elif change == "swap":
        cells[one], cells[other] = cells[other], cells[one]
    else:
        cells[one] = " "
    lines[index] = "|".join(cells)


def date_changed(draw, lines):
    index = where(draw, lines, rf"^\d+ (?:{MONTH.pattern}) \d+ \|")
    text = lines[index]
    if draw(st.booleans()):
        month = draw(st.sampled_from(["January", "June", "Febuary", "march", "MAY", "Maí", "5", ""]))
        lines[index] = exchanged(draw, text, MONTH.pattern, month)
    else:
        lines[index] = exchanged(
            draw, text, NUMBER.pattern, draw(st.integers(0, 40).map(str) | st.sampled_from(NUMBERS))
        )


def mark_changed(draw, lines):
    index = where(draw, lines, " • ")
    mark = draw(st.sampled_from(["", " †", " ‡", "†", " † †", " ††", " §", " *", " †\u0301", "\xa0†"]))
    if draw(st.booleans()):
        lines[index] = exchanged(draw, lines[index], MARKED.pattern, mark)
    else:
        lines[index] = exchanged(draw, lines[index], r"(?<=\w)(?= •|$)", mark)


def member_changed(draw, lines):
    index = where(draw, lines, " • ")
    members = lines[index].split(" • ")
    at = draw(st.sampled_from(range(len(members))))
    change = draw(st.sampled_from(["drop", "double", "swap", "join", "from another list"]))
    if change == "drop":
        del members[at]
    elif change == "double":
        members.insert(at, members[at])
    elif change == "swap":
        members[at - 1], members[at] = members[at], members[at - 1]
    elif change == "join":
        members[at : at + 2] = [draw(st.sampled_from([" •", "• ", "•", " · ", ", "])).join(members[at : at + 2])]
    else:
        members[at] = draw(st.sampled_from(lines[where(draw, lines, " • ")].split(" • ")))
    lines[index] = " • ".join(members)


def count_changed(draw, lines):
    """A digit of a stated count, in a list of members, in a sentence or in a caption."""
    index = where(draw, lines, r"\d+ / \d+\)|\d+ out of \d+|total members \d+")
    new = draw(st.integers(0, 200).map(str) | st.sampled_from(NUMBERS))
    lines[index] = exchanged(
        draw, lines[index], r"\d+(?= / )|(?<= / )\d+|\d+(?= out of)|(?<=out of )\d+|(?<=members )\d+", new
    )


def number_changed(draw, lines):
    index = where(draw, lines, NUMBER.pattern)
    lines[index] = exchanged(draw, lines[index], NUMBER.pattern, draw(st.sampled_from(NUMBERS)))


def name_changed(draw, lines):
    """A word that begins with a capital letter becomes another line's, or loses a letter."""
    name = r"\b[A-Z]\w+"
    index = where(draw, lines, name)
    other = draw(st.sampled_from(re.findall(name, lines[where(draw, lines, name)]) or ["Atlantis"]))
    lines[index] = exchanged(draw, lines[index], name, draw(st.sampled_from([other, other[:-1], other.lower(), ""])))


def character_added(draw, lines):
    index = where(draw, lines)
    at = position(draw, lines[index])
    lines[index] = lines[index][:at] + draw(st.sampled_from(ODD_CHARACTERS)) + lines[index][at:]


def character_dropped(draw, lines):
    index = where(draw, lines, ".")
    at = draw(st.integers(0, max(0, len(lines[index]) - 1)))
    lines[index] = lines[index][:at] + lines[index][at + 1 :]


def character_repeated(draw, lines):
    """Deep repetition: patterns that try every way to divide a text would not come back."""
    index = where(draw, lines, ".")
    at = draw(st.integers(0, max(0, len(lines[index]) - 1)))
    piece = lines[index][at : at + draw(st.integers(1, 12))]
    lines[index] = lines[index][:at] + piece * draw(st.sampled_from([2, 3, 100, 3000])) + lines[index][at:]


def line_rewritten(draw, lines):
    """Case, Unicode form, direction, quotation marks and blanks of a whole line."""
    index = where(draw, lines, r"\S")
    lines[index] = draw(st.sampled_from(REWRITINGS))(lines[index])


REWRITINGS = [
    str.upper, str.lower, str.title, str.swapcase, lambda text: text[::-1], lambda text: f"  {text}", lambda text: f"{text} \t\xa0",
    *(lambda text, form=form: unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")),
    lambda text: text.replace("'", "’"), lambda text: text.replace(" ", "\xa0"), lambda text: f'"{text}"',
    lambda text: text.encode().decode("latin-1"), lambda text: "".join(character + "\u0336" for character in text),
]  # fmt: skip

LINES = [
    line_dropped, line_emptied, line_doubled, lines_swapped, line_moved, lines_merged, line_split,
    line_cut, run_dropped, run_emptied, run_doubled, end_cut, character_added, character_dropped,
    character_repeated, line_rewritten, name_changed, number_changed,
]  # fmt: skip
# Once more what the parser may take and the counts must show.
CONTENT = [row_emptied, cell_changed, date_changed, mark_changed, member_changed, count_changed]


# Damages to the bytes that were made of the lines.


def line_ends_mixed(draw, data):
    ends = draw(st.lists(st.sampled_from([b"\n", b"\r\n", b"\r"]), min_size=1, max_size=5))
    lines = data.split(b"\n")
    return b"".join(line + ends[index % len(ends)] for index, line in enumerate(lines))


def byte_changed(draw, data):
    at = draw(st.integers(0, max(0, len(data) - 1)))
    return data[:at] + draw(st.binary(max_size=3)) + data[at + draw(st.integers(0, 3)) :]


def end_changed(draw, data):
    return data.rstrip(b"\n") + draw(st.sampled_from([b"", b"\n" * 50, b" \t\n", b"\x1a", b"\0" * 512, b"\xff"]))


def bytes_cut(draw, data):
    return data[: draw(st.integers(0, len(data)))]


def encoded_again(draw, data):
    text = data.decode(errors="replace")
    return text.encode(draw(st.sampled_from(["utf-16", "utf-32", "utf-8-sig", "utf-7"])))


BYTES = [line_ends_mixed, byte_changed, end_changed, bytes_cut, encoded_again]


@dataclass(frozen=True)
class Damaged:
    """A damaged text and how it came to be; shown as the difference to the text before."""

    before: list[str]
    data: bytes
    damages: list[str]

    def __repr__(self):
        after = self.data.decode(errors="replace").split("\n")
        changed = list(difflib.unified_diff([*self.before, ""], after, n=0, lineterm=""))[2:]
        return f"{', '.join(self.damages)}: {[line if len(line) < 300 else f'{line[:300]}…' for line in changed[:40]]}"


@cache
def lines_of(file):
    return file.read_text("utf-8").split("\n")[:-1]


@st.composite
def damaged(draw, file, damages, applies=lambda damage, lines: True):
    """A text file with one to three damages, seldom another to its bytes."""
    lines = lines_of(file)
    after, names = list(lines), []
    for damage in draw(st.lists(st.sampled_from(damages), min_size=1, max_size=3)):
        if len(after) > 1 and applies(damage, after):
            damage(draw, after)
            names.append(damage.__name__)
    data = "\n".join([*after, ""]).encode()
    if draw(st.integers(0, 15)) == 15:
        damage = draw(st.sampled_from(BYTES))
        data = damage(draw, data)
        names.append(damage.__name__)
    return Damaged(lines, data, names)


def damaged_articles(file):
    return damaged(file, LINES + 8 * CONTENT)


# Damages to registers: the lines' own, and these of rows and cells, which stay a CSV file.


def rows_damaged(draw, lines):
    """A row is dropped, doubled or moved, or one of its cells changes; written as CSV again."""
    rows = list(csv.reader(io.StringIO("\n".join(lines)), strict=True))
    index = draw(st.integers(0, len(rows) - 1))
    how = draw(st.integers(0, 9))
    if how > 2:
        cell_exchanged(draw, rows, rows[index])
    elif how == 0:
        del rows[index]
    elif how == 1:
        rows.insert(index, list(rows[index]))
    else:
        rows.insert(draw(st.integers(0, len(rows) - 1)), rows.pop(index))
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    lines[:] = written.getvalue().split("\n")[:-1]


def cell_exchanged(draw, rows, row):
    column = draw(st.integers(0, len(row) - 1))
    other = rows[draw(st.integers(0, len(rows) - 1))]
    how = draw(st.integers(0, 5))
    if how == 0:
        row[column] = ""
    elif how == 1 and column < len(other):
        row[column] = other[column]
    elif how == 2:
        row[column] = draw(st.sampled_from(other))
    elif how == 3:
        row[column] = exchanged(
            draw, row[column], NUMBER.pattern, draw(st.integers(0, 3000).map(str) | st.sampled_from(NUMBERS))
        )
    elif how == 4:
        at = position(draw, row[column])
        row[column] = row[column][:at] + draw(st.sampled_from([*ODD_CHARACTERS, "\n", "x", "-"])) + row[column][at:]
    else:
        row[column] = draw(st.sampled_from(REWRITINGS))(row[column])


def is_csv(lines):
    try:
        return all(list(csv.reader(io.StringIO("\n".join(lines)), strict=True)))
    except csv.Error:
        return False


def damaged_registers(file):
    """A damaged CSV file, most damages to single cells."""
    return damaged(
        file, LINES + 2 * len(LINES) * [rows_damaged], lambda damage, lines: damage is not rows_damaged or is_csv(lines)
    )

"""Reads the files of a sources folder: the article as numbered lines, the registers as rows that know their line."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .problems import BuildRefused, Problem, Problems

ARTICLE = "article.txt"
CHECKSUMS = "README.md"
# a line of README.md as `sha256sum` prints it, so that `sha256sum -c` reads it too
CHECKSUM_LINE = re.compile(r"^(?P<sha256>[0-9a-f]{64})  (?P<file>\S+)$", re.MULTILINE)
# Control characters, ends of lines that other programs would count as such, and what turns the direction of a line.
CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
SPREADSHEET_ROW = 1_000_000  # characters; csv's own limit of 131,072 would end in a traceback
KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip
RESTORE = "restore it from the repository"
# What has more is no article and no register, and would fill the memory.
MOST_BYTES = 500_000_000
MOST_LINES = 3_000_000
LONGEST_LINE = 2_000_000  # characters


@dataclass(frozen=True)
class Text:
    """A text file of the sources: its path, its lines without line ends, and its recorded SHA-256."""

    path: Path
    lines: list[str]
    sha256: str


class Columns(dict[str, int]):
    """The place of each column of a register, by its name; to ask for another column ends the build."""

    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        super().__init__({name: place for place, name in enumerate(names)})
        self.path = path

    def __missing__(self, name: str) -> int:
        reason = f"needs a column {name!r}, here and in the register's description in datapackage.json"
        raise BuildRefused([Problem(self.path, 1, reason)])


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a register: its cells by column name, and the line of the file on which it begins."""

    line: int
    columns: Columns  # one for all rows, which may be a million
    values: tuple[str, ...]

    @property
    def cells(self) -> dict[str, str]:
        """The row's cells by column name; '' where a cell is empty."""
        return dict(zip(self.columns, self.values))

    def __getitem__(self, column: str) -> str:
        """Returns the cell of a column; '' where it is empty."""
        return self.values[self.columns[column]]

    def get(self, column: str) -> str | None:
        """Returns the cell of a column; None where it is empty."""
        return self.values[self.columns[column]] or None

    def number(self, column: str) -> int | None:
        """Returns the cell as a whole number; None where it is no whole number, which registers.py has reported."""
        return int(self[column]) if WHOLE_NUMBER.fullmatch(self[column]) else None


@dataclass(frozen=True)
class Register:
    """A CSV file of the sources, every cell text."""

    path: Path
    rows: list[Row]
    sha256: str
    lines: int
    whole: bool = True  # whether every row could be read

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def column(self, name: str) -> list[str]:
        """Returns the cells of a column, row by row."""
        place = self.rows[0].columns[name] if self.rows else 0
        return [row.values[place] for row in self.rows]

    def rows_where(self, column: str, wrong: Callable[[str], bool]) -> Iterator[tuple[Row, str]]:
        """Yields (row, cell) for every row whose cell in `column` satisfies `wrong`.

        `wrong` is called once for each distinct value.
        """
        cells = self.column(column)
        found = set(filter(wrong, set(cells)))
        return ((row, cell) for row, cell in zip(self.rows if found else (), cells) if cell in found)


def kind(mode: int) -> str | None:
    """Returns what a file of this st_mode is ('a folder', 'a FIFO'); None if it is a regular file."""
    return None if stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode), "no regular file")


def read_bytes(path: Path, problems: Problems, remedy: str = RESTORE) -> bytes | None:
    """Returns the file's bytes; None, with a problem added, where it is no file, missing, unreadable, empty or too large.

    `remedy` is what to do where there is no such file.
    """
    try:
        if is_no_file := kind(path.stat().st_mode):  # asked first: to open a device may do something
            problems.add(path, 0, f"is {is_no_file}, and must be a file; {remedy}")
            return None
        with open(path, "rb", opener=open_at_once) as file:
            before = os.fstat(file.fileno())
            data = file.read(before.st_size + 1) if before.st_size <= MOST_BYTES else b""
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        problems.add(path, 0, f"file is missing; {remedy}")
        return None
    except PermissionError as error:
        problems.add(path, 0, f"file cannot be read ({error.strerror}); let the user who builds read it")
        return None
    except OSError as error:
        problems.add(path, 0, f"file cannot be read ({error.strerror}); {remedy}")
        return None
    size = max(after.st_size, len(data))
    if size > MOST_BYTES:
        problems.add(path, 0, f"file has {size:,} bytes, and may have {MOST_BYTES:,}; {remedy}")
    elif (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != before.st_size:
        problems.add(path, 0, "file was changed while it was read; build again when nothing writes to it")
    elif not data.strip():
        problems.add(path, 0, f"file is empty; {remedy}")
    else:
        return data
    return None


def open_at_once(path: str, flags: int) -> int:
    """Open a file; a FIFO that took its place a moment ago does not make the build wait for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def decode(data: bytes, path: Path, problems: Problems) -> str | None:
    """Returns the text of UTF-8 bytes, lines ended by \\n, without a byte order mark; None, with problems added, for other bytes."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data[: error.start].count(b"\n") + 1
        problems.add(path, number, f"not UTF-8 text (byte {data[error.start]:#04x}); save the file as UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    count = text.count("\n") + 1
    if count > MOST_LINES:
        problems.add(path, 0, f"file has {count:,} lines, and may have {MOST_LINES:,}; {RESTORE}")
        return None
    before = len(problems)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            problems.add(
                path, number, f"line has {len(line):,} characters, and may have {LONGEST_LINE:,}; shorten it", line
            )
        elif not line.isprintable() and (bad := CONTROL.findall(line)):
            problems.add(path, number, f"control character {min(bad)!r}; save the file as plain text", line)
    return text if len(problems) == before else None


def read_article(folder: Path, problems: Problems) -> Text | None:
    """Returns the article as lines, in Unicode form NFC without trailing spaces; None where it cannot be read.

    Its checksum must be the one recorded in README.md. Line ends, a byte order mark and trailing spaces may differ
    from the received file: a text that equals it in everything else counts as the received file.
    """
    path = folder / ARTICLE
    data = read_bytes(path, problems)
    text = decode(data, path, problems) if data is not None else None
    recorded = recorded_checksum(folder, problems)
    if data is None or text is None or recorded is None:
        return None
    lines = lines_of(text)
    plain = "\n".join(lines).encode()
    candidates = {hashlib.sha256(variant).hexdigest() for variant in (data, plain, plain + b"\n")}
    if recorded not in candidates:
        actual = hashlib.sha256(data).hexdigest()
        problems.add(
            path, 0,
            f"the text is not the one recorded in {CHECKSUMS} (sha256 {actual}, recorded {recorded}); restore the file, "
            "or, if it is another capture, see what it changes with python -m recognition.capture, and record its checksum "
            f"in {folder / CHECKSUMS}",
        )  # fmt: skip
    return Text(path, lines, recorded)


def lines_of(text: str) -> list[str]:
    """Returns the lines of an article in Unicode form NFC, without trailing spaces and without empty lines at the end."""
    lines = [unicodedata.normalize("NFC", line).rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def recorded_checksum(folder: Path, problems: Problems) -> str | None:
    """Returns the article's SHA-256 that README.md of the folder records, as `sha256sum` prints it; None if it is not one."""
    path = folder / CHECKSUMS
    data = read_bytes(path, problems)
    text = decode(data, path, problems) if data is not None else None
    if text is None:
        return None
    recorded = [match["sha256"] for match in CHECKSUM_LINE.finditer(text) if match["file"] == ARTICLE]
    if len(recorded) != 1:
        problems.add(path, 0, f"needs one line '<sha256>  {ARTICLE}', as sha256sum prints it, and has {len(recorded)}")
        return None
    return recorded[0]


def read_register(path: Path, columns: tuple[str, ...], problems: Problems) -> Register:
    """Returns the rows of a CSV file whose header must be `columns`.

    A broken file adds problems and gives the rows that could be read; its `sha256` is '' where none could.
    """
    data = read_bytes(path, problems)
    text = decode(data, path, problems) if data is not None else None
    if data is None or text is None:
        return Register(path, [], "", 0)
    csv.field_size_limit(SPREADSHEET_ROW)
    reader = csv.reader(io.StringIO(unicodedata.normalize("NFC", text), newline="\n"), strict=True)
    rows: list[Row] = []
    places = Columns(path, columns)
    known: dict[str, str] = {}  # cells that repeat others are kept once
    whole = True
    try:
        header = tuple(next(reader, ()))
        if header != columns:
            reason = f"columns must be {','.join(columns)}; restore the first line, and save the file with commas"
            problems.add(path, 1, reason, ",".join(header))
            return Register(path, [], "", 0)
        begins = reader.line_num + 1
        for printed in reader:
            if printed and not any(map(str.strip, printed)):
                problems.add(path, begins, "row has only empty cells; delete the line", ",".join(printed))
            elif printed and len(printed) != len(columns):
                whole = False
                hint = (
                    "a cell with a comma needs quotation marks" if len(printed) > len(columns) else "a comma is missing"
                )
                reason = f"row has {len(printed)} cells, header has {len(columns)}; {hint}"
                problems.add(path, begins, reason, ",".join(printed))
            elif printed:
                cells = [cell.strip() for cell in printed]
                rows.append(Row(begins, places, tuple(map(known.setdefault, cells, cells))))
            begins = reader.line_num + 1
    except csv.Error as error:
        whole = False
        problems.add(path, reader.line_num, f"not a CSV row ({error}); look whether each quotation mark is closed")
    return Register(path, rows, hashlib.sha256(data).hexdigest(), len(text.rstrip("\n").split("\n")), whole)

"""Files that cannot be read at all, and what the build says of them."""

from __future__ import annotations

from .changes import Damage, rewritten

LATIN = "São Tomé and Príncipe".encode("latin-1")

UNREADABLE: dict[str, tuple[Damage, list[str]]] = {
    "article empty": (
        rewritten(lambda data: b""),
        ["article.txt: file is empty; restore it from the repository"],
    ),
    "article with a line end of other programs": (
        rewritten(lambda data: "India\u2028asked Serbia.".encode()),
        [r"article.txt:1: control character '\u2028'; save the file as plain text: 'India\u2028asked Serbia.'"],
    ),
    "article with a line turned from right to left": (
        rewritten(lambda data: "India \u202easked Serbia.".encode()),
        [r"article.txt:1: control character '\u202e'; save the file as plain text: 'India \u202easked Serbia.'"],
    ),
    "article with a line too long": (
        rewritten(lambda data: b"Kosovo\n" + b"A" * 2_000_001),
        [f"article.txt:2: line has 2,000,001 characters, and may have 2,000,000; shorten it: '{'A' * 120}…'"],
    ),
    "article with too many lines": (
        rewritten(lambda data: b"\n" * 3_000_000 + b"x"),
        ["article.txt: file has 3,000,001 lines, and may have 3,000,000; restore it from the repository"],
    ),
    "article binary": (
        rewritten(lambda data: b"\x7fELF\n\0\0\n\x01"),
        [
            r"article.txt:1: control character '\x7f'; save the file as plain text: '\x7fELF'",
            r"article.txt:2: control character '\x00'; save the file as plain text: '\x00\x00'",
            r"article.txt:3: control character '\x01'; save the file as plain text: '\x01'",
        ],
    ),
    "article with a line in Latin-1": (
        rewritten(lambda data: b"Kosovo\n" + LATIN),
        ["article.txt:2: not UTF-8 text (byte 0xe3); save the file as UTF-8"],
    ),
    "checksum not recorded": (
        rewritten(lambda data: data.replace(b"  article.txt\n", b" article.txt\n"), "README.md"),
        ["README.md: needs one line '<sha256>  article.txt', as sha256sum prints it, and has 0"],
    ),
    "checksum recorded twice": (
        rewritten(lambda data: data + b"\n" + b"0" * 64 + b"  article.txt\n", "README.md"),
        ["README.md: needs one line '<sha256>  article.txt', as sha256sum prints it, and has 2"],
    ),
    "register in Latin-1": (
        rewritten(lambda data: b"mark,meaning,effect,evidence\n" + LATIN, "marks.csv"),
        ["marks.csv:2: not UTF-8 text (byte 0xe3); save the file as UTF-8"],
    ),
    "register with a NUL": (
        rewritten(lambda data: b"mark,meaning,effect,evidence\na\0b", "marks.csv"),
        [r"marks.csv:2: control character '\x00'; save the file as plain text: 'a\x00b'"],
    ),
}

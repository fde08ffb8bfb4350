"""Files that cannot be read at all, and what the build says of them."""

from __future__ import annotations

from .changes import ARTICLE, Damage, rewritten, without

LATIN = "São Tomé and Príncipe".encode("latin-1")

UNREADABLE: dict[str, tuple[Damage, list[str]]] = {
    "article missing": (without(ARTICLE), ["article.txt: file is missing; restore it from the repository"]),
    "article empty": (
        rewritten(lambda data: b""),
        ["article.txt: file is empty; restore it from the repository"],
    ),
    "article of spaces": (
        rewritten(lambda data: b" \n\t\n"),
        ["article.txt: file is empty; restore it from the repository"],
    ),
    "article with a line end of other programs": (
        rewritten(lambda data: "India\u2028asked Serbia.".encode()),
        [r"article.txt:1: control character '\u2028'; this is not plain text: 'India\u2028asked Serbia.'"],
    ),
    "article with a line turned from right to left": (
        rewritten(lambda data: "India \u202easked Serbia.".encode()),
        [r"article.txt:1: control character '\u202e'; this is not plain text: 'India \u202easked Serbia.'"],
    ),
    "article with a line too long": (
        rewritten(lambda data: b"Kosovo\n" + b"A" * 2_000_001),
        [f"article.txt:2: line has 2,000,001 characters, and may have 2,000,000: '{'A' * 120}…'"],
    ),
    "article with too many lines": (
        rewritten(lambda data: b"\n" * 3_000_000 + b"x"),
        ["article.txt: file has 3,000,001 lines, and may have 3,000,000"],
    ),
    "article binary": (
        rewritten(lambda data: b"\x7fELF\n\0\0\n\x01"),
        [
            r"article.txt:1: control character '\x7f'; this is not plain text: '\x7fELF'",
            r"article.txt:2: control character '\x00'; this is not plain text: '\x00\x00'",
            r"article.txt:3: control character '\x01'; this is not plain text: '\x01'",
        ],
    ),
    "article an image": (
        rewritten(lambda data: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ["article.txt:1: not UTF-8 text (byte 0x89); save the file as UTF-8"],
    ),
    "article with a line in Latin-1": (
        rewritten(lambda data: b"Kosovo\n" + LATIN),
        ["article.txt:2: not UTF-8 text (byte 0xe3); save the file as UTF-8"],
    ),
    "README missing": (without("README.md"), ["README.md: file is missing; restore it from the repository"]),
    "checksum not recorded": (
        rewritten(lambda data: data.replace(b"  article.txt\n", b" article.txt\n"), "README.md"),
        ["README.md: needs one line '<sha256>  article.txt', as sha256sum prints it, and has 0"],
    ),
    "checksum recorded twice": (
        rewritten(lambda data: data + b"\n" + b"0" * 64 + b"  article.txt\n", "README.md"),
        ["README.md: needs one line '<sha256>  article.txt', as sha256sum prints it, and has 2"],
    ),
    "register missing": (without("marks.csv"), ["marks.csv: file is missing; restore it from the repository"]),
    "register empty": (
        rewritten(lambda data: b"", "marks.csv"),
        ["marks.csv: file is empty; restore it from the repository"],
    ),
    "register in Latin-1": (
        rewritten(lambda data: b"mark,meaning,effect,evidence\n" + LATIN, "marks.csv"),
        ["marks.csv:2: not UTF-8 text (byte 0xe3); save the file as UTF-8"],
    ),
    "register with a NUL": (
        rewritten(lambda data: b"mark,meaning,effect,evidence\na\0b", "marks.csv"),
        [r"marks.csv:2: control character '\x00'; this is not plain text: 'a\x00b'"],
    ),
}

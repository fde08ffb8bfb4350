"""Files that cannot be read at all, and what the build says of them; «…» is the beginning of the line that it names."""

from __future__ import annotations

from .changes import ARTICLE, Damage, replaced, rewritten, without

INDIA = "In 2008, Russia, China, and India"
LONG = "A" * 2_000_001

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
    "article with a NUL": (
        replaced(INDIA, "In\0dia"),
        [r"article.txt «In\x00dia asked Serbia and Kosovo to ta…»: control character '\x00'; this is not plain text: "
         r"'In\x00dia asked Serbia and Kosovo to talk more to find a solution.'"],
    ),
    "article with a line end of other programs": (
        replaced(INDIA, "India\u2028"),
        [r"article.txt «India\u2028 asked Serbia and Kosovo to ta…»: control character '\u2028'; this is not plain text: "
         r"'India\u2028 asked Serbia and Kosovo to talk more to find a solution.'"],
    ),
    "article with a line turned from right to left": (
        replaced(INDIA, "India\u202e"),
        [r"article.txt «India\u202e asked Serbia and Kosovo to ta…»: control character '\u202e'; this is not plain text: "
         r"'India\u202e asked Serbia and Kosovo to talk more to find a solution.'"],
    ),
    "article with a line too long": (
        replaced(INDIA, f"{LONG}\n{INDIA}"),
        [f"article.txt «{'A' * 36}…»: line has 2,000,001 characters, and may have 2,000,000: '{'A' * 120}…'"],
    ),
    "article with too many lines": (
        rewritten(lambda data: b"\n" * 3_000_000 + b"x"),
        ["article.txt: file has 3,000,001 lines, and may have 3,000,000"],
    ),
    "article binary": (
        rewritten(lambda data: b"\x7fELF\n\0\0\n"),
        [
            r"article.txt «\x7fELF»: control character '\x7f'; this is not plain text: '\x7fELF'",
            r"article.txt «\x00\x00»: control character '\x00'; this is not plain text: '\x00\x00'",
        ],
    ),
    "article an image": (
        rewritten(lambda data: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ["article.txt «�PNG»: not UTF-8 text (byte 0x89); save the file as UTF-8"],
    ),
    "article with a line in Latin-1": (
        rewritten(lambda data: data.replace("São Tomé".encode(), "São Tomé".encode("latin-1"))),
        ["article.txt «S�o Tom� and Príncipe's government r…»: not UTF-8 text (byte 0xe3); save the file as UTF-8"],
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
        rewritten(lambda data: data.replace("São".encode(), "São".encode("latin-1")), "countries.csv"),
        ["countries.csv «sao-tome-and-principe,S�o Tomé and P…»: not UTF-8 text (byte 0xe3); save the file as UTF-8"],
    ),
    "register with a NUL": (
        replaced("†,", "a\0b,", "marks.csv"),
        [
            r"marks.csv «a\x00b,The member recognises Kosovo.»: control character '\x00'; this is not plain text: "
            r"""'a\x00b,The member recognises Kosovo.,recognises,"The legend is not in the capture. Every member that carries """
            "the mark stand…'"
        ],
    ),
}  # fmt: skip

"""Damages of the article itself: files that cannot be read, lost and stray lines, broken headings and tables."""

from .changes import ARTICLE, all_of, blank, cut, inserted, line, missing_headings, rewritten, without, words

UNREADABLE = {
    "article missing": (without(ARTICLE), ["article.txt: file is missing; restore it from the repository"]),
    "article empty": (
        rewritten(lambda data: b""),
        ["article.txt: file is empty; restore it from the repository"],
    ),
    "article of blanks": (
        rewritten(lambda data: b" \n\t\n"),
        ["article.txt: file is empty; restore it from the repository"],
    ),
    "article with a NUL": (
        line(13, "In\0dia"),
        [r"article.txt:13: control character '\x00'; this is not plain text: 'In\x00dia'"],
    ),
    "article with a line end of other programs": (
        line(13, "India\u2028asked Serbia."),
        [r"article.txt:13: control character '\u2028'; this is not plain text: 'India\u2028asked Serbia.'"],
    ),
    "article with a line turned from right to left": (
        line(13, "India \u202easked Serbia."),
        [r"article.txt:13: control character '\u202e'; this is not plain text: 'India \u202easked Serbia.'"],
    ),
    "article with a line too long": (
        line(13, "A" * 2_000_001),
        [f"article.txt:13: line has 2,000,001 characters, and may have 2,000,000: '{'A' * 120}…'"],
    ),
    "article with too many lines": (
        inserted(13, "\n" * 3_000_000),
        ["article.txt: file has 3,000,522 lines, and may have 3,000,000"],
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
        rewritten(lambda data: data.replace("São Tomé".encode(), "São Tomé".encode("latin-1"))),
        ["article.txt:410: not UTF-8 text (byte 0xe3); save the file as UTF-8"],
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
        ["countries.csv:160: not UTF-8 text (byte 0xe3); save the file as UTF-8"],
    ),
    "register with a NUL": (
        line(2, "a\0b", "marks.csv"),
        [r"marks.csv:2: control character '\x00'; this is not plain text: 'a\x00b'"],
    ),
}

TRUNCATED = {
    "before the first table": (
        cut(13),
        missing_headings(
            6,
            "How Kosovo and Serbia are Working Together",
            "What the International Court of Justice Said",
            "Countries That Recognize Kosovo",
            "UN Member States That Recognize Kosovo",
            "Non-UN Countries That Recognize Kosovo",
            "Countries That Once Recognized Kosovo, But Maybe Not Anymore",
            "Countries That Do Not Recognize Kosovo",
            "UN Member States That Do Not Recognize Kosovo",
            "Other Groups and Their Views",
            "Positions Taken by International Organizations",
        ),
    ),
    "inside a row of the first table": (
        cut(52),
        missing_headings(
            10,
            "Non-UN Countries That Recognize Kosovo",
            "Countries That Once Recognized Kosovo, But Maybe Not Anymore",
            "Countries That Do Not Recognize Kosovo",
            "UN Member States That Do Not Recognize Kosovo",
            "Other Groups and Their Views",
            "Positions Taken by International Organizations",
        ),
    ),
    "inside a date": (
        cut(260, 9),
        missing_headings(
            12,
            "Countries That Do Not Recognize Kosovo",
            "UN Member States That Do Not Recognize Kosovo",
            "Other Groups and Their Views",
            "Positions Taken by International Organizations",
        ),
    ),
    "inside a statement": (
        cut(300, 20),
        missing_headings(14, "Other Groups and Their Views", "Positions Taken by International Organizations"),
    ),
    "behind the last heading": (
        cut(473),
        [
            "article.txt:473: section needs a table headed ['International organisation | Position |', '---|---|']: "
            "'Positions Taken by International Organizations'",
        ],
    ),
    "inside a member list": (
        cut(485, 40),
        [
            "article.txt:482: an organisation's row must be its position, its stated counts, one list of members and "
            "a closing '|': '![]() |'",
            "article.txt:484: no rule takes this line of section 'Positions Taken by International Organizations': "
            "'Member states (10 / 15)'",
            "article.txt:485: no rule takes this line of section 'Positions Taken by International Organizations': "
            "'Antigua and Barbuda † • Bahamas • Barbad'",
        ],
    ),
    "inside the last statement": (
        cut(520, 40),
        [
            "article.txt:519: an organisation's row must be its position, its stated counts, one list of members and "
            "a closing '|': 'World Bank | Kosovo became a full member of the World Bank in 2009. | "
            "World Customs Organization | Kosovo beca'",
        ],
    ),
    "before the last row": (
        cut(519),
        [
            "events.csv:81: quote is not in the passage at article.txt:520 to the letter: "
            "'Kosovo became a full member of the World Customs Organization in 2017.'",
            "organisations.csv:15: the table of organisations has no row 13: 'World Customs Organization'",
            "organisations.csv:15: kosovo_quote is not in the organisation's statement to the letter: "
            "'Kosovo became a full member of the World Customs Organization in 2017.'",
        ],
    ),
}

OUTLINE = {
    "heading missing": (blank(27), missing_headings(7, "What the International Court of Justice Said")),
    "heading misspelt": (
        words(27, "Court", "Curt"),
        missing_headings(7, "What the International Court of Justice Said"),
    ),
    "heading doubled": (
        inserted(29, "Why Countries Disagree"),
        ["article.txt:29: heading stands already on line 11: 'Why Countries Disagree'"],
    ),
    "headings out of order": (
        all_of(
            line(20, "What the International Court of Justice Said"),
            line(27, "How Kosovo and Serbia are Working Together"),
        ),
        [
            "article.txt:27: heading stands after 'What the International Court of Justice Said': "
            "'How Kosovo and Serbia are Working Together'",
        ],
    ),
    "line before the title": (
        inserted(1, "Kiddle"),
        ["article.txt:1: line stands before the article's title: 'Kiddle'"],
    ),
    "contents item that is no heading": (
        words(8, "Positions", "Views"),
        ["article.txt:8: contents item is no heading: '- Views Taken by International Organizations'"],
    ),
    "line among the contents that is no item": (
        line(8, "Positions of organizations"),
        ["article.txt:8: no rule takes this line of section 'Contents': 'Positions of organizations'"],
    ),
    "contents item that became a heading": (
        words(8, "- Positions", "Positions"),
        [
            "article.txt:9: heading stands after 'Positions Taken by International Organizations': "
            '"Understanding Kosovo\'s Independence"',
            "article.txt:473: heading stands already on line 8: 'Positions Taken by International Organizations'",
        ],
    ),
}

STRAY_LINES = {
    "no sentence among the paragraphs": (
        inserted(14, "click here to enlarge"),
        ["article.txt:14: no rule takes this line of section 'Why Countries Disagree': 'click here to enlarge'"],
    ),
    "sentence without its end": (
        words(13, " find a solution.", ""),
        [
            "article.txt:13: no rule takes this line of section 'Why Countries Disagree': "
            "'In 2008, Russia, China, and India asked Serbia and Kosovo to talk more to'",
        ],
    ),
    "line before a table": (
        inserted(34, "advertisement"),
        [
            "article.txt:34: no rule takes this line of section 'UN Member States That Recognize Kosovo': "
            "'advertisement'",
        ],
    ),
    "line before a table's first row": (
        inserted(36, "0 | Atlantis |"),
        ["article.txt:36: line stands before the table's first row: '0 | Atlantis |'"],
    ),
    "line inside a table of recognitions": (
        inserted(100, "advertisement"),
        ["article.txt:100: line belongs to no row of the table: 'advertisement'"],
    ),
    "sentence inside a table of statements": (
        inserted(301, "A stray sentence."),
        ["article.txt:301: line belongs to no row of the table: 'A stray sentence.'"],
    ),
    "line behind the last table": (
        line(521, "|\nadvertisement"),
        [
            "article.txt:522: no rule takes this line of section 'Positions Taken by International Organizations': "
            "'advertisement'",
        ],
    ),
    "frame of an image not closed": (
        blank(17),
        [
            "article.txt:16: image frame is not closed by ']]' on the next line: "
            "'[[Image frame | caption= Recognition of Kosovo by UN member states over time (total members 193). "
            "The dark blue line sho…'",
            "article.txt:18: no rule takes this line of section 'Why Countries Disagree': "
            "'In 2008, the United Nations General Assembly (UNGA) asked the International Court of Justice (ICJ) "
            "for its opinion on Ko…'",
        ],
    ),
}

TABLES = {
    "header changed": (
        line(34, "No. | State | Date of recognition |"),
        [
            "article.txt:34: section needs a table headed "
            "['No. | Country | Date of recognition |', '---|---|---|']: 'No. | State | Date of recognition |'",
        ],
    ),
    "too many cells": (
        line(53, "19 February 2008 | 20 February 2008 |"),
        ["article.txt:52: row has 4 cells, header has 3: '9 | ![]() | 19 February 2008 | 20 February 2008 |'"],
    ),
    "too few cells": (
        line(260, "16 October 2012 |"),
        ["article.txt:259: row has 3 cells, header has 4: '1 | ![]() | 16 October 2012 |'"],
    ),
    "too many cells in a statement's row": (
        words(298, " |", " | yes |"),
        [
            "article.txt:297: row has 3 cells, header has 2: "
            '"![]() | Angola supports Serbia\'s right to keep its land whole. | yes |"',
        ],
    ),
    "row without its second line": (
        blank(53),
        ["article.txt:52: row is not complete, it needs 3 cells: '9 | ![]() |'"],
    ),
    "last row without its second line": (
        blank(243),
        ["article.txt:242: row is not complete, it needs 3 cells: '104 | ![]() |'"],
    ),
    "statement's row without its statement": (
        blank(298),
        ["article.txt:297: row is not complete, it needs 2 cells: '![]() |'"],
    ),
    "border lost": (
        line(53, "19 February 2008"),
        ["article.txt:53: row is not complete, it needs 3 cells: '9 | ![]() | 19 February 2008'"],
    ),
    "number too long for one": (
        words(52, "9 |", f"{'9' * 10} |"),
        ["article.txt:52: no rule takes this row of the table: '9999999999 | ![]() | 19 February 2008 |'"],
    ),
    "number that is none": (
        words(52, "9 |", "IX |"),
        ["article.txt:52: no rule takes this row of the table: 'IX | ![]() | 19 February 2008 |'"],
    ),
    "country that is not lost": (
        words(297, "![]()", "![]() Angola"),
        [
            "article.txt:297: no rule takes this row of the table: "
            '"![]() Angola | Angola supports Serbia\'s right to keep its land whole. |"',
        ],
    ),
    "first row without a date": (
        all_of(line(248, "![]() |"), line(249, "||")),
        ["article.txt:248: row has no date, and none above it to share: '![]() |'"],
    ),
    "day that no month has": (
        line(53, "31 February 2008 |"),
        ["article.txt:53: not a date such as '17 February 2008': '31 February 2008'"],
    ),
    "month misspelt": (
        line(37, "17 Febuary 2008 |"),
        ["article.txt:37: not a date such as '17 February 2008': '17 Febuary 2008'"],
    ),
    "date in American order": (
        line(37, "February 17, 2008 |"),
        ["article.txt:37: not a date such as '17 February 2008': 'February 17, 2008'"],
    ),
    "withdrawal that is no date": (
        line(260, "16 October 2012 | soon |"),
        ["article.txt:260: not a date such as '17 February 2008': 'soon'"],
    ),
    "withdrawal before recognition": (
        line(260, "16 October 2012 | 15 February 2011 |"),
        ["article.txt:260: withdrawal is dated before recognition: '16 October 2012 | 15 February 2011 |'"],
    ),
    "organisation's row not closed": (
        blank(518),
        [
            "article.txt:515: an organisation's row must be its position, its stated counts, one list of members and "
            "a closing '|': '![]() | Russia asked for an emergency meeting of the UN Security Council when Kosovo "
            "declared independence. But the coun…'",
        ],
    ),
    "organisation's row without a position": (
        blank(478),
        ["article.txt:479: not a position followed by stated counts: 'Member states (14 / 22)'"],
    ),
    "stated count in another form": (
        words(495, "(22 / 27)", "(22 of 27)"),
        [
            "article.txt:494: not a position followed by stated counts: 'Member states (22 of 27) Candidates (4 / 5)'",
        ],
    ),
}

"""Damaged sources are refused with file, line and reason, one case for each kind of damage; nothing is ever guessed."""

import hashlib
import sqlite3
import subprocess
import sys

import pytest

import build_db
from recognition.problems import BuildRefused

ARTICLE = "article.txt"


def rewritten(change, file=ARTICLE):
    """A damage: the file's bytes become what `change` makes of them."""

    def damage(folder):
        path = folder / file
        before = path.read_bytes()
        path.write_bytes(change(before))
        assert path.read_bytes() != before

    return damage


def edited(change, file=ARTICLE):
    """A damage: `change` edits the list of the file's lines."""

    def lines_changed(data):
        lines = data.decode().split("\n")
        change(lines)
        return "\n".join(lines).encode()

    return rewritten(lines_changed, file)


def words(number, old, new, file=ARTICLE):
    """A damage: on one line other words stand in the place of some that must be there."""

    def change(lines):
        assert lines[number - 1].count(old) >= 1, f"{file}:{number} has no {old!r}: {lines[number - 1]!r}"
        lines[number - 1] = lines[number - 1].replace(old, new, 1)

    return edited(change, file)


def line(number, text, file=ARTICLE):
    return edited(lambda lines: lines.__setitem__(number - 1, text), file)


def blank(*numbers):
    """A damage: lines lose their text; the others keep their numbers."""
    return edited(lambda lines: [lines.__setitem__(number - 1, "") for number in numbers])


def inserted(number, text, file=ARTICLE):
    """A damage: `text` becomes line `number`, all that follows moves down."""
    return edited(lambda lines: lines.insert(number - 1, text), file)


def cut(number, characters=None):
    """A damage: the article ends with line `number`, or in the middle of it."""

    def change(lines):
        lines[number:] = []
        lines[-1] = lines[-1][:characters]

    return edited(change)


def without(file):
    return lambda folder: (folder / file).unlink()


def all_of(*damages):
    def damage(folder):
        for one in damages:
            one(folder)

    return damage


def missing_headings(first_line, *titles):
    return [
        f"outline.csv:{number}: heading is not in article.txt: {title!r}"
        for number, title in enumerate(titles, first_line)
    ]


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

NAMES = {
    "unknown member": (
        words(480, "Qatar", "Atlantis"),
        ["article.txt:480: member is not in the registers of names: 'Atlantis'"],
    ),
    "member spelt almost right": (
        words(490, "Germany", "Germny"),
        ["article.txt:490: member is not in the registers of names: 'Germny'"],
    ),
    "member in another case": (
        words(490, "Germany", "germany"),
        ["article.txt:490: member is not in the registers of names: 'germany'"],
    ),
    "two members without a bullet between": (
        words(480, "Palestine • Qatar", "Palestine Qatar"),
        ["article.txt:480: member is not in the registers of names: 'Palestine Qatar'"],
    ),
    "member listed twice": (
        words(480, "Qatar †", "Qatar † • Qatar †"),
        ["article.txt:480: 'qatar' is listed twice as a member of 'arab-league'"],
    ),
    "mark without a meaning": (
        words(480, "Qatar †", "Qatar §"),
        ["article.txt:480: mark '§' has no meaning in marks.csv: 'Qatar §'"],
    ),
    "two marks": (
        words(480, "Qatar †", "Qatar † ‡"),
        ["article.txt:480: not a member's name with at most one mark: 'Qatar † ‡'"],
    ),
    "mark twice": (
        words(480, "Qatar †", "Qatar ††"),
        ["article.txt:480: not a member's name with at most one mark: 'Qatar ††'"],
    ),
    "row of an unknown organisation": (
        words(499, "Interpol |", "Interpool |"),
        [
            "article.txt:499: organisation is not known, or not the 'interpol' that organisations.csv has for row 7: "
            "'Interpool'",
            "organisations.csv:13: kosovo_quote is not in the organisation's statement to the letter: "
            "'In 2018, it did not get enough votes to become a member.'",
        ],
    ),
    "row of another organisation": (
        words(499, "Interpol |", "World Bank |"),
        [
            "article.txt:499: organisation is not known, or not the 'interpol' that organisations.csv has for row 7: "
            "'World Bank'",
            "organisations.csv:13: kosovo_quote is not in the organisation's statement to the letter: "
            "'In 2018, it did not get enough votes to become a member.'",
        ],
    ),
    "statement that does not name the organisation of its row": (
        words(506, "OIC", "ICO"),
        [
            "article.txt:505: statement does not name the Organisation of Islamic Cooperation that organisations.csv "
            "has for its row: \"The ICO welcomed Kosovo's independence. They encouraged their member countries to "
            'consider recognizing Kosovo."',
        ],
    ),
    "statement that names no country": (
        words(342, "Eritrea", "It"),
        [
            "article.txt:342: statement names no country of countries.csv or country_names.csv: "
            "'It has not decided whether to recognize Kosovo.'",
            "countries.csv:57: UN member is in none of the article's lists: 'Eritrea'",
        ],
    ),
    "statement with a name spelt almost right": (
        words(342, "Eritrea", "Eritria"),
        [
            "article.txt:342: statement names no country of countries.csv or country_names.csv: "
            "'Eritria has not decided whether to recognize Kosovo.'",
            "countries.csv:57: UN member is in none of the article's lists: 'Eritrea'",
        ],
    ),
    "statement with a name spelt almost right that names another country": (
        words(298, "Angola", "Angolia"),
        [
            "article.txt:411: second statement about 'serbia', the first is on line 297: "
            "'Serbia does not recognize Kosovo as an independent state.'",
            "countries.csv:7: UN member is in none of the article's lists: 'Angola'",
            "countries.csv:163: country stands in the lists not_recognising and not_recognising: 'Serbia'",
        ],
    ),
    "two statements about one country": (
        words(298, "Angola", "Algeria"),
        [
            "article.txt:297: second statement about 'algeria', the first is on line 295: "
            '"Algeria supports Serbia\'s right to keep its land whole."',
            "countries.csv:5: country stands in the lists not_recognising and not_recognising: 'Algeria'",
            "countries.csv:7: UN member is in none of the article's lists: 'Angola'",
        ],
    ),
    "UN member in none of the lists": (
        blank(297, 298),
        ["countries.csv:7: UN member is in none of the article's lists: 'Angola'"],
    ),
    "group that lost its statement": (
        blank(461, 462),
        [
            "countries.csv:136: other group is in none of the article's lists: 'Northern Cyprus'",
            "theme_phrases.csv:54: no statement has this phrase: 'does not plan to recognize'",
        ],
    ),
    "country in two lists": (
        words(342, "Eritrea", "Ghana"),
        [
            "countries.csv:57: UN member is in none of the article's lists: 'Eritrea'",
            "countries.csv:68: country stands in the lists withdrawn and not_recognising: 'Ghana'",
        ],
    ),
}

RESTORED = {
    "row of the article without a restored name": (
        edited(lambda lines: lines.pop(107 - 1), "restored_names.csv"),
        [
            r"article.txt:250: row 2 of list 'non_un' has no restored name in restored_names.csv: "
            r"'2 | ![]() |\n18 May 2015 |'",
            "countries.csv:41: non-UN country is in none of the article's lists: 'Cook Islands'",
        ],
    ),
    "restored name without a row": (
        inserted(109, "non_un,4,4,2016-01-01,,Somaliland,record,high,,,exact,nowhere,", "restored_names.csv"),
        ["restored_names.csv:109: restored name has no row: list 'non_un' of the article has no row 4: 'Somaliland'"],
    ),
    "row that the article lost": (
        blank(252, 253),
        [
            "countries.csv:133: non-UN country is in none of the article's lists: 'Niue'",
            "restored_names.csv:108: restored name has no row: list 'non_un' of the article has no row 3: 'Niue'",
        ],
    ),
    "printed number differs": (
        words(10, "un,9,9,", "un,9,8,", "restored_names.csv"),
        [
            "countries.csv:11: UN member is in none of the article's lists: 'Australia'",
            "restored_names.csv:10: printed_number is not that of row 9 (article.txt:52: 9): '8'",
        ],
    ),
    "date differs": (
        words(10, "2008-02-19", "2008-02-20", "restored_names.csv"),
        [
            "countries.csv:11: UN member is in none of the article's lists: 'Australia'",
            "restored_names.csv:10: recognised_on is not that of row 9 (article.txt:52: 2008-02-19): '2008-02-20'",
        ],
    ),
    "day of the article differs": (
        line(53, "20 February 2008 |"),
        [
            "countries.csv:11: UN member is in none of the article's lists: 'Australia'",
            "restored_names.csv:10: recognised_on is not that of row 9 (article.txt:52: 2008-02-20): '2008-02-19'",
        ],
    ),
    "day of withdrawal differs": (
        words(109, "2018-02-15", "2018-02-16", "restored_names.csv"),
        [
            "countries.csv:30: UN member is in none of the article's lists: 'Burundi'",
            "restored_names.csv:109: withdrawn_on is not that of row 1 (article.txt:259: 2018-02-15): '2018-02-16'",
        ],
    ),
    "number of a shared date in the wrong row": (
        words(23, "un,22,22,", "un,22,,", "restored_names.csv"),
        [
            "countries.csv:180: UN member is in none of the article's lists: 'Sweden'",
            "restored_names.csv:23: printed_number is not that of row 22 (article.txt:78: 22): ''",
        ],
    ),
    "restored country unknown": (
        words(10, "Australia", "Atlantis", "restored_names.csv"),
        [
            "countries.csv:11: UN member is in none of the article's lists: 'Australia'",
            "restored_names.csv:10: country is not in the registers of names: 'Atlantis'",
        ],
    ),
    "restored country spelt almost right": (
        words(12, "Germany", "Germny", "restored_names.csv"),
        [
            "countries.csv:67: UN member is in none of the article's lists: 'Germany'",
            "restored_names.csv:12: country is not in the registers of names: 'Germny'",
        ],
    ),
    "country restored to two rows": (
        words(11, "Latvia", "Germany", "restored_names.csv"),
        [
            "countries.csv:67: country stands in the lists un and un: 'Germany'",
            "countries.csv:98: UN member is in none of the article's lists: 'Latvia'",
            "restored_names.csv:12: list and country stand already on line 11: 'un Germany'",
        ],
    ),
}

QUOTES_AND_COUNTS = {
    "stated count with an unknown label": (
        words(495, "Candidates", "Observers"),
        [
            "article.txt:495: stated count has no row in member_lists.csv: 'Observers (4 / 5)'",
            "member_lists.csv:6: row 5 of the table of organisations states no such count: 'Candidates'",
        ],
    ),
    "stated count too long": (
        words(495, "(22 / 27)", f"(22 / {'9' * 19})"),
        [
            "article.txt:494: not a position followed by stated counts: "
            "'Member states (22 / 9999999999999999999) Candidates (4 / 5)'",
        ],
    ),
    "number too long": (
        words(4, "22 out of 27", f"{'9' * 5000} out of 27"),
        [f"article.txt:4: number has more than 18 digits: '{'9' * 120}…'"],
    ),
    "stated count that looks like a year": (
        words(4, "22 out of 27", "2007 out of 27"),
        [
            "article.txt:4: more members recognise than there are: "
            "'2007 out of 27 countries in the European Union'",
        ],
    ),
    "stated count twice": (
        words(495, "(22 / 27)", "(22 / 27) Member states (22 / 27)"),
        ["article.txt:495: the line states this count already: 'Member states (22 / 27)'"],
    ),
    "stated count missing": (
        words(495, " Candidates (4 / 5)", ""),
        ["member_lists.csv:6: row 5 of the table of organisations states no such count: 'Candidates'"],
    ),
    "members of nobody": (
        edited(lambda lines: lines.pop(2 - 1), "member_lists.csv"),
        [
            "article.txt:479: stated count has no row in member_lists.csv: 'Member states (14 / 22)'",
            "article.txt:480: member_lists.csv must say once whose members row 1 lists, and does 0 times",
        ],
    ),
    "oddity's quote not in its passage": (
        words(7, "Kenya has not", "Kenya had not", "oddities.csv"),
        [
            "oddities.csv:7: quote is not in the passage at article.txt:363 to the letter: "
            "'Kenya had not recognized Kosovo.'",
        ],
    ),
    "oddity's quote on another line": (
        words(7, ",363,", ",365,", "oddities.csv"),
        [
            "oddities.csv:7: quote is not in the passage at article.txt:365 to the letter: "
            "'Kenya has not recognized Kosovo.'",
        ],
    ),
    "kosovo_quote not in the statement": (
        words(12, "in 2009.", "in 2010.", "organisations.csv"),
        [
            "organisations.csv:12: kosovo_quote is not in the organisation's statement to the letter: "
            "'Kosovo became a full member of the IMF in 2010.'",
        ],
    ),
}

REGISTERS = {
    "wrong header": (
        words(1, "iso2", "iso_2", "countries.csv"),
        [
            "countries.csv:1: columns must be id,name,iso2,iso3,kind,region,subregion,represented_by,note: "
            "'id,name,iso_2,iso3,kind,region,subregion,represented_by,note'",
        ],
    ),
    "columns in another order": (
        line(1, "mark,effect,meaning,evidence", "marks.csv"),
        ["marks.csv:1: columns must be mark,meaning,effect,evidence: 'mark,effect,meaning,evidence'"],
    ),
    "semicolons for commas": (
        rewritten(lambda data: data.replace(b",", b";"), "marks.csv"),
        ["marks.csv:1: columns must be mark,meaning,effect,evidence: 'mark;meaning;effect;evidence'"],
    ),
    "cell too many": (
        line(2, "abkhazia,Abkhasia,spelling,old", "country_names.csv"),
        ["country_names.csv:2: row has 4 cells, header has 3: 'abkhazia,Abkhasia,spelling,old'"],
    ),
    "cell too few": (
        line(2, "abkhazia,Abkhasia", "country_names.csv"),
        ["country_names.csv:2: row has 2 cells, header has 3: 'abkhazia,Abkhasia'"],
    ),
    "word outside the vocabulary": (
        words(3, "UN member", "UN Member", "countries.csv"),
        [
            "countries.csv:3: kind must be one of: UN member, UN observer, non-UN country, other group, subject, "
            "territory: 'UN Member'",
        ],
    ),
    "one of several words outside the vocabulary": (
        words(16, "UN member|UN observer", "UN member|UN observers", "organisations.csv"),
        [
            "organisations.csv:16: member_kinds must be one of: UN member, UN observer, non-UN country, other group, "
            "territory: 'UN member|UN observers|non-UN country'",
        ],
    ),
    "id twice": (
        inserted(3, "border-regions,Regions,Regions at borders.", "themes.csv"),
        ["themes.csv:3: id stands already on line 2: 'border-regions'"],
    ),
    "code twice": (
        words(4, ",AL,", ",AF,", "countries.csv"),
        ["countries.csv:4: iso2 stands already on line 3: 'AF'"],
    ),
    "name owned twice": (
        inserted(3, "albania,Afghanistan,former", "country_names.csv"),
        ["country_names.csv:3: the name belongs to 'afghanistan' already: 'Afghanistan'"],
    ),
    "organisation's name owned twice": (
        inserted(3, "eu,NATO,short", "organisation_names.csv"),
        ["organisation_names.csv:3: the name belongs to 'nato' already: 'NATO'"],
    ),
    "name empty": (
        inserted(3, "albania,,former", "country_names.csv"),
        ["country_names.csv:3: name is empty: 'albania,,former'"],
    ),
    "unknown country": (
        words(2, "abkhazia", "abkhasia", "country_names.csv"),
        ["country_names.csv:2: country is not an id of countries.csv: 'abkhasia'"],
    ),
    "unknown organisation": (
        words(2, "arab-league", "arab-leage", "member_lists.csv"),
        ["member_lists.csv:2: organisation is not an id of organisations.csv: 'arab-leage'"],
    ),
    "unknown theme": (
        words(2, "border-regions", "border-region", "theme_phrases.csv"),
        ["theme_phrases.csv:2: theme is not an id of themes.csv: 'border-region'"],
    ),
    "date in another form": (
        words(3, "2013-07-01", "1 July 2013", "membership_changes.csv"),
        ["membership_changes.csv:3: joined must be a date as YYYY-MM-DD: '1 July 2013'"],
    ),
    "month that no year has": (
        words(3, "2013-07-01", "2013-13-01", "membership_changes.csv"),
        ["membership_changes.csv:3: joined must be a date as YYYY-MM-DD: '2013-13-01'"],
    ),
    "level that is no number": (
        words(4, ",1,prose", ",one,prose", "outline.csv"),
        ["outline.csv:4: level must be a whole number: 'one'"],
    ),
    "file without a row in sources.csv": (
        edited(lambda lines: lines.pop(4 - 1), "sources.csv"),
        ["sources.csv: the build reads a file that has no row here: 'marks.csv'"],
    ),
    "row in sources.csv without a file": (
        inserted(3, "facts,facts.csv,Facts,this project,,CC BY-SA,,,", "sources.csv"),
        ["sources.csv:3: the build reads no file of this name: 'facts.csv'"],
    ),
}

# Rows of registers that say something impossible, each with what the build prints.
ROWS = {
    "list that is none": (
        words(14, ",other_groups", ",others", "outline.csv"),
        [
            "outline.csv:14: list must be one of: non_un, not_recognising, organisations, other_groups, un, withdrawn: "
            "'others'",
            "outline.csv:14: rows of a section of statements cannot be in this list: 'others'",
        ],
    ),
    "list twice": (
        words(14, ",other_groups", ",not_recognising", "outline.csv"),
        ["outline.csv:14: list stands already on line 13: 'not_recognising'"],
    ),
    "recognition before there was anything to recognise": (
        words(2, "2025-03-26", "2005-03-26", "updates.csv"),
        ["updates.csv:2: nothing could be recognised before 2008-02-17: '2005-03-26'"],
    ),
    "territory that another territory represents": (
        words(121, ",united-kingdom,", ",montserrat,", "countries.csv"),
        ["countries.csv:121: represented_by must be a state: 'montserrat'"],
    ),
    "local name that is a name already": (
        inserted(3, "afghanistan,de,Afghanistan", "local_names.csv"),
        ["local_names.csv:3: the name belongs to 'afghanistan' already: 'Afghanistan'"],
    ),
    "local name that is another country's name": (
        inserted(3, "afghanistan,de,Albania", "local_names.csv"),
        ["local_names.csv:3: the name belongs to 'albania' already: 'Albania'"],
    ),
    "local name of two countries": (
        inserted(3, "andorra,de,أفغانستان", "local_names.csv"),
        ["local_names.csv:3: the name belongs to 'afghanistan' already: 'أفغانستان'"],
    ),
    "name without a letter": (
        inserted(3, "abkhazia,…,spelling", "country_names.csv"),
        ["country_names.csv:3: name must be a name, with a letter or digit: '…'"],
    ),
    "organisation with a country's id": (
        inserted(17, "serbia,Serbia and others,,group,,,not stated,,,", "organisations.csv"),
        ["organisations.csv:17: id is that of a country: 'serbia'"],
    ),
    "candidates that are listed": (
        words(2, ",member,listed", ",candidate,listed", "member_lists.csv"),
        ["member_lists.csv:2: candidates cannot be listed: 'Member states'"],
    ),
    "members from the list and by kind": (
        words(8, ",organisation,1,,", ",organisation,1,UN observer,", "organisations.csv"),
        ["member_lists.csv:2: members are listed, and organisations.csv has them by kind of country: 'Member states'"],
    ),
    "shape of land with a country": (
        words(2, ",land", "albania,land", "shapes.csv"),
        ["shapes.csv:2: land, and nothing else, has no country: 'albania'"],
    ),
    "circle without its size": (
        words(168, ",8", ",", "shapes.csv"),
        ["shapes.csv:168: a symbol, and nothing else, needs x, y and r instead of d: 'andorra'"],
    ),
    "mark that the tables cannot hold": (
        words(3, "‡", "§", "marks.csv"),
        [
            "article.txt:485: mark '‡' has no meaning in marks.csv: 'Montserrat ‡'",
            "marks.csv:3: mark must be one of: †, ‡: '§'",
        ],
    ),
    "oddity without a line": (
        words(7, ",363,", ",,", "oddities.csv"),
        [
            "oddities.csv:7: line is empty: 'lost-day,Day of the capture is not known,lost,The capture carries no "
            "date. NATO has 32 members in it, so it is not older…'",
        ],
    ),
    "oddity on a line that is no number": (
        words(7, ",363,", ",x,", "oddities.csv"),
        ["oddities.csv:7: line must be a whole number: 'x'"],
    ),
    "article without its id in sources.csv": (
        words(2, "article,", "text,", "sources.csv"),
        ["sources.csv: needs a row with the id 'article' for article.txt"],
    ),
    "same name twice for one country": (
        inserted(3, "abkhazia,Abkhasia,former", "country_names.csv"),
        ["country_names.csv:3: the name belongs to 'abkhazia' already: 'Abkhasia'"],
    ),
    "region that is none": (
        words(3, ",Asia,", ",Azia,", "countries.csv"),
        ["countries.csv:3: region must be one of: Africa, Americas, Asia, Europe, Oceania: 'Azia'"],
    ),
    "code that is too long": (
        words(4, ",AL,", ",ALB,", "countries.csv"),
        ["countries.csv:4: iso2 must be two capital letters: 'ALB'"],
    ),
    "territory that nobody represents": (
        words(121, ",united-kingdom,", ",,", "countries.csv"),
        ["countries.csv:121: a territory, and nothing else, needs a state in represented_by: 'Montserrat'"],
    ),
    "role that is none": (
        words(2, ",member,", ",memebr,", "member_lists.csv"),
        ["member_lists.csv:2: role must be one of: candidate, member, permanent member: 'memebr'"],
    ),
    "left before it joined": (
        words(4, "2020-02-01", "1970-01-01", "membership_changes.csv"),
        ["membership_changes.csv:4: left is not after joined: '1970-01-01'"],
    ),
    "licence empty": (
        words(3, "CC BY-SA", "", "sources.csv"),
        [
            "sources.csv:3: licence is empty: 'outline,outline.csv,Headings of the article with their levels and "
            "lists,this project,,,,,'",
        ],
    ),
    "title of two themes": (
        words(3, "Double standards", "Own separatist regions", "themes.csv"),
        ["themes.csv:3: title stands already on line 2: 'Own separatist regions'"],
    ),
    "member since a year that is none": (
        words(11, ",2012,", ",12,", "organisations.csv"),
        ["organisations.csv:11: kosovo_since must be a year: '12'"],
    ),
    "member without the words that say so": (
        words(11, "Kosovo became a member of the EBRD in 2012.", "", "organisations.csv"),
        [
            "organisations.csv:11: kosovo_quote must hold the article's words for kosovo_membership, unless it is "
            "'not stated': 'European Bank for Reconstruction and Development'",
        ],
    ),
    "more members recognise than there are": (
        words(495, "(22 / 27)", "(28 / 27)"),
        ["article.txt:495: more members recognise than there are: 'Member states (28 / 27)'"],
    ),
    "day that no month has in a register": (
        words(3, "2013-07-01", "2013-02-31", "membership_changes.csv"),
        ["membership_changes.csv:3: joined must be a date as YYYY-MM-DD: '2013-02-31'"],
    ),
    "id empty": (
        words(2, "abkhazia,", ",", "countries.csv"),
        [
            "countries.csv:2: id is empty: ',Abkhazia,,,other group,Asia,Western Asia,,no ISO 3166-1 code of its own; "
            "not listed by UN M49; region by location'",
            "countries.csv:2: other group is in none of the article's lists: 'Abkhazia'",
            "country_names.csv:2: country is not an id of countries.csv: 'abkhazia'",
            "country_names.csv:3: country is not an id of countries.csv: 'abkhazia'",
            "shapes.csv:166: country is not an id of countries.csv: 'abkhazia'",
        ],
    ),
    "code in small letters": (
        words(4, ",AL,", ",al,", "countries.csv"),
        ["countries.csv:4: iso2 must be two capital letters: 'al'"],
    ),
    "phrase empty": (
        words(2, "Chagos Islands", "", "theme_phrases.csv"),
        ["theme_phrases.csv:2: phrase is empty: 'border-regions,'"],
    ),
    "phrase that no statement has": (
        words(2, "Chagos Islands", "Chagos Island group", "theme_phrases.csv"),
        ["theme_phrases.csv:2: no statement has this phrase: 'Chagos Island group'"],
    ),
    "oddity without a quote": (
        line(2, "lost,Lost,lost,Lost.,37,", "oddities.csv"),
        ["oddities.csv:2: quote is empty: 'lost,Lost,lost,Lost.,37,'"],
    ),
    "evidence empty": (
        line(3, "un,2,2–8,2008-02-18,,Albania,record,high,,,exact,,", "restored_names.csv"),
        ["restored_names.csv:3: citation is empty: 'un,2,2–8,2008-02-18,,Albania,record,high,,,exact,,'"],
    ),
    "organisation with a row that the article has not": (
        words(16, "group,,", "group,14,", "organisations.csv"),
        ["organisations.csv:16: the table of organisations has no row 14: 'All states'"],
    ),
}

KINDS = [UNREADABLE, TRUNCATED, OUTLINE, STRAY_LINES, TABLES, NAMES, RESTORED, QUOTES_AND_COUNTS, REGISTERS, ROWS]
DAMAGES = {name: case for kind in KINDS for name, case in kind.items()}


def refusal(folder, output):
    """The lines that a refused build prints, with the files named as they are inside the folder."""
    with pytest.raises(BuildRefused) as refused:
        build_db.build(folder, output)
    return refused.value.report().replace(f"{folder}/", "").split("\n")


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_refused_with_file_line_and_reason(name, sources_copy, seal, tmp_path):
    damage, expected = DAMAGES[name]
    damage(sources_copy)
    if (sources_copy / ARTICLE).exists() and "README.md" not in expected[0]:
        seal(sources_copy)
    assert refusal(sources_copy, tmp_path / "recognition.db") == expected
    assert [path.name for path in tmp_path.iterdir()] == ["sources"]


def test_every_damage_has_a_name_of_its_own():
    assert sorted(DAMAGES) == sorted(name for kind in KINDS for name in kind)


def test_a_changed_text_is_refused_by_its_checksum_even_where_every_rule_takes_it(sources_copy, tmp_path):
    before = hashlib.sha256((sources_copy / ARTICLE).read_bytes()).hexdigest()
    words(19, "Cyprus", "Malta")(sources_copy)
    after = hashlib.sha256((sources_copy / ARTICLE).read_bytes()).hexdigest()
    assert refusal(sources_copy, tmp_path / "recognition.db") == [
        f"article.txt: the text is not the one recorded in README.md (sha256 {after}, recorded {before}); "
        "restore the file, or, if it is another edition, record its checksum in README.md",
    ]


def test_damages_of_different_kinds_are_reported_together_in_the_order_of_files_and_lines(sources_copy, tmp_path):
    recorded = hashlib.sha256((sources_copy / ARTICLE).read_bytes()).hexdigest()
    for damage in (
        words(480, "Qatar †", "Qatar §"),
        words(480, "Algeria", "Atlantis"),
        line(53, "31 February 2008 |"),
        line(13, "advertisement"),
        words(342, "Eritrea", "It"),
        line(518, "| |"),
        words(3, ",represented,", ",represents,", "marks.csv"),
        line(2, "abkhazia,Abkhasia", "country_names.csv"),
        inserted(3, "albania,Afghanistan,former", "country_names.csv"),
        words(3, "2013-07-01", "1 July 2013", "membership_changes.csv"),
        words(4, "border-regions", "border-region", "theme_phrases.csv"),
    ):
        damage(sources_copy)
    found = hashlib.sha256((sources_copy / ARTICLE).read_bytes()).hexdigest()
    assert refusal(sources_copy, tmp_path / "recognition.db") == [
        f"article.txt: the text is not the one recorded in README.md (sha256 {found}, recorded {recorded}); "
        "restore the file, or, if it is another edition, record its checksum in README.md",
        "article.txt:13: no rule takes this line of section 'Why Countries Disagree': 'advertisement'",
        "article.txt:53: not a date such as '17 February 2008': '31 February 2008'",
        "article.txt:342: statement names no country of countries.csv or country_names.csv: "
        "'It has not decided whether to recognize Kosovo.'",
        "article.txt:480: member is not in the registers of names: 'Atlantis'",
        "article.txt:480: mark '§' has no meaning in marks.csv: 'Qatar §'",
        "article.txt:515: an organisation's row must be its position, its stated counts, one list of members and "
        "a closing '|': '![]() | Russia asked for an emergency meeting of the UN Security Council when Kosovo "
        "declared independence. But the coun…'",
        "country_names.csv:2: row has 2 cells, header has 3: 'abkhazia,Abkhasia'",
        "country_names.csv:3: the name belongs to 'afghanistan' already: 'Afghanistan'",
        "marks.csv:3: effect must be one of: recognises, represented: 'represents'",
        "membership_changes.csv:3: joined must be a date as YYYY-MM-DD: '1 July 2013'",
        "theme_phrases.csv:4: theme is not an id of themes.csv: 'border-region'",
    ]


def test_a_wrong_file_prints_a_hundred_problems_and_says_how_many_more(sources_copy, seal, tmp_path):
    edited(lambda lines: lines.__setitem__(slice(13, 13), ["advertisement"] * 150))(sources_copy)
    seal(sources_copy)
    printed = refusal(sources_copy, tmp_path / "recognition.db")
    assert printed[:100] == [
        f"article.txt:{number}: no rule takes this line of section 'Why Countries Disagree': 'advertisement'"
        for number in range(14, 114)
    ]
    assert printed[100:] == ["… and 50 more"]


DISAGREEING = {
    "stated count": (
        words(495, "(22 / 27)", "(23 / 27)"),
        {"count-article-eu-line-495": "The article states 'Member states (23 / 27)'; its own tables give 22."},
    ),
    "stated total": (
        words(495, "(22 / 27)", "(22 / 28)"),
        {"total-article-eu-line-495": "The article states 28 members; 27 are known."},
    ),
    "mark lost": (
        words(496, "Austria †", "Austria"),
        {"marks-eu": "21 of 27 listed members are marked; 1 marks disagree with the tables of recognitions."},
    ),
    "mark added": (
        words(496, "Spain", "Spain †"),
        {
            "marks-eu": "23 of 27 listed members are marked; 1 marks disagree with the tables of recognitions.",
            "marks-together": "76 different states are marked † in a list of members; "
            "1 of them do not stand among the recognisers.",
        },
    ),
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_what_the_article_says_against_itself_is_not_damage_but_stands_in_the_audit(
    name, sources_copy, seal, tmp_path, db
):
    damage, expected = DISAGREEING[name]
    damage(sources_copy)
    seal(sources_copy)
    build_db.build(sources_copy, tmp_path / "recognition.db")
    differing = "select id, finding from audit where outcome = 'differs'"
    connection = sqlite3.connect(tmp_path / "recognition.db")
    assert dict(set(connection.execute(differing)) - set(db.execute(differing))) == expected
    connection.close()


@pytest.fixture
def yesterday(tmp_path):
    """A folder with the files of an earlier build, which a refused one must leave alone."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "recognition.db").write_bytes(b"the database of yesterday")
    (folder / "inspect-data.json").write_bytes(b"what was counted yesterday")
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


COMMAND_LINE = {
    "stray line": (
        line(13, "advertisement"),
        ["{sources}/article.txt:13: no rule takes this line of section 'Why Countries Disagree': 'advertisement'"],
    ),
    "two problems": (
        all_of(line(53, "31 February 2008 |"), words(480, "Qatar †", "Qatar §")),
        [
            "{sources}/article.txt:53: not a date such as '17 February 2008': '31 February 2008'",
            "{sources}/article.txt:480: mark '§' has no meaning in marks.csv: 'Qatar §'",
        ],
    ),
    "NUL": (
        line(13, "In\0dia"),
        [r"{sources}/article.txt:13: control character '\x00'; this is not plain text: 'In\x00dia'"],
    ),
    "missing": (without(ARTICLE), ["{sources}/article.txt: file is missing; restore it from the repository"]),
}


def printed_by(expected, sources):
    problems = f"recognition.db was not built: {len(expected)} problem(s) in the sources"
    return "".join(f"{text}\n" for text in [*(text.replace("{sources}", str(sources)) for text in expected), problems])


@pytest.mark.parametrize("name", COMMAND_LINE)
def test_main_prints_each_problem_and_leaves_the_old_files_alone(name, sources_copy, seal, yesterday, capsys):
    damage, expected = COMMAND_LINE[name]
    damage(sources_copy)
    if (sources_copy / ARTICLE).exists():
        seal(sources_copy)
    before = contents(yesterday)
    status = build_db.main(["--sources", str(sources_copy), "--output", str(yesterday / "recognition.db")])
    assert (status, *capsys.readouterr()) == (1, "", printed_by(expected, sources_copy))
    assert contents(yesterday) == before


def test_the_command_ends_with_status_1_and_no_traceback(root, sources_copy, seal, yesterday):
    damage, expected = COMMAND_LINE["two problems"]
    damage(sources_copy)
    seal(sources_copy)
    before = contents(yesterday)
    ended = subprocess.run(
        [sys.executable, root / "build_db.py", "--sources", sources_copy, "--output", yesterday / "recognition.db"],
        capture_output=True, text=True, cwd=yesterday,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", printed_by(expected, sources_copy))
    assert contents(yesterday) == before

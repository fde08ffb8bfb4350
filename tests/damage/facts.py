"""Damages of what ties the article to the registers: names, restored names, quotes and counts."""

from .changes import blank, edited, inserted, line, words

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
            "countries.csv:163: country is in the lists not_recognising and not_recognising: 'Serbia'",
        ],
    ),
    "two statements about one country": (
        words(298, "Angola", "Algeria"),
        [
            "article.txt:297: second statement about 'algeria', the first is on line 295: "
            '"Algeria supports Serbia\'s right to keep its land whole."',
            "countries.csv:5: country is in the lists not_recognising and not_recognising: 'Algeria'",
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
            "countries.csv:68: country is in the lists withdrawn and not_recognising: 'Ghana'",
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
            "countries.csv:67: country is in the lists un and un: 'Germany'",
            "countries.csv:98: UN member is in none of the article's lists: 'Latvia'",
            "restored_names.csv:12: duplicate list and country, first used on line 11: 'un Germany'",
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

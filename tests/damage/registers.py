"""Damages of the registers: files that are no such register, and rows that say something impossible."""

from .changes import all_of, described, edited, inserted, line, rewritten, without, words

REGISTERS = {
    "wrong header": (
        words(1, "iso2", "iso_2", "countries.csv"),
        [
            "countries.csv:1: columns must be id,name,with_the,iso2,iso3,kind,region,subregion,represented_by,note: "
            "'id,name,with_the,iso_2,iso3,kind,region,subregion,represented_by,note'",
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
            "countries.csv:3: kind must be one of: UN member, UN observer, non-UN country, territory, other group, "
            "subject: 'UN Member'",
        ],
    ),
    "one of several words outside the vocabulary": (
        words(16, "UN member|UN observer", "UN member|UN observers", "organisations.csv"),
        [
            "organisations.csv:16: member_kinds must be one or more of UN member, UN observer, non-UN country, territory, "
            "other group, with '|' between: 'UN member|UN observers|non-UN country'",
        ],
    ),
    "id twice": (
        inserted(3, "border-regions,Regions,Regions at borders.", "themes.csv"),
        ["themes.csv:3: duplicate id, first used on line 2: 'border-regions'"],
    ),
    "code twice": (
        words(4, ",AL,", ",AF,", "countries.csv"),
        [
            "countries.csv:4: duplicate iso2, first used on line 3: 'AF'",
            "countries.csv:4: iso2 and iso3 of Albania must be AL and ALB (iso_codes.csv): 'AF ALB'",
        ],
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
        ["membership_changes.csv:3: joined is no day of the calendar: '2013-13-01'"],
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

# What cannot be used of datapackage.json, which describes the registers.
DESCRIPTIONS = {
    "descriptions missing": (
        without("datapackage.json"),
        ["datapackage.json: file is missing; restore it from the repository"],
    ),
    "descriptions that are no JSON": (
        line(5, "  resources: [", "datapackage.json"),
        [
            "datapackage.json:5: not JSON (Expecting property name enclosed in double quotes); "
            "restore the file from the repository",
        ],
    ),
    "descriptions of nothing": (
        rewritten(lambda data: b'{"name": "nothing"}', "datapackage.json"),
        ["datapackage.json: needs a list 'resources' of registers; restore the file from the repository"],
    ),
    "register without columns": (
        described("themes", lambda theme: theme["schema"].pop("fields")),
        ["datapackage.json: register 'themes' is not described as Table Schema (KeyError: 'fields')"],
    ),
    "column of a type that the build does not know": (
        described("themes", lambda theme: theme["schema"]["fields"][0].update(type="slug")),
        ["datapackage.json: register 'themes' is not described as Table Schema (KeyError: 'slug')"],
    ),
    "key of a column that is not there": (
        described("themes", lambda theme: theme["schema"].update(primaryKey="key")),
        ["datapackage.json: register 'themes' has a key of columns that it does not describe: key"],
    ),
    "reference to a register that is not there": (
        described(
            "theme_phrases", lambda phrases: phrases["schema"]["foreignKeys"][0]["reference"].update(resource="topics")
        ),
        ["datapackage.json: register 'theme_phrases' refers to id of 'topics', which is not described"],
    ),
    "register that is not described": (
        described("pages", lambda pages: pages.update(name="sites")),
        ["datapackage.json: needs a description of register 'pages'"],
    ),
    "column that is neither there nor described": (
        all_of(
            described("shapes", lambda shapes: shapes["schema"]["fields"].pop(2)),
            rewritten(lambda data: b"country,kind,x,y,r\nalbania,symbol,1,1,1\n", "shapes.csv"),
        ),
        ["shapes.csv:1: needs a column 'd', here and in the register's description in datapackage.json"],
    ),
    "word that code uses and its column does not allow": (
        described(
            "countries", lambda countries: countries["schema"]["fields"][5]["constraints"]["enum"].remove("subject")
        ),
        [
            "countries.csv:94: kind must be one of: UN member, UN observer, non-UN country, territory, other group: "
            "'subject'",
            "datapackage.json: column 'kind' of register 'countries' must allow a word that code uses "
            "(recognition/vocabulary.py): 'subject'",
        ],
    ),
    "subject missing": (
        edited(lambda lines: lines.pop(1), "subject.csv"),
        ["subject.csv: needs one row, and has 0"],
    ),
    "two subjects": (
        inserted(3, "serbia,2006-06-05,became a state of its own,latest,", "subject.csv"),
        ["subject.csv: needs one row, and has 2"],
    ),
    "subject of another kind": (
        words(2, "kosovo", "serbia", "subject.csv"),
        [
            "countries.csv:94: kind 'subject' is that of the country of subject.csv, and of no other: 'Kosovo'",
            "countries.csv:163: kind 'subject' is that of the country of subject.csv, and of no other: 'Serbia'",
        ],
    ),
    "default rule that is none": (
        words(2, ",latest,", ",newest,", "subject.csv"),
        ["subject.csv:2: default_rule is not an id of rules.csv: 'newest'"],
    ),
    "kind of event that is none": (
        words(2, ",recognition,", ",rumour,", "updates.csv"),
        ["updates.csv:2: kind is not a kind of event_kinds.csv: 'rumour'"],
    ),
    "status that is none": (
        words(2, "recognises", "acknowledges", "rule_effects.csv"),
        ["rule_effects.csv:2: status is not a status of status_kinds.csv: 'acknowledges'"],
    ),
}

# Rows of registers that say something impossible, each with what the build prints.
ROWS = {
    "UN member without one of its codes": (
        words(125, ",NA,NAM,", ",,NAM,", "countries.csv"),
        ["countries.csv:125: iso2 and iso3 of Namibia must be NA and NAM (iso_codes.csv): 'NAM'"],
    ),
    "UN member that ISO 3166-1 does not have": (
        inserted(208, "atlantis,Atlantis,,,,UN member,Europe,Southern Europe,,", "countries.csv"),
        [
            "countries.csv:208: UN member needs iso2 and iso3, and a name that iso_codes.csv has: 'Atlantis'",
            "countries.csv:208: UN member is in none of the article's lists: 'Atlantis'",
        ],
    ),
    "codes of another country": (
        words(68, ",GH,GHA,", ",AX,ALA,", "countries.csv"),
        ["countries.csv:68: iso2 and iso3 of Ghana must be GH and GHA (iso_codes.csv): 'AX ALA'"],
    ),
    "codes of a country whose name it does not have": (
        words(2, ",,,,other", ",,AX,ALA,other", "countries.csv"),
        [
            "countries.csv:2: AX is the code of Åland Islands (iso_codes.csv), which is not among the names of Abkhazia: "
            "'AX ALA'",
        ],
    ),
    "codes that are none": (
        words(2, ",,,,other", ",,AB,ABK,other", "countries.csv"),
        [
            "countries.csv:2: iso2 and iso3 are not in iso_codes.csv, and not among the codes that users may assign: 'AB ABK'"
        ],
    ),
    "region of another country": (
        words(68, ",Africa,", ",Asia,", "countries.csv"),
        [
            "countries.csv:68: region and subregion of Ghana must be Africa and Western Africa (m49.csv): 'Asia, Western Africa'"
        ],
    ),
    "subregion outside its region": (
        words(2, ",Western Asia,", ",Western Africa,", "countries.csv"),
        ["countries.csv:2: subregion is not in Asia (m49.csv): 'Asia, Western Africa'"],
    ),
    "code of M49 that is another country's": (
        words(2, "004,AFG", "004,ALA", "m49.csv"),
        ["m49.csv:2: m49 and iso3 are in no row of iso_codes.csv as numeric and iso3: '004 ALA'"],
    ),
    "rule without effects": (
        inserted(3, "none,Nothing counts,no,Counts nothing.", "rules.csv"),
        ["rules.csv:3: rule has no row in rule_effects.csv, so it counts nothing: 'none'"],
    ),
    "change of a membership without a day": (
        words(12, ",2012-11-21,", ",,", "membership_changes.csv"),
        ["membership_changes.csv:12: needs a day in joined or left: 'mongolia'"],
    ),
    "event that only the tables can have": (
        words(2, ",narrative,", ",withdrawal,", "events.csv"),
        [
            "events.csv:2: events of this kind are the rows of the article's tables; events.csv cannot add one: 'withdrawal'",
        ],
    ),
    "list that is none": (
        words(14, ",other_groups", ",others", "outline.csv"),
        [
            "outline.csv:14: list must be one of: un, non_un, withdrawn, not_recognising, other_groups, organisations: "
            "'others'",
            "outline.csv:14: list does not fit content 'statements': 'others'",
        ],
    ),
    "list twice": (
        words(14, ",other_groups", ",not_recognising", "outline.csv"),
        ["outline.csv:14: duplicate list, first used on line 13: 'not_recognising'"],
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
        ["country_names.csv:3: name needs at least one letter or digit: '…'"],
    ),
    "organisation with a country's id": (
        inserted(17, "serbia,Serbia and others,,group,,,not stated,,,", "organisations.csv"),
        ["organisations.csv:17: id is used by a country already: 'serbia'"],
    ),
    "candidates that are listed": (
        words(2, ",member,listed", ",candidate,listed", "member_lists.csv"),
        ["member_lists.csv:2: candidates cannot be listed: 'Member states'"],
    ),
    "members from the list and by kind": (
        words(8, ",organisation,1,,", ",organisation,1,UN observer,", "organisations.csv"),
        [
            "member_lists.csv:2: members are listed here, and organisations.csv has them by kind of country: 'Member states'"
        ],
    ),
    "shape of land with a country": (
        words(2, ",land", "albania,land", "shapes.csv"),
        ["shapes.csv:2: kind 'land' has no country; other kinds need one: 'albania'"],
    ),
    "circle without its size": (
        words(168, ",8", ",", "shapes.csv"),
        ["shapes.csv:168: kind 'symbol' needs x, y, r and no d; other kinds need d: 'andorra'"],
    ),
    "number with an invisible character": (
        words(168, "2052", "2\u200b052", "shapes.csv"),
        ["shapes.csv:168: x must be a whole number: '2\\u200b052'"],
    ),
    "number of thousands of digits": (
        words(168, "2052", "9" * 5000, "shapes.csv"),
        [f"shapes.csv:168: x must be a whole number: '{'9' * 120}…'"],
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
        [
            "countries.csv:3: region must be one of: Africa, Americas, Asia, Europe, Oceania: 'Azia'",
            "countries.csv:3: region and subregion of Afghanistan must be Asia and Southern Asia (m49.csv): "
            "'Azia, Southern Asia'",
        ],
    ),
    "code that is too long": (
        words(4, ",AL,", ",ALB,", "countries.csv"),
        [
            "countries.csv:4: iso2 must be two capital letters: 'ALB'",
            "countries.csv:4: iso2 and iso3 of Albania must be AL and ALB (iso_codes.csv): 'ALB ALB'",
        ],
    ),
    "territory that nobody represents": (
        words(121, ",united-kingdom,", ",,", "countries.csv"),
        ["countries.csv:121: kind 'territory' needs a state in represented_by; other kinds have none: 'Montserrat'"],
    ),
    "role that is none": (
        words(2, ",member,", ",memebr,", "member_lists.csv"),
        ["member_lists.csv:2: role must be one of: member, permanent member, candidate: 'memebr'"],
    ),
    "left before it joined": (
        words(4, "2020-02-01", "1970-01-01", "membership_changes.csv"),
        ["membership_changes.csv:4: left must be later than joined: '1970-01-01'"],
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
        ["themes.csv:3: duplicate title, first used on line 2: 'Own separatist regions'"],
    ),
    "member since a year that is none": (
        words(11, ",2012,", ",12,", "organisations.csv"),
        ["organisations.csv:11: kosovo_since must be a year as YYYY: '12'"],
    ),
    "member without the words that say so": (
        words(11, "Kosovo became a member of the EBRD in 2012.", "", "organisations.csv"),
        [
            "organisations.csv:11: kosovo_quote needs the article's words for kosovo_membership; it is empty where that "
            "is 'not stated': 'European Bank for Reconstruction and Development'",
        ],
    ),
    "day that no month has in a register": (
        words(3, "2013-07-01", "2013-02-31", "membership_changes.csv"),
        ["membership_changes.csv:3: joined is no day of the calendar: '2013-02-31'"],
    ),
    "id empty": (
        words(2, "abkhazia,", ",", "countries.csv"),
        [
            "countries.csv:2: id is empty: ',Abkhazia,,,,other group,Asia,Western Asia,,no ISO 3166-1 code of its own; "
            "not listed by UN M49; region by location'",
            "countries.csv:2: other group is in none of the article's lists: 'Abkhazia'",
            "country_names.csv:2: country is not an id of countries.csv: 'abkhazia'",
            "country_names.csv:3: country is not an id of countries.csv: 'abkhazia'",
            "shapes.csv:166: country is not an id of countries.csv: 'abkhazia'",
        ],
    ),
    "code in lowercase": (
        words(4, ",AL,", ",al,", "countries.csv"),
        [
            "countries.csv:4: iso2 must be two capital letters: 'al'",
            "countries.csv:4: iso2 and iso3 of Albania must be AL and ALB (iso_codes.csv): 'al ALB'",
        ],
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
        line(2, "lost,Lost,lost,Lost.,,", "oddities.csv"),
        ["oddities.csv:2: quote is empty: 'lost,Lost,lost,Lost.,,'"],
    ),
    "evidence empty": (
        line(3, "un,2,2–8,2008-02-18,,Albania,record,high,,,exact,,", "restored_names.csv"),
        ["restored_names.csv:3: citation is empty: 'un,2,2–8,2008-02-18,,Albania,record,high,,,exact,,'"],
    ),
    "organisation with a row that the article has not": (
        words(16, "group,,", "group,14,", "organisations.csv"),
        ["organisations.csv:16: the table of organisations has no row 14: 'All states'"],
    ),
    "code that a spreadsheet took for 'not available'": (
        edited(lambda lines: lines.__setitem__(160, lines[160].replace("NA,NAM", ",NAM")), "iso_codes.csv"),
        ["iso_codes.csv:161: iso2 is empty: ',NAM,516,Namibia,Republic of Namibia'"],
    ),
    "rows of commas that a spreadsheet left": (
        edited(lambda lines: lines.insert(-1, ",,"), "theme_phrases.csv"),
        ["theme_phrases.csv:99: row has only empty cells; delete the line: ',,'"],
    ),
    "error of a spreadsheet's formula": (
        words(5, ",after the Bahamas", ",#REF!", "published_counts.csv"),
        [
            "published_counts.csv:5: note is an error that a spreadsheet wrote; restore the cell from the repository: '#REF!'"
        ],
    ),
    "day before month before year": (
        words(2, "2025-03-26", "26/03/2025", "updates.csv"),
        ["updates.csv:2: date must be a date as YYYY, YYYY-MM or YYYY-MM-DD: '26/03/2025'"],
    ),
    "row that others refer to and that cannot be read": (
        edited(lambda lines: lines.__setitem__(1, lines[1].replace('"', "")), "themes.csv"),
        [
            "themes.csv:2: row has 6 cells, header has 3: 'border-regions,Own separatist regions,The statement points to "
            "regions of the country itself, or of others, that might se…'",
        ],
    ),
    "rows that others refer to and that are gone": (
        edited(lambda lines: lines.__delitem__(slice(1, -1)), "themes.csv"),
        ["themes.csv: has no rows, and theme_phrases.csv refers to some"],
    ),
    "theme that no phrase shows": (
        inserted(15, "talks,Wants talks,The statement asks for talks.", "themes.csv"),
        ["themes.csv:15: theme has no row in theme_phrases.csv, so no statement has it: 'talks'"],
    ),
    "UN member that M49 does not list": (
        edited(lambda lines: lines.__delitem__(1), "m49.csv"),
        ["countries.csv:3: m49.csv has no row with the iso3 of Afghanistan: 'Asia, Southern Asia'"],
    ),
    "id of an event of the tables": (
        words(2, "kenya-2025-recognition", "albania-2008-recognition", "updates.csv"),
        [
            "updates.csv:2: id is that of another event, in events.csv or made of a row of restored_names.csv: "
            "'albania-2008-recognition'"
        ],
    ),
    "recognition by a state that recognises already": (
        inserted(2, "albania-2025,albania,recognition,2025-01-01,day,albania,https://example.org,", "updates.csv"),
        [
            "updates.csv:2: recognition changes the country's status under no rule: it recognises already on that day, "
            "or it is no state: 'albania'"
        ],
    ),
    "withdrawal by a state that never recognised": (
        inserted(2, "serbia-2025,serbia,withdrawal,2025-01-01,day,serbia,https://example.org,", "updates.csv"),
        [
            "updates.csv:2: withdrawal changes the country's status under no rule: it does not recognise on that day, "
            "or it is no state: 'serbia'"
        ],
    ),
}

"""Damages that cases.yml cannot tell: of the descriptions in datapackage.json, of whole files, and of a row as long as a file."""

from .changes import all_of, described, edited, line, rewritten, without, words

REGISTERS = {
    "file without a row in sources.csv": (
        edited(lambda lines: lines.pop(4 - 1), "sources.csv"),
        ["sources.csv: the build reads a file that has no row here: 'marks.csv'"],
    ),
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
        described("organisations", lambda groups: groups["schema"]["fields"][3]["constraints"]["enum"].remove("group")),
        [
            "datapackage.json: column 'kind' of register 'organisations' must allow a word that code uses "
            "(recognition/vocabulary.py): 'group'",
            "organisations.csv:16: kind must be one of: organisation, body: 'group'",
        ],
    ),
    "subject missing": (
        edited(lambda lines: lines.pop(1), "subject.csv"),
        ["subject.csv: needs one row, and has 0"],
    ),
    "shape of land with a country": (
        words(2, ",land", "albania,land", "shapes.csv"),
        ["shapes.csv:2: kind 'land' has no country; other kinds need one: 'albania'"],
    ),
    "number of thousands of digits": (
        words(3, "un,2,", f"un,{'9' * 5000},", "restored_names.csv"),
        [
            "article.txt «2–8 | ![]() | 18 February 2008 |»: row 2 of list 'un' has no restored name in restored_names.csv: "
            r"'2–8 | ![]() |\n18 February 2008 |'",
            "countries.csv:4: UN member is in none of the article's lists: 'Albania'",
            f"restored_names.csv:3: ordinal must be a whole number: '{'9' * 120}…'",
            f"restored_names.csv:3: restored name has no row: list 'un' of the article has no row {'9' * 388}…: 'Albania'",
        ],
    ),
}

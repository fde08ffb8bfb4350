"""Descriptions of registers that cannot be used, and cells that no text file shows; rows: tests/specimen/real."""

from .changes import all_of, described, line, rewritten, without, words

RESTORE = "; correct that, or restore the file from the repository"
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
        [f"datapackage.json: register 'themes' is not described as Table Schema (KeyError: 'fields'){RESTORE}"],
    ),
    "column of a type that the build does not know": (
        described("themes", lambda theme: theme["schema"]["fields"][0].update(type="slug")),
        [f"datapackage.json: register 'themes' is not described as Table Schema (KeyError: 'slug'){RESTORE}"],
    ),
    "key of a column that is not there": (
        described("themes", lambda theme: theme["schema"].update(primaryKey="key")),
        [f"datapackage.json: register 'themes' has a key of columns that it does not describe: key{RESTORE}"],
    ),
    "reference to a register that is not there": (
        described(
            "position_themes", lambda rows: rows["schema"]["foreignKeys"][0]["reference"].update(resource="topics")
        ),
        [f"datapackage.json: register 'position_themes' refers to id of 'topics', which is not described{RESTORE}"],
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
            "countries.csv:94: kind must be one of: UN member, UN observer, non-UN country, territory, other group; correct it: 'subject'",
            "datapackage.json: column 'kind' of register 'countries' must allow a word that code uses "
            "(recognition/vocabulary.py): 'subject'",
        ],
    ),
}

CELLS = {
    "number with an invisible character": (
        words(168, "2052", "2\u200b052", "shapes.csv"),
        ["shapes.csv:168: x must be a whole number; correct it, or leave it empty: '2\\u200b052'"],
    ),
    "number of thousands of digits": (
        words(168, "2052", "9" * 5000, "shapes.csv"),
        [f"shapes.csv:168: x must be a whole number; correct it, or leave it empty: '{'9' * 120}…'"],
    ),
}

"""The database refuses rows that cannot be true, its keys lead somewhere, its indexes find, it needs no extension."""

import re
import shutil
import sqlite3

import pytest

KEY = "FOREIGN KEY constraint failed"
EMPTY = "NOT NULL constraint failed: "
TWICE = "UNIQUE constraint failed: "
# One bad row for each rule of schema.sql: table, statement, what SQLite says.
BAD_ROWS = [
    ("sources", "update sources set title = null", EMPTY + "sources.title"),
    ("sources", "update sources set licence = null", EMPTY + "sources.licence"),
    ("sources", "update sources set sha256 = 'abc'", "length(sha256) = 64"),
    ("sources", "update sources set lines = 0", "lines > 0"),
    ("sources", "update sources set lines = 'many'", "cannot store TEXT value in INTEGER column sources.lines"),
    ("sources", "update sources set written_after = 'March 2024'", "written_after glob"),
    ("sources", "update sources set written_before = 'March 2025'", "written_before glob"),
    ("sources", "update sources set file = 'article.txt'", TWICE + "sources.file"),
    ("sections", "update sections set position = 0 where id = 'title'", "position > 0"),
    ("sections", "update sections set first_line = 0 where id = 'title'", "first_line > 0"),
    ("sections", "update sections set level = -1", "level >= 0"),
    ("sections", "update sections set first_line = 1", TWICE + "sections.first_line"),
    ("sections", "update sections set position = 1", TWICE + "sections.position"),
    ("sections", "update sections set parent_id = 'appendix'", KEY),
    ("passages", "update passages set id = 2 where id = 1", "id = first_line"),
    ("passages", "update passages set kind = 'footnote'", "kind in ("),
    ("passages", "update passages set id = 0, first_line = 0 where id = 6", "first_line > 0"),
    ("passages", "update passages set last_line = first_line - 1", "last_line >= first_line"),
    ("passages", "update passages set text = ''", "text <> ''"),
    ("passages", "update passages set section_id = 'appendix'", KEY),
    ("passages", "update passages set source_id = 'hearsay'", KEY),
    ("passages", "delete from passages where id = 36", KEY),
    ("countries", "update countries set name = null", EMPTY + "countries.name"),
    ("countries", "update countries set name = 'Spain'", TWICE + "countries.name"),
    ("countries", "update countries set number = 1", TWICE + "countries.number"),
    ("countries", "update countries set iso2 = 'ESP' where id = 'spain'", "length(iso2) = 2"),
    ("countries", "update countries set iso3 = 'ES' where id = 'spain'", "length(iso3) = 3"),
    ("countries", "update countries set iso2 = 'FR' where id = 'spain'", TWICE + "countries.iso2"),
    ("countries", "update countries set iso3 = 'FRA' where id = 'spain'", TWICE + "countries.iso3"),
    ("countries", "update countries set kind = 'empire', un_member = 0 where id = 'spain'", "kind in ("),
    ("countries", "update countries set un_member = 0 where id = 'spain'", "un_member = (kind = 'UN member')"),
    ("countries", "update countries set un_member = 1 where id = 'niue'", "un_member = (kind = 'UN member')"),
    ("countries", "update countries set region = 'Atlantis'", "region in ("),
    ("countries", "update countries set status = 'wavers' where id = 'spain'", "status in ("),
    ("countries", "update countries set status = null where id = 'spain'", "(status is null) = (kind = 'subject')"),
    ("countries", "update countries set status = 'recognises' where id = 'kosovo'", "(status is null) = (kind = "),
    ("countries", "update countries set recognised_on = '17 February 2008'", "recognised_on glob"),
    (
        "countries",
        "update countries set withdrawn_on = '2011-01-01' where id = 'ghana'",
        "withdrawn_on >= recognised_on",
    ),
    ("countries", "update countries set represented_by = 'france' where id = 'spain'", "(represented_by is null) ="),
    ("countries", "update countries set represented_by = null where id = 'montserrat'", "(represented_by is null) ="),
    ("countries", "update countries set represented_by = 'oz' where id = 'montserrat'", KEY),
    ("countries", "update countries set organisations = 'NATO, EU'", "json_valid(organisations)"),
    ("countries", "delete from countries where id = 'spain'", KEY),
    ("country_names", "update country_names set kind = 'nickname'", "kind in ("),
    ("country_names", "update country_names set name = 'Spain' where name = 'France'", TWICE),
    ("country_names", "update country_names set country_id = 'oz' where name = 'Spain'", KEY),
    ("recognitions", "update recognitions set list = 'others'", "list in ("),
    ("recognitions", "update recognitions set ordinal = 0 where id = 'un-1'", "ordinal > 0"),
    ("recognitions", "update recognitions set ordinal = 'first'", "cannot store TEXT value in INTEGER column"),
    ("recognitions", "update recognitions set ordinal = 1 where id = 'un-2'", TWICE + "recognitions.list"),
    ("recognitions", "update recognitions set country_id = null", EMPTY + "recognitions.country_id"),
    ("recognitions", "update recognitions set country_id = 'oz' where id = 'un-1'", KEY),
    (
        "recognitions",
        "update recognitions set country_id = 'albania' where id = 'un-1'",
        TWICE + "recognitions.list, recognitions.country_id",
    ),
    ("recognitions", "update recognitions set recognised_on = '2008'", "recognised_on glob"),
    ("recognitions", "update recognitions set year = 2007", "year = cast("),
    ("recognitions", "update recognitions set withdrawn_on = '2008-01-01' where list = 'withdrawn'", "withdrawn_on >="),
    (
        "recognitions",
        "update recognitions set withdrawn_on = null",
        "(withdrawn_on is not null) = (list = 'withdrawn')",
    ),
    ("recognitions", "update recognitions set withdrawn_on = '2024-01-01'", "(withdrawn_on is not null) = (list ="),
    ("recognitions", "update recognitions set name_basis = 'guess'", "name_basis in ("),
    ("recognitions", "update recognitions set confidence = 'total'", "confidence in ("),
    ("recognitions", "update recognitions set order_known = 2", "order_known in (0, 1)"),
    ("recognitions", "update recognitions set date_evidence = 'hearsay'", "date_evidence in ("),
    ("recognitions", "update recognitions set other_recognised_on = 'May 2008'", "other_recognised_on glob"),
    ("recognitions", "update recognitions set other_withdrawn_on = 'May 2018'", "other_withdrawn_on glob"),
    ("recognitions", "update recognitions set citation = null", EMPTY + "recognitions.citation"),
    ("recognitions", "update recognitions set passage_id = 37", KEY),
    ("recognitions", "update recognitions set date_passage_id = 37", KEY),
    ("positions", "update positions set list = 'rumours'", "list in ("),
    ("positions", "update positions set ordinal = 0 where id = 1", "ordinal > 0"),
    ("positions", "update positions set ordinal = 1 where id = 2", TWICE + "positions.list"),
    ("positions", "update positions set text = null", EMPTY + "positions.text"),
    ("positions", "update positions set themes = 'open, undecided'", "json_valid(themes)"),
    ("positions", "update positions set country_id = null where id = 1", "(country_id is null) <> (organisation_id is"),
    (
        "positions",
        "update positions set organisation_id = 'un' where id = 1",
        "(country_id is null) <> (organisation_id",
    ),
    ("positions", "update positions set country_id = 'angola' where id = 1", TWICE + "positions.country_id"),
    ("positions", "update positions set organisation_id = 'eu' where id = 88", TWICE + "positions.org"),
    ("positions", "update positions set country_id = 'oz' where id = 1", KEY),
    ("positions", "update positions set passage_id = 37", KEY),
    ("themes", "update themes set title = 'Open'", TWICE + "themes.title"),
    ("themes", "delete from themes where id = 'open'", KEY),
    ("position_themes", "insert into position_themes select * from position_themes", TWICE),
    ("position_themes", "update position_themes set theme_id = 'weather' where position_id = 79", KEY),
    ("position_themes", "update position_themes set words = null", EMPTY + "position_themes.words"),
    ("organisations", "update organisations set kind = 'club'", "kind in ("),
    ("organisations", "update organisations set name = 'NATO'", TWICE + "organisations.name"),
    ("organisations", "update organisations set number = 1", TWICE + "organisations.number"),
    ("organisations", "update organisations set kosovo_membership = 'guest'", "kosovo_membership in ("),
    ("organisations", "update organisations set kosovo_since = 'long ago'", "kosovo_since glob"),
    ("organisations", "update organisations set kosovo_quote = null where id = 'imf'", "(kosovo_quote is null) ="),
    ("organisations", "update organisations set kosovo_quote = 'It is.' where id = 'nato'", "(kosovo_quote is null) ="),
    ("memberships", "update memberships set role = 'guest'", "role in ("),
    ("memberships", "update memberships set basis = 'rumour'", "basis in ("),
    ("memberships", "update memberships set marker = '*'", "marker in ("),
    ("memberships", "update memberships set since = '1 July 2013'", "since glob"),
    ("memberships", "update memberships set since = '2013-07-01', until = '2013-07-01'", "until > since"),
    ("memberships", "update memberships set passage_id = null", "(basis = 'article') = (passage_id is not null)"),
    ("memberships", "update memberships set basis = 'record' where basis = 'article'", "(basis = 'article') ="),
    ("memberships", "insert into memberships select * from memberships", TWICE + "memberships."),
    (
        "memberships",
        "update memberships set country_id = 'oz' where country_id = 'spain' and organisation_id = 'eu'",
        KEY,
    ),
    ("memberships", "update memberships set organisation_id = 'oz' where country_id = 'niue'", KEY),
    ("marks", "update marks set effect = 'winks'", "effect in ("),
    ("marks", "insert into marks select * from marks", TWICE + "marks.mark"),
    ("stated_figures", "update stated_figures set kind = 'guess'", "kind in ("),
    ("stated_figures", "update stated_figures set first = 'ten'", "cannot store TEXT value in INTEGER column"),
    ("stated_figures", "update stated_figures set passage_id = 37", KEY),
    ("stated_figures", "update stated_figures set organisation_id = 'oz'", KEY),
    ("published_counts", "update published_counts set recognising = -1", "recognising >= 0"),
    ("published_counts", "update published_counts set total = recognising - 1", "total >= recognising"),
    ("published_counts", "update published_counts set published_on = '2024'", "published_on glob"),
    (
        "published_counts",
        "update published_counts set passage_id = null",
        "passage_id is not null or citation is not null",
    ),
    ("published_counts", "update published_counts set organisation_id = 'oz'", KEY),
    ("published_counts", "update published_counts set source_id = 'hearsay'", KEY),
    ("mentions", "update mentions set times = 0", "times > 0"),
    ("mentions", "update mentions set country_id = 'oz' where passage_id = 280 and country_id = 'ghana'", KEY),
    ("mentions", "insert into mentions select * from mentions", TWICE + "mentions."),
    ("audit", "update audit set outcome = 'fine'", "outcome in ("),
    ("audit", "update audit set finding = null", EMPTY + "audit.finding"),
    ("audit", "update audit set country_id = 'oz'", KEY),
    ("audit", "update audit set passage_id = 37", KEY),
    ("published_counts", "update published_counts set precision = 'about'", "precision in ("),
    (
        "published_counts",
        "update published_counts set precision = null where id = 'serbia-2023'",
        "(published_on is null) =",
    ),
    ("events", "update events set kind = 'rumour'", "kind in ("),
    (
        "events",
        "update events set date_precision = 'day' where date_precision = 'year'",
        "date_precision = case length(date)",
    ),
    ("events", "update events set date = 'in 2018' where id = 'lesotho-2018-withdrawal-claimed'", "date glob"),
    (
        "events",
        "update events set counts_from = '2017-12-31' where id = 'lesotho-2018-withdrawal-claimed'",
        "counts_from >= date",
    ),
    (
        "events",
        "update events set counts_from = null where id = 'lesotho-2018-withdrawal-claimed'",
        "(date is null) = (counts_from",
    ),
    (
        "events",
        "update events set quote = null where id = 'lesotho-2018-withdrawal-claimed'",
        "(passage_id is null) = (quote",
    ),
    ("events", "update events set citation = null where id = 'kenya-2025-recognition'", "citation is not null"),
    (
        "events",
        "update events set updates = 0 where id = 'kenya-2025-recognition'",
        "updates = (source_id = 'updates')",
    ),
    ("events", "update events set claimant = null", EMPTY + "events.claimant"),
    ("events", "update events set country_id = 'oz'", KEY),
    ("rules", "update rules set position = 1", TWICE + "rules.position"),
    ("rules", "update rules set updates = 2", "updates in (0, 1)"),
    ("rules", "delete from rules where id = 'article'", KEY),
    ("rule_effects", "update rule_effects set status = 'wavers'", "status in ("),
    ("rule_effects", "update rule_effects set from_status = 'wavers'", "from_status in ("),
    ("rule_effects", "update rule_effects set rule_id = 'none' where rule_id = 'latest'", KEY),
    ("statuses", "update statuses set status = 'wavers'", "status in ("),
    ("statuses", "update statuses set since = '2008-02-16' where country_id = 'spain'", "since >= '2008-02-17'"),
    ("statuses", "update statuses set until = since", "until > since"),
    ("statuses", "update statuses set event_id = 'none'", KEY),
    ("tally_history", "update tally_history set members = members + 1", "members = recognising + withdrawn"),
    (
        "tally_history",
        "update tally_history set recognising = -1, members = members - recognising - 1",
        "recognising >= 0",
    ),
    ("tally_history", "update tally_history set until = since", "until > since"),
    ("organisation_names", "update organisation_names set kind = 'nickname'", "kind in ("),
    ("organisation_names", "update organisation_names set name = 'NATO' where name = 'UN'", TWICE),
    ("search_items", "update search_items set kind = 'rumour'", "kind in ("),
    ("search_items", "update search_items set id = 'x', kind = 'page'", TWICE + "search_items.kind"),
    ("search_names", "update search_names set words = 0", "words > 0"),
    ("search_names", "update search_names set item = 0", KEY),
    ("search_words", "update search_words set times = 0", "times > 0"),
    ("shapes", "update shapes set kind = 'sea'", "kind in ("),
    ("shapes", "update shapes set d = 'M0 0 C 1' where kind = 'shape'", "d glob 'm*z'"),
    ("shapes", "update shapes set r = 0 where kind = 'symbol'", "r > 0"),
    ("shapes", "update shapes set country_id = 'spain' where kind = 'land'", "(country_id is null) = (kind = 'land')"),
    ("shapes", "update shapes set d = null where kind = 'shape'", "(kind = 'symbol') = (d is null)"),
    ("shapes", "update shapes set country_id = 'oz' where country_id = 'spain'", "FOREIGN KEY constraint failed"),
]
# The columns that may be empty (null), and those that lead to a row of another table: all others may not, do not.
MAY_BE_EMPTY = {
    "audit": ["country_id", "organisation_id", "passage_id"],
    "countries": [
        "iso2", "iso3", "flag", "status", "recognised_on", "withdrawn_on", "represented_by", "position", "note",
    ],
    "country_names": ["language"],
    "events": ["country_id", "date", "other_date", "counts_from", "passage_id", "quote", "citation", "note"],
    "marks": [],
    "memberships": ["marker", "since", "until", "citation", "note", "passage_id"],
    "mentions": [],
    "organisation_names": [],
    "organisations": ["abbreviation", "kosovo_since", "kosovo_quote", "position", "tally", "note"],
    "passages": [],
    "position_themes": [],
    "positions": ["country_id", "organisation_id"],
    "published_counts": ["total", "published_on", "precision", "passage_id", "quote", "citation", "note"],
    "recognitions": ["printed_number", "withdrawn_on", "other_recognised_on", "other_withdrawn_on", "note"],
    "rule_effects": [],
    "rules": [],
    "search_items": ["country_id", "organisation_id"],
    "search_names": [],
    "search_words": [],
    "sections": ["parent_id"],
    "shapes": ["country_id", "d", "x", "y", "r"],
    "sources": ["url", "written_after", "written_before", "note"],
    "stated_figures": ["label", "first", "total", "organisation_id"],
    "statuses": ["until", "event_id"],
    "tally_history": ["until"],
    "themes": [],
}  # fmt: skip
KEYS = {
    "audit": {"passage_id": "passages", "organisation_id": "organisations", "country_id": "countries"},
    "countries": {"represented_by": "countries"},
    "country_names": {"country_id": "countries"},
    "events": {"passage_id": "passages", "source_id": "sources", "country_id": "countries"},
    "marks": {},
    "memberships": {"passage_id": "passages", "country_id": "countries", "organisation_id": "organisations"},
    "mentions": {"passage_id": "passages", "country_id": "countries"},
    "organisation_names": {"organisation_id": "organisations"},
    "organisations": {},
    "passages": {"section_id": "sections", "source_id": "sources"},
    "position_themes": {"theme_id": "themes", "position_id": "positions"},
    "positions": {"passage_id": "passages", "organisation_id": "organisations", "country_id": "countries"},
    "published_counts": {"passage_id": "passages", "source_id": "sources", "organisation_id": "organisations"},
    "recognitions": {"date_passage_id": "passages", "passage_id": "passages", "country_id": "countries"},
    "rule_effects": {"rule_id": "rules"},
    "rules": {},
    "search_items": {"organisation_id": "organisations", "country_id": "countries"},
    "search_names": {"item": "search_items"},
    "search_words": {},
    "sections": {"parent_id": "sections"},
    "shapes": {"country_id": "countries"},
    "sources": {},
    "stated_figures": {"passage_id": "passages", "organisation_id": "organisations"},
    "statuses": {"event_id": "events", "country_id": "countries", "rule_id": "rules"},
    "tally_history": {"organisation_id": "organisations", "rule_id": "rules"},
    "themes": {},
}  # fmt: skip
# Index, words of its first and of its last row, and what names these rows in it.
INDEXES = [
    ("countries_fts", "rowid", "Abkhasia", [(1,)]),
    ("countries_fts", "rowid", "Zimbabwe", [(206,)]),
    ("positions_fts", "rowid", '"Algeria believes international laws"', [(1,)]),
    ("positions_fts", "rowid", '"World Customs Organization in 2017"', [(100,)]),
    ("passages_fts", "rowid", '"facts for kids"', [(1,)]),
    ("passages_fts", "rowid", '"World Customs Organization in 2017"', [(520,)]),
    ("organisations_fts", "rowid", '"United Nations Organization"', [(1,)]),
    ("organisations_fts", "rowid", '"all states"', [(15,)]),
    ("search", "kind, id", "Abkhasia", [("country", "abkhazia"), ("statement", "abkhazia")]),
    ("search", "kind, id", '"Where the text and the facts come from"', [("page", "/recognition/sources")]),
    ("search_names_fts", "name", "Afeganistão", [("Afeganistão",)]),
    ("search_names_fts", "name", '"your own rule"', [("your own rule",)]),
]


@pytest.fixture(scope="module")
def copy(built, tmp_path_factory):
    """A copy of the database that can be written to, with foreign keys watched."""
    path = tmp_path_factory.mktemp("copy") / "recognition.db"
    shutil.copy(built, path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma foreign_keys = on")
    yield connection
    connection.close()


@pytest.mark.parametrize(("table", "statement", "refusal"), BAD_ROWS, ids=[statement for _, statement, _ in BAD_ROWS])
def test_a_bad_row_is_refused(copy, table, statement, refusal):
    assert re.match(rf"(update|insert into|delete from) {table}\b", statement)
    copy.execute("begin")
    try:
        with pytest.raises(sqlite3.IntegrityError, match=re.escape(refusal)):
            copy.execute(statement)
    finally:
        copy.execute("rollback")


@pytest.fixture
def tables(db):
    names = db.execute("select name from pragma_table_list where schema = 'main' and type = 'table' and strict")
    return sorted(name for (name,) in names)


def test_every_table_has_bad_rows_above(tables):
    assert sorted({table for table, _, _ in BAD_ROWS}) == tables


def test_columns_that_may_be_empty(db, tables):
    columns = 'select name from pragma_table_info(?) where not "notnull" and not pk'
    assert {table: [name for (name,) in db.execute(columns, [table])] for table in tables} == MAY_BE_EMPTY


def test_columns_that_lead_to_a_row_of_another_table(db, tables):
    keys = 'select "from", "table" from pragma_foreign_key_list(?)'
    assert {table: dict(db.execute(keys, [table])) for table in tables} == KEYS


def test_every_table_is_strict(db):
    assert db.execute(
        "select name from pragma_table_list"
        " where schema = 'main' and type = 'table' and not strict and name not like 'sqlite^_%' escape '^'"
    ).fetchall() == []  # fmt: skip


def test_every_table_has_a_primary_key(db, tables):
    keyed = "select count(*) > 0 from pragma_table_info(?) where pk"
    assert [table for table in tables if db.execute(keyed, [table]).fetchone() != (1,)] == []


def test_every_key_leads_somewhere(db):
    assert db.execute("pragma foreign_key_check").fetchall() == []


def test_the_file_is_sound(db):
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(("index", "columns", "text", "rows"), INDEXES, ids=[f"{i[0]} {i[2]}" for i in INDEXES])
def test_a_full_text_index_finds_its_first_and_last_row(db, index, columns, text, rows):
    assert db.execute(f"select {columns} from {index} where {index} match ?", [text]).fetchall() == rows


def test_the_indexes_hold_their_tables_and_find_the_same_after_vacuum(built, tmp_path):
    path = tmp_path / "vacuumed.db"
    shutil.copy(built, path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("vacuum")
    for index, columns, text, rows in INDEXES:
        connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
        assert connection.execute(f"select {columns} from {index} where {index} match ?", [text]).fetchall() == rows
    connection.close()


def test_every_index_has_a_first_and_a_last_row_above(db):
    virtual = db.execute("select name from pragma_table_list where schema = 'main' and type = 'virtual'")
    assert sorted(index for index, *_ in INDEXES) == sorted(2 * [name for (name,) in virtual])


def test_the_file_is_plain_sqlite_whose_views_need_no_extension(built):
    plain = sqlite3.connect(f"{built.as_uri()}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError, match="not authorized|no such function"):
        plain.execute("select load_extension('x')")
    views = [name for (name,) in plain.execute("select name from sqlite_master where type = 'view' order by name")]
    rows = {name: len(plain.execute(f"select * from {name}").fetchall()) for name in views}
    assert rows == {
        "count_audit": 15,
        "count_ledger": 60,
        "countries_indexed": 206,
        "ledger_states": 786,
        "members_today": 652,
        "positions_indexed": 100,
        "tallies": 40,
    }
    plain.close()

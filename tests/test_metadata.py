"""metadata.yml and settings.json hold what is really there: every table, view and column, and settings that exist."""

import json

from datasette.app import SETTINGS


def tables_and_views(db):
    """{name: columns} of what a reader can open; the shadow tables of full-text indexes are left out."""
    names = [
        name
        for (name,) in db.execute(
            "select name from pragma_table_list where schema = 'main' and type in ('table', 'view', 'virtual')"
        )
        if not name.startswith("sqlite_") and not name.endswith("_fts")
    ]
    return {name: [row[1] for row in db.execute(f"pragma table_info([{name}])")] for name in sorted(names)}


def test_every_table_view_and_column_is_described_and_nothing_else(db, metadata):
    described = {
        name: sorted(table["columns"]) for name, table in metadata["databases"]["recognition"]["tables"].items()
    }
    assert described == {name: sorted(columns) for name, columns in tables_and_views(db).items()}


def test_every_table_has_a_title_and_a_description(metadata):
    for name, table in metadata["databases"]["recognition"]["tables"].items():
        assert table["title"] and table["description"], name
        assert all(text and text.endswith((".", ".'")) for text in table["columns"].values()), name


def test_facets_sorts_and_labels_name_columns(db, metadata):
    columns = tables_and_views(db)
    for name, table in metadata["databases"]["recognition"]["tables"].items():
        facets = [list(facet.values())[0] if isinstance(facet, dict) else facet for facet in table.get("facets", [])]
        named = facets + [table[key] for key in ("sort", "sort_desc", "label_column", "fts_pk") if key in table]
        assert set(named) | set(table.get("shown", [])) <= set(columns[name]), name


def test_source_and_licence_are_stated_on_the_site_and_for_the_database(metadata):
    for level in (metadata, metadata["databases"]["recognition"]):
        assert level["license"] == "CC BY-SA"
        assert "Kiddle" in level["source"] and "Wikipedia" in level["source"]


def test_settings_exist_in_datasette(root):
    settings = json.loads((root / "settings.json").read_text())
    assert set(settings) <= {setting.name for setting in SETTINGS}


def test_queries_have_a_title_a_description_and_only_parameters_that_they_use(metadata):
    queries = metadata["databases"]["recognition"]["queries"]
    assert len(queries) >= 15
    for name, query in queries.items():
        assert query["title"] and query["description"], name
        assert all(f":{parameter}" in query["sql"] for parameter in query.get("params", [])), name
        if query.get("params"):
            assert "eft empty" in query["description"], f"{name}: say what an empty parameter gives"

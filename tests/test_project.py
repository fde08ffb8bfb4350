"""What is said in two places agrees: pins and ranges, metadata and database, the pages for people and what they name."""

import re
import sqlite3
import tomllib

from packaging.requirements import Requirement


def pages(root):
    """The pages for people who use or change the project."""
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]


def pins(*files):
    """{package: version} of requirements files."""
    found = {}
    for file in files:
        for line in file.read_text().splitlines():
            if line and not line.startswith(("#", "-r", "-e")):
                requirement = Requirement(line)
                (specifier,) = requirement.specifier
                assert specifier.operator == "==", line
                found[requirement.name.lower()] = specifier.version
    return found


def ranges(root, name):
    """The requirements of a list in pyproject.toml: 'dependencies', or the extra 'test'."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project.get(name) or project["optional-dependencies"][name]]


def test_the_pins_satisfy_the_ranges(root):
    site = pins(root / "requirements.txt")
    both = site | pins(root / "requirements-test.txt")
    for wanted, pinned in ((ranges(root, "dependencies"), site), (ranges(root, "test"), both)):
        for requirement in wanted:
            assert requirement.specifier.contains(pinned[requirement.name.lower()]), requirement


def test_what_behaves_differently_with_rich_is_kept_apart_from_it(root):
    assert "rich" in pins(root / "requirements-tools.txt")
    assert "rich" not in pins(root / "requirements.txt") | pins(root / "requirements-test.txt")


def test_the_commands_that_pages_name_are_targets_of_the_makefile(root):
    targets = set(re.findall(r"^([\w-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    for page in pages(root):
        commands = set(re.findall(r"(?:^|`)make ([\w-]+)", page.read_text(), re.MULTILINE))
        assert commands <= targets, page.name
    assert "make test" in (root / ".ci/run").read_text()


def test_the_files_that_pages_name_are_there(root):
    for page in pages(root):
        named = re.findall(
            r"`((?:\.\./)?(?:recognition|plugins|sources|templates|static|tests|bench|deploy|tools|docs)/[\w./@-]*)`",
            page.read_text(),
        )
        assert [name for name in named if not (root / name).exists()] == [], page.name


def test_the_addresses_that_pages_name_answer(root, get):
    addresses = re.findall(r"`(/[^`<]*)`", (root / "docs/using.md").read_text())
    assert len(addresses) > 20
    assert [address for address in addresses if get(address).status_code != 200] == []


def test_the_sql_that_pages_show_prints_what_they_say(root, built):
    connection = sqlite3.connect(built)
    for page in (root / "README.md", root / "docs/using.md"):
        examples = re.findall(r'^sqlite3 recognition\.db "([^"]+)"\n((?:# .*\n)*)', page.read_text(), re.MULTILINE)
        assert len(examples) >= 3
        for sql, printed in examples:
            rows = ["# " + "|".join(map(str, row)) for row in connection.execute(sql)]
            assert rows and (not printed or rows == printed.splitlines()), sql
    connection.close()


def test_every_table_view_and_column_is_described_and_nothing_else(db, metadata):
    """And every facet, sort and label names a column; shadow tables and indexes of full text are left out."""
    listed = (
        "select name from pragma_table_list where schema = 'main' and type <> 'shadow' and name not like 'sqlite_%'"
    )
    names = [name for (name,) in db.execute(listed) if not name.endswith("_fts")]
    columns = {name: {row[1] for row in db.execute(f"pragma table_info([{name}])")} for name in names}
    tables = metadata["databases"]["recognition"]["tables"]
    assert {name: {*table["columns"]} for name, table in tables.items()} == columns
    for name, table in tables.items():
        assert table["title"] and table["description"], name
        assert all(text and text.endswith((".", ".'")) for text in table["columns"].values()), name
        facets = [list(facet.values())[0] if isinstance(facet, dict) else facet for facet in table.get("facets", [])]
        named = facets + [table[key] for key in ("sort", "sort_desc", "label_column", "fts_pk") if key in table]
        assert set(named) | set(table.get("shown", [])) <= columns[name], name


def test_saved_questions_say_what_they_give(metadata):
    for name, query in metadata["databases"]["recognition"]["queries"].items():
        assert query["title"] and query["description"], name
        assert all(f":{parameter}" in query["sql"] for parameter in query.get("params", [])), name
        if query.get("params"):
            assert "eft empty" in query["description"], f"{name}: say what an empty parameter gives"
